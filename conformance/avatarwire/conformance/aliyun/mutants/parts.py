"""How a mutant of this vendor is written down."""

from __future__ import annotations

from typing import Any

from ...mutants.mutant import Mutant, mutant, noted

__all__ = ["aliyun", "patched", "rule"]


def aliyun(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    """A mutant of the fake Aliyun, by rules or tunables; see `mutant`."""
    return mutant("aliyun", name, title, clauses, cases, **more)


def patched(name: str, title: str, clauses: str, cases: str) -> Mutant:
    """A mutant whose behaviour the fake's own mutant of that name changes, which notes when it does."""
    return aliyun(name, title, clauses, cases, patch=name, witness=noted)


def rule(name: str, title: str, clauses: str, cases: str, *faults: dict[str, Any]) -> Mutant:
    """A mutant by rules of faults."""
    return aliyun(name, title, clauses, cases, faults=faults)
