"""A connection on which HTTP ends and a WebSocket begins: who gives it up, who takes it, what is said in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web

from avatarwire.fakeserver.transports.handshake import proof

__all__ = ["Giver", "HandedOver", "Home", "Rest", "switching_protocols"]


class Home(Protocol):
    """The port that a connection came to.

    Attributes:
        received: pieces of data that have come so far.
    """

    received: int

    def lost(self, connection: Any, /) -> None:
        """A connection is gone."""
        ...


class Giver(Protocol):
    """aiohttp's protocol of a connection, which another one may take."""

    def hand_over(self, taker: Any, /) -> tuple[asyncio.Transport, Home, bytes]:
        """Has another protocol be that of the connection.

        Returns:
            What it writes to, where it came to, and what has come already.

        Raises:
            ConnectionError: the connection is gone.
        """
        ...


class HandedOver(web.StreamResponse):
    """In the place of an answer: the connection is no longer aiohttp's, which has nothing to write."""

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is begun."""

    async def write_eof(self, data: Any = b"") -> None:
        """Nothing is ended."""


class Rest:
    """Takes what has come behind a request, in the place of aiohttp's reader of frames."""

    def __init__(self) -> None:
        self.data = b""

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes that belong to what the connection becomes."""
        self.data += data
        return False, b""

    def feed_eof(self) -> None:
        """No more come this way."""


def switching_protocols(headers: Mapping[str, str]) -> bytes:
    """The answer to a proper handshake (RFC 6455, 4.2.2)."""
    key = headers.get("Sec-WebSocket-Key", "").strip()
    return (
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Accept: {proof(key)}\r\n\r\n"
    ).encode()
