"""Packets as values and as bytes, and the flow of one client's messages; without a socket."""

from __future__ import annotations

from contextlib import suppress
from typing import Final, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.fakeserver import effects
from avatarwire.fakeserver.transports.mqtt import packets as packets
from avatarwire.fakeserver.transports.mqtt.inflight import Inflight
from avatarwire.fakeserver.transports.mqtt.packets import (
    Ack,
    Connack,
    Connect,
    Framer,
    Kind,
    Malformed,
    PingResponse,
    Publish,
    Refused,
    ReturnCode,
    Suback,
    Subscribe,
    Unsubscribe,
    Will,
)
from avatarwire.fakeserver.transports.mqtt.parsing import read_answer, read_connect, read_packet
from tests.fakeserver.mqtt import raw

SURROGATES: Final[tuple[Literal["Cs"], ...]] = ("Cs",)
TEXTS = st.text(st.characters(exclude_categories=SURROGATES, exclude_characters="\0"), max_size=50)
TOPICS = st.text(st.characters(exclude_categories=SURROGATES, exclude_characters="\0+#"), min_size=1, max_size=50)


def framed(data: bytes, limit: int = 2**20) -> list[tuple[int, bytes]]:
    framer = Framer(limit)
    framer.feed(data)
    found: list[tuple[int, bytes]] = []
    while (packet := framer.next()) is not None:
        found.append(packet)
    return found


# --- framing ---


@pytest.mark.parametrize(
    ("size", "head"),
    [
        (0, "30 00"),
        (127, "30 7f"),
        (128, "30 80 01"),
        (16_383, "30 ff 7f"),
        (16_384, "30 80 80 01"),
        (2_097_151, "30 ff ff 7f"),
        (2_097_152, "30 80 80 80 01"),
    ],
)
def test_lengths(size: int, head: str) -> None:
    whole = packets.assembled(0x30, b"x" * size)
    assert whole == bytes.fromhex(head) + b"x" * size
    assert framed(whole, limit=size) == [(0x30, b"x" * size)]
    if size:
        with pytest.raises(Malformed, match=f"a packet of {size} bytes, more than the {size - 1} that are taken"):
            framed(whole, limit=size - 1)


@given(st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=5), st.data())
def test_packets_come_out_whole_however_they_are_cut(sent: list[tuple[int, bytes]], data: st.DataObject) -> None:
    stream = b"".join(packets.assembled(*packet) for packet in sent)
    framer = Framer(1000)
    heard: list[tuple[int, bytes]] = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        framer.feed(stream[:size])
        stream = stream[size:]
        while (packet := framer.next()) is not None:
            heard.append(packet)
    assert heard == sent
    assert (len(framer), framer.first) == (0, None)


def test_a_length_may_be_longer_than_it_needs() -> None:
    assert framed(b"\xc0\x80\x80\x80\x00") == [(0xC0, b"")]


@pytest.mark.parametrize("size", range(5))
def test_a_length_that_is_not_complete_is_waited_for(size: int) -> None:
    framer = Framer(10)
    framer.feed((b"\x30" + b"\xff" * 4)[:size])
    assert framer.next() is None
    assert framer.first == (0x30 if size else None)


# --- CONNECT ---


def test_connect() -> None:
    sent = raw.connect("one", keep_alive=300, will=("in", b"\x00gone", 2), clean=False)
    assert (
        sent
        == bytes.fromhex("10 2d 0004 4d515454 04 d4 012c 0003 6f6e65 0002 696e 0005 00676f6e65 0004 616e6e61 000b")
        + b"open sesame"
    )
    ((first, content),) = framed(sent)
    read = read_connect(content, client_id_bytes=10)
    assert first == 0x10
    assert read == Connect("one", False, 300, Will("in", b"\x00gone", 2), "anna", b"open sesame")
    assert "sesame" not in repr(read)


@given(
    st.builds(
        Connect,
        client_id=TEXTS.filter(bool),
        clean=st.booleans(),
        keep_alive=st.integers(0, 65_535),
        user=TEXTS,
        password=st.none() | st.binary(max_size=50),
    )
)
def test_connect_round_trip(packet: Connect) -> None:
    ((_, content),) = framed(packets.connect(packet))
    assert read_connect(content, client_id_bytes=1000) == packet


