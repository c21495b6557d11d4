"""Roles and their file, what the SDK is given, and what both may have that nobody declares."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime.messages.role import (
    ROLE,
    SDK_CONFIG,
    Role,
    SdkCreateConfig,
    decode_role,
    decode_roles,
    encode_config,
    encode_role,
    plain_json,
)
from avatarwire.codecs.sensetime.messages.role_parts import AsrConfig, Custom, Extra, NlpConfig
from avatarwire.codecs.sensetime.script import decode_live, encode

from ..script_samples import INTERACTIVE, changed, text, without

SAMPLE: dict[str, Any] = {
    "name": "Lin",
    "info": "keeps a tea shop",
    "welcome": "Come in!",
    "thumbnail": "https://files.example.com/lin.png",
    "json": INTERACTIVE,
    "asr": {"type": "ASR8", "config": {"language": "zh-CN"}},
    "nlp": {"type": "NLP10", "max_reply_token": 1200, "prompt_header": "[]"},
    "extra": {"quick_response_enable": False, "quick_response_delay": 2000},
}
SCRIPT = decode_live(text(INTERACTIVE)).value
NLP = NlpConfig(type="NLP10")
LIN = Role(name="Lin", info="i", welcome="w", thumbnail="t", json=SCRIPT, nlp=NLP)


# --- roles ---


def test_a_role_is_read_and_written() -> None:
    decoded = decode_role(text(SAMPLE))
    assert decoded == decode_role(text(SAMPLE).encode(), strict=True)
    assert (decoded.deviations, decoded.unknown_fields()) == ((), {})
    assert decoded.value.json == SCRIPT
    assert decoded.value.to_dict() == SAMPLE
    assert json.loads(encode_role(decoded.value)) == SAMPLE


def test_a_role_without_a_recogniser_has_the_default() -> None:
    assert LIN.recogniser == AsrConfig(type="ASR5")
    assert decode_role(text(SAMPLE)).value.recogniser.type == "ASR8"
    assert "asr" not in json.loads(encode_role(LIN))


@pytest.mark.parametrize("name", ["name", "info", "welcome", "thumbnail", "json", "nlp"])
def test_what_a_role_must_have(name: str) -> None:
    with pytest.raises(ValidationError, match=rf"^sensetime Role: {name}: required field is missing"):
        decode_role(without(SAMPLE, name))


def test_every_fault_of_a_role_is_told() -> None:
    wrong = {
        **SAMPLE,
        "info": 1,
        "nlp": {"type": 3},
        "json": {**INTERACTIVE, "bit_rate": 9, "resolution": [1920, 1080]},
    }
    with pytest.raises(ValidationError) as caught:
        decode_role(text(wrong))
    assert [fault.path for fault in caught.value.findings] == [
        "info",
        "json.resolution[0]",
        "json.bit_rate",
        "nlp.type",
    ]
    with pytest.raises(ValidationError, match=r"json.sceneList\[0\].tts_config: neither qid nor id"):
        decode_role(changed(SAMPLE, "json.sceneList.0.tts_config", {}))


@pytest.mark.parametrize(
    ("raw", "clause", "path"),
    [
        (changed(SAMPLE, "json", text(INTERACTIVE)), "ST-E115", "json"),
        (text(SAMPLE).replace("digital_role", "digital role"), "ST-E75", "json.sceneList[0].digital role"),
        (changed(SAMPLE, "nlp", {"type": "NLP10", "config": {"max_reply_token": 3}}), "ST-E111", "nlp.config"),
        (changed(SAMPLE, "json.resolution", [1920, 1080]), "ST-E86", "json.resolution[0]"),
    ],
)
def test_variants_of_a_role(raw: str, clause: str, path: str) -> None:
    decoded = decode_role(raw)
    assert decoded.deviations == (clause,)
    assert [fault.path for fault in ROLE.findings(raw.encode())] == [path]
    with pytest.raises(ValidationError, match=rf"\[{clause}\]$"):
        decode_role(raw, strict=True)


def test_a_role_may_have_an_empty_recogniser() -> None:
    """AW-ST-EMPTY-ASR: the annotated sample has it (004 L288-303), and it means the default one (ST-ROL-02)."""
    raw = changed(SAMPLE, "asr", {})
    decoded = decode_role(raw, strict=True)
    [note] = decoded.findings
    assert (note.clause, note.path, note.level) == ("AW-ST-EMPTY-ASR", "asr.type", "note")
    assert json.loads(encode_role(decoded.value)) == json.loads(raw)
    assert decoded.value.create_config().asr == AsrConfig(type="ASR5")
    jsonschema.validate(json.loads(raw), catalogue.vendor("sensetime").schema_of("Role")["schema"])
    with pytest.raises(ValidationError, match=r"asr.type: .* \[ST-E114\]$"):
        decode_role(changed(SAMPLE, "asr", {"config": {"language": "zh-CN"}}))


def test_the_annotated_sample_of_a_role_can_be_read() -> None:
    """004 L288-303: comments, an empty recogniser, and an empty model, which is not to be written."""
    raw = """{
        "name": "Lin", // required
        "info": "just out of school",
        "welcome": "hello",
        "thumbnail": "video.webm",
        "json": {}, // the live script
        "asr": {}, // optional
        "nlp": {}, // required
        "extra": {"quick_response_enable": true}
    }"""
    [role] = decode_roles(raw)
    assert role.deviations == ("ST-E109", "AW-ST-EMPTY-ASR", "ST-E128")
    with pytest.raises(ValidationError, match=r"nlp.type: required field is missing, .* \[ST-E128\]"):
        decode_role(changed(SAMPLE, "nlp", {}), strict=True)


def test_variants_mean_what_they_stand_for() -> None:
    assert decode_role(changed(SAMPLE, "json", text(INTERACTIVE))).value.to_dict() == SAMPLE
    nested = {"type": "NLP10", "config": {"max_reply_token": 3, "type": "other", "temperature": 1}}
    assert decode_role(changed(SAMPLE, "nlp", nested)).value.nlp == NlpConfig(type="NLP10", max_reply_token=3)


@pytest.mark.parametrize("value", ["[]", "{", "", 3, None])
def test_a_script_is_nothing_else(value: Any) -> None:
    with pytest.raises(ValidationError, match=r"json: got .*, expected an object \[ST-ROL-03\]$"):
        decode_role(changed(SAMPLE, "json", value))


def test_a_setting_named_config_is_no_variant() -> None:
    decoded = decode_role(changed(SAMPLE, "nlp.config", 3))
    assert (decoded.deviations, decoded.unknown_fields()) == ((), {"nlp.config": 3})


@pytest.mark.parametrize("raw", ["", "\ud800", "[]"])
def test_what_is_no_role(raw: str) -> None:
    with pytest.raises(DecodeError, match=r"\[ST-ROL-01\]$"):
        decode_role(raw)


# --- the file ---

COMMENTED = """[
  {
    "name": "Lin", // not "Ann"
    "info": "see https://example.com/lin, and /* this */ too",
    /* two
       lines */
    "welcome": "a \\" // b", "thumbnail": "lin.webm",
    "json": {}, "nlp": {"type": "NLP10",},
  }, // the only one
]
"""


def test_a_file_is_a_list_of_roles_or_one() -> None:
    raw = f"[{text(SAMPLE)},{text({**SAMPLE, 'name': 'Ann'})}]"
    roles = decode_roles(raw)
    assert roles == decode_roles(raw, strict=True)
    assert [role.value.name for role in roles] == ["Lin", "Ann"]
    assert roles[0].raw == text(SAMPLE).encode()
    assert decode_roles(text(SAMPLE)) == (decode_role(text(SAMPLE)),)
    assert decode_roles("[]") == ()


def test_comments_and_commas_too_many_are_understood() -> None:
    (role,) = decode_roles(COMMENTED)
    assert role.deviations == ("ST-E109",)
    assert role.value.info == "see https://example.com/lin, and /* this */ too"
    assert role.value.welcome == 'a " // b'
    (cut,) = decode_roles(text(SAMPLE).replace("ASR8", "ASR9") + " ,")
    assert cut.deviations == ("ST-E109",)
    with pytest.raises(DecodeError):
        decode_roles(COMMENTED, strict=True)
    with pytest.raises(DecodeError):
        decode_role(COMMENTED)


def test_positions_stay_where_they_are() -> None:
    plain = plain_json(COMMENTED)
    assert len(plain) == len(COMMENTED)
    assert plain.count("\n") == COMMENTED.count("\n")
    assert plain.index('"thumbnail"') == COMMENTED.index('"thumbnail"')
    assert plain_json('{"a": ",]", "b": [1, 2]}') == '{"a": ",]", "b": [1, 2]}'


def test_a_wrong_role_is_told_by_its_place() -> None:
    with pytest.raises(ValidationError) as caught:
        decode_roles(f"[{text(SAMPLE)},{changed(SAMPLE, 'json.bit_rate', 9)}]")
    assert caught.value.path == "[1].json.bit_rate"
    assert (caught.value.vendor, caught.value.message) == ("sensetime", "Role")


@pytest.mark.parametrize("raw", [b"", b"{", b"[{", b"[1", b"\xff", b"[\xff]", "\ud800"])
def test_what_is_no_file_of_roles(raw: bytes | str) -> None:
    for strict in (False, True):
        with pytest.raises(DecodeError):
            decode_roles(raw, strict=strict)


# --- what the SDK is given ---


def test_a_role_makes_a_configuration() -> None:
    role = decode_role(text(SAMPLE)).value
    config = role.create_config(container="#live", custom=Custom(user_data="u"))
    assert config.script == decode_live(encode(SCRIPT)).value
    assert (config.nlp, config.asr, config.extra) == (role.nlp, role.asr, role.extra)
    assert json.loads(encode_config(config)) == {
        "data": encode(SCRIPT),
        "nlp": SAMPLE["nlp"],
        "asr": SAMPLE["asr"],
        "extra": SAMPLE["extra"],
        "container": "#live",
        "custom": {"userData": "u"},
    }
    assert LIN.create_config().asr == AsrConfig(type="ASR5")
    assert LIN.create_config(extra=Extra(command_immediate=False)).extra == Extra(command_immediate=False)


def test_quick_boot_needs_a_container() -> None:
    LIN.create_config(container="#live").check_quick_boot()
    message = r"^sensetime SdkCreateConfig: container: required field is missing, .* \[ST-SDK-06\]$"
    with pytest.raises(ValidationError, match=message):
        LIN.create_config().check_quick_boot()


def test_a_configuration_is_judged_with_its_script() -> None:
    raw = text({"data": changed(INTERACTIVE, "bit_rate", 9), "nlp": {"type": "NLP10"}, "custom": {"urtcUid": "1"}})
    with pytest.raises(ValidationError) as caught:
        SDK_CONFIG.decode(raw.encode())
    assert [(fault.path, fault.clause) for fault in caught.value.findings] == [
        ("data.bit_rate", "ST-SCR-03"),
        ("custom.urtcAppId", "ST-SDK-09"),
    ]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ("{", "the JSON text ends too early at byte 1 of the text, expected a JSON object in UTF-8, as text"),
        ("[]", "got a list, expected a JSON object, as text"),
    ],
)
def test_a_script_that_is_no_json_object_is_told_of_the_configuration(data: str, told: str) -> None:
    with pytest.raises(ValidationError) as caught:
        SDK_CONFIG.decode(text({"data": data, "nlp": {"type": "NLP10"}}).encode())
    assert str(caught.value) == f"sensetime SdkCreateConfig: data: {told} [ST-SDK-05]"


def test_text_behind_the_script_is_refused() -> None:
    trailing = text(INTERACTIVE) + ',"asr":{}}'
    with pytest.raises(ValidationError, match=r"^SdkCreateConfig: data: not JSON: trailing characters"):
        SdkCreateConfig(data=trailing, nlp=NLP)


@pytest.mark.parametrize(
    ("fields", "clause"),
    [
        ({"custom": {"urtcAppId": "a", "urtcUid": 7}}, "ST-E19"),
        ({"nlp": {"type": "NLP10", "config": {"max_reply_token": 3}}}, "ST-E111"),
        ({"data": text(INTERACTIVE).replace("digital_role", "digital role")}, "ST-E75"),
    ],
)
def test_variants_of_a_configuration(fields: dict[str, Any], clause: str) -> None:
    raw = text({"data": text(INTERACTIVE), "nlp": {"type": "NLP10"}, **fields}).encode()
    assert SDK_CONFIG.decode(raw).deviations == (clause,)
    with pytest.raises(ValidationError, match=rf"\[{clause}\]$"):
        SDK_CONFIG.decode(raw, strict=True)


@pytest.mark.parametrize("uid", ["7", True, 1.5])
def test_only_a_whole_number_stands_for_digits(uid: Any) -> None:
    raw = text({"data": text(INTERACTIVE), "nlp": {"type": "N"}, "custom": {"urtcAppId": "a", "urtcUid": uid}}).encode()
    assert [fault.path for fault in SDK_CONFIG.findings(raw)] == ([] if uid == "7" else ["custom.urtcUid"])


# --- members of one's own ---


def test_members_that_are_not_declared_are_kept_and_can_be_written() -> None:
    raw = changed(SAMPLE, "nlp.temperature", 0.2)
    assert decode_role(raw).unknown_fields() == {"nlp.temperature": 0.2}
    assert decode_role(raw).encode() == raw.encode()

    role = decode_role(text(SAMPLE)).value
    written = json.loads(encode_role(role, more={"nlp": {"temperature": 0.2}, "asr.config": {"hot_words": ["tea"]}}))
    assert written["nlp"] == {**SAMPLE["nlp"], "temperature": 0.2}
    assert written["asr"]["config"] == {"language": "zh-CN", "hot_words": ["tea"]}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"nlp": {"type": "NLP11"}}, "nlp: type is there already"),
        ({"asr": {"a": 1}}, "asr: no such object"),
        ({"nlp": {"a": object()}}, "sensetime Role: "),
    ],
)
def test_members_that_cannot_be_added(more: dict[str, dict[str, Any]], words: str) -> None:
    with pytest.raises(EncodeError, match=words):
        encode_role(LIN, more=more)
