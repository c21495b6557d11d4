"""Requests that wait for their answers: which ids are given, what an answer belongs to, what comes too late.

Ids only go up, so that none is used twice in a session (GJ-R079, GJ-E59). An answer belongs to the request whose id it
repeats, whatever else it says (GJ-R081, GJ-E58). Only this bookkeeping lives here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..events import Event, Lost
from ..messages.replies import Result

__all__ = ["OpenRequest", "Waiting"]


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """A request without its conclusion.

    Attributes:
        id: its id.
        message: its catalogue id.
        sent: when it was sent, seconds.
        due: when it counts as unanswered; None for never.
        succeeded: what to do when it succeeds; None for nothing.
        failed: what to do when it is refused, or not answered; None for nothing.
    """

    id: int
    message: str
    sent: float
    due: float | None
    succeeded: Callable[[Result], None] | None = None
    failed: Callable[[], None] | None = None


class Waiting:
    """The requests of one session.

    Args:
        first_id: id of the first one.
    """

    def __init__(self, first_id: int) -> None:
        self.next_id = first_id
        self._open: dict[int, OpenRequest] = {}

    @property
    def ids(self) -> tuple[int, ...]:
        """Ids of those that wait, in order."""
        return tuple(self._open)

    @property
    def due(self) -> float | None:
        """When the first of them counts as unanswered; None for never."""
        return min((request.due for request in self._open.values() if request.due is not None), default=None)

    def add(self, request: OpenRequest) -> None:
        """One was sent, under `next_id`."""
        self._open[request.id] = request
        self.next_id = request.id + 1

    def message(self, id_: int | None) -> str:
        """Catalogue id of the request with an id; empty when none of that id waits."""
        request = None if id_ is None else self._open.get(id_)
        return "" if request is None else request.message

    def take(self, id_: int) -> OpenRequest | None:
        """The request that an answer belongs to, which waits no longer; None for an answer that is late or stray."""
        return self._open.pop(id_, None)

    def late(self, now: float) -> list[OpenRequest]:
        """Those that have waited long enough; they wait no longer."""
        late = [request for request in self._open.values() if request.due is not None and request.due <= now]
        for request in late:
            del self._open[request.id]
        return late

    def lose(self) -> list[Event]:
        """The end of all of them: no answer will come any more."""
        lost: list[Event] = [Lost(request_id=request.id, request=request.message) for request in self._open.values()]
        self._open.clear()
        return lost
