"""Cases about clients of Guiji: one module a subject."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import bearing, beating, failing, talking

__all__ = ["CASES"]

CASES: Final = Suite([*talking.CASES, *beating.CASES, *failing.CASES, *bearing.CASES])
"""All of them, by id."""
