"""Fakes that hold thousands of idle sessions, and how such sessions are begun: for what one takes of memory."""

from __future__ import annotations

import asyncio
import resource
import uuid
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import aiohttp

from avatarwire.benchmarks.fast_sockets import Socket, connected
from avatarwire.benchmarks.guiji_loads import GuijiPeer, fake_guiji, sessions
from avatarwire.benchmarks.loads import LIVE_SCRIPT
from avatarwire.benchmarks.peers import Peer, serve_aliyun
from avatarwire.codecs.sensetime.http import CREATE_LIVE, START_LIVE
from avatarwire.codecs.sensetime.wire.microphone_url import build_url
from avatarwire.fakeserver import FakeSenseTime

__all__ = ["IDLE", "allow_many", "fake_aliyun_at_rest", "memory"]

_START_SESSION: Final = "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"
_SILENT: Final = {"idle_seconds": None, "heartbeat_seconds": None, "line_seconds": None}


def allow_many() -> int:
    """Has this process, and those that it starts, open as many files as they may; how many that are."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def memory(pid: int) -> int:
    """Bytes that a process has resident."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * resource.getpagesize()


@dataclass(frozen=True, slots=True)
class SenseTimePeer:
    """Where a fake SenseTime server is, and who may talk to it."""

    http_url: str
    access_token: str
    pid: int = 0


def fake_aliyun_at_rest(ready: Connection) -> None:
    """The fake Aliyun server, whose sessions may be silent; signatures are checked."""
    asyncio.run(serve_aliyun(ready, **_SILENT))


def _unsigned_aliyun(ready: Connection) -> None:
    asyncio.run(serve_aliyun(ready, verify_signatures=False, **_SILENT))


def _sensetime(ready: Connection) -> None:
    async def serve() -> None:
        async with FakeSenseTime(heartbeat_seconds=None) as fake:
            ready.send(SenseTimePeer(fake.http_url, fake.access_token))
            await asyncio.Event().wait()

    asyncio.run(serve())


@asynccontextmanager
async def _aliyun_sessions(peer: Peer, count: int) -> AsyncGenerator[None]:
    opened: list[Socket] = []
    async with aiohttp.ClientSession(f"http://127.0.0.1:{peer.port}") as client:
        for _ in range(count):
            body = {"projectId": peer.project_id, "requestId": uuid.uuid4().hex}
            async with client.post(_START_SESSION, json=body) as answer:
                url = (await answer.json())["webSocketUrl"]
            opened.append(await connected(url))
    yield
    for socket in opened:
        socket.end()


@asynccontextmanager
async def _sensetime_sessions(peer: SenseTimePeer, count: int) -> AsyncGenerator[None]:
    opened: list[Socket] = []
    headers = {"Authorization": f"Bearer {peer.access_token}"}
    async with aiohttp.ClientSession(peer.http_url, headers=headers) as client:
        for _ in range(count):
            async with client.post(CREATE_LIVE.path, json={"param": LIVE_SCRIPT}) as answer:
                live = (await answer.json())["data"]
            async with client.post(START_LIVE.path, json={"sessionId": live["sessionId"]}) as answer:
                await answer.read()
            url = build_url(live["sessionId"], live["sessionToken"], base=peer.http_url)
            opened.append(await connected(url))
    yield
    for socket in opened:
        socket.end()


@asynccontextmanager
async def _guiji_sessions(peer: GuijiPeer, count: int) -> AsyncGenerator[None]:
    async with sessions(peer, count):
        yield


IDLE: Final[Mapping[str, tuple[Callable[[Connection], None], Callable[[Any, int], Any]]]] = {
    "Aliyun": (_unsigned_aliyun, _aliyun_sessions),
    "SenseTime": (_sensetime, _sensetime_sessions),
    "Guiji": (fake_guiji, _guiji_sessions),
}
"""By vendor: its fake, and sessions of it that say nothing as long as the block runs."""
