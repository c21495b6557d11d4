"""Clients of Aliyun that are broken where something goes wrong, or is not as they expect it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import Any, Final, cast

import httpx
import websockets

from avatarwire.conformance.probing.adapter import Given
from tests.conformance.probing.planted.aliyun import (
    FORCE_CLOSE,
    GENERAL,
    INTERRUPT,
    READINESS,
    RECOVERING,
    TEXT,
    Aliyun,
)
from tests.conformance.probing.planted.errors import Lost, Refused

__all__ = [
    "BelievesBodies",
    "ConnectsAnyway",
    "ErrorMeansStopped",
    "GoneOnError",
    "GoneOnLoss",
    "GoneOnRefusal",
    "HammersTheHandshake",
    "HangsOnForceClose",
    "HasNoTime",
    "IgnoresForceClose",
    "KnowsAllMembers",
    "KnowsAllTypes",
    "KnowsItsPackets",
    "MatchesSerials",
    "NeedsAppId",
    "NotPreparedAgain",
]

_KNOWN: Final = frozenset({0, INTERRUPT, FORCE_CLOSE, RECOVERING, TEXT, 129, 130, READINESS, 134, GENERAL})
_SPEECH, _SPEECH_DATA, _AUDIO = 130, 129, 134
_PACKET: Final = 640
_BINARY: Final = 0


def _left_in_a_hurry() -> None:
    """The process ends, and nothing of it is tidied up."""
    sys.stderr.write("gone\n")
    os._exit(3)


# --- trouble ---


class GoneOnError(Aliyun):
    def handle(self, biz: int, body: dict[str, Any]) -> None:
        if biz == GENERAL and "code" in body:
            _left_in_a_hurry()
        super().handle(biz, body)


class GoneOnRefusal(Aliyun):
    async def next_packet(self, answer: asyncio.Queue[dict[str, Any] | None]) -> dict[str, Any]:
        try:
            return await super().next_packet(answer)
        except Refused:
            _left_in_a_hurry()
            raise


class GoneOnLoss(Aliyun):
    def give_up(self) -> None:
        if self.answers:
            _left_in_a_hurry()


class ErrorMeansStopped(Aliyun):
    """Forgets to stop what has failed once."""

    patience = 1.0
    failed = False

    async def start(self, place: Given) -> None:
        try:
            await super().start(place)
        except Exception:
            self.failed = True
            raise

    async def say(self, text: str) -> None:
        try:
            await super().say(text)
        except Exception:
            self.failed = True
            raise

    async def connect(self) -> None:
        self.socket = await self.opened()
        self.reader = asyncio.create_task(self.read(self.socket))

    async def end(self) -> None:
        if not self.failed:
            await super().end()


class ConnectsAnyway(Aliyun):
    async def begin(self) -> None:
        try:
            await super().begin()
        except (httpx.HTTPError, Refused):
            self.session, self.url = "nobody", f"{self.place.ws_url}?token=none&sessionId=nobody"


class BelievesBodies(Aliyun):
    def check(self, action: str, response: httpx.Response) -> None:
        """Whatever has a body has succeeded."""

    async def connect(self) -> None:
        self.socket = await self.opened()


class HammersTheHandshake(Aliyun):
    async def connect(self) -> None:
        while True:
            try:
                self.socket = await self.opened()
            except (OSError, websockets.WebSocketException):
                await asyncio.sleep(0.01)
            else:
                self.reader = asyncio.create_task(self.read(self.socket))
                return


class IgnoresForceClose(Aliyun):
    patience = 0.8

    def handle(self, biz: int, body: dict[str, Any]) -> None:
        if biz != FORCE_CLOSE:
            super().handle(biz, body)

    async def connect(self) -> None:
        for _ in range(5):
            try:
                self.socket = await self.opened()
            except (OSError, websockets.WebSocketException):
                await asyncio.sleep(0.05)
            else:
                self.reader = asyncio.create_task(self.read(self.socket))
                return
        raise Lost("no connection")


class HangsOnForceClose(Aliyun):
    def handle(self, biz: int, body: dict[str, Any]) -> None:
        if biz == FORCE_CLOSE:
            threading.Event().wait(60)
        super().handle(biz, body)


class NotPreparedAgain(Aliyun):
    """Does not know the push of the recovery."""

    patience = 1.0

    async def say(self, text: str) -> None:
        await asyncio.sleep(0.6)
        await super().say(text)

    def recovering(self) -> None:
        self.give_up()


# --- what is not expected ---


class KnowsAllMembers(Aliyun):
    async def called(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        found = await super().called(action, body)
        if more := found.keys() - {"requestId", "sessionId", "webSocketUrl", "channelToken", "token", "status"}:
            raise TypeError(f"unexpected {more}")
        return found


class KnowsAllTypes(Aliyun):
    def handle(self, biz: int, body: dict[str, Any]) -> None:
        if biz not in _KNOWN:
            raise KeyError(biz)
        super().handle(biz, body)


class KnowsItsPackets(Aliyun):
    def packet(self, body: dict[str, Any]) -> None:
        if str(body.get("messageId")) not in self.answers:
            self.is_over = True
            self.give_up()
        super().packet(body)


class HasNoTime(Aliyun):
    patience = 0.5


class MatchesSerials(Aliyun):
    patience = 1.0

    def __init__(self) -> None:
        super().__init__()
        self.serials: set[bytes] = set()

    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        whole = super().frame(kind, biz, body)
        self.serials.add(whole[3:11])
        return whole

    def take(self, data: str | bytes) -> None:
        if isinstance(data, bytes) and data[3:11] in self.serials:
            super().take(data)


class NeedsAppId(Aliyun):
    async def called(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        found = await super().called(action, body)
        if action.startswith("Start"):
            cast("dict[str, Any]", json.loads(found["channelToken"]))["appId"]
        return found
