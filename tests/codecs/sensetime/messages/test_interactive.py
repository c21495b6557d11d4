"""Pushed messages: the seven kinds, others that survive, what stands where, and traces."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.sensetime.catalogue import CATALOGUE
from avatarwire.codecs.sensetime.messages import interactive
from avatarwire.codecs.sensetime.messages.interactive import (
    BY_ID,
    BY_KIND,
    MESSAGES,
    AsrEof,
    AsrFail,
    AsrText,
    CommandEof,
    NlpAnswer,
    OpeningAnswer,
    OpeningTrace,
    RecordEof,
    RoundTrace,
    SdkMessage,
    decode,
    encode,
    id_of,
    parse_trace,
)
from avatarwire.conformance import strategies

UUID = "0b5c4a6e-7d0f-4f6f-9a55-1f2f3b7c9d10"
ROUND = f"sense-live-nlp_{UUID}_1"
OPENING = "opening_1735689600000"

SEVEN: list[tuple[str, SdkMessage, str, str]] = [
    (
        "interactive.opening.answer",
        OpeningAnswer(trace=OPENING, text="Ask me anything."),
        f'{{"service":"opening","trace":"{OPENING}","type":"answer","status":"ok","text":"Ask me anything."}}',
        "Ask me anything.",
    ),
    (
        "interactive.asr.text",
        AsrText(trace=ROUND, query="你好。", index=1),
        f'{{"service":"asr","trace":"{ROUND}","type":"text","status":"ok","query":"你好。","index":1}}',
        "你好。",
    ),
    (
        "interactive.asr.eof",
        AsrEof(trace=ROUND, query="", index=1),
        f'{{"service":"asr","trace":"{ROUND}","type":"eof","status":"ok","query":"","index":1}}',
        "",
    ),
    (
        "interactive.asr.fail",
        AsrFail(trace=ROUND, query="", index=1, error="query is empty"),
        f'{{"service":"asr","trace":"{ROUND}","type":"eof","status":"fail",'
        '"query":"","error":"query is empty","index":1}',
        "query is empty",
    ),
    (
        "interactive.nlp.answer",
        NlpAnswer(trace=ROUND, answer="Of course.", index=1, id="reply-1"),
        f'{{"service":"nlp","trace":"{ROUND}","type":"answer","status":"ok",'
        '"answer":"Of course.","index":1,"id":"reply-1"}',
        "Of course.",
    ),
    (
        "interactive.command.eof",
        CommandEof(trace=ROUND),
        f'{{"service":"command","trace":"{ROUND}","type":"eof","status":"ok"}}',
        "",
    ),
    (
        "interactive.record.eof",
        RecordEof(trace=ROUND),
        f'{{"service":"record","trace":"{ROUND}","type":"eof","status":"ok"}}',
        "",
    ),
]


def message(**fields: Any) -> str:
    return json.dumps({"trace": "t", **fields})


def test_there_are_seven() -> None:
    assert [row.id for row in MESSAGES] == [row[0] for row in SEVEN]
    assert [row.id for row in MESSAGES] == list(BY_ID)
    assert all(BY_KIND[row.kind] is row for row in MESSAGES)
    for row in MESSAGES:
        assert row.body.ruled_members() == dict(zip(("service", "type", "status"), row.kind, strict=True))
        assert row.kind[0] in interactive.SERVICES
        assert row.kind[1] in interactive.TYPES_OF_MESSAGES
        assert row.kind[2] in interactive.STATUSES


@pytest.mark.parametrize(("id_", "value", "wire", "words"), SEVEN, ids=[row[0] for row in SEVEN])
def test_the_texts_beside_the_values(id_: str, value: SdkMessage, wire: str, words: str) -> None:
    assert encode(value) == wire
    decoded = decode(wire, strict=True)
    assert decoded == decode(wire.encode())
    assert (decoded.value, decoded.deviations, decoded.raw) == (value, (), wire.encode())
    assert type(decoded.value) is type(value)
    assert id_of(value) == id_
    assert value.words == words


@pytest.mark.parametrize("row", MESSAGES, ids=lambda row: row.id)
@settings(deadline=None, max_examples=10)
@given(data=st.data())
def test_every_message_is_told_from_others(row: interactive.SdkRow, data: st.DataObject) -> None:
    sample = data.draw(strategies.messages("sensetime", row.id))
    assert decode(sample.data, strict=True).value == decode(encode(sample.value)).value == sample.value


def test_members_that_are_not_declared_survive() -> None:
    raw = message(service="record", type="eof", status="ok", later=[1])
    decoded = decode(raw)
    assert decoded.unknown_fields() == {"later": [1]}
    assert decoded.encode() == raw.encode()


# --- other kinds ---


@pytest.mark.parametrize("kind", [("nlp", "answer", "fail"), ("asr", "text", "fail"), ("vision", "text", "ok")])
def test_another_kind_survives(kind: tuple[str, str, str]) -> None:
    service, type_, status = kind
    raw = message(service=service, type=type_, status=status, error="busy")
    decoded = decode(raw)
    assert decoded.deviations == ("ST-E124",)
    assert type(decoded.value) is SdkMessage
    assert (decoded.value.service, decoded.value.error, decoded.value.words) == (service, "busy", "")
    assert id_of(decoded.value) == ""
    assert decoded.encode() == raw.encode()
    with pytest.raises(ValidationError, match=rf"{service}, {type_}, {status} is none of .* \[ST-E124\]$"):
        decode(raw, strict=True)
    with pytest.raises(EncodeError, match=r"got SdkMessage, expected one of OpeningAnswer, .* \[ST-E124\]$"):
        encode(decoded.value)


# --- variants ---


def test_an_opening_line_may_stand_in_answer() -> None:
    decoded = decode(message(service="opening", type="answer", status="ok", answer="Hello!"))
    assert (decoded.value.words, decoded.deviations) == ("Hello!", ("ST-E123",))


def test_a_reply_may_stand_in_text() -> None:
    decoded = decode(message(service="nlp", type="answer", status="ok", text="Yes."))
    assert (decoded.value.words, decoded.deviations) == ("Yes.", ("ST-E123",))


@pytest.mark.parametrize(
    ("kind", "path", "clause"),
    [
        (("opening", "answer", "ok"), "text", "ST-MSG-03"),
        (("asr", "text", "ok"), "query", "ST-MSG-04"),
        (("asr", "eof", "ok"), "query", "ST-MSG-04"),
        (("asr", "eof", "fail"), "error", "ST-MSG-06"),
        (("nlp", "answer", "ok"), "answer", "ST-MSG-05"),
    ],
)
def test_what_a_message_is_about_may_be_missing(kind: tuple[str, str, str], path: str, clause: str) -> None:
    raw = message(service=kind[0], type=kind[1], status=kind[2])
    decoded = decode(raw)
    assert decoded.deviations == (clause,)
    assert decoded.value.words == ""
    for call in (lambda: decode(raw, strict=True), lambda: encode(decoded.value)):
        with pytest.raises(ValidationError, match=rf"{path}: required field is missing \[{clause}\]$"):
            call()
    with pytest.raises(ValidationError, match=rf"{path}: required field is missing \[{clause}\]$"):
        BY_KIND[kind].body(trace="t")  # type: ignore[call-arg]


# --- what is refused ---


@pytest.mark.parametrize("name", ["service", "trace", "type", "status"])
def test_four_fields_are_always_there(name: str) -> None:
    fields = {"service": "record", "trace": "t", "type": "eof", "status": "ok"}
    with pytest.raises(
        ValidationError, match=rf"^sensetime SdkMessage: {name}: required field is missing.*\[ST-MSG-01\]"
    ):
        decode(json.dumps({key: value for key, value in fields.items() if key != name}))
    with pytest.raises(ValidationError, match=rf"{name}: got an integer"):
        decode(json.dumps({**fields, name: 1}))


def test_a_message_has_its_own_words_only() -> None:
    wrong: Any = "nlp"
    with pytest.raises(ValidationError, match=r"^AsrText: service: got 'nlp', expected asr \[ST-MSG-02\]$"):
        AsrText(trace="t", query="a", service=wrong)
    with pytest.raises(
        ValidationError, match=r"^sensetime SdkMessage: index: got text, expected an integer of 64 bits \[ST-E122\]$"
    ):
        decode(message(service="asr", type="text", status="ok", query="a", index="first"))


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", "\ud800", '{"service":"\ud800"}'])
def test_what_is_no_message_is_refused(raw: str | bytes) -> None:
    with pytest.raises(DecodeError, match=r"\[ST-MSG-01\]$"):
        decode(raw)


@settings(deadline=None)
@given(
    fields=st.dictionaries(
        st.sampled_from(["service", "trace", "type", "status", "text", "index"]), st.text() | st.none()
    )
)
def test_whatever_comes_only_our_errors_come_of_it(fields: dict[str, Any]) -> None:
    raw = msgspec.json.encode(fields)
    try:
        decoded = decode(raw)
    except DecodeError:
        return
    assert decoded.encode() == raw


# --- the schema ---


def test_the_schema_asks_for_what_decides() -> None:
    opening, record = (CATALOGUE.schema_of(f"interactive.{name}") for name in ("opening.answer", "record.eof"))
    assert opening["schema"]["$defs"]["OpeningAnswer"]["allOf"] == [{"required": ["text"]}]
    for entry in (opening, record):
        [definition] = entry["schema"]["$defs"].values()
        assert definition["required"] == ["service", "trace", "type", "status"]


# --- traces ---


@pytest.mark.parametrize(
    ("text", "trace"),
    [
        (OPENING, OpeningTrace(1735689600000)),
        (ROUND, RoundTrace(UUID, 1)),
        (f"sense-live-nlp_{UUID.upper()}_12", RoundTrace(UUID.upper(), 12)),
    ],
)
def test_traces_in_the_form_of_the_samples(text: str, trace: OpeningTrace | RoundTrace) -> None:
    assert parse_trace(text) == trace
    assert str(trace) == text


@pytest.mark.parametrize("text", ["", "opening_", "opening_x", f"opening_{'9' * 20}", f"sense-live-nlp_{UUID}", "a_1"])
def test_other_traces_are_opaque(text: str) -> None:
    assert parse_trace(text) is None
    assert decode(message(service="record", type="eof", status="ok", trace=text)).deviations == ()
