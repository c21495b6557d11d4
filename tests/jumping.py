"""An event loop whose time jumps: real sockets, but time stands still while anything is under way, and then jumps.

Client and fake run in this one loop, so that hours of waiting take milliseconds of both, and the same time always,
however slow the machine is. A jump is taken only when no socket is readable or writable and no function runs in a
thread of the loop.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import Executor
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

# Real seconds that what a thread, or the kernel, has under way is given before it is asked for again.
_MOMENT: Final = 0.0005
# Turns of the loop without any time passing, or with nothing to do.
_LIVELOCK: Final = 50_000
_DEADLOCK: Final = 500


class Stuck(Exception):
    """The loop is busy for ever, or nothing can happen in it any more."""


class _Selector(selectors.DefaultSelector):
    loop: JumpingLoop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            self.loop.turned()
            return ready
        if self.loop.in_threads:
            return super().select(_MOMENT if timeout is None else min(_MOMENT, max(timeout, 0)))
        ready = super().select(_MOMENT)
        if not ready and timeout is None:
            self.loop.idle()
        elif not ready:
            self.loop.jump(timeout or 0.0)
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """The loop.

    Attributes:
        in_threads: functions that run in threads.
        failures: what was reported to its exception handler.
    """

    def __init__(self) -> None:
        self._now = 1000.0
        self.in_threads = 0
        self.failures: list[Mapping[str, Any]] = []
        self._turns = self._idle = 0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        self.set_exception_handler(lambda _, context: self.failures.append(context))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        """Time passes."""
        self._turns = 0
        self._now += seconds

    def turned(self) -> None:
        """There was something to do at once.

        Raises:
            Stuck: so it has been for very long.
        """
        self._turns, self._idle = self._turns + 1, 0
        if self._turns > _LIVELOCK:
            self._turns = 0
            raise Stuck("busy, and no time passes")

    def idle(self) -> None:
        """There was nothing to do, and there is no timer.

        Raises:
            Stuck: so it has been for long.
        """
        self._idle += 1
        if self._idle > _DEADLOCK:
            self._idle = 0
            raise Stuck("everybody waits for somebody")

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        self.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._returned)
        return future

    def _returned(self, future: asyncio.Future[Any]) -> None:
        self.in_threads -= 1


def run(main: Callable[[JumpingLoop], Coroutine[Any, Any, T]]) -> tuple[T, JumpingLoop]:
    """Runs a coroutine on a loop of its own; what it returns, and the loop as it was at the end."""
    loop = JumpingLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop)), loop
