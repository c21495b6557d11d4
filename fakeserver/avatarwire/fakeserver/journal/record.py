"""What the journal keeps: one record for everything that happened, as it came, secrets included.

Records never leave the journal: whoever reads gets the entry that ``rendering.py`` makes of one. Only what is kept may
live here, and as little as possible, for every message of a conversation becomes a record while somebody waits for its
answer. Nothing here can be printed, pickled or written out with what it holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NoReturn, TypeAlias, TypedDict

import msgspec

from avatarwire.fakeserver.journal.entry import NO_META, Digest, Direction, Entry, Finding, Transport, Violation

__all__ = ["PLAIN", "About", "Bytes", "More", "Occurrence", "Record"]

Bytes: TypeAlias = bytes | bytearray | memoryview


class About(TypedDict, total=False):
    """What there is to say of an entry beside its transport, direction and message.

    Attributes:
        connection, session, status, deviations, violations, reply_to, meta: as in :class:`Entry`, but not masked.
        raw: the bytes as they crossed the wire.
        body: the decoded message.
        headers: HTTP headers, shown as ``meta["headers"]``.
        audio: whether ``raw`` is audio: only hash and length are kept. The caller's ``body`` has to leave the samples
            out; a body of plain bytes is not kept.
        prefix: bytes at the start of audio that are no samples, such as a frame header; they stay in ``raw``.
        secrets: texts that are secret in this entry although no name says so; they are masked wherever they stand in
            it, also as JSON or a URL writes them.
    """

    connection: str
    raw: Bytes | None
    body: object
    session: str
    status: int | None
    deviations: tuple[str, ...]
    violations: tuple[Violation, ...]
    reply_to: int
    meta: Mapping[str, object]
    headers: tuple[tuple[str, str], ...]
    audio: bool
    prefix: int
    secrets: tuple[str, ...]


class _Private:
    """Something whose content is for the journal alone."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} of the journal holds secrets: pickle its entry")


class More(_Private, msgspec.Struct, frozen=True, gc=False):
    """What most messages of a socket do not have.

    Attributes:
        secrets: texts that are secret in this record wherever they stand.
        status, deviations, violations, meta, audio, omitted: as in :class:`Entry`, not masked.
        headers: HTTP headers, not masked.
    """

    status: int | None = None
    deviations: tuple[str, ...] = ()
    violations: tuple[Violation, ...] = ()
    meta: Mapping[str, object] = NO_META
    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    audio: Digest | None = None
    omitted: Digest | None = None


PLAIN: Final = More()
"""Of all records that have nothing more."""


class Record(_Private, msgspec.Struct, gc=False):
    """One thing that happened, as it came.

    Attributes:
        seq, time, transport, direction, connection, message, session, reply_to: as in :class:`Entry`, not masked.
        raw: the bytes as they crossed the wire; of audio what is no sample.
        body: the decoded message itself, not a copy.
        cost: bytes of the journal's budget that the record takes up, an estimate.
        more: what else there is.
        entry: what is shown of it, once somebody has asked.
    """

    seq: int
    time: float
    transport: Transport
    direction: Direction
    connection: str
    message: str
    session: str
    raw: bytes | None
    body: object
    reply_to: int
    cost: int
    more: More = PLAIN
    entry: Entry | None = None


class Occurrence(_Private, msgspec.Struct, gc=False):
    """A violation as it was found, and where; it outlives the record it belongs to.

    Attributes:
        violation: not masked.
        seq, time, transport, connection, session, message: of the record.
        secrets: of the record.
        finding: what is shown of it, once somebody has asked.
    """

    violation: Violation
    seq: int
    time: float
    transport: Transport
    connection: str
    session: str
    message: str
    secrets: tuple[str, ...]
    finding: Finding | None = None
