"""What holds for any frame, tried with strategies read from the declarations and held against a second reader."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.messages import AsrDataRequest, AsrDriveReply
from avatarwire.codecs.aliyun.wire.frame import Frame, decode, encode, encode_raw
from avatarwire.codecs.aliyun.wire.routing import Unknown
from avatarwire.codecs.aliyun.wire.table import MESSAGES, Sender, WireMessage
from avatarwire.codecs.core.error_mapping import UNREADABLE
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.message import Message
from avatarwire.conformance import strategies
from avatarwire.conformance.carrying import carried
from tests.codecs.strategies import ANY_JSON, disturbed
from tests.examples import examples

from . import wire_reader

pytestmark = pytest.mark.unmeasured

SERIALS: Final = st.binary(min_size=8, max_size=8)
SENDERS: Final = st.sampled_from(cast("list[Sender]", ["client", "server"]))
CODES: Final = st.sampled_from([0, 1, 2, 3, 14, 15]) | st.integers(0, 255)
BIZ_CODES: Final = st.sampled_from([0, 2, 3, 4, 128, 129, 130, 131, 134, 255]) | st.integers(0, 255)

# The answer to recognised speech has the bytes of any other answer.
TOLD_APART: Final = [row for row in MESSAGES if row.body is not AsrDriveReply]
every = pytest.mark.parametrize("row", TOLD_APART, ids=lambda row: row.id)
some = hypothesis.settings(max_examples=examples(50), deadline=None)


def bodies(row: WireMessage) -> st.SearchStrategy[Any]:
    return strategies.messages("aliyun", row.id).map(lambda sample: sample.value)


def payloads(row: WireMessage) -> st.SearchStrategy[bytes]:
    """Right, nearly right and wrong payloads of a message."""
    if not issubclass(row.body, Message):
        return st.binary(max_size=40)
    right = carried("aliyun", row.id).values()
    fields = right | right.flatmap(disturbed) | right.flatmap(disturbed).flatmap(disturbed) | ANY_JSON
    return fields.map(msgspec.json.encode)


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """The bytes with one of them changed, taken away or added."""
    at = draw(st.integers(0, len(data)))
    return data[:at] + draw(st.binary(max_size=1)) + data[at + draw(st.integers(0, 1)) :]


def frames(row: WireMessage) -> st.SearchStrategy[bytes]:
    """Frames under the header of a message."""
    return st.tuples(st.just(row.prefix), SERIALS, payloads(row)).map(b"".join)


ANY_FRAME: Final[st.SearchStrategy[bytes]] = st.one_of(
    st.binary(max_size=60),
    st.builds(encode_raw, CODES, CODES, BIZ_CODES, SERIALS, st.binary(max_size=40)),
    st.builds(encode_raw, CODES, CODES, BIZ_CODES, SERIALS, ANY_JSON.map(msgspec.json.encode)),
    *(st.builds(encode_raw, CODES, CODES, BIZ_CODES, SERIALS, payloads(row)) for row in TOLD_APART),
    *(frames(row) for row in TOLD_APART),
    *(frames(row).flatmap(damaged) for row in TOLD_APART),
)


# --- what is made ---


@every
@some
@hypothesis.given(data=st.data())
def test_what_is_sent_arrives(row: WireMessage, data: st.DataObject) -> None:
    body, serial = data.draw(bodies(row)), data.draw(SERIALS)
    wire = encode(body, serial)

    for sender in (None, row.sender):
        frame = decode(wire, sender, strict=True)
        assert (frame.message, frame.body, frame.serial_number) == (row.id, body, serial)
        assert (frame.deviations, frame.unknown_fields(), frame.unknown_codes()) == ((), {}, {})
        assert frame.header == msgspec.structs.replace(
            frame.header, frame_type=row.frame_type, data_type=row.data_type, biz_type=row.biz_type
        )


# --- what arrives ---


@hypothesis.settings(max_examples=examples(600), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS | st.none(), st.booleans())
def test_any_bytes_are_a_frame_or_a_codec_error(wire: bytes, sender: Sender | None, strict: bool) -> None:
    try:
        frame = decode(wire, sender, strict=strict)
    except CodecError:
        return
    assert frame.encode() == wire
    assert encode_raw(frame.frame_type, frame.data_type, frame.biz_type, frame.serial_number, frame.payload) == wire
    assert (frame.message == "") == isinstance(frame.body, Unknown)
    assert not (strict and frame.deviations)
    assert not (frame.unknown_codes() and not frame.deviations)
    frame.unknown_fields()


@hypothesis.settings(max_examples=examples(300), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS)
def test_strict_reading_accepts_what_lenient_reading_finds_nothing_in(wire: bytes, sender: Sender) -> None:
    def read(strict: bool) -> Frame | None:
        try:
            return decode(wire, sender, strict=strict)
        except CodecError:
            return None

    lenient, strict = read(False), read(True)
    if strict is not None:
        assert lenient == strict
    elif lenient is not None and not lenient.deviations:
        # Lenient reading skips what nothing declares, even where that is no JSON.
        with pytest.raises(UNREADABLE):
            msgspec.json.decode(lenient.payload)


@hypothesis.settings(max_examples=examples(200), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS)
def test_what_was_understood_can_be_sent_on_in_the_ruled_form(wire: bytes, sender: Sender) -> None:
    try:
        frame = decode(wire, sender)
    except CodecError:
        hypothesis.reject()
    if isinstance(frame.body, Unknown) or type(frame.body).__name__.startswith("Partial"):
        return
    ruled = decode(encode(frame.body, frame.serial_number), sender, strict=True)
    assert (ruled.message, ruled.body) == (frame.message, frame.body)


@hypothesis.settings(max_examples=examples(100), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS, st.sampled_from([bytearray, memoryview]))
def test_all_kinds_of_bytes_say_the_same(wire: bytes, sender: Sender, kind: Callable[[bytes], Any]) -> None:
    def read(data: Any) -> object:
        try:
            return decode(data, sender)
        except CodecError as error:
            return str(error)

    assert read(kind(wire)) == read(wire)


# --- held against the second reader ---


def content(body: Any) -> wire_reader.Content:
    """A body as the second reader would tell it."""
    if isinstance(body, AsrDataRequest):
        return body.pcm
    fields: dict[str, Any] = body.to_dict()
    return {**fields, "audio": body.audio} if "audio" in fields else fields


@every
@some
@hypothesis.given(data=st.data())
def test_the_second_reader_reads_what_we_write(row: WireMessage, data: st.DataObject) -> None:
    body, serial = data.draw(bodies(row)), data.draw(SERIALS)
    reading = wire_reader.read(encode(body, serial), row.sender)
    assert reading == wire_reader.Reading(row.id, serial, content(body))


@every
@some
@hypothesis.given(data=st.data())
def test_we_read_what_the_second_reader_writes(row: WireMessage, data: st.DataObject) -> None:
    body, serial = data.draw(bodies(row)), data.draw(SERIALS)
    frame = decode(wire_reader.write(row.id, content(body), serial), strict=True)
    assert (frame.message, frame.body, frame.serial_number) == (row.id, body, serial)


@hypothesis.settings(max_examples=examples(1000), deadline=None)
@hypothesis.given(ANY_FRAME, SENDERS)
def test_both_readers_accept_the_same_frames_and_say_the_same(wire: bytes, sender: Sender) -> None:
    try:
        frame = decode(wire, sender, strict=True)
    except CodecError as refusal:
        with pytest.raises(ValueError):  # noqa: PT011 - how the second reader refuses
            pytest.fail(f"we refuse ({refusal}) but: {wire_reader.read(wire, sender)}")
        return
    reading = wire_reader.read(wire, sender)
    assert (reading.message, reading.serial) == (frame.message, frame.serial_number)
    ours = content(frame.body)
    if isinstance(ours, dict) and isinstance(reading.content, dict):
        # What is absent has a default with us.
        ours = {name: value for name, value in ours.items() if name in reading.content}
    assert reading.content == ours
