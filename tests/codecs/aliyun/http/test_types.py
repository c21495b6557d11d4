"""Objects inside replies: nothing is required, everything has a name to read it by."""

from __future__ import annotations

import msgspec
import pytest

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http import types as http_types
from avatarwire.codecs.aliyun.http.types import TYPES, AnchorResponse, VoiceModelResponse


@pytest.mark.parametrize(
    ("wire", "anchor_id"),
    [
        (b'{"anchoId":"1"}', "1"),
        (b'{"anchorId":"2"}', "2"),
        (b'{"anchorId":"2","anchoId":"1"}', "1"),
        (b"{}", None),
    ],
)
def test_a_figure_has_one_id_under_two_names(wire: bytes, anchor_id: str | None) -> None:
    assert msgspec.json.decode(wire, type=AnchorResponse).anchor_id == anchor_id


def test_the_cover_s_width_is_misspelt_on_the_wire() -> None:
    anchor = AnchorResponse(cover_width=540)
    assert anchor.to_dict() == {"coverWeight": 540}


def test_a_voice_id_becomes_the_text_a_save_request_wants() -> None:
    # Beyond 2 to the power of 53, where a floating-point number would go wrong.
    voice = VoiceModelResponse(voice_id=9007199254740993)
    assert voice.voice_template_id == "9007199254740993"
    assert http.SaveVideoScript(voice_template_id=voice.voice_template_id, speed_rate="1.0").to_dict() == {
        "voiceTemplateId": "9007199254740993",
        "speedRate": "1.0",
    }
    assert VoiceModelResponse().voice_template_id is None


@pytest.mark.parametrize("name", [name for name in TYPES if not name.startswith("Save")])
def test_nothing_is_required_in_a_reply(name: str) -> None:
    empty = msgspec.json.decode(b"{}", type=TYPES[name])
    assert msgspec.json.encode(empty) == b"{}"

    nulls = dict.fromkeys(TYPES[name].__struct_encode_fields__)
    assert msgspec.json.decode(msgspec.json.encode(nulls), type=TYPES[name]) == empty


def test_every_object_is_listed_under_its_documented_name() -> None:
    assert list(TYPES) == [
        "AvatarProjectSummary",
        "Frame",
        "Layer",
        "Material",
        "VideoScript",
        "SaveFrame",
        "SaveLayer",
        "SaveMaterial",
        "SaveVideoScript",
        "QueryResourceInfo",
        "SessionInfo",
        "AnchorResponse",
        "VoiceModelResponse",
    ]
    assert TYPES["Frame"] is http_types.ProjectFrame
