"""Every fault of a message at once: the walk over declarations, the rules between fields, and what carries both."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, UnsetType, inspect

from avatarwire.codecs.core.constraints import Excluded, Presence, Required
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.core.repairs import Rename, digits
from avatarwire.codecs.core.validation import Validated, ValidatingCodec, relaxed, survey
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.message import Message, doc
from avatarwire.conformance.valid_values import json_values
from tests.examples import examples

from ..strategies import ANY_JSON


class Lid(Validated):
    colour: Annotated[str, doc("its colour", "X-R01", max_length=5, tolerated="X-E01")] | UnsetType = UNSET
    weight: Annotated[int, doc("grams", "X-R02", ge=1)] | UnsetType = UNSET
    label: Annotated[str, doc("its label", "X-R03")] | UnsetType = UNSET

    constraints = (
        Presence(
            ("weight", "colour"),
            least=1,
            clause="X-R04",
            reason="neither weight nor colour",
            expected="one of them",
        ),
        Excluded("weight", (13,), clause="X-E02", tolerated=True, reason="unlucky"),
    )


class Box(Validated):
    name: Annotated[str, doc("its name", "X-R05")]
    size: (
        Annotated[
            tuple[int, Annotated[int, doc("depth", "X-R06", le=9, tolerated="X-E03")]], doc("width, depth", "X-R06")
        ]
        | UnsetType
    ) = UNSET
    tags: Annotated[list[str], doc("tags", "X-R07", min_length=1)] | UnsetType = UNSET
    lids: (
        Annotated[tuple[Lid, ...], doc("lids", "X-R08", max_length=2, tolerated="X-E04", level="warning")] | UnsetType
    ) = UNSET
    other: Annotated[dict[str, int], doc("numbers", "X-R09")] | UnsetType = UNSET

    sender_constraints = (Required("lids", clause="X-E05", tolerated=True, reason="missing"),)


class Shelf(Message):
    boxes: Annotated[list[Annotated[str, doc("a name", "X-R10")]], doc("names of boxes", "X-R11")] | None = None


BOX = ValidatingCodec(
    Box,
    vendor="acme",
    message="Box",
    repairs=(Rename("X-E06", "lids", "covers"), digits("lids[].weight", "X-E07")),
    form_clause="X-R00",
)
RIGHT = b'{"name":"a","lids":[{"weight":2}]}'


# --- the walk ---


def test_every_fault_is_found_with_its_path_and_clause() -> None:
    wrong = {
        "size": [1],
        "tags": [1, "x", None],
        "lids": [{"weight": 0, "colour": 7}, "lid", {"label": 3, "weight": 2}],
        "other": {"a": 1, "b": "2"},
    }
    faults, kept = survey(Box, wrong)
    assert faults == [
        Finding("X-R05", "name", "required field is missing", "text"),
        Finding("X-R06", "size", "got 1 items", "a list of exactly 2 items"),
        Finding("X-R07", "tags[0]", "got an integer", "text"),
        Finding("X-R07", "tags[2]", "got null", "text"),
        Finding("X-E04", "lids", "got 3 items", "a list of at most 2 items", "warning", tolerated=True),
        Finding("X-R01", "lids[0].colour", "got an integer", "text of at most 5 characters"),
        Finding("X-R02", "lids[0].weight", "value out of range", "an integer of at least 1"),
        Finding("X-R08", "lids[1]", "got text", "an object"),
        Finding("X-R03", "lids[2].label", "got an integer", "text"),
        Finding("X-R09", "other[...]", "got text"),
    ]
    assert kept == {"lids": [{}, {}, {"weight": 2}]}


def test_what_is_tolerated_stays() -> None:
    faults, kept = survey(Box, {"name": "a", "size": [1, 10], "lids": [{"colour": "purple"}]})
    assert faults == [
        Finding("X-E03", "size[1]", "got 10", "an integer of at most 9", tolerated=True),
        Finding("X-E01", "lids[0].colour", "got 'purple'", "text of at most 5 characters", tolerated=True),
    ]
    assert kept == {"name": "a", "size": [1, 10], "lids": [{"colour": "purple"}]}


def test_too_few_items_are_told_once_and_dropped() -> None:
    faults, kept = survey(Box, {"name": "a", "tags": [], "size": [1, 2, 3]})
    assert [fault.path for fault in faults] == ["size", "tags"]
    assert kept == {"name": "a"}


@pytest.mark.parametrize(("value", "reason"), [([], "got a list"), (3, "got an integer"), (None, "got null")])
def test_no_object_at_all(value: Any, reason: str) -> None:
    assert survey(Box, value)[0] == [Finding("", "", reason, "an object")]


def test_what_may_be_null_is_walked_into_when_it_is_not() -> None:
    assert survey(Shelf, {"boxes": None}) == ([], {"boxes": None})
    assert survey(Shelf, {"boxes": ["a", 1]})[0] == [Finding("X-R10", "boxes[1]", "got an integer", "text")]


def test_messages_that_were_made_count_as_right() -> None:
    lid = Lid(weight=3)
    assert survey(Box, {"name": "a", "lids": (lid,)}) == ([], {"name": "a", "lids": [lid]})


@settings(deadline=None, max_examples=examples(200))
@given(fields=json_values(inspect.type_info(Box)), data=st.data())
def test_the_walk_agrees_with_msgspec(fields: dict[str, Any], data: st.DataObject) -> None:
    assert survey(Box, fields) == ([], fields)

    name = data.draw(st.sampled_from(["name", "size", "tags", "lids", "other"]))
    fields[name] = data.draw(ANY_JSON | st.lists(st.dictionaries(st.sampled_from(["colour", "weight"]), ANY_JSON)))
    faults, kept = survey(Box, fields)
    try:
        msgspec.convert(fields, Box)
    except msgspec.ValidationError:
        assert faults
    else:
        assert faults == []
    if not any(fault.path == "name" for fault in faults):
        msgspec.convert(kept, relaxed(Box))


# --- types without the limits that are tolerated ---


def test_a_relaxed_type_is_a_subclass_that_takes_what_is_tolerated() -> None:
    loose: Any = relaxed(Box)
    assert loose is relaxed(Box)
    assert issubclass(loose, Box)
    assert loose.__struct_encode_fields__ == Box.__struct_encode_fields__
    box: Any = msgspec.convert({"name": "a", "size": [1, 10], "lids": [{"colour": "purple"}] * 3}, loose)
    assert isinstance(box.lids[0], Lid)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "a", "size": ["1", 10]}, loose)


def test_a_type_in_which_nothing_is_tolerated_stays_as_it_is() -> None:
    class Plain(Message):
        a: Annotated[int, doc("a number", ge=1)] | None = None
        b: dict[str, int] | UnsetType = UNSET

    assert relaxed(Plain) is Plain
    hint = Annotated[int, doc("a number", ge=1)]
    assert relaxed(hint) == hint


def test_other_documentation_of_a_field_stays_with_it() -> None:
    hint = Annotated[str, doc("", "X-1", min_length=1), doc("", "X-2", max_length=2, tolerated="X-3")]
    loose = relaxed(hint)
    assert msgspec.convert("long", loose) == "long"
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert("", loose)


# --- making ---


def test_making_tells_every_fault() -> None:
    with pytest.raises(ValidationError) as caught:
        Lid(weight=0, colour="purple")
    assert (
        str(caught.value) == "Lid: weight: value out of range, expected an integer of at least 1 [X-R02] (and 1 more)"
    )
    assert [fault.clause for fault in caught.value.findings] == ["X-E01", "X-R02"]


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({}, "Lid: neither weight nor colour, expected one of them [X-R04]"),
        ({"weight": 13}, "Lid: weight: unlucky [X-E02]"),
        ({"colour": "purple"}, "Lid: colour: got 'purple', expected text of at most 5 characters [X-E01]"),
    ],
)
def test_making_refuses_what_reading_tolerates(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Lid(**fields)
    assert str(caught.value) == text


def test_a_box_without_lids_can_be_made_but_not_sent() -> None:
    box = Box(name="a")
    with pytest.raises(ValidationError, match=r"^acme Box: lids: missing \[X-E05\]$"):
        BOX.encode(box)


# --- decoding ---


def test_what_is_right_is_read_and_written() -> None:
    decoded = BOX.decode(RIGHT)
    assert (decoded.value, decoded.deviations, decoded.raw) == (Box(name="a", lids=(Lid(weight=2),)), (), RIGHT)
    assert BOX.encode(decoded.value) == b'{"name":"a","lids":[{"weight":2}]}'
    assert BOX.decode(RIGHT, strict=True).deviations == ()
    assert BOX.findings(RIGHT) == ()


def test_what_is_right_is_not_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(BOX, "decode_lenient", None)
    assert BOX.decode(RIGHT).value == Box(name="a", lids=(Lid(weight=2),))
    assert BOX.decode(b'{"name":"covers","lids":[]}').deviations == ()


def test_what_was_read_strictly_may_have_another_name_in_it() -> None:
    assert BOX.decode(b'{"name":"a","covers":[{"weight":2}]}').value == Box(name="a", lids=(Lid(weight=2),))
    assert BOX.decode(b'{"name":"a","later":"covers"}').deviations == ()


@pytest.mark.parametrize(
    ("data", "unknown"),
    [
        (RIGHT, {}),
        (b'{"name":"a","later":1,"lids":[{"weight":2,"hue":[3]}]}', {"later": 1, "lids[0].hue": [3]}),
        # in another form than the ruled one
        (b'{"name":"a","covers":[{"weight":2}]}', {"covers": [{"weight": 2}]}),
        (b'{"name":"a","lids":[{"weight":13}],"later":1}', {"later": 1}),
        # what only those who skip it can read
        (b'{"name":"a","later":"\xff"}', {"later": "\ufffd"}),
    ],
)
def test_what_nothing_declares_may_be_had_at_once(data: bytes, unknown: dict[str, Any]) -> None:
    assert BOX.examine(data) == (BOX.decode(data), unknown)


def test_what_cannot_be_read_cannot_be_examined() -> None:
    for data, kind in ((b"{", DecodeError), (b"[]", ValidationError), (b'{"name":1}', ValidationError)):
        with pytest.raises(kind) as examined:
            BOX.examine(data)
        with pytest.raises(kind) as decoded:
            BOX.decode(data)
        assert str(examined.value) == str(decoded.value)


@pytest.mark.parametrize(
    ("data", "clauses"),
    [
        (b'{"name":"a","covers":[{"weight":2}]}', ("X-E06",)),
        (b'{"name":"a","lids":[{"weight":"2"}]}', ("X-E07",)),
        (b'{"name":"a","lids":[{"weight":13}]}', ("X-E02",)),
        (b'{"name":"a","lids":[{"colour":"purple"}],"size":[1,10]}', ("X-E03", "X-E01")),
        (b'{"name":"a","covers":[{"weight":"13"}],"size":[1,10]}', ("X-E06", "X-E07", "X-E03", "X-E02")),
    ],
)
def test_what_is_tolerated_is_reported_or_refused_all_at_once(data: bytes, clauses: tuple[str, ...]) -> None:
    decoded = BOX.decode(data)
    assert decoded.deviations == clauses
    assert isinstance(decoded.value, Box)
    assert decoded.encode() == data

    assert tuple(fault.clause for fault in BOX.findings(data)) == clauses
    assert all(fault.tolerated for fault in BOX.findings(data))
    with pytest.raises(ValidationError) as caught:
        BOX.decode(data, strict=True)
    assert tuple(fault.clause for fault in caught.value.findings) == clauses
    assert (caught.value.vendor, caught.value.message, caught.value.clause) == ("acme", "Box", clauses[0])


def test_an_error_tells_what_would_be_tolerated_too() -> None:
    data = b'{"name":1,"covers":[{"weight":13},{"colour":"purple"}]}'
    with pytest.raises(ValidationError) as caught:
        BOX.decode(data)
    assert str(caught.value) == "acme Box: name: got an integer, expected text [X-R05] (and 2 more)"
    assert caught.value.findings == BOX.findings(data)
    assert [fault.path for fault in caught.value.findings] == ["covers", "name", "lids[1].colour"]


def test_rules_are_held_on_what_is_left() -> None:
    faults = BOX.findings(b'{"name":"a","tags":0,"lids":[{"weight":13,"label":0},{}]}')
    assert [(fault.path, fault.clause) for fault in faults] == [
        ("tags", "X-R07"),
        ("lids[0].label", "X-R03"),
        ("lids[0].weight", "X-E02"),
        ("lids[1]", "X-R04"),
    ]


def test_nothing_counts_as_missing_that_could_not_be_read() -> None:
    assert [fault.path for fault in BOX.findings(b'{"name":"a","lids":[{"weight":"x"}]}')] == ["lids[0].weight"]
    assert [fault.path for fault in BOX.findings(b'{"name":"a","lids":["lid"]}')] == ["lids[0]"]
    assert [fault.path for fault in BOX.findings(b'{"name":"a","lids":0}')] == ["lids"]
    assert [fault.path for fault in BOX.findings(b'{"name":"a"}')] == ["lids"]


def test_what_is_no_json_is_one_fault() -> None:
    assert BOX.findings(b"{") == (Finding("X-R00", "", "the JSON text ends too early", "a JSON object in UTF-8"),)
    assert BOX.findings(b"[]") == (Finding("X-R00", "", "got a list", "a JSON object"),)
    with pytest.raises(DecodeError):
        BOX.decode(b"{")


# --- what was read and is not as it should be ---


def test_a_message_outside_its_limits_is_not_sent_until_it_is_repaired() -> None:
    box = BOX.decode(b'{"name":"a","lids":[{"weight":2}],"size":[1,10]}').value
    assert box.size == (1, 10)
    with pytest.raises(ValidationError, match=r"size\[1\]: got 10, expected an integer of at most 9 \[X-E03\]$"):
        BOX.encode(box)
    assert BOX.encode(box.replace(size=(1, 9))) == b'{"name":"a","size":[1,9],"lids":[{"weight":2}]}'


def test_another_message_is_not_sent() -> None:
    other: Any = Lid(weight=1)
    with pytest.raises(EncodeError, match=r"^acme Box: got Lid, expected Box$"):
        BOX.encode(other)


def test_a_rule_that_is_broken_in_a_trusted_message_is_told() -> None:
    with pytest.raises(ValidationError, match=r"^acme Box: lids\[0\]: neither"):
        BOX.encode(Box.trusted(name="a", lids=(Lid.trusted(),)))


def test_decoded_json_is_read_likewise() -> None:
    assert BOX.convert({"name": "a", "covers": [{"weight": 2}]}).deviations == ("X-E06",)
    with pytest.raises(ValidationError, match=r"\[X-E06\]$"):
        BOX.convert({"name": "a", "covers": [{"weight": 2}]}, strict=True)
