"""Nothing that a caller sends ends the endpoint, holds it up, or gets 500."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.fakeserver import FakeAliyun, VirtualClock
from tests.fakeserver.control.calls import LIMIT, Caller

V: Final = "/v1/aliyun"
LONG: Final = b'{"advance": ' + b"9" * 5000 + b"}"
DEEP: Final = b'{"do":' + b"[" * 100_000


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b"",
        b"   ",
        DEEP,
        LONG,
        b'{"advance": 1}{}',
        b'{"advance": NaN}',
        b'{"advance": 1e999}',
    ],
    ids=lambda data: repr(data[:12]),
)
def test_a_body_that_is_no_json_is_told_so(caller: Caller, data: bytes) -> None:
    answer = caller.call("POST", "/v1/clock", data=data)
    assert answer.kind == "bad-request"


@pytest.mark.parametrize("path", [f"{V}/faults", f"{V}/toxics", f"{V}/send", f"{V}/commands/drop", "/v1/clock"])
@pytest.mark.parametrize(
    "data",
    [
        b'{"message": "\\ud800", "do": "drop"}',
        b'{"session": "\\ud800\\u0000"}',
        b'{"do": {"a": [null, 1e308, 99999999999999999999999999]}}',
        b'{"self": 1, "rule": 2, "toxic": 3, "": 4}',
        b'{"type": "latency", "attributes": {"latency": 1e400}}',
        b'{"do": "set", "message": "*", "fields": {"' + b"a." * 5000 + b'": 1}}',
    ],
    ids=lambda data: repr(data[:20]),
)
def test_odd_values_are_refused(fake: FakeAliyun, caller: Caller, path: str, data: bytes) -> None:
    answer = caller.call("POST", path, data=data)
    assert answer.status in (200, 400, 404, 422), answer.body
    fake.faults.clear()
    assert caller.get("/v1/clock")


def test_a_body_that_is_too_large_is_not_read(caller: Caller) -> None:
    answer = caller.call("POST", f"{V}/faults", data=b" " * (1024 * 1024 + 1))
    assert (answer.status, answer.kind) == (413, "too-large")
    head = b"POST /v1/clock HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n" % caller.token.encode()
    told = caller.raw(head + b"Content-Length: 99999999999\r\nExpect: 100-continue\r\n\r\n")
    assert told.startswith(b"HTTP/1.1 413 ")
    chunk = b"%x\r\n%s\r\n" % (300_000, b" " * 300_000)
    told = caller.raw(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 5)
    assert told.startswith(b"HTTP/1.1 413 ")


def test_an_encoded_body_is_not_unpacked(caller: Caller) -> None:
    answer = caller.call("POST", "/v1/clock", data=b"x", headers={"Content-Encoding": "gzip"})
    assert (answer.status, answer.kind) == (415, "media-type")


@pytest.mark.parametrize(
    "data",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nA: " + b"b" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nBad header\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=lambda data: repr(data[:12]),
)
def test_what_is_no_http_gets_a_problem_too(caller: Caller, data: bytes) -> None:
    head, _, body = caller.raw(data).partition(b"\r\n\r\n")
    assert head.startswith((b"HTTP/1.1 400 ", b"HTTP/1.0 400 "))
    assert b"application/problem+json" in head
    assert b'"urn:avatarwire:problem:bad-request"' in body
    assert caller.get("/v1/clock")


def test_a_body_that_never_comes_holds_nobody_up(caller: Caller) -> None:
    with socket.create_connection(caller.place, timeout=LIMIT) as line:
        head = f"POST /v1/clock HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {caller.token}\r\n"
        line.sendall(head.encode() + b"Content-Length: 10\r\n\r\n{")
        assert caller.get("/v1/clock")


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked(fake: FakeAliyun, caller: Caller) -> None:
    before = fake.clock.now()
    with socket.create_connection(caller.place, timeout=LIMIT) as line:
        head = f"POST /v1/clock HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {caller.token}\r\n"
        line.sendall(head.encode() + b"Content-Length: 13\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(1000).startswith(b"HTTP/1.1 100 ")
        line.sendall(b'{"advance":5}')
        assert line.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert fake.clock.now() == before + 5


@pytest.fixture(scope="module")
def shared() -> Iterator[Caller]:
    with FakeAliyun(clock=VirtualClock()) as fake:
        yield Caller(fake.control)


@given(path=st.text(max_size=40), query=st.text(max_size=40), body=st.binary(max_size=60))
@settings(max_examples=30)
def test_any_call_is_answered(shared: Caller, path: str, query: str, body: bytes) -> None:
    for method in ("GET", "POST", "DELETE"):
        for front in ("/v1/aliyun/", "/v1/", "/"):
            answer = shared.call(method, f"{front}{quote(path)}?{quote(query)}", data=body)
            assert answer.status < 500, answer.body
