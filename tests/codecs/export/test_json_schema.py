"""What the schema of an entry adds to that of its type: the envelope, texts that are JSON, variants, open choices."""

from __future__ import annotations

from typing import Annotated, Any, cast

import jsonschema
import pytest
from msgspec import UNSET, UnsetType, inspect

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.constraints import Absent, Condition, Limits
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.core.enveloped import EnvelopeCodec, EnvelopeForm
from avatarwire.codecs.core.json_codec import JsonCodec
from avatarwire.codecs.core.json_string import JsonString
from avatarwire.codecs.core.paths import bare
from avatarwire.codecs.core.repairs import Convert, Copy, Drop, Fill, Rename, Repair, Reshape
from avatarwire.codecs.core.validation import Validated, ValidatingCodec
from avatarwire.codecs.message import Message, doc, integer


class Wrapped(Message):
    code: Annotated[int, integer("what became of it", "X-1")]
    text: str | None = None
    data: Annotated[Any, doc("what is returned", "X-2")] = None


FORM = EnvelopeForm("acme", Wrapped, "text", 200, "X-1", "X-2", (), {"code": 200, "text": "ok"})


class Thing(Message):
    size: Annotated[int, integer("cm", "X-3", ge=1)]


def answer(type_: Any, **about: Any) -> Catalogue:
    codec: EnvelopeCodec[Any] = EnvelopeCodec(type_, FORM, message="ask.response", **about)
    return Catalogue.of(
        "acme", entries=[Entry("ask.response", "response", "server->client", "ask", type_, codec=codec)]
    )


def is_valid(known: Catalogue, entry_id: str, value: Any) -> bool:
    validator: Any = jsonschema.Draft202012Validator(known.schema_of(entry_id)["schema"])
    return bool(validator.is_valid(value))


# --- envelopes ---


def test_the_schema_of_an_answer_is_its_body() -> None:
    described = answer(Thing).schema_of("ask.response")
    assert described["schema"] == {
        "title": "ask.response",
        "description": "ask",
        "$ref": "#/$defs/Wrapped",
        "properties": {"code": {"const": 200}, "data": {"$ref": "#/$defs/Thing"}},
        "required": ["data"],
        "$defs": described["schema"]["$defs"],
    }
    assert set(described["schema"]["$defs"]) == {"Wrapped", "Thing"}


@pytest.mark.parametrize(
    ("body", "valid"),
    [
        ({"code": 200, "data": {"size": 1}}, True),
        ({"code": 200.0, "text": None, "data": {"size": 1.0}}, True),
        ({"code": 500, "data": {"size": 1}}, False),
        ({"code": 200, "data": {"size": 0}}, False),
        ({"code": 200, "data": None}, False),
        ({"code": 200}, False),
        ({"data": {"size": 1}}, False),
        ({"size": 1}, False),
        ({"code": 200, "data": {"size": 2**63}}, False),
    ],
)
def test_an_answer_is_valid_with_its_envelope(body: Any, valid: bool) -> None:
    assert is_valid(answer(Thing), "ask.response", body) is valid


def test_data_that_may_be_left_out_is_optional() -> None:
    known = answer(Thing, optional=True)
    # Strict reading refuses null for what may be absent (AW-NULL), and so does the schema.
    assert [is_valid(known, "ask.response", {"code": 200, **data}) for data in ({}, {"data": None})] == [True, False]
    assert not is_valid(known, "ask.response", {"code": 200, "data": {}})


def test_data_that_is_no_struct_is_named_after_the_operation() -> None:
    schema = answer(bool).schema_of("ask.response")["schema"]
    assert schema["properties"]["data"] == {"$ref": "#/$defs/askData"}
    assert schema["$defs"]["askData"] == {"description": "the data of: ask", "type": "boolean"}


def test_what_the_operation_asks_stands_with_its_data() -> None:
    known = answer(
        tuple[Thing, ...],
        constraints=(Limits("[].size", le=9, clause="X-4"),),
        noted=(Limits("[].size", ge=2, clause="X-5"),),
    )
    data = known.schema()["$defs"]["askData"]
    assert data["allOf"] == [
        {"items": {"properties": {"size": {"maximum": 9}}}},
        {"items": {"properties": {"size": {"minimum": 2}}}},
    ]
    assert [is_valid(known, "ask.response", {"code": 200, "data": [{"size": size}]}) for size in (1, 2, 10)] == [
        False,
        True,
        False,
    ]


# --- JSON in a text ---


class Script(Validated):
    words: Annotated[str, doc("what is said", min_length=1)]
    note: str | UnsetType = UNSET
    sender_constraints = (Absent("note", clause="X-7"),)


