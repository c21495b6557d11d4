"""The journal of a fake in another process: the same questions, and entries of the same type.

Only these calls may live here; ``waits.py`` reads and waits.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn, Unpack, overload

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.journal import ExpectationError, Journal
from avatarwire.fakeserver.journal.entry import Entry, Finding, Level
from avatarwire.fakeserver.journal.goals import Counted, Sequenced, Step, counted, seconds
from avatarwire.fakeserver.journal.missed import NEAREST, Shortfall, lost_violations
from avatarwire.fakeserver.journal.query import Criteria, nearest_of
from avatarwire.fakeserver.remote.link import path_of
from avatarwire.fakeserver.remote.waits import Reading

__all__ = ["RemoteJournal"]

_INSTEAD: Final = {
    "expect": "expect_sync()",
    "expect_sequence": "expect_sequence_sync()",
    "expect_never": "expect_never_sync()",
    "violation_summary": "violations()",
    "dropped": "state()",
    "clear": "reset() of the fake",
    "to_ndjson": "avatarwire serve --journal FILE",
}
"""What there is for what is not here."""


class RemoteJournal(Reading):
    """What crossed the wires of a fake.

    Bodies of entries are the JSON values of their messages, by wire names.

    Args:
        link: to the endpoint.
        vendor: of the fake.
    """

    def entries(self, message: str | None = None, **criteria: Unpack[Criteria]) -> list[Entry]:
        """The entries that match, oldest first, as `Journal.entries` has it.

        Raises:
            ValueError: a message, a member, a transport or a direction that no entry can have.
        """
        search = self._search(message, criteria)
        return self._page(search, since=search.since, keep_marker=True).entries

    def mark(self) -> int:
        """The number of the latest entry: what happens from now on is ``since`` this mark."""
        return self._mark()

    def violations(
        self, *, level: Level | None = None, since: int = 0, session: str | None = None, clause: str | None = None
    ) -> list[Finding]:
        """The rules of the vendor's document that the client broke, oldest first, as `Journal.violations` has it.

        Raises:
            EvidenceLostError: there is none among those that are kept, but one may have been among the others.
        """
        asked: dict[str, Any] = {"level": level, "session": session, "clause": clause, "since": since or None}
        page = self._link.get(path_of(self._vendor, "violations"), **asked)
        found = convert(page["violations"], list[Finding])
        if session == "":  # to the endpoint an empty value is none
            found = [finding for finding in found if not finding.session]
        if not found and not page.get("complete", True):
            raise lost_violations(asked, 0.0)
        return found

    # --- that it comes ---

    @overload
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: None = None,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry: ...
    @overload
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: int,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> list[Entry]: ...
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: int | None = None,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry | list[Entry]:
        """Waits until the journal holds a matching entry, and returns the first one, as `Journal.expect_sync` does.

        Args:
            message: catalogue id of the message, any when left out.
            count: wait for so many matching entries and return a list of the first ones.
            within: seconds on the fake's clock, as for `Journal.expect`.
            timeout: real seconds to wait before failing.
            criteria: see :class:`Criteria`; the conditions `body` and `where` are asked here.

        Raises:
            ExpectationError: nothing came in time, or it may have been among entries that were dropped.
            TypeError: it goes by a class, or an argument is none.
            ValueError: there is no such message, or it has no such member.
        """
        search = self._search(message, criteria)
        clock = None if within is None else self._clock()
        goal = Counted(search, count, within, 0.0 if clock is None else clock.now)
        if clock is not None and clock.kind == "real" and count in (None, 1):
            timeout = min(timeout, seconds("within", within))  # what comes later does not count
        self._reach(goal, search, timeout)
        return goal.found[0] if count is None else goal.found

    def expect_sequence_sync(
        self,
        *steps: Step | str,
        within: float | None = None,
        same_session: bool = False,
        timeout: float = 5.0,
        session: str | None = None,
        since: int = 0,
    ) -> list[Entry]:
        """Waits until the journal holds some entries in an order, as `Journal.expect_sequence_sync` does.

        Raises:
            ExpectationError: it did not come in time, or may have been among entries that were dropped.
            TypeError: a step goes by a class: bodies are JSON values here.
            ValueError: there is no such message, or it has no such member.
        """
        goal = Sequenced(steps, within=within, same_session=same_session, session=session, since=since, known=None)
        asked = [one if isinstance(one, Step) else Step(one, None, {}) for one in steps]
        searches = [self._search(one.message, one.criteria) for one in asked]
        for message in dict.fromkeys(search.message for search in searches):
            self._know(message)
        self._reach(goal, None, timeout)
        return goal.found

    # --- how often, and that it does not ---

    def expect_count(self, message: str | None = None, *, exactly: int, **criteria: Unpack[Criteria]) -> list[Entry]:
        """Checks that the journal holds so many matching entries at this moment, as `Journal.expect_count` does.

        Raises:
            ExpectationError: there are more or fewer, or some may have been among entries that were dropped.
        """
        wanted = counted("exactly", exactly, 0)
        search = self._search(message, criteria)
        found, _, dropped = self._page(search, since=search.since)
        if len(found) <= wanted and dropped:
            raise self._lost(f"cannot tell that there were exactly {wanted}", search, search.since, dropped)
        if len(found) != wanted:
            entries = self._page(since=search.since).entries
            matched = tuple([entry.seq for entry in found])
            near = nearest_of(search, [entry for entry in entries if entry.seq not in matched])
            fell = Shortfall(nearest=near, matched=matched) if len(found) < wanted else Shortfall(matched=matched)
            raise self._failure(f"expected exactly {wanted}, found {len(found)}", search, entries, fell)
        return found

    def expect_none(self, message: str | None = None, **criteria: Unpack[Criteria]) -> None:
        """Checks that the journal holds no matching entry at this moment.

        Raises:
            ExpectationError: it holds one, or one may have been among entries that were dropped.
        """
        search = self._search(message, criteria)
        found, _, dropped = self._page(search, since=search.since)
        if found:
            problem, last = f"expected none, found {len(found)}", tuple(found[-NEAREST:])
            raise ExpectationError(problem, str(search), last, dropped, found[0].time)
        if dropped:
            raise self._lost("cannot tell that there was none", search, search.since, dropped)

    def expect_never_sync(
        self,
        message: str | None = None,
        *,
        for_: float = 5.0,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> None:
        """Checks that no matching entry comes within the next seconds of the fake's clock.

        A virtual clock is moved by so much, and no further than to where one comes: that of all fakes of the process.
        On a clock that moves by itself, real or jumping, it waits until that time has passed.

        Args:
            message: catalogue id of the message, any when left out.
            for_: seconds of the fake's clock.
            timeout: real seconds after which a clock that has not moved at all is taken to stand still.
            criteria: see :class:`Criteria`; without `since`, only what comes from now on counts.

        Raises:
            ExpectationError: one came, or may have been among entries that were dropped, or time stood still.
            ClockError: something failed while time moved.
            TypeError, ValueError: an argument is none.
        """
        length = seconds("for_", for_)
        begun: Criteria = {"since": self._mark()}
        self._pass(self._search(message, {**begun, **criteria}), length, timeout)

    def __getattr__(self, name: str) -> NoReturn:
        what = f"the journal of a fake in another process has no {name!r}"
        if not name.startswith("_") and hasattr(Journal, name):
            what += f", as one in code has: there is {_INSTEAD[name]}" if name in _INSTEAD else ", as one in code has"
        raise AttributeError(what)
