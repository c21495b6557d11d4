"""Sessions: from their start to their stop, what ends them by itself, and what is said of that.

Only sessions live here. Who may start one and what the client is handed is in `state.py`; what is said on a session's
socket, in `conversation.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, Protocol, TypeAlias

from avatarwire.codecs.aliyun.http_enums import ResSpecType, SessionStatus
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.fakeserver.aliyun.errors import CHANNELS_EXCEEDED, refused
from avatarwire.fakeserver.aliyun.projects import Project
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.snapshot import SavedSession, SavedState
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.moment import MOMENT
from avatarwire.fakeserver.snapshot import Resuming, broken, in_common, indexed, of, over
from avatarwire.fakeserver.turn import Turn

__all__ = ["Expired", "Happened", "Session", "SessionEvent", "Sessions", "Stopped", "Talk", "TextReceived"]


@dataclass(frozen=True, slots=True)
class Stopped:
    """The session was stopped: over HTTP, or with its project."""

    reason: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The server ended the session: its line expired (ALI-R122), nothing was said (ALI-E104), or a test said so.

    Attributes:
        reason: why.
        in_time: whether its time was over, which its client could know.
    """

    reason: str
    in_time: bool = True


@dataclass(frozen=True, slots=True)
class TextReceived:
    """A text came over HTTP (ALI-R069).

    Attributes:
        text: as the caller wrote it.
        ask_type: whether the agent answers it or the avatar speaks it (ALI-E98).
        request_id: the caller's; it may repeat (ALI-E72).
    """

    text: str
    ask_type: AskType
    request_id: str


SessionEvent: TypeAlias = Stopped | Expired | TextReceived


class Talk(Protocol):
    """What is said on a session's socket, as far as the session needs to know."""

    def early(self) -> Violation | None:
        """What is wrong with a drive that comes now; None where nothing is."""
        ...

    @property
    def busy(self) -> bool:
        """Whether something is being said."""
        ...

    @property
    def last_activity(self) -> float:
        """When anything was received or said, epoch seconds."""
        ...


@dataclass(slots=True, eq=False)
class Session:
    """One session.

    Attributes:
        id: a UUID.
        project: what it shows.
        request_id: the caller's, under which the start is idempotent; empty for none (ALI-E70).
        user_id, channel_id: RTC user and channel.
        custom_push_url: where the caller wants the stream relayed to; nothing is.
        created_at, last_activity: epoch seconds; the activity is that beside its socket.
        attached: sockets of the session that are open; the socket layer sets it.
        talk: the one on its newest socket; the socket layer sets it.
        stopped: whether it is over.
        left: whether its client has closed its socket, and has opened none since.
    """

    id: str
    project: Project
    request_id: str
    user_id: str
    channel_id: str
    custom_push_url: str = field(default="", repr=False)
    created_at: float = 0.0
    last_activity: float = 0.0
    attached: int = 0
    talk: Talk | None = field(default=None, repr=False)
    stopped: bool = False
    left: bool = False

    @property
    def project_id(self) -> str:
        """Id of its project."""
        return self.project.id

    @property
    def agent_id(self) -> str:
        """Id of the agent bound to its project; empty for none."""
        return self.project.agent_id

    @property
    def status(self) -> SessionStatus:
        """FREE while nobody is connected and nothing is said; never so in the advanced tier (ALI-R054)."""
        if self.stopped:
            return SessionStatus.STOPPED
        is_busy = self.attached or self.busy or self.project.res_spec_type is ResSpecType.ADVANCED
        return SessionStatus.BUSY if is_busy else SessionStatus.FREE

    @property
    def busy(self) -> bool:
        """Whether something is being said."""
        return self.talk is not None and self.talk.busy

    @property
    def silent_since(self) -> float:
        """When something was said or asked last, epoch seconds."""
        return self.last_activity if self.talk is None else max(self.last_activity, self.talk.last_activity)

    def told(self) -> dict[str, Any]:
        """What is known of it, as plain values."""
        return {
            "session": self.id,
            "project_id": self.project_id,
            "request_id": self.request_id,
            "user_id": self.user_id,
            "channel_id": self.channel_id,
            "status": self.status.value,
            "busy": self.busy,
            "sockets": self.attached,
            "created_at": self.created_at,
            "silent_since": self.silent_since,
            "over": self.stopped,
        }

    def touch(self, now: float) -> None:
        """Something was said or asked: the time after which a silent session is ended starts anew."""
        self.last_activity = now


Happened: TypeAlias = Callable[[Session, SessionEvent], None]
"""What comes of something that happens to a session by another way than its socket."""


