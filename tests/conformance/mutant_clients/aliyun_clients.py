"""Clients of Aliyun: one that is right and can do much, and those that begin, send or end in a wrong way."""

from __future__ import annotations

import asyncio
import base64
import json
import uuid
from typing import Any, Final

import websockets

from avatarwire.conformance.probing.adapter import Given
from tests.conformance.probing.planted.aliyun import (
    CONTROL,
    FORCE_CLOSE,
    GENERAL,
    INTERRUPT,
    PING,
    READINESS,
    RECOVERING,
    TEXT,
    Aliyun,
)
from tests.conformance.probing.planted.errors import Lost

__all__ = [
    "AskedStreams",
    "AsksOnce",
    "AsksWithoutPatience",
    "AsksWithoutPause",
    "AudioOfLetters",
    "AudioOfOtherType",
    "AudioWithoutId",
    "BackwardHeader",
    "ChangesTheUrl",
    "ClosesFirst",
    "ControlPings",
    "CrashesAtOnce",
    "DataFrames",
    "DoesNothing",
    "EmptyHttpText",
    "FailsInTheEnd",
    "FloatIds",
    "FragmentsOfTheirOwn",
    "FragmentsWithoutFlag",
    "NamesAnotherSession",
    "NeverAsks",
    "NeverStops",
    "NoAskType",
    "NoRequestId",
    "OtherLetters",
    "ReadsPongs",
    "ReadyForGood",
    "SameMessageId",
    "SpeechAsJson",
    "SpeechEndsOtherwise",
    "SpeechWithoutAskType",
    "SpeechWithoutEnd",
    "StopsWithoutProject",
    "TwoSockets",
    "UnknownBusiness",
    "Versatile",
    "WaitsForInterrupted",
    "ZeroSerials",
]

_KNOWN: Final = frozenset({0, INTERRUPT, FORCE_CLOSE, RECOVERING, TEXT, 129, 130, READINESS, 134, GENERAL})
_SPEECH, _SPEECH_DATA, _AUDIO = 130, 129, 134
_PACKET: Final = 640
_BINARY: Final = 0


class Versatile(Aliyun):
    """A client that is right, and can do more: it speaks, streams, plays audio, and has texts be said over HTTP."""

    beat = 0.3

    async def say(self, text: str) -> None:
        await super().say(text)
        await self.stream(text)
        project = self.place.credentials["project_id"]
        given = {"projectId": project, "sessionId": self.session, "requestId": self.new_id(), "type": 1}
        await self.called("SendTextMsg", {**given, "text": self.http_text(text)})

    async def stream(self, text: str) -> None:
        message_id = self.new_id()
        answer = self.answers[message_id] = asyncio.Queue()
        half = len(text) // 2
        for flag, part in (("START", text[:half]), ("END", text[half:])):
            body = {"sessionId": self.session, "text": part, "askType": 2, "type": "TEXT_STREAM", "dataFlag": flag}
            await self.send(CONTROL, TEXT, self.fragment({**body, "messageId": self.fragment_id(message_id)}))
        while not (await self.next_packet(answer)).get("finish"):
            pass
        del self.answers[message_id]

    async def speak(self, pcm: bytes) -> None:
        await self.prepared()
        heard = self.answers["speech"] = asyncio.Queue()
        await self.begin_speech()
        for start in range(0, len(pcm), _PACKET):
            await self.send_speech(pcm[start : start + _PACKET])
        await self.end_speech()
        while not (await self.next_packet(heard)).get("finish"):
            pass
        del self.answers["speech"]
        message_id = self.new_id()
        for flag in ("START", "CONTENT", "END"):
            await self.send_audio(message_id, flag, pcm[:_PACKET])

    def packet(self, body: dict[str, Any]) -> None:
        super().packet(body if str(body.get("messageId")) in self.answers else {**body, "messageId": "speech"})

    def http_text(self, text: str) -> str:
        return text

    def fragment_id(self, message_id: str) -> str:
        return message_id

    async def begin_speech(self) -> None:
        await self.send(CONTROL, _SPEECH, {"sessionId": self.session, "type": "startAsrAudio", "askType": 1})

    async def end_speech(self) -> None:
        await self.send(CONTROL, _SPEECH, {"sessionId": self.session, "type": "endAsrAudio"})

    async def send_speech(self, pcm: bytes) -> None:
        if self.socket is None:
            raise Lost("there is no connection")
        await self.socket.send(bytes((CONTROL, _BINARY, _SPEECH_DATA)) + uuid.uuid4().hex[:8].encode() + pcm)

    async def send_audio(self, message_id: str, flag: str, pcm: bytes) -> None:
        body = {"sessionId": self.session, "messageId": message_id, "type": "AUDIO_STREAM", "dataFlag": flag}
        await self.send(CONTROL, _AUDIO, self.sound({**body, "audio": base64.b64encode(pcm).decode()}))

    def fragment(self, body: dict[str, Any]) -> dict[str, Any]:
        return body

    def sound(self, body: dict[str, Any]) -> dict[str, Any]:
        return body


# --- how it begins and ends ---


class DoesNothing(Aliyun):
    async def start(self, place: Given) -> None:
        """Nothing is asked of the service."""

    async def say(self, text: str) -> None:
        """Nothing is said."""

    async def stop(self) -> None:
        """There is nothing to be stopped."""


class CrashesAtOnce(Aliyun):
    def __init__(self) -> None:
        raise RuntimeError("no configuration")


class FailsInTheEnd(Aliyun):
    async def stop(self) -> None:
        await super().stop()
        raise RuntimeError("an error of its own")


class NeverStops(Aliyun):
    async def end(self) -> None:
        """Nothing is said to the service."""


