"""The objects inside scripts: their rules by themselves, the addresses of files, the length of texts."""

from __future__ import annotations

import re
from typing import Any

import jsonschema
import msgspec
import pytest

from avatarwire.codecs.core.checking import judge
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.export.constraint_schema import schema_of_rules
from avatarwire.codecs.sensetime.script_parts import (
    IMAGES,
    MP3,
    Background,
    BackgroundType,
    DigitalRole,
    Foreground,
    Position,
    Scene,
    TakeoverImage,
    TakeoverQuery,
    TtsConfig,
    TtsQuery,
    file_kind,
    spoken_length,
)


@pytest.mark.parametrize(
    ("address", "is_other"),
    [
        ("https://files.example.com/a.mp3", False),
        ("https://files.example.com/A.MP3?sign=x.wav#y", False),
        ("https://files.example.com/a", False),
        ("https://files.example.com/v1.2/a", False),
        ("https://files.example.com", False),
        ("https://files.example.com/", False),
        ("/data/a.mp3", False),
        ("a", False),
        ("", False),
        ("https://files.example.com/a.wav", True),
        ("https://files.example.com/a.mp3.wav", True),
        ("https://files.example.com/a.wav?b=.mp3", True),
        ("/data/a.wav", True),
        ("a.wav", True),
        ("a.wav://b.mp3/c", False),
    ],
)
def test_an_ending_tells_the_kind_of_a_file(address: str, is_other: bool) -> None:
    assert (re.search(file_kind("url", MP3, "X").pattern, address) is None) is is_other


def test_a_jpeg_is_a_jpg() -> None:
    rule = file_kind("url", IMAGES, "X")
    assert re.search(rule.pattern, "https://files.example.com/a.jpeg")
    assert rule.expected == "a file ending in .png or .jpg"


@pytest.mark.parametrize(
    ("content", "markup", "length"),
    [
        ("0123456789", False, 10),
        (" 0123456789\n\t", False, 10),
        ("欢迎来到我们的直播间", False, 10),
        ("😀" * 10, False, 10),
        ("<b>0123456789</b>", False, 17),
        ("<b>0123456789</b>", True, 10),
        ("<speak> a <break time='1s'/> </speak>", True, 1),
        ("a < b", True, 5),
    ],
)
def test_characters_that_count(content: str, markup: bool, length: int) -> None:
    assert spoken_length(content, markup=markup) == length


def test_a_text_has_ten_characters() -> None:
    assert TtsQuery(content="0123456789").content == "0123456789"
    assert judge(TtsQuery(content="<b>0123456789</b>", ssml=True)) == []
    assert judge(TtsQuery(ssml=True)) == []
    for cls, clause in ((TtsQuery, "ST-SCR-12"), (TakeoverQuery, "ST-TKO-23")):
        name = cls.__name__
        with pytest.raises(
            ValidationError, match=rf"^{name}: content: got '012345678', expected .* 10 .*\[{clause}\]$"
        ):
            cls(content="012345678")
        with pytest.raises(ValidationError, match=rf"content: got 9, blanks and tags apart, expected .*\[{clause}\]$"):
            cls(content=" 012345678 ")
        with pytest.raises(ValidationError, match=rf"content: got 7, blanks and tags apart, expected .*\[{clause}\]$"):
            cls(content="<b>0123456</b>", ssml=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"qid": "q"},
        {"qid": "q", "id": "i"},
        {"qid": "q", "id": "i", "vendor_id": 3},
        {"id": "i", "vendor_id": 0},
        {"qid": "", "id": "i", "vendor_id": 3},
    ],
)
def test_a_voice_has_a_combined_id_or_an_id_with_a_supplier(fields: dict[str, Any]) -> None:
    assert TtsConfig(**fields).to_dict() == fields


