"""Ways in which the fake Aliyun is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from avatarwire.fakeserver.aliyun.mutants import account, drives, frames, listening, sessions, signing, wire
from avatarwire.fakeserver.aliyun.mutants.refusals import MUTANTS as REFUSALS
from avatarwire.fakeserver.aliyun.mutants.refusals import accepted
from avatarwire.fakeserver.mutants import Mutant

__all__ = ["MUTANTS", "accepted"]

MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType(
    {
        name: mutant
        for table in (
            REFUSALS,
            signing.MUTANTS,
            account.MUTANTS,
            sessions.MUTANTS,
            wire.MUTANTS,
            frames.MUTANTS,
            drives.MUTANTS,
            listening.MUTANTS,
        )
        for name, mutant in table.items()
    }
)
"""By name."""