def test_an_identifier_is_measured_in_bytes() -> None:
    ((_, content),) = framed(raw.connect("ü" * 5))
    assert read_connect(content, client_id_bytes=10).client_id == "ü" * 5
    with pytest.raises(Refused, match=r"longer than 9 bytes \(return code 2\)") as caught:
        read_connect(content, client_id_bytes=9)
    assert caught.value.code == ReturnCode.BAD_IDENTIFIER


@given(st.binary(max_size=80))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for head in (b"", raw.text("MQTT") + b"\x04"):
        with suppress(Malformed, Refused):
            read_connect(head + data, client_id_bytes=10)
    for first in range(256):
        for read in (read_packet, read_answer):
            with suppress(Malformed):
                read(first, data)


# --- other packets ---


@given(TOPICS, st.binary(max_size=300), st.integers(0, 2), st.integers(1, 65_535), st.booleans())
def test_publish_round_trip(topic: str, data: bytes, qos: int, number: int, duplicate: bool) -> None:
    duplicate = duplicate and qos > 0
    whole = packets.publish(topic, data, qos, number, duplicate=duplicate)
    assert whole == raw.publish(topic, data, qos, number, flags=8 * duplicate)
    ((first, content),) = framed(whole)
    expected = Publish(topic, data, qos, number if qos else 0, duplicate, False)
    assert read_packet(first, content) == read_answer(first, content) == expected


@pytest.mark.parametrize(
    ("flags", "content", "reason"),
    [
        (0, b"", "ends within its length of the topic name"),
        (0, b"\x00\x05live", "ends within its topic name"),
        (2, b"\x00\x04live\x01", "ends within its packet id"),
        (2, b"\x00\x04live\x00\x00", "packet id 0"),
        (0, b"\x00\x00{}", "is empty"),
        (0, b"\x00\x02a#{}", "contains a wildcard"),
        (0, b"\x00\x02a\xff{}", "is not UTF-8"),
        (0, b"\x00\x02a\x00{}", "contains the character NUL"),
        (0, b"\x01\x00" + b"x" * 255 + b"+", "contains a wildcard"),
    ],
)
def test_a_publish_that_is_none(flags: int, content: bytes, reason: str) -> None:
    for _ in range(2):  # what is right is remembered, and what is wrong is not
        with pytest.raises(Malformed, match=reason):
            read_packet(0x30 | flags, content)


@pytest.mark.parametrize("size", [1, 254, 255, 65_535])
def test_topics_of_any_length(size: int) -> None:
    ((first, content),) = framed(packets.publish("x" * size, b"{}", 1, 7))
    assert read_packet(first, content) == Publish("x" * size, b"{}", 1, 7, False, False)


@pytest.mark.parametrize(
    ("first", "content", "reason"),
    [
        (0x40, b"\x01", "ends within its packet id"),
        (0x40, b"\x00\x00", "packet id 0"),
        (0x40, b"\x01\x02\x03", "1 bytes more"),
        (0x42, b"\x01\x02", "flags 0x2 where 0x0 belongs"),
    ],
)
def test_an_acknowledgement_that_is_none(first: int, content: bytes, reason: str) -> None:
    with pytest.raises(Malformed, match=reason):
        read_packet(first, content)


def test_publish_to_a_topic_that_is_too_long() -> None:
    with pytest.raises(OverflowError):
        packets.publish("x" * 65_536, b"")


