"""The declaration of the whole frame, and the codec held against it."""

from __future__ import annotations

from typing import Any, Final

import construct
import hypothesis
import pytest
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.messages import (
    AskType,
    AsrDataRequest,
    AsrEndRequest,
    AsrStartRequest,
    ChannelReadyRequest,
    ChannelReadyResponse,
    ChannelStatus,
    ErrorCode,
    GeneralMessage,
    HeartbeatPing,
    HeartbeatPong,
    InterruptRequest,
    OpeningRequest,
    PartialChannelReadyRequest,
)
from avatarwire.codecs.aliyun.wire.frame import decode, encode, encode_raw
from avatarwire.codecs.aliyun.wire.header import HEADER, HEADER_CODEC, DataType, FrameType
from avatarwire.codecs.aliyun.wire.layout import FRAME, MessageLayout, message_layouts
from avatarwire.codecs.aliyun.wire.routing import Unknown
from avatarwire.codecs.aliyun.wire.table import MESSAGES, Sender, WireMessage
from avatarwire.codecs.errors import CodecError
from tests.examples import examples

from .. import wire_reader
from ..frame_samples import DRIVE_REPLY, SAMPLES, SERIAL, Sample, wired
from ..test_frame_properties import ANY_FRAME, BIZ_CODES, CODES, SENDERS, SERIALS, bodies, content

some = hypothesis.settings(max_examples=examples(50), deadline=None)


def parts(frame: Any) -> tuple[int, int, int, bytes, str, Any]:
    return frame.frameType, frame.dataType, frame.bizType, frame.serialNumber, frame.message, frame.body


# --- literal frames ---


@pytest.mark.parametrize(
    ("sender", "wire", "expected"),
    [
        (
            "client",
            "00010241564154415230377b2273657373696f6e4964223a22732d37227d",
            (0, 1, 2, b"AVATAR07", "interrupt.request", InterruptRequest(session_id="s-7")),
        ),
        (
            "client",
            "00018341564154415230377b2273657373696f6e4964223a22732d37227d",
            (0, 1, 131, b"AVATAR07", "channel_ready.request", ChannelReadyRequest(session_id="s-7")),
        ),
        (
            "server",
            "01018341564154415230377b2273657373696f6e4964223a22732d37222c22737461747573223a22494e4954227d",
            (
                *(1, 1, 131, b"AVATAR07", "channel_ready.response"),
                ChannelReadyResponse(session_id="s-7", status=ChannelStatus.INIT),
            ),
        ),
        (
            "client",
            "0000814156415441523037ff7f0080",
            (0, 0, 129, b"AVATAR07", "asr.data.request", AsrDataRequest(b"\xff\x7f\x00\x80")),
        ),
        (
            "client",
            "00018241564154415230377b2273657373696f6e4964223a22732d37222c2274797065223a2273746172744173"
            "72417564696f222c2261736b54797065223a327d",
            (
                *(0, 1, 130, b"AVATAR07", "asr.start.request"),
                AsrStartRequest(session_id="s-7", ask_type=AskType.BROADCAST),
            ),
        ),
        (
            "client",
            "00018241564154415230377b2273657373696f6e4964223a22732d37222c2274797065223a22656e64417372417564696f227d",
            (0, 1, 130, b"AVATAR07", "asr.end.request", AsrEndRequest(session_id="s-7")),
        ),
        ("client", "0e01ff00000000000000007b7d", (14, 1, 255, bytes(8), "heartbeat.ping", HeartbeatPing())),
        ("server", "0f01ff00000000000000007b7d", (15, 1, 255, bytes(8), "heartbeat.pong", HeartbeatPong())),
        (
            "server",
            "0201ff41564154415230377b22636f6465223a31303030312c226d657373616765223a226e6f227d",
            (
                *(2, 1, 255, b"AVATAR07", "general.message"),
                GeneralMessage(code=ErrorCode.PERMISSION_DENIED, message="no"),
            ),
        ),
    ],
)
def test_a_frame_is_read_and_written(sender: Sender, wire: str, expected: tuple[Any, ...]) -> None:
    data = bytes.fromhex(wire)
    assert parts(FRAME.parse(data, sender=sender)) == expected
    assert parts(FRAME.parse(data)) == expected
    _, _, _, serial, message, body = expected
    assert FRAME.build({"message": message, "serialNumber": serial, "body": body}) == data


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.message_id)
def test_the_frame_of_every_message(sample: Sample) -> None:
    data = bytes.fromhex(sample.wire)
    frame = FRAME.parse(data, sender=sample.sender)
    assert (frame.message, frame.body) == (sample.message_id, sample.body)
    assert FRAME.build(frame) == data


