"""Frames as text and back: what one reads, what one may write, and what is refused with which words."""

from __future__ import annotations

import json
from functools import partial
from typing import Any

import pytest

from avatarwire.codecs import textform
from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE
from avatarwire.codecs.core.entry import Sender
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError

decode_text = partial(textform.decode_text, CATALOGUE)
encode_text = partial(textform.encode_text, CATALOGUE)

SERIAL = b"SERIAL01"
SERIAL_HEX = "53455249414c3031"


def frame(head: str, payload: bytes) -> bytes:
    """Three header bytes in hex, the serial number, a payload."""
    return bytes.fromhex(head) + SERIAL + payload


# One of each kind of message in its ruled form: header, payload, message, sender, body.
RULED: list[tuple[str, bytes, str, Sender, dict[str, Any]]] = [
    ("000102", b'{"sessionId":"s-1"}', "interrupt.request", "client", {"sessionId": "s-1"}),
    (
        "000180",
        '{"sessionId":"s-1","text":"你好","askType":2,"messageId":"m-2","type":"TEXT_STREAM","dataFlag":"START"}'.encode(),
        "text_drive.request",
        "client",
        {
            "sessionId": "s-1",
            "text": "你好",
            "askType": 2,
            "messageId": "m-2",
            "type": "TEXT_STREAM",
            "dataFlag": "START",
        },
    ),
    (
        "000186",
        b'{"sessionId":"s-1","messageId":"m-3","audio":"AAEAAg==","type":"AUDIO_STREAM","dataFlag":"END"}',
        "audio_drive.request",
        "client",
        {"sessionId": "s-1", "messageId": "m-3", "audio": "AAEAAg==", "type": "AUDIO_STREAM", "dataFlag": "END"},
    ),
    ("000081", b"\x00\x01\x00\x02", "asr.data.request", "client", {"pcm": "AAEAAg=="}),
    ("000081", b"", "asr.data.request", "client", {"pcm": ""}),
    (
        "000182",
        b'{"sessionId":"s-1","type":"endAsrAudio"}',
        "asr.end.request",
        "client",
        {"sessionId": "s-1", "type": "endAsrAudio"},
    ),
    ("0e01ff", b"{}", "heartbeat.ping", "client", {}),
    ("0f01ff", b"{}", "heartbeat.pong", "server", {}),
    (
        "010183",
        b'{"sessionId":"s-1","status":"READY"}',
        "channel_ready.response",
        "server",
        {"sessionId": "s-1", "status": "READY"},
    ),
    (
        "0201ff",
        b'{"code":10001,"message":"no"}',
        "general.message",
        "server",
        {"code": 10001, "message": "no"},
    ),
]


@pytest.mark.parametrize(("head", "payload", "message", "sender", "body"), RULED)
def test_ruled_frames_become_text_and_come_back(
    head: str, payload: bytes, message: str, sender: Sender, body: dict[str, Any]
) -> None:
    data = frame(head, payload)
    text = decode_text(data)
    assert text.fields == {
        "id": message,
        "message": message,
        "sender": sender,
        "frameType": int(head[:2], 16),
        "dataType": int(head[2:4], 16),
        "bizType": int(head[4:], 16),
        "serialNumber": SERIAL_HEX,
        "serialText": "SERIAL01",
        "body": body,
        "deviations": [],
        "unknownFields": {},
        "unknownCodes": {},
        "raw": data.hex(),
    }
    assert encode_text(text.fields) == data
    assert encode_text({"message": message, "body": body, "serialNumber": "SERIAL01"}, sender) == data


def test_the_sample_form_of_a_heartbeat_comes_back_too() -> None:
    data = frame("0001ff", b"{}")
    text = decode_text(data)
    assert text.fields["deviations"] == ["ALI-E01"]
    assert encode_text(text.fields) == data


@pytest.mark.parametrize(
    ("message", "body", "type_"),
    [
        ("asr.start.request", {"sessionId": "s-1", "askType": 1}, "startAsrAudio"),
        ("asr.end.request", {"sessionId": "s-1"}, "endAsrAudio"),
    ],
)
def test_what_is_the_same_in_every_such_message_need_not_be_named(
    message: str, body: dict[str, Any], type_: str
) -> None:
    written = encode_text({"message": message, "body": body})
    assert json.loads(written[HEADER_SIZE:]) == {**body, "type": type_}


def test_an_answer_to_speech_may_have_the_business_type_of_speech() -> None:
    body = {"success": True, "sessionId": "s-1", "content": "ok", "finish": True, "messageId": "m-1"}
    written = encode_text({"message": "asr.drive_reply", "bizType": 129, "body": body})
    assert written[:3].hex() == "010181"


def test_what_is_not_as_ruled_is_told() -> None:
    text = decode_text(frame("000183", b'{"session":"s-1"}'))
    assert text.fields["deviations"] == ["ALI-E15"]
    assert text.fields["unknownFields"] == {"session": "s-1"}
    assert text.fields["body"] == {}


def test_strict_refuses_it() -> None:
    with pytest.raises(ValidationError, match="ALI-E15"):
        decode_text(frame("000183", b"{}"), strict=True)


def test_unassigned_code_points_keep_their_payload_and_come_back() -> None:
    data = frame("2a0763", b"\xff\x00")
    text = decode_text(data)
    assert text.fields["message"] == ""
    assert text.fields["sender"] == "client"
    assert text.fields["body"] == {"payload": "/wA="}
    assert text.fields["unknownCodes"] == {"frameType": 42, "dataType": 7, "bizType": 99}
    assert text.title == "unassigned code points"
    assert encode_text(text.fields) == data


