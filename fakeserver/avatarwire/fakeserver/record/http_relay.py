"""Passes HTTP calls on, and their answers back; a handshake that makes a WebSocket goes on in `socket_relay.py`.

A call goes on as it came but for what is of one connection only (RFC 9110, 7.6.1), the header Host, and a proof that
covers it. Nothing is refused but what is too large to be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import msgspec
from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict

from avatarwire.fakeserver.effects import HANDSHAKE, HttpCall
from avatarwire.fakeserver.http.exchange import JSON_TYPE
from avatarwire.fakeserver.record.notebook import Asked, Pairs
from avatarwire.fakeserver.record.socket_relay import SocketRelay, Switched
from avatarwire.fakeserver.record.upstream import Origin
from avatarwire.fakeserver.record.wire import UNSIGNED
from avatarwire.fakeserver.transports.content_coding import decoded
from avatarwire.fakeserver.transports.cutting import cut
from avatarwire.fakeserver.transports.handshake import asks_for_socket
from avatarwire.fakeserver.transports.http import PROBES, probed, target

if TYPE_CHECKING:
    import aiohttp

    from avatarwire.fakeserver.record.relay import Relay

__all__ = ["LARGEST", "HttpRelay", "failed", "kept", "pairs", "reason_of"]

LARGEST: Final = 32 * 1024 * 1024
"""Bytes of a body that are read."""
_HOP: Final = frozenset(
    ("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade", "expect")
)  # fmt: skip
"""Headers of one connection; Expect is answered here."""
_EXTENSIONS: Final = "sec-websocket-extensions"
"""None is agreed on, for frames are read as they pass."""
_ADDED: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
"""Headers that aiohttp would add."""
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
        self._ids: Final[WeakKeyDictionary[Any, str]] = WeakKeyDictionary()

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers one call."""
        path, query = target(request)
        if path in PROBES:
            return await probed(request)
        relay = self._relay
        connection = self._id(request.transport)
        headers = pairs(request.raw_headers)
        values: dict[str, list[str]] = {}
        for name, value in headers:
            values.setdefault(name.lower(), []).append(value)
        try:
            body = await read(request.content)
        except (HttpProcessingError, web.RequestPayloadError, ConnectionError) as failure:
            relay.journal.note("a body cannot be read", connection=connection, path=path, reason=reason_of(failure))
            return failed(f"the body cannot be read: {reason_of(failure)}", _BAD_REQUEST)
        if body is None:
            relay.journal.note("a body is too large to be read", connection=connection, path=path, most=LARGEST)
            return failed(f"the body is larger than the {LARGEST} bytes that this proxy reads", _TOO_LARGE)
        call = _call(request, path, query, headers, values, body, connection)
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

    def _id(self, wire: object) -> str:
        """The id of a connection, of which a client may have several calls carried."""
        known = None if wire is None else self._ids.get(wire)
        if known is None:
            known = self._relay.new_id()
            if wire is not None:
                self._ids[wire] = known
        return known

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
                skip_auto_headers=_ADDED,
            )
        except (aiohttp.ClientConnectorError, aiohttp.ClientResponseError, TimeoutError, ValueError) as failure:
            return self._unreachable(asked, failure)
        except (aiohttp.ClientError, OSError) as failure:
            return self._cut(request, asked, failure)
        try:
            if response.status == _SWITCHING:
                return await self._switched(request, asked, response)
            try:
                answered = await read(response.content)
            except (aiohttp.ClientError, OSError) as failure:
                return self._cut(request, asked, failure)
            if answered is None:
                return self._unanswered(asked, f"the answer is larger than the {LARGEST} bytes that are read", "")
            return await self._answered(request, asked, response, answered)
        finally:
            response.release()

    async def _answered(
        self, request: web.BaseRequest, asked: Asked, response: aiohttp.ClientResponse, body: bytes
    ) -> web.StreamResponse:
        headers = kept(pairs(response.raw_headers))
        codings = response.headers.getall("Content-Encoding", ())
        plain = decoded(body, codings, LARGEST).body
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
        self._relay.notebook.answer(asked, response.status, headers, body, rewritten)
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
        self._relay.notebook.answer(asked, _SWITCHING, headers, b"", b"")
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
        answer = self._relay.notebook.answer(asked, _BAD_GATEWAY, headers, body, body, {"proxy": reason})
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


def pairs(raw: Any) -> Pairs:
    """Headers as they came."""
    return tuple((name.decode("latin-1"), value.decode("utf-8", "surrogateescape")) for name, value in raw)


def kept(headers: Pairs) -> Pairs:
    """Headers that go on: all but those of one connection, and those that Connection names."""
    named = {
        part.strip().lower() for name, value in headers if name.lower() == "connection" for part in value.split(",")
    }
    return tuple(pair for pair in headers if pair[0].lower() not in _HOP and pair[0].lower() not in named)


async def read(content: aiohttp.StreamReader) -> bytes | None:
    """A whole body; None where it is too large."""
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > LARGEST:
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


def _call(
    request: web.BaseRequest,
    path: str,
    query: str,
    headers: Pairs,
    values: Mapping[str, list[str]],
    body: bytes,
    connection: str,
) -> HttpCall:
    plain = decoded(body, values.get("content-encoding", ()), LARGEST)
    coded = body if plain.body is not body else None
    return HttpCall(
        request.method,
        path,
        query,
        headers,
        plain.body,
        connection,
        coded=coded,
        undecodable=plain.mistake,
        remarks=plain.remarks,
    )
