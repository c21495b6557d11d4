"""The one source of time in a fake server: the real clock, or a virtual one that a test advances.

Token life, heartbeats, idle limits, queues, delayed pushes and callbacks all ask a :class:`Clock`. Nothing
else in the fake servers may read the wall clock or set a timer. Only clocks, their timers and ways to wait on
them may live here.

Threads. A fake may run in its own thread, with its own event loop, while a test advances the clock from the
main thread; and several fakes on several loops may share one virtual clock. A timer therefore belongs to the
loop it was set in, and its callback runs in that loop whoever advances the clock. What a callback shows, a test may
see while that callback still runs and has yet to set its timer, so before time moves, the loops that are attached get
to the end of what they do. A function of the test that runs in a thread takes no time: a virtual clock waits for it
(`held.py`).
"""

from __future__ import annotations

import asyncio
import heapq
import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from functools import partial
from typing import Final, NoReturn, Protocol

from avatarwire.fakeserver.attached import AttachedLoops
from avatarwire.fakeserver.handover import carry
from avatarwire.fakeserver.held import Held, HeldUp, Holds
from avatarwire.fakeserver.threads import function_here

__all__ = ["LONGEST", "Clock", "ClockError", "RealClock", "Timer", "VirtualClock", "patience", "sleep"]

Loop = asyncio.AbstractEventLoop
Callback = Callable[[], None]

_EPOCH: Final = 1_767_225_600.0
"""Where a virtual clock starts unless told otherwise: 2026-01-01T00:00:00Z."""

_MICRO: Final = 1_000_000
"""Virtual time is counted in whole microseconds: ten steps of 0.1 s have to be exactly one second."""
LONGEST: Final = 1e15
"""Seconds beyond which a virtual clock does not count: thirty million years."""

_STUCK: Final = 100_000
"""Timers that may be set and fire at one instant; more means that one sets itself again without delay."""

_COMPACT: Final = 64
"""Cancelled timers that may lie in the queue before it is rebuilt without them."""


class ClockError(RuntimeError):
    """The clock cannot do what was asked: a timer without a loop, a loop that is dead, a nested advance."""


class Timer(Protocol):
    """A callback that has not run yet."""

    def cancel(self) -> None:
        """Never run the callback. Without effect once it has run or was cancelled."""
        ...


class Clock(Protocol):
    """What the fake servers know of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def call_later(self, delay: float, callback: Callback) -> Timer:
        """Run ``callback`` after ``delay`` seconds, in the event loop this is called from.

        A negative delay is due at once.

        Raises:
            ValueError: the delay is not a finite number.
        """
        ...

    def hold(self, held: Held, instead: Held | None = None) -> None:
        """Let time wait for a function in a thread and what it leads to; in the place of another, if one is given."""
        ...

    def release(self, held: Held, then: Callable[[], object] | None = None) -> None:
        """Carry out ``then``, what the function leads to; after that let time no longer wait for it.

        What is held while ``then`` runs takes its place: time waits for that too.
        """
        ...

    def attach(self, loop: Loop) -> None:
        """Let time wait, before it moves, for the callback that runs in a loop."""
        ...

    def detach(self, loop: Loop) -> None:
        """Forget a loop that is about to stop, its timers, and what is held there."""
        ...


def _check_delay(delay: float) -> None:
    if not delay < math.inf:  # refuses NaN as well, which would disorder the queue
        raise ValueError(f"a timer needs a finite delay, not {delay!r}")


class RealClock:
    """Wall time, and the timers of the running event loop.

    A callback that raises is reported by the loop's own exception handler, which logs it.
    """

    __slots__ = ()

    now = staticmethod(time.time)
    """Seconds since the epoch."""

    def advance(self, seconds: float) -> NoReturn:
        """Raises `ClockError`: only a virtual clock can be advanced."""
        del seconds
        raise ClockError("this clock goes by real time: give the fake clock=VirtualClock() to advance it")

    def call_later(self, delay: float, callback: Callback) -> Timer:
        """Run ``callback`` after ``delay`` seconds in the running loop.

        Raises:
            ValueError: the delay is not a finite number.
            ClockError: no event loop runs in this thread.
        """
        _check_delay(delay)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise ClockError("a real clock sets timers only inside a running event loop") from None
        return loop.call_later(delay, callback)

    def hold(self, held: Held, instead: Held | None = None) -> None:
        """Nothing to do: real time waits for nobody."""

    def release(self, held: Held, then: Callable[[], object] | None = None) -> None:
        """Carry out ``then``."""
        if then is not None:
            then()

    def attach(self, loop: Loop) -> None:
        """Nothing to do: real time waits for nobody."""

    def detach(self, loop: Loop) -> None:
        """Nothing to do: the timers live in the loop and end with it."""


class _VirtualTimer:
    """A timer of a virtual clock; all its fields are guarded by the clock's lock."""

    __slots__ = ("callback", "clock", "loop", "queued")

    def __init__(self, clock: VirtualClock, loop: Loop | None, callback: Callback) -> None:
        self.clock = clock
        self.loop = loop
        self.callback: Callback | None = callback
        self.queued = True

    def cancel(self) -> None:
        self.clock.forget(self)


