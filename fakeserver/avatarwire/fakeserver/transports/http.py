"""HTTP by aiohttp: reads a request whole, hands it to a behaviour, writes the answer, keeps the journal.

Nothing of any vendor lives here, and no decision: which call is right and what it returns is the behaviour's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from aiohttp import HttpVersion11, web
from aiohttp.http_exceptions import HttpProcessingError

from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import NO_META
from avatarwire.fakeserver.journal.masking import MASK

__all__ = ["HttpBehaviour", "answer", "target"]

HttpBehaviour: TypeAlias = Callable[[HttpCall], HttpAnswer]

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


def target(request: web.BaseRequest) -> tuple[str, str]:
    """Path and query of the request line, raw as they were sent."""
    raw = request.raw_path
    # A client that talks to a proxy puts the whole URL there.
    if (start := _ABSOLUTE.match(raw)) is not None:
        raw = raw[start.end() :]
    path, _, query = raw.partition("?")
    return path or "/", query.partition("#")[0]


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
    call = HttpCall(request.method, path, query, headers)
    try:
        body = await _read(request)
    except (HttpProcessingError, web.RequestPayloadError, ConnectionError) as fault:
        return _unreadable(request, call, fault, journal)
    if body is None:
        given = too_large(request.client_max_size)
    else:
        call = HttpCall(request.method, path, query, headers, body)
        given = behaviour(call)
        if given.pending is not None:
            given = await given.pending
    _record(journal, call, given)
    response = web.Response(body=given.body, status=given.status, headers=given.headers)
    if not request.content.is_eof():
        # What is left of the body would be taken for the next request.
        response.force_close()
    return response


async def _read(request: web.BaseRequest) -> bytes | None:
    """The body; None when it is too large. A client that waits to be asked for it is not asked for such a one."""
    if (request.content_length or 0) > request.client_max_size:
        return None
    expects = request.headers.get("Expect", "").lower() == "100-continue"
    if expects and request.version >= HttpVersion11 and not request.content.is_eof():
        await request.writer.write(_CONTINUE)
        request.writer.output_size = 0
    body = bytearray()
    while chunk := await request.content.readany():
        body += chunk
        if len(body) > request.client_max_size:
            return None
    return bytes(body)


def _unreadable(request: web.BaseRequest, call: HttpCall, fault: Exception, journal: Journal) -> web.Response:
    """What a request gets whose body is no HTTP, or does not come to its end."""
    gone = isinstance(fault, ConnectionError)
    reason = "the client is gone" if gone else str(getattr(fault, "message", "")).partition("\n")[0].rstrip(": ")
    about: dict[str, object] = {"fault": type(fault).__name__, "reason": reason, **_meta(call)}
    journal.record("note", "note", body="the body cannot be read", meta=about)
    request.content.feed_eof()  # nothing more is read of it
    response = web.Response(status=400, text=f"the body cannot be read: {reason}")
    response.force_close()
    return response


def _record(journal: Journal, call: HttpCall, given: HttpAnswer) -> None:
    entry = journal.record(
        "http",
        "in",
        given.request_message,
        raw=call.body,
        body=given.request,
        session=given.session,
        deviations=given.deviations,
        violations=given.violations,
        meta=_meta(call),
        headers=call.headers,
    )
    raw = given.body
    for secret in given.secrets:
        raw = raw.replace(secret.encode(), MASK.encode())
    journal.record(
        "http",
        "out",
        given.answer_message,
        raw=raw,
        body=MASK if given.answer in given.secrets else given.answer,
        session=given.session,
        status=given.status,
        reply_to=entry.seq,
        meta=given.notes or NO_META,
        headers=tuple(given.headers.items()),
    )


def _meta(call: HttpCall) -> dict[str, str]:
    return {"method": call.method, "path": f"{call.path}?{call.query}" if call.query else call.path}
