"""Ending a connection without a word, or having nothing come on it any more, below whatever is spoken on it."""

from __future__ import annotations

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Final

__all__ = ["cut", "silence"]

_AT_ONCE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: what is unsent is dropped, and the peer gets a reset."""


def cut(transport: asyncio.BaseTransport | None, *, reset: bool) -> None:
    """Ends a connection.

    Args:
        transport: of it; None where it is gone already.
        reset: whether the peer sees a reset instead of an end.
    """
    if not isinstance(transport, asyncio.Transport) or transport.is_closing():
        return
    if not reset:
        transport.close()
        return
    wire: socket.socket | None = transport.get_extra_info("socket")
    if wire is not None:
        with suppress(OSError):  # the peer has been faster
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
    transport.abort()


def silence(transport: asyncio.BaseTransport | None) -> None:
    """Drops whatever comes on a connection from now on; whoever has spoken on it hears of its end only.

    Args:
        transport: of it; None where it is gone already.
    """
    if isinstance(transport, asyncio.Transport) and not transport.is_closing():
        transport.set_protocol(_Silent(transport.get_protocol()))
        transport.resume_reading()


class _Silent(asyncio.Protocol):
    """Takes the place of a connection's protocol."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()
