"""All behaviour of a fake SenseTime server, its parts joined: state, operations, sockets and callbacks. Sans-IO."""

from __future__ import annotations

import random
from typing import Final

from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.sensetime.http import SenseTimeHttp
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.microphone import Microphone
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.sockets import Peer, Sockets
from avatarwire.fakeserver.sensetime.state import SenseTimeState
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

    Attributes:
        scenario, turn, state, sockets: its parts.
        surface: what its HTTP calls are handed to.
    """

    def __init__(self, scenario: SenseTimeScenario, turn: Turn, *, rng: random.Random, guard: Guard) -> None:
        self.scenario: Final = scenario
        self.turn: Final = turn
        self.state: Final = SenseTimeState(scenario, turn, rng=rng)
        self.sockets: Final = Sockets(self.state, scenario, turn, rng, guard)
        self.surface: Final = Surface(SenseTimeHttp(self.state, scenario, guard), turn, self.sockets)

    def live(self, session_id: str) -> Live:
        """A live by its id.

        Raises:
            FakeServerError: no such live.
        """
        live = self.state.lives.get(session_id)
        if live is None:
            raise FakeServerError(f"no live {session_id}")
        return live

    def stopping(self) -> None:
        """The server is about to stop: what its clients should have done by now is judged."""
        for live in self.state.lives.running():
            self.state.conduct.abandoned(live)
            if (speaker := self.sockets.speaker(live)) is not None:
                _, microphone = speaker
                microphone.cut()

    def speaker(self, session_id: str) -> tuple[Peer, Microphone]:
        """Who speaks into a live.

        Raises:
            FakeServerError: no such live, or nobody has a microphone socket.
        """
        found = self.sockets.speaker(self.live(session_id))
        if found is None:
            raise FakeServerError(f"nobody has a microphone socket for live {session_id}")
        return found
