"""Passes HTTP calls on, and their answers back; a handshake that makes a WebSocket goes on in `socket_relay.py`.

A call goes on as it came but for what is of one connection only (RFC 9110, 7.6.1), the header Host, and a proof that
covers it. Nothing is refused but what is too large to be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict

from avatarwire.fakeserver.effects import HANDSHAKE
from avatarwire.fakeserver.http.exchange import JSON_TYPE
from avatarwire.fakeserver.record.notebook import Asked, Pairs
from avatarwire.fakeserver.record.socket_relay import SocketRelay, Switched
from avatarwire.fakeserver.record.upstream import Origin
from avatarwire.fakeserver.record.wire import UNSIGNED
from avatarwire.fakeserver.transports.content_coding import decoded
from avatarwire.fakeserver.transports.cutting import cut
from avatarwire.fakeserver.transports.handshake import asks_for_socket
from avatarwire.fakeserver.transports.http import PROBES, call_of, headers_of, probed, read_body, target

if TYPE_CHECKING:
    import aiohttp

    from avatarwire.codecs.core.headers import Collected
    from avatarwire.fakeserver.record.relay import Relay

__all__ = ["HttpRelay", "asked_headers", "body_of", "failed", "kept", "pairs", "read", "reason_of", "too_large"]

_HOP: Final = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade", "expect")
)  # fmt: skip
"""Headers of one connection; Expect is answered here."""
_EXTENSIONS: Final = "sec-websocket-extensions"
"""None is agreed on, for frames are read as they pass."""
_BAD_GATEWAY: Final = 502
_BAD_REQUEST: Final = 400
_TOO_LARGE: Final = 413
_SWITCHING: Final = 101


class HttpRelay:
    """Answers the calls to one port by those of an origin.

    Args:
        relay: what all ports have in common.
        origin: where calls go.
    """

    def __init__(self, relay: Relay, origin: Origin) -> None:
        self._relay: Final = relay
        self._origin: Final = origin

    async def __call__(self, request: web.BaseRequest, connection: str) -> web.StreamResponse:
        """Answers one call, which came on the connection of an id."""
        path, query = target(request)
        if path in PROBES:
            return await probed(request)
        relay = self._relay
        headers, values = asked_headers(request)
        body = await body_of(request, values, relay, "a body", connection)
        if not isinstance(body, bytes):
            return body
        call = call_of(request, path, query, headers, values, body, connection)
        handshake = asks_for_socket(values)
        signing = relay.wire.signing
        signed = UNSIGNED if signing is None else signing(call, self._origin.authority, relay.clock.now())
        asked = relay.notebook.call(call, signed.violations, handshake=handshake)
        if signed.missing:
            return self._unanswered(asked, signed.missing, "a call cannot be signed anew")
        sent = _sent(headers, self._origin, signed.headers, handshake=handshake)
        url = self._origin.url + path + (f"?{query}" if query else "")
        try:
            return await self._passed_on(request, asked, url, sent, body)
        except asyncio.CancelledError:
            if not asked.answered:
                relay.journal.note("the client is gone before it was answered", connection=connection, path=path)
            raise

    async def _passed_on(
        self, request: web.BaseRequest, asked: Asked, url: str, headers: CIMultiDict[str], body: bytes
    ) -> web.StreamResponse:
        import aiohttp
        from yarl import URL

        try:
            response = await self._relay.session.request(
                request.method,
                URL(url, encoded=True),
                headers=headers,
                data=body or None,
                allow_redirects=False,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ClientResponseError, TimeoutError, ValueError) as failure:
            return self._unreachable(asked, failure)
        except (aiohttp.ClientError, OSError) as failure:
            return self._cut(request, asked, failure)
        try:
            if response.status == _SWITCHING:
                return await self._switched(request, asked, response)
            try:
                answered = await read(response.content, request.client_max_size)
            except (aiohttp.ClientError, OSError) as failure:
                return self._cut(request, asked, failure)
            if answered is None:
                return self._unanswered(asked, too_large(request), "")
            return await self._answered(request, asked, response, answered)
        finally:
            response.release()

    async def _answered(
        self, request: web.BaseRequest, asked: Asked, response: aiohttp.ClientResponse, body: bytes
    ) -> web.StreamResponse:
        headers = kept(pairs(response.raw_headers))
        codings = response.headers.getall("Content-Encoding", ())
        plain = decoded(body, codings, request.client_max_size).body
        rewritten = await self._relay.addresses.rewritten(plain)
        if rewritten != plain:
            # What was taken apart goes without its coding.
            headers = tuple(pair for pair in headers if pair[0].lower() != "content-encoding")
            body = rewritten
        headers = tuple([
            (name, (await self._relay.addresses.rewritten(value.encode())).decode())
            if name.lower() in ("location", "content-location")
            else (name, value)
            for name, value in headers
        ])  # fmt: skip
        self._relay.notebook.answer(asked, response.status, headers, rewritten)
        given = CIMultiDict(headers)
        if request.method != "HEAD":
            given.popall("Content-Length", None)
        answer = web.Response(body=body or None, status=response.status, reason=response.reason, headers=given)
        if asked.message == HANDSHAKE:
            answer.force_close()  # it is refused, and what else comes on this connection is no HTTP
        return answer

    async def _switched(
        self, request: web.BaseRequest, asked: Asked, response: aiohttp.ClientResponse
    ) -> web.StreamResponse:
        wire, call = self._relay.wire, asked.exchange.call
        socket = wire.sockets.get(call.path) or next(iter(wire.sockets.values()), None)
        headers = pairs(response.raw_headers)
        session = asked.exchange.session or ("" if socket is None else socket.session(call.query))
        asked.exchange.session = session
        self._relay.notebook.answer(asked, _SWITCHING, headers, b"")
        hear = self._relay.deaf if socket is None else socket.listen()
        conversation = self._relay.notebook.conversation(hear, "ws", call.connection, session)
        lines = [f"HTTP/1.1 {_SWITCHING} {response.reason or 'Switching Protocols'}"]
        lines += [f"{name}: {value}" for name, value in headers]
        head = "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")
        await SocketRelay(conversation).run(request, response, head)
        return Switched()

    def _cut(self, request: web.BaseRequest, asked: Asked, failure: Exception) -> web.StreamResponse:
        """The upstream has ended the connection in the place of an answer, and so the client's is ended."""
        self._relay.journal.add(
            "note",
            "note",
            body="the upstream has closed the connection without an answer",
            connection=asked.exchange.call.connection,
            reply_to=asked.seq,
            meta={"reason": reason_of(failure)},
        )
        cut(request.transport, reset=isinstance(failure, ConnectionResetError))
        return Switched()

    def _unreachable(self, asked: Asked, failure: Exception) -> web.StreamResponse:
        reason = f"{self._origin.url} does not answer: {reason_of(failure)}"
        return self._unanswered(asked, reason, "the upstream does not answer")

    def _unanswered(self, asked: Asked, reason: str, note: str) -> web.StreamResponse:
        body = _said(reason)
        headers = (("Content-Type", JSON_TYPE),)
        answer = self._relay.notebook.answer(asked, _BAD_GATEWAY, headers, body, {"proxy": reason})
        if note:
            self._relay.troubled(note, reason, asked.exchange.call.connection, answer)
        return failed(reason, _BAD_GATEWAY)


