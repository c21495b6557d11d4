"""What the two clients report. Only the events live here; what causes them is in `client/`.

Each event knows by which errata the answer, the callback or the message that caused it differs from the ruled form.
Two events compare equal when they say the same, whatever message said it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import CodecError, HttpError, RemoteProtocolError
from .client.pending_requests import LiveCall
from .messages.enums import LiveStatus, TakeoverStatus
from .messages.rtc import RtcAccess
from .wire.microphone import Frame

__all__ = [
    "CallFailed",
    "CancelAnswered",
    "Disconnected",
    "EndReason",
    "Event",
    "LiveCreated",
    "LiveEnded",
    "LiveReady",
    "LiveStarted",
    "MicrophoneEvent",
    "MicrophoneReady",
    "MicrophoneRefused",
    "QueueListed",
    "ReorderAnswered",
    "RoundEnded",
    "RtcTokenRenewed",
    "TakeoverAnswered",
    "TakeoverChanged",
    "TakeoverEnded",
    "TakeoverNoticed",
    "TakeoverOutcome",
    "UnknownMessage",
    "Unreadable",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a client reports.

    Attributes:
        deviations: ids of the errata and rules by which what caused it differs from the ruled form.
    """

    deviations: tuple[str, ...] = ()


# --- the live ---


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCreated(Event):
    """The live has an id, and time is counted (ST-LIVE-07).

    Attributes:
        session_id: its id.
        status: 32 or 35 (ST-LIVE-08), or a later state's number.
    """

    session_id: str
    status: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReady(Event):
    """Its stream is there: it may be pulled, and the live started (ST-LIVE-13).

    Attributes:
        access: how to pull it; None where the platform does not repeat the customer's own values (ST-E22).
    """

    access: RtcAccess | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStarted(Event):
    """Viewers can see it (ST-LIVE-15); takeovers may be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEnded(Event):
    """It is over, or could not be made. Always the last event of a live.

    Attributes:
        status: how it ended, such as `LiveStatus.LOST`; None where the platform did not say.
        detail: what else it said.
    """

    status: LiveStatus | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed(Event):
    """A call was refused, could not be read or got no answer.

    Attributes:
        call: the call.
        error: what the platform answered, or why its answer cannot be read; None without an answer.
        reason: the same in a sentence.
    """

    call: LiveCall
    error: HttpError | CodecError | None = field(default=None, compare=False)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RtcTokenRenewed(Event):
    """A new RTC token, to be handed to the RTC SDK (ST-LIVE-29).

    Attributes:
        call: the call that asked for it.
        token: a secret.
    """

    call: LiveCall
    token: str = field(repr=False)


# --- takeovers ---


class TakeoverOutcome(StrEnum):
    """How a takeover ended."""

    FINISHED = "finished"
    """It played to its end."""
    CANCELLED = "cancelled"
    """This client has cancelled it; the platform has no state of its own for that (ST-E49)."""
    FAILED = "failed"
    """It failed (39)."""
    GONE = "gone"
    """It is no longer in the queue; how it ended was not reported."""
    LOST = "lost"
    """The live ended before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverAnswered(Event):
    """The platform has answered a takeover.

    Attributes:
        call: the call that asked for it.
        accepted: whether it was accepted (ST-E09).
        trace_id: its id; empty where none was given, and it can only be cancelled together with all others (ST-E50).
        status: 33 or 34 for a queued one (ST-TKO-12); None for one that is to play at once.
        beyond_advice: whether the queue is longer than 15 now (ST-TKO-15, ST-E47).
    """

    call: LiveCall
    accepted: bool
    trace_id: str = ""
    status: int | None = None
    beyond_advice: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverChanged(Event):
    """A takeover has gone on: it is queued or plays.

    Attributes:
        trace_id: its id; empty where the platform did not give it.
        status: 34 or 36.
    """

    trace_id: str
    status: TakeoverStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverEnded(Event):
    """A takeover is over. Reported once for each.

    Attributes:
        trace_id: its id; empty where the platform did not give it.
        outcome: how it ended.
        detail: what the platform said about a failure.
    """

    trace_id: str
    outcome: TakeoverOutcome
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAnswered(Event):
    """The platform has answered a cancellation.

    Attributes:
        call: the call that asked for it.
        success: whether all that was named was cancelled (ST-TKO-20, ST-E51).
        message: why not.
        finish_time: when it was done, as it came (ST-E53).
    """

    call: LiveCall
    success: bool
    message: str = ""
    finish_time: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReorderAnswered(Event):
    """The platform has answered a reordering.

    Attributes:
        call: the call that asked for it.
        success: whether the takeover was moved.
    """

    call: LiveCall
    success: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueListed(Event):
    """The queue as the platform has it.

    Attributes:
        call: the call that asked for it.
        trace_ids: in the order they play, first the one playing or about to (ST-TKO-22).
    """

    call: LiveCall
    trace_ids: tuple[str, ...]


# --- the microphone ---


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneEvent(Event):
    """Something that happened on a microphone socket.

    Attributes:
        frame: the message that caused it, as received; None for what time or the caller caused.
    """

    frame: Frame | None = field(default=None, repr=False, compare=False)


class EndReason(StrEnum):
    """Why a round of speech is over."""

    STOPPED = "stopped"
    """Code 4: nothing matched, or a link behind the server broke (ST-E63)."""
    FAILED = "failed"
    """Code 5: nobody knows why (ST-MIC-13)."""
    NOT_READY = "not ready"
    """Code 6: there is no such live (ST-MIC-14)."""
    CONFLICT = "conflict"
    """Code 7: another kind of takeover runs; cancel it first (ST-MIC-15, ST-TKO-21)."""
    REFUSED = "refused"
    """Code 1: the token is no good (ST-MIC-08)."""
    TIMEOUT = "timeout"
    """The server did not answer in time."""
    LOST = "lost"
    """The socket was closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneReady(MicrophoneEvent):
    """The server is ready: speech goes out (ST-MIC-09).

    Attributes:
        early: whether no round has begun yet: the next one need not wait (ST-E60).
    """

    early: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneRefused(MicrophoneEvent):
    """The server has not accepted the token (ST-MIC-08). Nothing more is sent; close the socket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundEnded(MicrophoneEvent):
    """A round of speech is over before our side has ended it, or has failed after that.

    Attributes:
        reason: why.
        dropped: bytes of speech that waited and were not sent.
        late: whether no round was going on: it had ended, or had not begun.
    """

    reason: EndReason
    dropped: int = 0
    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeoverNoticed(MicrophoneEvent):
    """The socket reports a takeover by HTTP (ST-MIC-16 to ST-MIC-18): hand it to `LiveClient.noticed`.

    Attributes:
        status: 34, 36 or 37, as a callback would have it.
        session_id, trace_id: of the live and the takeover; empty where the message had no data (ST-E65).
        happened_at: when, epoch seconds; None where the message had no data.
    """

    status: TakeoverStatus
    session_id: str = ""
    trace_id: str = ""
    happened_at: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMessage(MicrophoneEvent):
    """A message whose code is not documented; it is in `frame` (ST-E67)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(MicrophoneEvent):
    """A message that cannot be read. Drivers report it; `MicrophoneClient` raises the error.

    Attributes:
        error: why.
    """

    error: RemoteProtocolError = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disconnected(MicrophoneEvent):
    """The socket is gone. Always the last event of a microphone.

    Attributes:
        code: close code, None when there was none.
        reason: text that came with it.
        clean: whether the code is 1000 (normal) or 1001 (going away).
        announced: whether `close` or a refusal went before it.
    """

    code: int | None
    reason: str = ""
    clean: bool
    announced: bool
