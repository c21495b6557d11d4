"""HTTP connections by aiohttp, which came through one port.

What is asked on a connection and what is answered is no matter of this module.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeAlias, cast

from avatarwire.fakeserver.extra import explained
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.transports.cutting import cut
from avatarwire.fakeserver.transports.misread import Misread, as_http
from avatarwire.fakeserver.transports.port import Port, PortConnection
from avatarwire.fakeserver.transports.request_head import fault_of
from avatarwire.fakeserver.transports.strangers import FIRST_BYTES, no_http, no_tls

try:
    from aiohttp import web
    from aiohttp.hdrs import SEC_WEBSOCKET_PROTOCOL
    from aiohttp.http_exceptions import HttpProcessingError
    from aiohttp.http_parser import RawRequestMessage
    from aiohttp.streams import StreamReader
    from yarl import URL

    from avatarwire.fakeserver.transports.handing_over import Home, Rest
except ModuleNotFoundError as error:
    raise explained("a fake server", error) from error

__all__ = ["Handler", "Listener"]

Handler: TypeAlias = Callable[[web.BaseRequest, str], Awaitable[web.StreamResponse]]
"""Answers a request that came on the connection of an id."""

_LONGEST_LINE: Final = 64 * 1024
"""Bytes of a request line or a header; aiohttp's own 8190 are too few for a long list in a query."""
_LIKE_A_HEAD: Final = re.compile(rb"[A-Z]+ ")
_REASON: Final = 120
"""Characters that a note tells of why bytes could not be read."""


class Listener:
    """Accepts connections and serves HTTP on them.

    Args:
        handle: answers one request; anything it raises is noted and answered with status 500.
        journal: where bytes that are no HTTP are noted.
        new_id: makes the ids of connections.
        max_body_bytes: largest body that is read.
        ssl_context: serves TLS when given.
        toxics: what acts on its connections; None where nothing ever does.
        misread: answers what is no request, or none that can be read; None where aiohttp does.
        gives_up: whether who has ended only its own side counts as gone, and the answer to who is gone is given up.

    Attributes:
        received: pieces of data that have come so far.
    """

    def __init__(
        self,
        handle: Handler,
        journal: Journal,
        new_id: Callable[[], str],
        *,
        max_body_bytes: int,
        ssl_context: ssl.SSLContext | None = None,
        toxics: Toxics | None = None,
        misread: Misread | None = None,
        gives_up: bool = False,
    ) -> None:
        self.received = 0
        self.misread: Final = misread
        self.gives_up: Final = gives_up
        self._handle = handle
        self._new_id = new_id
        self._max_body_bytes = max_body_bytes
        self._port = Port(self._protocol, journal, ssl_context=ssl_context, toxics=toxics, no_tls=self._no_tls)
        self._protocols = web.Server(self._answer, request_factory=self._request, handler_cancellation=gives_up)
        self._logger = _journal_logger(journal)

    async def open(self, host: str, port: int) -> tuple[str, int]:
        """Binds, and gives back address and port.

        Raises:
            OSError: they cannot be had.
            OverflowError: there are no ports of that number.
        """
        return await self._port.open(host, port)

    async def close(self) -> None:
        """Accepts no more connections; those that are open stay."""
        await self._port.close()

    def end_all(self) -> None:
        """Ends every connection on which HTTP is spoken, and with it what is asked on it."""
        for connection in self._port.connections:
            if isinstance(connection, _Protocol):
                cut(connection.transport, reset=False)

    async def shutdown(self, patience: float) -> None:
        """Ends every connection, and returns when they are gone.

        Args:
            patience: real seconds that requests have to be answered.
        """
        await self._port.settle()
        self._protocols.pre_shutdown()
        await self._protocols.shutdown(patience)
        # A peer that does not read, or does not end its TLS session, would keep its connection open.
        await self._port.shutdown()

    def lost(self, connection: PortConnection) -> None:
        """A connection that was handed over is gone."""
        self._port.lost(connection)

    def _no_tls(self, connection: str, data: bytes) -> bytes:
        """The answer to what is no TLS on a port for it."""
        return (
            b"" if self.misread is None else as_http(self.misread(connection, "http", data, no_tls(data, "https://")))
        )

    def _answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        return self._handle(request, cast("_Protocol", request.protocol).connection_id)

    def _protocol(self) -> _Protocol:
        return _Protocol(
            self,
            self._port,
            self._protocols,
            self._new_id(),
            loop=asyncio.get_running_loop(),
            access_log=None,
            logger=self._logger,
            # The body as it was sent is what was signed.
            auto_decompress=False,
            tcp_keepalive=False,  # who is silent for hours is no client of a test
            max_line_size=_LONGEST_LINE,
            max_field_size=_LONGEST_LINE,
        )

    def _request(
        self, message: RawRequestMessage, payload: StreamReader, protocol: web.RequestHandler, writer: Any, task: Any
    ) -> web.BaseRequest:
        if cast("URL | None", message.url) is None:
            # Of CONNECT without a target aiohttp makes a message without a path, of which it can make no request.
            message = message._replace(path="/", url=URL("/"))
        if SEC_WEBSOCKET_PROTOCOL in message.headers:
            # There is none; of that aiohttp would tell the process, and not the journal.
            headers = message.headers.copy()
            headers.popall(SEC_WEBSOCKET_PROTOCOL)
            message = message._replace(headers=type(message.headers)(headers))
        cast("_Protocol", protocol).taken = (message, payload)
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=self._max_body_bytes)