def test_the_sender_of_unassigned_code_points_is_told_by_frame_type_or_caller() -> None:
    assert decode_text(frame("010163", b"")).sender == "server"
    assert decode_text(frame("2a0163", b""), "server").sender == "server"


def test_the_same_business_type_is_read_by_its_sender() -> None:
    data = frame("000183", b'{"sessionId":"s-1","status":"INIT"}')
    assert decode_text(data).fields["message"] == "channel_ready.request"
    assert decode_text(data, "server").fields["message"] == "channel_ready.response"


def test_the_bytes_are_taken_apart() -> None:
    text = decode_text(frame("00012a", b"{}"))
    assert text.spans == (
        ("frameType", 0, 1, "0 control: everything a client sends but heartbeats, audio included"),
        ("dataType", 1, 2, "1 json: UTF-8 JSON text"),
        ("bizType", 2, 3, "42 not assigned"),
        ("serialNumber", 3, 11, "SERIAL01"),
        ("payload", 11, 13, "2 bytes"),
    )


def test_a_serial_number_that_is_no_text_shows_as_much_as_it_can() -> None:
    text = decode_text(bytes.fromhex("0e01ff" + "ff" * 8) + b"{}")
    assert text.fields["serialText"] == "�" * 8
    assert text.fields["serialNumber"] == "ff" * 8


def test_a_new_serial_number_is_printable() -> None:
    first = encode_text({"message": "heartbeat.ping"})
    assert first[3:11].decode("ascii").isprintable()
    assert first[3:11] != encode_text({"message": "heartbeat.ping"})[3:11]


def test_too_short_a_frame_is_told_by_its_byte() -> None:
    with pytest.raises(DecodeError) as caught:
        decode_text(b"\x00\x01")
    assert (caught.value.offset, caught.value.clause) == (2, "ALI-R082")


# Fields, then the path, expectation and clause that the error tells.
INTERRUPT = {"message": "interrupt.request", "body": {"sessionId": "s-1"}}
UNASSIGNED = {"message": "", "frameType": 42, "dataType": 7, "bizType": 99, "body": {"payload": ""}}
REFUSED: list[tuple[dict[str, Any], str, str, str]] = [
    ({}, "message", "text such as opening.request", ""),
    ({"message": 5}, "message", "text such as opening.request", ""),
    ({"message": "text_drive.reqest"}, "message", "text_drive.request", ""),
    ({**INTERRUPT, "serialnumber": SERIAL_HEX}, "serialnumber", "serialNumber", ""),
    ({**INTERRUPT, "serialNumber": "SERIAL"}, "serialNumber", "16 hex digits or 8 characters of ASCII", "ALI-R083"),
    ({**INTERRUPT, "serialNumber": "SERIAL0123456789"}, "serialNumber", "16 hex digits", "ALI-R083"),
    ({**INTERRUPT, "serialNumber": "序列号码序列号码"}, "serialNumber", "16 hex digits", "ALI-R083"),
    ({**INTERRUPT, "serialNumber": 1}, "serialNumber", "16 hex digits", "ALI-R083"),
    ({**INTERRUPT, "sender": "server"}, "sender", "client, who sends this message", ""),
    ({**INTERRUPT, "dataType": 0}, "dataType", "1 (json)", "ALI-R091"),
    ({**INTERRUPT, "frameType": 7}, "frameType", "one of 0, 1, 2, 14, 15", "ALI-R088"),
    ({**INTERRUPT, "frameType": True}, "frameType", "one of 0, 1, 2, 14, 15", "ALI-R088"),
    ({**INTERRUPT, "frameType": 1}, "", "0", "ALI-R089"),
    ({**INTERRUPT, "bizType": 128}, "", "2", "ALI-R093"),
    ({**INTERRUPT, "body": []}, "body", "a JSON object", ""),
    ({**INTERRUPT, "body": {"sesionId": "s-1"}}, "body.sesionId", "sessionId", ""),
    ({"message": "heartbeat.ping", "body": {"a": 1}}, "body.a", "nothing in it", ""),
    ({**INTERRUPT, "body": {}}, "sessionId", "text that is not empty", "ALI-R095"),
    ({"message": "asr.end.request", "body": {"sessionId": "s-1", "askType": 1}}, "askType", "", "ALI-E34"),
    ({"message": "asr.data.request", "body": {"pcm": "A"}}, "body", '{"pcm": Base64}', "ALI-R108"),
    ({"message": "asr.data.request", "body": {"audio": ""}}, "body", '{"pcm": Base64}', "ALI-R108"),
    ({"message": "asr.data.request"}, "body", '{"pcm": Base64}', "ALI-R108"),
    ({**UNASSIGNED, "dataType": 256}, "dataType", "0..255", "ALI-R084"),
    ({**UNASSIGNED, "bizType": None}, "bizType", "0..255", "ALI-R084"),
    ({**UNASSIGNED, "body": "AA=="}, "body", '{"payload": Base64}', ""),
]


@pytest.mark.parametrize(("fields", "path", "expected", "clause"), REFUSED)
def test_what_cannot_be_written_is_told_by_path_expectation_and_clause(
    fields: dict[str, Any], path: str, expected: str, clause: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_text(fields)
    error = caught.value
    assert (error.vendor, error.path, error.clause) == ("aliyun", path, clause)
    assert expected in error.expected


def test_a_message_without_likeness_lists_all_there_are() -> None:
    with pytest.raises(EncodeError, match=r"one of ListAvatarProject\.request, .*, opening\.request, opening"):
        encode_text({"message": "zzz"})


def test_the_other_side_s_message_is_refused_where_one_side_is_asked_for() -> None:
    with pytest.raises(EncodeError, match="expected client, who sends this message"):
        encode_text(INTERRUPT, "server")
