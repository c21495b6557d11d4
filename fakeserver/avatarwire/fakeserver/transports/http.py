"""HTTP by aiohttp: reads a request whole, hands it to a behaviour, writes the answer, keeps the journal.

Nothing of any vendor lives here, and no decision: which call is right and what it returns is the behaviour's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from aiohttp import web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader

from avatarwire.fakeserver.exchange import HttpAnswer, HttpCall
from avatarwire.fakeserver.journal import Journal

__all__ = ["HttpBehaviour", "answer", "request_factory", "target"]

HttpBehaviour: TypeAlias = Callable[[HttpCall], HttpAnswer]

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def request_factory(max_body_bytes: int) -> Callable[..., web.BaseRequest]:
    """Makes requests whose body may be at most `max_body_bytes` long."""

    def make(
        message: RawRequestMessage, payload: StreamReader, protocol: Any, writer: Any, task: Any
    ) -> web.BaseRequest:
        return web.BaseRequest(
            message,
            payload,
            protocol,
            writer,
            task,
            protocol._loop,
            client_max_size=max_body_bytes,
        )

    return make


def target(request: web.BaseRequest) -> tuple[str, str]:
    """Path and query of the request line, raw as they were sent."""
    raw = request.raw_path
    if not raw.startswith("/") and "://" in raw:
        # A client that talks to a proxy puts the whole URL there.
        raw = "/" + raw.split("://", 1)[1].partition("/")[2]
    path, _, query = raw.partition("?")
    return path, query.partition("#")[0]


async def answer(
    request: web.BaseRequest,
    behaviour: HttpBehaviour,
    journal: Journal,
    *,
    too_large: Callable[[int], HttpAnswer],
) -> web.Response:
    """Answers one request.

    Args:
        request: as aiohttp gives it, its body not read yet.
        behaviour: what to answer.
        journal: where both go.
        too_large: the answer to a body beyond the limit, given that limit.
    """
    path, query = target(request)
    headers = tuple((name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in request.raw_headers)
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        call = HttpCall(request.method, path, query, headers)
        given = too_large(request.client_max_size)
    else:
        call = HttpCall(request.method, path, query, headers, body)
        given = behaviour(call)
    _record(journal, call, given)
    return web.Response(body=given.body, status=given.status, headers=given.headers)


def _record(journal: Journal, call: HttpCall, given: HttpAnswer) -> None:
    shown = f"{call.path}?{call.query}" if call.query else call.path
    entry = journal.record(
        "http",
        "in",
        given.request_message,
        raw=call.body,
        body=given.request,
        session=given.session,
        deviations=given.deviations,
        violations=given.violations,
        meta={"method": call.method, "path": shown, "headers": call.headers},
    )
    journal.record(
        "http",
        "out",
        given.answer_message,
        raw=given.body,
        body=given.answer,
        session=given.session,
        status=given.status,
        reply_to=entry.seq,
        meta={"headers": given.headers, **given.notes},
    )
