"""The state of a fake Aliyun server: one object that owns its projects, sessions, resources and tokens.

Sans-IO: the turn tells the time, and takes what is to happen later. Only what concerns more than one of its parts lives
here; projects are in `projects.py`, sessions in `sessions.py`, figures, voices and lines in `resources.py`, tokens in
`session_credentials.py`. A project belongs to the main account that made it, and so do its sessions; access keys of one
main account share them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from msgspec import UNSET

from avatarwire.codecs.aliyun.http import StartAvatarSessionRequest
from avatarwire.codecs.aliyun.http_enums import ProjectStatus
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.signature import NonceMemory
from avatarwire.codecs.errors import TokenError
from avatarwire.fakeserver.aliyun.errors import SESSION_STATUS, refused
from avatarwire.fakeserver.aliyun.projects import Project, Projects
from avatarwire.fakeserver.aliyun.resources import Stock
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.session_credentials import SocketTokens, channel_token, websocket_url
from avatarwire.fakeserver.aliyun.sessions import (
    Expired,
    Happened,
    Session,
    SessionEvent,
    Sessions,
    Stopped,
    TextReceived,
)
from avatarwire.fakeserver.aliyun.snapshot import SavedNonce, SavedState
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.random_ids import random_uuid
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn

__all__ = [
    "AliyunState",
    "Expired",
    "Project",
    "Session",
    "SessionEvent",
    "Started",
    "Stopped",
    "TextReceived",
]


@dataclass(frozen=True, slots=True)
class Started:
    """What a client is handed when it starts a session.

    Attributes:
        session: the session.
        is_new: false for one that an earlier call has started.
        channel_token: RTC channel, JSON as text; a secret.
        web_socket_url: URL of the socket, with its token; a secret.
    """

    session: Session
    is_new: bool
    channel_token: str = field(repr=False)
    web_socket_url: str = field(repr=False)


class AliyunState:
    """Everything a fake Aliyun server remembers.

    Args:
        scenario: how it behaves and what exists from the start.
        turn: its time, and what is to happen later.
        socket_url: gives the URL of the interaction socket for a start, by the host that was called; without a path it
            gets ``/v1/interaction``.
        rng: where ids, nonces and RTC tokens come from.
        happened: called with what happens to a session by another way than its socket.
        socket_key: secret that signs the socket's tokens; made up when not given.

    Attributes:
        projects, sessions, stock: its parts.

    Raises:
        ScenarioError: a project is listed twice, or a scene of it cannot be read.
    """

    def __init__(
        self,
        scenario: AliyunScenario,
        turn: Turn,
        *,
        socket_url: Callable[[str], str],
        rng: random.Random,
        happened: Happened = lambda session, event: None,
        socket_key: bytes | None = None,
    ) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._socket_url: Final = socket_url
        self._rng: Final = rng
        self._tokens: Final = SocketTokens(socket_key)
        self.stock: Final = Stock(scenario, turn.now)
        self.projects: Final = Projects(scenario, turn, self.stock, rng)
        self.sessions: Final = Sessions(scenario, turn, happened)

    @property
    def default_project_id(self) -> str:
        """Id of the first account's first project that is DEPLOYED from the start.

        Raises:
            FakeServerError: there is none.
        """
        if (found := self.deployed_project_id) is not None:
            return found
        there = ", ".join(f"{fixture.id} {fixture.status}" for fixture in self._scenario.projects) or "none"
        reason = "no project of the first account is DEPLOYED from the start"
        raise FakeServerError(f"aliyun.projects: {reason}; there are: {there}")

    @property
    def deployed_project_id(self) -> str | None:
        """The same, or None where there is none."""
        own = ("", self._scenario.accounts[0].main_id)
        deployed = (
            fixture.id
            for fixture in self._scenario.projects
            if fixture.status == ProjectStatus.DEPLOYED and fixture.main_id in own
        )
        return next(deployed, None)

    def project(self, project_id: str) -> Project | None:
        """A project by its id, whosever it is, deleted ones too."""
        return self.projects.get(project_id)

    def session(self, session_id: str) -> Session | None:
        """A session by its id, whosever it is, stopped ones too."""
        return self.sessions.get(session_id)

    def new_uuid(self) -> str:
        """A random UUID, lower case."""
        return random_uuid(self._rng)

    def start(self, request: StartAvatarSessionRequest, main_id: str, host: str = "") -> Started:
        """Starts a session, or finds the living one that the same requestId of the same project has given (ALI-E71).

        Either way the channel token and the socket's token are fresh (ALI-E57).

        Args:
            request: what the caller asks for.
            main_id: main account of the caller.
            host: by which the caller has reached the server, with its port; empty if that is not known.

        Raises:
            Refusal: the account has no such project, it is not in a state for it, or no line is left.
        """
        project = self.projects.require(request.project_id, main_id)
        request_id = "" if request.request_id is UNSET else request.request_id
        session = self.sessions.started(project, request_id)
        is_new = session is None
        if session is None:
            project.check("strict start" if self._scenario.strict else "start")
            session = self.sessions.start(
                project,
                session_id=self.new_uuid(),
                request_id=request_id,
                user_id=f"user-{self._hex()}" if request.custom_user_id is UNSET else request.custom_user_id,
                channel_id=f"channel-{self._hex()}",
                custom_push_url="" if request.custom_push_url is UNSET else request.custom_push_url,
            )
        now = self._turn.now
        session.touch(now)
        token = self._tokens.issue(session.id, main_id, now=now, seconds=self._scenario.token_seconds)
        return Started(
            session,
            is_new,
            channel_token(self._scenario, self._rng, channel_id=session.channel_id, user_id=session.user_id, now=now),
            websocket_url(self._socket_url(host), token, session.id),
        )

    def verify_socket(self, token: str, session_id: str, now: float) -> Session:
        """The session that a connection may be opened for (ALI-R076).

        Args:
            token, session_id: query of the connection.
            now: epoch seconds.

        Raises:
            TokenError: the token is not good for it, or the session is unknown or stopped.
        """
        claims = self._tokens.verify(token, session_id, now)
        session = self.sessions.get(claims.session_id)
        if session is None or session.stopped:
            state = "not known" if session is None else "stopped"
            raise TokenError(f"session {claims.session_id} is {state}", clause="ALI-E51")
        return session

    def replayed_socket_url(self, session_id: str, main_id: str, host: str) -> str:
        """The URL of the socket of a session that is replayed, and not one of these, with a token of ours."""
        token = self._tokens.issue(session_id, main_id, now=self._turn.now, seconds=self._scenario.token_seconds)
        return websocket_url(self._socket_url(host), token, session_id)

    def check_socket_token(self, token: str, session_id: str, now: float) -> None:
        """Holds that a token is one of ours, and for a session.

        Raises:
            TokenError: it is not.
        """
        self._tokens.verify(token, session_id, now)

    def say(self, session: Session, text: str, ask_type: AskType, request_id: str) -> None:
        """Hands a text that came over HTTP to whoever observes the session.

        Raises:
            Refusal: the session is stopped.
        """
        if session.stopped:
            raise refused(f"session {session.id} is stopped", SESSION_STATUS)
        self.sessions.say(session, TextReceived(text, ask_type, request_id))

    def stop(self, session: Session, reason: str) -> None:
        """Stops a session; nothing happens to one that is stopped."""
        self.sessions.stop(session, reason)

    def take_offline(self, project: Project) -> None:
        """Takes a project offline and stops its sessions.

        Raises:
            Refusal: it is not DEPLOYED.
        """
        self.projects.take_offline(project)
        self._stop_all(project, "the project was taken offline")

    def delete(self, project: Project) -> None:
        """Deletes a project and stops its sessions.

        Raises:
            Refusal: it is deleted already.
        """
        self.projects.delete(project)
        self._stop_all(project, "the project was deleted")

    def saved(self, nonces: NonceMemory) -> SavedState:
        """All of it, for a snapshot; `nonces` are those that were used."""
        sessions, stopped = self.sessions.saved()
        return SavedState(
            keys=self._tokens.saved(),
            nonces=[SavedNonce(digest=digest, until=until) for until, digest in nonces.saved()],
            resources_since=self.stock.since,
            projects=self.projects.saved(),
            sessions=sessions,
            stopped=stopped,
        )

    def restored(self, saved: SavedState, nonces: NonceMemory, again: Resuming) -> None:
        """Takes what a snapshot has in the place of all that there is.

        Raises:
            SnapshotError: it does not fit together.
        """
        self._tokens.restored(saved.keys, again)
        nonces.restored((it.until, it.digest) for it in saved.nonces)
        self.stock.since = again.at(saved.resources_since)
        self.projects.restored(saved.projects, again)
        self.sessions.restored(saved, {project.id: project for project in self.projects}, again)

    def _stop_all(self, project: Project, reason: str) -> None:
        for session in self.sessions.living(project):
            self.sessions.stop(session, reason)

    def _hex(self) -> str:
        return self._rng.randbytes(6).hex()
