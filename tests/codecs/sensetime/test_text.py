"""Messages as text and back: those of the socket, those of the SDK, speech, and what is refused with which words."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from avatarwire.codecs import textform
from avatarwire.codecs.core.entry import Sender
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.wire import microphone

decode_text, encode_text = partial(textform.decode_text, CATALOGUE), partial(textform.encode_text, CATALOGUE)

DATA = {"sessionId": "live-1", "commandTraceId": "takeover-1", "timestamp": 1900000000}

RULED: list[tuple[bytes, str, Sender, dict[str, Any]]] = [
    (b'{"code":0,"message":"begin"}', "microphone.begin", "client", {"code": 0, "message": "begin"}),
    (b"\x00\x01\xff", "microphone.audio", "client", {"pcm": "AAH/"}),
    (
        '{"code":4,"message":"停止发送语音数据"}'.encode(),
        "microphone.stop",
        "server",
        {"code": 4, "message": "停止发送语音数据"},
    ),
    (
        '{"code":20,"message":"接管入队完成","data":{"sessionId":"live-1","commandTraceId":"takeover-1",'
        '"timestamp":1900000000}}'.encode(),
        "microphone.takeover_queued",
        "server",
        {"code": 20, "message": "接管入队完成", "data": DATA},
    ),
    (
        b'{"service":"record","trace":"t-1","type":"eof","status":"ok"}',
        "interactive.record.eof",
        "server",
        {"service": "record", "trace": "t-1", "type": "eof", "status": "ok"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("data", "id_", "sender", "body"), RULED)
def test_ruled_messages_become_text_and_come_back(data: bytes, id_: str, sender: Sender, body: dict[str, Any]) -> None:
    for asked in (None, sender):
        text = decode_text(data, asked, strict=True)
        assert text.fields == {
            "id": id_,
            "message": id_,
            "sender": sender,
            "body": body,
            "deviations": [],
            "unknownFields": {},
            "raw": data.hex(),
        }
        assert (text.sender, text.raw, text.spans) == (sender, data, ())
        assert text.title.startswith(f"{id_}: ")
        assert encode_text(text.fields, asked) == data


def test_what_is_the_same_in_every_such_message_may_be_left_out() -> None:
    assert encode_text({"message": "microphone.eof", "body": {}}) == b'{"code":99,"message":"eof"}'
    assert encode_text({"message": "interactive.record.eof", "body": {"trace": "t"}}).startswith(b'{"service":"record"')


def test_what_is_not_as_ruled_is_told() -> None:
    text = decode_text(b'{"code":"2","message":"go","id":7}')
    assert text.fields["deviations"] == ["ST-E57", "ST-E64"]
    assert text.fields["unknownFields"] == {"id": 7}
    assert text.fields["body"] == {"code": 2, "message": "go"}
    with pytest.raises(ValidationError, match="ST-E57"):
        decode_text(text.raw, strict=True)


@pytest.mark.parametrize(
    ("data", "title", "deviation"),
    [
        (b'{"code":3,"later":[1]}', "a code that is not documented", "ST-E67"),
        (
            b'{"service":"nlp","trace":"t","type":"answer","status":"fail","later":1}',
            "a message that is not documented",
            "ST-E124",
        ),
    ],
)
def test_what_is_not_documented_comes_back_as_it_was(data: bytes, title: str, deviation: str) -> None:
    text = decode_text(data)
    assert (text.title, text.fields["message"], text.fields["sender"]) == (title, "", "server")
    assert text.fields["deviations"] == [deviation]
    assert encode_text(text.fields) == data


def test_a_page_does_not_speak_as_the_sdk() -> None:
    with pytest.raises(ValidationError, match=r"code: required field is missing.*\[ST-E57\]"):
        decode_text(b'{"service":"record","trace":"t-1","type":"eof","status":"ok"}', "client")


@pytest.mark.parametrize(
    ("data", "sender", "clause"),
    [
        (b"begin", None, "ST-MIC-01"),
        (b'{"code":0', None, "ST-MIC-01"),
        (b"[]", None, "ST-MIC-01"),
        (b"\x00\x01", "server", "ST-MIC-01"),
        (b'{"service":1}', None, "ST-MSG-01"),
    ],
)
def test_what_cannot_be_read(data: bytes, sender: Sender | None, clause: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode_text(data, sender)
    assert caught.value.clause == clause


REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"body": {}}, "message", "text such as microphone.begin"),
    ({"message": "microphone.begn", "body": {}}, "message", "microphone.begin"),
    ({"message": "microphone.begin"}, "body", "a JSON object"),
    ({"message": "microphone.begin", "body": {}, "sender": "server"}, "sender", "client, who sends this message"),
    ({"message": "microphone.begin", "body": {"mesage": "begin"}}, "body.mesage", "message"),
    ({"message": "microphone.begin", "body": {"code": 1}}, "code", "0"),
    ({"message": "microphone.begin", "body": {"message": "go"}}, "message", "begin"),
    ({"message": "microphone.takeover_queued", "body": {}}, "data", "the takeover it reports"),
    ({"message": "microphone.takeover_queued", "body": {"data": {**DATA, "id": 1}}}, "body.data.id", "data"),
    ({"message": "microphone.audio", "body": {"pcm": "A"}}, "body", '{"pcm": Base64}'),
    ({"message": "microphone.audio", "body": {"pcm": 5}}, "body", '{"pcm": Base64}'),
    ({"message": "microphone.audio", "body": {"pcm": "", "id": 1}}, "body", '{"pcm": Base64}'),
    ({"message": "interactive.asr.text", "body": {"trace": 1}}, "trace", "text"),
    ({"message": "", "body": {"x": "\ud800"}}, "body", ""),
]


@pytest.mark.parametrize(("fields", "path", "expected"), REFUSED)
def test_what_cannot_be_written_is_told_by_path_and_expectation(
    fields: dict[str, Any], path: str, expected: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_text(fields)
    assert (caught.value.vendor, caught.value.path) == ("sensetime", path)
    assert expected in caught.value.expected


def test_the_other_side_s_message_is_refused_where_one_side_is_asked_for() -> None:
    with pytest.raises(EncodeError, match="expected server, who sends this message"):
        encode_text({"message": "microphone.ready", "body": {}}, "client")


def test_every_message_can_be_written_in_one_line() -> None:
    assert {row.id for row in microphone.MESSAGES}.isdisjoint(interactive.BY_ID)
