"""Fast codecs from construct declarations: they do what construct does, or say that they cannot."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

import construct
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.binary import BinaryCodec, Member, NotDerivable, derive
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError


class Kind(IntEnum):
    PLAIN = 0
    LOUD = 7


class Row(NamedTuple):
    """The members of the toy layouts, as many as each has."""

    a: Any = None
    b: Any = None
    c: Any = None
    d: Any = None


class OnlyResult(NamedTuple):
    """Names that the generated source uses for itself."""

    result: int
    data: int
    value: int
    pack: int
    faults: bytes


def toy(*members: Any, **options: Any) -> BinaryCodec[Row]:
    return derive(construct.Struct(*members), Row, **options)


# --- layouts ---


@pytest.mark.parametrize(
    ("codec", "value", "wire"),
    [
        (toy("a" / construct.Int8ub), Row(255), "ff"),
        (toy("a" / construct.Int8sb), Row(-1), "ff"),
        (toy("a" / construct.Int16ub), Row(0x0102), "0102"),
        (toy("a" / construct.Int16ul), Row(0x0102), "0201"),
        (toy("a" / construct.Int16sb), Row(-2), "fffe"),
        (toy("a" / construct.Int32ub), Row(1), "00000001"),
        (toy("a" / construct.Int32sl), Row(-1), "ffffffff"),
        (toy("a" / construct.Int64ub), Row(2**64 - 1), "ffffffffffffffff"),
        (toy("a" / construct.Int64sl), Row(-(2**63)), "0000000000000080"),
        (toy("a" / construct.Bytes(3)), Row(b"abc"), "616263"),
        (toy("a" / construct.Bytes(0), "b" / construct.Byte), Row(b"", 1), "01"),
        (toy(construct.Const(b"AV"), "a" / construct.Int8ub), Row(5), "415605"),
        (toy("magic" / construct.Const(0x4156, construct.Int16ub), "a" / construct.Int8ub), Row(5), "415605"),
        (toy("a" / construct.Int8ub, construct.Padding(2), "b" / construct.Int8ub), Row(1, 2), "01000002"),
        (toy("a" / construct.Int8ub, "gap" / construct.Padding(1)), Row(1), "0100"),
        (
            toy("a" / construct.Int16ub, "inner" / construct.Struct("b" / construct.Int8ub), "c" / construct.Bytes(1)),
            Row(1, 2, b"3"),
            "00010233",
        ),
        (
            toy(construct.Struct("a" / construct.Int8ub, "deep" / construct.Struct("b" / construct.Int8ub))),
            Row(1, 2),
            "0102",
        ),
        (
            toy(
                "a" / construct.Int8ub,
                "b" / construct.Int16ul,
                "c" / construct.Int32ul,
                "d" / construct.Int64ul,
            ),
            Row(1, 2, 3, 4),
            "01020003000000" + "0400000000000000",
        ),
    ],
)
def test_a_layout_is_written_and_read(codec: BinaryCodec[Row], value: Row, wire: str) -> None:
    assert codec.encode(value).hex() == wire
    assert codec.decode(bytes.fromhex(wire)) == value
    assert codec.decode(bytes.fromhex(wire) + b"what follows") == value
    assert codec.size == codec.struct.size == len(bytes.fromhex(wire))


def test_members_may_be_called_anything() -> None:
    names = construct.Struct(
        "result" / construct.Int8ub,
        "data" / construct.Int8ub,
        "value" / construct.Int8ub,
        "pack" / construct.Int8ub,
        "faults" / construct.Bytes(1),
    )
    codec = derive(names, OnlyResult, enums={"value": Kind})
    assert codec.decode(b"\1\2\7\4\5") == OnlyResult(1, 2, Kind.LOUD, 4, b"\5")
    assert codec.encode(OnlyResult(1, 2, 7, 4, b"\5")) == b"\1\2\7\4\5"


def test_enumerated_members_come_from_a_table_and_others_stay_numbers() -> None:
    codec = toy("a" / construct.Int8ub, "b" / construct.Int8ub, enums={"a": Kind})
    assert codec.decode(b"\7\7") == Row(Kind.LOUD, 7)
    assert isinstance(codec.decode(b"\7\7").a, Kind)
    assert type(codec.decode(b"\6\7").a) is int
    assert codec.tables == {"a": (Kind.PLAIN, 1, 2, 3, 4, 5, 6, Kind.LOUD, *range(8, 256))}
    assert codec.encode(Row(Kind.LOUD, 7)) == b"\7\7"


def test_the_layout_can_be_looked_at() -> None:
    codec = toy(
        construct.Const(b"A"), "a" / construct.Int16ub, construct.Padding(3), "b" / construct.Int8ub, enums={"b": Kind}
    )
    assert codec.members == (
        Member(None, "1s", 0, 1, constant=b"A"),
        Member("a", "H", 1, 2),
        Member(None, "3x", 3, 3),
        Member("b", "B", 6, 1, Kind),
    )
    assert [member.is_padding for member in codec.members] == [False, False, True, False]


# --- held against construct ---

REFERENCE = construct.Struct(
    "a" / construct.Int8ub,
    construct.Padding(1),
    "b" / construct.Int16sb,
    construct.Const(b"AV"),
    "inner" / construct.Struct("c" / construct.Int32ub),
    "d" / construct.Bytes(3),
)
DERIVED = derive(REFERENCE, Row)


def flat(a: int, b: int, c: int, d: bytes) -> dict[str, Any]:
    return {"a": a, "b": b, "inner": {"c": c}, "d": d}


@given(
    st.integers(0, 255), st.integers(-(2**15), 2**15 - 1), st.integers(0, 2**32 - 1), st.binary(min_size=3, max_size=3)
)
def test_any_value_is_written_as_construct_writes_it(a: int, b: int, c: int, d: bytes) -> None:
    assert DERIVED.encode(Row(a, b, c, d)) == REFERENCE.build(flat(a, b, c, d))


@given(st.binary(max_size=20) | st.binary(min_size=8, max_size=8).map(lambda data: data[:4] + b"AV" + data))
def test_any_bytes_are_read_as_construct_reads_them(data: bytes) -> None:
    try:
        expected = REFERENCE.parse(data)
    except construct.ConstructError:
        with pytest.raises(DecodeError):
            DERIVED.decode(data)
    else:
        assert DERIVED.decode(data) == Row(expected.a, expected.b, expected.inner.c, expected.d)


# --- faults ---

TOY = toy(
    construct.Const(b"AV"),
    "a" / construct.Int8ub,
    "b" / construct.Int16sb,
    "c" / construct.Bytes(2),
    vendor="v",
    message="toy",
    clause="X-1",
)


@pytest.mark.parametrize("data", [b"AV\1\0\2cd"[:length] for length in range(7)], ids=len)
def test_too_few_bytes(data: bytes) -> None:
    with pytest.raises(DecodeError) as caught:
        TOY.decode(data)
    assert str(caught.value) == f"v toy: byte {len(data)}: {len(data)} bytes, expected at least 7 bytes [X-1]"


@pytest.mark.parametrize("data", [bytearray(b"AV\1\0\2cd"), memoryview(b"AV\1\0\2cd")])
def test_other_kinds_of_bytes_are_read_as_well(data: Any) -> None:
    assert TOY.decode(data) == Row(1, 2, b"cd")


@pytest.mark.parametrize("data", ["AV\1\0\2cd", 7, None, list(b"AV\1\0\2cd"), memoryview(bytes(20))[::2]])
def test_what_is_no_row_of_bytes(data: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        TOY.decode(data)
    assert str(caught.value) == f"v toy: got {type(data).__name__}, expected contiguous bytes"


def test_a_constant_must_be_there() -> None:
    with pytest.raises(ValidationError) as caught:
        TOY.decode(b"XV\1\0\2cd")
    assert str(caught.value) == "v toy: byte 0: got b'XV', expected b'AV' [X-1]"


def test_a_number_can_be_constant_too() -> None:
    codec = toy("a" / construct.Int8ub, construct.Const(7, construct.Int16ub))
    with pytest.raises(ValidationError) as caught:
        codec.decode(b"\0\0\6")
    assert (caught.value.offset, caught.value.reason, caught.value.expected) == (1, "got 6", "7")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Row(256, 0, b"cd"), "v toy: a: got 256, expected an integer from 0 to 255 [X-1]"),
        (Row(-1, 0, b"cd"), "v toy: a: got -1, expected an integer from 0 to 255 [X-1]"),
        (Row("1", 0, b"cd"), "v toy: a: got '1', expected an integer from 0 to 255 [X-1]"),
        (Row(1.0, 0, b"cd"), "v toy: a: got 1.0, expected an integer from 0 to 255 [X-1]"),
        (Row(1, 2**15, b"cd"), "v toy: b: got 32768, expected an integer from -32768 to 32767 [X-1]"),
        (Row(1, 2, b"c"), "v toy: c: got b'c', expected exactly 2 bytes [X-1]"),
        (Row(1, 2, b"cde"), "v toy: c: got b'cde', expected exactly 2 bytes [X-1]"),
        (Row(1, 2, "cd"), "v toy: c: got 'cd', expected exactly 2 bytes [X-1]"),
        (Row(1, 2, None), "v toy: c: got None, expected exactly 2 bytes [X-1]"),
        (object(), "v toy: a: got None, expected an integer from 0 to 255 [X-1]"),
    ],
)
def test_a_value_that_does_not_fit(value: Any, text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        TOY.encode(value)
    assert str(caught.value) == text


def test_an_enormous_number_does_not_fit_either() -> None:
    with pytest.raises(EncodeError) as caught:
        TOY.encode(Row(10**5000, 0, b"cd"))
    assert (caught.value.path, caught.value.offset, caught.value.reason) == ("a", 2, "got <int>")


def test_a_value_that_refuses_for_reasons_of_its_own() -> None:
    class Moody:
        b = 0
        c = b"cd"
        asked = False

        @property
        def a(self) -> int:
            if self.asked:
                return 1
            self.asked = True
            raise AttributeError

    mood: Any = Moody()
    with pytest.raises(EncodeError, match=r"^v toy: cannot write <"):
        TOY.encode(mood)


# --- what stays on construct ---


@pytest.mark.parametrize(
    ("declaration", "reason"),
    [
        (construct.Struct("a" / construct.VarInt), "VarInt is no plain integer or byte string"),
        (construct.Struct("a" / construct.GreedyBytes), "GreedyBytes is no plain integer or byte string"),
        (construct.Struct("a" / construct.Int24ub), "BytesInteger is no plain integer or byte string"),
        (
            construct.Struct("a" / construct.BitStruct("b" / construct.Nibble, "c" / construct.Nibble)),
            "no plain integer",
        ),
        (construct.Struct("a" / construct.Prefixed(construct.Byte, construct.GreedyBytes)), "Prefixed is no plain"),
        (construct.Struct("a" / construct.Byte, "b" / construct.Computed(lambda this: 1)), "Computed is no plain"),
        (construct.Struct("a" / construct.Enum(construct.Byte, Kind)), "Enum is no plain integer"),
        (construct.Struct("a" / construct.Hex(construct.Byte)), "Hex is no plain integer"),
        (construct.Struct("a" / construct.Const(b"AV", construct.GreedyBytes)), "GreedyBytes is no plain integer"),
        (construct.Struct("a" / construct.Float32b), "format >f is no integer"),
        (construct.Struct("a" / construct.Bytes(lambda this: 3)), "Bytes of a length that varies"),
        (construct.Struct("a" / construct.Byte, construct.Padding(lambda this: 3)), "Padded of a length that varies"),
        (construct.Struct("a" / construct.Padded(4, construct.Byte)), "padding around something"),
        (construct.Struct("a" / construct.Byte, construct.Padding(1, b"\xff")), "padding around something"),
        (construct.Struct("a" / construct.Int16ub, "b" / construct.Int16ul), "mixed byte order"),
        (construct.Struct(construct.Byte), "a member without a name"),
        (construct.Byte, "a member without a name"),
        (construct.Struct("not a name" / construct.Byte), "'not a name' is no attribute name"),
        (construct.Struct("class" / construct.Byte), "'class' is no attribute name"),
        (
            construct.Struct("a" / construct.Byte, "in_" / construct.Struct("a" / construct.Byte)),
            "two members are called a",
        ),
        (construct.Struct(construct.Padding(3)), "nothing to read"),
        (construct.Struct(), "nothing to read"),
    ],
)
def test_what_cannot_be_derived(declaration: Any, reason: str) -> None:
    with pytest.raises(NotDerivable, match=reason):
        derive(declaration, Row)


@pytest.mark.parametrize("part", [construct.Int8sb, construct.Int16ub, construct.Bytes(1)])
def test_only_one_unsigned_byte_has_a_table(part: Any) -> None:
    with pytest.raises(NotDerivable, match="a: only unsigned one-byte enumerations have tables"):
        toy("a" / part, enums={"a": Kind})


def test_single_bytes_have_no_order_to_mix() -> None:
    codec = toy("a" / construct.Int8ub, "b" / construct.Int16ul, "c" / construct.Int8ub)
    assert codec.encode(Row(1, 2, 3)) == b"\1\2\0\3"
