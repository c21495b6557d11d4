"""What a replay tells of itself: which exchanges were used, which never, what stood for what, what was missing.

Only plain values live here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

__all__ = ["REPLAY", "Replayed", "ReplayedExchange", "ReplayedRun"]


REPLAY: Final = "replay"
"""What the journal calls notes of a replay."""


@dataclass(frozen=True)
class ReplayedExchange:
    """A recorded exchange.

    Attributes:
        seq: number of its entry in the trace.
        message: catalogue id of what came in.
        session: id in the trace; empty for none.
        times: how often it was used.
    """

    seq: int
    message: str
    session: str
    times: int


@dataclass(frozen=True)
class ReplayedRun:
    """A session of a client that has run a recorded one.

    Attributes:
        recorded: id of the session in the trace.
        session: its id now.
        mapped: ids of the trace, and those that stand for them.
    """

    recorded: str
    session: str
    mapped: Mapping[str, str]


@dataclass(frozen=True)
class Replayed:
    """What a replay has done so far.

    Attributes:
        path: of the trace.
        exchanges: all that it has of the vendor, in order.
        runs: the sessions of clients, the oldest first.
        missed: why something that came in was refused, the oldest first.
    """

    path: str
    exchanges: tuple[ReplayedExchange, ...]
    runs: tuple[ReplayedRun, ...]
    missed: tuple[str, ...]

    @property
    def unused(self) -> tuple[ReplayedExchange, ...]:
        """What was never asked for."""
        return tuple(each for each in self.exchanges if not each.times)

    def __str__(self) -> str:
        used = len(self.exchanges) - len(self.unused)
        parts = [f"{used} of {len(self.exchanges)} recorded exchanges used, {len(self.runs)} sessions"]
        parts += [f"  session {run.recorded} as {run.session}, {len(run.mapped)} ids mapped" for run in self.runs]
        parts += [f"  never asked for: #{each.seq} {each.message}" for each in self.unused]
        parts += [f"  not in the trace: {each}" for each in self.missed]
        return "\n".join(parts)
