"""Rules as data: each kind judges, tells and is written as JSON Schema alike."""

from __future__ import annotations

import types
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, cast

import jsonschema
import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.checking import is_fine, judge
from avatarwire.codecs.core.constraints import (
    Absent,
    Begins,
    Computed,
    Condition,
    Constraint,
    Contains,
    Equal,
    Excluded,
    Limits,
    Matches,
    Needs,
    OneOf,
    Presence,
    Required,
    when,
)
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.export.constraint_schema import schema_of_rules
from avatarwire.codecs.message import Message, doc


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Lid(Message):
    colour: Annotated[Colour, doc("its colour")] | UnsetType = UNSET
    size: Annotated[int, doc("its size")] | UnsetType = UNSET


class Box(Message):
    """A message with every shape of field that a rule can be about."""

    colour: Annotated[Colour, doc("its colour")] | UnsetType = UNSET
    label: Annotated[str, doc("what it says")] | UnsetType = UNSET
    weight: Annotated[int, doc("grams")] | None = None
    ok: Annotated[bool, doc("whether it is right")] = True
    main_lid: Annotated[Lid, doc("on top")] = Lid.trusted()
    spare_lid: Annotated[Lid, doc("beside it")] | UnsetType = UNSET
    lids: Annotated[tuple[Lid, ...], doc("all of them")] | None = None


def boxed(*rules: Constraint) -> type[Box]:
    """A class of boxes that rules hold for."""
    return cast("type[Box]", types.new_class("RuledBox", (Box,), exec_body=lambda body: body.update(constraints=rules)))


def reported(box: Box) -> list[Finding]:
    """What `check` gives back or raises."""
    try:
        return list(box.check())
    except ValidationError as error:
        return list(error.findings)


def findings(rules: Iterable[Constraint], value: dict[str, Any]) -> list[tuple[str, str]]:
    """What the rules say of a JSON value, judged in every way there is."""
    cls = boxed(*rules)
    box = msgspec.convert(value, cls)
    found = judge(box)
    assert is_fine(box) is (not found)
    assert reported(box) == found
    written = schema_of_rules(cls)
    if "x-constraints" not in written:
        assert jsonschema.Draft202012Validator(written).is_valid(value) is (not found), written  # pyright: ignore[reportUnknownMemberType]
    return [(item.clause, item.path) for item in found]


BROKEN = "X-1"


