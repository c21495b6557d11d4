"""HTTP calls and WebSockets: which error means what."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from avatarwire.codecs.aio.exchange import Exchange, is_local
from avatarwire.codecs.aio.line import Line
from avatarwire.codecs.aio.sockets import open_socket
from avatarwire.codecs.errors import ConnectionLostError, RefusedError
from avatarwire.codecs.operation import HttpRequest
from avatarwire.fakeserver import FakeAliyun
from tests.jumping import JumpingLoop, run


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80", True),
        ("ws://localhost:1/x", True),
        ("http://[::1]:80", True),
        ("https://service.test", False),
        ("", False),
    ],
)
def test_what_is_on_this_machine_needs_no_proxy(url: str, local: bool) -> None:
    assert is_local(url) is local


@asynccontextmanager
async def silent() -> AsyncGenerator[int]:
    """A server that takes everything and says nothing; its port."""
    transports: list[asyncio.BaseTransport] = []

    class Silent(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)

    async with await asyncio.get_running_loop().create_server(Silent, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for transport in transports:
            transport.close()


def test_a_server_that_says_nothing_is_waited_for_in_vain() -> None:
    async def main(loop: JumpingLoop) -> int:
        begun = loop.time()
        async with silent() as port:
            with pytest.raises(TimeoutError, match=r"^the WebSocket: nothing came for 30 s$"):
                await open_socket(f"ws://127.0.0.1:{port}/", seconds=30, largest=1024)
            async with Exchange(f"http://127.0.0.1:{port}", 30) as exchange:
                with pytest.raises(TimeoutError, match=r"^ping: nothing came for 30 s$"):
                    await exchange.send("ping", HttpRequest("GET", "/"), attempts=2)
        return round(loop.time() - begun)

    assert run(main)[0] == 90


def test_a_port_where_nobody_listens_is_a_lost_connection() -> None:
    async def main(loop: JumpingLoop) -> None:
        async with silent() as port:
            pass
        with pytest.raises(ConnectionLostError, match=r"^the WebSocket cannot be opened: ConnectionRefusedError$"):
            await open_socket(f"ws://127.0.0.1:{port}/", seconds=30, largest=1024)
        async with Exchange(f"http://127.0.0.1:{port}", 30) as exchange:
            with pytest.raises(ConnectionLostError, match=r"^ping: All connection attempts failed$"):
                await exchange.send("ping", HttpRequest("GET", "/"))

    run(main)


def test_a_socket_may_be_refused() -> None:
    async def main(loop: JumpingLoop) -> None:
        async with FakeAliyun() as fake:
            with pytest.raises(RefusedError, match=r"^the WebSocket was refused: HTTP 401$"):
                await open_socket(f"{fake.ws_url}?token=no&sessionId=s", seconds=30, largest=1024)

    run(main)


# --- the line ---


class Wire:
    """A connection of two queues, with a client that says what it is told and is due once."""

    def __init__(self) -> None:
        self.arriving: asyncio.Queue[str] = asyncio.Queue()
        self.heard: list[str] = []
        self.sent: list[str] = []
        self.to_say: list[str] = []
        self.due: float | None = None
        self.line: Line[str, str] = Line(
            receive=self.arriving.get,
            send=self.send,
            outgoing=self.take_out,
            take=self.heard.append,
            due=lambda: self.due,
            tick=self.tick,
        )

    async def send(self, message: str) -> None:
        if message == "broken":
            raise OSError("the pipe is broken")
        self.sent.append(message)

    def take_out(self) -> list[str]:
        taken, self.to_say = self.to_say, []
        return taken

    def tick(self) -> None:
        self.due = None
        self.to_say.append("tick")


def test_a_line_sends_at_once_what_another_task_has_to_say() -> None:
    async def main(loop: JumpingLoop) -> tuple[list[str], list[str], float]:
        wire = Wire()
        running = asyncio.create_task(wire.line.run())
        wire.due = loop.time() + 30
        wire.arriving.put_nowait("hello")
        wire.to_say.append("at once")
        begun = loop.time()
        await wire.line.flush()
        took = loop.time() - begun
        wire.to_say.append("broken")
        wire.line.wake()
        with pytest.raises(OSError, match="the pipe is broken"):
            await running
        # There is nobody left to wait for.
        await wire.line.flush()
        return wire.sent, wire.heard, took

    assert run(main)[0] == (["at once"], ["hello"], 0.0)


def test_a_line_comes_back_in_time() -> None:
    async def main(loop: JumpingLoop) -> tuple[list[str], int]:
        wire = Wire()
        begun = loop.time()
        wire.due = begun + 30

        def break_it() -> None:
            wire.to_say.append("broken")
            wire.line.wake()

        loop.call_later(31, break_it)
        with pytest.raises(OSError, match="the pipe is broken"):
            await wire.line.run()
        return wire.sent, round(loop.time() - begun)

    assert run(main)[0] == (["tick"], 31)
