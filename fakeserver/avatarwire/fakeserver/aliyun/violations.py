"""What a client's frame shows against the document, as violations for the journal and for strict mode.

Only the judging of single frames and the wording of violations live here; what follows from one is decided in
`interaction.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from avatarwire.codecs.aliyun.frame import Frame
from avatarwire.codecs.aliyun.header import HEADER_SIZE, SERIAL_NUMBER_SIZE, ZERO_SERIAL_NUMBER, FrameType
from avatarwire.codecs.aliyun.messages import PCM_SAMPLE_BYTES, AsrDataRequest, AudioDriveRequest
from avatarwire.codecs.errors import CodecError
from avatarwire.fakeserver.entry import Violation
from avatarwire.fakeserver.exchange import Received

__all__ = ["judged", "told", "unreadable", "violations"]


def judged(frame: Frame) -> Received:
    """A frame as the journal is told of it, which keeps a hash only of audio."""
    body, deviations = frame.body, frame.deviations
    audio = type(body) in _AUDIO
    if not (audio or deviations or frame.raw.startswith(ZERO_SERIAL_NUMBER, _SERIAL_NUMBER)):
        return Received(frame.message, body)
    return Received(frame.message, _body(frame), deviations, violations(frame), audio=audio)


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


def violations(frame: Frame) -> tuple[Violation, ...]:
    """What the frame shows, in the order it was noticed; warnings are what strict mode notes and lives with."""
    found = [_known(erratum, frame) for erratum in frame.deviations]
    if frame.serial_number == ZERO_SERIAL_NUMBER:
        found.append(_ZERO_SERIAL_NUMBER)
    if isinstance(frame.body, AsrDataRequest):
        found += _odd("ALI-E37", "", frame.body.pcm)
    if isinstance(frame.body, AudioDriveRequest):
        found += _odd("ALI-R115", "audio", frame.body.audio)
    return tuple(found)


def _known(erratum: str, frame: Frame) -> Violation:
    if erratum == "ALI-E01" and frame.frame_type != FrameType.CONTROL:
        return _NO_HEARTBEAT
    return _KNOWN.get(erratum, Violation(erratum, "", "not the ruled form"))


def _odd(clause: str, path: str, pcm: bytes) -> list[Violation]:
    if not len(pcm) % PCM_SAMPLE_BYTES:
        return []
    return [Violation(clause, path, f"{len(pcm)} bytes are no whole number of 16-bit samples", "warning")]


_ZERO_SERIAL_NUMBER: Final = Violation("ALI-E06", "serialNumber", "all zero; it should be random", "warning")
_NO_HEARTBEAT: Final = Violation("ALI-E01", "frameType", "a heartbeat in neither a ping nor a control frame")

_KNOWN: Final[Mapping[str, Violation]] = {
    row.clause: row
    for row in (
        Violation("ALI-E01", "frameType", "a heartbeat in a control frame; the frame table has 14 (ping)", "warning"),
        Violation("ALI-E02", "", "a heartbeat with an undocumented payload or data type", "warning"),
        Violation("ALI-E09", "dataType", "a data type the document does not assign"),
        Violation("ALI-E11", "", "another frame or business type than the tables have for this message"),
        Violation("ALI-E12", "frameType", "speech data in a data frame; the sample has a control frame"),
        Violation("ALI-E13", "frameType", "a frame type the document does not assign"),
        Violation("ALI-E14", "bizType", "a business type the document does not assign"),
        Violation("ALI-E15", "sessionId", "required, but missing"),
        Violation("ALI-E20", "messageId", "required, but missing"),
        Violation("ALI-E24", "dataFlag", "belongs to type TEXT_STREAM only"),
        Violation("ALI-E25", "", "the END fragment lacks its text or audio"),
        Violation("ALI-E28", "askType", "TEXT_STREAM works in broadcast mode (askType 2) only"),
        Violation("ALI-E34", "askType", "an end packet has none", "warning"),
        Violation("ALI-E38", "audio", "Base64 without padding or in the URL-safe alphabet"),
        Violation("ALI-E43", "dataFlag", "required, but missing"),
        Violation("ALI-E105", "", "the JSON text begins with a byte order mark"),
    )
}
"""What the errata that a client's frame can show mean. The rulings accept some of them in either mode."""


def unreadable(error: CodecError) -> Violation:
    """Why a frame was not understood."""
    path = error.path or (f"byte {error.offset}" if error.offset is not None else "")
    reason = error.reason + (f", expected {error.expected}" if error.expected else "")
    return Violation(error.clause or "ALI-E09", path, reason)


def told(violation: Violation) -> str:
    """A violation as the text of an error message."""
    where = f"{violation.path}: " if violation.path else ""
    return f"{where}{violation.reason} [{violation.clause}]"
