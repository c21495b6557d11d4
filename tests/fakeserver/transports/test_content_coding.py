"""The content coding of a body: understood, refused by its name, or told as a wrong label."""

from __future__ import annotations

import gzip
import time
import tracemalloc
import zlib

import pytest

from avatarwire.fakeserver.transports.content_coding import decoded

BODY = b'{"sessionId":"abc"}'
LIMIT = 1000


def compressed(data: bytes) -> bytes:
    """Without the time, as bytes are in the names of tests, which have to be the same in all workers."""
    return gzip.compress(data, mtime=0)


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("body", "codings"),
    [
        (compressed(BODY), ["gzip"]),
        (compressed(BODY), ["identity", "X-GZIP"]),
        (compressed(BODY[:5]) + compressed(BODY[5:]), ["gzip"]),
        (zlib.compress(BODY), ["deflate"]),
        (raw_deflate(BODY), ["deflate"]),
    ],
    ids=["gzip", "x-gzip", "members", "zlib", "bare"],
)
def test_gzip_and_deflate_are_understood_and_noted(body: bytes, codings: list[str]) -> None:
    found = decoded(body, codings, LIMIT)
    assert (found.body, found.mistake) == (BODY, None)
    [remark] = found.remarks
    assert (remark.clause, remark.path, remark.level) == ("RFC9110-8.4", "content-encoding", "note")
    assert f"{len(body)} bytes, {len(BODY)} once they are decompressed" in remark.reason


@pytest.mark.parametrize(("body", "codings"), [(BODY, []), (BODY, ["identity"]), (b"", ["gzip"]), (BODY, [""])])
def test_a_body_without_a_coding_stays_as_it_is(body: bytes, codings: list[str]) -> None:
    assert decoded(body, codings, LIMIT) == (body, None, ())


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
@pytest.mark.parametrize("body", [BODY, b' [{"a":1}]'])
def test_a_plain_body_under_the_name_of_a_coding_is_taken_and_the_label_told(coding: str, body: bytes) -> None:
    found = decoded(body, [coding], LIMIT)
    assert (found.body, found.mistake) == (body, None)
    [remark] = found.remarks
    assert (remark.level, remark.reason) == ("error", f"says {coding}, and the body is not compressed")


@pytest.mark.parametrize(
    ("body", "codings", "status", "reason"),
    [
        (b"\x1b\x0e\x00", ["br"], 415, "the coding 'br' is not understood"),
        (compressed(compressed(BODY)), ["gzip, gzip"], 415, "the coding 'gzip, gzip' is not understood"),
        (compressed(BODY), [], 415, "the body is gzip, which no header says"),
        (b"\x28\xb5\x2f\xfd\x00", [], 415, "the body is zstd, which no header says"),
        (b"appId=a", ["gzip"], 400, "says gzip, and the body is no gzip"),
        (compressed(BODY)[:-4], ["gzip"], 400, "the compressed body ends too early"),
        (compressed(BODY) + b"more", ["gzip"], 400, "4 bytes behind the compressed body"),
        (zlib.compress(BODY) + b"more", ["deflate"], 400, "4 bytes behind the compressed body"),
        (compressed(bytes(LIMIT + 1)), ["gzip"], 413, "the body has more than 1000 bytes once it is decompressed"),
        (
            compressed(bytes(600)) + compressed(bytes(600)),
            ["gzip"],
            413,
            "the body has more than 1000 bytes once it is decompressed",
        ),
    ],
)
def test_what_is_not_understood_is_named(body: bytes, codings: list[str], status: int, reason: str) -> None:
    found = decoded(body, codings, LIMIT)
    assert found.mistake is not None
    assert (found.body, found.mistake.status, found.mistake.reason) == (body, status, reason)
    assert found.mistake.path == "content-encoding"
    assert found.mistake.expected


def test_a_bomb_takes_neither_memory_nor_time() -> None:
    bomb = compressed(bytes(64 << 20))
    tracemalloc.start()
    begun = time.process_time()
    assert decoded(bomb, ["gzip"], 1 << 20).mistake is not None
    spent, (_, peak) = time.process_time() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20
    assert spent < 1.0
