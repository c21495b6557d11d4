"""How well each clause is judged: the rungs of a ladder, gathered from the components that judge.

The codecs state what the documents say, and judge nobody. Components that do add what they know by entry points of the
group ``avatarwire.ledger``: functions from a vendor and the reports of some runs to plain data, by clause.

Only the rungs and their gathering live here; `cli_ledger.py` and `ledger_page.py` show them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.metadata import entry_points
from typing import Any, Final, Literal, TypeAlias, get_args

import msgspec

from .core.conversion import convert
from .ledger import Clause

__all__ = ["GROUP", "RUNGS", "Rung", "Source", "Standing", "counted", "gathered", "sources"]

Rung: TypeAlias = Literal["stated", "judged", "exercised", "sharp", "independent"]
"""stated: the ledger has it. judged: a case names it. exercised: such a case came to a verdict in the last recorded
run, with what crossed the wire. sharp: such a case was seen to fail on a fake that breaks the clause. independent: the
codec and a second reader, written by hand, say the same of what crossed the wire."""

RUNGS: Final[tuple[Rung, ...]] = get_args(Rung)

GROUP: Final = "avatarwire.ledger"
"""Entry points by which components say what they judge."""

Source: TypeAlias = Callable[[str, Sequence[bytes]], Mapping[str, Mapping[str, Any]]]
"""From a vendor and the NDJSON reports of some runs, which take the place of the recorded one, to the members of
`Standing` by clause. A report that is none is a `ValueError`."""


class Standing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a clause stands.

    Attributes:
        cases: ids of those that judge it.
        rungs: what is reached beyond being stated.
    """

    cases: tuple[str, ...] = ()
    rungs: tuple[Rung, ...] = ()

    @property
    def rung(self) -> Rung:
        """The highest that is reached."""
        return max(("stated", *self.rungs), key=RUNGS.index)


def sources() -> list[Source]:
    """What the components that are installed, with what they need, say of clauses."""
    found: list[Source] = []
    for point in entry_points(group=GROUP):
        try:
            found.append(point.load())
        except ModuleNotFoundError:
            continue
    return found


def gathered(
    vendor: str, known: Iterable[str], given: Iterable[Source], runs: Sequence[bytes] = ()
) -> dict[str, Standing]:
    """Where each clause of a vendor stands.

    Args:
        vendor: whose clauses.
        known: their ids.
        given: what says so; each adds to the others.
        runs: reports that take the place of the recorded run.

    Raises:
        ValueError: a report is none.
    """
    standings = {clause_id: Standing() for clause_id in known}
    for source in given:
        for clause_id, said in source(vendor, runs).items():
            more = convert(said, Standing)
            if (before := standings.get(clause_id)) is not None:
                cases = dict.fromkeys((*before.cases, *more.cases))
                rungs: set[Rung] = {*before.rungs, *more.rungs}
                standings[clause_id] = Standing(cases=tuple(cases), rungs=tuple(sorted(rungs, key=RUNGS.index)))
    return standings


def counted(clauses: Iterable[Clause], standings: Mapping[str, Standing]) -> dict[str, dict[Rung, int]]:
    """By level, how many clauses have reached each rung; all of them are stated."""
    levels: dict[str, Counter[Rung]] = {}
    for clause in clauses:
        levels.setdefault(clause.level, Counter()).update((RUNGS[0], *standings[clause.id].rungs))
    return {level: {rung: reached[rung] for rung in RUNGS} for level, reached in levels.items()}
