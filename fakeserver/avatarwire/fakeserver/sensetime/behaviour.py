"""All behaviour of a fake SenseTime server, its parts joined: state, operations, sockets and callbacks. Sans-IO."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from avatarwire.codecs.core.carrier import Callback, SocketMessage
from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.sensetime.wire import microphone
from avatarwire.fakeserver.effects import Send
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.sensetime.cors import Origins
from avatarwire.fakeserver.sensetime.http import SenseTimeHttp
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.snapshot import SavedState
from avatarwire.fakeserver.sensetime.sockets import Peer, Sockets
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["SenseTimeBehaviour"]


class SenseTimeBehaviour:
    """What a fake SenseTime server does.

    Args:
        scenario: how it behaves.
        turn: its time, and where its effects are found.
        rng: where ids and tokens come from.
        guard: calls functions of the test.
        said: keeps what clients have had said; None for one of its own.
        is_own_host: whether a Host header names the server.

    Attributes:
        scenario, turn, rng, state, sockets, said: its parts.
        surface: what its HTTP calls are handed to.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario,
        turn: Turn,
        *,
        rng: random.Random,
        guard: Guard,
        said: SaidLog | None = None,
        is_own_host: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self.scenario: Final = scenario
        self.turn: Final = turn
        self.rng: Final = rng
        self.state: Final = SenseTimeState(scenario, turn, rng=rng, said=said)
        self.said: Final = self.state.said
        origins = Origins(scenario.cors_origins, is_own_host)
        self.sockets: Final = Sockets(self.state, scenario, turn, rng, guard, origins)
        self.surface: Final = Surface(SenseTimeHttp(self.state, scenario, guard, origins), turn, self.sockets)

    saved_as = SavedState
    timers = ("initialise", "heartbeat", "rtc", "takeover", "voice")

    def saved(self) -> SavedState:
        """All that it remembers."""
        return self.state.lives.saved(self.state.tokens.saved(), *self.sockets.saved())

    def restored(self, saved: SavedState, again: Resuming) -> None:
        """Remembers what was saved.

        Raises:
            SnapshotError: it does not fit together, or does not fit the scenario.
        """
        tokens = self.state.tokens
        tokens.restored(saved.tokens, again)
        self.state.lives.restored(saved, tokens.accounts, again)
        self.sockets.restored(saved, again)

    def live(self, session_id: str) -> Live:
        """A live by its id.

        Raises:
            FakeServerError: no such live.
        """
        live = self.state.lives.get(session_id)
        if live is None:
            raise UnknownError(f"no live {session_id}", key="session")
        return live

    def remembered(self) -> list[dict[str, Any]]:
        """What is known of each live, the oldest first."""
        return [live.told() for live in self.state.lives]

    def numbered(self, session_id: str) -> Mapping[str, object]:
        """Members by which a message of a live is known.

        Raises:
            UnknownError: no such live.
        """
        return {"sessionId": self.live(session_id).id}

    def push(self, entry: Entry, value: Any, session_id: str) -> None:
        """Has a message be sent on the microphone socket of a live, to its pages, or to its customer's receiver.

        Raises:
            UnknownError: no such live.
            FakeServerError: nobody has such a socket.
        """
        live = self.live(session_id)
        if isinstance(entry.carrier, Callback):
            self.turn.do(self.state.report.post(live.account, live.id, value))
        elif isinstance(entry.carrier, SocketMessage):
            peer, _ = self.speaker(session_id)
            self.turn.do(peer.on([Send(microphone.encode(value), entry.id, value)]))
        elif not self.sockets.push(live, value):
            raise FakeServerError(f"no page listens to live {session_id}")

    def stopping(self) -> None:
        """The server is about to stop: what its clients should have done by now is judged."""
        for live in self.state.lives.running():
            self.state.conduct.abandoned(live)
            if (speaker := self.sockets.speaker(live)) is not None:
                _, spoken = speaker
                spoken.cut()

    def speaker(self, session_id: str) -> tuple[Peer, Microphone]:
        """Who speaks into a live.

        Raises:
            FakeServerError: no such live, or nobody has a microphone socket.
        """
        found = self.sockets.speaker(self.live(session_id))
        if found is None:
            raise FakeServerError(f"nobody has a microphone socket for live {session_id}")
        return found
