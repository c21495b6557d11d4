"""Connections that a game has open: a WebSocket, one to a broker, or bare TCP; messages, and any bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final

from ..engine.stream import Ended, Stream
from ..engine.web_socket import WebSocket

__all__ = ["Held", "Wire", "dangling", "of_socket"]

_MOST: Final = 65536
"""Bytes of answers that are kept of a bare connection."""


@dataclass
class Held:
    """A session that was begun.

    Attributes:
        id: of the session.
        ids: by the names of members, what its messages have.
        own: what the vendor's part keeps of it.
        began: when, on the loop's clock.
    """

    id: str
    ids: dict[str, Any]
    own: Any
    began: float


@dataclass
class Wire:
    """An open connection.

    Attributes:
        sort: what it is, such as ``ws``, ``mqtt`` or ``tcp``.
        session: that it is of; None for none.
        send: sends a message, of a catalogue id.
        raw: sends bytes beside the protocol.
        leave: lets go of it: politely, or not.
        own: what the vendor's part keeps of it.
        over: whether it has ended.
        done: called when it is let go of.
        is_beside: whether bytes went over it beside the protocol, so that what follows may be read as anything.
    """

    sort: str
    session: Held | None
    send: Callable[[str, bytes], Awaitable[object]]
    raw: Callable[[bytes], Awaitable[object]]
    leave: Callable[[bool], Awaitable[object]]
    over: Callable[[], bool]
    own: Any = None
    is_beside: bool = False
    tasks: list[asyncio.Task[Any]] = field(default_factory=list[asyncio.Task[Any]])

    async def close(self, *, politely: bool) -> None:
        """Ends it, and all that goes on in it."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        with suppress(Ended, ConnectionError):
            await self.leave(politely)


def of_socket(socket: WebSocket, session: Held | None, *, sort: str, own: Any, is_text: Callable[[str], bool]) -> Wire:
    """The wire that a WebSocket is.

    Args:
        socket, session, sort, own: of it.
        is_text: whether a message of an id is to be sent as text.
    """

    async def send(message: str, data: bytes) -> None:
        if is_text(message):
            with suppress(UnicodeDecodeError):
                await socket.send(data.decode())
                return
        await socket.send(data)

    async def leave(politely: bool) -> None:
        if politely:
            await socket.close()
            await socket.receive(1.0)
        await socket.leave()

    return Wire(sort, session, send, socket.send_raw, leave, lambda: socket.over, own)


async def dangling(stream: Stream, said: Callable[[bytes], None]) -> Wire:
    """The wire that a bare connection is; what comes is told."""
    ended: list[bool] = []

    async def read() -> None:
        size = 0
        with suppress(Ended):
            while data := await stream.receive():
                size += len(data)
                if size < _MOST:
                    said(data)
        ended.append(True)

    async def leave(politely: bool) -> None:
        del politely
        await stream.leave()

    async def send(message: str, data: bytes) -> None:
        del message
        await stream.send(data)

    wire = Wire("tcp", None, send, stream.send, leave, lambda: bool(ended))
    wire.tasks.append(asyncio.create_task(read()))
    return wire
