"""A conversation without a socket: frames go in, effects are carried out in virtual time, replies are shown.

Only what the tests of the conversation share may live here.
"""

from __future__ import annotations

import heapq
import json
from collections.abc import Coroutine, Iterable
from dataclasses import dataclass
from itertools import count
from typing import Any, Final, NamedTuple, cast

from avatarwire.codecs import aliyun
from avatarwire.fakeserver.aliyun.conversation import Interaction
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.effects import Await, Cancel, Close, Effect, Incoming, Later, Send
from avatarwire.fakeserver.scenario import override
from tests.codecs.aliyun import wire_reader

SESSION: Final = "s-1"
SERIAL: Final = b"SERIAL01"

POLL: Final = bytes.fromhex("000183") + SERIAL + b'{"sessionId":"s-1"}'
OPENING: Final = bytes.fromhex("000100") + SERIAL + b'{"sessionId":"s-1"}'
INTERRUPT: Final = bytes.fromhex("000102") + SERIAL + b'{"sessionId":"s-1"}'
PING: Final = bytes.fromhex("0e01ff") + SERIAL + b"{}"
START_ASK: Final = bytes.fromhex("000182") + SERIAL + b'{"sessionId":"s-1","type":"startAsrAudio","askType":1}'
START_BROADCAST: Final = bytes.fromhex("000182") + SERIAL + b'{"sessionId":"s-1","type":"startAsrAudio","askType":2}'
SPEECH: Final = bytes.fromhex("000081") + SERIAL + bytes(1024)
END: Final = bytes.fromhex("000182") + SERIAL + b'{"sessionId":"s-1","type":"endAsrAudio"}'


def framed(head: str, payload: str, serial: bytes = SERIAL) -> bytes:
    """A frame by the hex of its first three bytes and the text of its payload."""
    return bytes.fromhex(head) + serial + payload.encode()


def text(words: str, message_id: str = "m-1", *, ask: int = 1, serial: bytes = SERIAL, **more: str) -> bytes:
    """A text drive."""
    members = {"sessionId": SESSION, "text": words, "askType": ask, "messageId": message_id, **more}
    return framed("000180", json.dumps(members, ensure_ascii=False), serial)


def part(flag: str, words: str, message_id: str = "m-1", serial: bytes = SERIAL) -> bytes:
    """A fragment of a streamed text."""
    return text(words, message_id, ask=2, serial=serial, type="TEXT_STREAM", dataFlag=flag)


def audio(flag: str, message_id: str = "a-1", pcm: str = "AAEAAg==") -> bytes:
    """A fragment of streamed audio."""
    return framed(
        "000186",
        f'{{"sessionId":"s-1","messageId":"{message_id}","audio":"{pcm}","type":"AUDIO_STREAM","dataFlag":"{flag}"}}',
    )


def receive(conversation: Interaction, data: bytes | str, now: float = 0.0) -> tuple[Incoming, list[Effect]]:
    """What a conversation makes of a message, and what that leads to."""
    received = conversation.read(data, now)
    return received, conversation.take(received, now)


@dataclass(frozen=True)
class FakeSession:
    """A session as far as the conversation knows it."""

    id: str = SESSION
    project_id: str = "p-1"
    agent_id: str = "agent-1"


class Packet(NamedTuple):
    """A packet of an answer, without what is the same in most."""

    message_id: str
    content: str
    finish: bool
    success: bool = True
    biz: int = 128


class _Timer(NamedTuple):
    due: float
    order: int
    later: Later


