"""Whatever is given to a catalogue, it answers or raises an error of the tree: for every entry, and both ways."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.errors import AvatarwireError

NESTED = b"[" * 3000 + b"]" * 3000
BYTES = (
    b"", b"{}", b"[]", b"null", b"1", b'"x"', b"\xff", b"\xef\xbb\xbf{}", b"{" * 2000, NESTED, b'{"a":' + NESTED + b"}",
    b'{"code":1e400}', b'{"code":1e999,"message":"x"}', b"a=%zz&b=%ff", b"&&&", b"=", b"a" * 300_000, bytes(range(256)),
    b'{"data":null}', b'{"code":0,"message":"success","data":' + b"9" * 5000 + b"}", b'{"x":"\\ud800"}', b'{"a":NaN}',
    b"id=1&" * 500, bytes(12), b"\x01\x01\x80SERIAL01{", b'{"method":5}', b'{"method":"SessionState","params":[]}',
    b'{"result":{},"error":{}}', b'{"id":1,"result":5}',
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, 1, 1.5, "x", "\ud800", b"x", {}, {"a": 1}, {"a": "\ud800"}, {1: 2}, {"sessionId": object()}, object(), [1],
    (), 10**400, float("nan"), {"text": float("inf")}, True, {"data": None}, {"code": 10**30},
)  # fmt: skip

EVERY = [pytest.param(entry, id=f"{vendor}-{entry.id}") for vendor, entry in catalogue.entries()]


@pytest.mark.parametrize("entry", EVERY)
def test_any_bytes_are_read_or_refused(entry: Entry) -> None:
    told: list[str] = []
    for data in BYTES:
        for strict in (False, True):
            try:
                received = entry.decode(data, strict=strict)
            except AvatarwireError as error:
                told.append(str(error))
            else:
                assert received.encode() == data
                assert isinstance(received.unknown_fields(), dict)
    assert all(told)


@pytest.mark.parametrize("entry", EVERY)
def test_any_value_is_written_or_refused(entry: Entry) -> None:
    told: list[str] = []
    for value in VALUES:
        try:
            data = entry.encode(value)
        except AvatarwireError as error:
            told.append(str(error))
        else:
            assert entry.decode(data, strict=True).id == entry.id
    assert all(told)
