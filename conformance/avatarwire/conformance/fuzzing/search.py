"""A search in one process: examples are drawn until a property does not hold, and that one is made simpler.

Nothing is printed or written, but for the box.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec
from hypothesis import event
from hypothesis import target as guided

from avatarwire.codecs.errors import AvatarwireError

from ..probing.freedoms import Allowed
from ..searching import database_of, drawing, objection, objections_kept
from .failure import CodecFailure, FakeFailure, fuzzed_failure, kind_of, steps_of
from .shrinking import simplest
from .target import ALIVE, Kind, Target, Tried, target

__all__ = ["Again", "Fuzz", "Fuzzing", "boxed_failure", "fuzzed", "tried_again"]

_ROUND: Final = 200
"""Examples that are drawn before it is looked whether time is up."""
_SIMPLER_SECONDS: Final = 20.0
"""Real seconds that are spent on making a failure simpler."""
_TOLD: Final = 2.0
"""Seconds between two words of how far a search is."""
_EVENTS: Final = 40
"""Characters of what Hypothesis is told of an example."""


class Fuzz(msgspec.Struct, frozen=True, kw_only=True, tag="fuzz"):
    """A search that is wanted.

    Attributes:
        kind, vendor, allowed: as of `target.target`.
        seconds: real seconds for which examples are drawn; None for no end but that of `examples`.
        examples: that are drawn at most.
        seed: of what is drawn.
        corpus: where examples are kept; empty for nowhere.
        box: file that has the example at hand, for when this process does not outlive it.
    """

    kind: Kind
    vendor: str
    allowed: Allowed
    seconds: float | None
    examples: int | None
    seed: int
    corpus: str
    box: str


class Again(msgspec.Struct, frozen=True, tag="again"):
    """A failure that is to be tried again."""

    failure: CodecFailure | FakeFailure


class Fuzzing(msgspec.Struct, kw_only=True):
    """How far a search is, or what it has found.

    Attributes:
        over: whether it is over.
        runs: examples that were tried.
        count: single things in them, such as the messages of a game.
        failures: one for each property that does not hold.
        unsteady: what did not come again.
        reached: situations, each with the number of examples in which it came about.
        clauses: rules and variants, likewise, of which a message had another form than the ruled one.
        pairs: different pairs of where things stood and what was done.
        unable: why nothing can be said; empty where something can.
    """

    over: bool = False
    runs: int = 0
    count: int = 0
    failures: tuple[CodecFailure | FakeFailure, ...] = ()
    unsteady: tuple[str, ...] = ()
    reached: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    clauses: dict[str, int] = msgspec.field(default_factory=dict[str, int])
    pairs: int = 0
    unable: str = ""


class _Over(KeyboardInterrupt):
    """Time is up, or nothing can be said. Hypothesis takes any other exception for a failure, and tries it again."""


class _Log:
    """Takes down what comes of examples.

    Args:
        order: of the search.
        found: what is found goes there.
        progress: is told from time to time how far it is.
    """

    def __init__(self, order: Fuzz, found: Fuzzing, progress: Callable[[Fuzzing], object]) -> None:
        self._box: Final = Path(order.box) if order.box else None
        self._end: Final = float("inf") if order.seconds is None else time.perf_counter() + order.seconds
        self._found: Final = found
        self._progress: Final = progress
        self._told = time.perf_counter()
        self._reached: Final = Counter[str]()
        self._clauses: Final = Counter[str]()
        self._pairs: Final = set[str]()
        self.simplest: Final[dict[str, tuple[tuple[Any, ...], Tried]]] = {}

    @property
    def over(self) -> bool:
        return time.perf_counter() > self._end

    def begin(self, steps: Sequence[Any]) -> None:
        if self.over and not self.simplest:
            raise _Over
        if self._box is not None:
            self._box.write_bytes(msgspec.json.encode([*steps]))

    def end(self, steps: Sequence[Any], tried: Tried) -> None:
        found = self._found
        found.runs += 1
        found.count += tried.count
        self._reached.update(tried.reached)
        self._clauses.update(dict.fromkeys(tried.clauses, 1))
        self._pairs.update(tried.pairs)
        found.pairs = len(self._pairs)
        found.reached, found.clauses = dict(self._reached), dict(self._clauses)
        if time.perf_counter() > self._told + _TOLD:
            self._told = time.perf_counter()
            self._progress(found)
        for name in tried.reached:
            event(name[:_EVENTS])
        # An example in which more comes about than in others is kept, and begun with the next time.
        guided(float(len(tried.reached)), label="situations")
        guided(float(len(tried.pairs)), label="pairs")
        if tried.unable:
            found.unable = tried.unable
            raise _Over
        if not tried.broken:
            return
        known = self.simplest.get(tried.broken)
        if known is None or _size(steps) <= _size(known[0]):
            self.simplest[tried.broken] = tuple(steps), tried
        raise objection(tried.broken, tried.detail)


def _size(steps: Sequence[Any]) -> tuple[int, int]:
    return len(steps), len(msgspec.json.encode([*steps]))


def fuzzed(order: Fuzz, progress: Callable[[Fuzzing], object] = lambda _: None) -> Fuzzing:
    """Searches until there is a failure, or no time, or no examples left.

    Args:
        order: what is wanted.
        progress: is told from time to time how far it is.

    Raises:
        AvatarwireError: there is no such target, or the corpus cannot be reached.
    """
    searched = target(order.kind, order.vendor, order.allowed)
    name = f"{order.kind} {order.vendor} {order.allowed}"
    database = database_of(order.corpus, name) if order.corpus else None
    found = Fuzzing()
    log = _Log(order, found, progress)
    left = float("inf") if order.examples is None else order.examples
    number = order.seed
    while not found.failures and left > 0 and not log.over and not found.unable:
        size = int(min(_ROUND, left))
        with suppress(_Over), objections_kept():
            searched.explore(log, drawing(size, database), number)
        left -= size
        number += 1
        _conclude(order, searched, log, found)
        progress(found)
    found.over = True
    return found


def _conclude(order: Fuzz, searched: Target, log: _Log, found: Fuzzing) -> None:
    """What has objected is tried again by its steps alone, and kept where it objects again, as simple as can be."""
    for name, (steps, _) in log.simplest.items():
        log.begin(steps)
        tried = searched.tried(steps)
        if tried.broken != name:
            found.unsteady = (*found.unsteady, f"{name}, then {tried.broken or tried.unable or 'nothing'}")
            continue
        end = time.perf_counter() + _SIMPLER_SECONDS
        simple, shown = simplest(steps, tried, searched, end)
        failure = fuzzed_failure(order.kind, order.vendor, order.allowed, simple, shown)
        found.failures = (*found.failures, failure)
    log.simplest.clear()


def boxed_failure(order: Fuzz, how: str) -> CodecFailure | FakeFailure | None:
    """The failure that a process has not outlived, as it was when it was last heard of; None where it tried nothing."""
    step = target(order.kind, order.vendor, order.allowed).step
    try:
        steps = msgspec.json.decode(Path(order.box).read_bytes(), type=list[step])  # type: ignore[valid-type]
    except (OSError, msgspec.DecodeError):
        return None
    return fuzzed_failure(order.kind, order.vendor, order.allowed, steps, Tried(broken=ALIVE, detail=how))


def tried_again(order: Again) -> Tried:
    """What comes of a failure's steps now."""
    failure = order.failure
    searched = target(kind_of(failure), failure.vendor, failure.allow)
    try:
        return searched.tried(steps_of(failure, searched))
    except AvatarwireError as error:  # such as a fake that is to be made as none can be
        return Tried(unable=str(error))
