"""Answers what came to a port and is not what is spoken there: in the form of the vendor, with an entry of the journal.

What it was taken for is found out by `strangers.py` and `request_head.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeAlias

from avatarwire.fakeserver.effects import Behaviour, Effect, HttpAnswer, Incoming, Leaving
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["Answering", "Misread", "as_http", "misread"]

Misread: TypeAlias = Callable[[str, Transport, bytes, Mistake], HttpAnswer]
"""The answer to what came on a connection, by its id, and is a mistake."""

_ASKED: Final = re.compile(rb"[A-Z]{3,20} [^?\r\n]{0,64}")
_SHOWN: Final = 8
"""Bytes that the journal keeps of what is no request line: more may hold secrets that nobody can find in it."""
_TEXT: Final = {"content-type": "text/plain; charset=utf-8"}


class _Stranger:
    """The carrier of one answer to somebody who speaks something else."""

    def __init__(self, connection: str, transport: Transport) -> None:
        self.id: Final = connection
        self.transport: Final[Transport] = transport
        self.session: Final = ""
        self.header_bytes: Final = 0
        self.over = False
        self.answer: HttpAnswer | None = None

    def write(self, effect: Leaving) -> None:
        """The answer."""
        assert isinstance(effect, HttpAnswer)  # noqa: S101 - nothing else is for what is no request
        self.over = True
        self.answer = effect

    def failed(self, cause: Incoming | None) -> None:
        """Gets the answer of last resort."""

    def cut(self, *, reset: bool) -> None:
        """The connection ends anyway."""

    def hang(self) -> None:
        """The connection ends anyway."""


class Answering(Behaviour[Mistake]):
    """Answers a mistake.

    Args:
        surface: which knows the form of the vendor; where it does not, the answer is plain text.
    """

    def __init__(self, surface: object) -> None:
        self._told: Final[Callable[[Mistake], HttpAnswer]] = getattr(surface, "misread", _plainly)

    def read(self, data: Mistake, now: float, /) -> Incoming:
        return Incoming(violations=(data.finding,), packet=data)

    def take(self, received: Incoming, now: float, /) -> list[Effect]:
        answer = self._told(received.packet)
        answer.cause = received
        return [answer]


def _plainly(mistake: Mistake) -> HttpAnswer:
    return HttpAnswer(mistake.status, str(mistake).encode("utf-8", "replace"), _TEXT)


def misread(
    hub: Hub, surface: object, connection: str, transport: Transport, data: bytes, mistake: Mistake
) -> HttpAnswer:
    """The answer to what is a mistake; the journal has it then.

    Args:
        hub: of the server.
        surface: what calls are handed to, which knows the form of the vendor.
        connection: id of the connection.
        transport: of the port.
        data: what came.
        mistake: what is wrong with it.
    """
    stranger = _Stranger(connection, transport)
    meta = {"reason": str(mistake), **({"understood": mistake.understood} if mistake.understood else {})}
    hub.enter(stranger, mistake, Answering(surface), raw=_kept(data), meta=meta)
    hub.forget(connection)
    return _plainly(mistake) if stranger.answer is None else stranger.answer


def _kept(data: bytes) -> bytes:
    """What the journal keeps of what came: method and path, nothing of a query, or the first few bytes."""
    asked = _ASKED.match(data)
    return data[:_SHOWN] if asked is None else asked[0]


def as_http(answer: HttpAnswer) -> bytes:
    """An answer as bytes, for a connection on which nobody speaks HTTP."""
    status = f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}"
    headers = {**answer.headers, "Content-Length": str(len(answer.body)), "Connection": "close"}
    lines = [status, *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + answer.body
