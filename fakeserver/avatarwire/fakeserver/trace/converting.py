"""An entry of a trace as one of a journal, so that what shows and exports journals does the same with traces."""

from __future__ import annotations

from collections.abc import Iterator

from avatarwire.codecs.core.conversion import convert
from avatarwire.fakeserver.faults.acts import FAULT
from avatarwire.fakeserver.journal.entry import NO_META, Entry, Violation
from avatarwire.fakeserver.trace.format import TraceEntry
from avatarwire.fakeserver.trace.reading import Trace

__all__ = ["entries_of", "entry_of"]


def entries_of(trace: Trace) -> Iterator[Entry]:
    """All entries of a trace."""
    return (entry_of(trace, entry) for entry in trace.entries)


def entry_of(trace: Trace, entry: TraceEntry) -> Entry:
    """An entry as one of a journal, with all its bytes."""
    return Entry(
        seq=entry.seq,
        time=entry.time,
        transport=entry.transport,
        direction=entry.direction,
        connection=entry.connection,
        vendor=entry.vendor,
        session=entry.session,
        message=entry.message or (FAULT if entry.fault is not None else ""),
        raw=trace.data(entry),
        body=entry.body,
        deviations=entry.deviations,
        violations=convert(entry.violations, tuple[Violation, ...]),
        status=entry.status,
        reply_to=entry.reply_to,
        meta=entry.fault or entry.meta or NO_META,
    )
