"""A WebSocket against the server of `websockets`, and against bytes by hand where that would not say them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from avatarwire.conformance.engine.case import Differs
from avatarwire.conformance.engine.stream import Ended
from avatarwire.conformance.engine.web_socket import Closed, Refused, WebSocket
from tests.conformance.engine.peer import LIMIT, Line, serving

Crossed = list[tuple[str, bytes, bool]]


def ignored(direction: str, data: bytes, is_text: bool) -> None:
    del direction, data, is_text


@asynccontextmanager
async def echo(**options: Any) -> AsyncGenerator[str]:
    async def one(connection: ServerConnection) -> None:
        async for message in connection:
            if message == "close":
                await connection.close(4000, "as asked")
            else:
                await connection.send(message)

    async with serve(one, "127.0.0.1", 0, **options) as server:
        (listener,) = server.sockets
        yield f"ws://127.0.0.1:{listener.getsockname()[1]}/path?q=1"


@asynccontextmanager
async def by_hand(frames: bytes = b"", *, at_once: bool = False, heard: bytearray | None = None) -> AsyncGenerator[str]:
    """A server that shakes hands, says some bytes, `at_once` together with its answer, and keeps what it hears."""

    async def one(line: Line) -> None:
        (key,) = re.findall(rb"(?i)sec-websocket-key: (\S+)", await line.until(b"\r\n\r\n"))
        # RFC 6455, 4.2.2, says that it is SHA-1.
        digest = hashlib.sha1(key + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11", usedforsecurity=False).digest()
        answer = (
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(digest) + b"\r\n\r\n"
        )
        await line.say(*([answer + frames] if at_once else [answer, frames]))
        if heard is None:
            await line.reader.read(100)
        else:
            heard.extend(await line.until(b"end"))

    async with serving(one) as port:
        yield f"ws://127.0.0.1:{port}"


async def opened(
    url: str, *forms: str, seen: Crossed | None = None, headers: Mapping[str, str] | None = None
) -> WebSocket:
    def keep(direction: str, data: bytes, is_text: bool) -> None:
        if seen is not None:
            seen.append((direction, data, is_text))

    return await WebSocket.open(url, patience=LIMIT, seen=keep, forms=forms, headers=headers)


@pytest.mark.parametrize("forms", [(), ("fragmented",), ("byte_at_a_time",), ("header_case", "fragmented")])
async def test_messages_go_and_come_whole_in_every_form(forms: tuple[str, ...]) -> None:
    crossed: Crossed = []
    async with echo() as url:
        socket = await opened(url, *forms, seen=crossed)
        for message in ("text", b"\x00binary", "x" * 70_000, b""):
            await socket.send(message)
            assert await socket.receive(LIMIT) == message
        await socket.leave()
    assert crossed[:4] == [
        ("out", b"text", True), ("in", b"text", True), ("out", b"\x00binary", False), ("in", b"\x00binary", False),
    ]  # fmt: skip


async def test_the_end_is_something_that_comes_and_stays() -> None:
    async with echo() as url:
        socket = await opened(url)
        await socket.send("close")
        for _ in range(2):
            assert await socket.receive(LIMIT) == Closed(4000, "as asked")
        assert socket.over
        with pytest.raises(Ended):
            await socket.send("more")
        await socket.leave()


async def test_nothing_comes() -> None:
    async with echo() as url:
        socket = await opened(url)
        assert await socket.receive(0.01) is None
        await socket.leave()


async def test_a_ping_and_a_close_of_ours() -> None:
    async with echo() as url:
        socket = await opened(url)
        await socket.ping(b"here")
        await socket.send("after")
        assert await socket.receive(LIMIT) == "after"
        assert socket.pongs == [b"here"]
        await socket.close(1000, "done")
        assert await socket.receive(LIMIT) == Closed(1000, "done")
        await socket.leave()


async def test_bytes_beside_the_protocol() -> None:
    async with echo() as url:
        socket = await opened(url)
        await socket.send_raw(b"\x81\x02hi")  # not masked: RFC 6455, 5.1
        found = await socket.receive(LIMIT)
        assert isinstance(found, Closed)
        assert found.code == 1002
        await socket.leave()


@pytest.mark.parametrize(("forms", "heads"), [((), [0x82]), (("fragmented",), [0x02, 0x00, 0x80])])
async def test_a_message_is_as_many_frames_as_its_form_has(forms: tuple[str, ...], heads: list[int]) -> None:
    heard = bytearray()
    async with by_hand(heard=heard) as url:
        socket = await opened(url, *forms)
        await socket.send(b"123456789")
        await socket.send_raw(b"end")
        assert await socket.receive(LIMIT) == Closed(1006)
        await socket.leave()
    found: list[int] = []
    at = 0
    while bytes(heard[at:]) != b"end":
        found.append(heard[at])
        at += 6 + (heard[at + 1] & 0x7F)  # two bytes, a mask of four, and the payload
    assert found == heads


async def test_a_text_that_is_not_utf_8_is_the_end() -> None:
    async with by_hand(b"\x81\x02\xff\xfe") as url:
        socket = await opened(url)
        assert await socket.receive(LIMIT) == Closed(1007, "a text that is not UTF-8")
        await socket.leave()


async def test_a_flood_of_messages_is_the_end() -> None:
    async with by_hand(b"\x82\x00" * 6000) as url:
        socket = await opened(url)
        while isinstance(found := await socket.receive(LIMIT), bytes):
            pass
        assert found == Closed(1008, "more than 5000 messages")
        await socket.leave()


async def test_a_handshake_with_headers_that_is_refused() -> None:
    async def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(HTTPStatus.FORBIDDEN, request.headers["X-Who"])

    async with echo(process_request=refuse) as url:
        with pytest.raises(Refused) as caught:
            await opened(url, headers={"X-Who": "me"})
    assert (caught.value.status, caught.value.body) == (403, b"me")


async def test_a_handshake_without_an_answer() -> None:
    async def rude(line: Line) -> None:
        await line.until(b"\r\n\r\n")

    async with serving(rude) as port:
        with pytest.raises(Refused) as caught:
            await opened(f"ws://127.0.0.1:{port}")
    assert caught.value.status == 0


async def test_a_handshake_with_a_wrong_answer_differs() -> None:
    async def wrong(line: Line) -> None:
        await line.until(b"\r\n\r\n")
        await line.say(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: bm90IHRoaXMgb25l\r\n\r\n"
        )

    async with serving(wrong) as port:
        with pytest.raises(Differs) as caught:
            await opened(f"ws://127.0.0.1:{port}")
    assert "Sec-WebSocket-Accept" in caught.value.observed


@pytest.mark.parametrize("url", ["nowhere", "http://host", "ws://host:99999", "ws:///path"])
async def test_a_url_that_is_none_differs(url: str) -> None:
    with pytest.raises(Differs) as caught:
        await opened(url)
    assert (caught.value.expected, caught.value.observed) == (("a WebSocket URL",), repr(url))


async def test_silence_in_the_handshake_differs() -> None:
    async def silent(line: Line) -> None:
        await line.reader.read()

    async with serving(silent) as port:
        with pytest.raises(Differs):
            await WebSocket.open(f"ws://127.0.0.1:{port}", patience=0.02, seen=ignored)


async def test_a_message_in_fragments_with_a_ping_between_them_is_one() -> None:
    async with by_hand(b"\x01\x02he\x89\x00\x80\x03llo") as url:
        socket = await opened(url)
        assert await socket.receive(LIMIT) == "hello"
        assert await socket.receive(LIMIT) == Closed(1006)
        await socket.leave()


async def test_a_close_that_comes_with_the_answer_to_the_handshake() -> None:
    async with by_hand(b"\x81\x04last\x88\x02\x03\xe8", at_once=True) as url:
        socket = await opened(url)
        assert await socket.receive(LIMIT) == "last"
        assert await socket.receive(LIMIT) == Closed(1000)
        await socket.leave()
