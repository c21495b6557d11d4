"""A listening socket that can be taken away for a while, so that clients are refused, and that keeps its port.

Only that lives here; the connections that come are the port's (`port.py`).
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from avatarwire.fakeserver.errors import FakeServerError

__all__ = ["Listening"]

_BACKLOG: Final = 512
_LAST_PORT: Final = 65535


class Listening:
    """Accepts connections at an address; it is opened and closed once.

    Args:
        make: makes the protocol of a new connection, an `asyncio.Protocol`.
    """

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._servers: list[asyncio.Server] = []
        """All there have been; the connections of each may be open."""
        self._accepting: list[asyncio.Server] = []
        self._held: list[socket.socket] = []
        """In the place of those that listen: bound, so that nobody else gets the port."""
        self._is_suspended = False
        self._resuming: set[asyncio.Task[None]] = set()

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Binds, and gives back address and port.

        Raises:
            OSError: they cannot be had.
            OverflowError: there are no ports of that number.
        """
        if not 0 <= port <= _LAST_PORT:  # not every loop says so
            raise OverflowError(f"port must be 0-{_LAST_PORT}")
        server = await asyncio.get_running_loop().create_server(self._make, host, port, backlog=_BACKLOG)
        self._took_up(server)
        address = server.sockets[0].getsockname()
        return str(address[0]), int(address[1])

    def suspend(self) -> None:
        """Refuses connections from now on, as if nobody listened; those that are open stay.

        Raises:
            FakeServerError: another process has taken the port meanwhile.
        """
        self._is_suspended = True
        places = [(held.family, held.getsockname()) for held in self._held]
        for held in self._held:  # they listen again, but nobody accepts yet
            held.close()
        for server in self._accepting:
            places += [(listener.family, listener.getsockname()) for listener in server.sockets]
            server.close()
        self._accepting.clear()
        self._held = []
        for family, address in places:
            self._held.append(_bound(family, address))

    def resume(self) -> None:
        """Accepts connections again; those that come until the loop gets to it wait."""
        self._is_suspended = False
        for held in self._held:
            held.listen(_BACKLOG)
        task = asyncio.get_running_loop().create_task(self._resume())
        self._resuming.add(task)
        task.add_done_callback(self._resuming.discard)

    async def _resume(self) -> None:
        loop = asyncio.get_running_loop()
        while self._held and not self._is_suspended:
            held = self._held.pop()
            server = await loop.create_server(self._make, sock=held, backlog=_BACKLOG, start_serving=False)
            self._took_up(server)
            await server.start_serving()

    def _took_up(self, server: asyncio.Server) -> None:
        self._servers.append(server)
        self._accepting.append(server)

    async def close(self) -> None:
        """Accepts no more connections; those that are open stay."""
        await asyncio.gather(*self._resuming)
        for held in self._held:
            held.close()
        self._held.clear()
        # Python before 3.13 loses a connection that was accepted in the very turn of the loop in which this is called.
        for server in self._accepting:
            for listener in server.sockets:
                with suppress(NotImplementedError):  # a loop that accepts in another way
                    asyncio.get_running_loop().remove_reader(listener)
        await asyncio.sleep(0)
        for server in self._accepting:
            server.close()

    async def wait_closed(self) -> None:
        """Returns when every connection that was accepted is gone."""
        for server in self._servers:
            await server.wait_closed()


def _bound(family: int, address: Any) -> socket.socket:
    """A socket that has an address and does not listen: whoever connects is refused."""
    held = socket.socket(family, socket.SOCK_STREAM)
    try:
        if os.name == "posix":  # as asyncio does; connections of this address are still open
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            held.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        held.bind(address)
    except OSError as fault:
        held.close()
        raise FakeServerError(f"the port {address[1]} cannot be kept while it is down: {fault.strerror}") from None
    return held
