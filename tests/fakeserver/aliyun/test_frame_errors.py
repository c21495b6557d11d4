"""What single frames show against the document: understood in lenient mode, refused in strict mode, or only noted."""

from __future__ import annotations

import pytest

from avatarwire.codecs import aliyun
from avatarwire.codecs.errors import CodecError, DecodeError, ValidationError
from avatarwire.fakeserver.aliyun.frame_errors import received_frame, unreadable, violations
from avatarwire.fakeserver.journal.entry import Violation

from .talk import END, OPENING, PING, POLL, SPEECH, START_ASK, Talk, audio, errors, framed, part, text

ZERO = bytes(8)

WARNINGS = {
    "a heartbeat as in the sample": ("0001ff53455249414c30317b7d", ["ALI-E01 warning"]),
    "a heartbeat without payload": ("0e01ff53455249414c3031", ["ALI-E02 warning"]),
    "a heartbeat with another payload": ("0e01ff53455249414c303170696e67", ["ALI-E02 warning"]),
    "a binary heartbeat": ("0e00ff53455249414c30317b7d", ["ALI-E02 warning"]),
    "a heartbeat with zeros": ("0e01ff00000000000000007b7d", ["ALI-E06 warning"]),
    "the sample as it stands": ("0001ff00000000000000007b7d", ["ALI-E01 warning", "ALI-E06 warning"]),
}
"""Hex of a frame and what is noted."""


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("case", WARNINGS)
def test_every_form_of_heartbeat_is_answered(case: str, strict: bool) -> None:
    frame, noted = WARNINGS[case]
    conversation = Talk(ready=False, strict=strict)
    data = bytes.fromhex(frame)
    assert conversation.feed(data) == [b"\x0f\x01\xff" + data[3:11] + b"{}"]
    assert conversation.clauses == noted


DEVIATIONS = {
    "ALI-E01": (
        framed("0101ff", "{}"),
        "heartbeat.ping: frameType: frame type 1, ruled is 14",
    ),
    "ALI-E11": (
        framed("0e0180", "{}"),
        "heartbeat.ping: bizType: business type 128, ruled is 255",
    ),
    "ALI-E12": (
        framed("010081", "abcd"),
        "asr.data.request: frameType: frame type 1, ruled is 0",
    ),
    "ALI-E15": (
        framed("000183", ""),
        "channel_ready.request: the payload is empty",
    ),
    "ALI-E20": (
        framed("000180", '{"sessionId":"s-1","text":"hi","askType":1}'),
        "text_drive.request: messageId: messageId is missing",
    ),
    "ALI-E24": (
        text("hi", dataFlag="START"),
        "text_drive.request: dataFlag: dataFlag belongs to TEXT_STREAM only",
    ),
    "ALI-E25": (
        framed("000180", '{"sessionId":"s-1","askType":2,"messageId":"m-1","type":"TEXT_STREAM","dataFlag":"END"}'),
        "text_drive.request: text: the END fragment has no text",
    ),
    "ALI-E28": (
        text("hi", ask=1, type="TEXT_STREAM", dataFlag="START"),
        "text_drive.request: askType: TEXT_STREAM works in broadcast mode (askType 2) only",
    ),
    "ALI-E38": (
        audio("START", pcm="AAEAAg"),
        "audio_drive.request: audio: Base64 without padding or in the URL-safe alphabet",
    ),
    "ALI-E43": (
        framed("000186", '{"sessionId":"s-1","messageId":"a-1","audio":"AAEAAg=="}'),
        "audio_drive.request: dataFlag: dataFlag is missing; taken as a complete stream",
    ),
}
"""One frame for each erratum, and the words by which strict mode refuses it."""


@pytest.mark.parametrize("erratum", DEVIATIONS)
def test_documented_variants_are_understood_in_lenient_mode(erratum: str) -> None:
    conversation = Talk()
    assert not [frame for frame in conversation.feed(DEVIATIONS[erratum][0]) if frame[0] == 2]
    assert erratum in [violation.clause for violation in conversation.received.violations]
    assert erratum in conversation.received.deviations


@pytest.mark.parametrize("erratum", DEVIATIONS)
def test_strict_mode_refuses_them_and_names_the_clause(erratum: str) -> None:
    frame, words = DEVIATIONS[erratum]
    conversation = Talk(strict=True)
    assert errors(conversation.feed(frame)) == [f"10000 {words} [{erratum}]"]
    assert conversation.close is None
    assert conversation.feed(PING) == [framed("0f01ff", "{}")]


