"""The last case: over the whole run nothing that came broke its declaration."""

from __future__ import annotations

from typing import Final

from ...engine.declared import declared
from ..case import SenseTimeCase, case

__all__ = ["CASES"]

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case(
        "any.messages.declared",
        "No message of the endpoint breaks its declaration.",
        ("ST-NET-05",),
        declared,
        alone=True,
    ),
)
