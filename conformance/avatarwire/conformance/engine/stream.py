"""A TCP connection, with TLS where the URL asks for it: bytes out, whole or one by one, and bytes in.

What is spoken on it is no matter of this module.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection
from contextlib import suppress
from typing import Final, Self
from urllib.parse import urlsplit

from .case import NotJudged

__all__ = ["Ended", "Stream"]

_SECURE: Final = frozenset({"https", "wss", "mqtts"})
_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443, "mqtt": 1883, "mqtts": 8883}
_MOST: Final = 65536
_ONE_BY_ONE: Final = 4096
"""Bytes of one message that are written one by one; the rest of a long one goes at once."""


class Ended(Exception):
    """The endpoint has closed the connection, or reset it."""

    def __init__(self, how: str) -> None:
        self.how: Final = how
        super().__init__(how)


class Stream:
    """One connection; made by `open`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, forms: Collection[str]) -> None:
        self._reader: Final = reader
        self._writer: Final = writer
        self._slowly: Final = "byte_at_a_time" in forms
        self._sending: Final = asyncio.Lock()

    @classmethod
    async def open(cls, url: str, *, patience: float, forms: Collection[str] = (), ca_file: str = "") -> Self:
        """Connects.

        Args:
            url: its scheme, host and port count.
            patience: real seconds to wait.
            forms: of the wire.
            ca_file: authorities to trust beside those of the system.

        Raises:
            NotJudged: nobody is there.
        """
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        secure = None
        if parts.scheme in _SECURE:
            secure = ssl.create_default_context()
            if ca_file:
                secure.load_verify_locations(ca_file)
        try:
            async with asyncio.timeout(patience):
                reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure)
        except (OSError, TimeoutError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or str(error) or "no answer"
            raise NotJudged(f"{parts.scheme}://{parts.hostname}:{port} cannot be reached: {reason}") from None
        return cls(reader, writer, forms)

    async def send(self, data: bytes) -> None:
        """Sends bytes.

        Raises:
            Ended: the connection has ended.
        """
        # Who answers what comes sends, too: nothing may come between the bytes of a message.
        async with self._sending:
            await self._send(data)

    async def _send(self, data: bytes) -> None:
        try:
            if self._slowly:
                for at in range(min(len(data), _ONE_BY_ONE)):
                    self._writer.write(data[at : at + 1])
                    await self._writer.drain()
                    await asyncio.sleep(0)
                data = data[_ONE_BY_ONE:]
            self._writer.write(data)
            await self._writer.drain()
        except ConnectionError as error:
            raise Ended(_how(error)) from None

    async def receive(self) -> bytes:
        """The next bytes; empty at the end of the stream.

        Raises:
            Ended: the connection was reset.
        """
        try:
            return await self._reader.read(_MOST)
        except (ConnectionError, ssl.SSLError) as error:
            raise Ended(_how(error)) from None

    async def leave(self) -> None:
        """Lets go of it at once, whatever is still to be sent."""
        self.drop()
        with suppress(OSError):
            await self._writer.wait_closed()

    def drop(self) -> None:
        """The same without waiting for the end."""
        self._writer.transport.abort()


def _how(error: Exception) -> str:
    return "the connection is reset" if isinstance(error, ConnectionError) else f"TLS fails: {error}"
