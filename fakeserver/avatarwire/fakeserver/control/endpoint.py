"""The control endpoint: an HTTP server by which other processes do to fakes what a test does in code.

Only the server lives here: it reads a call, has the gate let it in, finds its route, and writes the answer. Every
answer is JSON; whatever is wrong with a call is a problem document, and nothing that a caller sends ends the endpoint.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import secrets
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import msgspec
from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from avatarwire.fakeserver.addresses import check_host, is_loopback
from avatarwire.fakeserver.control.fakes import Fake
from avatarwire.fakeserver.control.gate import Gate, check_token
from avatarwire.fakeserver.control.openapi import document
from avatarwire.fakeserver.control.problems import MEDIA_TYPE, Problem, problem_of
from avatarwire.fakeserver.control.reading import read_body, read_query
from avatarwire.fakeserver.control.routes import LARGEST_BODY, find
from avatarwire.fakeserver.control.site import Call, Site
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.own_hosts import reachable

__all__ = ["Control", "check_beyond_loopback"]

_TOKEN_BYTES: Final = 24
_TURNS: Final = 3
"""Of the loop, in which a connection that was accepted becomes one that can be closed."""
_PATIENCE: Final = 1.0
"""Real seconds that calls have to be answered when the endpoint ends."""
_LINGERING: Final = 0.2
"""Real seconds in which what is left of a body that is refused is still taken, so that the refusal arrives."""
_JSON: Final = "application/json"
_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_DOCUMENT: Final = "/openapi.json"


class Control:
    """The endpoint of some fakes, in the loop they run in.

    Args:
        fakes: by vendor.
        ready: gives what a client needs to know of them.
        host, port: to listen on; 0 takes a free port.
        token: who has it may do anything; None makes one.
        advertise: host by which others reach it; empty for the one that is listened on.

    Raises:
        FakeServerError: a host that is none, a token that is none, or an address beyond loopback and no token.
    """

    def __init__(
        self,
        fakes: Mapping[str, Fake],
        ready: Callable[[], Mapping[str, Any]],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        token: str | None = None,
        advertise: str = "",
    ) -> None:
        self._host: Final = check_host(host)
        check_beyond_loopback(host, token)
        self._port: Final = port
        self._advertise: Final = "" if _is_local(host) else advertise
        self.token: Final = secrets.token_urlsafe(_TOKEN_BYTES) if token is None else check_token(token, "token")
        self._site: Final = Site(fakes, ready)
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._gate: Gate | None = None
        self._bound: tuple[str, int] = ("", 0)
        self._protocols: web.Server | None = None

    @property
    def host(self) -> str:
        """Address it listens on."""
        return self._bound[0]

    @property
    def port(self) -> int:
        """Port it listens on."""
        return self._bound[1]

    @property
    def url(self) -> str:
        """Where it is, without a slash at the end."""
        host = self._advertise or reachable(self.host)
        return f"http://{f'[{host}]' if ':' in host and host[0] != '[' else host}:{self.port}"

    def bind(self) -> None:
        """Binds, so that its URL is known; connections wait until `open` was awaited.

        Raises:
            FakeServerError: the address cannot be had.
        """
        try:
            found = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
            family, *_, address = found[0]
            listener = socket.create_server(address[:2], family=family, backlog=128)
        except (OSError, OverflowError, UnicodeError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"control cannot listen on {self._host} port {self._port}: {reason}") from None
        name = listener.getsockname()
        self._bound = str(name[0]), int(name[1])
        self._gate = Gate(self.token, self.host, (self._host, self._advertise.strip("[]")))
        self._opening = asyncio.get_running_loop().create_task(self._open(listener))

    async def start(self) -> None:
        """Binds, and accepts connections.

        Raises:
            FakeServerError: the address cannot be had.
        """
        self.bind()
        assert self._opening is not None  # noqa: S101 - it was bound
        await self._opening

    async def _open(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._protocols = web.Server(self._answer, handler_cancellation=True, request_factory=self._request)
        self._server = await loop.create_server(self._protocol, sock=listener)

    async def stop(self) -> None:
        """Ends it: whoever waits is answered, and every connection is closed."""
        if self._opening is None:
            return
        await self._opening
        assert self._server is not None and self._protocols is not None  # noqa: S101, PT018 - it was opened
        # Python before 3.13 loses a connection that was accepted in the turn of the loop in which a server is closed:
        # it takes one turn to get its transport, and another to be known to aiohttp, which closes it below.
        for listener in self._server.sockets:
            with suppress(NotImplementedError):  # a loop that accepts in another way
                asyncio.get_running_loop().remove_reader(listener)
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        self._server.close()
        self._site.end()
        self._protocols.pre_shutdown()
        await self._protocols.shutdown(_PATIENCE)
        self._opening = None

    # Connections

    def _protocol(self) -> web.RequestHandler:
        assert self._protocols is not None  # noqa: S101 - it is open
        options: dict[str, Any] = {"access_log": None, "logger": _SILENT, "auto_decompress": False}
        loop = asyncio.get_running_loop()
        return _Protocol(self._protocols, loop=loop, lingering_time=_LINGERING, **options)

    def _request(self, message: Any, payload: Any, protocol: Any, writer: Any, task: Any) -> web.BaseRequest:
        loop = asyncio.get_running_loop()
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=LARGEST_BODY)

    # Calls

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            answer = _written(200, await self._carried_out(request), _JSON)
        except Exception as error:
            answer = _refusal(problem_of(error))
        if not request.content.is_eof():
            answer.force_close()  # what is left of the body would be taken for the next call
        return answer

    async def _carried_out(self, request: web.BaseRequest) -> object:
        path, _, query = request.raw_path.partition("?")
        method, fakes = request.method, self._site.fakes
        is_open = path in ("/readyz", "/healthz")
        if not is_open:
            assert self._gate is not None  # noqa: S101 - it is bound
            self._gate.check(request.headers)
        route, params = find(method, path, fakes)
        asked = read_query(query.partition("#")[0], route.query)
        body = None
        if route.body is not None:
            body = read_body(await _read(request, route.largest), route.body, optional=route.optional)
        if path == _DOCUMENT:
            return document()
        given = route.handler(Call(self._site, asked, body, params))
        return await given if inspect.isawaitable(given) else given


class _Protocol(web.RequestHandler):
    """aiohttp's protocol of one connection, which answers what is no HTTP in the same form as everything else."""

    def handle_error(
        self, request: Any, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """The answer to what never became a call."""
        fault = getattr(exc, "message", "") or type(exc).__name__
        if status >= 500:  # pragma: no cover - everything that a call raises is answered before
            problem = problem_of(exc if isinstance(exc, Exception) else RuntimeError())
        else:
            problem = Problem("bad-request", f"this is no HTTP request: {str(fault).splitlines()[0]}")
        answer = _refusal(problem)
        answer.force_close()
        return answer


async def _read(request: web.BaseRequest, largest: int) -> bytes:
    """The body of a call.

    Raises:
        Problem: it is too large, encoded, or cannot be read.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem("media-type", "Content-Encoding: expected none", key="Content-Encoding")
    if (request.content_length or 0) > largest:
        raise Problem("too-large", f"the body has more than {largest} bytes")
    if request.headers.get("Expect", "").lower() == "100-continue" and request.version >= HttpVersion11:
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0
    body = bytearray()
    try:
        while chunk := await request.content.readany():
            body += chunk
            if len(body) > largest:
                raise Problem("too-large", f"the body has more than {largest} bytes")
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError):
        raise Problem("bad-request", "the body does not come to its end, or is no HTTP") from None
    return bytes(body)


def _refusal(problem: Problem) -> web.Response:
    return _written(problem.status, problem.body(), MEDIA_TYPE, problem.headers)


def _written(status: int, value: object, media_type: str, headers: Mapping[str, str] | None = None) -> web.Response:
    data = msgspec.json.encode(value, enc_hook=str)
    # Tokens and what was said are nobody's business but the caller's.
    held = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return web.Response(body=data, status=status, headers=held, content_type=media_type)


def check_beyond_loopback(host: str, token: str | None) -> None:
    """Control reaches beyond this machine only with a token that somebody has set.

    Raises:
        FakeServerError: it would without.
    """
    if token is None and not _is_local(host):
        reason = f"control beyond loopback, on {host}, needs a token: set AVATARWIRE_CONTROL_TOKEN"
        raise FakeServerError(reason, key="control_host")


def _is_local(host: str) -> bool:
    return host.lower() == "localhost" or is_loopback(host)


_SILENT: Final = logging.Logger("avatarwire.fakeserver.control", logging.CRITICAL + 1)
"""Where aiohttp reports what is no HTTP, which the caller is told."""