class VirtualClock:
    """Time that stands still until :meth:`advance` moves it. Safe to use from any thread.

    Args:
        start: seconds since the epoch at which the clock starts.
        patience: real seconds to wait for a callback that runs in the loop of another thread, and for each function
            that is held.
    """

    __slots__ = (
        "_advancing",
        "_attached",
        "_cancelled",
        "_flying",
        "_heap",
        "_holds",
        "_lock",
        "_micros",
        "_order",
        "_patience",
    )

    def __init__(self, start: float = _EPOCH, *, patience: float = 5.0) -> None:
        self._lock = threading.Lock()
        self._micros = round(start * _MICRO)
        self._heap: list[tuple[int, int, _VirtualTimer]] = []
        self._order = 0
        self._cancelled = 0
        self._patience = patience
        self._holds = Holds()
        self._advancing = False
        self._attached = AttachedLoops()
        self._flying: tuple[Loop, Future[None]] | None = None
        """The callback handed to another thread's loop that :meth:`advance` is waiting for."""

    def __repr__(self) -> str:
        return f"VirtualClock(now={self.now():.6f}, pending={self.pending})"

    @property
    def pending(self) -> int:
        """Timers that are set and neither fired nor cancelled."""
        with self._lock:
            return len(self._heap) - self._cancelled

    @property
    def next_due(self) -> float | None:
        """When the next timer is due, in seconds since the epoch; None when none is set."""
        with self._lock:
            due = min((due for due, _, timer in self._heap if timer.callback is not None), default=None)
        return None if due is None else due / _MICRO

    def now(self) -> float:
        """Seconds since the epoch; while a timer fires, the moment that timer was due."""
        return self._micros / _MICRO

    def call_later(self, delay: float, callback: Callback) -> Timer:
        """Run ``callback`` once the clock was advanced by ``delay`` seconds.

        It runs in the event loop this was called from, or in the advancing thread when it was called outside
        any loop.

        Raises:
            ValueError: the delay is not a finite number.
        """
        _check_delay(delay)
        try:
            loop: Loop | None = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        timer = _VirtualTimer(self, loop, callback)
        # What is due later than that is never due.
        wait = round(min(delay, 2 * LONGEST) * _MICRO) if delay > 0 else 0
        with self._lock:
            self._order = order = self._order + 1
            heapq.heappush(self._heap, (self._micros + wait, order, timer))
        return timer

    def advance(self, seconds: float) -> None:
        """Move the clock forward and run every timer that falls due, by time, then in the order they were set.

        Timers that the callbacks set for a moment within the window fire too. A callback whose loop runs in
        another thread is run there and waited for; all others run directly. What a callback only starts (a
        task, a send) may still be under way on return. A function of the test that runs in a thread is waited for
        before time moves on, and so is what it leads to.

        Raises:
            ValueError: ``seconds`` is negative, not a finite number, or more than 30 million years.
            ClockError: called while an advance is under way, for instance from a callback, or from a function that
                time waits for; or time cannot go on because a timer sets itself again without delay, or because a
                function does not end.
            ExceptionGroup: callbacks that raised, and loops that could not run theirs. All other timers
                fired, and the clock reads the new time.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"time only moves forward by a finite number of seconds, not by {seconds!r}")
        if seconds > LONGEST:
            raise ValueError(f"time moves forward by at most {LONGEST:g} seconds, not by {seconds!r}")
        if function := function_here(self):
            raise ClockError(f"advance() was called by the function {function}, for whose end time has to wait")
        with self._lock:
            if self._advancing:
                raise ClockError("advance() is already under way: a callback or another thread called it again")
            self._advancing = True
        failures: list[Exception] = []
        try:
            self._attached.settle(_running_loop(), patience(self._patience))
            failures += self._wait()
            with self._lock:
                end = self._micros + round(seconds * _MICRO)
                limit = len(self._heap) + _STUCK
            instant, fired = -1, 0
            while (timer := self._next(end)) is not None:
                instant, fired = (instant, fired + 1) if instant == self._micros else (self._micros, 1)
                if fired > limit:
                    raise ClockError(f"{fired} timers fired at one instant: one sets itself again without delay")
                failures += self._fire(timer)
                failures += self._wait()
        finally:
            with self._lock:
                self._advancing = False
        if failures:
            try:
                raise ExceptionGroup(f"{len(failures)} timer(s) failed while the clock advanced", failures)
            finally:
                failures.clear()  # the tracebacks of these hold this frame

    def hold(self, held: Held, instead: Held | None = None) -> None:
        """Let time wait for a function and what it leads to; in the place of another, if one is given."""
        self._holds.add(held, instead)

    def release(self, held: Held, then: Callable[[], object] | None = None) -> None:
        """Carry out ``then``; after that let time no longer wait, but for what was held meanwhile."""
        self._holds.release(held, then)

    def attach(self, loop: Loop) -> None:
        """Let every advance begin by waiting for the callback that runs in ``loop`` at that moment."""
        self._attached.add(loop)

    def detach(self, loop: Loop) -> None:
        """Forget ``loop``, its timers and what is held there; an advance that waits for that goes on without it."""
        self._holds.detach(loop)
        self._attached.remove(loop)
        with self._lock:
            gone = [timer for _, _, timer in self._heap if timer.loop is loop]
            for timer in gone:
                timer.callback = None
            self._rebuild()
            flying = self._flying
        if flying is not None and flying[0] is loop:
            flying[1].cancel()

    def _wait(self) -> list[Exception]:
        """Wait for what is held; returns what its carrying out raises."""
        try:
            return self._holds.wait(self._patience)
        except HeldUp as reason:
            raise ClockError(str(reason)) from None

    def _next(self, end: int) -> _VirtualTimer | None:
        """Take the next timer due by ``end`` and set the clock to its moment; without one, to ``end``."""
        with self._lock:
            heap = self._heap
            while heap and heap[0][0] <= end:
                due, _, timer = heapq.heappop(heap)
                timer.queued = False
                if timer.callback is None:
                    self._cancelled -= 1
                    continue
                self._micros = due
                return timer
            self._micros = end
            return None

    def _fire(self, timer: _VirtualTimer) -> list[Exception]:
        """Run a timer's callback where it belongs; returns what it raises."""
        loop = timer.loop
        try:
            if loop is None or loop is _running_loop():
                self._run(timer)
            else:
                self._run_in(loop, timer)
        except Exception as failure:
            return [failure]
        return []

    def _run(self, timer: _VirtualTimer) -> None:
        with self._lock:  # another thread may have cancelled it since it was taken from the queue
            callback, timer.callback = timer.callback, None
        if callback is not None:
            callback()

    def _run_in(self, loop: Loop, timer: _VirtualTimer) -> None:
        """Run the callback in the loop of another thread and wait for its end."""
        if loop.is_closed() or not loop.is_running():
            raise ClockError("a timer's event loop no longer runs: detach(loop) has to come before the loop stops")
        done: Future[None] = Future()
        with self._lock:
            self._flying = loop, done
        try:
            loop.call_soon_threadsafe(carry, done, partial(self._run, timer))
            done.result(self._patience)
        except CancelledError:
            return  # the loop was detached meanwhile
        except TimeoutError:
            if done.done():
                raise  # the callback's own
            state = "never began" if done.cancel() else "is still running"
            raise ClockError(
                f"a timer's callback {state} after {self._patience:g} s: its event loop is blocked or has stopped"
            ) from None
        finally:
            with self._lock:
                self._flying = None
            del done  # see `carry`

    def forget(self, timer: _VirtualTimer) -> None:
        """Cancel a timer; what :meth:`Timer.cancel` does."""
        with self._lock:
            if timer.callback is None:
                return
            timer.callback = None
            if timer.queued:
                self._cancelled += 1
                if self._cancelled > _COMPACT and self._cancelled * 2 > len(self._heap):
                    self._rebuild()

    def _rebuild(self) -> None:
        """Drop cancelled timers: an idle limit is set anew for every message while the clock stands still."""
        self._heap = [item for item in self._heap if item[2].callback is not None]
        heapq.heapify(self._heap)
        self._cancelled = 0


async def sleep(clock: Clock, seconds: float) -> None:
    """Wait until ``clock`` has moved on by ``seconds``; the timer is dropped when the wait is cancelled.

    Raises:
        ValueError: ``seconds`` is not a finite number.
    """
    woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def wake() -> None:
        if not woken.done():
            woken.set_result(None)

    timer = clock.call_later(seconds, wake)
    try:
        await woken
    finally:
        timer.cancel()


def patience(seconds: float) -> Callable[[], float]:
    """A function that tells how many real seconds of ``seconds`` are left, never below 0.

    For waits that end in a failure. Behaviour that depends on time asks a clock instead.
    """
    end = time.monotonic() + seconds
    return lambda: max(end - time.monotonic(), 0.0)


def _running_loop() -> Loop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
