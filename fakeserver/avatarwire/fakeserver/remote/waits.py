"""Reading the journal of a fake in another process, and waiting for it: until a goal is reached, or time has passed.

Only reading, waiting, and making a failure of what it has come to, may live here; what is waited for is said in the
journal's ``goals.py``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from avatarwire.codecs import catalogue
from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.clock import ClockError, patience
from avatarwire.fakeserver.faults.declared import ways_of
from avatarwire.fakeserver.journal import EvidenceLostError, ExpectationError
from avatarwire.fakeserver.journal.entry import NO_META, Digest, Entry, Violation
from avatarwire.fakeserver.journal.goals import Goal
from avatarwire.fakeserver.journal.journal import DROPPED
from avatarwire.fakeserver.journal.missed import NEAREST, Shortfall, around_of, came, not_seen, stood_still
from avatarwire.fakeserver.journal.query import Criteria, Search, check_members
from avatarwire.fakeserver.journal.waits import ANSWERED
from avatarwire.fakeserver.remote.link import Link, path_of

__all__ = ["Reading", "advance"]

_LONGEST: Final = 30.0
"""Real seconds that one call is held; a wait is as many as it takes."""

_QUIET: Final = 0.3
"""Real seconds of quiet after which a clock that jumps, and has nothing to jump to, is moved."""

_NOTHING: Final = 2**62
"""Number of an entry after which there is none."""


def advance(link: Link, seconds: float) -> None:
    """Moves the clock of the fakes forward, and has happen what is due.

    Raises:
        FakeServerError: it is real, or time does not go so far.
        ClockError: time cannot go on, or something failed while it moved.
    """
    failures: Sequence[str] = link.post(path_of("clock"), {"advance": seconds})["failures"]
    if failures:
        raise ClockError(f"{len(failures)} timer(s) failed while the clock advanced: {'; '.join(failures)}")


class Page(NamedTuple):
    """Entries that match.

    Attributes:
        entries: the oldest first.
        mark: number of the latest entry of the journal, whether it matches or not.
        dropped: how many in range the journal no longer holds.
    """

    entries: list[Entry]
    mark: int
    dropped: int


class Instant(NamedTuple):
    """A moment of the fake's clock.

    Attributes:
        kind: ``real``, ``virtual``, or ``jump``.
        now: epoch seconds.
        next_due: when the next timer of a virtual clock is due; None for none.
    """

    kind: str
    now: float
    next_due: float | None


class Reading:
    """A journal that is read, and waited for.

    Args:
        link: to the endpoint.
        vendor: of the fake.
    """

    def __init__(self, link: Link, vendor: str) -> None:
        self._link: Final = link
        self._vendor: Final = vendor
        self._path: Final = path_of(vendor, "journal")

    def _clock(self) -> Instant:
        told = self._link.get(path_of("clock"))
        return Instant(str(told["kind"]), float(told["now"]), told.get("next_due"))

    def _mark(self) -> int:
        return int(self._link.get(self._path, since=_NOTHING)["mark"])

    def _search(self, message: object, criteria: Criteria) -> Search:
        """What is looked for, held against what the vendor has.

        Raises:
            TypeError: it goes by a class, or a criterion is none.
            ValueError: a member that a message cannot have. Ids are held against those of the fake by the endpoint,
                but for an empty one, which the endpoint takes for none.
        """
        if isinstance(message, type):
            raise TypeError("messages go by catalogue ids here: bodies are JSON values, and of no class")
        if message == "":
            raise ValueError("unknown message '' in a search of the journal")
        search = Search(cast("str | None", message), criteria)
        if search.condition is not None and self._vendor in catalogue.VENDORS:
            check_members(message, ways_of(catalogue.vendor(self._vendor)), search.condition)
        return search

    def _know(self, message: str | None) -> None:
        """Raises ValueError where the fake has no such message."""
        if message is not None:
            self._link.get(self._path, message=message, since=_NOTHING)

    def _page(
        self, search: Search | None = None, *, since: int = 0, wait: float = 0.0, keep_marker: bool = False
    ) -> Page:
        """Entries that match.

        Args:
            search: which; None for all.
            since: number of the entry after which they are.
            wait: real seconds to be held until there are any.
            keep_marker: whether the entry is to be among them that says how many were dropped.
        """
        asked: dict[str, Any] = {}
        if search is not None:
            asked = {"message": search.message, "session": search.session, "connection": search.connection}
            asked |= {"transport": search.transport, "direction": search.direction}
        page = self._link.get(self._path, wait=min(wait, _LONGEST), since=since, **asked)
        entries = [_entry(fields) for fields in page["entries"]]
        marker = entries[:1] if entries and entries[0].message == DROPPED else []
        # To the endpoint an empty value is none: what is about no session is told apart here.
        entries = [entry for entry in entries[len(marker) :] if search is None or search.matches(entry)]
        dropped = sum(lost for one in marker if isinstance(lost := one.meta.get("dropped"), int))
        return Page([*marker, *entries] if keep_marker else entries, int(page["mark"]), dropped)

    # --- until it comes ---

    def _reach(self, goal: Goal, search: Search | None, timeout: float) -> None:
        """Waits until a goal is reached.

        Args:
            goal: what is waited for.
            search: what alone may be part of it; None for anything.
            timeout: real seconds.

        Raises:
            ExpectationError: it is not, or can no longer be.
        """
        left = patience(timeout)
        position = goal.since
        while True:
            remaining = left()
            page = self._page(search, since=position, wait=remaining)
            goal.look([cast("Any", entry) for entry in page.entries], _itself)
            if goal.reached:
                return
            if page.dropped:
                raise self._lost("cannot be found any more", goal, goal.since, page.dropped)
            position = max(position, page.mark, *[entry.seq for entry in page.entries[-1:]])
            if not remaining:
                entries = self._page(since=goal.since).entries
                fell = goal.shortfall(entries)
                raise self._failure(not_seen(timeout, fell), goal, entries, fell, hint=self._standing())

    def _standing(self) -> str:
        """What waits for a virtual clock that stands still; empty where nothing does."""
        clock = self._clock()
        if clock.kind != "virtual" or clock.next_due is None:
            return ""
        seconds = max(clock.next_due - clock.now, 0.0)
        return f"the virtual clock stands still: what is due next is so in {seconds:g} s of it; advance() moves it"

    # --- while time passes ---

    def _pass(self, search: Search, length: float, timeout: float) -> None:
        """Lets time pass, or moves it, and fails as soon as something comes that matches.

        Args:
            search: what must not come.
            length: seconds of the fake's clock.
            timeout: real seconds after which a clock that has not moved stands still.
        """
        begin = clock = self._clock()
        end = begin.now + length
        position = search.since
        still = patience(timeout)
        while clock.now < end:
            if clock.kind == "virtual":
                due = end if clock.next_due is None else min(clock.next_due, end)
                advance(self._link, max(due - clock.now, 0.0))
                wait = 0.0
            else:
                wait = end - clock.now if clock.kind == "real" else _QUIET
            seen = self._none(search, position, begin.now, length, wait)
            before, clock = clock, self._clock()
            if clock.now != before.now or seen != position:
                still = patience(timeout)
            elif clock.kind == "jump" and (clock.next_due is None or clock.next_due > end):
                advance(self._link, end - clock.now)  # nothing there would have it jump so far
                clock = self._clock()
            elif not still():
                raise self._lost(stood_still(length, timeout, clock.now - begin.now), search, search.since, 0)
            position = seen
        wait = ANSWERED if clock.kind == "virtual" else 0.0
        self._none(search, position, begin.now, length, wait)

    def _none(self, search: Search, position: int, begin: float, length: float, wait: float) -> int:
        """Where the journal stands, of which nothing matches.

        Raises:
            ExpectationError: something does, or may have been dropped.
        """
        page = self._page(search, since=position, wait=wait)
        found = next((entry for entry in page.entries if entry.time <= begin + length), None)
        if found is not None:
            entries = self._page(since=search.since).entries
            raise self._failure(came(length, found.time - begin), search, entries, Shortfall(matched=(found.seq,)))
        if page.dropped:
            raise self._lost("cannot tell that there was none", search, search.since, page.dropped)
        return max(page.mark, position)

    # --- failures ---

    def _failure(
        self, problem: str, expected: object, entries: list[Entry], fell: Shortfall, *, hint: str = ""
    ) -> ExpectationError:
        last, around = tuple(entries[-NEAREST:]), around_of(entries, fell)
        origin = entries[0].time if entries else 0.0
        return ExpectationError(problem, str(expected), last, 0, origin, hint, shortfall=fell, around=around)

    def _lost(self, problem: str, expected: object, since: int, dropped: int) -> EvidenceLostError:
        entries = self._page(since=since).entries
        origin = entries[0].time if entries else 0.0
        return EvidenceLostError(problem, str(expected), tuple(entries[-NEAREST:]), dropped, origin)


def _entry(fields: Mapping[str, Any]) -> Entry:
    raw: str | None = fields.get("raw")
    return Entry(
        fields["seq"],
        fields["time"],
        fields["transport"],
        fields["direction"],
        connection=fields.get("connection", ""),
        vendor=fields.get("vendor", ""),
        session=fields.get("session", ""),
        message=fields.get("message", ""),
        raw=None if raw is None else bytes.fromhex(raw),
        body=fields.get("body"),
        audio=_digest(fields.get("audio")),
        omitted=_digest(fields.get("omitted")),
        deviations=tuple(fields.get("deviations", ())),
        violations=convert(fields.get("violations", ()), tuple[Violation, ...]),
        status=fields.get("status"),
        reply_to=fields.get("reply_to", 0),
        meta=fields.get("meta", NO_META),
    )


def _itself(entry: Any) -> Entry:
    return cast("Entry", entry)


def _digest(fields: object) -> Digest | None:
    return None if fields is None else convert(fields, Digest)
