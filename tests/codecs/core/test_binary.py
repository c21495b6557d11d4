"""Fast codecs from construct declarations: they do what construct does, or say that they cannot."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final

import construct
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.core.binary import BinaryCodec, CodePoint, Member, NotDerivable, derive
from avatarwire.codecs.errors import DecodeError, EncodeError


class Kind(IntEnum):
    PLAIN = 0
    LOUD = 7


MEANINGS: Final[Mapping[int, str]] = {Kind.PLAIN: "as it is", Kind.LOUD: "for all to hear"}


class Row(msgspec.Struct, frozen=True, rename="camel"):
    first_kind: int
    mark: bytes
    other_kind: int


class Kinds(msgspec.Struct, frozen=True):
    a: int
    b: int


class Mark(msgspec.Struct, frozen=True):
    mark: bytes


DECLARATION: Final = construct.Struct(
    construct.Renamed(CodePoint(MEANINGS), "firstKind", "how loud"),
    "mark" / construct.Bytes(2),
    "otherKind" / CodePoint(MEANINGS),
)
CODEC: Final = derive(DECLARATION, Row, vendor="v", message="toy", clause="X-1")


# --- layouts ---


@pytest.mark.parametrize(
    ("codec", "value", "wire"),
    [
        (CODEC, Row(Kind.LOUD, b"AV", 255), "074156ff"),
        (CODEC, Row(1, b"\0\xff", Kind.PLAIN), "0100ff00"),
        (derive(construct.Struct("a" / CodePoint({}), "b" / CodePoint(MEANINGS)), Kinds), Kinds(7, Kind.LOUD), "0707"),
        (derive(construct.Struct("mark" / construct.Bytes(3)), Mark), Mark(b"abc"), "616263"),
        (derive(construct.Struct("mark" / construct.Bytes(3) * "about it"), Mark), Mark(b"abc"), "616263"),
    ],
)
def test_a_layout_is_written_and_read(codec: BinaryCodec[Any], value: Any, wire: str) -> None:
    assert codec.encode(value).hex() == wire
    assert codec.decode(bytes.fromhex(wire)) == value
    assert codec.decode(bytes.fromhex(wire) + b"what follows") == value
    assert codec.size == len(bytes.fromhex(wire))


def test_assigned_code_points_are_members_and_others_stay_numbers() -> None:
    row = CODEC.decode(b"\7AV\6")
    assert (type(row.first_kind), type(row.other_kind)) == (Kind, int)
    assert CODEC.encode(Row(7, b"AV", 6)) == b"\7AV\6"


def test_the_layout_can_be_looked_at() -> None:
    assert CODEC.members == (
        Member("firstKind", 0, 1, "how loud", MEANINGS),
        Member("mark", 1, 2, ""),
        Member("otherKind", 3, 1, "", MEANINGS),
    )


# --- held against construct ---


@given(st.integers(0, 255), st.binary(min_size=2, max_size=2), st.integers(0, 255))
def test_any_value_is_written_as_construct_writes_it(first: int, mark: bytes, other: int) -> None:
    expected = DECLARATION.build({"firstKind": first, "mark": mark, "otherKind": other})
    assert CODEC.encode(Row(first, mark, other)) == expected


@given(st.binary(max_size=8))
def test_any_bytes_are_read_as_construct_reads_them(data: bytes) -> None:
    try:
        expected = DECLARATION.parse(data)
    except construct.ConstructError:
        with pytest.raises(DecodeError):
            CODEC.decode(data)
    else:
        row = CODEC.decode(data)
        assert row == Row(expected.firstKind, expected.mark, expected.otherKind)
        assert (type(row.first_kind), type(row.other_kind)) == (type(expected.firstKind), type(expected.otherKind))


# --- faults ---


@pytest.mark.parametrize("data", [b"\7AV\0"[:length] for length in range(4)], ids=len)
def test_too_few_bytes(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        CODEC.decode(data)
    assert str(caught.value) == f"v toy: byte {len(data)}: {len(data)} bytes, expected at least 4 bytes [X-1]"


@pytest.mark.parametrize("data", [bytearray(b"\7AV\0"), memoryview(b"\7AV\0")])
def test_other_kinds_of_bytes_are_read_as_well(data: Any) -> None:
    assert CODEC.decode(data) == Row(Kind.LOUD, b"AV", Kind.PLAIN)


@pytest.mark.parametrize("data", ["\7AV\0", 7, None, list(b"\7AV\0"), memoryview(bytes(20))[::2]])
def test_what_is_no_row_of_bytes(data: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        CODEC.decode(data)
    assert str(caught.value) == f"v toy: got {type(data).__name__}, expected contiguous bytes"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Row(256, b"AV", 0), "v toy: firstKind: got 256, expected an integer from 0 to 255 [X-1]"),
        (Row(-1, b"AV", 0), "v toy: firstKind: got -1, expected an integer from 0 to 255 [X-1]"),
        (Row(0, b"A", 0), "v toy: mark: got b'A', expected exactly 2 bytes [X-1]"),
        (Row(0, b"AVW", 0), "v toy: mark: got b'AVW', expected exactly 2 bytes [X-1]"),
        (object(), "v toy: firstKind: got None, expected an integer from 0 to 255 [X-1]"),
    ],
)
def test_a_value_that_does_not_fit(value: Any, text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        CODEC.encode(value)
    assert str(caught.value) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"other_kind": "1"}, "v toy: otherKind: got '1', expected an integer from 0 to 255 [X-1]"),
        ({"other_kind": 1.0}, "v toy: otherKind: got 1.0, expected an integer from 0 to 255 [X-1]"),
        ({"mark": "AV"}, "v toy: mark: got 'AV', expected exactly 2 bytes [X-1]"),
        ({"mark": None}, "v toy: mark: got None, expected exactly 2 bytes [X-1]"),
    ],
)
def test_a_value_of_another_type(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        CODEC.encode(msgspec.structs.replace(Row(0, b"AV", 0), **changes))
    assert str(caught.value) == text


def test_an_enormous_number_does_not_fit_either() -> None:
    with pytest.raises(EncodeError) as caught:
        CODEC.encode(Row(0, b"AV", 10**5000))
    assert (caught.value.path, caught.value.offset, caught.value.reason) == ("otherKind", 3, "got <int>")


def test_a_value_that_refuses_for_reasons_of_its_own() -> None:
    class Moody:
        mark = b"AV"
        other_kind = 0
        asked = False

        @property
        def first_kind(self) -> int:
            if self.asked:
                return 1
            self.asked = True
            raise AttributeError

    mood: Any = Moody()
    with pytest.raises(EncodeError, match=r"^v toy: cannot write <"):
        CODEC.encode(mood)


# --- what stays on construct ---


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        (construct.Struct("mark" / construct.GreedyBytes), "mark is no code point or byte string but GreedyBytes"),
        (construct.Struct("mark" / construct.Int8ub), "mark is no code point or byte string but FormatField"),
        (construct.Struct("mark" / construct.Int16ub), "mark is no code point or byte string but FormatField"),
        (construct.Struct("mark" / construct.VarInt), "mark is no code point or byte string but VarInt"),
        (construct.Struct("mark" / construct.Enum(construct.Byte, Kind)), "mark is no .* but Enum"),
        (construct.Struct("mark" / construct.Const(b"AV")), "mark is no .* but Const"),
        (construct.Struct("mark" / construct.Hex(construct.Bytes(2))), "mark is no .* but Hex"),
        (construct.Struct("mark" / construct.Rebuild(CodePoint(MEANINGS), 7)), "mark is no .* but Rebuild"),
        (construct.Struct("mark" / DECLARATION), "mark is no .* but Struct"),
        (construct.Struct(construct.Padding(1), "mark" / construct.Bytes(1)), "None is no .* but Padded"),
        (construct.Struct("mark" / construct.Bytes(lambda this: 3)), "mark is of a length that varies"),
        (construct.Bytes(2), "Bytes is no Struct with members"),
        (construct.Struct(), "Struct is no Struct with members"),
        (construct.Sequence("mark" / construct.Bytes(2)), "Sequence is no Struct with members"),
    ],
)
def test_what_cannot_be_derived(declaration: Any, reason: str) -> None:
    with pytest.raises(NotDerivable, match=f"^{reason}$"):
        derive(declaration, Mark)


@pytest.mark.parametrize(
    "declaration",
    [
        construct.Struct("another" / construct.Bytes(2)),
        construct.Struct(construct.Bytes(2)),
        construct.Struct("mark" / construct.Bytes(2), "more" / construct.Bytes(2)),
        construct.Struct("mark" / construct.Bytes(2), "mark" / construct.Bytes(2)),
    ],
)
def test_a_class_with_other_members(declaration: Any) -> None:
    with pytest.raises(NotDerivable, match=r"^Mark has not the members of the declaration$"):
        derive(declaration, Mark)


def test_a_class_with_its_members_in_another_order() -> None:
    with pytest.raises(NotDerivable, match=r"^Kinds has not the members"):
        derive(construct.Struct("b" / CodePoint(MEANINGS), "a" / CodePoint(MEANINGS)), Kinds)
