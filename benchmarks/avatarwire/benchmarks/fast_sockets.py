"""A WebSocket client that is not the limit: picows on uvloop, for loads under which servers are compared.

aiohttp's client takes longer for a message than a bare server does, so that every ratio measured with it is that of the
client as well.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar

import aiohttp
import picows
import uvloop

from avatarwire.benchmarks.loads import drive, start_session
from avatarwire.benchmarks.peers import SERIAL, Peer
from avatarwire.codecs import aliyun

__all__ = ["Drives", "Socket", "connected", "drives", "echoes", "fast"]

T = TypeVar("T")

_TICK: Final = 0.005
"""Seconds between two bursts of a load that has a rate."""


class Socket(picows.WSListener):
    """One connection: sends a frame again and again, each behind the answer to the one before.

    Attributes:
        frame: what it sends.
    """

    def __init__(self) -> None:
        super().__init__()
        self.frame = b""
        self._left = 0
        self._sent = 0.0
        self._all: asyncio.Future[float] | None = None

    def on_ws_connected(self, transport: picows.WSTransport) -> None:
        self._transport = transport

    def on_ws_frame(self, transport: picows.WSTransport, frame: picows.WSFrame) -> None:
        if frame.msg_type is picows.WSMsgType.CLOSE:
            raise RuntimeError("the server has closed")
        self._left -= 1
        if self._left > 0:
            transport.send(picows.WSMsgType.BINARY, self.frame)
        elif self._all is not None and not self._all.done():
            self._all.set_result(time.perf_counter() - self._sent)

    def round_trips(self, count: int) -> asyncio.Future[float]:
        """So many, one after the other; gives the seconds that they have taken."""
        if self._all is not None and not self._all.done():
            raise RuntimeError("the answers before have not come")
        self._left = count
        self._all = asyncio.get_running_loop().create_future()
        self._sent = time.perf_counter()
        self._transport.send(picows.WSMsgType.BINARY, self.frame)
        return self._all

    def end(self) -> None:
        """Cuts the connection."""
        self._transport.disconnect()


async def connected(url: str) -> Socket:
    """A connection to a server."""
    connect: Callable[..., Awaitable[tuple[object, Any]]] = picows.ws_connect  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - its options are not typed
    _, socket = await connect(Socket, url)
    assert isinstance(socket, Socket)
    return socket


class Drives(list[Socket]):
    """Open connections."""

    async def round_trips(self, each: int) -> float:
        """Round trips a second, one message in flight on every connection."""
        began = time.perf_counter()
        await asyncio.gather(*[socket.round_trips(each) for socket in self])
        return each * len(self) / (time.perf_counter() - began)

    async def at_rate(self, a_second: int, seconds: float) -> Sequence[float]:
        """Sends so many messages a second, one connection after the other; the seconds of each until its answer."""
        loop = asyncio.get_running_loop()
        began, waiting = loop.time(), list[asyncio.Future[float]]()
        while len(waiting) < a_second * seconds:
            due = min(int((loop.time() - began) * a_second) + 1, int(a_second * seconds))
            waiting += [self[number % len(self)].round_trips(1) for number in range(len(waiting), due)]
            await asyncio.sleep(_TICK)
        return await asyncio.gather(*waiting)

    def end(self) -> None:
        """Cuts all of them."""
        for socket in self:
            socket.end()


async def drives(peer: Peer, count: int) -> Drives:
    """So many sessions of a fake, each READY and with a text to be spoken."""
    opened = Drives()
    async with aiohttp.ClientSession() as client:
        for _ in range(count):
            session_id, url = await start_session(client, peer)
            socket = await connected(url)
            socket.frame = aliyun.encode(aliyun.ChannelReadyRequest(session_id=session_id), SERIAL)
            await socket.round_trips(1)
            socket.frame = drive(session_id)
            opened.append(socket)
    return opened


async def echoes(peer: Peer, count: int) -> Drives:
    """So many connections to a bare server, which send the same."""
    opened = Drives()
    for _ in range(count):
        socket = await connected(f"ws://127.0.0.1:{peer.port}/")
        socket.frame = drive(str(uuid.uuid4()))
        opened.append(socket)
    return opened


def fast(work: Coroutine[Any, Any, T]) -> T:
    """Runs a load on the loop that is not the limit."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
