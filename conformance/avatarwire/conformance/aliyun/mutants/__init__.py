"""Fakes that are broken in one way each, with the cases that have to find that (`mutants/mutant.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from . import (
    calls,
    declared,
    frames,
    hearing,
    patched_calls,
    patched_drives,
    patched_frames,
    patched_sessions,
    projects,
    tuned,
)

__all__ = ["MUTANTS", "REFUSED", "TUNABLES", "UNBREAKABLE"]

TUNABLES: Final[Mapping[str, Any]] = MappingProxyType({})
"""Without which some cases cannot be tried."""

REFUSED: Final = (
    "ALI-R022",
    "ALI-R021",
    "ALI-R040",
    "ALI-R018",
    "ALI-R034",
    "ALI-R039",
    "ALI-R071",
    "ALI-R008",
    "ALI-R011",
    "ALI-R033",
    "ALI-R035",
    "ALI-R028",
    "ALI-R036",
    "ALI-R037",
    "ALI-R014",
    "ALI-R041",
    "ALI-R015",
    "ALI-R017",
    "ALI-E84",
    "ALI-R020",
    "ALI-R016",
    "ALI-R047",
    "ALI-R046",
    "ALI-R048",
    "ALI-R052",
    "ALI-R050",
    "ALI-R058",
    "ALI-R057",
    "ALI-R056",
    "ALI-R059",
    "ALI-R065",
    "ALI-R055",
    "ALI-R064",
    "ALI-R068",
    "ALI-R069",
    "ALI-E98",
    "ALI-E14",
    "ALI-E13",
    "ALI-R085",
    "ALI-R098",
    "ALI-R092",
    "ALI-R095",
    "ALI-R099",
    "ALI-R100",
    "ALI-R103",
    "ALI-R101",
    "ALI-R115",
    "ALI-R106",
    "ALI-R116",
)
"""Clauses for which the fake refuses what breaks them; for each, a mutant that does not is made."""

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType({})
"""Why cases cannot fail on any mutant, by their ids, or by what these begin with."""

MUTANTS: Final = (
    *calls.MUTANTS,
    *projects.MUTANTS,
    *declared.MUTANTS,
    *frames.MUTANTS,
    *hearing.MUTANTS,
    *tuned.MUTANTS,
    *patched_calls.MUTANTS,
    *patched_sessions.MUTANTS,
    *patched_frames.MUTANTS,
    *patched_drives.MUTANTS,
)
