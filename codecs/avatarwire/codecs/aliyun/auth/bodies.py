"""Of what a declared body hash is the hash, where it is not that of the body that was received."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Final

__all__ = ["hashed_otherwise"]

_LARGEST: Final = 64 * 1024
"""Bytes of a body that is looked at for other forms of it."""
_GZIP: Final = 31
"""zlib's number for the form of gzip."""

_DIGESTS: Final[tuple[tuple[str, Callable[[bytes], bytes]], ...]] = (
    ("the MD5", lambda data: hashlib.md5(data, usedforsecurity=False).digest()),
    ("the SHA-1", lambda data: hashlib.sha1(data, usedforsecurity=False).digest()),
    ("the SHA-512", lambda data: hashlib.sha512(data).digest()),
)


def hashed_otherwise(body: bytes, declared: str) -> str:
    """Of what a declared hash is the hash; empty where nothing usual leads to it.

    Args:
        body: as received.
        declared: as the client has it.

    Returns:
        Completes "x-acs-content-sha256 is ...".
    """
    ours = hashlib.sha256(body)
    if declared.lower() == ours.hexdigest():
        return "the hash of the body in upper case"
    if declared == base64.b64encode(ours.digest()).decode():
        return "the hash of the body in Base64, not in hex"
    if declared == "UNSIGNED-PAYLOAD":
        return "a word of another vendor, not a hash"
    if declared.lower() == hashlib.sha256().hexdigest():
        return "the hash of an empty body"
    if len(body) > _LARGEST:
        return ""
    for name, digest in _DIGESTS:
        if declared.lower() == digest(body).hex():
            return f"{name} of the body, not its SHA-256"
    for what, other in _forms(body):
        if declared.lower() == hashlib.sha256(other).hexdigest():
            return f"the hash of {what}"
    return ""


def _forms(body: bytes) -> Iterator[tuple[str, bytes]]:
    """What a client may have had in its hands before the body was what it is now."""
    with suppress(zlib.error):
        yield "the body before it was compressed", zlib.decompressobj(_GZIP).decompress(body, _LARGEST)
    yield "the body without the line feed at its end", body.rstrip(b"\r\n")
    yield "the body with a line feed at its end", body + b"\n"
    yield "the body with CR LF where LF was sent", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "the body with LF where CR LF was sent", body.replace(b"\r\n", b"\n")
    yield "the body in quotation marks: it was made JSON twice", _as_json(body)
    with suppress(ValueError, RecursionError):
        value = json.loads(body)
        for separators in ((",", ":"), (", ", ": "), (",", ": ")):
            for is_ascii in (False, True):
                for is_sorted in (False, True):
                    text = json.dumps(value, ensure_ascii=is_ascii, separators=separators, sort_keys=is_sorted)
                    yield "the same JSON written otherwise: it was written anew after signing", text.encode()


def _as_json(body: bytes) -> bytes:
    return json.dumps(body.decode("utf-8", "replace"), ensure_ascii=False).encode()
