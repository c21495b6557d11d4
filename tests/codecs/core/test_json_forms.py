"""Forms of JSON that no document mentions: null, texts of digits, 1.0, line breaks in Base64, byte order marks."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any, Literal

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_forms import whole
from avatarwire.codecs.core.repairs import Fill, digits
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
    sound: bytes | UnsetType = UNSET
    perhaps: int | UnsetType | None = UNSET
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
    assert (decoded.value, decoded.deviations) == (CODEC.decode(ruled).value, ("AW-INTEGERS",))
    assert [finding.level for finding in decoded.findings] == ["note"] * len(decoded.findings)
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


# --- forms that strict reading refuses ---


@pytest.mark.parametrize(
    ("data", "ruled", "found"),
    [
        (b'{"count":null}', b"{}", {"count": "AW-NULL"}),
        (b'{"count":null,"word":null}', b"{}", {"count": "AW-NULL", "word": "AW-NULL"}),
        (b'{"anything":1,"inner":{"next":{"next":null}}}', b'{"anything":1,"inner":{"next":{"next":null}}}', {}),
        (b'{"perhaps":null}', b'{"perhaps":null}', {}),
        (b'{"count":"7"}', b'{"count":7}', {"count": "AW-DIGITS"}),
        (b'{"one":"1","speed":"2"}', b'{"one":1,"speed":2}', {"one": "AW-DIGITS", "speed": "AW-DIGITS"}),
        (b'{"listed":[1,"-2"]}', b'{"listed":[1,-2]}', {"listed[1]": "AW-DIGITS"}),
        (b'{"box":["1",1.0,{"deep":"4"}]}', b'{"box":[1,1.0,{"deep":4}]}',
         {"box[0]": "AW-DIGITS", "box[2].deep": "AW-DIGITS"}),
        (b'{"count":"9223372036854775807"}', b'{"count":9223372036854775807}', {"count": "AW-DIGITS"}),
        (b'{"wordOrCount":"7","word":"7"}', b'{"wordOrCount":"7","word":"7"}', {}),
        (b'{"sound":"QUJD\\r\\nREVG\\n"}', b'{"sound":"QUJDREVG"}', {"sound": "AW-BASE64"}),
        (b'{"sound":"QUJD\\u000aREVG"}', b'{"sound":"QUJDREVG"}', {"sound": "AW-BASE64"}),
        (b'\xef\xbb\xbf{"count":7}', b'{"count":7}', {"": "AW-BOM"}),
        (b'\xef\xbb\xbf{"count":"7","ratio":null}', b'{"count":7}',
         {"": "AW-BOM", "count": "AW-DIGITS", "ratio": "AW-NULL"}),
    ],
)  # fmt: skip
def test_a_form_is_understood_and_reported(data: bytes, ruled: bytes, found: dict[str, str]) -> None:
    decoded = CODEC.decode(data)
    assert decoded.value == CODEC.decode(ruled).value
    assert {finding.path: finding.clause for finding in decoded.findings} == found
    assert all(finding.level == "warning" and finding.tolerated for finding in decoded.findings)
    if found:
        with pytest.raises(ValidationError):
            CODEC.decode(data, strict=True)


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize(
    "data",
    [
        b'{"count":"7.0"}', b'{"count":"+7"}', b'{"count":" 7"}', b'{"count":""}', b'{"count":"7a"}',
        b'{"count":"9223372036854775808"}', b'{"count":"-9223372036854775809"}', b'{"ratio":"7"}', b'{"either":"7"}',
        b'{"flag":"1"}', b'{"listed":[null]}', b'{"sound":"QU JD"}', b'{"form":{"kind":null,"size":3}}',
        b'{"form":{"kind":"round","size":null}}', b' \xef\xbb\xbf{}',
    ],
)  # fmt: skip
def test_what_is_none_of_the_forms_is_refused(data: bytes, strict: bool) -> None:
    with pytest.raises(DecodeError):
        CODEC.decode(data, strict=strict)


def test_strict_reading_refuses_a_form_as_what_the_type_does_not_take() -> None:
    with pytest.raises(ValidationError, match=r"count: got null, expected an integer of at least 0 \[X-1\]"):
        CODEC.decode(b'{"count":null}', strict=True)
    with pytest.raises(ValidationError, match=r"byte order mark \[AW-BOM\]"):
        CODEC.decode(b'\xef\xbb\xbf{"count":7}', strict=True)


def test_decoded_json_has_the_same_forms() -> None:
    decoded = CODEC.convert({"count": "7", "word": None, "inner": {"deep": 4.0}})
    assert decoded.value == Outer(count=7, inner=Inner(deep=4))
    assert decoded.deviations == ("AW-DIGITS", "AW-NULL", "AW-INTEGERS")


def test_a_query_has_texts_only() -> None:
    assert CODEC.convert({"count": "7"}, text_values=True).deviations == ()


def test_a_repair_of_the_vendor_is_about_its_member_alone() -> None:
    codec = JsonCodec(
        Outer,
        vendor="acme",
        message="outer",
        repairs=(digits("count", "X-E1"), Fill("X-E2", "word", value="", null_only=True)),
    )
    decoded = codec.decode(b'{"count":"7","one":"1","word":null,"flag":null}')
    assert decoded.value == Outer(count=7, one=1, word="")
    assert sorted(decoded.deviations) == ["AW-DIGITS", "AW-NULL", "X-E1", "X-E2"]


class Strict(Message):
    id: Int64
    count: Int64


def test_an_integer_may_be_held_to_be_a_number() -> None:
    class Codec(JsonCodec[Strict]):
        not_digits = ("id",)

    codec = Codec(Strict, vendor="acme", message="strict")
    assert codec.decode(b'{"id":1,"count":"2"}').value == Strict(id=1, count=2)
    with pytest.raises(ValidationError, match="id: got text"):
        codec.decode(b'{"id":"1","count":2}')