def test_every_message_has_a_frame() -> None:
    assert [row.id for row in MESSAGES if row.id not in {sample.message_id for sample in SAMPLES}] == [
        DRIVE_REPLY.message_id
    ]


def test_the_answer_to_speech_is_written_but_read_as_any_other_answer() -> None:
    data = FRAME.build({"message": "asr.drive_reply", "serialNumber": SERIAL, "body": DRIVE_REPLY.body})
    assert data.hex() == DRIVE_REPLY.wire
    assert FRAME.parse(data).message == "text_drive.response"


@pytest.mark.parametrize("head", ["0501fe", "000380", "0601ff", "0e017f"])
def test_where_a_code_point_is_not_assigned_the_payload_is_bytes(head: str) -> None:
    data = wired(head, b"\xffany")
    frame = FRAME.parse(data)
    assert (frame.message, frame.body) == ("", b"\xffany")
    assert FRAME.build(frame) == data


def test_code_points_are_read_as_members_where_they_are_assigned() -> None:
    frame = FRAME.parse(wired("0001fe", b""))
    assert [type(code) for code in (frame.frameType, frame.dataType, frame.bizType)] == [FrameType, DataType, int]


# --- what is refused ---


@pytest.mark.parametrize(
    ("sender", "data", "where"),
    [
        ("client", b"", "frameType"),
        ("client", bytes.fromhex("00018041"), "serialNumber"),
        # A header that nobody sends, or only the other side.
        ("client", wired("010180", "{}"), "message"),
        ("server", wired("000180", "{}"), "message"),
        ("client", wired("000080", "{}"), "message"),
        ("client", wired("0f01ff", "{}"), "message"),
        # Neither the start of speech nor its end.
        ("client", wired("000182", "{}"), "message"),
        ("client", wired("000182", "startAsrAudio"), "message"),
        ("client", wired("000182", '{"type":["startAsrAudio"]}'), "message"),
        # Payloads that are not the message; variants are not known here.
        ("client", wired("000182", '{"type":"startAsrAudio"}'), "body"),
        ("client", wired("000180", "{}"), "body"),
        ("client", wired("000180", "[]"), "body"),
        ("client", wired("000100", '\ufeff{"sessionId":"s-7"}'), "body"),
        ("client", wired("000183", ""), "body"),
        ("server", wired("010103", "closed"), "body"),
    ],
)
def test_what_is_not_in_the_ruled_form_is_an_error_of_construct(sender: Sender, data: bytes, where: str) -> None:
    with pytest.raises(construct.ConstructError) as caught:
        FRAME.parse(data, sender=sender)
    assert caught.value.path == f"(parsing) -> {where}"


OPENING: Final = {"message": "opening.request", "serialNumber": SERIAL, "body": OpeningRequest(session_id="s-7")}


@pytest.mark.parametrize(
    "given",
    [
        {**OPENING, "message": "interrupt.request"},
        {**OPENING, "message": "unheard.of"},
        {**OPENING, "serialNumber": b"SEVEN77"},
        {**OPENING, "body": b"{}"},
        {**OPENING, "message": "channel_ready.request", "body": PartialChannelReadyRequest()},
        {**OPENING, "message": "asr.data.request", "body": b"\0\1"},
        # Bytes go with a code point that is not assigned only.
        {**OPENING, "message": "", "frameType": 0, "dataType": 1, "bizType": 0, "body": b"{}"},
        {**OPENING, "message": "", "frameType": 256, "dataType": 1, "bizType": 0, "body": b"{}"},
    ],
)
def test_what_no_frame_can_be_made_of_is_an_error_of_construct(given: dict[str, Any]) -> None:
    with pytest.raises(construct.ConstructError):
        FRAME.build(given)


def test_a_part_that_is_missing() -> None:
    with pytest.raises(KeyError, match="message"):
        FRAME.build({"serialNumber": SERIAL, "body": b""})


# --- the codec, held against it ---


@pytest.mark.unmeasured
@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.id)
@some
@hypothesis.given(data=st.data())
def test_the_codec_writes_and_reads_what_is_declared(row: WireMessage, data: st.DataObject) -> None:
    body, serial = data.draw(bodies(row)), data.draw(SERIALS)
    wire = FRAME.build({"message": row.id, "serialNumber": serial, "body": body})
    assert encode(body, serial) == wire
    assert wire[:3] == row.prefix

    frame = decode(wire, row.sender)
    assert parts(FRAME.parse(wire, sender=row.sender)) == (
        *(frame.frame_type, frame.data_type, frame.biz_type),
        *(frame.serial_number, frame.message, frame.body),
    )


