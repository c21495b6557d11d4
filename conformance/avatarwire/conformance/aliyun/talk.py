"""The conversation on one WebSocket of Aliyun: frames out and in, and what is expected of them.

Frames are written and read by hand, so that a case can send anything, and so that a mistake of the codecs is not shared
by the judge. A service may have more to say than a case has asked for: what is not meant is passed over.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from ..engine.bench import expect
from ..engine.case import Differs
from ..engine.json_object import json_object
from ..engine.web_socket import Closed, WebSocket

if TYPE_CHECKING:
    from .bench import AliyunBench, Session

__all__ = [
    "ASR_CONTROL",
    "ASR_DATA",
    "AUDIO",
    "CHANNEL",
    "FORCE_CLOSE",
    "GENERAL",
    "HEADER",
    "INTERRUPT",
    "OPENING",
    "RECOVERING",
    "TEXT",
    "Frame",
    "Reply",
    "Talk",
    "frame",
    "on_the_wire",
]

HEADER: Final = 11
"""Bytes of a frame's header (ALI-R082)."""

OPENING, INTERRUPT, FORCE_CLOSE, RECOVERING = 0, 2, 3, 4
TEXT, ASR_DATA, ASR_CONTROL, CHANNEL, AUDIO, GENERAL = 128, 129, 130, 131, 134, 255

