"""The careful way from a header to the message meant: what is not exactly as ruled is understood, noted or refused.

`frame.decode` comes here when its fast path does not apply. Only the choice of the message and the reading of its
payload live here; the table of messages is `table.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

import msgspec

from ...core.findings import Finding, Level, deviation
from ...core.json_text import BOM, look
from ...errors import DecodeError, ValidationError, shown
from ...message import Message
from ..messages import AsrDataRequest, AsrDriveReply
from .header import HEADER_SIZE, BizType, DataType, FrameType, Header
from .table import BY_ID, MESSAGES, VENDOR, Sender, WireMessage

__all__ = ["FRAME_TYPE_ERRATA", "FRAME_TYPE_LEVELS", "NEVER_SENT", "Body", "Unknown", "candidates", "read"]


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """The body of a frame that the document does not describe.

    Its code points are not assigned (ALI-E13, ALI-E14), or the server has sent what there is no reply of for now
    (ALI-R093).

    Attributes:
        payload: the bytes after the header.
    """

    payload: bytes


Body: TypeAlias = Message | AsrDataRequest | Unknown
"""What a frame carries; `wire.MESSAGES` lists the classes."""


def read(
    header: Header, payload: bytes, sender: Sender, *, strict: bool = False, meant: str = ""
) -> tuple[str, Body, list[Finding]]:
    """The message meant by a header and its payload: its catalogue id (empty when unassigned), body and deviations.

    Args:
        header, payload, sender: of the frame.
        strict: whether what is skipped in the payload has to be readable, too.
        meant: catalogue id of the message that is expected, if it is known.

    Raises:
        DecodeError: the payload is not JSON.
        ValidationError: the header contradicts the frame table, or the payload breaks a rule.
    """
    found: list[Finding] = []
    row = _row(header, payload, sender, found, meant)
    if row is None:
        return "", Unknown(payload), found
    _check_data_type(row, header, found)
    return row.id, _body(row, payload, found, strict=strict), found


def candidates(sender: Sender, biz_type: int) -> list[WireMessage]:
    """The messages that `sender` sends under a business type; empty for one it never sends.

    The answer to recognised speech is not among them: it looks like any other answer, and on the wire it cannot be
    distinguished (ALI-E35).
    """
    return [
        row for row in MESSAGES if row.sender == sender and row.biz_type == biz_type and row.body is not AsrDriveReply
    ]


# --- which message ---

_BY_FRAME_TYPE: Final[Mapping[Sender, Mapping[int, WireMessage]]] = {
    "client": {FrameType.PING: BY_ID["heartbeat.ping"]},
    "server": {FrameType.MESSAGE: BY_ID["general.message"], FrameType.PONG: BY_ID["heartbeat.pong"]},
}
"""Heartbeat and error frames are known by their frame type alone (ALI-E11, ALI-E50)."""

NEVER_SENT: Final[Mapping[Sender, tuple[frozenset[int], str]]] = {
    "client": (frozenset({FrameType.MESSAGE, FrameType.PONG}), "0 (control) or 14 (ping)"),
    "server": (frozenset({FrameType.PING}), "1 (data), 2 (message) or 15 (pong)"),
}
"""Frame types of the other side, and what was expected instead; control and data frames are advisory (ALI-E11)."""

FRAME_TYPE_ERRATA: Final[Mapping[str, str]] = {
    "asr.data.request": "ALI-E12",
    "general.message": "ALI-E50",
    "heartbeat.ping": "ALI-E01",
    "heartbeat.pong": "ALI-E50",
    "session.force_close": "ALI-E47",
    "session.recovering": "ALI-E47",
}
"""What another frame type than the ruled one deviates by; ALI-E11 where nothing is said."""

FRAME_TYPE_LEVELS: Final[Mapping[str, Level]] = {"heartbeat.ping": "warning"}
"""How bindingly it must not be a control frame; the document's own sample has heartbeats in control frames."""


def _row(header: Header, payload: bytes, sender: Sender, found: list[Finding], meant: str) -> WireMessage | None:
    """The message meant; None, and noted, when a code point is not assigned."""
    never_sent, expected = NEVER_SENT[sender]
    if header.frame_type in never_sent:
        raise ValidationError(
            f"frame type {int(header.frame_type)} from the {sender}",
            vendor=VENDOR,
            offset=0,
            expected=expected,
            clause="ALI-R088",
        )
    row = _BY_FRAME_TYPE[sender].get(header.frame_type)
    if row is not None:
        if header.biz_type != row.biz_type:
            detail = f"business type {int(header.biz_type)}, ruled is {int(row.biz_type)}"
            found.append(deviation("ALI-E11", "bizType", detail))
        return row
    row = _by_biz_type(header, payload, sender, found, meant)
    if not isinstance(header.frame_type, FrameType):
        found.append(deviation("ALI-E13", "frameType", f"frame type {header.frame_type} is not assigned"))
    elif row is not None and header.frame_type != row.frame_type:
        detail = f"frame type {int(header.frame_type)}, ruled is {int(row.frame_type)}"
        is_sample = header.frame_type == FrameType.CONTROL
        level: Level = FRAME_TYPE_LEVELS.get(row.id, "error") if is_sample else "error"
        found.append(deviation(FRAME_TYPE_ERRATA.get(row.id, "ALI-E11"), "frameType", detail, level=level))
    return row


