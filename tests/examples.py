"""How many examples are drawn: by the profile of Hypothesis, ``few``, ``ci`` or ``nightly``.

`conftest.py` registers them before one is chosen. A test that says a number itself says `examples(200)`: what is
drawn in CI, of which others draw a share, or a multiple.
"""

from __future__ import annotations

from typing import Final

from hypothesis import settings

__all__ = ["examples", "register_profiles"]

_SHARES: Final = {"few": 0.2, "nightly": 5.0}
_USUAL: Final = 100
"""Of a test that says no number."""
_LEAST: Final = 5


def examples(count: int, profile: str | None = None) -> int:
    """Of so many examples those that a profile draws, that of this run if none is named."""
    share = _SHARES.get(settings.get_current_profile_name() if profile is None else profile, 1.0)
    return max(min(count, _LEAST), round(count * share))


def register_profiles() -> None:
    """Makes the profiles known to Hypothesis."""
    # Drawn alike in every run, as in CI, so that a test that fails fails again.
    settings.register_profile("few", settings.get_profile("ci"), max_examples=examples(_USUAL, "few"))
    # Drawn anew in every run.
    settings.register_profile("nightly", settings.get_profile("default"), max_examples=examples(_USUAL, "nightly"))
