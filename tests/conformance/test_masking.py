"""What is secret by its name is masked, wherever the name stands."""

from __future__ import annotations

import pytest

from avatarwire.conformance.masking import masked


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"token": "t", "mqttPassword": "p", "appSecret": "s"},
            {"token": "***", "mqttPassword": "***", "appSecret": "***"},
        ),
        ({"data": [{"accessToken": "t", "expiresIn": 5}]}, {"data": [{"accessToken": "***", "expiresIn": 5}]}),
        # None is not one.
        ({"token": "", "sign": None}, {"token": "", "sign": None}),
        ('{"token":"a\\"b","id":1}', '{"token":"***","id":1}'),
        ("ws://h/p?token=abc&id=1", "ws://h/p?token=***&id=1"),
        # A name that only ends so is another one.
        ({"channelToken": "abc", "design": "d"}, {"channelToken": "abc", "design": "d"}),
        (7, 7),
    ],
)
def test_secrets_are_masked(value: object, expected: object) -> None:
    assert masked(value) == expected
