"""The kill matrix: which case finds which mutant, what survives, and which clauses are sharp for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from .running import Tried

__all__ = ["Matrix", "matrix_of", "sharp"]

_FAMILY: Final = "."
"""At the end of a reason's name: it is about all cases whose ids begin so."""


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of mutants has shown.

    Attributes:
        vendor, side: of the cases.
        mutants: what became of each, in the order of their declaration.
        whole: whether all there are were tried.
        cases: by case, the mutants that it finds.
        reasons: by case that finds none, why it cannot; empty where nobody says.
    """

    vendor: str
    side: str
    mutants: tuple[Tried, ...]
    whole: bool
    cases: Mapping[str, tuple[str, ...]]
    reasons: Mapping[str, str]

    @property
    def exercised(self) -> Sequence[Tried]:
        """Mutants whose effect was seen on the wire."""
        return [it for it in self.mutants if it.exercised]

    @property
    def survivors(self) -> Sequence[Tried]:
        """Mutants whose effect was seen, and that no case of their clauses has found."""
        return [it for it in self.exercised if not it.killed]

    @property
    def broken(self) -> Sequence[Tried]:
        """Mutants that could not be tried."""
        return [it for it in self.mutants if it.error]

    @property
    def blunt(self) -> Sequence[str]:
        """Cases that fail on no mutant, without a reason; none unless all mutants were tried."""
        return [case for case, reason in self.reasons.items() if not reason] if self.whole else []

    @property
    def idle(self) -> Sequence[Tried]:
        """Mutants whose effect was not seen, so that nothing can be said of them."""
        return [it for it in self.mutants if not it.exercised and not it.error]

    @property
    def counts(self) -> str:
        """How many there are of what, in a line."""
        killed = len(self.exercised) - len(self.survivors)
        finding = sum(bool(found) for found in self.cases.values())
        parts = [f"{len(self.mutants)} mutants", f"{len(self.exercised)} exercised", f"{killed} killed"]
        parts.append(f"{finding} of {len(self.cases)} cases find one")
        parts.append(f"{len(sharp(self.mutants))} clauses sharp")
        return ", ".join(parts)

    def objections(self) -> list[str]:
        """What should not be, a line each."""
        lines = [f"survived {it.id}: {it.title} [{' '.join(it.clauses)}]" for it in self.survivors]
        lines += [f"could not be tried {it.id}: {it.error}" for it in self.broken]
        lines += [f"fails on no mutant, and nobody says why: {case}" for case in self.blunt]
        return lines

    def json(self) -> bytes:
        """The matrix as JSON."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        for mutant, tried in zip(plain["mutants"], self.mutants, strict=True):
            del mutant["seconds"]  # so that two runs can be compared
            mutant |= {"exercised": tried.exercised, "killed": tried.killed}
            for case, it in zip(mutant["cases"], tried.cases, strict=True):
                case["kills"] = it.kills
        plain["clauses_sharp"] = sorted(sharp(self.mutants))
        return msgspec.json.format(msgspec.json.encode(plain), indent=1) + b"\n"


def matrix_of(
    vendor: str,
    mutants: Sequence[Tried],
    cases: Sequence[str],
    reasons: Mapping[str, str],
    *,
    side: str = "server",
    whole: bool = True,
) -> Matrix:
    """The matrix of a run.

    Args:
        vendor, side: of the cases.
        mutants: what became of each.
        cases: ids of all cases there are.
        reasons: why cases cannot fail on any mutant, by id, or by what ids begin with and a dot.
        whole: whether all mutants there are were tried.
    """
    found: dict[str, list[str]] = {case: [] for case in cases}
    for mutant in mutants:
        for case in mutant.cases:
            if case.kills:
                found[case.id].append(mutant.id)
    blunt = {case: _reason(case, reasons) for case, killed in found.items() if not killed}
    return Matrix(
        vendor=vendor,
        side=side,
        mutants=tuple(mutants),
        whole=whole,
        cases={case: tuple(killed) for case, killed in found.items()},
        reasons=blunt,
    )


def _reason(case: str, reasons: Mapping[str, str]) -> str:
    if case in reasons:
        return reasons[case]
    families = (reason for name, reason in reasons.items() if name.endswith(_FAMILY) and case.startswith(name))
    return next(families, "")


def sharp(mutants: Sequence[Tried]) -> frozenset[str]:
    """Clauses of which a mutant, whose effect was seen on the wire, is found by a case that judges them."""
    return frozenset(
        clause
        for mutant in mutants
        for case in mutant.cases
        if case.kills
        for clause in set(mutant.clauses) & set(case.clauses)
    )
