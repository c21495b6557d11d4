"""Looking for entries in the journal: what is looked for, and who waits for it.

Only the parts of a search may live here; the journal itself puts them together, and ``missed.py`` says how a failure
reads.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final, NamedTuple, Protocol, TypeAlias, TypedDict, get_args

from avatarwire.fakeserver.journal.bodies import BodyCondition, Miss, name_of
from avatarwire.fakeserver.journal.entry import Direction, Entry, Transport
from avatarwire.fakeserver.journal.masking import masked
from avatarwire.fakeserver.journal.missed import NearMiss
from avatarwire.fakeserver.journal.record import Record
from avatarwire.fakeserver.wire_paths import Path

__all__ = [
    "Criteria",
    "Known",
    "Search",
    "Waiter",
    "Wanted",
    "Way",
    "Where",
    "check_members",
    "nearest_of",
]

Where: TypeAlias = Callable[[Entry], object]
"""A test's own condition on an entry; its answer counts as true or false."""


class Way(NamedTuple):
    """How messages of one id travel.

    Attributes:
        transport: what on.
        directions: which way.
        body: type of their decoded bodies; None where that is no class.
        has: whether there may be something at a wire path of theirs; None where that is not known.
    """

    transport: Transport
    directions: tuple[Direction, ...]
    body: type[Any] | None = None
    has: Callable[[Path], bool] | None = None


Known: TypeAlias = Callable[[], Mapping[str, Way | None]]
"""Gives the ids that messages of a journal may have, and how each travels; None where that is not fixed."""


class Criteria(TypedDict, total=False):
    """What an entry has to be, all of it at once; what is left out does not matter.

    Keys:
        transport, direction, session, connection: equal to the entry's.
        body: what members of the message are, by wire path: ``{"status": "ok", "data.sessionId": ...}``. Those that
            are not named do not matter. A value is a JSON value (an object names some of the members), a type, a
            function of what is there, ``...`` for anything, None for null or nothing. Secrets are masked, and can only
            be asked for by ``...``.
        where: a condition of one's own, called with the entry in the reader's thread.
        since: only entries after this number, as :meth:`Journal.mark` gives it.
    """

    transport: Transport | None
    direction: Direction | None
    session: str | None
    connection: str | None
    body: Mapping[str, object] | None
    where: Where | None
    since: int


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

    __slots__ = (
        "body",
        "condition",
        "connection",
        "direction",
        "found",
        "ids",
        "message",
        "position",
        "session",
        "since",
        "transport",
        "where",
    )

    def __init__(self, message: str | type[Any] | None, criteria: Criteria, known: Known | None = None) -> None:
        __tracebackhide__ = True
        body = criteria.get("body")
        self.condition: BodyCondition | None = None if body is None else BodyCondition(body)
        ways = None if known is None else known()
        _check(message, dict(criteria), ways, self.condition)
        self.message: str | None = None if isinstance(message, type) else message
        self.body: type[Any] | None = message if isinstance(message, type) else None
        self.ids: frozenset[str] = frozenset(() if self.message is None else (self.message,))
        """Of the messages that are looked for, as far as that is known."""
        if self.body is not None and ways is not None:
            self.ids = frozenset(_of_body(ways, self.body))
        self.transport = criteria.get("transport")
        self.direction = criteria.get("direction")
        self.session = criteria.get("session")
        self.connection = criteria.get("connection")
        self.where = criteria.get("where")
        self.since = self.position = criteria.get("since", 0)
        self.found: list[Entry] = []

    def accepts(self, record: Record | Entry) -> bool:
        """Whether everything but the conditions on what it says holds; cheap enough for the thread that records."""
        return (
            (self.message is None or self.message == record.message)
            and (self.body is None or isinstance(record.body, self.body))
            and (self.transport is None or self.transport == record.transport)
            and (self.direction is None or self.direction == record.direction)
            and (self.session is None or self.session == record.session)
            and (self.connection is None or self.connection == record.connection)
        )

    def confirms(self, entry: Entry) -> bool:
        """Whether the conditions on what it says hold, of an entry whose record was accepted."""
        if self.condition is not None and self.condition.misses(entry):
            return False
        return self.where is None or bool(self.where(entry))

    def matches(self, entry: Entry) -> bool:
        """Whether an entry is one of those looked for."""
        return self.accepts(entry) and self.confirms(entry)

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
                if self.confirms(entry):
                    self.found.append(entry)

    @property
    def is_any(self) -> bool:
        """Whether it may be a message of any name."""
        return self.message is None and self.body is None

    def is_near(self, misses: Sequence[Miss]) -> bool:
        """Whether an entry of the right name that has these misses is like what is looked for.

        Of what has no name to go by, it has to meet something at least.
        """
        return not self.is_any or len(misses) < max(self.size, 1)

    def is_named(self, entry: Entry) -> bool:
        """Whether it is a message of those that are looked for, whatever it says; true where any may come."""
        return self.is_any or entry.message in self.ids or (self.body is not None and isinstance(entry.body, self.body))

    def misses(self, entry: Entry) -> list[Miss]:
        """What an entry of the right name does not meet. The test's own condition is asked last, if all else holds."""
        found: list[Miss] = []
        if self.body is not None and not isinstance(entry.body, self.body):
            found.append(Miss("body", f"a {self.body.__name__}", "one that could not be read as that"))
        found += [
            Miss(name, masked(str(wanted)), str(getattr(entry, name)) or "none")
            for name, wanted in self._equal().items()
            if wanted not in (None, getattr(entry, name))
        ]
        if self.condition is not None:
            found += self.condition.misses(entry)
        if not found and self.where is not None and not self.where(entry):
            found.append(Miss("where", "", f"{name_of(self.where)} said no"))
        return found

    @property
    def size(self) -> int:
        """How many criteria there are beside the name."""
        parts = len(self.condition.parts) if self.condition is not None else 0
        return sum(wanted is not None for wanted in self._equal().values()) + parts + (self.where is not None)

    def _equal(self) -> dict[str, str | None]:
        return {
            "transport": self.transport,
            "direction": self.direction,
            "session": self.session,
            "connection": self.connection,
        }

    def __str__(self) -> str:
        parts = [self.body.__name__ if self.body is not None else self.message or "any message"]
        parts += [f"{name}={value}" for name, value in self._equal().items() if value is not None]
        if self.condition is not None:
            parts.append(str(self.condition))
        if self.where is not None:
            parts.append(f"where={name_of(self.where)}")
        if self.since:
            parts.append(f"since=#{self.since}")
        return ", ".join(parts)


