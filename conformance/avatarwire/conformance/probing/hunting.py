"""A search in several processes at once; what kills one of them is a failure, too.

Nothing is printed here; the command is in `cli_fuzz.py`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from ..failure_files import AnyFailure
from ..fuzzing.search import Fuzz, Fuzzing, boxed_failure
from ..searching import CouldNotSearch
from .failure import failure_of
from .plan import Ended
from .pool import Process, ProcessDied
from .worker import Boxed, Result, Search

__all__ = ["Findings", "hunt_at_once"]

AnySearch: TypeAlias = Search | Fuzz
AnyResult: TypeAlias = Result | Fuzzing

_SILENCE: Final = 300.0
"""Real seconds without a word after which a process is taken for hanging: a talk is watched where it is held."""
_GRACE: Final = 1.0
"""Real seconds that the others have when one has found something: what they have found as well may be simpler."""


@dataclass
class Findings:
    """What all processes have found.

    Attributes:
        runs: talks that were held, or examples that were tried.
        count: single things in examples; of talks none.
        pairs: different pairs of where things stood and what was done, of the process that has tried most.
        outcomes: how talks ended, counted.
        failures: one for each oracle that has objected, the simplest.
        unsteady: objections that did not come again.
        reached, clauses: situations and clauses, each with the number of examples that reached it.
    """

    runs: int = 0
    count: int = 0
    pairs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict[str, int])
    failures: list[AnyFailure] = field(default_factory=list[AnyFailure])
    unsteady: list[str] = field(default_factory=list[str])
    reached: dict[str, int] = field(default_factory=dict[str, int])
    clauses: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, failures: Sequence[AnyFailure]) -> None:
        """Failures of one process more: of each oracle the simplest is kept."""
        for failure in failures:
            known = next((it for it in self.failures if it.oracle == failure.oracle), None)
            if known is None:
                self.failures.append(failure)
            elif _size(failure) < _size(known):
                self.failures[self.failures.index(known)] = failure


def _size(failure: AnyFailure) -> tuple[int, int, bytes]:
    return len(failure.tape), len(failure.workload), failure.key


async def hunt_at_once(
    search: AnySearch, jobs: int, progress: Callable[[Findings], object] = lambda _: None
) -> Findings:
    """Searches in several processes, each by a seed of its own.

    Args:
        search: what is wanted; the examples are shared out.
        jobs: processes.
        progress: is told from time to time how far they are.

    Raises:
        CouldNotSearch: nothing can be said of the client.
    """
    findings = Findings()
    results: dict[int, AnyResult] = {}

    def so_far(number: int, result: AnyResult) -> None:
        results[number] = result
        findings.runs = sum(it.runs for it in results.values())
        talks = [it for it in results.values() if isinstance(it, Result)]
        others = [it for it in results.values() if isinstance(it, Fuzzing)]
        findings.outcomes = _summed(it.outcomes for it in talks)
        findings.count = sum(it.count for it in others)
        findings.pairs = max((it.pairs for it in others), default=0)
        findings.reached = _summed(it.reached for it in results.values())
        findings.clauses = _summed(it.clauses for it in others)
        progress(findings)

    with tempfile.TemporaryDirectory(prefix="avatarwire-") as folder:
        shares = _shares(search.examples, jobs)
        tasks = [
            asyncio.create_task(
                _search(
                    msgspec.structs.replace(
                        search,
                        examples=share,
                        seed=search.seed + number * 1_000_003,
                        box=str(Path(folder) / f"box-{number}"),
                    ),
                    partial(so_far, number),
                )
            )
            for number, share in enumerate(shares)
        ]
        try:
            await _first_found(tasks)
            ended = [
                task.result() if task.done() else (results.get(it), list[AnyFailure]()) for it, task in enumerate(tasks)
            ]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    unable = ""
    for number, (result, failures) in enumerate(ended):
        if result is None:
            continue
        if result.unable:
            unable = unable or result.unable
        else:
            so_far(number, result)
        findings.add([*result.failures, *failures])
        findings.unsteady += result.unsteady
    if unable and not findings.failures:
        raise CouldNotSearch(unable)
    return findings


async def _first_found(tasks: Sequence[asyncio.Task[tuple[AnyResult, list[AnyFailure]]]]) -> None:
    """Waits until all are over; only a little longer once one of them has found something."""
    left = set(tasks)
    while left:
        done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        if any(task.exception() or task.result()[0].failures or task.result()[1] for task in done):
            await asyncio.wait(left, timeout=_GRACE) if left else None
            return


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    return dict(sum((Counter(it) for it in counts), Counter[str]()))


def _shares(examples: int | None, jobs: int) -> list[int | None]:
    if examples is None:
        return [None] * jobs
    shares = [examples // jobs + (number < examples % jobs) for number in range(jobs)]
    return [share for share in shares if share]


async def _search(search: AnySearch, progress: Callable[[AnyResult], object]) -> tuple[AnyResult, list[AnyFailure]]:
    """The end of one process, and the failure that has killed it, if one has."""
    last: AnyResult = Result(over=False) if isinstance(search, Search) else Fuzzing()
    async with Process() as process:
        try:
            async for line in process.answers(search, _SILENCE):
                last = msgspec.json.decode(line, type=type(last))
                if last.over:
                    return last, []
                progress(last)
            raise ProcessDied("it has ended")
        except (ProcessDied, TimeoutError) as error:
            if isinstance(search, Fuzz):
                how = f"the process died: {error.how}" if isinstance(error, ProcessDied) else "nothing could end it"
                boxed = boxed_failure(search, how)
                if boxed is None:
                    raise CouldNotSearch(f"{how}, before anything was tried") from None
                return last, [boxed]
            hangs = Ended(outcome="livelock", detail="nothing could end it")
            ended = error.ended if isinstance(error, ProcessDied) else hangs
            return last, [_boxed(Path(search.box), search, ended)]


def _boxed(box: Path, search: Search, ended: Ended) -> AnyFailure:
    """The failure that a process has not outlived, as it was when it was last heard of."""
    try:
        found = msgspec.json.decode(box.read_bytes(), type=Boxed)
    except (OSError, msgspec.DecodeError):
        raise CouldNotSearch(f"{ended.detail}, before there was a talk") from None
    return failure_of(found.plan.with_tape(found.tape), found.tape, ended, search.allowed)
