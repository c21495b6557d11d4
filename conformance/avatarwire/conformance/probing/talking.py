"""The talk of a run: the client is told to do one thing after the other, and each call of it is watched to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final

from avatarwire.codecs.errors import UnsupportedError

from .adapter import NEEDED, Given, worded
from .jumping import Stuck
from .looping import Told
from .observing import Observed
from .plan import Act, Plan, Step, saying
from .program import Program
from .watch import Spinning

__all__ = ["Hung", "Talk"]

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

_LACKING: Final = (NotImplementedError, UnsupportedError)
"""What a client raises that cannot do what it is told."""


class Hung(Exception):
    """A call of the client has not ended."""


class _Quit(Exception):
    """A call of the client would end the program."""

    def __str__(self) -> str:
        return str(self.args[0])


class Talk:
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
            Hung: a call did not end.
        """
        plan, adapter, observed = self._plan, self._adapter, self._observed
        observed.started = await self._call("start", lambda: adapter.start(place))
        if observed.started:
            for act in plan.workload:
                await _ACTS[act.do](self, act)
            if plan.horizon:
                await self._pause(Act(do="pause", seconds=plan.horizon))
        observed.stopped = await self._call("stop", lambda: adapter.stop())
        await self._afterwards()

    async def _call(self, name: str, call: Callable[[], object]) -> bool:
        """Makes a call, and waits for its end; whether it has returned."""
        observed, began = self._observed, self.now()
        place, mark = len(observed.steps), self._server.journal.mark
        first = mark()
        observed.steps.append(Step(name, began, None, marks=(first, first)))
        task = asyncio.ensure_future(self._made(name, call))
        if name == "start" and isinstance(self._adapter, Program):
            await self._booted(task, first, self._adapter)
        if not await self._ends(task):
            observed.hung = name
            task.cancel()
            raise Hung(name)
        error = ""
        if task.cancelled():
            error = "CancelledError"
        elif (raised := task.exception()) is not None:
            error = worded(raised)
            if isinstance(raised, _LACKING):
                error = self._lacks(name.partition(" ")[0], error)
        observed.steps[place] = Step(name, began, self.now(), error, (first, mark()))
        return not error

    def _lacks(self, what: str, error: str = "") -> str:
        """It is noted that the client cannot do something; the error, if that is something which every client does."""
        self._observed.lacking = self._observed.lacking or what
        return error if what in NEEDED else ""

    async def _made(self, name: str, call: Callable[[], object]) -> None:
        """One call: what it raises at once is raised as what it raises later."""
        try:
            given = call()
            if isinstance(given, Awaitable):
                await given
            elif given is not None:
                raise TypeError(f"expected a coroutine, got {type(given).__name__}")
        except (Stuck, Told):
            raise
        except (KeyboardInterrupt, SystemExit) as error:
            # It would end the program of whoever calls.
            self._observed.unhandled.append(f"{name}: {worded(error)}")
            raise _Quit(worded(error)) from None

    async def _booted(self, task: asyncio.Future[None], first: int, program: Program) -> None:
        """Waits until a program that has just been started says anything to the fake, while it computes."""
        end = self.now() + _BOOT
        computed, since = program.cpu_seconds, self.now()
        while not task.done() and self._server.journal.mark() == first and self.now() < end:
            await asyncio.wait([task], timeout=_POLL)
            if program.cpu_seconds != computed:
                computed, since = program.cpu_seconds, self.now()
            elif self.now() - since > _STILL:
                return

    async def _ends(self, task: asyncio.Future[None]) -> bool:
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
        await self._call(saying(text), lambda: self._adapter.say(text))

    async def _together(self, act: Act) -> None:
        calls = [asyncio.ensure_future(self._say_one(text)) for text in act.texts]
        try:
            await asyncio.gather(*calls)
        finally:
            for call in calls:
                call.cancel()

    async def _interrupt(self, act: Act) -> None:
        if not hasattr(self._adapter, "interrupt"):
            self._lacks("interrupt")
            return
        (text,) = act.texts
        self._observed.interrupted.add(text)
        saying = asyncio.ensure_future(self._say_one(text))
        try:
            await self._until_spoken(text, saying)
            await self._call("interrupt", lambda: self._adapter.interrupt())
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
        if not hasattr(self._adapter, "speak"):
            self._lacks("speak")
            return
        pcm = bytes(int(act.seconds * 16000) * 2)
        await self._call(f"speak {act.seconds:g} s", lambda: self._adapter.speak(pcm))

    async def _pause(self, act: Act) -> None:
        place = self._noted(f"nothing is asked of it for {act.seconds:g} s")
        await asyncio.sleep(act.seconds)
        begun = self._observed.steps[place]
        marks = begun.marks[0], self._server.journal.mark()
        self._observed.steps[place] = Step(begun.call, begun.began, self.now(), marks=marks, ours=True)

    async def _heal(self, act: Act) -> None:
        del act
        self._noted("from here on the vendor does as documented", self.now())
        self._heal_all()

    def _noted(self, what: str, ended: float | None = None) -> int:
        """What happens between two calls is among them; its place."""
        mark = self._server.journal.mark()
        self._observed.steps.append(Step(what, self.now(), ended, marks=(mark, mark), ours=True))
        return len(self._observed.steps) - 1


_ACTS: Final[Mapping[str, Callable[[Any, Act], Coroutine[Any, Any, None]]]] = {
    "say": Talk._say,  # pyright: ignore[reportPrivateUsage]
    "together": Talk._together,  # pyright: ignore[reportPrivateUsage]
    "interrupt": Talk._interrupt,  # pyright: ignore[reportPrivateUsage]
    "speak": Talk._speak,  # pyright: ignore[reportPrivateUsage]
    "pause": Talk._pause,  # pyright: ignore[reportPrivateUsage]
    "heal": Talk._heal,  # pyright: ignore[reportPrivateUsage]
}
