"""Cases about Aliyun's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import starting

__all__ = ["CASES"]

CASES: Final = Suite([*starting.CASES])
"""All of them, by id."""
