"""What a server reports over MQTT without being asked: heartbeats, and the four kinds of ``SessionState``.

The kind of a ``SessionState`` is its ``params.state``; the one about the playlist has ``params.status`` instead
(GJ-E87). A heartbeat is answered, a state is not (GJ-R115, GJ-R123). Only these messages live here. Source: "Opening a
broadcast", 4.2.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Final, Self, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ...core.constraints import Computed, Equal, Matches
from ...core.error_mapping import UNREADABLE
from ...core.findings import Finding
from ...errors import shown
from ...message import Int64, Message, doc, integer
from ..wire.topics import HEARTBEAT_PREFIX, plain_session_id

__all__ = [
    "DestroyState",
    "HeartBeat",
    "HeartBeatParams",
    "PlayAddresses",
    "PlaybackState",
    "PlaybackStatus",
    "PlaylistKind",
    "PlaylistState",
    "SessionDestroyed",
    "Show",
    "ShowState",
    "StreamAddresses",
    "StreamPlay",
    "StreamPlayState",
]

HeartBeatId: TypeAlias = Annotated[int, integer("number of the heartbeat; the answer repeats it", "GJ-R116")]
MessageId: TypeAlias = Annotated[int, integer("number of the message", "GJ-E59")] | UnsetType
SessionId: TypeAlias = Annotated[str, doc("id of the session", "GJ-E56", min_length=1)]
OuterSessionId: TypeAlias = Annotated[str, doc("id of the session", "GJ-E56", min_length=1)] | UnsetType


class HeartBeatParams(Message):
    """What a heartbeat says (4.2.8)."""

    session_id: Annotated[str, doc("id of the session behind the prefix :---:", "GJ-E84", min_length=1)]
    state: Annotated[str, doc("how the session is", "GJ-R115", values=["Running"])] | UnsetType = UNSET

    constraints = (
        Matches(
            "sessionId",
            f"^{HEARTBEAT_PREFIX}",
            clause="GJ-E84",
            tolerated=True,
            reason="the prefix is missing",
            expected=f"{HEARTBEAT_PREFIX}<id>",
        ),
    )


class HeartBeat(Message, tag_field="method", tag="HeartBeat"):
    """`HeartBeat`: is the client there? It must answer (4.2.8, GJ-R115, GJ-E85)."""

    id: HeartBeatId
    params: Annotated[HeartBeatParams, doc("what is said", "GJ-R115")]

    @property
    def session_id(self) -> str:
        """Id of the session, without the prefix."""
        return plain_session_id(self.params.session_id)


class _SessionState(Message, tag_field="method", tag="SessionState"):
    id: MessageId = UNSET
    session_id: OuterSessionId = UNSET

    constraints = (
        Equal(
            "sessionId",
            "params.sessionId",
            clause="GJ-E57",
            tolerated=True,
            reason="params.sessionId is not the sessionId beside the id",
        ),
    )


# --- Destroy ---


class DestroyState(Message, tag_field="state", tag="Destroy"):
    """What is said of the end of a session (4.2.8)."""

    session_id: SessionId
    cause: Annotated[str, doc("why, in any words", "GJ-E90", example="idle timeout")] | UnsetType = UNSET


class SessionDestroyed(_SessionState):
    """`SessionState.Destroy`: the session is gone, another has to be created (4.2.8, GJ-R118)."""

    params: Annotated[DestroyState, doc("what is said", "GJ-R118")]


# --- StreamPlay ---


class StreamAddresses(Message):
    """Where one protocol's stream is pulled (4.2.8, GJ-R071)."""

    lan: Annotated[str, doc("URL inside the network", "GJ-R071")] | UnsetType = UNSET
    wan: Annotated[str, doc("URL from outside; may be a private address", "GJ-E50")] | UnsetType = UNSET


class PlayAddresses(Message):
    """Where a stream is pulled, by protocol; over HTTP the third one is spelt http_flv (4.2.8, GJ-E48)."""

    rtmp: Annotated[StreamAddresses, doc("RTMP", "GJ-R071")] | UnsetType = UNSET
    rtsp: Annotated[StreamAddresses, doc("RTSP", "GJ-R071")] | UnsetType = UNSET
    http_flv: Annotated[StreamAddresses, doc("HTTP-FLV", "GJ-E48")] | UnsetType = msgspec.field(
        name="http-flv", default=UNSET
    )