@pytest.mark.parametrize("strict", [False, True])
def test_a_byte_order_mark_is_only_worth_a_warning(strict: bool) -> None:
    """As it is in a body of HTTP."""
    conversation = Talk(strict=strict, chunk_characters=0)
    [opening] = conversation.feed(framed("000100", '\ufeff{"sessionId":"s-1"}'))
    assert opening[:3].hex() == "010100"
    assert conversation.clauses == ["ALI-E105 warning"]


UNASSIGNED = {
    "business type 1": (framed("000101", "{}"), "no message has bizType 1", ["ALI-E14", "ALI-E09"]),
    "business type 133": (b"\x00\x00\x85SERIAL01\xff", "no message has bizType 133", ["ALI-E14", "ALI-E09"]),
    "both": (framed("030105", ""), "no message has frameType 3, bizType 5", ["ALI-E14", "ALI-E13", "ALI-E09"]),
    "frame type 7": (OPENING.replace(b"\0", b"\7", 1), "no message has frameType 7", ["ALI-E13", "ALI-E09"]),
    "a heartbeat of frame type 3": (framed("0301ff", "{}"), "no message has frameType 3", ["ALI-E13", "ALI-E09"]),
    "a heartbeat of data type 2": (framed("0e02ff", "{}"), "no message has dataType 2", ["ALI-E02 warning", "ALI-E09"]),
    "data type 2": (framed("000280", "{}"), "no message has dataType 2", ["ALI-E09", "ALI-E09"]),
}


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("case", UNASSIGNED)
def test_unassigned_code_points_are_refused_in_either_mode(case: str, strict: bool) -> None:
    frame, words, noted = UNASSIGNED[case]
    conversation = Talk(strict=strict)
    assert errors(conversation.feed(frame)) == [f"10000 {words} [ALI-E09]"]
    assert conversation.clauses == noted
    assert conversation.close is None
    assert conversation.feed(PING) == [framed("0f01ff", "{}")]


UNREADABLE = {
    "nothing": (b"", "header: byte ", "ALI-R082"),
    "a short header": (b"\x00\x01\x80SERIAL0", "header: byte ", "ALI-R082"),
    "no JSON": (framed("000180", "hello"), "text_drive.request: byte ", "ALI-R092"),
    "half a surrogate pair": (text("hi").replace(b"hi", rb"\ud83d"), "text_drive.request: byte ", "ALI-R092"),
    "a list": (framed("000180", "[]"), "text_drive.request: byte ", "ALI-R092"),
    "two frames in one message": (POLL + POLL, "channel_ready.request: byte ", "ALI-R092"),
    "binary where JSON belongs": (framed("000080", '{"sessionId":"s-1"}'), "text_drive.request: byte 1", "ALI-R091"),
    "JSON where audio belongs": (framed("000181", "{}"), "asr.data.request: byte 1", "ALI-R091"),
    "a frame of the server": (framed("020180", "{}"), "byte 0: frame type 2", "ALI-R088"),
    "a push of the server": (framed("000103", "{}"), "byte 2: business type 3", "ALI-R093"),
    "no text": (
        framed("000180", '{"sessionId":"s-1","askType":1,"messageId":"m-1"}'), "text_drive.request: text", "ALI-R098",
    ),
    "a third askType": (text("hi", ask=3), "text_drive.request: askType", "ALI-R099"),
    "a stream without dataFlag": (text("hi", ask=2, type="TEXT_STREAM"), "text_drive.request: dataFlag", "ALI-R101"),
    "neither start nor end": (framed("000182", '{"sessionId":"s-1"}'), "asr.start.request: type", "ALI-R106"),
    "an empty session": (framed("000100", '{"sessionId":""}'), "opening.request: sessionId", "ALI-R095"),
    "an opening without payload": (framed("000100", ""), "opening.request: byte ", "ALI-R092"),
    "an interruption without session": (framed("000102", "{}"), "interrupt.request: sessionId", "ALI-R095"),
    "audio without sound": (
        framed("000186", '{"sessionId":"s-1","messageId":"a","dataFlag":"CONTENT"}'), "audio_drive.request: audio",
        "ALI-R115",
    ),
}  # fmt: skip
"""Frames that cannot be understood: where the fault is, and the clause."""


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_understood_is_refused_and_the_connection_lives(case: str, strict: bool) -> None:
    frame, where, clause = UNREADABLE[case]
    conversation = Talk(strict=strict)
    [error] = errors(conversation.feed(frame))
    assert error.startswith(f"10000 {where}")
    assert error.endswith(f" [{clause}]")
    assert conversation.clauses == [clause]
    assert conversation.received.message == (where.split(":")[0] if ".request" in where else "")
    assert conversation.close is None
    assert conversation.feed(PING) == [framed("0f01ff", "{}")]


