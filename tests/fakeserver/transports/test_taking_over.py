"""Behind a handshake a connection is a WebSocket's: what HTTP needed is gone, and nothing that has come is lost."""

from __future__ import annotations

import asyncio
import gc
import os
import socket
import struct
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Final, cast

import aiohttp
import pytest
from aiohttp import web
from websockets.asyncio.client import connect

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Accept, Close, Effect, Incoming, Send
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.transports.websocket import Connection
from tests.fakeserver.conftest import Tls
from tests.fakeserver.echo import EchoServer, Script
from tests.fakeserver.wire import BINARY, CLOSE, PING, PONG, TEXT, Wire, close_frame, frame

HANDSHAKE: Final = (
    b"GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
"""With the key of RFC 6455, 1.3."""


def echo(data: bytes | str) -> list[Effect]:
    return [Send(data, "told")]


class Mirror(Script):
    """Says what it hears, a text as a text."""

    def take(self, received: Incoming, now: float) -> list[Effect]:
        return [Send(received.packet, "told")]


def tasks() -> int:
    return len([task for task in asyncio.all_tasks() if task is not asyncio.current_task()])


def test_the_handshake_is_answered_as_the_standard_has_it() -> None:
    with EchoServer(Script(echo)) as server, Wire(server.socket_url) as wire:
        wire.send(HANDSHAKE)
        answer = wire.response()
    assert answer.status == 101
    assert answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
    assert (answer.headers["upgrade"], answer.headers["connection"]) == ("websocket", "Upgrade")
    assert not {"sec-websocket-extensions", "sec-websocket-protocol", "content-length"} & set(answer.headers)


def test_a_key_that_is_no_text_is_answered_where_any_handshake_is_taken() -> None:
    with EchoServer(Script(echo)) as server, Wire(server.socket_url) as wire:
        wire.send(HANDSHAKE.replace(b"dGhl", b"\xff\xfe") + frame(b"there"))
        assert wire.response().status == 101
        assert wire.frame() == (BINARY, b"there")


@pytest.mark.parametrize("size", [1, 3, 10_000])
def test_what_comes_with_the_handshake_is_read_behind_it(size: int) -> None:
    sent = HANDSHAKE + frame(b"at once", TEXT) + frame(b"?", PING) + frame(b"more")
    with EchoServer(Script(echo)) as server, Wire(server.socket_url) as wire:
        for at in range(0, len(sent), size):
            wire.send(sent[at : at + size])
        assert wire.response().status == 101
        assert [wire.frame() for _ in range(3)] == [(BINARY, b"at once"), (PONG, b"?"), (BINARY, b"more")]


async def test_neither_a_request_nor_a_task_is_left_of_a_handshake() -> None:
    async with EchoServer(Script(echo)) as server:
        before = tasks()
        sockets = [await asyncio.open_connection(server.host, server.port) for _ in range(5)]
        for reader, writer in sockets:
            writer.write(HANDSHAKE)
            assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
            writer.write(frame(b"there"))
            assert await reader.readexactly(7) == b"\x82\x05there"
        assert tasks() == before
        gc.collect()
        kinds = (web.BaseRequest, web.RequestHandler)
        assert [type(it) for it in gc.get_objects() if isinstance(it, kinds)] == []
        for _, writer in sockets:
            writer.close()


async def by_aiohttp(url: str, messages: list[bytes | str]) -> list[bytes | str]:
    async with aiohttp.ClientSession() as session, session.ws_connect(url, max_msg_size=0, autoping=True) as socket:
        came: list[bytes | str] = []
        for message in messages:
            await (socket.send_str(message) if isinstance(message, str) else socket.send_bytes(message))
            came.append((await socket.receive()).data)
        await socket.ping(b"still there")
        await socket.close(code=3001, message=b"bye")
        assert socket.close_code == 3001
        return came


async def by_websockets(url: str, messages: list[bytes | str]) -> list[bytes | str]:
    async with connect(url, max_size=None, proxy=None) as socket:
        came: list[bytes | str] = []
        for message in messages:
            await socket.send([message[:1], message[1:2], message[2:]] if len(message) > 2 else message)
            came.append(await socket.recv())
        await (await socket.ping(b"still there"))
        await socket.close(3001, "bye")
        assert socket.close_code == 3001
        return came


@pytest.mark.parametrize("client", [by_aiohttp, by_websockets])
async def test_two_clients_that_others_have_written_are_understood(
    client: Callable[[str, list[bytes | str]], Awaitable[list[bytes | str]]],
) -> None:
    messages: list[bytes | str] = [b"", b"a", os.urandom(125), os.urandom(126), os.urandom(65535), os.urandom(65536)]
    messages += ["text", "数字人 😀", os.urandom(1 << 20)]

    async with EchoServer(Mirror()) as server:
        assert await client(server.socket_url, messages) == messages
        assert len(server.journal.entries(transport="ws", direction="in")) == len(messages)
    [ended] = server.journal.entries(where=lambda entry: entry.body == "disconnected")
    assert (ended.meta["code"], ended.meta["fault"]) == (3001, "")


# What is on its way when something else happens


def test_a_ping_behind_our_close_frame_is_not_answered_and_the_peer_may_still_close() -> None:
    closing: list[Effect] = [Close(4000, "enough")]
    with EchoServer(Script(lambda _: closing)) as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        wire.send(frame(b"go") + frame(b"?", PING))
        assert wire.frame() == (CLOSE, struct.pack(">H", 4000) + b"enough")
        wire.send(frame(b"?", PING) + close_frame(4000))
        assert wire.ends()
        ended = server.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert (ended.meta["code"], ended.meta["fault"]) == (4000, "")


def test_what_was_answered_before_the_peer_closes_arrives_before_its_close_frame_is() -> None:
    with EchoServer(Script(echo)) as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        wire.send(frame(b"1") + frame(b"2") + close_frame(1000) + frame(b"3"))
        assert [wire.frame() for _ in range(3)] == [(BINARY, b"1"), (BINARY, b"2"), (CLOSE, b"\x03\xe8")]
        assert wire.ends()


def test_broken_frames_behind_our_close_frame_are_noted_and_nothing_more_is_said() -> None:
    closing: list[Effect] = [Close(4000)]
    with EchoServer(Script(lambda _: closing)) as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        wire.send(frame(b"go"))
        assert wire.close_code()[0] == 4000
        wire.send(frame(b"not masked", masked=False))
        assert wire.ends()
        noted = server.journal.expect_sync(direction="in", transport="ws", where=lambda it: bool(it.violations))
    assert [violation.clause for violation in noted.violations] == ["RFC6455-5.1"]


def test_a_message_larger_than_the_limit_is_told_in_the_journal() -> None:
    with EchoServer(Script(echo)) as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        wire.send(frame(b"good") + frame(bytes((1 << 20) + 1)))
        assert wire.frame() == (BINARY, b"good")
        assert wire.close_code() == (1009, "")
        wire.socket.close()
        ended = server.journal.expect_sync(where=lambda entry: entry.body == "disconnected")
    assert ended.meta["code"] == 1009
    assert ended.meta["fault"] == "a message of at least 1048577 bytes, and at most 1048576 are read"


@pytest.mark.parametrize("end", ["reset", "end", "hang"])
def test_what_was_sent_before_arrives_when_the_connection_is_cut_behind_it(end: str) -> None:
    class Cut(Script):
        def take(self, received: Incoming, now: float) -> list[Effect]:
            [connection] = server._connections  # pyright: ignore[reportPrivateUsage] - a fault does it so
            done: list[Effect] = [Send(bytes(200_000), "told")] * 20
            server._hub.perform(done, connection)  # pyright: ignore[reportPrivateUsage]
            if end == "hang":
                connection.hang()
            else:
                connection.cut(reset=end == "reset")
            server._hub.perform([Send(b"never", "told")], connection)  # pyright: ignore[reportPrivateUsage]
            return []

    with EchoServer(Cut(), journal_bytes=1 << 24) as server, Wire(server.socket_url) as wire:
        assert wire.upgrade().status == 101
        wire.send(frame(b"go") + frame(b"?", PING))
        if end == "reset":  # what the kernel has not sent by then is lost
            assert wire.frame() == (BINARY, bytes(200_000))
        else:
            assert [wire.frame() for _ in range(20)] == [(BINARY, bytes(200_000))] * 20
        if end == "end":
            assert wire.ends()
        elif end == "hang":
            wire.send(frame(b"?", PING))
            wire.socket.settimeout(0.1)
            with pytest.raises(TimeoutError):
                wire.frame()


def test_a_client_that_has_gone_before_its_handshake_is_answered_leaves_nothing_behind() -> None:
    clock = VirtualClock()
    with EchoServer(Script(echo), clock=clock) as server:

        def gone() -> None:
            with Wire(server.socket_url) as wire:
                wire.send(HANDSHAKE)
                wire.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

        for _ in range(20):
            gone()
        with Wire(server.socket_url) as wire:
            assert wire.upgrade().status == 101
            wire.send(frame(b"there"))
            assert wire.frame() == (BINARY, b"there")
            assert server.run(lambda: len(server._connections)) <= 1 + 20  # pyright: ignore[reportPrivateUsage]
    assert server._connections == set()  # pyright: ignore[reportPrivateUsage]


async def test_a_connection_that_is_gone_before_it_can_be_taken_over_has_ended() -> None:
    class Gone:
        def hand_over(self, taker: object) -> None:
            raise ConnectionResetError

    async with EchoServer() as server:
        hub = Hub(server.clock, server.journal)
        connection = Connection(hub, Accept(Script(), "s", 1), "c1")
        waiting = asyncio.ensure_future(connection.ended())
        await asyncio.sleep(0)
        connection.take_over(cast("web.BaseRequest", SimpleNamespace(protocol=Gone(), headers={})))
        await waiting
        await connection.ended()
        connection.perform([Send(b"too late", "told")])
        [ended] = server.journal.entries(connection="c1")
    assert (ended.body, ended.meta["code"]) == ("disconnected", 1006)


def test_over_tls_it_is_the_same(tls: Tls) -> None:
    with (
        EchoServer(Script(echo), ssl_context=tls.server) as server,
        Wire(server.socket_url, context=tls.client) as wire,
    ):
        wire.send(HANDSHAKE + frame(b"at once"))
        assert wire.response().status == 101
        assert wire.frame() == (BINARY, b"at once")
        large = os.urandom(700_000)
        wire.send(frame(large) + frame(b"?", PING))
        assert wire.frame() == (BINARY, large)
        assert wire.frame() == (PONG, b"?")
        wire.send(close_frame(1000))
        assert wire.close_code() == (1000, "")
