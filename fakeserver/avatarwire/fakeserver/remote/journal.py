"""The journal of a fake in another process: the same questions, and entries of the same type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Unpack, overload

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.clock import patience
from avatarwire.fakeserver.journal import ExpectationError
from avatarwire.fakeserver.journal.entry import NO_META, Digest, Entry, Finding, Level, Violation
from avatarwire.fakeserver.journal.query import NEAREST, Criteria, Search
from avatarwire.fakeserver.remote.link import Link, path_of

__all__ = ["RemoteJournal"]

_LONGEST: Final = 30.0
"""Real seconds that one call is held; a wait is as many as it takes."""
_DROPPED: Final = "journal.dropped"


class RemoteJournal:
    """What crossed the wires of a fake.

    Bodies of entries are the JSON values of their messages, by wire names.

    Args:
        link: to the endpoint.
        vendor: of the fake.
    """

    def __init__(self, link: Link, vendor: str) -> None:
        self._link: Final = link
        self._vendor: Final = vendor
        self._path: Final = path_of(vendor, "journal")

    def entries(self, message: str | None = None, **criteria: Unpack[Criteria]) -> list[Entry]:
        """The entries that match, oldest first, as `Journal.entries` has it.

        Raises:
            ValueError: a message, a transport or a direction that no entry can have.
        """
        return self._page(Search(message, criteria))[0]

    def mark(self) -> int:
        """The number of the latest entry: what happens from now on is ``since`` this mark."""
        return int(self._link.get(self._path, since=2**62)["mark"])

    def violations(self, *, level: Level | None = None, since: int = 0) -> list[Finding]:
        """The rules of the vendor's document that the client broke, oldest first."""
        found = self._link.get(path_of(self._vendor, "violations"), level=level, since=since)["violations"]
        return convert(found, list[Finding])

    @overload
    def expect_sync(
        self, message: str | None = None, *, count: None = None, timeout: float = 5.0, **criteria: Unpack[Criteria]
    ) -> Entry: ...
    @overload
    def expect_sync(
        self, message: str | None = None, *, count: int, timeout: float = 5.0, **criteria: Unpack[Criteria]
    ) -> list[Entry]: ...
    def expect_sync(
        self,
        message: str | None = None,
        *,
        count: int | None = None,
        timeout: float = 5.0,
        **criteria: Unpack[Criteria],
    ) -> Entry | list[Entry]:
        """Waits until the journal holds a matching entry, and returns the first one, as `Journal.expect_sync` does.

        Args:
            message: catalogue id of the message, any when left out.
            count: wait for so many matching entries and return a list of the first ones.
            timeout: real seconds to wait before failing.
            criteria: see :class:`Criteria`; a condition `where` is asked here.

        Raises:
            ExpectationError: nothing came in time, or it may have been among entries that were dropped.
        """
        search = Search(message, criteria)
        wanted = 1 if count is None else count
        found: list[Entry] = []
        left = patience(timeout)
        position = search.since
        while len(found) < wanted:
            remaining = left()
            entries, mark = self._page(search, since=position, wait=min(remaining, _LONGEST))
            dropped = entries[0] if entries and entries[0].message == _DROPPED else None
            found += [entry for entry in entries if entry is not dropped]
            if dropped is not None and len(found) < wanted:
                raise self._missed("cannot be found any more", search, _number(dropped.meta.get("dropped")))
            position = max(position, mark)
            if len(found) < wanted and not remaining:
                raise self._missed(f"not seen within {timeout:g} s", search, 0)
        return found[0] if count is None else found[:count]

    def expect_none(self, message: str | None = None, **criteria: Unpack[Criteria]) -> None:
        """Checks that the journal holds no matching entry at this moment.

        Raises:
            ExpectationError: it holds one, or one may have been among entries that were dropped.
        """
        search = Search(message, criteria)
        found, _ = self._page(search)
        dropped = _number(found[0].meta.get("dropped")) if found and found[0].message == _DROPPED else 0
        if len(found) > bool(dropped):
            problem = f"expected none, found {len(found) - bool(dropped)}"
            raise ExpectationError(problem, str(search), tuple(found[-NEAREST:]), dropped, found[0].time)
        if dropped:
            raise self._missed("cannot tell that there was none", search, dropped)

    def _page(self, search: Search, *, since: int | None = None, wait: float = 0.0) -> tuple[list[Entry], int]:
        page = self._link.get(
            self._path,
            wait=wait,
            message=search.message,
            session=search.session,
            direction=search.direction,
            transport=search.transport,
            since=search.since if since is None else since,
        )
        entries = [_entry(fields) for fields in page["entries"]]
        where = search.where
        if where is not None:
            entries = [entry for entry in entries if entry.message == _DROPPED or where(entry)]
        return entries, int(page["mark"])

    def _missed(self, problem: str, search: Search, dropped: int) -> ExpectationError:
        nearest = [_entry(fields) for fields in self._link.get(self._path, since=search.since)["entries"]][-NEAREST:]
        origin = nearest[0].time if nearest else 0.0
        return ExpectationError(problem, str(search), tuple(nearest), dropped, origin)


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


def _digest(fields: object) -> Digest | None:
    return None if fields is None else convert(fields, Digest)


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0
