"""The event loops of other threads that a virtual clock gives time to finish what they do before it moves.

What a callback shows, by a message or an entry of the journal, is seen while that callback still runs and has yet to
set its timer. Only the wait for its end lives here.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import Final

from avatarwire.fakeserver.handover import carry

__all__ = ["AttachedLoops"]


class AttachedLoops:
    """Event loops, each in a thread of its own. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock: Final = threading.Lock()
        self._loops: dict[asyncio.AbstractEventLoop, Future[None] | None] = {}
        """With what is waited for there."""

    def add(self, loop: asyncio.AbstractEventLoop) -> None:
        """One more, until it is removed."""
        with self._lock:
            self._loops.setdefault(loop)

    def remove(self, loop: asyncio.AbstractEventLoop) -> None:
        """One is about to stop; it is waited for no more."""
        with self._lock:
            passing = self._loops.pop(loop, None)
        if passing is not None:
            passing.cancel()

    def settle(self, here: asyncio.AbstractEventLoop | None, left: Callable[[], float]) -> None:
        """Waits until each loop is past the callback that it runs now.

        Args:
            here: the loop of this very thread, which is not waited for.
            left: real seconds that are left to wait for all of them; one that is blocked is left alone then.
        """
        with self._lock:
            passing: dict[asyncio.AbstractEventLoop, Future[None]] = {
                loop: Future() for loop in self._loops if loop is not here
            }
            self._loops.update(passing)
        for loop, passed in passing.items():
            try:
                loop.call_soon_threadsafe(carry, passed, _nothing)
            except RuntimeError:  # it has been closed
                passed.cancel()
        for loop, passed in passing.items():
            with suppress(CancelledError, TimeoutError):
                if loop.is_running():
                    passed.result(left())


def _nothing() -> None:
    pass
