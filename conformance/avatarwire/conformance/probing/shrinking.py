"""Making a failure simpler: fewer deviations, less to do, plainer and earlier deviations, as long as it still fails.

It works on the tape and the workload, by carrying out runs; a dozen of them is mostly enough.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from .plan import Act, Deviation, Ended, Outcome, label_of, saying, spread_of

__all__ = ["Shown", "Tried", "simplest"]


class Shown(NamedTuple):
    """What shows a failure.

    Attributes:
        workload: what the client is told to do.
        tape: how the vendor deviates, tunables included.
        ended: what came of it.
    """

    workload: tuple[Act, ...]
    tape: tuple[Deviation, ...]
    ended: Ended


Tried: TypeAlias = Callable[[tuple[Act, ...], tuple[Deviation, ...]], Ended]
"""Carries out a run."""

_Candidate: TypeAlias = tuple[tuple[Act, ...], tuple[Deviation, ...]]

_FIRST: Final = 6
"""Of each kind so many messages are tried in the place of a later one: the shortest talks have no more."""
_PLAINER: Final = {
    "duplicate:3": ("duplicate",),
    "reorder:3": ("reorder",),
    "delay:400": ("delay:5", "delay:40"),
    "delay:40": ("delay:5",),
    "close:1000": ("close",),
    "close:1001": ("close",),
    "close:1012": ("close",),
    "reset": ("close", "drop"),
    "hang": ("drop",),
    "status:500": ("reject",),
    "status:502": ("reject",),
    "status:503": ("reject",),
}
"""Deviations that say the same in a plainer way, if it still fails by them."""


def simplest(shown: Shown, tried: Tried, *, runs: int, seconds: float) -> Shown:
    """The simplest that still has the same outcome.

    Args:
        shown: what is known to fail.
        tried: carries out a run.
        runs: at most.
        seconds: real ones, after which no further run is begun.
    """
    outcome, end = shown.ended.outcome, time.perf_counter() + seconds
    seen: set[_Candidate] = {(shown.workload, shown.tape)}
    better = True
    while better:
        better = False
        for candidate in _candidates(shown):
            if candidate in seen:
                continue
            if runs <= 0 or time.perf_counter() > end:
                return shown
            seen.add(candidate)
            runs -= 1
            ended = tried(*candidate)
            if _is_same(ended, outcome):
                shown, better = Shown(*candidate, ended), True
                break
    return shown


def _is_same(ended: Ended, outcome: Outcome) -> bool:
    return not ended.unable and ended.outcome == outcome


def _candidates(shown: Shown) -> Iterator[_Candidate]:
    workload, tape, ended = shown
    # What never took place, such as what lies behind the failure, goes first, and all of it.
    acted = tuple(it for it in tape if it.label in ended.acted or it.tunable)
    yield workload, acted
    for it in tape:
        yield workload, (it,)
    for place in range(len(tape)):
        yield workload, (*tape[:place], *tape[place + 1 :])
    begun = _begun(shown)
    yield workload[:begun], tape
    for place in reversed(range(len(workload))):
        yield (*workload[:place], *workload[place + 1 :]), tape
    for place, it in enumerate(tape):
        for other in _earlier(it):
            # What is earlier may need less to be done.
            if len(workload) > 1:
                yield workload[:1], (*tape[:place], other, *tape[place + 1 :])
        for other in (*_earlier(it), *_plainer(it)):
            yield workload, (*tape[:place], other, *tape[place + 1 :])


def _begun(shown: Shown) -> int:
    """How many acts there are up to the last one that was begun."""
    calls = [step.call for step in shown.ended.steps]
    begun = [place for place, act in enumerate(shown.workload) for text in act.texts if saying(text) in calls]
    return max(begun, default=-1) + 1


def _earlier(deviation: Deviation) -> Iterator[Deviation]:
    message, nth, last = spread_of(deviation.label)
    for number in () if last != nth else sorted({*range(1, _FIRST + 1), nth // 2, nth - 1}):
        if 0 < number < nth:
            yield Deviation(label_of(message, number), deviation.value, deviation.clause)


def _plainer(deviation: Deviation) -> Iterator[Deviation]:
    for value in _PLAINER.get(str(deviation.value), ()):
        yield Deviation(deviation.label, value)
