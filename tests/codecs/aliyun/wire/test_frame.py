"""Whole frames: literal bytes of every message, everything malformed, and writing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs.aliyun.messages import (
    AskType,
    AsrDataRequest,
    AsrDriveReply,
    AsrResult,
    AudioDriveRequest,
    ChannelReadyRequest,
    DataFlag,
    DriveReply,
    GeneralMessage,
    HeartbeatPing,
    OpeningRequest,
    TextDriveRequest,
    TextDriveResponse,
)
from avatarwire.codecs.aliyun.wire.frame import MAX_FRAME_SIZE, Frame, decode, encode, encode_as, encode_raw
from avatarwire.codecs.aliyun.wire.header import BizType, DataType, FrameType, Header
from avatarwire.codecs.aliyun.wire.routing import Unknown
from avatarwire.codecs.aliyun.wire.table import BY_ID
from avatarwire.codecs.errors import CodecError, DecodeError, EncodeError, ValidationError

from ..frame_samples import DRIVE_REPLY, SAMPLES, SERIAL, Sample, assert_frame, wired

OPENING = wired("000100", '{"sessionId":"s-7"}')


# --- the messages ---


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message_id)
def test_a_message_and_its_bytes(sample: Sample) -> None:
    assert_frame(sample.body, sample.wire, sample.message_id)
    if sample.text is not None:
        assert bytes.fromhex(sample.wire) == wired(sample.wire[:6], sample.text)


def test_every_message_has_a_sample() -> None:
    assert {sample.message_id for sample in (*SAMPLES, DRIVE_REPLY)} == set(BY_ID)


def test_the_answer_to_speech_is_read_as_any_other_answer() -> None:
    assert isinstance(DRIVE_REPLY.body, AsrDriveReply)
    data = encode(DRIVE_REPLY.body, SERIAL)
    assert data.hex() == DRIVE_REPLY.wire

    frame = decode(data, strict=True)
    assert frame.message == "text_drive.response"
    assert isinstance(frame.body, TextDriveResponse)
    assert frame.body.to_dict() == DRIVE_REPLY.body.to_dict()


# --- what a frame tells ---


def test_a_frame_tells_its_header_and_payload() -> None:
    frame = decode(wired("0f01ff", '{"at": 5}'))
    assert frame.header == Header(FrameType.PONG, DataType.JSON, BizType.GENERAL, SERIAL)
    assert frame.payload == b'{"at": 5}'
    assert frame.raw == wired("0f01ff", '{"at": 5}')


@pytest.mark.parametrize("strict", [False, True])
def test_unknown_fields_are_listed_and_survive(strict: bool) -> None:
    data = wired(
        "010180", '{"finish": true,"success":true,"sessionId":"s","content":"","messageId":"m","mood":{"v":[1.50]}}'
    )
    frame = decode(data, strict=strict)
    assert frame.unknown_fields() == {"mood": {"v": [1.5]}}
    assert frame.deviations == ()
    assert frame.encode() == data


@pytest.mark.parametrize(
    ("head", "payload"), [("000081", b"\0\1"), ("0001fe", b'{"a":1}'), ("010103", b"line expired"), ("0e01ff", b"")]
)
def test_a_payload_that_is_no_object_has_no_unknown_fields(head: str, payload: bytes) -> None:
    frame = decode(wired(head, payload))
    assert frame.unknown_fields() == {}
    assert frame.payload == payload


@pytest.mark.parametrize(
    ("serial", "text"),
    [
        (b"AVATAR07", "AVATAR07"),
        (bytes(8), "\0" * 8),
        ("四二".encode() + b"77", "四二77"),
        (b"\xff" + b"A" * 7, "�AAAAAAA"),
    ],
)
def test_a_serial_number_as_text(serial: bytes, text: str) -> None:
    frame = decode(bytes.fromhex("0e01ff") + serial + b"{}")
    assert (frame.serial_number, frame.serial_text) == (serial, text)


def test_of_members_given_twice_the_last_counts() -> None:
    frame = decode(wired("000100", '{"sessionId":"a","sessionId":"b"}'), strict=True)
    assert frame.body == OpeningRequest(session_id="b")


def test_a_frame_never_changes() -> None:
    frame = decode(OPENING)
    with pytest.raises(AttributeError):
        frame.message = ""  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]  # what is tested


# --- what is no frame ---


@pytest.mark.parametrize("sender", [None, "client", "server"])
@pytest.mark.parametrize("length", range(11))
def test_less_than_a_header(length: int, sender: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(OPENING[:length], sender)
    assert str(caught.value) == f"aliyun header: byte {length}: {length} bytes, expected at least 11 bytes [ALI-R082]"


@pytest.mark.parametrize(
    "data",
    [
        bytearray(OPENING),
        memoryview(OPENING),
        memoryview(b"".join(bytes([byte, 0]) for byte in OPENING))[::2],
        type("Message", (bytes,), {})(OPENING),
    ],
    ids=["bytearray", "memoryview", "memoryview with gaps", "subclass"],
)
def test_every_kind_of_bytes_is_read(data: Any) -> None:
    frame = decode(data)
    assert frame == decode(OPENING)
    assert type(frame.raw) is bytes


def test_a_mutable_buffer_may_be_used_again() -> None:
    buffer = bytearray(wired("000081", b"\1\2"))
    frame = decode(buffer)
    buffer[:] = bytes(len(buffer))
    assert frame == decode(wired("000081", b"\1\2"))


@pytest.mark.parametrize("data", [OPENING.decode(), list(OPENING), 11, None])
def test_what_is_no_bytes(data: Any) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    assert str(caught.value) == f"aliyun: got {type(data).__name__}, expected bytes [ALI-R085]"


@pytest.mark.parametrize("head", ["000100", "0001fe", "0f01ff"])
def test_a_frame_that_is_too_large(head: str) -> None:
    data = wired(head, '{"sessionId":"s-7"}')
    assert decode(data, max_size=len(data)).raw == data

    with pytest.raises(DecodeError) as caught:
        decode(data, max_size=29)
    assert str(caught.value) == "aliyun: byte 29: 30 bytes, expected at most 29 bytes [ALI-E10]"


def test_the_limit_is_sixteen_mebibytes() -> None:
    assert MAX_FRAME_SIZE == 16_777_216
    largest = wired("000081", bytes(MAX_FRAME_SIZE - 11))
    assert decode(largest).body == AsrDataRequest(largest[11:])
    with pytest.raises(DecodeError, match="ALI-E10"):
        decode(largest + b"\0")


@pytest.mark.parametrize(
    ("payload", "kind", "text"),
    [
        (b"", DecodeError, "byte 11: empty payload, expected a JSON object in UTF-8"),
        (b"Hi", DecodeError, "byte 11: not JSON: invalid character"),
        (b"<xml/>", DecodeError, "byte 11: not JSON: invalid character"),
        (b"{'sessionId':'s-7'}", DecodeError, "byte 12: not JSON: object keys must be strings"),
        (b'{"sessionId":"s-7"', DecodeError, "byte 29: the JSON text ends too early"),
        (b'{"sessionId":"s-7"}x', DecodeError, "byte 30: not JSON: trailing characters"),
        (b'{"sessionId":"\xc3\x28"}', DecodeError, "byte 25: not UTF-8 text"),
        (b'\xff\xfe{\0"\0', DecodeError, "byte 11: not JSON: invalid character"),
        (b'{"sessionId":NaN}', DecodeError, "byte 24: not JSON: invalid character"),
        (b'{"a":' + b"[" * 100_000, DecodeError, "nested too deeply"),
        (b'{"sessionId":"s","a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", DecodeError, "nested too deeply"),
        (b"[]", ValidationError, "byte 11: got a list, expected a JSON object"),
        (b"null", ValidationError, "byte 11: got null, expected a JSON object"),
        (b"7", ValidationError, "byte 11: got a number, expected a JSON object"),
        (b'"s-7"', ValidationError, "byte 11: got text, expected a JSON object"),
        (b"{}", ValidationError, "sessionId: required field is missing, expected text that is not empty [ALI-R095]"),
        (b'{"sessionId":1e400}', DecodeError, "sessionId: a number is out of range, expected numbers up to 1.8e308"),
        (
            b'{"sessionId":' + b"9" * 5000 + b"}",
            DecodeError,
            "a number is out of range, expected numbers up to 1.8e308",
        ),
        (b'{"sessionid":"s-7"}', ValidationError, "sessionId: required field is missing"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else "",
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_payload_that_cannot_be_read(payload: bytes, kind: type[CodecError], text: str, strict: bool) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(wired("000100", payload), strict=strict)
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"aliyun opening.request: {text}")


@pytest.mark.parametrize("number", ["10000.5", "1e-4", "true", "[]", '"10000x"', "9" * 5000])
def test_an_error_code_that_is_no_integer(number: str) -> None:
    with pytest.raises(DecodeError, match=r"^aliyun general\.message: "):
        decode(wired("0201ff", f'{{"code":{number},"message":""}}'))


@pytest.mark.parametrize("number", ["10000.0", "1e4"])
def test_a_whole_number_is_an_integer(number: str) -> None:
    frame = decode(wired("0201ff", f'{{"code":{number},"message":""}}'), strict=True)
    assert (frame.body, frame.deviations) == (GeneralMessage(code=10_000, message=""), ("AW-INTEGERS",))
    assert frame.encode() == wired("0201ff", f'{{"code":{number},"message":""}}')


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2.0**63, 2**200])
def test_an_error_code_beyond_64_bits_is_refused(number: float) -> None:
    with pytest.raises(DecodeError, match=r"^aliyun general\.message: code: .*, expected an integer of 64 bits "):
        decode(wired("0201ff", f'{{"code":{number},"message":""}}'))


@pytest.mark.parametrize("size", [1, 1024, 16_372, 16_373, 16_374, 43_000])
def test_audio_of_any_size(size: int) -> None:
    pcm = bytes(range(256)) * (size // 256) + bytes(size % 256)
    speech = AsrDataRequest(pcm)
    spoken = AudioDriveRequest(session_id="s-7", message_id="m-3", audio=pcm, data_flag=DataFlag.END)

    for body in (speech, spoken):
        frame = decode(encode(body, SERIAL), strict=True)
        assert frame.body == body
    assert type(speech.pcm) is bytes


# --- writing ---


def test_without_a_serial_number_a_frame_gets_a_new_printable_one() -> None:
    serials = {decode(encode(HeartbeatPing())).serial_text for _ in range(10)}
    assert len(serials) == 10
    assert all(serial.isascii() and serial.isalnum() for serial in serials)


@pytest.mark.parametrize("serial", [b"", b"SEVEN77", b"NINENINE9", "AVATAR07", 7, [0] * 8, bytearray(9)])
@pytest.mark.parametrize("body", [HeartbeatPing(), AsrDataRequest(b"\0")])
def test_a_serial_number_is_eight_bytes(body: Any, serial: Any) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(body, serial)
    error = caught.value
    assert (error.path, error.expected, error.clause) == ("serialNumber", "exactly 8 bytes", "ALI-R083")
    assert error.message in {"heartbeat.ping", "asr.data.request"}


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (decode(wired("000183", "")).body, "aliyun: PartialChannelReadyRequest is not a body to send"),
        (
            decode(wired("000180", '{"sessionId":"s","text":"","askType":1}')).body,
            "aliyun: PartialTextDriveRequest is not a body to send",
        ),
        (Unknown(b""), "aliyun: Unknown is not a body to send"),
        (
            DriveReply(success=True, session_id="s", content="", finish=True, message_id="m"),
            "aliyun: DriveReply is not a body to send",
        ),
        ({"sessionId": "s-7"}, "aliyun: dict is not a body to send"),
        (AsrDataRequest(pcm="pcm"), "aliyun asr.data.request: pcm: got str, expected bytes [ALI-R108]"),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        (
            msgspec.structs.replace(OpeningRequest(session_id="s"), session_id="\ud800"),
            "aliyun opening.request: a text holds half a surrogate pair, which UTF-8 cannot express",
        ),
        (
            msgspec.structs.replace(OpeningRequest(session_id="s"), session_id=object()),
            "aliyun opening.request: Encoding objects of type object is unsupported",
        ),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else "",
)
def test_what_cannot_be_sent(body: Any, text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(body, SERIAL)
    assert str(caught.value) == text


def test_the_heartbeat_of_the_documents_sample() -> None:
    data = encode_as(HeartbeatPing(), SERIAL, frame_type=FrameType.CONTROL)
    assert data == wired("0001ff", "{}")
    assert (decode(data).body, decode(data).deviations) == (HeartbeatPing(), ("ALI-E01",))


def test_the_answer_to_speech_on_the_business_type_of_speech() -> None:
    reply = AsrDriveReply(success=True, session_id="s-7", content="Hi", finish=True, message_id="m-1")
    data = encode_as(reply, SERIAL, biz_type=BizType.ASR_DATA)
    assert data[:3].hex() == "010181"
    assert decode(data, strict=True).body == AsrResult(
        success=True, session_id="s-7", content="Hi", finish=True, message_id="m-1"
    )


def test_the_ruled_form_may_be_asked_for() -> None:
    asked = encode_as(HeartbeatPing(), SERIAL, frame_type=FrameType.PING, biz_type=BizType.GENERAL)
    assert asked == encode_as(HeartbeatPing(), SERIAL) == encode(HeartbeatPing(), SERIAL)


@pytest.mark.parametrize(
    ("forms", "text"),
    [
        (
            {"frame_type": FrameType.DATA},
            "aliyun heartbeat.ping: byte 0: got <FrameType.DATA: 1>, expected 14 or 0 [ALI-R089]",
        ),
        (
            {"biz_type": BizType.OPENING},
            "aliyun heartbeat.ping: byte 2: got <BizType.OPENING: 0>, expected 255 [ALI-R093]",
        ),
    ],
)
def test_a_form_that_no_document_shows_is_refused(forms: dict[str, Any], text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_as(HeartbeatPing(), SERIAL, **forms)
    assert str(caught.value) == text


def test_any_header_before_any_payload() -> None:
    data = encode_raw(200, 7, 1, SERIAL, b"\xff")
    assert data == wired("c80701", b"\xff")
    frame = decode(data)
    assert frame == Frame(200, 7, 1, Unknown(b"\xff"), "", data, frame.findings)
    assert frame.deviations == ("ALI-E14", "ALI-E13")
    assert encode_raw(FrameType.PING, DataType.JSON, BizType.GENERAL, SERIAL) == wired("0e01ff", "")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((256, 0, 0, SERIAL), "aliyun header: frameType: got 256, expected an integer from 0 to 255 [ALI-R082]"),
        ((0, 0, 0, b"short"), "aliyun header: serialNumber: got b'short', expected exactly 8 bytes [ALI-R082]"),
        ((0, 0, 0, SERIAL, "{}"), "aliyun: payload: got str, expected bytes"),
    ],
)
def test_a_raw_frame_that_does_not_fit(arguments: tuple[Any, ...], text: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_raw(*arguments)
    assert str(caught.value) == text


def test_what_was_received_incomplete_can_be_completed_and_sent() -> None:
    received = decode(wired("000183", "")).body
    assert isinstance(received, ChannelReadyRequest)
    completed = ChannelReadyRequest(session_id=received.session_id or "s-7")
    assert encode(completed, SERIAL) == wired("000183", '{"sessionId":"s-7"}')


def test_a_text_in_any_language_is_written_as_it_is() -> None:
    body = TextDriveRequest(session_id="s", text='é你😀"\n\0', ask_type=AskType.ASK, message_id="m")
    data = encode(body, SERIAL)
    assert data[11:] == '{"sessionId":"s","text":"é你😀\\"\\n\\u0000","askType":1,"messageId":"m"}'.encode()
    assert decode(data, strict=True).body == body
