"""The customer's receiver of callbacks: it takes them, or refuses, answers nonsense, late, or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Final

__all__ = ["Receiver"]

_LATE: Final = 20.0
_LENGTH: Final = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_ANSWERS: Final = {
    "": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "late": b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "500": b"HTTP/1.1 500 Oh\r\nContent-Length: 4\r\n\r\noops",
    "garbage": b"\x00\xffHTTP what\r\n\r\n\r\n{",
    "closed": b"",
    "endless": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + b"x" * 200_000,
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: /callbacks\r\nContent-Length: 0\r\n\r\n",
    "trickle": b"HTTP/1.1 200 OK\r\nX-Long: ",
}


def _nothing(_: bytes) -> object:
    return None


class Receiver:
    """Listens on a port of its own.

    Attributes:
        how: it answers: ``500``, ``garbage``, ``late``, ``closed``, ``endless``, ``redirect``, ``trickle``; as it
            should, otherwise.
        heard: is told of each body.
        refused: is told when one was not answered as it should be.
    """

    def __init__(self) -> None:
        self.how = ""
        self.heard: Callable[[bytes], object] = _nothing
        self.refused: Callable[[], object] = lambda: None
        self._server: asyncio.Server | None = None
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    @property
    def url(self) -> str:
        """Where it is."""
        assert self._server is not None  # noqa: S101 - it listens
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/callbacks"

    async def open(self) -> None:
        """Listens."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def close(self) -> None:
        """Listens no more."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - there is one
        self._tasks.add(task)
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                self.heard(await reader.readexactly(int(length[1]) if length else 0))
                how = self.how
                if how:
                    self.refused()
                if how == "late":
                    await asyncio.sleep(_LATE)
                writer.write(_ANSWERS.get(how, _ANSWERS[""]))
                await writer.drain()
                while how == "trickle":
                    await asyncio.sleep(1.0)
                    writer.write(b"x")
                    await writer.drain()
        finally:
            self._tasks.discard(task)
            writer.transport.abort()