@pytest.mark.unmeasured
@hypothesis.settings(max_examples=examples(1000), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS | st.none())
def test_strict_reading_accepts_what_is_declared(wire: bytes, sender: Sender | None) -> None:
    try:
        declared = FRAME.parse(wire, sender=sender)
    except construct.ConstructError as refusal:
        with pytest.raises(CodecError):
            pytest.fail(f"the declaration refuses ({refusal}) but: {decode(wire, sender, strict=True)}")
        return
    if not declared.message:
        with pytest.raises(CodecError):
            decode(wire, sender, strict=True)
        return
    frame = decode(wire, sender, strict=True)
    assert parts(declared) == (
        *(frame.frame_type, frame.data_type, frame.biz_type),
        *(frame.serial_number, frame.message, frame.body),
    )


@hypothesis.given(CODES, CODES, BIZ_CODES, st.binary(max_size=20), SENDERS)
def test_code_points_that_are_not_assigned_are_the_same_for_both(
    frame_type: int, data_type: int, biz_type: int, payload: bytes, sender: Sender
) -> None:
    wire = encode_raw(frame_type, data_type, biz_type, SERIAL, payload)
    try:
        frame = decode(wire, sender)
    except CodecError:
        hypothesis.reject()
    if not frame.unknown_codes():
        return
    declared = FRAME.parse(wire, sender=sender)
    assert parts(declared) == (frame_type, data_type, biz_type, SERIAL, "", payload)
    assert FRAME.build(declared) == wire
    if isinstance(frame.body, Unknown):
        assert frame.body.payload == declared.body


@pytest.mark.unmeasured
@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.id)
@some
@hypothesis.given(data=st.data())
def test_the_second_reader_reads_what_is_declared(row: WireMessage, data: st.DataObject) -> None:
    body, serial = data.draw(bodies(row)), data.draw(SERIALS)
    wire = FRAME.build({"message": row.id, "serialNumber": serial, "body": body})
    declared = FRAME.parse(wire, sender=row.sender)
    assert wire_reader.read(wire, row.sender) == wire_reader.Reading(declared.message, serial, content(declared.body))


@pytest.mark.unmeasured
@hypothesis.settings(max_examples=examples(500), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS)
def test_the_second_reader_accepts_what_is_declared(wire: bytes, sender: Sender) -> None:
    try:
        declared = FRAME.parse(wire, sender=sender)
    except construct.ConstructError as refusal:
        with pytest.raises(ValueError):  # noqa: PT011 - how the second reader refuses
            pytest.fail(f"the declaration refuses ({refusal}) but: {wire_reader.read(wire, sender)}")
        return
    if declared.message:
        assert wire_reader.read(wire, sender).message == declared.message


# --- as data ---


def test_the_layout_of_a_message_as_data() -> None:
    told = {layout.id: layout for layout in message_layouts()}
    assert told["asr.end.request"] == MessageLayout(
        "asr.end.request", "client", 0, 1, 130, "JSON", {"type": "endAsrAudio"}
    )
    assert told["asr.data.request"] == MessageLayout("asr.data.request", "client", 0, 0, 129, "PCM", {})
    assert told["general.message"] == MessageLayout("general.message", "server", 2, 1, 255, "JSON", {})


def test_the_layouts_are_those_of_the_table() -> None:
    assert [layout[:5] for layout in message_layouts()] == [
        (row.id, row.sender, row.frame_type, row.data_type, row.biz_type) for row in MESSAGES
    ]
    assert {layout.id: dict(layout.marks) for layout in message_layouts() if layout.marks} == {
        "asr.start.request": {"type": "startAsrAudio"},
        "asr.end.request": {"type": "endAsrAudio"},
    }


def test_a_frame_begins_with_the_header() -> None:
    data = bytes.fromhex(SAMPLES[0].wire)
    frame, header = FRAME.parse(data), HEADER.parse(data)
    assert {name: frame[name] for name in header} == header
    assert [(part.name, part.docs) for part in FRAME.subcons[:4]] == [
        (member.name, member.about) for member in HEADER_CODEC.members
    ]
    assert [(member.name, member.offset, member.size) for member in HEADER_CODEC.members] == [
        ("frameType", 0, 1),
        ("dataType", 1, 1),
        ("bizType", 2, 1),
        ("serialNumber", 3, 8),
    ]
