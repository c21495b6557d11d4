"""What happens to a takeover, as its queue tells the live: becomes a callback and a notice on the socket.

Only these plain values live here, and what a live asks of its queue. The queue itself is in `takeovers.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.fakeserver.sensetime.snapshot import SavedQueue
from avatarwire.fakeserver.snapshot import Resuming

__all__ = [
    "CancelOutcome",
    "Failed",
    "Finished",
    "QueueMaker",
    "Queued",
    "Started",
    "Takeover",
    "TakeoverEvent",
    "TakeoverObserver",
    "Takeovers",
]


@dataclass(frozen=True, slots=True)
class Queued:
    """A takeover has entered the queue: callback 34, code 20 on the socket."""

    trace_id: str


@dataclass(frozen=True, slots=True)
class Started:
    """It began to play: callback 36, code 19."""

    trace_id: str


@dataclass(frozen=True, slots=True)
class Finished:
    """It played to its end, was pre-empted or cancelled: callback 37, code 18 (ST-E11, ST-E49).

    Attributes:
        trace_id: of the takeover.
        cancelled: whether it was cancelled.
    """

    trace_id: str
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be played: callback 39, no code on the socket (ST-E69).

    Attributes:
        trace_id: of the takeover.
        reason: one sentence.
    """

    trace_id: str
    reason: str


TakeoverEvent: TypeAlias = Queued | Started | Finished | Failed
TakeoverObserver: TypeAlias = Callable[[TakeoverEvent], None]


@dataclass(frozen=True, slots=True)
class CancelOutcome:
    """What came of a cancellation (ST-E51).

    Attributes:
        ok: whether every takeover that was named is cancelled.
        message: why not.
        finished_at: epoch seconds at which it was done.
    """

    ok: bool
    message: str = ""
    finished_at: float = 0.0


class Takeover(Protocol):
    """One takeover, as far as answers tell of it."""

    @property
    def trace_id(self) -> str:
        """Its id."""
        ...

    @property
    def status(self) -> int:
        """33 while its files are fetched, 34 in the queue, 36 while it plays (ST-TKO-12)."""
        ...


class Takeovers(Protocol):
    """The takeovers of one live."""

    def command(self, script: TakeoverScript, *, by: str = "") -> Takeover:
        """Plays at once; what plays is pre-empted (ST-E11). `by` is the catalogue id of the call, as for `enqueue`."""
        ...

    def enqueue(self, script: TakeoverScript, priority: int | None, *, by: str = "") -> Takeover:
        """Puts it into the queue once its files are there, behind a position or at the tail (ST-E44)."""
        ...

    def reorder(self, trace_id: str, priority: int) -> bool:
        """Moves one that waits behind a position; False where that cannot be (ST-E45)."""
        ...

    def cancel(self, trace_ids: Iterable[str] | None) -> CancelOutcome:
        """Cancels some, or with None all (ST-TKO-18)."""
        ...

    def trace_ids(self) -> tuple[str, ...]:
        """Ids in the order they play, first the one playing (ST-TKO-22, ST-E55)."""
        ...

    def close(self) -> None:
        """The live is over: nothing plays any more, and nobody is told."""
        ...

    def saved(self) -> SavedQueue:
        """All of them, for a snapshot."""
        ...

    def restored(self, saved: SavedQueue, again: Resuming) -> None:
        """Goes on with those of a snapshot."""
        ...


QueueMaker: TypeAlias = Callable[[Any, TakeoverObserver], Takeovers]
"""Makes the queue of a live, which tells an observer what happens."""
