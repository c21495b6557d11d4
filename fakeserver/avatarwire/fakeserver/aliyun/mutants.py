"""Ways in which the fake Aliyun is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from avatarwire.fakeserver.aliyun.drives import Drives
from avatarwire.fakeserver.effects import HttpAnswer, Leaving, Send
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS", "accepted"]

_SUCCESS: Final = b'{"requestId":"00000000-0000-0000-0000-000000000000"}'


def accepted(effect: Leaving) -> Leaving | None:
    """A success in the place of a refusal: of a call, or silence in the place of an error on the socket."""
    if isinstance(effect, HttpAnswer) and effect.failed:
        return replace(effect, status=200, body=_SUCCESS, answer=None, failed=False)
    return None if isinstance(effect, Send) and effect.message == "general.message" else effect


def _interrupts_do_nothing(patches: Patches) -> None:
    patches.value(Drives, "interrupt", lambda *_: [])


MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        "interrupts_do_nothing": Mutant("An interrupt lets the answer go on.", _interrupts_do_nothing),
    }
)
"""By name."""
