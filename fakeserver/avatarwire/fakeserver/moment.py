"""How exactly times are compared. Only that lives here, for behaviour that knows no clock."""

from __future__ import annotations

from typing import Final

__all__ = ["MOMENT"]

MOMENT: Final = 1e-6
"""Seconds that do not count: times are floats, and a virtual clock counts whole microseconds."""
