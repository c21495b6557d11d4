"""One run: a fake and a client, what the client is told to do, and everything that is seen of it.

What that says of the client, `oracles.py` judges.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from avatarwire.codecs.errors import AvatarwireError, UnsupportedError

from ..fakes import fake, prepare
from .adapter import Given, given_to, worded
from .choosing import Chooser
from .engines import Engine
from .freedoms import Freedoms
from .jumping import Stuck
from .looping import carry_out
from .plan import Act, Plan, Step, saying
from .program import Program
from .watch import Spinning

__all__ = ["Observed", "run"]

T = TypeVar("T")

_AFTERWARDS: Final = 1.0
"""Seconds after `stop` after which no session is to be open."""
_POLL: Final = 0.05
"""Seconds between two looks at what the fake does."""
_BUSY: Final = 0.1
"""Share of the last half of its time which a client has to compute to be busy for nothing; it may share a processor."""
_BOOT: Final = 20.0
"""Real seconds that a program may compute until it says anything to the fake; patience with `start` begins then."""
_STILL: Final = 1.0
"""Seconds without computing, after which it does not compute any more."""
_SPOKEN_WITHIN: Final = 10.0
"""Seconds for which that is waited for."""


@dataclass
class Observed:
    """Everything that was seen of a client.

    Attributes:
        steps: its calls, in the order they began.
        reported: what it has told its caller by events.
        started, stopped: whether `start` and `stop` have returned.
        interrupted: texts that we have had interrupted.
        hung: the call that did not end; empty for none.
        stuck: why the loop does not get on; None where it does.
        unhandled: errors that nobody caught.
        sessions, said, violations, entries: of the fake, as at the end.
        began: when the talk began, on the fake's clock.
        seconds: that it lasted.
        unable: why nothing can be said of the client.
        lacking: what a program was told to do when it said that it cannot do that; empty for nothing.
        remarks: what a program has printed, the last of it.
    """

    steps: list[Step] = field(default_factory=list[Step])
    reported: list[str] = field(default_factory=list[str])
    started: bool = False
    stopped: bool = False
    interrupted: set[str] = field(default_factory=set[str])
    hung: str = ""
    stuck: Stuck | None = None
    unhandled: list[str] = field(default_factory=list[str])
    sessions: Sequence[Mapping[str, Any]] = ()
    said: Sequence[Any] = ()
    violations: Sequence[Any] = ()
    entries: Sequence[Any] = ()
    began: float = 0.0
    seconds: float = 0.0
    unable: str = ""
    lacking: str = ""
    remarks: tuple[str, ...] = ()


_LACKING: Final = (NotImplementedError, UnsupportedError)
"""What a client raises that cannot do something which not every client can."""


class _Hung(Exception):
    """A call of the client has not ended."""


class _Talk:
    """A talk under way.

    Args:
        plan: what is to be done.
        server: the fake, which runs.
        adapter: the client.
        observed: what is seen goes there.
        heal: has the vendor deviate no more.
        real: whether time is real.
    """

    def __init__(
        self, plan: Plan, server: Any, adapter: Any, observed: Observed, heal: Callable[[], None], *, real: bool
    ) -> None:
        self._plan: Final = plan
        self._real: Final = real
        self._heal_all: Final = heal
        self._server: Final = server
        self._adapter: Final = adapter
        self._observed: Final = observed
        self._loop: Final = asyncio.get_running_loop()
        self._began: Final = self._loop.time()

    def now(self) -> float:
        """Seconds since the talk began."""
        return self._loop.time() - self._began

    async def hold(self, place: Given) -> None:
        """Starts, does everything, stops.

        Raises:
            _Hung: a call did not end.
        """
        plan, adapter, observed = self._plan, self._adapter, self._observed
        observed.started = await self._call("start", adapter.start(place))
        if observed.started:
            for act in plan.workload:
                await _ACTS[act.do](self, act)
            if plan.horizon:
                await asyncio.sleep(plan.horizon)
        observed.stopped = await self._call("stop", adapter.stop())
        await self._afterwards()

    async def _call(self, name: str, call: Awaitable[object]) -> bool:
        """Waits for the end of a call; whether it has returned."""
        observed, began = self._observed, self.now()
        place, mark = len(observed.steps), self._server.journal.mark
        first = mark()
        observed.steps.append(Step(name, began, None, marks=(first, first)))
        task = asyncio.ensure_future(call)
        if name == "start" and isinstance(self._adapter, Program):
            await self._booted(task, first, self._adapter)
        if not await self._ends(task):
            observed.hung = name
            task.cancel()
            raise _Hung(name)
        error = ""
        if task.cancelled():
            error = "CancelledError"
        elif (raised := task.exception()) is not None and not isinstance(raised, _LACKING):
            error = worded(raised)
        observed.steps[place] = Step(name, began, self.now(), error, (first, mark()))
        return not error

    async def _booted(self, task: asyncio.Future[object], first: int, program: Program) -> None:
        """Waits until a program that has just been started says anything to the fake, while it computes."""
        end = self.now() + _BOOT
        computed, since = program.cpu_seconds, self.now()
        while not task.done() and self._server.journal.mark() == first and self.now() < end:
            await asyncio.wait([task], timeout=_POLL)
            if program.cpu_seconds != computed:
                computed, since = program.cpu_seconds, self.now()
            elif self.now() - since > _STILL:
                return

    async def _ends(self, task: asyncio.Future[object]) -> bool:
        """Whether a call ends in time. Of one that computes all the time, for nothing, it is noted."""
        patience, adapter = self._plan.patience, self._adapter
        if not hasattr(adapter, "cpu_seconds"):
            return bool((await asyncio.wait([task], timeout=patience))[0])
        if (await asyncio.wait([task], timeout=patience / 2))[0]:
            return True
        before = adapter.cpu_seconds
        if (await asyncio.wait([task], timeout=patience / 2))[0]:
            return True
        if adapter.cpu_seconds - before > patience / 2 * _BUSY:
            self._observed.stuck = Spinning("it computes all the time")
        return False

    async def _afterwards(self) -> None:
        """Waits for what comes late; in real time no longer than there is something that can."""
        if not self._real:
            await asyncio.sleep(_AFTERWARDS)
            return
        end = self.now() + _AFTERWARDS
        await asyncio.sleep(2 * _POLL)
        while self.now() < end:
            if self._is_quiet():
                return
            await asyncio.sleep(_POLL)

    def _is_quiet(self) -> bool:
        is_over = all(session["over"] for session in self._server.sessions())
        return is_over and not any(it.state in ("waiting", "speaking") for it in self._server.said())

    # --- what there is to do ---

    async def _say(self, act: Act) -> None:
        for text in act.texts:
            await self._say_one(text)

    async def _say_one(self, text: str) -> None:
        await self._call(saying(text), self._adapter.say(text))

    async def _together(self, act: Act) -> None:
        calls = [asyncio.ensure_future(self._say_one(text)) for text in act.texts]
        try:
            await asyncio.gather(*calls)
        finally:
            for call in calls:
                call.cancel()

    async def _interrupt(self, act: Act) -> None:
        if not hasattr(self._adapter, "interrupt"):
            return
        (text,) = act.texts
        self._observed.interrupted.add(text)
        saying = asyncio.ensure_future(self._say_one(text))
        try:
            await self._until_spoken(text, saying)
            await self._call("interrupt", self._adapter.interrupt())
            await saying
        finally:
            saying.cancel()

    async def _until_spoken(self, text: str, saying: asyncio.Future[None]) -> None:
        end = self.now() + min(_SPOKEN_WITHIN, self._plan.patience)
        while self.now() < end and not saying.done():
            if any(it.state == "speaking" and text in it.text for it in self._server.said()):
                return
            await asyncio.sleep(_POLL)

    async def _speak(self, act: Act) -> None:
        if hasattr(self._adapter, "speak"):
            pcm = bytes(int(act.seconds * 16000) * 2)
            await self._call(f"speak {act.seconds:g} s", self._adapter.speak(pcm))

    async def _pause(self, act: Act) -> None:
        await asyncio.sleep(act.seconds)

    async def _heal(self, act: Act) -> None:
        del act
        self._heal_all()


_ACTS: Final[Mapping[str, Callable[[Any, Act], Coroutine[Any, Any, None]]]] = {
    "say": _Talk._say,  # pyright: ignore[reportPrivateUsage]
    "together": _Talk._together,  # pyright: ignore[reportPrivateUsage]
    "interrupt": _Talk._interrupt,  # pyright: ignore[reportPrivateUsage]
    "speak": _Talk._speak,  # pyright: ignore[reportPrivateUsage]
    "pause": _Talk._pause,  # pyright: ignore[reportPrivateUsage]
    "heal": _Talk._heal,  # pyright: ignore[reportPrivateUsage]
}


def run(
    plan: Plan, freedoms: Freedoms, chooser: Chooser, make: Callable[[], Any], engine: Engine, *, real: bool = False
) -> Observed:
    """Carries out a run to its end.

    Args:
        plan: what is to be done.
        freedoms: of the vendor.
        chooser: how the vendor deviates.
        make: makes the client.
        engine: what the loop is made by.
        real: whether time is real, so that the fake has to be quick.
    """
    observed = Observed()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tunables = {**freedoms.tunables, **(freedoms.pace if real else {}), **plan.tunables}
        try:
            server: Any = fake(plan.vendor, loop=loop, observed=False, seed=1, **tunables)
        except AvatarwireError as error:
            observed.unable = str(error)
            return
        chooser.fake = server
        server.faults.chooser = chooser
        async with server:
            observed.began = server.clock.now()
            began = loop.time()
            try:
                adapter = make()
            except Exception as error:
                observed.unable = f"the client cannot be made: {type(error).__name__}: {error}"
                return
            place = given_to(plan.vendor, server.ready, observed.reported.append)
            try:
                with suppress(_Hung):
                    await _Talk(plan, server, adapter, observed, chooser.heal, real=real).hold(place)
                observed.seconds = loop.time() - began
                observed.sessions = tuple(server.sessions())
                if isinstance(adapter, Program):
                    await _left(adapter, observed, plan.patience)
            finally:
                if isinstance(adapter, Program):
                    await adapter.end()
            observed.said = tuple(server.said())
            observed.violations = tuple(server.journal.violations(level="error"))
            observed.entries = tuple(server.journal.entries())
            del adapter
            if failures := server.faults.failures:
                observed.unable = f"the adversary failed: {failures[0]}"

    prepare(plan.vendor)
    loop = engine.new_loop()
    carry_out(loop, main, observed)
    return observed


async def _left(program: Program, observed: Observed, seconds: float) -> None:
    """Has a program leave, unless it hangs anyway, and takes down how that went."""
    if not observed.hung and not await program.leave(seconds):
        observed.hung = _LEAVING
    observed.unhandled += [program.died] if program.died else []
    observed.unable = program.unable
    observed.lacking = program.lacking
    observed.remarks = program.remarks


_LEAVING: Final = "exit at the end of its stdin"
