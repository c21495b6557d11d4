"""A run from its options to its summary: which cases, where, what was expected of them, and what came of it.

Nothing is printed here; the command is in `cli_conform.py`.
"""

from __future__ import annotations

import asyncio
import shlex
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from avatarwire.codecs.installed import installed_version

from .clients.bench import ClientRun, maker
from .clients.talk import Talk
from .engine import expectations
from .engine.bench import Run
from .engine.callbacks import CallbackPort
from .engine.case import Case
from .engine.endpoint import Endpoint
from .engine.result import VERDICTS, CaseResult, Summary, Verdict
from .engine.running import Plan, carry_out
from .engine.stream import Stream
from .fakes import prepare
from .suites import SUITES

__all__ = ["Outcome", "Wanted", "WantedOfClient", "judge", "judge_client", "run", "run_client"]


@dataclass(frozen=True)
class Wanted:
    """What is to be judged, and how.

    Attributes:
        endpoint: which.
        cases: by which cases.
        plan: how they are carried out.
        patience: real seconds of silence to bear.
        callbacks: host and port where callbacks are heard; None for nowhere.
        expected: verdicts by case, of a file of expectations.
    """

    endpoint: Endpoint
    cases: Sequence[Case[Any]]
    plan: Plan = field(default_factory=Plan)
    patience: float = 5.0
    callbacks: tuple[str, int] | None = None
    expected: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])


@dataclass(frozen=True)
class Outcome:
    """What came of it."""

    results: Sequence[CaseResult]
    summary: Summary


async def judge(wanted: Wanted, told: Callable[[CaseResult], None] = lambda _: None) -> Outcome:
    """Carries out a run.

    Args:
        wanted: which.
        told: is given each result as soon as there is one.

    Raises:
        NotJudged: nobody is there, or the control endpoint is not.
        OSError: the address for callbacks cannot be had.
    """
    # Once, instead of a line a case.
    stream = await Stream.open(wanted.endpoint.url, patience=wanted.patience, ca_file=wanted.endpoint.text("ca_file"))
    await stream.leave()
    began, start = datetime.now(UTC), time.monotonic()
    port = None if wanted.callbacks is None else CallbackPort()
    if port is not None and wanted.callbacks is not None:
        await port.open(*wanted.callbacks)
    run = Run(wanted.endpoint, patience=wanted.patience, now=time.monotonic, today=time.time, callbacks=port)
    try:
        suites = SUITES[wanted.endpoint.vendor]
        results = await carry_out(wanted.cases, run, suites.bench, wanted.plan, told)
    finally:
        if port is not None:
            await port.close()
    return Outcome(results, summarised(wanted, results, began, time.monotonic() - start))


@dataclass(frozen=True)
class WantedOfClient:
    """Which client is to be judged, and how.

    Attributes:
        vendor: whose service it uses.
        command: a program and its arguments.
        cases: by which cases.
        plan: how they are carried out.
        patience: real seconds; a client may take twice as many beyond those that it is to stay.
        expected: verdicts by case, of a file of expectations.
        options: of the fake of each case, such as ``mutant``.
        talks: takes the last talk of each case, by its id, for whoever wants more than results.
    """

    vendor: str
    command: tuple[str, ...]
    cases: Sequence[Case[Any]]
    plan: Plan = field(default_factory=lambda: Plan(side="client"))
    patience: float = 5.0
    expected: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    talks: dict[str, Talk] = field(default_factory=dict[str, Talk])

    @property
    def endpoint(self) -> Endpoint:
        """The client, as reports call it."""
        return Endpoint(self.vendor, {"http_url": shlex.join(self.command)})


CLIENT_LIMIT: Final = 600.0
"""Real seconds for one case about a client, which has a limit of its own for each talk."""


async def judge_client(wanted: WantedOfClient, told: Callable[[CaseResult], None] = lambda _: None) -> Outcome:
    """Judges a client.

    Args:
        wanted: which.
        told: is given each result as soon as there is one.
    """
    prepare(wanted.vendor)
    began, start = datetime.now(UTC), time.monotonic()
    client = ClientRun(wanted.endpoint, wanted.command, wanted.patience, time.monotonic, wanted.talks)
    plan = replace(wanted.plan, limit=CLIENT_LIMIT)
    results = await carry_out(wanted.cases, client, maker(**wanted.options), plan, told)
    return Outcome(results, summarised(wanted, results, began, time.monotonic() - start))


def summarised(
    wanted: Wanted | WantedOfClient, results: Sequence[CaseResult], began: datetime, seconds: float
) -> Summary:
    """The summary of some results."""
    counted = Counter(result.verdict for result in results)
    unjudged = tuple(result.id for result in results if result.unjudged)
    differences, stale = expectations.compared(results, wanted.expected)
    judged = {clause for result in results if result.verdict != "skipped" for clause in result.clauses}
    return Summary(
        vendor=wanted.endpoint.vendor,
        side=wanted.plan.side,
        endpoint=wanted.endpoint.url,
        version=installed_version(),
        began=began.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=round(seconds, 3),
        cases=len(results),
        verdicts={verdict: counted[verdict] for verdict in VERDICTS},
        clauses=len(judged),
        unjudged=unjudged,
        differences={**differences, **stale},
        exit_code=expectations.exit_code(
            unjudged=bool(unjudged) or not results, different=bool(differences), stale=bool(stale)
        ),
    )


def run(wanted: Wanted, told: Callable[[CaseResult], None] = lambda _: None) -> Outcome:
    """The same, in an event loop of its own."""
    return asyncio.run(judge(wanted, told))


def run_client(wanted: WantedOfClient, told: Callable[[CaseResult], None] = lambda _: None) -> Outcome:
    """Judges a client, in an event loop of its own."""
    return asyncio.run(judge_client(wanted, told))