_MOST_QUESTIONS: Final = 100
_LONGEST_PAUSE: Final = 0.5
_AT_ONCE: Final = 3
"""Questions that need no pause between them: the first answers are known to say INIT (ALI-E16)."""
_MOMENT: Final = 0.03
"""Real seconds after which a virtual clock is moved, when nothing comes."""
_STEP: Final = 0.3
"""Seconds by which it is moved."""
_A_WHILE: Final = 0.05
"""Real seconds in which an answer comes that was not asked for, if there is one."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that has come.

    Attributes:
        frame_type, data_type, biz_type, serial: of its header.
        payload: the bytes behind it.
    """

    frame_type: int
    data_type: int
    biz_type: int
    serial: bytes
    payload: bytes

    @property
    def fields(self) -> dict[str, Any]:
        """The payload as a JSON object; empty where it is none."""
        return json_object(self.payload)

    @property
    def raw(self) -> bytes:
        """The whole of it."""
        return frame(
            self.biz_type, self.payload, frame_type=self.frame_type, data_type=self.data_type, serial=self.serial
        )

    @property
    def is_error(self) -> bool:
        """Whether it is an error message (ALI-R090, ALI-R094)."""
        return self.frame_type == 2 and self.biz_type == GENERAL

    @property
    def is_pong(self) -> bool:
        """Whether it is the answer to a heartbeat (ALI-R120)."""
        return self.frame_type == 15 and self.biz_type == GENERAL

    def __str__(self) -> str:
        text = self.payload.decode("utf-8", "backslashreplace")
        return f"a frame {self.frame_type}/{self.data_type}/{self.biz_type} {text[:200]}"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a drive, from its first packet to the one that finishes it.

    Attributes:
        frames: its packets.
    """

    frames: tuple[Frame, ...]

    @property
    def text(self) -> str:
        """What was said, of increments or of packets that repeat what was said before (ALI-E22)."""
        said = ""
        for packet in self.frames:
            content = str(packet.fields.get("content") or "")
            said = content if said and content.startswith(said) else said + content
        return said

    @property
    def ids(self) -> set[object]:
        """The messageIds of its packets: one, where all is right."""
        return {packet.fields.get("messageId") for packet in self.frames}

    @property
    def last(self) -> dict[str, Any]:
        """The fields of the packet that finishes it."""
        return self.frames[-1].fields

    def __str__(self) -> str:
        return ", ".join(map(str, self.frames))


Outcome: TypeAlias = Frame | Closed
"""How something that is wrong was answered."""


class Talk:
    """The conversation on one WebSocket.

    Args:
        bench: of the case.
        session: that it is of.
        socket: that carries it.
    """

    def __init__(self, bench: AliyunBench, session: Session, socket: WebSocket) -> None:
        self.bench: Final = bench
        self.session: Final = session
        self.socket: Final = socket
        self._count = 0

    # --- out ---

    def serial(self) -> bytes:
        """Another serial number: eight characters (ALI-R083)."""
        self._count += 1
        return b"%08d" % self._count

    async def send(
        self,
        biz_type: int,
        fields: Any,
        *,
        frame_type: int = 0,
        data_type: int = 1,
        serial: bytes | None = None,
        payload: bytes | None = None,
    ) -> bytes:
        """Sends a frame; its serial number.

        Args:
            biz_type, frame_type, data_type, serial: of its header.
            fields: plain JSON values; ``sessionId`` is added where it is an object without one.
            payload: what goes out instead of that.
        """
        if isinstance(fields, dict):
            fields = {"sessionId": self.session.id, **cast("dict[str, Any]", fields)}
        data = self.bench.dumped(fields) if payload is None else payload
        serial = self.serial() if serial is None else serial
        await self.socket.send(frame(biz_type, data, frame_type=frame_type, data_type=data_type, serial=serial))
        return serial

    async def ask(self, text: str, *, ask_type: int = 1, **more: Any) -> str:
        """Sends a text drive; its messageId."""
        message_id = str(more.pop("messageId", "") or self.bench.made_up("m-"))
        await self.send(TEXT, {"text": text, "askType": ask_type, "messageId": message_id, **more})
        return message_id

    async def speak(self, pcm: bytes = bytes(1024)) -> None:
        """Sends a packet of speech (ALI-R108)."""
        await self.send(ASR_DATA, None, data_type=0, payload=pcm)

    async def begin_speech(self, ask_type: int = 1) -> bytes:
        """Sends the start packet of an utterance (ALI-R106); its serial number."""
        return await self.send(ASR_CONTROL, {"type": "startAsrAudio", "askType": ask_type})

    async def end_speech(self) -> bytes:
        """Sends the end packet of an utterance (ALI-R111); its serial number."""
        return await self.send(ASR_CONTROL, {"type": "endAsrAudio"})

    async def ping(self, payload: bytes | None = None) -> bytes:
        """Sends a heartbeat (ALI-R120); its serial number."""
        serial = self.serial()
        data = self.bench.dumped({}) if payload is None else payload
        await self.socket.send(frame(GENERAL, data, frame_type=14, serial=serial))
        return serial

    async def send_at_once(self, *messages: tuple[int, dict[str, Any]]) -> None:
        """Sends frames in one write, so that no time passes between them.

        Args:
            messages: business type and fields of each; ``sessionId`` is added.
        """
        sent = b""
        for biz_type, fields in messages:
            payload = self.bench.dumped({"sessionId": self.session.id, **fields})
            sent += on_the_wire(0x82, frame(biz_type, payload, serial=self.serial()))
        await self.socket.send_raw(sent)

    # --- in ---

    async def receive(self, patience: float | None = None) -> Frame | Closed | None:
        """The next frame; None when nothing comes for so many seconds, of the run where none are given.

        A virtual clock is moved a little meanwhile: answers may take time.
        """
        left = self.bench.patience if patience is None else patience
        while True:
            moment = min(left, _MOMENT) if self.bench.run.is_virtual else left
            found = await self.socket.receive(moment)
            left -= moment
            if found is not None or left <= 0:
                return self._frame(found)
            await self.bench.pause(_STEP)

    async def until(self, expected: str, is_it: Callable[[Frame], bool], patience: float | None = None) -> Frame:
        """The next frame that is the one; others are passed over, as a service may have more to say.

        Args:
            expected: in words, for the report.
            is_it: whether a frame is the one.
            patience: seconds of silence to bear.

        Raises:
            Differs: it does not come.
        """
        passed: list[str] = []
        while True:
            found = await self.receive(patience)
            if isinstance(found, Frame):
                if is_it(found):
                    return found
                passed.append(str(found))
                continue
            end = f"nothing within {patience or self.bench.patience:g} s" if found is None else str(found)
            raise Differs(expected, f"{end}, after {', '.join(passed[-3:])}" if passed else end)

    async def until_ready(self) -> None:
        """Asks until the channel is ready (ALI-R077)."""
        status: object = None
        for number in range(_MOST_QUESTIONS):
            status = (await self.channel_status()).fields.get("status")
            if status == "READY":
                return
            if number >= _AT_ONCE:
                await self.bench.pause(min(0.02 * 1.5 ** (number - _AT_ONCE), _LONGEST_PAUSE))
        raise Differs("a channel that is ready", f"still {status} after {_MOST_QUESTIONS} questions")

    async def channel_status(self) -> Frame:
        """Asks about the channel once, and gives the answer (ALI-R113)."""
        await self.send(CHANNEL, {})
        return await self.until("an answer about the channel", lambda found: found.biz_type == CHANNEL)

    async def replied(self, biz_types: Collection[int] = (TEXT,), message_id: str = "") -> Reply:
        """The whole answer to a drive, until it finishes (ALI-R096, ALI-R105).

        Args:
            biz_types: that its packets may have.
            message_id: of the drive; empty for any.
        """
        packets: list[Frame] = []
        while not packets or packets[-1].fields.get("finish") is not True:
            packets.append(
                await self.until(
                    "packets of an answer, the last one with finish true",
                    lambda found: (
                        found.biz_type in biz_types
                        and "content" in found.fields
                        and message_id in ("", found.fields.get("messageId"))
                    ),
                )
            )
        return Reply(tuple(packets))

    async def error(self) -> Frame:
        """The next error message (ALI-R118)."""
        return await self.until("an error message", lambda found: found.is_error)

    async def ended(self, expected: str = "the end of the connection") -> Closed:
        """The end of the connection; frames that come before are passed over."""
        while True:
            found = await self.receive()
            if isinstance(found, Closed):
                return found
            expect(found is not None, expected, "the connection stays open")

    async def rejected(self) -> Outcome:
        """How something wrong was answered: an error message, ``success`` false, or the end of the connection.

        The document says what an error message looks like, and not when one comes: each of them is a refusal.
        """
        while True:
            found = await self.receive()
            if isinstance(found, Closed):
                return found
            if found is None:
                raise Differs(_REFUSALS, f"nothing within {self.bench.patience:g} s")
            if found.is_error or found.fields.get("success") is False:
                return found
            if found.fields.get("success") is True or "status" in found.fields:
                raise Differs(_REFUSALS, str(found))

    async def meanwhile(self) -> list[Frame]:
        """What comes of itself until a heartbeat is answered, and a moment longer."""
        serial = await self.ping()
        found: list[Frame] = []
        pong = False
        while True:
            came = await self.receive(_A_WHILE if pong else None)
            if isinstance(came, Frame):
                pong = pong or (came.is_pong and came.serial == serial) or came.is_pong
                if not came.is_pong:
                    found.append(came)
                continue
            if came is None and pong:
                return found
            raise Differs("a pong", "nothing" if came is None else str(came))

    async def works(self) -> None:
        """A good message is answered as ever, whatever was sent before."""
        answer = await self.channel_status()
        expect(answer.fields.get("status") in _STATUSES, "an answer to a good message", answer)

    def _frame(self, found: bytes | str | Closed | None) -> Frame | Closed | None:
        if isinstance(found, str):
            raise Differs("binary messages only", f"a text message {found[:100]!r}")
        if found is None or isinstance(found, Closed):
            return found
        expect(len(found) >= HEADER, "a frame of at least 11 bytes", f"{len(found)} bytes")
        return Frame(found[0], found[1], found[2], found[3:HEADER], found[HEADER:])


_REFUSALS: Final = ("an error message", "a reply with success false", "the end of the connection")
_STATUSES: Final = ("INIT", "FAIL", "READY")


def frame(
    biz_type: int, payload: bytes, *, frame_type: int = 0, data_type: int = 1, serial: bytes = b"00000000"
) -> bytes:
    """A frame: three bytes, a serial number of eight, and the payload (ALI-R082, ALI-R083)."""
    return bytes([frame_type, data_type, biz_type]) + serial + payload


def on_the_wire(first: int, payload: bytes) -> bytes:
    """A frame of the WebSocket protocol, masked, as a client has it on the wire (RFC 6455, 5.2).

    Args:
        first: its first byte: final, reserved bits and opcode.
        payload: what it holds.
    """
    size = len(payload)
    if size < 126:
        head = struct.pack("!BB", first, 0x80 | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, size)
    key = os.urandom(4)
    return head + key + bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
