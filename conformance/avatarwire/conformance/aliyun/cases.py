"""How a case about Aliyun is written down: as binding as its first clause is in the ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ..engine.case import Case, Need
from ..engine.derived import level_of
from .bench import AliyunBench
from .verifiers import VENDOR

__all__ = ["case"]


def case(
    id_: str,
    title: str,
    clauses: str,
    run: Callable[[AliyunBench], Awaitable[None]],
    *needs: Need,
    exact: bool = False,
    alone: bool = False,
    seconds: float = 0,
) -> Case[AliyunBench]:
    """A case, as binding as its first clause.

    Args:
        id_: behind ``aliyun.``.
        title, run, needs, exact, alone, seconds: as of `Case`.
        clauses: ids with spaces between them. ``ACS3`` is what the published SDK signs with; the document leaves
            signing to that (ALI-E67), so it is a should.

    Raises:
        ValueError: the clause it is named for merely allows something.
    """
    found = tuple(clauses.split())
    level = level_of(VENDOR, found[0])
    if level is None:
        raise ValueError(f"{id_}: {found[0]} binds nobody")
    return Case(
        f"{VENDOR}.{id_}",
        title,
        found,
        run,
        level=level,
        needs=frozenset(needs),
        exact=exact,
        alone=alone,
        seconds=seconds,
    )
