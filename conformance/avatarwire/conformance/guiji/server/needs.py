"""What cases about Guiji cannot do without, by the names that they use for it."""

from __future__ import annotations

from typing import Final

from ...engine.case import Need

__all__ = ["CLOCK", "CONTROL", "INVALID"]

INVALID: Final[frozenset[Need]] = frozenset({"invalid"})
CONTROL: Final[frozenset[Need]] = frozenset({"control"})
CLOCK: Final[frozenset[Need]] = frozenset({"control", "clock"})
