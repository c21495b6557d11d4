"""Ways in which the fake SenseTime is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from avatarwire.fakeserver.effects import HttpAnswer, Leaving
from avatarwire.fakeserver.mutants import Mutant

__all__ = ["MUTANTS", "accepted"]

_SUCCESS: Final = b'{"code":0,"message":"success","data":true}'


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal of a call."""
    if isinstance(effect, HttpAnswer) and effect.failed:
        return replace(effect, status=200, body=_SUCCESS, answer=None, failed=False)
    return effect


MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType({})
"""By name."""
