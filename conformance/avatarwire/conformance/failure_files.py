"""Failure files: written where a search puts them, and read again, whatever they are about."""

from __future__ import annotations

import hashlib
import stat
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any, Final, TypeAlias

import msgspec

from avatarwire.codecs.errors import AvatarwireError

from .fuzzing.failure import CodecFailure, FakeFailure, mistakes_of
from .probing.failure import Failure, mistakes

__all__ = ["FOLDER", "FORMAT", "AnyFailure", "BadFailure", "files", "read", "written"]

FORMAT: Final = "avatarwire.failure/1"
FOLDER: Final = Path(".avatarwire/failures")
_LARGEST: Final = 16 * 1024 * 1024

AnyFailure: TypeAlias = Failure | CodecFailure | FakeFailure
"""Of a client, of codecs, or of a fake: ``kind`` says which."""


class BadFailure(AvatarwireError):
    """A file is no failure that can be done again."""


class _Head(msgspec.Struct):
    format: Any = None


def written(failure: AnyFailure, folder: Path) -> Path:
    """Writes a failure to a folder, under a name that the same failure always has; the path.

    Raises:
        OSError: it cannot be written.
    """
    digest = hashlib.sha256(failure.key).hexdigest()[:10]
    path = folder / f"{failure.subject}-{failure.oracle}-{digest}.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(failure), indent=2) + b"\n")
    return path


def read(path: Path) -> AnyFailure:
    """A failure from a file.

    Raises:
        BadFailure: it is none.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise BadFailure(f"{path}: no regular file")
        if found.st_size > _LARGEST:
            raise BadFailure(f"{path}: larger than {_LARGEST} bytes")
        data = path.read_bytes()
    except OSError as error:
        raise BadFailure(f"{path}: {error.strerror or error}") from None
    if (vendors := _traced(data)) is not None:
        raise BadFailure(f"{path}: this is a trace: avatarwire serve {vendors} --replay {path}")
    try:
        named = msgspec.json.decode(data, type=_Head).format
        if named != FORMAT:
            raise BadFailure(f"{path}: format: expected {FORMAT!r}, got {named!r}")
        failure: AnyFailure = msgspec.json.decode(data, type=AnyFailure)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadFailure(f"{path}: no failure file: {error}") from None
    wrong = mistakes(failure) if isinstance(failure, Failure) else mistakes_of(failure)
    if (reason := next(wrong, None)) is not None:
        raise BadFailure(f"{path}: {reason}")
    return failure


class _Traced(msgspec.Struct):
    """What a trace says of itself first, as far as it is asked here."""

    format: str
    vendors: tuple[str, ...] = ()


_META: Final = "meta.json"
_LARGEST_META: Final = 1024 * 1024


def _traced(data: bytes) -> str | None:
    """Whose messages a trace has, complete or not; None where it is none."""
    first = data.partition(b"\n")[0]
    is_zip = data.startswith(b"PK")
    if is_zip:
        try:
            with zipfile.ZipFile(BytesIO(data)) as archive, archive.open(_META) as file:
                first = file.read(_LARGEST_META)
        except Exception:  # zipfile lets through whatever unpackers and codecs have to say of broken bytes
            first = b""
    try:
        found = msgspec.json.decode(first, type=_Traced)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "VENDOR" if is_zip else None
    if not found.format.startswith("avtrace/"):
        return None
    return " ".join(found.vendors) or "VENDOR"


def files(path: Path) -> list[Path]:
    """The failure files that a path names: itself, or those in the folder.

    Raises:
        BadFailure: there is none.
    """
    if not path.is_dir():
        return [path]
    found = sorted(path.glob("*.json"))
    if not found:
        raise BadFailure(f"{path}: no failure file is there")
    return found
