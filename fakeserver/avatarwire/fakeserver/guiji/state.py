"""The state of a fake Guiji server: one object that owns its tokens, rooms, materials, records and sessions.

Sans-IO. Only what joins its parts lives here; rooms are in `rooms.py`,
materials in `materials.py`, voices and presenters in `resources.py`, sessions in `sessions.py`, broadcasts in
`records.py`, key pairs and tokens in `token_store.py`.
"""

from __future__ import annotations

import random
from datetime import timedelta, timezone
from typing import Final

from avatarwire.codecs.guiji.messages.times import format_minute, format_time
from avatarwire.fakeserver.guiji.materials import Materials
from avatarwire.fakeserver.guiji.records import Records
from avatarwire.fakeserver.guiji.resources import Stock
from avatarwire.fakeserver.guiji.rooms import Rooms
from avatarwire.fakeserver.guiji.scenario import GuijiScenario
from avatarwire.fakeserver.guiji.sessions import Sessions
from avatarwire.fakeserver.guiji.snapshot import SavedConversation, SavedState
from avatarwire.fakeserver.guiji.token_store import Tokens
from avatarwire.fakeserver.random_ids import random_uuid
from avatarwire.fakeserver.said import SaidLog
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn

__all__ = ["GuijiState"]


class GuijiState:
    """Everything a fake Guiji server remembers.

    Args:
        scenario: how it behaves and what exists from the start.
        turn: its time, and what is to happen later.
        rng: where ids and tokens come from.
        said: keeps what clients have had said; None for one of its own.

    Attributes:
        zone: what times are told in (GJ-E15).
        stock, tokens, rooms, materials, records, sessions, said: its parts.

    Raises:
        ScenarioError: what exists from the start does not fit together.
    """

    def __init__(self, scenario: GuijiScenario, turn: Turn, *, rng: random.Random, said: SaidLog | None = None) -> None:
        self.said: Final = SaidLog(lambda: turn.now) if said is None else said
        self._rng: Final = rng
        self.zone: Final = timezone(timedelta(hours=scenario.utc_offset_hours))
        self.stock: Final = Stock(scenario)
        self.tokens: Final = Tokens(scenario, turn, self.zone, rng)
        self.rooms: Final = Rooms(scenario, self.stock.robots)
        self.materials: Final = Materials(scenario, lambda moment: format_time(moment, self.zone))
        self.records: Final = Records(scenario, turn, lambda moment: format_minute(moment, self.zone))
        self.sessions: Final = Sessions(scenario, turn, self.new_uuid)

    def saved(self, conversations: list[SavedConversation]) -> SavedState:
        """All of it, for a snapshot, with what was said about sessions."""
        tokens, rejected = self.tokens.saved()
        rooms, next_room, next_robot = self.rooms.saved()
        sessions, destroyed = self.sessions.saved()
        return SavedState(
            tokens=tokens,
            rejected=rejected,
            rooms=rooms,
            next_room=next_room,
            next_robot=next_robot,
            next_material=self.materials.next_id,
            next_record=self.records.next_id,
            sessions=sessions,
            destroyed=destroyed,
            records=self.records.saved(),
            conversations=conversations,
        )

    def restored(self, saved: SavedState, again: Resuming) -> None:
        """Takes what a snapshot has in the place of all that there is.

        Raises:
            SnapshotError: it does not fit together, or has an account that the scenario has not.
        """
        accounts = self.tokens.accounts
        self.tokens.restored(saved.tokens, saved.rejected, again)
        rooms = self.rooms.restored(saved.rooms, (saved.next_room, saved.next_robot), accounts, again)
        self.materials.next_id = saved.next_material
        self.sessions.restored(saved.sessions, saved.destroyed, rooms, accounts, again)
        self.records.restored(saved.records, saved.next_record, accounts, again)

    def new_uuid(self) -> str:
        """A random UUID, lower case."""
        return random_uuid(self._rng)
