"""HTTP by aiohttp: reads a request whole, hands it to the hub, writes the answer.

Nothing of any vendor lives here, and no decision: which call is right and what it returns is the behaviour's.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from typing import Final, Protocol, TypeAlias, cast

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from avatarwire.codecs.core.headers import Collected
from avatarwire.fakeserver.effects import Accept, Behaviour, Effect, HttpAnswer, HttpCall, Incoming, Leaving, Note
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.mistake import Mistake
from avatarwire.fakeserver.transports.content_coding import decoded
from avatarwire.fakeserver.transports.cutting import cut, silence
from avatarwire.fakeserver.transports.handshake import asks_for_socket, improper, remarks
from avatarwire.fakeserver.transports.listener import Handler
from avatarwire.fakeserver.transports.misread import Answering

__all__ = ["PROBES", "Serve", "answering", "call_of", "headers_of", "probed", "read_body", "respond", "target"]

PROBES: Final = frozenset(("/readyz", "/healthz"))
"""Paths at which it says that it is there, to whoever asks: no calls of the vendor's, so no entries of the journal."""
Serve: TypeAlias = Callable[[web.BaseRequest, Accept, str], web.StreamResponse]
"""Has the WebSocket that a handshake has made be served, by the id of its connection."""

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_KNOWN_NAME: Final = 64
"""Characters of the longest name of a header that is remembered."""

_FAILED: Final = b"the fake server failed; its journal says where"
_NOBODY: Final = HttpAnswer(500, b"")
_TEXT: Final = {"content-type": "text/plain; charset=utf-8"}


class _Losable(Protocol):
    """aiohttp's protocol of a connection, which calls this when the connection is gone."""

    when_lost: Callable[[], object]


class _Request:
    """One request that is being answered; a `Carrier` of its answer.

    Attributes:
        broken: whether behaviour has failed to answer it.
    """

    __slots__ = (
        "_answered",
        "_hub",
        "_wire",
        "answer",
        "broken",
        "id",
        "over",
    )

    transport: Transport = "http"
    session = ""
    header_bytes = 0

    def __init__(self, hub: Hub, connection: str, wire: asyncio.BaseTransport | None) -> None:
        self._hub: Final = hub
        self._wire: Final = wire
        self.id: Final = connection
        self.over = False
        self.broken = False
        self.answer: HttpAnswer | Accept | None = None
        self._answered: asyncio.Event | None = None

    def write(self, effect: Leaving) -> None:
        """The answer, of which there is one."""
        assert isinstance(effect, HttpAnswer | Accept)  # noqa: S101 - nothing else is for a request
        self.over = True
        self.answer = effect
        if self._answered is not None:
            self._answered.set()

    def failed(self, cause: Incoming | None) -> None:
        """Answers with 500."""
        if not self.over:
            self.broken = True
            self._hub.leave(HttpAnswer(500, _FAILED, _TEXT, answer_message=_answer_of(cause), cause=cause), self)

    def cut(self, *, reset: bool) -> None:
        """Ends the connection in the place of an answer."""
        cut(self._wire, reset=reset)
        self.give_up()

    def hang(self) -> None:
        """Has nobody be answered on the connection any more."""
        self.over = True
        silence(self._wire)

    def give_up(self) -> None:
        """The client is gone: nobody gets an answer, and nobody waits for one."""
        if self.answer is None:
            self.write(_NOBODY)

    async def wait(self) -> HttpAnswer | Accept:
        """Waits for the answer, which takes its time."""
        while self.answer is None:
            self._answered = asyncio.Event()
            await self._answered.wait()
        return self.answer


async def respond(
    request: web.BaseRequest, hub: Hub, behaviour: Behaviour[HttpCall], serve: Serve, connection: str
) -> web.StreamResponse:
    """Answers one request.

    Args:
        request: as aiohttp gives it, its body not read yet.
        hub: of the server.
        behaviour: what to answer.
        serve: takes the connection over if it becomes a WebSocket.
        connection: its id.
    """
    path, query = target(request)
    headers, values = headers_of(request.raw_headers)
    meta = {"method": request.method, "path": f"{path}?{query}" if query else path}
    try:
        body = await read_body(request, values)
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError) as fault:
        return _unreadable(request, fault, hub, behaviour, connection, meta, headers)
    call = call_of(request, path, query, headers, values, body, connection)
    pending = _Request(hub, connection, request.transport)
    hub.enter(pending, call, behaviour, raw=call.body, meta=meta, headers=headers)
    answer = pending.answer
    if answer is None:
        protocol = cast("_Losable", request.protocol)
        protocol.when_lost = pending.give_up
        try:
            answer = await pending.wait()
        finally:
            hub.forget(connection)
    pending.answer = _NOBODY  # timers know the request, and need neither the answer nor what it answers
    if isinstance(answer, Accept):
        return serve(request, answer, connection)
    response = web.Response(body=answer.body, status=answer.status, headers=answer.headers)
    if pending.broken or not request.content.is_eof():
        # What is left of the body would be taken for the next request.
        response.force_close()
    return response


def answering(hub: Hub, behaviour: Callable[[], Behaviour[HttpCall] | None], serve: Serve) -> Handler:
    """What answers the requests of a server.

    Args:
        hub: of the server.
        behaviour: gives what to answer; a reset makes another.
        serve: takes a connection over that becomes a WebSocket.
    """

    def answer(request: web.BaseRequest, connection: str) -> Awaitable[web.StreamResponse]:
        if request.raw_path in PROBES:
            return probed(request)
        surface = behaviour()
        if surface is None:
            raise NotImplementedError("a fake has to say what its calls are handed to")
        return respond(request, hub, surface, serve, connection)

    return answer


