"""Writes a trace as things happen: a line at once for each, and the complete file at the end.

Only that lives here; what becomes an entry is in ``following.py``.
"""

from __future__ import annotations

import hashlib
import os
import threading
import zipfile
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec
from msgspec import structs

from avatarwire.codecs.core.conversion import decoder
from avatarwire.codecs.output_files import OutputError, OutputFile
from avatarwire.fakeserver.trace.format import BLOB_LINE, BLOBS, ENTRIES, INLINE, META, Blob, TraceEntry, TraceMeta

try:
    import fcntl
except ImportError:  # no such locks on this system
    fcntl = None  # type: ignore[assignment]

__all__ = ["TraceWriter"]


def _lock(descriptor: int) -> None:
    """Has a file be this writer's until it is closed.

    Raises:
        BlockingIOError: it is another's.
    """
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class TraceWriter:
    """A trace that is being written. Any thread may add to it.

    Args:
        path: of the trace; until `close` it is ``PATH.part``.
        meta: what it says of itself.
        option: of the command that has named the path, for errors.

    Raises:
        OutputError: it cannot be written.
    """

    def __init__(self, path: str | Path, meta: TraceMeta, *, option: str = "") -> None:
        self._target: Final = OutputFile(path, option)
        self._target.check_writable()
        self._part: Final = OutputFile(f"{path}.part", option)
        self._part.check_writable()
        self._meta = meta
        self._lock: Final = threading.Lock()
        self._blobs: Final[set[str]] = set()
        self._count = 0
        self._vendors: Final[dict[str, None]] = dict.fromkeys(meta.vendors)
        self._dropped = 0
        self._failure: OutputError | None = None
        self._mode: Final = 0o600 if meta.with_secrets else 0o666
        self._file: BinaryIO | None = self._begun()
        self._write(msgspec.json.encode(meta))

    def _begun(self) -> BinaryIO:
        """The file that is written until `close`, which no other process may write as well."""
        descriptor = os.open(self._part.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, self._mode)
        file = open(descriptor, "ab", buffering=0)  # noqa: SIM115 - closed by `close`
        try:
            _lock(descriptor)
            file.truncate(0)
            if self._meta.with_secrets:  # also where an older one is there
                os.chmod(self._part.path, self._mode)
        except OSError as error:
            file.close()
            if isinstance(error, BlockingIOError):
                reason = "it is being written by another process"
                raise OutputError(self._target.option, self._target.path, reason) from None
            raise self._failed(error) from None
        return file

    @property
    def failure(self) -> OutputError | None:
        """Why nothing more can be written, such as a full disk; None while it can."""
        return self._failure

    @property
    def count(self) -> int:
        """Entries so far."""
        return self._count

    def add(self, data: bytes | None = None, *, inline: bool = True, **fields: Any) -> int:
        """Adds an entry.

        Args:
            data: bytes of the message; None for none.
            inline: whether they may stand in the entry.
            fields: of `TraceEntry`, without `seq` and what says where the bytes are.

        Returns:
            Its number; 0 where the trace is closed or cannot be written any more.
        """
        with self._lock:
            if self._file is None or self._failure is not None:
                return 0
            self._count += 1
            if vendor := fields.get("vendor"):
                self._vendors[vendor] = None
            where = {} if data is None else self._kept(data, inline=inline)
            self._write(msgspec.json.encode(TraceEntry(v=1, seq=self._count, **where, **fields)))
            return self._count

    def about(self, **members: Any) -> None:
        """What the trace says of itself is known only now.

        Args:
            members: of `TraceMeta`; they are in the complete file.
        """
        with self._lock:
            self._meta = structs.replace(self._meta, **members)

    def drop(self, entries: int) -> None:
        """So many things were not written down."""
        with self._lock:
            self._dropped += entries

    def close(self) -> None:
        """Makes the file complete. What cannot be written leaves ``PATH.part`` as it is.

        Raises:
            OutputError: it cannot be written, now or since some time.
        """
        with self._lock:
            if self._file is None:
                return
            self._file.close()
            self._file = None
            if self._failure is not None:
                raise self._failure
            meta = structs.replace(self._meta, vendors=tuple(self._vendors), entries=self._count, dropped=self._dropped)
            try:
                self._completed(meta)
                self._part.path.unlink()
            except OSError as error:
                raise self._failed(error) from None

    def _kept(self, data: bytes, *, inline: bool) -> dict[str, Any]:
        if inline and len(data) <= INLINE:
            if data[:1] in (b"{", b"["):
                try:
                    return {"text": data.decode(), "size": len(data)}
                except UnicodeDecodeError:
                    pass
            return {"raw": data.hex(), "size": len(data)}
        name = hashlib.sha256(data, usedforsecurity=False).hexdigest()
        if name not in self._blobs:
            self._blobs.add(name)
            self._write(msgspec.json.encode(Blob(name, data)))
        return {"blob": name, "size": len(data)}

    def _write(self, line: bytes) -> None:
        assert self._file is not None  # noqa: S101 - it is open
        left = memoryview(line + b"\n")
        try:
            while left:  # of a disk that fills up, first only a part is written
                left = left[self._file.write(left) :]
        except OSError as error:
            self._failure = self._failed(error)

    def _failed(self, error: OSError) -> OutputError:
        return OutputError(self._target.option, self._target.path, error.strerror or str(error))

    def _completed(self, meta: TraceMeta) -> None:
        """Makes the zip of the lines, of which none is held in memory but the one at hand."""
        unfinished = self._target.path.with_name(f".{self._target.path.name}.{os.getpid()}")
        try:
            read_blob = decoder(Blob)
            unfinished.touch(self._mode)
            with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(META, msgspec.json.format(msgspec.json.encode(meta), indent=2))
                with open(self._part.path, "rb") as lines, archive.open(ENTRIES, "w", force_zip64=True) as out:
                    next(lines)
                    for line in lines:
                        if not line.startswith(BLOB_LINE):
                            out.write(line)
                with open(self._part.path, "rb") as lines:
                    for line in lines:
                        if line.startswith(BLOB_LINE):
                            blob = read_blob(line)
                            archive.writestr(BLOBS + blob.blob, blob.data)
            os.replace(unfinished, self._target.path)
        finally:
            unfinished.unlink(missing_ok=True)
