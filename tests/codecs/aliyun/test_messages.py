"""The bodies of the WebSocket messages: what may be made, and what the rules between fields refuse."""

from __future__ import annotations

import json
from typing import Any, Final

import jsonschema
import pytest

from avatarwire.codecs.aliyun.messages import (
    PCM_RATE,
    PCM_SAMPLE_BYTES,
    AskType,
    AsrDriveReply,
    AsrEndRequest,
    AsrResult,
    AsrStartRequest,
    AudioDriveRequest,
    ChannelReadyRequest,
    ChannelReadyResponse,
    ChannelStatus,
    DataFlag,
    DriveReply,
    ErrorCode,
    ForceClose,
    GeneralMessage,
    HeartbeatPing,
    InterruptRequest,
    OpeningRequest,
    OpeningResponse,
    PartialChannelReadyRequest,
    PartialTextDriveRequest,
    Recovering,
    TextDriveRequest,
    TextDriveResponse,
    TextDriveType,
)
from avatarwire.codecs.catalogue import VENDORS
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.message import Message

TEXT: dict[str, Any] = {"session_id": "s-7", "text": "你好", "ask_type": 2, "message_id": "m-1"}
STREAM: dict[str, Any] = {**TEXT, "type": "TEXT_STREAM", "data_flag": "START"}
AUDIO: dict[str, Any] = {"session_id": "s-7", "message_id": "m-3", "audio": b"\0\1", "data_flag": "START"}
REPLY: dict[str, Any] = {"success": True, "session_id": "s-7", "content": "", "finish": True, "message_id": "m-1"}


@pytest.mark.parametrize(
    ("enum", "values"),
    [
        (AskType, [1, 2]),
        (TextDriveType, ["TEXT", "TEXT_STREAM"]),
        (DataFlag, ["START", "CONTENT", "END"]),
        (ChannelStatus, ["INIT", "FAIL", "READY"]),
        (ErrorCode, [10000, 10001]),
    ],
)
def test_the_values_of_the_document(enum: Any, values: list[Any]) -> None:
    assert list(enum) == values


def test_audio_is_16_khz_16_bit_mono() -> None:
    assert (PCM_RATE, PCM_SAMPLE_BYTES) == (16_000, 2)


