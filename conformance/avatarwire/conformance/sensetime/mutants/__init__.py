"""Fakes that are broken in one way each, with the cases that have to find that (`mutants/mutant.py`).

One module a subject; how they are written down is in `making.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from .calls import CALLS
from .lives import LIVES
from .microphone import MICROPHONE
from .refused import REFUSED
from .scripts import SCRIPTS
from .takeovers import TAKEOVERS
from .telling import TELLING

__all__ = ["MUTANTS", "REFUSED", "TUNABLES", "UNBREAKABLE"]

TUNABLES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "callback_url": "",
        "accounts": [{"app_id": "fake-app-id", "app_key": "fake-app-key", "auth_key": "fake-auth-key"}],
    }
)
"""Without which some cases cannot be tried."""

DESCRIBED: Final[Mapping[str, Any]] = MappingProxyType({"auth_key": "fake-auth-key"})
"""What the description of an endpoint has beside what a ready file says."""

UNBREAKABLE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sensetime.callback.again_after_500": (
            "Whoever does not try again is excused, as no document asks for that, so that no fake can fail."
        ),
    }
)
"""Why cases cannot fail on any mutant, by their ids, or by what these begin with."""

MUTANTS: Final = (*CALLS, *LIVES, *TAKEOVERS, *MICROPHONE, *TELLING, *SCRIPTS)
