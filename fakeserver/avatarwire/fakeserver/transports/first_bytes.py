"""Looks at the first bytes of a connection on a port for TLS: what is no TLS is somebody with the wrong scheme.

OpenSSL would end the connection with an alert, of which such a client makes nothing.
"""

from __future__ import annotations

import asyncio
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from typing import Final

from avatarwire.fakeserver.transports.link import Link, feed
from avatarwire.fakeserver.transports.strangers import is_tls

__all__ = ["FirstBytes"]


class FirstBytes(asyncio.Protocol):
    """Stands in front of TLS until bytes have come.

    Args:
        secure: the protocol of TLS.
        link: of the connection.
        stranger: told of the first bytes, where they are no TLS; ends the connection.
    """

    def __init__(self, secure: SSLProtocol, link: Link, stranger: Callable[[Link, bytes], object]) -> None:
        self._secure: Final = secure
        self._link: Final = link
        self._stranger: Final = stranger

    def data_received(self, data: bytes) -> None:
        if self._link.is_closing():
            return
        if is_tls(data):
            self._link.set_protocol(self._secure)
            feed(self._secure, data)
        else:
            self._stranger(self._link, data)

    def eof_received(self) -> None:
        self._secure.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._secure.connection_lost(exc)

    def pause_writing(self) -> None:
        self._secure.pause_writing()

    def resume_writing(self) -> None:
        self._secure.resume_writing()
