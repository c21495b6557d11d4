"""Recogniser, model, characters, options and the customer's own fields."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.sensetime.messages.role_parts import (
    AsrConfig,
    AsrSettings,
    Custom,
    Extra,
    Feeling,
    NlpConfig,
    Persona,
    read_personas,
    write_personas,
)

LIN = Persona(name="Lin", gender="女", nickname="", feeling_toward=(Feeling(name="Ann", level=3),))
LIN_TEXT = '[{"name":"Lin","gender":"女","nickname":"","feeling_toward":[{"name":"Ann","level":3}]}]'


def test_the_settings_of_a_recogniser_are_under_config() -> None:
    asr = AsrConfig(type="ASR8", config=AsrSettings(language="zh-CN"))
    assert msgspec.json.encode(asr) == b'{"type":"ASR8","config":{"language":"zh-CN"}}'
    assert msgspec.json.decode(b'{"type":"ASR99","config":{}}', type=AsrConfig).config == AsrSettings()


def test_characters_are_a_text_in_the_model() -> None:
    assert write_personas([LIN]) == LIN_TEXT
    assert read_personas(LIN_TEXT) == (LIN,)
    nlp = NlpConfig(type="NLP10", max_reply_token=1200, prompt_header=LIN_TEXT)
    assert nlp.personas == (LIN,)
    assert NlpConfig(type="NLP10").personas == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "sensetime Persona: byte 0: empty payload"),
        ("you are a shop keeper", "sensetime Persona: byte 0: not JSON"),
        ("\ud800", "sensetime Persona: .*not UTF-8"),
        ("{}", "sensetime Persona: got an object, expected a list"),
        ('[{"name":1}]', r"sensetime Persona: \[0\].name: got an integer, expected text \[ST-ROL-06\]"),
        ("[1]", r"sensetime Persona: \[0\]: got an integer, expected an object \[ST-ROL-06\]"),
    ],
)
def test_a_text_that_is_no_list_of_characters(text: str, words: str) -> None:
    with pytest.raises(DecodeError, match=words):
        read_personas(text)


def test_options_that_are_left_out_have_defaults() -> None:
    assert Extra().to_dict() == {}
    assert Extra().settled().to_dict() == {
        "quick_response_enable": True,
        "quick_response_random": True,
        "quick_response_delay": 1000,
        "command_immediate": True,
    }
    given = Extra(quick_response_enable=False, quick_response_delay=2.5)
    assert given.settled() == Extra(
        quick_response_enable=False, quick_response_random=True, quick_response_delay=2.5, command_immediate=True
    )


def test_the_customer_s_own_app() -> None:
    custom = Custom(urtc_token="secret", urtc_uid="1024", urtc_app_id="app", urtc_channel_id="channel", user_data="u")
    assert custom.to_dict() == {
        "urtcToken": "secret",
        "urtcUid": "1024",
        "urtcAppId": "app",
        "urtcChannelId": "channel",
        "userData": "u",
    }
    assert custom.uses_own_app
    assert not Custom(user_data="u").uses_own_app
    assert "secret" not in repr(custom)


@pytest.mark.parametrize(
    ("fields", "clauses"),
    [
        ({"urtc_token": "t"}, ["ST-SDK-09"]),
        ({"urtc_uid": "1"}, ["ST-SDK-09"]),
        ({"urtc_channel_id": "c"}, ["ST-SDK-09"]),
        ({"urtc_app_id": "a", "urtc_uid": "x"}, ["ST-LIVE-04"]),
        ({"urtc_app_id": "a", "urtc_uid": "4294967296"}, ["ST-LIVE-04"]),
        ({"urtc_app_id": "a", "urtc_uid": "01"}, ["ST-E19"]),
        ({"urtc_app_id": "a", "urtc_channel_id": "c" * 65}, ["ST-LIVE-05"]),
        ({"urtc_app_id": "a", "urtc_channel_id": "频道"}, ["ST-E20"]),
        ({"urtc_uid": "4294967296", "urtc_channel_id": "频道"}, ["ST-SDK-09", "ST-LIVE-04", "ST-E20"]),
    ],
)
def test_rtc_values_that_are_wrong(fields: dict[str, Any], clauses: list[str]) -> None:
    with pytest.raises(ValidationError) as caught:
        Custom(**fields)
    assert [fault.clause for fault in caught.value.findings] == clauses


@pytest.mark.parametrize("uid", ["0", "1", "4294967295"])
def test_uids_of_32_bits(uid: str) -> None:
    assert Custom(urtc_app_id="a", urtc_uid=uid, urtc_channel_id="c" * 64).urtc_uid == uid
