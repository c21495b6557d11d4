"""Cases about SenseTime's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import creating, keeping, looking, queueing, taking_over

__all__ = ["CASES"]

CASES: Final = Suite([*creating.CASES, *keeping.CASES, *looking.CASES, *taking_over.CASES, *queueing.CASES])
"""All of them, by id."""
