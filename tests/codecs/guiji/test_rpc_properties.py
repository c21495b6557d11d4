"""What holds for every message, and for every payload whatever is in it.

Oracle of the last tests, in a sentence: a payload is read, or it is refused by a typed error that names the vendor.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.core.repairs import is_list, is_object
from avatarwire.codecs.errors import CodecError, DecodeError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.table import BY_ID
from avatarwire.codecs.message import Message
from tests.codecs.guiji import wire_reader
from tests.codecs.guiji.rpc_samples import SAMPLES
from tests.codecs.guiji.rpc_strategies import fields_of_message
from tests.codecs.strategies import ANY_JSON

RESULTS = [id_ for id_ in BY_ID if id_.endswith(".result")]
SENDERS: Any = st.sampled_from(["client", "server", None])


def answers(id_: str) -> str:
    return id_.replace(".result", ".request") if id_ in RESULTS else ""


@pytest.mark.parametrize("id_", BY_ID)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_there_and_back(id_: str, data: st.DataObject) -> None:
    fields = data.draw(fields_of_message(id_))
    value: Message = msgspec.convert(fields, BY_ID[id_].body)
    written = rpc.encode(value)
    packet = rpc.decode(written, BY_ID[id_].sender, answers=answers(id_), strict=True)
    assert packet.message == id_
    assert (packet.body, packet.deviations, packet.unknown_fields()) == (value, (), {})
    assert rpc.decode(json.dumps(fields).encode(), answers=answers(id_)).body == value


@pytest.mark.parametrize("id_", BY_ID)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_second_reader_reads_the_same(id_: str, data: st.DataObject) -> None:
    fields = data.draw(fields_of_message(id_))
    written = rpc.encode(msgspec.convert(fields, BY_ID[id_].body))
    reading = wire_reader.read(written)
    assert (reading.kind, reading.head) == (BY_ID[id_].kind, rpc.peek(written)[:4])


def read_or_refused(data: bytes, sender: Any, answers: str = "", *, strict: bool) -> rpc.Packet | None:
    """What is read; None where it was refused by a right error."""
    refusal: DecodeError | None = None
    packet: rpc.Packet | None = None
    try:
        packet = rpc.decode(data, sender, answers, strict=strict)
    except DecodeError as error:
        refusal = error
    if refusal is not None:
        assert (refusal.vendor, refusal.clause[:3]) == ("guiji", "GJ-")
    assert packet is None or packet.encode() == data
    return packet


@given(data=st.binary(max_size=200), sender=SENDERS, strict=st.booleans())
def test_any_bytes_are_read_or_refused(data: bytes, sender: Any, strict: bool) -> None:
    read_or_refused(data, sender, strict=strict)
    rpc.peek(data)


@st.composite
def disturbed(draw: st.DrawFn) -> tuple[str, bytes]:
    """A message with one member anywhere in it taken away, replaced by anything, or added."""
    sample = draw(st.sampled_from(SAMPLES))
    fields = sample.fields
    here: Any = fields
    while True:
        places = [key for key, item in _items(here) if isinstance(item, (dict, list)) and item]
        if not places or draw(st.booleans()):
            break
        here = here[draw(st.sampled_from(places))]
    key = draw(st.sampled_from([key for key, _ in _items(here)]))
    if draw(st.booleans()):
        del here[key]
    else:
        here[key] = draw(ANY_JSON | st.sampled_from(["", "center", "rtmp", "begin", "addPlayList", 3, -1, 1.5]))
    return sample.message, json.dumps(fields).encode()


def _items(holder: Any) -> list[tuple[Any, Any]]:
    if is_object(holder):
        return list(holder.items())
    return list(enumerate(holder)) if is_list(holder) else []


@settings(max_examples=200, deadline=None)
@given(message=disturbed(), sender=SENDERS, strict=st.booleans())
def test_a_disturbed_message_is_read_or_refused(message: tuple[str, bytes], sender: Any, strict: bool) -> None:
    id_, data = message
    packet = read_or_refused(data, sender, answers(id_), strict=strict)
    if packet is None:
        return
    assert isinstance(packet.unknown_fields(), dict)
    if strict:
        assert packet.deviations == ()
        if isinstance(packet.body, Message):
            assert rpc.decode(rpc.encode(packet.body), sender, answers=answers(id_), strict=True).body == packet.body


@settings(max_examples=200, deadline=None)
@given(message=disturbed(), sender=SENDERS)
def test_both_ways_of_reading_agree(message: tuple[str, bytes], sender: Any) -> None:
    """What is read the fast way and deviates in nothing is what strict reading, which is never fast, reads."""
    id_, data = message
    try:
        packet = rpc.decode(data, sender, answers=answers(id_))
    except CodecError:
        with pytest.raises(CodecError):
            rpc.decode(data, sender, answers=answers(id_), strict=True)
        return
    if packet.deviations:
        with pytest.raises(CodecError) as caught:
            rpc.decode(data, sender, answers=answers(id_), strict=True)
        assert caught.value.clause in packet.deviations
    else:
        strict = rpc.decode(data, sender, answers=answers(id_), strict=True)
        assert (strict.message, strict.body) == (packet.message, packet.body)
