"""Whoever speaks the wrong protocol to a port, or calls the wrong fake, is told so in the form of the vendor.

The journal has an entry for it: that it came in, on which transport, and what it was taken for.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, vendors
from avatarwire.fakeserver.transports.misread import misread
from tests.fakeserver.wire import Wire

Fake = FakeAliyun | FakeGuiji | FakeSenseTime

MEMBERS: Final = {"aliyun": "Message", "guiji": "msg", "sensetime": "message"}
PATHS: Final = {
    "aliyun": "/yic/yic-console/openService/v1/avatar/project/startAvatarSession",
    "guiji": "/live-manager/open/accessToken",
    "sensetime": "/api/2dvh/v1/material/live/channel/start",
}
FAKES: Final[dict[str, Callable[[], Fake]]] = {"aliyun": FakeAliyun, "guiji": FakeGuiji, "sensetime": FakeSenseTime}
SOCKETS: Final = {
    "aliyun": "/v1/interaction",
    "sensetime": "/api/live-takeover-cc/v1/material/live/channel/command/microphone",
}
SPOKEN: Final = {
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS on a port without TLS"),
    "MQTT 3.1.1": (b"\x10\x10\x00\x04MQTT\x04\x02\x00\x3c\x00\x04abcd", "MQTT 3.1.1 on the port for HTTP"),
    "MQTT 5": (b"\x10\x11\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x04abcd", "MQTT 5 on the port for HTTP"),
    "HTTP/2 without TLS": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HTTP/2 without TLS was spoken"),
}


def sent(port: int, data: bytes) -> bytes:
    """Everything that is answered."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as peer:
        peer.sendall(data)
        answer = b""
        while piece := peer.recv(65536):
            answer += piece
    return answer


def body_of(answer: bytes) -> dict[str, Any]:
    return dict(json.loads(answer.partition(b"\r\n\r\n")[2]))


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize("what", SPOKEN)
def test_another_protocol_on_the_port_for_http(vendor: str, what: str) -> None:
    data, told = SPOKEN[what]
    with FAKES[vendor]() as fake:
        assert told in body_of(sent(fake.port, data))[MEMBERS[vendor]]
        came, answer = fake.journal.entries()
    assert (came.transport, came.direction, came.meta["understood"]) == ("http", "in", what)
    assert told in str(came.violations[0])
    assert (answer.direction, answer.reply_to) == ("out", came.seq)


