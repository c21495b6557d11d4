"""What a client's frame shows against the document, as violations for the journal and for strict mode.

Only the judging of single frames and the wording of violations live here; what follows from one is decided in
`conversation.py`.
"""

from __future__ import annotations

from typing import Final

import msgspec

from avatarwire.codecs.aliyun.messages import PCM_SAMPLE_BYTES, AsrDataRequest, AudioDriveRequest
from avatarwire.codecs.aliyun.wire.frame import Frame
from avatarwire.codecs.aliyun.wire.header import HEADER_SIZE, SERIAL_NUMBER_SIZE, ZERO_SERIAL_NUMBER
from avatarwire.codecs.errors import CodecError
from avatarwire.fakeserver.effects import Incoming
from avatarwire.fakeserver.journal.entry import Violation

__all__ = ["Unreadable", "received_frame", "unreadable", "violations"]


class Unreadable(msgspec.Struct, frozen=True):
    """A message that was not understood.

    Attributes:
        violation: why not.
        data: as it came; empty for a text message.
        about: catalogue id of the message it seems to be; empty for none.
        close: close code that goes with it, where strict mode closes.
    """

    violation: Violation
    data: bytes = b""
    about: str = ""
    close: int = 0

    @property
    def serial_number(self) -> bytes | None:
        """Its serial number, if it is long enough to have one."""
        return self.data[HEADER_SIZE - SERIAL_NUMBER_SIZE : HEADER_SIZE] if len(self.data) >= HEADER_SIZE else None


def received_frame(frame: Frame, *, strict: bool = True) -> Incoming:
    """A frame as the journal is told of it, which keeps a hash only of audio.

    Args:
        frame: what was read.
        strict: whether it is judged as strict mode does, which refuses what is a warning otherwise.
    """
    body = frame.body
    audio = type(body) in _AUDIO
    if not (audio or frame.findings or frame.raw.startswith(ZERO_SERIAL_NUMBER, _SERIAL_NUMBER)):
        return Incoming(frame.message, body, packet=frame)
    return Incoming(
        frame.message, _body(frame), frame.deviations, violations(frame, strict=strict), audio=audio, packet=frame
    )


_AUDIO: Final = frozenset((AsrDataRequest, AudioDriveRequest))
_SERIAL_NUMBER: Final = HEADER_SIZE - SERIAL_NUMBER_SIZE
"""Where it begins."""


def _body(frame: Frame) -> object:
    body = frame.body
    if isinstance(body, AsrDataRequest):
        return None
    if isinstance(body, AudioDriveRequest):
        return {"messageId": body.message_id, "dataFlag": body.data_flag, "audio": len(body.audio)}
    return body


_LENIENT_WARNINGS: Final = frozenset({"ALI-E25"})
"""What strict mode refuses and is worth a warning otherwise: nothing is lost by it."""


def violations(frame: Frame, *, strict: bool = True) -> tuple[Violation, ...]:
    """What the frame shows, in the order it was noticed; warnings are what strict mode notes and lives with."""
    found = [
        item if strict or item.clause not in _LENIENT_WARNINGS else item.replace(level="warning")
        for item in frame.findings
    ]
    if frame.serial_number == ZERO_SERIAL_NUMBER:
        found.append(_ZERO_SERIAL_NUMBER)
    if isinstance(frame.body, AsrDataRequest):
        found += _partial_samples("ALI-E37", "", frame.body.pcm) if frame.body.pcm else [_NO_SPEECH]
    if isinstance(frame.body, AudioDriveRequest):
        found += _partial_samples("ALI-R115", "audio", frame.body.audio)
    return tuple(found)


def _partial_samples(clause: str, path: str, pcm: bytes) -> list[Violation]:
    if not len(pcm) % PCM_SAMPLE_BYTES:
        return []
    return [Violation(clause, path, f"{len(pcm)} bytes are no whole number of 16-bit samples", level="warning")]


_NO_SPEECH: Final = Violation("ALI-R108", "", "no speech in it", "PCM", level="warning")
_ZERO_SERIAL_NUMBER: Final = Violation("ALI-E06", "serialNumber", "all zero; it should be random", level="warning")


def unreadable(error: CodecError) -> Violation:
    """Why a frame was not understood."""
    path = error.path or (f"byte {error.offset}" if error.offset is not None else "")
    return Violation(error.clause or "ALI-E09", path, error.reason, error.expected)
