"""Clients of SenseTime with one bug each."""

from __future__ import annotations

import asyncio
import json
import os
from contextlib import suppress
from typing import Any

import httpx
import websockets

from avatarwire.conformance.probing.adapter import Given

from .errors import Refused
from .sensetime import SenseTime


class EndNeverComes(SenseTime):
    """Waits for code 18, however long that takes, and asks nobody."""

    async def queue(self) -> list[str]:
        return list(self.ends)


class SpinsOnClose(SenseTime):
    """Reads on, whatever `recv` raises; a socket that is closed raises at once."""

    async def hear(self, socket: websockets.ClientConnection) -> None:
        while True:
            with suppress(Exception):
                self.take(await socket.recv())
            await asyncio.sleep(0)


class SwallowsErrors(SenseTime):
    """What goes wrong with a text is not the caller's business."""

    async def say(self, text: str) -> None:
        with suppress(Exception):
            await super().say(text)


class SaidAgain(SenseTime):
    """Has a text said again when that is not answered in time."""

    async def command(self, text: str) -> str:
        try:
            return await super().command(text)
        except httpx.TimeoutException:
            return await super().command(text)


class SuccessByStatus(SenseTime):
    """Takes HTTP status 200 for success."""

    def checked(self, path: str, response: httpx.Response) -> Any:
        if not response.is_success:
            raise Refused(f"{path}: {response.status_code}", "")
        return response.json().get("data")


class NotAcceptedIsSaid(SenseTime):
    """Does not look whether a takeover is accepted."""

    async def command(self, text: str) -> str:
        found = await self.once("v2", "command", {"param": json.dumps({"tts_query": {"content": text}})})
        return str(found.get("commandTraceId"))

    async def check_live(self) -> None:
        """Is not looked at either."""


class CreatesAgain(SenseTime):
    """Makes another live when one cannot be started, and forgets the first one."""

    async def start(self, place: Given) -> None:
        try:
            await super().start(place)
        except (httpx.HTTPError, Refused):
            self.session = ""
            await super().start(place)

    async def called(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        return await (self.once if what == "start" else super().called)(version, what, body)


class HeartStops(SenseTime):
    """The first heartbeat that fails is the last one."""

    async def beats(self) -> None:
        while True:
            await asyncio.sleep(self.beat)
            if self.is_over:
                return
            try:
                await self.once("v1", "heartbeat")
            except (httpx.HTTPError, Refused):
                return


class HammersTheSocket(SenseTime):
    """Opens the socket again at once, for ever."""

    def pause(self, tries: int) -> float:
        return 0.01

    async def listen(self) -> None:
        while not self.is_over:
            await super().listen()


class ErrorMeansClosed(SenseTime):
    """Does not close a live with which something has failed."""

    failed = False

    async def spoken(self, text: str) -> None:
        try:
            await super().spoken(text)
        except Exception:
            self.failed = True
            raise

    async def close(self) -> None:
        if not self.failed:
            await super().close()


class AnyEndIsMine(SenseTime):
    """Takes the end of whatever is said for that of its own text."""

    def finished(self, trace: str) -> None:
        for event in self.ends.values():
            event.set()


class MissingMember(SenseTime):
    """Knows that each end is waited for; the error ends the listening, and nobody is told."""

    def finished(self, trace: str) -> None:
        self.ends[trace].set()

    async def hang_up(self) -> None:
        for task in self.tasks:
            if not task.done():
                task.cancel()
        self.tasks = []


class ExitsOnError(SenseTime):
    """Ends the whole process when something is not as it should be."""

    def handle(self, message: dict[str, Any]) -> None:
        if message.get("code") in (4, 5):
            os._exit(3)
        super().handle(message)


class GoesOnWhenOver(SenseTime):
    """Does not understand that the live is over, and tries on."""

    def over(self) -> None:
        """Nothing is over."""

    async def called(self, version: str, what: str, body: dict[str, Any] | None = None) -> Any:
        for left in reversed(range(3)):
            try:
                return await self.once(version, what, body)
            except (httpx.HTTPError, Refused):
                if not left:
                    raise
                await asyncio.sleep(5)
        raise AssertionError
