"""A whole session with the fake Aliyun, by the driver: it does HTTP and the WebSocket, and every call ends.

    python examples/talk_to_fake.py

The fake runs in this process, in the same event loop. A service gives `connect` the vendor's part of a ready file, or
the keys of the real service.
"""

from __future__ import annotations

import asyncio

from avatarwire.codecs.aliyun import AnswerChunk, Event
from avatarwire.codecs.aliyun.aio import Session, connect
from avatarwire.codecs.errors import ConnectionLostError
from avatarwire.fakeserver import FakeAliyun


def show(event: Event) -> None:
    """Prints an event and what is worth seeing of it."""
    names = ("status", "outcome", "text", "recovered", "code")
    seen = {name: getattr(event, name) for name in names if getattr(event, name, None)}
    print(f"    {type(event).__name__} {' '.join(f'{name}={str(value)!r}' for name, value in seen.items())}".rstrip())


async def follow(session: Session, speaking: asyncio.Event) -> None:
    """Reads what happens beside the calls, until the session ends."""
    async for event in session:
        show(event)
        if isinstance(event, AnswerChunk):
            speaking.set()


async def talk(fake: FakeAliyun) -> None:
    """Opening remarks, a question, speech, an interruption, a line that breaks, the end."""
    speaking = asyncio.Event()
    async with connect(fake, timeout=10.0) as session, asyncio.TaskGroup() as tasks:
        tasks.create_task(follow(session, speaking))

        print("opening remarks")
        print(f"  -> {(await session.opening()).text!r}")

        print("a question")
        print(f"  -> {(await session.say('Which floor is the library on?')).text!r}")

        print("speech: a second of silence, as PCM of 16 kHz, 16 bits, mono")
        answer = await session.speak([bytes(16_000), bytes(16_000)])
        print(f"  -> {answer.heard!r}: {answer.text!r}")

        print("a question that is interrupted at its first words")
        speaking.clear()
        asked = tasks.create_task(session.say("Tell me everything about the building."))
        await speaking.wait()
        await session.interrupt()
        print(f"  -> interrupted: {(await asked).interrupted}")

        print("the line breaks in the middle of an answer; calls after that wait until it is back")
        speaking.clear()
        unanswered = tasks.create_task(lost(session))
        await speaking.wait()
        fake.recover(session.session_id)
        await unanswered
        print(f"  -> {(await session.say('Where were we?')).text!r}")

        await session.stop()


async def lost(session: Session) -> None:
    """Asks what will not be answered: nobody is left waiting."""
    try:
        await session.say("And everything about the park.")
    except ConnectionLostError as error:
        print(f"  -> {error}")


async def main() -> None:
    """Starts a fake, talks to it, and shows whether the rules of the document were kept."""
    answers = {"Which floor is the library on?": "On the second floor, to the left of the stairs."}
    async with FakeAliyun(answers=answers, chunk_seconds=0.05, interrupt_reply="none") as fake:
        await talk(fake)
        print("rules broken:", fake.journal.violations(level="error"))


if __name__ == "__main__":
    asyncio.run(main())
