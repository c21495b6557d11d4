"""Ways in which the fake Guiji is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from avatarwire.fakeserver.effects import HttpAnswer, Leaving, Publish
from avatarwire.fakeserver.mutant import Mutant

from . import broker, calls, playing, requests

__all__ = ["MUTANTS", "accepted"]


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal: of a call, or of a request over MQTT."""
    if isinstance(effect, HttpAnswer) and effect.failed:
        return replace(effect, status=200, body=calls.GIVEN, answer=None, failed=False)
    if isinstance(effect, Publish) and effect.message == "error":
        return requests.as_result(effect)
    return effect


MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {**calls.MUTANTS, **requests.MUTANTS, **playing.MUTANTS, **broker.MUTANTS}
)
"""By name."""
