"""The front door: who is let in, how others are refused, and what a peer may send; byte by byte over real sockets."""

from __future__ import annotations

import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.transports.mqtt.hooks import Limits
from tests.fakeserver.conftest import Tls
from tests.fakeserver.mqtt.raw import (
    CONNACK_OK,
    DISCONNECT,
    LIMIT,
    Raw,
    connect,
    packet,
    puback,
    publish,
    pubrel,
    subscribe,
    text,
)
from tests.fakeserver.mqtt.running import Echo, Place, running

_LINGER = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""Closing resets the connection."""

HEAD = text("MQTT") + b"\x04"


def refusal(code: int) -> bytes:
    return bytes([0x20, 2, 0, code])


# --- CONNECT ---


def test_a_client_is_let_in_and_out(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.send(connect("one", keep_alive=30))
        assert raw.packet() == CONNACK_OK
        assert place.note("connected").meta == {"client_id": "one", "user": "anna", "clean": True, "keep_alive": 30}
        assert place.clients() == ["one"]
        assert raw.is_alive()
        raw.send(DISCONNECT)
        assert raw.is_closed()
    assert place.note("disconnected").meta == {"client_id": "one", "reason": "said DISCONNECT"}
    assert place.clients() == []


def test_a_client_of_mqtt_5_is_refused_in_its_own_words(place: Place) -> None:
    """A CONNACK of 3.1.1 would be a malformed packet to it: one of MQTT 5 ends with the length of its properties."""
    with Raw(place.port) as raw:
        raw.send(packet(0x10, text("MQTT") + b"\x05\x02\x00\x00\x00" + text("v5")))
        assert raw.packet() == b"\x20\x03\x00\x84\x00"  # 0x84: unsupported protocol version
        assert raw.is_closed()
    noted = place.note("connection refused")
    assert noted.meta["code"] == 0x84
    assert "level 5, only level 4 (MQTT 3.1.1) is spoken" in str(noted.meta["reason"])


def test_a_connect_may_come_byte_by_byte(place: Place) -> None:
    with Raw(place.port) as raw:
        for byte in connect("one", will=("in", b"gone", 1)) + publish("in", b"hello", 1, 9):
            raw.send(bytes([byte]))
        assert raw.read(4) == CONNACK_OK
        assert raw.packet() == puback(9)
    assert place.behaviour.deliveries[0].data == b"hello"


@pytest.mark.parametrize("size", range(len(connect("one"))))
def test_a_connect_that_is_cut_off_is_noted(place: Place, size: int) -> None:
    with Raw(place.port) as raw:
        raw.send(connect("one")[:size])
        raw.end()
        assert raw.is_closed()
    assert place.note("closed before a CONNECT was complete").meta["bytes"] == size


@pytest.mark.parametrize(
    ("sent", "code", "reason"),
    [
        pytest.param(connect(level=3, name="MQIsdp"), 1, "protocol MQIsdp level 3", id="MQTT 3.1"),
        pytest.param(connect(level=4, name="MQIsdp"), 1, "protocol MQIsdp level 4", id="old name"),
        pytest.param(connect(level=3), 1, "level 3", id="level 3"),
        pytest.param(connect(level=0x84), 1, "level 132", id="bridge"),
        pytest.param(connect("", clean=False), 2, "[MQTT-3.1.3-8]", id="no identifier"),
        pytest.param(connect("x" * 257), 2, "longer than 256 bytes", id="long identifier"),
        pytest.param(connect(password="wrong"), 4, "wrong user name or password", id="password"),
        pytest.param(connect(password=""), 4, "wrong user name or password", id="empty password"),
        pytest.param(connect(password=None), 4, "wrong user name or password", id="no password"),
        pytest.param(connect(user="berta"), 4, "wrong user name or password", id="user"),
        pytest.param(connect(user=""), 4, "wrong user name or password", id="empty user"),
        pytest.param(connect(user=None), 4, "[MQTT-3.1.2-22]", id="password without user"),
        pytest.param(connect(user=None, password=None), 5, "no user name", id="anonymous"),
    ],
)
def test_a_connect_is_refused(place: Place, sent: bytes, code: int, reason: str) -> None:
    with Raw(place.port) as raw:
        began = time.perf_counter()
        raw.send(sent)
        assert raw.packet() == refusal(code)
        assert raw.is_closed()
        assert time.perf_counter() - began < 1
    noted = place.note("connection refused").meta
    assert noted["code"] == code
    assert reason in str(noted["reason"])
    assert "sesame" not in repr([entry.to_dict() for entry in place.journal.entries()])


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "no CONNECT", id="HTTP"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00", "no CONNECT", id="TLS"),
        pytest.param(b"\x00", "no CONNECT", id="type 0"),
        pytest.param(publish("in", b""), "no CONNECT", id="PUBLISH"),
        pytest.param(b"\x11", "no CONNECT", id="flags"),
        pytest.param(b"\x10\xff\xff\xff\xff", "more than four bytes", id="length"),
        pytest.param(b"\x10\xff\xff\xff\x7f", "268435455 bytes", id="size"),
        pytest.param(packet(0x10, text("MQTX") + b"\x04\x02\x00\x00" + text("a")), "[MQTT-3.1.2-1]", id="name"),
        pytest.param(packet(0x10, HEAD + b"\x03\x00\x00" + text("a")), "[MQTT-3.1.2-3]", id="reserved"),
        pytest.param(packet(0x10, HEAD + b"\x0a\x00\x00" + text("a")), "[MQTT-3.1.2-13]", id="will qos"),
        pytest.param(packet(0x10, HEAD + b"\x22\x00\x00" + text("a")), "[MQTT-3.1.2-13]", id="will retain"),
        pytest.param(packet(0x10, HEAD + b"\x1e\x00\x00" + text("a")), "[MQTT-3.1.2-14]", id="will qos 3"),
        pytest.param(
            packet(0x10, HEAD + b"\x06\x00\x00" + text("a") + text("a/#") + text("")), "[MQTT-3.3.2-2]", id="will topic"
        ),
        pytest.param(packet(0x10, HEAD + b"\x02\x00\x00" + text(b"\xff")), "[MQTT-1.5.3-1]", id="no UTF-8"),
        pytest.param(packet(0x10, HEAD + b"\x02\x00\x00" + text(b"\xed\xa0\x80")), "[MQTT-1.5.3-1]", id="surrogate"),
        pytest.param(packet(0x10, HEAD + b"\x02\x00\x00" + text("a\0b")), "[MQTT-1.5.3-2]", id="NUL"),
        pytest.param(packet(0x10, HEAD + b"\x82\x00\x00" + text("a")), "length of the user name", id="no user"),
        pytest.param(packet(0x10, HEAD + b"\x02\x00\x00\x00\x05a"), "client identifier", id="short"),
        pytest.param(packet(0x10, HEAD + b"\x02\x00\x00" + text("a") + b"more"), "4 bytes more", id="long"),
        pytest.param(packet(0x10, b""), "protocol name", id="empty"),
    ],
)
def test_what_is_no_connect_is_closed(place: Place, sent: bytes, reason: str) -> None:
    with Raw(place.port) as other, Raw(place.port) as raw:
        other.login("other")
        raw.send(sent)
        assert raw.is_closed()
        assert other.is_alive()
    assert reason in str(place.note("no MQTT").meta["reason"])


def test_a_silent_peer_is_closed_in_the_clocks_time() -> None:
    clock = VirtualClock()
    with (
        running(clock=clock, limits=Limits(connect_seconds=3)) as place,
        Raw(place.port) as raw,
        Raw(place.port) as in_,
    ):
        in_.login()
        raw.send(connect("late")[:5])
        while clock.pending != 1:  # the one of the silent peer
            pass
        clock.advance(2.9)
        assert place.journal.entries(where=lambda entry: entry.body == "no CONNECT in time") == []
        clock.advance(0.2)
        assert raw.is_closed()
        assert place.note("no CONNECT in time").meta["seconds"] == 3
        assert in_.is_alive()
        assert clock.pending == 0


def test_clients_without_an_identifier_get_one(place: Place) -> None:
    with Raw(place.port) as named, Raw(place.port) as first, Raw(place.port) as second:
        named.login("anonymous-1")
        first.login("")
        second.login("")
        assert set(place.broker.clients) == {"anonymous-1", "anonymous-2", "anonymous-3"}


def test_a_failing_behaviour_lets_nobody_in(quiet_log: None) -> None:
    class Failing(Echo):
        def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
            raise LookupError("secret text")

    with running(Failing()) as place, Raw(place.port) as raw:
        raw.send(connect())
        assert raw.packet() == refusal(4)
        assert "LookupError in " in str(place.note("the behaviour failed").meta["failure"])


def test_a_thousand_refused_logins_leave_nothing(place: Place) -> None:
    with Raw(place.port) as living:
        living.login("one", ("out", 1))
        before = place.tasks()
        for _ in range(1000):
            with Raw(place.port) as raw:
                raw.send(connect("one", password="wrong"))
                assert raw.packet() == refusal(4)
        place.note("connection refused", count=1000)
        assert place.tasks() == before
        assert place.broker.clients == ("one",)
        living.send(publish("in", b"still here"))
        assert living.packet() == publish("out", b"still here")


def test_data_behind_a_refused_connect_does_not_lose_the_refusal(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.send(connect(password="wrong"), publish("in", b"x" * 200_000))
        assert raw.packet() == refusal(4)
        assert raw.is_closed()
    assert place.behaviour.deliveries == []


# --- packets after CONNECT ---


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        pytest.param(connect(), "[MQTT-3.1.0-2]", id="second CONNECT"),
        pytest.param(b"\x00\x00", "reserved type 0", id="type 0"),
        pytest.param(b"\xf0\x00", "reserved type 15", id="type 15"),
        pytest.param(CONNACK_OK, "CONNACK, which only servers send", id="CONNACK"),
        pytest.param(b"\x90\x03\x00\x01\x00", "SUBACK, which only servers send", id="SUBACK"),
        pytest.param(b"\xb0\x02\x00\x01", "UNSUBACK, which only servers send", id="UNSUBACK"),
        pytest.param(b"\xd0\x00", "PINGRESP, which only servers send", id="PINGRESP"),
        pytest.param(packet(0x36, text("in") + b"\0\1x"), "[MQTT-3.3.1-4]", id="quality of service 3"),
        pytest.param(packet(0x38, text("in") + b"x"), "[MQTT-3.3.1-2]", id="duplicate with 0"),
        pytest.param(packet(0x32, text("in") + b"\0\0x"), "[MQTT-2.3.1-1]", id="packet id 0"),
        pytest.param(packet(0x32, text("in")), "packet id", id="no packet id"),
        pytest.param(packet(0x30, text("")), "[MQTT-4.7.3-1]", id="empty topic"),
        pytest.param(packet(0x30, text("in/#")), "[MQTT-3.3.2-2]", id="wildcard"),
        pytest.param(packet(0x30, text("+")), "[MQTT-3.3.2-2]", id="other wildcard"),
        pytest.param(packet(0x30, text(b"\xc3")), "[MQTT-1.5.3-1]", id="no UTF-8"),
        pytest.param(packet(0x30, text("i\0n")), "[MQTT-1.5.3-2]", id="NUL"),
        pytest.param(b"\x30\x00", "topic name", id="empty PUBLISH"),
        pytest.param(b"\x30\xff\xff\xff\xff\x01", "more than four bytes", id="length"),
        pytest.param(b"\x30\x81\x80\x40", "1048577 bytes", id="size"),
        pytest.param(packet(0x80, b"\0\1" + text("out") + b"\0"), "[MQTT-2.2.2-2]", id="SUBSCRIBE flags"),
        pytest.param(packet(0x82, b"\0\1"), "topic filter", id="empty SUBSCRIBE"),
        pytest.param(packet(0x82, b"\0\0" + text("out") + b"\0"), "[MQTT-2.3.1-1]", id="SUBSCRIBE id 0"),
        pytest.param(packet(0x82, b"\0\1" + text("out") + b"\3"), "[MQTT-3.8.3-4]", id="SUBSCRIBE qos 3"),
        pytest.param(packet(0x82, b"\0\1" + text("out")), "quality of service", id="SUBSCRIBE cut off"),
        pytest.param(packet(0x82, b"\0\1" + text("") + b"\0"), "[MQTT-4.7.3-1]", id="SUBSCRIBE to nothing"),
        pytest.param(packet(0xA2, b"\0\1"), "topic filter", id="empty UNSUBSCRIBE"),
        pytest.param(packet(0xA0, b"\0\1" + text("out")), "[MQTT-2.2.2-2]", id="UNSUBSCRIBE flags"),
        pytest.param(b"\x41\x02\x00\x01", "[MQTT-2.2.2-2]", id="PUBACK flags"),
        pytest.param(b"\x60\x02\x00\x01", "[MQTT-2.2.2-2]", id="PUBREL flags"),
        pytest.param(b"\x40\x02\x00\x00", "[MQTT-2.3.1-1]", id="PUBACK id 0"),
        pytest.param(b"\x40\x03\x00\x01\x00", "1 bytes more", id="PUBACK long"),
        pytest.param(b"\xc0\x01\x00", "1 bytes more", id="PINGREQ long"),
        pytest.param(b"\xe1\x00", "[MQTT-2.2.2-2]", id="DISCONNECT flags"),
    ],
)
def test_a_client_that_breaks_the_protocol_is_closed_and_no_other(place: Place, sent: bytes, reason: str) -> None:
    with Raw(place.port) as other, Raw(place.port) as raw:
        other.login("other", ("out", 0))
        raw.login("one")
        raw.send(publish("in", b"before"), sent, publish("in", b"after"))
        assert raw.is_closed()
        assert other.packet() == publish("out", b"before")
        assert other.is_alive()
    assert reason in str(place.note("no MQTT").meta["reason"])
    assert place.note("disconnected", client_id="one").meta["reason"] == "broke the protocol"
    assert [delivery.data for delivery in place.behaviour.deliveries] == [b"before"]


def test_a_packet_may_be_as_large_as_the_limit(quiet_log: None) -> None:
    with running(limits=Limits(packet_bytes=1000)) as place, Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        largest = publish("in", b"x" * 996)
        raw.send(largest)
        assert raw.packet() == publish("out", b"x" * 996)
        raw.send(publish("in", b"x" * 997))
        assert raw.is_closed()


def test_acknowledgements_that_nobody_waits_for_are_taken(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login()
        raw.send(puback(5), b"\x70\x02\x00\x05", b"\x50\x02\x00\x05", pubrel(6))
        assert raw.packet() == pubrel(5)
        assert raw.packet() == b"\x70\x02\x00\x06"
        assert raw.is_alive()


# --- ends ---


def test_what_comes_with_its_end_is_taken(place: Place) -> None:
    """Everything in one piece, the end included: all of it counts, and is answered."""
    with Raw(place.port) as raw:
        raw.send(connect(), subscribe(("out", 1)), publish("in", b"a", 1, 5), publish("in", b"b"), DISCONNECT)
        raw.end()
        assert raw.packet() == CONNACK_OK
        assert raw.packet() == b"\x90\x03\x00\x07\x01"
        assert raw.packet() == publish("out", b"a", 1, 1)
        assert raw.packet() == puback(5)
        assert raw.packet() == publish("out", b"b")
        assert raw.is_closed()


def test_what_comes_before_a_reset_is_taken(place: Place) -> None:
    with Raw(place.port) as raw:
        raw.login()
        raw.send(*(publish("in", b"%d" % number, 1, number + 1) for number in range(50)))
        place.journal.expect_sync(transport="mqtt", direction="in", count=50)
        raw.socket.setsockopt(*_LINGER)
    place.note("disconnected")
    assert len(place.behaviour.deliveries) == 50


def test_resets_in_the_middle_of_a_goodbye(place: Place) -> None:
    for number in range(100):
        with Raw(place.port) as raw:
            raw.socket.setsockopt(*_LINGER)
            raw.send(connect("one" if number % 2 else "two"), *((DISCONNECT,) if number % 3 else (b"\0\0",)))
    with Raw(place.port) as raw:
        raw.login("one", ("out", 0))
        assert raw.is_alive()
    while place.clients():
        pass


def test_silence_beyond_the_keep_alive_ends_a_connection(place: Place) -> None:
    with Raw(place.port) as raw, Raw(place.port) as patient:
        patient.login("patient", keep_alive=60)
        began = time.perf_counter()
        raw.login("one", keep_alive=1)
        assert raw.is_closed()
        assert 1.4 < time.perf_counter() - began < 5
        assert patient.is_alive()
    assert "keep-alive" in str(place.note("disconnected", client_id="one").meta["reason"])


def test_a_peer_that_does_not_read_is_cut_off(quiet_log: None) -> None:
    with running(limits=Limits(unsent_bytes=100_000)) as place, Raw(place.port) as raw, Raw(place.port) as other:
        raw.login("lazy", ("out", 0))
        other.login("other")
        while "lazy" in place.broker.clients:
            place.publish("out", b"x" * 50_000)
        place.note("does not read what it is sent", client_id="lazy")
        assert other.is_alive()


def test_a_peer_that_does_not_read_is_not_listened_to(quiet_log: None) -> None:
    """It fills its own connection, and nothing of ours."""
    with running(limits=Limits(unsent_bytes=2**26)) as place, Raw(place.port) as raw:
        raw.login("lazy", ("out", 0))
        raw.socket.settimeout(0.3)
        sent = 0
        with suppress(TimeoutError):
            while sent < 2**25:
                sent += raw.socket.send(publish("in", b"x" * 10_000))
        assert sent < 2**25
        raw.socket.settimeout(LIMIT)
        assert raw.packet() == publish("out", b"x" * 10_000)


def test_half_open_peers_do_not_keep_a_server_from_stopping(quiet_log: None) -> None:
    with running() as place:
        peers = [Raw(place.port) for _ in range(20)]
        for number, raw in enumerate(peers):
            if number % 2:
                raw.login(f"client-{number}")
            else:
                raw.send(connect()[: number + 1])
        began = time.perf_counter()
    assert time.perf_counter() - began < 1
    for raw in peers:
        assert raw.is_closed()
        raw.socket.close()


# --- TLS ---


def test_mqtts(tls: Tls, quiet_log: None) -> None:
    with running(ssl_context=tls.server) as place:
        assert place.broker.url == f"mqtts://127.0.0.1:{place.port}"
        with Raw(place.port, context=tls.client) as raw:
            raw.login("one", ("out", 1))
            raw.send(publish("in", b"hello", 1, 5))
            assert raw.packet() == publish("out", b"hello", 1, 1)
            assert raw.packet() == puback(5)
        with Raw(place.port, context=tls.client) as raw:
            raw.send(connect(password="wrong"))
            assert raw.packet() == refusal(4)
            assert raw.is_closed()


def test_peers_that_speak_no_tls_are_noted(tls: Tls, quiet_log: None) -> None:
    with running(ssl_context=tls.server) as place:
        with Raw(place.port) as raw:
            raw.send(connect())
            place.note("a TLS handshake failed")
        with Raw(place.port), Raw(place.port, context=tls.client) as good:
            good.login()


def ends(raw: Raw) -> None:
    raw.end()


def closes(raw: Raw) -> None:
    raw.socket.close()


@pytest.mark.parametrize("cut", [ends, closes])
def test_tls_peers_that_leave_without_a_word(tls: Tls, quiet_log: None, cut: Callable[[Raw], None]) -> None:
    with running(ssl_context=tls.server) as place:
        with Raw(place.port, context=tls.client) as raw:
            raw.login()
            assert isinstance(raw.socket, ssl.SSLSocket)
            cut(raw)
        place.note("disconnected", client_id="one")
