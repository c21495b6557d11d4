"""A broadcast with the fake Guiji, by the driver: it does HTTP and MQTT, answers heartbeats, and every call ends.

    python examples/guiji_session.py

The fake runs in this process, in the same event loop, and brings its broker. A service gives `connect` the vendor's
part of a ready file, or the keys of the real service.
"""

from __future__ import annotations

import asyncio

from avatarwire.codecs.errors import UnsupportedError
from avatarwire.codecs.guiji import PlaybackBegan, PlaybackEnded, StreamStarted
from avatarwire.codecs.guiji.aio import Session, connect
from avatarwire.fakeserver import FakeGuiji


async def follow(session: Session) -> None:
    """Reads what happens beside the calls, until the session ends."""
    async for event in session:
        match event:
            case StreamStarted():
                print("pull from", event.addresses and event.addresses.rtmp)
            case PlaybackBegan() | PlaybackEnded():
                print("    material", event.pcm_id, "begins" if isinstance(event, PlaybackBegan) else "ends")
            case _:
                print("   ", type(event).__name__)


async def broadcast(fake: FakeGuiji) -> None:
    """Opens a session, has texts spoken, and ends it."""
    async with connect(fake, timeout=10.0) as session, asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(session))

        await session.say("Good evening, and welcome to all of you.")
        print("the welcome was spoken")

        news, offer = await asyncio.gather(session.say("Here is the news."), session.say("And this is on offer."))
        print("spoken in turn:", repr(news.text), repr(offer.text))

        try:
            await session.interrupt()
        except UnsupportedError as error:
            print("not with this vendor:", error)

        await session.stop()


async def main() -> None:
    """Everything, against a fake that speaks quickly."""
    async with FakeGuiji(silent_seconds=0.2, shortest_text_seconds=0.5) as fake:
        await broadcast(fake)
        print("rules broken:", fake.journal.violations(level="error"))


if __name__ == "__main__":
    asyncio.run(main())
