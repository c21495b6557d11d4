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

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

__all__ = ["HttpPort", "MqttPort", "host_and_port", "http_session"]

_CONNECTING: Final = 30.0
"""Real seconds for a connection to the upstream; its answers may take any time."""
_KEPT: Final = 2.0
"""Real seconds that a connection waits for the next call; less than at any server, so that no call crosses its end."""
_LINE: Final = 64 * 1024
"""Bytes of a line of a head that are read."""
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
    """A client that changes nothing: no redirects, no cookies, no coding is taken off, nothing is tried twice."""
    import aiohttp

    connector = aiohttp.TCPConnector(ssl=trusted, limit=0, keepalive_timeout=_KEPT)
    async with aiohttp.ClientSession(
        connector=connector,
        timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECTING),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        trust_env=False,
        max_line_size=_LINE,
        max_field_size=_LINE,
    ) as session:
        unretried: Any = session
        unretried._retry_connection = False
        yield session


class _Port:
    """Listens as long as its block runs.

    Attributes:
        port: number of it.
    """

    port: int

    def __init__(self, host: str, port: int) -> None:
        self._host: Final = host
        self._wanted: Final = port
        self._server: asyncio.Server | None = None

    async def _bound(self, opening: Awaitable[asyncio.Server]) -> None:
        try:
            self._server = await opening
        except OSError as error:
            raise RecordError(f"cannot listen on {self._host}:{self._wanted}: {error.strerror or error}") from None
        self.port = self._server.sockets[0].getsockname()[1]

    def _close(self) -> None:
        assert self._server is not None  # noqa: S101 - it was opened
        self._server.close()


class HttpPort(_Port):
    """A port for HTTP.

    Args:
        handler: answers calls.
        host, port: where to listen.
    """

    def __init__(
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], host: str, port: int
    ) -> None:
        super().__init__(host, port)
        self._handler: Final = handler
        self._web: web.Server | None = None

    async def __aenter__(self) -> Self:
        from aiohttp import web

        self._web = made = web.Server(
            self._handler,
            access_log=None,
            handler_cancellation=True,
            max_line_size=_LINE,
            max_field_size=_LINE,
        )
        await self._bound(asyncio.get_running_loop().create_server(made, self._host, self._wanted))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()
        assert self._web is not None  # noqa: S101 - it was opened
        await self._web.shutdown(_LAST)


class MqttPort(_Port):
    """A port for MQTT.

    Args:
        handler: serves a connection until its end.
        host, port: where to listen.
    """

    def __init__(
        self, handler: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]], host: str, port: int
    ) -> None:
        super().__init__(host, port)
        self._handler: Final = handler
        self._tasks: Final[set[asyncio.Task[None]]] = set()

    async def __aenter__(self) -> Self:
        await self._bound(asyncio.start_server(self._connected, self._host, self._wanted))
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
        self._close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_LAST)
