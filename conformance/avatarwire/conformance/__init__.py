"""Conformance cases and fuzzing, derived from the declarations of the codecs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .probing.testing import Run, adversary

__all__ = ["Run", "adversary"]


def __getattr__(name: str) -> Any:
    """What needs Hypothesis is imported when it is asked for: the demonstration does without."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .probing import testing

    return getattr(testing, name)