async def probed(request: web.BaseRequest) -> web.StreamResponse:
    """That the server is there, to whoever asks."""
    if request.method in ("GET", "HEAD"):
        return web.Response(body=b'{"status":"ok"}', content_type="application/json")
    return web.Response(status=405, headers={"Allow": "GET, HEAD"})


def call_of(
    request: web.BaseRequest,
    path: str,
    query: str,
    headers: tuple[tuple[str, str], ...],
    values: Collected,
    body: bytes | None,
    connection: str,
) -> HttpCall:
    """A request as behaviour knows it.

    Args:
        request: as aiohttp gives it.
        path, query, headers: of it.
        values: of the headers by name in lower case.
        body: None when it is too large to be read.
        connection: id of the connection.
    """
    asks = "upgrade" in values and asks_for_socket(values)
    fault = improper(request.method, (request.version.major, request.version.minor), values)
    plain = decoded(body or b"", values.get("content-encoding", ()), request.client_max_size)
    return HttpCall(
        request.method,
        path,
        query,
        headers,
        plain.body,
        connection,
        fault is None,
        request.client_max_size if body is None else 0,
        body if plain.body is not body else None,
        fault,
        undecodable=plain.mistake,
        remarks=(*plain.remarks, *(remarks(values) if asks else ())),
        values=values,
    )


def headers_of(
    raw: Iterable[tuple[bytes, bytes]], errors: str = "replace"
) -> tuple[tuple[tuple[str, str], ...], Collected]:
    """The headers in the order they came, and by name in lower case.

    Args:
        raw: as aiohttp gives them.
        errors: what becomes of bytes that are no UTF-8, as of `bytes.decode`.
    """
    pairs: list[tuple[str, str]] = []
    values = Collected()
    for sent, data in raw:
        name, lower = _name(sent) if len(sent) <= _KNOWN_NAME else _name.__wrapped__(sent)
        value = data.decode("utf-8", errors)
        pairs.append((name, value))
        if lower in values:
            values[lower].append(value)
        else:
            values[lower] = [value]
    return tuple(pairs), values


@lru_cache(maxsize=256)
def _name(sent: bytes) -> tuple[str, str]:
    """The name of a header, and the same in lower case: a client sends the same names in each of its calls."""
    name = sent.decode("latin-1")
    return name, name.lower()


def target(request: web.BaseRequest) -> tuple[str, str]:
    """Path and query of the request line, raw as they were sent."""
    raw = request.raw_path
    # A client that talks to a proxy puts the whole URL there.
    if not raw.startswith("/") and (start := _ABSOLUTE.match(raw)) is not None:
        raw = raw[start.end() :]
    path, _, query = raw.partition("?")
    return path or "/", query.partition("#")[0]


async def read_body(request: web.BaseRequest, values: Collected) -> bytes | None:
    """The body; None when it is too large. A client that waits to be asked for it is not asked for such a one."""
    content, most = request.content, request.client_max_size
    if content.is_eof():  # most bodies come with their request
        body = content.read_nowait()
        return body if len(body) <= most else None
    if (request.content_length or 0) > most:
        return None
    expects = values.get("expect", ("",))[0].lower() == "100-continue"
    if expects and request.version >= HttpVersion11:
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0
    parts = bytearray()
    while len(parts) <= most and (chunk := await content.readany()):
        parts += chunk
    return bytes(parts) if len(parts) <= most else None


def _answer_of(cause: Incoming | None) -> str:
    """Catalogue id of the answer to a request, where that was recognised."""
    name = "" if cause is None else cause.message
    return f"{name.removesuffix('.request')}.response" if name.endswith(".request") else ""


class _Unreadable(Answering):
    """Answers a request whose body is no HTTP, or does not come to its end: all that is known of it is the reason."""

    def read(self, data: Mistake, now: float, /) -> Incoming:
        received = super().read(data, now)
        if not data.clause:  # the client has gone away, by which it breaks no rule
            received.violations = ()
        return received

    def take(self, received: Incoming, now: float, /) -> list[Effect]:
        return [Note("the body cannot be read"), *super().take(received, now)]


def _unreadable(
    request: web.BaseRequest,
    fault: Exception,
    hub: Hub,
    behaviour: object,
    connection: str,
    meta: dict[str, str],
    headers: tuple[tuple[str, str], ...],
) -> web.Response:
    """What a request gets whose body cannot be read."""
    gone = isinstance(fault, ConnectionError)
    reason = "the client is gone" if gone else str(getattr(fault, "message", "")).partition("\n")[0].rstrip(": ")
    about = {**meta, "fault": type(fault).__name__, "reason": reason}
    pending = _Request(hub, connection, request.transport)
    mistake = Mistake(f"the body cannot be read: {reason}", clause="" if gone else "RFC9112-6")
    hub.enter(pending, mistake, _Unreadable(behaviour), raw=None, meta=about, headers=headers)
    request.content.feed_eof()  # nothing more is read of it
    answer = pending.answer
    assert isinstance(answer, HttpAnswer)  # noqa: S101 - it answers at once
    response = web.Response(body=answer.body, status=answer.status, headers=answer.headers)
    response.force_close()
    return response
