"""Repairs as data: what each kind puts right, what it leaves alone, and what is said about it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from avatarwire.codecs.core.constraints import Absent, Condition
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.core.repairs import (
    Convert,
    Copy,
    Drop,
    Fill,
    RawRepair,
    Rename,
    Repair,
    Reshape,
    apply,
    apply_raw,
    digits,
    drop,
    from_digits,
)


def whole(value: Any) -> int | None:
    return round(value) if isinstance(value, float) else None


def swapped(fields: dict[str, Any]) -> tuple[str, str] | None:
    if "b" not in fields:
        return None
    fields["a"] = fields.pop("b")
    return "b", "b stands where a should"


RED = Condition("colour", ("red",))


REPAIRED: list[tuple[Repair, dict[str, Any], dict[str, Any], str | None]] = [
    (Rename("X-1", "a", "b"), {"b": 1}, {"a": 1}, "b"),
    (Rename("X-1", "a", "b"), {"a": None, "b": 1}, {"a": 1}, "b"),
    (Rename("X-1", "a", "b"), {"a": 2, "b": 1}, {"a": 2, "b": 1}, None),
    (Rename("X-1", "a", "b"), {"b": None}, {"b": None}, None),
    (Rename("X-1", "a", "b", to=whole), {"b": 1.6}, {"a": 2}, "b"),
    (Rename("X-1", "a", "b", to=whole), {"b": "1"}, {"b": "1"}, None),
    (Rename("X-1", "a", "b", to=whole), {"b": None}, {"b": None}, None),
    (Rename("X-1", "list[].a", "b"), {"list": [{}, {"b": 1}, 7]}, {"list": [{}, {"a": 1}, 7]}, "list[1].b"),
    (Rename("X-1", "o.a", "b"), {"o": {"b": 1}}, {"o": {"a": 1}}, "o.b"),
    (Rename("X-1", "o.a", "b"), {"o": [1]}, {"o": [1]}, None),
    (Convert("X-1", "a", to=whole), {"a": 1.6}, {"a": 2}, "a"),
    (Convert("X-1", "a", to=whole), {"a": 1}, {"a": 1}, None),
    (Convert("X-1", "a", to=whole), {}, {}, None),
    (Convert("X-1", "l[].a", to=whole), {"l": [{"a": 1.2}, {"a": 2.2}]}, {"l": [{"a": 1}, {"a": 2}]}, "l[0].a"),
    (Convert("X-1", "a", to=whole, when=RED), {"a": 1.6}, {"a": 1.6}, None),
    (Convert("X-1", "a", to=whole, when=RED), {"a": 1.6, "colour": "red"}, {"a": 2, "colour": "red"}, "a"),
    (Convert("X-1", "a", to=whole, when=RED), {"a": 1.6, "colour": ["red"]}, {"a": 1.6, "colour": ["red"]}, None),
    (Fill("X-1", "a", value=5), {}, {"a": 5}, "a"),
    (Fill("X-1", "a", value=5), {"a": None}, {"a": 5}, "a"),
    (Fill("X-1", "a", value=5), {"a": 0}, {"a": 0}, None),
    (Fill("X-1", "a", value=[], null_only=True), {}, {}, None),
    (Fill("X-1", "a", value=[], null_only=True), {"a": None}, {"a": []}, "a"),
    (Drop("X-1", "a"), {"a": 1, "c": 2}, {"c": 2}, "a"),
    (Drop("X-1", "a"), {"a": None}, {}, "a"),
    (Drop("X-1", "a"), {}, {}, None),
    (Drop("X-1", "a", when=Condition("c", (), negated=True)), {"a": 1}, {}, "a"),
    (Drop("X-1", "a", when=Condition("c", (), negated=True)), {"a": 1, "c": 1}, {"a": 1, "c": 1}, None),
    (Drop("X-1", "o.a", when=RED), {"o": {"a": 1}, "colour": "red"}, {"o": {"a": 1}, "colour": "red"}, None),
    (Drop("X-1", "o.a", when=RED, about=""), {"o": {"a": 1}, "colour": "red"}, {"o": {}, "colour": "red"}, "o.a"),
    (
        Drop("X-1", "o.a", when=RED, about=""),
        {"o": {"a": 1}, "colour": "blue"},
        {"o": {"a": 1}, "colour": "blue"},
        None,
    ),
    (
        drop(Absent("o.a", clause="X-1", when=RED), "l[]"),
        {"l": [{"o": {"a": 1}}, {"colour": "red", "o": {"a": 1}}]},
        {"l": [{"o": {"a": 1}}, {"colour": "red", "o": {}}]},
        "l[1].o.a",
    ),
    (Copy("X-1", "o.id", "id"), {"id": "7", "o": {}}, {"id": "7", "o": {"id": "7"}}, "o.id"),
    (Copy("X-1", "id", "o.id"), {"o": {"id": "7"}}, {"id": "7", "o": {"id": "7"}}, "id"),
    (Copy("X-1", "id", "o.id", to=str.upper), {"o": {"id": "x"}}, {"id": "X", "o": {"id": "x"}}, "id"),
    (Copy("X-1", "id", "o.id"), {"id": "8", "o": {"id": "7"}}, {"id": "8", "o": {"id": "7"}}, None),
    (Copy("X-1", "id", "o.id"), {"o": {"id": 7}}, {"o": {"id": 7}}, None),
    (Copy("X-1", "o.id", "id"), {"id": "7", "o": 3}, {"id": "7", "o": 3}, None),
    (Copy("X-1", "id", "o.id"), {"o": 3}, {"o": 3}, None),
    (Reshape("X-1", "a", to=swapped), {"b": 1}, {"a": 1}, "b"),
    (Reshape("X-1", "a", to=swapped), {"a": 1}, {"a": 1}, None),
]


@pytest.mark.parametrize(
    ("repair", "before", "after", "path"),
    REPAIRED,
)
def test_a_variant_is_put_right(
    repair: Repair, before: dict[str, Any], after: dict[str, Any], path: str | None
) -> None:
    fields = deepcopy(before)
    found = apply([repair], fields)
    assert fields == after
    assert [(item.clause, item.path, item.tolerated) for item in found] == (
        [] if path is None else [("X-1", path, True)]
    )


@pytest.mark.parametrize(
    ("repair", "fields", "reason"),
    [
        (Rename("X-1", "a", "b"), {"b": 1}, "b stands for a"),
        (Convert("X-1", "o.a", to=whole, does="{name} is no integer"), {"o": {"a": 1.5}}, "a is no integer"),
        (Fill("X-1", "a", value=1), {}, "a is missing or null"),
        (Fill("X-1", "a", value=1, null_only=True), {"a": None}, "a is null"),
        (Fill("X-1", "a", value=1, does="the last has no {name}"), {}, "the last has no a"),
        (Drop("X-1", "a"), {"a": 1}, "there is no member a"),
        (Drop("X-1", "a", when=RED), {"a": 1, "colour": "red"}, "a is left out when colour is red"),
        (drop(Absent("a", clause="X-1", reason="a is for others")), {"a": 1}, "a is for others"),
        (drop(Absent("a", clause="X-1"), "l[]"), {"l": [{"a": 1}]}, "there is no member a"),
        (Copy("X-1", "o.id", "id"), {"id": "7", "o": {}}, "o.id is missing; id is taken for it"),
        (digits("a", "X-1"), {"a": "7"}, "a is a text of digits"),
        (Reshape("X-1", "a", to=swapped), {"b": 1}, "b stands where a should"),
    ],
)
def test_what_was_put_right_is_said_in_words(repair: Repair, fields: dict[str, Any], reason: str) -> None:
    [found] = apply([repair], fields)
    assert found.reason == reason


def test_a_finding_has_the_level_and_the_expectation_of_its_repair() -> None:
    repair = Convert("X-1", "a", to=whole, does="no integer", expected="an integer", level="warning")
    assert apply([repair], {"a": 1.5}) == [Finding("X-1", "a", "no integer", "an integer", "warning", tolerated=True)]


@pytest.mark.parametrize(
    "kind", [Rename("X-1", "a", "b"), Convert("X-1", "a", to=whole), Fill("X-1", "l[].a", value=1)]
)
@pytest.mark.parametrize("value", [None, 5, "text", [], [1, [2]], {"c": {}}, 1e400])
def test_any_other_json_is_passed_by(kind: Repair, value: Any) -> None:
    fields = {"a": 1, "l": value}
    apply([kind], fields)
    assert fields["a"] == 1


NO_DIGITS: tuple[Any, ...] = ("", "+1", "--1", "1.0", "٣", 7, 7.0, None, True, [], {}, ["7"])


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("7", 7),
        ("007", 7),
        ("9223372036854775807", 2**63 - 1),
        ("-9223372036854775808", -(2**63)),
        ("9223372036854775808", None),
        ("-9223372036854775809", None),
        ("1" * 20, None),
        *((other, None) for other in NO_DIGITS),
    ],
)
def test_digits_are_an_integer_of_64_bits(value: Any, number: int | None) -> None:
    assert from_digits(value) == number


BANG = RawRepair(
    "X-2", "begins with a bang", lambda data: data[1:] if data[:1] == b"!" else None, lambda data: b"!" + data
)


def test_bytes_are_put_right_before_they_are_read() -> None:
    assert apply_raw([BANG], b"!{}") == (b"{}", [Finding("X-2", "", "begins with a bang", tolerated=True)])
    assert apply_raw([BANG], b"{}") == (b"{}", [])
    assert apply_raw([BANG], BANG.variant(b"{}"))[0] == b"{}"
