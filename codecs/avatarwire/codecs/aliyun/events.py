"""What an interaction client reports. Only the events live here; what causes them is in `client/`.

Each event knows the frame it came from, if any, and how that frame differs from the ruled form. Two events compare
equal when they say the same, whatever frame said it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import RemoteProtocolError
from .messages import ErrorCode
from .wire.frame import Frame

__all__ = [
    "AnswerChunk",
    "AnswerFinished",
    "AnswerKind",
    "ChannelFailed",
    "ChannelPreparing",
    "ChannelReady",
    "Disconnected",
    "Event",
    "FailReason",
    "ForceClosed",
    "HeartbeatAnswered",
    "HeartbeatLost",
    "Outcome",
    "Recognised",
    "RecoveryStarted",
    "ServerError",
    "SpeechStarted",
    "UnknownFrame",
    "Unreadable",
]


class AnswerKind(StrEnum):
    """What an answer belongs to."""

    OPENING = "opening"
    TEXT = "text"
    SPEECH = "speech"
    UNASKED = "unasked"
    """Nothing this client has sent, such as a text sent over HTTP (ALI-E116)."""


class Outcome(StrEnum):
    """How an answer ended."""

    COMPLETE = "complete"
    """The server finished it (ALI-R096, ALI-R105)."""
    REFUSED = "refused"
    """The server answered `success` false; there is no reason on the wire (ALI-E29)."""
    INTERRUPTED = "interrupted"
    """We interrupted it; what may still come of it is dropped (ALI-E33)."""
    LOST = "lost"
    """The session or the connection ended before it."""
    TRUNCATED = "truncated"
    """It grew beyond `ClientOptions.max_answer`; what still comes of it is dropped."""


class FailReason(StrEnum):
    """Why a channel did not become ready."""

    FAIL = "FAIL"
    """The server said so (ALI-R113)."""
    TIMEOUT = "timeout"
    """It was not reported in time (ALI-E16)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a client reports.

    Attributes:
        deviations: ids of the errata and rules from which the frame differs.
        frame: the frame that caused the event, as received; None for what time or the caller caused.
    """

    deviations: tuple[str, ...] = ()
    frame: Frame | None = field(default=None, repr=False, compare=False)

    @property
    def payload(self) -> bytes:
        """The payload as received; empty when no frame caused the event."""
        return b"" if self.frame is None else self.frame.payload


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelPreparing(Event):
    """The channel is not ready yet (ALI-R113).

    Attributes:
        status: ``INIT``, or a word the document does not know (then ``ALI-R113`` is among the deviations).
    """

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelReady(Event):
    """The channel is ready: pull the video (ALI-R079), send drives.

    Attributes:
        recovered: whether it was ready before and has been recovered (ALI-E48).
    """

    recovered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFailed(Event):
    """The channel did not become ready.

    Attributes:
        reason: who says so.
        going_on: whether the channel-ready loop goes on all the same (`ClientOptions.go_on_after_fail`).
    """

    reason: FailReason
    going_on: bool = False

    @property
    def error(self) -> RemoteProtocolError:
        """The same as an error, for callers that want to raise it (ALI-E17)."""
        if self.reason is FailReason.FAIL:
            return RemoteProtocolError("the channel has failed", clause="ALI-E17")
        return RemoteProtocolError("the channel did not become ready in time", clause="ALI-E16")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryStarted(Event):
    """The line broke and the session is being recovered: drives pause until `ChannelReady` (ALI-R123, ALI-E48).

    Without an announcement, when a ready channel reports INIT, ``ALI-R113`` is among the deviations. What the server
    says about it is in `payload` (ALI-E47).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerChunk(Event):
    """A part of an answer.

    Attributes:
        drive_id: id of the drive that is answered; empty for an unasked answer.
        kind: what is answered.
        text: what this packet adds to the answer; may be empty beside images or videos.
        replaces: true when `text` stands in place of all before, which cumulative answers may do (ALI-E22).
        images, videos: URLs that came with it.
        message_id: id in the packet: that of the drive, one of the server's, or empty (ALI-E21).
    """

    drive_id: str
    kind: AnswerKind
    text: str = ""
    replaces: bool = False
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerFinished(Event):
    """An answer has ended. Every opening, question and spoken question gets exactly one of these.

    A broadcast gets one only if the server answers it, which must not be waited for (ALI-E23).

    Attributes:
        drive_id: id of the drive that was answered; empty for an unasked answer.
        kind: what was answered.
        outcome: how it ended.
        text: the whole text, or as much as has arrived.
        images, videos: all URLs that came with it, each once.
        message_id: id in the last packet; empty when none arrived.
    """

    drive_id: str
    kind: AnswerKind
    outcome: Outcome
    text: str = ""
    images: tuple[str, ...] = ()
    videos: tuple[str, ...] = ()
    message_id: str = ""

    @property
    def success(self) -> bool:
        """Whether it is complete."""
        return self.outcome is Outcome.COMPLETE

    @property
    def interrupted(self) -> bool:
        """Whether we interrupted it."""
        return self.outcome is Outcome.INTERRUPTED


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechStarted(Event):
    """The server answered the start of an utterance (ALI-R107). Speech need not wait for it (ALI-E40).

    Attributes:
        drive_id: id of the utterance; empty when none was started.
        success: false when the server refused it: the utterance is over.
    """

    drive_id: str
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised(Event):
    """What the server heard (ALI-R109). Its layout is not documented: `payload` has all of it (ALI-E36).

    Attributes:
        drive_id: id of the utterance; empty when none is open or waiting.
        text: the recognised text, empty when the payload has none where answers have theirs.
        final: whether no more follows for this text.
        success: whether recognition succeeded.
        message_id: id in the packet, empty when it has none.
    """

    drive_id: str
    text: str
    final: bool
    success: bool = True
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatAnswered(Event):
    """A pong (ALI-R120).

    Attributes:
        round_trip: seconds since its ping; None when none was sent.
    """

    round_trip: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatLost(Event):
    """Nothing at all has come for too long. The client goes on: what to make of it is the caller's choice.

    Reported once for each silence; the next frame of any kind ends it.

    Attributes:
        silent_for: seconds since the last frame, or since the opening.
        pong_seen: whether this server has ever answered a heartbeat. If not, an idle session may simply be silent,
            for the document's sample expects no answer (ALI-E02).
    """

    silent_for: float
    pong_seen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ForceClosed(Event):
    """The server ended the session, for instance because the line expired (ALI-R122).

    Nothing more is sent. Stop the session over HTTP, tolerantly, and close the WebSocket (ALI-E49). What the server
    says about it is in `payload` (ALI-E47).
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerError(Event):
    """An error the server reports; it names no drive (ALI-R118), but may have the serial number of one's frame.

    Attributes:
        code: 10000 system error, 10001 permission denied, or another (ALI-E51).
        message: what went wrong.
        drive_id: the drive of that frame, whose answer ends with it; empty where it is not known.
    """

    code: int
    message: str
    drive_id: str = ""

    @property
    def known(self) -> ErrorCode | None:
        """The code as documented; None for another."""
        return next((code for code in ErrorCode if code == self.code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownFrame(Event):
    """A frame whose code points the document does not assign; it is in `frame` (ALI-E13, ALI-E14)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Event):
    """A message that cannot be read. Drivers report it; `InteractionClient` raises the error.

    Attributes:
        error: why.
    """

    error: RemoteProtocolError = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(Event):
    """The WebSocket is gone. Always the last event of a client; a driver may go on with another WebSocket.

    Attributes:
        code: close code, None when there was none.
        reason: text that came with it.
        clean: whether the code is 1000 (normal) or 1001 (going away).
        announced: whether `close` or a force-close went before it.
        lasted: seconds it was open; None when it never opened.
    """

    code: int | None
    reason: str = ""
    clean: bool
    announced: bool
    lasted: float | None
