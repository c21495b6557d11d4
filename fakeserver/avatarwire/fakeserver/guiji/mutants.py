"""Ways in which the fake Guiji is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from avatarwire.fakeserver.effects import HttpAnswer, Leaving, Publish
from avatarwire.fakeserver.mutants import Mutant

__all__ = ["MUTANTS", "accepted"]

_SUCCESS: Final = '{"code":200,"msg":"处理成功","success":true,"data":null}'.encode()


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal: of a call, or silence in the place of an error over MQTT."""
    if isinstance(effect, HttpAnswer) and effect.failed:
        return replace(effect, status=200, body=_SUCCESS, answer=None, failed=False)
    return None if isinstance(effect, Publish) and effect.message == "error" else effect


MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType({})
"""By name."""
