"""1.0 is an integer wherever one is declared, and nowhere else."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Literal

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.whole_numbers import whole
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.message import Int64, Message, doc, integer


class Speed(IntEnum):
    SLOW = 1
    FAST = 2


class Shape(Message, tag_field="kind"):
    pass


class Round(Shape, tag="round"):
    size: Int64


class Square(Shape, tag="square"):
    size: float


class Inner(Message):
    deep: Annotated[int, integer("how deep")] | None = None
    next: Inner | None = None


class Outer(Message):
    count: Annotated[int, integer("how many", "X-1", ge=0)] | UnsetType = UNSET
    ratio: float | UnsetType = UNSET
    either: int | float | UnsetType = UNSET
    word: str | UnsetType = UNSET
    word_or_count: str | int | UnsetType = UNSET
    flag: bool | UnsetType = UNSET
    one: Literal[1] | UnsetType = UNSET
    speed: Speed | UnsetType = UNSET
    listed: tuple[Int64, ...] | UnsetType = UNSET
    box: tuple[Int64, float, Inner] | UnsetType = UNSET
    inner: Inner | UnsetType = UNSET
    form: Round | Square | UnsetType = UNSET
    anything: Annotated[Any, doc("whatever")] | UnsetType = UNSET


CODEC = JsonCodec(Outer, vendor="acme", message="outer")


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    ("data", "ruled"),
    [
        (b'{"count":1.0}', b'{"count":1}'),
        (b'{"count":1e3}', b'{"count":1000}'),
        (b'{"count":-0.0}', b'{"count":0}'),
        (b'{"count":1e18}', b'{"count":1000000000000000000}'),
        (b'{"count":9223372036854774784.0}', b'{"count":9223372036854774784}'),
        (b'{"wordOrCount":2.0}', b'{"wordOrCount":2}'),
        (b'{"one":1.0}', b'{"one":1}'),
        (b'{"speed":2.0}', b'{"speed":2}'),
        (b'{"listed":[1.0,2]}', b'{"listed":[1,2]}'),
        (b'{"box":[1.0,1.0,{"deep":4.0}]}', b'{"box":[1,1.0,{"deep":4}]}'),
        (b'{"inner":{"next":{"next":{"deep":-9223372036854775808.0}}}}',
         b'{"inner":{"next":{"next":{"deep":-9223372036854775808}}}}'),
        (b'{"form":{"kind":"round","size":3.0}}', b'{"form":{"kind":"round","size":3}}'),
    ],
)  # fmt: skip
def test_a_whole_number_is_an_integer(data: bytes, ruled: bytes, strict: bool) -> None:
    decoded = CODEC.decode(data, strict=strict)
    assert (decoded.value, decoded.deviations) == (CODEC.decode(ruled).value, ())
    assert repr(decoded.value) == repr(CODEC.decode(ruled).value)
    assert decoded.encode() == data


@pytest.mark.parametrize(
    ("data", "attribute", "value"),
    [
        (b'{"ratio":1.0}', "ratio", 1.0),
        (b'{"either":1.0}', "either", 1.0),
        (b'{"anything":[1.0]}', "anything", [1.0]),
        (b'{"count":1.0,"form":{"kind":"square","size":3.0}}', "form", Square(size=3.0)),
        (b'{"count":1.0,"heard":2.0}', "count", 1),
    ],
)
def test_a_number_that_may_have_decimals_keeps_them(data: bytes, attribute: str, value: Any) -> None:
    found = getattr(CODEC.decode(data, strict=True).value, attribute)
    assert repr(found) == repr(value)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "data",
    [
        b'{"count":1.5}', b'{"count":-1.0}', b'{"count":9223372036854775808.0}', b'{"count":1e300}',
        b'{"count":1e400}', b'{"count":true}', b'{"count":"1.0"}', b'{"one":2.0}', b'{"one":true}', b'{"speed":3.0}',
        b'{"flag":1.0}', b'{"word":1.0}', b'{"listed":1.0}', b'{"listed":[1.5]}', b'{"inner":1.0}', b'{"inner":[1.0]}',
        b'{"form":{"kind":"oval","size":3.0}}', b'{"form":{"size":3.0}}', b'{"box":[1.0,1.0,{},5.0]}',
    ],
)  # fmt: skip
def test_what_is_no_such_number_is_refused(data: bytes, strict: bool) -> None:
    with pytest.raises(DecodeError):
        CODEC.decode(data, strict=strict)


def test_its_limits_count_all_the_same() -> None:
    with pytest.raises(ValidationError, match=r"count: value out of range, expected an integer of at least 0 \[X-1\]"):
        CODEC.decode(b'{"count":-1.0}')


def test_what_has_no_integers_is_left_as_it_is() -> None:
    value = {"size": 1.0}
    assert whole(str, 1.0) == 1.0
    assert repr(whole(Square, value)) == "{'size': 1.0}"
    assert repr(whole(int, 1.0)) == "1"
