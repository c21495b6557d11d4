"""What a snapshot has of the state of a fake Guiji server. Only the form lives here: each part saves its own.

A session is talked about over MQTT and has no connection of its own, so that all of its conversation is in a snapshot:
its client connects again and subscribes to its topicSub. What the broker in this process keeps for clients whose
session outlives their connection, is in it, too (`transports/mqtt/saved.py`).
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from avatarwire.fakeserver.guiji.stages import End, SessionStage
from avatarwire.fakeserver.http.rejected_tokens import SavedRejected
from avatarwire.fakeserver.snapshot import Count, Moment, Saved

__all__ = [
    "SavedAnswer",
    "SavedConversation",
    "SavedElement",
    "SavedHeartbeats",
    "SavedItem",
    "SavedMaterial",
    "SavedPending",
    "SavedPlayback",
    "SavedPublication",
    "SavedRecord",
    "SavedRoom",
    "SavedSession",
    "SavedState",
    "SavedToken",
]

_Number = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]


class SavedToken(Saved):
    """A token, as a hash: of which account, until when."""

    hash: bytes
    app_id: str
    until: Moment


class SavedMaterial(Saved):
    """A material of a room; `request` as uploadMaterial takes it."""

    id: Count
    request: dict[str, Any]
    created: Moment


class SavedRoom(Saved):
    """A live room; its members are those of `Room`, presenters as queries tell them."""

    id: _Number
    app_id: str
    name: str
    cutin_flag: bool
    robots: list[dict[str, Any]]
    materials: list[SavedMaterial]


class SavedSession(Saved):
    """One session; its members are those of `LiveSession`, the addresses as inside and outside URL of each kind."""

    id: str
    live_id: _Number
    name: str
    app_id: str
    topic_sub: str
    topic_pub: str
    expiration: Count
    created: Moment
    pull_addresses: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    stage: SessionStage
    last_activity: Moment
    cause: str
    end: End | None
    ended: Moment
    push_urls: list[str]


class SavedRecord(Saved):
    """One broadcast; its members are those of `LiveRecord`."""

    id: Count
    app_id: str
    session_id: str
    live_id: _Number
    live_name: str
    presenters: str
    begun: Moment
    ended: Moment | None


class SavedPublication(Saved):
    """A message that was published, and may be said again."""

    data: bytes
    qos: Annotated[int, Meta(ge=0, le=2)]
    message: str


class SavedAnswer(Saved):
    """A request that has its answers: its id, a hash of it, and what was said."""

    id: int
    digest: bytes
    answers: list[SavedPublication]


class SavedPending(Saved):
    """A request for which an answer is due, as it was published."""

    topic: str
    data: bytes
    qos: Annotated[int, Meta(ge=0, le=2)]
    client_id: str
    user: str


class SavedElement(Saved):
    """Something that is shown; `resource` as the client sent it."""

    id: str
    resource: dict[str, Any]
    ud_code: str


class SavedItem(Saved):
    """An entry of a playlist; `saying` is the number of what becomes of its text."""

    pcm_id: _Number
    length: Annotated[float, Meta(gt=0, le=1e9)]
    begun: bool
    played: Annotated[float, Meta(ge=0, le=1e9)]
    by: str
    saying: Count


class SavedPlayback(Saved):
    """A playlist in time.

    Attributes:
        playlist, cut_ins: what has not been played to its end.
        playing: position of what plays: in the cut-ins, or in the playlist where that is more than those; None for
            nothing.
        since: since when it plays.
        started: whether it plays at all.
        pausing: whether what is due next is a silent point, and not the end.
    """

    playlist: list[SavedItem]
    cut_ins: list[SavedItem]
    playing: Count | None
    since: Moment
    started: bool
    pausing: bool


class SavedHeartbeats(Saved):
    """Heartbeats: those that are not answered, and when each was sent and was on its way, by id."""

    open: list[tuple[Count, Moment]]
    on_its_way: list[tuple[Count, Moment]]
    answered: Count
    withheld: bool


class SavedConversation(Saved):
    """What was said about a session.

    Attributes:
        session: its id.
        used: ids of requests.
        answers: requests whose answers can be said again, the oldest first.
        pending: the request that waits for its answer, if one does.
        last_id: of a message of the server's own.
        stream_started, streaming: how far the stream is.
        elements, numbers: what is shown, and how many have had each name.
        playback, heartbeats: what plays, and whether the client is there.
    """

    session: str
    used: list[int]
    answers: list[SavedAnswer]
    pending: SavedPending | None
    last_id: Count
    stream_started: bool
    streaming: bool
    elements: list[SavedElement]
    numbers: dict[str, Count]
    playback: SavedPlayback
    heartbeats: SavedHeartbeats


class SavedState(Saved):
    """All of it.

    Attributes:
        tokens, rejected: access tokens that are valid, and those that were refused; the oldest first.
        rooms: in the order in which they were made.
        next_room, next_robot, next_material, next_record: ids that are given next.
        sessions: in the order in which they were made.
        destroyed: ids of those that have ended, in that order.
        records: the oldest first.
        conversations: those that have begun.
    """

    tokens: list[SavedToken]
    rejected: list[SavedRejected]
    rooms: list[SavedRoom]
    next_room: Count
    next_robot: Count
    next_material: Count
    next_record: Count
    sessions: list[SavedSession]
    destroyed: list[str]
    records: list[SavedRecord]
    conversations: list[SavedConversation]
