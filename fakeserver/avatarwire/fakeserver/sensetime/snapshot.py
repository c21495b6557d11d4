"""What a snapshot has of the state of a fake SenseTime server. Only the form lives here: each part saves its own.

A live has no connection of its own. Microphone sockets and those of pages end, and with them what is spoken into a
microphone; the talk of an interactive live goes on with the next page that listens. An answer that is waited for is
asked for once more.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from avatarwire.codecs.sensetime.messages.enums import LiveStatus, TakeoverStatus
from avatarwire.fakeserver.http.rejected_tokens import SavedRejected
from avatarwire.fakeserver.snapshot import Count, Moment, Saved

__all__ = [
    "SavedAccess",
    "SavedDialogue",
    "SavedGrant",
    "SavedLive",
    "SavedQuestion",
    "SavedQueue",
    "SavedRound",
    "SavedRtc",
    "SavedState",
    "SavedTakeover",
    "SavedTokens",
]

_Seconds = Annotated[float, Meta(ge=0, le=1e12)]


class SavedAccess(Saved):
    """An access token; it is told again, so that it is kept as it is."""

    text: str
    app_id: str
    issued: Moment
    until: Moment


class SavedGrant(Saved):
    """A refresh token, as a hash, and the access token that it was used for last."""

    hash: bytes
    app_id: str
    until: Moment | None
    access: SavedAccess


class SavedTokens(Saved):
    """All tokens: valid ones of each account, oldest first; refresh tokens; the proxy's; those that were refused."""

    access: list[SavedAccess]
    grants: list[SavedGrant]
    proxies: list[SavedAccess]
    rejected: list[SavedRejected]


class SavedRtc(Saved):
    """How a stream would be pulled; its members are those of `Rtc`."""

    app_id: str
    channel_id: str
    uid: str
    token: str
    until: Moment | None
    own: bool
    warned: bool


class SavedTakeover(Saved):
    """A takeover; its members are those of `Takeover`, and the number of what becomes of its text."""

    trace_id: str
    seconds: _Seconds
    status: TakeoverStatus
    position: int | None
    reason: str
    saying: Count


class SavedQueue(Saved):
    """The takeovers of a live: the one that plays, those that wait, those whose files are fetched."""

    playing: SavedTakeover | None
    waiting: list[SavedTakeover]
    fetched: list[SavedTakeover]


class SavedLive(Saved):
    """One live; its members are those of `Live`, and `script` the text that createLive takes."""

    id: str
    app_id: str
    session_token: str
    script: str
    rtc: SavedRtc
    created: Moment
    user_data: str | None
    status: LiveStatus
    started: Moment | None
    ended: Moment | None
    last_heartbeat: Moment
    result: str
    known_over: bool
    announced: bool
    fails: bool
    takeovers: SavedQueue


class SavedRound(Saved):
    """A round of a talk: its trace, what was heard, and how often each kind of message was pushed."""

    trace: str
    text: str
    shown: Count
    silenced: bool
    counts: list[tuple[str, str, Count]]


class SavedQuestion(Saved):
    """A question that is with the function that answers, or waits for it."""

    round: SavedRound
    text: str
    source: Literal["text", "speech"]


class SavedDialogue(Saved):
    """The talk with a live.

    Attributes:
        live: its id.
        conversation: id that its traces begin with.
        numbers: rounds so far.
        opened: whether the opening line was said.
        saying: what is being said of the avatar's own accord.
        waiting, text: what waits to be said.
        asked: questions that are not answered yet.
        transcripts: how many of the scenario were heard.
    """

    live: str
    conversation: str
    numbers: Count
    opened: bool
    saying: SavedRound | None
    waiting: SavedRound | None
    text: str
    asked: list[SavedQuestion]
    transcripts: Count


class SavedState(Saved):
    """All of it.

    Attributes:
        tokens: of the user centre.
        lives: in the order in which they were made.
        running, ended: ids of those that go on, and of those that are over, in that order.
        outcomes, speech_outcomes: how many of those of the scenario are used up.
        dialogues: of interactive lives.
    """

    tokens: SavedTokens
    lives: list[SavedLive]
    running: list[str]
    ended: list[str]
    outcomes: Count
    speech_outcomes: Count
    dialogues: list[SavedDialogue]
