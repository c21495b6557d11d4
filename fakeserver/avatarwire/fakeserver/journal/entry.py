"""What the journal holds: one entry for every message, call or note, and how it reads as text and as JSON.

Only entries and their rendering may live here; keeping, finding and exporting them is the journal's, which masks
secrets when it makes an entry of what it keeps (``rendering.py``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, Generic, Literal, Self, TypeAlias, cast

import msgspec
from msgspec import structs

from avatarwire.codecs.core import findings
from avatarwire.codecs.core.findings import Level
from avatarwire.fakeserver.journal.masking import masked

if TYPE_CHECKING:
    # Type checkers have it at hand; it is not needed to run.
    from typing_extensions import TypeVar

    BodyT = TypeVar("BodyT", default=Any)
else:
    from typing import TypeVar

    BodyT = TypeVar("BodyT")

__all__ = [
    "NO_META",
    "BodyT",
    "Digest",
    "Direction",
    "Entry",
    "Finding",
    "Level",
    "Transport",
    "Violation",
    "finding_json",
    "lines",
    "plain_value",
    "told",
]

Transport: TypeAlias = Literal["http", "ws", "mqtt", "callback", "note"]
"""What the message travelled on; ``note`` is for what the server itself has to say."""

Direction: TypeAlias = Literal["in", "out", "note"]
"""``in`` came from the client, ``out`` went to it, ``note`` crossed no wire."""

NO_META: Final[Mapping[str, object]] = {}

_PREVIEW: Final = 96
"""Characters of a body that one line of text shows."""

_SESSION: Final = 8
"""Characters of a session id that one line of text shows at least."""

_INLINE: Final = 64
"""Bytes inside a body up to which they are written out; longer ones are a hash and a length."""

Blob: TypeAlias = bytes | bytearray | memoryview


class Digest(msgspec.Struct, frozen=True):
    """What is left of bytes too large to keep.

    Attributes:
        sha256: lower-case hex.
        length: in bytes.
    """

    sha256: str
    length: int

    @classmethod
    def of(cls, data: Blob) -> Digest:
        """The digest of ``data``."""
        return cls(hashlib.sha256(data, usedforsecurity=False).hexdigest(), len(data))


Violation: TypeAlias = findings.Finding
"""One rule of the vendor's document that a message breaks, as the codecs found it or as the fake did."""


def told(violation: Violation) -> str:
    """A violation in one line: ``ALI-R099 error: askType: got 3``."""
    head = f"{violation.clause} {violation.level}"
    return ": ".join(part for part in (head, violation.path, violation.sentence) if part)


class Finding(findings.Finding, frozen=True, kw_only=True):
    """A violation and where it was seen; it outlives the journal entry it belongs to.

    Attributes:
        seq: number of the entry.
        time: seconds since the epoch on the server's clock.
        transport, connection, vendor, session, message: as in the entry.
    """

    seq: int
    time: float
    transport: Transport
    connection: str = ""
    vendor: str
    session: str
    message: str

    @classmethod
    def of(cls, violation: Violation, entry: Entry) -> Self:
        """A violation of a journal entry, which has to be masked like the entry."""
        return cls(
            **structs.asdict(violation),
            seq=entry.seq,
            time=entry.time,
            transport=entry.transport,
            connection=entry.connection,
            vendor=entry.vendor,
            session=entry.session,
            message=entry.message,
        )

    def __str__(self) -> str:
        where = " ".join(part for part in (f"#{self.seq}", self.transport, self.message) if part)
        return f"{where}: {told(self)}"