class Talk:
    """One connection.

    The server's own serial numbers are SERVER00, SERVER01, …, its message ids id-0, id-1, … Every frame it sends is
    read by the codec in strict mode and by the hand-written reader.

    Args:
        session: the session of the connection.
        ready: whether to go through the channel-ready loop first, which is one poll then.
        verified: whether what is sent has to be in the ruled form.
        tunables: what differs from the default scenario.
    """

    def __init__(
        self, session: FakeSession | None = None, *, ready: bool = True, verified: bool = True, **tunables: Any
    ) -> None:
        serials, ids = count(), count()
        if ready:
            tunables.setdefault("polls_until_ready", 0)
        self.interaction = Interaction(
            FakeSession() if session is None else session,
            override(AliyunScenario(), **tunables),
            serial_numbers=lambda: b"SERVER%02d" % (next(serials) % 100),
            message_ids=lambda: f"id-{next(ids)}",
        )
        self.now = 0.0
        self.sent: list[bytes] = []
        self.ids: list[str] = []
        self.close: Close | None = None
        self.received = Incoming()
        self._verified = verified
        self._timers: list[_Timer] = []
        self._order = count()
        self._awaits: list[Await] = []
        self._shown = 0
        self.perform(self.interaction.opened(0.0))
        if ready:
            assert [body(frame) for frame in self.feed(POLL)] == [{"sessionId": SESSION, "status": "READY"}]

    # What happens

    def feed(self, *frames: bytes) -> list[bytes]:
        """Lets the client send frames; what the server has sent since the last look."""
        for frame in frames:
            self.received, effects = receive(self.interaction, frame, self.now)
            self.perform(effects)
        return self.news()

    def write(self, words: str) -> list[bytes]:
        """Lets the client send a text message."""
        self.received, effects = receive(self.interaction, words, self.now)
        self.perform(effects)
        return self.news()

    def advance(self, seconds: float) -> list[bytes]:
        """Lets time pass."""
        end = self.now + seconds
        while self._timers and self._timers[0].due <= end + 1e-9:
            timer = heapq.heappop(self._timers)
            self.now = timer.due
            self.perform(timer.later.action(self.now))
        self.now = end
        return self.news()

    def settle(self, result: object = None) -> list[bytes]:
        """Ends the oldest wait for an answering function: with what it returns or raises, or with another result."""
        waiting = self._awaits.pop(0)
        self.perform(waiting.then(_outcome(waiting) if result is None else result, self.now))
        return self.news()

    def perform(self, effects: Iterable[Effect]) -> None:
        """Carries out effects; after the connection is closed nothing goes out any more."""
        for effect in effects:
            match effect:
                case Send():
                    self._send(effect)
                case Close():
                    self.close = self.close or effect
                case Later():
                    self._cancel(effect.key)
                    heapq.heappush(self._timers, _Timer(self.now + effect.delay, next(self._order), effect))
                case Cancel():
                    self._cancel(effect.key)
                case Await():
                    self._awaits.append(effect)
                case _:
                    raise AssertionError(f"no conversation leads to {effect}")

    # What is seen

    def news(self) -> list[bytes]:
        """What was sent since the last look."""
        news, self._shown = self.sent[self._shown :], len(self.sent)
        return news

    @property
    def timers(self) -> int:
        """Timers that are set."""
        return len(self._timers)

    @property
    def waits(self) -> int:
        """Answering functions that are being waited for."""
        return len(self._awaits)

    @property
    def clauses(self) -> list[str]:
        """What was noticed in the last frame, with its level where that is no error."""
        return [row.clause if row.level == "error" else f"{row.clause} {row.level}" for row in self.received.violations]

    def _send(self, effect: Send) -> None:
        if self.close is not None:
            return
        if self._verified:
            assert isinstance(effect.data, bytes)  # frames are binary messages
            frame = aliyun.decode(effect.data, "server", strict=True)
            read = wire_reader.read(effect.data, "server")
            assert frame.message == read.message
            assert effect.message in (read.message, "asr.drive_reply")
        self.sent.append(cast("bytes", effect.data))
        self.ids.append(effect.message)

    def _cancel(self, key: str) -> None:
        if not key:
            return
        self._timers = [timer for timer in self._timers if timer.later.key != key]
        heapq.heapify(self._timers)
        for waiting in [waiting for waiting in self._awaits if waiting.key == key]:
            _drop(waiting)
            self._awaits.remove(waiting)


def _outcome(waiting: Await) -> object:
    """What a coroutine that waits for nothing returns or raises."""
    coroutine = cast("Coroutine[None, None, object]", waiting.awaitable)
    try:
        coroutine.send(None)
    except StopIteration as end:
        return end.value
    except Exception as failure:
        return failure
    raise AssertionError("it waits for something")


def _drop(waiting: Await) -> None:
    """A coroutine that nobody awaits would warn of it."""
    cast("Coroutine[None, None, object]", waiting.awaitable).close()


def body(frame: bytes | str) -> dict[str, Any]:
    """The JSON object of a frame."""
    return cast("dict[str, Any]", json.loads(frame[11:]))


def packets(frames: Iterable[bytes]) -> list[Packet]:
    """Packets of answers; there must be nothing else."""
    shown: list[Packet] = []
    for frame in frames:
        assert frame[:2] == b"\x01\x01"
        members = body(frame)
        shown.append(
            Packet(members["messageId"], members["content"], members["finish"], members["success"], biz=frame[2])
        )
    return shown


def errors(frames: Iterable[bytes]) -> list[str]:
    """Code and text of error messages; there must be nothing else."""
    shown: list[str] = []
    for frame in frames:
        assert frame[:3] == b"\x02\x01\xff"
        members = body(frame)
        shown.append(f"{members['code']} {members['message']}")
    return shown
