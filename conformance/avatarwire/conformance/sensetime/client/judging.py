"""What is looked at in talks of clients of SenseTime: lives, calls about them, rounds of speech."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qs, urlsplit

from ...clients.bench import ClientBench
from ...clients.cases import client_case
from ...clients.talk import Talk, body_of, value_at
from ...engine.case import Case

__all__ = [
    "AUDIO",
    "BEGIN",
    "MOST",
    "QUICK",
    "SAYING",
    "SESSION",
    "Tried",
    "about_lives",
    "created",
    "errors",
    "most_in_a_second",
    "of_connections",
    "of_takeovers",
    "query_of",
    "refusals",
    "sensetime",
    "text_at",
]

Tried: TypeAlias = Callable[[ClientBench], Awaitable[None]]
"""Has a client talk, and judges what it did."""

QUICK: Final = 200.0
"""Characters a second that an avatar speaks who is in a hurry."""
MOST: Final = 10
"""Tries within a second that are no hammering yet."""
SAYING: Final = ("takeoverCommand.request", "takeoverQueue.request", "takeoverCommandV1.request")
BEGIN: Final = "microphone.begin"
AUDIO: Final = "microphone.audio"
SESSION: Final = "sessionId"

_TAKEOVERS: Final = tuple(message.partition(".")[0] for message in SAYING)
"""Operations by which a text is said; which of them a client uses is its own choice."""
_GOING: Final = (32, 35)
_OF_LIVES: Final = (
    *SAYING,
    "startLive.request",
    "heartbeat.request",
    "takeoverReorder.request",
    "takeoverCancel.request",
    "takeoverQueueList.request",
    "rtcAudienceToken.request",
    "closeLive.request",
    "queryStat.request",
)
_SECOND: Final = 1.0


def sensetime(name: str, title: str, clauses: str, run: Tried) -> Case[ClientBench]:
    """A case about a client of SenseTime."""
    return client_case("sensetime", name, title, clauses, run)


def of_takeovers(side: str, **rule: Any) -> list[dict[str, Any]]:
    """A rule for whichever operation a client has its texts said by.

    Args:
        side: ``request`` or ``response``.
        rule: all else that the rule says.
    """
    return [{"message": f"{operation}.{side}", **rule} for operation in _TAKEOVERS]


def text_at(entry: Any, path: str) -> Any:
    """What stands at a wire path of an entry's body."""
    return value_at(body_of(entry), path)


def created(talk: Talk) -> Sequence[str]:
    """Lives that the client was told of, and that go on when they are told.

    Raises:
        Skip: there is none.
    """
    answers = [
        it
        for it in talk.got("createLive.response")
        if text_at(it, "code") == 0 and text_at(it, "data.status") in _GOING
    ]
    return talk.reached([str(text_at(it, f"data.{SESSION}")) for it in answers], "a live")


def about_lives(talk: Talk) -> list[Any]:
    """Calls about a live."""
    return talk.sent(*_OF_LIVES)


def refusals(talk: Talk, code: int) -> list[Any]:
    """Answers with a code of a failure."""
    return [it for it in talk.entries if it.direction == "out" and text_at(it, "code") == code]


def errors(talk: Talk, clauses: Iterable[str]) -> list[Any]:
    """Violations of some clauses that are errors; a clause that ends with a hyphen stands for all that begin so."""
    wanted = tuple(clauses)
    return [
        it
        for it in talk.violations
        if it.level == "error"
        and any(it.clause.startswith(clause) if clause.endswith("-") else it.clause == clause for clause in wanted)
    ]


def most_in_a_second(entries: Sequence[Any]) -> int:
    """How many entries there are within one second, at most."""
    times = [it.time for it in entries]
    return max((sum(0 <= other - time < _SECOND for other in times) for time in times), default=0)


def query_of(entry: Any) -> dict[str, str]:
    """Parameters in the URL of a call; of several of one name the last."""
    query = urlsplit(str(entry.meta.get("path", ""))).query
    return {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}


def of_connections(entries: Iterable[Any]) -> dict[str, list[Any]]:
    """Entries by their connections."""
    found: dict[str, list[Any]] = {}
    for entry in entries:
        found.setdefault(entry.connection, []).append(entry)
    return found
