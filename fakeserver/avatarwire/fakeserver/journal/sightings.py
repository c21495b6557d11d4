"""The rules that clients broke, and where sessions began, kept apart from the entries: they outlive these.

Only keeping these, counting them and handing them out may live here. Of each level the first thousand are kept,
and of each clause in each session the first one in any case; all of them are counted.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from avatarwire.codecs.core.findings import Level
from avatarwire.fakeserver.journal.entry import Finding
from avatarwire.fakeserver.journal.record import Occurrence, Record
from avatarwire.fakeserver.journal.rendering import shown_finding

__all__ = ["Beginnings", "Begun", "Page", "Sightings", "Tally", "Violations"]

_FINDINGS: Final = 1000
"""Violations of a level that are kept; the first ones tell what went wrong."""

_PAIRS: Final = 1000
"""Clauses in sessions that are told apart."""

_BEGUN: Final = 10_000
"""Sessions of which it is known where they began; the latest ones."""


class Tally(msgspec.Struct, frozen=True):
    """How often a rule was broken in a session.

    Attributes:
        session: id of the session, empty for what was about none.
        clause: id of the rule.
        level: how grave it is.
        count: how often, also those that are not kept.
        first, last: numbers of the entries where it was seen.
        example: the first of them.
    """

    session: str
    clause: str
    level: Level
    count: int
    first: int
    last: int
    example: Finding

    def __str__(self) -> str:
        where = f" in session {self.session}" if self.session else ""
        times = "once" if self.count == 1 else f"{self.count} times"
        return f"{self.clause} {self.level}{where}: {times}, #{self.first} to #{self.last}; first {self.example}"


class Violations(NamedTuple):
    """What is known of the rules that clients broke.

    Attributes:
        violations: those that are kept, the oldest first.
        summary: how often each rule was broken in each session.
        complete: whether there were no others than those that are kept.
        counted: whether the summary counts all.
    """

    violations: tuple[Finding, ...]
    summary: tuple[Tally, ...]
    complete: bool
    counted: bool


class Page(NamedTuple):
    """The same, as it was taken down: to mask it takes its time, in which the journal goes on.

    Attributes:
        kept: those that are kept.
        pairs: of each rule in each session the first, how often, and the number of the last entry.
        complete, counted: as in `Violations`.
    """

    kept: list[Occurrence]
    pairs: list[tuple[Occurrence, int, int]]
    complete: bool
    counted: bool

    def shown(self, vendor: str) -> Violations:
        """What anybody may see of it."""
        tallies: list[Tally] = []
        for sighting, count, last in self.pairs:
            first = shown_finding(sighting, vendor)
            tallies.append(Tally(first.session, first.clause, first.level, count, first.seq, last, first))
        found = tuple([shown_finding(sighting, vendor) for sighting in self.kept])
        return Violations(found, tuple(tallies), self.complete, self.counted)


class _Pair:
    """A clause in a session: how often, where last, and where last without being kept."""

    __slots__ = ("count", "first", "last", "unkept")

    def __init__(self, first: Occurrence) -> None:
        self.first: Final = first
        self.count = 0
        self.last = first.seq
        self.unkept = 0


class Sightings:
    """The violations of one journal. Not safe to be called from several threads at once.

    Attributes:
        count: how many there were, also those that are not kept and in no tally.
    """

    __slots__ = ("_kept", "_of_level", "_pairs", "_uncounted", "count")

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[Occurrence] = []
        self._of_level: dict[str, int] = {}
        self._pairs: dict[tuple[str, str, Level], _Pair] = {}
        self._uncounted: dict[Level, int] = {}
        """Of a level, the last entry with a violation that is in no pair."""

    def __repr__(self) -> str:
        return f"<{len(self._kept)} sightings>"

    def clear(self) -> None:
        """Forgets them all."""
        self.count = 0
        self._kept = []
        self._of_level = {}
        self._pairs = {}
        self._uncounted = {}

    def keep(self, record: Record) -> None:
        """Takes down what a record violates."""
        self.count += len(record.more.violations)
        for violation in record.more.violations:
            number = self._of_level.get(violation.level, 0)
            key = record.session, violation.clause, violation.level
            pair = self._pairs.get(key)
            sighting: Occurrence | None = None
            if number < _FINDINGS or (pair is None and len(self._pairs) < _PAIRS):
                sighting = Occurrence(
                    violation,
                    record.seq,
                    record.time,
                    record.transport,
                    record.connection,
                    record.session,
                    record.message,
                    record.more.secrets,
                )
                self._kept.append(sighting)
                self._of_level[violation.level] = number + 1
                if pair is None and len(self._pairs) < _PAIRS:
                    pair = self._pairs[key] = _Pair(sighting)
            if pair is None:
                self._uncounted[violation.level] = record.seq
                continue
            pair.count += 1
            pair.last = record.seq
            if sighting is None:
                pair.unkept = record.seq

    def page(self, since: int, level: Level | None, session: str | None, clause: str | None) -> Page:
        """Those that match."""
        kept = [
            it
            for it in self._kept
            if it.seq > since
            and level in (None, it.violation.level)
            and session in (None, it.session)
            and clause in (None, it.violation.clause)
        ]
        pairs = [
            pair
            for key, pair in self._pairs.items()
            if session in (None, key[0]) and clause in (None, key[1]) and level in (None, key[2])
        ]
        uncounted = max((last for of_level, last in self._uncounted.items() if level in (None, of_level)), default=0)
        return Page(
            kept,
            [(pair.first, pair.count, pair.last) for pair in pairs],
            complete=uncounted <= since and all(pair.unkept <= since for pair in pairs),
            counted=not uncounted,
        )


class Begun(NamedTuple):
    """The first call about a session.

    Attributes:
        seq, message, connection: as in :class:`Entry`.
        after: seconds since the start of the server, on its clock.
    """

    seq: int
    after: float
    message: str
    connection: str


class Beginnings:
    """Where each session began: the first call about it, of the latest sessions, whatever entries were dropped."""

    __slots__ = ("_first",)

    def __init__(self) -> None:
        self._first: dict[str, Begun] = {}

    def __repr__(self) -> str:
        return f"<{len(self._first)} beginnings>"

    def add(self, session: str, seq: int, after: float, message: str, connection: str) -> None:
        """Takes down a call about a session, if it is the first one."""
        first = self._first
        if session not in first:
            if len(first) >= _BEGUN:
                del first[next(iter(first))]
            first[session] = Begun(seq, after, message, connection)

    def get(self, session: str) -> Begun | None:
        """The first call about a session; None where none is known."""
        return self._first.get(session)

    def clear(self) -> None:
        """Forgets them all."""
        self._first.clear()