def _by_biz_type(
    header: Header, payload: bytes, sender: Sender, found: list[Finding], meant: str
) -> WireMessage | None:
    if not isinstance(header.biz_type, BizType):
        found.append(deviation("ALI-E14", "bizType", f"business type {header.biz_type} is not assigned"))
        return None
    rows = candidates(sender, header.biz_type)
    if not rows:
        reason = f"business type {int(header.biz_type)} from the {sender}"
        if sender == "server":
            # The document has replies to these for later: none for now (WS 4.2, WS 4.8).
            found.append(deviation("ALI-R093", "bizType", reason, "none, as such messages have no reply for now"))
            return None
        expected = "a business type of the client: this one is sent by the server only"
        raise ValidationError(reason, vendor=VENDOR, offset=2, expected=expected, clause="ALI-R093")
    if not isinstance(header.data_type, DataType) and not rows[0].any_payload:
        found.append(deviation("ALI-E09", "dataType", f"data type {header.data_type} is not assigned"))
        return None
    fields = _members(payload) if len(rows) > 1 else None
    return rows[0] if fields is None else _TOLD_APART[rows[0].biz_type](fields, meant)


_ASR_TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "asr.start.request": ("startAsrAudio", "ALI-R106"),
    "asr.end.request": ("endAsrAudio", "ALI-R111"),
}
"""The type that distinguishes start and end of speech, and the rule that says so."""


def _asr_control(fields: Mapping[str, Any], meant: str) -> WireMessage:
    """Start and end of speech are distinguished by their type (ALI-R106, ALI-R111)."""
    kind = fields.get("type")
    for row_id, (type_, _) in _ASR_TYPES.items():
        if kind == type_:
            return BY_ID[row_id]
    asked = [meant] if meant in _ASR_TYPES else list(_ASR_TYPES)
    raise ValidationError(
        "required field is missing" if "type" not in fields else f"got {shown(kind)}",
        vendor=VENDOR,
        message=asked[0],
        path="type",
        expected=" or ".join(_ASR_TYPES[row_id][0] for row_id in asked),
        clause=_ASR_TYPES[asked[0]][1],
    )


def _general(fields: Mapping[str, Any], meant: str) -> WireMessage:
    """Without its frame type, an error is known by its code (ALI-E50); where one is expected, it is one without."""
    is_pong = fields.get("code") is None and meant != "general.message"
    return BY_ID["heartbeat.pong" if is_pong else "general.message"]


_TOLD_APART: Final[Mapping[BizType, Callable[[Mapping[str, Any], str], WireMessage]]] = {
    BizType.ASR_CONTROL: _asr_control,
    BizType.GENERAL: _general,
}
"""Where business type and direction leave two messages: the one meant, by the members of the payload; which
one is expected is named in errors."""


def _members(payload: bytes) -> dict[str, Any] | None:
    """The members of a JSON object, None for anything else; what is wrong with that, the codec of the message says."""
    decoded = look(payload.removeprefix(BOM))
    return cast("dict[str, Any]", decoded) if isinstance(decoded, dict) else None


# --- its payload ---


def _check_data_type(row: WireMessage, header: Header, found: list[Finding]) -> None:
    """Byte 1 says how to read the payload, before the business type does (ALI-E42)."""
    if header.data_type == row.data_type:
        return
    if row.any_payload:
        detail = f"data type {int(header.data_type)}, ruled is {int(row.data_type)}"
        found.append(deviation(row.any_payload, "dataType", detail, level="warning"))
        return
    raise ValidationError(
        f"data type {int(header.data_type)}",
        vendor=VENDOR,
        message=row.id,
        offset=1,
        expected=f"{int(row.data_type)} ({row.data_type.name.lower()})",
        clause="ALI-R091" if isinstance(header.data_type, DataType) else "ALI-E09",
    )


def _body(row: WireMessage, payload: bytes, found: list[Finding], *, strict: bool) -> Body:
    if row.codec is None:
        return AsrDataRequest(payload)
    body: Message
    try:
        body, noticed = row.codec.decode_lenient(payload, offset=HEADER_SIZE, strict=strict)
    except DecodeError as error:
        if not row.any_payload:
            raise
        reason = f"undocumented payload: {error.reason}"
        found.append(deviation(row.any_payload, error.path, reason, level="warning"))
        body = row.codec.type()
    else:
        found.extend(noticed)
    return body
