"""Live sessions: from createLiveSession to their end, and what ends them when nothing is said any more.

Only sessions live here. What is said about one over MQTT is in `mqtt.py`; what it shows and plays, in `elements.py` and
`playback.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias

from avatarwire.codecs.guiji.wire.topics import topic_sub
from avatarwire.fakeserver.guiji.rooms import Room
from avatarwire.fakeserver.guiji.scenario import AccountFixture
from avatarwire.fakeserver.guiji.scenario_live import LiveTunables
from avatarwire.fakeserver.guiji.snapshot import SavedSession
from avatarwire.fakeserver.guiji.stages import End, SessionStage
from avatarwire.fakeserver.moment import MOMENT
from avatarwire.fakeserver.snapshot import Resuming, broken, in_common, indexed, of, over
from avatarwire.fakeserver.turn import Turn

__all__ = ["Address", "End", "Ended", "LiveSession", "PullAddresses", "SessionStage", "Sessions"]


@dataclass(frozen=True, slots=True)
class Address:
    """Where one kind of stream would be pulled from, inside the local network and from outside."""

    lan: str
    wan: str


@dataclass(frozen=True, slots=True)
class PullAddresses:
    """Where a session's stream would be pulled from (GJ-R071). Nothing listens there: no media is rendered."""

    rtmp: Address
    rtsp: Address
    http_flv: Address

    @classmethod
    def of(cls, host: str, session_id: str) -> PullAddresses:
        """The addresses of one session, all on one host (GJ-E50)."""
        urls = (
            f"rtmp://{host}:1935/live/{session_id}",
            f"rtsp://{host}:554/live/{session_id}",
            f"http://{host}:8080/live/{session_id}.flv",
        )
        return cls(*(Address(url, url) for url in urls))


@dataclass(slots=True, eq=False)
class LiveSession:
    """One session.

    Attributes:
        id: a UUID.
        room: what it shows.
        name: as the caller named it; may be empty.
        account: whose session it is.
        topic_sub, topic_pub: where its client listens and publishes (GJ-E05).
        expiration: seconds of silence after which it is destroyed.
        created: epoch seconds.
        pull_addresses: where its stream would be pulled from.
        stage: how far it is.
        last_activity: epoch seconds of the last interaction.
        cause: why it was destroyed, in words.
        end: what has ended it, once something has.
        ended: epoch seconds of that.
        push_urls: third parties that it would push to (GJ-R108).
    """

    id: str
    room: Room
    name: str
    account: AccountFixture
    topic_sub: str
    topic_pub: str
    expiration: int
    created: float
    pull_addresses: PullAddresses
    stage: SessionStage = SessionStage.CREATED
    last_activity: float = 0.0
    cause: str = ""
    end: End | None = None
    ended: float = 0.0
    push_urls: list[str] = field(default_factory=list[str])

    def push_to(self, urls: Iterable[str]) -> None:
        """From now on it would push to these, and to no others (GJ-E83)."""
        self.push_urls = list(dict.fromkeys(urls))

    def push_no_more_to(self, urls: Iterable[str]) -> None:
        """It would push to these no more; to others it goes on (GJ-E83)."""
        gone = set(urls)
        self.push_urls = [url for url in self.push_urls if url not in gone]

    @property
    def live_id(self) -> int:
        """Id of its room."""
        return self.room.id

    @property
    def running(self) -> bool:
        """Whether CreateNewSession has succeeded and it has not ended."""
        return self.stage is SessionStage.RUNNING

    @property
    def begun(self) -> bool:
        """Whether CreateNewSession was accepted and it has not ended."""
        return self.stage in (SessionStage.PREPARING, SessionStage.RUNNING)

    @property
    def destroyed(self) -> bool:
        """Whether it is over."""
        return self.stage is SessionStage.DESTROYED

    def saved(self) -> SavedSession:
        """The session, for a snapshot."""
        addresses = self.pull_addresses
        return SavedSession(
            **_members(self),
            app_id=self.account.app_id,
            live_id=self.live_id,
            pull_addresses=(_pair(addresses.rtmp), _pair(addresses.rtsp), _pair(addresses.http_flv)),
        )

    def told(self) -> dict[str, Any]:
        """What is known of it, as plain values."""
        return {
            "session": self.id,
            "live_id": self.live_id,
            "name": self.name,
            "app_id": self.account.app_id,
            "topic_sub": self.topic_sub,
            "topic_pub": self.topic_pub,
            "stage": self.stage.value,
            "created_at": self.created,
            "last_activity": self.last_activity,
            "expiration": self.expiration,
            "cause": self.cause,
            "ended_by": "" if self.end is None else self.end.value,
            "push_urls": list(self.push_urls),
            "over": self.destroyed,
        }

    def left(self, now: float) -> float:
        """Seconds of silence after which it is destroyed; none, or fewer, when that is due."""
        return self.last_activity + self.expiration - now

    def expired(self, now: float) -> bool:
        """Whether it is due to be destroyed for silence."""
        return self.left(now) <= MOMENT


Ended: TypeAlias = Callable[[LiveSession], object]


