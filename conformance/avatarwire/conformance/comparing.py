"""Where two endpoints differ: cases that come to other verdicts, by the clauses that they judge."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from .engine.result import CaseResult

__all__ = ["Difference", "differences", "lines"]


class Difference(msgspec.Struct, frozen=True):
    """A case that the two endpoints do not do alike."""

    one: CaseResult
    other: CaseResult


def differences(one: Iterable[CaseResult], other: Iterable[CaseResult]) -> list[Difference]:
    """The cases whose verdicts differ, or that differ from the requirement in another way.

    Args:
        one, other: results of the same cases.
    """
    second = {result.id: result for result in other}
    pairs = [Difference(result, second[result.id]) for result in one if result.id in second]
    return [pair for pair in pairs if _outcome(pair.one) != _outcome(pair.other)]


def _outcome(result: CaseResult) -> tuple[object, ...]:
    # What was seen has ids and times in it, so it is compared by people.
    return (result.verdict, result.differs)


def lines(found: Sequence[Difference], one: str, other: str) -> list[str]:
    """The differences for people."""
    if not found:
        return [f"{one} and {other} do not differ in any of these cases"]
    shown = [f"{len(found)} differences between A = {one} and B = {other}:"]
    for pair in found:
        shown += [
            f"{', '.join(pair.one.clauses)}  {pair.one.id}",
            f"    {pair.one.title}",
            f"    A: {pair.one.verdict}: {pair.one.observed}",
            f"    B: {pair.other.verdict}: {pair.other.observed}",
        ]
    return shown
