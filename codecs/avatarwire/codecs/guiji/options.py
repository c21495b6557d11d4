"""How a session client behaves where the document leaves a choice. Only the options live here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ..errors import ValidationError, shown
from .envelope import VENDOR
from .wire.rpc import MAX_PACKET_SIZE

__all__ = ["ClientOptions"]

_SHORTEST: Final = 0.001
"""Seconds; anything shorter may not even change a float that counts from the epoch."""
_SECONDS: Final = ("answer_timeout", "create_timeout")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Options of a `SessionClient`.

    Attributes:
        answer_timeout: seconds after which a request counts as unanswered; None waits for ever. The document names no
            limit.
        create_timeout: the same for CreateNewSession, which is answered once resources are prepared (GJ-R083).
        watch_silence: whether the session counts as gone after ``expirationTime`` without a message either way, as the
            server will have destroyed it by then (GJ-R066, GJ-E54).
        token_in_params: whether CreateNewSession has its token twice, or as in the sample once (GJ-E65).
        strict: refuse what deviates from the ruled forms instead of reporting it.
        max_packet: largest payload accepted, bytes.

    Raises:
        ValidationError: an option out of range.
    """

    answer_timeout: float | None = 10.0
    create_timeout: float | None = 60.0
    watch_silence: bool = True
    token_in_params: bool = True
    strict: bool = False
    max_packet: int = MAX_PACKET_SIZE

    def __post_init__(self) -> None:
        for name in _SECONDS:
            value = getattr(self, name)
            if value is not None and not _in_range(value):
                raise _refused(name, value, f"{_SHORTEST} or more seconds")
        if type(self.max_packet) is not int or self.max_packet < 1:
            raise _refused("max_packet", self.max_packet, "an integer of 1 or more")


def _in_range(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and _SHORTEST <= value < math.inf


def _refused(name: str, value: object, expected: str) -> ValidationError:
    return ValidationError(f"got {shown(value)}", vendor=VENDOR, message="client options", path=name, expected=expected)
