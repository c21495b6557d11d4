"""A text that is the JSON of another message: what is found in it is told from the text on."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.checking import is_fine, judge
from avatarwire.codecs.core.constraints import Absent, Limits, Presence, Required
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.core.json_string import JsonString
from avatarwire.codecs.core.received import Received
from avatarwire.codecs.core.repairs import Rename
from avatarwire.codecs.core.validation import Validated, ValidatingCodec
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.export.constraint_schema import schema_of_rules
from avatarwire.codecs.message import Message, doc


class Lid(Validated):
    colour: Annotated[str, doc("its colour", "X-1", max_length=5)] | UnsetType = UNSET
    weight: Annotated[int, doc("grams", "X-2", ge=1)] | UnsetType = UNSET
    label: Annotated[str, doc("what it says", "X-3")] | UnsetType = UNSET

    constraints = (Presence(("colour", "weight"), least=1, clause="X-4", tolerated=True),)
    sender_constraints = (Required("label", clause="X-5", tolerated=True),)


LID = ValidatingCodec(Lid, vendor="acme", message="Lid", repairs=(Rename("X-6", "weight", "mass"),), form_clause="X-0")
TEXT = JsonString("text", LID, clause="X-7")
SENT = JsonString("text", LID, as_sent=True, clause="X-7")
UNLABELLED = JsonString(
    "text", LID, rules=(Absent("label", clause="X-8"), Limits("weight", le=9, clause="X-9")), clause="X-7"
)


class Box(Message):
    text: str

    constraints = (TEXT,)


class Shelf(Message):
    boxes: tuple[Box, ...]
    best: Box | None = None

    constraints = (JsonString("best.text", LID, clause="X-7"),)


def found(text: str | None, rule: JsonString = TEXT) -> list[tuple[str, str]]:
    class May(Message):
        text: str | None = None

        constraints = (rule,)

    box = May.trusted(text=text)
    told = judge(box)
    assert is_fine(box) is (told == [])
    return [(item.clause, item.path) for item in told]


@pytest.mark.parametrize("text", [None, '{"colour":"red"}', '{"weight":1,"later":2}'])
def test_a_right_text_says_nothing(text: str | None) -> None:
    assert found(text) == []


def test_what_is_understood_is_told_with_its_whole_path() -> None:
    assert found('{"mass":1}') == [("X-6", "text.mass")]
    assert found("{}") == [("X-4", "text")]


def test_so_is_everything_that_is_wrong() -> None:
    assert found('{"colour":"purple","weight":0,"label":1}') == [
        ("X-1", "text.colour"),
        ("X-2", "text.weight"),
        ("X-3", "text.label"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty payload at byte 0 of the text"),
        ("{", "the JSON text ends too early at byte 1 of the text"),
        ("[[", "the JSON text ends too early at byte 2 of the text"),
        ('{"colour":"\ud800"}', "not UTF-8 text"),
        ("[" * 5000 + "]" * 5000, "nested too deeply"),
    ],
)
def test_a_text_that_is_no_json_is_told_where_it_stands(text: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Box.trusted(text=text).check()
    assert (caught.value.path, caught.value.clause) == ("text", "X-7")
    assert caught.value.reason.startswith(reason)
    assert caught.value.expected == "a JSON object in UTF-8, as text"


@pytest.mark.parametrize("rule", [TEXT, SENT, UNLABELLED])
@pytest.mark.parametrize(("text", "kind"), [("[]", "a list"), ("7", "a number"), ('"{}"', "text"), ("null", "null")])
def test_so_is_json_that_is_no_object(text: str, kind: str, rule: JsonString) -> None:
    class Kept(Message):
        text: str

        constraints = (rule,)

    assert judge(Kept.trusted(text=text)) == [Finding("X-7", "text", f"got {kind}", "a JSON object, as text")]


def test_a_text_may_be_held_to_what_only_a_sender_is_held_to() -> None:
    assert found('{"weight":1}', SENT) == [("X-5", "text.label")]
    assert found('{"weight":1,"label":""}', SENT) == []
    assert found('{"weight":0}', SENT) == [("X-2", "text.weight"), ("X-5", "text.label")]
    assert found("{", SENT) == [("X-7", "text")]


def test_further_rules_may_count_where_it_stands() -> None:
    assert found('{"weight":1}', UNLABELLED) == []
    assert found('{"weight":10,"label":"a"}', UNLABELLED) == [("X-8", "text.label"), ("X-9", "text.weight")]
    assert found('{"weight":0,"label":"a"}', UNLABELLED) == [("X-2", "text.weight")]


def test_it_is_found_wherever_it_stands() -> None:
    shelf = Shelf.trusted(boxes=(Box.trusted(text="{}"),), best=Box.trusted(text='{"weight":1}'))
    assert [(item.clause, item.path) for item in judge(shelf)] == [("X-4", "boxes[0].text")]
    assert not is_fine(shelf)


def test_it_is_data() -> None:
    assert (UNLABELLED.kind, UNLABELLED.paths, UNLABELLED.codec.type) == ("json", ("text",), Lid)
    assert TEXT.text == "text is JSON text of a Lid"
    assert UNLABELLED.text == (
        "text is JSON text of a Lid; in it, label is left out; in it, weight is a number of at most 9"
    )
    [unsaid] = schema_of_rules(Box)["x-constraints"]
    assert (unsaid["kind"], unsaid["text"]) == ("json", TEXT.text)


def test_a_text_is_read_once_where_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[bytes] = []
    rightly = LID.decode

    def decode(data: bytes) -> Received[Lid]:
        read.append(data)
        return rightly(data)

    monkeypatch.setattr(LID, "decode", decode)
    assert found('{"weight":1}', UNLABELLED) == []
    # Once to judge it, once to look at it quickly.
    assert read == [b'{"weight":1}'] * 2
