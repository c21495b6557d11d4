"""Passes the callbacks of an upstream on to the receiver of the client, and the receiver's answer back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from multidict import CIMultiDict

from avatarwire.fakeserver.record.http_relay import LARGEST, failed, kept, pairs, read, reason_of
from avatarwire.fakeserver.record.relay import Relay
from avatarwire.fakeserver.record.upstream import Origin
from avatarwire.fakeserver.transports.http import PROBES, probed, target

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["CallbackRelay"]

_BAD_GATEWAY: Final = 502
_TOO_LARGE: Final = 413


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

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Passes one on."""
        import aiohttp
        from aiohttp import web
        from yarl import URL

        path, query = target(request)
        if path in PROBES:
            return await probed(request)
        relay = self._relay
        body = await read(request.content)
        if body is None:
            relay.journal.note("a callback is too large to be read", most=LARGEST)
            return failed(f"the body is larger than the {LARGEST} bytes that this proxy reads", _TOO_LARGE)
        assert relay.wire.callback is not None  # noqa: S101 - there is a port for them
        known = relay.wire.callback(body)
        headers, url = kept(pairs(request.raw_headers)), _with_query(self._url, query)
        connection = self._connections.get(known.session) or self._connections.setdefault(known.session, relay.new_id())
        seq = relay.notebook.callback(known, connection, body, headers, {"method": request.method, "path": url})
        sent = CIMultiDict(
            (name, self._origin.authority if name.lower() == "host" else value)
            for name, value in headers
            if name.lower() != "content-length"
        )
        try:
            async with relay.session.request(
                request.method, URL(url, encoded=True), headers=sent, data=body or None, allow_redirects=False,
                skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            ) as response:  # fmt: skip
                answer = await read(response.content)
                answered = kept(pairs(response.raw_headers))
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            reason = f"{self._origin.url} does not answer: {reason_of(failure)}"
            relay.troubled("the receiver of callbacks does not answer", reason, connection, seq)
            return failed(reason, _BAD_GATEWAY)
        if answer is None:
            return failed(f"the answer is larger than the {LARGEST} bytes that are read", _BAD_GATEWAY)
        relay.notebook.callback_answer(known, connection, seq, response.status, answered, answer)
        given = CIMultiDict(answered)
        given.popall("Content-Length", None)
        return web.Response(body=answer or None, status=response.status, reason=response.reason, headers=given)


def _with_query(url: str, query: str) -> str:
    front = url.partition("#")[0]
    return front if not query else f"{front}{'&' if '?' in front else '?'}{query}"