@pytest.mark.parametrize(
    ("cls", "fields", "error"),
    [
        (OpeningRequest, {}, "sessionId: required field is missing, expected text that is not empty [ALI-R095]"),
        (
            OpeningRequest,
            {"session_id": ""},
            "sessionId: value out of range, expected text that is not empty [ALI-R095]",
        ),
        (InterruptRequest, {"session_id": 5}, "sessionId: got an integer, expected text that is not empty [ALI-R095]"),
        (ChannelReadyRequest, {"session_id": None}, "sessionId: got null, expected text that is not empty [ALI-R095]"),
        (TextDriveRequest, {**TEXT, "text": None}, "text: got null, expected text [ALI-R098]"),
        (TextDriveRequest, {**TEXT, "ask_type": 3}, "askType: got 3, expected 1 or 2 [ALI-R099]"),
        (TextDriveRequest, {**TEXT, "ask_type": "1"}, "askType: got text, expected 1 or 2 [ALI-R099]"),
        (TextDriveRequest, {**TEXT, "ask_type": True}, "askType: got true or false, expected 1 or 2 [ALI-R099]"),
        (TextDriveRequest, {**TEXT, "message_id": ""}, "messageId: value out of range, expected text that is not"),
        (TextDriveRequest, {**TEXT, "type": "STREAM"}, "type: got 'STREAM', expected TEXT or TEXT_STREAM [ALI-R100]"),
        (TextDriveRequest, {**STREAM, "data_flag": "MIDDLE"}, "dataFlag: got 'MIDDLE', expected START, CONTENT or END"),
        (TextDriveRequest, {**TEXT, "data_flag": "END"}, "dataFlag: dataFlag belongs to TEXT_STREAM only [ALI-E24]"),
        (
            TextDriveRequest,
            {**TEXT, "type": "TEXT_STREAM"},
            "dataFlag: required with type TEXT_STREAM, expected START, CONTENT or END [ALI-R101]",
        ),
        (
            TextDriveRequest,
            {**STREAM, "ask_type": 1},
            "askType: TEXT_STREAM works in broadcast mode (askType 2) only [ALI-E28]",
        ),
        (AsrStartRequest, {"session_id": "s-7", "ask_type": 0}, "askType: got 0, expected 1 or 2 [ALI-R099]"),
        (
            AsrStartRequest,
            {"session_id": "s-7", "ask_type": 1, "type": "endAsrAudio"},
            "type: got 'endAsrAudio', expected startAsrAudio [ALI-R106]",
        ),
        (AsrEndRequest, {"session_id": "s-7", "ask_type": 1}, "askType: the end packet has no askType [ALI-E34]"),
        (AudioDriveRequest, {**AUDIO, "audio": 5}, "audio: got an integer, expected Base64 text [ALI-R115]"),
        (AudioDriveRequest, {**AUDIO, "type": "WAV"}, "type: got 'WAV', expected AUDIO_STREAM [ALI-R116]"),
        (
            AudioDriveRequest,
            {**AUDIO, "data_flag": "NEXT"},
            "dataFlag: got 'NEXT', expected START, CONTENT or END [ALI-R116]",
        ),
        (OpeningResponse, {**REPLY, "finish": 1}, "finish: got an integer, expected true or false [ALI-R096]"),
        (
            TextDriveResponse,
            {**REPLY, "related_images": (1,)},
            "relatedImages[0]: got an integer, expected text [ALI-E120]",
        ),
        (ChannelReadyResponse, {"session_id": "s-7"}, "status: required field is missing, expected text [ALI-R113]"),
        (GeneralMessage, {"code": "10000", "message": ""}, "code: got text, expected an integer of 64 bits [ALI-R119]"),
        (ForceClose, {"session_id": 1}, "sessionId: got an integer, expected text [ALI-E47]"),
        (Recovering, {"session_id": 1}, "sessionId: got an integer, expected text [ALI-E47]"),
        (AsrResult, {"finish": "yes"}, "finish: got text, expected true or false [ALI-E36]"),
    ],
)
def test_a_body_that_breaks_a_rule_cannot_be_made(cls: type[Message], fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError) as caught:
        cls(**fields)
    assert str(caught.value).startswith(f"{cls.__name__}: {error}")


@pytest.mark.parametrize("status", [*ChannelStatus, "PAUSED"])
def test_a_status_that_is_not_documented_is_kept(status: str) -> None:
    assert ChannelReadyResponse(session_id="s-7", status=status).status == status


@pytest.mark.parametrize("code", [10000, 10001, 0, -1, 2**63 - 1])
def test_an_error_code_is_any_integer_of_64_bits(code: int) -> None:
    assert GeneralMessage(code=code, message="no").code == code


@pytest.mark.parametrize(
    ("fields", "streamed"),
    [
        (TEXT, False),
        ({**TEXT, "type": "TEXT"}, False),
        (STREAM, True),
        ({**STREAM, "text": "", "data_flag": "END"}, True),
    ],
)
def test_a_text_comes_whole_or_in_fragments(fields: dict[str, Any], streamed: bool) -> None:
    assert TextDriveRequest(**fields).is_stream is streamed


def test_an_answer_has_no_images_unless_it_says_so() -> None:
    reply = TextDriveResponse(**REPLY)
    assert (reply.related_images, reply.related_videos) == ((), ())
    assert isinstance(reply, DriveReply)


def test_opening_and_answers_have_the_same_fields() -> None:
    layouts = {cls.__struct_encode_fields__ for cls in (OpeningResponse, TextDriveResponse, AsrDriveReply)}
    assert layouts == {("success", "sessionId", "content", "finish", "relatedImages", "relatedVideos", "messageId")}


def test_heartbeats_and_pushes_need_no_fields() -> None:
    assert [HeartbeatPing().to_dict(), ForceClose().to_dict(), AsrResult().to_dict()] == [{}, {}, {}]


