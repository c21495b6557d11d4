"""Reading declarations: what stands at a wire path, and what it is called in an error."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

import msgspec
import pytest
from msgspec import UNSET, UnsetType, inspect

from avatarwire.codecs.core.introspection import at_path, describe, plain_members, undeclared, unwrapped
from avatarwire.codecs.message import Message, doc


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(Message):
    paint_colour: Annotated[Colour, doc("a colour", "X-1")] = Colour.RED
    note: str | None = None


class Tree(Message):
    top: Annotated[Leaf, doc("the top", "X-2")] | UnsetType = UNSET
    leaves: Annotated[tuple[Leaf, ...], doc("all of them", "X-3")] = ()
    sizes: list[int] | UnsetType = UNSET
    either: int | str = 0


TREE = inspect.type_info(Tree)


@pytest.mark.parametrize(
    ("type_", "words"),
    [
        (str, "text"),
        (Annotated[str, doc("", min_length=1)], "text that is not empty"),
        (Annotated[str, doc("", min_length=2)], "text of at least 2 characters"),
        (Annotated[str, doc("", max_length=9)], "text of at most 9 characters"),
        (Annotated[str, doc("", min_length=2, max_length=9)], "text from 2 to 9 characters"),
        (Annotated[str, doc("", min_length=8, max_length=8)], "text of exactly 8 characters"),
        (Annotated[str, doc("", pattern="^a+$")], "text matching ^a+$"),
        (int, "an integer"),
        (Annotated[int, doc("", ge=1)], "an integer of at least 1"),
        (Annotated[int, doc("", le=5)], "an integer of at most 5"),
        (Annotated[int, doc("", ge=1, le=5)], "an integer from 1 to 5"),
        (Annotated[int, doc("", ge=5, le=5)], "an integer from 5 to 5"),
        (Annotated[int, doc("", ge=-(2**63), le=2**63 - 1)], "an integer of 64 bits"),
        (Annotated[int, doc("", ge=1, le=2**63 - 1)], "an integer of at least 1"),
        (Annotated[float, doc("", ge=0.8, le=2.0)], "a number from 0.8 to 2.0"),
        (bool, "true or false"),
        (bytes, "Base64 text"),
        (Literal["only"], "only"),
        (Literal[1, 2], "1 or 2"),
        (Literal["a", "b", "c"], "a, b or c"),
        (Colour, "red or blue"),
        (list[int], "a list"),
        (Annotated[tuple[int, ...], doc("", min_length=1)], "a list of at least 1 items"),
        (tuple[int, str], "a list of exactly 2 items"),
        (Leaf, "an object"),
        (dict[str, int], "an object"),
        (int | str, ""),
        (Any, ""),
    ],
)
def test_a_declaration_in_words(type_: Any, words: str) -> None:
    assert describe(unwrapped(inspect.type_info(type_))[0]) == words


@pytest.mark.parametrize(
    ("path", "found", "clause"),
    [
        ("", inspect.StructType, ""),
        (".top", inspect.StructType, "X-2"),
        (".top.paintColour", inspect.EnumType, "X-1"),
        (".top.note", inspect.StrType, ""),
        (".leaves", inspect.VarTupleType, "X-3"),
        (".leaves[12]", inspect.StructType, "X-3"),
        (".leaves[...].paintColour", inspect.EnumType, "X-1"),
        (".sizes[0]", inspect.IntType, ""),
        (".either", inspect.UnionType, ""),
        (".top.missing", None, "X-2"),
        (".top[0]", None, "X-2"),
        (".sizes.name", None, ""),
        (".sizes[0][1]", None, ""),
    ],
)
def test_what_stands_at_a_path_and_its_clause(path: str, found: type[inspect.Type] | None, clause: str) -> None:
    info, named = at_path(TREE, path)
    assert (None if info is None else type(info), named) == (found, clause)


def test_documentation_and_absence_are_no_part_of_a_type() -> None:
    info, clause = unwrapped(
        inspect.type_info(Annotated[Annotated[int, doc("", "X-9")] | None, msgspec.Meta(title="t")])
    )
    assert (info, clause) == (inspect.IntType(), "X-9")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({}, {}),
        ({"top": {"paintColour": "red"}, "sizes": [1]}, {}),
        ({"extra": [1, 2]}, {"extra": [1, 2]}),
        ({"paint_colour": 1}, {"paint_colour": 1}),
        ({"top": {"extra": None}}, {"top.extra": None}),
        ({"leaves": [{}, {"a": 1, "b": 2}]}, {"leaves[1].a": 1, "leaves[1].b": 2}),
        ({"top": "no object", "leaves": {"no": "list"}, "sizes": [{"a": 1}]}, {}),
        (["no object"], {}),
    ],
)
def test_members_that_nothing_declares(value: object, found: dict[str, object]) -> None:
    assert undeclared(TREE, value) == found


def test_members_without_members_of_their_own() -> None:
    assert plain_members(Leaf) == {"paintColour", "note"}
    assert plain_members(Tree) == {"sizes", "either"}
    assert plain_members(int) == plain_members(list[Leaf]) == frozenset()


class Pair(Message):
    both: tuple[Annotated[int, doc("a number", "X-7")], Leaf]


PAIR = inspect.type_info(Pair)


def test_items_of_a_fixed_list_have_declarations_of_their_own() -> None:
    number, clause = at_path(PAIR, ".both[0]")
    assert (type(number), clause) == (inspect.IntType, "X-7")
    assert at_path(PAIR, ".both[1].paintColour")[1] == "X-1"
    assert at_path(PAIR, ".both[2]") == (None, "")
    assert at_path(PAIR, ".both[...]") == (None, "")
    assert undeclared(PAIR, {"both": [1, {"other": 2}, 3]}) == {"both[1].other": 2}


class Circle(Message, tag_field="kind", tag="circle"):
    name: Annotated[str, doc("what it is called", "X-10")]
    radius: int


class Square(Message, tag_field="kind", tag="square"):
    name: Annotated[int, doc("its number", "X-11")]


class Drawing(Message):
    shapes: Annotated[tuple[Circle | Square, ...], doc("shapes", "X-12")]


DRAWING = inspect.type_info(Drawing)


def test_a_value_tells_the_kinds_of_a_choice_apart() -> None:
    value = {"shapes": [{"kind": "square", "name": "n"}, {"name": 5}, 7]}
    assert at_path(DRAWING, ".shapes[0].name", value) == (inspect.IntType(), "X-11")
    assert at_path(DRAWING, ".shapes[1].name", value) == (inspect.StrType(), "X-10")
    assert at_path(DRAWING, ".shapes[2].radius", value) == (inspect.IntType(), "")
    assert at_path(DRAWING, ".shapes[9].radius", value) == (inspect.IntType(), "")
    assert at_path(DRAWING, ".shapes[...].radius", value) == (inspect.IntType(), "")
    assert at_path(DRAWING, ".shapes[0].radius") == (inspect.IntType(), "")
    tags = inspect.LiteralType(("circle", "square"))
    assert at_path(DRAWING, ".shapes[0].kind", value) == (tags, "X-12")


def test_members_of_a_kind_that_nothing_declares() -> None:
    circle = {"kind": "circle", "name": "c", "radius": 1, "colour": 2}
    star = {"kind": "star", "name": "s"}
    assert undeclared(DRAWING, {"shapes": [circle, star]}) == {"shapes[0].colour": 2, "shapes[1]": star}
    assert undeclared(inspect.type_info(Circle), circle) == {"colour": 2}
