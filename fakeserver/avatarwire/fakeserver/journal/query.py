"""Looking for entries in the journal: what is looked for, who waits for it, and how a failure reads.

Only the parts of a search may live here; the journal itself puts them together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, TypeAlias, TypedDict, get_args

from avatarwire.fakeserver.journal.entry import Direction, Entry, Transport
from avatarwire.fakeserver.journal.entry import lines as lines_of
from avatarwire.fakeserver.journal.masking import masked
from avatarwire.fakeserver.journal.record import Record

__all__ = ["NEAREST", "Criteria", "ExpectationError", "Search", "Waiter", "Way", "Where"]

Where: TypeAlias = Callable[[Entry], object]
"""A test's own condition on an entry; its answer counts as true or false."""


class Way(NamedTuple):
    """How messages of one id travel.

    Attributes:
        transport: what on.
        directions: which way.
        body: type of their decoded bodies; None where that is no class.
    """

    transport: Transport
    directions: tuple[Direction, ...]
    body: type[Any] | None = None


Known: TypeAlias = Callable[[], Mapping[str, Way | None]]
"""Gives the ids that messages of a journal may have, and how each travels; None where that is not fixed."""

NEAREST: Final = 10
"""Entries that a failure shows."""


class Criteria(TypedDict, total=False):
    """What an entry has to be, all of it at once; what is left out does not matter.

    Keys:
        transport, direction, session: equal to the entry's.
        where: a condition of one's own, called with the entry in the reader's thread.
        since: only entries after this number, as :meth:`Journal.mark` gives it.
    """

    transport: Transport | None
    direction: Direction | None
    session: str | None
    where: Where | None
    since: int


class ExpectationError(AssertionError):
    """What a test expected of the journal did not happen, or can no longer be known.

    Attributes:
        expected: what was looked for.
        nearest: the last entries within the range searched.
        dropped: entries within that range that the journal no longer holds.
    """

    def __init__(
        self,
        problem: str,
        expected: str,
        nearest: tuple[Entry, ...],
        dropped: int,
        origin: float,
        hint: str = "",
    ) -> None:
        self.expected = masked(expected)
        self.nearest = nearest
        self.dropped = dropped
        lines = [f"{problem}: {self.expected}"]
        if dropped:
            lines.append(
                f"{dropped} older entries were dropped and may have held it: "
                "give the journal a larger budget_bytes, or search since=journal.mark()"
            )
        if hint:
            lines.append(hint)
        lines.append(f"last {len(nearest)} entries:" if nearest else "no entries in the range searched")
        lines += [f"  {line}" for line in lines_of(nearest, origin)]
        super().__init__("\n".join(lines))


class Search:
    """What a reader looks for, and how far it has looked.

    What could never be found is an error and no answer: a test that expects none would pass for ever.

    Args:
        message: id of the messages looked for, or the type of their bodies; None for any.
        criteria: see :class:`Criteria`.
        known: which ids there are, and on which transports; None where any may come.

    Raises:
        TypeError: a criterion that there is not, or one of the wrong type.
        ValueError: an id, a type, a transport or a direction that no entry can have.
    """

    __slots__ = ("body", "direction", "found", "message", "position", "session", "since", "transport", "where")

    def __init__(self, message: str | type[Any] | None, criteria: Criteria, known: Known | None = None) -> None:
        __tracebackhide__ = True
        _check(message, dict(criteria), known)
        self.message: str | None = None if isinstance(message, type) else message
        self.body: type[Any] | None = message if isinstance(message, type) else None
        self.transport = criteria.get("transport")
        self.direction = criteria.get("direction")
        self.session = criteria.get("session")
        self.where = criteria.get("where")
        self.since = self.position = criteria.get("since", 0)
        self.found: list[Entry] = []

    def accepts(self, record: Record) -> bool:
        """Whether everything but the test's own condition holds; cheap enough for the thread that records."""
        return (
            (self.message is None or self.message == record.message)
            and (self.body is None or isinstance(record.body, self.body))
            and (self.transport is None or self.transport == record.transport)
            and (self.direction is None or self.direction == record.direction)
            and (self.session is None or self.session == record.session)
        )

    def look(self, records: Iterable[Record], show: Callable[[Record], Entry]) -> None:
        """Go through records that follow those already looked at.

        Args:
            records: oldest first.
            show: gives the entry of one; only those that may match are asked for theirs.
        """
        for record in records:
            self.position = record.seq
            if self.accepts(record):
                entry = show(record)
                if self.where is None or self.where(entry):
                    self.found.append(entry)

    def __str__(self) -> str:
        criteria = {"transport": self.transport, "direction": self.direction, "session": self.session}
        parts = [self.body.__name__ if self.body is not None else self.message or "any message"]
        parts += [f"{name}={value}" for name, value in criteria.items() if value is not None]
        if self.where is not None:
            parts.append(f"where={getattr(self.where, '__name__', type(self.where).__name__)}")
        if self.since:
            parts.append(f"since=#{self.since}")
        return ", ".join(parts)


