"""A virtual clock that moves by itself: when nothing is under way, time jumps to the next timer.

For clients in other processes, whose tests would wait for minutes. Only the clock lives here; what is under way at a
fake, the fake tells.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Final, TypeAlias

from avatarwire.fakeserver.clock import ClockError, VirtualClock

__all__ = ["Activity", "JumpingClock"]

Activity: TypeAlias = Callable[[], Hashable]
"""Something that is another value whenever something has happened since, from whatever thread it is asked."""

QUIET: Final = 0.1
"""Real seconds without anything under way after which time jumps."""


class JumpingClock(VirtualClock):
    """Time that jumps to the next timer when everything that takes part was quiet for a while; `advance` works as well.

    What a client does between two messages is not seen from here: it has `quiet` seconds for that.

    Args:
        start: seconds since the epoch at which the clock starts.
        quiet: real seconds.
        patience: as for `VirtualClock`.
    """

    __slots__ = ("_changed", "_moving", "_quiet", "_taking_part", "_thread")

    def __init__(self, start: float, *, quiet: float = QUIET, patience: float = 5.0) -> None:
        super().__init__(start, patience=patience)
        self._quiet: Final = quiet
        self._taking_part: dict[int, Activity] = {}
        self._changed: Final = threading.Condition()
        self._moving: Final = threading.Lock()
        self._thread: threading.Thread | None = None

    def join(self, activity: Activity) -> Callable[[], None]:
        """Somebody takes part: time does not jump unless there is nothing new there either.

        Args:
            activity: tells whether there is.

        Returns:
            What ends that.
        """
        key = id(activity)
        with self._changed:
            self._taking_part[key] = activity
            if self._thread is None:
                self._thread = threading.Thread(target=self._live, name="jumping clock", daemon=True)
                self._thread.start()

        def leave() -> None:
            with self._changed:
                self._taking_part.pop(key, None)
                self._changed.notify_all()

        return leave

    def advance(self, seconds: float) -> None:
        """Move the clock forward, as `VirtualClock.advance` does, after a jump that is under way.

        Raises:
            ClockError: as there; or the jump does not end, or this is called in an event loop meanwhile.
        """
        # A jump waits for the loops of timers: whoever blocks one of these must not wait for the jump.
        if not self._moving.acquire(timeout=0 if _in_loop() else self._patience):
            raise ClockError("a jump of the clock is under way")
        try:
            super().advance(seconds)
        finally:
            self._moving.release()

    def _live(self) -> None:
        seen: Hashable = None
        while True:
            with self._changed:
                self._changed.wait(self._quiet)
                if not self._taking_part:
                    self._thread = None
                    return
                activities = tuple(self._taking_part.values())
            now = (self.now(), *[activity() for activity in activities])
            if now == seen:
                self._jump()
                now = (self.now(), *[activity() for activity in activities])
            seen = now

    def _jump(self) -> None:
        """To the next timer, if there is one. What fails there is in the journal of the fake whose timer it was."""
        due = self.next_due
        if due is not None:
            with suppress(ExceptionGroup, ClockError):
                self.advance(max(due - self.now(), 0.0))


def _in_loop() -> bool:
    """Whether an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
