"""Speech and audio that are heard in another way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.fakeserver.aliyun.mutants.parts import HANDLERS, INTERACTION, handled, table, told
from avatarwire.fakeserver.aliyun.speech import Listener
from avatarwire.fakeserver.effects import Later
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]

_MOMENT: Final = 0.05


def _error(conversation: Any, frame: Any, received: Any) -> list[Any]:
    del frame
    return [conversation._outgoing.error(ErrorCode.SYSTEM_ERROR, "audio", received)]


def _large(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    return _error(conversation, frame, received) if len(frame.body.audio) > 10_000 else None


def _second(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    """Only one audio drive may be on a connection."""
    if str(frame.body.data_flag) != "START":
        return None
    if conversation.__dict__.get("heard_audio"):
        return _error(conversation, frame, received)
    conversation.heard_audio = True
    return None


def _untyped(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    return None if b'"type"' in frame.raw else _error(conversation, frame, received)


def _for_good(conversation: Any, frame: Any, received: Any) -> list[Any]:
    """After audio nothing is said any more."""
    given: list[Any] = _AUDIO(conversation, frame, received)
    conversation._drives._held = True
    return given


_AUDIO: Final[Any] = HANDLERS["audio_drive.request"]


def _result_always(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recognise(self: Any, utterance: Any) -> list[Any]:
        effects: list[Any] = whole(self, utterance)
        if utterance.ask:
            return effects
        note()
        return [self._result(utterance, "heard", utterance.request, success=True, finish=True), *effects]

    return recognise


def _result_last(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recognise(self: Any, utterance: Any) -> list[Any]:
        effects: list[Any] = whole(self, utterance)
        if not utterance.ask:
            return effects
        note()
        return [*effects[1:], effects[0]]

    return recognise


def _end_answered(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def recognise(self: Any, utterance: Any) -> list[Any]:
        note()
        body = messages.AsrStartResponse(session_id=self._outgoing.session_id, success=True)
        return [self._outgoing.reply(body, utterance.request), *whole(self, utterance)]

    return recognise


def _never_answered(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def recognise(self: Any, utterance: Any) -> list[Any]:
        del self, utterance
        note()
        return []

    return recognise


def _anything_answered(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def words(self: Any, utterance: Any) -> Any:
        found = whole(self, utterance)
        if found is None:
            note()
            return "what nobody said"
        return found

    return words


def _same_id(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def start(self: Any, request: Any, received: Any) -> Any:
        effects = whole(self, request, received)
        if self._open is not None:
            note()
            self._open.message_id = "utterance"
        return effects

    return start


def _one_packet(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def data(self: Any, frame: Any, received: Any) -> Any:
        if self._open is not None and self._open.size:
            note()
            self._open = None
            return [self._outgoing.error(ErrorCode.SYSTEM_ERROR, "one packet only", received)]
        return whole(self, frame, received)

    return data


def _starts_late(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Speech is heard from when its start was answered, which takes a moment."""

    def start(self: Any, request: Any, received: Any) -> Any:
        note()
        return [Later(_MOMENT, lambda _: whole(self, request, received))]

    return start


def _whole_samples(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def data(self: Any, frame: Any, received: Any) -> Any:
        if len(frame.body.pcm) % 2:
            note()
            self._open = None
            return []
        return whole(self, frame, received)

    return data


def _json_is_heard(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def bad(self: Any, violation: Any, received: Any, close: int, *, about: str = "") -> Any:
        if received.message != "asr.data.request":
            return whole(self, violation, received, close, about=about)
        note()
        body = messages.AsrResult(
            success=True, session_id=self._session_id, content="heard", finish=True, message_id="m"
        )
        return [self._outgoing.reply(body, received)]

    return bad


def _empty(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    return None if frame.body.audio else _error(conversation, frame, received)


def _replied(conversation: Any, frame: Any, received: Any) -> list[Any]:
    """Audio has the answer of a text."""
    del frame
    body = messages.TextDriveResponse(
        success=True, session_id=conversation._session_id, content="heard", finish=True, message_id="m"
    )
    return [conversation._outgoing.reply(body, received)]


def _heard_always(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Speech that nobody has announced is recognised."""
    del whole

    def outside(self: Any, received: Any, reason: str) -> Any:
        del reason
        note()
        body = messages.AsrResult(
            success=True, session_id=self._outgoing.session_id, content="heard", finish=True, message_id="m"
        )
        return [self._outgoing.reply(body, received)]

    return outside


def _text_ends_speech(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    if conversation._listener._open is None:
        return None
    conversation._listener._open = None
    return _error(conversation, frame, received)


def _shared(patches: Patches) -> None:
    title = "Speech that one session began is heard in all."
    known: list[Any] = []

    def start(whole: Any) -> Callable[..., Any]:
        def started(self: Any, request: Any, received: Any) -> Any:
            effects = whole(self, request, received)
            known[:] = [self._open]
            return effects

        return started

    def data(whole: Any) -> Callable[..., Any]:
        def heard(self: Any, frame: Any, received: Any) -> Any:
            if self._open is None and known:
                patches.note(title)
                self._open = known.pop()
            return whole(self, frame, received)

        return heard

    patches.instead(Listener, "_start", start)
    patches.instead(Listener, "data", data)


def _told_twice(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def start(self: Any, request: Any, received: Any) -> Any:
        effects = whole(self, request, received)
        note()
        return [*effects, *effects]

    return start


MUTANTS: Final = table(
    audio_has_reply=handled("Audio has the answer of a text.", "audio_drive.request", _replied),
    empty_audio_is_refused=handled("Audio without sound is refused.", "audio_drive.request", _empty),
    starts_are_late=told("Speech is heard only once its start was answered.", Listener, "_start", _starts_late),
    half_samples_end_speech=told("Half a sample ends an utterance.", Listener, "data", _whole_samples),
    json_is_speech=told("JSON is recognised as speech.", INTERACTION, "_bad", _json_is_heard),
    audio_is_answered=handled("Audio is answered.", "audio_drive.request", _error),
    large_audio_is_refused=handled("Large fragments of audio are refused.", "audio_drive.request", _large),
    audio_once=handled("A second audio drive is refused.", "audio_drive.request", _second),
    audio_needs_type=handled("Audio without type is refused.", "audio_drive.request", _untyped),
    audio_for_good=handled("After audio nothing is said.", "audio_drive.request", _for_good),
    results_always=told("What was heard is always returned.", Listener, "_recognise", _result_always),
    results_last=told("What was heard comes after the answer.", Listener, "_recognise", _result_last),
    ends_are_answered=told("The end of speech is answered by itself.", Listener, "_recognise", _end_answered),
    speech_is_lost=told("Speech is not recognised.", Listener, "_recognise", _never_answered),
    silence_is_answered=told("Silence is answered.", Listener, "_words", _anything_answered),
    utterances_with_one_id=told("All utterances have one messageId.", Listener, "_start", _same_id),
    starts_are_answered_twice=told("The start of speech is answered twice.", Listener, "_start", _told_twice),
    one_packet_of_speech=told("A second packet of speech is refused.", Listener, "data", _one_packet),
    speech_without_start=told("Speech without a start is recognised.", Listener, "_outside", _heard_always),
    texts_end_speech=handled("A text ends an utterance.", "text_drive.request", _text_ends_speech),
    speech_is_shared=Mutant("Speech that one session began is heard in all.", _shared),
)
"""By name."""
