"""How an interaction client behaves where the document leaves a choice. Only the options live here."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, get_args

from ..errors import ValidationError, shown
from .messages import PCM_SAMPLE_BYTES
from .wire.frame import MAX_FRAME_SIZE
from .wire.header import HEADER_SIZE, FrameType

__all__ = ["ClientOptions", "ContentMode", "HeartbeatForm"]

HeartbeatForm: TypeAlias = Literal["table", "sample"]
"""Frame type of heartbeats: 14 as in the frame table, or 0 as in the document's sample (ALI-E01)."""

ContentMode: TypeAlias = Literal["increments", "cumulative"]
"""Whether each packet of an answer holds what is new, or all so far (ALI-E22)."""

HEARTBEAT_FRAME_TYPES: Final[Mapping[HeartbeatForm, FrameType]] = {
    "table": FrameType.PING,
    "sample": FrameType.CONTROL,
}

_SHORTEST: Final = 0.001
"""Seconds; anything shorter may not even change a float that counts from the epoch."""

_SECONDS: Final = ("ready_interval", "ready_timeout", "heartbeat_period")
_MAY_BE_NONE: Final = ("ready_timeout", "heartbeat_period", "silent_periods")
_LEAST_BYTES: Final[Mapping[str, int]] = {
    "speech_sample_bytes": 1,
    "speech_packet": 1,
    "audio_fragment": PCM_SAMPLE_BYTES,
    "max_frame": HEADER_SIZE,
    "max_answer": 1,
}
_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "heartbeat_form": get_args(HeartbeatForm),
    "content": get_args(ContentMode),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientOptions:
    """Options of an `InteractionClient`.

    Attributes:
        prepare_at_once: whether the channel-ready loop starts by itself when the WebSocket opens.
        ready_interval: seconds between two channel-ready requests (ALI-E16).
        ready_timeout: seconds after which the loop gives up; None never does (ALI-E16).
        go_on_after_fail: whether the loop goes on after FAIL (ALI-E17).
        heartbeat_period: seconds between two heartbeats, the first one period after the opening; None sends none and
            watches for no silence (ALI-E03).
        silent_periods: periods without a single frame after which `HeartbeatLost` is reported; None: never. A
            heartbeat without its answer means nothing as long as other frames come (ALI-E02).
        heartbeat_form: frame type of the heartbeats (ALI-E01).
        content: what the packets of an answer hold (ALI-E22).
        speech_packet: bytes of speech in one packet; 1024 in the document's sample (ALI-R108).
        speech_sample_bytes: bytes of one sample of speech; a packet holds whole ones (ALI-E37).
        audio_fragment: bytes of audio in one fragment, before Base64; 3200 are a tenth of a second (ALI-R115).
        strict: refuse what deviates from the ruled forms instead of reporting it.
        max_frame: largest frame accepted, bytes (ALI-E10).
        max_answer: longest answer put together, characters; the rest of a longer one is dropped (ALI-E30).

    Raises:
        ValidationError: an option out of range.
    """

    prepare_at_once: bool = True
    ready_interval: float = 1.0
    ready_timeout: float | None = 30.0
    go_on_after_fail: bool = False
    heartbeat_period: float | None = 30.0
    silent_periods: float | None = 2.0
    heartbeat_form: HeartbeatForm = "table"
    content: ContentMode = "increments"
    speech_packet: int = 1024
    speech_sample_bytes: int = PCM_SAMPLE_BYTES
    audio_fragment: int = 3200
    strict: bool = False
    max_frame: int = MAX_FRAME_SIZE
    max_answer: int = 1_000_000

    def __post_init__(self) -> None:
        for name in (*_SECONDS, "silent_periods"):
            value = getattr(self, name)
            if (value is not None or name not in _MAY_BE_NONE) and not _in_range(value):
                raise _refused(name, value, f"{_SHORTEST} or more" + (" seconds" if name in _SECONDS else ""))
        for name, least in _LEAST_BYTES.items():
            value = getattr(self, name)
            if type(value) is not int or value < least:
                raise _refused(name, value, f"an integer of {least} or more")
        for name, sample in (("speech_packet", self.speech_sample_bytes), ("audio_fragment", PCM_SAMPLE_BYTES)):
            if getattr(self, name) % sample:
                raise _refused(name, getattr(self, name), f"whole samples of {sample} bytes")
        for name, choices in _CHOICES.items():
            if getattr(self, name) not in choices:
                raise _refused(name, getattr(self, name), " or ".join(choices))

    @property
    def longest_silence(self) -> float | None:
        """Seconds without a frame after which `HeartbeatLost` is reported; None when it never is."""
        if self.heartbeat_period is None or self.silent_periods is None:
            return None
        return self.heartbeat_period * self.silent_periods

    @property
    def heartbeat_frame_type(self) -> FrameType:
        """Frame type of the heartbeats."""
        return HEARTBEAT_FRAME_TYPES[self.heartbeat_form]


def _in_range(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return _SHORTEST <= value < math.inf


def _refused(name: str, value: object, expected: str) -> ValidationError:
    return ValidationError(
        f"got {shown(value)}", vendor="aliyun", message="client options", path=name, expected=expected
    )
