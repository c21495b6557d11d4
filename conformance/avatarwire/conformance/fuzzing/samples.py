"""Messages to choose from: drawn some dozens at a time, and kept, as drawing one takes longer than sending it.

Which they are depends on nothing but what is asked for, so that a choice means the same in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from hypothesis import Phase, given, seed

from .. import strategies
from ..searching import drawing
from .steps import Sort

__all__ = ["BLOCKS", "SIZE", "Sample", "samples"]

SIZE: Final = 16
"""Messages in a block."""
BLOCKS: Final = 40
"""Blocks that there are of each message and sort."""


class Sample(NamedTuple):
    """A message.

    Attributes:
        sort: what it is.
        data: what travels.
        clause, path, label: of a mutation or variant: rule or erratum, where, and what was done.
    """

    sort: Sort
    data: bytes
    clause: str = ""
    path: str = ""
    label: str = ""


@cache
def samples(vendor: str, message: str, sort: Sort, block: int) -> Sequence[Sample]:
    """Some messages of a sort; valid ones where there are none of it.

    Args:
        vendor, message: which message.
        sort: ``valid``, ``mutation`` or ``variant``.
        block: which of them.
    """
    if sort == "mutation":
        drawn = _drawn(strategies.mutations(vendor, message), block)
        found = [Sample(sort, it.data, it.clause, it.path, it.label) for it in drawn]
    elif sort == "variant":
        drawn = _drawn(strategies.variants(vendor, message), block)
        found = [Sample(sort, it.data, it.erratum, it.path, it.label) for it in drawn]
    else:
        found = [Sample("valid", it.data) for it in _drawn(strategies.messages(vendor, message), block)]
    return found or samples(vendor, message, "valid", block)


def _drawn(strategy: Any, number: int) -> list[Any]:
    found: list[Any] = []
    if strategy.is_empty:
        return found

    @drawing(SIZE, phases=(Phase.generate,))
    @seed(number)
    @given(strategy)
    def draw(each: Any) -> None:
        found.append(each)

    draw()
    return found
