"""The journal: everything that crossed the wire on every transport, on one timeline.

The server writes (:meth:`Journal.add`), tests read and wait (:meth:`Journal.expect`). Old entries make
room for new ones within a budget of bytes, and whoever looks for something that may have been among them is told
so. How the journal is read and exported may live here; ``expecting.py`` is what tests expect of it, ``store.py`` keeps
what happened, ``rendering.py`` makes entries of it, ``entry.py`` says what one is, ``query.py`` what is looked for,
``rules.py`` what is secret.

Any thread may write and read. Waiting works from any event loop, the server's or another, and without one.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, Protocol, Unpack, get_args, overload

import msgspec

from avatarwire.codecs.installed import installed_version
from avatarwire.codecs.output_files import OutputFile
from avatarwire.fakeserver.journal.entry import BodyT, Entry, Finding, Level, lines
from avatarwire.fakeserver.journal.expecting import Expecting
from avatarwire.fakeserver.journal.har import to_har
from avatarwire.fakeserver.journal.missed import EvidenceLostError, lost_violations
from avatarwire.fakeserver.journal.query import Criteria, Search
from avatarwire.fakeserver.journal.sightings import Tally, Violations

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


class Journal(Expecting):
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

    def violations(
        self, *, level: Level | None = None, since: int = 0, session: str | None = None, clause: str | None = None
    ) -> list[Finding]:
        """The rules of the vendor's document that the client broke, oldest first.

        They are kept apart from the entries and are not dropped with them. Of very many the first thousand of each
        level stay, and the first of each clause in each session; `violation_summary` counts them all.

        Args:
            level: only those of this level.
            since: only those after this number, as `mark` gives it.
            session: only those in this session; an empty one for what was about none.
            clause: only those of this rule.

        Raises:
            EvidenceLostError: there is none among those that are kept, but one may have been among the others.
            ValueError: a level that there is not.
        """
        __tracebackhide__ = True
        found = self.violation_page(level=level, since=since, session=session, clause=clause)
        if not found.violations and not found.complete:
            asked = {"level": level, "session": session, "clause": clause, "since": since or None}
            raise lost_violations(asked, self._origin)
        return list(found.violations)

    def violation_summary(
        self, *, level: Level | None = None, session: str | None = None, clause: str | None = None
    ) -> list[Tally]:
        """How often each rule was broken in each session, in the order in which that began; all of them are counted.

        Args:
            level, session, clause: as for `violations`.

        Raises:
            EvidenceLostError: there were more than a thousand rules in sessions.
            ValueError: a level that there is not.
        """
        __tracebackhide__ = True
        found = self.violation_page(level=level, session=session, clause=clause)
        if not found.counted:
            problem = "more came than can be counted"
            raise EvidenceLostError(problem, "a summary of violations", (), 0, self._origin)
        return list(found.summary)

    def violation_page(
        self, *, level: Level | None = None, since: int = 0, session: str | None = None, clause: str | None = None
    ) -> Violations:
        """All that is known of violations: those that are kept, how many there were, and whether some are missing.

        Args:
            level, since, session, clause: as for `violations`; `since` is not for the summary.

        Raises:
            ValueError: a level that there is not.
        """
        __tracebackhide__ = True
        _check_level(level)
        with self._lock:
            page = self._sightings.page(since, level, session, clause)
        return page.shown(self._vendor)

    @property
    def violation_count(self) -> int:
        """How many violations there were since the start or the last `clear`, also of those that are not kept."""
        return self._sightings.count

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

    def told(self, last: int, *, since: int = 0) -> str:
        """The end of the journal as text, one line for each entry, times counted from the start of the server.

        Args:
            last: at most so many entries; of those before it only the number is told.
            since: number of an entry, after which they begin.
        """
        entries = self.entries(since=since)
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


def _check_level(level: object) -> None:
    __tracebackhide__ = True
    if level is not None and level not in get_args(Level):
        raise ValueError(f"unknown level {level!r} in a search of violations: there are {', '.join(get_args(Level))}")


def line_of(entry: Entry) -> str:
    """The line of an entry in an export."""
    return _line(entry.to_dict())


def _line(value: object) -> str:
    return msgspec.json.encode(value).decode("utf-8") + "\n"
