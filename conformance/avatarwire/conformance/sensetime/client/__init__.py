"""Cases about clients of SenseTime: one module a subject."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import failing, listening, preparing, speaking, talking

__all__ = ["CASES"]

CASES: Final = Suite([*talking.CASES, *preparing.CASES, *failing.CASES, *listening.CASES, *speaking.CASES])
"""All of them, by id."""
