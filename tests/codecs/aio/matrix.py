"""Every message of every talk goes wrong in every way, one at a time: the cells, and what is wrong with one.

    python -m tests.codecs.aio.matrix

prints how many there are, and how they end.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from tests.codecs.aio.mishaps import KINDS, Mishap
from tests.codecs.aio.talks import TALKS, Outcome, talk

__all__ = ["LONGEST", "Cell", "cells", "faults"]

LONGEST: Final = 200.0
"""Seconds of jumping time: no talk waits more often than a few times for a message that is 40 s late."""


class Cell(NamedTuple):
    """One message that goes wrong."""

    nth: int
    message: str
    mishap: Mishap


def cells(vendor: str, mishap: Mishap) -> Iterator[Cell]:
    """All cells of a talk for one thing that goes wrong."""
    for nth, (message, transport) in enumerate(talk(vendor).seen):
        # An answer to an HTTP call can be neither sent twice nor overtaken.
        if transport != "http" or mishap not in ("duplicate", "reorder"):
            yield Cell(nth, message, mishap)


def faults(outcome: Outcome) -> dict[str, object]:
    """What is wrong with how a talk went; empty for nothing."""
    found: dict[str, object] = {
        "sessions left": outcome.open,
        "tasks left": outcome.tasks,
        "nobody caught": outcome.failures,
        "took": outcome.seconds if outcome.seconds > LONGEST else 0,
        "never ended": [name for name in outcome.begun if name not in outcome.results],
    }
    return {name: what for name, what in found.items() if what}


def main() -> int:
    """Goes through all of it and prints a line for each vendor and each thing that goes wrong; 1 if a cell is wrong."""
    wrong = 0
    for vendor in TALKS:
        total: Counter[str] = Counter()
        for mishap in KINDS:
            ended: Counter[str] = Counter()
            for cell in cells(vendor, mishap):
                outcome = talk(vendor, cell.nth, cell.mishap)
                raised = any(isinstance(result, Exception) for result in outcome.results.values())
                ended["wrong" if faults(outcome) else "an error" if raised else "results only"] += 1
            sys.stdout.write(_line(f"{vendor} {mishap}", ended))
            total += ended
        sys.stdout.write(_line(vendor, total))
        wrong += total["wrong"]
    return 1 if wrong else 0


def _line(what: str, ended: Counter[str]) -> str:
    counted = ", ".join(f"{how} {ended[how]}" for how in ("results only", "an error", "wrong"))
    return f"{what}: {ended.total()} cells: {counted}\n"


if __name__ == "__main__":
    raise SystemExit(main())
