"""Clients of Guiji with one bug each. What is wrong with each says `guiji.py`."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlsplit

import aiomqtt
import httpx

from avatarwire.conformance.probing.adapter import Given
from tests.conformance.probing.planted.errors import Lost, Refused
from tests.conformance.probing.planted.guiji import Guiji
from tests.conformance.probing.planted.guiji_bugs import BrokerLostMeansStopped


class Hasty(Guiji):
    """Waits for a second, where the right one waits for longer than a case does."""

    patience = 1.0


class Failing(Hasty):
    """Reports a failure where there was none."""

    failure = ""

    async def stop(self) -> None:
        await super().stop()
        if self.failure:
            raise Lost(self.failure)


# --- a talk in which nothing goes wrong ---


class DoesNothing:
    async def start(self, place: Given) -> None:
        """Nothing."""

    async def say(self, text: str) -> None:
        """Nothing."""

    async def stop(self) -> None:
        """Nothing."""


class NeverContent(Failing):
    failure = "it could be better"


class NeverStops(Hasty):
    async def destroy(self) -> None:
        """Nothing is said to the service."""


class NoToken(Hasty):
    async def log_in(self) -> None:
        await super().log_in()
        self.http.event_hooks = {"request": [self.stripped]}

    name = "token"

    async def stripped(self, request: httpx.Request) -> None:
        request.headers.pop(self.name, None)


class NoSource(NoToken):
    name = "source"


class TooLoud(Hasty):
    def text(self, text: str) -> dict[str, Any]:
        return {**super().text(text), "volume": 99.0}


class MadeUpVoice(Hasty):
    def text(self, text: str) -> dict[str, Any]:
        return {**super().text(text), "ttsSpeaker": "nobody"}


class MadeUpRoom(Hasty):
    def text(self, text: str) -> dict[str, Any]:
        return {**super().text(text), "liveId": 999_999}


class PullsEarly(Hasty):
    async def create(self, greeting: int) -> None:
        given = {"liveId": self.place.ready["live_id"], "sessionId": self.session, "duration": 60}
        headers = {"token": self.token, "source": "sdk"}
        await self.http.get("/live-manager/openApi/live/getPath", params=given, headers=headers)
        await super().create(greeting)


class OtherPassword(Hasty):
    @asynccontextmanager
    async def broker(self) -> AsyncGenerator[aiomqtt.Client]:
        self.place = replace(self.place, ready={**self.place.ready, "mqtt_password": "a guess"})
        async with super().broker() as mqtt:
            yield mqtt


class NeverListens(Hasty):
    @asynccontextmanager
    async def broker(self) -> AsyncGenerator[aiomqtt.Client]:
        url, ready = urlsplit(self.place.mqtt_url), self.place.ready
        login = {"username": ready["mqtt_user"], "password": ready["mqtt_password"]}
        async with aiomqtt.Client(url.hostname or "", url.port or 1883, **login) as mqtt:
            self.mqtt = mqtt
            self.connected.set()
            try:
                yield mqtt
            finally:
                self.mqtt = None
                self.connected.clear()


class OtherTopic(Hasty):
    async def publish(self, message: dict[str, Any]) -> None:
        self.topic = self.sender
        await super().publish(message)


class NoSender(Hasty):
    async def publish(self, message: dict[str, Any]) -> None:
        await super().publish({name: value for name, value in message.items() if name != "sender"})


class Comments(Hasty):
    async def publish(self, message: dict[str, Any]) -> None:
        if self.mqtt is not None:
            await self.mqtt.publish(self.topic, json.dumps(message) + " // as in the document", qos=1)


class Changing(Hasty):
    """Asks in another way."""

    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        return message

    async def publish(self, message: dict[str, Any]) -> None:
        await super().publish(self.change(message))


class OtherRule(Changing):
    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        if message.get("method") != "CreateNewSession":
            return message
        return {**message, "params": {**message["params"], "rule": "AnyRule"}}


class OtherSession(Changing):
    def change(self, message: dict[str, Any]) -> dict[str, Any]:
        other = "0a7382ed-9191-4f02-9997-28d7a7832aea"
        return {**message, "sessionId": other, "params": {**message.get("params", {}), "sessionId": other}}


class OtherAction(Hasty):
    async def push(self, action: str, pcm: int) -> list[int]:
        return await super().push("playNow", pcm)


class SameId(Hasty):
    def new_id(self) -> int:
        return 1


class MadeUpMaterial(Hasty):
    async def push(self, action: str, pcm: int) -> list[int]:
        return await super().push(action, 7)


class DoesNotWait(Hasty):
    async def create(self, greeting: int) -> None:
        self.creating = asyncio.ensure_future(super().create(greeting))
        await asyncio.sleep(0.1)

    async def stop(self) -> None:
        with suppress(Exception):
            await self.creating
        await super().stop()


# --- heartbeats ---


class NeverBeats(Hasty):
    async def beat(self, message: dict[str, Any]) -> None:
        """Heartbeats are not for it."""


class OtherBeatId(Hasty):
    async def beat(self, message: dict[str, Any]) -> None:
        await super().beat({**message, "id": message["id"] + 1000})


class NoPrefix(Hasty):
    async def beat(self, message: dict[str, Any]) -> None:
        await super().beat({**message, "params": {"sessionId": self.session}})


class AnswersStates(Hasty):
    async def take(self, payload: Any) -> None:
        await super().take(payload)
        message = json.loads(payload)
        if message.get("method") == "SessionState":
            await self.beat(message)


# --- what fails ---


class TakesAnything(Hasty):
    """Takes HTTP status 200 for success."""

    def checked(self, path: str, response: httpx.Response) -> Any:
        data = response.json().get("data")
        if path.endswith("createLiveSession"):
            return data or {"sessionId": "none", "topicPub": "live-proxy-0", "topicSub": "none"}
        return data or 7


class Hammers(Hasty):
    async def called(self, path: str, body: dict[str, Any]) -> Any:
        for _ in range(60):
            with suppress(Refused):
                return await self.call(path, body)
            await asyncio.sleep(0.005)
        raise Lost("not even after sixty tries")


class OldToken(Hasty):
    async def api(self, path: str, body: dict[str, Any]) -> Any:
        return await self.called(path, body)


class EndsAgainAndAgain(Hasty):
    async def destroy(self) -> None:
        self.patience = 0.02
        for _ in range(60):
            with suppress(TimeoutError):
                await self.request("DestroySession", {"cause": "Client destroy"})
                return


class CreatesAgainAndAgain(Hasty):
    async def create(self, greeting: int) -> None:
        for _ in range(60):
            with suppress(Refused):
                return await super().create(greeting)
        raise Lost("not even after sixty tries")


# --- a session that is gone ---


class StopsWithoutBroker(BrokerLostMeansStopped):
    """The same in less time."""

    patience = 1.0


class SpeaksOn(Hasty):
    def state(self, params: dict[str, Any]) -> None:
        if params.get("state") != "Destroy":
            super().state(params)

    async def say(self, text: str) -> None:
        await asyncio.sleep(0.8)
        await super().say(text)


class CreatesAgain(Hasty):
    async def stop(self) -> None:
        if self.destroyed:
            method = {"method": "CreateNewSession", "id": self.new_id(), "sessionId": self.session}
            await self.mqtt_again({**method, "sender": self.sender, "params": {"sessionId": self.session}})
        await super().stop()

    async def mqtt_again(self, message: dict[str, Any]) -> None:
        async with self.broker() as mqtt:
            await mqtt.publish(self.topic, json.dumps(message), qos=1)


class LeavesAnother(Hasty):
    """Goes on in another session, which it never ends."""

    async def stop(self) -> None:
        if self.destroyed:
            self.is_over = self.destroyed = False
            await self.start(self.place)
            line, self.session = self.line, ""
            if line is not None:
                line.cancel()
        await super().stop()


# --- what it does not know ---


class Looking(Failing):
    """Looks at each message, and takes something for a failure that is none."""

    def look_at(self, message: dict[str, Any]) -> str:
        """What is wrong with a message; empty for nothing."""
        del message
        return ""

    async def take(self, payload: Any) -> None:
        with suppress(ValueError):
            message: Any = json.loads(payload)
            if isinstance(message, dict):
                self.failure = self.failure or self.look_at(cast("dict[str, Any]", message))
        await super().take(payload)


class KnowsAllMembers(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        return "" if set(message) <= {"id", "method", "params", "result", "error", "sessionId"} else "unknown member"


class KnowsAllElements(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        params: Any = message.get("params") or {}
        is_known = params.get("state") != "Show" or params.get("type") in ("dthuman", "image", "player")
        return "" if is_known else "unknown element"


class KnowsAllMethods(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        return "" if message.get("method") in (None, "HeartBeat", "SessionState") else "unknown method"


class KnowsAllStates(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        params: Any = message.get("params") or {}
        state = params.get("state")
        return "" if state in (None, "Running", "Show", "StreamPlay", "Destroy") else "unknown state"


class EveryResultIsMine(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        result = self.results.get(message.get("id", 0))
        is_mine = "result" not in message or (result is not None and not result.done())
        return "" if is_mine else "a result of nothing"


class AllIsJson(Failing):
    async def take(self, payload: Any) -> None:
        try:
            json.loads(payload)
        except ValueError:
            self.failure = "no JSON"
        await super().take(payload)


class VeryHasty(Guiji):
    patience = 0.4


class ResultFirst(Looking):
    has_result = False

    def look_at(self, message: dict[str, Any]) -> str:
        self.has_result = self.has_result or "result" in message
        return "" if self.has_result or message.get("method") != "SessionState" else "a state before the result"


class SessionOutside(Looking):
    def look_at(self, message: dict[str, Any]) -> str:
        return "a result of no session" if "result" in message and "sessionId" not in message else ""
