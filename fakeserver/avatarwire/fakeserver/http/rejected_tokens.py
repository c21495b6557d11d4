"""Tokens that were refused, and who was told: whoever knows needs a new one.

Only that is remembered here; which rule it breaks is the vendor's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from avatarwire.fakeserver.journal.entry import Level
from avatarwire.fakeserver.snapshot import Moment, Resuming, Saved
from avatarwire.fakeserver.turn import Turn

__all__ = ["RejectedTokens", "SavedRejected"]

_CALLERS: Final = 1000
"""Connections that are remembered to have been told of one refused token."""


@dataclass(slots=True)
class _Rejected:
    """One token that was refused.

    Attributes:
        since: epoch seconds of the first time.
        callers: who knows that: connections that were told.
    """

    since: float
    callers: set[str]


class SavedRejected(Saved):
    """A token that was refused, as a hash, and when for the first time; whoever was told has lost the connection."""

    hash: bytes
    since: Moment


class RejectedTokens:
    """Remembers them.

    Args:
        turn: the time.
        kept: how many; the oldest go first.
        crossing: seconds within which other connections may not know yet.
    """

    def __init__(self, turn: Turn, *, kept: int, crossing: float) -> None:
        self._turn: Final = turn
        self._kept: Final = kept
        self._crossing: Final = crossing
        self._rejected: Final[dict[bytes, _Rejected]] = {}

    def reject(self, token: str, caller: str) -> Level | None:
        """A token that is not valid was used.

        Args:
            token: the token.
            caller: the connection it came on.

        Returns:
            How wrong that is where it was refused before: an error for whoever was told, a warning on another
            connection that may not know yet; None the first time.
        """
        now, key = self._turn.now, hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        rejected = self._rejected.get(key)
        if rejected is None:
            while len(self._rejected) >= self._kept:
                del self._rejected[next(iter(self._rejected))]
            self._rejected[key] = _Rejected(now, {caller})
            return None
        is_known = caller in rejected.callers or now - rejected.since > self._crossing
        if not is_known and len(rejected.callers) < _CALLERS:
            rejected.callers.add(caller)
        return "error" if is_known else "warning"

    def saved(self) -> list[SavedRejected]:
        """Those that are remembered, for a snapshot."""
        return [SavedRejected(hash=key, since=it.since) for key, it in self._rejected.items()]

    def restored(self, saved: list[SavedRejected], again: Resuming) -> None:
        """Remembers those of a snapshot in the place of its own."""
        self._rejected.clear()
        self._rejected.update((it.hash, _Rejected(again.at(it.since), set())) for it in saved[-self._kept :])