CASES: list[tuple[Constraint, dict[str, Any], str | None]] = [
    (Required("label", clause="X-1"), {"label": "a"}, None),
    (Required("label", clause="X-1"), {}, "label"),
    (Required("weight", clause="X-1"), {"weight": 1}, None),
    (Required("weight", clause="X-1"), {"weight": None}, "weight"),
    (Required("ok", clause="X-1"), {"ok": False}, None),
    (Required("mainLid.size", clause="X-1"), {"mainLid": {"size": 1}}, None),
    (Required("mainLid.size", clause="X-1"), {"mainLid": {}}, "mainLid.size"),
    (Required("spareLid.size", clause="X-1"), {}, None),
    (Required("spareLid.size", clause="X-1"), {"spareLid": {}}, "spareLid.size"),
    (Required("lids[].size", clause="X-1"), {}, None),
    (Required("lids[].size", clause="X-1"), {"lids": None}, None),
    (Required("lids[].size", clause="X-1"), {"lids": [{"size": 1}, {}]}, "lids[1].size"),
    (Absent("label", clause="X-1"), {}, None),
    (Absent("label", clause="X-1"), {"label": ""}, "label"),
    (Absent("weight", clause="X-1"), {"weight": None}, None),
    (Absent("weight", clause="X-1"), {"weight": 0}, "weight"),
    (Absent("mainLid.colour", clause="X-1"), {"mainLid": {"colour": "red"}}, "mainLid.colour"),
    (Absent("lids[].colour", clause="X-1"), {"lids": [{"colour": "red"}]}, "lids[0].colour"),
    (OneOf("label", ("a", "b"), clause="X-1"), {}, None),
    (OneOf("label", ("a", "b"), clause="X-1"), {"label": "b"}, None),
    (OneOf("label", ("a", "b"), clause="X-1"), {"label": "c"}, "label"),
    (OneOf("colour", (Colour.RED,), clause="X-1"), {"colour": "red"}, None),
    (OneOf("colour", (Colour.RED, Colour.BLUE), clause="X-1"), {"colour": "blue"}, None),
    (OneOf("colour", (Colour.RED,), clause="X-1"), {"colour": "blue"}, "colour"),
    (OneOf("ok", (True,), clause="X-1"), {"ok": False}, "ok"),
    (OneOf("weight", (1, 2), clause="X-1"), {"weight": None}, None),
    (OneOf("weight", (1, 2), clause="X-1"), {"weight": 3}, "weight"),
    (OneOf("lids[].size", (1,), clause="X-1"), {"lids": [{"size": 1}, {"size": 2}]}, "lids[1].size"),
    (Excluded("label", ("a", "b"), clause="X-1"), {"label": "c"}, None),
    (Excluded("label", ("a", "b"), clause="X-1"), {"label": "a"}, "label"),
    (Excluded("colour", (Colour.BLUE,), clause="X-1"), {}, None),
    (Excluded("colour", (Colour.BLUE,), clause="X-1"), {"colour": "blue"}, "colour"),
    (Matches("label", r"^a", clause="X-1"), {}, None),
    (Matches("label", r"^a", clause="X-1"), {"label": "ab"}, None),
    (Matches("label", r"^a", clause="X-1"), {"label": "b"}, "label"),
    (Matches("label", r"^https?://", clause="X-1"), {"label": "http://a"}, None),
    (Matches("label", r"^https?://", clause="X-1"), {"label": "https://a"}, None),
    (Matches("label", r"^https?://", clause="X-1"), {"label": "httpss://a"}, "label"),
    (Matches("label", r"^https?://", clause="X-1"), {"label": " http://a"}, "label"),
    (Matches("label", r"^(?!a)", clause="X-1"), {"label": "b"}, None),
    (Matches("label", r"^(?!a)", clause="X-1"), {"label": "ab"}, "label"),
    (Matches("label", r"^a.b", clause="X-1"), {"label": "acb"}, None),
    (Matches("label", r"a$", clause="X-1"), {"label": "ba"}, None),
    (Limits("weight", ge=1, clause="X-1"), {"weight": 1}, None),
    (Limits("weight", ge=1, clause="X-1"), {"weight": 0}, "weight"),
    (Limits("weight", le=9, clause="X-1"), {"weight": None}, None),
    (Limits("weight", ge=1, le=9, clause="X-1"), {"weight": 10}, "weight"),
    (Limits("label", min_length=1, clause="X-1"), {"label": ""}, "label"),
    (Limits("label", max_length=2, clause="X-1"), {"label": "abc"}, "label"),
    (Limits("label", min_length=1, max_length=2, clause="X-1"), {"label": "ab"}, None),
    (Limits("lids", min_length=1, is_list=True, clause="X-1"), {"lids": []}, "lids"),
    (Limits("lids", max_length=1, is_list=True, clause="X-1"), {"lids": [{}]}, None),
    (Limits("lids[].size", le=3, clause="X-1"), {"lids": [{}, {"size": 4}]}, "lids[1].size"),
    (Equal("label", "mainLid.colour", clause="X-1"), {"label": "red", "mainLid": {"colour": "red"}}, None),
    (
        Equal("label", "mainLid.colour", clause="X-1"),
        {"label": "x", "mainLid": {"colour": "red"}},
        "mainLid.colour",
    ),
    (Equal("label", "mainLid.colour", clause="X-1"), {"mainLid": {"colour": "red"}}, None),
    (
        Equal("label", "mainLid.colour", prefix="p", clause="X-1"),
        {"label": "pred", "mainLid": {"colour": "red"}},
        None,
    ),
    (
        Equal("label", "mainLid.colour", prefix="p", clause="X-1"),
        {"label": "pblue", "mainLid": {"colour": "red"}},
        "mainLid.colour",
    ),
    (Presence(("label", "colour"), least=1, filled=True, clause="X-1"), {"label": "a"}, None),
    (Presence(("label", "colour"), least=1, filled=True, clause="X-1"), {"label": ""}, ""),
    (Presence(("label", "weight"), least=1, clause="X-1"), {"weight": 1}, None),
    (Presence(("label", "weight"), least=1, filled=True, clause="X-1"), {"weight": None}, ""),
    (Presence(("label", "weight"), least=1, clause="X-1"), {"weight": None}, ""),
    (Presence(("label", "lids"), least=1, filled=True, clause="X-1"), {"lids": []}, ""),
    (Presence(("label", "lids"), least=1, filled=True, clause="X-1"), {"lids": [{"size": 1}]}, None),
    (Presence(("label", "colour"), least=1, clause="X-1"), {}, ""),
    (Presence(("label", "colour"), most=1, clause="X-1"), {"label": "", "colour": "red"}, "colour"),
    (Presence(("label", "colour"), most=1, clause="X-1"), {"label": ""}, None),
    (Needs(("label",), "colour", clause="X-1"), {"colour": "red"}, None),
    (Needs(("label",), "colour", clause="X-1"), {"label": "a", "colour": "red"}, None),
    (Needs(("label",), "colour", clause="X-1"), {"label": "a"}, "colour"),
    (Needs(("label",), "ok", clause="X-1"), {"label": "a", "ok": False}, None),
    (Needs(("ok",), "label", clause="X-1"), {"ok": True}, "label"),
    (Needs(("weight", "label"), "colour", clause="X-1"), {"weight": None}, None),
    (Needs(("weight", "label"), "colour", clause="X-1"), {"weight": 0}, "colour"),
    (Needs(("label",), "weight", clause="X-1"), {"label": "a", "weight": None}, "weight"),
    (Needs(("label",), "weight", clause="X-1"), {"label": "", "weight": 0}, None),
    (Needs(("label",), "weight", filled=True, clause="X-1"), {"label": ""}, None),
    (Needs(("label",), "weight", filled=True, clause="X-1"), {"label": "a"}, "weight"),
    (Needs(("label",), "weight", unless=("colour",), clause="X-1"), {"label": "a"}, "weight"),
    (Needs(("label",), "weight", unless=("colour",), clause="X-1"), {"label": "a", "colour": "red"}, None),
    (Needs(("label",), "weight", unless=("ok", "colour"), clause="X-1"), {"label": "a", "ok": True}, None),
    (Needs(("weight",), "label", unless=("lids",), filled=True, clause="X-1"), {"weight": 1, "lids": []}, "label"),
    (Needs(("spareLid.size",), "label", clause="X-1"), {"spareLid": {"size": 1}}, "label"),
    (Needs(("spareLid.size",), "label", clause="X-1"), {"spareLid": {}}, None),
    (Contains("lids", "colour", Colour.RED, least=1, clause="X-1"), {"lids": [{"colour": "red"}]}, None),
    (Contains("lids", "colour", Colour.RED, least=1, clause="X-1"), {"lids": [{"colour": "blue"}, {}]}, "lids"),
    (Contains("lids", "colour", Colour.RED, most=1, clause="X-1"), {"lids": [{"colour": "red"}] * 2}, "lids"),
    (Contains("lids", "colour", Colour.RED, least=1, most=1, clause="X-1"), {}, None),
    (Begins("lids", "colour", Colour.RED, clause="X-1"), {"lids": [{"colour": "red"}, {"colour": "blue"}]}, None),
    (
        Begins("lids", "colour", Colour.RED, clause="X-1"),
        {"lids": [{"colour": "blue"}, {"colour": "red"}]},
        "lids[0].colour",
    ),
    (Begins("lids", "colour", Colour.RED, clause="X-1"), {"lids": [{}]}, "lids[0].colour"),
    (Begins("lids", "colour", Colour.RED, clause="X-1"), {"lids": []}, None),
    (Begins("lids", "colour", Colour.RED, clause="X-1"), {}, None),
]


