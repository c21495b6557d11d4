"""Which beginning of a sequence came furthest: where times are limited, a later beginning may have taken its place.

Only this lives here, and what a beginning is. It is asked once, of a sequence that was missed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeAlias

from avatarwire.fakeserver.journal.bodies import Miss
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.journal.missed import NearMiss
from avatarwire.fakeserver.journal.query import Search

__all__ = ["Late", "Link", "chain_of", "furthest"]


class Link(NamedTuple):
    """An entry as a step, and how it was come to."""

    entry: Entry
    start: float
    before: Link | None


class Late(NamedTuple):
    """A limit of time that an entry does not keep.

    Attributes:
        miss: in words.
        seconds: by how much.
    """

    miss: Miss
    seconds: float


LateOf: TypeAlias = Callable[[int, Link, Entry], Iterable[Late]]
"""The limits that an entry does not keep as the step of that index, behind what came before."""


def chain_of(link: Link | None) -> list[Entry]:
    """The entries of a beginning, the first step first."""
    found: list[Entry] = []
    while link is not None:
        found.append(link.entry)
        link = link.before
    return found[::-1]


def furthest(
    searches: Sequence[Search], broken: int, entries: Iterable[Entry], late_of: LateOf, *, same: bool, timed: bool
) -> tuple[list[Entry], NearMiss] | None:
    """Of all beginnings up to a step, the one that an entry behind it continues but for as little as possible.

    That is the one with the fewest misses; of several the one that is least late, then the latest.

    Args:
        searches: of all steps.
        broken: index of the step that is missing.
        entries: all in range, in order.
        late_of: how limits of time are told.
        same: whether all are about one session.
        timed: whether times are limited; where they are not, the first beginning is the one that counts.
    """
    best: tuple[list[Entry], NearMiss] | None = None
    least: tuple[float, float] = (math.inf, math.inf)
    links: list[dict[str, Link]] = [{} for _ in range(broken + 1)]
    for entry in entries:
        if same and not entry.session:
            continue
        key = entry.session if same else ""
        # From the last step on, as one entry is not two steps.
        for at in range(broken, -1, -1):
            search, before = searches[at], links[at - 1].get(key) if at else None
            if (at and before is None) or (not timed and key in links[at]) or not search.is_named(entry):
                continue
            failed = search.misses(entry)
            late = [] if before is None else list(late_of(at, before, entry))
            if at < broken and not failed and not late:
                links[at][key] = Link(entry, entry.time if before is None else before.start, before)
            elif before is not None and at == broken and (failed or late) and search.is_near(failed):
                rank = len(failed) + len(late), sum(each.seconds for each in late)
                if rank <= least:
                    best = chain_of(before), NearMiss(entry, (*failed, *(each.miss for each in late)))
                    least = rank
    return best
