"""What tests expect of the journal: that something comes, that it does not, how often, and in which order.

Each expectation that waits is there twice, to be awaited and for a test without a loop (``_sync``). Only these calls
may live here: ``goals.py`` says what they wait for, ``waits.py`` how.
"""

from __future__ import annotations

from typing import Any, Unpack, cast, overload

from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.journal.entry import BodyT, Entry
from avatarwire.fakeserver.journal.goals import Counted, Sequenced, StepLike, counted, seconds
from avatarwire.fakeserver.journal.missed import NEAREST, EvidenceLostError, ExpectationError, Shortfall
from avatarwire.fakeserver.journal.query import Criteria, Search, nearest_of
from avatarwire.fakeserver.journal.waits import Waits

__all__ = ["Expecting"]


class Expecting(Waits):
    """A timeline of which something is expected."""

    @overload
    async def expect(
        self,
        message: str | None = None,
        *,
        count: None = None,
        within: float | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry: ...
    @overload
    async def expect(
        self,
        message: str | None = None,
        *,
        count: int,
        within: float | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> list[Entry]: ...
    @overload
    async def expect(
        self,
        message: type[BodyT],
        *,
        count: None = None,
        within: float | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry[BodyT]: ...
    @overload
    async def expect(
        self,
        message: type[BodyT],
        *,
        count: int,
        within: float | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> list[Entry[BodyT]]: ...
    async def expect(
        self,
        message: str | type[Any] | None = None,
        *,
        count: int | None = None,
        within: float | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry | list[Entry]:
        """Wait until the journal holds a matching entry, and return the first one.

        Args:
            message: catalogue id of the message, or the type of its body, which is then the type of the entry's; any
                message when left out.
            count: wait for so many matching entries and return a list of the first ones.
            within: seconds on the fake's clock. With `count`, that many entries have to lie within them, and those are
                returned; without, the entry has to come at the latest so long after this call.
            timeout: real seconds to wait before failing, whatever clock the server runs on.
            criteria: see :class:`Criteria`.

        Raises:
            ExpectationError: nothing came in time, or it may have been among entries that were dropped
                (`EvidenceLostError`).
            TypeError, ValueError: an argument is none.
        """
        __tracebackhide__ = True  # of a failed test only the test itself is of interest
        goal = self._counted(message, count, within, criteria)
        await self._reach(goal, self._patience(count, within, timeout))
        return goal.found[0] if count is None else goal.found

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
    @overload
    def expect_sync(
        self,
        message: type[BodyT],
        *,
        count: None = None,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry[BodyT]: ...
    @overload
    def expect_sync(
        self,
        message: type[BodyT],
        *,
        count: int,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> list[Entry[BodyT]]: ...
    def expect_sync(
        self,
        message: str | type[Any] | None = None,
        *,
        count: int | None = None,
        within: float | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry | list[Entry]:
        """The same as :meth:`expect` for a test without a loop, while the server runs in another thread.

        Raises:
            ExpectationError: nothing came in time, or it may have been among entries that were dropped.
            RuntimeError: it would have to wait inside a running event loop, and would block it: use
                :meth:`expect`.
        """
        __tracebackhide__ = True  # of a failed test only the test itself is of interest
        goal = self._counted(message, count, within, criteria)
        self._reach_sync(goal, self._patience(count, within, timeout), "expect")
        return goal.found[0] if count is None else goal.found

    def _counted(
        self, message: str | type[Any] | None, count: int | None, within: float | None, criteria: Criteria
    ) -> Counted:
        __tracebackhide__ = True
        return Counted(Search(message, criteria, self.known_messages), count, within, self._now())

    def _patience(self, count: int | None, within: float | None, timeout: float) -> float:
        """Real seconds to wait: after the fake's clock has passed the limit there is nothing to wait for."""
        is_limit = within is not None and count in (None, 1) and isinstance(self._clock, RealClock)
        return min(timeout, cast("float", within)) if is_limit else timeout

    # -- in order ----------------------------------------------------------------------------------------------

    async def expect_sequence(
        self,
        *steps: StepLike,
        within: float | None = None,
        same_session: bool = False,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        session: str | None = None,
        since: int = 0,
    ) -> list[Entry]:
        """Wait until the journal holds some entries in an order, with anything between them, on whatever transports.

        Args:
            steps: catalogue ids, types of messages, or steps with conditions of their own (`step`). Where several
                entries may be a step it is the earliest; where times are limited, one that fits.
            within: seconds of the fake's clock from the first step to the last; virtual time counts, real time that
                passes meanwhile does not.
            same_session: all are about one session, whichever the first step is about; entries about none are passed
                over.
            timeout: real seconds to wait before failing.
            session: the session that all steps are about that do not say otherwise.
            since: only entries after this number, as :meth:`Journal.mark` gives it.

        Returns:
            An entry for each step.

        Raises:
            ExpectationError: it did not come in time, or may have been among entries that were dropped; the text says
                at which step it broke, what came nearest, and what was around.
            TypeError, ValueError: a step or another argument is none.
        """
        __tracebackhide__ = True
        goal = self._sequenced(steps, within, same_session, session, since)
        await self._reach(goal, timeout)
        return goal.found

    def expect_sequence_sync(
        self,
        *steps: StepLike,
        within: float | None = None,
        same_session: bool = False,
        timeout: float = 5.0,
        session: str | None = None,
        since: int = 0,
    ) -> list[Entry]:
        """The same as :meth:`expect_sequence` for a test without a loop.

        Raises:
            RuntimeError: it would have to wait inside a running event loop.
        """
        __tracebackhide__ = True
        goal = self._sequenced(steps, within, same_session, session, since)
        self._reach_sync(goal, timeout, "expect_sequence")
        return goal.found

    def _sequenced(
        self, steps: tuple[StepLike, ...], within: float | None, same: bool, session: str | None, since: int
    ) -> Sequenced:
        __tracebackhide__ = True
        known = self.known_messages
        return Sequenced(steps, within=within, same_session=same, session=session, since=since, known=known)

    # -- none, and how many --------------------------------------------------------------------------------------

    def expect_none(self, message: str | type[Any] | None = None, **criteria: Unpack[Criteria]) -> None:
        """Check that the journal holds no matching entry at this moment.

        Raises:
            ExpectationError: it holds one, or one may have been among entries that were dropped.
        """
        __tracebackhide__ = True
        search = Search(message, criteria, self.known_messages)
        records, dropped = self._after(search.since)
        search.look(records, self._show)
        if search.found:
            problem = f"expected none, found {len(search.found)}"
            raise ExpectationError(problem, str(search), tuple(search.found[-NEAREST:]), dropped, self._origin)
        if dropped:
            raise EvidenceLostError(
                "cannot tell that there was none",
                str(search),
                self._last(records),
                dropped,
                self._origin,
            )

    @overload
    def expect_count(
        self, message: str | None = None, *, exactly: int, **criteria: Unpack[Criteria]
    ) -> list[Entry]: ...
    @overload
    def expect_count(
        self, message: type[BodyT], *, exactly: int, **criteria: Unpack[Criteria]
    ) -> list[Entry[BodyT]]: ...
    def expect_count(
        self, message: str | type[Any] | None = None, *, exactly: int, **criteria: Unpack[Criteria]
    ) -> list[Entry]:
        """Check that the journal holds so many matching entries at this moment, no more and no less.

        Args:
            message: as for :meth:`expect`.
            exactly: how many.
            criteria: see :class:`Criteria`.

        Returns:
            These entries, the oldest first.

        Raises:
            ExpectationError: there are more or fewer, or some may have been among entries that were dropped.
        """
        __tracebackhide__ = True
        wanted = counted("exactly", exactly, 0)
        search = Search(message, criteria, self.known_messages)
        records, dropped = self._after(search.since)
        search.look(records, self._show)
        found = search.found
        if len(found) > wanted:
            problem = f"expected exactly {wanted}, found {len(found)}"
            raise ExpectationError(problem, str(search), tuple(found[-NEAREST:]), dropped, self._origin)
        if dropped:
            problem = f"cannot tell that there were exactly {wanted}"
            raise EvidenceLostError(problem, str(search), self._last(records), dropped, self._origin)
        if len(found) < wanted:
            matched = tuple([entry.seq for entry in found])
            shown = [self._show(record) for record in records]
            near = nearest_of(search, [entry for entry in shown if entry.seq not in matched])
            problem = f"expected exactly {wanted}, found {len(found)}"
            raise self._failure(problem, str(search), shown, Shortfall(nearest=near, matched=matched))
        return found

    async def expect_never(
        self,
        message: str | type[Any] | None = None,
        *,
        for_: float = 5.0,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> None:
        """Check that no matching entry comes within the next seconds of the fake's clock.

        A virtual clock is moved by so much, as `advance` does, and no further than to where one comes. On a clock that
        moves by itself, real or jumping, it waits until that time has passed.

        Args:
            message: as for :meth:`expect`.
            for_: seconds of the fake's clock.
            timeout: real seconds after which a clock that has not moved at all is taken to stand still.
            criteria: see :class:`Criteria`; without `since`, only what comes from now on counts.

        Raises:
            ExpectationError: one came; the text says when, in seconds of the fake's clock. Or one may have been among
                entries that were dropped, or time stood still (`EvidenceLostError`).
            TypeError, ValueError: an argument is none.
            ClockError, ExceptionGroup: as `VirtualClock.advance` raises them.
        """
        __tracebackhide__ = True
        await self._pass(self._from_now(message, criteria), seconds("for_", for_), timeout)

    def expect_never_sync(
        self,
        message: str | type[Any] | None = None,
        *,
        for_: float = 5.0,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> None:
        """The same as :meth:`expect_never` for a test without a loop, while the server runs in another thread.

        Raises:
            RuntimeError: it would block the running event loop.
        """
        __tracebackhide__ = True
        self._pass_sync(self._from_now(message, criteria), seconds("for_", for_), timeout, "expect_never")

    def _from_now(self, message: str | type[Any] | None, criteria: Criteria) -> Search:
        __tracebackhide__ = True
        begun: Criteria = {"since": self.mark()}
        return Search(message, {**begun, **criteria}, self.known_messages)
