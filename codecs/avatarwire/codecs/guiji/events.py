"""What a session client reports. Only the events live here; what causes them is in `client/session.py`.

Each event knows the message it came from, if any, and how that differs from the ruled form. Two events compare equal
when they say the same, whatever message said it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ..errors import RemoteProtocolError
from .messages.notifications import PlayAddresses
from .wire.rpc import Packet

__all__ = [
    "Answered",
    "Conclusion",
    "Created",
    "ElementShown",
    "EndReason",
    "Ended",
    "Event",
    "HeartbeatAnswered",
    "Lost",
    "PlaybackBegan",
    "PlaybackEnded",
    "Refused",
    "StreamStarted",
    "Unanswered",
    "UnknownMessage",
    "Unreadable",
]


class EndReason(StrEnum):
    """Why a session is over."""

    DESTROYED = "destroyed"
    """The server says so (GJ-R118)."""
    CLOSED = "closed"
    """DestroySession has succeeded (GJ-R104)."""
    SILENCE = "silence"
    """Nothing was said for ``expirationTime``; the server will have destroyed it (GJ-R066)."""
    LOST = "lost"
    """The connection to the broker is gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something a client reports.

    Attributes:
        deviations: ids of the errata and rules from which the message differs.
        packet: the message that caused the event, as received; None for what time or the caller caused.
    """

    deviations: tuple[str, ...] = ()
    packet: Packet | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion(Event):
    """What has become of a request: every request has exactly one.

    Attributes:
        request_id: id of the request.
        request: its catalogue id, such as ``CreateNewSession.request``.
    """

    request_id: int
    request: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Conclusion):
    """The session runs: pull addresses may be asked for over HTTP (GJ-R070), commands may be sent.

    Attributes:
        text: what the server says about it.
    """

    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Conclusion):
    """Any other request has succeeded.

    Attributes:
        text: what the server says about it (GJ-E82).
        playlist: the whole playlist, where that was managed (GJ-R114); None for anything else.
    """

    text: str = ""
    playlist: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Conclusion):
    """A request has failed: by an error envelope, or by a result whose ``ok`` is false (GJ-E81).

    Attributes:
        text: why.
        code: number of the error; None for a result.
    """

    text: str
    code: int | None = None

    @property
    def error(self) -> RemoteProtocolError:
        """The same as an error, for callers that want to raise it."""
        code = "" if self.code is None else f" ({self.code})"
        return RemoteProtocolError(f"{self.request} {self.request_id} was refused: {self.text}{code}", clause="GJ-R080")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered(Conclusion):
    """No answer has come in time; one that still comes is dropped.

    Attributes:
        waited: seconds.
    """

    waited: float

    @property
    def error(self) -> RemoteProtocolError:
        """The same as an error, for callers that want to raise it."""
        return RemoteProtocolError(
            f"{self.request} {self.request_id} was not answered within {self.waited:g} s", clause="GJ-R080"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost(Conclusion):
    """The session ended before a request was answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatAnswered(Event):
    """The server asked whether we are there; the answer is among what is to be sent (GJ-R115).

    Attributes:
        heartbeat_id: id of the heartbeat.
        state: how the session is, such as ``Running``; empty when it is not given.
    """

    heartbeat_id: int
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStarted(Event):
    """The stream can be pulled (GJ-R119).

    Attributes:
        addresses: where; None when the message does not give it.
    """

    addresses: PlayAddresses | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementShown(Event):
    """An element is displayed; ``dthuman`` is the kind that matters (GJ-R120).

    Attributes:
        kind, name, instance: its kind, its name, and which of that name (``dthuman#1``); empty where not given.
        ud_code: scene code; empty for what has no scene.
        info: any words.
    """

    kind: str = ""
    name: str = ""
    instance: str = ""
    ud_code: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Playback(Event):
    """An audio began or ended (GJ-R121).

    Attributes:
        pcm_id: its material.
        to_play: what is still to be played of its list.
        cut_in: whether it belongs to the cut-in list (GJ-E87).
    """

    pcm_id: int
    to_play: tuple[int, ...]
    cut_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackBegan(_Playback):
    """An audio began."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaybackEnded(_Playback):
    """An audio ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMessage(Event):
    """A message of the session with a method or a state that the document does not know; it is in `packet`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable(Event):
    """A message that cannot be read. Drivers report it; `SessionClient` raises the error.

    Attributes:
        error: why.
    """

    error: RemoteProtocolError = field(compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended(Event):
    """The session is gone. Always the last event; begin again with createLiveSession (GJ-R118).

    Attributes:
        reason: how that is known.
        cause: what the server says about it; empty where it says nothing (GJ-E90).
    """

    reason: EndReason
    cause: str = ""
