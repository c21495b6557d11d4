"""The flat list of rules: what types say, and what is declared between fields, each with paths and a clause."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Literal

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import (
    Absent,
    Computed,
    Condition,
    Constraint,
    Contains,
    Equal,
    Limits,
    Needs,
    Presence,
    Required,
    when,
)
from avatarwire.codecs.core.type_constraints import declared, under
from avatarwire.codecs.message import Message, doc


class Size(IntEnum):
    SMALL = 1
    LARGE = 2


class Lid(Message):
    label: Annotated[str, doc("what it says", "X-1", pattern="^a", min_length=1)] | UnsetType = UNSET

    constraints = (Required("label", clause="X-2", tolerated=True),)


class Round(Message, tag_field="shape", tag="round"):
    radius: Annotated[float, doc("cm", "X-3", ge=0, le=9.5, tolerated="X-4")]


class Square(Message, tag_field="shape", tag="square"):
    side: int


class Box(Message):
    size: Annotated[Size, doc("how large", "X-5")]
    kind: Annotated[Literal["a", "b"], doc("kind", "X-6")] | None = None
    lids: Annotated[tuple[Lid, ...], doc("lids", "X-7", max_length=2)] = ()
    form: Round | Square | UnsetType = UNSET
    place: tuple[int, int] | UnsetType = UNSET
    inner: Box | UnsetType = UNSET
    photo: bytes = b""
    other: dict[str, int] | UnsetType = UNSET

    constraints = tuple(when("kind", "a", Absent("lids", clause="X-8")))


def told(type_: type) -> list[tuple[str, str, str]]:
    return [(rule.kind, rule.paths[0], rule.clause) for rule in declared(type_, lambda path: f"T.{path}")]


def test_types_and_rules_of_a_message_and_its_parts() -> None:
    assert told(Lid) == [
        ("type", "", "T."),
        ("type", "label", "X-1"),
        ("pattern", "label", "X-1"),
        ("limits", "label", "X-1"),
        ("required", "label", "X-2"),
    ]
    assert told(Box) == [
        ("type", "", "T."),
        ("required", "size", "X-5"),
        ("type", "size", "X-5"),
        ("enum", "size", "X-5"),
        ("type", "kind", "X-6"),
        ("enum", "kind", "X-6"),
        ("type", "lids", "X-7"),
        ("limits", "lids", "X-7"),
        ("type", "lids[]", "X-7"),
        ("type", "lids[].label", "X-1"),
        ("pattern", "lids[].label", "X-1"),
        ("limits", "lids[].label", "X-1"),
        ("required", "lids[].label", "X-2"),
        ("type", "form", "T.form"),
        ("required", "form.shape", "T.form.shape"),
        ("enum", "form.shape", "T.form.shape"),
        ("required", "form.radius", "X-3"),
        ("type", "form.radius", "X-3"),
        ("limits", "form.radius", "X-4"),
        ("required", "form.shape", "T.form.shape"),
        ("enum", "form.shape", "T.form.shape"),
        ("required", "form.side", "T.form.side"),
        ("type", "form.side", "T.form.side"),
        ("type", "place", "T.place"),
        ("limits", "place", "T.place"),
        ("type", "place[]", "T.place[]"),
        ("type", "inner", "T.inner"),
        ("type", "photo", "T.photo"),
        ("type", "other", "T.other"),
        ("absent", "lids", "X-8"),
    ]


def test_what_is_no_message_has_a_type() -> None:
    assert [rule.text for rule in declared(int, lambda _: "T")] == ["it is an integer"]
    assert [rule.text for rule in declared(list[int] | None, lambda _: "T")] == ["it is a list", "[] is an integer"]


def test_a_limit_that_is_tolerated_says_so() -> None:
    limits = [rule for rule in declared(Round, str) if isinstance(rule, Limits)]
    assert [(rule.ge, rule.le, rule.tolerated) for rule in limits] == [(0.0, 9.5, True)]


@pytest.mark.parametrize(
    ("rule", "paths"),
    [
        (Required("b", clause="X"), ("a[].b",)),
        (Equal("b", "c.d", clause="X"), ("a[].b", "a[].c.d")),
        (Presence(("b", "c"), least=1, clause="X"), ("a[].b", "a[].c")),
        (Needs(("b",), "c", clause="X"), ("a[].c", "a[].b")),
        (Needs(("b",), "c", unless=("d",), clause="X"), ("a[].c", "a[].b", "a[].d")),
        (Contains("b", "c", 1, least=1, clause="X"), ("a[].b",)),
        (Computed(("b", ""), lambda _: (), "says", {}, lambda _: None, clause="X"), ("a[].b", "a[]")),
    ],
)
def test_a_rule_is_told_from_what_holds_its_message(rule: Constraint, paths: tuple[str, ...]) -> None:
    assert under(rule, "a[]").paths == paths
    assert under(rule, "") is rule


def test_so_is_its_condition() -> None:
    [rule] = when("kind", "a", Required("b", clause="X"))
    assert under(rule, "o").when == Condition("o.kind", ("a",))


def test_a_rule_about_items_keeps_its_place_below_a_list() -> None:
    assert under(Required("[].id", clause="X"), "data").paths == ("data[].id",)


class Sized(Message):
    size: Annotated[int, doc("how large", "X-5")] | None = None

    constraints = (Required("size", clause=""),)


class Shelf(Message):
    rows: tuple[Sized, ...]


def test_a_rule_without_a_clause_has_that_of_its_place() -> None:
    assert [row for row in told(Shelf) if row[0] == "required"] == [
        ("required", "rows", "T.rows"),
        ("required", "rows[].size", "T.rows[].size"),
    ]
