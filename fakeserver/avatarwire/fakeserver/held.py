"""What holds up a virtual clock: functions of the test that run in a thread, until what they lead to is carried out.

Only the keeping of it and the wait live here. When time waits is decided in `clock.py`, what is carried out in
`waiting.py`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Final, Protocol

__all__ = ["Held", "HeldUp", "Holder", "Holds", "NextStep"]


class Held(Protocol):
    """Something that time waits for; kept by identity."""

    @property
    def name(self) -> str:
        """Name of the function, for errors."""
        ...

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where is carried out what the function leads to."""
        ...

    @property
    def ended(self) -> bool:
        """Whether the function has ended, though nothing may have come of it yet."""
        ...

    def finish(self, patience: float) -> bool:
        """Waits for the function, then carries out what it leads to and releases itself; called in its loop's thread.

        Args:
            patience: real seconds to wait.

        Returns:
            False when the function has not ended by then.
        """
        ...


class Holder(Protocol):
    """A clock that can be held up."""

    def hold(self, held: Held, /, instead: Held | None = None) -> None:
        """Time waits for something."""
        ...

    def release(self, held: Held, /, then: Callable[[], object] | None = None) -> None:
        """Time waits for it no more, once `then` is over."""
        ...


class NextStep:
    """The rest of this turn of the loop, and of one in which a task goes on that was just begun or woken.

    The clock is held until then, or until something is held instead.

    Args:
        clock: whose time waits.
        name: of the function concerned.
    """

    def __init__(self, clock: Holder, name: str) -> None:
        self.loop: Final = asyncio.get_running_loop()
        self.name: Final = name
        self._clock: Final = clock
        clock.hold(self)
        self.loop.call_soon(clock.release, self)

    @property
    def ended(self) -> bool:
        """What is left is the loop's."""
        return True

    def finish(self, patience: float) -> bool:
        """Does not wait: where the loop is blocked by who advances the clock, no task can go on."""
        self._clock.release(self)
        return True


class HeldUp(Exception):
    """Something does not come to its end; the text says what."""


class Holds:
    """What time waits for at the moment. Safe to use from any thread."""

    __slots__ = ("_carried", "_changed", "_held", "_last")

    def __init__(self) -> None:
        self._changed: Final = threading.Condition()
        self._held: Final[dict[Held, int]] = {}
        """By number: what comes of something that is held has its number, anything else one that is higher."""
        self._carried: Final[dict[int, int]] = {}
        """Thread that is carrying out what is held, and its number."""
        self._last = 0

    def add(self, held: Held, instead: Held | None = None) -> None:
        """From now on time waits for it, and no longer for the other, in whose place it is."""
        with self._changed:
            number = None if instead is None else self._held.pop(instead, None)
            if number is None:
                number = self._carried.get(threading.get_ident())
            if number is None:
                self._last = number = self._last + 1
            self._held[held] = number
            self._changed.notify_all()

    def release(self, held: Held, then: Callable[[], object] | None = None) -> None:
        """Time no longer waits for it, once `then` is over, but for what `then` adds in its place."""
        thread = threading.get_ident()
        try:
            if then is not None:
                with self._changed:
                    before, number = self._carried.get(thread), self._held.get(held)
                    self._carry(thread, number)
                try:
                    then()
                finally:
                    with self._changed:
                        self._carry(thread, before)
        finally:
            with self._changed:
                self._held.pop(held, None)
                self._changed.notify_all()

    def _carry(self, thread: int, number: int | None) -> None:
        if number is None:
            self._carried.pop(thread, None)
        else:
            self._carried[thread] = number

    def detach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Forgets what is held in a loop, for whoever waits for it as well."""
        with self._changed:
            for held in [held for held in self._held if held.loop is loop]:
                del self._held[held]
            self._changed.notify_all()

    def wait(self, patience: float) -> list[Exception]:
        """Waits for what is held, and for what that leads to; not for what others add meanwhile, who may never cease.

        Args:
            patience: real seconds that each may take.

        Returns:
            What was raised where it was carried out in this thread; nothing else stops short for it.

        Raises:
            HeldUp: one takes longer.
        """
        failures: list[Exception] = []
        if not self._held:
            return failures
        last = self._last
        while (held := self._first(last)) is not None:
            here = held.loop is _running_loop()
            try:
                over = held.finish(patience) if here else self._gone(held, patience)
            except Exception as failure:
                failures.append(failure)
                over = True
            if not over:
                raise HeldUp(_reason(held, patience, here))
            self.release(held)
        return failures

    def _first(self, last: int) -> Held | None:
        with self._changed:
            return next((held for held, number in self._held.items() if number <= last), None)

    def _gone(self, held: Held, patience: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: held not in self._held, patience)


def _reason(held: Held, patience: float, here: bool) -> str:
    if held.ended:
        state = f"what the function {held.name} has led to is not carried out after {patience:g} s"
        return f"{state}: its event loop is blocked or has stopped"
    hint = "; the event loop is blocked meanwhile, so the function must not wait for it" if here else ""
    return f"the function {held.name} is still running after {patience:g} s{hint}"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