@pytest.mark.parametrize(("rule", "value", "path"), CASES)
def test_a_rule_is_broken_or_not(rule: Constraint, value: dict[str, Any], path: str | None) -> None:
    assert findings([rule], value) == ([] if path is None else [(BROKEN, path)])


@pytest.mark.parametrize(
    ("rules", "value", "paths"),
    [
        (when("colour", Colour.RED, Required("label", clause="X-1")), {"colour": "red"}, ["label"]),
        (when("colour", Colour.RED, Required("label", clause="X-1")), {"colour": "blue"}, []),
        (when("colour", Colour.RED, Required("label", clause="X-1")), {}, []),
        (when("colour", Colour.RED, Required("label", clause="X-1"), negated=True), {}, ["label"]),
        (when("colour", Colour.RED, Required("label", clause="X-1"), negated=True), {"colour": "red"}, []),
        (when("weight", (1, 2), Required("label", clause="X-1")), {"weight": 2}, ["label"]),
        (when("weight", (1, 2), Required("label", clause="X-1")), {"weight": 3}, []),
        (when("label", (), Absent("colour", clause="X-1")), {"label": "", "colour": "red"}, ["colour"]),
        (when("label", (), Absent("colour", clause="X-1")), {"colour": "red"}, []),
        (when("ok", True, Required("label", clause="X-1")), {"ok": True}, ["label"]),
        (when("ok", True, Required("label", clause="X-1")), {"ok": False}, []),
        (
            when("mainLid.colour", Colour.RED, Required("label", clause="X-1")),
            {"mainLid": {"colour": "red"}},
            ["label"],
        ),
        (
            when("spareLid.colour", Colour.RED, Required("label", clause="X-1")),
            {"spareLid": {"colour": "red"}},
            ["label"],
        ),
        (when("spareLid.colour", Colour.RED, Required("label", clause="X-1")), {}, []),
        (
            (
                *when("colour", Colour.RED, Required("label", clause="X-1")),
                *when("colour", Colour.RED, Absent("label", clause="X-1"), negated=True),
            ),
            {"colour": "blue", "label": "a"},
            ["label"],
        ),
        (
            when("colour", Colour.RED, Required("label", clause="X-1"), Required("weight", clause="X-1")),
            {"colour": "red"},
            ["label", "weight"],
        ),
    ],
)
def test_a_rule_counts_only_where_its_condition_holds(
    rules: Iterable[Constraint], value: dict[str, Any], paths: list[str]
) -> None:
    assert findings(rules, value) == [(BROKEN, path) for path in paths]


