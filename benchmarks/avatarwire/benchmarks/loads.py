"""The loads that servers are measured under: WebSocket round trips and signed HTTP calls, by aiohttp's client.

The same client, the same bytes and the same number of connections go to a fake and to a bare server, in turn.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from avatarwire.benchmarks.peers import SERIAL, Peer
from avatarwire.codecs import aliyun
from avatarwire.codecs.aliyun.http import CHECK_SESSION, START_AVATAR_SESSION
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.fakeserver.clock import RealClock

__all__ = ["LIVE_SCRIPT", "Call", "Sockets", "call_all", "drive", "open_sockets", "signed_checks", "start_session"]

LIVE_SCRIPT: Final = json.dumps(
    {
        "version": "0.0.1",
        "recycle": 0,
        "stream_mode": True,
        "sceneList": [
            {
                "digital_role": {"id": 1, "position": {"x": 0, "y": 0}, "scale": 1},
                "tts_config": {"qid": "voice"},
                "tts_query": {"content": "good morning everybody", "ssml": False},
            }
        ],
    }
)
"""What a live of SenseTime is created with."""


@dataclass(frozen=True, slots=True)
class Call:
    """A signed HTTP call, ready to send: a nonce serves once only."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Sockets:
    """Open connections, and the frame each of them sends."""

    open: list[tuple[aiohttp.ClientWebSocketResponse, bytes]]

    async def round_trips(self, each: int) -> float:
        """Round trips a second, one message in flight on every connection."""

        async def talk(socket: aiohttp.ClientWebSocketResponse, frame: bytes) -> None:
            for _ in range(each):
                await socket.send_bytes(frame)
                await socket.receive()

        began = time.perf_counter()
        await asyncio.gather(*(talk(socket, frame) for socket, frame in self.open))
        return each * len(self.open) / (time.perf_counter() - began)


async def start_session(client: aiohttp.ClientSession, peer: Peer) -> tuple[str, str]:
    """Starts a session on a fake; its id and the URL of its socket."""
    request = aliyun.http.StartAvatarSessionRequest(project_id=peer.project_id, request_id=uuid.uuid4().hex)
    call = _signed(peer, START_AVATAR_SESSION, request)
    async with client.post(f"http://127.0.0.1:{peer.port}{call.path}", data=call.body, headers=call.headers) as answer:
        started = START_AVATAR_SESSION.decode_response(answer.status, await answer.read()).value
    return started.session_id or "", started.web_socket_url or ""


def drive(session_id: str) -> bytes:
    """A frame that has a text be spoken in a session."""
    request = aliyun.TextDriveRequest(
        session_id=session_id, text="good morning", ask_type=aliyun.AskType.ASK, message_id=str(uuid.uuid4())
    )
    return aliyun.encode(request, SERIAL)


async def open_sockets(client: aiohttp.ClientSession, fake: Peer, bare: Peer, count: int) -> tuple[Sockets, Sockets]:
    """Connections to both servers that send the same frames; those of the fake are READY."""
    to_fake: list[tuple[aiohttp.ClientWebSocketResponse, bytes]] = []
    to_bare: list[tuple[aiohttp.ClientWebSocketResponse, bytes]] = []
    for _ in range(count):
        session_id, url = await start_session(client, fake)
        socket = await client.ws_connect(url)
        await socket.send_bytes(aliyun.encode(aliyun.ChannelReadyRequest(session_id=session_id), SERIAL))
        await socket.receive()
        frame = drive(session_id)
        to_fake.append((socket, frame))
        to_bare.append((await client.ws_connect(f"ws://127.0.0.1:{bare.port}/"), frame))
    return Sockets(to_fake), Sockets(to_bare)


def signed_checks(peer: Peer, session_id: str, count: int) -> list[Call]:
    """Signed CheckSession calls."""
    request = aliyun.http.CheckSessionRequest(project_id=peer.project_id, session_id=session_id)
    return [_signed(peer, CHECK_SESSION, request) for _ in range(count)]


async def call_all(client: aiohttp.ClientSession, port: int, calls: list[Call], *, at_once: int = 16) -> float:
    """Calls a second, `at_once` of them in flight."""

    async def work(waiting: Iterator[Call]) -> None:
        for call in waiting:
            url = f"http://127.0.0.1:{port}{call.path}"
            async with client.post(url, data=call.body, headers=call.headers) as answer:
                await answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{call.path} answered {answer.status}")

    waiting = iter(calls)
    began = time.perf_counter()
    await asyncio.gather(*(work(waiting) for _ in range(at_once)))
    return len(calls) / (time.perf_counter() - began)


def _signed(peer: Peer, operation: Operation[Any, Any], request: Message) -> Call:
    sent = operation.encode_request(request)
    headers = aliyun.signature.sign(
        sent.method,
        sent.path,
        sent.query,
        sent.headers,
        sent.body,
        access_key_id=peer.access_key_id,
        access_key_secret=peer.access_key_secret,
        action=operation.id,
        host=f"127.0.0.1:{peer.port}",
        date=RealClock().now(),
        nonce=uuid.uuid4().hex,
    )
    return Call(sent.path, headers, sent.body)
