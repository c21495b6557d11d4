"""Two deviations at a time, as few runs as cover every pair of kinds: a covering array of strength two.

The factors of a run are the kind of message that deviates first and how, and the kind that deviates then and how. Every
two values of two of these factors are in some run; which of its kind each message is, changes from run to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TypeAlias

from .plan import Seen

__all__ = ["pairs"]

Single: TypeAlias = "tuple[Seen, str]"

_CANDIDATES = 40
"""Runs that are looked at for the next one; the one that covers most is taken."""


def pairs(singles: Sequence[Single]) -> Iterator[tuple[Single, Single]]:
    """Pairs of deviations of different messages, in the order of the talk, the same for the same talk.

    Args:
        singles: all deviations, in the order of the talk.
    """
    order = {id(single): place for place, single in enumerate(singles)}
    left = _wanted(singles)
    place = 0
    while left:
        found = max(
            (it for it in _some(singles, place, order) if it[0][0].label != it[1][0].label),
            key=lambda it: len(left & _covered(*it)),
            default=None,
        )
        place += _CANDIDATES
        if found is not None and (covered := left & _covered(*found)):
            left -= covered
            yield found
        elif place > _CANDIDATES * len(singles):
            return  # what is left is two deviations of one and the same message, or cannot be in this order


def _some(singles: Sequence[Single], place: int, order: dict[int, int]) -> Iterator[tuple[Single, Single]]:
    """Pairs that lie apart in different ways, one after the other."""
    count = len(singles)
    for step in range(_CANDIDATES):
        number = place + step
        first, second = singles[number * 7 % count], singles[(number * 7 + 1 + number // count * 11) % count]
        yield (first, second) if order[id(first)] < order[id(second)] else (second, first)


def _covered(first: Single, second: Single) -> frozenset[tuple[tuple[str, str], tuple[str, str]]]:
    values = (
        ("first message", first[0].message),
        ("first fault", first[1].partition(":")[0]),
        ("second message", second[0].message),
        ("second fault", second[1].partition(":")[0]),
    )
    return frozenset(combinations(values, 2))


def _wanted(singles: Sequence[Single]) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """All that may be covered: by pairs of deviations, of the first and of the last message of a kind each."""
    ends: dict[tuple[str, str], list[int]] = {}
    for place, (seen, fault) in enumerate(singles):
        ends.setdefault((seen.message, fault.partition(":")[0]), []).append(place)
    kinds = {kind: (places[0], places[-1]) for kind, places in ends.items()}
    found: set[tuple[tuple[str, str], tuple[str, str]]] = set()
    for first in kinds.values():
        for second in kinds.values():
            one, other = singles[first[0]], singles[second[1]]
            if first[0] < second[1] and one[0].label != other[0].label:
                found |= _covered(one, other)
    return found
