"""Cases about Guiji's servers, in the order of the document: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import calls

__all__ = ["CASES"]

CASES: Final = Suite([*calls.CASES])
"""All of them, by id."""
