"""Messages of the microphone socket beside their text, in both directions, and what is refused."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import CodecError, DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone import (
    MESSAGES,
    Audio,
    AuthFailed,
    Begin,
    Body,
    Conflict,
    Eof,
    MicFrame,
    MicMessage,
    NotReady,
    Ready,
    Sender,
    SendFailed,
    Stop,
    TakeoverFinished,
    TakeoverNotice,
    TakeoverQueued,
    TakeoverStarted,
    Unknown,
    decode,
    encode,
    encode_as,
)
from avatarwire.conformance import strategies

from ...strategies import ANY_JSON, disturbed
from .. import microphone_reader

NOTICE = TakeoverNotice(session_id="live-1", command_trace_id="takeover-1", timestamp=1_900_000_000)
DATA = '"data":{"sessionId":"live-1","commandTraceId":"takeover-1","timestamp":1900000000}'

BOTH: list[tuple[Body, str | bytes, Sender, str]] = [
    (Begin(), '{"code":0,"message":"begin"}', "client", "microphone.begin"),
    (Audio(b"\x01\x00\xff"), b"\x01\x00\xff", "client", "microphone.audio"),
    (Audio(b""), b"", "client", "microphone.audio"),
    (Eof(), '{"code":99,"message":"eof"}', "client", "microphone.eof"),
    (AuthFailed(), '{"code":1,"message":"认证失败"}', "server", "microphone.auth_failed"),
    (Ready(), '{"code":2,"message":"服务端已准备好接收"}', "server", "microphone.ready"),
    (Stop(), '{"code":4,"message":"停止发送语音数据"}', "server", "microphone.stop"),
    (SendFailed(), '{"code":5,"message":"发送语音数据失败"}', "server", "microphone.send_failed"),
    (NotReady(), '{"code":6,"message":"服务端未准备好接收"}', "server", "microphone.not_ready"),
    (Conflict(), '{"code":7,"message":"算法端接管冲突被拒绝"}', "server", "microphone.conflict"),
    (
        TakeoverFinished(data=NOTICE),
        '{"code":18,"message":"接管/取消接管完成",' + DATA + "}",
        "server",
        "microphone.takeover_finished",
    ),
    (
        TakeoverStarted(data=NOTICE),
        '{"code":19,"message":"开始播放接管",' + DATA + "}",
        "server",
        "microphone.takeover_started",
    ),
    (
        TakeoverQueued(data=NOTICE),
        '{"code":20,"message":"接管入队完成",' + DATA + "}",
        "server",
        "microphone.takeover_queued",
    ),
]


@pytest.mark.parametrize(("body", "written", "sender", "id_"), BOTH)
def test_a_message_and_what_travels(body: Body, written: str | bytes, sender: Sender, id_: str) -> None:
    assert encode(body) == written
    for asked in (sender, None):
        frame = decode(written, asked, strict=True)
        assert (frame.sender, frame.message, frame.body, frame.deviations) == (sender, id_, body, ())
        assert frame.encode() == written
        assert frame.unknown_fields() == {}


def test_every_message_of_the_table_is_above() -> None:
    assert {row.id for row in MESSAGES} == {id_ for *_, id_ in BOTH}
    assert {type(body) for body, *_ in BOTH} == set(microphone.BY_BODY)


@pytest.mark.parametrize("buffer", [bytearray, memoryview])
def test_speech_comes_in_any_buffer(buffer: Any) -> None:
    frame = decode(buffer(b"\x01\x02"))
    assert (frame.body, frame.raw) == (Audio(b"\x01\x02"), b"\x01\x02")


# --- variants that are understood ---

VARIANTS = [
    ('{"code":"2","message":"服务端已准备好接收"}', Ready(), ("ST-E57",)),
    ('{"message":"begin","code":"0"}', Begin(), ("ST-E57",)),
    ('{"code":19,"message":"开始播放接管",' + DATA.replace("1900000000", '"1900000000"') + "}",
     TakeoverStarted(data=NOTICE), ("ST-E66",)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "body", "deviations"), VARIANTS)
def test_a_variant_is_understood_told_and_refused_where_strict(
    text: str, body: Body, deviations: tuple[str, ...]
) -> None:
    frame = decode(text)
    assert (frame.body, frame.deviations, frame.encode()) == (body, deviations, text)
    with pytest.raises(ValidationError, match=rf"\[{deviations[0]}\]$"):
        decode(text, strict=True)


def test_the_code_counts_and_not_the_text() -> None:
    frame = decode('{"code":6,"message":"发送语音数据失败"}')
    assert (frame.message, frame.deviations) == ("microphone.not_ready", ("ST-E64",))
    with pytest.raises(ValidationError, match=r"message: got '发送语音数据失败', expected 服务端未准备好接收 \[ST-E64"):
        decode(frame.raw, strict=True)


@pytest.mark.parametrize("data", ["", ',"data":null'])
def test_a_notice_may_lack_its_data(data: str) -> None:
    text = '{"code":20,"message":"接管入队完成"' + data + "}"
    frame = decode(text)
    assert isinstance(frame.body, TakeoverQueued)
    assert (frame.body.data, frame.deviations) == (None, ("ST-E65",))
    with pytest.raises(ValidationError, match=r"\[ST-E65\]"):
        decode(text, strict=True)
    with pytest.raises(EncodeError, match=r"\[ST-E65\]"):
        encode(frame.body)


@pytest.mark.parametrize("number", ["1900000000123", '"1900000000123"', "100000000000"])
def test_twelve_digits_are_milliseconds(number: str) -> None:
    frame = decode('{"code":18,"message":"接管/取消接管完成",' + DATA.replace("1900000000", number) + "}")
    assert isinstance(frame.body, TakeoverFinished)
    assert frame.body.data is not None
    assert frame.body.data.happened_at == int(number.strip('"')) / 1000
    assert frame.deviations == ("ST-E66",)


# --- what is not known ---


@pytest.mark.parametrize(
    ("text", "sender", "body"),
    [
        ('{"code":3,"message":"later"}', "server", Unknown(3, "later")),
        ('{"code":8}', "server", Unknown(8)),
        ('{"code":17,"message":5,"data":[1]}', "server", Unknown(17, "", [1])),
        ('{"code":0,"message":"begin"}', "server", Unknown(0, "begin")),
        ('{"code":2,"message":"服务端已准备好接收"}', "client", Unknown(2, "服务端已准备好接收")),
        ('{"code":-1,"message":""}', "client", Unknown(-1)),
    ],
)
def test_a_code_that_is_not_documented_survives(text: str, sender: Sender, body: Unknown) -> None:
    frame = decode(text, sender)
    assert (frame.sender, frame.message, frame.body, frame.deviations) == (sender, "", body, ("ST-E67",))
    assert frame.encode() == text
    with pytest.raises(ValidationError, match=r"code: code .* is not documented for the (client|server) \[ST-E67\]"):
        decode(text, sender, strict=True)
    with pytest.raises(EncodeError, match=r"Unknown is not a message to send \[ST-E67\]"):
        encode(body)


def test_it_may_be_a_text_too() -> None:
    frame = decode('{"code":"21","message":"later"}')
    assert (frame.sender, frame.body, frame.deviations) == ("server", Unknown(21, "later"), ("ST-E67", "ST-E57"))


def test_fields_that_are_not_declared_survive() -> None:
    text = '{"code":19,"message":"开始播放接管",' + DATA.replace("}", ',"by":"http"}') + ',"id":7}'
    frame = decode(text, strict=True)
    assert frame.unknown_fields() == {"data.by": "http", "id": 7}
    assert frame.encode() == text
    assert decode('{"code":2,"message":"服务端已准备好接收","data":{"a":1}}').unknown_fields() == {"data": {"a": 1}}
    assert decode('{"code":3,"message":"x","data":1,"id":7}').unknown_fields() == {"id": 7}


# --- what is refused ---

MALFORMED: list[tuple[Any, Sender | None, str, int | None, str]] = [
    ("", None, "", 0, "ST-MIC-01"),
    ("begin", "client", "", 0, "ST-MIC-01"),
    ('{"code":0,', "client", "", 10, "ST-MIC-01"),
    ('{"code":0} {}', "client", "", 11, "ST-MIC-01"),
    ("[]", None, "", None, "ST-MIC-01"),
    ("null", None, "", None, "ST-MIC-01"),
    ('"\ud83d"', None, "", None, "ST-MIC-01"),
    ("[" * 100_000, None, "", None, "ST-MIC-01"),
    ("{}", None, "code", None, "ST-E57"),
    ('{"code":null}', None, "code", None, "ST-E57"),
    ('{"code":true,"message":""}', None, "code", None, "ST-E57"),
    ('{"code":2.5,"message":""}', None, "code", None, "ST-E57"),
    ('{"code":"two","message":""}', None, "code", None, "ST-E57"),
    ('{"code":2}', None, "message", None, "ST-E64"),
    ('{"code":2,"message":null}', None, "message", None, "ST-E64"),
    ('{"code":2,"message":5}', None, "message", None, "ST-E64"),
    ('{"code":18,"message":"","data":"x"}', None, "data", None, "ST-MIC-19"),
    ('{"code":18,"message":"","data":{}}', None, "data.sessionId", None, "ST-MIC-19"),
    ('{"code":18,"message":"","data":{"sessionId":"s","timestamp":1}}', None, "data.commandTraceId", None, "ST-MIC-19"),
    ('{"code":18,"message":"","data":{"sessionId":"s","commandTraceId":"t"}}', None, "data.timestamp", None, "ST-E66"),
    ('{"code":18,"message":"","data":{"sessionId":"s","commandTraceId":"t","timestamp":-1}}', None,
     "data.timestamp", None, "ST-E66"),
    ('{"code":18,"message":"","data":{"sessionId":"s","commandTraceId":"t","timestamp":"soon"}}', None,
     "data.timestamp", None, "ST-E66"),
    ('{"code":18,"message":"","data":{"sessionId":1,"commandTraceId":"t","timestamp":1}}', None,
     "data.sessionId", None, "ST-MIC-19"),
    (b"\x00\x01", "server", "", None, "ST-MIC-01"),
    (5, None, "", None, "ST-MIC-01"),
    (None, None, "", None, "ST-MIC-01"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "sender", "path", "offset", "clause"), MALFORMED)
def test_what_cannot_be_read_is_told_by_place_and_clause(
    data: Any, sender: Sender | None, path: str, offset: int | None, clause: str
) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data, sender)
    error = caught.value
    assert (error.vendor, error.path, error.offset, error.clause) == ("sensetime", path, offset, clause)
    assert error.expected


@pytest.mark.parametrize("data", ['{"code":0,"message":"begin"}', b"x" * 28])
def test_there_is_a_largest_message(data: str | bytes) -> None:
    assert decode(data, max_size=28).encode() == data
    with pytest.raises(DecodeError, match=r"byte 27: 28 bytes, expected at most 27 bytes \[ST-E132\]"):
        decode(data, max_size=27)


@pytest.mark.parametrize(
    ("body", "clause"),
    [("begin", ""), (MicFrame(code=0, message="begin"), ""), (Unknown(3), "ST-E67"), (Audio("text"), "ST-MIC-06")],  # type: ignore[arg-type]
)
def test_what_cannot_be_written(body: Any, clause: str) -> None:
    with pytest.raises(EncodeError) as caught:
        encode(body)
    assert caught.value.clause == clause


# --- other forms, for tests of readers ---


def test_another_form_is_written_on_demand() -> None:
    assert encode_as(Ready(), text_code=True) == '{"code":"2","message":"服务端已准备好接收"}'
    assert encode_as(Ready(), milliseconds=True) == '{"code":2,"message":"服务端已准备好接收"}'
    written = encode_as(TakeoverQueued(data=NOTICE), text_code=True, milliseconds=True)
    assert written == '{"code":"20","message":"接管入队完成",' + DATA.replace("1900000000", "1900000000000") + "}"
    assert decode(written).deviations == ("ST-E57", "ST-E66")
    with pytest.raises(EncodeError, match="speech has no other form"):
        encode_as(Audio(b""), text_code=True)  # type: ignore[arg-type]


# --- properties, against the second reader ---

TEXTS: list[str] = [row.id for row in MESSAGES if issubclass(row.body, MicMessage)]


@given(st.sampled_from(TEXTS).flatmap(lambda id_: strategies.messages("sensetime", id_)))
def test_what_is_written_the_second_reader_reads(sample: strategies.Sample) -> None:
    body = sample.value
    for text in (sample.data.decode(), encode(body)):
        assert isinstance(text, str)
        frame = decode(text, strict=True)
        assert frame.body == body
        reading = microphone_reader.read(text, frame.sender)
        told = getattr(body, "data", None)
        assert reading.code == body.code
        assert reading.takeover == (None if told is None else (told.session_id, told.command_trace_id, told.timestamp))


SPOKEN: list[tuple[Sender, int]] = [
    (sender, code) for sender, words in microphone_reader.WORDS.items() for code in words
]
CODES = st.sampled_from(SPOKEN)


def spoiled(spoken: tuple[Sender, int]) -> st.SearchStrategy[tuple[Sender, dict[str, Any]]]:
    """A message of one side, one member of it changed."""
    sender, code = spoken
    data = {"sessionId": "s", "commandTraceId": "t", "timestamp": 1_900_000_000}
    fields = {"code": code, "message": microphone_reader.WORDS[sender][code], "data": data}
    return st.tuples(st.just(sender), disturbed(fields))


TAKEOVERS = st.tuples(st.text(max_size=5), st.text(max_size=5), st.integers(0, 10**11 - 1))


@given(CODES, TAKEOVERS)
def test_what_the_second_writer_writes_is_read(spoken: tuple[Sender, int], takeover: tuple[str, str, int]) -> None:
    sender, code = spoken
    about = takeover if code in microphone_reader.ABOUT_TAKEOVERS else None
    text = microphone_reader.write(sender, microphone_reader.Reading(code, about))
    body = decode(text, sender, strict=True).body
    assert json.loads(str(encode(body))) == json.loads(text)


@given(CODES.flatmap(spoiled))
def test_both_readers_refuse_the_same(case: tuple[Sender, dict[str, Any]]) -> None:
    sender, fields = case
    text = msgspec.json.encode(fields).decode()
    try:
        read = microphone_reader.read(text, sender)
    except ValueError:
        with pytest.raises(CodecError):
            decode(text, sender, strict=True)
    else:
        body = decode(text, sender, strict=True).body
        assert isinstance(body, MicMessage)
        assert body.code == read.code


@given(st.text() | st.binary() | ANY_JSON.map(lambda value: msgspec.json.encode(value).decode()))
def test_whatever_arrives_is_read_or_refused(data: str | bytes) -> None:
    with suppress(DecodeError):
        assert decode(data).encode() == data
