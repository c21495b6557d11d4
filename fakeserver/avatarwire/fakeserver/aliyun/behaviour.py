"""All behaviour of a fake Aliyun server, its parts joined: state, operations and sockets. Sans-IO."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from avatarwire.fakeserver.aliyun.conduct import abandoned
from avatarwire.fakeserver.aliyun.http import AliyunHttp
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.sessions import Session
from avatarwire.fakeserver.aliyun.sockets import Line, Lines, Sockets
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import Effect
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["AliyunBehaviour"]


class AliyunBehaviour:
    """What a fake Aliyun server does.

    Args:
        scenario: how it behaves.
        turn: its time, and where its effects are found.
        socket_url: URL of the interaction socket, asked for at each start of a session.
        rng: where ids and tokens come from.
        guard: calls functions of the test.

    Attributes:
        turn, state, lines: its parts.
        surface: what its HTTP calls are handed to.
    """

    def __init__(
        self,
        scenario: AliyunScenario,
        turn: Turn,
        *,
        socket_url: Callable[[], str],
        rng: random.Random,
        guard: Guard | None = None,
    ) -> None:
        self.turn: Final = turn
        self.lines: Final = Lines(turn)
        self.state: Final = AliyunState(scenario, turn, socket_url=socket_url, rng=rng, happened=self.lines.happened)
        sockets = Sockets(self.state, scenario, self.lines, guard)
        self.surface: Final = Surface(AliyunHttp(self.state, scenario), turn, sockets)

    def stopping(self) -> list[Effect]:
        """The server stops: what is to be said of sessions that live (ALI-R081)."""
        self.lines.stopping()
        return abandoned(self.state.sessions.all_living())

    def session(self, session_id: str) -> Session:
        """A session by its id.

        Raises:
            FakeServerError: no such session.
        """
        session = self.state.session(session_id)
        if session is None:
            raise FakeServerError(f"no session {session_id}")
        return session

    def line(self, session_id: str) -> Line:
        """The open socket of a session.

        Raises:
            FakeServerError: no such session, or no socket is open for it.
        """
        line = self.lines.of(self.session(session_id))
        if line is None:
            raise FakeServerError(f"no socket is open for session {session_id}")
        return line
