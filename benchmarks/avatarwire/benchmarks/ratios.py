"""How a ratio is measured, judged and reported. Only ratios count: absolute times are those of one machine, one minute.

A machine's speed drifts, often by half, while a benchmark runs. So the two contenders alternate within every round,
the one that goes first changes from round to round, and the result is the median of the rounds' own ratios.

Anything that yields one number a round can be compared: seconds per call (`seconds_per_call`), or a rate that a load
generator reports, measured in a coroutine (`paired_async`).
"""

from __future__ import annotations

import json
import platform
import timeit
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Final, Literal

__all__ = ["Bound", "Ratio", "as_json", "as_table", "paired", "paired_async", "seconds_per_call"]

Measure = Callable[[], float]
AsyncMeasure = Callable[[], Awaitable[float]]

SECONDS_PER_BATCH: Final = 0.002
"""Long enough for the clock, short enough for the machine's speed to stay the same."""


@dataclass(frozen=True, slots=True)
class Bound:
    """What a ratio must not exceed, or must reach."""

    kind: Literal["at most", "at least"]
    value: float

    def holds(self, measured: float) -> bool:
        return measured <= self.value if self.kind == "at most" else measured >= self.value

    def __str__(self) -> str:
        return f"{self.kind} {self.value:g}"


@dataclass(frozen=True, slots=True)
class Ratio:
    """One comparison and its outcome.

    Attributes:
        name: what is compared, such as ``header decode: codec / hand-written``.
        measured: median of the paired ratios.
        bound: what it must keep to; None where it is only shown.
        judged: whether enough was measured to judge it.
    """

    name: str
    measured: float
    bound: Bound | None = None
    judged: bool = True

    @property
    def verdict(self) -> Literal["ok", "FAILED", "shown", "not judged"]:
        if not self.judged:
            return "not judged"
        if self.bound is None:
            return "shown"
        return "ok" if self.bound.holds(self.measured) else "FAILED"


# --- measuring ---


def seconds_per_call(call: Callable[..., object], *args: object, calls: int = 0) -> Measure:
    """A measure of ``call(*args)``, written out as a person would: no lambda, no unpacking in the timed loop.

    Args:
        call, args: what to time.
        calls: calls a round; 0 finds a number that takes `SECONDS_PER_BATCH`.
    """
    names = [f"argument_{index}" for index in range(len(args))]
    namespace = {"call": call, **dict(zip(names, args, strict=True))}
    timer = timeit.Timer(f"call({', '.join(names)})", globals=namespace)
    number = calls or _calls(timer)

    def measure() -> float:
        return timer.timeit(number) / number

    return measure


def _calls(timer: timeit.Timer) -> int:
    number = 1
    while timer.timeit(number) < SECONDS_PER_BATCH:
        number *= 2
    return number


def paired(subject: Measure, reference: Measure, *, rounds: int) -> float:
    """The median over `rounds` of what the subject measures over what the reference measures, close to each other."""
    ratios: list[float] = []
    for index in range(rounds):
        if index % 2:
            below = reference()
            ratios.append(subject() / below)
        else:
            ratios.append(subject() / reference())
    return median(ratios)


async def paired_async(subject: AsyncMeasure, reference: AsyncMeasure, *, rounds: int) -> float:
    """As `paired`, for measures that need an event loop, such as a server's rate under load."""
    ratios: list[float] = []
    for index in range(rounds):
        if index % 2:
            below = await reference()
            ratios.append(await subject() / below)
        else:
            above = await subject()
            ratios.append(above / await reference())
    return median(ratios)


# --- reporting ---


def as_table(ratios: Iterable[Ratio]) -> list[str]:
    """Lines of a table: name, measured, limit, verdict."""
    rows = [
        ("ratio", "measured", "limit", "verdict"),
        *((ratio.name, f"{ratio.measured:.2f}", str(ratio.bound or ""), ratio.verdict) for ratio in ratios),
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        f"{name:<{widths[0]}}  {measured:>{widths[1]}}  {limit:<{widths[2]}}  {verdict}".rstrip()
        for name, measured, limit, verdict in rows
    ]


def as_json(ratios: Iterable[Ratio], path: Path) -> None:
    """Writes the ratios, with the interpreter they were measured on."""
    told = {
        "python": platform.python_version(),
        "ratios": [{**asdict(ratio), "verdict": ratio.verdict} for ratio in ratios],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
