"""How it reads that what was expected did not happen: what was looked for, what came nearest, and what was around it.

Only failures of expectations, and finding what came nearest, may live here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from avatarwire.fakeserver.journal.bodies import Miss
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.entry import lines as lines_of
from avatarwire.fakeserver.journal.masking import masked

__all__ = [
    "NEAREST",
    "EvidenceLostError",
    "ExpectationError",
    "NearMiss",
    "Shortfall",
    "around_of",
    "came",
    "lost_violations",
    "not_seen",
    "stood_still",
]

NEAREST: Final = 10
"""Entries that a failure shows."""

_AROUND: Final = 5
"""Entries that are shown before and after the one that matters."""


class NearMiss(NamedTuple):
    """The entry that met most of what was asked.

    Attributes:
        entry: which.
        misses: what it did not meet.
    """

    entry: Entry
    misses: tuple[Miss, ...]


class Shortfall(NamedTuple):
    """In what a goal was missed.

    Attributes:
        problem: in a few words; empty where there is no more to say than that it did not come.
        nearest: the entry that met most of it.
        steps: of a sequence, a line each.
        matched: numbers of entries that are part of what was looked for.
    """

    problem: str = ""
    nearest: NearMiss | None = None
    steps: tuple[str, ...] = ()
    matched: tuple[int, ...] = ()


_NOTHING: Final = Shortfall()


class ExpectationError(AssertionError):
    """What a test expected of the journal did not happen, or can no longer be known.

    Attributes:
        expected: what was looked for.
        nearest: the last entries within the range searched.
        dropped: entries within that range that the journal no longer holds.
        near_miss: the entry that met most of what was asked, and what it did not meet; None where none did.
    """

    def __init__(
        self,
        problem: str,
        expected: str,
        nearest: tuple[Entry, ...],
        dropped: int,
        origin: float,
        hint: str = "",
        *,
        shortfall: Shortfall = _NOTHING,
        around: Sequence[Entry] = (),
    ) -> None:
        self.expected = masked(expected)
        self.nearest = nearest
        self.dropped = dropped
        self.near_miss = shortfall.nearest
        lines = [f"{problem}: {self.expected}"]
        if dropped:
            lines.append(
                f"{dropped} older entries were dropped and may have held it: "
                "give the journal a larger budget_bytes, or search since=journal.mark()"
            )
        if hint:
            lines.append(hint)
        lines += [f"  {masked(step)}" for step in shortfall.steps]
        marked = set(shortfall.matched)
        if (miss := shortfall.nearest) is not None:
            marked.add(miss.entry.seq)
            lines.append(f"nearest miss: {lines_of([miss.entry], origin)[0]}")
            lines += [f"  {masked(str(one))}" for one in miss.misses]
        lines += _timeline(nearest, around, marked, origin)
        super().__init__("\n".join(lines))


class EvidenceLostError(ExpectationError):
    """Nothing can be concluded: what would have to be looked at was dropped to make room."""


def not_seen(timeout: float, shortfall: Shortfall) -> str:
    """That something did not come within so many real seconds."""
    return f"not seen within {timeout:g} s" + (f" ({shortfall.problem})" if shortfall.problem else "")


def came(length: float, after: float) -> str:
    """That something came within so many seconds of the fake's clock, and how long after the call."""
    when = f"{after:.3f} s" if after >= 0 else "0 s: before the call"
    return f"expected none for {length:g} s, one came after {when}"


def stood_still(length: float, timeout: float, passed: float) -> str:
    """That the fake's clock stood still for so many real seconds, when so much of its time had passed."""
    return (
        f"cannot tell that there was none for {length:g} s: the fake's clock has stood still for "
        f"{timeout:g} real s, {passed:g} s after the call"
    )


def lost_violations(asked: Mapping[str, object], origin: float) -> EvidenceLostError:
    """That none of the violations that are kept matches, but others may have.

    Args:
        asked: what they had to be; None for what does not matter.
        origin: epoch seconds of the start of the journal.
    """
    expected = ", ".join(["violations", *[f"{name}={it}" for name, it in asked.items() if it is not None]])
    problem = "cannot tell whether there were any, as more came than can be kept"
    return EvidenceLostError(problem, expected, (), 0, origin)


def around_of(entries: Sequence[Entry], shortfall: Shortfall) -> list[Entry]:
    """The entries around the place where something was missed.

    Args:
        entries: all in range, in order.
        shortfall: what was missed.
    """
    pivots = set(shortfall.matched[-1:])
    if shortfall.nearest is not None:
        pivots.add(shortfall.nearest.entry.seq)
    wanted: set[int] = set()
    for at, entry in enumerate(entries):
        if entry.seq in pivots:
            wanted.update(range(max(at - _AROUND, 0), min(at + _AROUND + 1, len(entries))))
    return [entries[at] for at in sorted(wanted)]


def _timeline(
    last: tuple[Entry, ...], around: Sequence[Entry], marked: Collection[int], origin: float
) -> Iterable[str]:
    if not last and not around:
        yield "no entries in the range searched"
        return
    known = {entry.seq for entry in last}
    before = [entry for entry in around if entry.seq not in known]
    shown = sorted([*before, *last], key=lambda entry: entry.seq)
    yield f"the entries around it, and the last {len(last)}:" if before else f"last {len(last)} entries:"
    texts = lines_of(shown, origin)
    gaps = {one.seq for one, other in pairwise(shown) if other.seq > one.seq + 1}
    for entry, text in zip(shown, texts, strict=True):
        yield f"{'>' if entry.seq in marked else ' '} {text}"
        if before and entry.seq in gaps:
            yield "  …"