class _Protocol(web.RequestHandler):
    """aiohttp's protocol of one connection, which also tells when it is there and when it is gone."""

    def __init__(self, listener: Listener, port: Port, manager: web.Server, connection_id: str, **options: Any) -> None:
        super().__init__(manager, **options)
        self._listener = listener
        self._port = port
        self.was_open = False
        self.connection_id = connection_id
        self.when_lost: Callable[[], object] = _nothing
        """Called when the connection is gone."""
        self.taken: tuple[RawRequestMessage, StreamReader] | None = None
        """The request that is being answered, or was last."""
        self._head = b""
        """The first bytes of what may become a request."""
        self._wrong = b""
        """What could not be read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.was_open = True
        self._port.opened(self, cast("asyncio.Transport", transport))
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        try:
            super().connection_lost(exc)
        finally:
            self.taken = None  # the body knows this protocol: nobody but the garbage collector would free them
            self._port.lost(self)
            self.when_lost()

    def eof_received(self) -> bool:  # type: ignore[override] # pyright: ignore[reportIncompatibleMethodOverride] - asyncio lets it
        """Whether the connection stays: a client that has ended only its own side gets the answers it has asked for."""
        transport, asked = self.transport, self._asked()
        if transport is None or self._listener.gives_up or (self._waiter is not None and not self._waiter.done()):
            return False  # everything is answered
        # A body that is incomplete stays so, a WebSocket is over, and TLS has no sides that end by themselves.
        stays = bool(asked) and transport.can_write_eof() and not any(map(_is_open, asked))
        if stays:
            self.close()
        return stays

    def hand_over(self, taker: PortConnection) -> tuple[asyncio.Transport, Home, bytes]:
        """Has another protocol be that of the connection, which is no longer HTTP; nothing is left of this one.

        Returns:
            What it writes to, where it came to, and what has come already.

        Raises:
            ConnectionError: the connection is gone.
        """
        wire = self.transport
        if wire is None or wire.is_closing():
            raise ConnectionResetError("the connection is gone")
        rest = Rest()
        self.set_parser(cast("Any", rest))
        wire.set_protocol(cast("asyncio.BaseProtocol", taker))
        self._port.replaced(self, taker)
        # aiohttp closes the connection that it takes for lost.
        self.transport = self.taken = None
        self.when_lost = _nothing
        super().connection_lost(None)
        return wire, self._listener, rest.data

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer in the place of one that cannot be given."""
        misread = self._listener.misread
        if misread is None or not isinstance(exc, HttpProcessingError):
            return super().handle_error(request, status, exc, message)
        data = self._wrong
        mistake = no_http(data) or fault_of(data, type(exc).__name__, self.max_line_size)
        answer = misread(self.connection_id, "http", data, mistake)
        response = web.Response(body=answer.body, status=answer.status, headers=answer.headers)
        response.force_close()
        return response

    def data_received(self, data: bytes) -> None:
        self._listener.received += 1
        known = self._request_count
        head = self._head + data if self._head else data
        super().data_received(data)
        self._head = b"" if self._request_count != known else head[:FIRST_BYTES]
        # aiohttp queues what it cannot parse behind the request it belongs to, whose body then never ends.
        if self._messages and (fault := getattr(self._messages[-1][0], "exc", None)) is not None:
            for _, body in self._asked():
                if not body.is_eof():
                    body.set_exception(fault)
            # What stands in front may be the rest of a body.
            self._wrong = head if _LIKE_A_HEAD.match(head) or head == data else data

    def _asked(self) -> list[tuple[object, StreamReader]]:
        """Head and body of the request that was taken last and of those that wait."""
        return [*([] if self.taken is None else [self.taken]), *self._messages]


def _nothing() -> None:
    """Nobody waits for the end of the connection."""


def _is_open(asked: tuple[object, StreamReader]) -> bool:
    """Whether more belongs to a request than has come."""
    message, body = asked
    return not body.is_eof() or bool(getattr(message, "upgrade", False))


def _journal_logger(journal: Journal) -> logging.Logger:
    """Where aiohttp reports what never reaches a behaviour, such as bytes that are no HTTP: the journal."""

    class ToJournal(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            fault = record.exc_info[1] if record.exc_info else None
            if fault is None:
                journal.note(record.getMessage())
            else:
                reason = str(getattr(fault, "message", "")).partition("\n")[0].rstrip(": ")[:_REASON]
                journal.note(record.getMessage(), fault=type(fault).__name__, reason=reason)

    # aiohttp tells of a first request with an unknown method at this level only.
    logger = logging.Logger("avatarwire.fakeserver", logging.DEBUG)
    logger.addHandler(ToJournal())
    return logger
