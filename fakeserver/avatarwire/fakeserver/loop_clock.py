"""A clock that lives by an event loop's time: where that jumps, a fake's does. Only this clock lives here."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from avatarwire.fakeserver.clock import Callback, Loop, Timer
from avatarwire.fakeserver.held import Held

__all__ = ["LoopClock"]


class LoopClock:
    """The time of a loop, counted from the machine's at the beginning. Its timers are the loop's.

    Args:
        loop: whose time it is.
    """

    def __init__(self, loop: Loop) -> None:
        self._loop: Final = loop
        self._zero: Final = time.time() - loop.time()

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._zero + self._loop.time()

    def call_later(self, delay: float, callback: Callback) -> Timer:
        """Runs a callback after some seconds, in the loop."""
        return self._loop.call_later(max(delay, 0.0), callback)

    def hold(self, held: Held, instead: Held | None = None) -> None:
        """Nothing to do: what time waits for is the loop's to know."""

    def release(self, held: Held, then: Callable[[], object] | None = None) -> None:
        """Carries out ``then``."""
        if then is not None:
            then()

    def attach(self, loop: Loop) -> None:
        """Nothing to do: a fake in another loop lives by this one's time all the same."""

    def detach(self, loop: Loop) -> None:
        """Nothing to do: the timers end with the loop."""