SCRIPT = ValidatingCodec(Script, vendor="acme", message="Script", repairs=(Rename("X-8", "note", "remark"),))


class Play(Message):
    script: Annotated[str, doc("a Script as JSON text")]
    numbers: Annotated[str, doc("numbers as JSON text", text_of=tuple[Thing, ...])] | UnsetType = UNSET
    constraints = (JsonString("script", SCRIPT, as_sent=True, clause="X-6"),)


def test_a_text_that_is_json_says_what_is_in_it() -> None:
    codec = JsonCodec(Play, vendor="acme", message="play")
    known = Catalogue.of("acme", entries=[Entry("play", "message", "both", "play", Play, codec=codec)])
    schema = known.schema_of("play")["schema"]
    play = schema["$defs"]["Play"]
    assert set(schema["$defs"]) == {"Play", "Script", "Thing"}
    assert play["properties"]["script"]["contentMediaType"] == "application/json"
    inner = play["properties"]["script"]["contentSchema"]
    assert inner["$ref"] == "#/$defs/Script"
    in_it: Any = jsonschema.Draft202012Validator({**inner, "$defs": schema["$defs"]})
    assert [
        in_it.is_valid(value) for value in ({"words": "a"}, {"words": "a", "note": "b"}, {"words": "", "x": 1})
    ] == [
        True,
        False,
        False,
    ]
    assert not in_it.is_valid({"words": "a", "remark": "b"})
    assert play["properties"]["numbers"]["contentSchema"] == {"type": "array", "items": {"$ref": "#/$defs/Thing"}}
    [rule] = play["x-constraints"]
    assert (rule["kind"], rule["paths"], rule["clause"]) == ("json", ["script"], "X-6")


def test_texts_of_the_vendors_say_what_is_in_them() -> None:
    def member(vendor: str, entry_id: str, definition: str, name: str) -> dict[str, Any]:
        definitions = catalogue.vendor(vendor).schema_of(entry_id)["schema"]["$defs"]
        return cast("dict[str, Any]", definitions[definition]["properties"][name])

    param = member("sensetime", "createLive.request", "CreateLiveRequest", "param")
    assert (param["contentMediaType"], param["contentSchema"]["$ref"]) == ("application/json", "#/$defs/LiveScript")
    token = member("aliyun", "StartAvatarSession.response", "StartAvatarSessionResponse", "channelToken")
    assert token["contentSchema"] == {"$ref": "#/$defs/ChannelToken"}
    playlist = member("guiji", "SessionState.playlist", "PlaybackState", "playList")
    assert playlist["contentSchema"]["type"] == "array"
    personas = member("sensetime", "Role", "NlpConfig", "prompt_header")
    assert personas["contentSchema"] == {"type": "array", "items": {"$ref": "#/$defs/Persona"}}


# --- variants ---


class Part(Message):
    id: str | UnsetType = UNSET


class Talk(Message):
    kind: str | UnsetType = UNSET
    words: str | UnsetType = UNSET
    sure: str = "a"
    part: Part | UnsetType = UNSET


def _swapped(value: Any) -> Any:
    return value.lower() if isinstance(value, str) and value != value.lower() else None


VARIANTS: list[tuple[Repair, dict[str, Any], dict[str, Any]]] = [
    (Drop("X-1", "old"), {"old": 1}, {"new": 1}),
    (Drop("X-1", "old", when=Condition("kind", ("a",))), {"kind": "a", "old": None}, {"kind": "b", "old": 1}),
    (Drop("X-1", "part.old"), {"part": {"old": 1}}, {"part": {}}),
    (
        Drop("X-1", "part.old", when=Condition("kind", ("a",)), about=""),
        {"kind": "a", "part": {"old": 1}},
        {"kind": "b", "part": {"old": 1}},
    ),
    (
        Drop("X-1", "things[].part.old", when=Condition("kind", ("a",)), about="things[]"),
        {"things": [{"kind": "b"}, {"kind": "a", "part": {"old": 1}}]},
        {"kind": "a", "things": [{"kind": "b", "part": {"old": 1}}, {"kind": "a", "part": {}}]},
    ),
    (Rename("X-1", "words", "text"), {"text": "a"}, {"words": "a", "text": "a"}),
    (Fill("X-1", "words", value="a"), {}, {"words": "b"}),
    (Fill("X-1", "old", value=1, null_only=True), {"old": None}, {}),
    (Copy("X-1", "words", source="part.id"), {"part": {"id": "a"}}, {"part": {"id": "a"}, "words": "a"}),
    (Copy("X-1", "part.id", source="words"), {"part": {}, "words": "a"}, {"words": "a"}),
    (Reshape("X-1", "", written={"not": {"required": ["x"]}}), {"x": 1}, {}),
]


