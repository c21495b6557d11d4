"""What the server says about drives: an answer, recognised speech, or the word that speech may follow.

The document leaves open which business type carries which (ALI-E35), so 128, 129 and 130 are read alike: by the fields
they have. Only that choice and its way to the drives concerned live here; how answers are matched and put together is
in `answers.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from enum import Enum, auto
from typing import Any, Final, NamedTuple, cast

from msgspec import UNSET

from ...core.findings import clauses_of
from ...core.json_codec import JsonCodec
from ...core.json_text import BOM, look
from ...errors import CodecError, RemoteProtocolError
from ...message import Message
from ..events import AnswerKind, Event, Recognised, SpeechStarted
from ..messages import AsrResult, AsrStartResponse, DriveReply
from ..options import ClientOptions
from ..wire.frame import Frame
from ..wire.header import HEADER_SIZE
from ..wire.table import BY_ID
from .answers import AnswerLedger, Drive
from .drives import Speech

__all__ = ["Layout", "Replies", "Reply", "read_reply"]

MOST_STARTS: Final = 64
"""Unanswered start packets remembered."""


class Layout(Enum):
    """What a frame is."""

    ANSWER = auto()
    """Of a text or of speech; the body is a `DriveReply` (ALI-R105, ALI-R110)."""
    RECOGNITION = auto()
    """The body is an `AsrResult` (ALI-R109)."""
    START = auto()
    """The body is an `AsrStartResponse` (ALI-R107)."""


class Reply(NamedTuple):
    """A frame as it is meant."""

    layout: Layout
    body: Message
    deviations: tuple[str, ...]
    """`ALI-E35` among them when the frame has another business type than the ruled one."""


_HOME: Final[Mapping[str, Layout]] = {
    "text_drive.response": Layout.ANSWER,
    "asr.result": Layout.RECOGNITION,
    "asr.start.response": Layout.START,
}
"""What a frame is by its business type alone."""

_CODECS: Final[Mapping[Layout, JsonCodec[Any]]] = {
    layout: cast("JsonCodec[Any]", BY_ID[id_].codec)
    for layout, id_ in (
        (Layout.ANSWER, "asr.drive_reply"),
        (Layout.RECOGNITION, "asr.result"),
        (Layout.START, "asr.start.response"),
    )
}

_ANSWERS_ONLY: Final = frozenset({"relatedImages", "relatedVideos"})
_STARTS_NEVER: Final = frozenset({"content", "finish", "messageId"})


def read_reply(frame: Frame, *, start_due: bool, broadcast: bool) -> Reply:
    """Reads a frame as what it is.

    Args:
        frame: a `text_drive.response`, `asr.result` or `asr.start.response`.
        start_due: whether a start packet is unanswered.
        broadcast: whether the speech it may be about is broadcast, for which no recognised text comes (ALI-R109).
    """
    home = _HOME[frame.message]
    body = cast("Message", frame.body)
    layout = _layout(_names(frame), home, start_due=start_due, broadcast=broadcast)
    if layout is not home:
        try:
            body, found = _CODECS[layout].decode_lenient(frame.payload, offset=HEADER_SIZE)
        except CodecError:
            # It only looked like one.
            layout = home
        else:
            noticed = (*frame.deviations, *clauses_of(found), "ALI-E35")
            return Reply(layout, body, tuple(dict.fromkeys(noticed)))
    return Reply(layout, body, frame.deviations)


def _layout(names: frozenset[str], home: Layout, *, start_due: bool, broadcast: bool) -> Layout:
    if names & _ANSWERS_ONLY:
        return Layout.ANSWER
    if "content" in names:
        return Layout.ANSWER if broadcast or home is Layout.ANSWER else Layout.RECOGNITION
    if start_due and "success" in names and not names & _STARTS_NEVER:
        return Layout.START
    return home


def _names(frame: Frame) -> frozenset[str]:
    """Names of the fields of the payload; none when it is no JSON object."""
    fields = look(frame.payload.removeprefix(BOM))
    return frozenset(cast("dict[str, Any]", fields)) if isinstance(fields, dict) else frozenset()


class Replies:
    """Everything that may be answered on one connection, and what the server says to it.

    Attributes:
        openings: the requests for opening remarks.
        talk: texts and speech, whose answers come on the same business types.
    """

    def __init__(self, options: ClientOptions) -> None:
        self.openings = AnswerLedger(options)
        self.talk = AnswerLedger(options)
        self._strict = options.strict
        self._starts: deque[Speech] = deque(maxlen=MOST_STARTS)

    def speech_started(self, speech: Speech, drive: Drive) -> None:
        """A start packet was sent."""
        self._starts.append(speech)
        self.talk.open(drive)

    def knows(self, id_: str) -> bool:
        """Whether an id is in use, or was lately."""
        return self.openings.knows(id_) or self.talk.knows(id_)

    def interrupt(self) -> list[Event]:
        """Ends whatever was sent entirely (ALI-E33)."""
        return [*self.openings.interrupt(), *self.talk.interrupt()]

    def lose(self) -> list[Event]:
        """Ends everything."""
        return [*self.openings.lose(), *self.talk.lose()]

    def recover(self) -> list[Event]:
        """Ends whatever was sent entirely, and will not be answered any more (ALI-E48)."""
        return [*self.openings.recover(), *self.talk.recover()]

    def refuse(self, drive_id: str, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """The server has refused what was sent for a drive."""
        return [
            *self.openings.refuse(drive_id, frame, deviations),
            *self.talk.refuse(drive_id, frame, deviations),
        ]

    def opening(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """An `opening.response`."""
        return self.openings.take(cast("DriveReply", frame.body), frame, deviations)

    def reply(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """A `text_drive.response`, `asr.result` or `asr.start.response`.

        Raises:
            RemoteProtocolError: strict, and it has another business type than the ruled one.
        """
        if not frame.deviations and _HOME[frame.message] is Layout.ANSWER:
            return self.talk.take(cast("DriveReply", frame.body), frame, deviations)
        drive = self.talk.waiting(AnswerKind.SPEECH)
        broadcast = drive is not None and not drive.owed
        reply = read_reply(frame, start_due=bool(self._starts), broadcast=broadcast)
        if self._strict and "ALI-E35" in reply.deviations:
            what = reply.layout.name.lower()
            raise RemoteProtocolError(f"{what} on business type {int(frame.biz_type)}", clause="ALI-E35")
        deviations = tuple(dict.fromkeys((*deviations, *reply.deviations)))
        if reply.layout is Layout.ANSWER:
            return self.talk.take(cast("DriveReply", reply.body), frame, deviations)
        if reply.layout is Layout.START:
            return self._started(cast("AsrStartResponse", reply.body), frame, deviations)
        return [_recognised("" if drive is None else drive.id, cast("AsrResult", reply.body), frame, deviations)]

    def _started(self, body: AsrStartResponse, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        speech = self._starts.popleft() if self._starts else None
        drive_id = "" if speech is None else speech.id
        told = SpeechStarted(drive_id=drive_id, success=body.success, frame=frame, deviations=deviations)
        if speech is None or body.success:
            return [told]
        speech.refused()
        return [told, *self.talk.refuse(drive_id, frame, deviations)]


def _recognised(drive_id: str, body: AsrResult, frame: Frame, deviations: tuple[str, ...]) -> Recognised:
    return Recognised(
        drive_id=drive_id,
        text="" if body.content is UNSET else body.content,
        final=False if body.finish is UNSET else body.finish,
        success=True if body.success is UNSET else body.success,
        message_id="" if body.message_id is UNSET else body.message_id,
        frame=frame,
        deviations=deviations,
    )