def nearest_of(search: Search, entries: Iterable[Entry]) -> NearMiss | None:
    """Of the entries that a search did not find, the one that meets most of it; the latest of several.

    Args:
        search: what was looked for.
        entries: in order.
    """
    best: NearMiss | None = None
    for entry in entries:
        if not search.is_named(entry):
            continue
        misses = search.misses(entry)
        if misses and search.is_near(misses) and (best is None or len(misses) <= len(best.misses)):
            best = NearMiss(entry, tuple(misses))
    return best


_TYPES: Final[dict[str, Any]] = {"transport": Transport, "direction": Direction}


def _check(
    message: object, criteria: dict[str, object], ids: Mapping[str, Way | None] | None, condition: BodyCondition | None
) -> None:
    __tracebackhide__ = True
    _check_types(message, criteria)
    if ids is None:
        return
    if condition is not None:
        check_members(message, ids, condition)
    if isinstance(message, type):
        _check_body(message, ids, criteria)
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
    where, since = (criteria.get(name) for name in ("where", "since"))
    for name in ("session", "connection"):
        if not isinstance(given := criteria.get(name), str | None):
            raise TypeError(f"{name} is a text, not {given!r}")
    if where is not None and not callable(where):
        raise TypeError(f"where is called with an entry; {where!r} cannot be")
    if isinstance(since, bool) or not isinstance(since, int | None):
        raise TypeError(f"since is a number as mark() gives it, not {since!r}")
    if not isinstance(message, str | type | None):
        raise TypeError(f"the id of a message is a text, not {message!r}")


def check_members(message: object, ids: Mapping[str, Way | None], condition: BodyCondition) -> None:
    """Holds wire paths against what a message may have.

    Args:
        message: id, or the type of its body; None for any.
        ids: which messages there are, and how each travels.
        condition: with the paths.

    Raises:
        ValueError: no message has one of them.
    """
    __tracebackhide__ = True
    if message is None:
        ways = [way for way in ids.values() if way is not None]
    elif isinstance(message, type):
        ways = list(_of_body(ids, message).values())
    else:
        ways = [way for way in (ids.get(str(message)),) if way is not None]
    there = [way.has for way in ways if way.has is not None]
    if not there:  # what no catalogue declares may say anything
        return
    for text, path, _ in condition.parts:
        # What an envelope holds may be named without it.
        if not any(has(path) or has(("data", *path)) for has in there):
            what = message.__name__ if isinstance(message, type) else message or "any message"
            raise ValueError(f"body: {what} has no member {text} in a search of the journal")


def _of_body(ids: Mapping[str, Way | None], body: type[Any]) -> dict[str, Way]:
    """The messages whose bodies are of a type."""
    return {id_: way for id_, way in ids.items() if way is not None and way.body and issubclass(way.body, body)}


def _check_body(body: type[Any], ids: Mapping[str, Way | None], criteria: dict[str, object]) -> None:
    """Holds the type of a body against those that there are, and how their messages travel."""
    __tracebackhide__ = True
    mine = list(_of_body(ids, body).values())
    if not mine:
        there = {way.body.__name__ for way in ids.values() if way is not None and way.body}
        raise ValueError(_unknown("type of message", body.__name__, there))
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


class Wanted(Protocol):
    """What a reader waits for."""

    def accepts(self, record: Record) -> bool:
        """Whether it may want a record; asked in the thread that records."""
        ...


class Waiter:
    """A reader that sleeps until an entry arrives that it may want."""

    __slots__ = ("notify", "search", "woken")

    def __init__(self, search: Wanted, notify: Callable[[], object]) -> None:
        self.search = search
        self.notify = notify
        self.woken = False
