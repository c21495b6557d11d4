"""Variants and broken forms of messages that are on their way keep what they do not change."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.repairs import is_object
from avatarwire.codecs.errors import CodecError
from avatarwire.conformance.probing.altering import mutations, variants

TOLD: dict[str, Any] = {
    "success": True,
    "sessionId": "s-1",
    "content": "hello",
    "finish": True,
    "relatedImages": [],
    "relatedVideos": [],
    "messageId": "m-1",
}
HEADER = bytes.fromhex("010180") + b"SERIAL01"
FRAME = HEADER + json.dumps(TOLD).encode()


def test_each_variant_is_reported_by_its_erratum_and_says_the_same() -> None:
    aliyun = catalogue.vendor("aliyun")
    found = variants("aliyun", "text_drive.response", FRAME)
    assert found
    for erratum, data in found.items():
        received = aliyun.decode("text_drive.response", data)
        assert erratum in received.deviations
        assert received.value.content == "hello"


def test_each_broken_form_is_refused_and_differs_in_one_place() -> None:
    aliyun = catalogue.vendor("aliyun")
    found = mutations("aliyun", "text_drive.response", FRAME)
    assert len(found) > 5
    for data in found.values():
        with pytest.raises(CodecError):
            aliyun.decode("text_drive.response", data)
        assert data.startswith(HEADER)
        other: Any = json.loads(data[len(HEADER) :])
        assert not is_object(other) or len([name for name in TOLD if other.get(name) != TOLD[name]]) == 1


@pytest.mark.parametrize(("message", "data"), [("no.such", b"{}"), ("text_drive.response", b"")])
def test_what_cannot_be_read_has_no_other_form(message: str, data: bytes) -> None:
    assert mutations("aliyun", message, data) == {}
    assert variants("aliyun", message, data) == {}


def test_a_failure_is_no_success_in_another_form() -> None:
    failure = json.dumps({"code": 10007, "message": "no"}).encode()
    assert variants("sensetime", "queryStat.response", failure) == {}
    assert mutations("sensetime", "queryStat.response", failure) == {}
