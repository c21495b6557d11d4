"""What travels is read and written by id, whatever it travels in: frames, queries, bodies with envelopes, payloads."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs import aliyun, catalogue, guiji
from avatarwire.codecs.aliyun.http import HttpErrorBody
from avatarwire.codecs.core.carrier import (
    Callback,
    Frame,
    HttpRequestPart,
    HttpResponsePart,
    MqttPayload,
    Part,
    SdkPush,
    SocketMessage,
)
from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.errors import DecodeError, EncodeError, HttpError, RpcError, ValidationError
from avatarwire.codecs.sensetime.wire import microphone

ALIYUN, GUIJI, SENSETIME = (catalogue.vendor(name) for name in ("aliyun", "guiji", "sensetime"))

SERIAL = bytes.fromhex("53455249414c3031")
PING = bytes.fromhex("0e01ff") + SERIAL + b"{}"
ANSWER = b'{"success":true,"sessionId":"s-1","content":"hi","finish":true,"messageId":"m-1"}'
DESTROYED = b'{"id":1,"sessionId":"s-1","result":{"sessionId":"s-1","ok":true,"info":"close sess ok"}}'
FAILED = b'{"id":1,"sessionId":"s-1","error":{"sessionId":"s-1","message":"no such session","code":-32001}}'


# --- what an entry travels in ---


@pytest.mark.parametrize(
    ("known", "id_", "carrier", "text"),
    [
        (ALIYUN, "interrupt.request", Frame({"frameType": 0, "dataType": 1, "bizType": 2}, 11), "header 00 01 02"),
        (
            ALIYUN,
            "ListAvatarProject.request",
            HttpRequestPart(
                "GET",
                "/yic/yic-console/openService/v1/avatar/project/listAvatarProject",
                "query",
                "ACS3-HMAC-SHA256",
                ("projectIdList",),
            ),
            "GET /yic/yic-console/openService/v1/avatar/project/listAvatarProject",
        ),
        (ALIYUN, "http.error", HttpResponsePart(), "any call"),
        (
            GUIJI,
            "updateLive.response",
            HttpResponsePart("POST", "/live-manager/openApi/liveInfo/update", "Envelope"),
            "POST /live-manager/openApi/liveInfo/update",
        ),
        (GUIJI, "CreateNewSession.request", MqttPayload("topicPub", "CreateNewSession"), "topic topicPub"),
        (GUIJI, "HeartBeat", MqttPayload("topicSub", "HeartBeat"), "topic topicSub"),
        (GUIJI, "result", MqttPayload("topicSub"), "topic topicSub"),
        (SENSETIME, "CallbackBody", Callback("POST", "application/json"), "POST to the client"),
        (SENSETIME, "interactive.asr.fail", SdkPush("asr", "eof", "fail"), "asr eof fail"),
        (
            SENSETIME,
            "microphone.ready",
            SocketMessage("/api/live-takeover-cc/v1/material/live/channel/command/microphone", 2),
            "code 2",
        ),
        (SENSETIME, "LiveScript", Part(("createLive.request: param", "SdkCreateConfig: data")),
         "text in createLive.request: param, SdkCreateConfig: data"),
        (SENSETIME, "Persona", Part(), "part of others"),
    ],
)  # fmt: skip
def test_every_entry_says_what_it_travels_in(known: Catalogue, id_: str, carrier: object, text: str) -> None:
    assert known[id_].carrier == carrier
    assert known[id_].carrier.text == text


def test_speech_says_that_it_is_binary() -> None:
    assert SENSETIME["microphone.audio"].carrier.text == "binary"
    assert (SENSETIME["microphone.audio"].is_binary, SENSETIME["microphone.begin"].is_binary) == (True, False)
    assert (ALIYUN["asr.data.request"].is_binary, ALIYUN.is_binary, GUIJI.is_binary) == (True, True, False)


def test_every_entry_says_who_sends_it() -> None:
    assert (GUIJI["HeartBeat"].sender, GUIJI["HeartBeat.reply"].sender, GUIJI["RobotVO"].sender) == (
        "server", "client", "both",
    )  # fmt: skip


# --- reading and writing by id ---

# Vendor, id, bytes, value or its fields: the ruled form, both ways.
BOTH_WAYS: list[tuple[Catalogue, str, bytes, Any]] = [
    (ALIYUN, "StartAvatarSession.request", b'{"projectId":"p-1","requestId":"r-1"}',
     {"requestId": "r-1", "projectId": "p-1"}),
    (ALIYUN, "ListAvatarProject.request", b"projectIdList=p-1%2Cp-2", {"projectIdList": ["p-1", "p-2"]}),
    (ALIYUN, "http.error", b'{"Code":"Throttling","Message":"slow","RequestId":"R-1"}',
     {"Code": "Throttling", "Message": "slow", "RequestId": "R-1"}),
    (GUIJI, "createLive.response", '{"code":200,"msg":"处理成功","success":true,"data":4001}'.encode(), 4001),
    (GUIJI, "DestroySession.result", DESTROYED, msgspec.json.decode(DESTROYED)),
    (SENSETIME, "closeLive.response", b'{"code":0,"message":"success","data":true}', True),
    (SENSETIME, "CallbackBody", b'{"sessionId":"live-1","status":5}', {"sessionId": "live-1", "status": 5}),
    (SENSETIME, "microphone.begin", b'{"code":0,"message":"begin"}', {}),
    (SENSETIME, "microphone.audio", b"\x00\x01", microphone.Audio(b"\x00\x01")),
    (SENSETIME, "TakeoverScript", b'{"audio":"https://files.example.com/a.mp3"}',
     {"audio": "https://files.example.com/a.mp3"}),
]  # fmt: skip


@pytest.mark.parametrize(("known", "id_", "data", "value"), BOTH_WAYS, ids=[each[1] for each in BOTH_WAYS])
def test_what_travels_is_read_and_written(known: Catalogue, id_: str, data: bytes, value: Any) -> None:
    received = known.decode(id_, data, strict=True)
    assert (received.id, received.raw, received.deviations, received.unknown_fields()) == (id_, data, (), {})
    assert known.encode(id_, received.value) == data
    assert known.encode(id_, value) == data
    assert known.decode(id_, data) == received


def test_a_whole_frame_is_read_and_a_new_serial_number_written() -> None:
    received = ALIYUN.decode("heartbeat.ping", PING, strict=True)
    assert (received.value, received.raw) == (aliyun.HeartbeatPing(), PING)
    written = ALIYUN.encode("heartbeat.ping", received.value)
    assert (written[:3], written[11:]) == (PING[:3], b"{}")
    assert written[3:11] != SERIAL
    assert ALIYUN.encode("asr.data.request", b"\x00\x01")[11:] == b"\x00\x01"


def test_what_names_the_kind_of_a_message_may_be_left_out() -> None:
    params = {"sessionId": ":---:s-1", "state": "Running"}
    assert GUIJI.encode("HeartBeat", {"id": 15, "params": params}) == (
        b'{"method":"HeartBeat","id":15,"params":{"sessionId":":---:s-1","state":"Running"}}'
    )


def test_the_id_says_which_of_two_messages_with_the_same_bytes_is_meant() -> None:
    frame = bytes.fromhex("010180") + SERIAL + ANSWER
    assert type(ALIYUN.decode("text_drive.response", frame).value) is aliyun.TextDriveResponse
    assert type(ALIYUN.decode("asr.drive_reply", frame).value) is aliyun.AsrDriveReply
    assert type(GUIJI.decode("result", DESTROYED).value) is guiji.Result


def test_variants_of_the_header_are_reported() -> None:
    assert ALIYUN.decode("heartbeat.ping", b"\x00" + PING[1:]).deviations == ("ALI-E01",)
    frame = bytes.fromhex("010181") + SERIAL + ANSWER
    assert ALIYUN.decode("asr.drive_reply", frame).deviations == ("ALI-E35",)
    with pytest.raises(ValidationError, match=r"business type 129, ruled is 128 \[ALI-E35\]"):
        ALIYUN.decode("asr.drive_reply", frame, strict=True)


FRAMES = [pytest.param(entry, id=entry.id) for entry in ALIYUN.values() if entry.variants]


@pytest.mark.parametrize("entry", FRAMES)
def test_every_variant_of_a_header_is_understood_and_refused_by_strict_reading(entry: Entry) -> None:
    bodies = {
        "asr.data.request": b"\x00\x01",
        "text_drive.request": b'{"sessionId":"s-1","text":"a","askType":2,"messageId":"m-1"}',
        "asr.start.request": b'{"sessionId":"s-1","type":"startAsrAudio","askType":1}',
        "asr.end.request": b'{"sessionId":"s-1","type":"endAsrAudio"}',
        "audio_drive.request": (
            b'{"sessionId":"s-1","messageId":"m-1","audio":"","type":"AUDIO_STREAM","dataFlag":"END"}'
        ),
        "asr.result": b'{"sessionId":"s-1","content":"a","success":true,"messageId":"m-1"}',
        "channel_ready.response": b'{"sessionId":"s-1","status":"READY"}',
        "general.message": b'{"code":10001,"message":"no"}',
        "heartbeat.ping": b"{}",
        "heartbeat.pong": b"{}",
    }
    answered = ("opening.response", "text_drive.response", "asr.drive_reply", "asr.start.response")
    header = bytes(entry.carrier.header.values())  # type: ignore[union-attr]  # they are frames
    frame = header + SERIAL + bodies.get(entry.id, ANSWER if entry.id in answered else b'{"sessionId":"s-1"}')
    assert entry.decode(frame, strict=True).deviations == ()
    for variant in entry.variants:
        other = variant.variant(frame)
        found = entry.decode(other).findings
        assert [(item.clause, item.path, item.level) for item in found] == [
            (variant.erratum, variant.path, variant.level)
        ]
        assert variant.text in found[0].reason
        with pytest.raises(ValidationError, match=variant.erratum):
            entry.decode(other, strict=True)


@pytest.mark.parametrize("made", [bytearray, memoryview, bytes.decode])
def test_other_forms_of_bytes_are_read_too(made: Any) -> None:
    assert GUIJI.decode("queryLive.request", made(b"id=4001")).raw == b"id=4001"
    assert SENSETIME.decode("microphone.begin", made(b'{"code":0,"message":"begin"}')).value == microphone.Begin()


@pytest.mark.parametrize(("data", "told"), [(5, "got int, expected bytes"), ("\ud800", "half a surrogate pair")])
def test_what_is_no_bytes_is_refused(data: Any, told: str) -> None:
    with pytest.raises(DecodeError, match=f"guiji queryLive.request: .*{told}"):
        GUIJI.decode("queryLive.request", data)


# --- failures ---


def test_a_failure_raises_an_error_that_carries_it() -> None:
    body = b'{"Code":"Throttling","Message":"slow","RequestId":"R-1"}'
    with pytest.raises(HttpError) as caught:
        ALIYUN.decode("StartAvatarSession.response", body)
    error = caught.value
    assert (error.status, error.code, error.reason, error.request_id) == (0, "Throttling", "slow", "R-1")
    assert error.received.id == "http.error"
    assert error.received.value == HttpErrorBody(code="Throttling", message="slow", request_id="R-1")


@pytest.mark.parametrize(
    ("known", "id_", "body", "code"),
    [
        (GUIJI, "createLive.response", b'{"code":500,"msg":"no","success":false}', "500"),
        (SENSETIME, "createLive.response", b'{"code":40001,"message":"no"}', "40001"),
        (SENSETIME, "login.response", b'{"code":40001,"message":"no"}', "40001"),
    ],
)
def test_failures_in_an_envelope_come_with_status_200(known: Catalogue, id_: str, body: bytes, code: str) -> None:
    with pytest.raises(HttpError) as caught:
        known.decode(id_, body)
    assert (caught.value.status, caught.value.code, caught.value.received.id) == (200, code, "http.error")
    assert known.decode("http.error", body, strict=True).value == caught.value.received.value


def test_an_error_in_the_place_of_a_result_is_carried_too() -> None:
    with pytest.raises(RpcError, match="error -32001: no such session") as caught:
        GUIJI.decode("DestroySession.result", FAILED)
    assert (caught.value.code, caught.value.received.id) == ("-32001", "error")
    assert caught.value.received.value == GUIJI.decode("error", FAILED).value


def test_a_failure_of_another_form_has_no_message() -> None:
    error = aliyun.http.CHECK_SESSION
    with pytest.raises(HttpError) as caught:
        error.decode_response(502, b"<html>")
    assert caught.value.received is None


def test_a_success_is_no_failure() -> None:
    with pytest.raises(ValidationError, match=r"Code: got '200', expected the code of a failure \[ALI-E66\]"):
        ALIYUN.decode("http.error", b'{"Code":"200","Message":"ok","RequestId":"R-1"}')
    assert ALIYUN.decode("ListAnchor.response", b'{"code":"200","requestId":"R-1"}').value.code == "200"


# --- what is refused ---


@pytest.mark.parametrize(
    ("known", "id_", "data", "told"),
    [
        (ALIYUN, "heartbeat.pong", PING, r"frame type 14 from the server"),
        (ALIYUN, "interrupt.request", PING, r"a frame of heartbeat.ping, expected interrupt.request \[ALI-R093\]"),
        (ALIYUN, "interrupt.request", b"\x2a\x07\x63" + SERIAL, r"a frame of a message that is not documented"),
        (ALIYUN, "interrupt.request", b"", r"byte 0: 0 bytes, expected at least 11 bytes"),
        (GUIJI, "HeartBeat", DESTROYED, r"a payload of result, expected HeartBeat \[GJ-R078\]"),
        (GUIJI, "HeartBeat", b'{"method":"Make"}', r"HeartBeat: method: got 'Make', expected HeartBeat"),
        (GUIJI, "queryLive.request", b"id=\xff", r"queryLive.request"),
        (ALIYUN, "interrupt.request", b'{"sessionId":"s-1"}', r"JSON, and no frame, expected a header of 11 bytes"),
        (GUIJI, "queryLive.request", b'{"id":4001}', r"JSON, and no query, expected name=value"),
        (GUIJI, "queryLive.request", b"?id=4001", r"a question mark in front, expected name=value"),
    ],
)
def test_bytes_of_another_message_are_refused(known: Catalogue, id_: str, data: bytes, told: str) -> None:
    with pytest.raises(DecodeError, match=told):
        known.decode(id_, data)


@pytest.mark.parametrize(
    ("known", "id_", "value"),
    [
        (ALIYUN, "interrupt.request", aliyun.HeartbeatPing()),
        (ALIYUN, "interrupt.request", 5),
        (GUIJI, "HeartBeat", 5),
        (SENSETIME, "microphone.begin", microphone.Eof()),
        (SENSETIME, "microphone.audio", microphone.Begin()),
        (SENSETIME, "microphone.audio", 5),
        (GUIJI, "createLive.response", "4001"),
    ],
)
def test_a_value_of_another_message_is_refused(known: Catalogue, id_: str, value: Any) -> None:
    with pytest.raises(EncodeError):
        known.encode(id_, value)


def test_an_unknown_id_names_those_nearest_to_it() -> None:
    for ask in (lambda: ALIYUN["hartbeat.ping"], lambda: ALIYUN.decode("hartbeat.ping", b""),
                lambda: ALIYUN.encode("hartbeat.ping", {})):  # fmt: skip
        with pytest.raises(KeyError, match=r"aliyun has no entry 'hartbeat.ping'; did you mean heartbeat.ping or"):
            ask()
    with pytest.raises(KeyError, match="aliyun has no entry '在'"):
        ALIYUN["在"]
    others: tuple[Any, ...] = (None, [])
    for other in others:
        with pytest.raises(KeyError, match="aliyun has no entry"):
            ALIYUN[other]


def test_a_message_changed_behind_its_class_is_not_written() -> None:
    text = ALIYUN.decode("interrupt.request", bytes.fromhex("000102") + SERIAL + b'{"sessionId":"s-1"}').value
    send = SENSETIME.decode("CallbackBody", b'{"sessionId":"live-1","status":5}').value
    with pytest.raises(EncodeError, match="CallbackBody: it holds what no such message can"):
        SENSETIME.encode("CallbackBody", msgspec.structs.replace(send, status=object(), rtc_channel_id=1))
    with pytest.raises(EncodeError):
        ALIYUN.encode("interrupt.request", msgspec.structs.replace(text, session_id=object()))


def test_a_vendor_without_connections_dispatches_nothing() -> None:
    with pytest.raises(DecodeError, match="v: there is no socket and no broker"):
        Catalogue.of("v").dispatched(b"{}")
    assert GUIJI.dispatched(DESTROYED).received.id == "result"
