"""Carries out cases against mutants: one fake for each mutant, its cases one after the other, several mutants at once.

Each process has one mutant at a time, since what a mutant changes may be changed for the whole process.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, Final

import msgspec

from avatarwire.codecs.errors import AvatarwireError

from ..engine.callbacks import free_port
from ..engine.case import Need, NotJudged
from ..engine.declared import declared
from ..engine.endpoint import Endpoint
from ..engine.running import Plan
from ..fakes import fake
from ..judge import Wanted, judge
from ..suites import SUITES
from .mutant import Mutant
from .registry import described, found, tunables_of

__all__ = ["FOUND", "Tried", "TriedCase", "carry_out", "tried"]

FOUND: Final = frozenset({"failed", "non_strict", "informational"})
"""Verdicts by which a case says that something differs."""
_ALL: Final[frozenset[Need]] = frozenset({"invalid", "destructive", "billable"})
_PATIENCE: Final = 0.5
"""Real seconds of silence that are enough for a fake at hand."""


class TriedCase(msgspec.Struct, frozen=True, kw_only=True):
    """What one case says of a mutant.

    Attributes:
        id: of the case.
        verdict: its verdict.
        observed: what it has seen.
        witnessed: whether the mutant's effect was seen on the wire meanwhile.
        clauses: that it judges.
    """

    id: str
    verdict: str
    observed: str
    witnessed: bool
    clauses: tuple[str, ...]

    @property
    def kills(self) -> bool:
        """Whether it says that something differs, and something was there to be seen."""
        return self.witnessed and self.verdict in FOUND


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a mutant.

    Attributes:
        id, vendor, title, clauses: of the mutant.
        side: whose mutant it is.
        cases: that were tried on it.
        seconds: that it took.
        error: why it could not be tried; empty where it could.
    """

    id: str
    vendor: str
    title: str
    clauses: tuple[str, ...]
    cases: tuple[TriedCase, ...] = ()
    side: str = "server"
    seconds: float = 0.0
    error: str = ""

    @property
    def exercised(self) -> bool:
        """Whether its effect was seen on the wire in any case."""
        return any(case.witnessed for case in self.cases)

    @property
    def killed(self) -> bool:
        """Whether a case of one of its clauses finds it."""
        return any(case.kills and set(case.clauses) & set(self.clauses) for case in self.cases)


async def tried(mutant: Mutant, patience: float = _PATIENCE) -> Tried:
    """Tries the cases of a mutant on it, one after the other.

    Args:
        mutant: which.
        patience: real seconds of silence to bear.
    """
    suite = SUITES[mutant.vendor].server
    began = asyncio.get_running_loop().time()
    cases: list[TriedCase] = []
    error = ""
    try:
        server, address = _made(mutant)
        async with server:
            control = {"url": server.control.url, "token": server.control.token}
            endpoint = Endpoint(mutant.vendor, {**server.ready, **described(mutant.vendor)}, control, _ALL)
            for id_ in mutant.cases:
                mark = server.journal.mark()
                # What judges a whole run needs something that has been received in it.
                before = [suite[mutant.cases[0]]] if suite[id_].run is declared and id_ != mutant.cases[0] else []
                wanted = Wanted(endpoint, [*before, suite[id_]], Plan(workers=1), patience, callbacks=address)
                (*_, result) = (await judge(wanted)).results
                witnessed = bool(mutant.witness(server.journal.entries(since=mark)))
                cases.append(
                    TriedCase(
                        id=id_,
                        verdict=result.verdict,
                        observed=result.observed[:500],
                        witnessed=witnessed,
                        clauses=result.clauses,
                    )
                )
    except (AvatarwireError, NotJudged, OSError) as failure:
        error = f"{type(failure).__name__}: {failure}"
    return Tried(
        id=mutant.id,
        vendor=mutant.vendor,
        title=mutant.title,
        clauses=mutant.clauses,
        cases=tuple(cases),
        seconds=round(asyncio.get_running_loop().time() - began, 3),
        error=error,
    )


def _made(mutant: Mutant) -> tuple[Any, tuple[str, int] | None]:
    """The fake of a mutant, and where its callbacks are heard."""
    tunables: dict[str, Any] = {**tunables_of(mutant.vendor), **mutant.tunables}
    if mutant.faults:
        tunables["faults"] = [*map(dict, mutant.faults)]
    address = None
    if "callback_url" in tunables:
        address = ("127.0.0.1", free_port())
        tunables["callback_url"] = f"http://{address[0]}:{address[1]}/callbacks"
    scenario = {mutant.vendor: tunables, "server": {"clock": "virtual"}}
    broken = {"mutant": mutant.patch} if mutant.patch else {}
    return fake(mutant.vendor, scenario=scenario, observed=False, **broken), address


def _in_process(vendor: str, id_: str) -> Tried:
    return asyncio.run(tried(found(vendor)[id_]))


def carry_out(
    mutants: Iterable[Mutant],
    jobs: int,
    told: Callable[[Tried], None] = lambda _: None,
    enough: Callable[[], bool] = lambda: False,
) -> list[Tried]:
    """Tries mutants, several at once.

    Args:
        mutants: which.
        jobs: processes.
        told: is given each result as soon as there is one.
        enough: whether no further one is to be begun.

    Returns:
        The results, in the order of the mutants, of those that were begun.
    """
    waiting = list(reversed(list(mutants)))
    order = {mutant.id: number for number, mutant in enumerate(reversed(waiting))}
    results: list[Tried] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        running: set[Any] = set()
        while waiting or running:
            while waiting and len(running) < jobs and not enough():
                mutant = waiting.pop()
                running.add(pool.submit(_in_process, mutant.vendor, mutant.id))
            if not running:
                break
            done = next(as_completed(running))
            running.discard(done)
            results.append(done.result())
            told(results[-1])
            if enough():
                waiting.clear()
    return sorted(results, key=lambda it: order[it.id])
