"""A talk with each fake, by its driver: each call ends, whatever happens, and the talk goes on with the next."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from avatarwire.codecs.aio.driver import Driver
from avatarwire.codecs.aliyun import aio as aliyun
from avatarwire.codecs.errors import AvatarwireError
from avatarwire.codecs.guiji import aio as guiji
from avatarwire.codecs.sensetime import aio as sensetime
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.loop_clock import LoopClock
from avatarwire.fakeserver.server import FakeServer
from tests.codecs.aio.mishaps import Mishap, befall
from tests.jumping import JumpingLoop, run

T = TypeVar("T")

__all__ = ["TALKS", "Outcome", "talk"]


@dataclass
class Outcome:
    """How a talk went.

    Attributes:
        begun: the calls that were made.
        results: of each call: what it gave, or the error.
        seen: what the fake has sent.
        open: sessions that are open at the fake at the end, but those that no client can know of.
        seconds: how long it took.
        failures: what was reported to the loop's exception handler.
        tasks: names of tasks that were left.
        events: what the session reported.
    """

    begun: list[str] = field(default_factory=list[str])
    results: dict[str, object] = field(default_factory=dict[str, object])
    seen: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    open: list[str] = field(default_factory=list[str])
    seconds: float = 0.0
    failures: list[Any] = field(default_factory=list[Any])
    tasks: list[str] = field(default_factory=list[str])
    events: list[str] = field(default_factory=list[str])
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def of(self, name: str, call: Awaitable[object]) -> bool:
        """Waits for the end of a call; whether it has a result."""
        self.begun.append(name)
        try:
            self.results[name] = await call
        except (AvatarwireError, TimeoutError) as error:
            self.results[name] = error
            return False
        return True

    async def read(self, session: Any) -> None:
        """Reads the events beside the calls."""
        async for event in session:
            self.events.append(type(event).__name__)
            self._more.set()

    async def until(self, kind: str, seconds: float = 5.0) -> None:
        """Waits for one more event of a kind, but not for long."""
        before = self.events.count(kind)
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.events.count(kind) == before:
                    self._more.clear()
                    await self._more.wait()


Talk = Callable[[Any, Outcome], Coroutine[Any, Any, None]]


async def _aliyun(fake: FakeAliyun, outcome: Outcome) -> None:
    async with aliyun.connect(fake) as session:
        reader = asyncio.create_task(outcome.read(session))
        await outcome.of("opening", session.opening())
        await outcome.of("say", session.say("Where is the library?"))
        await outcome.of("speak", session.speak([bytes(1600), bytes(1600)]))
        asked = asyncio.create_task(outcome.of("say at length", session.say("Tell me everything about the building.")))
        await outcome.until("AnswerChunk")
        await outcome.of("interrupt", session.interrupt())
        await asked
        with suppress(FakeServerError):  # no socket is open just now
            fake.recover(session.session_id)
            await outcome.until("RecoveryStarted")
        await outcome.of("say again", session.say("Thank you."))
        await outcome.of("stop", session.stop())
        await reader


def _open_aliyun(fake: FakeAliyun) -> list[str]:
    project = fake.state.project(fake.project_id)
    assert project is not None
    return [session.id for session in fake.state.sessions.living(project)]


async def _sensetime(fake: FakeSenseTime, outcome: Outcome) -> None:
    async with sensetime.connect(fake) as session:
        reader = asyncio.create_task(outcome.read(session))
        await outcome.of("say", session.say("Good evening, and welcome to all of you."))
        spoken = asyncio.create_task(outcome.of("say at length", session.say("And now a word about the weather. " * 9)))
        await outcome.until("TakeoverChanged")
        await outcome.of("interrupt", session.interrupt())
        await spoken
        await outcome.of("speak", session.speak([bytes(1600), bytes(1600)]))
        await outcome.of("say again", session.say("Thank you all for coming."))
        await outcome.of("stop", session.stop())
        await reader


def _open_sensetime(fake: FakeSenseTime) -> list[str]:
    return [live.id for live in fake.state.lives.running()]


async def _guiji(fake: FakeGuiji, outcome: Outcome) -> None:
    async with guiji.connect(fake) as session:
        reader = asyncio.create_task(outcome.read(session))
        await outcome.of("say", session.say("Good evening, and welcome to all of you."))
        both = [outcome.of(name, session.say(f"And now the {name}.")) for name in ("first", "second")]
        await asyncio.gather(*both)
        await outcome.of("stop", session.stop())
        await reader


def _open_guiji(fake: FakeGuiji) -> list[str]:
    return [session.id for session in fake.state.sessions.living()]


TALKS: dict[str, tuple[Callable[..., FakeServer], Talk, Callable[[Any], list[str]]]] = {
    "aliyun": (FakeAliyun, _aliyun, _open_aliyun),
    "guiji": (FakeGuiji, _guiji, _open_guiji),
    "sensetime": (FakeSenseTime, _sensetime, _open_sensetime),
}


def talk(vendor: str, nth: int | None = None, mishap: Mishap = "drop") -> Outcome:
    """Has a talk on jumping time; one message of the fake goes wrong, if one is named."""
    make, converse, still_open = TALKS[vendor]
    outcome = Outcome()

    async def main(loop: JumpingLoop) -> None:
        fake = make(clock=LoopClock(loop), seed=1)
        befallen = befall(fake, nth, mishap)
        outcome.seen = befallen.seen
        async with fake:
            begun = loop.time()
            await outcome.of("connect", converse(fake, outcome))
            outcome.seconds = loop.time() - begun
            await asyncio.sleep(0)
            outcome.tasks = [task.get_name() for task in asyncio.all_tasks() if "avatarwire" in task.get_name()]
            outcome.open = [session for session in still_open(fake) if session not in befallen.untold]

    _, loop = run(main)
    outcome.failures = list(loop.failures)
    return outcome


# --- what the tests of single drivers share ---


def on_jumping_time(vendor: str, main: Callable[[Any], Coroutine[Any, Any, T]], **changes: Any) -> T:
    """Runs something with a fake, on jumping time; no session may be left, nothing may be reported to the loop."""
    make, _, still_open = TALKS[vendor]

    async def world(loop: JumpingLoop) -> T:
        async with make(clock=LoopClock(loop), **changes) as fake:
            result = await main(fake)
            assert still_open(fake) == []
            return result

    result, loop = run(world)
    assert loop.failures == []
    return result


async def until(session: Driver[Any], kind: str) -> None:
    """Reads events up to the first of a kind, or to the end of the session."""
    async for event in session:
        if type(event).__name__ == kind:
            return
