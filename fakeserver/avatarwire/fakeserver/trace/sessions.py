"""To which session a call belongs that says none: whoever only listens learns it by the answer."""

from __future__ import annotations

from collections.abc import Sequence

from avatarwire.fakeserver.trace.format import TraceEntry

__all__ = ["sessions_by_answer"]


def sessions_by_answer(entries: Sequence[TraceEntry]) -> dict[int, str]:
    """Sessions that answers name, by the number of the entry that they answer; of several answers, the first counts.

    A fake knows at once whose session a call begins, and a proxy does not: in its traces only the answer says so.
    """
    return {entry.reply_to: entry.session for entry in reversed(entries) if entry.reply_to and entry.session}
