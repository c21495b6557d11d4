"""The conversation on one microphone socket: begin, speech, eof, and what the server tells in between.

Sans-IO: it takes messages and gives the effects to carry out. One object serves one connection. Only the rounds of
speech and the notices about takeovers live here; which connections there are is in `sockets.py`, what is made of the
speech in `conversation.py`.

Rounds (ST-E60, ST-E62): begin is answered with 2, or with 6 or 7; then comes speech, then eof, which nothing answers.
The socket stays open for further rounds and for notices 18, 19 and 20. 4 and 5 end a round; speech that is on its way
then is dropped without a word. A message that is none gets code 5 (ST-E68), and so does speech without begin.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.codecs.sensetime.wire.microphone import (
    BY_BODY,
    SAMPLE_BYTES,
    SAMPLE_RATE,
    AuthFailed,
    Begin,
    Conflict,
    Eof,
    MicMessage,
    NotReady,
    Ready,
    SendFailed,
    Stop,
    TakeoverFinished,
    TakeoverNotice,
    TakeoverQueued,
    TakeoverStarted,
)
from avatarwire.fakeserver.effects import Close, Effect, Incoming, Note, Send
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.said import Saying
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.live_events import Finished, Queued, Started, TakeoverEvent
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario, SpeechOutcome
from avatarwire.fakeserver.turn import Turn

__all__ = ["Hear", "Microphone", "Speech"]

CLOSE_NORMAL: Final = 1000
CLOSE_POLICY: Final = 1008

_CLAUSE: Final = "ST-E68"
_HEARD: Final[SpeechOutcome] = "heard"
_NO_EOF: Final = Violation("ST-MIC-07", "", "the connection ended in the middle of a round", "eof", "warning")
_UNCANCELLED: Final = Violation(
    "ST-TKO-21", "", "begin while takeovers play or wait", "takeovers cancelled before the microphone", "warning"
)
_NOTICES: Final[Mapping[type[TakeoverEvent], type[TakeoverQueued | TakeoverStarted | TakeoverFinished]]] = (
    MappingProxyType({Queued: TakeoverQueued, Started: TakeoverStarted, Finished: TakeoverFinished})
)
"""What is told of which event; a failure by callback only (ST-E69)."""


@dataclass(slots=True)
class Speech:
    """The speech of one round.

    Attributes:
        packets, size: how many packets and bytes there were.
        over: whether the round has ended, and `failed` whether by something else than eof.
    """

    packets: int = 0
    size: int = 0
    over: bool = False
    failed: bool = False
    _hash: Any = field(default_factory=hashlib.sha256, repr=False)

    @property
    def seconds(self) -> float:
        """How long it was, if it is what is assumed: 16 kHz, 16-bit, mono PCM (ST-E61)."""
        return self.size / (SAMPLE_RATE * SAMPLE_BYTES)

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, in hex."""
        return str(self._hash.hexdigest())

    def add(self, pcm: bytes) -> None:
        """One more packet."""
        self.packets += 1
        self.size += len(pcm)
        self._hash.update(pcm)


Hear: TypeAlias = Callable[[Speech], None]
"""Told of a round's speech when it begins, with each packet, and when it is over."""


class _Phase(Enum):
    IDLE = "no round has begun"
    SPEAKING = "speech comes"
    ENDED = "the client has ended the round"
    STOPPED = "the server has ended the round"


