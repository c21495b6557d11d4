"""Which mutants there are: those of a vendor's `mutants.py`, and those that follow from the declarations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import Any

from ..suites import SUITES
from .mutant import Mutant, noted
from .witnesses import accepts_violation, all_of

__all__ = ["described", "found", "of_vendor", "reasons", "refused", "tunables_of", "unchecked"]

_UNCHECKED = "unchecked"


@cache
def found(vendor: str) -> Mapping[str, Mutant]:
    """All mutants of a vendor's fake, by id.

    Raises:
        ValueError: two have one id, or one names a case that there is not.
    """
    known: dict[str, Mutant] = {}
    suite = SUITES[vendor].server
    for mutant in (*of_vendor(vendor), *unchecked(vendor)):
        if mutant.id in known:
            raise ValueError(f"two mutants are called {mutant.id}")
        if missing := [case for case in mutant.cases if case not in suite]:
            raise ValueError(f"{mutant.id}: there is no case {missing[0]}")
        known[mutant.id] = mutant
    return MappingProxyType(known)


def of_vendor(vendor: str) -> tuple[Mutant, ...]:
    """Those that a vendor's `mutants.py` declares."""
    mutants: tuple[Mutant, ...] = _module(vendor).MUTANTS
    return mutants


def tunables_of(vendor: str) -> Mapping[str, Any]:
    """Tunables without which some cases of a vendor cannot be tried, such as further accounts."""
    tunables: Mapping[str, Any] = _module(vendor).TUNABLES
    return tunables


def described(vendor: str) -> Mapping[str, Any]:
    """What a description of the vendor's endpoint has beside what the fake's ready file says."""
    more: Mapping[str, Any] = getattr(_module(vendor), "DESCRIBED", MappingProxyType({}))
    return more


def reasons(vendor: str) -> Mapping[str, str]:
    """Why cases cannot fail on any mutant, by id, or by the beginning of ids with a dot at its end."""
    said: Mapping[str, str] = _module(vendor).UNBREAKABLE
    return said


def refused(vendor: str) -> Sequence[str]:
    """Clauses for which a vendor's fake refuses what breaks them."""
    clauses: Sequence[str] = _module(vendor).REFUSED
    return clauses


def unchecked(vendor: str) -> Iterator[Mutant]:
    """A fake for each clause to which it does not hold its clients, with the cases that send what breaks it."""
    by_clause: dict[str, list[str]] = {}
    for case in SUITES[vendor].server.values():
        if "invalid" in case.needs:
            by_clause.setdefault(case.clauses[0], []).append(case.id)
    for clause in refused(vendor):
        if cases := by_clause.get(clause, []):
            yield Mutant(
                f"{vendor}.{_UNCHECKED}.{clause}",
                vendor,
                f"What breaks {clause} is not refused.",
                (clause,),
                tuple(cases),
                all_of(noted, accepts_violation(clause)),
                patch=f"{_UNCHECKED}:{clause}",
            )


def _module(vendor: str) -> Any:
    return import_module(f"{SUITES[vendor].package}.mutants")
