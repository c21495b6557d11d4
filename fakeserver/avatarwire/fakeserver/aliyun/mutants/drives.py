"""Answers, broadcasts, streams and interrupts that are not as they should be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from avatarwire.codecs.aliyun.messages import AskType, ErrorCode
from avatarwire.fakeserver.aliyun.answers import Answers, Speech
from avatarwire.fakeserver.aliyun.drives import Drives
from avatarwire.fakeserver.aliyun.mutants.parts import HANDLERS, INTERACTION, handled, remembered, table, told
from avatarwire.fakeserver.aliyun.streams import Complete, Step, Streams
from avatarwire.fakeserver.effects import Close
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]

_LONG: Final = 1000


def _nothing_cut(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def interrupt(self: Any, *others: Any) -> list[Any]:
        if self.running is not None or self._waiting or others:
            note()
        return []

    return interrupt


def _only_running(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def interrupt(self: Any, *others: Any) -> list[Any]:
        waiting = list(self._waiting)
        effects: list[Any] = whole(self, *others)
        if waiting:
            note()
            self._waiting.extend(waiting)
            self._advance(effects)
        return effects

    return interrupt


def _cut_twice(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def interrupt(self: Any, *others: Any) -> list[Any]:
        effects: list[Any] = whole(self, *others)
        said = [each for each in effects if hasattr(each, "message")]
        if said:
            note()
        return [*effects, *said]

    return interrupt


def _for_good(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def interrupt(self: Any, *others: Any) -> list[Any]:
        note()
        effects: list[Any] = whole(self, *others)
        self._held = True
        return effects

    return interrupt


def _all_sessions(patches: Patches) -> None:
    title = "An interrupt stops what all sessions say."
    lines = remembered(patches)

    def interrupting(conversation: Any, frame: Any, received: Any) -> list[Any]:
        for owner, line in lines:
            if line.conversation is not conversation and line.conversation.busy:
                patches.note(title)
                owner._turn.do(line.on(line.conversation._drives.interrupt()))
        given: list[Any] = whole(conversation, frame, received)
        return given

    whole = HANDLERS["interrupt.request"]
    patches.entry(HANDLERS, "interrupt.request", interrupting)


def _opens_again(conversation: Any, frame: Any, received: Any) -> list[Any]:
    given: list[Any] = HANDLERS["opening.request"](conversation, frame, received)
    return given


def _channel_lost(conversation: Any, frame: Any, received: Any) -> list[Any]:
    del frame, received
    conversation._ready = False
    conversation._polls = 0
    return []


def _closes_early(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    del frame, received
    return None if conversation.ready else [Close(1008, "not READY")]


def _stream_kept(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    del whole

    def interrupt(self: Any) -> None:
        if self._open:
            note()

    return interrupt


# --- texts ---


def _always_asked(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, text: str, *, ask: bool, **more: Any) -> Any:
        if not ask:
            note()
        return whole(self, text, ask=True, **more)

    return say


def _cut_short(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, text: str, **more: Any) -> Any:
        if len(text) > _LONG:
            note()
        return whole(self, text[:_LONG], **more)

    return say


def _plain(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def say(self: Any, text: str, **more: Any) -> Any:
        if not text.isascii():
            note()
        return whole(self, text.encode("ascii", "replace").decode(), **more)

    return say


def _other_with_type(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    """A text whose type is not said is spoken as it stands."""
    request = frame.body
    if b'"type"' in frame.raw or request.ask_type is not AskType.ASK:
        return None
    effects: list[Any] = conversation._say(
        request.text, ask=False, message_id=request.message_id, request=received, answered=True
    )
    return effects


def _once(what: str) -> Callable[[Any, Any, Any], list[Any] | None]:
    """A member that has come before on a connection is not accepted again."""
    known: dict[int, set[Any]] = {}

    def handle(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
        value = getattr(frame.body, what)
        if str(frame.body.type).endswith("STREAM"):
            return None
        values = known.setdefault(id(conversation), set())
        if value in values:
            return [conversation._outgoing.error(ErrorCode.SYSTEM_ERROR, "it came before", received)]
        values.add(value)
        return None

    return handle


def _stream_refused(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    if not str(frame.body.type).endswith("STREAM"):
        return None
    return [conversation._outgoing.error(ErrorCode.SYSTEM_ERROR, "no streams", received)]


# --- streams ---


def _backwards(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def ended(self: Any) -> Any:
        if len(self._parts) > 1:
            note()
        self._parts.reverse()
        return whole(self)

    return ended


def _first_fragment(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def ended(self: Any) -> Any:
        if len(self._parts) > 1:
            note()
        del self._parts[1:]
        return whole(self)

    return ended


def _not_reset(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """What a stream has said is said again with the next one."""

    def ended(self: Any) -> Any:
        parts = list(self._parts)
        complete = whole(self)
        if parts:
            note()
        self._parts = parts
        return complete

    return ended


def _each_fragment(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Each fragment is a text of its own."""

    def take(self: Any, message_id: str, flag: Any, text: str, request: Any) -> Any:
        if flag == "END":
            return whole(self, message_id, flag, text, request)
        note()
        step = whole(self, message_id, flag, text, request)
        return Step([*step.complete, Complete(message_id, text, request)], step.violation, step.refused)

    return take


