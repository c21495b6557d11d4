"""What a replay is made of: a trace, or a file with one, and what is to be said where it cannot be replayed.

Only that lives here; what is made of its entries is in ``recording.py``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final, TypeAlias

from avatarwire.fakeserver.trace.format import TraceError
from avatarwire.fakeserver.trace.reading import Trace, read

__all__ = ["ReplaySource", "replay_of", "vendors_of"]

ReplaySource: TypeAlias = "str | os.PathLike[str] | Trace"
"""A trace, or the path of one."""

_CROSSED: Final = ("http", "ws", "mqtt", "callback")


def replay_of(source: ReplaySource) -> Trace:
    """The trace that is to be replayed.

    Raises:
        TraceError: the file cannot be read, is no trace, or a broken one; or entries are missing in it.
    """
    trace = source if isinstance(source, Trace) else read(os.fspath(source))
    if trace.meta.dropped:
        reason = f"{trace.meta.dropped} entries are missing in it, so that nobody knows what was answered"
        raise TraceError(trace.path, reason)
    return trace


def vendors_of(trace: Trace) -> Sequence[str]:
    """Whose messages are in it, in order."""
    return tuple(dict.fromkeys(entry.vendor for entry in trace.entries if entry.transport in _CROSSED and entry.vendor))


def check_vendor(trace: Trace, vendor: str) -> None:
    """Holds that there is something of a vendor to replay.

    Raises:
        TraceError: there is nothing of it in the trace.
    """
    known = vendors_of(trace)
    if vendor in known:
        return
    has = f"it has messages of {' and '.join(known)}" if known else "it has no messages"
    raise TraceError(trace.path, f"nothing of {vendor} can be replayed: {has}")
