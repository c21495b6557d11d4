"""What objects inside HTTP requests and answers have in common: their base, and how an integer is declared."""

from __future__ import annotations

import msgspec

from ...core.members import SMALLEST
from ...message import Message, integer

__all__ = ["Part", "int64"]


def int64(description: str, clause: str = "GJ-E15", *, ge: int = SMALLEST, example: object = None) -> msgspec.Meta:
    """The declaration of an integer of 64 bits (GJ-E15)."""
    return integer(description, clause, ge=ge, example=example)


class Part(Message, omit_defaults=True):
    """Base of what is inside requests and answers: a field that is None was absent or null, and is not written."""
