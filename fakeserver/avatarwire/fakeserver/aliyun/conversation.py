"""The conversation on one interaction socket: what the fake does with each frame, and what it pushes by itself.

Sans-IO: `read` takes bytes and gives what was understood, `take` the effects of it. One object serves one
connection; a new connection begins anew (ALI-E114). Only the dispatch of messages lives here. What outlives a
connection is in `state.py`; queueing and pacing of replies are in `drives.py`, streams of fragments in `streams.py`,
utterances in `speech.py`, the making of frames in `outgoing.py`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, cast

from msgspec import UNSET, UnsetType

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import AskType, ChannelStatus, DataFlag, ErrorCode, TextDriveType
from avatarwire.codecs.aliyun.wire.frame import Frame, decode
from avatarwire.codecs.aliyun.wire.header import new_serial_number
from avatarwire.codecs.aliyun.wire.table import BY_ID
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.message import Message
from avatarwire.fakeserver.aliyun.answers import Answers, InteractionSession, Speech
from avatarwire.fakeserver.aliyun.drives import TEXT, Drive, Drives
from avatarwire.fakeserver.aliyun.frame_errors import Unreadable, received_frame, unreadable
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.speech import Listener
from avatarwire.fakeserver.aliyun.streams import Complete, Step, Streams
from avatarwire.fakeserver.effects import Close, Effect, Incoming, Later, Send
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Interaction", "InteractionSession"]

_SILENCE: Final = "silence"
"""Key of the timer that closes a silent connection."""
_CROSSING: Final = "crossing"
"""Key of the timer after which what comes cannot have crossed a push on its way."""

# Reaching a member through its class takes longer than comparing it.
_ASK: Final = AskType.ASK
_TEXT_STREAM: Final = TextDriveType.TEXT_STREAM

HTTP_TEXT: Final = "SendTextMsg.request"
"""Catalogue id of what brings a text over HTTP."""

CLOSE_NORMAL: Final = 1000
CLOSE_UNSUPPORTED: Final = 1003
CLOSE_INVALID: Final = 1007
CLOSE_POLICY: Final = 1008


class Interaction:
    """One connection of one session.

    Args:
        session: the session the connection was opened for.
        scenario: how to behave.
        guard: calls functions of the test.
        said: keeps what the client has had said; None for nobody.
        serial_numbers, message_ids: where new ones come from.
    """

    def __init__(
        self,
        session: InteractionSession,
        scenario: AliyunScenario,
        *,
        guard: Guard | None = None,
        said: SaidLog | None = None,
        serial_numbers: Callable[[], bytes] = new_serial_number,
        message_ids: Callable[[], str] = lambda: str(uuid.uuid4()),
    ) -> None:
        self._session = session
        self._scenario = scenario
        self._message_ids = message_ids
        # Looked at for every message.
        self._session_id = session.id
        self._largest = scenario.max_frame_bytes
        self._watched = scenario.heartbeat_seconds is not None
        self._outgoing = Outgoing(session.id, scenario, serial_numbers)
        self._answers = Answers(session, scenario, guard)
        self._said = SaidLog(lambda: 0.0) if said is None else said
        self._drives = Drives(scenario, self._answers, self._outgoing, self._said)
        self._heard = 0.0
        self._listener = Listener(scenario, self._answers, self._drives, self._outgoing, message_ids)
        self._text_streams = Streams(strict=scenario.strict, max_size=scenario.max_frame_bytes)
        self._audio_streams = Streams(strict=scenario.strict, max_size=scenario.max_frame_bytes)
        self._polls = 0
        self._ready = False
        self._over = False
        self._ended = False
        self._crossing = False
        self._hold()

    @property
    def ready(self) -> bool:
        """Whether the channel has been reported READY."""
        return self._ready

    @property
    def ended(self) -> bool:
        """Whether the server has ended the connection, and not the client."""
        return self._ended

    @property
    def busy(self) -> bool:
        """Whether something is being said."""
        return self._drives.running is not None

    @property
    def last_activity(self) -> float:
        """When anything but a heartbeat was received or said, epoch seconds (ALI-E104); 0 for never."""
        return max(self._heard, self._drives.last_said)

    # What the server is told

    def push(self, body: Message) -> Send:
        """Any message, which no frame has asked for."""
        return self._outgoing.reply(body, None)

    def opened(self, now: float) -> list[Effect]:
        """The connection is open."""
        self._heard = now
        return self._watch_silence()

    def closed(self, now: float) -> list[Effect]:
        """The connection is gone."""
        del now
        cut = self._text_streams.interrupt()
        return self._drives.clear(*([] if cut is None else [self._spoken(cut)]))

    def read(self, data: bytes | str, now: float) -> Incoming:
        """One message of the client; a text message is none, as frames travel as binary ones (ALI-R085, ALI-E09)."""
        del now
        if isinstance(data, str):
            reason = f"a text message of {len(data)} characters; frames are binary messages"
            violation = Violation("ALI-R085", "", reason)
            return Incoming(violations=(violation,), packet=Unreadable(violation, close=CLOSE_UNSUPPORTED))
        try:
            return received_frame(decode(data, "client", max_size=self._largest), strict=self._scenario.strict)
        except CodecError as error:
            violation = unreadable(error)
            packet = Unreadable(violation, data, error.message, CLOSE_INVALID)
            return Incoming(error.message if error.message in BY_ID else "", violations=(violation,), packet=packet)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        """What a message leads to.

        Whatever is wrong with it, the client gets an error message and the connection lives on, except where the
        scenario says to close it.
        """
        packet = received.packet
        if received.message not in _HEARTBEATS:
            self._heard = now
        if type(packet) is Frame:
            effects = self._take(packet, received)
        else:
            effects = self._bad(packet.violation, received, packet.close, about=packet.about)
        return [*effects, *self._watch_silence()] if self._watched else effects

    def stopped(self, reason: str) -> list[Effect]:
        """The session was stopped over HTTP."""
        self._over = True
        return [*self._drives.clear(), self._end(CLOSE_NORMAL, reason)]

    def force_close(self, reason: str) -> list[Effect]:
        """The server ends the session (ALI-R122), tells the client, and closes the connection (ALI-E49)."""
        if self._over:
            return []
        self._over = True
        close = self._end(CLOSE_NORMAL, reason)
        delay = self._scenario.force_close_seconds
        after = [*self._cross(), Later(delay, lambda _: [close])] if delay else [close]
        return [*self._drives.clear(), self._outgoing.push(messages.ForceClose), *after]

    def replaced(self, reason: str) -> list[Effect]:
        """A newer connection takes the place of this one (ALI-E114): the session lives on."""
        if self._scenario.second_connection == "force_close":
            return self.force_close(reason)
        if self._over:
            return []
        self._over = True
        return [*self._drives.clear(), self._end(CLOSE_NORMAL, reason)]

    def report(self, code: int, text: str) -> list[Effect]:
        """An error that no message of the client has led to (ALI-R118)."""
        return [self._outgoing.error(code, text, None)]

    def recover(self) -> list[Effect]:
        """The line broke (ALI-R123): what was being said is lost, and the channel has to be prepared again.

        Nothing more is heard of open replies, unless the scenario ends them, then without success. What the client has
        begun to send it may go on sending once the channel is READY again, for all it has to do is to pause (ALI-E48).
        """
        if self._over:
            return []
        self._ready = False
        self._polls = 0
        self._hold()
        return [*self._drives.lose(), self._outgoing.push(messages.Recovering), *self._cross()]

    def early(self) -> Violation | None:
        """What is wrong with a drive that comes now, whichever way: the channel has not been reported READY."""
        return None if self._ready else self._crossed("ALI-R078", "sent before the channel was reported READY")

    def say(self, text: str, *, ask: bool, message_id: str) -> list[Effect]:
        """A text that came over HTTP (SendTextMsg); its answer goes to the socket if the scenario says so.

        One that comes before READY waits for it, or is not said, as those on the socket (ALI-E19).
        """
        if not self._ready and self._scenario.before_ready != "queue":
            self._said.accept(self._session_id, text, HTTP_TEXT).cut()
            return []
        return self._say(
            text,
            ask=ask,
            message_id=message_id or self._message_ids(),
            request=None,
            answered=self._scenario.http_text_on_socket,
        )

    # Whether a frame is accepted

    def _take(self, frame: Frame, received: Incoming) -> list[Effect]:
        # A code point the document does not assign is refused even where the rest tells what is meant (ALI-E09).
        if frame.findings and (codes := frame.unknown_codes()):
            reason = "no message has " + ", ".join(f"{name} {value}" for name, value in codes.items())
            violation = received.note(Violation("ALI-E09", "", reason))
            return self._bad(violation, received, CLOSE_UNSUPPORTED)
        if received.violations and self._scenario.strict:
            errors = [violation for violation in received.violations if violation.level == "error"]
            if errors:
                return self._bad(errors[0], received, CLOSE_INVALID, about=frame.message)
        # URL, token and payload name the session (ALI-E113).
        named = getattr(frame.body, "session_id", "")
        if named and named != self._session_id and (mismatch := self._mismatch(received)) is not None:
            error = self._outgoing.error(ErrorCode.PERMISSION_DENIED, str(mismatch), received)
            return [error, self._end(CLOSE_POLICY, "sessionId mismatch")]
        message = frame.message
        if self._over and message not in _HEARTBEATS:
            violation = received.note(self._crossed("ALI-R122", "the session has been closed"))
            return [self._outgoing.refusal(received, violation)]
        if not self._ready and message not in _BEFORE_READY and (early := self.early()) is not None:
            violation = received.note(early)
            if self._scenario.before_ready != "queue":
                return [self._outgoing.refusal(received, violation)] if self._scenario.before_ready == "refuse" else []
        return self._HANDLERS[message](self, frame, received)

    def _cross(self) -> list[Effect]:
        """For a moment after a push, what comes may have been sent before the client knew of it."""

        def over(now: float) -> list[Effect]:
            del now
            self._crossing = False
            return []

        self._crossing = self._scenario.crossing_seconds > 0
        return [Later(self._scenario.crossing_seconds, over, _CROSSING)] if self._crossing else []

    def _crossed(self, clause: str, reason: str) -> Violation:
        """A violation; a note where what breaks the rule may have crossed a push on its way."""
        if self._crossing:
            return Violation(clause, "", f"{reason}; it may have crossed the push that says so", level="note")
        return Violation(clause, "", reason)

    def _mismatch(self, received: Incoming) -> Violation | None:
        """Where the payload names another session than the URL, the URL wins, or it is 10001 (ALI-E113)."""
        violation = received.note(Violation("ALI-E113", "sessionId", "not the session of this connection"))
        return violation if self._scenario.strict else None

    def _bad(self, violation: Violation, received: Incoming, close: int, *, about: str = "") -> list[Effect]:
        """A message that is wrong in itself; `about` is the message it seems to be."""
        reason = f"{about}: {violation}" if about else str(violation)
        effects: list[Effect] = [self._outgoing.error(ErrorCode.SYSTEM_ERROR, reason, received)]
        if self._scenario.strict and self._scenario.close_on_bad_frame:
            effects.append(self._end(close, "bad frame"))
        return effects

    # One method a message

    def _on_channel_ready(self, frame: Frame, received: Incoming) -> list[Effect]:
        del frame
        self._crossing = False
        status, was_ready = self._channel_status(), self._ready
        self._ready = status == ChannelStatus.READY
        body = messages.ChannelReadyResponse(session_id=self._session.id, status=status)
        # Drives may be on their way when a channel that was READY is no longer so.
        crossed = self._cross() if was_ready and not self._ready else []
        return [self._outgoing.reply(body, received), *self._hold(), *crossed]

    def _on_opening(self, frame: Frame, received: Incoming) -> list[Effect]:
        del frame
        speech = self._answers.opening()
        return self._drives.add(Drive(messages.OpeningResponse, self._message_ids(), received, speech=speech))

    def _on_interrupt(self, frame: Frame, received: Incoming) -> list[Effect]:
        """Stops what is said, a stream that is not complete yet included; an open utterance goes on being heard."""
        del frame, received
        self._audio_streams.interrupt()
        cut = self._text_streams.interrupt()
        return self._drives.interrupt(*([] if cut is None else [self._spoken(cut)]))

    def _on_text(self, frame: Frame, received: Incoming) -> list[Effect]:
        request = cast("messages.TextDriveRequest", frame.body)
        if request.type is _TEXT_STREAM:
            return self._on_text_fragment(frame, request, received)
        text, message_id = request.text, request.message_id or self._message_ids()
        ask = request.ask_type is _ASK
        if ask and (effects := self._drives.at_once(text, message_id, received)) is not None:
            return effects
        return self._say(text, ask=ask, message_id=message_id, request=received, answered=True)

    def _on_text_fragment(self, frame: Frame, request: messages.TextDriveRequest, received: Incoming) -> list[Effect]:
        message_id = request.message_id
        if not message_id and request.data_flag is not DataFlag.START:
            message_id = self._text_streams.open
        step = self._text_streams.take(message_id or self._message_ids(), request.data_flag, request.text, received)
        return self._after(step, self._spoken, received)

    def _on_audio(self, frame: Frame, received: Incoming) -> list[Effect]:
        """Only the order of fragments matters: no sound is made, so none is kept."""
        request = cast("messages.AudioDriveRequest", frame.body)
        flag: DataFlag | UnsetType = UNSET if "ALI-E43" in frame.deviations else request.data_flag
        step = self._audio_streams.take(request.message_id, flag, "", received)
        return self._after(step, lambda complete: Drive(None, complete.message_id), received)

    def _on_asr_control(self, frame: Frame, received: Incoming) -> list[Effect]:
        return self._listener.control(frame, received)

    def _on_asr_data(self, frame: Frame, received: Incoming) -> list[Effect]:
        return self._listener.data(frame, received)

    def _on_ping(self, frame: Frame, received: Incoming) -> list[Effect]:
        del frame
        return [self._outgoing.pong(received)]

    # Any is Interaction: inside its body the class has no name yet that a type checker accepts.
    _HANDLERS: ClassVar[Mapping[str, Callable[[Any, Frame, Incoming], list[Effect]]]] = {
        "opening.request": _on_opening,
        "interrupt.request": _on_interrupt,
        "text_drive.request": _on_text,
        "asr.start.request": _on_asr_control,
        "asr.data.request": _on_asr_data,
        "asr.end.request": _on_asr_control,
        "channel_ready.request": _on_channel_ready,
        "audio_drive.request": _on_audio,
        "heartbeat.ping": _on_ping,
    }

    # Pieces

    def _end(self, code: int, reason: str) -> Close:
        self._ended = True
        return Close(code, reason)

    def _say(self, text: str, *, ask: bool, message_id: str, request: Incoming | None, answered: bool) -> list[Effect]:
        """A whole text; `request` is the message it came in, None for one that came by HTTP."""
        message = HTTP_TEXT if request is None else TEXT
        if not ask:
            return self._drives.add(self._broadcast(message_id, text, request, message, answered=answered))
        reply = messages.TextDriveResponse if answered else None
        question = self._answers.question(text, message_id, "text")
        return self._drives.add(Drive(reply, message_id, request, question=question, message=message, text=text))

    def _spoken(self, stream: Complete) -> Drive:
        return self._broadcast(stream.message_id, stream.text, stream.request, TEXT, answered=True)

    def _broadcast(
        self, message_id: str, text: str, request: Incoming | None, message: str, *, answered: bool
    ) -> Drive:
        """A text to be spoken as it stands: one packet answers it, if any (ALI-E23)."""
        reply = messages.TextDriveResponse if answered and self._scenario.broadcast_reply == "finish" else None
        return Drive(reply, message_id, request, speech=Speech((text,)), message=message, text=text)

    def _after(self, step: Step, drive: Callable[[Complete], Drive], received: Incoming) -> list[Effect]:
        """What one fragment of a stream leads to."""
        effects = [effect for complete in step.complete for effect in self._drives.add(drive(complete))]
        if step.violation is not None:
            received.note(step.violation)
            if step.refused:
                effects.append(self._outgoing.refusal(received, step.violation))
        return effects

    def _channel_status(self) -> str:
        scripted = self._scenario.channel_statuses
        poll, self._polls = self._polls, self._polls + 1
        if scripted:
            return scripted[min(poll, len(scripted) - 1)]
        return ChannelStatus.READY if poll >= self._scenario.polls_until_ready else ChannelStatus.INIT

    def _hold(self) -> list[Effect]:
        """Drives before READY wait for it, if the scenario lets them (ALI-E19)."""
        return self._drives.hold(self._scenario.before_ready == "queue" and not self._ready)

    def _watch_silence(self) -> list[Effect]:
        silence = self._scenario.heartbeat_seconds
        if silence is None:
            return []
        return [Later(silence, lambda _: [self._end(CLOSE_NORMAL, "no heartbeat")], _SILENCE)]


_HEARTBEATS: Final = frozenset({"heartbeat.ping"})
_BEFORE_READY: Final = _HEARTBEATS | {"channel_ready.request", "interrupt.request"}
"""What may be sent before the channel is READY; anything else may not (ALI-R078)."""