@pytest.mark.parametrize(
    ("repair", "variant", "ruled"),
    VARIANTS,
)  # fmt: skip
def test_a_variant_is_not_valid(repair: Repair, variant: Any, ruled: Any) -> None:
    codec = JsonCodec(Talk, vendor="acme", message="talk", repairs=(repair,))
    known = Catalogue.of("acme", entries=[Entry("talk", "message", "both", "talk", Talk, codec=codec)])
    assert (is_valid(known, "talk", variant), is_valid(known, "talk", ruled)) == (False, True)
    assert "x-constraints" not in known.schema_of("talk")["schema"]


@pytest.mark.parametrize(
    "repair",
    [
        Rename("X-1", "words", "text", to=str, example="a"),
        Convert("X-1", "words", to=_swapped, does="{name} is loud", example="A"),
        Convert("X-1", "elsewhere", to=_swapped, does="{name} is loud", example="A"),
        Reshape("X-1", "words", does="words are odd"),
    ],
)
def test_a_variant_that_cannot_be_said_is_listed(repair: Repair) -> None:
    codec = JsonCodec(Talk, vendor="acme", message="talk", repairs=(repair,))
    known = Catalogue.of("acme", entries=[Entry("talk", "message", "both", "talk", Talk, codec=codec)])
    assert known.schema_of("talk")["schema"]["x-constraints"] == [
        {"kind": repair.kind, "paths": [repair.path], "clause": "X-1", "text": repair.text}
    ]


def test_what_the_types_refuse_is_not_said_twice() -> None:
    repairs = (Fill("X-1", "size", value=1), Rename("X-1", "size", "width"), Convert("X-1", "size", example="1"))
    codec = JsonCodec(Thing, vendor="acme", message="thing", repairs=repairs)
    known = Catalogue.of("acme", entries=[Entry("thing", "type", "both", "a thing", Thing, codec=codec)])
    schema = known.schema_of("thing")["schema"]
    assert set(schema) == {"title", "description", "$ref", "$defs"}


# --- what else is read ---


def test_a_kind_that_nobody_lists_is_valid() -> None:
    guiji = catalogue.vendor("guiji")
    for options, valid in (
        ({"type": "rtmp", "name": "rtmp"}, True),
        ({"type": "hologram", "name": "a", "glow": 1}, True),
        ({"type": "hologram"}, False),
        ({"type": "", "name": "a"}, False),
        ({"type": "image", "name": "a", "url": 1}, False),
    ):
        assert is_valid(guiji, "ResourceElement", {"type": "fore", "resOptions": options}) is valid, options


def test_speech_in_a_text_is_base64() -> None:
    audio = catalogue.vendor("aliyun").schema_of("audio_drive.request")["schema"]["$defs"]["AudioDriveRequest"]
    validator: Any = jsonschema.Draft202012Validator(audio["properties"]["audio"])
    said = {text: validator.is_valid(text) for text in ("", "AAAA", "AAA=", "AA==", "AAA", "A", "AA-_", "AAAA AAAA")}
    assert [text for text, valid in said.items() if valid] == ["", "AAAA", "AAA=", "AA=="]


# --- integers ---


def integers(info: inspect.Type, path: str, seen: frozenset[Any] = frozenset()) -> list[tuple[str, Any, Any]]:
    """Every integer in a declaration, with its limits; those that may as well have decimals apart."""
    info = bare(info)
    match info:
        case inspect.IntType():
            return [(path, info.ge, info.le)]
        case inspect.UnionType() if not any(isinstance(bare(part), inspect.FloatType) for part in info.types):
            return [found for part in info.types for found in integers(part, path, seen)]
        case inspect.ListType() | inspect.VarTupleType():
            return integers(info.item_type, f"{path}[]", seen)
        case inspect.TupleType():
            return [found for part in info.item_types for found in integers(part, f"{path}[]", seen)]
        case inspect.StructType() if info.cls not in seen:
            inner = ((field.encode_name, field.type) for field in info.fields)
            return [found for name, part in inner for found in integers(part, f"{path}.{name}", seen | {info.cls})]
        case _:
            return []


def test_every_integer_has_64_bits_at_most() -> None:
    types = {f"{vendor} {entry.id}": entry.type for vendor, entry in catalogue.entries() if entry.type is not None}
    found = [each for name, type_ in types.items() for each in integers(inspect.type_info(type_), name)]
    assert len(found) > 100
    assert [each for each in found if each[1] is None or each[2] is None] == []
    assert [each for each in found if not -(2**63) <= each[1] <= each[2] <= 2**63 - 1] == []
