"""What has too much in it, or too much wrong with it: limits of reading, and the errors that name them."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest

from avatarwire.codecs import aliyun, catalogue, guiji
from avatarwire.codecs.core.checking import judge
from avatarwire.codecs.core.constraints import Limits
from avatarwire.codecs.core.error_mapping import Crowded
from avatarwire.codecs.core.findings import MAX_FINDINGS, TOO_MANY
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_text import MAX_VALUES, check_crowd, look, read
from avatarwire.codecs.core.validation import survey
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.messages.role import MAX_ROLES, decode_role, decode_roles, plain_json

CROWD = b"[" + b"0," * MAX_VALUES + b"0]"


class Item(Message, rename=None):
    number: Annotated[int, doc("a number", "X-1")]
    constraints = (Limits("number", le=5, clause="X-2", tolerated=True),)


class Items(Message, rename=None):
    items: Annotated[tuple[Item, ...], doc("items", "X-3")]


CODEC = JsonCodec(Items, vendor="aliyun", message="Items")


def test_so_many_values_are_read_and_no_more() -> None:
    most = b"[" + b"0," * (MAX_VALUES - 1) + b"0]"
    assert len(read(most)) == len(look(most)) == MAX_VALUES
    for strict in (False, True):
        with pytest.raises(Crowded, match=r"^more than 50000 values$"):
            read(CROWD, strict=strict)
    assert look(CROWD) is None
    check_crowd(memoryview(most))
    with pytest.raises(Crowded, match=r"^more than 2 values$"):
        check_crowd(b"[0,0,0]", 2)


@pytest.mark.parametrize("strict", [False, True])
def test_a_strict_reading_refuses_what_python_cannot_hold(strict: bool) -> None:
    if strict:
        with pytest.raises(msgspec.ValidationError):
            read(b"[1e999]", strict=True)
    else:
        assert read(b"[1e999]") == [msgspec.Raw(b"1e999")]


@pytest.mark.parametrize("vendor", catalogue.VENDORS)
@pytest.mark.parametrize("strict", [False, True])
def test_an_entry_with_too_many_values_is_refused(vendor: str, strict: bool) -> None:
    told: list[str] = []
    for entry in catalogue.vendor(vendor).values():
        if entry.is_binary or entry.is_query:
            continue
        with pytest.raises(DecodeError) as caught:
            entry.decode(b'{"unheardOf":' + CROWD + b"}", strict=strict)
        told.append(str(caught.value))
    crowded = [text for text in told if "more than" in text]
    assert len(crowded) > len(told) / 2
    assert all("values, expected at most" in text for text in crowded)


def test_a_frame_and_a_payload_with_too_many_values_are_refused() -> None:
    with pytest.raises(DecodeError, match="more than 50000 values, expected at most 50000 in one message"):
        aliyun.decode(bytes([0, 1, 128]) + b"SERIAL01" + b'{"x":' + CROWD + b"}")
    with pytest.raises(DecodeError, match="more than 50000 values, expected at most 50000 in one message"):
        guiji.decode(b'{"id":1,"method":"HeartBeat","params":' + CROWD + b"}")


def test_a_script_has_fewer_values() -> None:
    for count, told in ((4_999, "got an integer|expected"), (5_000, "more than 5000 values")):
        text = '{"sceneList":[' + "0," * count + "0]}"
        with pytest.raises(DecodeError, match=told):
            script.decode_live(text)
    assert [finding.reason for finding in script.faults_of(text, "live")] == ["more than 5000 values"]
    with pytest.raises(DecodeError, match=r"more than 50000 values, expected at most 50000 \[ST-E107\]"):
        script.split_first(CROWD.decode())


def test_of_very_many_errors_the_first_are_told() -> None:
    for count in (MAX_FINDINGS, MAX_FINDINGS + 1, 4_000):
        empty: dict[str, object] = {}
        findings, left = survey(Items, {"items": [empty] * count})
        assert len(findings) == min(count, MAX_FINDINGS + 1)
        assert (TOO_MANY in findings, left is None) == (count > MAX_FINDINGS, count > MAX_FINDINGS)
    text = '{"sceneList":[{"backgrounds":[' + ",".join(['{"url":1}'] * 2_000) + "]}]}"
    with pytest.raises(ValidationError) as caught:
        script.decode_live(text)
    assert caught.value.findings[-1].reason == "more than 1000 findings, the rest was not looked at"
    assert len(script.faults_of(text, "live")) == MAX_FINDINGS + 1


def test_of_very_many_broken_rules_the_first_are_told_and_the_message_is_refused() -> None:
    def items(count: int) -> Any:
        return {"items": [{"number": 9}] * count}

    few, many = msgspec.json.encode(items(MAX_FINDINGS)), msgspec.json.encode(items(MAX_FINDINGS + 1))
    assert len(CODEC.decode(few).findings) == MAX_FINDINGS
    with pytest.raises(ValidationError) as caught:
        CODEC.decode(many)
    assert len(caught.value.findings) == MAX_FINDINGS + 1
    assert judge(msgspec.convert(items(MAX_FINDINGS + 1), Items))[-1] == TOO_MANY


def test_of_very_many_forms_the_first_are_told_and_all_are_understood() -> None:
    read_ = CODEC.decode(b'{"items":[' + b",".join([b'{"number":"1"}'] * 1_500) + b"]}")
    assert (len(read_.findings), len(read_.value.items)) == (MAX_FINDINGS, 1_500)


@pytest.mark.parametrize("read_one", [decode_role, decode_roles])
@pytest.mark.parametrize("text", ["x" * (MAX_ROLES + 1), b"x" * (MAX_ROLES + 1), "\u00e9" * (MAX_ROLES // 2 + 1)])
def test_larger_roles_are_not_read(read_one: Any, text: str | bytes) -> None:
    with pytest.raises(DecodeError, match=r"expected at most 1048576 bytes \[ST-E132\]$"):
        read_one(text)


def test_more_roles_than_values_are_not_read() -> None:
    with pytest.raises(DecodeError, match="more than 50000 values"):
        decode_roles(CROWD)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ('["//", "/*", 1] // "x"', '["//", "/*", 1]       '),
        ("[1 /* a\n\u4e2d */, ]", "[1     \n      ]"),
        ("[1] /* no end", "[1] /* no end"),
        ("[1] /*/", "[1] /*/"),
        ("[1] /**/", "[1]     "),
        ("[1] /***/ /* * / */", "[1]                "),
        ('["\\\\", 1,\t\r\n]', '["\\\\", 1 \t\r\n]'),
        ('["\\",", 1,]', '["\\",", 1 ]'),
        ('["no end, ]', '["no end, ]'),
        ('"\\', '"\\'),
        ("1,", "1 "),
        ("[1,\u00a0]", "[1,\u00a0]"),
    ],
)
def test_comments_and_commas_become_blanks(text: str, plain: str) -> None:
    assert plain_json(text) == plain
