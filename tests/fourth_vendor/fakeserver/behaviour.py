"""All behaviour of the fake, its parts joined."""

from __future__ import annotations

import random
from typing import Final

from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.turn import Turn
from tests.fourth_vendor.fakeserver.conversation import Sockets
from tests.fourth_vendor.fakeserver.http import ToyHttp
from tests.fourth_vendor.fakeserver.scenario import ToyScenario
from tests.fourth_vendor.fakeserver.state import Talk, ToyState

__all__ = ["ToyBehaviour"]


class ToyBehaviour:
    """What the fake does."""

    def __init__(self, scenario: ToyScenario, turn: Turn, *, rng: random.Random) -> None:
        self.turn: Final = turn
        self.state: Final = ToyState(rng)
        self.surface: Final = Surface(ToyHttp(self.state, scenario, turn), turn, Sockets(self.state, scenario))

    def talk(self, session_id: str) -> Talk:
        """A talk by its id.

        Raises:
            FakeServerError: no such talk.
        """
        try:
            return self.state.talks[session_id]
        except KeyError:
            raise FakeServerError(f"no talk {session_id}") from None