_TYPES: Final[dict[str, Any]] = {"transport": Transport, "direction": Direction}


def _check(message: object, criteria: dict[str, object], known: Known | None) -> None:
    __tracebackhide__ = True
    _check_types(message, criteria)
    if known is None:
        return
    ids = known()
    if isinstance(message, type):
        _check_body(message, ids.values(), criteria)
        return
    if isinstance(message, str):
        if message not in ids:
            raise ValueError(_unknown("message", message, ids))
        _check_way(message, ids[message], criteria)
        return
    transport, there = criteria.get("transport"), {way.transport for way in ids.values() if way is not None}
    if transport not in (None, "note", *there):
        raise ValueError(_no_such("no entry", "travels on", transport, there))


def _check_types(message: object, criteria: dict[str, object]) -> None:
    """Holds everything against what it has to be for any journal."""
    __tracebackhide__ = True
    for name, value in criteria.items():
        if name not in Criteria.__annotations__:
            raise TypeError(_unknown("criterion", name, Criteria.__annotations__))
        if name in _TYPES and value is not None and value not in get_args(_TYPES[name]):
            raise ValueError(_unknown(name, value, get_args(_TYPES[name])))
    session, where, since = (criteria.get(name) for name in ("session", "where", "since"))
    if not isinstance(session, str | None):
        raise TypeError(f"session is a text, not {session!r}")
    if where is not None and not callable(where):
        raise TypeError(f"where is called with an entry; {where!r} cannot be")
    if isinstance(since, bool) or not isinstance(since, int | None):
        raise TypeError(f"since is a number as mark() gives it, not {since!r}")
    if not isinstance(message, str | type | None):
        raise TypeError(f"the id of a message is a text, not {message!r}")


def _check_body(body: type[Any], ways: Iterable[Way | None], criteria: dict[str, object]) -> None:
    """Holds the type of a body against those that there are, and how their messages travel."""
    __tracebackhide__ = True
    there = [way for way in ways if way is not None and way.body is not None]
    mine = [way for way in there if way.body is not None and issubclass(way.body, body)]
    if not mine:
        raise ValueError(_unknown("type of message", body.__name__, {way.body.__name__ for way in there if way.body}))
    directions: dict[Direction, None] = {direction: None for way in mine for direction in way.directions}
    if len({way.transport for way in mine}) == 1:
        _check_way(body.__name__, Way(mine[0].transport, tuple(directions)), criteria)


def _check_way(message: str, way: Way | None, criteria: dict[str, object]) -> None:
    """Holds transport and direction against how a message travels."""
    __tracebackhide__ = True
    if way is None:
        return
    transport, direction = criteria.get("transport"), criteria.get("direction")
    # What the server itself has to say may be about any message.
    if transport not in (None, "note", way.transport):
        raise ValueError(_no_such(message, "travels on", transport, [way.transport]))
    if direction not in (None, "note", *way.directions):
        raise ValueError(_no_such(message, "goes", direction, way.directions))


def _no_such(what: str, does: str, name: object, there: Iterable[str]) -> str:
    return f"{what} {does} {name!r} in a search of the journal: there are {', '.join(sorted(there))}"


def _unknown(what: str, name: object, known: Collection[str]) -> str:
    near = get_close_matches(str(name), list(known), n=3)
    hint = f"did you mean {' or '.join(near)}?" if near else ""
    if not hint and len(known) < _FEW:
        hint = f"there are {', '.join(sorted(known))}"
    return f"unknown {what} {name!r} in a search of the journal" + (f": {hint}" if hint else "")


_FEW: Final = 10
"""So many names are listed where none is near."""


class Waiter:
    """A reader that sleeps until an entry arrives that it may want."""

    __slots__ = ("notify", "search", "woken")

    def __init__(self, search: Search, notify: Callable[[], object]) -> None:
        self.search = search
        self.notify = notify
        self.woken = False
