"""All behaviour of a fake Guiji server, its parts joined: state, operations and the conversation over MQTT. Sans-IO."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any, Final

from avatarwire.codecs.core.entry import Entry
from avatarwire.codecs.guiji.http import CreateLiveRequest, UploadMaterialRequest
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.fakeserver.errors import UnknownError
from avatarwire.fakeserver.guiji.access import Access
from avatarwire.fakeserver.guiji.http import GuijiHttp
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.rooms import Room
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.guiji.snapshot import SavedState
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.http.surface import Surface
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn

__all__ = ["GuijiBehaviour"]


class GuijiBehaviour:
    """What a fake Guiji server does.

    Args:
        scenario: how it behaves.
        turn: its time, and where its effects are found.
        rng: where ids and tokens come from.
        said: keeps what clients have had said; None for one of its own.

    Attributes:
        turn, rng, state, live, said: its parts.
        surface: what its HTTP calls are handed to.
        mqtt: what stands behind its broker.
    """

    def __init__(self, scenario: GuijiScenario, turn: Turn, *, rng: random.Random, said: SaidLog | None = None) -> None:
        self.scenario: Final = scenario
        self.turn: Final = turn
        self.rng: Final = rng
        self.state: Final = GuijiState(scenario, turn, rng=rng, said=said)
        self.said: Final = self.state.said
        self.live: Final = Live(self.state, scenario, turn)
        self.surface: Final = Surface(GuijiHttp(self.state, scenario), turn)
        self.mqtt: Final = _Mqtt(scenario, self.state, self.live)

    saved_as = SavedState
    timers = ("silence", "preparation", "stream", "playback", "heartbeat")

    def saved(self) -> SavedState:
        """All that it remembers."""
        return self.state.saved(self.live.saved())

    def restored(self, saved: SavedState, again: Resuming) -> None:
        """Remembers what was saved.

        Raises:
            SnapshotError: it does not fit together, or does not fit the scenario.
        """
        self.state.restored(saved, again)
        self.live.restored(saved.conversations, again)

    def session(self, session_id: str) -> LiveSession:
        """A session by its id.

        Raises:
            FakeServerError: no such session.
        """
        session = self.state.sessions.get(session_id)
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
        session = self.session(session_id)
        return {"id": self.live.conversation(session).outgoing.new_id(), "sessionId": session.id}

    def push(self, entry: Entry, value: Any, session_id: str) -> None:
        """Has a message be published where the client of a session listens.

        Raises:
            UnknownError: no such session.
        """
        self.turn.do(self.live.conversation(self.session(session_id)).outgoing.pushed(value, entry.id))

    def default_room(self) -> Room:
        """The first room of the first account, which is made when there is none yet."""
        account = self.scenario.accounts[0]
        rooms = self.state.rooms.of(account)
        if rooms:
            return rooms[0]
        # Trusted, for presenters of the stock tell more of a scene than a request may (GJ-E21).
        request = CreateLiveRequest.trusted(
            cutin_flag=True, live_name="a live room", robot_list=tuple(self.state.stock.robots[:1])
        )
        return self.state.rooms.create(request, account)

    def default_materials(self) -> tuple[int, ...]:
        """Ids of the materials of that room; a text and a sound are made when it has none yet."""
        room = self.default_room()
        if not room.materials:
            for request in _materials(room.id):
                self.state.materials.add(room, request, self.turn.now)
        return tuple(room.materials)


class _Mqtt(Access):
    """What stands behind the broker: who may do what, and what happens to a message."""

    def __init__(self, scenario: GuijiScenario, state: GuijiState, live: Live) -> None:
        super().__init__(scenario, state.sessions)
        # Every message comes this way, which needs no step in between.
        self.read: Final = live.read
        self.take: Final = live.take
        self.rejected: Final = live.rejected


def _materials(room_id: int) -> tuple[UploadMaterialRequest, ...]:
    """A text and a sound."""
    return (
        UploadMaterialRequest(
            live_id=room_id,
            material_type=MaterialType.TEXT,
            material_description="a greeting",
            text="Welcome, and thank you for watching.",
            tts_source=10,
            tts_speaker="fake-speaker",
            volume=0.0,
            intonation=0.0,
            speed_rate=0.0,
        ),
        UploadMaterialRequest(
            live_id=room_id,
            material_type=MaterialType.AUDIO,
            material_description="a jingle",
            material_url="http://127.0.0.1/jingle.wav",
        ),
    )
