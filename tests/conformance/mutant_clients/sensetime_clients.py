"""Clients of SenseTime that are broken in one way each, and two right ones that can do more than the planted one."""

from __future__ import annotations

import asyncio
import base64
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

import httpx
import websockets

from avatarwire.conformance.probing.adapter import Given
from tests.conformance.probing.planted.errors import PATIENCE, Refused
from tests.conformance.probing.planted.sensetime import READY, SenseTime

_API: Final = "/api/2dvh"
_LIVE: Final = "material/live/channel"
_PACKET: Final = 640
_KNOWN: Final = ("1", "2", "4", "5", "6", "7", "18", "19", "20")
_STATUSES: Final = (35, 5, 50, 9, 99, 34, 36, 37, 39)
_OFTEN: Final = 40


# --- right ones ---


class Speaks(SenseTime):
    """Speaks on the socket on which it listens."""

    pace = 0.0

    def __init__(self) -> None:
        super().__init__()
        self.socket: websockets.ClientConnection | None = None
        self.connected = asyncio.Event()
        self.answered = asyncio.Event()
        self.refusal = ""

    def query(self) -> Mapping[str, str]:
        return {"clientType": "BROWSER", "sessionId": self.session, "Authorization": f"Bearer {self.key}"}

    async def listen(self) -> None:
        url = f"{self.place.ws_url}?{urlencode(self.query(), quote_via=quote)}"
        tries = 0
        while not self.is_over and tries < 6:
            with suppress(OSError, websockets.WebSocketException):
                async with websockets.connect(url, open_timeout=PATIENCE, ping_interval=None, proxy=None) as socket:
                    tries = 0
                    await self.hear(socket)
            tries += 1
            await asyncio.sleep(self.pause(tries))

    async def hear(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket
        self.connected.set()
        try:
            await super().hear(socket)
        finally:
            self.socket = None
            self.connected.clear()

    def handle(self, message: dict[str, Any]) -> None:
        code = str(message.get("code"))
        if code in ("1", "4", "5", "6", "7"):
            self.refusal = code
        if code in ("1", "2", "4", "5", "6", "7"):
            self.answered.set()
        super().handle(message)

    async def speak(self, pcm: bytes) -> None:
        async with self.turn:
            self.check_going()
            async with asyncio.timeout(PATIENCE):
                await self.connected.wait()
            assert self.socket is not None
            self.answered.clear()
            self.refusal = ""
            await self.round(self.socket, pcm)

    async def round(self, socket: websockets.ClientConnection, pcm: bytes) -> None:
        await self.begin(socket)
        await self.wait()
        for at in range(0, len(pcm), _PACKET):
            if self.is_refused():
                raise Refused(f"the speech is refused: {self.refusal}", "")
            await self.packet(socket, pcm[at : at + _PACKET])
            await asyncio.sleep(self.pace)
        await self.eof(socket)

    async def begin(self, socket: websockets.ClientConnection) -> None:
        await socket.send('{"code": 0, "message": "begin"}')

    async def wait(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.answered.wait()

    def is_refused(self) -> bool:
        return bool(self.refusal)

    async def packet(self, socket: websockets.ClientConnection, data: bytes) -> None:
        await socket.send(data)

    async def eof(self, socket: websockets.ClientConnection) -> None:
        await socket.send('{"code": 99, "message": "eof"}')


class Listens(SenseTime):
    """Hears callbacks, at the address that it is given."""

    server: asyncio.Server | None = None

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[bytes] = []

    async def start(self, place: Given) -> None:
        if url := str(place.ready.get("callback_url") or ""):
            self.server = await asyncio.start_server(self.called_back, "127.0.0.1", urlsplit(url).port)
        await super().start(place)

    async def stop(self) -> None:
        try:
            await super().stop()
        finally:
            await asyncio.sleep(0.1)  # what was called back of the end
            if self.server is not None:
                self.server.close()

    async def called_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
        body = await reader.readexactly(length)
        status = self.status_for(body)
        self.heard.append(body)
        writer.write(b"HTTP/1.1 %d Status\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    def status_for(self, body: bytes) -> int:
        del body
        return 200


# --- how a talk begins and ends ---


class DoesNothing:
    async def start(self, place: Given) -> None:
        """Nothing is begun."""

    async def say(self, text: str) -> None:
        """Nothing is said."""

    async def stop(self) -> None:
        """Nothing is ended."""


class HeartRaces(SenseTime):
    beat = 0.01


class NeverBeats(SenseTime):
    beat = 1e6


class NestsScript(SenseTime):
    async def call(self, path: str, body: dict[str, Any]) -> Any:
        nested = {"param": json.loads(body["param"])} if path.endswith("create") else {}
        return await super().call(path, {**body, **nested})


class NeverStarts(SenseTime):
    async def called(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        return None if what == "start" else await super().called(version, what, body)


class StartsAtOnce(SenseTime):
    async def initialised(self) -> int:
        return READY


class StartsWhatFailed(SenseTime):
    async def initialised(self) -> int:
        await super().initialised()
        return READY


class IgnoresStatus(SenseTime):
    async def create(self) -> None:
        found = await self.once("v2", "create", {"param": self.place.ready["param"]})
        self.session, self.key = found["sessionId"], found["sessionToken"]


class TakesSuccessForFailure(SenseTime):
    async def command(self, text: str) -> str:
        await super().command(text)
        raise Refused("what is this?", "")


class NeverCloses(Speaks):
    async def close(self) -> None:
        """Nothing is said to the service."""


class ClosesAnother(SenseTime):
    async def close(self) -> None:
        await self.once("v1", "close", {"sessionId": "another-live"})


class ForgetsSession(SenseTime):
    async def close(self) -> None:
        await self.call(f"{_API}/v1/{_LIVE}/close", {})


class DiesOnUnknownMember(SenseTime):
    def checked(self, path: str, response: httpx.Response) -> Any:
        if unknown := set(response.json()) - {"code", "message", "data"}:
            raise TypeError(f"unexpected members {unknown}")
        return super().checked(path, response)


# --- what is sent ---


class PlainText(SenseTime):
    async def call(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "text/plain"}
        return self.checked(path, await self.http.post(path, content=json.dumps(body), headers=headers))


class NoToken(SenseTime):
    async def call(self, path: str, body: dict[str, Any]) -> Any:
        return self.checked(path, await self.http.post(path, json=body))


class OldPath(SenseTime):
    async def once(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        return await super().once("v1" if what == "create" else version, what, body)


class PostsStat(SenseTime):
    async def initialised(self) -> int:
        await asyncio.sleep(1)
        return int((await self.once("v1", "stat"))["status"])


class TooManyBits(SenseTime):
    async def create(self) -> None:
        param = json.dumps({**json.loads(self.place.ready["param"]), "bit_rate": 70})
        found = await self.once("v2", "create", {"param": param})
        self.session, self.key = found["sessionId"], found["sessionToken"]


class ShortTexts(SenseTime):
    async def command(self, text: str) -> str:
        return await super().command(text[:5])


class Retiring(SenseTime):
    async def command(self, text: str) -> str:
        await self.once("v1", "command", {"param": json.dumps({"tts_query": {"content": text}})})
        return [*await self.queue(), "unknown"][0]


# --- failures ---


class HammersCreate(SenseTime):
    async def create(self) -> None:
        for _ in range(_OFTEN):
            with suppress(Refused):
                await super().create()
                return
        raise Refused("there is no live", "")


class HammersCommand(SenseTime):
    async def command(self, text: str) -> str:
        for _ in range(_OFTEN):
            with suppress(Refused):
                return await super().command(text)
        raise Refused("nothing is said", "")


class NeedsData(SenseTime):
    def checked(self, path: str, response: httpx.Response) -> Any:
        try:
            found = response.json()
            if found["code"] != 0:
                raise Refused(found["data"]["message"], "")
        except (KeyError, TypeError):
            os._exit(3)
        return found.get("data")


class ForgetsUnstarted(SenseTime):
    async def start(self, place: Given) -> None:
        try:
            await super().start(place)
        except Refused:
            self.session = ""
            raise


class OldTokenForEver(SenseTime):
    async def log_in(self) -> None:
        """The token that there is must do."""


class HammersLogin(SenseTime):
    async def log_in(self) -> None:
        for _ in range(_OFTEN):
            with suppress(Refused):
                await super().log_in()
                return


# --- the socket, and callbacks ---


class AnotherClientType(Speaks):
    def query(self) -> Mapping[str, str]:
        return {**super().query(), "clientType": "APP"}


class NoClientType(Speaks):
    def query(self) -> Mapping[str, str]:
        return {name: value for name, value in super().query().items() if name != "clientType"}


class AccessTokenOnSocket(Speaks):
    def query(self) -> Mapping[str, str]:
        return {**super().query(), "Authorization": f"Bearer {self.token}"}


class DiesOnUnknownCode(SenseTime):
    def handle(self, message: dict[str, Any]) -> None:
        if str(message.get("code")) not in _KNOWN:
            os._exit(3)
        super().handle(message)


class DiesOnNoJson(SenseTime):
    def take(self, data: str | bytes) -> None:
        try:
            self.handle(json.loads(data))
        except ValueError:
            os._exit(3)


class WaitsForEver(SenseTime):
    async def queue(self) -> list[str]:
        return list(self.ends)

    def over(self) -> None:
        """Nothing is over."""


class RefusesCallbacks(Listens):
    def status_for(self, body: bytes) -> int:
        del body
        return 500


class RefusesDuplicates(Listens):
    def status_for(self, body: bytes) -> int:
        return 409 if body in self.heard else 200


class RefusesUnknownStatus(Listens):
    def status_for(self, body: bytes) -> int:
        return 200 if json.loads(body).get("status") in _STATUSES else 500


# --- speech, and interrupting ---


class NoBegin(Speaks):
    async def begin(self, socket: websockets.ClientConnection) -> None:
        """The service will hear it."""
        self.answered.set()


class SpeaksAtOnce(Speaks):
    async def wait(self) -> None:
        """There is no time."""


class SpeaksAnyway(Speaks):
    def is_refused(self) -> bool:
        return False


class NoEof(Speaks):
    async def eof(self, socket: websockets.ClientConnection) -> None:
        """The service will notice."""


class SpeaksOn(Speaks):
    async def eof(self, socket: websockets.ClientConnection) -> None:
        await super().eof(socket)
        await self.packet(socket, bytes(_PACKET))


class SpeaksInText(Speaks):
    async def packet(self, socket: websockets.ClientConnection, data: bytes) -> None:
        await socket.send(base64.b64encode(data).decode())


class DeafToStop(SpeaksAnyway):
    pace = 0.15


class SpeaksOverTakeovers(Speaks):
    async def speak(self, pcm: bytes) -> None:
        await self.command("Somebody is about to speak, so listen.")
        await super().speak(pcm)


class JoinsByCommas(SenseTime):
    async def interrupt(self) -> None:
        await self.called("v1", "command/cancel", {"commandTraceId": ",".join([*await self.queue(), "-1"])})
