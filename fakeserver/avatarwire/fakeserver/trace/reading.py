"""Reads a trace, complete or not: what is no trace, or a broken one, is an error that says where.

Only reading lives here.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import msgspec

from avatarwire.codecs.core.conversion import convert, decoder
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.trace.format import (
    BLOB_LINE,
    BLOBS,
    ENTRIES,
    FORMAT,
    META,
    Blob,
    TraceEntry,
    TraceError,
    TraceMeta,
)

__all__ = ["LARGEST", "Trace", "read"]

LARGEST: Final = 1024 * 1024 * 1024
"""Bytes of all that is in a trace, unpacked."""
_ZIP: Final = b"PK\x03\x04"
_EMPTY_ZIP: Final = b"PK\x05\x06"


@dataclass(frozen=True)
class Trace:
    """A trace.

    Attributes:
        path: of the file.
        meta: what it says of itself.
        entries: what happened, in order.
        complete: whether it was written to its end.
        blobs: bytes by their SHA-256.
    """

    path: Path
    meta: TraceMeta
    entries: tuple[TraceEntry, ...]
    complete: bool
    blobs: Mapping[str, bytes]

    def data(self, entry: TraceEntry) -> bytes | None:
        """The bytes of a message; None where there were none."""
        if entry.blob:
            return self.blobs.get(entry.blob)
        if entry.raw:
            return bytes.fromhex(entry.raw)
        return entry.text.encode() if entry.text else None


def read(path: str | Path) -> Trace:
    """Reads a trace.

    Raises:
        TraceError: the file cannot be read, is no trace, or a broken one.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            begin = file.read(4)
        if begin == _EMPTY_ZIP:
            raise TraceError(path, f"a zip without {META}: not a trace")
        return _zipped(path) if begin == _ZIP else _unfinished(path)
    except OSError as error:
        raise TraceError(path, error.strerror or str(error)) from None


# --- a complete one ---


def _zipped(path: Path) -> Trace:
    try:
        with zipfile.ZipFile(path) as archive:
            names = {info.filename: info.file_size for info in archive.infolist()}
            if META not in names:
                raise TraceError(path, f"a zip without {META}: not a trace")
            if sum(names.values()) > LARGEST:
                raise TraceError(path, f"more than {LARGEST:,} bytes are packed in it")
            meta = _meta(path, archive.read(META), META)
            if ENTRIES not in names:
                raise TraceError(path, f"{ENTRIES} is missing")
            entries = _entries(path, archive.read(ENTRIES).splitlines(), ENTRIES, 1)
            blobs = {name.removeprefix(BLOBS): archive.read(name) for name in names if name.startswith(BLOBS)}
            if meta.entries is not None and meta.entries != len(entries):
                raise TraceError(path, f"{META}: {meta.entries} entries, expected {len(entries)}, as {ENTRIES} has")
    except TraceError:
        raise
    except Exception as error:  # zipfile lets through whatever unpackers and codecs have to say of broken bytes
        raise TraceError(path, f"a broken zip: {error}") from None
    _check(path, blobs)
    missing = next((entry for entry in entries if entry.blob and entry.blob not in blobs), None)
    if missing is not None:
        raise TraceError(path, f"{BLOBS}{missing.blob} is missing, which entry {missing.seq} names")
    return Trace(path, meta, entries, True, blobs)


# --- one that is being written, or was ---


def _unfinished(path: Path) -> Trace:
    if path.stat().st_size > LARGEST:
        raise TraceError(path, f"more than {LARGEST:,} bytes")
    lines = path.read_bytes().split(b"\n")
    meta = _meta(path, lines[0], "line 1")
    # What comes behind the last end of a line was cut off.
    whole = lines[1:-1]
    blobs: dict[str, bytes] = {}
    entries: list[TraceEntry] = []
    for number, line in enumerate(whole, 2):
        if line.startswith(BLOB_LINE):
            blob = _decoded(path, line, f"line {number}", _BLOB)
            blobs[blob.blob] = blob.data
            _check(path, {blob.blob: blob.data}, f"line {number}: ")
        else:
            entries.extend(_entries(path, [line], "line", number))
    return Trace(path, meta, tuple(entries), False, blobs)


def _check(path: Path, blobs: Mapping[str, bytes], where: str = "") -> None:
    """Raises `TraceError` where the bytes of a blob are others than its name says."""
    for name, data in blobs.items():
        if hashlib.sha256(data, usedforsecurity=False).hexdigest() != name:
            raise TraceError(path, f"{where}{BLOBS}{name}: its bytes are others, expected those of this SHA-256")


def _entries(path: Path, lines: Iterable[bytes], where: str, first: int) -> tuple[TraceEntry, ...]:
    return tuple(_each(path, lines, where, first))


def _each(path: Path, lines: Iterable[bytes], where: str, first: int) -> Iterator[TraceEntry]:
    for number, line in enumerate(lines, first):
        place = f"{where} {number}" if where == "line" else f"{where} line {number}"
        entry = _decoded(path, line, place, _ENTRY)
        if entry.v != 1:
            raise TraceError(path, f"{place}: an entry of version {entry.v}, expected 1")
        if reason := _wrong(entry):
            raise TraceError(path, f"{place}: {reason}")
        yield entry


def _wrong(entry: TraceEntry) -> str:
    """What nobody could make anything of who shows or exports an entry; empty for nothing."""
    try:
        bytes.fromhex(entry.raw)
    except ValueError:
        return f"raw: got {shown(entry.raw)}, expected hex digits"
    try:
        convert(entry.violations, tuple[Finding, ...])
    except msgspec.ValidationError as error:
        return f"violations: {error}"
    try:
        convert(entry.meta.get("headers", []), dict[str, Any] | list[tuple[Any, Any]])
    except msgspec.ValidationError:
        return "meta: headers: expected pairs of name and value"
    return ""


_ENTRY: Final = decoder(TraceEntry)
_BLOB: Final = decoder(Blob)
_META: Final = decoder(TraceMeta)


def _decoded(path: Path, line: bytes, place: str, decode: Any) -> Any:
    try:
        return decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = str(error).replace("$.", "").replace(" - at `$`", "")
        raise TraceError(path, f"{place}: {reason}") from None


def _meta(path: Path, data: bytes, place: str) -> TraceMeta:
    """What a trace says of itself; what another kind of file is, is said."""
    try:
        found: Any = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        found = None
    said: Any = cast("dict[str, Any]", found).get("format") if isinstance(found, dict) else None
    if not isinstance(said, str):
        raise TraceError(path, "not a trace: expected a zip, or lines of JSON of which the first has a format")
    if said.startswith("avatarwire.failure/"):
        raise TraceError(path, "this is a failure of probe or fuzz: avatarwire replay FILE")
    if said != FORMAT:
        raise TraceError(path, f"{place}: format {said!r}, expected {FORMAT}")
    meta: TraceMeta = _decoded(path, data, place, _META)
    return meta
