"""How the mutants of the fake SenseTime are written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...mutants.mutant import Mutant, mutant, noted

__all__ = ["joined", "made", "patched", "reject"]

_PARAMETER: Final = 10001
"""The fake's code of a wrong parameter."""


def made(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    """A mutant by rules of faults or tunables, as of `mutant`."""
    return mutant("sensetime", name, title, clauses, cases, **more)


def patched(name: str, title: str, clauses: str, cases: str, **more: Any) -> Mutant:
    """One of the fake's own, of the same name, which says by itself when it has an effect."""
    return made(name, title, clauses, cases, patch=name, witness=noted, **more)


def reject(message: str, where: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A rule by which a call is refused."""
    return {"message": message, "do": "reject", "code": _PARAMETER, "where": dict(where or {}), **more}


def joined(beginning: str, names: Iterable[str]) -> str:
    """Ids that begin alike."""
    return " ".join(f"{beginning}{name}" for name in names)
