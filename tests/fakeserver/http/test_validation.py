"""The judging of requests, whatever the vendor: levels, places, and what is told of what cannot be understood."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import Limits
from avatarwire.codecs.core.findings import deviation
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.errors import CodecError, DecodeError, ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.http.validation import ABSENT, Judged, Judgement, at, broken, received, steps, told
from avatarwire.fakeserver.journal.entry import Violation


class Order(Message):
    size: Annotated[int, doc("how large", "AC-R001")]
    note: Annotated[str, doc("for the kitchen", "AC-R002")] | UnsetType = UNSET

    constraints = (Limits("note", min_length=1, clause="AC-E02", tolerated=True, expected="some words"),)


CODEC = JsonCodec(Order, vendor="acme", message="order.request", repairs=(digits("size", "AC-E01", "warning"),))
BODY = Operation("order", "acme", "order", "POST", "/order", "body", CODEC, CODEC)
QUERY = Operation("ask", "acme", "ask", "GET", "/order", "query", CODEC, CODEC)
RULES = Judgement(misplaced="AC-R008", unknown="AC-R009")


def judge(body: bytes, query: str = "") -> Judged:
    return RULES.judge(BODY, query, body)


def test_what_is_right_is_let_in_without_a_word() -> None:
    assert judge(b'{"size":2}') == Judged(Order(size=2))


def test_a_deviation_is_told_in_full() -> None:
    judged = judge(b'{"size":"2"}')
    assert (judged.value, judged.deviations) == (Order(size=2), ("AC-E01",))
    assert judged.findings == judged.violations
    assert judged.violations == (deviation("AC-E01", "size", "size is a text of digits", level="warning"),)


def test_the_first_error_is_what_strict_mode_refuses() -> None:
    assert judge(b'{"size":"2"}').worst is None
    empty = judge(b'{"size":"2","note":""}')
    assert [(found.clause, found.level) for found in empty.violations] == [("AC-E01", "warning"), ("AC-E02", "error")]
    assert empty.violations[1].sentence == "got 0 characters, expected some words"
    assert empty.worst is empty.findings[1]


def test_what_is_in_the_wrong_place_is_told() -> None:
    assert judge(b'{"size":2}', query="size=2").violations == (
        Violation("AC-R008", "", "order reads its parameters from the body, not from the query", level="warning"),
    )
    assert RULES.judge(QUERY, "size=2", b"{}").violations[-1:] == (
        Violation("AC-R008", "", "ask reads its parameters from the query, not from the body", level="warning"),
    )


def test_only_so_many_unknown_parameters_are_told() -> None:
    body = b'{"size":2,' + b",".join(b'"x%d":1' % number for number in range(20)) + b"}"
    assert [found.path for found in judge(body).violations] == [f"x{number}" for number in range(8)]


def test_a_query_is_judged_as_well() -> None:
    judged = RULES.judge(QUERY, "size=2&note=", b"")
    assert judged.deviations == ("AC-E01", "AC-E02")
    assert [found.path for found in judged.findings] == ["size", "note"]


def test_what_cannot_be_understood_is_raised() -> None:
    with pytest.raises(CodecError, match=r"size: required field is missing, expected an integer \[AC-R001\]"):
        judge(b"")


def test_parameters_as_they_came() -> None:
    assert received(BODY, "a=1", b'{"b":2}') == {"b": 2}
    assert received(BODY, "", b"") == received(BODY, "", b"{") == received(BODY, "", b"[1]") == {}
    assert received(QUERY, "a=1&b=", b'{"c":2}') == {"a": "1", "b": ""}


def test_what_stands_at_a_path() -> None:
    fields = {"a": [{"b": 1}], "c": "text"}
    assert at(fields, "a[0].b") == 1
    assert at(fields, "") is fields
    assert at(fields, "a[0].x") is ABSENT
    assert at(fields, "a[7]") == fields["a"]
    assert at(fields, "c.d") == "text"
    assert steps("a[0].b") == ["a", "b"]


def test_a_broken_rule_names_field_and_clause() -> None:
    error = ValidationError("got 7", path="a.b", expected="8", clause="AC-R003")
    assert broken(error, "AC-R008") == Violation("AC-R003", "a.b", "got 7", "8")
    assert told(error) == "a.b: got 7, expected 8 [AC-R003]"
    unread = DecodeError("not JSON", offset=3)
    assert broken(unread, "AC-R008") == Violation("AC-R008", "", "not JSON")
    assert told(unread) == "not JSON (byte 3)"
