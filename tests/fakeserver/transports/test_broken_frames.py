"""A client that breaks the framing of RFC 6455 is closed with the code and the clause, which the journal has too."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final
from urllib.parse import urlsplit

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeSenseTime
from avatarwire.fakeserver.journal import Journal
from tests.fakeserver.transports.test_frames import WRONG, close, frame

Opened = tuple[socket.socket, Journal]


def aliyun() -> tuple[FakeAliyun, Callable[[FakeAliyun], str]]:
    def url(fake: FakeAliyun) -> str:
        path = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"
        body = {"projectId": fake.project_id, "requestId": "rq-1"}
        return str(httpx.post(fake.http_url + path, json=body, trust_env=False).json()["webSocketUrl"])

    return FakeAliyun(verify_signatures=False), url


def sensetime() -> tuple[FakeSenseTime, Callable[[FakeSenseTime], str]]:
    path = "/api/live-takeover-cc/v1/material/live/channel/command/microphone"
    query = "clientType=BROWSER&sessionId=s&Authorization=Bearer%20x"
    return FakeSenseTime(), lambda fake: f"ws://{fake.host}:{fake.port}{path}?{query}"


FAKES: Final = {"aliyun": aliyun, "sensetime": sensetime}


@contextmanager
def opened(vendor: str, more: str = "") -> Generator[Opened]:
    """A socket whose handshake is done."""
    fake, url = FAKES[vendor]()
    with fake:
        place = urlsplit(url(fake))  # type: ignore[operator] # each has its own
        with socket.create_connection((str(place.hostname), place.port or 0), timeout=5) as peer:
            head = (
                f"GET {place.path}?{place.query} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            )
            key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            peer.sendall(f"{head}{key}{more}\r\n".encode())
            answer = b""
            while not answer.endswith(b"\r\n\r\n"):
                answer += peer.recv(1)
            assert answer.startswith(b"HTTP/1.1 101 ")
            assert b"sec-websocket-protocol" not in answer.lower()
            yield peer, fake.journal


def closed(peer: socket.socket) -> tuple[int, str]:
    """Code and reason of the close frame that ends what comes."""
    came = b""
    while piece := peer.recv(65536):
        came += piece
    at = 0
    while came[at] != 0x88:
        at += 2 + came[at + 1] if came[at + 1] < 126 else 4 + int.from_bytes(came[at + 2 : at + 4], "big")
    return struct.unpack(">H", came[at + 2 : at + 4])[0], came[at + 4 :].decode()


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize(("data", "clause", "reason"), WRONG.values(), ids=WRONG)
def test_what_breaks_the_framing_closes_with_1002_and_is_a_violation(
    vendor: str, data: bytes, clause: str, reason: str
) -> None:
    with opened(vendor) as (peer, journal):
        peer.sendall(data)
        code, told = closed(peer)
        assert (code, told[: len(reason)]) == (1002, reason)
        found = journal.expect_sync(direction="in", transport="ws", where=lambda entry: bool(entry.violations))
    assert [violation.clause for violation in found.violations] == [clause]
    assert clause in str(found.meta["fault"])


@pytest.mark.parametrize("vendor", FAKES)
@pytest.mark.parametrize("data", [frame(1, b"\xff\xfe"), close(1000, b"\xff")], ids=["text", "reason"])
def test_what_is_not_utf_8_closes_with_1007_and_is_a_violation(vendor: str, data: bytes) -> None:
    with opened(vendor) as (peer, journal):
        peer.sendall(data)
        assert closed(peer)[0] == 1007
        found = journal.expect_sync(direction="in", transport="ws", where=lambda entry: bool(entry.violations))
    assert [violation.clause for violation in found.violations] == ["RFC6455-8.1"]


@pytest.mark.parametrize("vendor", FAKES)
def test_a_close_of_the_application_is_echoed_and_no_violation(vendor: str) -> None:
    with opened(vendor) as (peer, journal):
        peer.sendall(close(3001, b"bye"))
        assert closed(peer) == (3001, "")
        assert [str(it) for it in journal.violations() if "RFC" in str(it)] == []


@pytest.mark.parametrize("vendor", FAKES)
def test_a_subprotocol_is_a_warning_in_the_journal_and_nothing_on_stderr(
    vendor: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with opened(vendor, "Sec-WebSocket-Protocol: chat\r\n") as (_, journal):
        [found] = [it for it in journal.violations() if it.clause == "RFC6455-4.1"]
        assert (found.level, found.path) == ("warning", "sec-websocket-protocol")
    assert capfd.readouterr().err == ""
