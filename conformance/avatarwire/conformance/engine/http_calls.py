"""HTTP/1.1 calls by h11: one request and its answer on a connection of its own, as it was on the wire.

A request may be any bytes; the answer is read by the rules of the protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import h11

from .case import Differs
from .json_object import json_object
from .stream import Ended, Stream

__all__ = ["Reply", "call", "request_bytes"]

_LARGEST: Final = 16 * 1024 * 1024
_PATIENCES: Final = 3
"""How many times the patience a whole answer may take, if something of it comes all the time."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer.

    Attributes:
        status: of HTTP.
        headers: by name in lower case.
        body: as it came.
        raw: all of it, as it was on the wire.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    raw: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object; empty where it is none."""
        return json_object(self.body)

    def __str__(self) -> str:
        text = self.body.decode("utf-8", "backslashreplace")
        return f"{self.status} {text if len(text) < 300 else text[:300] + ' ...'}"


def request_bytes(
    method: str, url: str, headers: Mapping[str, str] | Sequence[tuple[str, str]], body: bytes, forms: Collection[str]
) -> bytes:
    """A request as it goes out, in the forms of the wire that are asked for."""
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    given = list(headers.items() if isinstance(headers, Mapping) else headers)
    names = {name.lower() for name, _ in given}
    if "host" not in names:
        given.insert(0, ("Host", parts.netloc.rpartition("@")[2]))
    is_chunked = "chunked" in forms and bool(body)
    if is_chunked:
        given.append(("Transfer-Encoding", "chunked"))
    elif "content-length" not in names and (body or method not in ("GET", "HEAD")):
        given.append(("Content-Length", str(len(body))))
    if "connection" not in names:
        given.append(("Connection", "close"))
    if "header_case" in forms:
        given = [(name.upper(), value) for name, value in given]
    head = "".join(f"{name}: {value}\r\n" for name, value in given)
    if is_chunked:
        middle = len(body) // 2 or 1
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:middle], body[middle:]) if part)
        body += b"0\r\n\r\n"
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1", "surrogateescape") + body


async def call(
    url: str, request: bytes, *, patience: float, forms: Collection[str] = (), method: str = "POST", ca_file: str = ""
) -> Reply:
    """Sends a request and reads the answer.

    Args:
        url: whom to connect to.
        request: as it goes out.
        patience: real seconds of silence to bear.
        forms: of the wire.
        method: of the request, on which the form of the answer depends.
        ca_file: authorities to trust.

    Raises:
        Differs: no answer comes, or one that is not HTTP.
        NotJudged: nobody is there.
    """
    stream = await Stream.open(url, patience=patience, forms=forms, ca_file=ca_file)
    try:
        async with asyncio.timeout(_PATIENCES * patience):
            return await _exchanged(stream, request, method, patience)
    except TimeoutError:
        raise Differs("an answer", f"one that is not complete after {_PATIENCES * patience:g} s") from None
    finally:
        await stream.leave()


async def _exchanged(stream: Stream, request: bytes, method: str, patience: float) -> Reply:
    with suppress(Ended):  # the answer may have come before
        await stream.send(request)
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LARGEST)
    # It has to know the method, and nothing else of the request.
    known = method if method in ("HEAD", "CONNECT") else "GET"
    connection.send(h11.Request(method=known, target="/", headers=[("Host", "x")]))
    connection.send(h11.EndOfMessage())
    reading = _Reading()
    while not reading.complete:
        try:
            event = connection.next_event()
        except h11.RemoteProtocolError as error:
            raise Differs("an HTTP answer", f"{error}: {bytes(reading.raw[:200])!r}") from None
        if event is h11.NEED_DATA:
            data = await _more(stream, patience)
            if len(reading.raw) > _LARGEST:
                raise Differs(f"an answer of at most {_LARGEST} bytes", "a longer one")
            if not data and not reading.raw:
                raise Differs("an answer", "the connection is closed without one")
            reading.raw.extend(data)
            connection.receive_data(data)
        else:
            reading.take(event)
    return reading.reply()


class _Reading:
    """An answer, as far as it has come."""

    def __init__(self) -> None:
        self.raw: Final = bytearray()
        self.complete = False
        self._head: h11.Response | None = None
        self._body: Final = bytearray()

    def take(self, event: object) -> None:
        """The next of it."""
        if isinstance(event, h11.Response):
            self._head = event
        elif isinstance(event, h11.Data):
            self._body.extend(event.data)
            if len(self._body) > _LARGEST:
                raise Differs(f"an answer of at most {_LARGEST} bytes", "a longer one")
        elif not isinstance(event, h11.InformationalResponse):
            self.complete = True

    def reply(self) -> Reply:
        """All of it."""
        if self._head is None:
            raise Differs("an answer", "the connection is closed without one")
        headers = {name.decode().lower(): value.decode("latin-1") for name, value in self._head.headers}
        return Reply(self._head.status_code, headers, bytes(self._body), bytes(self.raw))


async def _more(stream: Stream, patience: float) -> bytes:
    try:
        async with asyncio.timeout(patience):
            return await stream.receive()
    except TimeoutError:
        raise Differs("an answer", f"nothing within {patience:g} s") from None
    except Ended as end:
        raise Differs("an answer", end.how) from None
