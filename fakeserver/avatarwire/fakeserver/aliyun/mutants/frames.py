"""Frames that are read, or made, in another way; the channel and its heartbeats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, cast

import msgspec

from avatarwire.codecs.aliyun import messages
from avatarwire.codecs.aliyun.messages import ErrorCode
from avatarwire.fakeserver.aliyun.frame_errors import Unreadable
from avatarwire.fakeserver.aliyun.mutants.parts import (
    HANDLERS,
    INTERACTION,
    differs,
    gives,
    handled,
    remembered,
    table,
    told,
)
from avatarwire.fakeserver.aliyun.outgoing import Outgoing
from avatarwire.fakeserver.effects import Incoming, Send
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]

_HEADER: Final = 11
_SERIAL: Final = slice(3, 11)
_TEXT_TYPE: Final = 128
_PING_FRAME: Final = 14


def _refuses(title: str, is_refused: Callable[[bytes], object]) -> Mutant:
    """A mutant that reads no frames of a kind which are right."""

    def make(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
        def read(self: Any, data: Any, now: float) -> Any:
            if isinstance(data, bytes) and len(data) >= _HEADER and is_refused(data):
                note()
                violation = Violation("ALI-E09", "", title)
                return Incoming("", violations=(violation,), packet=Unreadable(violation, data, "", 1007))
            return whole(self, data, now)

        return read

    return told(title, INTERACTION, "read", make)


def _is_json(data: bytes) -> bool:
    return data[1] == 1


def _has_space(data: bytes) -> object:
    return _is_json(data) and data[_HEADER:].strip() != data[_HEADER:]


def _has_escapes(data: bytes) -> object:
    return _is_json(data) and b"\\u" in data[_HEADER:]


def _has_other_payload(data: bytes) -> object:
    return data[0] == _PING_FRAME and data[_HEADER:] not in (b"", b"{}")


_KNOWN: Final = frozenset({"sessionId", "text", "askType", "type", "messageId", "dataFlag"})


def _has_more(data: bytes) -> object:
    if not _is_json(data) or data[2] != _TEXT_TYPE:
        return False
    try:
        fields: Any = msgspec.json.decode(data[_HEADER:])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return isinstance(fields, dict) and bool(cast("dict[str, Any]", fields).keys() - _KNOWN)


def _twice(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """A serial number that has come before on a connection is not read."""
    known: dict[int, set[bytes]] = {}

    def read(self: Any, data: Any, now: float) -> Any:
        serials = known.setdefault(id(self), set())
        if isinstance(data, bytes) and len(data) >= _HEADER:
            if data[_SERIAL] in serials:
                note()
                violation = Violation("ALI-E05", "serialNumber", "it was used before")
                return Incoming("", violations=(violation,), packet=Unreadable(violation, data, "", 1007))
            serials.add(data[_SERIAL])
        return whole(self, data, now)

    return read


def _closes(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def bad(self: Any, violation: Any, received: Any, close: int, *, about: str = "") -> Any:
        note()
        return [*whole(self, violation, received, close, about=about), self._end(close, "bad frame")]

    return bad


def _hangs(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Whoever sends what is wrong hears nothing any more."""
    gone: set[int] = set()

    def take(self: Any, received: Any, now: float) -> Any:
        effects = whole(self, received, now)
        if any(getattr(each, "message", "") == "general.message" for each in effects):
            gone.add(id(self))
        if id(self) in gone:
            note()
            return []
        return effects

    return take


