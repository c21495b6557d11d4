"""An event loop whose time jumps: real sockets, but time stands still while anything is under way, and then jumps.

Client and fake run in this one loop, so that hours of waiting take milliseconds of both, and the same time always,
however slow the machine is. A jump is taken only when no socket is readable or writable and no job runs in a thread.
"""

from __future__ import annotations

import asyncio
import math
import os
import selectors
import socket
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from typing import Any, Final, TypeVar, TypeVarTuple, Unpack

__all__ = ["JumpingLoop", "Stuck"]

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_MOMENT: Final = 0.0005
"""Real seconds that what the kernel has under way is given before time jumps."""
_SHORT: Final = 1.0
"""Seconds that time may jump at once: what was under way then arrives so much later, which no client minds."""
_LIVELOCK: Final = 50_000
"""Turns of the loop without any time passing, after which it is busy for nothing."""
_DEADLOCK: Final = 500
"""Times that there was nothing to do, and no timer, after which there will never be anything."""
_LONGEST_JOB: Final = 1.0
"""Real seconds for which time stands still because a job runs in a thread; after them it passes as real time does."""


class Stuck(KeyboardInterrupt):
    """The loop is busy for ever, or nothing can happen in it any more.

    Like a key that was pressed it ends the loop, and what catches every `Exception` does not catch it.
    """


class _Selector(selectors.DefaultSelector):
    loop: JumpingLoop

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        _send_at_once(fileobj if isinstance(fileobj, int) else fileobj.fileno())
        return super().register(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or timeout == 0:
            self.loop.turned()
            return ready
        if self.loop.in_threads:
            return self._while_threads_work(timeout)
        if timeout is None or timeout > _SHORT:
            ready = super().select(_MOMENT)
        if not ready and timeout is None:
            self.loop.idle()
        elif not ready:
            self.loop.jump(timeout or 0.0)
        return ready

    def _while_threads_work(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        began = time.perf_counter()
        ready = super().select(_MOMENT if timeout is None else min(_MOMENT, max(timeout, 0)))
        self.loop.threads_worked(time.perf_counter() - began)
        return ready


def _send_at_once(descriptor: int) -> None:
    """Has a connection send what there is to send without waiting for an acknowledgement (Nagle's algorithm).

    That takes 40 ms, in which much time would pass here. The connections of asyncio do so by themselves, but not those
    of libraries with sockets of their own, such as paho.
    """
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as twin:
        if twin.family in (socket.AF_INET, socket.AF_INET6) and twin.type == socket.SOCK_STREAM:
            twin.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class JumpingLoop(asyncio.SelectorEventLoop):
    """The loop.

    Args:
        jumped: called with the seconds whenever time passes.

    Attributes:
        in_threads: jobs that are in the hands of threads, from their submission to their result.
        failures: what was reported to its exception handler.
        turns: how often it has turned.
        last_turn: after which it is stuck, as everything in it was to end.
    """

    def __init__(self, jumped: Callable[[float], object] = lambda _: None) -> None:
        self._now = 1000.0
        self._jumped: Final = jumped
        self.in_threads = 0
        self.failures: list[Mapping[str, Any]] = []
        self.turns = 0
        self.last_turn = math.inf
        self._still = self._idle = 0
        self._threads_worked = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)
        self.set_exception_handler(lambda _, context: self.failures.append(context))

    def time(self) -> float:
        return self._now

    def jump(self, seconds: float) -> None:
        """Time passes."""
        self._still = self._idle = 0
        self._turn()
        self._now += seconds
        self._jumped(seconds)

    def turned(self) -> None:
        """There was something to do at once.

        Raises:
            Stuck: so it has been for very long.
        """
        self._turn()
        self._still, self._idle = self._still + 1, 0
        if self._still > _LIVELOCK:
            self._still = 0
            raise Stuck(f"the loop has turned {_LIVELOCK} times, and no time passes")

    def idle(self) -> None:
        """There was nothing to do, and there is no timer.

        Raises:
            Stuck: so it has been for long.
        """
        self._turn()
        self._idle += 1
        if self._idle > _DEADLOCK:
            self._idle = 0
            raise Stuck("everybody waits for somebody")

    def _turn(self) -> None:
        self.turns += 1
        if self.turns > self.last_turn:
            self.last_turn = math.inf
            raise Stuck("something does not end when it is cancelled")

    # Jobs of threads

    def threads_worked(self, seconds: float) -> None:
        """So many real seconds have passed with nothing to do but for threads."""
        self.turns += 1
        self._threads_worked += seconds
        if self._threads_worked > _LONGEST_JOB:
            self.jump(seconds)

    def count(self, job: Future[Any]) -> None:
        """A job was handed to an executor: until it has a result no time passes."""
        self._begun()
        job.add_done_callback(self._ended)

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Ts]], T], *args: *Ts
    ) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self._begun()
        future.add_done_callback(lambda _: self._over())
        return future

    def _begun(self) -> None:
        self.in_threads += 1
        self._threads_worked = 0.0

    def _ended(self, job: Future[Any]) -> None:
        """In whatever thread: the result has still to come to the loop, by the way that this goes, too."""
        if not self.is_closed():
            try:
                self.call_soon_threadsafe(self._over)
            except RuntimeError:  # it was closed at this very moment
                return

    def _over(self) -> None:
        self.in_threads -= 1
