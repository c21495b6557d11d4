"""The servers that are measured, each in a process of its own: the fakes, and bare servers beside them.

A bare server does what the least server would that talks the same sizes: it reads the message and answers with bytes
made beforehand. Only servers live here; who talks to them is in `loads.py`.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Any

from aiohttp import web
from websockets.asyncio.server import ServerConnection, serve

from avatarwire.codecs import aliyun
from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver.transports.port import keep_large_blocks

__all__ = ["ANSWER", "Peer", "bare_aiohttp", "bare_websockets", "fake_aliyun", "running", "serve_aliyun"]

SERIAL: bytes = b"SERIAL01"
SESSION: str = "3d1f6c0a-9a55-4a4e-8f0e-52b1a7d3c901"

ANSWER: bytes = aliyun.encode(
    aliyun.TextDriveResponse(
        success=True, session_id=SESSION, content="You asked: good morning", finish=True, message_id=SESSION
    ),
    SERIAL,
)
"""A reply of the size the fake sends."""

STATUS: bytes = b'{"requestId":"7B3C1E52-0F4D-4C55-9A61-6E1D2A9B8C70","status":"FREE"}'
"""An HTTP body of the size the fake sends for CheckSession."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a server listens and who may talk to it."""

    port: int
    access_key_id: str = ""
    access_key_secret: str = ""
    project_id: str = ""
    pid: int = 0
    """Of its process."""


def bare_aiohttp(ready: Connection) -> None:
    """An aiohttp server that answers every WebSocket message and every JSON body with the same bytes."""

    async def respond(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            await request.json()
            return web.Response(body=STATUS, content_type="application/json")
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for _ in socket:
            await socket.send_bytes(ANSWER)
        return socket

    async def serve() -> None:
        server = web.Server(respond, access_log=None)
        listener = await asyncio.get_running_loop().create_server(server, "127.0.0.1", 0)
        ready.send(Peer(listener.sockets[0].getsockname()[1]))
        await asyncio.Event().wait()

    asyncio.run(serve())


async def serve_aliyun(ready: Connection, **options: Any) -> None:
    """The fake Aliyun server: one frame an answer, no pacing, journal on, signatures checked unless options differ."""
    async with FakeAliyun(polls_until_ready=0, chunk_characters=0, chunk_seconds=0.0, **options) as fake:
        ready.send(Peer(fake.port, fake.access_key_id, fake.access_key_secret, fake.project_id))
        await asyncio.Event().wait()


def bare_websockets(ready: Connection) -> None:
    """A server of `websockets` that answers every message with the same bytes."""

    async def respond(socket: ServerConnection) -> None:
        async for _ in socket:
            await socket.send(ANSWER)

    async def serve_all() -> None:
        server = await serve(respond, "127.0.0.1", 0, compression=None, ping_interval=None)
        ready.send(Peer(next(iter(server.sockets)).getsockname()[1]))
        await asyncio.Event().wait()

    asyncio.run(serve_all())


def fake_aliyun(ready: Connection) -> None:
    """The same, on the loop of asyncio."""
    asyncio.run(serve_aliyun(ready))


def _serve(server: Callable[[Connection], None], ready: Connection) -> None:
    """What a peer's process does: every peer begins as the fakes do, or a ratio would be that of memory's manners."""
    keep_large_blocks()
    server(ready)


@contextmanager
def running(server: Callable[[Connection], None]) -> Generator[Peer]:
    """Runs a server in another process while the block runs."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(server, there), daemon=True)
    process.start()
    there.close()
    try:
        if not here.poll(30):
            raise TimeoutError(f"{server.__name__} did not start")
        peer: Peer = here.recv()
        yield replace(peer, pid=process.pid or 0)
    finally:
        process.terminate()
        process.join()
        here.close()
