"""Of what a declared body hash is the hash."""

from __future__ import annotations

import base64
import gzip
import hashlib

import pytest

from avatarwire.codecs.aliyun.auth.bodies import hashed_otherwise

BODY = '{"b": 1, "a": "é"}'.encode()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("declared", "of_what"),
    [
        (sha(BODY).upper(), "the hash of the body in upper case"),
        (base64.b64encode(hashlib.sha256(BODY).digest()).decode(), "the hash of the body in Base64, not in hex"),
        ("UNSIGNED-PAYLOAD", "a word of another vendor, not a hash"),
        (sha(b""), "the hash of an empty body"),
        (hashlib.md5(BODY).hexdigest(), "the MD5 of the body, not its SHA-256"),  # noqa: S324 - a client's mistake
        (hashlib.sha1(BODY).hexdigest(), "the SHA-1 of the body, not its SHA-256"),  # noqa: S324 - likewise
        (hashlib.sha512(BODY).hexdigest(), "the SHA-512 of the body, not its SHA-256"),
        (sha(BODY + b"\n"), "the hash of the body with a line feed at its end"),
        (sha('{"b":1,"a":"é"}'.encode()), "the hash of the same JSON written otherwise: it was written anew after"),
        (sha(b'{"a": "\\u00e9", "b": 1}'), "the hash of the same JSON written otherwise: it was written anew after"),
        (sha('"{\\"b\\": 1, \\"a\\": \\"é\\"}"'.encode()), "the hash of the body in quotation marks: it was made JSON"),
        (sha(b"something else"), ""),
    ],
)
def test_what_the_declared_hash_is_of(declared: str, of_what: str) -> None:
    found = hashed_otherwise(BODY, declared)
    assert found.startswith(of_what)
    assert bool(found) == bool(of_what)


@pytest.mark.parametrize(
    ("body", "signed", "of_what"),
    [
        (gzip.compress(BODY), BODY, "the hash of the body before it was compressed"),
        (BODY + b"\r\n", BODY, "the hash of the body without the line feed at its end"),
        (b"{\n}", b"{\r\n}", "the hash of the body with CR LF where LF was sent"),
        (b"{\r\n}", b"{\n}", "the hash of the body with LF where CR LF was sent"),
        (b"[" * 100_000, b"[", ""),
        (b"[" * 60_000, b"[", ""),
    ],
    ids=["gzip", "line feed", "LF", "CR LF", "too large", "too deep"],
)
def test_what_a_body_was_before(body: bytes, signed: bytes, of_what: str) -> None:
    assert hashed_otherwise(body, sha(signed)) == of_what
