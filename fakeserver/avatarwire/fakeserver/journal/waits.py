"""Waiting for the journal: until a goal is reached, or until time has passed; with a loop and without one.

Only waiting, and making a failure of what it has come to, may live here; what is waited for is said in ``goals.py``.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from typing import Any, Final, NamedTuple

from avatarwire.fakeserver.clock import RealClock, VirtualClock, patience
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.goals import Goal
from avatarwire.fakeserver.journal.missed import (
    NEAREST,
    EvidenceLostError,
    ExpectationError,
    Shortfall,
    around_of,
    came,
    not_seen,
    stood_still,
)
from avatarwire.fakeserver.journal.query import Known, Search, Waiter
from avatarwire.fakeserver.journal.record import Record
from avatarwire.fakeserver.journal.store import Timeline

__all__ = ["ANSWERED", "Waits"]

_LOOKED: Final = 5000
"""Entries in which a failure looks for what came nearest."""

ANSWERED: Final = 0.05
"""Real seconds that a client has for its answer to what it got when a test moved virtual time."""

_SLICE: Final = 0.02
"""Real seconds after which a clock of an unknown kind is looked at again by who has no loop to be woken in."""


class _Span(NamedTuple):
    """Of the fake's clock, in which nothing may come."""

    begin: float
    end: float

    @property
    def length(self) -> float:
        return self.end - self.begin


