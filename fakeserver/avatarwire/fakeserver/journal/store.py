"""The ring behind the journal: entries within a budget of bytes, newest last, and whoever waits for the next.

Only writing entries, dropping them and handing them out may live here; what tests ask of them is in
``journal.py``. Any thread may write and read.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, TypeAlias, cast

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.journal.entry import NO_META, Digest, Direction, Entry, Finding, Level, Transport, Violation
from avatarwire.fakeserver.journal.masking import is_innocent, mask_bytes, mask_headers, mask_value
from avatarwire.fakeserver.journal.query import Search, Waiter

__all__ = ["Bytes", "Timeline"]

Bytes: TypeAlias = bytes | bytearray | memoryview

BUDGET: Final = 8 * 1024 * 1024

# What an entry takes in memory, from measurements; good to a third.
_ENTRY_COST: Final = 480
"""Bytes beside its message."""

_META_COST: Final = 256
_HEADERS_COST: Final = 1792

_DECODED: Final = 2
"""How many times the size of its bytes a message takes once its decoded body is held too."""

_FINDINGS: Final = 1000
"""Violations that are kept; the first ones tell what went wrong."""


class Timeline:
    """Entries in the order they happened, the oldest dropped when the budget is used up.

    Args:
        clock: where entries get their time from.
        vendor: vendor name of entries that do not name another.
        budget_bytes: memory the entries may take, estimated; the oldest are dropped beyond it. A message
            larger than an eighth of it is kept as hash and length.
    """

    def __init__(self, clock: Clock, *, vendor: str = "", budget_bytes: int = BUDGET) -> None:
        if budget_bytes <= 0:
            raise ValueError(f"the journal needs a budget of at least one byte, not {budget_bytes}")
        self._clock = clock
        self._now = clock.now
        self._vendor = vendor
        self._budget = budget_bytes
        self._largest = max(budget_bytes // 8, 1)
        self._origin = clock.now()
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque()
        self._findings: list[Finding] = []
        self._waiters: tuple[Waiter, ...] = ()
        self._seq = 0
        self._cost = 0
        self._dropped = 0
        self._dropped_to = 0
        """``seq`` of the newest entry that was dropped."""

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<Journal {self._vendor} {len(self)} entries, {self._dropped} dropped>"

    @property
    def dropped(self) -> int:
        """Entries that made room for newer ones since the start or the last :meth:`clear`."""
        return self._dropped

    def record(
        self,
        transport: Transport,
        direction: Direction,
        message: str = "",
        *,
        raw: Bytes | None = None,
        body: object = None,
        session: str = "",
        vendor: str = "",
        status: int | None = None,
        deviations: tuple[str, ...] = (),
        violations: tuple[Violation, ...] = (),
        reply_to: int = 0,
        meta: Mapping[str, object] = NO_META,
        headers: tuple[tuple[str, str], ...] = (),
        mask: bool = True,
        audio: bool | Callable[[Bytes], bool] = False,
        prefix: int = 0,
    ) -> Entry:
        """Add an entry at the end of the timeline and wake whoever waits for it.

        ``body`` and ``meta`` are kept as they are, not copied: hand over what nobody changes afterwards.

        Args:
            transport, direction, message, session, vendor, status, deviations, violations, reply_to, meta: as
                in :class:`Entry`.
            raw: the bytes as they crossed the wire.
            body: the decoded message.
            mask: take secrets out of ``raw``, ``body`` and ``meta``. False only for messages that cannot hold
                any: it is the caller's word for it.
            headers: HTTP headers, kept as ``meta["headers"]``.
            audio: whether ``raw`` is audio, or a function that tells: only hash and length are kept. The
                caller's ``body`` has to leave the samples out; a body of plain bytes is not kept.
            prefix: bytes at the start of audio that are no samples, such as a frame header; they stay in
                ``raw``.
        """
        kept: bytes | None = None
        digest = omitted = None
        if raw is not None:
            if audio is not False and (audio is True or audio(raw)):
                digest = Digest.of(memoryview(raw)[prefix:])
                kept, body = bytes(raw[:prefix]) or None, _without_samples(body)
            elif len(raw) > self._largest:
                omitted, body = Digest.of(raw), None
            else:
                kept = raw if type(raw) is bytes else bytes(raw)
        if mask:
            # A body was read from its bytes: where these are innocent, so is it.
            if not kept or not is_innocent(kept):
                kept = None if kept is None else mask_bytes(kept)
                body = mask_value(body)
            meta = cast("Mapping[str, object]", mask_value(meta)) if meta else meta
        if headers:
            meta = {**meta, "headers": mask_headers(headers) if mask else headers}
        cost = _cost(kept, body, meta)
        now = self._now()
        with self._lock:
            self._seq = seq = self._seq + 1
            entry = Entry(
                seq,
                now,
                transport,
                direction,
                vendor or self._vendor,
                session,
                message,
                kept,
                body,
                digest,
                omitted,
                deviations,
                violations,
                status,
                reply_to,
                meta,
                cost,
            )
            self._entries.append(entry)
            self._cost += cost
            if self._cost > self._budget:
                self._make_room()
            if violations and direction != "out":  # what the server sends amiss it was told to
                self._keep_findings(entry)
            waiters = self._waiters
        _wake(waiters, entry)
        return entry

    def add(self, *args: Any, connection: str = "", secrets: Any = (), **kwargs: Any) -> int:
        for secret in secrets:
            kwargs["raw"] = kwargs["raw"].replace(secret.encode(), b"***")
        return self.record(*args, **kwargs).seq

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
        """Add a WebSocket message of which nothing else is to be told: no fault, no audio, and no secret in it.

        The same as :meth:`record` with ``mask=False`` and the other arguments left out, at a third of its time:
        every message of a socket comes here twice, once as itself and once as its answer.
        """
        size = len(raw)
        if size > self._largest:
            return self.record("ws", direction, message, raw=raw, body=body, session=session, mask=False).seq
        kept = raw if type(raw) is bytes else bytes(raw)
        cost = _ENTRY_COST + (size if body is None else _DECODED * size)
        now = self._now()
        with self._lock:
            self._seq = seq = self._seq + 1
            entry = Entry(
                seq, now, "ws", direction, self._vendor, session, message,
                kept, body, None, None, (), (), None, 0, NO_META, cost,
            )  # fmt: skip
            self._entries.append(entry)
            self._cost += cost
            if self._cost > self._budget:
                self._make_room()
            waiters = self._waiters
        if waiters:
            _wake(waiters, entry)
        return seq

    def note(
        self,
        text: str,
        *,
        message: str = "",
        session: str = "",
        violations: tuple[Violation, ...] = (),
        **meta: object,
    ) -> Entry:
        """Add something that crossed no wire: an expired session, an injected fault, a missing heartbeat.

        Args:
            text: what happened, kept as the entry's body.
            message: a name to find it by, such as ``session.expired``.
            session, violations, meta: as in :class:`Entry`.
        """
        return self.record(
            "note", "note", message, body=text, session=session, violations=violations, meta=meta or NO_META
        )

    def clear(self) -> None:
        """Forget all entries and violations. Numbers go on, so an older mark stays good."""
        with self._lock:
            self._entries.clear()
            self._findings.clear()
            self._cost = self._dropped = self._dropped_to = 0

    def _make_room(self) -> None:
        entries, cost, budget = self._entries, self._cost, self._budget
        while cost > budget and len(entries) > 1:
            oldest = entries.popleft()
            cost -= oldest.cost
            self._dropped += 1
            self._dropped_to = oldest.seq
        self._cost = cost

    def _keep_findings(self, entry: Entry) -> None:
        room = _FINDINGS - len(self._findings)
        self._findings += [Finding.of(violation, entry) for violation in entry.violations[:room]]

    def mark(self) -> int:
        """The number of the latest entry: what happens from now on is ``since`` this mark."""
        return self._seq

    def after(self, seq: int) -> tuple[list[Entry], int]:
        """The entries after ``seq``, oldest first, and how many entries after it were dropped."""
        with self._lock:
            found: list[Entry] = []
            for entry in reversed(self._entries):
                if entry.seq <= seq:
                    break
                found.append(entry)
            dropped = min(self._dropped, max(self._dropped_to - seq, 0))
        found.reverse()
        return found, dropped

    def violations(self, *, level: Level | None = None, since: int = 0) -> list[Finding]:
        """The rules of the vendor's document that the client broke, oldest first.

        They are kept apart from the entries and are not dropped with them; of very many, the first thousand
        stay.
        """
        with self._lock:
            findings = list(self._findings)
        return [found for found in findings if found.seq > since and (level is None or found.level == level)]

    @contextmanager
    def waiting(self, search: Search, notify: Callable[[], object]) -> Generator[Waiter]:
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


def _wake(waiters: tuple[Waiter, ...], entry: Entry) -> None:
    for waiter in waiters:
        if not waiter.woken and waiter.search.accepts(entry):
            waiter.woken = True
            waiter.notify()


def _without_samples(body: object) -> object:
    return None if isinstance(body, bytes | bytearray | memoryview) else body


def _cost(raw: bytes | None, body: object, meta: Mapping[str, object]) -> int:
    cost = _ENTRY_COST
    if meta:
        cost += _META_COST + (_HEADERS_COST if "headers" in meta else 0)
    if raw is not None:
        cost += len(raw) if body is None else _DECODED * len(raw)
    elif body is not None:
        cost += len(body) if isinstance(body, str | bytes) else _ENTRY_COST
    return cost
