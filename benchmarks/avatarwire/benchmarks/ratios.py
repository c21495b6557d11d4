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

__all__ = [
    "AsyncMeasure",
    "Bound",
    "Judge",
    "Measure",
    "Ratio",
    "as_json",
    "as_table",
    "paired",
    "paired_async",
    "seconds_per_call",
]

Measure = Callable[[], float]
AsyncMeasure = Callable[[], Awaitable[float]]

SECONDS_PER_BATCH: Final = 0.002
"""Long enough for the clock, short enough for the machine's speed to stay the same."""
ROUNDS: Final = 61
SMOKE_ROUNDS: Final = 2
"""Enough to run every line, too few to judge anything."""
ATTEMPTS: Final = 3
"""A limit is broken when so many measurements in a row break it: other programs run on the same machine."""


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


# --- judging ---


class Judge:
    """Measures ratios, notes them and holds them against their limits.

    Attributes:
        smoke: everything runs, next to nothing is measured and nothing is judged.
    """

    def __init__(self, ratios: list[Ratio], *, smoke: bool) -> None:
        self._ratios = ratios
        self.smoke = smoke

    def rounds(self, full: int = ROUNDS) -> int:
        """How many rounds to measure."""
        return SMOKE_ROUNDS if self.smoke else full

    def compare(
        self, name: str, subject: Measure, reference: Measure, bound: Bound | None = None, *, rounds: int = ROUNDS
    ) -> None:
        """Measures one ratio and judges it.

        Raises:
            AssertionError: it breaks its limit, time and again.
        """
        measured = paired(subject, reference, rounds=self.rounds(rounds))
        for _ in range(ATTEMPTS - 1):
            if self._passes(measured, bound):
                break
            measured = paired(subject, reference, rounds=self.rounds(rounds))
        self.judge(name, measured, bound)

    async def compare_async(
        self, name: str, subject: AsyncMeasure, reference: AsyncMeasure, bound: Bound | None = None, *, rounds: int
    ) -> None:
        """As `compare`, in a coroutine; a round of a load test is dear, so the caller says how many."""
        measured = await paired_async(subject, reference, rounds=self.rounds(rounds))
        for _ in range(ATTEMPTS - 1):
            if self._passes(measured, bound):
                break
            measured = await paired_async(subject, reference, rounds=self.rounds(rounds))
        self.judge(name, measured, bound)

    def _passes(self, measured: float, bound: Bound | None) -> bool:
        return self.smoke or bound is None or bound.holds(measured)

    def judge(self, name: str, measured: float, bound: Bound | None = None) -> None:
        """Notes a ratio that was measured elsewhere. Raises `AssertionError` when it breaks its limit."""
        ratio = Ratio(name, measured, bound, judged=not self.smoke)
        self._ratios.append(ratio)
        if ratio.verdict == "FAILED":
            raise AssertionError(f"{name}: {measured:.3f}, should be {bound}")


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
