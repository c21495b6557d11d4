"""A server that says the bytes it is told to, and keeps those it hears. Nothing of the package under test is used."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

Serve = Callable[["Line"], Awaitable[None]]

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""


class Line:
    """One connection of the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader: Final = reader
        self.writer: Final = writer
        self.chunks: Final[list[bytes]] = []

    async def until(self, end: bytes) -> bytes:
        """All that comes until some bytes."""
        return await self.reader.readuntil(end)

    async def say(self, *pieces: bytes) -> None:
        """Says some bytes, piece by piece."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()

    def reset(self) -> None:
        """Ends the connection at once."""
        self.writer.transport.abort()


@asynccontextmanager
async def serving(serve: Serve) -> AsyncGenerator[int]:
    """A server, by its port; each connection is served, then closed."""
    writers: list[asyncio.StreamWriter] = []

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await serve(Line(reader, writer))
        writer.close()

    server = await asyncio.start_server(one, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
    for writer in writers:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()
