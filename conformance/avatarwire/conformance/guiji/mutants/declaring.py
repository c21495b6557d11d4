"""How the mutants of Guiji are written down."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, Final

from ...mutants.mutant import Mutant, mutant, noted
from ..server import CASES

__all__ = ["VENDOR", "broken", "patched"]

VENDOR: Final = "guiji"


def broken(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    """A mutant; of its cases some may be patterns, such as ``http.*.no_token``."""
    ids = [known for pattern in cases.split() for known in _like(pattern)]
    return mutant(VENDOR, name, title, clauses, " ".join(dict.fromkeys(ids)), **more)


def patched(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    """A mutant whose behaviour is patched: the fake has one of the same name, which notes what it does."""
    return broken(name, title, clauses, cases, **{"witness": noted, "patch": name, **more})


def _like(pattern: str) -> list[str]:
    if "*" not in pattern:
        return [pattern]
    known = (case.removeprefix(f"{VENDOR}.") for case in CASES)
    return [case for case in known if fnmatchcase(case, pattern)]
