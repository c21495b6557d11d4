"""What a trace has of one vendor, in the form that a replay looks things up in: exchanges, and what followed each.

An exchange is something that came in, and all that went out because of it: what answers it, and what was pushed until
the next thing came in of the same session, or of the same connection where there is no session.

Only the reading of entries lives here; which exchange is chosen is in ``matching.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias
from urllib.parse import parse_qsl

from avatarwire.fakeserver.effects import HANDSHAKE
from avatarwire.fakeserver.replay.ids import leaves, parts_of, plain_json, segments
from avatarwire.fakeserver.trace.format import TraceEntry
from avatarwire.fakeserver.trace.reading import Trace
from avatarwire.fakeserver.trace.sessions import sessions_by_answer

__all__ = ["Exchange", "Key", "PlainText", "Recording", "Said", "contains", "unknown_call"]

Key: TypeAlias = tuple[str, str]
"""Transport and catalogue id; in the place of an id, method and path of a call that has none, or a socket's path."""

_HANDSHAKE: Final = "handshake"
_AT_ONCE: Final = 0.01
"""Seconds within which something is owed to what came in before."""
_ENDING: Final = "server stops"
"""Reason of the close frame when a fake stops: the end of the recording, and nothing that a vendor says."""


class PlainText(str):
    """A body that is no JSON. What is masked in it stands for anything, and the rest for itself."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Said:
    """Something that went out.

    Attributes:
        entry: of the trace.
        data: its bytes.
        delay: seconds behind what it followed.
        is_answer: whether it says that it answers that.
        close: code and reason, where a connection was closed; its entry is a note then.
        behind: number of a later exchange, to which it is owed that it was said then, such as an interruption; 0 for
            none.
    """

    entry: TraceEntry
    data: bytes | None
    delay: float
    is_answer: bool
    close: tuple[int, str] | None = None
    behind: int = 0


@dataclass(slots=True)
class Exchange:
    """Something that came in, and what came of it.

    Attributes:
        number: from 1, in the order of the trace.
        entry: what came in.
        key: what it is.
        asked: what it says, as JSON values; None where that does not count, such as sound.
        session: whose it is; empty for none.
        starts: whether the session was begun by it.
        answer: of HTTP; None for none, and for other transports.
        follows: what else went out, in order.
    """

    number: int
    entry: TraceEntry
    key: Key
    asked: Any
    session: str
    starts: bool = False
    answer: Said | None = None
    follows: list[Said] = field(default_factory=list[Said])

    @property
    def name(self) -> str:
        """What it is called where it is spoken of."""
        return f"#{self.entry.seq} {self.entry.message or self.key[1]}"


class Recording:
    """What a trace has of one vendor.

    Args:
        trace: which.
        vendor: whose entries count.

    Attributes:
        trace: as given.
        exchanges: all of them, in order.
        sessions: parts of ids that the vendor has made for a session, by its id.
        paths: of the socket that each connection is.
        data_of: the bytes of what came in.
    """

    def __init__(self, trace: Trace, vendor: str) -> None:
        self.trace: Final = trace
        self.exchanges: Final[list[Exchange]] = []
        self.sessions: Final[dict[str, set[str]]] = {}
        self.paths: Final[dict[str, str]] = {}
        self._by_key: Final[dict[Key, list[Exchange]]] = {}
        self._by_seq: Final[dict[int, Exchange]] = {}
        self._read([entry for entry in trace.entries if entry.vendor == vendor])

    def of(self, key: Key) -> Sequence[Exchange]:
        """All that came in of one kind."""
        return self._by_key.get(key, ())

    def made(self, session: str) -> set[str]:
        """Parts of ids that the vendor has made for a session."""
        return self.sessions.get(session, set())

    def data_of(self, exchange: Exchange) -> bytes | None:
        """The bytes of what came in."""
        return self.trace.data(exchange.entry)

    # --- reading ---

    def _read(self, entries: Sequence[TraceEntry]) -> None:
        last_of_session: dict[str, Exchange] = {}
        last_on: dict[str, Exchange] = {}
        last: Exchange | None = None
        previous: TraceEntry | None = None
        chosen_by_client: set[str] = set()
        answered = sessions_by_answer(entries)
        for entry in entries:
            if entry.direction == "in" and entry.transport in ("http", "ws", "mqtt"):
                exchange = self._came(entry, entry.session or answered.get(entry.seq, ""))
                chosen_by_client.update(segments(exchange.asked))
                if exchange.session:
                    last_of_session[exchange.session] = exchange
                if entry.connection:
                    last_on[entry.connection] = exchange
                last = exchange
            elif (close := _close(entry)) is not None or entry.direction == "out":
                cause = self._by_seq.get(entry.reply_to) if entry.reply_to else None
                is_answer = cause is not None
                if cause is None:
                    by_session = last_of_session.get(entry.session) if entry.session else None
                    cause = by_session or last_on.get(entry.connection) or (None if entry.session else last)
                if cause is None or _again(entry, previous):
                    continue
                newest = last_of_session.get(entry.session) if entry.session else None
                behind = newest.number if newest is not None and _is_owed(entry, cause, newest, is_answer) else 0
                self._left(entry, cause, is_answer, close, behind, chosen_by_client)
                previous = entry
        self._find_starts()

    def _came(self, entry: TraceEntry, session: str) -> Exchange:
        asked = self._asked(entry)
        if not session and _is_unknown(entry):
            session = self._named_in(asked)
        exchange = Exchange(len(self.exchanges) + 1, entry, _key(entry), asked, session)
        self.exchanges.append(exchange)
        if exchange.key[0] == _HANDSHAKE:
            self.paths[entry.connection] = exchange.key[1]
        self._by_seq[entry.seq] = exchange
        self._by_key.setdefault(exchange.key, []).append(exchange)
        return exchange

    def _named_in(self, asked: Any) -> str:
        """The session that is named in a call that no document knows, where its id is unmistakable; empty for none."""
        return next((session for session in self.sessions if parts_of(session) and contains(asked, session)), "")

    def _asked(self, entry: TraceEntry) -> Any:
        if _is_unknown(entry):
            data = self.trace.data(entry)
            if data is None and entry.size:
                return None
            return unknown_call(str(entry.meta.get("path", "")).partition("?")[2], data or b"")
        if entry.blob and entry.body is None:
            return None
        if entry.message == HANDSHAKE or (entry.transport == "http" and entry.body is None and not entry.size):
            return dict(parse_qsl(str(entry.meta.get("path", "")).partition("?")[2], keep_blank_values=True))
        return entry.body if entry.body is not None else plain_json(self.trace.data(entry))

    def _left(
        self,
        entry: TraceEntry,
        cause: Exchange,
        is_answer: bool,
        close: tuple[int, str] | None,
        behind: int,
        chosen_by_client: set[str],
    ) -> None:
        data = self.trace.data(entry)
        said = Said(entry, data, max(0.0, entry.time - cause.entry.time), is_answer, close, behind)
        if entry.transport == "http":
            if cause.answer is None:
                cause.answer = said
                cause.session = cause.session or entry.session
        elif entry.transport != "callback" or entry.meta.get("attempt", 1) == 1:
            cause.follows.append(said)
        session = entry.session or cause.session
        if session:
            body = entry.body if entry.body is not None else plain_json(data)
            made = self.sessions.setdefault(session, set())
            made.update(found for found in segments(body) if found not in chosen_by_client)
            made.update(found for found in segments({"id": session}) if found not in chosen_by_client)

    def _find_starts(self) -> None:
        seen: set[str] = set()
        for exchange in self.exchanges:
            session = exchange.session
            if session and session not in seen and not contains(exchange.asked, session):
                exchange.starts = exchange.key[0] == "http" and exchange.key[1] != HANDSHAKE
            seen.add(session)


def unknown_call(query: str, data: bytes) -> Mapping[str, Any]:
    """What a call says that no document knows: its query, and its body, as JSON values where it is JSON.

    Args:
        query: of the URL.
        data: its body. Other texts count as they are, and so do bytes that are no text.
    """
    asked = dict(parse_qsl(query, keep_blank_values=True))
    return {"query": asked, "body": _body(data)} if data else {"query": asked}


def _body(data: bytes) -> Any:
    try:
        value = plain_json(data)
        body = PlainText(data.decode()) if value is None else value
        # What is nested too deeply to be gone through is compared as bytes.
        for _ in leaves(body):
            pass
    except (UnicodeDecodeError, RecursionError):
        return data
    return body


def contains(value: Any, text: str) -> bool:
    """Whether a body has a text in one of its values."""
    return any(isinstance(leaf, str) and text in leaf for _, leaf in leaves(value))


def _is_unknown(entry: TraceEntry) -> bool:
    """Whether it is a call that no document knows, or one of a wrong method."""
    return entry.transport == "http" and not entry.message


def _key(entry: TraceEntry) -> Key:
    path = str(entry.meta.get("path", "")).partition("?")[0]
    if entry.message == HANDSHAKE:
        return _HANDSHAKE, path
    if _is_unknown(entry):
        return "http", f"{entry.meta.get('method', '')} {path}"
    return entry.transport, entry.message


def _close(entry: TraceEntry) -> tuple[int, str] | None:
    """What a note tells of a connection that the server has closed."""
    if entry.direction != "note" or entry.body != "closing":
        return None
    code, reason = entry.meta.get("code"), str(entry.meta.get("reason", ""))
    return None if not isinstance(code, int) or reason == _ENDING else (code, reason)


def _is_owed(entry: TraceEntry, cause: Exchange, newest: Exchange, is_answer: bool) -> bool:
    """Whether the answer to something was said then since something else came in, which nothing answers itself."""
    if not is_answer or newest is cause or newest.key[0] == "http" or not newest.asked:
        return False
    is_answered = any(said.is_answer for said in newest.follows)
    return not is_answered and entry.time - newest.entry.time <= _AT_ONCE


def _again(entry: TraceEntry, previous: TraceEntry | None) -> bool:
    """Whether it is the same publication as the one before, on its way to another subscriber."""
    if previous is None or entry.transport != "mqtt" or previous.transport != "mqtt":
        return False
    same: Mapping[str, Any] = {"topic": entry.meta.get("topic"), "text": entry.text, "raw": entry.raw}
    other: Mapping[str, Any] = {"topic": previous.meta.get("topic"), "text": previous.text, "raw": previous.raw}
    return same == other and entry.connection != previous.connection and entry.reply_to == previous.reply_to