class StreamPlayState(Message, tag_field="state", tag="StreamPlay"):
    """What is said of a stream that has begun (4.2.8)."""

    session_id: SessionId
    playaddr: Annotated[PlayAddresses, doc("where to pull it", "GJ-R119")] | UnsetType = UNSET


class StreamPlay(_SessionState):
    """`SessionState.StreamPlay`: the stream can be pulled (4.2.8, GJ-R119)."""

    params: Annotated[StreamPlayState, doc("what is said", "GJ-R119")]


# --- Show ---


class ShowState(Message, tag_field="state", tag="Show"):
    """What is said of an element that is displayed (4.2.8)."""

    session_id: SessionId
    info: Annotated[str, doc("any words", "GJ-E89")] | UnsetType = UNSET
    ud_code: Annotated[str, doc("sceneCode of the scene", "GJ-R120")] | UnsetType = UNSET
    id: Annotated[str, doc("text, unlike the id of the message: name#number", "GJ-E89")] | UnsetType = UNSET
    name: Annotated[str, doc("name of the resource", "GJ-R120")] | UnsetType = UNSET
    type: Annotated[str, doc("kind of the resource", "GJ-E89", values=["dthuman", "player", "image"])] | UnsetType = (
        UNSET
    )


class Show(_SessionState):
    """`SessionState.Show`: an element is displayed; only the digital human matters (4.2.8, GJ-R120)."""

    params: Annotated[ShowState, doc("what is said", "GJ-R120")]


# --- the playlist ---


class PlaybackStatus(StrEnum):
    """What has happened to an audio (4.2.8, GJ-R121)."""

    BEGIN = "begin"
    END = "end"


class PlaylistKind(StrEnum):
    """Which list an audio belongs to (4.2.8, GJ-E87)."""

    PLAYLIST = "playList"
    CUT_IN = "insertlis"
    """What cuts in; the document breaks the word off here."""


_array: Final = msgspec.json.Decoder(tuple[Int64, ...]).decode


def _array_in(text: str) -> tuple[int, ...] | None:
    try:
        return _array(text)
    except UNREADABLE:
        return None


def _unreadable_list(state: PlaybackState) -> Iterator[Finding]:
    text = state.play_list
    if _array_in(text) is None:
        yield Finding("GJ-R122", "playList", f"got {shown(text)}", "a JSON array of integers, in a text")


class PlaybackState(Message):
    """What is said of an audio that begins or ends (4.2.8, GJ-R121)."""

    session_id: SessionId
    status: Annotated[PlaybackStatus, doc("begin or end", "GJ-R121")]
    type: Annotated[PlaylistKind, doc("which list it belongs to", "GJ-E87")]
    now_pcm_id: Annotated[int, integer("material that begins or ends", "GJ-E69")]
    play_list: Annotated[
        str,
        doc(
            "what is still to be played of that list: a JSON array in a text",
            "GJ-R122",
            example="[12,33]",
            text_of=tuple[Int64, ...],
        ),
    ]

    @property
    def to_play(self) -> tuple[int, ...]:
        """Materials still to be played of the list, in order."""
        return _array(self.play_list)

    constraints = (
        Computed(
            ("playList",),
            _unreadable_list,
            "playList is a JSON array of integers, in a text",
            {"playList": "[12,"},
            lambda fields: fields.update(playList="[12,33]"),
            holds=lambda state: _array_in(state.play_list) is not None,
            clause="GJ-R122",
        ),
    )


class PlaylistState(_SessionState):
    """`SessionState.playlist`: an audio begins or ends (4.2.8, GJ-R121)."""

    params: Annotated[PlaybackState, doc("what is said", "GJ-R121")]

    @classmethod
    def of(
        cls,
        *,
        message_id: int,
        session_id: str,
        status: PlaybackStatus,
        now_pcm_id: int,
        to_play: Sequence[int],
        kind: PlaylistKind = PlaylistKind.PLAYLIST,
    ) -> Self:
        """The notification, its list given as a list.

        Args:
            message_id, session_id: the envelope.
            status: whether the audio begins or ends.
            now_pcm_id: which audio.
            to_play: what is still to be played of the list, the audio itself left out.
            kind: which list it is.

        Raises:
            ValidationError: an argument is not as documented.
        """
        text = msgspec.json.encode(list(to_play)).decode()
        params = PlaybackState(session_id=session_id, status=status, type=kind, now_pcm_id=now_pcm_id, play_list=text)
        return cls(id=message_id, session_id=session_id, params=params)