def _hangs_on_doubt(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """The same for what the document leaves open."""

    def take(self: Any, received: Any, now: float) -> Any:
        if received.violations or received.deviations:
            note()
            return []
        effects = whole(self, received, now)
        if received.violations:
            note()
            return []
        return effects

    return take


def _errors_elsewhere(patches: Patches) -> None:
    title = "Errors are sent on all sockets."
    lines = remembered(patches)

    def take(whole: Any) -> Callable[..., Any]:
        def taken(self: Any, received: Any, now: float) -> Any:
            effects = whole(self, received, now)
            for each in effects:
                if getattr(each, "message", "") == "general.message":
                    for owner, line in lines:
                        if line.conversation is not self and not line.conversation.ended:
                            patches.note(title)
                            owner._turn.do(line.on(line.conversation.report(10000, "somebody made a mistake")))
            return effects

        return taken

    patches.instead(INTERACTION, "take", take)


def _pushes_at_first(message: str) -> Callable[[Any, Callable[[], None]], Callable[..., Any]]:
    def make(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
        def opened(self: Any, now: float) -> Any:
            note()
            if message == "pong":
                return [*whole(self, now), self._outgoing.pong(None)]
            status = messages.ChannelReadyResponse(session_id=self._session_id, status="INIT")
            return [*whole(self, now), self._outgoing.reply(status, None)]

        return opened

    return make


def _own_serial_of_errors(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def error(self: Any, code: int, reason: str, request: Any) -> Any:
        if request is not None:
            note()
        return whole(self, code, reason, None)

    return error


def _numbered_from_one(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Packets of an answer have serial numbers of their own, after the first."""
    answered: set[int] = set()

    def serial_number(self: Any, request: Any) -> Any:
        if request is not None and id(request) in answered:
            note()
            return self._serial_numbers()
        answered.add(id(request))
        return whole(self, request)

    return serial_number


def _short_serial(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    """Frames that nobody has asked for have a header of ten bytes."""

    def push(self: Any, kind: Any) -> Any:
        note()
        send = whole(self, kind)
        return Send(send.data[:3] + send.data[4:], send.message, send.body, send.cause)

    return push


def _up_and_down(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def status(self: Any) -> Any:
        if self._ready:
            note()
            return "INIT"
        return whole(self)

    return status


def _channel_of_all(patches: Patches) -> None:
    title = "A channel is READY when another one is."
    ready: list[bool] = []

    def make(whole: Any) -> Callable[..., Any]:
        def status(self: Any) -> Any:
            found = whole(self)
            if ready and found != "READY":
                patches.note(title)
                return "READY"
            if found == "READY":
                ready.append(True)
            return found

        return status

    patches.instead(INTERACTION, "_channel_status", make)


def _in_other_name(conversation: Any, frame: Any, received: Any) -> list[Any]:
    """The answer about the channel names a session that there is not."""
    del frame
    body = messages.ChannelReadyResponse(session_id="another", status=conversation._channel_status())
    return [conversation._outgoing.reply(body, received)]


def _ping_cuts(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
    del frame
    if not conversation.busy:
        return None
    return [*conversation._drives.interrupt(), conversation._outgoing.pong(received)]


def _ping_while(is_so: Callable[[Any], object]) -> Callable[[Any, Any, Any], list[Any] | None]:
    """Pings are lost while something goes on."""

    def handle(conversation: Any, frame: Any, received: Any) -> list[Any] | None:
        del frame, received
        return [] if is_so(conversation) else None

    return handle


def _pong_too(conversation: Any, frame: Any, received: Any) -> list[Any]:
    """A channel that is READY has a pong."""
    effects: list[Any] = _ASKED(conversation, frame, received)
    return [*effects, conversation._outgoing.pong(None)] if conversation.ready else effects


_ASKED: Final[Any] = HANDLERS["channel_ready.request"]


def _error(conversation: Any, frame: Any, received: Any) -> list[Any]:
    del frame
    return [conversation._outgoing.error(ErrorCode.SYSTEM_ERROR, "no", received)]


def _nothing(conversation: Any, frame: Any, received: Any) -> list[Any]:
    del conversation, frame, received
    return []


MUTANTS: Final = table(
    zero_serials_not_read=_refuses("Serial numbers of zeros are refused.", lambda data: data[_SERIAL] == bytes(8)),
    serials_not_read_twice=told("A serial number counts once.", INTERACTION, "read", _twice),
    space_not_read=_refuses("JSON with space around it is refused.", _has_space),
    escapes_not_read=_refuses("JSON with escapes is refused.", _has_escapes),
    further_members_not_read=_refuses("Texts with further members are refused.", _has_more),
    pings_with_payload_not_read=_refuses("Pings with another payload are refused.", _has_other_payload),
    control_pings_not_read=_refuses(
        "Pings in control frames are refused.", lambda data: data[0] == 0 and data[2] == 255
    ),
    bad_frames_close=told("A frame that is wrong ends the connection.", INTERACTION, "_bad", _closes),
    bad_frames_hang=told("After a frame that is wrong nothing is heard.", INTERACTION, "take", _hangs),
    doubts_hang=told("What the document leaves open is not answered.", INTERACTION, "take", _hangs_on_doubt),
    errors_for_all=Mutant("Errors are sent on all sockets.", _errors_elsewhere),
    pong_when_ready=handled("A pong comes when a channel is READY.", "channel_ready.request", _pong_too),
    pong_at_first=told("A pong comes by itself.", INTERACTION, "opened", _pushes_at_first("pong")),
    status_at_first=told("The channel's status comes by itself.", INTERACTION, "opened", _pushes_at_first("status")),
    errors_with_own_serial=told("Errors have serial numbers of their own.", Outgoing, "error", _own_serial_of_errors),
    packets_with_own_serials=told(
        "Packets after the first have serial numbers of their own.", Outgoing, "_serial_number", _numbered_from_one
    ),
    pushes_with_short_header=told("Pushes have headers of ten bytes.", Outgoing, "push", _short_serial),
    channel_up_and_down=told("A channel is READY only once.", INTERACTION, "_channel_status", _up_and_down),
    channel_of_all=Mutant("A channel is READY when another one is.", _channel_of_all),
    channel_in_other_name=handled(
        "The answer about a channel names another session.", "channel_ready.request", _in_other_name
    ),
    early_drives_pass=differs("Drives before READY are accepted.", INTERACTION, "early", gives(None)),
    pings_are_lost=handled("Pings are not answered.", "heartbeat.ping", _nothing),
    pings_are_refused=handled("Pings are errors.", "heartbeat.ping", _error),
    pings_cut_answers=handled("A ping cuts an answer.", "heartbeat.ping", _ping_cuts),
    pings_lost_while_speaking=handled(
        "Pings are not answered during an answer.", "heartbeat.ping", _ping_while(lambda it: it.busy)
    ),
    pings_lost_while_hearing=handled(
        "Pings are not answered during speech.", "heartbeat.ping", _ping_while(lambda it: it._listener._open)
    ),
    pings_lost_in_text_streams=handled(
        "Pings are not answered during a streamed text.",
        "heartbeat.ping",
        _ping_while(lambda it: it._text_streams.open),
    ),
    pings_lost_in_audio=handled(
        "Pings are not answered during an audio drive.",
        "heartbeat.ping",
        _ping_while(lambda it: it._audio_streams.open),
    ),
    pings_lost_before_ready=handled(
        "Pings are not answered before READY.", "heartbeat.ping", _ping_while(lambda it: not it.ready)
    ),
)
"""By name."""
