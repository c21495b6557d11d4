"""A search in several processes at once; what kills one of them is a failure, too.

Nothing is printed here; the command is in `cli_fuzz.py`.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import msgspec

from .failure import Failure, failure_of
from .plan import Ended
from .pool import Process, ProcessDied
from .search import CouldNotSearch
from .worker import Boxed, Result, Search

__all__ = ["Findings", "hunt_at_once"]

_SILENCE: Final = 300.0
"""Real seconds without a word after which a process is taken for hanging: a talk is watched where it is held."""
_GRACE: Final = 1.0
"""Real seconds that the others have when one has found something: what they have found as well may be simpler."""


@dataclass
class Findings:
    """What all processes have found.

    Attributes:
        runs: talks that were held.
        outcomes: how they ended, counted.
        failures: one for each oracle that has objected, the simplest.
        unsteady: objections that did not come again.
    """

    runs: int = 0
    outcomes: dict[str, int] = field(default_factory=dict[str, int])
    failures: list[Failure] = field(default_factory=list[Failure])
    unsteady: list[str] = field(default_factory=list[str])

    def add(self, failures: Sequence[Failure]) -> None:
        """Failures of one process more: of each oracle the simplest is kept."""
        for failure in failures:
            known = next((it for it in self.failures if it.oracle == failure.oracle), None)
            if known is None:
                self.failures.append(failure)
            elif _size(failure) < _size(known):
                self.failures[self.failures.index(known)] = failure


def _size(failure: Failure) -> tuple[int, int, bytes]:
    return len(failure.tape), len(failure.workload), msgspec.json.encode(failure.tape)


async def hunt_at_once(search: Search, jobs: int, progress: Callable[[Findings], object] = lambda _: None) -> Findings:
    """Searches in several processes, each by a seed of its own.

    Args:
        search: what is wanted; the examples are shared out.
        jobs: processes.
        progress: is told from time to time how far they are.

    Raises:
        CouldNotSearch: nothing can be said of the client.
    """
    findings = Findings()
    results: dict[int, Result] = {}

    def so_far(number: int, result: Result) -> None:
        results[number] = result
        findings.runs = sum(it.runs for it in results.values())
        findings.outcomes = dict(sum((Counter(it.outcomes) for it in results.values()), Counter[str]()))
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
                task.result() if task.done() else (results.get(it), list[Failure]()) for it, task in enumerate(tasks)
            ]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    for number, (result, failures) in enumerate(ended):
        if result is None:
            continue
        if result.unable:
            raise CouldNotSearch(result.unable)
        so_far(number, result)
        findings.add([*result.failures, *failures])
        findings.unsteady += result.unsteady
    return findings


async def _first_found(tasks: Sequence[asyncio.Task[tuple[Result, list[Failure]]]]) -> None:
    """Waits until all are over; only a little longer once one of them has found something."""
    left = set(tasks)
    while left:
        done, left = await asyncio.wait(left, return_when=asyncio.FIRST_COMPLETED)
        if any(task.exception() or task.result()[0].failures or task.result()[1] for task in done):
            await asyncio.wait(left, timeout=_GRACE) if left else None
            return


def _shares(examples: int | None, jobs: int) -> list[int | None]:
    if examples is None:
        return [None] * jobs
    shares = [examples // jobs + (number < examples % jobs) for number in range(jobs)]
    return [share for share in shares if share]


async def _search(search: Search, progress: Callable[[Result], object]) -> tuple[Result, list[Failure]]:
    """The end of one process, and the failure that has killed it, if one has."""
    last = Result(over=False)
    async with Process() as process:
        try:
            async for line in process.answers(search, _SILENCE):
                last = msgspec.json.decode(line, type=Result)
                if last.over:
                    return last, []
                progress(last)
            raise ProcessDied("it has ended")
        except (ProcessDied, TimeoutError) as error:
            silent = isinstance(error, TimeoutError)
            detail = "nothing could end it" if silent else f"the process of the client died: {error}"
            ended = Ended(outcome="livelock" if silent else "raised", detail=detail)
            return last, [_boxed(Path(search.box), search, ended)]


def _boxed(box: Path, search: Search, ended: Ended) -> Failure:
    """The failure that a process has not outlived, as it was when it was last heard of."""
    try:
        found = msgspec.json.decode(box.read_bytes(), type=Boxed)
    except (OSError, msgspec.DecodeError):
        raise CouldNotSearch(f"{ended.detail}, before there was a talk") from None
    return failure_of(found.plan.with_tape(found.tape), found.tape, ended, search.allowed)
