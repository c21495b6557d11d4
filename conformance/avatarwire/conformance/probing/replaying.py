"""Doing a failure again, in a process of its own."""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

import msgspec

from ..fuzzing.failure import CodecFailure, FakeFailure
from ..fuzzing.search import Again
from ..fuzzing.target import ALIVE, Tried
from .adapter import OPTIONAL
from .failure import Failure
from .freedoms import freedoms_of
from .plan import FINE, Act, Client, Ended, Plan, without
from .pool import Process, ProcessDied, carried_out_by
from .worker import Order

__all__ = ["replayed", "tried_again"]

_LONGEST: Final = 300.0
"""Real seconds after which a process is taken for hanging."""


async def replayed(failure: Failure, client: Client | None = None) -> Ended:
    """What a failure comes to now.

    Args:
        failure: from its file.
        client: another client than the file names.
    """
    plan = failure.plan if client is None else msgspec.structs.replace(failure.plan, client=client)
    async with Process() as process:
        ended = await carried_out_by(process, Order(plan, searched=True))
        if ended.unable or ended.outcome not in FINE:
            return ended
        reason = await _wrong_with(plan, process, has_tape=bool(failure.tape))
    return msgspec.structs.replace(ended, unable=reason)


async def _wrong_with(plan: Plan, process: Process, *, has_tape: bool) -> str:
    """Why a failure that does not come again says nothing; empty if it does.

    A client that does not work at all reports everything. So it has to get through the same talk, with a vendor that
    does as documented; and where that was the failure itself, through the talk of the vendor's.
    """
    acts = plan.workload if has_tape and any(act.texts for act in plan.workload) else _documented(plan.vendor)
    lacking: tuple[str, ...] = ()
    while True:
        workload = without(acts, lacking)
        documented = msgspec.structs.replace(plan, workload=workload, tape=(), tunables={})
        ended = await carried_out_by(process, Order(documented, story=True))
        if ended.lacking not in OPTIONAL or ended.lacking in lacking:
            break
        lacking = (*lacking, ended.lacking)
    if ended.unable:
        return ended.unable
    if ended.outcome == "ok" and not ended.lacking:
        return ""
    return f"the talk that goes as documented does not end well: {ended.outcome}: {ended.detail}"


def _documented(vendor: str) -> tuple[Act, ...]:
    return freedoms_of(vendor).flows["documented"]


async def tried_again(failure: CodecFailure | FakeFailure) -> Tried:
    """What comes of the steps of a failure now."""
    try:
        async with Process() as process, aclosing(process.answers(Again(failure), _LONGEST)) as answers:
            async for line in answers:
                return msgspec.json.decode(line, type=Tried)
    except TimeoutError:
        return Tried(broken=ALIVE, detail="nothing could end it but the end of its process")
    except ProcessDied as error:
        return Tried(broken=ALIVE, detail=f"the process died: {error.how}")
    raise AssertionError("answers go on for ever")
