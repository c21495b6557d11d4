"""Contenders for one job, and how they are held against each other: shared by the benchmarks of all codecs.

Only the contest lives here; who contends is in `test_*.py`, what a hand-written contender looks like in `floors*.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.ratios import Bound, Judge, Measure, seconds_per_call

__all__ = ["CODEC", "HAND", "RULED", "Contender", "Group", "at_most", "at_most_ruled", "cases", "contest", "measure"]

CODEC: Final = "codec"
HAND: Final = "hand-written"
RULED: Final = "hand-written, with the rules"
"""The same that holds the rules between members as well, as the codec does; such code does the same work."""
Contender = tuple[Callable[..., object], tuple[Any, ...]]
"""A function and its arguments."""


@dataclass(frozen=True, slots=True)
class Group:
    """Contenders for one job, and the ratios between them that are promised: ``(subject, reference): bound``."""

    name: str
    contenders: Mapping[str, Contender]
    bounds: Mapping[tuple[str, str], Bound]


def at_most(value: float) -> dict[tuple[str, str], Bound]:
    """The codec costs at most so many times what the hand-written code does."""
    return {(CODEC, HAND): Bound("at most", value)}


def at_most_ruled(value: float, unruled: float) -> dict[tuple[str, str], Bound]:
    """The same of a message with rules between its members: of code that holds them, and of code that does not."""
    return {(CODEC, RULED): Bound("at most", value), **at_most(unruled)}


def cases(groups: Sequence[Group]) -> pytest.MarkDecorator:
    """Every contender of every group, as ``group`` and ``name`` of a test."""
    found = [(group, name) for group in groups for name in group.contenders]
    return pytest.mark.parametrize(("group", "name"), found, ids=[f"{group.name}: {name}" for group, name in found])


def contest(group: Group, name: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    """Times one contender, and judges the ratios that it is the subject of.

    Raises:
        AssertionError: a promised ratio is not kept.
    """
    call, arguments = group.contenders[name]
    benchmark.group = group.name
    benchmark(call, *arguments)

    for (subject, reference), bound in group.bounds.items():
        if subject == name:
            measures = measure(group, subject, smoke=judge.smoke), measure(group, reference, smoke=judge.smoke)
            judge.compare(f"{group.name}: {subject} / {reference}", *measures, bound)


def measure(group: Group, name: str, *, smoke: bool) -> Measure:
    call, arguments = group.contenders[name]
    return seconds_per_call(call, *arguments, calls=1 if smoke else 0)
