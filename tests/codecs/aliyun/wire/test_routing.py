"""From a header that is not quite as ruled to the message meant."""

from __future__ import annotations

from typing import Final

import pytest

from avatarwire.codecs.aliyun.catalogue import CATALOGUE
from avatarwire.codecs.aliyun.messages import (
    AskType,
    AsrDataRequest,
    AsrEndRequest,
    AsrResult,
    AsrStartRequest,
    ForceClose,
    GeneralMessage,
    HeartbeatPing,
    HeartbeatPong,
    OpeningRequest,
    Recovering,
)
from avatarwire.codecs.aliyun.wire.frame import decode
from avatarwire.codecs.aliyun.wire.routing import Body, Unknown, candidates
from avatarwire.codecs.aliyun.wire.table import Sender
from avatarwire.codecs.errors import DecodeError, ValidationError

from ..frame_samples import wired

SESSION: Final = '{"sessionId":"s-7"}'
START: Final = '{"sessionId":"s-7","type":"startAsrAudio","askType":1}'
NO: Final = '{"code":10001,"message":"no"}'


@pytest.mark.parametrize(
    ("head", "sender", "payload", "body", "deviations"),
    [
        # Frame types are advisory for business messages.
        ("010100", "client", SESSION, OpeningRequest(session_id="s-7"), ("ALI-E11",)),
        ("010182", "client", START, AsrStartRequest(session_id="s-7", ask_type=AskType.ASK), ("ALI-E11",)),
        ("010081", "client", "\0\1", AsrDataRequest(pcm=b"\0\1"), ("ALI-E12",)),
        ("070100", "client", SESSION, OpeningRequest(session_id="s-7"), ("ALI-E13",)),
        ("000103", "server", SESSION, ForceClose(session_id="s-7"), ("ALI-E47",)),
        ("fa0104", "server", SESSION, Recovering(session_id="s-7"), ("ALI-E13",)),
        # Heartbeats and errors are known by their frame type.
        ("0001ff", "client", "{}", HeartbeatPing(), ("ALI-E01",)),
        ("0101ff", "client", "{}", HeartbeatPing(), ("ALI-E01",)),
        ("0301ff", "client", "{}", HeartbeatPing(), ("ALI-E13",)),
        ("0e0180", "client", "{}", HeartbeatPing(), ("ALI-E11",)),
        ("0e01fe", "client", "{}", HeartbeatPing(), ("ALI-E11",)),
        ("0f0100", "server", "{}", HeartbeatPong(), ("ALI-E11",)),
        ("020180", "server", NO, GeneralMessage(code=10001, message="no"), ("ALI-E11",)),
        # On business type 255 without its frame type, an error is known by its code.
        ("0101ff", "server", NO, GeneralMessage(code=10001, message="no"), ("ALI-E50",)),
        ("0001ff", "server", "{}", HeartbeatPong(), ("ALI-E50",)),
        ("0101ff", "server", '{"code":null}', HeartbeatPong(), ("ALI-E50",)),
        ("0301ff", "server", NO, GeneralMessage(code=10001, message="no"), ("ALI-E13",)),
        ("0101ff", "server", "", HeartbeatPong(), ("ALI-E50", "ALI-E03")),
        # Payloads that are not documented may be anything.
        ("0e01ff", "client", "", HeartbeatPing(), ("ALI-E02",)),
        ("0e00ff", "client", "\0\1", HeartbeatPing(), ("ALI-E02",)),
        ("0e09ff", "client", "{}", HeartbeatPing(), ("ALI-E02",)),
        ("0f01ff", "server", "[1]", HeartbeatPong(), ("ALI-E03",)),
        ("010103", "server", "line expired", ForceClose(), ("ALI-E47",)),
        ("010004", "server", "", Recovering(), ("ALI-E47",)),
        ("010181", "server", '["ni","hao"]', AsrResult(), ("ALI-E36",)),
        ("010181", "server", '{"content":5}', AsrResult(), ("ALI-E36",)),
        ("010081", "server", "\0", AsrResult(), ("ALI-E36",)),
        # Start and end of speech are told apart by their type.
        ("010182", "client", '{"sessionId":"s-7","type":"endAsrAudio"}', AsrEndRequest(session_id="s-7"), ("ALI-E11",)),
        # Code points that the document does not assign.
        ("0001fe", "client", "x", Unknown(b"x"), ("ALI-E14",)),
        ("01017f", "server", "", Unknown(b""), ("ALI-E14",)),
        ("050101", "client", "x", Unknown(b"x"), ("ALI-E14", "ALI-E13")),
        ("000280", "client", "x", Unknown(b"x"), ("ALI-E09",)),
        ("01ff80", "server", "x", Unknown(b"x"), ("ALI-E09",)),
        ("100780", "client", "x", Unknown(b"x"), ("ALI-E09", "ALI-E13")),
    ],
)
def test_what_is_meant(head: str, sender: Sender, payload: str, body: Body, deviations: tuple[str, ...]) -> None:
    data = wired(head, payload)

    frame = decode(data, sender)
    assert (frame.body, type(frame.body)) == (body, type(body))
    assert frame.deviations == deviations
    assert frame.encode() == data

    with pytest.raises(ValidationError) as caught:
        decode(data, sender, strict=True)
    assert caught.value.clause == deviations[0]