def test_an_incomplete_message_differs_in_one_default_only() -> None:
    assert PartialTextDriveRequest(session_id="s", text="t", ask_type=AskType.ASK).message_id == ""
    assert PartialChannelReadyRequest().session_id == ""
    assert PartialTextDriveRequest.__struct_fields__ == TextDriveRequest.__struct_fields__


@pytest.mark.parametrize(
    ("fields", "right"),
    [
        ({}, True),
        ({"type": "TEXT"}, True),
        ({"type": "TEXT_STREAM", "dataFlag": "END"}, True),
        ({"type": "TEXT_STREAM"}, False),
        ({"dataFlag": "END"}, False),
        ({"type": "TEXT", "dataFlag": "END"}, False),
        ({"type": "TEXT_STREAM", "dataFlag": "END", "askType": 1}, False),
    ],
)
def test_the_schema_of_a_text_says_what_goes_with_a_stream(fields: dict[str, Any], right: bool) -> None:
    validator: Any = jsonschema.Draft202012Validator(VENDORS["aliyun"].schema_of("text_drive.request")["schema"])
    whole = {"sessionId": "s-7", "text": "hello", "askType": 2, "messageId": "m-1"}
    assert validator.is_valid({**whole, **fields}) is right


@pytest.mark.parametrize(
    ("message", "fields", "type_", "clause"),
    [
        ("asr.start.request", {"sessionId": "s-1", "askType": 1}, "startAsrAudio", "ALI-R106"),
        ("asr.end.request", {"sessionId": "s-1"}, "endAsrAudio", "ALI-R111"),
    ],
)
def test_start_and_end_of_speech_always_say_which_they_are(
    message: str, fields: dict[str, Any], type_: str, clause: str
) -> None:
    entry = VENDORS["aliyun"][message]
    schema = VENDORS["aliyun"].schema()["$defs"][entry.type.__name__]
    assert "type" in schema["required"]
    with pytest.raises(ValidationError, match=rf"type: required field is missing.* \[{clause}\]$"):
        entry.codec.convert(fields)
    assert entry.codec.convert({**fields, "type": type_}).value.type == type_


WHOLE: Final[dict[str, Any]] = {"sessionId": "s-7", "text": "", "askType": 2, "messageId": "m-1"}
FRAGMENT: Final = {**WHOLE, "type": "TEXT_STREAM"}
SOUND: Final[dict[str, Any]] = {"sessionId": "s-7", "messageId": "m-1", "audio": "", "type": "AUDIO_STREAM"}


@pytest.mark.parametrize(
    ("message", "fields", "empty_is_right"),
    [
        ("text_drive.request", WHOLE, False),
        ("text_drive.request", {**WHOLE, "type": "TEXT"}, False),
        ("text_drive.request", {**FRAGMENT, "dataFlag": "START"}, True),
        ("text_drive.request", {**FRAGMENT, "dataFlag": "CONTENT"}, False),
        ("text_drive.request", {**FRAGMENT, "dataFlag": "END"}, True),
        ("audio_drive.request", {**SOUND, "dataFlag": "START"}, True),
        ("audio_drive.request", {**SOUND, "dataFlag": "CONTENT"}, False),
        ("audio_drive.request", {**SOUND, "dataFlag": "END"}, True),
    ],
)
def test_only_the_ends_of_a_stream_may_be_empty(message: str, fields: dict[str, Any], empty_is_right: bool) -> None:
    entry = VENDORS["aliyun"][message]
    body = json.dumps(fields).encode()
    found = entry.codec.decode(body)
    assert [(each.clause, each.level) for each in found.findings] == ([] if empty_is_right else [("ALI-E25", "error")])
    validator: Any = jsonschema.Draft202012Validator(VENDORS["aliyun"].schema_of(message)["schema"])
    assert validator.is_valid(fields) is empty_is_right
    if not empty_is_right:
        with pytest.raises(ValidationError, match=r"(text|audio) is empty, .* \[ALI-E25\]"):
            entry.codec.decode(body, strict=True)
        with pytest.raises(ValidationError, match=r"\[ALI-E25\]"):
            entry.encode(fields)
