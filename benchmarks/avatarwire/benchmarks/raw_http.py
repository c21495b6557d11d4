"""An HTTP client that is not the limit: bytes written beforehand, and of an answer read what tells its end.

A client library takes longer for a call than a bare server does, so that every ratio measured with one is that of the
client as well.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, TypeAlias, cast

from avatarwire.benchmarks.loads import Call

__all__ = ["Load", "a_connection_each", "kept_alive", "written"]

Load: TypeAlias = Callable[[int, Sequence[bytes]], Awaitable[float]]
"""Makes calls at a port, and says how many a second."""

_AT_ONCE: Final = 16
"""Connections that are kept."""
_NEW_AT_ONCE: Final = 4
"""The same of those that serve for one call."""
_OK: Final = b"HTTP/1.1 200 "
_LENGTH: Final = b"\r\ncontent-length:"


def written(call: Call) -> bytes:
    """A call as it goes over the wire; the host is among the headers that were signed."""
    head = "".join([f"{name}: {value}\r\n" for name, value in call.headers.items()])
    return f"POST {call.path} HTTP/1.1\r\n{head}Content-Length: {len(call.body)}\r\n\r\n".encode() + call.body


class _Connection(asyncio.Protocol):
    """One connection, on which one call is made after the other."""

    def __init__(self) -> None:
        self._came = b""
        self._answered: asyncio.Future[None] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        answered = self._answered
        if not end or answered is None or answered.done():
            return
        if not head.startswith(_OK):
            answered.set_exception(RuntimeError(f"answered {head[:200]!r}, {body[:200]!r}"))
            return
        if len(body) >= int(head.lower().partition(_LENGTH)[2].partition(b"\r\n")[0]):
            answered.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server has closed the connection"))

    def ask(self, request: bytes) -> asyncio.Future[None]:
        """Makes a call; done with the answer."""
        assert self._transport is not None
        self._came = b""
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answered

    def end(self) -> None:
        """Closes it."""
        assert self._transport is not None
        self._transport.close()


async def _connected(port: int) -> _Connection:
    _, connection = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", port)
    return connection


async def kept_alive(port: int, requests: Sequence[bytes]) -> float:
    """Calls a second, one in flight on each of some connections that are open already."""
    connections = [await _connected(port) for _ in range(_AT_ONCE)]

    async def work(connection: _Connection, waiting: Iterator[bytes]) -> None:
        for request in waiting:
            await connection.ask(request)

    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(work(connection, waiting) for connection in connections))
    taken = time.perf_counter() - began
    for connection in connections:
        connection.end()
    return len(requests) / taken


async def a_connection_each(port: int, requests: Sequence[bytes]) -> float:
    """Calls a second, each on a connection of its own, a few of them at once: what clients do that keep none."""

    async def work(waiting: Iterator[bytes]) -> None:
        for request in waiting:
            connection = await _connected(port)
            await connection.ask(request)
            connection.end()

    waiting = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(work(waiting) for _ in range(_NEW_AT_ONCE)))
    return len(requests) / (time.perf_counter() - began)
