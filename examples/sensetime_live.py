"""A live with the fake SenseTime, by the driver: it does HTTP and the microphone socket, and every call ends.

    python examples/sensetime_live.py

The fake runs in this process, in the same event loop. A service gives `connect` the vendor's part of a ready file, or
the keys of the real service; callbacks are not needed.
"""

from __future__ import annotations

import asyncio
import json

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime import LiveScript, TakeoverChanged, script
from avatarwire.codecs.sensetime.aio import Session, connect
from avatarwire.fakeserver import FakeSenseTime

SCENE = {
    "digital_role": {"id": 7, "name": "Lin", "position": {"x": 0, "y": 0}, "scale": 1.0},
    "tts_config": {"qid": "voice-1", "speed_ratio": 1.0, "volume": 100},
    "tts_query": {"content": "Welcome to our evening, it is good to have you here."},
}


def live_script() -> LiveScript:
    """What the live shows, read from JSON as a service might have it."""
    wrong = json.dumps({"sceneList": [{**SCENE, "tts_config": {"volume": 900}}], "bit_rate": 70})
    for finding in script.faults_of(wrong, "live"):
        print("a wrong script:", finding)
    return script.decode_live(json.dumps({"version": "0.0.1", "sceneList": [SCENE]})).value


async def follow(session: Session, speaking: asyncio.Event) -> None:
    """Reads what happens beside the calls, until the live ends."""
    async for event in session:
        print("   ", type(event).__name__)
        if isinstance(event, TakeoverChanged):
            speaking.set()


async def evening(fake: FakeSenseTime) -> None:
    """A live from its creation to its end."""
    speaking = asyncio.Event()
    async with connect(fake, timeout=10.0, param=live_script()) as session, asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(session, speaking))

        await session.say("Good evening, and welcome to all of you.")
        print("the welcome was spoken")

        speaking.clear()
        long = tasks.create_task(session.say("And now a word about the weather. " * 9))
        await speaking.wait()
        await session.interrupt()
        print("interrupted:", (await long).interrupted)

        await session.speak([bytes(8_000), bytes(8_000)])
        print("half a second of speech was taken")

        try:
            await session.say("Too short")
        except ValidationError as error:
            print("not sent:", error)

        await session.stop()


async def main() -> None:
    """The live, and whether the rules of the document were kept."""
    async with FakeSenseTime(characters_per_second=50.0) as fake:
        await evening(fake)
        print("rules broken:", fake.journal.violations(level="error"))


if __name__ == "__main__":
    asyncio.run(main())
