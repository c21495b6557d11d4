"""A case about SenseTime: its level is that of the clause it is named for, as the ledger has it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

from ..engine.case import Case, Need
from ..engine.derived import level_of
from .bench import SenseTimeBench
from .verifying import VENDOR

__all__ = ["BILLABLE", "CLOCK", "CONTROL", "DESTRUCTIVE", "HEARD", "INVALID", "SenseTimeCase", "Tried", "case"]

SenseTimeCase = Case[SenseTimeBench]
Tried: TypeAlias = Callable[[SenseTimeBench], Awaitable[None]]
"""What tries a case."""

INVALID: Final[frozenset[Need]] = frozenset({"invalid"})
CONTROL: Final[frozenset[Need]] = frozenset({"control"})
CLOCK: Final[frozenset[Need]] = frozenset({"clock"})
HEARD: Final[frozenset[Need]] = frozenset({"callback"})
DESTRUCTIVE: Final[frozenset[Need]] = frozenset({"destructive"})
BILLABLE: Final[frozenset[Need]] = frozenset({"billable"})
"""What a case cannot do without; to be joined where it is more than one."""


def case(
    id_: str,
    title: str,
    clauses: tuple[str, ...],
    run: Tried,
    *,
    needs: frozenset[Need] = frozenset(),
    exact: bool = False,
    alone: bool = False,
) -> SenseTimeCase:
    """One case.

    Args:
        id_: behind the vendor's name, such as ``http.close.twice``.
        title, clauses, run, needs, exact, alone: as of `Case`.

    Raises:
        ValueError: the clause it is named for merely allows something.
    """
    level = level_of(VENDOR, clauses[0])
    if level is None:
        raise ValueError(f"{id_}: {clauses[0]} binds nobody")
    return Case(f"{VENDOR}.{id_}", title, clauses, run, level, needs=needs, exact=exact, alone=alone)
