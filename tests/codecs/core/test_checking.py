"""Judging: what a class and its parts declare is compiled once, and every finding has its path."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.checking import SENDER, broken, checker, has_rules, is_fine, judge, rules_of
from avatarwire.codecs.core.constraints import Constraint, OneOf, Required
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message, doc


class Leaf(Message):
    size: Annotated[int, doc("its size")] = 1

    constraints = (OneOf("size", (1, 2), clause="L-1", tolerated=True),)


class Thorn(Message, tag_field="kind", tag="thorn"):
    length: Annotated[int, doc("its length")] | UnsetType = UNSET

    constraints = (Required("length", clause="T-1"), OneOf("kind", ("thorn",), clause="T-2"))


class Plain(Message, tag_field="kind", tag="plain"):
    note: str = ""


class Branch(Message):
    leaf: Leaf = Leaf.trusted()
    spare: Leaf | None = None
    leaves: tuple[Leaf, ...] = ()
    ends: tuple[Thorn | Plain, ...] | UnsetType = UNSET
    branches: tuple[Branch, ...] = ()
    words: tuple[str, ...] = ()


class LongBranch(Branch):
    constraints: ClassVar[tuple[Constraint, ...]] = (Required("spare", clause="B-1"),)


class LongerBranch(LongBranch):
    constraints: ClassVar[tuple[Constraint, ...]] = (OneOf("leaf.size", (2,), clause="B-2"),)


def paths(value: dict[str, Any], cls: type[Message] = Branch) -> list[tuple[str, str]]:
    message = msgspec.convert(value, cls)
    found = judge(message)
    assert is_fine(message) is (not found)
    return [(item.clause, item.path) for item in found]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, []),
        ({"leaf": {"size": 3}}, [("L-1", "leaf.size")]),
        ({"spare": None}, []),
        ({"spare": {"size": 3}}, [("L-1", "spare.size")]),
        ({"leaves": [{"size": 1}, {"size": 3}]}, [("L-1", "leaves[1].size")]),
        ({"ends": [{"kind": "plain"}, {"kind": "thorn"}]}, [("T-1", "ends[1].length")]),
        ({"ends": [{"kind": "thorn", "length": 1}]}, []),
        ({"branches": [{"branches": [{"leaf": {"size": 3}}]}]}, [("L-1", "branches[0].branches[0].leaf.size")]),
    ],
)
def test_parts_are_judged_wherever_they_stand(value: dict[str, Any], found: list[tuple[str, str]]) -> None:
    assert paths(value) == found


def test_rules_of_bases_hold_too_and_each_class_has_its_own_function() -> None:
    assert [rule.clause for rule in rules_of(LongerBranch)] == ["B-1", "B-2"]
    assert paths({}, LongBranch) == [("B-1", "spare")]
    assert paths({}, LongerBranch) == [("B-1", "spare"), ("B-2", "leaf.size")]
    assert Branch().check() == ()
    with pytest.raises(ValidationError, match=r"^spare: required field is missing \[B-1\]$"):
        msgspec.convert({}, LongBranch).check()
    with pytest.raises(ValidationError, match=r"\[B-1\] \(and 1 more\)$"):
        msgspec.convert({}, LongerBranch).check()
    assert LongBranch.check is checker(LongBranch) is not checker(Branch)


def test_what_is_tolerated_is_given_back_and_what_is_not_is_raised() -> None:
    tolerated = msgspec.convert({"leaf": {"size": 3}}, Branch)
    assert [item.path for item in tolerated.check()] == ["leaf.size"]
    with pytest.raises(ValidationError) as caught:
        msgspec.convert({"leaf": {"size": 3}, "ends": [{"kind": "thorn"}]}, Branch).check()
    assert caught.value.path == "ends[0].length"
    assert [(item.path, item.tolerated) for item in caught.value.findings] == [
        ("leaf.size", True),
        ("ends[0].length", False),
    ]


def test_making_a_message_holds_every_rule() -> None:
    with pytest.raises(ValidationError, match=r"^Leaf: size: got 3, expected 1 or 2 \[L-1\]$"):
        Leaf(size=3)


@pytest.mark.parametrize(("cls", "has"), [(Leaf, True), (Branch, True), (Plain, False), (LongBranch, True)])
def test_whether_there_is_anything_to_judge(cls: type[Message], has: bool) -> None:
    assert has_rules(cls) is has


@pytest.mark.parametrize("value", [None, {}, "text", 5, UNSET])
def test_what_is_no_message_breaks_nothing(value: object) -> None:
    assert judge(value) == []
    assert is_fine(value)


def test_rules_of_a_message_may_be_asked_without_those_of_its_parts() -> None:
    message = msgspec.convert({"leaf": {"size": 3}}, LongBranch)
    assert [item.path for item in broken(message)] == ["spare"]
    assert [item.path for item in judge(message)] == ["spare", "leaf.size"]


class Sent(Branch):
    sender_constraints: ClassVar[tuple[Constraint, ...]] = (Required("spare", clause="S-1"),)
    twigs: tuple[Sent, ...] = ()


def test_another_set_of_rules_is_judged_apart() -> None:
    message = msgspec.convert({"leaf": {"size": 3}, "twigs": [{"spare": {"size": 1}}, {}]}, Sent)
    assert [item.clause for item in judge(message)] == ["L-1"]
    assert [(item.clause, item.path) for item in judge(message, SENDER)] == [
        ("S-1", "spare"),
        ("S-1", "twigs[1].spare"),
    ]
    assert not is_fine(message, SENDER)
    assert is_fine(msgspec.convert({"leaf": {"size": 3}, "spare": {}}, Sent), SENDER)
    assert (has_rules(Sent, SENDER), has_rules(Branch, SENDER)) == (True, False)
