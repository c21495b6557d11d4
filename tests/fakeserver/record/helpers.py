"""What tests of recordings share: upstreams that are made by hand, and a look at a journal."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx

from avatarwire.codecs.aliyun import StartAvatarSessionRequest, signature
from avatarwire.codecs.aliyun.http import START_AVATAR_SESSION
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Entry

__all__ = ["listening", "messages", "noted", "signed", "started"]

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk) -> AsyncGenerator[str]:
    """The URL of a server that speaks byte by byte; each connection is closed when `talk` returns."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


def messages(journal: Journal) -> list[tuple[str, str, str]]:
    """Transport, direction and id of everything that crossed a wire."""
    return [
        (entry.transport, entry.direction, entry.message)
        for entry in journal.entries()
        if "note" not in (entry.transport, entry.direction)
    ]


def noted(journal: Journal, text: str) -> list[Entry]:
    """The notes of a text."""
    return [entry for entry in journal.entries() if entry.transport == "note" and entry.body == text]


def signed(host: str, key: str = "key", signed_by: str = "secret", project: str = "1") -> tuple[bytes, dict[str, str]]:
    """A call that starts a session, signed for a host."""
    call = START_AVATAR_SESSION.encode_request(StartAvatarSessionRequest(project_id=project, request_id="rq-7"))
    headers = signature.sign(
        call.method,
        call.path,
        call.query,
        call.headers,
        call.body,
        access_key_id=key,
        access_key_secret=signed_by,
        action=START_AVATAR_SESSION.id,
        host=host,
        date=RealClock().now(),
        nonce=secrets.token_hex(),
    )
    return call.body, dict(headers)


async def started(url: str, body: bytes, headers: Mapping[str, str]) -> httpx.Response:
    """Sends it to a server."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        return await client.post(url + START_AVATAR_SESSION.path, content=body, headers=dict(headers))
