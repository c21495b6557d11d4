"""What waits for its time, or for others, on its way: in the order of its connection, or behind later messages.

Only the waiting lives here; what waits is a function that has a message go on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from avatarwire.fakeserver.faults.faults import Passing

__all__ = ["Lanes", "Later"]

Later: TypeAlias = Callable[[str, float, Callable[[], object]], object]
"""Has something done for a connection after so many seconds."""

_Go: TypeAlias = Callable[[], object]


@dataclass(slots=True)
class _Waiting:
    """Something on a connection: it goes once it is ready and first.

    Attributes:
        passing: the message; None for what is none, such as the end of the connection.
        go: has it go on.
        ready: whether its time has come.
    """

    passing: Passing | None
    go: _Go
    ready: bool


@dataclass(slots=True)
class _Aside:
    """Something that waits for later messages of its session.

    Attributes:
        rule: id of the rule that has it wait.
        place, go: where it travels, and what has it go on.
        left: how many have still to pass.
    """

    rule: str
    place: str
    go: _Go
    left: int


class Lanes:
    """All that waits in a fake.

    Args:
        later: sets a timer for a connection.
        changed: called when something begins to wait, or does so no more.
        now: gives the time.
    """

    def __init__(self, later: Later, changed: Callable[[], object], now: Callable[[], float]) -> None:
        self._now: Final = now
        self.later: Final = later
        self._changed: Final = changed
        self._lanes: Final[dict[tuple[str, str], deque[_Waiting]]] = {}
        """By direction and connection."""
        self._aside: Final[dict[tuple[str, str, str], list[_Aside]]] = {}
        """By direction, transport, and session or connection."""
        self._since: Final[dict[str, float]] = {}
        """When something was held back that is not any more, by connection and by session."""

    def __bool__(self) -> bool:
        return bool(self._lanes or self._aside)

    def holds(self, side: str, place: str) -> bool:
        """Whether something waits on a connection, so that what comes later has to."""
        return (side, place) in self._lanes

    def withholds(self, place: str, session: str, now: float) -> bool:
        """Whether something of a connection, or of a session, waits, or waited a moment ago."""
        for (_, where), lane in self._lanes.items():
            if where == place or (session and any(it.passing and it.passing.session == session for it in lane)):
                return True
        return any(now - self._since[name] <= _MOMENT for name in (place, session) if name in self._since)

    def behind(self, side: str, place: str, go: _Go) -> bool:
        """Has something wait behind what waits; says whether anything does."""
        lane = self._lanes.get((side, place))
        if lane is not None:
            lane.append(_Waiting(None, go, ready=True))
        return lane is not None

    def move(self, side: str, passing: Passing, place: str, go: _Go) -> None:
        """Has a message go on, now or behind what waits."""
        lane = self._lanes.get((side, place))
        if lane is not None:
            lane.append(_Waiting(passing, go, ready=True))
        else:
            go()
            self.passed(side, passing, place)

    def delay(self, side: str, passing: Passing, place: str, seconds: float, go: _Go, *, overtake: bool) -> None:
        """Has a message go on after a time; later ones wait for it unless they may overtake it."""
        if overtake:
            self.later(place, seconds, lambda: self.move(side, passing, place, go))
            return
        key = side, place
        waiting = _Waiting(passing, go, ready=False)
        self._lanes.setdefault(key, deque()).append(waiting)
        self._changed()

        def due() -> None:
            waiting.ready = True
            self._drain(side, place)

        self.later(place, seconds, due)

    def has_aside(self, rule: str, side: str, passing: Passing, place: str) -> bool:
        """Whether a message waits already by that rule for those that come now."""
        return any(aside.rule == rule for aside in self._aside.get(_order(side, passing, place), ()))

    def put_aside(self, rule: str, side: str, passing: Passing, place: str, by: int, seconds: float, go: _Go) -> None:
        """Has a message go on once `by` later ones of its session have passed, or after a time."""
        aside = _Aside(rule, place, go, by)
        key = _order(side, passing, place)
        self._aside.setdefault(key, []).append(aside)
        self._changed()

        def due() -> None:
            if aside in self._aside.get(key, ()):
                self._release(key, aside)

        self.later(place, seconds, due)

    def passed(self, side: str, passing: Passing, place: str) -> None:
        """A message has gone on: what has waited for it may follow."""
        key = _order(side, passing, place)
        for aside in tuple(self._aside.get(key, ())):
            aside.left -= 1
            if aside.left == 0:
                self._release(key, aside)

    def forget(self, place: str) -> None:
        """A connection is gone, with what has waited on it."""
        for side in ("in", "out"):
            self._lanes.pop((side, place), None)
        for key, waiting in tuple(self._aside.items()):
            self._put(key, [aside for aside in waiting if aside.place != place])
        self._changed()

    def clear(self) -> None:
        """Nothing waits any more, and nothing of it comes."""
        self._lanes.clear()
        self._aside.clear()
        self._since.clear()
        self._changed()

    def _release(self, key: tuple[str, str, str], aside: _Aside) -> None:
        self._put(key, [other for other in self._aside[key] if other is not aside])
        # What is late still holds up what comes later.
        if not self.behind(key[0], aside.place, aside.go):
            aside.go()
        self._changed()

    def _put(self, key: tuple[str, str, str], waiting: list[_Aside]) -> None:
        if waiting:
            self._aside[key] = waiting
        else:
            self._aside.pop(key, None)

    def _passed_late(self, place: str, session: str) -> None:
        if len(self._since) > _REMEMBERED:
            self._since.clear()
        now = self._now()
        self._since.update((name, now) for name in (place, session) if name)

    def _drain(self, side: str, place: str) -> None:
        key = side, place
        lane = self._lanes.get(key)
        while lane and lane[0].ready and self._lanes.get(key) is lane:
            waiting = lane.popleft()
            waiting.go()
            self._passed_late(place, "" if waiting.passing is None else waiting.passing.session)
            if waiting.passing is not None:
                self.passed(side, waiting.passing, place)
        if not lane and self._lanes.get(key) is lane:
            del self._lanes[key]
            self._changed()


_MOMENT: Final = 1.0
"""Seconds within which what a client sends may have crossed what was held back."""
_REMEMBERED: Final = 1000


def _order(side: str, passing: Passing, place: str) -> tuple[str, str, str]:
    """Within what messages change places: those of one session on one transport."""
    return side, passing.transport, passing.session or place
