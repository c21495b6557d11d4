"""How a run looks in a terminal: one line a case that is not as required, and a count at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from avatarwire.codecs.textform import printable

from ..engine.result import CaseResult, Summary

__all__ = ["LiveView"]


class LiveView:
    """Shows results as they come.

    Args:
        out: where to.
        total: how many cases there are.
    """

    def __init__(self, out: TextIO, total: int) -> None:
        self._out = out
        self._total = total

    def __call__(self, result: CaseResult) -> None:
        """Shows a result."""
        if result.verdict not in ("ok", "skipped"):
            self._out.write(printable(f"{result.verdict:14} {result.id}: {result.observed}") + "\n")

    def finish(self, summary: Summary, results: Sequence[CaseResult]) -> None:
        """Shows the end."""
        counts = ", ".join(f"{count} {verdict}" for verdict, count in summary.verdicts.items() if count)
        self._out.write(f"{summary.vendor}: {len(results)} cases: {counts}; {summary.seconds:.1f} s\n")
