"""Clients of Guiji with one bug each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Any

import aiomqtt
import httpx

from .errors import Lost, Refused, ended
from .guiji import Guiji


class EndNeverComes(Guiji):
    """Waits for the end of a text, however long that takes, and asks nobody."""

    async def look(self, pcm: int) -> None:
        await asyncio.get_running_loop().create_future()


class SuccessByStatus(Guiji):
    """Takes HTTP status 200 for success."""

    def checked(self, path: str, response: httpx.Response) -> Any:
        return response.json().get("data") or {}

    async def material(self, text: str) -> int:
        found = await self.api("/openApi/customizedMaterial/upload", self.text(text))
        return found if isinstance(found, int) else 0

    async def spoken(self, pcm: int) -> None:
        if pcm:
            await super().spoken(pcm)


class SaidAgain(Guiji):
    """Has a text cut in again when that is not answered in time."""

    async def push(self, action: str, pcm: int) -> list[int]:
        try:
            return await super().push(action, pcm)
        except (TimeoutError, Lost):
            return await super().push(action, pcm)


class SwallowsErrors(Guiji):
    """What goes wrong with a text is not the caller's business."""

    async def say(self, text: str) -> None:
        with suppress(Exception):
            await super().say(text)


class BrokerLostMeansStopped(Guiji):
    """Takes the end of the connection for that of the session."""

    lost = False

    @asynccontextmanager
    async def broker(self) -> AsyncGenerator[aiomqtt.Client]:
        async with super().broker() as mqtt:
            try:
                yield mqtt
            finally:
                self.lost = True

    async def destroy(self) -> None:
        if not self.lost:
            await super().destroy()


class BeatsOnlyWhileBusy(Guiji):
    """Answers heartbeats while it has something to say."""

    async def beat(self, message: dict[str, Any]) -> None:
        if self.played:
            await super().beat(message)


class CountsAnew(Guiji):
    """Counts its ids from one again on each connection."""

    def pause(self, tries: int) -> float:
        self.ids = count(1)
        return super().pause(tries)


class HammersTheBroker(Guiji):
    """Connects again at once, for ever."""

    async def run(self) -> None:
        while not self.is_over:
            with suppress(aiomqtt.MqttError):
                async with self.broker() as mqtt:
                    async for message in mqtt.messages:
                        await self.take(message.payload)
            await asyncio.sleep(0.01)


class TokenForEver(Guiji):
    """Has a token once and for all, and sends it again and again when it was refused."""

    async def api(self, path: str, body: dict[str, Any]) -> Any:
        for _ in range(5):
            try:
                return await self.called(path, body)
            except Refused:
                await asyncio.sleep(2)
        raise Lost("the token does not work")


class AnyEndIsMine(Guiji):
    """Takes an end that nobody waits for any more for that of the text at hand."""

    greeting = 0

    async def create(self, greeting: int) -> None:
        self.greeting = greeting
        await super().create(greeting)

    def finished(self, pcm: Any) -> None:
        if pcm not in self.played and pcm != self.greeting:
            pcm = next(iter(self.played), None)
        super().finished(pcm)


class MissingMember(Guiji):
    """Knows that every answer is waited for; the error ends the listening, and nobody is told."""

    async def take(self, payload: Any) -> None:
        message = json.loads(payload)
        if "result" in message:
            self.results[message["id"]].set_result(message["result"])
        else:
            await super().take(payload)

    async def stop(self) -> None:
        line, self.line = self.line, None
        if line is not None and line.done():
            self.over("the connection has ended")
        await super().stop()
        if line is not None and not line.done():
            await ended(line)


class SpeaksAfterTheEnd(Guiji):
    """Does not read what the service says of the end."""

    def state(self, params: dict[str, Any]) -> None:
        if params.get("state") != "Destroy":
            super().state(params)


class StopWaitsForEver(Guiji):
    """Asks for the end until it is confirmed, for ever."""

    async def destroy(self) -> None:
        while True:
            with suppress(TimeoutError, Lost):
                result = await self.request("DestroySession", {"cause": "Client destroy"})
                if result.get("ok"):
                    return
