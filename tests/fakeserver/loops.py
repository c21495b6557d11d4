"""An event loop in a thread of its own, as a fake server has one while a synchronous test runs.

Only what tests of threads share may live here.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

T = TypeVar("T")

LIMIT = 10.0
"""Real seconds after which a test that waits has failed."""


class LoopThread:
    """``with LoopThread() as thread:`` runs a loop until the block ends."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.loop = asyncio.new_event_loop() if loop is None else loop
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self.thread.start()
        self.run(lambda: None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        self.loop.close()

    def run(self, function: Callable[[], T]) -> T:
        """Call a function in the loop and return what it returns."""

        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(LIMIT)

    def stop(self) -> None:
        """Stop the loop, but leave it open."""
        if self.thread.is_alive():
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join(LIMIT)
