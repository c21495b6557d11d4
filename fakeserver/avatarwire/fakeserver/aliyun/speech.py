"""Speech: what the client says to the avatar, from its start packet to its end packet, and what is recognised of it.

Sans-IO. Only recognition lives here; the answer to what was recognised is a drive like any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.wire.frame import Frame
from avatarwire.fakeserver.aliyun.answers import Answers, Speech
from avatarwire.fakeserver.aliyun.drives import Drive, Drives
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Transcript
from avatarwire.fakeserver.effects import Effect, Incoming
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Listener"]


_END: Final = "asr.end.request"


@dataclass(slots=True)
class _Utterance:
    """Speech between its start and its end packet.

    Attributes:
        ask: whether it is a question (askType 1).
        request: its last data packet, which is what the result answers (ALI-R109); before any, its start.
        message_id: id of what is said to it.
        transcript: what will be recognised of it.
        size: bytes of audio received so far.
        told: how many results were sent before the last one.
    """

    ask: bool
    request: Incoming
    message_id: str
    transcript: Transcript | None
    size: int = 0
    told: int = 0


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
        return self._partial(self._open, received)

    def _partial(self, utterance: _Utterance, received: Incoming) -> list[Effect]:
        """What was recognised so far, of a question only (ALI-R109)."""
        partials = () if utterance.transcript is None else utterance.transcript.partials
        if not (utterance.ask and utterance.size and utterance.told < len(partials)):
            return []
        text, utterance.told = partials[utterance.told], utterance.told + 1
        return [self._result(utterance, text, received, success=True, finish=False)]

    def _result(self, utterance: _Utterance, text: str, request: Incoming, *, success: bool, finish: bool) -> Effect:
        body = messages.AsrResult(
            success=success,
            session_id=self._outgoing.session_id,
            content=text,
            finish=finish,
            message_id=utterance.message_id,
        )
        return self._outgoing.reply(body, request)

    def _start(self, request: messages.AsrStartRequest, received: Incoming) -> list[Effect]:
        if self._open is not None:
            violation = Violation("ALI-R112", "type", "a second start packet before the end packet")
            received.note(violation)
            if self._scenario.strict:
                return [self._outgoing.refusal(received, violation)]
        is_question = request.ask_type is AskType.ASK
        self._open = _Utterance(is_question, received, self._message_ids(), self._transcript())
        body = messages.AsrStartResponse(session_id=self._outgoing.session_id, success=True)
        return [self._outgoing.reply(body, received)]

    def _outside(self, received: Incoming, reason: str) -> list[Effect]:
        violation = received.note(Violation("ALI-R112", "", reason))
        if self._scenario.strict or self._scenario.data_outside_speech == "refuse":
            return [self._outgoing.refusal(received, violation)]
        return []

    def _recognise(self, utterance: _Utterance) -> list[Effect]:
        """What was recognised, if it was a question (ALI-R109), and what the avatar says to it (ALI-R110).

        A question is answered; of a broadcast the reply is the text itself. Where nothing was recognised, either is
        refused (ALI-E29).
        """
        words = self._words(utterance)
        is_answered = utterance.ask or self._scenario.speech_broadcast_reply == "finish"
        reply = messages.AsrDriveReply if is_answered else None
        drive = Drive(reply, utterance.message_id, utterance.request, message=_END, text=words or "")
        if words is None:
            drive.speech = self._answers.refusal("nothing was recognised")
        elif utterance.ask:
            drive.question = self._answers.question(words, drive.message_id, "speech")
        else:
            drive.speech = Speech((words,))
        if not utterance.ask:
            return self._drives.add(drive)
        result = self._result(utterance, words or "", utterance.request, success=words is not None, finish=True)
        return [result, *self._drives.add(drive)]

    def _words(self, utterance: _Utterance) -> str | None:
        """What was recognised; None when there was no audio, or the scenario recognises nothing."""
        transcript = utterance.transcript
        if not utterance.size or transcript is None:
            return None
        self._recognised += 1
        return transcript.text if transcript.success else None

    def _transcript(self) -> Transcript | None:
        """The next one: each is for one utterance with audio, the last one for all that follow."""
        transcripts = self._scenario.transcripts
        if not transcripts:
            return None
        given = transcripts[min(self._recognised, len(transcripts) - 1)]
        return Transcript(text=given) if isinstance(given, str) else given
