"""A live, what can happen to it, and what is called back of that. How it comes to that is in `lives.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.sensetime.messages.enums import ENDED_STATUSES, LiveStatus, TakeoverStatus
from avatarwire.codecs.sensetime.script import LiveScript, decode_live, encode
from avatarwire.fakeserver.effects import CallBack
from avatarwire.fakeserver.sensetime.live_events import TakeoverEvent, Takeovers
from avatarwire.fakeserver.sensetime.rtc import Rtc
from avatarwire.fakeserver.sensetime.scenario import AccountFixture
from avatarwire.fakeserver.sensetime.snapshot import SavedLive, SavedRtc
from avatarwire.fakeserver.snapshot import Resuming, broken, in_common

__all__ = ["CallbackEvent", "Live", "LiveObserver", "Report", "StatusChanged", "restored_live", "saved_live"]


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """A live has another status."""

    status: LiveStatus


LiveObserver: TypeAlias = Callable[[StatusChanged | TakeoverEvent], None]
"""Told what happens to a live and to its takeovers."""


@dataclass(slots=True, eq=False)
class Live:
    """One live.

    Attributes:
        id: a UUID; sessionId on the wire.
        account: whose it is.
        session_token: opens its microphone socket (ST-LIVE-12).
        script: what it shows and says.
        rtc: how its stream would be pulled.
        created: epoch seconds.
        user_data: the customer's, for callbacks; None if none was given.
        status: what has become of it.
        started, ended: epoch seconds, None before.
        last_heartbeat: epoch seconds; its creation counts as one (ST-E23).
        result: why it ended, where that was a fault.
        known_over: whether its client has ended it, or was told since that it is over.
        announced: whether anybody was told of its end as it came: that sockets end does not say why.
        fails: whether its stream turns out not to be made.
        speaking: whether the microphone is spoken into; the socket says so (ST-E56).
        observers: told what happens.
        takeovers: the queue.
    """

    id: str
    account: AccountFixture
    session_token: str = field(repr=False)
    script: LiveScript = field(repr=False)
    rtc: Rtc
    created: float
    user_data: str | None = None
    status: LiveStatus = LiveStatus.INITIALISING
    started: float | None = None
    ended: float | None = None
    last_heartbeat: float = 0.0
    result: str = ""
    known_over: bool = False
    announced: bool = False
    fails: bool = False
    speaking: bool = False
    observers: list[LiveObserver] = field(default_factory=list[LiveObserver], repr=False)
    takeovers: Takeovers = field(init=False, repr=False)

    @property
    def over(self) -> bool:
        """Whether it has ended; nothing becomes of it any more."""
        return self.status in ENDED_STATUSES

    def told(self) -> dict[str, Any]:
        """What is known of it, as plain values."""
        return {
            "session": self.id,
            "app_id": self.account.app_id,
            "status": int(self.status),
            "created_at": self.created,
            "started_at": self.started,
            "ended_at": self.ended,
            "last_heartbeat": self.last_heartbeat,
            "result": self.result,
            "speaking": self.speaking,
            "user_data": self.user_data,
            "over": self.over,
        }

    @property
    def has_stream(self) -> bool:
        """Whether there is a stream to be pulled (ST-LIVE-20)."""
        return self.status in (LiveStatus.READY, LiveStatus.LIVE)

    @property
    def began(self) -> float:
        """What startTime tells: its creation where it was never started (ST-E31)."""
        return self.created if self.started is None else self.started


@dataclass(frozen=True, slots=True)
class CallbackEvent:
    """Something to be called back (ST-CBK-02, ST-CBK-04).

    Attributes:
        live: the live concerned.
        status: of the live, or of one of its takeovers.
        trace_id: the takeover, if it is about one.
        finished_at: epoch seconds at which a takeover ended (ST-E53).
        result: what went wrong; empty if nothing did.
    """

    live: Live
    status: LiveStatus | TakeoverStatus
    trace_id: str | None = None
    finished_at: float | None = None
    result: str = ""


Report: TypeAlias = Callable[[CallbackEvent], CallBack]
"""What calls an event back."""


_members: Final = in_common(SavedLive, but=("app_id", "script", "rtc", "takeovers"))
_members_of_rtc: Final = in_common(SavedRtc)


def saved_live(live: Live) -> SavedLive:
    """A live, for a snapshot."""
    return SavedLive(
        **_members(live),
        app_id=live.account.app_id,
        script=encode(live.script, strict=False),
        rtc=SavedRtc(**_members_of_rtc(live.rtc)),
        takeovers=live.takeovers.saved(),
    )


def restored_live(saved: SavedLive, account: AccountFixture, path: str, again: Resuming) -> Live:
    """A live of a snapshot, without its takeovers.

    Raises:
        SnapshotError: its script is none.
    """
    try:
        script = decode_live(saved.script).value
    except CodecError as error:
        raise broken(f"{path}.script", error.reason) from None
    rtc = Rtc(**_members_of_rtc(saved.rtc))
    rtc.until = again.maybe(rtc.until)
    live = Live(**_members(saved), account=account, script=script, rtc=rtc)
    live.created, live.last_heartbeat = again.at(live.created), again.at(live.last_heartbeat)
    live.started, live.ended = again.maybe(live.started), again.maybe(live.ended)
    return live
