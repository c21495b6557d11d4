"""Making an example simpler: fewer steps, and simpler ones, as long as the same property does not hold."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from .target import Target, Tried

__all__ = ["simplest"]


def simplest(steps: Sequence[Any], tried: Tried, target: Target, end: float) -> tuple[tuple[Any, ...], Tried]:
    """The simplest steps that were found in time, and what comes of them.

    Args:
        steps: that show it.
        tried: what came of them.
        target: that they are given to.
        end: of the search for simpler ones, on the clock of `time.perf_counter`.
    """
    best, shown = tuple(steps), tried
    better = True
    while better and time.perf_counter() < end:
        better = False
        for candidate in _candidates(best, target):
            if time.perf_counter() > end:
                break
            found = target.tried(candidate)
            if found.broken == tried.broken:
                best, shown, better = candidate, found, True
                break
    return best, shown


def _candidates(steps: tuple[Any, ...], target: Target) -> Iterator[tuple[Any, ...]]:
    """Fewer steps, many of them gone at first; then single steps that are simpler."""
    size = len(steps) // 2
    while size:
        for at in range(0, len(steps), size):
            yield steps[:at] + steps[at + size :]
        size //= 2
    for place, step in enumerate(steps):
        for simpler in target.simpler(step):
            yield (*steps[:place], simpler, *steps[place + 1 :])
