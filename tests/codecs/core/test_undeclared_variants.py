"""Members that strict reading passes over: looked for only where the member that they stand for is absent."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.core.repairs import Drop, Rename, Repair, digits
from avatarwire.codecs.core.undeclared_variants import overlooks
from avatarwire.codecs.message import Message


class Leaf(Message):
    size: int | None = None
    width: float | msgspec.UnsetType = msgspec.UNSET


class Thorn(Message, tag="thorn"):
    length: int = 0


class Bud(Message, tag="bud"):
    length: int = 0


class Branch(Message):
    leaf: Leaf | msgspec.UnsetType = msgspec.UNSET
    leaves: tuple[Leaf, ...] | msgspec.UnsetType = msgspec.UNSET
    end: Thorn | Bud | None = None


RENAMED = Rename("X-1", "leaves[].size", "extent")
INSIDE = Rename("X-2", "leaf.width", "breadth")
CHOICE = Rename("X-3", "end.length", "extent")


CASES: list[tuple[Repair, dict[str, Any], bool]] = [
    (RENAMED, {"leaves": [{"size": 1}]}, False),
    (RENAMED, {"leaves": [{"size": 1, "extent": 2}]}, False),
    (RENAMED, {"leaves": [{"size": 1}, {"extent": 2}]}, True),
    (RENAMED, {"leaves": [{"size": 0}, {}]}, False),
    (RENAMED, {"leaves": [], "extent": 2}, False),
    (RENAMED, {"extent": 2}, False),
    (RENAMED, {"leaves": [{}], "later": "extent"}, True),
    (INSIDE, {"leaf": {"width": 0.0, "breadth": 1}}, False),
    (INSIDE, {"leaf": {"breadth": 1}}, True),
    (INSIDE, {"breadth": 1}, False),
    (CHOICE, {"end": {"type": "bud", "extent": 1}}, True),
    (CHOICE, {"end": {"type": "bud", "length": 1}}, False),
    (Drop("X-4", "leaf.colour"), {"leaf": {"colour": "red"}}, True),
    (Drop("X-4", "leaf.colour"), {"leaf": {}}, False),
    (Drop("X-4", "leaf.size"), {"leaf": {"size": 1}}, False),
    (digits("leaf.size", "X-5"), {"leaf": {"size": 1}}, False),
]


@pytest.mark.parametrize(("repair", "value", "is_overlooked"), CASES)
def test_where_a_repair_might_apply(repair: Repair, value: dict[str, Any], is_overlooked: bool) -> None:
    branch = msgspec.convert(value, Branch)
    assert overlooks(Branch, [repair])(branch, msgspec.json.encode(value)) is is_overlooked


def test_every_repair_counts() -> None:
    look = overlooks(Branch, [RENAMED, INSIDE])
    for value in ({"leaves": [{"extent": 1}]}, {"leaf": {"breadth": 1}}):
        assert look(msgspec.convert(value, Branch), msgspec.json.encode(value))
    assert not overlooks(Branch, [])(Branch(), b"{}")
