"""A client of SenseTime that is right: httpx and websockets, and nothing of our drivers."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from contextlib import suppress
from typing import Any, Final, cast
from urllib.parse import quote

import httpx
import websockets

from avatarwire.conformance.probing.adapter import Given

from .errors import PATIENCE, Lost, Refused, ended, pauses

__all__ = ["SenseTime"]

READY: Final = 35
INITIALISING: Final = 32
_FULL: Final = (97, 98)
FINISHED: Final = 18
TOKEN: Final = "10002"
GONE: Final = ("10005", "10006")
PASSING: Final = ("", "10007", "10500")
_API: Final = "/api/2dvh"
_LIVE: Final = "material/live/channel"
_LOOKS: Final = 7.0
"""Seconds between two looks at the queue: the socket is not all that there is."""


class SenseTime:
    """Has one live. What planted bugs change is in methods of their own."""

    patience: float | None = PATIENCE
    beat = 50.0

    def __init__(self) -> None:
        self.token = self.session = self.key = ""
        self.tasks: list[asyncio.Task[None]] = []
        self.is_over = False
        self.turn = asyncio.Lock()
        self.ends: dict[str, asyncio.Event] = {}
        self.early: set[str] = set()

    # --- the adapter ---

    async def start(self, place: Given) -> None:
        self.place = place
        self.token = str(place.credentials.get("access_token") or "")
        self.http = httpx.AsyncClient(base_url=place.http_url, timeout=self.patience, trust_env=False)
        await self.create()
        await self.called("v1", "start")
        self.tasks = [asyncio.create_task(self.beats()), asyncio.create_task(self.listen())]

    async def say(self, text: str) -> None:
        async with self.turn:
            self.check_going()
            await self.spoken(text)

    async def interrupt(self) -> None:
        self.check_going()
        found = await self.called("v1", "command/cancel", {"commandTraceId": "-1"})
        if not found["isSuccess"]:
            raise Refused("it is not cancelled", "")

    async def stop(self) -> None:
        await self.hang_up()
        try:
            if self.session:
                await self.close()
        finally:
            await self.http.aclose()

    async def hang_up(self) -> None:
        for task in self.tasks:
            await ended(task)

    # --- HTTP ---

    async def log_in(self) -> None:
        app, stamp = self.place.credentials["app_id"], str(int(time.time() * 1000))
        sign = hashlib.md5(f"{app}{stamp}{self.place.credentials['app_key']}".encode()).hexdigest()  # noqa: S324 - theirs
        body = {"appId": app, "timestamp": stamp, "grantType": "sign", "sign": sign}
        self.token = (await self.call("/api/uc/v1/access/api/token", body))["accessToken"]

    async def call(self, path: str, body: dict[str, Any]) -> Any:
        """One call.

        Raises:
            Refused: the service refuses it.
            httpx.HTTPError: nobody knows whether it was done.
        """
        response = await self.http.post(path, json=body, headers={"Authorization": f"Bearer {self.token}"})
        return self.checked(path, response)

    def checked(self, path: str, response: httpx.Response) -> Any:
        try:
            found = response.json()
        except ValueError:
            raise Refused(f"{path}: {response.status_code}", "") from None
        code = str(found.get("code"))
        if not response.is_success or code != "0":
            self.refused(code)
            raise Refused(f"{path}: {response.status_code} {found.get('message')}", code)
        return found.get("data")

    async def once(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        """A call about the live, or one that makes it; with another token where that has run out."""
        path = f"{_API}/{version}/{_LIVE}/{what}"
        wanted = {**({"sessionId": self.session} if self.session else {}), **(body or {})}
        try:
            return await self.call(path, wanted)
        except Refused as error:
            if error.args[1] != TOKEN and "401" not in error.args[0]:
                raise
        await self.log_in()
        return await self.call(path, wanted)

    async def called(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        """The same, tried again for what may pass; for calls that may be made twice."""
        async for left in pauses(4):
            try:
                return await self.once(version, what, body)
            except (httpx.HTTPError, Refused) as error:
                if not left or (isinstance(error, Refused) and error.args[1] not in PASSING):
                    raise
        raise AssertionError

    # --- the live ---

    async def create(self) -> None:
        """A live that is ready to be started; what is refused for now is tried again (ST-LIVE-14)."""
        async for left in pauses(4, 1.0):
            try:
                found = await self.once("v2", "create", {"param": self.place.ready["param"]})
            except Refused as error:
                if not left or error.args[1] not in PASSING:
                    raise
                continue
            status = found["status"]
            if status in _FULL and left:
                continue
            self.session, self.key = found.get("sessionId") or "", found.get("sessionToken") or ""
            if status == INITIALISING:
                status = await self.initialised()
            if status != READY:
                raise Refused(f"the live is at {status}", "")
            return

    async def initialised(self) -> int:
        """The state that an initialising live comes to."""
        for _ in range(60):
            await asyncio.sleep(1)
            response = await self.http.get(
                f"{_API}/v1/{_LIVE}/stat",
                params={"sessionId": self.session},
                headers={"Authorization": f"Bearer {self.token}"},
            )
            found = self.checked("stat", response)
            if found["status"] != INITIALISING:
                return int(found["status"])
        return INITIALISING

    async def close(self) -> None:
        """Closes the live; one that is over is answered with false."""
        await self.called("v1", "close")

    async def beats(self) -> None:
        """Heartbeats (ST-LIVE-16); a live that does not take them is over."""
        while True:
            await asyncio.sleep(self.beat)
            if self.is_over:
                return
            with suppress(httpx.HTTPError, Refused):
                await self.once("v1", "heartbeat")

    def refused(self, code: str) -> None:
        """A refusal may tell that there is no live any more."""
        if code in GONE and self.tasks:
            self.over()

    def over(self) -> None:
        self.is_over = True
        for event in self.ends.values():
            event.set()

    def check_going(self) -> None:
        if self.is_over or not self.session:
            raise Lost("the live has ended")

    # --- texts ---

    async def spoken(self, text: str) -> None:
        """Has a text said, and waits for its end."""
        self.early.clear()
        trace = await self.command(text)
        event = self.ends[trace] = asyncio.Event()
        if trace in self.early:
            event.set()
        try:
            while not event.is_set():
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOKS):
                        await event.wait()
                if not event.is_set() and trace not in await self.queue():
                    event.set()
            self.check_going()
            await self.check_live()
        finally:
            del self.ends[trace]

    async def command(self, text: str) -> str:
        found = await self.once("v2", "command", {"param": json.dumps({"tts_query": {"content": text}})})
        if not found["isSuccess"]:
            raise Refused("the takeover is not accepted", "")
        return str(found["commandTraceId"])

    async def queue(self) -> list[str]:
        found: Any = await self.called("v1", "command/queue/list") or {}
        return list(found.get("commandTraceIds") or ())

    async def check_live(self) -> None:
        """Whether the live runs still: of one that is over nobody knows what was said."""
        response = await self.http.get(
            f"{_API}/v1/{_LIVE}/stat",
            params={"sessionId": self.session},
            headers={"Authorization": f"Bearer {self.token}"},
        )
        if self.checked("stat", response)["status"] != 2:
            self.over()
            raise Lost("the live has ended")

    # --- the socket ---

    async def listen(self) -> None:
        """Hears what has been spoken, on one socket after the other."""
        url = f"{self.place.ws_url}?clientType=BROWSER&sessionId={self.session}&Authorization={quote(f'Bearer {self.key}')}"
        tries = 0
        while not self.is_over and tries < 6:
            try:
                async with websockets.connect(url, open_timeout=PATIENCE, ping_interval=None, proxy=None) as socket:
                    tries = 0
                    await self.hear(socket)
            except (OSError, websockets.WebSocketException):
                pass
            tries += 1
            await asyncio.sleep(self.pause(tries))

    def pause(self, tries: int) -> float:
        return float(min(0.5 * 2**tries, 30.0))

    async def hear(self, socket: websockets.ClientConnection) -> None:
        async for data in socket:
            self.take(data)

    def take(self, data: str | bytes) -> None:
        """A message of the server; what cannot be read is passed over."""
        try:
            message: Any = json.loads(data)
        except ValueError:
            return
        if isinstance(message, dict):
            self.handle(cast("dict[str, Any]", message))

    def handle(self, message: dict[str, Any]) -> None:
        if str(message.get("code")) == str(FINISHED):
            told: Any = message.get("data") or {}
            self.finished(str(told.get("commandTraceId")))

    def finished(self, trace: str) -> None:
        self.early.add(trace)
        if trace in self.ends:
            self.ends[trace].set()
