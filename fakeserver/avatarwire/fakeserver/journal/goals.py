"""What an expectation waits for: so many entries, or steps one after the other; and in what that was missed.

A goal looks at what the journal holds, as far as it has not yet, and says whether it is reached. Nothing here waits,
and nothing here knows the journal. Times are those of the fake's clock.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol, TypeAlias, Unpack, cast

from avatarwire.fakeserver.journal.attempts import Late, Link, chain_of, furthest
from avatarwire.fakeserver.journal.bodies import Miss
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.missed import NearMiss, Shortfall
from avatarwire.fakeserver.journal.query import Criteria, Known, Search, nearest_of
from avatarwire.fakeserver.journal.record import Record

__all__ = ["Counted", "Goal", "Sequenced", "Step", "StepLike", "counted", "seconds", "step"]

_EXACT: Final = 1e-6
"""Seconds: what adding and subtracting times makes of equal ones."""

Show: TypeAlias = Callable[[Record], Entry]


class Goal(Protocol):
    """What is waited for.

    Attributes:
        since, position: number of the entry after which it begins to look, and of the last one looked at.
    """

    since: int
    position: int

    def accepts(self, record: Record) -> bool:
        """Whether a record may be part of it; asked in the thread that records."""
        ...

    def look(self, records: Iterable[Record], show: Show) -> None:
        """Goes through records that follow those already looked at, oldest first."""
        ...

    @property
    def reached(self) -> bool:
        """Whether it is."""
        ...

    def shortfall(self, entries: Sequence[Entry]) -> Shortfall:
        """In what it was missed, given all entries in range."""
        ...


def seconds(name: str, value: object) -> float:
    """A number of seconds that somebody has given.

    Raises:
        TypeError: it is none.
        ValueError: it is negative or not finite.
    """
    __tracebackhide__ = True
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} is a number of seconds on the fake's clock, not {value!r}")
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} is a finite number of seconds from 0 on, not {value!r}")
    return float(value)


def counted(name: str, value: object, least: int) -> int:
    """A number of entries that somebody has given.

    Raises:
        TypeError: it is none.
        ValueError: it is too small.
    """
    __tracebackhide__ = True
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} is a number of entries, not {value!r}")
    if value < least:
        more = ": expect_none() and expect_count(exactly=0) say that there is none" if name == "count" else ""
        raise ValueError(f"{name} is {least} or more, not {value}{more}")
    return value


class Counted:
    """So many entries that match.

    Args:
        search: which.
        count: how many; None for one, which is given alone.
        within: seconds in which all of them have to be; of a single one, until when after `now` it has to be there.
        now: what time it is.
    """

    def __init__(self, search: Search, count: int | None, within: float | None, now: float) -> None:
        __tracebackhide__ = True
        self.search: Final = search
        self.since = self.position = search.since
        self.accepts: Final = search.accepts
        self.found: list[Entry] = []
        self._wanted: Final = 1 if count is None else counted("count", count, 1)
        self._within: Final = None if within is None else seconds("within", within)
        self._tried = 0
        """Runs of so many entries that were looked at."""
        self._latest: Final = now + within if within is not None and self._wanted == 1 else math.inf

    def look(self, records: Iterable[Record], show: Show) -> None:
        """Goes through records that follow those already looked at, oldest first."""
        search, wanted = self.search, self._wanted
        search.look(records, show)
        self.position = search.position
        found = search.found
        first_new, self._tried = self._tried, max(len(found) - wanted + 1, 0)
        for at in range(first_new, self._tried):
            first, last = found[at], found[at + wanted - 1]
            if last.time <= self._latest + _EXACT and _is_within(last.time - first.time, self._within):
                self.found = found[at : at + wanted]
                return

    @property
    def reached(self) -> bool:
        """Whether there are as many."""
        return bool(self.found)

    def shortfall(self, entries: Sequence[Entry]) -> Shortfall:
        """In what it was missed."""
        search, wanted = self.search, self._wanted
        if self._within is not None and len(search.found) >= wanted:
            return self._too_slow(self._within)
        matched = tuple([entry.seq for entry in search.found])
        near = nearest_of(search, [entry for entry in entries if entry.seq not in matched])
        if wanted > 1:
            return Shortfall(f"{len(search.found)} of {wanted}", near, matched=matched)
        named = 0 if search.is_any else sum(map(search.is_named, entries))
        return Shortfall(f"{named} of that name did not match" if named else "", near)

    def _too_slow(self, within: float) -> Shortfall:
        found, wanted = self.search.found, self._wanted
        if wanted == 1:
            late = found[0].time - self._latest
            miss = Miss("within", f"{within:g} s from the call on", f"{within + late:.3f} s: {late:.3f} s too late")
            return Shortfall("too late", NearMiss(found[0], (miss,)))
        spans = [(found[at + wanted - 1].time - found[at].time, at) for at in range(len(found) - wanted + 1)]
        span, at = min(spans)
        miss = Miss("within", f"{wanted} in {within:g} s", f"{span:.3f} s: {span - within:.3f} s too long")
        window = found[at : at + wanted]
        return Shortfall("too far apart", NearMiss(window[-1], (miss,)), matched=tuple([one.seq for one in window]))

    def __str__(self) -> str:
        return str(self.search) + ("" if self._within is None else f", within={self._within:g}")


def _is_within(span: float, within: float | None) -> bool:
    return within is None or span <= within + _EXACT


# --- sequences ---


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sequence; `step` makes them.

    Attributes:
        message: catalogue id, or the type of the body; None for any.
        within: seconds of the fake's clock that it may take after the step before; None for any time.
        criteria: what the entry has to be beside that.
    """

    message: str | type[Any] | None
    within: float | None
    criteria: Criteria


