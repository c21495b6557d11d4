"""HTTP entries of a journal as a HAR 1.2 log, which browsers, proxies and load tools read.

Only that translation may live here. A call is the entry that has a ``method`` in its ``meta``; its answer is
the entry whose ``reply_to`` names it. A call without an answer is kept, with status 0.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import parse_qsl, urlsplit

from avatarwire.fakeserver.journal.entry import Entry

__all__ = ["to_har"]

_TRANSPORTS: Final = ("http", "callback")
_UNKNOWN: Final = -1
"""How HAR says that a size is not known."""
_LAST_TIME: Final = 253_402_300_799.0
"""Epoch seconds of the end of the year 9999."""


def to_har(entries: Iterable[Entry], *, version: str, base_url: str) -> dict[str, object]:
    """The HTTP calls among ``entries`` as a HAR 1.2 log, ready to be written as JSON.

    Args:
        entries: in the order of the journal; what is not HTTP is passed over.
        version: version of this distribution, for the ``creator`` field.
        base_url: what paths are put behind when an entry names neither a URL nor a host.
    """
    http = [entry for entry in entries if entry.transport in _TRANSPORTS]
    answers = {entry.reply_to: entry for entry in http if entry.reply_to}
    calls = [_call(entry, answers.get(entry.seq), base_url) for entry in http if "method" in entry.meta]
    return {"log": {"version": "1.2", "creator": {"name": "avatarwire", "version": version}, "entries": calls}}


def _call(request: Entry, answer: Entry | None, base_url: str) -> dict[str, object]:
    wait = 0.0 if answer is None else (answer.time - request.time) * 1000
    return {
        "startedDateTime": _date(request.time),
        "time": wait,
        "request": _request(request, base_url),
        "response": _response(answer),
        "cache": {},
        "timings": {"send": 0, "wait": wait, "receive": 0},
        "comment": " ".join(part for part in (request.vendor, request.message) if part),
    }


def _request(entry: Entry, base_url: str) -> dict[str, object]:
    headers = _headers(entry)
    named = dict(headers)
    url = _url(entry, named, base_url)
    request: dict[str, object] = {
        "method": str(entry.meta["method"]),
        "url": url,
        **_common(entry, headers),
        "queryString": [
            {"name": name, "value": value} for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
        ],
    }
    if entry.raw:
        text, encoding = _text(entry.raw)
        request["postData"] = {
            "mimeType": named.get("content-type", ""),
            "params": [],
            "text": text,
            **({"comment": encoding} if encoding else {}),
        }
    return request


def _response(entry: Entry | None) -> dict[str, object]:
    if entry is None:
        nothing = {"size": 0, "mimeType": "", "comment": "no answer"}
        return {"status": 0, "statusText": "", **_common(None, []), "content": nothing, "redirectURL": ""}
    headers = _headers(entry)
    named = dict(headers)
    content: dict[str, object] = {"size": _size(entry), "mimeType": named.get("content-type", "")}
    if entry.raw:
        content["text"], encoding = _text(entry.raw)
        if encoding:
            content["encoding"] = encoding
    status = entry.status or 0
    return {
        "status": status,
        "statusText": _phrase(status),
        **_common(entry, headers),
        "content": content,
        "redirectURL": named.get("location", ""),
    }


def _date(time: float) -> str:
    """A time as HAR has it; of a virtual clock that is beyond all calendars, the last there is."""
    return datetime.fromtimestamp(min(max(time, 0.0), _LAST_TIME), UTC).isoformat(timespec="milliseconds")


def _common(entry: Entry | None, headers: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "httpVersion": "HTTP/1.1" if entry is None else str(entry.meta.get("http_version", "HTTP/1.1")),
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in headers],
        "headersSize": _UNKNOWN,
        "bodySize": 0 if entry is None else _size(entry),
    }


def _headers(entry: Entry) -> list[tuple[str, str]]:
    """The headers, names in lower case; from a mapping or from pairs, which may repeat a name."""
    headers = entry.meta.get("headers")
    if isinstance(headers, Mapping):
        headers = list(cast("Mapping[object, object]", headers).items())
    if not isinstance(headers, list | tuple):
        return []
    return [(_clean(name).lower(), _clean(value)) for name, value in cast("list[tuple[object, object]]", headers)]


def _clean(value: object) -> str:
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _url(entry: Entry, headers: Mapping[str, str], base_url: str) -> str:
    if "url" in entry.meta:
        return str(entry.meta["url"])
    path = str(entry.meta.get("path", "/"))
    if path.startswith(("http://", "https://")):  # of a callback
        return path
    base = f"http://{headers['host']}" if "host" in headers else base_url
    return base.rstrip("/") + path


def _size(entry: Entry) -> int:
    return len(entry.raw or b"") + sum(digest.length for digest in (entry.audio, entry.omitted) if digest is not None)


def _text(raw: bytes) -> tuple[str, str]:
    """A body as HAR text and the name of its encoding, empty for plain text."""
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        return base64.b64encode(raw).decode("ascii"), "base64"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
