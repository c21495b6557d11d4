"""Looking for what breaks a client: Hypothesis draws talks, and makes what breaks one simpler.

Runs are carried out here, in this process and thread. Nothing is printed or written.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hypothesis import given, seed, target
from hypothesis import strategies as st
from hypothesis.database import ExampleDatabase

from ..searching import CouldNotSearch, drawing, objection, objections_kept
from .adapter import OPTIONAL
from .choosing import request_of
from .drawing import Drawn, drawn_session
from .failure import Failure, failure_of
from .freedoms import Allowed, Freedoms, freedoms_of
from .plan import FINE, Act, Deviation, Ended, Outcome, Plan, without
from .shrinking import Shown, simplest
from .situations import reached
from .subject import Subject

__all__ = ["ROUND", "Found", "Hunt", "hunted"]

ROUND: Final = 40
"""Talks that are drawn before it is looked whether time is up."""
_SIMPLER: Final = 60
_SIMPLER_SECONDS: Final = 8.0
"""Talks, and real seconds, that are spent on making a failure simpler."""


@dataclass(frozen=True, kw_only=True)
class Hunt:
    """What is looked for.

    Attributes:
        vendor: with whose fake.
        allowed: what the vendor is allowed.
        patience, delay, horizon: as of a plan.
        seconds: real seconds for which talks are drawn; None for no end but that of `examples`.
        examples: talks that are drawn at most.
        seed: of what is drawn.
        database: where examples are kept; None for nowhere.
        box: is told of each talk as it goes, for when the process does not outlive it.
    """

    vendor: str
    allowed: Allowed = "faults"
    patience: float
    delay: float
    horizon: float = 0.0
    seconds: float | None = None
    examples: int | None = None
    seed: int = 0
    database: ExampleDatabase | None = None
    box: Callable[[Plan, tuple[Deviation, ...]], object] = lambda plan, tape: None


@dataclass
class Found:
    """What has been found.

    Attributes:
        runs: talks that were held.
        seconds: real seconds that this took.
        failures: one for each oracle that has objected.
        unsteady: objections that did not come again.
        outcomes: how the talks ended, counted.
        reached: situations, each with the number of talks in which it came about.
    """

    runs: int = 0
    seconds: float = 0.0
    failures: list[Failure] = field(default_factory=list[Failure])
    unsteady: list[str] = field(default_factory=list[str])
    outcomes: dict[str, int] = field(default_factory=dict[str, int])
    reached: Counter[str] = field(default_factory=Counter[str])


class _Search:
    """A search under way."""

    def __init__(self, hunt: Hunt, subject: Subject, progress: Callable[[Found], object]) -> None:
        self._hunt: Final = hunt
        self._subject = subject
        self._lacking = tuple(it for it in OPTIONAL if it not in subject.optional)
        self._freedoms: Final[Freedoms] = freedoms_of(hunt.vendor)
        self._progress: Final = progress
        self._simplest: Final[dict[Outcome, tuple[Plan, tuple[Deviation, ...], Ended]]] = {}
        self._seen: Counter[str] = Counter()
        self._end = float("inf")
        self.found: Final = Found()

    def plan(self, workload: tuple[Act, ...], tape: tuple[Deviation, ...] = ()) -> Plan:
        """A run, from what there is to do and all deviations."""
        hunt = self._hunt
        plan = Plan(
            vendor=hunt.vendor,
            client=self._subject.client,
            workload=workload,
            patience=hunt.patience,
            delay=hunt.delay,
            horizon=hunt.horizon,
            real=self._subject.real,
        )
        return plan.with_tape(tape)

    def sunny(self) -> None:
        """Has the talk that goes as documented.

        Raises:
            CouldNotSearch: it does not end well.
        """
        workload = without(self._freedoms.flows["documented"], self._lacking)
        ended = self._subject.replayed(self.plan(workload))
        if ended.lacking in OPTIONAL and ended.lacking not in self._lacking:
            self._subject = replace(self._subject, optional=self._subject.optional - {ended.lacking})
            self._lacking = (*self._lacking, ended.lacking)
            self.sunny()
            return
        if ended.lacking:
            raise CouldNotSearch(f"the client says that it does not support {ended.lacking}: {ended.detail}")
        if ended.unable or ended.outcome != "ok":
            reason = ended.unable or f"{ended.outcome}: {ended.detail}"
            raise CouldNotSearch(f"the talk that goes as documented does not end well: {reason}")
        for seen in ended.seen:
            self._seen[seen.message] += 1
            if (asked := request_of(self._hunt.vendor, seen.message, seen.transport)) is not None:
                self._seen[asked] += 1

    def search(self) -> None:
        """Draws until there is a failure, or no time, or no examples left."""
        hunt, began = self._hunt, time.perf_counter()
        self._end = float("inf") if hunt.seconds is None else began + hunt.seconds
        left = float("inf") if hunt.examples is None else hunt.examples
        number = 0
        while not self.found.failures and left > 0 and time.perf_counter() < self._end:
            size = int(min(ROUND, left))
            self._round(size, hunt.seed + number)
            left -= size
            number += 1
            self.found.seconds = time.perf_counter() - began
            self._conclude()
            self._progress(self.found)

    def _round(self, size: int, number: int) -> None:
        @drawing(size, self._hunt.database)
        @seed(number)
        @given(st.data())
        def talk(data: Any) -> None:
            self._talk(data.draw)

        with objections_kept():
            talk()

    def _talk(self, draw: Any) -> None:
        hunt = self._hunt
        if time.perf_counter() > self._end and not self._simplest:
            return
        session = drawn_session(draw, self._freedoms, hunt.allowed, self._subject.optional, self._seen)
        plan = self.plan(session.workload, session.tape)
        chooser = Drawn(hunt.vendor, self._freedoms, hunt.allowed, session, delay=hunt.delay)
        chooser.acting = lambda: hunt.box(plan, (*session.tape, *chooser.acted))
        chooser.acting()
        ended = self._subject.tried(plan, chooser)
        self.found.runs += 1
        self.found.outcomes[ended.outcome] = self.found.outcomes.get(ended.outcome, 0) + 1
        if ended.unable:
            raise CouldNotSearch(ended.unable)
        tape = (*session.tape, *chooser.acted)
        come_about = set(reached(plan.workload, tape))
        self.found.reached.update(come_about)
        # A talk in which more comes about than in others is kept in the corpus.
        target(float(len(come_about)), label="situations")
        if ended.outcome in FINE:
            return
        known = self._simplest.get(ended.outcome)
        if known is None or _size(plan, tape) <= _size(known[0], known[1]):
            self._simplest[ended.outcome] = plan, tape, ended
        raise objection(ended.outcome)

    def _conclude(self) -> None:
        """What has objected is tried again by its tape alone, and kept where it objects again, as simple as can be."""
        for outcome, (plan, tape, _) in self._simplest.items():
            ended = self._taped(plan.workload, tape)
            if ended.outcome != outcome:
                self.found.unsteady.append(f"{outcome}, then {ended.outcome}: {', '.join(it.text for it in tape)}")
                continue
            shown = Shown(plan.workload, tape, ended)
            simple = simplest(shown, self._taped, runs=_SIMPLER, seconds=_SIMPLER_SECONDS)
            plan = self.plan(simple.workload, simple.tape)
            self.found.failures.append(failure_of(plan, simple.tape, simple.ended, self._hunt.allowed))
        self._simplest.clear()

    def _taped(self, workload: tuple[Act, ...], tape: tuple[Deviation, ...]) -> Ended:
        plan = self.plan(workload, tape)
        self._hunt.box(plan, tape)
        self.found.runs += 1
        return self._subject.replayed(plan)


def _size(plan: Plan, tape: Iterable[Deviation]) -> tuple[int, int]:
    return len(tuple(tape)), len(plan.workload)


def hunted(hunt: Hunt, subject: Subject, progress: Callable[[Found], object] = lambda _: None) -> Found:
    """Looks for what breaks a client.

    Args:
        hunt: what is looked for, and for how long.
        subject: the client.
        progress: called from time to time.

    Raises:
        CouldNotSearch: the client does not get through a talk that goes as documented.
    """
    search = _Search(hunt, subject, progress)
    search.sunny()
    search.search()
    return search.found
