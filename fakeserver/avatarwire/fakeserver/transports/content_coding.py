"""The content coding of a request's body: gzip and deflate are understood, a label that is wrong is told. Sans-IO.

What comes out is never larger than a body may be, however small it came.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final, NamedTuple

from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import shown
from avatarwire.fakeserver.mistake import Mistake

__all__ = ["Decoded", "decoded"]

_CLAUSE: Final = "RFC9110-8.4"
_HEADER: Final = "content-encoding"
_UNSUPPORTED: Final = 415
_TOO_LARGE: Final = 413
_UNDERSTOOD: Final = "gzip, deflate or no Content-Encoding"

_GZIP: Final = 31
_ZLIB: Final = 15
_RAW: Final = -15
"""zlib's numbers for the forms that it knows."""
_GZIP_MARK: Final = b"\x1f\x8b"
_MARKS: Final = ((_GZIP_MARK, "gzip"), (b"\x28\xb5\x2f\xfd", "zstd"))
_WAYS: Final = {"gzip": (_GZIP,), "x-gzip": (_GZIP,), "deflate": (_ZLIB, _RAW)}
"""By name; deflate is that of zlib, and some send it bare."""


class Decoded(NamedTuple):
    """A body whose coding was looked at.

    Attributes:
        body: without the coding, where that is understood; as it came otherwise.
        mistake: why it is not understood, if it is not.
        remarks: what else was noticed.
    """

    body: bytes
    mistake: Mistake | None = None
    remarks: tuple[Finding, ...] = ()


def decoded(body: bytes, codings: Sequence[str], limit: int) -> Decoded:
    """Takes the content coding off a body.

    Args:
        body: as it was sent.
        codings: values of its header Content-Encoding.
        limit: the most bytes that may come of it.
    """
    if not codings:  # nearly all
        return _unnamed(body) if body else Decoded(body)
    named = [name for value in codings for name in (part.strip().lower() for part in value.split(",")) if name]
    named = [name for name in named if name != "identity"]
    if not body:
        return Decoded(body)
    if not named:
        return _unnamed(body)
    if len(named) > 1 or named[0] not in _WAYS:
        return Decoded(body, _mistake(f"the coding {shown(', '.join(named))} is not understood", _UNSUPPORTED))
    name = named[0]
    if body.lstrip()[:1] in (b"{", b"["):
        remark = Finding(_CLAUSE, _HEADER, f"says {name}, and the body is not compressed", "no such header")
        return Decoded(body, None, (remark,))
    reason = ""
    for way in _WAYS[name]:
        try:
            plain = _inflated(body, way, limit)
        except zlib.error:
            continue
        except EOFError as end:
            reason = str(end)
            continue
        if plain is None:
            told = f"the body has more than {limit} bytes once it is decompressed"
            return Decoded(body, _mistake(told, _TOO_LARGE, f"at most {limit}"))
        sizes = f"{name}: {len(body)} bytes, {len(plain)} once they are decompressed"
        return Decoded(plain, None, (Finding(_CLAUSE, _HEADER, sizes, level="note"),))
    return Decoded(body, _mistake(reason or f"says {name}, and the body is no {name}", 400, "a body of that coding"))


def _unnamed(body: bytes) -> Decoded:
    for mark, name in _MARKS:
        if body.startswith(mark):
            told = f"the body is {name}, which no header says"
            return Decoded(body, _mistake(told, _UNSUPPORTED, f"Content-Encoding: {name}, or a body as it is"))
    return Decoded(body)


def _inflated(body: bytes, way: int, limit: int) -> bytes | None:
    """What was compressed; None for more than the limit.

    Raises:
        zlib.error: it was not compressed in this way.
        EOFError: it ends too early, or something else is behind it.
    """
    plain, rest = b"", body
    while True:
        inflating = zlib.decompressobj(way)
        plain += inflating.decompress(rest, limit + 1 - len(plain))
        if len(plain) > limit:
            return None
        if not inflating.eof:
            raise EOFError("the compressed body ends too early")
        rest = inflating.unused_data
        if not rest:
            return plain
        if way != _GZIP or not rest.startswith(_GZIP_MARK):
            raise EOFError(f"{len(rest)} bytes behind the compressed body")


def _mistake(reason: str, status: int, expected: str = _UNDERSTOOD) -> Mistake:
    return Mistake(reason, expected, _CLAUSE, _HEADER, status)
