"""Cases about Aliyun's servers, in the order of the documents: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import broken_messages, broken_parameters, starting

__all__ = ["CASES"]

CASES: Final = Suite([*starting.CASES, *broken_parameters.CASES, *broken_messages.CASES])
"""All of them, by id."""
