"""A mirror of the takeovers of one live: their order, and what has become of each.

It is put together from the answers to this client's calls, from callbacks and from notices on the microphone socket,
which may come in any order, twice or not at all (ST-E96). Other clients of the same live may have takeovers too. What
is sent is in `live.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from ..events import Event, TakeoverChanged, TakeoverEnded, TakeoverOutcome
from ..messages.enums import TakeoverStatus

__all__ = ["Takeovers"]

MOST_KNOWN: Final = 1024
"""Takeovers that are going on, of which so many are kept."""
MOST_OVER: Final = 1024
"""Ids remembered of takeovers that are over."""

_S = TakeoverStatus
_OVER: Final = frozenset({_S.FINISHED, _S.FAILED})
_STEPS: Final = {None: 0, _S.DOWNLOADING: 1, _S.QUEUED: 2, _S.STARTED: 3, _S.FINISHED: 4, _S.FAILED: 4}
"""How far a takeover is; it never goes back."""


@dataclass(slots=True)
class _Takeover:
    status: TakeoverStatus | None = None
    position: int | None = None
    """Behind which one it was asked to be put (ST-TKO-09)."""
    cancels: int = 0
    """Cancellations of it that have not been answered."""
    cancel_refused: bool = False


class Takeovers:
    """The takeovers of one live."""

    def __init__(self) -> None:
        self._known: dict[str, _Takeover] = {}
        self._order: list[str] = []
        self._over: dict[str, None] = {}

    @property
    def order(self) -> tuple[str, ...]:
        """Ids in the order they play, first the one playing or about to; without those that download (ST-E55)."""
        return tuple(self._order)

    @property
    def open(self) -> tuple[str, ...]:
        """Ids of all that are not over, in the order in which they became known."""
        return tuple(self._known)

    @property
    def playing(self) -> str | None:
        """Id of the one that plays."""
        first = next(iter(self._order), None)
        return first if first is not None and self._known[first].status is _S.STARTED else None

    def status(self, trace_id: str) -> TakeoverStatus | None:
        """How far one is; None for one that was only accepted, is over or is not known."""
        takeover = self._known.get(trace_id)
        return None if takeover is None else takeover.status

    # --- what is reported ---

    def accepted(self, trace_id: str, status: TakeoverStatus | None = None, position: int | None = None) -> None:
        """The platform has accepted one of ours: to play at once, or in the queue behind `position`."""
        takeover = self._know(trace_id)
        if takeover is None:
            return
        takeover.position = position
        if status is not None and _STEPS[status] > _STEPS[takeover.status]:
            self._advance(trace_id, takeover, status)

    def told(self, trace_id: str, status: TakeoverStatus, *, detail: str = "", finish_time: str = "") -> list[Event]:
        """A callback or a notice; nothing when it is no news."""
        takeover = self._know(trace_id)
        if takeover is None:
            return []
        if status in _OVER:
            cancelled = takeover.cancels > 0 or (takeover.cancel_refused and finish_time != "")
            outcome = TakeoverOutcome.FINISHED if status is _S.FINISHED else TakeoverOutcome.FAILED
            return self._end([trace_id], TakeoverOutcome.CANCELLED if cancelled else outcome, detail)
        if _STEPS[status] <= _STEPS[takeover.status]:
            return []
        self._advance(trace_id, takeover, status)
        return [TakeoverChanged(trace_id=trace_id, status=status)]

    def listed(self, trace_ids: Sequence[str], asked: Iterable[str]) -> list[Event]:
        """The platform's own list; `asked` is the order as it was when the list was asked for."""
        gone = [trace_id for trace_id in asked if trace_id in self._order and trace_id not in trace_ids]
        events = self._end(gone, TakeoverOutcome.GONE)
        for trace_id in trace_ids:
            takeover = self._know(trace_id)
            if takeover is not None and _STEPS[takeover.status] < _STEPS[_S.QUEUED]:
                takeover.status = _S.QUEUED
        order = dict.fromkeys([*trace_ids, *self._order])
        self._order = [trace_id for trace_id in order if trace_id in self._known]
        return events

    # --- what is asked ---

    def cancelling(self, trace_ids: Iterable[str]) -> None:
        """Some are to be cancelled; nobody has answered yet."""
        for trace_id in trace_ids:
            if (takeover := self._known.get(trace_id)) is not None:
                takeover.cancels += 1

    def cancelled(self, trace_ids: Iterable[str], success: bool) -> list[Event]:
        """The platform has answered a cancellation. A success is the end of all that were named (ST-E49)."""
        known = [trace_id for trace_id in trace_ids if trace_id in self._known]
        if success:
            return self._end(known, TakeoverOutcome.CANCELLED)
        for trace_id in known:
            self._known[trace_id].cancels -= 1
            self._known[trace_id].cancel_refused = True
        return []

    def moved(self, trace_id: str, position: int) -> None:
        """One was taken out of the queue and put behind a position of the rest (ST-E45)."""
        if trace_id in self._order:
            self._order.remove(trace_id)
            self._order.insert(min(position, len(self._order)), trace_id)

    def lose(self) -> list[Event]:
        """The live has ended."""
        return self._end(list(self._known), TakeoverOutcome.LOST)

    # --- book-keeping ---

    def _know(self, trace_id: str) -> _Takeover | None:
        """What is known of one, from now on if need be; None for one that is over."""
        if trace_id in self._over:
            return None
        if not trace_id:
            # Nobody knows which one; what happens to it is reported, but not remembered.
            return _Takeover()
        if trace_id not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._forget(next(iter(self._known)))
            self._known[trace_id] = _Takeover()
        return self._known[trace_id]

    def _advance(self, trace_id: str, takeover: _Takeover, status: TakeoverStatus) -> None:
        takeover.status = status
        if not trace_id:
            return
        if status is _S.STARTED:
            if self.playing is not None:
                # Pushed aside by a command that plays at once (ST-E11), or over; its own end is another event.
                del self._order[0]
            if trace_id in self._order:
                self._order.remove(trace_id)
            self._order.insert(0, trace_id)
        elif status is _S.QUEUED and trace_id not in self._order:
            last = len(self._order)
            self._order.insert(last if takeover.position is None else min(takeover.position, last), trace_id)

    def _end(self, trace_ids: Iterable[str], outcome: TakeoverOutcome, detail: str = "") -> list[Event]:
        events: list[Event] = []
        for trace_id in trace_ids:
            self._forget(trace_id)
            if trace_id:
                self._over[trace_id] = None
            events.append(TakeoverEnded(trace_id=trace_id, outcome=outcome, detail=detail))
        for old in list(self._over)[:-MOST_OVER]:
            del self._over[old]
        return events

    def _forget(self, trace_id: str) -> None:
        self._known.pop(trace_id, None)
        if trace_id in self._order:
            self._order.remove(trace_id)
