"""What messages have in common: the name of the vendor, the base of objects inside HTTP, how an integer is declared."""

from __future__ import annotations

from typing import Final

import msgspec

from ...core.members import SMALLEST
from ...message import Message, integer

__all__ = ["VENDOR", "Part", "int64"]

VENDOR: Final = "guiji"
"""Name of the vendor in errors, catalogues and the registry."""


def int64(description: str, clause: str = "GJ-E15", *, ge: int = SMALLEST, example: object = None) -> msgspec.Meta:
    """The declaration of an integer of 64 bits (GJ-E15)."""
    return integer(description, clause, ge=ge, example=example)


class Part(Message, omit_defaults=True):
    """Base of what is inside requests and answers: a field that is None was absent or null, and is not written."""