class Sessions:
    """All sessions of a fake server: the living ones, and as many of the ended ones as are to be remembered.

    Args:
        scenario: how long they live, where they are talked about.
        turn: the time, and what is to happen later.
        new_id: makes session ids and the ids in topics: UUIDs.

    Attributes:
        expired: called with each session that nothing was said about for too long; it has to destroy it.
    """

    def __init__(self, scenario: LiveTunables, turn: Turn, new_id: Callable[[], str]) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._new_id: Final = new_id
        self._by_id: dict[str, LiveSession] = {}
        self._by_topic: dict[str, LiveSession] = {}
        self._destroyed: deque[LiveSession] = deque()
        self.expired: Ended = lambda session: self.destroy(session, scenario.timeout_cause, End.SILENCE)

    def create(self, room: Room, name: str, account: AccountFixture) -> LiveSession:
        """A new session; from now on silence ends it (GJ-E54)."""
        now = self._turn.now
        session_id = self._new_id()
        session = LiveSession(
            id=session_id,
            room=room,
            name=name,
            account=account,
            topic_sub=topic_sub(account.number, self._new_id()),
            topic_pub=self._scenario.topic_pub,
            expiration=self._scenario.expiration_seconds,
            created=now,
            pull_addresses=PullAddresses.of(self._scenario.stream_host, session_id),
            last_activity=now,
        )
        self._by_id[session.id] = session
        self._by_topic[session.topic_sub] = session
        self._watch(session, session.expiration)
        return session

    def get(self, session_id: str) -> LiveSession | None:
        """A session by its id, living or ended."""
        return self._by_id.get(session_id)

    def __iter__(self) -> Iterator[LiveSession]:
        """All that are remembered, the oldest first."""
        return iter(self._by_id.values())

    def at(self, topic: str) -> LiveSession | None:
        """The session whose client listens at a topic, living or ended."""
        return self._by_topic.get(topic)

    def living(self) -> list[LiveSession]:
        """Those that have not ended, the oldest first."""
        return [session for session in self._by_id.values() if not session.destroyed]

    def touch(self, session: LiveSession) -> None:
        """There was interaction: the time after which silence ends it starts anew (GJ-R068)."""
        session.last_activity = self._turn.now

    def destroy(self, session: LiveSession, cause: str, end: End = End.SERVER) -> Sequence[LiveSession]:
        """Ends a session; nothing happens to one that has ended. Nobody is told by this.

        Args:
            session: which one.
            cause: why, in words.
            end: what ends it.

        Returns:
            Sessions that were remembered so far and are no more.
        """
        if session.destroyed:
            return ()
        session.stage = SessionStage.DESTROYED
        session.cause, session.end, session.ended = cause, end, self._turn.now
        self._turn.cancel(_silence_key(session))
        self._destroyed.append(session)
        gone: list[LiveSession] = []
        while len(self._destroyed) > self._scenario.sessions_kept:
            gone.append(self._destroyed.popleft())
            del self._by_id[gone[-1].id], self._by_topic[gone[-1].topic_sub]
        return gone

    def saved(self) -> tuple[list[SavedSession], list[str]]:
        """All that are remembered, and the ids of the ended ones in the order in which they have ended."""
        return [session.saved() for session in self], [session.id for session in self._destroyed]

    def restored(
        self,
        saved: list[SavedSession],
        destroyed: list[str],
        rooms: Mapping[int, Room],
        accounts: Mapping[str, AccountFixture],
        again: Resuming,
    ) -> None:
        """Takes those of a snapshot; silence goes on to be counted.

        Raises:
            SnapshotError: no such room or account, two sessions of one id or topic; those that have ended do not fit.
        """
        for path, it in indexed("state.sessions", saved):
            session = LiveSession(
                **_members(it),
                account=of(accounts, it.app_id, f"{path}.app_id", "account"),
                room=of(rooms, it.live_id, f"{path}.live_id", "live room"),
                pull_addresses=PullAddresses(*(Address(*urls) for urls in it.pull_addresses)),
            )
            session.created, session.last_activity = again.at(it.created), again.at(it.last_activity)
            session.ended = again.at(it.ended) if it.ended else 0.0
            if session.id in self._by_id or session.topic_sub in self._by_topic:
                raise broken(path, "there are two of this id, or of this topic_sub")
            self._by_id[session.id] = self._by_topic[session.topic_sub] = session
            again.timer(_silence_key(session), partial(self._look, session))
        self._destroyed.extend(over(destroyed, self._by_id, lambda it: it.destroyed, "state.destroyed", "session"))

    def _watch(self, session: LiveSession, delay: float) -> None:
        """Looks again when the session may have been silent for too long.

        One timer at a time: it is not set anew for each message, but looks when it fires how long the silence is.
        """
        self._turn.later(delay, _silence_key(session), partial(self._look, session))

    def _look(self, session: LiveSession) -> None:
        if session.expired(self._turn.now):
            self.expired(session)
        else:
            self._watch(session, session.left(self._turn.now))


_members: Final = in_common(SavedSession, but=("app_id", "live_id", "pull_addresses"))


def _pair(address: Address) -> tuple[str, str]:
    return address.lan, address.wan


def _silence_key(session: LiveSession) -> str:
    return f"silence of {session.id}"
