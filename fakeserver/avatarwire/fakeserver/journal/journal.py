"""The journal: everything that crossed the wire on every transport, on one timeline.

The server writes (:meth:`Journal.add`), tests read and wait (:meth:`Journal.expect`). Old entries make
room for new ones within a budget of bytes, and whoever looks for something that may have been among them is told
so. What tests ask of the journal and how it is exported may live here; ``store.py`` keeps what happened,
``rendering.py`` makes entries of it, ``entry.py`` says what one is, ``query.py`` what is looked for, ``rules.py`` what
is secret.

Any thread may write and read. Waiting works from any event loop, the server's or another, and without one.
"""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Protocol, Unpack, overload

import msgspec

from avatarwire.codecs.installed import installed_version
from avatarwire.codecs.output_files import OutputFile
from avatarwire.fakeserver.clock import VirtualClock, patience
from avatarwire.fakeserver.journal.entry import BodyT, Entry, lines
from avatarwire.fakeserver.journal.har import to_har
from avatarwire.fakeserver.journal.query import NEAREST, Criteria, ExpectationError, Known, Search, Waiter
from avatarwire.fakeserver.journal.record import Record
from avatarwire.fakeserver.journal.store import Timeline

__all__ = ["Journal"]

DROPPED: Final = "journal.dropped"
"""Id of the entry that stands for entries that were dropped."""

FORMAT: Final = 1
"""Version of the NDJSON export."""


class Writable(Protocol):
    """A text file, as far as an export needs one."""

    def write(self, text: str, /) -> object:
        """Append text."""
        ...


