"""Everything that is seen of a client in one run; it is written down in `talking.py`, and judged in `oracles.py`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .jumping import Stuck
from .plan import Deviation, Step

__all__ = ["Observed"]


@dataclass
class Observed:
    """Everything that was seen of a client.

    Attributes:
        steps: its calls, in the order they began.
        reported: what it has told its caller by events.
        started, stopped: whether `start` and `stop` have returned.
        interrupted: texts that we have had interrupted.
        hung: the call that did not end; empty for none.
        stuck: why the loop does not get on; None where it does.
        unhandled: errors that nobody caught.
        sessions, said, violations, entries: of the fake, as at the end.
        deviations: messages that deviated, as of the chooser.
        began: when the talk began, on the fake's clock.
        seconds: that it lasted.
        unable: why nothing can be said of the client.
        lacking: what the client was told to do that it cannot do, or has no method for, the first of it; empty for
            nothing.
        remarks: what a program has printed, the last of it.
    """

    steps: list[Step] = field(default_factory=list[Step])
    reported: list[str] = field(default_factory=list[str])
    started: bool = False
    stopped: bool = False
    interrupted: set[str] = field(default_factory=set[str])
    hung: str = ""
    stuck: Stuck | None = None
    unhandled: list[str] = field(default_factory=list[str])
    sessions: Sequence[Mapping[str, Any]] = ()
    said: Sequence[Any] = ()
    violations: Sequence[Any] = ()
    entries: Sequence[Any] = ()
    deviations: Sequence[tuple[int, float, Deviation]] = ()
    began: float = 0.0
    seconds: float = 0.0
    unable: str = ""
    lacking: str = ""
    remarks: tuple[str, ...] = ()
