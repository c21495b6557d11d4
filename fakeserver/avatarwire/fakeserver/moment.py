"""What moments are, and how exactly they are compared. Only that lives here, for behaviour that knows no clock."""

from __future__ import annotations

from typing import Annotated, Final, TypeAlias

from msgspec import Meta

__all__ = ["MOMENT", "Moment"]

MOMENT: Final = 1e-6
"""Seconds that do not count: times are floats, and a virtual clock counts whole microseconds."""

_FAR: Final = 1e15

Moment: TypeAlias = Annotated[float, Meta(ge=-_FAR, le=_FAR)]
"""Epoch seconds on the clock of a fake; in a snapshot, held to be a number that can be reckoned with."""
