"""MQTT through a recording: clients, brokers, and what they tell each other, byte by byte."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiomqtt
import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.guiji.aio import connect
from avatarwire.fakeserver import FakeGuiji
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.record import Recording
from avatarwire.fakeserver.record.mqtt_relay import Packets
from avatarwire.fakeserver.record.notebook import Conversation, Notebook, Questions
from avatarwire.fakeserver.record.wire import Sender
from avatarwire.fakeserver.transports.mqtt import packets as mqtt
from avatarwire.fakeserver.vendors import GUIJI
from tests.fakeserver.conftest import Tls
from tests.fakeserver.record.helpers import noted

DESTROY = catalogue.vendor("guiji").encode(
    "DestroySession.request",
    {
        "method": "DestroySession",
        "id": 1,
        "sessionId": "s-7",
        "sender": "1/topicSendClient2",
        "params": {"sessionId": "s-7"},
    },
)


def client(proxy: Recording, **more: str) -> aiomqtt.Client:
    given = {"username": str(proxy.mqtt_user), "password": str(proxy.mqtt_password)} | more
    return aiomqtt.Client("127.0.0.1", int(proxy.mqtt_url.rpartition(":")[2]), **given)  # type: ignore[arg-type]


async def test_what_a_client_does_at_the_broker_is_kept() -> None:
    async with FakeGuiji() as fake, Recording("guiji", upstream=fake.http_url, ready=fake.ready) as proxy:
        async with connect(proxy, timeout=60) as session:
            await session.say("Hello.")
        gone = await proxy.journal.expect(where=lambda entry: entry.body == "disconnected", timeout=30)
        asked = proxy.journal.entries("pushPlayListManager.request")
        told = proxy.journal.entries("pushPlayListManager.result")
        ours = [(it.direction, it.message, it.raw, it.session) for it in proxy.journal.entries(transport="mqtt")]
        theirs = [(it.direction, it.message, it.raw, it.session) for it in fake.journal.entries(transport="mqtt")]
        qos = [
            [(it.meta["topic"], it.meta["qos"]) for it in journal.entries(transport="mqtt")]
            for journal in (proxy.journal, fake.journal)
        ]
    assert ours == theirs
    assert qos[0] == qos[1]
    assert [entry.reply_to for entry in told] == [entry.seq for entry in asked]
    [connected], [subscribed] = noted(proxy.journal, "connected"), noted(proxy.journal, "subscribed")
    assert (connected.meta["user"], subscribed.meta["qos"]) == (fake.mqtt_user, 1)
    assert gone.meta["reason"] == "the client has said DISCONNECT"


async def test_a_wrong_password_and_a_foreign_topic_are_refused_by_the_broker() -> None:
    async with FakeGuiji() as fake, Recording("guiji", upstream=fake.http_url, ready=fake.ready) as proxy:
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)bad user name|not authori"):
            async with client(proxy, password="wrong"):
                raise AssertionError("it was let in")
        async with client(proxy) as known:
            [granted] = await known.subscribe("not/mine", qos=1)
            assert granted == 128
    [refused] = noted(proxy.journal, "refused")
    assert (refused.meta["return_code"], refused.meta["user"]) == (4, fake.mqtt_user)
    assert "wrong" not in repr(proxy.journal.entries())
    [subscription] = noted(proxy.journal, "a subscription was refused")
    assert subscription.meta["topic"] == "not/mine"


@pytest.mark.parametrize("qos", [0, 1])
async def test_what_is_no_message_passes_and_is_noted(qos: int) -> None:
    async with FakeGuiji() as fake, Recording("guiji", upstream=fake.http_url, ready=fake.ready) as proxy:
        async with client(proxy) as known:
            await known.publish("live-proxy-0", b"\x00no JSON", qos=qos)
            await known.publish("live-proxy-0", DESTROY, qos=qos)
            await fake.journal.expect("DestroySession.request", timeout=30)
        ours = proxy.journal.entries(transport="mqtt", direction="in")
        theirs = fake.journal.entries(transport="mqtt", direction="in")
    assert [(it.raw, it.meta["qos"]) for it in ours] == [(it.raw, it.meta["qos"]) for it in theirs]
    assert [found.clause for found in ours[0].violations] == ["GJ-R124"]
    assert ours[1].session == "s-7"


async def test_a_broker_that_is_not_there_is_told_in_the_words_of_mqtt() -> None:
    warned: list[str] = []
    place = {"mqtt_url": "mqtt://127.0.0.1:1", "mqtt_user": "u", "mqtt_password": "p"}
    async with Recording("guiji", upstream="http://127.0.0.1:1", ready=place, warn=warned.append) as proxy:
        with pytest.raises(aiomqtt.MqttError, match=r"(?i)unavailable"):
            async with client(proxy):
                raise AssertionError("it was let in")
    assert noted(proxy.journal, "the broker does not answer")
    assert warned[0].startswith("the broker does not answer: mqtt://127.0.0.1:1 does not answer:")


async def test_a_broker_is_reached_by_tls(tls: Tls) -> None:
    async with FakeGuiji(ssl_context=tls.server) as fake:
        assert fake.mqtt_url.startswith("mqtts://")
        ready = {**fake.ready, "ca_file": str(tls.ca_file)}
        async with (
            Recording("guiji", upstream=fake.http_url, ready=ready) as proxy,
            connect(proxy, timeout=60) as session,
        ):
            assert (await session.say("Hello.")).text == "Hello."
        assert proxy.journal.entries("CreateNewSession.result")
        async with Recording("guiji", upstream=fake.http_url, ready={**fake.ready, "ca_file": ""}) as proxy:
            with pytest.raises(aiomqtt.MqttError):
                async with client(proxy):
                    raise AssertionError("it was let in")
    [note] = noted(proxy.journal, "the broker does not answer")
    assert "certificate is not trusted" in str(note.meta["reason"])


async def test_a_recording_stops_while_a_client_listens(tmp_path: Path) -> None:
    async with FakeGuiji() as fake:
        async with Recording("guiji", upstream=fake.http_url, ready=fake.ready, out=tmp_path / "x") as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.mqtt_url.rpartition(":")[2]))
            writer.write(mqtt.connect(mqtt.Connect("c", True, 60, None, fake.mqtt_user, fake.mqtt_password.encode())))
            assert await reader.readexactly(4) == mqtt.connack(0)
        assert await asyncio.wait_for(reader.read(), 30) == b""
        writer.close()
    assert [entry.meta["reason"] for entry in noted(proxy.journal, "disconnected")] == ["without DISCONNECT"]


def test_without_a_broker_it_says_so() -> None:
    with Recording("guiji", upstream="http://127.0.0.1:1") as proxy:
        assert (proxy.mqtt_url, proxy.lacking) == (
            "",
            ("there is no mqtt_url in --ready: MQTT does not come this way",),
        )


# --- packets ---


def reading() -> tuple[Packets, Journal]:
    journal = Journal(RealClock(), vendor="guiji")
    wire = GUIJI.recorded({})
    assert wire.delivery is not None
    notebook = Notebook(wire, journal, RealClock())
    return Packets(Conversation(notebook, wire.delivery, "mqtt", "c1", "", Questions())), journal


def text(data: str) -> bytes:
    return len(data).to_bytes(2, "big") + data.encode()


def test_packets_of_mqtt_5_are_read_with_their_properties() -> None:
    packets, journal = reading()
    will = b"\x05" + text("w")[:0] + b"\x18\0\0\0\1" + text("topic") + text("gone")
    connect_5 = text("MQTT") + b"\x05\xc6\0\x3c" + b"\x03\x21\0\x05" + text("me") + will + text("user") + text("pw")
    packets.feed(mqtt.assembled(0x10, connect_5), "client")
    packets.feed(mqtt.assembled(0x20, b"\0\0\0"), "server")
    packets.feed(mqtt.assembled(0x82, b"\0\1\0" + text("a") + b"\1" + text("b") + b"\0"), "client")
    packets.feed(mqtt.assembled(0x90, b"\0\1\0\1\x87"), "server")
    published = text("live-proxy-0") + b"\0\2" + b"\x81\x01" + b"\x26" + b"x" * 128 + DESTROY
    packets.feed(mqtt.assembled(0x3B, published), "client")
    packets.feed(mqtt.assembled(0xA2, b"\0\3\0" + text("a")), "client")
    packets.feed(mqtt.DISCONNECT, "client")
    packets.ended()
    assert [entry.body for entry in journal.entries(transport="note")] == [
        "connected", "subscribed", "a subscription was refused", "unsubscribed", "disconnected",
    ]  # fmt: skip
    [message] = journal.entries(transport="mqtt")
    assert (message.message, message.raw) == ("DestroySession.request", DESTROY)
    assert message.meta == {"topic": "live-proxy-0", "qos": 1, "client_id": "me", "duplicate": True, "retain": True}
    assert "pw" not in repr(journal.entries())


@pytest.mark.parametrize(
    ("packet", "sender", "reason"),
    [
        (mqtt.DISCONNECT, "client", "the client has said DISCONNECT"),
        (mqtt.DISCONNECT, "server", "without DISCONNECT"),  # of MQTT 5
        (b"", "client", "without DISCONNECT"),
    ],
)
def test_a_goodbye_is_that_of_who_has_said_it(packet: bytes, sender: Sender, reason: str) -> None:
    packets, journal = reading()
    packets.feed(packet, sender)
    packets.ended()
    [entry] = journal.entries()
    assert (entry.body, entry.meta["reason"]) == ("disconnected", reason)


def test_a_length_of_properties_without_end_takes_no_time_and_ends_the_reading() -> None:
    packets, journal = reading()
    packets.feed(mqtt.assembled(0x10, text("MQTT") + b"\x05\x02\0\x3c" + b"\0" + text("me")), "client")
    packets.feed(mqtt.assembled(0x30, text("t") + b"\xff" * 5_000_000), "client")
    [note] = noted(journal, "what follows is passed on, and not read")
    assert note.meta["reason"] == "the length of the properties takes more than four bytes"


@pytest.mark.parametrize("wire", [b"\x30\2\0\5", mqtt.assembled(0x10, b"\0\4MQ"), b"\x30\xff\xff\xff\xff\x01"])
def test_what_is_no_mqtt_is_told_once(wire: bytes) -> None:
    packets, journal = reading()
    packets.feed(wire, "client")
    packets.feed(mqtt.publish("live-proxy-0", b"{}"), "client")
    packets.feed(mqtt.publish("t", b"{}"), "server")
    [note] = noted(journal, "what follows is passed on, and not read")
    assert (note.meta["sender"], [found.clause for found in note.violations]) == ("client", ["MQTT-4.8.0-1"])
    assert [entry.direction for entry in journal.entries(transport="mqtt")] == ["out"]


def test_a_packet_may_come_in_pieces_and_several_at_once() -> None:
    packets, journal = reading()
    wire = mqtt.publish("live-proxy-0", b'{"id":1}') * 3
    for byte in wire:
        packets.feed(bytes((byte,)), "client")
    packets.feed(wire, "client")
    assert len(journal.entries(transport="mqtt")) == 6
