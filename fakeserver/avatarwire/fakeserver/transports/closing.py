"""Closing a WebSocket so that the peer learns why: one close frame, time to answer it, and no reset meanwhile.

Only that lives here. aiohttp's own close cuts the connection at once when another task reads from it, or when it has
refused a message. A socket that is closed while data arrives is reset, and the peer may lose the last frames with that.

Source: RFC 6455, 5.5.1 and 7.1.
"""

from __future__ import annotations

import asyncio
import struct
from contextlib import suppress
from typing import Final

from aiohttp import ClientConnectionError, WSMsgType, web

from avatarwire.fakeserver.transports.framing import Fault, Framing

__all__ = ["CLOSE_PATIENCE", "Socket", "linger"]

CLOSE_PATIENCE: Final = 1.0
"""Real seconds to wait for the peer's side of a close, after which the connection is cut."""

_QUIET: Final = 0.2
"""Real seconds without data after which a peer is taken to have sent all that was on its way."""

_OK: Final = 1000
_PROTOCOL_ERROR: Final = 1002
_ABNORMAL: Final = 1006
"""Must not be sent; aiohttp lets it in."""
_LONGEST_REASON: Final = 123
"""Bytes of text that a close frame holds beside its code."""


class Socket(web.WebSocketResponse):
    """aiohttp's side of a WebSocket, which only sends a close frame where aiohttp would close the connection.

    Args:
        max_message_bytes: larger messages are refused.
    """

    def __init__(self, max_message_bytes: int) -> None:
        # aiohttp refuses what is as large as its limit.
        super().__init__(autoclose=False, compress=False, max_msg_size=max_message_bytes + 1)
        self._close_sent = False
        self.framing: Framing | None = None
        """What the peer's frames are held to."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with the peer's framing."""
        return None if self.framing is None else self.framing.fault

    async def close(self, *, code: int = _OK, message: bytes = b"", drain: bool = True) -> bool:
        """Sends a close frame, unless one was sent; a code of 0 sends one without code."""
        del drain  # there is nothing that waits to be written
        if self._close_sent:
            return False
        if code == _PROTOCOL_ERROR and self.fault is not None and not message:
            message = str(self.fault.finding).encode()
        payload = struct.pack(">H", code) + _fitting(message) if code else b""
        self._close_sent = True
        with suppress(ConnectionError, ClientConnectionError, RuntimeError):  # the peer is gone
            await self.send_frame(payload, WSMsgType.CLOSE)
        return True

    async def answer_close(self, code: int) -> None:
        """Answers the peer's close frame by the same code."""
        await self.close(code=_PROTOCOL_ERROR if code == _ABNORMAL else code)


def _fitting(reason: bytes) -> bytes:
    """A reason cut to what fits, between two characters."""
    return reason[:_LONGEST_REASON].decode(errors="ignore").encode()


async def linger(request: web.BaseRequest) -> None:
    """Reads on and drops what comes, until the peer has ended its side of the connection as well."""
    transport = request.transport
    if transport is None or transport.is_closing():
        return
    rest = _Rest(transport.get_protocol())
    transport.set_protocol(rest)
    if transport.can_write_eof():
        with suppress(OSError):  # the peer has reset the connection, of which asyncio has not told yet
            transport.write_eof()
    else:
        # TLS cannot end one side only, and the peer may wait for us.
        rest.end_when_quiet()
    transport.resume_reading()
    with suppress(TimeoutError):
        await asyncio.wait_for(rest.over.wait(), CLOSE_PATIENCE)


class _Rest(asyncio.Protocol):
    """Takes the place of a connection's protocol, which hears nothing more but the end."""

    def __init__(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
        self._quiet: asyncio.TimerHandle | None = None
        self.over = asyncio.Event()

    def end_when_quiet(self) -> None:
        """It is over once nothing has come for a while."""
        if self._quiet is not None:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(_QUIET, self.over.set)

    def data_received(self, data: bytes) -> None:
        if self._quiet is not None:
            self.end_when_quiet()

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)
        self.over.set()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()
