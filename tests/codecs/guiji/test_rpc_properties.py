"""What holds for every message, and for every payload whatever is in it.

Oracle of the last tests, in a sentence: a payload is read, or it is refused by a typed error that names the vendor.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.core.json_text import BOM
from avatarwire.codecs.errors import CodecError, DecodeError
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.table import BY_ID
from avatarwire.codecs.message import Message
from avatarwire.conformance import strategies
from avatarwire.conformance.carrying import carried
from tests.codecs.guiji import wire_reader
from tests.codecs.strategies import disturbed
from tests.examples import examples

pytestmark = pytest.mark.unmeasured

RESULTS = [id_ for id_ in BY_ID if id_.endswith(".result")]
SENDERS: Any = st.sampled_from(["client", "server", None])


def answers(id_: str) -> str:
    return id_.replace(".result", ".request") if id_ in RESULTS else ""


@pytest.mark.parametrize("id_", BY_ID)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_both_readers_tell_what_it_is(id_: str, data: st.DataObject) -> None:
    sample = data.draw(strategies.messages("guiji", id_))
    for written in (sample.data, rpc.encode(sample.value)):
        packet = rpc.decode(written, BY_ID[id_].sender, answers=answers(id_), strict=True)
        assert (packet.message, packet.body) == (id_, sample.value)
        assert (packet.deviations, packet.unknown_fields()) == ((), {})
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


DISTURBED = st.sampled_from(list(BY_ID)).flatmap(
    lambda id_: st.tuples(st.just(id_), carried("guiji", id_).values().flatmap(disturbed).map(msgspec.json.encode))
)
"""Messages with one member anywhere in them taken away, replaced by anything, or added."""


@settings(max_examples=examples(200), deadline=None)
@given(message=DISTURBED, sender=SENDERS, strict=st.booleans())
def test_a_disturbed_message_is_read_or_refused(message: tuple[str, bytes], sender: Any, strict: bool) -> None:
    id_, data = message
    packet = read_or_refused(data, sender, answers(id_), strict=strict)
    if packet is None:
        return
    assert isinstance(packet.unknown_fields(), dict)
    if strict:
        assert [finding for finding in packet.findings if finding.level != "note"] == []
        if isinstance(packet.body, Message):
            assert rpc.decode(rpc.encode(packet.body), sender, answers=answers(id_), strict=True).body == packet.body


@settings(max_examples=examples(200), deadline=None)
@given(message=DISTURBED, sender=SENDERS)
def test_both_ways_of_reading_agree(message: tuple[str, bytes], sender: Any) -> None:
    """What is read the fast way and deviates in nothing is what strict reading, which is never fast, reads.

    So is a whole number with a fraction of zero, which is a note (AW-INTEGERS).
    """
    id_, data = message
    try:
        packet = rpc.decode(data, sender, answers=answers(id_))
    except CodecError:
        with pytest.raises(CodecError):
            rpc.decode(data, sender, answers=answers(id_), strict=True)
        return
    if any(finding.level != "note" for finding in packet.findings):
        with pytest.raises(CodecError) as caught:
            rpc.decode(data, sender, answers=answers(id_), strict=True)
        # Of a result that is not as those of its method, strict reading names the clause of the member, lenient GJ-E82.
        where = {finding.path for finding in packet.findings}
        assert caught.value.clause in packet.deviations or caught.value.path in where
    else:
        strict = rpc.decode(data, sender, answers=answers(id_), strict=True)
        assert (strict.message, strict.body) == (packet.message, packet.body)


@settings(max_examples=examples(200), deadline=None)
@given(message=DISTURBED, sender=SENDERS)
def test_the_fast_way_and_the_careful_way_agree(message: tuple[str, bytes], sender: Any) -> None:
    """Behind a byte order mark, which is noticed and nothing else, nothing is read the fast way."""
    id_, data = message
    quick, careful = (read_or_refused(text, sender, answers(id_), strict=False) for text in (data, BOM + data))
    assert (quick is None) == (careful is None)
    if quick is None or careful is None:
        return
    assert (quick.message, quick.body, quick.head) == (careful.message, careful.body, careful.head)
    assert quick.findings == tuple(item for item in careful.findings if item.clause != "AW-BOM")
