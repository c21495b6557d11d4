"""Published clients, unmodified, against the broker in this process: paho, aiomqtt, and Mosquitto's commands."""

from __future__ import annotations

import gc
import shutil
import socket
import ssl
import subprocess
import threading
import weakref
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import aiomqtt
import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from tests.fakeserver.conftest import Tls
from tests.fakeserver.mqtt.raw import LIMIT, PASSWORD
from tests.fakeserver.mqtt.running import Echo, running
from tests.fakeserver.mqtt.threaded import threaded

NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


class Talk:
    """A paho client in a thread of its own, and what it hears."""

    def __init__(self, port: int, *, context: ssl.SSLContext | None = None, **options: Any) -> None:
        self.heard: list[tuple[bytes, int, bool]] = []
        self.codes: list[str] = []
        self.changed = threading.Condition()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, "paho", reconnect_on_failure=False, **options)
        self.client.username_pw_set("anna", PASSWORD)
        self.client.on_connect = lambda client, data, flags, reason, properties: self.add(self.codes, str(reason))
        self.client.on_subscribe = lambda client, data, mid, reasons, properties: self.add(
            self.codes, *map(str, reasons)
        )
        self.client.on_message = lambda client, data, message: self.add(
            self.heard, (message.payload, message.qos, message.retain)
        )
        if context is not None:
            self.client.tls_set_context(context)  # pyright: ignore[reportUnknownMemberType] - it is not typed
        self.port = port

    def add(self, where: list[Any], *what: Any) -> None:
        with self.changed:
            where.extend(what)
            self.changed.notify_all()

    def wait(self, ready: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(ready, LIMIT)

    @contextmanager
    def online(self) -> Generator[Talk]:
        with threaded(self.client, "127.0.0.1", self.port):
            self.wait(lambda: bool(self.codes))
            yield self


@pytest.mark.parametrize("secure", [False, True])
def test_paho(tls: Tls, quiet_log: None, secure: bool) -> None:
    with running(ssl_context=tls.server if secure else None) as place:
        with Talk(place.port, context=tls.client if secure else None).online() as talk:
            assert talk.codes == ["Success"]
            talk.client.subscribe([("out", 2), ("#", 0)])
            talk.wait(lambda: len(talk.codes) == 3)
            assert talk.codes[1:] == ["Granted QoS 2", "Unspecified error"]
            sent = [talk.client.publish("in", b"%d" % number, number % 3) for number in range(60)]
            talk.wait(lambda: len(talk.heard) == 60)
            for info in sent:
                info.wait_for_publish(LIMIT)
            assert sorted(talk.heard) == sorted((b"%d" % number, number % 3, False) for number in range(60))
        assert place.note("disconnected").meta["reason"] == "said DISCONNECT"
        assert len(place.behaviour.deliveries) == 60


@pytest.mark.parametrize(
    ("options", "text", "code"),
    [
        ({"protocol": paho.MQTTv5}, "Unsupported protocol version", 0x84),
        ({"protocol": paho.MQTTv31}, "Unsupported protocol", 1),
    ],
)
def test_paho_of_other_versions_is_refused(quiet_log: None, options: dict[str, Any], text: str, code: int) -> None:
    with running() as place:
        talk = Talk(place.port, **options)
        with talk.online():
            assert talk.codes[0].startswith(text)
        assert place.note("connection refused").meta["code"] == code


def test_paho_with_a_wrong_password(quiet_log: None) -> None:
    with running() as place:
        talk = Talk(place.port)
        talk.client.username_pw_set("anna", "wrong")
        with talk.online():
            assert talk.codes == ["Bad user name or password"]


def test_a_stopped_client_leaves_nothing_to_the_garbage_collector() -> None:
    """Or some other test would be blamed for its sockets, now and then."""
    with running() as place:
        talk = Talk(place.port)
        client = weakref.ref(talk.client)
        gc.disable()
        try:
            with talk.online():
                pass
            del talk
            assert client() is None
        finally:
            gc.enable()


def test_paho_goes_on_with_its_session(quiet_log: None) -> None:
    with running() as place:
        talk = Talk(place.port, clean_session=False)
        with talk.online():
            talk.client.subscribe("out", 2)
            talk.wait(lambda: len(talk.codes) == 2)
        place.note("disconnected")
        for number in range(30):
            place.publish("out", b"%d" % number, 1 + number % 2)
        talk = Talk(place.port, clean_session=False)
        with talk.online():
            talk.wait(lambda: len(talk.heard) == 30)
        assert sorted(talk.heard) == sorted((b"%d" % number, 1 + number % 2, False) for number in range(30))


async def test_aiomqtt(quiet_log: None) -> None:
    with running() as place:
        async with aiomqtt.Client(
            "127.0.0.1", place.port, username="bert", password=PASSWORD, socket_options=[NO_DELAY]
        ) as client:
            (code,) = await client.subscribe("out", qos=1)
            assert str(code) == "Granted QoS 1"
            for number in range(30):
                await client.publish("in", b"%d" % number, qos=number % 3)
            heard: list[bytes] = []
            async for message in client.messages:
                heard.append(bytes(message.payload))
                if len(heard) == 30:
                    break
            assert heard == [b"%d" % number for number in range(30)]
        assert {delivery.user for delivery in place.behaviour.deliveries} == {"bert"}
        with pytest.raises(aiomqtt.MqttCodeError, match="Not authorized"):
            async with aiomqtt.Client("127.0.0.1", place.port):
                pass


@pytest.mark.skipif(shutil.which("mosquitto_pub") is None, reason="Mosquitto's commands are not installed")
def test_mosquittos_commands(quiet_log: None) -> None:
    def command(name: str, *more: str) -> subprocess.Popen[bytes]:
        place_of = ("-h", "127.0.0.1", "-p", str(place.port), "-u", "anna", "-P", PASSWORD)
        return subprocess.Popen([name, *place_of, *more], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # noqa: S603

    with running(Echo()) as place:
        with command("mosquitto_sub", "-t", "out", "-q", "2", "-C", "3", "-i", "sub") as subscriber:
            place.note("subscribed")
            for qos in ("0", "1", "2"):
                with command("mosquitto_pub", "-t", "in", "-q", qos, "-m", f"quality {qos}") as publisher:
                    assert publisher.communicate(timeout=LIMIT)[0] == b""
                    assert publisher.returncode == 0
            assert subscriber.communicate(timeout=LIMIT)[0] == b"quality 0\nquality 1\nquality 2\n"
        with command("mosquitto_sub", "-t", "#") as refused:
            assert b"denied" in refused.communicate(timeout=LIMIT)[0]
        with command("mosquitto_pub", "-t", "in", "-m", "x", "-V", "mqttv5") as refused:
            refused.communicate(timeout=LIMIT)
            assert refused.returncode != 0
