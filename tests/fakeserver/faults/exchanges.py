"""Two messages of a fake on each transport, and what the other side sees of them, in words; read by hand.

Only what the test of all actions on all transports needs lives here.
"""

from __future__ import annotations

import json
import queue
import socket
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from threading import Thread
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import httpx
from websockets.exceptions import ConnectionClosed

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from avatarwire.fakeserver.server import FakeServer
from tests.fakeserver.aliyun.running import BASE, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk
from tests.fakeserver.guiji.by_hand import created, customer, opened, told
from tests.fakeserver.mqtt.raw import CONNACK_OK, Raw, connect, publish
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT

__all__ = ["EXCHANGES"]

Rule: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[float], str | None]
"""The next thing that comes, in a word; None when nothing does in so many real seconds."""
Give: TypeAlias = Callable[[FakeServer, Rule], object]
"""Gives a fake a rule."""
Exchange: TypeAlias = Callable[..., AbstractContextManager[tuple[FakeServer, Receive]]]
"""Has a fake send two messages, of which a rule concerns the first: the fake, and what comes."""

ENDS: Final = ("close", "reset", "hang")
"""Actions that end a connection, on which nothing can be sent any more."""


def as_rule(fake: FakeServer, rule: Rule) -> None:
    """Gives it as one of the list."""
    fake.faults.add(**rule)


def on_wire(wire: socket.socket, following: Callable[[], str]) -> Receive:
    """What comes on a connection; `following` reads it, and raises EOFError at the end."""

    def receive(seconds: float) -> str | None:
        wire.settimeout(seconds)
        try:
            return following()
        except TimeoutError:
            return None
        except ConnectionResetError:
            return "reset"
        except (EOFError, AssertionError):  # `Raw` asserts that there is more
            return "closed"

    return receive


@contextmanager
def aliyun() -> Generator[FakeAliyun]:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, polls_until_ready=0, strict=True, seed=7) as fake:
        yield fake


@contextmanager
def http_exchange(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeAliyun, Receive]]:
    """A call that starts a session, and its answer."""
    with aliyun() as fake, socket.create_connection((fake.host, fake.port)) as wire:
        give(fake, rule)
        body = json.dumps({"projectId": fake.project_id, "requestId": "rq-1"})
        head = f"POST {BASE}/startAvatarSession HTTP/1.1\r\nHost: x\r\nConnection: close"
        wire.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

        def following() -> str:
            answer = b"".join(iter(lambda: wire.recv(65536), b""))
            if not answer:
                raise EOFError
            whole = answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"}")
            return "first" if whole and answer.count(b'"sessionId":"') and b'"other"' not in answer else "other"

        yield fake, on_wire(wire, following)


@contextmanager
def socket_handshake(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeAliyun, Receive]]:
    """A handshake of a WebSocket, and its answer."""
    with aliyun() as fake, socket.create_connection((fake.host, fake.port)) as wire:
        url = urlsplit(start(fake).url)
        give(fake, rule)
        head = f"GET {url.path}?{url.query} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket"
        key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        wire.sendall(f"{head}\r\n{key}\r\n\r\n".encode())

        def following() -> str:
            answer = wire.recv(65536)
            if not answer:
                raise EOFError
            return "first" if answer.startswith(b"HTTP/1.1 101") else "other"

        yield fake, on_wire(wire, following)


@contextmanager
def socket_exchange(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeAliyun, Receive]]:
    """A text that is to be spoken, and a ping."""

    def serve(**changes: Any) -> FakeAliyun:
        del changes
        return fake

    with aliyun() as fake, Talk(serve).line() as line:
        line.ask("hi", ask=2)
        words: dict[bytes | str, str] = {line.raw(): "first", HEARTBEAT_ANSWER: "next"}
        give(fake, rule)
        line.ask("hi", ask=2)
        # The command of this rule ends the session, maybe before a heartbeat is sent.
        if rule["do"] not in (*ENDS, "command"):
            line.socket.send(HEARTBEAT)

        def receive(seconds: float) -> str | None:
            try:
                return words.get(line.socket.recv(timeout=seconds), "other")
            except TimeoutError:
                return None
            except ConnectionClosed as end:
                return "reset" if isinstance(end.__cause__, ConnectionResetError) else "closed"

        yield fake, receive
        fake.reset()  # otherwise the client waits for an answer to its close frame


