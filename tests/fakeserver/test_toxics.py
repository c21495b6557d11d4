"""Toxics of a fake: how they are declared, added and removed, and that they act on each of its transports."""

from __future__ import annotations

import os
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from avatarwire.fakeserver import (
    FakeAliyun,
    FakeGuiji,
    FakeSenseTime,
    FakeServer,
    FakeServerError,
    ScenarioError,
    Toxic,
    VirtualClock,
)
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer
from tests.fakeserver.mqtt.raw import CONNACK_OK, PINGREQ, PINGRESP, Raw, connect
from tests.fakeserver.server_help import get
from tests.fakeserver.wire import BINARY, Wire, frame

ASK = "GET / HTTP/1.1\nHost: a"
ASK_RAW = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def has_acted(fake: FakeServer, name: str, count: int = 1) -> None:
    """Returns when a toxic has acted on so many connections."""
    fake.journal.expect_sync(transport="note", where=lambda note: note.meta.get("toxic") == name, count=count)


def is_silent(wire: Wire | Raw) -> bool:
    """Whether nothing has come."""
    wire.socket.setblocking(False)
    try:
        return wire.socket.recv(1) == b"nothing"
    except (BlockingIOError, ssl.SSLWantReadError):
        return True
    finally:
        wire.socket.settimeout(10)


def mqtt_login(fake: FakeGuiji) -> bytes:
    return connect("one", user=fake.mqtt_user, password=fake.mqtt_password)


# What a toxic is


def test_a_toxic_has_the_defaults_of_toxiproxy() -> None:
    toxic = Toxic(type="latency", attributes={"latency": 100})
    assert (toxic.name, toxic.stream, toxic.toxicity, toxic.port) == ("latency_downstream", "downstream", 1.0, "")
    assert toxic.attributes == {"latency": 100, "jitter": 0}
    assert Toxic(type="slow_close", stream="upstream").name == "slow_close_upstream"


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        (
            {"type": "latncy"},
            "toxics.type: expected one of latency, bandwidth, slow_close, timeout, reset_peer, slicer, limit_data, "
            "down, got 'latncy'; did you mean latency?",
        ),
        ({}, "toxics: object missing required field type"),
        ({"type": "down", "stram": "upstream"}, "toxics.stram: unknown key; did you mean stream?"),
        ({"type": "down", "stream": "up"}, "toxics.stream: expected one of downstream, upstream, got 'up'"),
        ({"type": "down", "toxicity": 1.5}, "toxics.toxicity: expected float <= 1.0, got 1.5"),
        ({"type": "down", "toxicity": float("nan")}, "toxics.toxicity: expected a finite number, got nan"),
        ({"type": "down", "port": "ws"}, "toxics.port: expected one of , http, mqtt, got 'ws'"),
        ({"type": "down", "port": "mqtt"}, "toxics.port: toxics cannot act on such a port of this fake, got 'mqtt'"),
        (
            {"type": "latency", "attributes": {"latncy": 1}},
            "toxics.attributes.latncy: no attribute of type latency, it has latency, jitter; did you mean latency?",
        ),
        (
            {"type": "down", "attributes": {"rate": 1}},
            "toxics.attributes.rate: no attribute of type down, it has none",
        ),
        ({"type": "latency", "attributes": {"latency": "1"}}, "toxics.attributes.latency: expected int, got str"),
        ({"type": "latency", "attributes": {"latency": -1}}, "toxics.attributes.latency: expected int >= 0, got -1"),
        ({"type": "latency", "attributes": {"latency": True}}, "toxics.attributes.latency: expected int, got bool"),
        ({"type": "slicer"}, "toxics.attributes.average_size: expected at least 1 byte, got 0"),
        (
            {"type": "slicer", "attributes": {"average_size": 5, "size_variation": 5}},
            "toxics.attributes.size_variation: expected less than average_size, which is 5, got 5",
        ),
    ],
)
def test_a_wrong_toxic_is_one_line_that_names_the_key(keys: dict[str, Any], error: str) -> None:
    fake = EchoServer()
    with pytest.raises(ScenarioError) as caught:
        fake.toxics.add(**keys)
    assert str(caught.value) == f"scenario: {error}"
    assert len(fake.toxics) == 0


