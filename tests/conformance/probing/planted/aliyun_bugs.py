"""Clients of Aliyun with one bug each."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import suppress
from typing import Any

import httpx
import websockets

from avatarwire.conformance.probing.adapter import Given

from .aliyun import CONTROL, READINESS, Aliyun
from .errors import Lost, Refused, pauses


class LastPacketNeverComes(Aliyun):
    """There is no limit to how long an answer may take."""

    async def next_packet(self, answer: asyncio.Queue[dict[str, Any] | None]) -> dict[str, Any]:
        packet = await answer.get()
        if packet is None:
            raise Lost("the answer has not come to its end")
        return packet


class SpinsOnClose(Aliyun):
    """Reads on, whatever `recv` raises; a socket that is closed raises at once."""

    async def read(self, socket: websockets.ClientConnection) -> None:
        while True:
            try:
                self.take(await socket.recv())
            except Exception:
                await asyncio.sleep(0)


class SwallowsErrors(Aliyun):
    """What goes wrong with a text is not the caller's business."""

    async def say(self, text: str) -> None:
        with suppress(Exception):
            await super().say(text)


class SaidAgain(Aliyun):
    """An answer that is late is asked for again, though the text was accepted."""

    async def say(self, text: str) -> None:
        try:
            await super().say(text)
        except TimeoutError:
            await super().say(text)


class ErrorMeansStopped(Aliyun):
    """Forgets to stop what has failed once."""

    failed = False

    async def say(self, text: str) -> None:
        try:
            await super().say(text)
        except Exception:
            self.failed = True
            raise

    async def end(self) -> None:
        if not self.failed:
            await super().end()


class ClosedMeansStopped(Aliyun):
    """Takes the end of the socket for that of the session."""

    async def end(self) -> None:
        if self.socket is not None:
            await super().end()


class ForgetsTheFirst(Aliyun):
    """Starts another session when the answer of the first one was lost."""

    async def called(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        async for left in pauses(4):
            try:
                return await self.call(action, {**body, **self.fresh(action)})
            except (httpx.HTTPError, Refused):
                if not left:
                    raise
        raise AssertionError

    def fresh(self, action: str) -> dict[str, str]:
        return {"requestId": self.new_id()} if action.startswith("Start") else {}


class WaitsForTheClose(Aliyun):
    """Waits for the service to close the socket, however long that takes."""

    async def hang_up(self) -> None:
        if self.reader is not None:
            await asyncio.wait([self.reader])
        await super().hang_up()


class HammersTheStart(Aliyun):
    """Tries again at once, for ever."""

    async def called(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            with suppress(httpx.HTTPError, Refused):
                return await self.call(action, body)
            await asyncio.sleep(0.01)


class HammersTheHandshake(Aliyun):
    """Opens the socket again at once, for ever, and nobody asks for it."""

    async def read(self, socket: websockets.ClientConnection) -> None:
        await super().read(socket)
        while self.socket is None and not self.is_over:
            with suppress(OSError, websockets.WebSocketException, TimeoutError):
                self.socket = await self.opened()
                self.reader = asyncio.create_task(self.read(self.socket))
            await asyncio.sleep(0.01)


class AskedForEver(Aliyun):
    """Asks whether the channel is ready again and again, with hardly a pause, and takes no failure for one."""

    async def prepared(self) -> None:
        async with self.opening:
            if self.socket is None:
                await self.connect()
            for _ in range(400):
                if self.ready:
                    return
                self.ready = await self.asked_status() == "READY"
                await asyncio.sleep(0.1)
            raise Refused("the channel is never ready")


class RepeatedSilently(Aliyun):
    """Says what was under way once more when it has connected again."""

    async def say(self, text: str) -> None:
        for _ in range(3):
            with suppress(Lost):
                await super().say(text)
                return
        raise Lost("given up")


class NewestAnswer(Aliyun):
    """Gives each packet to whoever has asked last, whatever its messageId: a late one ends the next answer."""

    def packet(self, body: dict[str, Any]) -> None:
        if self.answers:
            self.answers[next(reversed(self.answers))].put_nowait(body)


class UnknownPacketEndsIt(Aliyun):
    """Answers are counted: the n-th packet that says finish ends the n-th answer."""

    async def answered(self, text: str) -> None:
        answer = self.answers.setdefault("", asyncio.Queue())
        await self.ask(text, self.new_id())
        while not (await self.next_packet(answer)).get("finish"):
            pass

    def packet(self, body: dict[str, Any]) -> None:
        self.answers.setdefault("", asyncio.Queue()).put_nowait(body)


class MissingMember(Aliyun):
    """Knows that every packet is for somebody; the error ends the reader, and nobody is told."""

    def packet(self, body: dict[str, Any]) -> None:
        self.answers[body["messageId"]].put_nowait(body)

    async def hang_up(self) -> None:
        reader, self.reader = self.reader, None
        if reader is not None and not reader.done():
            reader.cancel()
        await super().hang_up()


class TaskUnwatched(Aliyun):
    """Recovers in a task that nobody looks at."""

    def recovering(self) -> None:
        super().recovering()
        task = asyncio.create_task(self.recover())
        task.set_name("recovering")

    async def recover(self) -> None:
        await self.send(CONTROL, READINESS, {"sessionId": self.session})
        raise Lost(f"session {self.session} is being recovered")


class SpeaksTooEarly(Aliyun):
    """Takes the third answer about the channel for READY, as it always was."""

    async def asked_status(self) -> str:
        status = await super().asked_status()
        self.asked = getattr(self, "asked", 0) + 1
        self.ready = self.ready or self.asked >= 3
        return status


class NotPreparedAgain(Aliyun):
    """Does not know the push of the recovery."""

    def recovering(self) -> None:
        self.give_up()


class OnlyOneRecovery(Aliyun):
    """Prepares the channel once more, and thinks that it is done then for good."""

    recovered = False

    def recovering(self) -> None:
        self.ready = self.recovered
        self.recovered = True
        self.give_up()


class BlocksItsLoop(Aliyun):
    """Waits by a `time.sleep` where the socket was lost."""

    def lost(self, socket: websockets.ClientConnection) -> None:
        if self.answers:
            while self.socket is socket:
                time.sleep(0.05)
        super().lost(socket)


class ExitsOnError(Aliyun):
    """Ends the whole process when something is not as it should be."""

    def give_up(self) -> None:
        if self.answers:
            os._exit(3)


class CatchesCancelling(Aliyun):
    """Takes the end of its own task for one more error, once there has been one."""

    troubled = False

    def give_up(self) -> None:
        self.troubled = self.troubled or bool(self.answers)
        super().give_up()

    async def beats(self, socket: websockets.ClientConnection) -> None:
        while True:
            try:
                await super().beats(socket)
            except BaseException:
                if not self.troubled:
                    raise
            await self.again()

    async def again(self) -> None:
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(self.beat)


class BeatsAfterwards(Aliyun):
    """Leaves a timer behind when a socket is lost, which fails then."""

    stopping = False
    first: websockets.ClientConnection | None = None

    async def start(self, place: Given) -> None:
        await super().start(place)
        self.first = self.socket
        asyncio.get_running_loop().call_later(1.0, self.tick)

    async def stop(self) -> None:
        self.stopping = True
        await super().stop()

    def tick(self) -> None:
        if self.stopping:
            return
        if self.socket is not self.first:
            raise Lost("the socket is gone")
        asyncio.get_running_loop().call_later(1.0, self.tick)
