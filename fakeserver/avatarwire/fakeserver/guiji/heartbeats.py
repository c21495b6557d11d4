"""The heartbeats of one session: when the server asks, which answer belongs to what, when it gives up (GJ-R115, E85).

Only their timing lives here. How a heartbeat looks on the wire is in `outgoing.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from avatarwire.fakeserver.guiji.snapshot import SavedHeartbeats
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn

__all__ = ["Heartbeats"]


class Heartbeats:
    """Asks again and again, until it is closed or too many in a row stay unanswered.

    Args:
        turn: takes what is to happen later.
        key: what its timer goes by.
        every: seconds between two; None for no heartbeats at all.
        limit: so many unanswered in a row, and the session is lost when the next would be due; None for no limit.
        send: sends one and gives its id; None when it is too late for one.
        lost: called once, when the limit is reached.

    Attributes:
        withheld: whether the server keeps silent; nothing is counted as unanswered meanwhile.
    """

    def __init__(
        self,
        turn: Turn,
        key: str,
        *,
        every: float | None,
        limit: int | None,
        send: Callable[[], int | None],
        lost: Callable[[], None],
    ) -> None:
        self._turn: Final = turn
        self._key: Final = key
        self._every: Final = every
        self._limit: Final = limit
        self._send: Final = send
        self._lost: Final = lost
        self._open: dict[int, float] = {}
        """When each was sent that is not answered, by id."""
        self._on_its_way: dict[int, float] = {}
        """The same of those that no fault holds back, or has had lost."""
        self._answered = 0
        """Id of the last one that was."""
        self.withheld = False

    @property
    def unanswered(self) -> int:
        """How many in a row have not been answered so far."""
        return len(self._open)

    def start(self) -> None:
        """The first is sent after one period."""
        if self._every is not None:
            self._turn.later(self._every, self._key, self._beat)

    def close(self) -> None:
        """No more of them."""
        self._turn.cancel(self._key)

    def answered(self, message_id: int) -> bool:
        """An answer has come; with it all that were sent before are done with.

        Returns:
            Whether a heartbeat with this id is open (GJ-R116).
        """
        if message_id not in self._open:
            return False
        self._open = {other: sent for other, sent in self._open.items() if other > message_id}
        self._answered = message_id
        self._on_its_way = {other: left for other, left in self._on_its_way.items() if other > message_id}
        return True

    def left(self, message_id: int) -> None:
        """One is on its way to the client, or a copy of it."""
        if message_id > self._answered:
            self._on_its_way[message_id] = self._turn.now

    def saved(self) -> SavedHeartbeats:
        """Those that are not answered, for a snapshot."""
        return SavedHeartbeats(
            open=list(self._open.items()),
            on_its_way=list(self._on_its_way.items()),
            answered=self._answered,
            withheld=self.withheld,
        )

    def restored(self, saved: SavedHeartbeats, again: Resuming) -> None:
        """Goes on with those of a snapshot; the next one comes when it was due."""
        self._open = {message_id: again.at(sent) for message_id, sent in saved.open}
        self._on_its_way = {message_id: again.at(left) for message_id, left in saved.on_its_way}
        self._answered, self.withheld = saved.answered, saved.withheld
        again.timer(self._key, None if self._every is None else self._beat)

    def overdue(self, patience: float | None = None) -> list[int]:
        """Those that are not answered although there was time, since they were on their way.

        Args:
            patience: seconds that are time enough; None for one period.
        """
        patience = (self._every or 0.0) if patience is None else patience
        return [message_id for message_id, left in self._on_its_way.items() if self._turn.now - left >= patience]

    def _beat(self) -> None:
        if self._limit is not None and len(self._open) >= self._limit:
            self._lost()
            return
        self.start()
        if not self.withheld and (message_id := self._send()) is not None:
            self._open[message_id] = self._turn.now