def _kept_over_connections(patches: Patches) -> None:
    title = "A stream outlives its connection."
    kept: dict[str, tuple[str, list[str]]] = {}

    def closed(whole: Any) -> Callable[..., Any]:
        def left(self: Any, now: float) -> Any:
            streams = self._text_streams
            if streams.open:
                kept[self._session_id] = streams.open, list(streams._parts)
            return whole(self, now)

        return left

    def take(whole: Any) -> Callable[..., Any]:
        def taken(self: Any, message_id: str, flag: Any, text: str, request: Any) -> Any:
            for session_id, (name, parts) in list(kept.items()):
                if name == message_id:
                    patches.note(title)
                    del kept[session_id]
                    text = "".join(parts) + text
            return whole(self, message_id, flag, text, request)

        return taken

    patches.instead(INTERACTION, "closed", closed)
    patches.instead(INTERACTION, "replaced", lambda whole: _replaced(whole, kept))
    patches.instead(Streams, "take", take)


def _replaced(whole: Any, kept: dict[str, tuple[str, list[str]]]) -> Callable[..., Any]:
    def replaced(self: Any, reason: str) -> Any:
        streams = self._text_streams
        if streams.open:
            kept[self._session_id] = streams.open, list(streams._parts)
        return whole(self, reason)

    return replaced


def _shared_streams(patches: Patches) -> None:
    """All connections add to one stream."""
    title = "Streams of all sessions are one."
    parts: list[str] = []

    def take(whole: Any) -> Callable[..., Any]:
        def taken(self: Any, message_id: str, flag: Any, text: str, request: Any) -> Any:
            if flag == "START" and not self._open:
                self._parts = parts
                patches.note(title)
            return whole(self, message_id, flag, text, request)

        return taken

    patches.instead(Streams, "take", take)


# --- opening remarks ---


def _numbered(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    count = [0]

    def opening(self: Any) -> Any:
        note()
        count[0] += 1
        return Speech((f"Hello number {count[0]}", *whole(self).parts))

    return opening


def _other_ids(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Each packet of an answer has an id of its own."""
    count = [0]

    def send(self: Any, drive: Any, speech: Any, packet: Any, effects: Any) -> None:
        given = drive.message_id
        count[0] += 1
        note()
        drive.message_id = f"packet-{count[0]}"
        whole(self, drive, speech, packet, effects)
        drive.message_id = given

    return send


MUTANTS: Final = table(
    interrupts_do_nothing=told("An interrupt lets the answer go on.", Drives, "interrupt", _nothing_cut),
    interrupts_leave_waiting=told("An interrupt leaves what waits.", Drives, "interrupt", _only_running),
    interrupts_finish_twice=told("What is interrupted ends twice.", Drives, "interrupt", _cut_twice),
    interrupts_for_good=told("After an interrupt nothing is said.", Drives, "interrupt", _for_good),
    interrupts_for_all=Mutant("An interrupt stops what all sessions say.", _all_sessions),
    interrupts_are_answered=handled("An interrupt has an answer.", "interrupt.request", _opens_again),
    interrupts_lose_channel=handled("After an interrupt the channel is INIT.", "interrupt.request", _channel_lost),
    interrupts_close_early=handled(
        "An interrupt before READY ends the connection.", "interrupt.request", _closes_early
    ),
    interrupts_leave_streams=told("An interrupt leaves an open stream.", Streams, "interrupt", _stream_kept),
    broadcasts_are_asked=told("Broadcasts are questions.", INTERACTION, "_say", _always_asked),
    long_texts_are_cut=told("Long texts are cut.", INTERACTION, "_say", _cut_short),
    texts_are_ascii=told("Letters beyond ASCII are lost.", INTERACTION, "_say", _plain),
    type_has_no_default=handled("A text without type is a broadcast.", "text_drive.request", _other_with_type),
    questions_once=handled("The same question is refused.", "text_drive.request", _once("text")),
    message_ids_once=handled("The same messageId is refused.", "text_drive.request", _once("message_id")),
    streams_are_refused=handled("Streamed texts are refused.", "text_drive.request", _stream_refused),
    fragments_backwards=told("Fragments are put together backwards.", Streams, "_ended", _backwards),
    first_fragment_only=told("Only the first fragment is spoken.", Streams, "_ended", _first_fragment),
    streams_repeat=told("A stream begins with what the last one said.", Streams, "_ended", _not_reset),
    fragments_are_texts=told("Each fragment is spoken by itself.", Streams, "take", _each_fragment),
    streams_outlive_connections=Mutant("A stream outlives its connection.", _kept_over_connections),
    streams_are_shared=Mutant("Streams of all sessions are one.", _shared_streams),
    opening_differs=told("Opening remarks differ each time.", Answers, "opening", _numbered),
    packets_with_own_ids=told("Each packet has a messageId of its own.", Drives, "_send", _other_ids),
)
"""By name."""
