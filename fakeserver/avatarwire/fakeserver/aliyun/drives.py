"""Drives: what the avatar is asked to say, one after the other, and how their replies go out packet by packet.

Sans-IO: methods take what happened and return effects. Only the queue and the pacing of replies live here; which
message starts a drive is decided in `conversation.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from avatarwire.codecs.aliyun import messages
from avatarwire.fakeserver.aliyun.answers import SILENCE, Answers, Packet, Speech
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Question
from avatarwire.fakeserver.effects import Await, Cancel, Effect, Incoming, Later
from avatarwire.fakeserver.said import SaidLog, Saying

__all__ = ["Drive", "Drives"]

_PACE: Final = "drive"
"""Key of the timer that sends the next packet."""
_THINKING: Final = "answer"
"""Key of the wait for an answering function."""

TEXT: Final = "text_drive.request"
"""Catalogue id of what brings a text on the socket."""

_LOST: Final = Speech(("",), success=False)


class Drive(msgspec.Struct, eq=False):
    """One thing to say.

    Attributes:
        reply: class of its reply packets; None when nothing is answered.
        message_id: id in the reply packets.
        request: what the reply packets answer; None when no frame asked for it.
        question: what is asked, when the answer has to be found first.
        speech: what is said, when known from the start.
        message: catalogue id of what the client has sent to have a text be said; empty for anything else.
        text: that text.
        saying: what becomes of it.
    """

    reply: type[messages.DriveReply] | None
    message_id: str
    request: Incoming | None = None
    question: Question | None = None
    speech: Speech = SILENCE
    message: str = ""
    text: str = ""
    saying: Saying = msgspec.field(default_factory=Saying)


class Drives:
    """The running drive and those waiting behind it (ALI-E115).

    Args:
        scenario: how they are queued and paced.
        answers, outgoing: what is said, and as which frames.
        said: keeps what clients have had said.
    """

    def __init__(self, scenario: AliyunScenario, answers: Answers, outgoing: Outgoing, said: SaidLog) -> None:
        self._said: Final = said
        self._scenario = scenario
        self._answers = answers
        self._outgoing = outgoing
        self.running: Drive | None = None
        """What is being said; only to be looked at from outside."""
        self.last_said = 0.0
        """When something was said in the course of time, epoch seconds."""
        self._packets: Iterator[Packet] = iter(())
        self._waiting: list[Drive] = []
        self._held = False
        self._hesitates = scenario.first_chunk_seconds > 0

    def add(self, drive: Drive) -> list[Effect]:
        """Takes one more drive, at once or as the scenario says while another runs or waits."""
        effects: list[Effect] = []
        if self.running is not None or self._waiting:
            if self._scenario.overlap == "replace":
                effects += self.interrupt()
            elif self._scenario.overlap == "reject":
                return self._refuse(drive, "another drive is running")
            elif len(self._waiting) >= self._scenario.max_queue:
                return self._refuse(drive, f"{len(self._waiting)} drives are waiting already")
        self._accept(drive)
        if self._held or self.running is not None or self._waiting:
            self._waiting.append(drive)
            self._advance(effects)
        else:
            self._start(drive, effects)
        return effects

    def at_once(self, text: str, message_id: str, request: Incoming) -> list[Effect] | None:
        """Answers a question of a text drive when nothing is in its way, without making a drive of it.

        The effects are those of `add` with such a drive. None when one has to be made: something runs or waits, or the
        answer takes time, more than one packet or a function of the user.

        Args:
            text: the question.
            message_id, request: as of a `Drive`.
        """
        if self._held or self.running is not None or self._waiting or self._hesitates:
            return None
        said = self._answers.at_once(text)
        if said is None:
            return None
        self._said.said(self._outgoing.session_id, text, TEXT)
        return [self._outgoing.whole(said, message_id, request)]

    def interrupt(self, *others: Drive) -> list[Effect]:
        """Stops the running and the waiting drives (ALI-E32); open replies end as the scenario says (ALI-E33).

        Args:
            others: drives that have not come here yet and end with them.
        """
        return self._stop(SILENCE, others, self._scenario.interrupt_reply)

    def lose(self) -> list[Effect]:
        """Stops the same drives because the line broke: what is open of them ends as the scenario says (ALI-E48)."""
        return self._stop(_LOST, (), self._scenario.recovery_reply)

    def clear(self, *others: Drive) -> list[Effect]:
        """Forgets every drive without a word; `others` as of `interrupt`."""
        for drive in others:
            self._accept(drive)
        for drive in (*([] if self.running is None else [self.running]), *self._waiting, *others):
            drive.saying.cut()
        self.running = None
        self._waiting.clear()
        return [Cancel(_PACE), Cancel(_THINKING)]

    def hold(self, held: bool) -> list[Effect]:
        """Whether drives have to wait, however many, until they are let go (ALI-E19); the running one goes on."""
        self._held = held
        effects: list[Effect] = []
        self._advance(effects)
        return effects

    def _stop(self, end: Speech, others: Sequence[Drive], reply: Literal["finish", "none"]) -> list[Effect]:
        running = [] if self.running is None else [self.running]
        stopped = [*running, *self._waiting, *others]
        effects = self.clear(*others) if stopped else []
        if reply == "finish":
            for drive in stopped:
                self._send(drive, end, Packet("", finish=True), effects)
        return effects

    def _accept(self, drive: Drive) -> None:
        if drive.message:
            drive.saying = self._said.accept(self._outgoing.session_id, drive.text, drive.message)

    def _advance(self, effects: list[Effect]) -> None:
        """Starts the drives that wait, as far as that goes without waiting for anything."""
        while self.running is None and self._waiting and not self._held:
            self._start(self._waiting.pop(0), effects)

    def _start(self, drive: Drive, effects: list[Effect]) -> None:
        self.running = drive
        drive.saying.begin()
        if drive.question is None:
            self._begin(drive, drive.speech, effects)
            return
        given = self._answers.answer(drive.question)
        if isinstance(given, Speech):
            self._begin(drive, given, effects)
        else:
            effects.append(self._await(drive, given))

    def _await(self, drive: Drive, given: Awaitable[object]) -> Await:
        def found(result: object, now: float) -> list[Effect]:
            self.last_said = now
            effects: list[Effect] = []
            if drive is self.running:
                self._begin(drive, self._answers.settled(result), effects)
                self._advance(effects)
            return effects

        return Await(given, found, _THINKING)

    def _begin(self, drive: Drive, speech: Speech, effects: list[Effect]) -> None:
        drive.speech = speech
        if not speech.success:
            drive.saying.refuse()
        self._packets = speech.packets()
        if self._scenario.first_chunk_seconds and drive.reply is not None:
            effects.append(self._pause(drive, self._scenario.first_chunk_seconds))
        else:
            self._say(drive, effects)

    def _pause(self, drive: Drive, seconds: float) -> Later:
        def go_on(now: float) -> list[Effect]:
            self.last_said = now
            effects: list[Effect] = []
            if drive is self.running:
                self._say(drive, effects)
                self._advance(effects)
            return effects

        return Later(seconds, go_on, _PACE)

    def _say(self, drive: Drive, effects: list[Effect]) -> None:
        """Sends what is due of the running drive, and ends it with its last packet."""
        if drive.reply is not None:
            for packet in self._packets:
                self._send(drive, drive.speech, packet, effects)
                if not packet.finish and self._scenario.chunk_seconds:
                    effects.append(self._pause(drive, self._scenario.chunk_seconds))
                    return
        drive.saying.end()
        self.running = None

    def _refuse(self, drive: Drive, reason: str) -> list[Effect]:
        effects: list[Effect] = []
        refusal = self._answers.refusal(reason)
        for packet in refusal.packets():
            self._send(drive, refusal, packet, effects)
        return effects

    def _send(self, drive: Drive, speech: Speech, packet: Packet, effects: list[Effect]) -> None:
        if drive.reply is None:
            return
        body = drive.reply.trusted(
            success=speech.success,
            session_id=self._outgoing.session_id,
            content=packet.content,
            finish=packet.finish,
            related_images=speech.related_images if packet.finish else (),
            related_videos=speech.related_videos if packet.finish else (),
            message_id=drive.message_id,
        )
        effects.append(self._outgoing.reply(body, drive.request))