@given(st.lists(st.tuples(TOPICS, st.integers(0, 2)), min_size=1, max_size=4), st.integers(1, 65_535))
def test_subscribe_round_trip(topics: list[tuple[str, int]], number: int) -> None:
    packet = Subscribe(number, tuple(topics))
    whole = packets.subscribe(packet)
    assert whole == raw.subscribe(*topics, number=number)
    ((first, content),) = framed(whole)
    assert read_packet(first, content) == packet
    ((first, content),) = framed(raw.unsubscribe(*(topic for topic, _ in topics), number=number))
    assert read_packet(first, content) == Unsubscribe(number, tuple(topic for topic, _ in topics))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Kind.PUBACK, "40 02 01 02"),
        (Kind.PUBREC, "50 02 01 02"),
        (Kind.PUBREL, "62 02 01 02"),
        (Kind.PUBCOMP, "70 02 01 02"),
    ],
)
def test_acknowledgements(kind: Kind, data: str) -> None:
    assert packets.ack(kind, 0x102) == bytes.fromhex(data)
    ((first, content),) = framed(bytes.fromhex(data))
    assert read_packet(first, content) == read_answer(first, content) == Ack(kind, 0x102)


def test_what_servers_send() -> None:
    assert packets.connack(ReturnCode.NOT_AUTHORISED) == b"\x20\x02\x00\x05"
    assert read_answer(0x20, b"\x01\x00") == Connack(True, 0)
    assert read_answer(0x90, b"\x00\x01\x02\x80") == Suback(1, (2, 0x80))
    assert read_answer(0xD0, b"") == PingResponse()
    with pytest.raises(Malformed, match="type 8, which no server sends now"):
        read_answer(0x82, b"")
    assert (packets.PINGREQ, packets.PINGRESP, packets.DISCONNECT) == (b"\xc0\x00", b"\xd0\x00", b"\xe0\x00")


# --- the flow of messages ---


def message(data: bytes = b"x") -> effects.Publish:
    return effects.Publish("out", data, 2, "told")


def test_packet_ids_are_used_again_once_they_are_free() -> None:
    flow = Inflight(65_535, 2**20)
    assert [flow.keep(message(), 1) for _ in range(65_535)] == list(range(1, 65_536))
    assert flow.keep(message(), 1) == 0
    assert flow.answer(Ack(Kind.PUBACK, 7)) == b""
    assert flow.keep(message(), 1) == 7
    flow.answer(Ack(Kind.PUBACK, 65_535))
    flow.answer(Ack(Kind.PUBACK, 3))
    assert [flow.keep(message(), 1) for _ in range(3)] == [65_535, 3, 0]


def test_room_is_counted_in_bytes_too() -> None:
    flow = Inflight(10, 100)
    first = flow.keep(message(b"x" * 60), 1)
    assert flow.keep(message(b"x" * 41), 1) == 0
    assert flow.keep(message(b"x" * 40), 1)
    flow.answer(Ack(Kind.PUBACK, first))
    assert flow.keep(message(b"x" * 60), 2)


def test_quality_0_is_kept_until_it_is_sent() -> None:
    flow = Inflight(1, 100)
    number = flow.keep(message(b"later"), 0)
    assert not flow.all_done
    assert flow.packet(number) == raw.publish("out", b"later")
    assert flow.all_done


def test_quality_2_goes_step_by_step() -> None:
    flow = Inflight(10, 100)
    number = flow.keep(message(), 2)
    assert flow.packet(number) == raw.publish("out", b"x", 2, number)
    assert flow.packet(number) == raw.publish("out", b"x", 2, number, flags=8)
    assert flow.answer(Ack(Kind.PUBACK, number)) == b""  # not the answer to this
    assert flow.answer(Ack(Kind.PUBCOMP, number)) == b""  # too early
    assert flow.answer(Ack(Kind.PUBREC, number)) == raw.pubrel(number)
    assert flow.packet(number) == raw.pubrel(number)
    assert flow.owed() == [(number, message(), 2)]
    assert flow.answer(Ack(Kind.PUBCOMP, number)) == b""
    assert flow.owed() == []


def test_a_packet_id_may_be_forgotten() -> None:
    flow = Inflight(10, 100)
    packet = Publish("in", b"", 2, 4, False, False)
    assert [flow.is_new(packet), flow.is_new(packet)] == [True, False]
    flow.forget_received(4)
    assert [flow.is_new(packet), flow.is_new(packet)] == [True, False]
    flow.forget_all_received()
    assert flow.is_new(packet)
    assert [flow.receipt(Publish("in", b"", qos, 4, False, False)) for qos in range(3)] == [
        b"",
        raw.puback(4),
        raw.pubrec(4),
    ]
