"""What else shows in the journal of a fake Guiji that a mutant has had an effect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..mutants.mutant import Witness

__all__ = ["says"]


def says(text: str) -> Witness:
    """The fake has sent something that has these words."""

    def seen(entries: Sequence[Any]) -> bool:
        return any(it.direction == "out" and text.encode() in (it.raw or b"") for it in entries)

    return seen
