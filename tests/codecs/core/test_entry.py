"""What a catalogue is, and the JSON Schema read from one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import jsonschema
import pytest
from msgspec import UNSET, UnsetType

from avatarwire.codecs.core.constraints import Required, when
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.repairs import digits
from avatarwire.codecs.message import Message, doc
from avatarwire.codecs.operation import Operation


class Point(Message):
    """A place on the canvas.

    Counted from its top left corner.
    """

    x: Annotated[int, doc("pixels to the right", "X-1", ge=0)]


class Drawing(Message):
    """A line
    through points.
    """  # noqa: D205 - the schema has to join the two lines

    kind: Annotated[Literal["line", "dot"], doc("what it is", "X-2", values=("line",), example="dot")] = "line"
    points: tuple[Point, ...] = ()
    inked_by: str | UnsetType = UNSET
    frame: Point | None = None

    constraints = when("kind", "dot", Required("inkedBy", clause="X-3"))


class Nameless(Message):
    some_number: int


DRAW = Operation(
    "Draw",
    "v",
    "draw something",
    "POST",
    "/draw",
    "body",
    JsonCodec(Drawing, vendor="v", message="Draw.request", repairs=(digits("points[].x", "X-4"),)),
    JsonCodec(Nameless, vendor="v", message="Draw.response"),
    section="API 1",
    clauses=("X-1", "X-2"),
)
SOUND = Entry("sound", "message", "client->server", "a sound", None, media_type="audio/pcm;rate=16000")
CATALOGUE = Catalogue.of("v", operations=[DRAW], entries=[SOUND, Entry("Point", "type", "both", "a point", Point)])


def test_an_operation_adds_its_two_sides() -> None:
    assert list(CATALOGUE) == ["Draw.request", "Draw.response", "sound", "Point"]
    assert CATALOGUE["Draw.request"] == Entry(
        "Draw.request", "request", "client->server", "draw something", Drawing, "API 1", ("X-1", "X-2"), vendor="v"
    )
    assert CATALOGUE["Draw.response"] == Entry(
        "Draw.response", "response", "server->client", "draw something", Nameless, "API 1", ("X-1", "X-2"), vendor="v"
    )
    assert CATALOGUE.operations == {"Draw": DRAW}


def test_a_catalogue_is_asked_like_a_mapping() -> None:
    assert len(CATALOGUE) == 4
    assert "sound" in CATALOGUE
    assert "Sound" not in CATALOGUE
    assert CATALOGUE["sound"].title == "a sound"
    assert CATALOGUE["sound"].vendor == "v"
    with pytest.raises(KeyError):
        CATALOGUE["Sound"]


def test_an_id_is_used_once() -> None:
    with pytest.raises(ValueError, match="v: sound is listed twice"):
        Catalogue.of("v", entries=[SOUND, SOUND])
    with pytest.raises(ValueError, match=r"v: Draw\.request is listed twice"):
        Catalogue.of("v", operations=[DRAW, DRAW])


def test_the_schema_of_everything() -> None:
    assert CATALOGUE.schema() == {
        "vendor": "v",
        "entries": {
            "Draw.request": {
                "kind": "request",
                "direction": "client->server",
                "carrier": "http request",
                "method": "POST",
                "path": "/draw",
                "parametersIn": "body",
                "schema": {"title": "Draw.request", "description": "draw something", "$ref": "#/$defs/Drawing"},
            },
            "Draw.response": {
                "kind": "response",
                "direction": "server->client",
                "carrier": "http response",
                "method": "POST",
                "path": "/draw",
                "schema": {"title": "Draw.response", "description": "draw something", "$ref": "#/$defs/Nameless"},
            },
            "sound": {
                "kind": "message",
                "direction": "client->server",
                "carrier": "part",
                "schema": {
                    "title": "sound",
                    "description": "a sound",
                    "type": "string",
                    "contentMediaType": "audio/pcm;rate=16000",
                    "format": "binary",
                },
            },
            "Point": {
                "kind": "type",
                "direction": "both",
                "carrier": "part",
                "schema": {"title": "Point", "description": "a point", "$ref": "#/$defs/Point"},
            },
        },
        "$defs": {
            "Drawing": {
                "title": "Drawing",
                "description": "A line through points.",
                "type": "object",
                "properties": {
                    "kind": {
                        "description": "what it is",
                        "enum": ["dot", "line"],
                        "examples": ["dot"],
                        "x-clause": "X-2",
                        "x-documented-values": ["line"],
                        "default": "line",
                    },
                    "points": {"type": "array", "items": {"$ref": "#/$defs/Point"}, "default": []},
                    "inkedBy": {"type": "string"},
                    "frame": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}], "default": None},
                },
                "required": [],
                "allOf": [
                    {
                        "if": {"properties": {"kind": {"const": "dot"}}, "required": ["kind"]},
                        "then": {"required": ["inkedBy"]},
                    }
                ],
            },
            "Point": {
                "title": "Point",
                "description": "A place on the canvas.",
                "type": "object",
                "properties": {
                    "x": {"description": "pixels to the right", "x-clause": "X-1", "type": "integer", "minimum": 0}
                },
                "required": ["x"],
            },
            "Nameless": {
                "title": "Nameless",
                "type": "object",
                "properties": {"someNumber": {"type": "integer"}},
                "required": ["someNumber"],
            },
        },
    }


def test_the_schema_of_one_entry_is_complete_in_itself() -> None:
    described = CATALOGUE.schema_of("Draw.request")
    assert set(described["schema"]["$defs"]) == {"Drawing", "Point"}

    validator: Any = jsonschema.Draft202012Validator(described["schema"])
    assert validator.is_valid({"kind": "dot", "inkedBy": "me", "points": [{"x": 0}]})
    assert not validator.is_valid({"kind": "dot"})
    assert not validator.is_valid({"points": [{"x": -1}]})


def test_a_binary_entry_has_no_definitions() -> None:
    assert CATALOGUE.schema_of("sound") == CATALOGUE.schema()["entries"]["sound"]


def test_an_entry_that_is_not_there() -> None:
    with pytest.raises(KeyError):
        CATALOGUE.schema_of("Sound")


def test_an_entry_has_its_rules_and_its_variants_as_data() -> None:
    known = Catalogue.of("aliyun", operations=[DRAW])
    rules = [(rule.kind, rule.paths[0], rule.clause) for rule in known["Draw.request"].constraints]
    assert rules == [
        ("type", "", "ALI-T-Draw.request"),
        ("type", "kind", "X-2"),
        ("enum", "kind", "X-2"),
        ("type", "points", "ALI-T-Draw.request.points"),
        ("type", "points[]", "ALI-T-Draw.request.points[]"),
        ("required", "points[].x", "X-1"),
        ("type", "points[].x", "X-1"),
        ("limits", "points[].x", "X-1"),
        ("type", "inkedBy", "ALI-T-Draw.request.inkedBy"),
        ("type", "frame", "ALI-T-Draw.request.frame"),
        ("required", "frame.x", "X-1"),
        ("type", "frame.x", "X-1"),
        ("limits", "frame.x", "X-1"),
        ("required", "inkedBy", "X-3"),
    ]
    [repair] = CATALOGUE["Draw.request"].repairs
    assert (repair.erratum, repair.path, repair.text) == ("X-4", "points[].x", "x is a text of digits")
    assert (CATALOGUE["sound"].constraints, CATALOGUE["sound"].repairs) == ((), ())
    assert CATALOGUE["Point"].repairs == ()
