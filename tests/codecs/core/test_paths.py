"""Paths of rules through choices of objects: tags, members that all of them have, and kinds that nobody has listed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.checking import is_fine, judge
from avatarwire.codecs.core.constraints import Begins, Constraint, Contains, Excluded, OneOf, Required, when
from avatarwire.codecs.core.paths import shape_of
from avatarwire.codecs.export.constraint_schema import schema_of_rules
from avatarwire.codecs.message import Message, doc


class Kind(Message, tag_field="kind"):
    name: Annotated[str, doc("its name")]


class Round(Kind, tag="round"):
    radius: Annotated[int, doc("cm")] | UnsetType = UNSET


class Square(Kind, tag="square"):
    side: Annotated[int, doc("cm")] | None = None
    radius: Annotated[int, doc("none")] | UnsetType = UNSET


class Unlisted(dict[str, Any]):
    @property
    def name(self) -> str:
        return str(self["name"])


class Holder(Message):
    form: Annotated[Round | Square, doc("one of two")]
    spare: Annotated[Round | Square, doc("another")] | UnsetType = UNSET
    only: Annotated[Round, doc("one kind")] | None = None
    forms: Annotated[tuple[Holder, ...], doc("more of them")] = ()
    words: Annotated[tuple[str, ...], doc("what is said")] = ()


ROUND: Any = {"kind": "round", "name": "a"}
SQUARE: Any = {"kind": "square", "name": "b"}


def holder(**fields: Any) -> dict[str, Any]:
    return {"form": ROUND, **fields}


def paths(rules: tuple[Constraint, ...], value: Any) -> list[str]:
    """What rules say of a holder, by the quick test and one by one alike."""

    class Ruled(Holder):
        constraints = rules

    message = value if isinstance(value, Message) else msgspec.convert(value, Ruled)
    if type(message) is Holder:
        message = Ruled.trusted(form=message.form)
    found = judge(message)
    assert is_fine(message) is (not found)
    return [item.path for item in found]


NEEDED = Required("spare", clause="X-1")


@pytest.mark.parametrize(
    ("rules", "value", "found"),
    [
        ((OneOf("form.kind", ("round",), clause="X-1"),), holder(), []),
        ((OneOf("form.kind", ("round",), clause="X-1"),), holder(form=SQUARE), ["form.kind"]),
        ((OneOf("form.kind", ("round", "square"), clause="X-1"),), holder(form=SQUARE), []),
        ((OneOf("form.kind", ("round", "other"), clause="X-1"),), holder(form=SQUARE), ["form.kind"]),
        ((OneOf("form.kind", ("other", "more"), clause="X-1"),), holder(), ["form.kind"]),
        ((Excluded("form.kind", ("round",), clause="X-1"),), holder(), ["form.kind"]),
        ((OneOf("spare.kind", ("round",), clause="X-1"),), holder(spare=SQUARE), ["spare.kind"]),
        ((OneOf("spare.kind", ("round",), clause="X-1"),), holder(), []),
        ((OneOf("only.kind", ("other",), clause="X-1"),), holder(only=ROUND), ["only.kind"]),
        ((OneOf("form.name", ("a",), clause="X-1"),), holder(form=SQUARE), ["form.name"]),
        ((OneOf("form.name", ("a",), clause="X-1"),), holder(), []),
        ((OneOf("form.radius", (1,), clause="X-1"),), holder(form={**ROUND, "radius": 2}), ["form.radius"]),
        ((OneOf("form.side", (1,), clause="X-1"),), holder(form={**SQUARE, "side": 2}), ["form.side"]),
        ((OneOf("form.side", (1,), clause="X-1"),), holder(), []),
        ((OneOf("form.side", (1,), clause="X-1"),), holder(form=SQUARE), []),
        (when("form.kind", "round", NEEDED), holder(), ["spare"]),
        (when("form.kind", "round", NEEDED), holder(form=SQUARE), []),
        (when("form.kind", ("round", "square"), NEEDED), holder(form=SQUARE), ["spare"]),
        (when("form.kind", "round", NEEDED, negated=True), holder(form=SQUARE), ["spare"]),
        (when("form.kind", (), NEEDED), holder(), ["spare"]),
        (when("form.name", "a", NEEDED), holder(), ["spare"]),
        (when("form.name", "a", NEEDED), holder(form=SQUARE), []),
        (
            (*when("form.name", "a", NEEDED), *when("form.name", "b", Required("only", clause="X-1"))),
            holder(form=SQUARE),
            ["only"],
        ),
        ((Contains("forms", "form.kind", "round", least=1, clause="X-1"),), holder(forms=[holder()]), []),
        (
            (Contains("forms", "form.kind", "square", least=1, clause="X-1"),),
            holder(forms=[holder()]),
            ["forms"],
        ),
        (
            (Contains("forms", "form.kind", "round", least=1, most=1, clause="X-1"),),
            holder(forms=[holder(), holder()]),
            ["forms"],
        ),
        (
            (Contains("forms[].forms", "form.kind", "round", least=1, clause="X-1"),),
            holder(forms=[holder(forms=[holder()]), holder(forms=[holder(form=SQUARE)])]),
            ["forms[1].forms"],
        ),
        ((Begins("forms", "form.kind", "round", clause="X-1"),), holder(forms=[holder(), holder(form=SQUARE)]), []),
        (
            (Begins("forms", "form.kind", "round", clause="X-1"),),
            holder(forms=[holder(form=SQUARE), holder()]),
            ["forms[0].form.kind"],
        ),
        ((OneOf("words[]", ("a",), clause="X-1"),), holder(words=["a", "b"]), ["words[1]"]),
        ((OneOf("words[].size", (1,), clause="X-1"),), holder(words=["a"]), []),
        ((Contains("forms", "form.kind", "round", least=2, clause="X-1"),), holder(forms=[holder()]), ["forms"]),
    ],
)
def test_a_rule_may_lead_into_a_choice(rules: tuple[Constraint, ...], value: Any, found: list[str]) -> None:
    assert paths(rules, value) == found


STAR = Holder.trusted(form=Unlisted(kind="star", name="a"))


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ((OneOf("form.kind", ("round", "square"), clause="X-1"),), ["form.kind"]),
        ((OneOf("form.name", ("a",), clause="X-1"),), []),
        ((OneOf("form.points", (5,), clause="X-1"),), []),
        (when("form.kind", "round", NEEDED), []),
        (when("form.name", "a", NEEDED), ["spare"]),
    ],
)
def test_what_nobody_has_listed_is_judged_by_the_members_it_came_with(
    rules: tuple[Constraint, ...], found: list[str]
) -> None:
    assert paths(rules, STAR) == found


@pytest.mark.parametrize("path", ["kind", "form", "form.name", "spare.kind", "forms[].form.kind", "nobody.kind"])
def test_only_a_tag_of_what_is_always_there_is_one(path: str) -> None:
    assert shape_of(Holder).tag(path) is None


def test_a_list_has_items_of_one_shape_or_none() -> None:
    assert shape_of(Holder).items("forms") is shape_of(Holder)
    assert shape_of(Holder).items("form") is None
    assert shape_of(Holder).items("nobody") is None


def test_a_tag_is_written_like_any_member() -> None:
    class Ruled(Holder):
        constraints = when("form.kind", "round", NEEDED)

    assert schema_of_rules(Ruled) == {
        "allOf": [
            {
                "if": {
                    "properties": {"form": {"required": ["kind"], "properties": {"kind": {"const": "round"}}}},
                    "required": ["form"],
                },
                "then": {"required": ["spare"]},
            }
        ]
    }
