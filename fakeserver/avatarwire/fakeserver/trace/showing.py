"""A trace in lines for people, and what of it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

import msgspec

from avatarwire.fakeserver.trace.converting import entry_of
from avatarwire.fakeserver.trace.format import TraceEntry
from avatarwire.fakeserver.trace.reading import Trace

__all__ = ["as_json", "lines", "selected"]


def selected(trace: Trace, message: str = "") -> Iterator[TraceEntry]:
    """The entries whose message has an id, or fits a pattern with ``*``; all of them without one."""
    return (entry for entry in trace.entries if not message or fnmatchcase(entry.message, message))


def lines(trace: Trace, message: str = "") -> Iterator[str]:
    """What a trace says of itself, and a line for each entry; times count from the first.

    Args:
        trace: which.
        message: id or pattern of what is shown.
    """
    meta = trace.meta
    state = f"{len(trace.entries)} entries" + ("" if trace.complete else ", not complete")
    about = [meta.title, " ".join(meta.vendors), f"by {meta.source}", state]
    if meta.dropped:
        about.append(f"{meta.dropped} more were dropped")
    yield ", ".join(part for part in about if part)
    origin = trace.entries[0].time if trace.entries else 0.0
    several = len(meta.vendors) > 1
    for entry in selected(trace, message):
        line = entry_of(trace, entry).line(origin)
        yield f"{line} ({entry.vendor})" if several and entry.vendor else line


def as_json(trace: Trace, message: str = "") -> Iterator[str]:
    """A line of JSON for each entry."""
    return (msgspec.json.encode(entry).decode() for entry in selected(trace, message))
