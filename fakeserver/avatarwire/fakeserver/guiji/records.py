"""Live records: when which session was broadcast (3.16).

Only the records live here. When a broadcast begins and ends is decided where sessions are talked about.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from avatarwire.codecs.guiji.http import LiveRecordVo
from avatarwire.codecs.guiji.http_enums import LiveStatusName
from avatarwire.fakeserver.counting import Numbers
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.guiji.snapshot import SavedRecord
from avatarwire.fakeserver.snapshot import Resuming, in_common, indexed, of
from avatarwire.fakeserver.turn import Turn

__all__ = ["LiveRecord", "Records"]

_FIRST_ID: Final = 500001
_MINUTE: Final = 60


@dataclass(slots=True, eq=False)
class LiveRecord:
    """One broadcast.

    Attributes:
        id: of the record.
        account: whose it is.
        session_id, live_id: what was broadcast.
        live_name, presenters: of the room, as they were then.
        begun: epoch seconds.
        ended: epoch seconds; None while it goes on.
    """

    id: int
    account: AccountFixture
    session_id: str
    live_id: int
    live_name: str
    presenters: str
    begun: float
    ended: float | None = None


_members: Final = in_common(SavedRecord, but=("app_id",))


class Records:
    """All broadcasts of a fake server, the newest kept.

    Args:
        scenario: how many are remembered, whose they are.
        turn: the time.
        shown_time: writes a moment as answers do.
    """

    def __init__(self, scenario: GuijiScenario, turn: Turn, shown_time: Callable[[float], str]) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._shown_time: Final = shown_time
        self._ids: Final = Numbers(_FIRST_ID)
        self._by_session: OrderedDict[str, LiveRecord] = OrderedDict()

    def begin(self, session: LiveSession) -> LiveRecord:
        """A session is on air. One that was before goes on in the record it has."""
        record = self._by_session.get(session.id)
        if record is None:
            room = session.room
            record = LiveRecord(
                next(self._ids),
                session.account,
                session.id,
                room.id,
                room.name,
                room.presenters,
                self._turn.now,
            )
            self._by_session[session.id] = record
            while len(self._by_session) > self._scenario.records_kept:
                self._by_session.popitem(last=False)
        return record

    def end(self, session: LiveSession) -> None:
        """A session is on air no more; nothing happens to one that was not."""
        record = self._by_session.get(session.id)
        if record is not None and record.ended is None:
            record.ended = self._turn.now

    def saved(self) -> list[SavedRecord]:
        """All of them, for a snapshot, the oldest first."""
        return [SavedRecord(**_members(it), app_id=it.account.app_id) for it in self._by_session.values()]

    def restored(
        self, saved: list[SavedRecord], next_id: int, accounts: Mapping[str, AccountFixture], again: Resuming
    ) -> None:
        """Takes those of a snapshot.

        Raises:
            SnapshotError: no such account.
        """
        self._ids.next = next_id
        for path, it in indexed("state.records", saved):
            account = of(accounts, it.app_id, f"{path}.app_id", "account")
            record = LiveRecord(**_members(it), account=account)
            record.begun, record.ended = again.at(it.begun), again.maybe(it.ended)
            self._by_session[record.session_id] = record

    @property
    def next_id(self) -> int:
        """Id of the next one."""
        return self._ids.next

    def get(self, session_id: str) -> LiveRecord | None:
        """The record of a session."""
        return self._by_session.get(session_id)

    def of(self, account: AccountFixture) -> list[LiveRecord]:
        """The records of an account, the newest first."""
        return [record for record in reversed(self._by_session.values()) if record.account == account]

    def shown(self, record: LiveRecord) -> LiveRecordVo:
        """A record as answers tell it (GJ-E44)."""
        seconds = (self._turn.now if record.ended is None else record.ended) - record.begun
        minutes, rest = divmod(int(seconds), _MINUTE)
        return LiveRecordVo(
            id=record.id,
            live_name=record.live_name,
            mode_name=record.presenters,
            live_status_name=LiveStatusName.LIVE if record.ended is None else LiveStatusName.NOT_LIVE,
            crop_name=self._scenario.company,
            begin_time=self._shown_time(record.begun),
            total_duration_str=f"{minutes // _MINUTE:02}:{minutes % _MINUTE:02}:{rest:02}",
            session_id=record.session_id,
            live_id=record.live_id,
            # The unit is not told; minutes are ours, as the sample's numbers are small (GJ-E31).
            duration=round(seconds / _MINUTE, 2),
        )
