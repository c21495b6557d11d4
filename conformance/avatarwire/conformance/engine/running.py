"""Carries out cases: several at once, each on connections of its own, each within its time, each judged.

Cases that move time for all, or change what others use, run alone when all others are over.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol, TypeAlias

from .bench import allowed
from .case import Case, Differs, Skip
from .endpoint import Endpoint
from .judging import Judgement, judged, worst
from .result import CaseResult, Side
from .wire_forms import sets_of

__all__ = ["LIMIT", "MakeBench", "Plan", "Shared", "carry_out", "selected"]

LIMIT: Final = 30.0
"""Real seconds for one attempt at a case, unless it or the run says otherwise."""
_SILENT: Final = 20
"""Cases in a row in which nothing comes, after which the endpoint is taken for dead."""
_NOT_TRIED: Final = Judgement(
    "skipped",
    observed=f"not tried: nothing at all has come from the endpoint in {_SILENT} cases in a row",
    unjudged=True,
)
_LEAVING: Final = 10.0
"""Real seconds for what a case does at its end."""


class Shared(Protocol):
    """What all cases of a run share: `engine.bench.Run`, or `clients.bench.ClientRun`."""

    @property
    def endpoint(self) -> Endpoint:
        """Who is judged."""
        ...

    def now(self) -> float:
        """Seconds, on a clock that only runs forward."""
        ...

    async def synchronise(self) -> None:
        """Finds out what has to be known before the first case."""
        ...


MakeBench: TypeAlias = Callable[[Any, str, Sequence[str]], Any]
"""From what a run shares, the id of a case and forms of the wire to what that case works with."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How cases are carried out.

    Attributes:
        workers: how many at once.
        wire: forms of the wire, or ``pairwise``.
        strict: whether a should binds as a must does.
        limit: real seconds for one attempt.
        side: who is judged.
    """

    workers: int = 4
    wire: tuple[str, ...] = ()
    strict: bool = False
    limit: float = LIMIT
    side: Side = "server"


async def carry_out(
    cases: Iterable[Case[Any]],
    run: Shared,
    bench: MakeBench,
    plan: Plan,
    told: Callable[[CaseResult], None] = lambda _: None,
) -> list[CaseResult]:
    """Carries out cases.

    Args:
        cases: which.
        run: what they share.
        bench: makes what one works with.
        plan: how.
        told: is given each result as soon as there is one.

    Returns:
        The results, in the order of the cases.
    """
    ordered = list(cases)
    results: dict[str, CaseResult] = {}

    silent = 0

    async def one(case: Case[Any]) -> None:
        nonlocal silent
        if silent >= _SILENT:
            result = _result(case, run, plan, _NOT_TRIED)
        else:
            result = await _tried(case, run, bench, plan)
            if result.verdict != "skipped" or result.unjudged:
                silent = 0 if any(each.direction == "in" for each in result.evidence) else silent + 1
        results[case.id] = result
        told(result)

    waiting = [case for case in ordered if not case.alone]
    waiting.reverse()

    async def worker() -> None:
        while waiting:
            await one(waiting.pop())

    await run.synchronise()
    async with asyncio.TaskGroup() as group:
        for _ in range(max(1, plan.workers)):
            group.create_task(worker())
    for case in ordered:
        if case.alone:
            await one(case)
    return [results[case.id] for case in ordered]


async def _tried(case: Case[Any], run: Shared, make: MakeBench, plan: Plan) -> CaseResult:
    """Carries out a case, first in the plain form of the wire, then in the others that are asked for."""
    began = run.now()
    plain = make(run, case.id, ())
    judgement = await _attempted(case, plain, plan)
    shown = plain
    forms: tuple[tuple[str, ...], ...] = ()
    differs: list[tuple[str, ...]] = []
    attempts = [judgement]
    if plan.wire and not case.exact and judgement.verdict != "skipped":
        forms = sets_of(plan.wire, plain.transports)
        for names in forms:
            other = make(run, case.id, names)
            found = await _attempted(case, other, plan)
            if found.verdict != judgement.verdict:
                differs.append(names)
                attempts.append(found)
                if worst(attempts) is found:
                    shown = other
    final = worst(attempts)
    observed = final.observed
    if differs:
        observed += f" (another verdict than in the plain form with {'; '.join(map(' + '.join, differs))})"
    mask: Callable[[str], str] = shown.secrets.text
    judgement = replace(final, expected=tuple(map(mask, final.expected)), observed=mask(observed))
    return _result(
        case,
        run,
        plan,
        judgement,
        seconds=round(run.now() - began, 6),
        evidence=shown.timeline.reported(),
        wire=forms,
        differs=tuple(differs),
    )


def _result(
    case: Case[Any], run: Shared, plan: Plan, judgement: Judgement, *, seconds: float = 0.0, **seen: Any
) -> CaseResult:
    """The result of a case: what it is, what came of it, and what was seen."""
    return CaseResult(
        id=case.id,
        vendor=run.endpoint.vendor,
        side=plan.side,
        level=case.level,
        verdict=judgement.verdict,
        clauses=case.clauses,
        title=case.title,
        seconds=seconds,
        expected=judgement.expected or (case.expected or case.title,),
        observed=judgement.observed or "as expected",
        unjudged=judgement.unjudged,
        **{"evidence": (), **seen},
    )


async def _attempted(case: Case[Any], bench: Any, plan: Plan) -> Judgement:
    limit = case.seconds or plan.limit
    try:
        if missing := allowed(case.needs, bench.endpoint):
            raise Skip(f"it is {_PERMITTED[min(missing)]}")
        if "control" in case.needs or "clock" in case.needs:
            control = bench.control
            if "clock" in case.needs and not await control.is_virtual():
                raise Skip("it needs time to pass, and the endpoint runs on real time")
        if "callback" in case.needs:
            bench.check_callbacks()
        async with asyncio.timeout(limit):
            await case.run(bench)
        raised: Exception | None = None
    except TimeoutError:
        raised = Differs(case.expected or case.title, f"it has not come to an end within {limit:g} s")
    except Exception as error:  # whatever a case raises is judged
        raised = error
    left = await _left(bench)
    bench.run.keep(case.id, bench.timeline)
    answered = any(seen.direction == "in" for seen in bench.timeline.seen)
    return judged(case.level, raised or left, strict=plan.strict, answered=answered)


_PERMITTED: Final = {
    "invalid": "about what the documents forbid to send: --allow-invalid permits that",
    "destructive": "about something that others may use: --yes permits that",
    "billable": "about something that costs money: --yes permits that",
}


async def _left(bench: Any) -> Exception | None:
    """Ends what a case has begun; what goes wrong with that, if nothing else has, is judged."""
    try:
        async with asyncio.timeout(_LEAVING):
            await bench.leaving.aclose()
    except TimeoutError:
        return Differs("an end of what the case has begun", f"nothing within {_LEAVING:g} s")
    except Exception as error:
        return error
    return None


def selected(cases: Iterable[Case[Any]], *, only: Sequence[str], levels: Sequence[str]) -> list[Case[Any]]:
    """The cases whose ids begin with one of some prefixes, part by part, and whose level is one of some."""
    return [
        case
        for case in cases
        if case.level in levels and (not only or any(_begins(case.id, prefix) for prefix in only))
    ]


def _begins(case_id: str, prefix: str) -> bool:
    return case_id == prefix or case_id.startswith(prefix if prefix.endswith(".") else f"{prefix}.")