StepLike: TypeAlias = Step | str | type[Any]
"""A step: the catalogue id of a message, the type of its body, or what `step` makes."""


def step(message: str | type[Any] | None = None, *, within: float | None = None, **criteria: Unpack[Criteria]) -> Step:
    """A step of a sequence with conditions of its own.

    Args:
        message: catalogue id of the message, or the type of its body; any when left out.
        within: seconds of the fake's clock that it may take after the step before.
        criteria: see :class:`Criteria`; `since` is that of the sequence.

    Raises:
        TypeError, ValueError: one of them is none.
    """
    __tracebackhide__ = True
    if "since" in criteria:
        raise TypeError("since is about a whole sequence, and no criterion of a step")
    return Step(message, None if within is None else seconds("within", within), criteria)


class Sequenced:
    """Steps one after the other, with anything between them.

    Where several entries may be a step it is the earliest; where times are limited, the one that fits.

    Args:
        steps: in order.
        within: seconds from the first to the last.
        same_session: whether all are about one session, whichever it is; what is about none is passed over.
        session: which, for all steps that do not say otherwise.
        since: number of the entry after which to look.
        known: which messages there are.
    """

    def __init__(
        self,
        steps: Sequence[StepLike],
        *,
        within: float | None,
        same_session: bool,
        session: str | None,
        since: int,
        known: Known | None,
    ) -> None:
        __tracebackhide__ = True
        if not steps:
            raise ValueError("a sequence has at least one step")
        self.since = self.position = since
        self._within: Final = None if within is None else seconds("within", within)
        self._same: Final = same_session
        self._session: Final = session
        self._steps: Final = [_step_of(one) for one in steps]
        if self._steps[0].within is not None:
            raise ValueError("within of the first step: it has no step before it that its time could count from")
        about: Criteria = {"session": session, "since": since}
        self._searches: Final = [Search(one.message, {**about, **one.criteria}, known) for one in self._steps]
        self._is_timed: Final = within is not None or any(one.within is not None for one in self._steps)
        self._links: Final = [dict[str, Link]() for _ in self._steps]
        """For each step, by session where that matters, the last entry of a chain that has come so far."""
        self.found: list[Entry] = []

    def accepts(self, record: Record) -> bool:
        """Whether a record may be one of the steps."""
        return any(search.accepts(record) for search in self._searches)

    def look(self, records: Iterable[Record], show: Show) -> None:
        """Goes through records that follow those already looked at, oldest first."""
        for record in records:
            self.position = record.seq
            if self.found or (self._same and not record.session):
                continue
            key = record.session if self._same else ""
            # From the last step on, as one entry is not two steps.
            for at in range(len(self._steps) - 1, -1, -1):
                self._take(at, key, record, show)

    def _take(self, at: int, key: str, record: Record, show: Show) -> None:
        """The record as a step, if it may be."""
        before = self._links[at - 1].get(key) if at else None
        # The later a chain begins, the more time it has; without limits the first one is what anybody would name.
        if (at and before is None) or (not self._is_timed and key in self._links[at]):
            return
        search = self._searches[at]
        if not search.accepts(record):
            return
        entry = show(record)
        start = entry.time if before is None else before.start
        if before is not None and not _is_within(entry.time - before.entry.time, self._steps[at].within):
            return
        if not _is_within(entry.time - start, self._within) or not search.confirms(entry):
            return
        self._links[at][key] = link = Link(entry, start, before)
        if at == len(self._steps) - 1:
            self.found = chain_of(link)

    @property
    def reached(self) -> bool:
        """Whether all steps were made."""
        return bool(self.found)

    def shortfall(self, entries: Sequence[Entry]) -> Shortfall:
        """At which step it broke, and what came nearest to it."""
        at = next((at for at in range(len(self._steps) - 1, -1, -1) if self._links[at]), -1)
        chain: list[Entry] = []
        if at >= 0:
            chain = chain_of(max(self._links[at].values(), key=lambda link: link.entry.seq))
        near = self._nearest(len(chain), chain, entries)
        attempt = furthest(self._searches, len(chain), entries, self._late_of, same=self._same, timed=self._is_timed)
        if attempt is not None and (
            near is None or len(attempt[1].misses) <= len(near.misses) or self._is_step_before(len(chain), near.entry)
        ):
            # Another beginning came as far, and has missed less.
            chain, near = attempt
        lines = [self._line(at, chain) for at in range(len(self._steps))]
        matched = tuple([entry.seq for entry in chain])
        return Shortfall(f"it broke at step {len(chain) + 1} of {len(self._steps)}", near, tuple(lines), matched)

    def _line(self, at: int, chain: Sequence[Entry]) -> str:
        limit = self._steps[at].within
        asked = f"{at + 1}. {self._told(self._searches[at])}" + ("" if limit is None else f", within={limit:g}")
        if at < len(chain):
            later = f", {chain[at].time - chain[at - 1].time:.3f} s later" if at else ""
            return f"{asked}: #{chain[at].seq}{later}"
        return f"{asked}: missing" if at == len(chain) else asked

    def _told(self, search: Search) -> str:
        """What a step asks for beside what all do."""
        text = str(search)
        text = text.removesuffix(f", since=#{search.since}") if search.since else text
        return text.replace(f", session={self._session}", "", 1) if self._session is not None else text

    def _nearest(self, at: int, chain: Sequence[Entry], entries: Sequence[Entry]) -> NearMiss | None:
        """What would have been the next step, but for as little as possible; the latest of several."""
        best: NearMiss | None = None
        search = self._searches[at]
        taken = {entry.seq for entry in chain}
        for entry in entries:
            if not search.is_named(entry) or entry.seq in taken:
                continue
            failed = search.misses(entry)
            misses = [*failed, *self._out_of_place(at, chain, entry)]
            if misses and search.is_near(failed) and (best is None or len(misses) <= len(best.misses)):
                best = NearMiss(entry, tuple(misses))
        return best

    def _is_step_before(self, at: int, entry: Entry) -> bool:
        """Whether an entry is one of the steps before, such as an earlier beginning: that is none out of order."""
        return any(search.is_named(entry) and not search.misses(entry) for search in self._searches[:at])

    def _out_of_place(self, at: int, chain: Sequence[Entry], entry: Entry) -> Iterable[Miss]:
        """Why an entry is not the next step, whatever it says."""
        if self._same and not entry.session:
            yield Miss("session", "one", "none")
        if not chain:
            return
        first, last = chain[0], chain[-1]
        if self._same and entry.session not in ("", last.session):
            yield Miss("session", f"{last.session}, as in #{last.seq}", entry.session)
        if entry.seq < last.seq:
            yield Miss("order", f"it after #{last.seq} {last.message}".rstrip(), f"#{entry.seq}, which is before it")
            return
        for late in self._too_late(at, first, last, entry):
            yield late.miss

    def _too_late(self, at: int, first: Entry, last: Entry, entry: Entry) -> Iterable[Late]:
        yield from _late(f"after #{last.seq}", self._steps[at].within, entry.time - last.time)
        yield from _late(f"after #{first.seq}, the first step", self._within, entry.time - first.time)

    def _late_of(self, at: int, before: Link, entry: Entry) -> Iterable[Late]:
        return self._too_late(at, chain_of(before)[0], before.entry, entry)

    def __str__(self) -> str:
        parts = [f"{len(self._steps)} steps"]
        parts += [f"session={self._session}"] if self._session is not None else []
        parts += ["same_session"] if self._same else []
        parts += [f"within={self._within:g}"] if self._within is not None else []
        parts += [f"since=#{self.since}"] if self.since else []
        return ", ".join(parts)


def _late(what: str, within: float | None, took: float) -> Iterable[Late]:
    if within is not None and not _is_within(took, within):
        over = took - within
        yield Late(Miss("within", f"at most {within:g} s {what}", f"{took:.3f} s: {over:.3f} s too late"), over)


def _step_of(given: object) -> Step:
    __tracebackhide__ = True
    if isinstance(given, Step):
        return given
    if isinstance(given, str | type):
        return Step(cast("str | type[Any]", given), None, {})
    raise TypeError(f"a step is a catalogue id, a type of message, or what step() makes, not {given!r}")
