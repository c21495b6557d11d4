"""HTTP calls: the bytes that go out in each form of the wire, and answers of every kind."""

from __future__ import annotations

import pytest

from avatarwire.conformance.engine.case import Differs, NotJudged
from avatarwire.conformance.engine.http_calls import Reply, call, request_bytes
from tests.conformance.engine.peer import Line, serving

URL = "http://host:80/path?a=1"


@pytest.mark.parametrize(
    ("forms", "request_"),
    [
        (
            (),
            b"POST /path?a=1 HTTP/1.1\r\nHost: host:80\r\nX-A: b\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody",
        ),
        (
            ("header_case",),
            b"POST /path?a=1 HTTP/1.1\r\nHOST: host:80\r\nX-A: b\r\nCONTENT-LENGTH: 4\r\nCONNECTION: close\r\n\r\nbody",
        ),
        (
            ("chunked",),
            b"POST /path?a=1 HTTP/1.1\r\nHost: host:80\r\nX-A: b\r\nTransfer-Encoding: chunked\r\nConnection: close"
            b"\r\n\r\n2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n",
        ),
    ],
)
def test_a_request_in_each_form(forms: tuple[str, ...], request_: bytes) -> None:
    assert request_bytes("POST", URL, {"X-A": "b"}, b"body", forms) == request_


def test_headers_that_are_given_are_not_added() -> None:
    headers = [("host", "other"), ("content-length", "9"), ("connection", "keep-alive")]
    assert request_bytes("GET", "http://host", headers, b"", ()) == (
        b"GET / HTTP/1.1\r\nhost: other\r\ncontent-length: 9\r\nconnection: keep-alive\r\n\r\n"
    )


def test_a_request_without_a_body_has_no_length_unless_its_method_has_one() -> None:
    assert b"Content-Length" not in request_bytes("GET", URL, {}, b"", ())
    assert b"Content-Length: 0\r\n" in request_bytes("POST", URL, {}, b"", ("chunked",))


async def answered(*pieces: bytes, method: str = "POST", forms: tuple[str, ...] = ()) -> Reply:
    async def serve(line: Line) -> None:
        await line.until(b"\r\n\r\n")
        await line.say(*pieces)

    async with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/"
        request = request_bytes(method, url, {}, b"", forms)
        return await call(url, request, patience=0.2, method=method, forms=forms)


async def test_an_answer_in_pieces() -> None:
    reply = await answered(b"HTTP/1.1 200 OK\r\nContent-Le", b'ngth: 7\r\nX-A: b\r\n\r\n{"a"', b":1}")
    assert (reply.status, reply.json, reply.headers["x-a"]) == (200, {"a": 1}, "b")
    assert reply.raw == b'HTTP/1.1 200 OK\r\nContent-Length: 7\r\nX-A: b\r\n\r\n{"a":1}'
    assert str(reply) == '200 {"a":1}'


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", b"hi"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", b"x"),
    ],
)
async def test_answers_of_other_forms(answer: bytes, body: bytes) -> None:
    assert (await answered(answer)).body == body


async def test_an_answer_to_head_has_no_body() -> None:
    assert (await answered(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", method="HEAD")).body == b""


@pytest.mark.parametrize("body", [b"[1]", b"{", b"\xff", b"", b'{"a":' + b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_an_empty_one(body: bytes) -> None:
    assert (await answered(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))).json == {}


@pytest.mark.parametrize(
    ("answer", "observed"),
    [
        (b"", "the connection is closed without one"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort",
            "peer closed connection without sending complete message",
        ),
        (b"no HTTP at all\r\n\r\n", "illegal status line"),
    ],
)
async def test_anything_else_differs(answer: bytes, observed: str) -> None:
    with pytest.raises(Differs) as caught:
        await answered(answer)
    assert caught.value.observed.startswith(observed)


async def test_silence_differs() -> None:
    async def silent(line: Line) -> None:
        await line.reader.read()

    async with serving(silent) as port:
        with pytest.raises(Differs) as caught:
            await call(f"http://127.0.0.1:{port}", b"GET / HTTP/1.1\r\n\r\n", patience=0.02)
    assert caught.value.observed == "nothing within 0.02 s"


async def test_a_reset_differs() -> None:
    async def rude(line: Line) -> None:
        await line.until(b"\r\n\r\n")
        line.reset()

    async with serving(rude) as port:
        with pytest.raises(Differs):
            await call(f"http://127.0.0.1:{port}", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", patience=1)


async def test_nobody_there_is_not_judged() -> None:
    async with serving(lambda line: line.say()) as port:
        pass
    with pytest.raises(NotJudged, match=f"http://127.0.0.1:{port} cannot be reached"):
        await call(f"http://127.0.0.1:{port}", b"", patience=1)


async def test_one_byte_at_a_time_is_many_writes() -> None:
    sizes: list[int] = []

    async def serve(line: Line) -> None:
        got = b""
        while b"\r\n\r\n" not in got:
            data = await line.reader.read(65536)
            sizes.append(len(data))
            got += data
        await line.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    async with serving(serve) as port:
        url = f"http://127.0.0.1:{port}/"
        forms = ("byte_at_a_time",)
        await call(url, request_bytes("GET", url, {}, b"", forms), patience=1, forms=forms)
    assert len(sizes) > 5
