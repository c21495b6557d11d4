"""MQTT by hand: packets as the standard shows them, and a link against a broker that is written out."""

from __future__ import annotations

import pytest

from avatarwire.conformance.engine import mqtt_packets as packets
from avatarwire.conformance.engine.case import Differs
from avatarwire.conformance.engine.mqtt_link import Delivered, MqttLink
from avatarwire.conformance.engine.mqtt_packets import Packet
from avatarwire.conformance.engine.web_socket import Closed
from tests.conformance.engine.peer import LIMIT, Line, serving


def ignored(direction: str, topic: str, payload: bytes) -> None:
    del direction, topic, payload


CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


@pytest.mark.parametrize(
    ("packet", "data"),
    [
        (packets.connect("id"), b"\x10\x0e\x00\x04MQTT\x04\x02\x00\x3c\x00\x02id"),
        (
            packets.connect("id", user="u", password="p", keep_alive=5, clean=False),
            b"\x10\x14\x00\x04MQTT\x04\xc0\x00\x05\x00\x02id\x00\x01u\x00\x01p",
        ),
        (
            packets.connect("", will=("t", b"w"), level=3),
            b"\x10\x12\x00\x04MQTT\x03\x06\x00\x3c\x00\x00\x00\x01t\x00\x01w",
        ),
        (packets.publish("a/b", b"hi"), b"\x30\x07\x00\x03a/bhi"),
        (packets.publish("a", b"hi", qos=1, packet_id=258, retain=True), b"\x33\x07\x00\x01a\x01\x02hi"),
        (packets.subscribe(1, "a", 1), b"\x82\x06\x00\x01\x00\x01a\x01"),
        (packets.unsubscribe(1, "a"), b"\xa2\x05\x00\x01\x00\x01a"),
        (packets.puback(7), b"\x40\x02\x00\x07"),
    ],
)
def test_packets_as_the_standard_has_them(packet: bytes, data: bytes) -> None:
    assert packet == data


def test_packets_are_split_off_one_by_one_however_they_come() -> None:
    data = packets.publish("t", b"x" * 200) + packets.PINGREQ + b"\x30"
    first, rest = packets.split(data)
    assert first == Packet(packets.PUBLISH, 0, b"\x00\x01t" + b"x" * 200)
    assert packets.split(rest) == (Packet(12, 0, b""), b"\x30")
    assert packets.split(b"\x30") == (None, b"\x30")
    assert packets.split(data[:100]) == (None, data[:100])
    with pytest.raises(ValueError, match="more than four bytes"):
        packets.split(b"\x30\xff\xff\xff\xff\x01")


def test_a_publish_is_read() -> None:
    packet, _ = packets.split(packets.publish("a/b", b"hi", qos=1, packet_id=9))
    assert packet is not None
    assert packets.published(packet) == ("a/b", b"hi", 1, 9)


async def broker(line: Line) -> None:
    """Takes a login and a subscription, then says one message of each QoS, and echoes what is published."""
    await line.reader.readexactly(16)
    await line.say(CONNACK)
    await line.reader.readexactly(8)
    await line.say(SUBACK, packets.publish("t", b"zero"), packets.publish("t", b"one", qos=1, packet_id=5))
    assert await line.reader.readexactly(4) == packets.puback(5)
    published = await line.reader.readexactly(9)
    await line.say(b"\x40\x02\x00\x02", published)
    assert await line.reader.readexactly(4) == packets.puback(2)
    assert await line.reader.readexactly(2) == packets.PINGREQ
    await line.say(b"\xd0\x00")
    await line.reader.readexactly(6)


async def test_a_link_subscribes_publishes_and_keeps_what_comes() -> None:
    crossed: list[tuple[str, str, bytes]] = []

    def keep(direction: str, topic: str, payload: bytes) -> None:
        crossed.append((direction, topic, payload))

    async with serving(broker) as port:
        link = await MqttLink.open(f"mqtt://127.0.0.1:{port}", patience=LIMIT, seen=keep)
        assert await link.login("me") == 0
        assert await link.subscribe("t", 1) == 1
        assert await link.receive() == Delivered("t", b"zero", 0)
        assert await link.receive() == Delivered("t", b"one", 1)
        await link.publish("u", b"hi", 1)
        assert await link.receive() == Delivered("u", b"hi", 1)
        await link.ping()
        await link.send_raw(b"\x30\x04\x00\x01uh")
        assert await link.receive() == Closed(1006)
        await link.leave()
    assert crossed == [("in", "t", b"zero"), ("in", "t", b"one"), ("out", "u", b"hi"), ("in", "u", b"hi")]


async def test_what_is_no_mqtt_ends_a_link_with_the_reason() -> None:
    async with serving(lambda line: line.say(b"\x30\xff\xff\xff\xff\x01")) as port:
        link = await MqttLink.open(f"mqtt://127.0.0.1:{port}", patience=LIMIT, seen=ignored)
        assert await link.receive() == Closed(1006, "no MQTT: a length of more than four bytes")
        with pytest.raises(Differs, match="the connection is closed"):
            await link.packet(packets.CONNACK)
        await link.leave()


@pytest.mark.parametrize(("suback", "observed"), [(b"\x90\x03\x00\x07\x00", "000700"), (b"\x90\x02\x00\x01", "0001")])
async def test_a_suback_for_another_packet_or_without_a_return_code_differs(suback: bytes, observed: str) -> None:
    async def confused(line: Line) -> None:
        await line.reader.readexactly(8)
        await line.say(suback)
        await line.reader.read()

    async with serving(confused) as port:
        link = await MqttLink.open(f"mqtt://127.0.0.1:{port}", patience=LIMIT, seen=ignored)
        with pytest.raises(Differs) as caught:
            await link.subscribe("t")
        assert caught.value.observed == observed
        await link.leave()


async def test_a_connack_that_is_cut_short_differs() -> None:
    async with serving(lambda line: line.say(b"\x20\x01\x00")) as port:
        link = await MqttLink.open(f"mqtt://127.0.0.1:{port}", patience=LIMIT, seen=ignored)
        with pytest.raises(Differs, match="expected a CONNACK of two bytes; observed one of 1"):
            await link.login("me")
        await link.leave()


async def test_a_broker_that_says_nothing_differs() -> None:
    async def silent(line: Line) -> None:
        await line.reader.read()

    async with serving(silent) as port:
        link = await MqttLink.open(f"mqtt://127.0.0.1:{port}", patience=0.2, seen=ignored)
        with pytest.raises(Differs, match=r"expected an MQTT packet of type 2; observed nothing within 0\.2 s"):
            await link.login("me")
        assert await link.receive() is None
        await link.leave()
