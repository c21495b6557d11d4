"""Cases about clients of Aliyun: one module a subject."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import talking

__all__ = ["CASES"]

CASES: Final = Suite([*talking.CASES])
"""All of them, by id."""
