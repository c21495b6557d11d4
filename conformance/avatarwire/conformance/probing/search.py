"""Looking for what breaks a client: Hypothesis draws talks, and makes what breaks one simpler.

Runs are carried out here, in this process and thread. Nothing is printed or written.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, cast

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings, target
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase
from hypothesis.errors import Flaky, HypothesisException

from avatarwire.codecs.errors import AvatarwireError

from .adapter import OPTIONAL
from .choosing import request_of
from .drawing import Drawn, drawn_session
from .failure import Failure, failure_of
from .freedoms import Allowed, Freedoms, freedoms_of
from .plan import FINE, Act, Deviation, Ended, Outcome, Plan, without
from .shrinking import Shown, simplest
from .situations import reached
from .subject import Subject

__all__ = ["ROUND", "CouldNotSearch", "Found", "Hunt", "database_of", "hunted"]

ROUND: Final = 40
"""Talks that are drawn before it is looked whether time is up."""
_SIMPLER: Final = 60
_SIMPLER_SECONDS: Final = 8.0
"""Talks, and real seconds, that are spent on making a failure simpler."""


class CouldNotSearch(AvatarwireError):
    """Nothing can be said of a client: it does not even get through a talk that goes as documented."""


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


_ALL_HEALTH_CHECKS: Final = tuple(cast("Iterable[HealthCheck]", HealthCheck))
"""Hypothesis is told how long a talk may take, and how much of it is drawn."""


class _Objection(AssertionError):
    """An oracle objects. Hypothesis tells failures apart by their class."""


_OBJECTIONS: Final[dict[Outcome, type[_Objection]]] = {}


def _objection(outcome: Outcome) -> _Objection:
    if outcome not in _OBJECTIONS:
        _OBJECTIONS[outcome] = type(f"Objection_{outcome}", (_Objection,), {})
    return _OBJECTIONS[outcome](outcome)


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
        @settings(
            max_examples=size,
            database=self._hunt.database,
            deadline=None,
            derandomize=False,
            phases=(Phase.reuse, Phase.generate),
            verbosity=Verbosity.quiet,
            suppress_health_check=_ALL_HEALTH_CHECKS,
            print_blob=False,
            report_multiple_bugs=False,
        )
        @seed(number)  # which takes the corpus from the settings that it finds
        @given(st.data())
        def talk(data: Any) -> None:
            self._talk(data.draw)

        try:
            talk()
        except (_Objection, BaseExceptionGroup, Flaky, HypothesisException):
            # What has objected is kept where it was seen: a talk need not go the same way twice.
            return

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
        raise _objection(ended.outcome)

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


class _Named(ExampleDatabase):
    """Examples of one search, apart from those of others in the same place.

    Args:
        inner: where they are.
        name: of the search.
    """

    def __init__(self, inner: ExampleDatabase, name: str) -> None:
        super().__init__()
        self._inner: Final = inner
        self._name: Final = name.encode()

    def _key(self, key: bytes) -> bytes:
        return hashlib.sha256(self._name + b"\0" + key).digest()

    def save(self, key: bytes, value: bytes) -> None:
        self._inner.save(self._key(key), value)

    def fetch(self, key: bytes) -> Iterable[bytes]:
        return self._inner.fetch(self._key(key))

    def delete(self, key: bytes, value: bytes) -> None:
        self._inner.delete(self._key(key), value)


def database_of(place: str, name: str) -> ExampleDatabase:
    """Where examples are kept that machines share.

    Args:
        place: a folder, or ``redis://HOST:PORT/NUMBER``.
        name: of the search.

    Raises:
        CouldNotSearch: there is no library for that, nothing is there that can be reached, or it is no folder.
    """
    if not place.startswith(("redis://", "rediss://", "unix://")):
        if Path(place).exists() and not Path(place).is_dir():
            raise CouldNotSearch(f"--corpus {place}: it is no folder")
        return _Named(DirectoryBasedExampleDatabase(place), name)
    try:
        import redis
        from hypothesis.extra.redis import RedisExampleDatabase
    except ImportError:
        raise CouldNotSearch('--corpus: a corpus in Redis needs its library: pip install "redis>=5"') from None
    # Examples are asked for where no error is heard of any more. A URL may have a password in it.
    try:
        connection: Any = cast("Any", redis.Redis).from_url(place)
        connection.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        raise CouldNotSearch(f"--corpus: Redis cannot be reached: {type(error).__name__}") from None
    return _Named(RedisExampleDatabase(connection), name)
