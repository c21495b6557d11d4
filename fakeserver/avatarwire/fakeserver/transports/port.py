"""A port, and the connections that came through it: none is left once it has been shut down.

What is spoken on a connection is no matter of this module; every transport that listens has one of these. Each
connection has a link (`link.py`), on which toxics act.
"""

from __future__ import annotations

import asyncio
import ssl
from asyncio.sslproto import SSLProtocol
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.toxics import Toxic, Toxics
from avatarwire.fakeserver.transports.first_bytes import FirstBytes
from avatarwire.fakeserver.transports.link import Link
from avatarwire.fakeserver.transports.listening import Listening

__all__ = ["Port", "PortConnection", "keep_large_blocks"]


def keep_large_blocks() -> None:
    """Has glibc keep large blocks of memory for the next that asks; done when a server begins to listen.

    asyncio reads into a new block of 256 KiB each time. glibc takes blocks from 128 KiB on from the kernel and gives
    them back at once, which costs as much as all the rest of a short message, until a larger block was freed: from then
    on it keeps blocks up to that size. Elsewhere this does nothing.
    """
    block = bytearray(4 << 20)
    del block


_MOST_ACCEPTING: Final = 512
"""Tasks of asyncio that are kept, after which those that are done are let go of."""

NoTls: TypeAlias = Callable[[str, bytes], bytes]
"""The answer to what came on a connection, by its id; nothing for none."""

_TLS_REASONS: Final = {
    "TLSV1_ALERT_UNKNOWN_CA": "the client does not trust the certificate: it does not know who has signed it",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": "the client does not take the certificate",
    "SSLV3_ALERT_BAD_CERTIFICATE": "the client does not take the certificate: its host is another, perhaps",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": "the client does not take the certificate: it has expired",
    "UNSUPPORTED_PROTOCOL": "the client speaks an older version of TLS only",
    "NO_SHARED_CIPHER": "client and server have no cipher in common",
}
"""In our own words, by those of OpenSSL."""


class PortConnection(Protocol):
    """The protocol of one connection, as far as the port needs it; it calls `Port.opened` and `Port.lost`.

    Attributes:
        was_open: whether the connection has been there, which it is not before a TLS handshake is complete.
    """

    was_open: bool

    @property
    def connection_id(self) -> str:
        """Its id, for the journal."""
        ...

    def connection_made(self, transport: asyncio.BaseTransport, /) -> None: ...

    def connection_lost(self, exc: Exception | None, /) -> None: ...


