"""Ways in which the fake SenseTime is broken, for judging the cases of conformance (`fakeserver/mutants.py`)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from avatarwire.fakeserver.mutant import Mutant
from avatarwire.fakeserver.sensetime.mutants.calls import CALLS, accepted
from avatarwire.fakeserver.sensetime.mutants.lives import LIVES
from avatarwire.fakeserver.sensetime.mutants.microphone import MICROPHONE
from avatarwire.fakeserver.sensetime.mutants.sockets import SOCKETS
from avatarwire.fakeserver.sensetime.mutants.takeovers import TAKEOVERS

__all__ = ["MUTANTS", "accepted"]

MUTANTS: Final[Mapping[str, Mutant]] = MappingProxyType({**CALLS, **LIVES, **TAKEOVERS, **MICROPHONE, **SOCKETS})
"""By name."""
