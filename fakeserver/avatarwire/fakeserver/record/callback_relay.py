"""Passes the callbacks of an upstream on to the receiver of the client, and the receiver's answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from multidict import CIMultiDict

from avatarwire.fakeserver.record.http_relay import (
    asked_headers,
    body_of,
    failed,
    kept,
    pairs,
    read,
    reason_of,
    too_large,
)
from avatarwire.fakeserver.record.relay import Relay
from avatarwire.fakeserver.record.upstream import Origin
from avatarwire.fakeserver.transports.content_coding import decoded
from avatarwire.fakeserver.transports.http import PROBES, probed, target

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["CallbackRelay"]

_BAD_GATEWAY: Final = 502


class CallbackRelay:
    """Takes callbacks.

    Args:
        relay: what all ports have in common.
        url: of the receiver; what an upstream adds to the query, such as a signature, is added there.
    """

    def __init__(self, relay: Relay, url: str) -> None:
        self._relay: Final = relay
        self._url: Final = url
        self._origin: Final = Origin.parse(url, "--callback-url")
        self._connections: Final[dict[str, str]] = {}

    async def __call__(self, request: web.BaseRequest, connection: str) -> web.StreamResponse:
        """Passes one on. Where it came says nothing: those of a session belong together."""
        del connection
        import aiohttp
        from aiohttp import web
        from yarl import URL

        path, query = target(request)
        if path in PROBES:
            return await probed(request)
        relay = self._relay
        asked, values = asked_headers(request)
        body = await body_of(request, values, relay, "a callback")
        if not isinstance(body, bytes):
            return body
        assert relay.wire.callback is not None  # noqa: S101 - there is a port for them
        most = request.client_max_size
        plain = decoded(body, values.get("content-encoding", ()), most).body
        known = relay.wire.callback(plain)
        headers, url = kept(asked), _with_query(self._url, query)
        connection = self._connections.get(known.session) or self._connections.setdefault(known.session, relay.new_id())
        seq = relay.notebook.callback(known, connection, plain, headers, {"method": request.method, "path": url})
        sent = CIMultiDict(
            (name, self._origin.authority if name.lower() == "host" else value)
            for name, value in headers
            if name.lower() != "content-length"
        )
        try:
            async with relay.session.request(
                request.method, URL(url, encoded=True), headers=sent, data=body or None, allow_redirects=False
            ) as response:
                answer = await read(response.content, most)
                answered = kept(pairs(response.raw_headers))
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            reason = f"{self._origin.url} does not answer: {reason_of(failure)}"
            relay.troubled("the receiver of callbacks does not answer", reason, connection, seq)
            return failed(reason, _BAD_GATEWAY)
        if answer is None:
            return failed(too_large(request), _BAD_GATEWAY)
        told = decoded(answer, response.headers.getall("Content-Encoding", ()), most).body
        relay.notebook.callback_answer(known, connection, seq, response.status, answered, told)
        given = CIMultiDict(answered)
        given.popall("Content-Length", None)
        return web.Response(body=answer or None, status=response.status, reason=response.reason, headers=given)


def _with_query(url: str, query: str) -> str:
    front = url.partition("#")[0]
    return front if not query else f"{front}{'&' if '?' in front else '?'}{query}"
