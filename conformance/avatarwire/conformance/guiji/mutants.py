"""Fakes that are broken in one way each, with the cases that have to find that (`mutants/mutant.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from ..mutants.mutant import Mutant

__all__ = ["MUTANTS", "REFUSED", "TUNABLES", "UNBREAKABLE"]

TUNABLES: Final[Mapping[str, Any]] = MappingProxyType({})
"""Without which some cases cannot be tried."""

REFUSED: Final[tuple[str, ...]] = ()
"""Clauses for which the fake refuses what breaks them; for each, a mutant that does not is made."""

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any mutant, by their ids, or by what these begin with."""

MUTANTS: Final[tuple[Mutant, ...]] = ()
