"""The canonical form of a signed Aliyun request (ACS3-HMAC-SHA256) and the signature over it.

Only what both sides compute alike may live here: canonical query, header lines, request, string to sign and
signature. Who signs, who verifies and what a mismatch means is said in `signature.py` and `mismatch.py`.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from ...core.headers import Headers, collected
from ...core.masking import Discreet

__all__ = [
    "ALGORITHM",
    "CLAUSE",
    "CanonicalRequest",
    "Headers",
    "canonical_query",
    "canonical_request",
    "collected",
    "encoded_query",
    "header_lines",
    "query_pairs",
    "sha256_hex",
    "wire_bytes",
]

ALGORITHM: Final = "ACS3-HMAC-SHA256"
"""Name of the scheme: first word of ``Authorization`` and first line of the string to sign."""

CLAUSE: Final = "ALI-E67"
"""The erratum under which signing is ruled: the documents leave it to the SDK."""


class CanonicalRequest(Discreet, frozen=True):
    """The six parts of the text whose hash is signed; its representation leaves the headers out."""

    unshown = frozenset({"headers"})

    method: str
    path: str
    """Raw path, never empty."""
    query: str
    """Sorted and re-encoded query, see `canonical_query`; empty when there is none."""
    headers: str
    """One ``name:value`` line per signed header, each ended by LF."""
    signed_headers: str
    """Names of the signed headers, joined with semicolons."""
    body_hash: str
    """Lower-case hex SHA-256 of the body."""

    @property
    def text(self) -> str:
        """The canonical request. As every header line ends in LF, a blank line follows the headers."""
        return "\n".join((self.method, self.path, self.query, self.headers, self.signed_headers, self.body_hash))

    @property
    def hashed(self) -> str:
        """Lower-case hex SHA-256 of `text`."""
        return sha256_hex(wire_bytes(self.text))

    @property
    def string_to_sign(self) -> str:
        """The text that the signature covers."""
        return f"{ALGORITHM}\n{self.hashed}"

    def signature(self, access_key_secret: str) -> str:
        """Lower-case hex HMAC-SHA256 of `string_to_sign`, keyed with the secret itself, nothing derived."""
        return hmac.digest(wire_bytes(access_key_secret), wire_bytes(self.string_to_sign), "sha256").hex()


def canonical_request(
    method: str, path: str, raw_query: str, headers: Headers, names: Sequence[str], body_hash: str
) -> CanonicalRequest:
    """Brings a request into canonical form.

    Args:
        method: HTTP method, taken as it is.
        path: path as on the wire; an empty one counts as ``/``.
        raw_query: query as on the wire, in any order and encoding.
        headers: header names and values.
        names: which headers are signed, in the client's order.
        body_hash: lower-case hex SHA-256 of the body.
    """
    lower, joined = _listed(tuple(names))
    lines = header_lines(collected(headers), lower)
    return CanonicalRequest(method, path or "/", canonical_query(raw_query), lines, joined, body_hash)


@lru_cache(maxsize=64)
def _listed(names: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The names in lower case, and the list of them as it is signed: a client signs the same in each of its calls."""
    return tuple(map(str.lower, names)), ";".join(names)


def canonical_query(raw_query: str) -> str:
    """The query sorted by name and encoded one way, whichever way it was sent.

    Clients write a space as ``+`` or ``%20`` and leave different characters bare, so each name and value is
    decoded and encoded again with only ``A-Z a-z 0-9 - _ . ~`` bare. A name without a value gets its ``=``;
    names that repeat keep their order.
    """
    if not raw_query:
        return ""
    # Sorted by the decoded name, as the SDKs sort before they encode; UTF-8 sorts like the code points do.
    return encoded_query(sorted(query_pairs(raw_query), key=lambda pair: pair[0]))


def encoded_query(pairs: Iterable[tuple[bytes, bytes]]) -> str:
    """Names and values percent-encoded the canonical way, in the order given."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in pairs)


def query_pairs(raw_query: str) -> list[tuple[bytes, bytes]]:
    """Decoded names and values in the order sent; ``+`` is a space."""
    pieces = wire_bytes(raw_query).replace(b"+", b" ").split(b"&")
    pairs = (piece.partition(b"=") for piece in pieces if piece)
    return [(_decoded(name), _decoded(value)) for name, _, value in pairs]


# As `urllib.parse.unquote_to_bytes` does, which keeps an object for each escape until it joins them.
_ESCAPE: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_BYTES: Final = tuple(bytes((number,)) for number in range(256))


def _decoded(text: bytes) -> bytes:
    return _ESCAPE.sub(lambda found: _BYTES[int(found[1], 16)], text) if b"%" in text else text


def header_lines(values: Mapping[str, Sequence[str]], names: Iterable[str]) -> str:
    """``name:value`` lines in the order of `names`; values are trimmed, several of them sorted and joined."""
    lines: list[str] = []
    for name in map(str.lower, names):
        given = values.get(name, ())
        value = given[0].strip() if len(given) == 1 else ",".join(sorted([value.strip() for value in given]))
        lines.append(f"{name}:{value}\n")
    return "".join(lines)


def sha256_hex(data: bytes) -> str:
    """Lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def wire_bytes(text: str) -> bytes:
    """UTF-8 of a text from the wire; bytes that the HTTP layer kept as surrogates come out as they were."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
