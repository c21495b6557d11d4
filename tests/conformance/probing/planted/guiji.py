"""A client of Guiji that is right: httpx and aiomqtt, and nothing of our drivers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any, Final, cast
from urllib.parse import urlsplit

import aiomqtt
import httpx

from avatarwire.conformance.probing.adapter import Given

from .errors import PATIENCE, Lost, Refused, ended, pauses

__all__ = ["Guiji"]

TOKEN_INVALID: Final = 100502
_LOOKS: Final = 7.0
"""Seconds between two looks at the playlist: what is played to its end may have been told to nobody."""


class Guiji:
    """Broadcasts in one room. What planted bugs change is in methods of their own."""

    patience: float | None = PATIENCE

    def __init__(self) -> None:
        self.token = self.session = self.topic = self.sender = ""
        self.ids = count(1)
        self.mqtt: aiomqtt.Client | None = None
        self.line: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()
        self.is_over = self.destroyed = False
        self.results: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.played: dict[int, asyncio.Future[None]] = {}

    # --- the adapter ---

    async def start(self, place: Given) -> None:
        self.place = place
        self.http = httpx.AsyncClient(base_url=place.http_url, timeout=self.patience, trust_env=False)
        await self.log_in()
        greeting = await self.material("Hello and welcome")
        opened = await self.api("/openApi/live/createLiveSession", {"liveId": place.ready["live_id"]})
        self.session, self.topic, self.sender = opened["sessionId"], opened["topicPub"], opened["topicSub"]
        self.line = asyncio.create_task(self.run())
        await self.create(greeting)

    async def say(self, text: str) -> None:
        self.check_going()
        await self.spoken(await self.material(text))

    async def stop(self) -> None:
        try:
            if self.session and not self.destroyed:
                await self.found_again()
                await self.destroy()
        finally:
            await ended(self.line)
            await self.http.aclose()

    # --- HTTP ---

    async def log_in(self) -> None:
        key = {"appId": self.place.credentials["app_id"], "appSecret": self.place.credentials["app_secret"]}
        self.token = (await self.called("/open/accessToken", key))["token"]

    async def api(self, path: str, body: dict[str, Any]) -> Any:
        """A call with a token; with another one where that has run out (GJ-R014)."""
        try:
            return await self.called(path, body)
        except Refused as error:
            if error.args[1] != TOKEN_INVALID:
                raise
        await self.log_in()
        return await self.called(path, body)

    async def called(self, path: str, body: dict[str, Any]) -> Any:
        """A call, tried again for what may pass."""
        async for left in pauses(3):
            try:
                return await self.call(path, body)
            except (httpx.HTTPError, Refused) as error:
                if not left or (isinstance(error, Refused) and error.args[1] == TOKEN_INVALID):
                    raise
        raise AssertionError

    async def call(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"token": self.token, "source": "sdk"} if self.token else {}
        response = await self.http.post(f"/live-manager{path}", json=body, headers=headers)
        return self.checked(path, response)

    def checked(self, path: str, response: httpx.Response) -> Any:
        try:
            found = response.json()
        except ValueError:
            raise Refused(f"{path}: {response.status_code}", 0) from None
        code = int(found.get("code", 0))
        if code != 200:
            raise Refused(f"{path}: {found.get('msg')}", code)
        return found["data"]

    async def material(self, text: str) -> int:
        """A text as a material; its id."""
        return int(await self.api("/openApi/customizedMaterial/upload", self.text(text)))

    def text(self, text: str) -> dict[str, Any]:
        return {
            "liveId": self.place.ready["live_id"],
            "materialType": "TEXT",
            "text": text,
            "ttsSource": 10,
            "ttsSpeaker": "platform-lin",
            "volume": 0.0,
            "intonation": 0.0,
            "speedRate": 0.0,
        }

    # --- the session ---

    async def create(self, greeting: int) -> None:
        scene, sequence = self.place.ready["scene_code"], list(self.place.ready["sequence"])
        driven = {
            "mode": "livestream",
            "udCodeUsed": scene,
            "templates": [{"sequence": sequence, "udCode": scene, "matting": 0}],
            "quarter": 0,
        }
        await self.request(
            "CreateNewSession",
            {
                "rule": "DTHumanLivestreamWithAudioRelay",
                "mode": "checkheartbeat",
                "videoSize": {"width": 1080, "height": 1920},
                "token": self.token,
                "resList": [
                    {"type": "center", "resOptions": {"type": "dthuman", "name": "dthuman", "audioDriven": driven}}
                ],
                "playlist": [greeting],
            },
            liveId=self.place.ready["live_id"],
            token=self.token,
            livePlatform=3,
        )

    async def destroy(self) -> None:
        """Ends the session; whoever is not answered asks again, and a session that is gone is fine."""
        async for left in pauses(5):
            try:
                await self.request("DestroySession", {"cause": "Client destroy"})
            except (TimeoutError, Lost):
                if self.destroyed:
                    return
                if not left or self.is_over:
                    raise
            except Refused:
                return
            else:
                return

    async def spoken(self, pcm: int) -> None:
        """Has a material cut in, and waits until it was played."""
        over = self.played[pcm] = asyncio.get_running_loop().create_future()
        looking = asyncio.create_task(self.look(pcm))
        try:
            await self.push("insertPlayListAtSilent", pcm)
            await asyncio.wait({over, looking}, return_when=asyncio.FIRST_COMPLETED)
            if not over.done():
                looking.result()
            elif (error := over.exception()) is not None:
                raise error
        finally:
            await ended(looking)
            del self.played[pcm]
            if over.done() and not over.cancelled():
                over.exception()

    async def push(self, action: str, pcm: int) -> list[int]:
        result = await self.request("pushPlayListManager", {"action": action, "pcmIds": [pcm]})
        if result.get("ok") is False:
            raise Refused(f"{action}: {result.get('info') or result.get('message')}", 0)
        return list(result.get("data") or ())

    async def look(self, pcm: int) -> None:
        """Ends when the playlist does not have it any more, twice in a row."""
        missing = 0
        while missing < 2:
            await asyncio.sleep(_LOOKS)
            result = await self.request("pushPlayListManager", {"action": "getPlayList"})
            missing = 0 if pcm in (result.get("data") or ()) else missing + 1
        raise Lost("nobody has told whether it was spoken")

    async def found_again(self) -> None:
        """Has a broker that was lost tried again, for a session that may live still."""
        if self.is_over:
            await ended(self.line)
            self.is_over = False
            self.connected.clear()
            self.line = asyncio.create_task(self.run())

    def check_going(self) -> None:
        if self.is_over:
            raise Lost("the session has ended")

    # --- the broker ---

    async def request(self, method: str, params: dict[str, Any], **more: Any) -> dict[str, Any]:
        """A request and its result.

        Raises:
            Refused, Lost, TimeoutError: there is none.
        """
        number = self.new_id()
        envelope = {"method": method, "id": number, "sessionId": self.session, "sender": self.sender, **more}
        result: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.results[number] = result
        try:
            async with asyncio.timeout(self.patience):
                await self.connected.wait()
                self.check_going()
                await self.publish({**envelope, "params": {"sessionId": self.session, **params}})
                return await result
        finally:
            self.results.pop(number, None)
            if result.done() and not result.cancelled():
                result.exception()

    def new_id(self) -> int:
        return next(self.ids)

    async def publish(self, message: dict[str, Any]) -> None:
        if self.mqtt is None:
            raise Lost("the broker is gone")
        try:
            await self.mqtt.publish(self.topic, json.dumps(message), qos=1)
        except aiomqtt.MqttError as error:
            raise Lost("the broker is gone") from error

    async def run(self) -> None:
        """Listens, on one connection after the other, until the session is over."""
        tries = 0
        while not self.is_over:
            with suppress(aiomqtt.MqttError):
                async with self.broker() as mqtt:
                    tries = 0
                    async for message in mqtt.messages:
                        await self.take(message.payload)
                        if self.is_over:
                            break
            tries += 1
            if tries > 5:
                self.over("the broker is lost")
            else:
                await asyncio.sleep(self.pause(tries))

    def pause(self, tries: int) -> float:
        return float(min(0.25 * 2**tries, 5.0))

    @asynccontextmanager
    async def broker(self) -> AsyncGenerator[aiomqtt.Client]:
        """A connection that has subscribed."""
        url = urlsplit(self.place.mqtt_url)
        mqtt = aiomqtt.Client(
            url.hostname or "",
            url.port or 1883,
            username=self.place.ready["mqtt_user"],
            password=self.place.ready["mqtt_password"],
            timeout=PATIENCE,
        )
        async with mqtt:
            await mqtt.subscribe(self.sender, qos=1)
            self.mqtt = mqtt
            self.connected.set()
            try:
                yield mqtt
            finally:
                self.mqtt = None
                self.connected.clear()

    async def take(self, payload: Any) -> None:
        """A message of the server; what cannot be read is passed over."""
        try:
            read: Any = json.loads(payload)
        except ValueError:
            return
        if not isinstance(read, dict):
            return
        message = cast("dict[str, Any]", read)
        if message.get("method") == "HeartBeat":
            await self.beat(message)
        elif message.get("method") == "SessionState":
            self.state(message.get("params") or {})
        elif (result := self.results.get(message.get("id", 0))) is not None and not result.done():
            self.settle(result, message)

    def settle(self, result: asyncio.Future[dict[str, Any]], message: dict[str, Any]) -> None:
        if isinstance(message.get("result"), dict):
            result.set_result(message["result"])
        elif "error" in message:
            result.set_exception(Refused(str(message["error"]), 0))

    async def beat(self, message: dict[str, Any]) -> None:
        """An answer to a heartbeat (GJ-R115)."""
        params: Any = message.get("params") or {}
        session = params.get("sessionId")
        await self.publish(
            {
                "id": message.get("id"),
                "result": {"sessionId": session, "message": "Heartbeat received."},
                "sessionId": self.session,
                "sender": self.sender,
            }
        )

    def state(self, params: dict[str, Any]) -> None:
        if params.get("state") == "Destroy":
            self.destroyed = True
            self.over("the session was destroyed")
        elif params.get("status") == "end":
            self.finished(params.get("nowPcmId"))

    def finished(self, pcm: Any) -> None:
        over = self.played.get(pcm)
        if over is not None and not over.done():
            over.set_result(None)

    def over(self, reason: str) -> None:
        """The session has ended, and whatever is under way in it."""
        self.is_over = True
        self.connected.set()
        waiting: list[asyncio.Future[Any]] = [*self.results.values(), *self.played.values()]
        for future in waiting:
            if not future.done():
                future.set_exception(Lost(reason))
