"""Cases about clients of Aliyun: one module a subject."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import sending, talking, trouble

__all__ = ["CASES"]

CASES: Final = Suite([*talking.CASES, *sending.CASES, *trouble.CASES])
"""All of them, by id."""
