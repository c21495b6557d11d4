"""A listening socket, and the connections that came through it: none is left once it has been shut down.

What is spoken on a connection is no matter of this module; every transport that listens has one of these.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Protocol

from avatarwire.fakeserver.journal import Journal

__all__ = ["Port", "PortConnection", "keep_large_blocks"]

_BACKLOG: Final = 512


def keep_large_blocks() -> None:
    """Has glibc keep large blocks of memory for the next that asks; done when a server begins to listen.

    asyncio reads into a new block of 256 KiB each time. glibc takes blocks from 128 KiB on from the kernel and gives
    them back at once, which costs as much as all the rest of a short message, until a larger block was freed: from then
    on it keeps blocks up to that size. Elsewhere this does nothing.
    """
    block = bytearray(4 << 20)
    del block


class PortConnection(Protocol):
    """The protocol of one connection, as far as the port needs it; it calls `Port.opened` and `Port.lost`.

    Attributes:
        was_open: whether the connection has been there, which it is not before a TLS handshake is complete.
    """

    was_open: bool

    def connection_made(self, transport: asyncio.BaseTransport, /) -> None: ...

    def connection_lost(self, exc: Exception | None, /) -> None: ...


class Port:
    """Accepts connections and knows each of them until it is gone.

    Args:
        make: makes the protocol of a new connection, an `asyncio.Protocol`.
        journal: where TLS handshakes that fail are noted.
        ssl_context: serves TLS when given.
    """

    def __init__(self, make: Callable[[], Any], journal: Journal, *, ssl_context: ssl.SSLContext | None = None) -> None:
        self._make = make
        self._journal = journal
        self._ssl_context = ssl_context
        self._server: asyncio.Server | None = None
        self._accepting: set[asyncio.Task[Any]] = set()
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
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._accept, host, port, ssl=self._ssl_context, backlog=_BACKLOG)
        address = self._server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    async def close(self) -> None:
        """Accepts no more connections; those that are open stay."""
        if self._server is None:
            return
        # Python before 3.13 loses a connection that was accepted in the very turn of the loop in which this is called.
        for socket in self._server.sockets:
            with suppress(NotImplementedError):  # a loop that accepts in another way
                asyncio.get_running_loop().remove_reader(socket)
        await asyncio.sleep(0)
        self._server.close()

    async def settle(self) -> None:
        """Returns when every connection that was accepted is open, or has failed to be."""
        # What was accepted is there in the next turns of the loop, but for TLS handshakes, which may take any time.
        if self._ssl_context is not None:
            for task in self._accepting:
                task.cancel()
        await asyncio.gather(*self._accepting, return_exceptions=True)

    @property
    def connections(self) -> tuple[PortConnection, ...]:
        """The connections that are open."""
        return tuple(self._open)

    async def leave(self, patience: float) -> None:
        """Returns when no connection is open, or after so many real seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._none_open.wait(), patience)

    async def shutdown(self) -> None:
        """Cuts every connection, and returns when they are gone."""
        for transport in self._open.values():
            transport.abort()
        await self._none_open.wait()
        if self._server is not None:
            await self._server.wait_closed()

    def _accept(self) -> Any:
        connection: PortConnection = self._make()
        # The task in which asyncio accepts this connection: a TLS handshake that does not end has nothing else.
        task = asyncio.current_task()
        if task is not None:
            self._accepting.add(task)
            task.add_done_callback(lambda done: self._accepted(done, connection))
        return connection

    def _accepted(self, task: asyncio.Task[Any], connection: PortConnection) -> None:
        self._accepting.discard(task)
        if self._ssl_context is not None and not connection.was_open:
            self._journal.note("a TLS handshake failed")

    # What its connections report

    def opened(self, connection: PortConnection, transport: asyncio.Transport) -> None:
        """A connection is there."""
        self._open[connection] = transport
        self._none_open.clear()

    def lost(self, connection: PortConnection) -> None:
        """A connection is gone."""
        self._open.pop(connection, None)
        if not self._open:
            self._none_open.set()