@contextmanager
def guiji() -> Generator[FakeGuiji]:
    with FakeGuiji(clock=VirtualClock(), seed=7, heartbeat_seconds=None) as fake:
        yield fake


@contextmanager
def mqtt_handshake(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeGuiji, Receive]]:
    """A CONNECT, and its answer."""
    with guiji() as fake, Raw(fake.mqtt_port) as client:
        give(fake, rule)
        client.send(connect("x", user=fake.mqtt_user, password=fake.mqtt_password))
        yield fake, on_wire(client.socket, lambda: "first" if client.packet() == CONNACK_OK else "other")


@contextmanager
def mqtt_exchange(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeGuiji, Receive]]:
    """Two questions for the playlist."""
    with guiji() as fake:
        session = opened(customer(fake), fake)
        with created(fake, session) as client:
            for _ in range(4):  # it is made, the stream plays, there is a picture, and words
                told(client)
            give(fake, rule)
            about = {"sessionId": session["sessionId"]}
            for number in (2,) if rule["do"] in ENDS else (2, 3):
                request = {"id": number, "method": "pushPlayListManager", "sender": session["topicSub"], **about}
                request["params"] = {"action": "getPlayList", **about}
                client.send(publish(session["topicPub"], json.dumps(request).encode()))
            of_all = {"sessionId": session["sessionId"], "message": "", "ok": True, "data": list(fake.material_ids)}
            words = {
                json.dumps({"id": number, **about, "result": of_all}, separators=(",", ":")).encode(): word
                for number, word in ((2, "first"), (3, "next"))
            }

            def following() -> str:
                packet = client.packet()
                return words.get(packet[packet.index(b"{") :], "other")

            yield fake, on_wire(client.socket, following)


class Hook(Thread):
    """A server for callbacks that takes each on a connection of its own and answers with 200."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.bodies: queue.Queue[bytes] = queue.Queue()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/hook"

    def run(self) -> None:
        while True:
            try:
                wire, _ = self.listener.accept()
            except OSError:
                return
            Thread(target=self.take, args=(wire,), daemon=True).start()

    def take(self, wire: socket.socket) -> None:
        with suppress(ConnectionResetError), wire, wire.makefile("rb") as lines:
            while head := lines.readline():
                length = 0
                while (head := lines.readline()).strip():
                    if head.lower().startswith(b"content-length:"):
                        length = int(head.partition(b":")[2])
                body = lines.read(length)
                if len(body) < length:
                    return
                self.bodies.put(body)
                wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


@contextmanager
def callback_exchange(rule: Rule, give: Give = as_rule) -> Generator[tuple[FakeSenseTime, Receive]]:
    """A live that is made and closed."""
    hook = Hook()
    hook.start()
    with hook.listener, FakeSenseTime(clock=VirtualClock(), callback_url=hook.url, seed=7) as fake:
        give(fake, rule)
        live = lived(fake)

        def receive(seconds: float) -> str | None:
            try:
                body = json.loads(hook.bodies.get(timeout=seconds))
            except queue.Empty:
                return None
            except ValueError:
                return "other"
            return {(live, 35): "first", (live, 5): "next"}.get((body.get("sessionId"), body.get("status")), "other")

        yield fake, receive


def lived(fake: FakeSenseTime) -> str:
    """The id of a live that was made and is closed."""
    made = called(fake, "createLive", param=json.dumps(SCRIPT))
    id_ = str(made["data"]["sessionId"])
    called(fake, "closeLive", sessionId=id_)
    return id_


def called(fake: FakeSenseTime, operation: str, **fields: str) -> Any:
    headers = {"Authorization": f"Bearer {fake.access_token}"}
    url = fake.http_url + ROUTES[operation][1]
    return httpx.post(url, json=fields, headers=headers, trust_env=False).json()


EXCHANGES: Final[Mapping[str, Exchange]] = {
    "http, in": http_exchange,
    "http, out": http_exchange,
    "ws, in": socket_exchange,
    "ws, out": socket_exchange,
    "mqtt, in": mqtt_exchange,
    "mqtt, out": mqtt_exchange,
    "callback, out": callback_exchange,
    "handshake of a WebSocket": socket_handshake,
    "handshake of MQTT": mqtt_handshake,
}
