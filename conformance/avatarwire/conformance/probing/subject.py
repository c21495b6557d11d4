"""A client that is ready to be tried: what makes it, what it runs in, and what it can do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from .adapter import BadClient, is_blocking, loaded, obstacle, unblocked
from .choosing import Chooser, Taped
from .engines import REAL, Engine, engine_of
from .freedoms import freedoms_of
from .oracles import SEARCHED, Case, Oracle, judged
from .plan import Client, Ended, Plan
from .program import Program
from .running import run

__all__ = ["Subject", "subject_of"]


@dataclass(frozen=True)
class Subject:
    """A client, ready to be tried.

    Attributes:
        client: which.
        make: makes one.
        engine: what it runs in.
        real: whether its time is real.
        optional: what it can do, beside `start`, `say` and `stop`.
    """

    client: Client
    make: Callable[[], Any]
    engine: Engine
    real: bool
    optional: frozenset[str]

    def tried(
        self, plan: Plan, chooser: Chooser, oracles: Sequence[Oracle] = SEARCHED, *, story: bool = False
    ) -> Ended:
        """What a run came to.

        Args:
            plan: of the run.
            chooser: how the vendor deviates.
            oracles: that are asked.
            story: whether what happened is wanted, however it ended.
        """
        freedoms = freedoms_of(plan.vendor)
        observed = run(plan, freedoms, chooser, self.make, self.engine, real=self.real)
        return judged(Case(plan, freedoms, chooser, observed), oracles, story=story)

    def replayed(self, plan: Plan) -> Ended:
        """What a run came to whose deviations are on its tape."""
        return self.tried(plan, Taped(plan.vendor, freedoms_of(plan.vendor), plan.tape, delay=plan.delay))


def subject_of(client: Client, make: Callable[[], Any] | None = None) -> Subject:
    """A client, from its name, or from what makes it.

    Raises:
        BadClient: there is none of that name.
    """
    if client.command:
        Program(client.command)
        return Subject(client, lambda: Program(client.command), REAL, real=True, optional=frozenset({"interrupt"}))
    if make is None:
        make = loaded(client.name)
    elif reason := obstacle(make):
        raise BadClient(f"{client.name}{reason}")
    optional = frozenset(name for name in ("interrupt", "speak") if hasattr(make, name))
    if is_blocking(make):
        blocking = make
        return Subject(client, lambda: unblocked(blocking()), REAL, real=True, optional=optional)
    return Subject(client, make, engine_of(client.engine), real=False, optional=optional)