@pytest.mark.parametrize(
    ("head", "codes"),
    [
        ("000180", {}),
        ("0001fe", {"bizType": 254}),
        ("0002fe", {"dataType": 2, "bizType": 254}),
        ("0303fe", {"frameType": 3, "dataType": 3, "bizType": 254}),
    ],
)
def test_unassigned_code_points_are_listed(head: str, codes: dict[str, int]) -> None:
    payload = '{"sessionId":"s-7","text":"","askType":1,"messageId":"m-1"}'
    assert decode(wired(head, payload)).unknown_codes() == codes


FROM_THE_CLIENT: Final = "a business type of the client: this one is sent by the server only"


@pytest.mark.parametrize(
    ("head", "sender", "offset", "clause", "message", "reason", "expected"),
    [
        ("0201ff", "client", 0, "ALI-R088", "", "frame type 2 from the client", "0 (control) or 14 (ping)"),
        ("0f01ff", "client", 0, "ALI-R088", "", "frame type 15 from the client", "0 (control) or 14 (ping)"),
        ("0e01ff", "server", 0, "ALI-R088", "", "frame type 14 from the server", "1 (data), 2 (message) or 15 (pong)"),
        ("000103", "client", 2, "ALI-R093", "", "business type 3 from the client", FROM_THE_CLIENT),
        ("000104", "client", 2, "ALI-R093", "", "business type 4 from the client", FROM_THE_CLIENT),
        ("000080", "client", 1, "ALI-R091", "text_drive.request", "data type 0", "1 (json)"),
        ("000181", "client", 1, "ALI-R091", "asr.data.request", "data type 1", "0 (binary)"),
        ("010080", "server", 1, "ALI-R091", "text_drive.response", "data type 0", "1 (json)"),
        ("0200ff", "server", 1, "ALI-R091", "general.message", "data type 0", "1 (json)"),
        ("0205ff", "server", 1, "ALI-E09", "general.message", "data type 5", "1 (json)"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_a_header_that_contradicts_the_frame_table(
    head: str, sender: Sender, offset: int, clause: str, message: str, reason: str, expected: str, strict: bool
) -> None:
    with pytest.raises(ValidationError) as caught:
        decode(wired(head, "{}"), sender, strict=strict)
    error = caught.value
    assert (error.offset, error.clause, error.message) == (offset, clause, message)
    assert (error.reason, error.expected, error.vendor) == (reason, expected, "aliyun")


@pytest.mark.parametrize("head", ["010102", "010186"])
def test_a_reply_that_there_is_none_of_for_now_survives(head: str) -> None:
    """The document says of them: no reply for now (WS 4.2, WS 4.8)."""
    frame = decode(wired(head, '{"success":true}'), "server")
    assert (frame.message, frame.body, frame.deviations) == ("", Unknown(b'{"success":true}'), ("ALI-R093",))
    assert frame.encode() == wired(head, '{"success":true}')
    with pytest.raises(ValidationError, match=r"business type \d+ from the server, expected none.* \[ALI-R093\]"):
        decode(wired(head, "{}"), "server", strict=True)
    with pytest.raises(ValidationError, match=r"ALI-R093"):
        CATALOGUE.decode("text_drive.response", wired(head, "{}"))


@pytest.mark.parametrize(
    ("payload", "kind", "text"),
    [
        (
            '{"sessionId":"s-7"}',
            ValidationError,
            "type: required field is missing, expected startAsrAudio or endAsrAudio",
        ),
        ('{"sessionId":"s-7","type":null}', ValidationError, "type: got None, expected startAsrAudio or endAsrAudio"),
        ('{"sessionId":"s-7","type":"pause"}', ValidationError, "type: got 'pause', expected startAsrAudio"),
        ('{"sessionId":"s-7","type":["startAsrAudio"]}', ValidationError, "type: got ['startAsrAudio']"),
        ("[]", ValidationError, "byte 11: got a list, expected a JSON object"),
        ("{", DecodeError, "byte 12: the JSON text ends too early"),
        ("", DecodeError, "byte 11: empty payload"),
    ],
)
def test_speech_that_neither_starts_nor_ends(payload: str, kind: type[DecodeError], text: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(wired("000182", payload))
    assert type(caught.value) is kind
    assert str(caught.value).startswith(f"aliyun asr.start.request: {text}")


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        ("000180", "client"),
        ("0e01ff", "client"),
        ("030180", "client"),
        ("010180", "server"),
        ("0201ff", "server"),
        ("0f01ff", "server"),
    ],
)
def test_who_sent_a_frame_is_read_from_its_frame_type_unless_said(head: str, sender: Sender) -> None:
    def reads(sender: Sender | None) -> object:
        try:
            return decode(wired(head, "{}"), sender)
        except ValidationError as error:
            return str(error)

    assert reads(None) == reads(sender)


@pytest.mark.parametrize(
    ("sender", "biz_type", "ids"),
    [
        ("client", 0, ["opening.request"]),
        ("server", 0, ["opening.response"]),
        ("client", 2, ["interrupt.request"]),
        ("server", 2, []),
        ("client", 3, []),
        ("server", 128, ["text_drive.response"]),
        ("client", 130, ["asr.start.request", "asr.end.request"]),
        ("client", 255, ["heartbeat.ping"]),
        ("server", 255, ["heartbeat.pong", "general.message"]),
        ("client", 7, []),
    ],
)
def test_the_messages_of_a_business_type(sender: Sender, biz_type: int, ids: list[str]) -> None:
    assert [row.id for row in candidates(sender, biz_type)] == ids


@pytest.mark.parametrize(
    ("message", "head", "payload", "told"),
    [
        ("asr.start.request", "000182", SESSION, "type: required field is missing, expected startAsrAudio [ALI-R106]"),
        ("asr.end.request", "000182", SESSION, "type: required field is missing, expected endAsrAudio [ALI-R111]"),
        ("asr.end.request", "000182", '{"type":"end"}', "type: got 'end', expected endAsrAudio [ALI-R111]"),
        ("asr.end.request", "000182", '{"type":7}', "type: got 7, expected endAsrAudio [ALI-R111]"),
        (
            "asr.end.request",
            "000182",
            START,
            "byte 0: a frame of asr.start.request, expected asr.end.request [ALI-R093]",
        ),
        (
            "general.message",
            "0101ff",
            "{}",
            "code: required field is missing, expected an integer of 64 bits [ALI-R119]",
        ),
        ("general.message", "0101ff", '{"code":null}', "code: got null, expected an integer of 64 bits [ALI-R119]"),
        ("heartbeat.pong", "0201ff", NO, "byte 0: a frame of general.message, expected heartbeat.pong [ALI-R093]"),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_does_not_tell_messages_apart_is_told_of_the_one_expected(
    message: str, head: str, payload: str, told: str, strict: bool
) -> None:
    with pytest.raises(ValidationError) as caught:
        CATALOGUE.decode(message, wired(head, payload), strict=strict)
    assert str(caught.value) == f"aliyun {message}: {told}"
