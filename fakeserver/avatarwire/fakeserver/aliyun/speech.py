"""Speech: what the client says to the avatar, from its start packet to its end packet, and what is recognised of it.

Sans-IO. Only recognition lives here; the answer to what was recognised is a drive like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.wire.frame import Frame
from avatarwire.fakeserver.aliyun.answers import Answers
from avatarwire.fakeserver.aliyun.drives import Drive, Drives
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.effects import Effect, Incoming
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Listener"]


@dataclass(slots=True)
class _Utterance:
    """Speech between its start and its end packet.

    Attributes:
        ask: whether it is a question (askType 1).
        request: its last data packet, which is what the result answers (ALI-R109); before any, its start.
        size: bytes of audio received so far.
    """

    ask: bool
    request: Incoming
    size: int = 0


class Listener:
    """Hears one connection: of utterances, at most one is open (ALI-E39).

    Args:
        scenario: what is recognised.
        answers, drives: who answers it.
        outgoing: makes the frames.
        message_ids: where new ids come from.
    """

    def __init__(
        self,
        scenario: AliyunScenario,
        answers: Answers,
        drives: Drives,
        outgoing: Outgoing,
        message_ids: Callable[[], str],
    ) -> None:
        self._scenario = scenario
        self._answers = answers
        self._drives = drives
        self._outgoing = outgoing
        self._message_ids = message_ids
        self._open: _Utterance | None = None
        self._recognised = 0

    def control(self, frame: Frame, received: Incoming) -> list[Effect]:
        """A start or an end packet."""
        if isinstance(frame.body, messages.AsrStartRequest):
            return self._start(frame.body, received)
        utterance, self._open = self._open, None
        if utterance is None:
            return self._outside(received, "an end packet without a start packet")
        return self._recognise(utterance)

    def data(self, frame: Frame, received: Incoming) -> list[Effect]:
        """A data packet; accepted as soon as the start packet was (ALI-E40)."""
        if self._open is None:
            return self._outside(received, "speech data without a start packet")
        self._open.size += len(cast("messages.AsrDataRequest", frame.body).pcm)
        self._open.request = received
        return []

    def _start(self, request: messages.AsrStartRequest, received: Incoming) -> list[Effect]:
        if self._open is not None:
            violation = Violation("ALI-R112", "type", "a second start packet before the end packet")
            received.note(violation)
            if self._scenario.strict:
                return [self._outgoing.refusal(received, violation)]
        self._open = _Utterance(request.ask_type is AskType.ASK, received)
        body = messages.AsrStartResponse(session_id=self._outgoing.session_id, success=True)
        return [self._outgoing.reply(body, received)]

    def _outside(self, received: Incoming, reason: str) -> list[Effect]:
        violation = received.note(Violation("ALI-R112", "", reason))
        if self._scenario.strict or self._scenario.data_outside_speech == "refuse":
            return [self._outgoing.refusal(received, violation)]
        return []

    def _recognise(self, utterance: _Utterance) -> list[Effect]:
        """Nothing is told of a broadcast (ALI-R109); a question of which nothing is recognised is refused (ALI-E29)."""
        if not utterance.ask:
            return self._drives.add(Drive(None, self._message_ids()))
        words = self._words(utterance)
        drive = Drive(messages.AsrDriveReply, self._message_ids(), utterance.request)
        if words is None:
            drive.speech = self._answers.refusal("nothing was recognised")
        else:
            drive.question = self._answers.question(words, drive.message_id, "speech")
        result = messages.AsrResult(
            success=words is not None,
            session_id=self._outgoing.session_id,
            content=words or "",
            finish=True,
            message_id=drive.message_id,
        )
        return [self._outgoing.reply(result, utterance.request), *self._drives.add(drive)]

    def _words(self, utterance: _Utterance) -> str | None:
        """The next transcript; None when there was no audio, or the scenario recognises nothing."""
        transcripts = self._scenario.transcripts
        if not (utterance.size and transcripts):
            return None
        turn = min(self._recognised, len(transcripts) - 1)
        self._recognised += 1
        return transcripts[turn]