class Journal(Timeline):
    """One timeline of everything a fake server received, sent and noted.

    Args:
        clock: where entries get their time from.
        vendor: vendor name of the entries.
        budget_bytes: memory the entries may take, estimated; the oldest are dropped beyond it. A message
            larger than an eighth of it is kept as hash and length.
        secret_headers: headers whose values are secret although no name says so, in any case.

    Attributes:
        known_messages: gives the ids that its messages may have; looking for any other is an error. None where any
            may come.

    Every search raises TypeError for a criterion that there is not, and ValueError for a message, a type, a transport
    or a direction that no entry can have: a misspelt one would never be found, and `expect_none` would always pass.
    """

    known_messages: Known | None = None

    @overload
    def entries(self, message: str | None = None, **criteria: Unpack[Criteria]) -> list[Entry]: ...
    @overload
    def entries(self, message: type[BodyT], **criteria: Unpack[Criteria]) -> list[Entry[BodyT]]: ...
    def entries(self, message: str | type[Any] | None = None, **criteria: Unpack[Criteria]) -> list[Entry]:
        """The entries that match, oldest first.

        When entries after ``since`` were dropped, the list begins with a marker: an entry of transport
        ``note``, message ``journal.dropped`` and ``meta["dropped"]``.
        """
        __tracebackhide__ = True
        search = Search(message, criteria, self.known_messages)
        records, dropped = self._after(search.since)
        search.look(records, self._show)
        return [self._marker(dropped, search.since), *search.found] if dropped else search.found

    @overload
    async def expect(
        self,
        message: str | None = None,
        *,
        count: None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry: ...
    @overload
    async def expect(
        self,
        message: str | None = None,
        *,
        count: int,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> list[Entry]: ...
    @overload
    async def expect(
        self,
        message: type[BodyT],
        *,
        count: None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry[BodyT]: ...
    @overload
    async def expect(
        self,
        message: type[BodyT],
        *,
        count: int,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> list[Entry[BodyT]]: ...
    async def expect(
        self,
        message: str | type[Any] | None = None,
        *,
        count: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - the failure tells what was waited for
        **criteria: Unpack[Criteria],
    ) -> Entry | list[Entry]:
        """Wait until the journal holds a matching entry, and return the first one.

        Args:
            message: catalogue id of the message, or the type of its body, which is then the type of the entry's; any
                message when left out.
            count: wait for so many matching entries and return a list of the first ones.
            timeout: real seconds to wait before failing, whatever clock the server runs on.
            criteria: see :class:`Criteria`.

        Raises:
            ExpectationError: nothing came in time, or it may have been among entries that were dropped.
        """
        __tracebackhide__ = True  # of a failed test only the test itself is of interest
        search = Search(message, criteria, self.known_messages)
        wanted = 1 if count is None else count
        loop = asyncio.get_running_loop()
        changed = asyncio.Event()

        def notify() -> None:
            # the waiting loop may have been closed with its tasks unfinished; the server must not suffer
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(changed.set)

        with self.waiting(search, notify) as waiter:
            left = patience(timeout)
            while not self._satisfied(waiter, wanted):
                try:
                    await asyncio.wait_for(changed.wait(), left())
                except TimeoutError:
                    raise self._missed(search, wanted, timeout) from None
                changed.clear()
        return search.found[0] if count is None else search.found[:count]

    @overload
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry: ...
    @overload
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: int,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> list[Entry]: ...
    @overload
    def expect_sync(
        self,
        message: type[BodyT],
        *,
        count: None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry[BodyT]: ...
    @overload
    def expect_sync(
        self,
        message: type[BodyT],
        *,
        count: int,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> list[Entry[BodyT]]: ...
    def expect_sync(
        self,
        message: str | type[Any] | None = None,
        *,
        count: int | None = None,
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
        search = Search(message, criteria, self.known_messages)
        wanted = 1 if count is None else count
        changed = threading.Event()
        with self.waiting(search, changed.set) as waiter:
            left = patience(timeout)
            while not self._satisfied(waiter, wanted):
                if _in_loop():
                    raise RuntimeError("expect_sync() would block the running event loop: await expect() instead")
                if not changed.wait(left()):
                    raise self._missed(search, wanted, timeout)
                changed.clear()
        return search.found[0] if count is None else search.found[:count]

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
            raise ExpectationError(
                "cannot tell that there was none",
                str(search),
                self._last(records),
                dropped,
                self._origin,
            )

    def _satisfied(self, waiter: Waiter, wanted: int) -> bool:
        """Look at what is new; fail when part of it is already gone and the rest is not enough."""
        __tracebackhide__ = True
        waiter.woken = False  # before looking: an entry that comes during the look wakes the waiter once more
        search = waiter.search
        records, dropped = self._after(search.position)
        search.look(records, self._show)
        if len(search.found) >= wanted:
            return True
        if dropped:
            nearest = self._last(records)
            raise ExpectationError("cannot be found any more", str(search), nearest, dropped, self._origin)
        return False

    def _missed(self, search: Search, wanted: int, timeout: float) -> ExpectationError:
        records, _ = self._after(search.since)
        named = sum(record.message == search.message for record in records) if search.message else 0
        problem = f"not seen within {timeout:g} s"
        if wanted > 1:
            problem += f" ({len(search.found)} of {wanted})"
        elif named:
            problem += f" ({named} of that name did not match)"
        return ExpectationError(problem, str(search), self._last(records), 0, self._origin, self._standing())

    def _standing(self) -> str:
        """What waits for a virtual clock that stands still; empty where nothing does."""
        clock = self._clock
        # One that jumps moves by itself.
        if type(clock) is not VirtualClock or (due := clock.next_due) is None:
            return ""
        count, seconds = clock.pending, max(due - clock.now(), 0.0)
        what = "1 thing is" if count == 1 else f"{count} things are"
        return f"the virtual clock stands still: {what} due later, the first in {seconds:g} s of it; advance() moves it"

    def _last(self, records: list[Record]) -> tuple[Entry, ...]:
        return tuple([self._show(record) for record in records[-NEAREST:]])

    def _marker(self, dropped: int, since: int) -> Entry:
        text = f"{dropped} dropped"
        return Entry(
            since,
            self._origin,
            "note",
            "note",
            vendor=self._vendor,
            message=DROPPED,
            body=text,
            meta={"dropped": dropped},
        )

    def told(self, last: int) -> str:
        """The end of the journal as text, one line for each entry, times counted from the start of the server.

        Args:
            last: at most so many entries; of those before it only the number is told.
        """
        entries = self.entries()
        left_out = max(0, len(entries) - last)
        before = [f"({left_out} entries before)"] if left_out else []
        standing = self._standing()
        return "\n".join([*before, *lines(entries[left_out:], self._origin), *([f"({standing})"] if standing else [])])

    # -- exporting -------------------------------------------------------------------------------------------

    def to_ndjson(self, target: str | Path | Writable) -> int:
        """Write a header line and one line of JSON for every entry; returns the number of entry lines.

        Args:
            target: path of a file to overwrite, or an open text file.

        Raises:
            OutputError: the path names something that is no regular file, or it cannot be written.
        """
        if isinstance(target, str | Path):
            written: list[int] = []
            OutputFile(target).write(lambda file: written.append(self.to_ndjson(file)))
            return written[0]
        entries = self.entries()
        told = {"exported": self._now(), "entries": len(entries), "dropped": self._dropped}
        target.write(_line({**self._heading(), **told}))
        for entry in entries:
            target.write(line_of(entry))
        return len(entries)

    def ndjson_header(self) -> str:
        """The header line of an export that is written as things happen: it does not say how many there will be."""
        return _line(self._heading())

    def _heading(self) -> dict[str, object]:
        return {
            "journal": FORMAT,
            "avatarwire": installed_version(),
            "vendor": self._vendor,
            "started": self._origin,
        }

    def to_har(self, *, base_url: str = "http://127.0.0.1") -> dict[str, object]:
        """The HTTP calls, callbacks included, as a HAR 1.2 log.

        Args:
            base_url: what paths are put behind when an entry names neither a URL nor a host.
        """
        return to_har(self.entries(), version=installed_version(), base_url=base_url)


def line_of(entry: Entry) -> str:
    """The line of an entry in an export."""
    return _line(entry.to_dict())


def _line(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8") + "\n"


def _in_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True