class Entry(msgspec.Struct, Generic[BodyT], frozen=True, gc=False):
    """One thing that happened on the wire or in the server, secrets masked.

    Its type is that of its body: ``Entry[TextDriveRequest]`` is what ``journal.expect(TextDriveRequest)`` gives, and
    ``Entry`` alone has a body of which type checkers know nothing.

    Attributes:
        seq: number on the journal's timeline, from 1, never reused.
        time: seconds since the epoch on the server's clock.
        transport: what it travelled on.
        direction: ``in`` from the client, ``out`` to the client, ``note`` neither.
        connection: id of the connection it travelled on, unique in this journal, or empty.
        vendor: vendor name such as ``aliyun``, or empty.
        session: session id, or empty.
        message: catalogue id such as ``text_drive.request``, or empty.
        raw: the bytes as they crossed the wire; None when there were none or they were not kept.
        body: the decoded message; None when there is none.
        audio: hash and length of the audio that ``raw`` therefore does not hold.
        omitted: hash and length of bytes too large for the journal to keep.
        deviations: errata by which the message was read leniently, such as ``ALI-E15``.
        violations: rules that the message breaks.
        status: HTTP status or WebSocket close code.
        reply_to: ``seq`` of the entry this one answers, 0 for none.
        meta: what the transport knows beside the message: ``method``, ``path``, ``headers`` and the like.
    """

    seq: int
    time: float
    transport: Transport
    direction: Direction
    connection: str = ""
    vendor: str = ""
    session: str = ""
    message: str = ""
    raw: bytes | None = None
    body: BodyT = cast("Any", None)
    audio: Digest | None = None
    omitted: Digest | None = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    status: int | None = None
    reply_to: int = 0
    meta: Mapping[str, object] = NO_META

    def to_dict(self) -> dict[str, object]:
        """The entry as plain JSON values; what there is none of is left out.

        ``raw`` is hex, with ``text`` beside it when the bytes are JSON; ``audio`` and ``omitted`` are digests
        (``sha256``, ``length``); the body has the names of the wire.
        """
        text = _json_text(self.raw)
        fields: dict[str, object] = {
            "seq": self.seq,
            "time": self.time,
            "transport": self.transport,
            "direction": self.direction,
            "connection": self.connection or None,
            "vendor": self.vendor or None,
            "session": self.session or None,
            "message": self.message or None,
            "status": self.status,
            "reply_to": self.reply_to or None,
            "raw": None if self.raw is None else self.raw.hex(),
            "text": text,
            "body": plain_value(self.body),
            "audio": None if self.audio is None else msgspec.to_builtins(self.audio),
            "omitted": None if self.omitted is None else msgspec.to_builtins(self.omitted),
            "deviations": list(self.deviations) or None,
            "violations": [finding_json(violation) for violation in self.violations] or None,
            "meta": plain_value(self.meta) if self.meta else None,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def line(self, origin: float | None = None, session: str | None = None) -> str:
        """The entry in one line: what it is and says first, then the rules it breaks, then where it belongs.

        Args:
            origin: epoch seconds from which on its time counts; None for the date and time in UTC.
            session: how its session is written; None for its id. A reader of many lines wants short ones (`lines`).
        """
        time = _utc(self.time) if origin is None else f"{self.time - origin:+.3f}s"
        parts = [f"#{self.seq}", time, self.transport, self.direction, self.message]
        if self.status is not None:
            parts.append(str(self.status))
        if not self.message:  # a message's name says where it went
            parts += [f"{name}={self.meta[name]}" for name in ("method", "path", "topic") if name in self.meta]
        parts += [
            f"{digest.length} B {kind} {digest.sha256[:8]}…"
            for kind, digest in (("audio", self.audio), ("omitted", self.omitted))
            if digest is not None
        ]
        parts.append(self._preview())
        parts += [f"[{told(violation)}]" for violation in self.violations]
        if self.session:
            parts.append(f"session={self.session if session is None else session}")
        if self.connection:
            parts.append(f"@{self.connection}")
        return masked(" ".join(part for part in parts if part))

    def __str__(self) -> str:
        return self.line()

    def __repr__(self) -> str:
        return f"<Entry {self.line()}>"

    def _preview(self) -> str:
        if self.raw and (text := _json_text(self.raw)):
            shown = text
        elif self.body is not None:
            shown = msgspec.json.encode(plain_value(self.body)).decode()
        else:
            return f"{len(self.raw)} B {self.raw[:24].hex()}" if self.raw else ""
        return shown if len(shown) <= _PREVIEW else shown[: _PREVIEW - 1] + "…"


def lines(entries: Sequence[Entry], origin: float) -> list[str]:
    """Entries in one line each, with no more of the ids of their sessions than tells these apart.

    Args:
        entries: in the order in which they are shown.
        origin: epoch seconds from which on their times count.
    """
    ids = {entry.session for entry in entries}
    length = _SESSION
    while len({id_[:length] for id_ in ids}) < len(ids):
        length += 1
    # Nothing is cut for one character.
    return [
        entry.line(origin, f"{entry.session[:length]}…" if len(entry.session) > length + 1 else None)
        for entry in entries
    ]


def _utc(time: float) -> str:
    try:
        return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
    except (ValueError, OverflowError, OSError):  # a virtual clock may be beyond all calendars
        return f"{time:.3f}s"


def finding_json(violation: Violation) -> dict[str, str]:
    """A violation as JSON values; what was expected is left out where nobody says it."""
    fields = {name: getattr(violation, name) for name in ("clause", "path", "reason", "expected", "level")}
    return {name: value for name, value in fields.items() if value or name != "expected"}


def _json_text(raw: bytes | None) -> str | None:
    """The bytes as text when they look like a JSON document."""
    if raw is None or raw.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return None


def plain_value(value: object) -> object:
    """Any value as plain JSON values, in wire names; never raises."""
    try:
        return _tidy(
            msgspec.to_builtins(value, builtin_types=(bytes, bytearray, memoryview), str_keys=True, enc_hook=_describe)
        )
    except RecursionError:
        return "nested too deeply to show"
    except Exception as failure:
        return f"cannot be shown: {type(failure).__name__}"


def _describe(value: object) -> object:
    """What msgspec does not know: another kind of mapping, or the type's name, as a repr may hold secrets."""
    if isinstance(value, Mapping):
        return dict(cast("Mapping[object, object]", value))
    return f"<{type(value).__name__}>"


def _tidy(value: object) -> object:
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, bytes | bytearray | memoryview):
        blob = cast("Blob", value)
        return blob.hex() if len(blob) <= _INLINE else msgspec.to_builtins(Digest.of(blob))
    if isinstance(value, dict):
        items = cast("dict[object, object]", value)
        return {str(_tidy(key)): _tidy(item) for key, item in items.items()}
    if isinstance(value, list | tuple):
        return [_tidy(item) for item in cast("list[object]", value)]
    return value
