"""All behaviour of the fake, its parts joined."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from avatarwire.codecs.core.entry import Entry
from avatarwire.fakeserver.effects import On, Send
from avatarwire.fakeserver.errors import FakeServerError, UnknownError
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.turn import Turn
from tests.fourth_vendor.codecs.wire import encode
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
            raise UnknownError(f"no talk {session_id}", key="session") from None

    def remembered(self) -> list[dict[str, Any]]:
        """What is known of each talk."""
        return [{"session": talk.session_id, **asdict(talk)} for talk in self.state.talks.values()]

    def numbered(self, session_id: str) -> Mapping[str, object]:
        """Members by which a message of a talk is known: none."""
        self.talk(session_id)
        return {}

    def push(self, entry: Entry, value: Any, session_id: str) -> None:
        """Has a message be sent on the socket of a talk."""
        talk = self.talk(session_id)
        if not talk.connection:
            raise FakeServerError(f"no socket is open for talk {session_id}")
        self.turn.do(On(talk.connection, (Send(encode(value), entry.id, value),)))
