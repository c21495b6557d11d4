"""How the two clients behave where the document leaves a choice. Only the options live here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from ..errors import ValidationError, shown
from .envelope import VENDOR
from .wire.microphone import MAX_MESSAGE, SAMPLE_BYTES

__all__ = ["HEARTBEAT_PERIOD", "LiveOptions", "MicrophoneOptions"]

HEARTBEAT_PERIOD: Final = 60.0
"""Seconds between two heartbeats, as the document advises (ST-LIVE-16)."""

_SHORTEST: Final = 0.001
"""Seconds; anything shorter may not even change a float that counts from the epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveOptions:
    """Options of a `LiveClient`.

    Attributes:
        start_at_once: whether startLive follows by itself once the stream is there.
        heartbeat_period: seconds between two heartbeats, counted from the creation (ST-E23).
        poll_interval: seconds between two looks at a state that is waited for; callbacks may be faster (ST-LIVE-09).
        retry_after: seconds until a heartbeat that got no answer is sent again.
        strict: refuse answers that deviate from the ruled forms instead of reporting it.
        max_answer: largest body of an answer that is read, bytes (ST-E132).

    Raises:
        ValidationError: an option out of range.
    """

    start_at_once: bool = True
    heartbeat_period: float = HEARTBEAT_PERIOD
    poll_interval: float = 2.0
    retry_after: float = 5.0
    strict: bool = False
    max_answer: int = 4 * 1024 * 1024

    def __post_init__(self) -> None:
        for name in ("heartbeat_period", "poll_interval", "retry_after"):
            _check_seconds(name, getattr(self, name))
        _check_whole("max_answer", self.max_answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class MicrophoneOptions:
    """Options of a `MicrophoneClient`.

    Attributes:
        begin_at_once: whether the first round begins by itself when the WebSocket opens (ST-E60).
        several_rounds: whether a round may follow one that our side has ended; after a failure one may in any case
            (ST-E62, ST-E63).
        ready_timeout: seconds after which a round is given up that the server does not answer; None never does.
        packet: bytes of speech in one binary message; 1280 are 40 ms. The document does not say (ST-E61).
        sample_bytes: bytes of one sample; a message holds whole ones. 1 for speech that is not PCM (ST-E61).
        max_held: most bytes of speech that wait until the server is ready (ST-MIC-10).
        strict: refuse messages that deviate from the ruled forms instead of reporting it.
        max_message: largest message that is read, bytes (ST-E132).

    Raises:
        ValidationError: an option out of range.
    """

    begin_at_once: bool = True
    several_rounds: bool = False
    ready_timeout: float | None = 10.0
    packet: int = 1280
    sample_bytes: int = SAMPLE_BYTES
    max_held: int = 1024 * 1024
    strict: bool = False
    max_message: int = MAX_MESSAGE

    def __post_init__(self) -> None:
        if self.ready_timeout is not None:
            _check_seconds("ready_timeout", self.ready_timeout)
        for name in ("packet", "sample_bytes", "max_held", "max_message"):
            _check_whole(name, getattr(self, name))
        if self.packet % self.sample_bytes:
            raise _refused("packet", self.packet, f"whole samples of {self.sample_bytes} bytes")


def _check_seconds(name: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not _SHORTEST <= value < math.inf:
        raise _refused(name, value, f"{_SHORTEST} or more seconds")


def _check_whole(name: str, value: object) -> None:
    if type(value) is not int or value < 1:
        raise _refused(name, value, "an integer of 1 or more")


def _refused(name: str, value: object, expected: str) -> ValidationError:
    return ValidationError(f"got {shown(value)}", vendor=VENDOR, message="client options", path=name, expected=expected)