class Sessions:
    """All sessions of a fake server: the living ones, and as many of the stopped ones as are to be remembered.

    Args:
        scenario: how they end, and how many are remembered.
        turn: the time, and what is to happen later.
        happened: called with each event, once the sessions are as it leaves them.
    """

    def __init__(self, scenario: AliyunScenario, turn: Turn, happened: Happened) -> None:
        self._line_seconds: Final = scenario.line_seconds
        self._idle_seconds: Final = scenario.idle_seconds
        self._limit_channels: Final = scenario.channel_quota
        self._stopped_kept: Final = scenario.stopped_kept
        self._turn: Final = turn
        self._happened: Final = happened
        self._by_id: dict[str, Session] = {}
        self._by_project: dict[str, dict[str, Session]] = {}
        self._by_request: dict[tuple[str, str], Session] = {}
        self._stopped: deque[Session] = deque()

    def get(self, session_id: str) -> Session | None:
        """A session by its id, living or stopped."""
        return self._by_id.get(session_id)

    def __iter__(self) -> Iterator[Session]:
        """All that are remembered, the oldest first."""
        return iter(self._by_id.values())

    def of(self, project: Project) -> list[Session]:
        """Sessions of a project, living or stopped, the oldest first."""
        return list(self._by_project.get(project.id, {}).values())

    def living(self, project: Project) -> list[Session]:
        """Sessions of a project that are not stopped, the oldest first."""
        return [session for session in self.of(project) if not session.stopped]

    def started(self, project: Project, request_id: str) -> Session | None:
        """The living session that a start with this id has given (ALI-R023, ALI-E71)."""
        return self._by_request.get((project.id, request_id)) if request_id else None

    def all_living(self) -> list[Session]:
        """All sessions that are not stopped, the oldest first."""
        return [session for session in self._by_id.values() if not session.stopped]

    def start(
        self,
        project: Project,
        *,
        session_id: str,
        request_id: str,
        user_id: str,
        channel_id: str,
        custom_push_url: str = "",
    ) -> Session:
        """A new session.

        Raises:
            Refusal: ``QuotaExceeded.Channels``; all lines of the project are in use, where the scenario counts them.
        """
        if self._limit_channels and len(self.living(project)) >= project.channels:
            reason = f"all {project.channels} lines of project {project.id} are in use [ALI-E89]"
            raise refused(reason, CHANNELS_EXCEEDED)
        now = self._turn.now
        session = Session(
            id=session_id,
            project=project,
            request_id=request_id,
            user_id=user_id,
            channel_id=channel_id,
            custom_push_url=custom_push_url,
            created_at=now,
            last_activity=now,
        )
        self._add(session)
        self._set_timers(session)
        return session

    def stop(self, session: Session, reason: str) -> None:
        """Ends a session; nothing happens to one that has ended."""
        self._end(session, Stopped(reason))

    def expire(self, session: Session, reason: str) -> None:
        """The server ends a session before its time; nothing happens to one that has ended."""
        self._end(session, Expired(reason, in_time=False))

    def say(self, session: Session, text: TextReceived) -> None:
        """A text for a session that goes on."""
        session.touch(self._turn.now)
        self._happened(session, text)

    def saved(self) -> tuple[list[SavedSession], list[str]]:
        """All that are remembered, and the ids of the stopped ones in the order in which they were stopped."""
        sessions = [
            SavedSession(**_members(it), project_id=it.project_id, last_activity=it.silent_since) for it in self
        ]
        return sessions, [session.id for session in self._stopped]

    def restored(self, saved: SavedState, projects: Mapping[str, Project], again: Resuming) -> None:
        """Takes those of a snapshot in the place of its own; their time goes on.

        Raises:
            SnapshotError: no such project, or two sessions of one id; those that are stopped do not fit.
        """
        for path, it in indexed("state.sessions", saved.sessions):
            if it.id in self._by_id:
                raise broken(f"{path}.id", "there are two of this id")
            session = Session(**_members(it), project=of(projects, it.project_id, f"{path}.project_id", "project"))
            session.created_at, session.last_activity = again.at(it.created_at), again.at(it.last_activity)
            self._add(session)
            again.timer(_line_key(session), None if self._line_seconds is None else partial(self._line_over, session))
            limit = self._idle_seconds
            again.timer(_silence_key(session), None if limit is None else partial(self._look, session, limit))
        self._stopped.extend(over(saved.stopped, self._by_id, lambda it: it.stopped, "state.stopped", "session"))

    def _add(self, session: Session) -> None:
        self._by_id[session.id] = session
        self._by_project.setdefault(session.project_id, {})[session.id] = session
        if session.request_id and not session.stopped:
            self._by_request[session.project_id, session.request_id] = session

    def _end(self, session: Session, event: Stopped | Expired) -> None:
        if session.stopped:
            return
        session.stopped = True
        self._turn.cancel(_line_key(session), _silence_key(session))
        self._by_request.pop((session.project_id, session.request_id), None)
        self._stopped.append(session)
        while len(self._stopped) > self._stopped_kept:
            self._forget(self._stopped.popleft())
        self._happened(session, event)

    def _forget(self, session: Session) -> None:
        del self._by_id[session.id]
        siblings = self._by_project[session.project_id]
        del siblings[session.id]
        if not siblings:
            del self._by_project[session.project_id]

    def _set_timers(self, session: Session) -> None:
        if self._line_seconds is not None:
            self._turn.later(self._line_seconds, _line_key(session), partial(self._line_over, session))
        if self._idle_seconds is not None:
            self._watch(session, self._idle_seconds, self._idle_seconds)

    def _line_over(self, session: Session) -> None:
        self._end(session, Expired("the line expired"))

    def _watch(self, session: Session, limit: float, delay: float) -> None:
        """Looks again when the session may have been silent for `limit` seconds.

        One timer at a time: it is not set anew for each message, but looks when it fires how long the silence is.
        """
        self._turn.later(delay, _silence_key(session), partial(self._look, session, limit))

    def _look(self, session: Session, limit: float) -> None:
        if session.busy:
            session.touch(self._turn.now)
        left = session.silent_since + limit - self._turn.now
        if left > MOMENT:
            self._watch(session, limit, left)
        else:
            self._end(session, Expired(f"nothing was said for {limit:g} s"))


_members: Final = in_common(SavedSession, but=("project_id", "last_activity"))


def _line_key(session: Session) -> str:
    return f"line of {session.id}"


def _silence_key(session: Session) -> str:
    return f"silence of {session.id}"