class Microphone:
    """One connection.

    Args:
        live: whose it is; None for a session there is not, which gets code 6 (ST-E58).
        scenario: how to behave.
        turn: the time, and where effects go that are none on this connection.
        outcomes: what becomes of the rounds of this server, in turn.
        authorized: whether the token in the URL is good; otherwise code 1, and the end (ST-MIC-08, ST-E62).
        begin: told before a round begins.
        hear: told of the speech.
        accept: keeps that somebody speaks through the avatar.
    """

    def __init__(
        self,
        live: Live | None,
        scenario: SenseTimeScenario,
        turn: Turn,
        *,
        outcomes: Iterator[SpeechOutcome] | None = None,
        authorized: bool = True,
        begin: Callable[[], None] = lambda: None,
        hear: Hear = lambda _: None,
        accept: Callable[[], Saying] = Saying,
    ) -> None:
        self._accept: Final = accept
        self._saying = Saying()
        self._live: Final = live
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._outcomes: Final[Iterator[SpeechOutcome]] = iter(()) if outcomes is None else outcomes
        self._authorized: Final = authorized
        self._before: Final = begin
        self._hear: Final = hear
        self._phase = _Phase.IDLE
        self._speech = Speech()
        self._outcome = _HEARD
        self._ready_told = False
        self._stopped: float | None = None
        self._told_to_stop = False

    @property
    def speaking(self) -> bool:
        """Whether a round goes on."""
        return self._phase is _Phase.SPEAKING

    # What the connection tells

    def opened(self) -> list[Effect]:
        """The connection is open: code 1 where the token is no good; 2 if the scenario says so (ST-E60)."""
        if not self._authorized:
            return [self._said(AuthFailed()), Close(CLOSE_POLICY, "authentication failed")]
        if self._scenario.microphone_ready == "open" and self._refusal() is None:
            self._ready_told = True
            return [self._said(Ready())]
        return []

    def closed(self) -> list[Effect]:
        """The connection is gone, and with it the round, which eof has to end once there was speech (ST-MIC-07)."""
        if self.speaking:
            self._over(_Phase.STOPPED, failed=True, violation=_NO_EOF if self._speech.packets else None)
        return []

    def read(self, data: bytes | str) -> Incoming:
        """Speech (ST-MIC-06), or a text message: begin, or eof."""
        if isinstance(data, bytes):
            return Incoming(microphone.AUDIO.id, audio=True, packet=data)
        try:
            frame = microphone.decode(data, "client", max_size=self._scenario.max_frame_bytes)
        except CodecError as error:
            reason = f"{error.reason}, expected {error.expected}" if error.expected else error.reason
            path = getattr(error, "path", "") or ""
            return Incoming(packet=Violation(error.clause or _CLAUSE, path, reason))
        return Incoming(frame.message, frame.body, frame.deviations, frame.findings)

    def take(self, received: Incoming) -> list[Effect]:
        """What it leads to. Whatever is wrong with a text message, the answer is code 5 (ST-E68)."""
        packet = received.packet
        if isinstance(packet, bytes):
            return self._pcm(received, packet)
        if isinstance(packet, Violation):
            return self._wrong(received, packet)
        is_refused = self._scenario.strict and any(item.level == "error" for item in received.violations)
        if isinstance(received.body, Begin) and not is_refused:
            return self._begin(received)
        if isinstance(received.body, Eof) and not is_refused:
            return self._eof(received)
        # What is wrong with it has been found: strict mode refuses that, or the code is none of a client's (ST-E67).
        return self._ended(SendFailed(), received)

    def _pcm(self, received: Incoming, pcm: bytes) -> list[Effect]:
        if self.speaking:
            return self._spoken(received, pcm)
        if self._phase is _Phase.STOPPED:
            reason = "speech after the server has ended the round, it is dropped"
            received.note(Violation("ST-MIC-12", "", reason, level=self._late()))
            return []
        reason = "speech after eof" if self._phase is _Phase.ENDED else "speech before begin"
        clause = "ST-MIC-06" if self._phase is _Phase.ENDED else "ST-MIC-05"
        return self._wrong(received, Violation(clause, "", reason))

    def _late(self) -> Level:
        """How wrong speech is after the server has ended a round: only code 4 says that it is to stop."""
        if self._stopped is not None and self._turn.now - self._stopped <= self._scenario.crossing_seconds:
            return "note"
        return "error" if self._told_to_stop else "warning"

    # What the server tells

    def notice(self, event: TakeoverEvent) -> list[Effect]:
        """Something has become of a takeover by HTTP (ST-MIC-16 to ST-MIC-19)."""
        kind = _NOTICES.get(type(event))
        if kind is None or self._live is None:
            return []
        about = TakeoverNotice(session_id=self._live.id, command_trace_id=event.trace_id, timestamp=int(self._turn.now))
        return [self._said(kind(data=about))]

    def stop(self) -> list[Effect]:
        """Code 4: nothing matches, or a link behind the server broke (ST-MIC-11, ST-E63). The round is over."""
        return self._ended(Stop())

    def fail(self) -> list[Effect]:
        """Code 5: the speech failed, and nobody knows why (ST-MIC-13). The round is over."""
        return self._ended(SendFailed())

    def cut(self) -> None:
        """The server is about to close the connection without a word: a round ends by that, and not by its client."""
        if self.speaking:
            self._over(_Phase.STOPPED, failed=True)

    def leave(self, reason: str) -> list[Effect]:
        """Closes, a round first with code 4: the live is over, or a newer connection takes its place (ours)."""
        return [*(self.stop() if self.speaking else ()), Close(CLOSE_NORMAL, reason)]

    # Rounds

    def _begin(self, received: Incoming) -> list[Effect]:
        """Answers 2, or tells why not (ST-E60)."""
        if self.speaking:
            violation = Violation("ST-MIC-07", "", "begin while a round goes on, which eof had to end first")
            if self._scenario.strict:
                return self._wrong(received, violation)
            received.note(violation)
            self._over(_Phase.ENDED)
        refusal = self._refusal()
        if refusal is not None:
            self._phase = _Phase.STOPPED
            # Nothing crosses: whoever has not been told to speak yet waits.
            self._stopped, self._told_to_stop = None, False
            if isinstance(refusal, Conflict):
                received.note(_UNCANCELLED)
            return [self._said(refusal, received)]
        self._before()
        self._phase = _Phase.SPEAKING
        self._saying = self._accept()
        self._saying.begin()
        self._speech = Speech()
        self._outcome = next(self._outcomes, _HEARD)
        self._set_speaking(True)
        self._hear(self._speech)
        told, self._ready_told = self._ready_told, False
        return [] if told else [self._said(Ready(), received)]

    def _refusal(self) -> MicMessage | None:
        """Why speech is not taken: no such live that goes on (ST-MIC-14), or takeovers by HTTP (ST-MIC-15)."""
        live = self._live
        if live is None or live.over or live.status is LiveStatus.INITIALISING:
            return NotReady()
        before = self._scenario.strict or self._scenario.before_start == "refuse"
        if live.status is LiveStatus.READY and before:
            return NotReady()
        return Conflict() if live.takeovers.trace_ids() else None

    def _spoken(self, received: Incoming, pcm: bytes) -> list[Effect]:
        self._speech.add(pcm)
        if self._outcome == _HEARD:
            self._hear(self._speech)
            return []
        return self._ended(Stop() if self._outcome == "stop" else SendFailed(), received)

    def _eof(self, received: Incoming) -> list[Effect]:
        """Ends the round; nothing answers it (ST-E62)."""
        if self.speaking:
            self._over(_Phase.ENDED)
        elif self._phase is not _Phase.STOPPED:
            violation = Violation("ST-MIC-07", "", "eof without begin")
            if self._scenario.strict:
                return self._wrong(received, violation)
            received.note(violation)
        return []

    def _wrong(self, received: Incoming, violation: Violation) -> list[Effect]:
        received.note(violation)
        return self._ended(SendFailed(), received)

    def _ended(self, message: MicMessage, cause: Incoming | None = None) -> list[Effect]:
        if self.speaking:
            self._over(_Phase.STOPPED, failed=True)
        self._phase = _Phase.STOPPED
        self._stopped, self._told_to_stop = self._turn.now, isinstance(message, Stop)
        return [self._said(message, cause)]

    def _over(self, phase: _Phase, *, failed: bool = False, violation: Violation | None = None) -> None:
        self._phase = phase
        self._set_speaking(False)
        speech = self._speech
        speech.over, speech.failed = True, failed
        if failed:
            self._saying.cut()
        else:
            self._saying.end()
        about = {
            "packets": speech.packets,
            "bytes": speech.size,
            "seconds": round(speech.seconds, 6),
            "sha256": speech.digest,
            "failed": failed,
        }
        session = "" if self._live is None else self._live.id
        broken = () if violation is None else (violation,)
        self._turn.do(Note("a round of speech is over", "microphone.speech", session, violations=broken, about=about))
        self._hear(speech)

    def _set_speaking(self, speaking: bool) -> None:
        if self._live is not None:
            self._live.speaking = speaking

    def _said(self, body: MicMessage, cause: Incoming | None = None) -> Send:
        text = microphone.encode_as(
            body,
            text_code=self._scenario.microphone_code == "text",
            milliseconds=self._scenario.notice_timestamp == "milliseconds",
        )
        return Send(text, BY_BODY[type(body)].id, body, cause)
