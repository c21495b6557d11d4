"""A client of Aliyun that is right: httpx and websockets, and nothing of our drivers."""

from __future__ import annotations

import asyncio
import json
import uuid
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final, cast
from urllib.parse import urlsplit

import httpx
import websockets

from avatarwire.codecs.aliyun import signature
from avatarwire.conformance.probing.adapter import Given

from .errors import PATIENCE, Lost, Refused, ended, pauses

__all__ = ["Aliyun"]

CONTROL: Final = 0
PING: Final = 14
INTERRUPT: Final = 2
FORCE_CLOSE: Final = 3
RECOVERING: Final = 4
TEXT: Final = 128
READINESS: Final = 131
GENERAL: Final = 255

_PATH: Final = "/yic/yic-console/openService/v1/avatar/project/"
_POLLS: Final = 60


class Aliyun:
    """Talks to one project. What planted bugs change is in methods of their own."""

    patience: float | None = PATIENCE
    beat = 30.0

    def __init__(self) -> None:
        self.session = self.url = ""
        self.request_id = self.new_id()
        self.socket: websockets.ClientConnection | None = None
        self.reader: asyncio.Task[None] | None = None
        self.heart: asyncio.Task[None] | None = None
        self.ready = self.is_over = False
        self.opening = asyncio.Lock()
        self.status: asyncio.Queue[str] = asyncio.Queue()
        self.answers: dict[str, asyncio.Queue[dict[str, Any] | None]] = {}

    # --- the adapter ---

    async def start(self, place: Given) -> None:
        self.place = place
        self.http = httpx.AsyncClient(base_url=place.http_url, timeout=self.patience, trust_env=False)
        await self.begin()
        await self.prepared()

    async def say(self, text: str) -> None:
        await self.prepared()
        await self.answered(text)

    async def interrupt(self) -> None:
        await self.send(CONTROL, INTERRUPT, {"sessionId": self.session})

    async def stop(self) -> None:
        try:
            await self.end()
        finally:
            await self.hang_up()
            await self.http.aclose()

    # --- HTTP ---

    async def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """One signed call.

        Raises:
            Refused: the service refuses it.
            httpx.HTTPError: nobody knows whether it was done.
        """
        path, content = f"{_PATH}{action[0].lower()}{action[1:]}", json.dumps(body).encode()
        headers = signature.sign(
            "POST",
            path,
            "",
            {"content-type": "application/json"},
            content,
            access_key_id=self.place.credentials["access_key_id"],
            access_key_secret=self.place.credentials["access_key_secret"],
            action=action,
            host=urlsplit(self.place.http_url).netloc,
            date=datetime.now(UTC),
            nonce=uuid.uuid4().hex,
        )
        response = await self.http.post(path, content=content, headers=headers)
        self.check(action, response)
        found = response.json()
        if not isinstance(found, dict):
            raise Refused(f"{action}: no object")
        return cast("dict[str, Any]", found)

    def check(self, action: str, response: httpx.Response) -> None:
        if not response.is_success:
            raise Refused(f"{action}: {response.status_code} {response.text[:80]}")

    async def called(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        """The same, tried again for what may pass: no answer, and refusals."""
        async for left in pauses(4):
            try:
                return await self.call(action, body)
            except (httpx.HTTPError, Refused):
                if not left:
                    raise
        raise AssertionError

    async def begin(self) -> None:
        """A session: the same request id finds it again (ALI-R023)."""
        project = self.place.credentials["project_id"]
        found = await self.called("StartAvatarSession", {"projectId": project, "requestId": self.request_id})
        self.session, self.url = str(found["sessionId"]), str(found["webSocketUrl"])

    async def end(self) -> None:
        """The end of the session, also of one that has ended, or that nobody has told us of."""
        if not self.session:
            await self.begin()
        project = self.place.credentials["project_id"]
        await self.called("StopAvatarSession", {"projectId": project, "sessionId": self.session})

    # --- the socket ---

    async def prepared(self) -> None:
        """Has the socket open and the channel READY."""
        async with self.opening:
            if self.is_over:
                raise Lost("the service has closed the session")
            if self.socket is None:
                await self.connect()
            for _ in range(_POLLS):
                if self.ready:
                    return
                status = await self.asked_status()
                if status == "FAIL":
                    raise Refused("the channel failed")
                self.check_open()
                if not self.ready:
                    await asyncio.sleep(1)
            raise Refused("the channel is never ready")

    async def asked_status(self) -> str:
        self.status = asyncio.Queue()
        await self.send(CONTROL, READINESS, {"sessionId": self.session})
        async with asyncio.timeout(self.patience):
            return await self.status.get()

    async def connect(self) -> None:
        async for left in pauses(4):
            try:
                self.socket = await self.opened()
            except (OSError, websockets.WebSocketException):
                if not left:
                    raise
            else:
                self.reader = asyncio.create_task(self.read(self.socket))
                self.heart = asyncio.create_task(self.beats(self.socket))
                return

    async def opened(self) -> websockets.ClientConnection:
        return await websockets.connect(
            self.url, open_timeout=self.patience, close_timeout=5, ping_interval=None, proxy=None
        )

    async def hang_up(self) -> None:
        socket, self.socket = self.socket, None
        if socket is not None:
            await socket.close()
        await ended(self.heart)
        await ended(self.reader)

    async def beats(self, socket: websockets.ClientConnection) -> None:
        """Heartbeats, as long as the socket is open."""
        with suppress(websockets.ConnectionClosed):
            while not self.is_over:
                await asyncio.sleep(self.beat)
                await socket.send(self.frame(PING, GENERAL, {}))

    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        serial = uuid.uuid4().hex[:8].encode()
        return bytes((kind, 1, biz)) + serial + json.dumps(body).encode()

    async def send(self, kind: int, biz: int, body: dict[str, Any]) -> None:
        if self.socket is None or self.is_over:
            raise Lost("there is no connection")
        try:
            await self.socket.send(self.frame(kind, biz, body))
        except websockets.ConnectionClosed as error:
            raise Lost("the connection was closed") from error

    async def read(self, socket: websockets.ClientConnection) -> None:
        try:
            while True:
                self.take(await socket.recv())
        except websockets.ConnectionClosed:
            pass
        finally:
            self.lost(socket)

    def lost(self, socket: websockets.ClientConnection) -> None:
        """The socket has ended, and whatever is under way on it."""
        if self.socket is socket:
            self.socket = None
        self.ready = False
        self.status.put_nowait("LOST")
        self.give_up()

    def give_up(self) -> None:
        for answer in self.answers.values():
            answer.put_nowait(None)

    def check_open(self) -> None:
        """Raises: Lost: the connection has ended."""
        if self.is_over or self.socket is None:
            raise Lost("the connection has ended")

    def take(self, data: str | bytes) -> None:
        """A frame of the server; what cannot be read is passed over."""
        if isinstance(data, str) or len(data) < 11:
            return
        try:
            body: Any = json.loads(data[11:] or b"{}")
        except ValueError:
            return
        self.handle(data[2], cast("dict[str, Any]", body) if isinstance(body, dict) else {})

    def handle(self, biz: int, body: dict[str, Any]) -> None:
        if biz == FORCE_CLOSE:
            self.is_over, self.ready = True, False
            self.status.put_nowait("LOST")
            self.give_up()
        elif biz == RECOVERING:
            self.recovering()
        elif biz == READINESS:
            # At once: the channel may be lost again before whoever waits for the answer runs.
            self.ready = body.get("status") == "READY"
            self.status.put_nowait(str(body.get("status", "")))
        elif biz == TEXT:
            self.packet(body)

    def recovering(self) -> None:
        """What was under way is lost, and the channel has to become ready again (ALI-E48)."""
        self.ready = False
        self.give_up()

    # --- texts ---

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def packet(self, body: dict[str, Any]) -> None:
        """A packet of an answer, for whoever waits for it."""
        answer = self.answers.get(str(body.get("messageId")))
        if answer is not None:
            answer.put_nowait(body)

    async def answered(self, text: str) -> None:
        """Asks, and waits until the answer is complete."""
        message_id = self.new_id()
        answer = self.answers[message_id] = asyncio.Queue()
        try:
            await self.ask(text, message_id)
            while not (await self.next_packet(answer)).get("finish"):
                pass
        finally:
            self.answers.pop(message_id, None)

    async def ask(self, text: str, message_id: str) -> None:
        body = {"sessionId": self.session, "text": text, "askType": 1, "messageId": message_id}
        await self.send(CONTROL, TEXT, body)

    async def next_packet(self, answer: asyncio.Queue[dict[str, Any] | None]) -> dict[str, Any]:
        async with asyncio.timeout(self.patience):
            packet = await answer.get()
        if packet is None:
            raise Lost("the answer has not come to its end")
        if not packet.get("success", True):
            raise Refused("the service refuses it")
        return packet
