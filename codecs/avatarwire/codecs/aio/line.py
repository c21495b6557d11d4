"""One connection, and the two tasks that own it: one hears what arrives, one sends what there is to say.

A sans-IO client is between them. Only the pumping lives here, for any kind of connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, Generic, TypeVar

from .waiting import ended

__all__ = ["Line"]

InT = TypeVar("InT")
OutT = TypeVar("OutT")


class Line(Generic[InT, OutT]):
    """Carries a conversation on until its connection ends.

    Args:
        receive: waits for the next message.
        send: sends one message, and waits as long as the other side takes no more.
        outgoing: takes out what there is to say.
        take: takes in what arrived.
        due: when `tick` has something to do, on the loop's clock; None for never.
        tick: does what is due.
    """

    def __init__(
        self,
        *,
        receive: Callable[[], Awaitable[InT]],
        send: Callable[[OutT], Awaitable[object]],
        outgoing: Callable[[], Iterable[OutT]],
        take: Callable[[InT], None],
        due: Callable[[], float | None],
        tick: Callable[[], None],
    ) -> None:
        self._receive = receive
        self._send = send
        self._outgoing = outgoing
        self._take = take
        self._due = due
        self._tick = tick
        self._woken: Final = asyncio.Event()
        self._flushed: Final = asyncio.Event()
        self._over = False

    def wake(self) -> None:
        """There may be something to say."""
        self._flushed.clear()
        self._woken.set()

    async def flush(self) -> None:
        """Waits until all that there is to say has been handed to the connection, or there is none any more."""
        if not self._over:
            self.wake()
            await self._flushed.wait()

    async def run(self) -> None:
        """Pumps.

        Raises:
            Exception: whatever `receive` or `send` raise at the end of the connection.
        """
        tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._say())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._over = True
            self._flushed.set()
            await ended(*tasks)
        for task in done:
            task.result()

    async def _hear(self) -> None:
        # A cancellation may get lost in what is waited for.
        while not self._over:
            message = await self._receive()
            if not self._over:
                self._take(message)
                self.wake()

    async def _say(self) -> None:
        while not self._over:
            self._woken.clear()
            for message in self._outgoing():
                await self._send(message)
            if not self._woken.is_set():
                self._flushed.set()
            try:
                async with asyncio.timeout_at(self._due()):
                    await self._woken.wait()
            except TimeoutError:
                self._tick()
