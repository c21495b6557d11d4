"""Where a number stands that nothing can hold."""

from __future__ import annotations

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.beyond import number_beyond
from avatarwire.codecs.errors import DecodeError


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b'{"a": 1e400}', "a"),
        (b'{"a": 1.5, "b": {"c": [1, {"d": -1e999}]}, "e": 1e400}', "b.c[1].d"),
        (b'[1, 1e400, {"a": 1e400}]', "[1]"),
        (b"1e400", ""),
        (b'{"a": 1}', ""),
        (b'{"a": 1e400', ""),
        (b"[" * 100_000, ""),
    ],
    ids=["member", "inside", "list", "alone", "none", "no JSON", "too deep"],
)
def test_the_first_such_number_is_found(data: bytes, path: str) -> None:
    assert number_beyond(data) == path


@pytest.mark.parametrize(
    ("vendor", "message", "data", "told"),
    [
        ("aliyun", "StartAvatarSession.request", b'{"projectId": 1e400}', "projectId: a number is out of range"),
        (
            "guiji",
            "getAccessToken.request",
            b'{"appId": "a", "appSecret": 1e400}',
            "appSecret: a number is out of range",
        ),
        (
            "guiji",
            "createLive.response",
            b'{"code":200,"msg":"ok","success":true,"data":1e400}',
            "data: a number is out",
        ),
        ("sensetime", "startLive.request", b'{"sessionId": 1e400}', "sessionId: a number is out of range"),
    ],
)
def test_an_error_names_the_member_in_our_own_words(vendor: str, message: str, data: bytes, told: str) -> None:
    with pytest.raises(DecodeError) as caught:
        catalogue.vendor(vendor).decode(message, data)
    assert told in str(caught.value)
    assert "$" not in str(caught.value)