def failed(reason: str, status: int) -> web.Response:
    """What the proxy answers itself."""
    return web.Response(body=_said(reason), status=status, headers={"Content-Type": JSON_TYPE})


def _said(reason: str) -> bytes:
    return msgspec.json.encode({"error": {"by": "avatarwire record", "reason": reason}})


def reason_of(failure: BaseException) -> str:
    """Why there is no answer, in words."""
    cause: BaseException | None = getattr(failure, "certificate_error", failure)
    while cause is not None:
        if verified := getattr(cause, "verify_message", ""):
            return f"its certificate is not trusted: {verified}"
        number, text = getattr(cause, "errno", None), getattr(cause, "strerror", None)
        if number and text:
            return str(text)
        cause = cause.__cause__ or cause.__context__
    return str(failure) or type(failure).__name__


def asked_headers(request: web.BaseRequest) -> tuple[Pairs, Collected]:
    """Headers of a request as they came, and by name in lower case."""
    return headers_of(request.raw_headers, "surrogateescape")


def pairs(raw: Iterable[tuple[bytes, bytes]]) -> Pairs:
    """Headers as they came."""
    return headers_of(raw, "surrogateescape")[0]


async def body_of(
    request: web.BaseRequest, values: Collected, relay: Relay, what: str, connection: str = ""
) -> bytes | web.Response:
    """The body of a request; of one that cannot be read the answer.

    Args:
        request: its body not read yet.
        values: of its headers, by name in lower case.
        relay: whose journal is told.
        what: it is called there.
        connection: id of its connection.
    """
    path = target(request)[0]
    try:
        body = await read_body(request, values)
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError) as failure:
        relay.journal.note(f"{what} cannot be read", connection=connection, path=path, reason=reason_of(failure))
        request.content.feed_eof()  # nothing more is read of it
        answer = failed(f"the body cannot be read: {reason_of(failure)}", _BAD_REQUEST)
        answer.force_close()
        return answer
    if body is None:
        most = request.client_max_size
        relay.journal.note(f"{what} is too large to be read", connection=connection, path=path, most=most)
        return failed(f"the body is larger than the {most} bytes that this proxy reads", _TOO_LARGE)
    return body


def too_large(request: web.BaseRequest) -> str:
    """Why an answer to a request does not go on, in words."""
    return f"the answer is larger than the {request.client_max_size} bytes that are read"


def kept(headers: Pairs) -> Pairs:
    """Headers that go on: all but those of one connection, and those that Connection names."""
    named = {
        part.strip().lower() for name, value in headers if name.lower() == "connection" for part in value.split(",")
    }
    return tuple(pair for pair in headers if pair[0].lower() not in _HOP and pair[0].lower() not in named)


async def read(content: aiohttp.StreamReader, most: int) -> bytes | None:
    """The whole body of an answer; None where it has more bytes than `most`."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > most:
            return None
    return bytes(body)


def _sent(headers: Pairs, origin: Origin, changed: Mapping[str, str], *, handshake: bool) -> CIMultiDict[str]:
    """The headers of a call as they go on."""
    sent = CIMultiDict[str]()
    for name, value in kept(headers):
        lower = name.lower()
        if lower == "content-length" or (handshake and lower == _EXTENSIONS):
            continue
        sent.add(name, origin.authority if lower == "host" else changed.get(lower, value))
    if handshake:
        sent.add("Connection", "Upgrade")
        sent.add("Upgrade", "websocket")
    return sent