def odd(box: Box) -> Iterable[Finding]:
    if box.weight is not None and box.weight % 2:
        yield Finding("X-1", "weight", f"got {box.weight}", "an even number")


def evened(fields: dict[str, Any]) -> None:
    fields["weight"] += 1


EVEN = Computed(("weight",), odd, "weight is even", {"weight": 1}, evened, clause="X-1")


def test_a_rule_may_compute() -> None:
    assert findings([EVEN], {"weight": 3}) == [("X-1", "weight")]
    assert findings([EVEN], {"weight": 2}) == []
    assert findings([EVEN], dict(EVEN.breaks)) != []


def test_a_computed_rule_may_have_a_quick_test_and_a_schema() -> None:
    rule = Computed(
        ("weight",),
        odd,
        "weight is even",
        {"weight": 1},
        evened,
        holds=lambda box: box.weight is None,
        written={"properties": {"weight": {"anyOf": [{"type": "null"}, {"multipleOf": 2}]}}},
        clause="X-1",
    )
    assert findings([rule], {"weight": 3}) == [("X-1", "weight")]
    assert findings([rule], {}) == []
    box = msgspec.convert({"weight": 2}, boxed(rule))
    assert not is_fine(box)  # a quick test that is false says nothing
    assert judge(box) == []
    assert box.check() == ()


@pytest.mark.parametrize(
    ("rule", "reason", "expected"),
    [
        (Required("label", clause="X-1"), "required field is missing", ""),
        (*when("ok", True, Required("label", clause="X-1")), "required field is missing", "a value, as ok is true"),
        (Required("label", reason="no label", clause="X-1"), "no label", ""),
        (Required("label", expected="words", clause="X-1"), "required field is missing", "words"),
        (OneOf("weight", (1, None), clause="X-1"), "got 7", "1 or null"),
        (Excluded("weight", (7,), clause="X-1"), "got 7", ""),
        (Limits("weight", ge=8, clause="X-1"), "got 7", "a number of at least 8"),
        (Limits("weight", le=6, clause="X-1"), "got 7", "a number of at most 6"),
        (Limits("weight", ge=1, le=6, clause="X-1"), "got 7", "a number of 1 to 6"),
        (Equal("ok", "weight", clause="X-1"), "weight is not the ok beside it", ""),
        (*when("ok", True, Absent("weight", clause="X-1")), "weight is left out when ok is true", ""),
        (Absent("weight", clause="X-1"), "there is no member weight", ""),
    ],
)
def test_what_is_wrong_is_said_in_words(rule: Constraint, reason: str, expected: str) -> None:
    [found] = judge(msgspec.convert({"weight": 7}, boxed(rule)))
    assert (found.reason, found.expected) == (reason, expected)


