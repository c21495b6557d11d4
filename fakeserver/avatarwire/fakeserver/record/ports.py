"""The ports of a recording, and the client by which it calls: opened and closed, within a bounded time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.record.upstream import RecordError
from avatarwire.fakeserver.transports.listener import Handler, Listener

if TYPE_CHECKING:
    import aiohttp

    from avatarwire.fakeserver.journal import Journal

__all__ = ["HttpPort", "MqttPort", "host_and_port", "http_session"]

_CONNECTING: Final = 30.0
"""Real seconds for a connection to the upstream; its answers may take any time."""
_KEPT: Final = 2.0
"""Real seconds that a connection waits for the next call; less than at any server, so that no call crosses its end."""
_LINE: Final = 64 * 1024
"""Bytes of a line of a head that are read."""
LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a body that are read; `client_max_size` of each request."""
_LAST: Final = 0.5
"""Real seconds that what is being answered has when the recording stops."""


def host_and_port(text: str, what: str) -> tuple[str, int]:
    """The parts of ``HOST:PORT``, or of a port alone.

    Raises:
        RecordError: it is neither.
    """
    host, _, port = text.rpartition(":")
    try:
        number = int(port)
        if not 0 <= number <= 65535:
            raise ValueError
        return check_host((host or "127.0.0.1").strip("[]")), number
    except (ValueError, FakeServerError):
        raise RecordError(f"{what}: got {shown(text)}, expected HOST:PORT such as 127.0.0.1:8090") from None


@asynccontextmanager
async def http_session(trusted: ssl.SSLContext) -> AsyncGenerator[aiohttp.ClientSession]:
    """A client that changes nothing: no headers or cookies of its own, no coding is taken off, no call made twice."""
    import aiohttp

    connector = aiohttp.TCPConnector(ssl=trusted, limit=0, keepalive_timeout=_KEPT)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECTING),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
        max_line_size=_LINE,
        max_field_size=_LINE,
    ) as session:
        unretried: Any = session
        unretried._retry_connection = False
        yield session


def _taken(host: str, port: int, error: OSError) -> RecordError:
    return RecordError(f"cannot listen on {host}:{port}: {error.strerror or error}")


class HttpPort:
    """A port for HTTP, open as long as its block runs.

    Args:
        handler: answers calls.
        host, port: where to listen.
        journal: where what is no HTTP is noted.
        new_id: makes the ids of connections.

    Attributes:
        port: number of it.
    """

    port: int

    def __init__(self, handler: Handler, host: str, port: int, journal: Journal, new_id: Callable[[], str]) -> None:
        self._listener: Final = Listener(handler, journal, new_id, max_body_bytes=LARGEST, gives_up=True)
        self._wanted: Final = host, port

    async def __aenter__(self) -> Self:
        try:
            _, self.port = await self._listener.open(*self._wanted)
        except OSError as error:
            raise _taken(*self._wanted, error) from None
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._listener.close()
        await self._listener.shutdown(_LAST)


class MqttPort:
    """A port for MQTT, open as long as its block runs.

    Args:
        handler: serves a connection until its end.
        host, port: where to listen.

    Attributes:
        port: number of it.
    """

    port: int

    def __init__(
        self, handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], host: str, port: int
    ) -> None:
        self._handler: Final = handler
        self._wanted: Final = host, port
        self._server: asyncio.Server | None = None
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    async def __aenter__(self) -> Self:
        try:
            self._server = await asyncio.start_server(self._connected, *self._wanted)
        except OSError as error:
            raise _taken(*self._wanted, error) from None
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio makes one for each connection
        self._tasks.add(task)
        try:
            await self._handler(reader, writer)
        except asyncio.CancelledError:
            pass  # the recording stops
        finally:
            self._tasks.discard(task)
            writer.close()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None  # noqa: S101 - it was opened
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST)
