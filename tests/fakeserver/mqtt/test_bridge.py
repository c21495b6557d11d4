"""The client of a broker elsewhere: against Mosquitto, which is killed meanwhile, and against one that misbehaves."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
import trustme

from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.effects import Delivery, Publish
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.transports.mqtt import bridge as mqtt_client
from avatarwire.fakeserver.transports.mqtt.bridge import Bridge
from avatarwire.fakeserver.transports.mqtt.hooks import Limits
from tests.fakeserver.mqtt.mosquitto import Mosquitto, Script, free_port, mosquitto
from tests.fakeserver.mqtt.raw import (
    CONNACK_OK,
    DISCONNECT,
    LIMIT,
    PINGREQ,
    Raw,
    connect,
    puback,
    pubcomp,
    publish,
    pubrec,
    pubrel,
    subscribe,
)
from tests.fakeserver.mqtt.running import Echo, joined

CONNACK_KNOWN = b"\x20\x02\x01\x00"
SUBACK = b"\x90\x03\x00\x01\x02"


@pytest.fixture
def elsewhere(tmp_path: Path, quiet_log: None) -> Iterator[Mosquitto]:
    with mosquitto(tmp_path) as broker:
        yield broker


def heard(raw: Raw, count: int) -> list[bytes]:
    """Payloads of the next messages of quality 1, acknowledged."""
    found: list[bytes] = []
    while len(found) < count:
        data = raw.packet()
        if data[0] >> 4 == 3:
            assert data[0] & 6 == 2
            found.append(data[9:])
            raw.send(puback(int.from_bytes(data[7:9], "big")))
    return found


# --- Mosquitto ---


def test_requests_are_answered(elsewhere: Mosquitto) -> None:
    with joined(elsewhere.url) as scene, Raw(elsewhere.port) as raw:
        assert scene.broker.url == f"mqtt://127.0.0.1:{elsewhere.port}"
        raw.login("one", ("out", 2))
        raw.send(publish("in", b"a"))
        assert raw.packet() == publish("out", b"a")
        raw.send(publish("in", b"b", 1, 5))
        assert sorted([raw.packet(), raw.packet()]) == sorted([puback(5), publish("out", b"b", 1, 1)])
        raw.send(puback(1), publish("in", b"c", 2, 6))
        assert raw.packet() == pubrec(6)
        raw.send(pubrel(6))
        assert sorted([raw.packet(), raw.packet()]) == sorted([pubcomp(6), publish("out", b"c", 2, 2)])
        raw.send(pubrec(2))
        assert raw.packet() == pubrel(2)
        raw.send(pubcomp(2))
        scene.broker.publish(Publish("out", b"without a loop", 0, "told"))
    assert [(into.data, into.qos) for into in scene.behaviour.deliveries] == [(b"a", 0), (b"b", 1), (b"c", 2)]
    first = scene.behaviour.deliveries[0]
    assert first == Delivery("in", b"a", 0)
    into, out = scene.journal.entries(transport="mqtt")[:2]
    assert (into.direction, into.message, into.meta) == ("in", "ask", {"topic": "in", "qos": 0})
    assert (out.direction, out.message, out.meta) == ("out", "answer", {"topic": "out", "qos": 0})


def test_many_requests_are_answered_in_order(elsewhere: Mosquitto) -> None:
    with joined(elsewhere.url), Raw(elsewhere.port) as raw:
        raw.login("one", ("out", 1))
        for begin in range(0, 200, 20):  # as many as Mosquitto has on their way to one client
            raw.send(*(publish("in", b"%d" % number, 1, number + 1) for number in range(begin, begin + 20)))
            assert heard(raw, 20) == [b"%d" % number for number in range(begin, begin + 20)]


def test_the_broker_is_killed_again_and_again(elsewhere: Mosquitto) -> None:
    """No request that the broker has acknowledged is lost, not even one it has acknowledged with its last breath."""
    acknowledged: list[bytes] = []

    def ask(raw: Raw) -> None:
        """Sends a request, and waits until it is acknowledged."""
        number = len(acknowledged) + 1
        raw.send(publish("in", b"%d" % number, 1, number))
        while (found := raw.packet()) != puback(number):
            if found[0] >> 4 == 3:
                answers.add(found[9:])
                raw.send(puback(int.from_bytes(found[7:9], "big")))
        acknowledged.append(b"%d" % number)

    with joined(elsewhere.url) as scene:
        for life in range(5):
            answers: set[bytes] = set()
            with Raw(elsewhere.port) as raw:
                raw.send(connect("one"), subscribe(("out", 1)))
                for _ in range(20):
                    ask(raw)
                while not answers.issuperset(acknowledged[-20:]):
                    answers.update(heard(raw, 1))
                ask(raw)
                elsewhere.kill()
            scene.note("disconnected from the broker", count=life + 1)
            elsewhere.start()
            scene.note("connected to the broker", count=life + 2)
    assert {delivery.data for delivery in scene.behaviour.deliveries} == set(acknowledged)
    assert len(acknowledged) == 5 * 21


def test_nothing_is_left_in_the_broker(elsewhere: Mosquitto) -> None:
    with joined(elsewhere.url) as scene:
        scene.publish("out", b"still to be acknowledged", 2)
    with Raw(elsewhere.port) as raw:
        raw.send(connect("us", clean=False))
        assert raw.packet() == CONNACK_OK
    with Raw(elsewhere.port) as raw:
        raw.login("us")


def test_a_broker_that_refuses_us(elsewhere: Mosquitto) -> None:
    began = time.perf_counter()
    with (
        pytest.raises(FakeServerError) as caught,
        joined(f"mqtt://anna:wrongly@127.0.0.1:{elsewhere.port}"),
    ):
        pass
    assert time.perf_counter() - began < 4
    reason = (
        f"the MQTT broker at 127.0.0.1:{elsewhere.port} cannot be used: it refuses us: not authorised (return code 5)"
    )
    assert str(caught.value) == reason


def test_over_tls(tmp_path: Path, quiet_log: None) -> None:
    authority = trustme.CA()
    context = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    with mosquitto(tmp_path, authority) as elsewhere:
        url = elsewhere.url.replace("mqtt:", "mqtts:")
        with joined(url, ssl_context=context) as scene, Raw(elsewhere.port, context=context) as raw:
            assert scene.broker.url == f"mqtts://127.0.0.1:{elsewhere.port}"
            raw.login("one", ("out", 0))
            raw.send(publish("in", b"hello"))
            assert raw.packet() == publish("out", b"hello")
        with (
            pytest.raises(FakeServerError, match=r"its certificate cannot be trusted, .*local issuer"),
            joined(url, patience=1.0),
        ):
            pass
        with (
            pytest.raises(FakeServerError, match=r"closed the connection|Connection reset"),
            joined(elsewhere.url, patience=1.0),
        ):
            pass


# --- no broker, or none that behaves ---


def test_nobody_listens(quiet_log: None) -> None:
    port = free_port()
    with (
        pytest.raises(FakeServerError, match=f"at 127.0.0.1:{port} cannot be used: Connection refused$"),
        joined(f"mqtt://anna:secret@127.0.0.1:{port}", patience=1.0),
    ):
        pass


def test_a_host_that_there_is_not(quiet_log: None) -> None:
    with (
        pytest.raises(FakeServerError, match=r"at broker\.invalid:1883 cannot be used: "),
        joined("mqtt://broker.invalid", patience=1.0),
    ):
        pass


def test_a_resolver_that_fails_in_its_own_way(quiet_log: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise LookupError("nobody's")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with (
        pytest.raises(FakeServerError, match="cannot be used: LookupError in "),
        joined("mqtt://broker.invalid", patience=1.0),
    ):
        pass


def answer(*said: bytes) -> Callable[[socket.socket], None]:
    """Reads what comes, and says one thing after the other, each after something has come."""

    def talk(connection: socket.socket) -> None:
        for data in said:
            connection.recv(65536)
            connection.sendall(data)
        while connection.recv(65536):
            pass

    return talk


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        pytest.param((), "no answer in time", id="silence"),
        pytest.param((b"HTTP/1.1 400 Bad Request\r\n\r\n",), "it begins with something else than a CONNACK", id="HTTP"),
        pytest.param((b"\x20\x02\x00\x01",), "refuses us: bad level (return code 1)", id="level"),
        pytest.param((b"\x20\x02\x00\x02",), "refuses us: bad identifier (return code 2)", id="identifier"),
        pytest.param((b"\x20\x02\x00\x04",), "refuses us: bad credentials (return code 4)", id="credentials"),
        pytest.param((b"\x20\x02\x00\x99",), "refuses us: unknown reason (return code 153)", id="unknown"),
        pytest.param((b"\x20\x03\x00\x00\x00",), "1 bytes more than the packet has fields", id="long CONNACK"),
        pytest.param((CONNACK_OK, b"\x90\x03\x00\x01\x80"), "does not let us subscribe to in", id="denied"),
        pytest.param((CONNACK_OK, b"\x90\x02\x00\x01"), "does not let us subscribe to in", id="empty SUBACK"),
        pytest.param((CONNACK_OK,), "no answer in time", id="no SUBACK"),
    ],
)
def test_a_broker_that_does_not_want_us(quiet_log: None, said: tuple[bytes, ...], reason: str) -> None:
    # Whoever is refused does not wait, so only silence has to be waited for.
    patience = 0.5 if reason == "no answer in time" else LIMIT
    with (
        Script(answer(*said)) as script,
        pytest.raises(FakeServerError) as caught,
        joined(script.url, patience=patience),
    ):
        pass
    assert reason in str(caught.value)
    assert f"127.0.0.1:{script.port}" in str(caught.value)
    assert "secret" not in str(caught.value)


def greet(connection: socket.socket, known: bytes = CONNACK_OK) -> None:
    assert connection.recv(65536)[0] == 0x10
    connection.sendall(known)
    assert connection.recv(65536) == subscribe(("in", 2), number=1)
    connection.sendall(SUBACK)
    assert connection.recv(2) == PINGREQ


def greet_and_read(connection: socket.socket) -> None:
    greet(connection)
    answer()(connection)


def read(connection: socket.socket, *packets: bytes) -> None:
    for expected in packets:
        assert connection.recv(len(expected), socket.MSG_WAITALL) == expected


def test_what_comes_again_after_a_reconnect(quiet_log: None) -> None:
    def first(connection: socket.socket) -> None:
        greet(connection)
        connection.sendall(publish("in", b"a", 1, 4) + publish("in", b"b", 2, 5) + publish("in", b"c", 2, 6))
        read(connection, publish("out", b"a", 1, 1), puback(4))
        read(connection, publish("out", b"b", 2, 2), pubrec(5), publish("out", b"c", 2, 3), pubrec(6))
        connection.sendall(pubrec(2) + pubrel(6))
        read(connection, pubrel(2), pubcomp(6))

    def second(connection: socket.socket) -> None:
        greet(connection, CONNACK_KNOWN)
        read(connection, publish("out", b"a", 1, 1, flags=8), pubrel(2), publish("out", b"c", 2, 3, flags=8))
        connection.sendall(
            publish("in", b"a", 1, 4, flags=8) + publish("in", b"b", 2, 5, flags=8) + publish("in", b"new", 2, 6)
        )
        read(connection, publish("out", b"a", 1, 4), puback(4), pubrec(5), publish("out", b"new", 2, 5), pubrec(6))

    def third(connection: socket.socket) -> None:
        """Its state is lost, and it counts anew."""
        greet(connection)
        read(connection, publish("out", b"a", 1, 1, flags=8), pubrel(2), publish("out", b"c", 2, 3, flags=8))
        read(connection, publish("out", b"a", 1, 4, flags=8), publish("out", b"new", 2, 5, flags=8))
        connection.sendall(puback(1) + pubcomp(2) + pubrec(3) + pubcomp(3) + puback(4) + pubrec(5) + pubcomp(5))
        read(connection, pubrel(3), pubrel(5))
        connection.sendall(publish("in", b"d", 2, 5, flags=8))
        read(connection, publish("out", b"d", 2, 6), pubrec(5))
        connection.sendall(pubrec(6) + pubcomp(6))
        read(connection, pubrel(6), DISCONNECT)

    def erasing(connection: socket.socket) -> None:
        assert connection.recv(65536) == connect("us", user="anna", password="secret", keep_alive=10) + DISCONNECT

    with Script(first, second, third, erasing) as script, joined(script.url) as scene:
        scene.note("connected to the broker", count=3)
        scene.journal.expect_sync("ask", count=6)
        scene.journal.expect_sync("answer", where=lambda entry: entry.raw == b"d")
    told = [(delivery.data, delivery.duplicate) for delivery in scene.behaviour.deliveries]
    assert told == [(b"a", False), (b"b", False), (b"c", False), (b"a", True), (b"new", False), (b"d", True)]


def test_answers_wait_for_the_broker(quiet_log: None) -> None:
    back = threading.Event()

    def second(connection: socket.socket) -> None:
        assert back.wait(LIMIT)
        greet(connection)
        read(connection, publish("out", b"0", 1, 1), publish("out", b"1"), publish("out", b"2", 2, 3))
        read(connection, publish("out", b"3", 1, 4))
        connection.sendall(puback(1) + pubrec(3) + puback(4))
        read(connection, pubrel(3))
        connection.sendall(pubcomp(3))
        read(connection, publish("out", b"last", 1, 5))

    with Script(greet, second) as script, joined(script.url, limits=Limits(kept_messages=4)) as scene:
        scene.note("disconnected from the broker")
        for number, qos in enumerate((1, 0, 2, 1, 1)):
            scene.publish("out", b"%d" % number, qos)
        scene.note("too many messages wait for the broker")
        back.set()
        scene.note("connected to the broker", count=2)
        while not scene.thread.run(lambda: scene.broker.all_out):
            pass
        scene.publish("out", b"last", 1)
        scene.note("disconnected from the broker", count=2)
    told = [(entry.raw, entry.meta.get("kept", False)) for entry in scene.journal.entries("told")]
    assert told == [(b"0", True), (b"1", True), (b"2", True), (b"3", True), (b"last", False)]


def test_what_is_passed_over(quiet_log: None) -> None:
    def talk(connection: socket.socket) -> None:
        greet(connection)
        connection.sendall(publish("in", b"old", 1, 4, flags=1) + publish("in", b"x" * 101, 1, 5))
        connection.sendall(b"\xd0\x00" + publish("in", b"x" * 100))
        read(connection, puback(4), puback(5), publish("out", b"x" * 100), DISCONNECT)

    with Script(talk) as script, joined(script.url, limits=Limits(packet_bytes=100)) as scene:
        scene.note("a retained message is passed over", topic="in")
        scene.note("a message is too large", topic="in", bytes=101)
        scene.journal.expect_sync("answer")
    assert len(scene.behaviour.deliveries) == 1


def test_a_broker_that_falls_silent(monkeypatch: pytest.MonkeyPatch, quiet_log: None) -> None:
    monkeypatch.setattr(mqtt_client, "_KEEP_ALIVE", 0.1)

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(CONNACK_OK)
        connection.recv(65536)
        connection.sendall(SUBACK)
        while connection.recv(65536):
            pass

    class Patient(Bridge):
        def introduction(self, *, clean: bool = False) -> bytes:
            return connect("us", clean=clean)

    monkeypatch.setattr("tests.fakeserver.mqtt.running.Bridge", Patient)
    with Script(talk, talk) as script, joined(script.url) as scene:
        scene.note("disconnected from the broker", reason="it is silent")
        scene.note("connected to the broker", count=2)


def test_a_broker_that_does_not_read(quiet_log: None) -> None:
    gone = threading.Event()

    def talk(connection: socket.socket) -> None:
        greet(connection)
        assert gone.wait(LIMIT)

    with (
        Script(talk, answer(CONNACK_OK, SUBACK)) as script,
        joined(script.url, limits=Limits(unsent_bytes=100_000)) as scene,
    ):
        while not scene.journal.entries(where=lambda entry: "disconnected" in str(entry.body)):
            scene.publish("out", b"x" * 50_000)
        gone.set()
        scene.note("disconnected from the broker", reason="it does not read what it is sent")
        scene.note("connected to the broker", count=2)


def test_what_cannot_be_published_is_noted(quiet_log: None) -> None:
    with Script(greet_and_read) as script, joined(script.url) as scene:
        scene.publish("out" * 30_000, b"x")
        scene.note("a message could not be published")


def test_the_broker_comes_back_late(quiet_log: None) -> None:
    """Refused later on, it tries again: only at the start that is an error."""
    refusing = partial(answer, b"\x20\x02\x00\x03")
    with Script(greet, refusing(), refusing(), answer(CONNACK_OK, SUBACK)) as script, joined(script.url) as scene:
        scene.note("disconnected from the broker", reason="it has closed the connection")
        scene.note("connected to the broker", count=2)


# --- life ---


async def test_it_is_used_once(quiet_log: None) -> None:
    with Script(greet_and_read) as script:
        broker = Bridge(
            script.url, topic_in="in", behaviour=Echo(), hub=Hub(RealClock(), Journal(RealClock())), client_id="us"
        )
        broker.publish(Publish("out", b"", 0, "told"))
        await broker.stop()
        await broker.start()
        with pytest.raises(FakeServerError, match="started already"):
            await broker.start()
        await broker.stop()
        await broker.stop()
        broker.publish(Publish("out", b"", 0, "told"))
    assert repr(broker) == f"<Bridge mqtt://127.0.0.1:{script.port}>"
    assert (broker.address.user, broker.address.password) == ("anna", "secret")
    assert "secret" not in repr(broker.address)
