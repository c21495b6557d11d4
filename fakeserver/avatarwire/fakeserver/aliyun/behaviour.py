"""All behaviour of a fake Aliyun server, its parts joined: state, operations and sockets. Sans-IO."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from avatarwire.codecs.aliyun.signature import NonceMemory
from avatarwire.codecs.core.entry import Entry
from avatarwire.fakeserver.aliyun.conduct import abandoned
from avatarwire.fakeserver.aliyun.http import AliyunHttp
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.sessions import Session
from avatarwire.fakeserver.aliyun.snapshot import SavedState
from avatarwire.fakeserver.aliyun.sockets import Line, Lines, Sockets
from avatarwire.fakeserver.aliyun.state import AliyunState
from avatarwire.fakeserver.effects import Effect
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["AliyunBehaviour"]


class AliyunBehaviour:
    """What a fake Aliyun server does.

    Args:
        scenario: how it behaves.
        turn: its time, and where its effects are found.
        socket_url: gives the URL of the interaction socket, for who has called the server by a certain host.
        rng: where ids and tokens come from.
        guard: calls functions of the test.
        said: keeps what clients have had said; None for one of its own.

    Attributes:
        turn, rng, state, lines, said: its parts.
        surface: what its HTTP calls are handed to.
    """

    def __init__(
        self,
        scenario: AliyunScenario,
        turn: Turn,
        *,
        socket_url: Callable[[str], str],
        rng: random.Random,
        guard: Guard | None = None,
        said: SaidLog | None = None,
    ) -> None:
        self.turn: Final = turn
        self.rng: Final = rng
        self._nonces: Final = NonceMemory()
        self.said: Final = SaidLog(lambda: turn.now) if said is None else said
        self.lines: Final = Lines(turn, self.said)
        self.state: Final = AliyunState(scenario, turn, socket_url=socket_url, rng=rng, happened=self.lines.happened)
        sockets = Sockets(self.state, scenario, self.lines, guard)
        self.surface: Final = Surface(AliyunHttp(self.state, scenario, nonces=self._nonces), turn, sockets)

    saved_as = SavedState
    timers = ("line", "silence", "deployment")

    def saved(self) -> SavedState:
        """All that it remembers."""
        return self.state.saved(self._nonces)

    def restored(self, saved: SavedState, again: Resuming) -> None:
        """Remembers what was saved.

        Raises:
            SnapshotError: it does not fit together.
        """
        self.state.restored(saved, self._nonces, again)

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
            raise UnknownError(f"no session {session_id}", key="session")
        return session

    def remembered(self) -> list[dict[str, Any]]:
        """What is known of each session, the oldest first."""
        return [session.told() for session in self.state.sessions]

    def numbered(self, session_id: str) -> Mapping[str, object]:
        """Members by which a message of a session is known.

        Raises:
            UnknownError: no such session.
        """
        return {"sessionId": self.session(session_id).id}

    def push(self, entry: Entry, value: Any, session_id: str) -> None:
        """Has a message be sent on the socket of a session.

        Raises:
            UnknownError: no such session.
            FakeServerError: no socket is open for it.
        """
        del entry  # its class says which it is
        line = self.line(session_id)
        self.turn.do(line.on([line.conversation.push(value)]))

    def line(self, session_id: str) -> Line:
        """The open socket of a session.

        Raises:
            FakeServerError: no such session, or no socket is open for it.
        """
        line = self.lines.of(self.session(session_id))
        if line is None:
            raise FakeServerError(f"no socket is open for session {session_id}")
        return line
