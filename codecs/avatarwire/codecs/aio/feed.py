"""Events between the task that hears them and whoever reads them. Only this queue lives here."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Final, Generic, Self, TypeVar

__all__ = ["Feed"]

EventT = TypeVar("EventT")

MOST_KEPT: Final = 16_384
"""Events kept for a reader that never comes, or does not come back; then the oldest are dropped."""


class Feed(Generic[EventT]):
    """An asynchronous iterator of events. They are kept, whether somebody reads yet or not, until it has ended.

    Whoever hears events never waits for whoever reads them, or a reader that has gone would hold up every call.

    Attributes:
        dropped: events that were dropped because nobody read them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._events: deque[EventT] = deque()
        self._changed: Final = asyncio.Event()
        self._ended = False

    def put(self, events: Iterable[EventT]) -> None:
        """More has happened."""
        self._events.extend(events)
        while len(self._events) > MOST_KEPT:
            self._events.popleft()
            self.dropped += 1
        self._changed.set()

    def end(self) -> None:
        """Nothing more happens."""
        self._ended = True
        self._changed.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventT:
        while not self._events:
            if self._ended:
                raise StopAsyncIteration
            self._changed.clear()
            await self._changed.wait()
        return self._events.popleft()