@pytest.mark.parametrize("vendor", FAKES)
def test_a_url_that_is_not_ascii_is_refused_in_the_vendors_form(vendor: str) -> None:
    with FAKES[vendor]() as fake, Wire(fake.http_url) as wire:
        wire.send("GET /a?token=secret&name=夜 HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        answer = wire.response()
        assert answer.status == 400
        assert "such as %E5%A4%9C [RFC3986-2.1]" in answer.json[MEMBERS[vendor]]
        assert wire.ends()
        [came] = fake.journal.entries(direction="in")
        assert came.raw == b"GET /a"
        assert "secret" not in str(came)


def test_a_url_that_is_not_ascii_in_a_later_request_and_in_pieces() -> None:
    with FakeGuiji() as fake, Wire(fake.http_url) as wire:
        assert wire.request("GET /nowhere HTTP/1.1\nHost: a").status == 404
        for piece in (b"GET /", "é".encode(), b" HTTP/1.1\r\nHost: a\r\n\r\n"):
            wire.send(piece)
        assert "not ASCII (byte 5)" in wire.response().json["msg"]


@pytest.mark.parametrize(
    ("data", "understood", "told"),
    [
        (b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP", "HTTP on the port of the MQTT broker"),
        (b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n", "WebSocket", "a WebSocket handshake on the port of the MQTT"),
        (SPOKEN["TLS"][0], "TLS", "TLS on a port without TLS"),
    ],
    ids=["HTTP", "WebSocket", "TLS"],
)
def test_another_protocol_on_the_port_of_the_broker(data: bytes, understood: str, told: str) -> None:
    with FakeGuiji() as fake:
        port = urlsplit(fake.mqtt_url).port
        assert port is not None
        assert told in body_of(sent(port, data))["msg"]
        came = fake.journal.entries()[0]
    assert (came.transport, came.direction, came.meta["understood"]) == ("mqtt", "in", understood)


def test_another_version_of_mqtt_is_in_the_journal_and_answered_in_its_own_words() -> None:
    with FakeGuiji() as fake:
        port = urlsplit(fake.mqtt_url).port
        assert port is not None
        assert sent(port, SPOKEN["MQTT 5"][0]) == b"\x20\x03\x00\x84\x00"
        came = fake.journal.entries()[0]
    assert (came.transport, came.direction) == ("mqtt", "in")
    assert str(came.violations[0]).endswith("expected MQTT 3.1.1 [MQTT-3.1.2-2]")


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize("other", FAKES)
def test_a_client_of_another_vendor_is_told_so(vendor: str, other: str) -> None:
    with FAKES[vendor]() as fake:
        answer = httpx.post(fake.http_url + PATHS[other], json={}, trust_env=False)
        told = answer.json()[MEMBERS[vendor]]
        hint = f"it is one of {other}, and this is the fake of {vendor}: is the client given the wrong URL?"
        assert (hint in told) == (other != vendor)


@pytest.mark.parametrize("vendor", FAKES)
def test_the_table_of_vendors_knows_what_their_paths_begin_with(vendor: str) -> None:
    from avatarwire.codecs import catalogue

    paths = [operation.path for operation in catalogue.vendor(vendor).operations.values()]
    assert [path for path in paths if not path.startswith(vendors.VENDORS[vendor].paths)] == []


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize("path", ["{}/", "/{}", "{upper}"])
def test_a_path_that_is_nearly_right_is_told(vendor: str, path: str) -> None:
    right = PATHS[vendor]
    with FAKES[vendor]() as fake:
        answer = httpx.post(fake.http_url + path.format(right, upper=right.upper()), json={}, trust_env=False)
        assert f" is at {right}" in answer.json()[MEMBERS[vendor]]


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize("is_known", [False, True])
def test_a_handshake_at_a_path_of_http_is_told(vendor: str, is_known: bool) -> None:
    upgrade = {"upgrade": "websocket", "connection": "upgrade"}
    with FAKES[vendor]() as fake:
        path = PATHS[vendor] if is_known else "/nowhere"
        told = httpx.get(fake.http_url + path, headers=upgrade, trust_env=False).json()[MEMBERS[vendor]]
    where = f"sockets are at {SOCKETS[vendor]}" if vendor in SOCKETS else "this vendor has no WebSocket"
    assert f"it is a WebSocket handshake, and {where}" in told


@pytest.mark.parametrize("vendor", FAKES)
def test_another_method_is_told_with_the_right_one(vendor: str) -> None:
    with FAKES[vendor]() as fake:
        answer = httpx.get(fake.http_url + PATHS[vendor], trust_env=False)
        assert "'GET' is not supported here, expected POST" in answer.json()[MEMBERS[vendor]]


def test_a_call_that_is_made_as_those_of_other_services_is_told_its_path() -> None:
    with FakeAliyun() as fake:
        told = httpx.post(f"{fake.http_url}/?Action=StartAvatarSession", trust_env=False).json()["Message"]
        assert f"StartAvatarSession is POST {PATHS['aliyun']}" in told
        header = {"x-acs-action": "StartAvatarSession"}
        assert "is POST" in httpx.post(fake.http_url, headers=header, trust_env=False).json()["Message"]


@pytest.mark.parametrize("vendor", SOCKETS)
def test_a_socket_with_a_slash_too_many_is_told(vendor: str) -> None:
    with FAKES[vendor]() as fake:
        told = httpx.get(f"{fake.http_url}{SOCKETS[vendor]}/", trust_env=False).json()[MEMBERS[vendor]]
        assert f"a WebSocket is at {SOCKETS[vendor]}" in told


PROPER: Final = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}


@pytest.mark.parametrize("vendor", SOCKETS)
@pytest.mark.parametrize(
    ("method", "version", "changed", "status"),
    [
        ("POST", "1.1", {}, 405),
        ("GET", "1.0", {}, 400),
        ("GET", "1.1", {"Sec-WebSocket-Version": "8"}, 426),
        ("GET", "1.1", {"Sec-WebSocket-Key": "short"}, 400),
        ("GET", "1.1", {"Connection": "close"}, 400),
        ("GET", "1.1", {"Upgrade": "h2c"}, 400),
    ],
)
def test_an_improper_handshake_is_refused_and_a_violation(
    vendor: str, method: str, version: str, changed: dict[str, str], status: int
) -> None:
    lines = "".join(f"\n{name}: {value}" for name, value in (PROPER | changed).items())
    with FAKES[vendor]() as fake, Wire(fake.http_url) as wire:
        answer = wire.request(f"{method} {SOCKETS[vendor]} HTTP/{version}\nHost: a{lines}")
        assert answer.status == status
        assert "[RFC6455-4.2.1]" in answer.json["message"]
        assert answer.headers.get("sec-websocket-version") == ("13" if status == 426 else None)
        assert answer.headers.get("allow") == ("GET" if status == 405 else None)
        assert [found.clause for found in fake.journal.violations()] == ["RFC6455-4.2.1"]


def test_what_a_fault_has_held_back_is_answered_in_plain_text() -> None:
    from avatarwire.fakeserver.clock import RealClock
    from avatarwire.fakeserver.hub import Hub
    from avatarwire.fakeserver.journal import Journal
    from avatarwire.fakeserver.mistake import Mistake

    clock = RealClock()
    hub = Hub(clock, Journal(clock))

    class Silent:
        def misread(self, mistake: Mistake) -> object:
            raise ValueError(mistake.reason)

    answer = misread(hub, Silent(), "c1", "http", b"\x05\x01\x00", Mistake("no", "yes"))
    assert (answer.status, answer.body) == (400, b"no, expected yes")