class Waits(Timeline):
    """A timeline that can be waited for.

    Attributes:
        known_messages: gives the ids that its messages may have; looking for any other is an error. None where any
            may come.
    """

    known_messages: Known | None = None

    async def _reach(self, goal: Goal, timeout: float) -> None:  # noqa: ASYNC109 - the failure tells it
        """Waits until a goal is reached, in whatever loop this is.

        Raises:
            ExpectationError: it is not, in so many real seconds, or can no longer be.
        """
        __tracebackhide__ = True
        changed = asyncio.Event()
        with self.waiting(goal, _notifying(changed)) as waiter:
            left = patience(timeout)
            while not self._satisfied(waiter, goal):
                try:
                    await asyncio.wait_for(changed.wait(), left())
                except TimeoutError:
                    raise self._missed(goal, timeout) from None
                changed.clear()

    def _reach_sync(self, goal: Goal, timeout: float, name: str) -> None:
        """The same without a loop.

        Raises:
            RuntimeError: it would block the loop that runs here; `name` is that of the call to await instead.
        """
        __tracebackhide__ = True
        changed = threading.Event()
        with self.waiting(goal, changed.set) as waiter:
            left = patience(timeout)
            while not self._satisfied(waiter, goal):
                _check_no_loop(name)
                if not changed.wait(left()):
                    raise self._missed(goal, timeout)
                changed.clear()

    def _satisfied(self, waiter: Waiter, goal: Goal) -> bool:
        """Look at what is new; fail when part of it is already gone and the rest is not enough."""
        __tracebackhide__ = True
        waiter.woken = False  # before looking: an entry that comes during the look wakes the waiter once more
        records, dropped = self._after(goal.position)
        goal.look(records, self._show)
        if goal.reached:
            return True
        if dropped:
            raise EvidenceLostError("cannot be found any more", str(goal), self._last(records), dropped, self._origin)
        return False

    def _missed(self, goal: Goal, timeout: float) -> ExpectationError:
        records, _ = self._after(goal.since)
        shown = [self._show(record) for record in records[-_LOOKED:]]
        shortfall = goal.shortfall(shown)
        return self._failure(not_seen(timeout, shortfall), str(goal), shown, shortfall, hint=self._standing())

    def _failure(
        self, problem: str, expected: str, shown: list[Entry], shortfall: Shortfall, *, hint: str = ""
    ) -> ExpectationError:
        around = around_of(shown, shortfall)
        last = tuple(shown[-NEAREST:])
        return ExpectationError(problem, expected, last, 0, self._origin, hint, shortfall=shortfall, around=around)

    def _last(self, records: list[Record]) -> tuple[Entry, ...]:
        return tuple([self._show(record) for record in records[-NEAREST:]])

    def _standing(self) -> str:
        """What waits for a virtual clock that stands still; empty where nothing does."""
        clock = self._clock
        # One that jumps moves by itself.
        if type(clock) is not VirtualClock or (due := clock.next_due) is None:
            return ""
        count, seconds = clock.pending, max(due - clock.now(), 0.0)
        what = "1 thing is" if count == 1 else f"{count} things are"
        return f"the virtual clock stands still: {what} due later, the first in {seconds:g} s of it; advance() moves it"

    # -- while time passes ---------------------------------------------------------------------------------------

    async def _pass(self, search: Search, length: float, timeout: float) -> None:  # noqa: ASYNC109 - as above
        """Lets time pass, or moves it, and fails as soon as something comes that matches.

        Args:
            search: what must not come.
            length: seconds of the fake's clock.
            timeout: real seconds after which a clock stands still.
        """
        __tracebackhide__ = True
        span = self._span(length)
        changed = asyncio.Event()

        async def woken(seconds: float) -> bool:
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), seconds)
            was_woken = changed.is_set()
            changed.clear()
            return was_woken

        clock = self._clock
        with self.waiting(search, _notifying(changed)) as waiter:
            if type(clock) is VirtualClock:
                while self._step(clock, span):
                    await asyncio.sleep(0)
                    self._none(waiter, search, span)
                left = patience(ANSWERED)
                while self._none(waiter, search, span) and left():
                    await woken(left())
                self._none(waiter, search, span)
                return
            with _alarm(clock, length, changed.set):
                while self._none(waiter, search, span) and clock.now() < span.end:
                    before = clock.now()
                    if not await woken(timeout) and clock.now() == before:
                        raise self._stood_still(search, span, timeout)
            self._none(waiter, search, span)

    def _pass_sync(self, search: Search, length: float, timeout: float, name: str) -> None:
        """The same without a loop.

        Raises:
            RuntimeError: it would block the loop that runs here.
        """
        __tracebackhide__ = True
        _check_no_loop(name)
        span = self._span(length)
        changed = threading.Event()
        clock = self._clock

        def woken(seconds: float) -> bool:
            was_woken = changed.wait(seconds)
            changed.clear()
            return was_woken

        with self.waiting(search, changed.set) as waiter:
            if type(clock) is VirtualClock:
                while self._step(clock, span):
                    self._none(waiter, search, span)
                left = patience(ANSWERED)
                while self._none(waiter, search, span) and left():
                    woken(left())
                self._none(waiter, search, span)
                return
            # Others have their timers in loops, and there is none here.
            has_timers = isinstance(clock, VirtualClock)
            with _alarm(clock if has_timers else None, length, changed.set):
                still = patience(timeout)
                while self._none(waiter, search, span) and (before := clock.now()) < span.end:
                    rest = span.end - before
                    woken(timeout if has_timers else rest if isinstance(clock, RealClock) else min(rest, _SLICE))
                    if clock.now() != before:
                        still = patience(timeout)
                    elif not still():
                        raise self._stood_still(search, span, timeout)
            self._none(waiter, search, span)

    def _span(self, length: float) -> _Span:
        now = self._now()
        return _Span(now, now + length)

    @staticmethod
    def _step(clock: VirtualClock, span: _Span) -> bool:
        """Moves a clock that does not move by itself to what is due next; false at the end of the span."""
        now = clock.now()
        if now >= span.end:
            return False
        due = clock.next_due
        clock.advance(max((span.end if due is None else min(due, span.end)) - now, 0.0))
        return True

    def _none(self, waiter: Waiter, search: Search, span: _Span) -> bool:
        """True while nothing has come that matches."""
        __tracebackhide__ = True
        waiter.woken = False
        position = search.position
        records, dropped = self._after(position)
        search.look(records, self._show)
        found = next((entry for entry in search.found if entry.time <= span.end), None)
        if found is not None:
            all_, _ = self._after(search.since)
            shown = [self._show(record) for record in all_[-_LOOKED:]]
            problem = came(span.length, found.time - span.begin)
            raise self._failure(problem, str(search), shown, Shortfall(matched=(found.seq,)))
        if dropped:
            problem = "cannot tell that there was none"
            raise EvidenceLostError(problem, str(search), self._last(records), dropped, self._origin)
        return True

    def _stood_still(self, search: Search, span: _Span, timeout: float) -> ExpectationError:
        problem = stood_still(span.length, timeout, self._now() - span.begin)
        records, _ = self._after(search.since)
        return EvidenceLostError(problem, str(search), self._last(records), 0, self._origin)


@contextmanager
def _alarm(clock: Any, seconds: float, wake: Callable[[], object]) -> Generator[None]:
    """A timer on a clock, if there is one, for as long as a block lasts: one that jumps, jumps there."""
    timer = None if clock is None else clock.call_later(seconds, wake)
    try:
        yield
    finally:
        if timer is not None:
            timer.cancel()


def _notifying(changed: asyncio.Event) -> Callable[[], None]:
    loop = asyncio.get_running_loop()

    def notify() -> None:
        # the waiting loop may have been closed with its tasks unfinished; the server must not suffer
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(changed.set)

    return notify


def _check_no_loop(name: str) -> None:
    """Raises RuntimeError where an event loop runs, which would be blocked."""
    __tracebackhide__ = True
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    raise RuntimeError(f"{name}_sync() would block the running event loop: await {name}() instead")
