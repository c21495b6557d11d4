"""Envelopes of any vendor: what is in them is typed, judged, written and told where it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import msgspec
import pytest

from avatarwire.codecs.core.constraints import Excluded, Limits, Matches, Required
from avatarwire.codecs.core.enveloped import EnvelopeCodec, EnvelopeForm
from avatarwire.codecs.core.repairs import RawRepair, digits
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.export.constraint_schema import schema_of_data_rules
from avatarwire.codecs.message import Message, doc


class Head(Message):
    code: Annotated[int, doc("zero is success", "AC-R001")]
    text: Annotated[str, doc("in words", "AC-R002")] = ""

    constraints = (Matches("text", "[^A-Z]|^$", clause="AC-E09", tolerated=True, reason="text is shouted"),)


class Thing(Message, omit_defaults=True):
    size: Annotated[int, doc("how large", "AC-R003", ge=0)]

    colour: Annotated[str, doc("in words", "AC-R006")] | None = None

    constraints = (
        Excluded("size", (13,), clause="AC-R004", expected="another number"),
        Excluded("size", (3, 5), clause="AC-E02", tolerated=True, reason="size is odd"),
    )


FORM = EnvelopeForm(
    vendor="acme",
    type=Head,
    text="text",
    success=0,
    code_clause="AC-R001",
    data_clause="AC-R005",
    repairs=(digits("code", "AC-E01"),),
    written={"code": 0, "text": "fine"},
)


def codec(type_: Any = Thing, **about: Any) -> EnvelopeCodec[Any]:
    return EnvelopeCodec(type_, FORM, message="get.response", **about)


def body(data: str, head: str = '"code":0,"text":"fine"') -> bytes:
    return f'{{{head},"data":{data}}}'.encode()


@pytest.mark.parametrize(
    ("type_", "value", "data"),
    [
        (Thing, Thing(size=2), '{"size":2}'),
        (tuple[Thing, ...], (Thing(size=2), Thing(size=4)), '[{"size":2},{"size":4}]'),
        (int, 7, "7"),
        (bool, False, "false"),
        (tuple[str, ...], ("a",), '["a"]'),
    ],
)
def test_data_of_any_type_and_its_bytes(type_: Any, value: Any, data: str) -> None:
    here = codec(type_)
    assert here.encode(value) == body(data)
    decoded = here.decode(body(data), strict=True)
    assert (decoded.value, decoded.deviations, decoded.encode()) == (value, (), body(data))
    assert decoded.envelope == Head(code=0, text="fine")


def test_a_variant_of_the_envelope_is_understood() -> None:
    here = codec(repairs=(digits("data.size", "AC-E03"),))
    sent = body('{"size":"2"}', '"code":"0"')
    decoded = here.decode(sent)
    assert (decoded.value, decoded.deviations) == (Thing(size=2), ("AC-E01", "AC-E03"))
    with pytest.raises(ValidationError, match=r"^acme get.response: code: .* \[AC-E01\] \(and 1 more\)$"):
        here.decode(sent, strict=True)


def test_a_variant_that_is_no_json_is_understood() -> None:
    def quoted(data: bytes) -> bytes | None:
        return None if b'"size' in data else data.replace(b"size", b'"size"')

    def unquoted(data: bytes) -> bytes:
        return data.replace(b'"size"', b"size")

    here = codec(raw_repairs=(RawRepair("AC-E04", "no quotes", quoted, unquoted),))
    decoded = here.decode(body("{size:2}"))
    assert (decoded.value, decoded.deviations, decoded.encode()) == (Thing(size=2), ("AC-E04",), body("{size:2}"))
    assert here.decode(body('{"size":2}'), strict=True).deviations == ()
    with pytest.raises(ValidationError, match=r"no quotes \[AC-E04\]$"):
        here.decode(body("{size:2}"), strict=True)


def test_what_the_envelope_itself_says_is_judged() -> None:
    decoded = codec().decode(body('{"size":2}', '"code":0,"text":"FINE"'))
    assert decoded.deviations == ("AC-E09",)


def test_messages_in_the_data_are_judged_where_they_stand() -> None:
    assert codec().decode(body('{"size":3}')).deviations == ("AC-E02",)
    with pytest.raises(ValidationError, match=r"^acme get.response: data\.size: size is odd \[AC-E02\]$"):
        codec().decode(body('{"size":3}'), strict=True)
    things = codec(tuple[Thing, ...])
    with pytest.raises(ValidationError, match=r"data\[1\]\.size: size is odd \[AC-E02\]$"):
        things.decode(body('[{"size":2},{"size":3}]'), strict=True)
    with pytest.raises(ValidationError, match=r"^acme get.response: data\[0\]\.size: got 13, .* \[AC-R004\]$"):
        things.decode(body('[{"size":13}]'))


SMALL = Limits("size", le=10, clause="AC-E05", tolerated=True, reason="size is large")
TINY = Limits("size", le=100, clause="AC-R007")
COLOURED = Required("[].colour", clause="AC-E07", tolerated=True)
UNROUND = Excluded("size", (10,), clause="AC-E06", tolerated=True, reason="size is round")


def test_what_the_operation_asks_is_judged_too() -> None:
    here = codec(constraints=(SMALL, TINY))
    assert here.decode(body('{"size":12}')).deviations == ("AC-E05",)
    with pytest.raises(ValidationError, match=r"^acme get.response: data\.size: size is large \[AC-E05\]$"):
        here.encode(Thing(size=12))
    with pytest.raises(ValidationError, match=r"^acme get.response: data\.size: got 102, .* \[AC-R007\]$"):
        here.decode(body('{"size":102}'))


def test_so_are_the_items_of_a_list() -> None:
    things = codec(tuple[Thing, ...], constraints=(COLOURED,))
    sent = body('[{"size":2,"colour":"red"},{"size":3}]')
    [missing, odd] = things.decode(sent).findings
    assert (missing.clause, missing.path) == ("AC-E07", "data[1].colour")
    assert (odd.clause, odd.path) == ("AC-E02", "data[1].size")
    with pytest.raises(ValidationError, match=r"data\[1\]\.colour: required field is missing \[AC-E07\]"):
        things.decode(sent, strict=True)


def test_what_the_operation_asks_is_in_the_schema_of_the_data() -> None:
    assert schema_of_data_rules(codec().holder, ()) == {}
    assert schema_of_data_rules(codec(constraints=(TINY,)).holder, (TINY,)) == {
        "allOf": [{"properties": {"size": {"maximum": 100}}}]
    }
    listed = codec(tuple[Thing, ...], constraints=(COLOURED,))
    assert schema_of_data_rules(listed.holder, (COLOURED,)) == {
        "allOf": [{"items": {"required": ["colour"], "properties": {"colour": {"not": {"type": "null"}}}}}]
    }


def test_what_is_only_noted_is_written_all_the_same() -> None:
    here = codec(noted=(UNROUND,))
    assert here.encode(Thing(size=10)) == body('{"size":10}')
    assert here.decode(body('{"size":10}')).deviations == ("AC-E06",)
    with pytest.raises(ValidationError, match=r"data\.size: size is round \[AC-E06\]$"):
        here.decode(body('{"size":10}'), strict=True)


def test_data_may_be_given_plain() -> None:
    assert codec().encode({"size": 2}) == body('{"size":2}')
    with pytest.raises(ValidationError, match=r"data\.size: size is odd \[AC-E02\]$"):
        codec().encode({"size": 3})


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        (b"", r"empty payload"),
        (b'{"code":0', r"the JSON text ends too early"),
        (b"[]", r"got a list, expected a JSON object"),
        (b"{}", r"code: required field is missing, expected an integer \[AC-R001\]"),
        (b'{"code":[]}', r"code: got a list, expected an integer \[AC-R001\]"),
        (b'{"code":3}', r"code: got 3, expected 0, the code of a success \[AC-R001\]"),
        (b'{"code":0}', r"data: required field is missing, expected the data of a success \[AC-R005\]"),
        (b'{"code":0,"data":null}', r"data: got null, expected the data of a success \[AC-R005\]"),
        (b'{"code":0,"data":7}', r"data: got an integer, expected an object \[AC-R005\]"),
        (b'{"code":0,"data":{"size":-1}}', r"data\.size: value out of range, .* \[AC-R003\]"),
        (b'{"code":0,"data":{}}', r"data\.size: required field is missing, .* \[AC-R003\]"),
    ],
)
def test_what_is_no_such_answer_is_refused(sent: bytes, told: str) -> None:
    with pytest.raises(DecodeError, match=rf"^acme get.response.*: {told}") as caught:
        codec().decode(sent)
    assert (caught.value.vendor, caught.value.message) == ("acme", "get.response")


def test_an_item_of_a_list_is_told_by_its_place() -> None:
    here: EnvelopeCodec[Any] = EnvelopeCodec(tuple[int, ...], replace(FORM, vendor="guiji"), message="get.response")
    with pytest.raises(ValidationError) as caught:
        here.decode(body('[1,"x"]'))
    assert (caught.value.path, caught.value.clause) == ("data[1]", "GJ-T-get.response.data[]")


def test_a_rule_without_a_clause_is_told_under_that_of_the_type() -> None:
    rules = (Required("colour", clause=""),)
    here: EnvelopeCodec[Any] = EnvelopeCodec(
        Thing, replace(FORM, vendor="guiji"), message="get.response", constraints=rules
    )
    with pytest.raises(ValidationError) as caught:
        here.decode(body('{"size":1}'))
    assert (caught.value.path, caught.value.clause) == ("data.colour", "GJ-T-get.response.data.colour")


def test_offsets_count_from_where_the_data_starts() -> None:
    with pytest.raises(DecodeError) as caught:
        codec().decode(b'{"code"', offset=100)
    assert caught.value.offset == 107


def test_a_success_may_have_no_data() -> None:
    here = codec(optional=True)
    assert here.encode(None) == b'{"code":0,"text":"fine"}'
    assert here.decode(b'{"code":0}', strict=True).value is None


def test_data_that_may_be_missing_and_is_null_is_missing() -> None:
    here, null = codec(optional=True), b'{"code":0,"data":null}'
    [found] = here.decode(null).findings
    assert (here.decode(null).value, found.clause, found.path, found.level) == (None, "AW-NULL", "data", "warning")
    with pytest.raises(ValidationError, match=r"data: data is null, which stands for absent \[AW-NULL\]$"):
        here.decode(null, strict=True)


def test_data_that_may_be_missing_is_written_nevertheless() -> None:
    here = codec(optional=True, written=True)
    assert here.decode(b'{"code":0}').value is None
    with pytest.raises(ValidationError, match=r"^acme get.response: data: got null, expected an object \[AC-R005\]$"):
        here.encode(None)


def test_what_is_not_the_data_is_not_written() -> None:
    with pytest.raises(ValidationError, match=r"data: got text, expected an object"):
        codec().encode("thing")
    with pytest.raises(EncodeError, match=r"^acme get.response: data: "):
        codec(object).encode(object())
    with pytest.raises(ValidationError, match=r"data\.size: size is odd \[AC-E02\]$"):
        codec().encode(msgspec.convert({"size": 3}, Thing))


def test_members_nobody_knows_are_told_by_their_place() -> None:
    sent = b'{"code":0,"x":1,"data":{"size":2,"y":{"z":3}}}'
    decoded = codec().decode(sent, strict=True)
    assert decoded.unknown_fields() == {"x": 1, "data.y": {"z": 3}}
    assert decoded.encode() == sent


def test_a_failure_is_a_code_or_a_status() -> None:
    told = FORM.failure(200, b'{"code":"7","text":"no"}')
    assert told is not None
    assert (told.status, told.code, told.reason) == (200, "7", "no")
    silent = FORM.failure(200, b'{"code":7,"text":[]}')
    assert silent is not None
    assert silent.reason == "no reason given" or silent.reason == ""
    assert FORM.failure(200, b'{"code":0}') is None
    assert FORM.failure(200, b'{"later":1}') is None
    assert FORM.failure(204, b"") is None
    bad = FORM.failure(500, b'{"code":0,"text":"half"}')
    assert bad is not None
    assert (bad.status, bad.code, bad.reason) == (500, "0", "half")
    page = FORM.failure(502, b"<html>")
    assert page is not None
    assert (page.status, page.code, page.body) == (502, "", b"<html>")
