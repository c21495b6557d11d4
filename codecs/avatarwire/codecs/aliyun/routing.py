"""The careful way from a header to the message meant: what is not exactly as ruled is understood, noted or refused.

`frame.decode` comes here when its fast path does not apply. Only the choice of the message and the reading of its
payload live here; the table of messages is `wire.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from ..errors import DecodeError, ValidationError, shown
from ..message import UNREADABLE, Deviation, Message
from .header import HEADER_SIZE, BizType, DataType, FrameType, Header
from .messages import AsrDataRequest, AsrDriveReply
from .wire import BINARY, BY_ID, MESSAGES, VENDOR, Sender, WireMessage

__all__ = ["Body", "Unknown", "candidates", "read"]


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """The body of a frame whose code points the document does not assign (ALI-E13, ALI-E14).

    Attributes:
        payload: the bytes after the header.
    """

    payload: bytes


Body: TypeAlias = Message | AsrDataRequest | Unknown
"""What a frame carries; `wire.MESSAGES` lists the classes."""


def read(header: Header, payload: bytes, sender: Sender) -> tuple[str, Body, list[Deviation]]:
    """The message meant by a header and its payload: its catalogue id (empty when unassigned), body and deviations.

    Raises:
        DecodeError: the payload is not JSON.
        ValidationError: the header contradicts the frame table, or the payload breaks a rule.
    """
    found: list[Deviation] = []
    row = _ROUTING[sender](header, found)
    if row is None:
        return "", Unknown(payload), found
    row = _settled(row, header, payload)
    _check_data_type(row, header, found)
    return row.id, _body(row, payload, found), found


def candidates(sender: Sender, biz_type: int) -> list[WireMessage]:
    # An answer to recognised speech looks like any other answer; on the wire it cannot be told apart (ALI-E35).
    return [
        row for row in MESSAGES if row.sender == sender and row.biz_type == biz_type and row.body is not AsrDriveReply
    ]


def _body(row: WireMessage, payload: bytes, found: list[Deviation]) -> Body:
    if row.codec is None:
        return AsrDataRequest(payload)
    try:
        body, noticed = row.codec.decode_lenient(payload, offset=HEADER_SIZE)
    except DecodeError as error:
        if not row.any_payload:
            raise
        found.append(Deviation(row.any_payload, error.path, f"undocumented payload: {error.reason}"))
        return row.codec.type()
    found.extend(noticed)
    return body


def _check_data_type(row: WireMessage, header: Header, found: list[Deviation]) -> None:
    """Byte 1 says how to read the payload, before the business type does (ALI-E42)."""
    if header.data_type == row.data_type:
        return
    if row.any_payload:
        found.append(Deviation(row.any_payload, "", f"data type {int(header.data_type)}"))
        return
    raise ValidationError(
        f"data type {int(header.data_type)}",
        vendor=VENDOR,
        message=row.id,
        offset=1,
        expected=f"{int(row.data_type)} ({row.data_type.name.lower()})",
        clause="ALI-R091" if isinstance(header.data_type, DataType) else "ALI-E09",
    )


class _Kind(msgspec.Struct):
    """As much of a payload as tells messages of one business type apart."""

    type: Any = None
    code: Any = None


_TYPE_FIELD: Final[Mapping[str, WireMessage]] = {
    "startAsrAudio": BY_ID["asr.start.request"],
    "endAsrAudio": BY_ID["asr.end.request"],
}


def _settled(row: WireMessage, header: Header, payload: bytes) -> WireMessage:
    """The message meant, where header and direction leave two: by a field of the payload."""
    if row.id == "asr.start.request":
        kind = _kind(payload).type
        if isinstance(kind, str) and kind not in _TYPE_FIELD:
            raise ValidationError(
                f"got {shown(kind)}",
                vendor=VENDOR,
                message=row.id,
                path="type",
                expected="startAsrAudio or endAsrAudio",
                clause="ALI-R106",
            )
        return _TYPE_FIELD.get(kind, row) if isinstance(kind, str) else _missing_kind(row, payload)
    if row.id == "heartbeat.pong" and header.frame_type != FrameType.PONG and _kind(payload).code is not None:
        return BY_ID["general.message"]
    return row


def _missing_kind(row: WireMessage, payload: bytes) -> WireMessage:
    """A start or end packet without its type cannot be told apart; what is no JSON object is told by the codec."""
    try:
        readable = isinstance(msgspec.json.decode(payload), dict)
    except UNREADABLE:
        readable = False
    if not readable:
        return row
    raise ValidationError(
        "required field is missing or no text",
        vendor=VENDOR,
        message=row.id,
        path="type",
        expected="startAsrAudio or endAsrAudio",
        clause="ALI-R106",
    )


def _kind(payload: bytes) -> _Kind:
    try:
        return msgspec.json.decode(payload, type=_Kind)
    except UNREADABLE:
        return _Kind()


def _wrong_sender(header: Header, sender: Sender, expected: str) -> ValidationError:
    return ValidationError(
        f"frame type {int(header.frame_type)} from the {sender}",
        vendor=VENDOR,
        offset=0,
        expected=expected,
        clause="ALI-R088",
    )


def _route_client(header: Header, found: list[Deviation]) -> WireMessage | None:
    match header.frame_type:
        case FrameType.PING:
            _advisory(header, BizType.GENERAL, found)
            return BY_ID["heartbeat.ping"]
        case FrameType.MESSAGE | FrameType.PONG:
            raise _wrong_sender(header, "client", "0 (control) or 14 (ping)")
        case _:
            pass
    if header.biz_type == BizType.GENERAL:
        detail = "a heartbeat in a control frame" if header.frame_type == FrameType.CONTROL else "a heartbeat"
        found.append(Deviation("ALI-E01", "frameType", f"{detail}, frame type {int(header.frame_type)}"))
        return BY_ID["heartbeat.ping"]
    row = _by_biz_type(header, "client", found)
    if row is not None:
        _note_frame_type(header, row, found, "ALI-E12" if row is BINARY else "ALI-E11")
    return row


def _route_server(header: Header, found: list[Deviation]) -> WireMessage | None:
    match header.frame_type:
        case FrameType.MESSAGE:
            _advisory(header, BizType.GENERAL, found)
            return BY_ID["general.message"]
        case FrameType.PONG:
            _advisory(header, BizType.GENERAL, found)
            return BY_ID["heartbeat.pong"]
        case FrameType.PING:
            raise _wrong_sender(header, "server", "1 (data), 2 (message) or 15 (pong)")
        case _:
            pass
    if header.biz_type == BizType.GENERAL:
        found.append(Deviation("ALI-E50", "frameType", f"frame type {int(header.frame_type)} on business type 255"))
        return BY_ID["heartbeat.pong"]
    row = _by_biz_type(header, "server", found)
    if row is not None:
        _note_frame_type(header, row, found, row.any_payload if row.any_payload == "ALI-E47" else "ALI-E11")
    return row


_ROUTING: Final[Mapping[Sender, Callable[[Header, list[Deviation]], WireMessage | None]]] = {
    "client": _route_client,
    "server": _route_server,
}


def _by_biz_type(header: Header, sender: Sender, found: list[Deviation]) -> WireMessage | None:
    """The first message of the business type; None, and noted, when a code point is not assigned."""
    if not isinstance(header.biz_type, BizType):
        found.append(Deviation("ALI-E14", "bizType", f"business type {header.biz_type} is not assigned"))
        if not isinstance(header.frame_type, FrameType):
            found.append(Deviation("ALI-E13", "frameType", f"frame type {header.frame_type} is not assigned"))
        return None
    rows = candidates(sender, header.biz_type)
    if not rows:
        other = "server" if sender == "client" else "client"
        raise ValidationError(
            f"business type {int(header.biz_type)} from the {sender}",
            vendor=VENDOR,
            offset=2,
            expected=f"a business type of the {sender}: this one is sent by the {other} only",
            clause="ALI-R093",
        )
    if not isinstance(header.data_type, DataType) and not rows[0].any_payload:
        found.append(Deviation("ALI-E09", "dataType", f"data type {header.data_type} is not assigned"))
        return None
    return rows[0]


def _advisory(header: Header, biz_type: BizType, found: list[Deviation]) -> None:
    """Heartbeat and error frames are known by their frame type alone (ALI-E11, ALI-E50)."""
    if header.biz_type != biz_type:
        found.append(Deviation("ALI-E11", "bizType", f"business type {int(header.biz_type)}, ruled is {int(biz_type)}"))


def _note_frame_type(header: Header, row: WireMessage, found: list[Deviation], erratum: str) -> None:
    """For business messages the frame type is advisory (ALI-E11)."""
    if not isinstance(header.frame_type, FrameType):
        found.append(Deviation("ALI-E13", "frameType", f"frame type {header.frame_type} is not assigned"))
    elif header.frame_type != row.frame_type:
        detail = f"frame type {int(header.frame_type)}, ruled is {int(row.frame_type)}"
        found.append(Deviation(erratum, "frameType", detail))
