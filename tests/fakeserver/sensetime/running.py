"""A running fake as a client sees it: HTTP by httpx, WebSockets by websockets, JSON by hand.

Only what the tests over real sockets share may live here. It is written from the vendor's documents alone and imports
nothing of the codecs.
"""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest
from aiohttp import web
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from avatarwire.fakeserver.sensetime import FakeSenseTime
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT, SPEECH

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""


class Customer:
    """A customer's service, and its pages.

    Args:
        fake: whom it calls.
        calls: its HTTP client.
        tls: for wss.
    """

    def __init__(self, fake: FakeSenseTime, calls: httpx.AsyncClient, tls: ssl.SSLContext | None = None) -> None:
        self.fake = fake
        self._calls = calls
        self._tls = tls

    async def call(self, operation: str, token: str = "", **fields: Any) -> Any:
        """The whole answer of an operation."""
        method, path = ROUTES[operation]
        headers = {"Authorization": f"Bearer {token or self.fake.access_token}"}
        sent: dict[str, Any] = {"params": fields} if method == "GET" else {"json": fields}
        answer = await self._calls.request(method, self.fake.http_url + path, headers=headers, **sent)
        return answer.json()

    async def data(self, operation: str, **fields: Any) -> Any:
        """The data of a success."""
        answer = await self.call(operation, **fields)
        assert answer["code"] == 0, answer
        return answer.get("data")

    async def speak(self, operation: str, session: str, script: Any = SPEECH, **fields: Any) -> Any:
        """The data of a takeover."""
        return await self.data(operation, sessionId=session, param=json.dumps(script), **fields)

    async def started(self, **scene: Any) -> tuple[str, str]:
        """A live in progress: its id and its token."""
        script = {**SCRIPT, "sceneList": [{**SCRIPT["sceneList"][0], **scene}]}
        live = await self.data("createLive", param=json.dumps(script))
        await self.data("startLive", sessionId=live["sessionId"])
        return live["sessionId"], live["sessionToken"]

    @asynccontextmanager
    async def socket(
        self, session: str, token: str, *, page: bool = False, client_type: str = "BROWSER"
    ) -> AsyncGenerator[Socket]:
        """A microphone socket, or a page's."""
        base = self.fake.interactive_url if page else self.fake.ws_url
        query = f"clientType={client_type}&sessionId={session}&Authorization={quote(f'Bearer {token}')}"
        async with connect(f"{base}?{query}", proxy=None, ssl=self._tls) as connection:
            yield Socket(connection)


class Socket:
    """One WebSocket.

    Args:
        connection: what carries it.
    """

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, *messages: str | bytes) -> None:
        """Sends messages."""
        for message in messages:
            await self.connection.send(message)

    async def hear(self) -> Any:
        """The next message, which is text with JSON."""
        async with asyncio.timeout(LIMIT):
            message = await self.connection.recv()
        assert isinstance(message, str)
        return json.loads(message)

    async def codes(self, count: int) -> list[int]:
        """Codes of the next messages."""
        return [(await self.hear())["code"] for _ in range(count)]

    async def closed(self) -> tuple[int, str]:
        """Code and reason of the end, which is next."""
        with pytest.raises(ConnectionClosed) as caught:
            async with asyncio.timeout(LIMIT):
                await self.connection.recv()
        end = caught.value.rcvd
        assert end is not None
        return end.code, end.reason


@asynccontextmanager
async def customer(tls: ssl.SSLContext | None = None, **changes: Any) -> AsyncGenerator[Customer]:
    """A running fake and a customer of it."""
    verify: Any = tls if tls is not None else True
    async with FakeSenseTime(**changes) as fake, httpx.AsyncClient(trust_env=False, verify=verify) as calls:
        yield Customer(fake, calls, tls)


@asynccontextmanager
async def receiving() -> AsyncGenerator[tuple[str, asyncio.Queue[Any]]]:
    """A customer's own server for callbacks: its address, and the bodies it gets."""
    got: asyncio.Queue[Any] = asyncio.Queue()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        got.put_nowait(json.loads(await request.read()))
        return web.json_response({})

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got
    finally:
        await runner.cleanup()