def test_one_made_in_code_says_so_at_once() -> None:
    with pytest.raises(ScenarioError, match=r"^toxics: type: expected one of .*; did you mean slicer\?$"):
        Toxic(type="slycer")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    with pytest.raises(ScenarioError, match=r"^toxics: attributes\.rate: no attribute of type latency"):
        Toxic(type="latency", attributes={"rate": 1})


@pytest.mark.parametrize(
    ("vendor", "fake"), [("aliyun", FakeAliyun), ("guiji", FakeGuiji), ("sensetime", FakeSenseTime)]
)
def test_a_mistake_in_a_scenario_file_is_located(vendor: str, fake: type[Any], tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text(f'[[{vendor}.toxics]]\ntype = "down"\n[[{vendor}.toxics]]\ntype = "latency"\nattributes.rate = 3\n')
    with pytest.raises(ScenarioError) as caught:
        fake(file)
    assert str(caught.value) == (
        f"{file}: {vendor}.toxics[1].attributes.rate: no attribute of type latency, it has latency, jitter"
    )


def test_two_of_one_name_in_a_scenario_are_one_too_many() -> None:
    with pytest.raises(ScenarioError) as caught:
        FakeAliyun(toxics=[{"type": "down"}, {"type": "down"}])
    assert str(caught.value) == (
        "scenario: aliyun.toxics[1].name: there is a toxic of the name 'down_downstream' already"
    )


# The collection


def test_toxics_are_added_looked_at_and_removed() -> None:
    with EchoServer() as fake:
        first = fake.toxics.add(type="latency", attributes={"latency": 5})
        fake.toxics.add(Toxic(type="latency"), name="other", stream="upstream")
        assert [(toxic.name, toxic.stream) for toxic in fake.toxics] == [
            ("latency_downstream", "downstream"),
            ("other", "upstream"),
        ]
        assert "other" in fake.toxics
        assert first.toxic in fake.toxics
        assert "down" not in fake.toxics
        assert repr(fake.toxics) == "Toxics(latency_downstream, other)"
        with pytest.raises(ScenarioError, match=r"^scenario: toxics\.name: there is a toxic of the name 'other'"):
            fake.toxics.add(type="down", name="other")
        with pytest.raises(FakeServerError, match=r"^toxics: there is none of the name 'othr'; did you mean other\?"):
            fake.toxics.remove("othr")
        fake.toxics.remove("other")
        fake.toxics.clear()
        assert list(fake.toxics) == []


def test_a_guard_removes_its_own_toxic_and_no_other_of_that_name() -> None:
    with EchoServer() as fake:
        with fake.toxics.add(type="latency") as guard:
            assert guard.name == "latency_downstream"
            fake.toxics.clear()
            fake.toxics.add(type="latency")
        assert "latency_downstream" in fake.toxics
        guard.remove()
        assert "latency_downstream" in fake.toxics


def test_toxics_may_be_added_before_the_start_and_removed_after_the_end() -> None:
    fake = EchoServer()
    guard = fake.toxics.add(type="down")
    with fake, pytest.raises(ConnectionRefusedError):
        get(fake)
    guard.remove()
    assert len(fake.toxics) == 0


def test_a_reset_goes_back_to_those_of_the_start() -> None:
    with EchoServer(toxics=[Toxic(type="latency")]) as fake:
        fake.toxics.clear()
        fake.toxics.add(type="down")
        fake.toxics.reset()
        assert [toxic.name for toxic in fake.toxics] == ["latency_downstream"]
        assert get(fake) == 200


def test_any_thread_may_change_them() -> None:
    with EchoServer() as fake:

        def change() -> None:
            for _ in range(20):
                fake.toxics.add(type="latency", name=threading.current_thread().name).remove()

        threads = [threading.Thread(target=change) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(fake.toxics) == 0
        assert get(fake) == 200


async def test_they_are_changed_in_the_loop_of_the_fake_too() -> None:
    async with FakeAliyun() as fake:
        with fake.toxics.add(type="down"), pytest.raises(ConnectionRefusedError):
            Raw(fake.port)


# On each transport


def test_http_on_a_connection_that_is_kept() -> None:
    with EchoServer(clock=VirtualClock()) as fake, Wire(fake.http_url) as wire:
        assert wire.request(ASK).status == 200
        with fake.toxics.add(type="latency", attributes={"latency": 1000}):
            wire.send(ASK_RAW)
            has_acted(fake, "latency_downstream")
            fake.advance(0.999)
            assert is_silent(wire)
            fake.advance(0.001)
            assert wire.response().status == 200
        assert wire.request(ASK).status == 200


def test_a_request_that_is_cut_never_reaches_the_fake() -> None:
    with EchoServer() as fake, Wire(fake.http_url) as wire:
        fake.toxics.add(type="limit_data", stream="upstream", attributes={"bytes": 20})
        wire.send(ASK_RAW)
        assert wire.ends()
        fake.journal.expect_none(transport="http")
        has_acted(fake, "limit_data_upstream")


def test_an_answer_is_cut_at_the_very_byte() -> None:
    with EchoServer() as fake, Wire(fake.http_url) as wire:
        fake.toxics.add(type="limit_data", attributes={"bytes": 25})
        wire.send(ASK_RAW)
        got = b""
        while data := wire.socket.recv(100):
            got += data
        assert got == b"HTTP/1.1 200 OK\r\nContent-"


def test_an_answer_becomes_a_reset() -> None:
    with EchoServer() as fake, Wire(fake.http_url) as wire:
        fake.toxics.add(type="reset_peer")
        wire.send(ASK_RAW)
        with pytest.raises(ConnectionResetError):
            wire.socket.recv(100)


def test_a_websocket_that_is_open() -> None:
    with EchoServer(clock=VirtualClock()) as fake, Wire(fake.socket_url) as wire:
        assert wire.upgrade().status == 101
        fake.toxics.add(type="latency", stream="upstream", attributes={"latency": 1000})
        fake.toxics.add(type="slicer", attributes={"average_size": 2, "delay": 1_000_000})
        wire.send(frame(b"hello"))
        has_acted(fake, "latency_upstream")
        fake.journal.expect_none(transport="ws", direction="in")
        fake.advance(1)
        assert fake.journal.expect_sync(transport="ws", direction="in").raw == b"hello"
        has_acted(fake, "slicer_downstream")
        # Seven bytes, in pieces of 1, 2, 2 and 2.
        pieces = [wire.socket.recv(100)]
        for _ in range(3):
            assert is_silent(wire)
            fake.advance(1)
            pieces.append(wire.socket.recv(100))
        assert pieces == [b"\x82", b"\x05h", b"el", b"lo"]
        assert BINARY == 2


@pytest.mark.parametrize("broker", [None, "amqtt"])
def test_mqtt_by_each_broker_in_this_process(broker: str | None) -> None:
    clock = VirtualClock()
    with FakeGuiji(broker=broker, clock=clock) as fake, Raw(fake.mqtt_port) as client:
        client.send(mqtt_login(fake))
        assert client.packet() == CONNACK_OK
        fake.toxics.add(type="latency", attributes={"latency": 1000}, port="mqtt")
        client.send(PINGREQ)
        has_acted(fake, "latency_downstream")
        fake.advance(0.999)
        assert is_silent(client)
        fake.advance(0.001)
        assert client.packet() == PINGRESP
        # The other port is as it was.
        assert get(fake) == 404
        with fake.toxics.add(type="down", port="mqtt"):
            assert client.socket.recv(1) == b""
            with pytest.raises(ConnectionRefusedError):
                Raw(fake.mqtt_port)
        fake.toxics.clear()
        with Raw(fake.mqtt_port) as another:
            another.send(mqtt_login(fake))
            assert another.packet() == CONNACK_OK


def test_a_toxic_for_every_port_acts_on_every_port() -> None:
    with FakeGuiji() as fake:
        fake.toxics.add(type="down")
        for port in (fake.port, fake.mqtt_port):
            with pytest.raises(ConnectionRefusedError):
                Raw(port)


def test_a_toxic_for_http_leaves_mqtt_alone() -> None:
    with FakeGuiji(toxics=[{"type": "down", "port": "http"}]) as fake:
        with pytest.raises(ConnectionRefusedError):
            get(fake)
        with Raw(fake.mqtt_port) as client:
            client.send(mqtt_login(fake))
            assert client.packet() == CONNACK_OK


def test_the_port_of_a_broker_elsewhere_is_not_the_fakes() -> None:
    with pytest.raises(ScenarioError) as caught:
        FakeGuiji(broker="mqtt://127.0.0.1:1", toxics=[{"type": "down", "port": "mqtt"}])
    assert str(caught.value) == (
        "scenario: guiji.toxics[0].port: toxics cannot act on such a port of this fake, got 'mqtt'"
    )


def test_tls(tls: Tls) -> None:
    with (
        EchoServer(clock=VirtualClock(), ssl_context=tls.server) as fake,
        Wire(fake.http_url, context=tls.client) as wire,
    ):
        # With the first answer, all that belongs to the handshake has come as well.
        assert wire.request(ASK).status == 200
        with fake.toxics.add(type="slicer", attributes={"average_size": 1, "delay": 1000}):
            wire.send(ASK_RAW)
            has_acted(fake, "slicer_downstream")
            assert is_silent(wire)
            # The answer may be written in several parts, of which each waits for the one before.
            for _ in range(50):
                fake.advance(0.2)
            assert wire.response().status == 200
        fake.toxics.add(type="reset_peer")
        wire.send(ASK_RAW)
        # Python's TLS takes a reset for an end, so the bytes below it are read.
        with socket.socket(fileno=os.dup(wire.socket.fileno())) as below:
            below.settimeout(10)
            with pytest.raises(ConnectionResetError):
                below.recv(100)


@pytest.mark.parametrize("fake", [FakeAliyun, FakeGuiji, FakeSenseTime])
def test_each_vendor_starts_with_the_toxics_of_its_scenario(fake: type[Any]) -> None:
    toxics = [{"type": "limit_data", "attributes": {"bytes": 9}}]
    with fake(toxics=toxics) as running, Wire(running.http_url) as wire:
        wire.send(ASK_RAW)
        assert wire.socket.recv(100) == b"HTTP/1.1 "
        assert wire.socket.recv(100) == b""
        assert [toxic.name for toxic in running.toxics] == ["limit_data_downstream"]


# Chance


def test_toxicity_is_drawn_once_for_each_connection_and_alike_for_a_seed() -> None:
    def seen(seed: int) -> str:
        with FakeAliyun(seed=seed, toxics=[{"type": "reset_peer", "toxicity": 0.5}]) as fake:
            found = ""
            for _ in range(10):
                with Wire(fake.http_url) as wire:
                    answers: list[str] = []
                    for _ in range(3):
                        try:
                            answers.append("o" if wire.request(ASK).status else "")
                        except ConnectionError:
                            answers.append("x")
                            break
                    assert answers in (["o", "o", "o"], ["x"])
                    found += answers[0]
            return found

    assert seen(1) == seen(1) == "xxoooxxoox"
    assert seen(2) != seen(1)


def test_the_ids_that_a_seed_makes_are_the_same_with_toxics_and_without() -> None:
    def ids(**options: Any) -> object:
        with FakeSenseTime(seed=5, **options) as fake:
            return fake.access_token

    assert ids() == ids(toxics=[{"type": "latency", "toxicity": 0.5}])


def test_a_fake_stops_whatever_its_toxics_hold() -> None:
    with EchoServer(clock=VirtualClock()) as fake:
        fake.toxics.add(type="bandwidth")
        fake.toxics.add(type="slow_close", attributes={"delay": 60_000})
        fake.toxics.add(type="timeout", stream="upstream")
        wires = [Wire(fake.http_url) for _ in range(3)]
        for wire in wires:
            wire.send(ASK_RAW)
        has_acted(fake, "timeout_upstream", 3)
    for wire in wires:
        assert wire.ends()
        wire.socket.close()
