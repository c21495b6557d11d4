"""Rules as data: each kind judges, tells and is written as JSON Schema alike."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any

import jsonschema
import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import (
    Absent,
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
from avatarwire.codecs.core.judging import is_fine, judge
from avatarwire.codecs.core.schema import schema_of_rules
from avatarwire.codecs.errors import ValidationError
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
    return type(Box)("RuledBox", (Box,), {"constraints": rules, "__module__": __name__})


def findings(rules: Iterable[Constraint], value: dict[str, Any]) -> list[tuple[str, str]]:
    """What the rules say of a JSON value, judged in every way there is."""
    cls = boxed(*rules)
    box = msgspec.convert(value, cls)
    found = judge(box)
    assert is_fine(box) is (not found)
    try:
        assert list(box.check()) == found
        assert all(item.tolerated for item in found)
    except ValidationError as error:
        assert list(error.findings) == found
        assert not all(item.tolerated for item in found)
    written = schema_of_rules(cls)
    if "x-constraints" not in written:
        assert jsonschema.Draft202012Validator(written).is_valid(value) is (not found), written  # pyright: ignore[reportUnknownMemberType]
    return [(item.clause, item.path) for item in found]


R = {"clause": "X-1"}
BROKEN = "X-1"


@pytest.mark.parametrize(
    ("rule", "value", "path"),
    [
        (Required("label", **R), {"label": "a"}, None),
        (Required("label", **R), {}, "label"),
        (Required("weight", **R), {"weight": 1}, None),
        (Required("weight", **R), {"weight": None}, "weight"),
        (Required("ok", **R), {"ok": False}, None),
        (Required("mainLid.size", **R), {"mainLid": {"size": 1}}, None),
        (Required("mainLid.size", **R), {"mainLid": {}}, "mainLid.size"),
        (Required("spareLid.size", **R), {}, None),
        (Required("spareLid.size", **R), {"spareLid": {}}, "spareLid.size"),
        (Required("lids[].size", **R), {}, None),
        (Required("lids[].size", **R), {"lids": None}, None),
        (Required("lids[].size", **R), {"lids": [{"size": 1}, {}]}, "lids[1].size"),
        (Absent("label", **R), {}, None),
        (Absent("label", **R), {"label": ""}, "label"),
        (Absent("weight", **R), {"weight": None}, None),
        (Absent("weight", **R), {"weight": 0}, "weight"),
        (Absent("mainLid.colour", **R), {"mainLid": {"colour": "red"}}, "mainLid.colour"),
        (Absent("lids[].colour", **R), {"lids": [{"colour": "red"}]}, "lids[0].colour"),
        (OneOf("label", ("a", "b"), **R), {}, None),
        (OneOf("label", ("a", "b"), **R), {"label": "b"}, None),
        (OneOf("label", ("a", "b"), **R), {"label": "c"}, "label"),
        (OneOf("colour", (Colour.RED,), **R), {"colour": "red"}, None),
        (OneOf("colour", (Colour.RED,), **R), {"colour": "blue"}, "colour"),
        (OneOf("ok", (True,), **R), {"ok": False}, "ok"),
        (OneOf("weight", (1, 2), **R), {"weight": None}, None),
        (OneOf("weight", (1, 2), **R), {"weight": 3}, "weight"),
        (OneOf("lids[].size", (1,), **R), {"lids": [{"size": 1}, {"size": 2}]}, "lids[1].size"),
        (Excluded("label", ("a", "b"), **R), {"label": "c"}, None),
        (Excluded("label", ("a", "b"), **R), {"label": "a"}, "label"),
        (Excluded("colour", (Colour.BLUE,), **R), {}, None),
        (Excluded("colour", (Colour.BLUE,), **R), {"colour": "blue"}, "colour"),
        (Matches("label", r"^a", **R), {}, None),
        (Matches("label", r"^a", **R), {"label": "ab"}, None),
        (Matches("label", r"^a", **R), {"label": "b"}, "label"),
        (Limits("weight", ge=1, **R), {"weight": 1}, None),
        (Limits("weight", ge=1, **R), {"weight": 0}, "weight"),
        (Limits("weight", le=9, **R), {"weight": None}, None),
        (Limits("weight", ge=1, le=9, **R), {"weight": 10}, "weight"),
        (Limits("label", min_length=1, **R), {"label": ""}, "label"),
        (Limits("label", max_length=2, **R), {"label": "abc"}, "label"),
        (Limits("label", min_length=1, max_length=2, **R), {"label": "ab"}, None),
        (Limits("lids", min_length=1, is_list=True, **R), {"lids": []}, "lids"),
        (Limits("lids", max_length=1, is_list=True, **R), {"lids": [{}]}, None),
        (Limits("lids[].size", le=3, **R), {"lids": [{}, {"size": 4}]}, "lids[1].size"),
        (Equal("label", "mainLid.colour", **R), {"label": "red", "mainLid": {"colour": "red"}}, None),
        (Equal("label", "mainLid.colour", **R), {"label": "x", "mainLid": {"colour": "red"}}, "mainLid.colour"),
        (Equal("label", "mainLid.colour", **R), {"mainLid": {"colour": "red"}}, None),
        (Equal("label", "mainLid.colour", prefix="p", **R), {"label": "pred", "mainLid": {"colour": "red"}}, None),
        (Presence(("label", "colour"), least=1, filled=True, **R), {"label": "a"}, None),
        (Presence(("label", "colour"), least=1, filled=True, **R), {"label": ""}, ""),
        (Presence(("label", "weight"), least=1, **R), {"weight": 1}, None),
        (Presence(("label", "colour"), least=1, **R), {}, ""),
        (Presence(("label", "colour"), most=1, **R), {"label": "", "colour": "red"}, "colour"),
        (Presence(("label", "colour"), most=1, **R), {"label": ""}, None),
        (Needs(("label",), "colour", **R), {"colour": "red"}, None),
        (Needs(("label",), "colour", **R), {"label": "a", "colour": "red"}, None),
        (Needs(("label",), "colour", **R), {"label": "a"}, "colour"),
        (Contains("lids", "colour", Colour.RED, least=1, **R), {"lids": [{"colour": "red"}]}, None),
        (Contains("lids", "colour", Colour.RED, least=1, **R), {"lids": [{"colour": "blue"}, {}]}, "lids"),
        (Contains("lids", "colour", Colour.RED, most=1, **R), {"lids": [{"colour": "red"}] * 2}, "lids"),
        (Contains("lids", "colour", Colour.RED, least=1, most=1, **R), {}, None),
    ],
)
def test_a_rule_is_broken_or_not(rule: Constraint, value: dict[str, Any], path: str | None) -> None:
    assert findings([rule], value) == ([] if path is None else [(BROKEN, path)])


@pytest.mark.parametrize(
    ("rules", "value", "paths"),
    [
        (when("colour", Colour.RED, Required("label", **R)), {"colour": "red"}, ["label"]),
        (when("colour", Colour.RED, Required("label", **R)), {"colour": "blue"}, []),
        (when("colour", Colour.RED, Required("label", **R)), {}, []),
        (when("colour", Colour.RED, Required("label", **R), negated=True), {}, ["label"]),
        (when("colour", Colour.RED, Required("label", **R), negated=True), {"colour": "red"}, []),
        (when("weight", (1, 2), Required("label", **R)), {"weight": 2}, ["label"]),
        (when("weight", (1, 2), Required("label", **R)), {"weight": 3}, []),
        (when("label", (), Absent("colour", **R)), {"label": "", "colour": "red"}, ["colour"]),
        (when("label", (), Absent("colour", **R)), {"colour": "red"}, []),
        (when("ok", True, Required("label", **R)), {"ok": True}, ["label"]),
        (when("ok", True, Required("label", **R)), {"ok": False}, []),
        (when("mainLid.colour", Colour.RED, Required("label", **R)), {"mainLid": {"colour": "red"}}, ["label"]),
        (when("spareLid.colour", Colour.RED, Required("label", **R)), {"spareLid": {"colour": "red"}}, ["label"]),
        (when("spareLid.colour", Colour.RED, Required("label", **R)), {}, []),
        (
            (
                *when("colour", Colour.RED, Required("label", **R)),
                *when("colour", Colour.RED, Absent("label", **R), negated=True),
            ),
            {"colour": "blue", "label": "a"},
            ["label"],
        ),
        (
            when("colour", Colour.RED, Required("label", **R), Required("weight", **R)),
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


EVEN = Computed(("weight",), odd, "weight is even", {"weight": 1}, clause="X-1")


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
        (Required("label", **R), "required field is missing", ""),
        (*when("ok", True, Required("label", **R)), "required field is missing", "a value, as ok is true"),
        (Required("label", reason="no label", **R), "no label", ""),
        (Required("label", expected="words", **R), "required field is missing", "words"),
        (OneOf("weight", (1, None), **R), "got 7", "1 or null"),
        (Excluded("weight", (7,), **R), "got 7", ""),
        (Limits("weight", ge=8, **R), "got 7", "a number of at least 8"),
        (Limits("weight", le=6, **R), "got 7", "a number of at most 6"),
        (Limits("weight", ge=1, le=6, **R), "got 7", "a number of 1 to 6"),
        (Equal("ok", "weight", **R), "weight is not the ok beside it", ""),
        (*when("ok", True, Absent("weight", **R)), "weight is left out when ok is true", ""),
        (Absent("weight", **R), "there is no member weight", ""),
    ],
)
def test_what_is_wrong_is_said_in_words(rule: Constraint, reason: str, expected: str) -> None:
    [found] = judge(msgspec.convert({"weight": 7}, boxed(rule)))
    assert (found.reason, found.expected) == (reason, expected)


@pytest.mark.parametrize(
    ("rule", "kind", "paths", "text"),
    [
        (Required("a", **R), "required", ("a",), "a is there"),
        (*when("b", 1, Absent("a", **R)), "absent", ("a",), "a is left out where b is 1"),
        (*when("b", (), Absent("a", **R)), "absent", ("a",), "a is left out where b is there"),
        (*when("b", (), Absent("a", **R), negated=True), "absent", ("a",), "a is left out where b is absent"),
        (*when("b", 1, Absent("a", **R), negated=True), "absent", ("a",), "a is left out where b is not 1"),
        (OneOf("a", (1, 2, 3), **R), "enum", ("a",), "a is 1, 2 or 3"),
        (Excluded("a", ("x",), **R), "excluded", ("a",), "a is not x"),
        (Matches("a", "^b", **R), "pattern", ("a",), "a matches ^b"),
        (Limits("a", min_length=1, **R), "limits", ("a",), "a is text of at least 1 characters"),
        (Limits("a", max_length=1, is_list=True, **R), "limits", ("a",), "a is a list of at most 1 items"),
        (Equal("a", "b.c", **R), "equal", ("a", "b.c"), "b.c is the same as a"),
        (Presence(("a", "b"), least=1, **R), "presence", ("a", "b"), "at least 1 of a, b is there"),
        (Presence(("a", "b"), most=1, filled=True, **R), "presence", ("a", "b"), "at most 1 of a, b has a value"),
        (Needs(("a", "b"), "c", **R), "needs", ("c", "a", "b"), "c is there where any of a, b is"),
        (
            Contains("a", "b", 1, least=1, most=2, **R),
            "contains",
            ("a",),
            "a has at least 1 and at most 2 whose b is 1",
        ),
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


def test_rules_of_one_condition_are_written_together() -> None:
    rules = when("colour", Colour.RED, Required("label", **R), Required("mainLid.size", **R))
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
