"""The ring behind the journal: records within a budget of bytes, newest last, and whoever waits for the next.

Only writing records, dropping them and handing out their entries may live here; what tests ask of them is in
``journal.py``. Any thread may write and read. What is written is kept as it came: nothing is decoded, copied or masked
before somebody reads it (``rendering.py``).
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from typing import Final, TypeAlias, Unpack

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.journal.costs import FRAME, SMALL, UNTYPED, cost_of, decoded
from avatarwire.fakeserver.journal.entry import NO_META, Digest, Direction, Entry, Transport, Violation
from avatarwire.fakeserver.journal.masking import mask_bytes
from avatarwire.fakeserver.journal.query import Waiter, Wanted
from avatarwire.fakeserver.journal.record import PLAIN, About, Bytes, More, Record
from avatarwire.fakeserver.journal.rendering import shown, unmasked
from avatarwire.fakeserver.journal.sightings import Beginnings, Begun, Sightings

__all__ = ["Bytes", "Timeline"]

BUDGET: Final = 8 * 1024 * 1024
_ONE_BY_ONE: Final = 1024 * 1024
"""Bytes of a budget up to which no more is dropped than has to be."""

Tap: TypeAlias = Callable[[Record, Bytes | None], None]
"""Is given each record, and the bytes of the message."""


class Timeline:
    """Entries in the order they happened, the oldest dropped when the budget is used up.

    Args:
        clock: where entries get their time from.
        vendor: vendor name of the entries.
        budget_bytes: memory the entries may take, estimated; the oldest are dropped beyond it. A message
            larger than an eighth of it is kept as hash and length.
        secret_headers: headers whose values are secret although no name says so, in any case.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        vendor: str = "",
        budget_bytes: int = BUDGET,
        secret_headers: Iterable[str] = (),
    ) -> None:
        if budget_bytes <= 0:
            raise ValueError(f"the journal needs a budget of at least one byte, not {budget_bytes}")
        self._clock = clock
        self._now = clock.now
        self._vendor = vendor
        self._secret_headers = frozenset(name.lower() for name in secret_headers)
        self._budget = budget_bytes
        self._spare = budget_bytes >> 7 if budget_bytes > _ONE_BY_ONE else 0
        """Bytes below the budget down to which the oldest are dropped once it is used up: not one for each new one."""
        self._largest = max(budget_bytes // 8, 1)
        self._origin = clock.now()
        self._lock = threading.Lock()
        self._records: deque[Record] = deque()
        self._sightings = Sightings()
        self._begun = Beginnings()
        self._waiters: tuple[Waiter, ...] = ()
        self._taps: tuple[Tap, ...] = ()
        self._seq = 0
        self._cost = 0
        self._dropped = 0
        self._dropped_to = 0
        """``seq`` of the newest entry that was dropped."""

    @property
    def vendor(self) -> str:
        """Vendor of the fake whose journal it is."""
        return self._vendor

    def __len__(self) -> int:
        return len(self._records)

    def __repr__(self) -> str:
        return f"<Journal {self._vendor} {len(self)} entries, {self._dropped} dropped>"

    @property
    def dropped(self) -> int:
        """Entries that made room for newer ones since the start or the last :meth:`clear`."""
        return self._dropped

    # -- writing ---------------------------------------------------------------------------------------------

    def add(
        self,
        transport: Transport,
        direction: Direction,
        message: str = "",
        *,
        connection: str = "",
        raw: Bytes | None = None,
        body: object = None,
        session: str = "",
        status: int | None = None,
        deviations: tuple[str, ...] = (),
        violations: tuple[Violation, ...] = (),
        reply_to: int = 0,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
        audio: bool = False,
        prefix: int = 0,
        secrets: tuple[str, ...] = (),
    ) -> int:
        """Add an entry at the end of the timeline, wake whoever waits for it, and return its number.

        ``body``, ``meta`` and ``headers`` are kept as they are, not copied: hand over what nobody changes afterwards.
        All of them are named here, and not gathered: that would be a table made and taken apart for every message.

        Args:
            transport, direction, message: as in :class:`Entry`, but not masked.
            connection, raw, body, session, status, deviations, violations, reply_to, meta, headers, audio, prefix,
                secrets: what else there is to say of it, as :class:`About` has it.
        """
        about = connection, raw, body, session, status, deviations, violations, reply_to, meta, headers, audio, prefix
        return self._write(transport, direction, message, *about, secrets).seq

    def record(self, transport: Transport, direction: Direction, message: str = "", **about: Unpack[About]) -> Entry:
        """The same as :meth:`add` for who wants to see the entry: it is masked at once, which takes its time."""
        return self._show(self._write(transport, direction, message, **about))

    def _write(
        self,
        transport: Transport,
        direction: Direction,
        message: str,
        connection: str = "",
        raw: Bytes | None = None,
        body: object = None,
        session: str = "",
        status: int | None = None,
        deviations: tuple[str, ...] = (),
        violations: tuple[Violation, ...] = (),
        reply_to: int = 0,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
        audio: bool = False,
        prefix: int = 0,
        secrets: tuple[str, ...] = (),
    ) -> Record:
        kept: bytes | None = None
        digest = omitted = None
        if raw is not None:
            if audio:
                digest = Digest.of(memoryview(raw)[prefix:])
                kept, body = bytes(raw[:prefix]) or None, _without_samples(body)
            elif len(raw) > self._largest:
                omitted, body = Digest.of(raw), None
            else:
                kept = raw if type(raw) is bytes else bytes(raw)
        more = PLAIN
        if meta or headers or status is not None or deviations or violations or digest or omitted or secrets:
            more = More(status, deviations, violations, meta, headers, secrets, digest, omitted)
        cost = cost_of(kept, body, more)
        with self._lock:
            now = self._now()  # within the lock, or times would run backwards between two threads
            self._seq = seq = self._seq + 1
            record = Record(
                seq, now, transport, direction, connection, message, session, kept, body, reply_to, cost, more
            )
            self._records.append(record)
            self._cost += cost
            if self._cost > self._budget:
                self._make_room()
            if violations and direction != "out":  # what the server sends amiss it was told to
                self._sightings.keep(record)
            if session and transport == "http" and direction == "in":
                self._begun.add(session, seq, now - self._origin, message, connection)
            waiters = self._waiters
        for tap in self._taps:
            tap(record, raw)
        if waiters:
            _wake(waiters, record)
        return record

    def frame(
        self,
        direction: Direction,
        message: str,
        raw: Bytes,
        body: object,
        session: str,
        connection: str = "",
        reply_to: int = 0,
    ) -> int:
        """Add a WebSocket message of which nothing else is to be told, and return its number.

        The same as :meth:`add` with the other arguments left out, at half of its time: every message of a socket
        comes here twice, once as itself and once as its answer.
        """
        size = len(raw)
        if size > self._largest:
            return self.add(
                "ws", direction, message, connection=connection, raw=raw, body=body, session=session, reply_to=reply_to
            )
        kept = raw if type(raw) is bytes else bytes(raw)
        if body is None:
            cost = FRAME + size
        elif size <= SMALL and type(body) not in UNTYPED:  # nearly all, and a call less
            cost = FRAME + 2 * size
        else:
            cost = FRAME + decoded(kept, body)
        with self._lock:
            now = self._now()
            self._seq = seq = self._seq + 1
            record = Record(seq, now, "ws", direction, connection, message, session, kept, body, reply_to, cost)
            self._records.append(record)
            self._cost += cost
            if self._cost > self._budget:
                self._make_room()
            waiters = self._waiters
        for tap in self._taps:
            tap(record, raw)
        if waiters:
            _wake(waiters, record)
        return seq

    def note(
        self,
        text: str,
        *,
        message: str = "",
        session: str = "",
        connection: str = "",
        violations: tuple[Violation, ...] = (),
        **meta: object,
    ) -> int:
        """Add something that crossed no wire: an expired session, an injected fault, a missing heartbeat.

        Args:
            text: what happened, kept as the entry's body.
            message: a name to find it by, such as ``session.expired``.
            session, connection, violations, meta: as in :class:`Entry`.

        Returns:
            The number of the entry.
        """
        return self.add(
            "note",
            "note",
            message,
            body=text,
            session=session,
            connection=connection,
            violations=violations,
            meta=meta or NO_META,
        )

    def clear(self) -> None:
        """Forget all entries and violations. Numbers go on, so an older mark stays good."""
        with self._lock:
            self._records.clear()
            self._sightings.clear()
            self._begun.clear()
            self._cost = self._dropped = self._dropped_to = 0

    def _make_room(self) -> None:
        records, cost, budget = self._records, self._cost, self._budget - self._spare
        while cost > budget and len(records) > 1:
            oldest = records.popleft()
            cost -= oldest.cost
            self._dropped += 1
            self._dropped_to = oldest.seq
        self._cost = cost

    # -- reading ---------------------------------------------------------------------------------------------

    def mark(self) -> int:
        """The number of the latest entry: what happens from now on is ``since`` this mark."""
        return self._seq

    def after(self, seq: int) -> tuple[list[Entry], int]:
        """The entries after ``seq``, oldest first, and how many entries after it were dropped."""
        found, dropped = self._after(seq)
        return [self._show(record) for record in found], dropped

    def _after(self, seq: int) -> tuple[list[Record], int]:
        with self._lock:
            found: list[Record] = []
            for record in reversed(self._records):
                if record.seq <= seq:
                    break
                found.append(record)
            dropped = min(self._dropped, max(self._dropped_to - seq, 0))
        found.reverse()
        return found, dropped

    def _show(self, record: Record) -> Entry:
        return shown(record, self._vendor, self._secret_headers)

    def began(self, session: str) -> Begun | None:
        """The first call about a session, also when its entry was dropped; None where none was seen or too many were.

        Args:
            session: its id.
        """
        with self._lock:
            return self._begun.get(session)

    @contextmanager
    def tapped(self, keep: Callable[[Entry, bytes | None], object], *, with_secrets: bool = False) -> Generator[None]:
        """Has a function called with each entry that is added meanwhile, in the thread that adds it.

        Args:
            keep: called with the entry and the bytes of its message, audio and what is too large to be kept included.
            with_secrets: whether the entry is not masked.
        """

        def tap(record: Record, raw: Bytes | None) -> None:
            entry = unmasked(record, self._vendor) if with_secrets else self._show(record)
            data = entry.raw
            if raw is not None and (entry.audio is not None or entry.omitted is not None):
                # Of the whole message the entry has a hash only. In sound there are no secrets.
                data = bytes(raw) if with_secrets or entry.audio is not None else mask_bytes(bytes(raw))
            keep(entry, data)

        self._taps = (*self._taps, tap)
        try:
            yield
        finally:
            self._taps = tuple(other for other in self._taps if other is not tap)

    @contextmanager
    def waiting(self, search: Wanted, notify: Callable[[], object]) -> Generator[Waiter]:
        """Call ``notify`` when an entry arrives that may match, in the thread that records it.

        It is called once until the waiter's ``woken`` is set back to False.
        """
        waiter = Waiter(search, notify)
        with self._lock:
            self._waiters = (*self._waiters, waiter)
        try:
            yield waiter
        finally:
            with self._lock:
                self._waiters = tuple(other for other in self._waiters if other is not waiter)


def _wake(waiters: tuple[Waiter, ...], record: Record) -> None:
    for waiter in waiters:
        if not waiter.woken and waiter.search.accepts(record):
            waiter.woken = True
            waiter.notify()


def _without_samples(body: object) -> object:
    return None if isinstance(body, bytes | bytearray | memoryview) else body