@pytest.mark.parametrize(
    ("rule", "kind", "paths", "text"),
    [
        (Required("a", clause="X-1"), "required", ("a",), "a is there"),
        (*when("b", 1, Absent("a", clause="X-1")), "absent", ("a",), "a is left out where b is 1"),
        (*when("b", (), Absent("a", clause="X-1")), "absent", ("a",), "a is left out where b is there"),
        (*when("b", (), Absent("a", clause="X-1"), negated=True), "absent", ("a",), "a is left out where b is absent"),
        (*when("b", 1, Absent("a", clause="X-1"), negated=True), "absent", ("a",), "a is left out where b is not 1"),
        (OneOf("a", (1, 2, 3), clause="X-1"), "enum", ("a",), "a is 1, 2 or 3"),
        (Excluded("a", ("x",), clause="X-1"), "excluded", ("a",), "a is not x"),
        (Matches("a", "^b", clause="X-1"), "pattern", ("a",), "a matches ^b"),
        (Limits("a", min_length=1, clause="X-1"), "limits", ("a",), "a is text of at least 1 characters"),
        (Limits("a", max_length=1, is_list=True, clause="X-1"), "limits", ("a",), "a is a list of at most 1 items"),
        (Equal("a", "b.c", clause="X-1"), "equal", ("a", "b.c"), "b.c is the same as a"),
        (Presence(("a", "b"), least=1, clause="X-1"), "presence", ("a", "b"), "at least 1 of a, b is there"),
        (
            Presence(("a", "b"), most=1, filled=True, clause="X-1"),
            "presence",
            ("a", "b"),
            "at most 1 of a, b has a value",
        ),
        (Needs(("a", "b"), "c", clause="X-1"), "needs", ("c", "a", "b"), "c is there where any of a, b is"),
        (
            Needs(("a",), "c", unless=("d", "e"), clause="X-1"),
            "needs",
            ("c", "a", "d", "e"),
            "c is there where any of a is, unless d or e is",
        ),
        (
            Contains("a", "b", 1, least=1, most=2, clause="X-1"),
            "contains",
            ("a",),
            "a has at least 1 and at most 2 whose b is 1",
        ),
        (Begins("a", "b", 1, clause="X-1"), "begins", ("a",), "the first of a is one whose b is 1"),
        (EVEN, "computed", ("weight",), "weight is even"),
    ],
)
def test_a_rule_is_data(rule: Constraint, kind: str, paths: tuple[str, ...], text: str) -> None:
    assert (rule.kind, rule.paths, rule.text, rule.clause) == (kind, paths, text, "X-1")


def test_what_is_tolerated_of_a_field_that_breaks_another_rule_is_not_told() -> None:
    strict = Matches("label", "^[0-9]$", clause="X-2", tolerated=True)
    rules = (Matches("label", "^[0-9]+$", clause="X-1"), strict)
    assert findings(rules, {"label": "12"}) == [("X-2", "label")]
    assert findings(rules, {"label": "x"}) == [("X-1", "label")]


def test_an_unsaid_rule_is_listed_beside_the_schema() -> None:
    written = schema_of_rules(boxed(Equal("label", "mainLid.colour", clause="X-3"), Required("label", clause="X-1")))
    assert written == {
        "allOf": [{"required": ["label"]}],
        "x-constraints": [
            {
                "kind": "equal",
                "paths": ["label", "mainLid.colour"],
                "clause": "X-3",
                "text": "mainLid.colour is the same as label",
            }
        ],
    }


def test_what_only_a_sender_is_held_to_is_listed_apart() -> None:
    class Sent(Box):
        constraints = (Required("label", clause="X-1"),)
        sender_constraints = (Required("colour", clause="X-4"),)

    assert schema_of_rules(Sent) == {
        "allOf": [{"required": ["label"]}],
        "x-sender-constraints": [
            {"kind": "required", "paths": ["colour"], "clause": "X-4", "text": "colour is there"},
        ],
    }


def test_rules_of_one_condition_are_written_together() -> None:
    rules = when("colour", Colour.RED, Required("label", clause="X-1"), Required("mainLid.size", clause="X-1"))
    assert schema_of_rules(boxed(*rules)) == {
        "allOf": [
            {
                "if": {"required": ["colour"], "properties": {"colour": {"const": "red"}}},
                "then": {"allOf": [{"required": ["label"]}, {"properties": {"mainLid": {"required": ["size"]}}}]},
            }
        ]
    }


def test_a_condition_leads_into_objects_and_may_be_turned_round() -> None:
    assert Condition("mainLid.size", (1, 2), negated=True).schema() == {
        "not": {
            "properties": {"mainLid": {"required": ["size"], "properties": {"size": {"enum": [1, 2]}}}},
            "required": ["mainLid"],
        }
    }