class ClosesFirst(Aliyun):
    async def stop(self) -> None:
        await self.hang_up()
        await asyncio.sleep(0.1)
        await super().stop()


class StopsWithoutProject(Aliyun):
    async def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        if action.startswith("Stop"):
            body = {"sessionId": body["sessionId"]}
        return await super().call(action, body)


class FloatIds(Aliyun):
    async def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        if action.startswith("Stop"):
            body = {**body, "projectId": str(int(float(body["projectId"])) + 64)}
        return await super().call(action, body)


class NoRequestId(Aliyun):
    async def call(self, action: str, body: dict[str, Any]) -> dict[str, Any]:
        return await super().call(action, {name: value for name, value in body.items() if name != "requestId"})


class ChangesTheUrl(Aliyun):
    async def begin(self) -> None:
        await super().begin()
        self.url = self.url.partition("&sessionId=")[0]


class TwoSockets(Aliyun):
    async def opened(self) -> websockets.ClientConnection:
        await super().opened()
        return await super().opened()


# --- the channel ---


class NeverAsks(Aliyun):
    async def asked_status(self) -> str:
        self.ready = True
        return "READY"


class AsksOnce(Aliyun):
    async def asked_status(self) -> str:
        await super().asked_status()
        self.ready = True
        return "READY"


class AsksWithoutPatience(Aliyun):
    async def asked_status(self) -> str:
        try:
            async with asyncio.timeout(0.5):
                return await super().asked_status()
        except TimeoutError:
            self.ready = True
            return "READY"


class AsksWithoutPause(Aliyun):
    async def prepared(self) -> None:
        if self.socket is None:
            await self.connect()
        while not self.ready:
            self.ready = await self.asked_status() == "READY"


class ReadyForGood(Aliyun):
    """Takes the channel of a new connection for that of the old one."""

    def lost(self, socket: websockets.ClientConnection) -> None:
        ready = self.ready
        super().lost(socket)
        self.ready = ready


# --- what is sent ---


class NamesAnotherSession(Aliyun):
    async def ask(self, text: str, message_id: str) -> None:
        body = {"sessionId": "another", "text": text, "askType": 1, "messageId": message_id}
        await self.send(CONTROL, TEXT, body)


class SameMessageId(Aliyun):
    def new_id(self) -> str:
        return "m-1"


class BackwardHeader(Aliyun):
    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        whole = super().frame(kind, biz, body)
        return whole[2::-1] + whole[3:]


class DataFrames(Aliyun):
    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        return super().frame(1 if kind == CONTROL else kind, biz, body)


class OtherLetters(Aliyun):
    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        header = super().frame(kind, biz, {})[:11]
        return header + json.dumps(body).encode("utf-8" if biz == READINESS else "utf-16")


class ZeroSerials(Aliyun):
    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        whole = super().frame(kind, biz, body)
        return whole[:3] + bytes(8) + whole[11:]


class ControlPings(Versatile):
    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        return super().frame(CONTROL if kind == PING else kind, biz, body)


class ReadsPongs(Versatile):
    beat = 0.03

    def take(self, data: str | bytes) -> None:
        self.is_over = self.is_over or (isinstance(data, bytes) and data[2] == GENERAL and not data[11:])
        super().take(data)


class NoAskType(Aliyun):
    async def ask(self, text: str, message_id: str) -> None:
        await self.send(CONTROL, TEXT, {"sessionId": self.session, "text": text, "messageId": message_id})


class FragmentsOfTheirOwn(Versatile):
    patience = 1.0

    def fragment_id(self, message_id: str) -> str:
        return self.new_id()


class FragmentsWithoutFlag(Versatile):
    patience = 1.0

    def fragment(self, body: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in body.items() if name != "dataFlag"}


class AskedStreams(Versatile):
    patience = 1.0

    def fragment(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "askType": 1}


class AudioOfOtherType(Versatile):
    def sound(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "type": "AUDIO"}


class AudioOfLetters(Versatile):
    def sound(self, body: dict[str, Any]) -> dict[str, Any]:
        return {**body, "audio": "no sound!"}


class SpeechEndsOtherwise(Versatile):
    patience = 1.0

    async def end_speech(self) -> None:
        await self.send(CONTROL, _SPEECH, {"sessionId": self.session, "type": "stopAsrAudio"})


class UnknownBusiness(Aliyun):
    patience = 1.0

    def frame(self, kind: int, biz: int, body: dict[str, Any]) -> bytes:
        return super().frame(kind, 77 if biz == TEXT else biz, body)


class AudioWithoutId(Versatile):
    async def send_audio(self, message_id: str, flag: str, pcm: bytes) -> None:
        body = {"sessionId": self.session, "type": "AUDIO_STREAM", "dataFlag": flag}
        await self.send(CONTROL, _AUDIO, {**body, "audio": base64.b64encode(pcm).decode()})


class SpeechWithoutAskType(Versatile):
    patience = 1.0

    async def begin_speech(self) -> None:
        await self.send(CONTROL, _SPEECH, {"sessionId": self.session, "type": "startAsrAudio"})


class SpeechWithoutEnd(Versatile):
    patience = 1.0

    async def end_speech(self) -> None:
        """Whoever listens will notice that nothing more comes."""


class SpeechAsJson(Versatile):
    patience = 1.0

    async def send_speech(self, pcm: bytes) -> None:
        audio = base64.b64encode(pcm).decode()
        await self.send(CONTROL, _SPEECH_DATA, {"sessionId": self.session, "audio": audio})


class WaitsForInterrupted(Aliyun):
    async def interrupt(self) -> None:
        answer = self.answers["interrupt"] = asyncio.Queue()
        await super().interrupt()
        async with asyncio.timeout(1):
            await answer.get()


class EmptyHttpText(Versatile):
    def http_text(self, text: str) -> str:
        return " "