class Port:
    """Accepts connections and knows each of them until it is gone.

    Args:
        make: makes the protocol of a new connection, an `asyncio.Protocol`.
        journal: where TLS handshakes that fail are noted.
        ssl_context: serves TLS when given.
        toxics: what acts on its connections; None where nothing ever does.
        kind: of port, for toxics that are for one kind.
        no_tls: answers what is no TLS on a port for it, by the id of the connection; None where nobody is answered.
    """

    def __init__(
        self,
        make: Callable[[], Any],
        journal: Journal,
        *,
        ssl_context: ssl.SSLContext | None = None,
        toxics: Toxics | None = None,
        kind: str = "http",
        no_tls: NoTls | None = None,
    ) -> None:
        self._make = make
        self._no_tls = no_tls
        self._journal = journal
        self._ssl_context = ssl_context
        self._toxics = toxics
        self._kind = kind
        self._listening = Listening(self._accept)
        self._accepting: set[asyncio.Task[Any]] = set()
        self._links: dict[PortConnection, Link] = {}
        self._securing: dict[asyncio.Future[None], Link] = {}
        self._open: dict[PortConnection, asyncio.Transport] = {}
        self._none_open = asyncio.Event()
        self._none_open.set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Binds, and gives back address and port.

        Raises:
            OSError: they cannot be had.
            OverflowError: there are no ports of that number.
        """
        keep_large_blocks()
        bound = await self._listening.open(host, port)
        if self._toxics is not None:
            self._toxics.attach(self._kind, self)
            if self._is_down(self._toxics):
                self._listening.suspend()
        return bound

    async def close(self) -> None:
        """Accepts no more connections; those that are open stay."""
        if self._toxics is not None:
            self._toxics.detach(self)
        await self._listening.close()

    async def settle(self) -> None:
        """Returns when every connection that was accepted is open, or has failed to be."""
        # What was accepted is there in the next turns of the loop, but for TLS handshakes, which may take any time.
        await asyncio.gather(*self._accepting, return_exceptions=True)
        for link in self._securing.values():
            link.abort()
        if self._securing:
            await asyncio.wait([*self._securing])

    @property
    def connections(self) -> tuple[PortConnection, ...]:
        """The connections that are open."""
        return tuple(self._open)

    def link(self, connection: PortConnection) -> Link | None:
        """The link of a connection, while it is there."""
        return self._links.get(connection)

    async def leave(self, patience: float) -> None:
        """Returns when no connection is open, or after so many real seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_open.wait(), patience)

    async def shutdown(self) -> None:
        """Cuts every connection, and returns when they are gone."""
        for transport in self._open.values():
            transport.abort()
        await self._none_open.wait()
        await self._listening.wait_closed()

    # From an accepted socket to a connection

    def _accept(self) -> asyncio.Protocol:
        connection: Any = self._make()
        # Until its first callback, a connection that was accepted has nothing but this task of asyncio.
        task = asyncio.current_task()
        if task is not None:
            self._accepting.add(task)
            if len(self._accepting) > _MOST_ACCEPTING:  # some have failed, or were refused by a toxic
                self._accepting = {task for task in self._accepting if not task.done()}
        ready = partial(self._connected, connection, task)
        return Link(connection, connection.connection_id, self._toxics, self._kind, ready).behind()

    def _connected(self, connection: Any, task: asyncio.Task[Any] | None, link: Link) -> None:
        if task is not None:
            self._accepting.discard(task)
        self._links[connection] = link
        if self._ssl_context is None:
            connection.connection_made(link)
            return
        loop = asyncio.get_running_loop()
        secured: asyncio.Future[None] = loop.create_future()
        # Beside `start_tls` of asyncio, which takes no transport but its own loop's.
        protocol = SSLProtocol(loop, connection, self._ssl_context, secured, server_side=True)
        self._securing[secured] = link
        secured.add_done_callback(partial(self._secured, connection))
        link.set_protocol(FirstBytes(protocol, link, partial(self._stranger, connection)))
        protocol.connection_made(link)

    def _stranger(self, connection: PortConnection, link: Link, data: bytes) -> None:
        """What has come first is no TLS."""
        self._links.pop(connection, None)
        answer = b"" if self._no_tls is None else self._no_tls(connection.connection_id, data)
        if answer:
            link.write(answer)
        else:
            self._journal.note("a TLS handshake failed", connection=connection.connection_id, reason="no TLS")
        link.close()

    def _secured(self, connection: PortConnection, secured: asyncio.Future[None]) -> None:
        del self._securing[secured]
        fault = None if secured.cancelled() else secured.exception()
        if not connection.was_open and self._links.pop(connection, None) is not None:
            reason = _TLS_REASONS.get(str(getattr(fault, "reason", "")), "") or str(getattr(fault, "reason", ""))
            self._journal.note("a TLS handshake failed", connection=connection.connection_id, reason=reason)

    # What its connections report

    def opened(self, connection: PortConnection, transport: asyncio.Transport) -> None:
        """A connection is there."""
        self._open[connection] = transport
        self._none_open.clear()

    def replaced(self, connection: PortConnection, by: PortConnection) -> None:
        """Another protocol is that of a connection."""
        link = self._links.pop(connection, None)
        if link is not None:
            self._links[by] = link
        self._open[by] = self._open.pop(connection)

    def lost(self, connection: PortConnection) -> None:
        """A connection is gone."""
        self._links.pop(connection, None)
        self._open.pop(connection, None)
        if not self._open:
            self._none_open.set()

    # Toxics

    def armed(self, toxic: Toxic) -> None:
        """A toxic is there: it may act on connections that are open, too."""
        if _refuses_all(toxic):
            self._listening.suspend()
        for link in tuple(self._links.values()):
            link.arm(toxic)

    def disarmed(self, toxic: Toxic) -> None:
        """A toxic is there no more."""
        for link in tuple(self._links.values()):
            link.disarm(toxic)
        if self._toxics is not None and _refuses_all(toxic) and not self._is_down(self._toxics):
            self._listening.resume()

    def _is_down(self, toxics: Toxics) -> bool:
        return any(map(_refuses_all, toxics.at(self._kind)))


def _refuses_all(toxic: Toxic) -> bool:
    return toxic.is_down and toxic.toxicity == 1
