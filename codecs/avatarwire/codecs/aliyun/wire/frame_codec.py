"""The frames of one message, for readers who know which message is meant: the catalogue, its checks and strategies.

Only that lives here; `frame.py` reads frames of any message, as a connection receives them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ...core.carrier import Frame as FrameCarrier
from ...core.entry import Dispatched
from ...core.findings import Finding, Level, deviation
from ...core.header_rules import HeaderRule
from ...core.json_text import is_json_like
from ...core.received import Received
from ...core.repairs import FrameRepair
from ...errors import DecodeError, EncodeError, ValidationError, shown
from ..messages import AsrDataRequest
from .frame import BIZ_TYPE_FORMS, decode, encode
from .header import HEADER_SIZE, BizType, DataType, FrameType
from .routing import FRAME_TYPE_ERRATA, FRAME_TYPE_LEVELS, NEVER_SENT, candidates
from .table import BY_ID, SENDERS, VENDOR, Sender, WireMessage

__all__ = ["SPEECH", "FrameCodec", "carrier_of", "dispatch", "header_repairs", "header_rules"]

SPEECH: Final = "audio/pcm;rate=16000;channels=1"
"""What speech is (ALI-R108)."""

_TWINS: Final = {"asr.drive_reply": "text_drive.response"}
"""Messages that look like another on the wire, and are read as that where nobody says which is meant (ALI-E35)."""


class FrameCodec:
    """Reads and writes the frames of one message."""

    def __init__(self, row: WireMessage) -> None:
        self._row = row

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Any]:
        """Reads one frame.

        Args:
            data: the frame.
            strict: refuse documented variants instead of reporting them.

        Raises:
            DecodeError, ValidationError: as for `frame.decode`, and for a frame of another message.
        """
        row = self._row
        if is_json_like(data):
            raise DecodeError(
                "JSON, and no frame",
                vendor=VENDOR,
                message=row.id,
                offset=0,
                expected=f"a header of {HEADER_SIZE} bytes before the payload",
                clause="ALI-R082",
            )
        found: tuple[Finding, ...] = ()
        frame_data = data
        if data[2:3] and data[2] != row.biz_type and data[2] in BIZ_TYPE_FORMS.get(row.id, ()):
            found = (deviation("ALI-E35", "bizType", f"business type {data[2]}, ruled is {int(row.biz_type)}"),)
            frame_data = data[:2] + bytes((row.biz_type,)) + data[3:]
        frame = decode(frame_data, row.sender, strict=strict, meant=row.id)
        if frame.message not in (row.id, _TWINS.get(row.id)):
            other = frame.message or "a message that is not documented"
            raise ValidationError(
                f"a frame of {other}", vendor=VENDOR, message=row.id, offset=0, expected=row.id, clause="ALI-R093"
            )
        if strict and found:
            raise ValidationError.of(found, vendor=VENDOR, message=row.id)
        body = frame.body
        if frame.message != row.id and row.codec is not None:
            body = row.codec.decode(frame.payload, strict=strict, offset=HEADER_SIZE).value
        return Received(body, (*found, *frame.findings), data, row.id, frame.payload)

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """Writes one frame under the ruled header, with a new serial number.

        Args:
            value: the body; of speech, plain bytes will do.
            strict: refuse what only lenient reading takes.

        Raises:
            EncodeError, ValidationError: as for `frame.encode`, and for a body of another message.
        """
        row = self._row
        if row.codec is None and isinstance(value, bytes):
            value = AsrDataRequest(value)
        if type(value) is not row.body and (strict or not isinstance(value, row.body)):
            raise EncodeError(f"got {shown(value)}", vendor=VENDOR, message=row.id, expected=row.body.__name__)
        if row.codec is not None and strict:
            row.codec.check_sendable(value)
        return encode(value, strict=strict)


def dispatch(data: bytes, sender: Sender | None, strict: bool) -> Dispatched:
    """Reads a frame of whichever message it is, for `Catalogue.dispatch`.

    Raises:
        DecodeError, ValidationError: as for `frame.decode`.
    """
    frame = decode(data, sender, strict=strict)
    by = BY_ID[frame.message].sender if frame.message else sender or SENDERS.get(frame.frame_type, "client")
    received = Received(frame.body, frame.findings, data, frame.message, frame.payload)
    title = "unassigned code points" if frame.unknown_codes() else "a reply that is not documented"
    return Dispatched(received, by, title)


def carrier_of(row: WireMessage) -> FrameCarrier:
    """The header of a message, as data."""
    header = {"frameType": int(row.frame_type), "dataType": int(row.data_type), "bizType": int(row.biz_type)}
    return FrameCarrier(header, HEADER_SIZE, "application/json" if row.codec else SPEECH)


# --- rules about the header ---

_KNOWN_BY_FRAME_TYPE: Final = (FrameType.PING, FrameType.PONG, FrameType.MESSAGE)


def header_rules(row: WireMessage) -> tuple[HeaderRule, ...]:
    """What the header of a message has to be (WS struct 2 to 4)."""

    def coded(clause: str, name: str, text: str, codes: Iterable[int]) -> HeaderRule:
        return HeaderRule(clause, text, name, _PLACES[name], tuple(sorted(int(code) for code in codes)))

    found = [coded("ALI-R088", "frameType", "a frame type of the other side", NEVER_SENT[row.sender][0])]
    if row.frame_type not in _KNOWN_BY_FRAME_TYPE:
        never = [code for code in BizType if not candidates(row.sender, code)]
        found.append(coded("ALI-R093", "bizType", "a business type of the other side", never))
    if not row.any_payload:
        found.append(coded("ALI-R091", "dataType", "another data type", set(DataType) - {row.data_type}))
    return (*found, HeaderRule("ALI-R082", "a whole header: cut short"))


# --- variants of the header ---


def _with(index: int, code: int) -> Callable[[bytes], bytes]:
    return lambda frame: frame[:index] + bytes((code,)) + frame[index + 1 :]


_UNASSIGNED: Final = 99


def header_repairs(row: WireMessage) -> tuple[FrameRepair, ...]:
    """The documented variants of the header of a message (WS struct 2 to 4)."""
    known_by_frame_type = row.frame_type in _KNOWN_BY_FRAME_TYPE
    other = FrameType.CONTROL if row.frame_type in (FrameType.DATA, FrameType.PING) else FrameType.DATA

    def variant(erratum: str, name: str, code: int, level: Level = "error") -> FrameRepair:
        index = _PLACES[name]
        end = "is not assigned" if code == _UNASSIGNED else f"ruled is {row.prefix[index]}"
        words = f"{_WORDS[name]} {code}{' ' if code == _UNASSIGNED else ', '}{end}"
        return FrameRepair(erratum, words, name, _with(index, code), level)

    found = [
        variant(FRAME_TYPE_ERRATA.get(row.id, "ALI-E11"), "frameType", other, FRAME_TYPE_LEVELS.get(row.id, "error"))
    ]
    if known_by_frame_type:
        found.append(variant("ALI-E11", "bizType", BizType.OPENING))
    else:
        found.append(variant("ALI-E13", "frameType", _UNASSIGNED))
    if row.any_payload:
        found.append(variant(row.any_payload, "dataType", DataType.BINARY, "warning"))
    return (*found, *(variant("ALI-E35", "bizType", code) for code in BIZ_TYPE_FORMS.get(row.id, ())))


_PLACES: Final = {"frameType": 0, "dataType": 1, "bizType": 2}
_WORDS: Final = {"frameType": "frame type", "dataType": "data type", "bizType": "business type"}