@pytest.mark.parametrize("strict", [False, True])
def test_a_text_message_is_refused_and_the_connection_lives(strict: bool) -> None:
    conversation = Talk(strict=strict)
    assert errors(conversation.write('{"sessionId":"s-1"}')) == [
        "10000 a text message of 19 characters; frames are binary messages [ALI-R085]"
    ]
    assert conversation.clauses == ["ALI-R085"]
    assert conversation.close is None
    assert conversation.feed(PING) == [framed("0f01ff", "{}")]


# --- closing after a bad frame ---

CLOSED = [
    (framed("000180", "hello"), 1007),
    (b"\x00", 1007),
    (DEVIATIONS["ALI-E20"][0], 1007),
    (UNASSIGNED["business type 1"][0], 1003),
]


@pytest.mark.parametrize(("frame", "code"), CLOSED)
def test_strict_mode_may_close_after_a_bad_frame(frame: bytes, code: int) -> None:
    conversation = Talk(strict=True, close_on_bad_frame=True)
    assert len(errors(conversation.feed(frame))) == 1
    assert conversation.close is not None
    assert conversation.close.code == code


def test_strict_mode_may_close_after_a_text_message() -> None:
    conversation = Talk(strict=True, close_on_bad_frame=True)
    assert len(conversation.write("hello")) == 1
    assert conversation.close is not None
    assert conversation.close.code == 1003


@pytest.mark.parametrize("frame", [frame for frame, _ in CLOSED])
def test_lenient_mode_never_closes_for_a_frame(frame: bytes) -> None:
    conversation = Talk(close_on_bad_frame=True)
    conversation.feed(frame)
    assert conversation.close is None


def test_what_comes_at_the_wrong_time_is_no_bad_frame() -> None:
    conversation = Talk(ready=False, strict=True, close_on_bad_frame=True)
    assert errors(conversation.feed(OPENING)) == ["10000 sent before the channel was reported READY [ALI-R078]"]
    conversation.feed(POLL, POLL, POLL)
    assert len(errors(conversation.feed(SPEECH, END, part("CONTENT", "a")))) == 3
    assert conversation.close is None


# --- the judging itself ---


def frame_of(data: bytes) -> aliyun.Frame:
    return aliyun.decode(data, "client")


@pytest.mark.parametrize(
    "data", [POLL, OPENING, PING, START_ASK, SPEECH, END, text("hi"), part("START", ""), audio("END")]
)
def test_nothing_is_held_against_a_frame_in_the_ruled_form(data: bytes) -> None:
    assert violations(frame_of(data)) == ()


def test_half_a_sample_of_audio_is_a_warning() -> None:
    [warning] = violations(frame_of(audio("START", pcm="AAEC")))
    assert warning == Violation("ALI-R115", "audio", "3 bytes are no whole number of 16-bit samples", level="warning")


def test_of_audio_the_journal_keeps_a_hash_only() -> None:
    speech = received_frame(frame_of(SPEECH))
    assert (speech.message, speech.body, speech.audio) == ("asr.data.request", None, True)
    drive = received_frame(frame_of(audio("START")))
    assert (drive.body, drive.audio) == ({"messageId": "a-1", "dataFlag": "START", "audio": 4}, True)
    words = received_frame(frame_of(text("hi")))
    assert (words.body, words.audio) == (frame_of(text("hi")).body, False)


def test_audio_that_is_refused_is_not_kept_either() -> None:
    conversation = Talk(ready=False)
    assert len(errors(conversation.feed(SPEECH))) == 1
    assert (conversation.received.body, conversation.received.audio) == (None, True)


@pytest.mark.parametrize(
    ("error", "clause", "path", "reason", "words"),
    [
        (DecodeError("odd", offset=7, clause="ALI-E10"), "ALI-E10", "byte 7", "odd", "byte 7: odd [ALI-E10]"),
        (
            ValidationError("got 3", path="askType", offset=20, expected="1 or 2", clause="ALI-R099"),
            "ALI-R099", "askType", "got 3, expected 1 or 2", "askType: got 3, expected 1 or 2 [ALI-R099]",
        ),
        (DecodeError("odd"), "ALI-E09", "", "odd", "odd [ALI-E09]"),
    ],
)  # fmt: skip
def test_an_error_of_the_codec_is_a_violation(
    error: CodecError, clause: str, path: str, reason: str, words: str
) -> None:
    found = unreadable(error)
    assert (found.clause, found.path, found.sentence, found.level) == (clause, path, reason, "error")
    assert str(unreadable(error)) == words
