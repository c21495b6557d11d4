"""The form of a trace, ``avtrace/1``.

A trace is a zip with ``meta.json``, ``trace.ndjson``, one entry a line, and ``blobs/``, bytes by their SHA-256. While
it is written it is ``FILE.part``: the same lines, ``meta.json`` first, and each blob as a line before the entry that
names it, so that whatever was written before a process was killed can be read.

Only the form lives here; every key is described in ``docs/recording.md``.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from avatarwire.codecs.errors import AvatarwireError

__all__ = ["BLOBS", "BLOB_LINE", "ENTRIES", "FORMAT", "INLINE", "META", "Blob", "TraceEntry", "TraceError", "TraceMeta"]

FORMAT: Final = "avtrace/1"
META: Final = "meta.json"
ENTRIES: Final = "trace.ndjson"
BLOBS: Final = "blobs/"
BLOB_LINE: Final = b'{"blob":'
"""How the line of a blob begins in ``FILE.part``; an entry begins with its version."""
INLINE: Final = 2048
"""Bytes of a message up to which they stand in its entry."""


class TraceError(AvatarwireError):
    """A file is no trace, or a broken one; the text says where.

    Args:
        path: of the file.
        reason: what is wrong with it.
    """

    def __init__(self, path: object, reason: str) -> None:
        self.path: Final = path
        self.reason: Final = reason
        super().__init__(f"{path}: {reason}")


class TraceMeta(msgspec.Struct, frozen=True, kw_only=True):
    """What a trace says of itself.

    Attributes:
        format: ``avtrace/1``.
        avatarwire: version of this package that has written it.
        vendors: whose messages are in it.
        source: what has written it: ``serve``, ``record``, ``pytest`` or ``code``.
        started: epoch seconds on the clock of the first fake, or of the proxy.
        title: what it is about, such as the id of a test; empty for nothing.
        with_secrets: whether secrets are in it as they were.
        entries: how many there are; None while it is written.
        dropped: entries that are missing since more happened than could be kept.
        addresses: of a proxy, by local address what it stands for; the entries have the local ones.
    """

    format: str = FORMAT
    avatarwire: str
    vendors: tuple[str, ...]
    source: str
    started: float
    title: str = ""
    with_secrets: bool = False
    entries: int | None = None
    dropped: int = 0
    addresses: dict[str, str] = {}


class TraceEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened.

    Attributes:
        v: version of the form of an entry.
        seq: number in the trace, from 1, in the order it happened.
        time: epoch seconds on the clock of whoever has written it down.
        transport: ``http``, ``ws``, ``mqtt``, ``callback``, or ``note`` for what crossed no wire.
        direction: ``in`` from the client, ``out`` to it, ``note`` neither.
        connection: on which connection, such as ``c2``.
        vendor: whose message.
        message: catalogue id; empty where it is none.
        session: id of the session; empty for none.
        reply_to: ``seq`` of the entry that it answers; 0 for none.
        status: HTTP status, or close code.
        body: what it says, as JSON values by the names of the wire.
        raw: its bytes in hex, where they are few and no JSON.
        text: its bytes, where they are few and JSON.
        blob: SHA-256 of its bytes, which are in ``blobs/``, where they are many or audio.
        size: of its bytes.
        deviations: errata by which it was read leniently.
        violations: rules that it breaks: ``clause``, ``path``, ``reason``, ``expected``, ``level``.
        fault: of a note that says that a rule has acted: which rule, what it did, and to what.
        meta: what the transport knows beside it: ``method``, ``path``, ``headers``, ``topic`` and the like.
    """

    v: int
    seq: int
    time: float
    transport: Literal["http", "ws", "mqtt", "callback", "note"]
    direction: Literal["in", "out", "note"]
    connection: str = ""
    vendor: str = ""
    message: str = ""
    session: str = ""
    reply_to: int = 0
    status: int | None = None
    body: Any = None
    raw: str = ""
    text: str = ""
    blob: str = ""
    size: int = 0
    deviations: tuple[str, ...] = ()
    violations: tuple[dict[str, Any], ...] = ()
    fault: dict[str, Any] | None = None
    meta: dict[str, Any] = {}


class Blob(msgspec.Struct, frozen=True):
    """A line of ``FILE.part`` with the bytes of a message.

    Attributes:
        blob: their SHA-256.
        data: Base64 of them.
    """

    blob: str
    data: bytes
