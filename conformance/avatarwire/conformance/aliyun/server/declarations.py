"""The case that comes last: over the whole run, every message of the server was what its declaration says."""

from __future__ import annotations

from typing import Final

from ...engine.declared import declared
from ..cases import case

__all__ = ["CASES"]

CASES: Final = (
    case(
        "any.messages.declared", "Every message of the server is as it is declared.", "ALI-R093", declared, alone=True
    ),
)