@pytest.mark.parametrize("fields", [{}, {"qid": ""}, {"id": ""}, {"qid": "", "id": "", "vendor_id": 3}])
def test_a_voice_needs_an_id(fields: dict[str, Any]) -> None:
    message = r"^TtsConfig: neither qid nor id, expected a qid, or an id \[ST-SCR-08\]$"
    with pytest.raises(ValidationError, match=message):
        TtsConfig(**fields)
    schema = msgspec.json.schema(TtsConfig)["$defs"]["TtsConfig"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(fields, {**schema, **schema_of_rules(TtsConfig)})


def test_an_id_without_its_supplier_is_noted() -> None:
    """ST-E90."""
    [note] = TtsConfig(id="i").check()
    assert (note.clause, note.path, note.level) == ("ST-E90", "vendor_id", "note")


@pytest.mark.parametrize(
    ("name", "low", "high", "clause"),
    [
        ("pitch_offset", -60, 60, "ST-SCR-09"),
        ("speed_ratio", 0.5, 2, "ST-SCR-10"),
        ("volume", 1, 400, "ST-SCR-11"),
    ],
)
def test_ranges_of_a_voice(name: str, low: float, high: float, clause: str) -> None:
    for value in (low, high):
        fields: dict[str, Any] = {"qid": "q", name: value}
        assert TtsConfig(**fields).to_dict() == fields
    for value in (low - 1, high + 1):
        outside: dict[str, Any] = {"qid": "q", name: value}
        with pytest.raises(ValidationError, match=rf"^TtsConfig: {name}: .* from {low} to {high} \[{clause}\]$"):
            TtsConfig(**outside)


def test_a_larger_ratio_is_slower() -> None:
    voice = TtsConfig(qid="q")
    assert voice.pace == 1
    assert voice.stretched(2).speed_ratio == 2
    assert voice.stretched(2).pace == 0.5
    with pytest.raises(ValidationError, match="ST-SCR-10"):
        voice.stretched(3)


@pytest.mark.parametrize("cls", [Background, Foreground, TakeoverImage])
@pytest.mark.parametrize(
    ("fields", "clause"),
    [
        ({"rect": (0, 0, 1)}, "ST-SCR-21"),
        ({"rect": (0, 0, 1, 2, 3)}, "ST-SCR-21"),
        ({"rect": (0, 0, 1.5, 2)}, "ST-E87"),
        ({"rect": (0, 0, -1, 2)}, "ST-E87"),
        ({"rect": (0, 0, 1, -2)}, "ST-E87"),
        ({"duration": 0}, "ST-E88"),
        ({"duration": -2}, "ST-E88"),
    ],
)
def test_where_and_how_long_a_picture_is_shown(cls: type[Any], fields: dict[str, Any], clause: str) -> None:
    with pytest.raises(ValidationError, match=rf"\[{clause}\]$"):
        cls(**fields)


@pytest.mark.parametrize("cls", [Background, Foreground, TakeoverImage])
@pytest.mark.parametrize("fields", [{"rect": (-5, -5, 0, 0)}, {"duration": -1}, {"duration": 1}, {"start": -5}])
def test_a_picture_may_begin_outside_the_canvas(cls: type[Any], fields: dict[str, Any]) -> None:
    assert msgspec.json.decode(msgspec.json.encode(cls(**fields)), type=cls) == cls(**fields)


def test_only_videos_loop() -> None:
    assert Background(type=BackgroundType.VIDEO, cycle=True).cycle is True
    assert Background(cycle=True).cycle is True
    # The document's own samples have it for images.
    [note] = Background(type=BackgroundType.IMAGE, cycle=True).check()
    assert str(note) == "cycle: cycle has no meaning for an image [ST-E89]"
    assert note.level == "note"


def test_numbers_with_decimals_may_be_whole() -> None:
    assert DigitalRole(scale=1).scale == 1.0
    assert msgspec.json.decode(b'{"scale":2,"position":{"x":3}}', type=DigitalRole) == DigitalRole(
        scale=2.0, position=Position(x=3)
    )


def test_a_scene_tells_from_where_its_parts_are_wrong() -> None:
    scene = msgspec.json.decode(
        b'{"tts_config":{},"tts_query":{"content":"<p>12345678</p>","ssml":true},"backgrounds":[{},{"duration":0}],'
        b'"foregrounds":[{"duration":0}]}',
        type=Scene,
    )
    assert [fault.path for fault in judge(scene)] == [
        "tts_config",
        "tts_query.content",
        "backgrounds[1].duration",
        "foregrounds[0].duration",
    ]
