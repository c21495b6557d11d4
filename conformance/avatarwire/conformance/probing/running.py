"""One run: a fake and a client, and everything that is seen of it.

What the client is told to do, `talking.py` does; what that says of it, `oracles.py` judges.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from avatarwire.codecs.errors import AvatarwireError

from ..fakes import fake, prepare
from .adapter import given_to, worded
from .choosing import Chooser
from .engines import Engine
from .freedoms import Freedoms
from .looping import carry_out
from .observing import Observed
from .plan import Plan
from .program import Program
from .talking import Hung, Talk

__all__ = ["run"]


def run(
    plan: Plan, freedoms: Freedoms, chooser: Chooser, make: Callable[[], Any], engine: Engine, *, real: bool = False
) -> Observed:
    """Carries out a run to its end.

    Args:
        plan: what is to be done.
        freedoms: of the vendor.
        chooser: how the vendor deviates.
        make: makes the client.
        engine: what the loop is made by.
        real: whether time is real, so that the fake has to be quick.
    """
    observed = Observed()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        tunables = {**freedoms.tunables, **(freedoms.pace if real else {}), **plan.tunables}
        try:
            server: Any = fake(plan.vendor, loop=loop, observed=False, seed=1, **tunables)
        except AvatarwireError as error:
            observed.unable = str(error)
            return
        chooser.fake = server
        server.faults.chooser = chooser
        async with server:
            observed.began = server.clock.now()
            began = loop.time()
            try:
                adapter = make()
            except Exception as error:
                observed.unable = f"the client cannot be made: {worded(error)}"
                return
            place = given_to(plan.vendor, server.ready, observed.reported.append)
            try:
                with suppress(Hung):
                    await Talk(plan, server, adapter, observed, chooser.heal, real=real).hold(place)
                observed.seconds = loop.time() - began
                observed.sessions = tuple(server.sessions())
                if isinstance(adapter, Program):
                    await _left(adapter, observed, plan.patience)
            finally:
                if isinstance(adapter, Program):
                    await adapter.end()
            observed.said = tuple(server.said())
            observed.violations = tuple(server.journal.violations(level="error"))
            observed.entries = tuple(server.journal.entries())
            if server.journal.dropped:
                observed.unable = f"evidence was lost: {server.journal.dropped} entries made room in the fake's journal"
            observed.deviations = tuple(chooser.happened)
            del adapter
            if failures := server.faults.failures:
                observed.unable = f"the adversary failed: {failures[0]}"

    prepare(plan.vendor)
    loop = engine.new_loop()
    carry_out(loop, main, observed)
    return observed


async def _left(program: Program, observed: Observed, seconds: float) -> None:
    """Has a program leave, unless it hangs anyway, and takes down how that went."""
    if not observed.hung and not await program.leave(seconds):
        observed.hung = _LEAVING
    observed.unhandled += [program.died] if program.died else []
    observed.unable = program.unable
    observed.lacking = program.lacking or observed.lacking
    observed.remarks = program.remarks


_LEAVING: Final = "exit at the end of its stdin"
