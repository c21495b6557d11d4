"""Aliyun frames as text: a frame as one JSON object and back, and its bytes taken apart for a reader.

Only the mapping lives here. Which frame is which message is in `wire.py`, how one is read and written in `frame.py`.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final, TypeVar, cast

from msgspec import inspect

from ..declarations import undeclared
from ..errors import EncodeError, shown
from ..message import Message
from ..textform import FrameText, Sender, Span, TextForm, likely
from .frame import Frame, Unknown, decode, encode_as, encode_raw
from .header import (
    BIZ_TYPES,
    DATA_TYPES,
    FRAME_TYPES,
    HEADER_CODEC,
    HEADER_SIZE,
    SERIAL_NUMBER_SIZE,
    BizType,
    FrameType,
    new_serial_number,
)
from .messages import AsrDataRequest
from .wire import BY_ID, MESSAGES, VENDOR, WireMessage

__all__ = ["TEXT_FORM", "decode_text", "encode_text"]

CodePoint = TypeVar("CodePoint", bound=IntEnum)

_SENDERS: Final[Mapping[int, Sender]] = {row.frame_type: row.sender for row in MESSAGES}
"""Who sends each frame type; the client whatever is not assigned."""

_WIRE_NAMES: Final[Mapping[str, str]] = {
    "frame_type": "frameType",
    "data_type": "dataType",
    "biz_type": "bizType",
    "serial_number": "serialNumber",
}
_MEANINGS: Final[Mapping[str, Mapping[int, str]]] = {
    "frame_type": {int(code): meaning for code, meaning in FRAME_TYPES.items()},
    "data_type": {int(code): meaning for code, meaning in DATA_TYPES.items()},
    "biz_type": {int(code): meaning for code, meaning in BIZ_TYPES.items()},
}
_NOTICED: Final = ("deviations", "unknownFields", "unknownCodes", "raw")
"""What decoding says about a frame beside what is in it; encoding has no use for it."""
_NAMES: Final = ("message", "sender", *_WIRE_NAMES.values(), "serialText", "body", *_NOTICED)


# --- to text ---


def decode_text(data: bytes, sender: Sender | None = None, strict: bool = False) -> FrameText:
    """The text form of one frame.

    Args:
        data: the frame.
        sender: who sent it; None takes it from the frame type.
        strict: refuse documented variants and unassigned code points.

    Raises:
        DecodeError: as for `frame.decode`.
    """
    frame = decode(data, sender, strict=strict)
    row = BY_ID.get(frame.message)
    by = row.sender if row is not None else sender or _SENDERS.get(frame.frame_type, "client")
    fields = {
        "message": frame.message,
        "sender": by,
        "frameType": int(frame.frame_type),
        "dataType": int(frame.data_type),
        "bizType": int(frame.biz_type),
        "serialNumber": frame.serial_number.hex(),
        "serialText": frame.serial_text,
        "body": _body(frame),
        "deviations": list(frame.deviations),
        "unknownFields": frame.unknown_fields(),
        "unknownCodes": frame.unknown_codes(),
        "raw": frame.raw.hex(),
    }
    title = f"{row.id}: {row.title} ({row.section})" if row is not None else "unassigned code points"
    return FrameText(title, by, fields, frame.raw, _spans(frame))


def _body(frame: Frame) -> dict[str, Any]:
    match frame.body:
        case AsrDataRequest(pcm=pcm):
            return {"pcm": b64encode(pcm).decode()}
        case Unknown(payload=payload):
            return {"payload": b64encode(payload).decode()}
        case body:
            return body.to_dict()


def _spans(frame: Frame) -> tuple[Span, ...]:
    header = [
        Span(_WIRE_NAMES[name], member.offset, member.offset + member.size, _meaning(frame, name))
        for member in HEADER_CODEC.members
        if (name := member.name) is not None
    ]
    size = len(frame.raw) - HEADER_SIZE
    return (*header, Span("payload", HEADER_SIZE, len(frame.raw), f"{size} bytes"))


def _meaning(frame: Frame, name: str) -> str:
    if name == "serial_number":
        return frame.serial_text
    value: int = getattr(frame, name)
    return f"{int(value)} {_MEANINGS[name].get(value, 'not assigned')}"


# --- from text ---


def encode_text(fields: Mapping[str, Any], sender: Sender | None = None) -> bytes:
    """The frame that a text form describes.

    Args:
        fields: what `decode_text` gives. ``message`` and ``body`` are enough; without ``serialNumber`` a new one is
            made. ``frameType`` and ``bizType`` may ask for another documented form (ALI-E01, ALI-E35). Of an unassigned
            message (an empty one) all three code points and the payload are needed.
        sender: refuse messages of the other side.

    Raises:
        EncodeError: no such message, or a field is missing, unknown or wrong.
    """
    for name in fields:
        if name not in _NAMES:
            raise _fault("unknown field", path=name, expected=likely(name, _NAMES))
    id_ = _text(fields, "message", list(BY_ID))
    serial_number = _serial_number(fields.get("serialNumber"))
    if not id_:
        return _unassigned(fields, serial_number)
    row = BY_ID.get(id_)
    if row is None:
        raise _fault(f"no message {shown(id_)}", path="message", expected=likely(id_, BY_ID))
    for asked in (sender, fields.get("sender")):
        if asked not in (None, row.sender):
            raise _fault(
                f"got {shown(asked)}", message=id_, path="sender", expected=f"{row.sender}, who sends this message"
            )
    if fields.get("dataType", row.data_type) != row.data_type:
        expected = f"{int(row.data_type)} ({row.data_type.name.lower()})"
        raise _fault(
            f"got {shown(fields['dataType'])}", message=id_, path="dataType", expected=expected, clause="ALI-R091"
        )
    return encode_as(
        _given_body(fields.get("body", {}), row),
        serial_number,
        frame_type=_code_point(fields, "frameType", FrameType, "ALI-R088"),
        biz_type=_code_point(fields, "bizType", BizType, "ALI-R093"),
    )


def _given_body(body: object, row: WireMessage) -> Message | AsrDataRequest:
    if not isinstance(body, dict):
        raise _fault(f"got {shown(body)}", message=row.id, path="body", expected="a JSON object")
    given = cast("dict[str, Any]", body)
    if row.codec is None:
        return AsrDataRequest(_bytes(given, "pcm", row.id, "ALI-R108"))
    for path in undeclared(inspect.type_info(row.codec.type), given):
        names = row.codec.type.__struct_encode_fields__
        raise _fault("unknown field", message=row.id, path=path, expected=likely(path, names))
    return cast("Message", row.codec.convert(given, strict=True).value)


def _unassigned(fields: Mapping[str, Any], serial_number: bytes) -> bytes:
    codes: list[int] = []
    for name in ("frameType", "dataType", "bizType"):
        value = fields.get(name)
        if type(value) is not int or not 0 <= value <= 255:
            raise _fault(f"got {shown(value)}", path=name, expected="0..255", clause="ALI-R084")
        codes.append(value)
    body = fields.get("body")
    given = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return encode_raw(codes[0], codes[1], codes[2], serial_number, _bytes(given, "payload", "", ""))


def _bytes(body: Mapping[str, Any], name: str, message: str, clause: str) -> bytes:
    """The one Base64 member of a body that is no JSON on the wire."""
    value = body.get(name)
    try:
        if isinstance(value, str) and list(body) == [name]:
            return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    expected = f'{{"{name}": Base64}}'
    raise _fault(f"got {shown(dict(body))}", message=message, path="body", expected=expected, clause=clause)


def _serial_number(value: object) -> bytes:
    """Eight bytes from sixteen hex digits or from eight characters."""
    if value is None:
        return new_serial_number()
    if isinstance(value, str):
        try:
            data = bytes.fromhex(value) if len(value) == 2 * SERIAL_NUMBER_SIZE else value.encode()
        except ValueError:
            data = b""
        if len(data) == SERIAL_NUMBER_SIZE:
            return data
    expected = "16 hex digits or 8 characters of ASCII"
    raise _fault(f"got {shown(value)}", path="serialNumber", expected=expected, clause="ALI-R083")


def _code_point(fields: Mapping[str, Any], name: str, kind: type[CodePoint], clause: str) -> CodePoint | None:
    value = fields.get(name)
    if value is None:
        return None
    known = {int(member): member for member in kind}
    if type(value) is not int or value not in known:
        expected = ", ".join(str(code) for code in known)
        raise _fault(f"got {shown(value)}", path=name, expected=f"one of {expected}", clause=clause)
    return known[value]


def _text(fields: Mapping[str, Any], name: str, examples: list[str]) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        reason = "required field is missing" if name not in fields else f"got {shown(value)}"
        raise _fault(reason, path=name, expected=f"text such as {examples[0]}")
    return value


def _fault(reason: str, *, path: str, expected: str, message: str = "", clause: str = "") -> EncodeError:
    return EncodeError(reason, vendor=VENDOR, message=message, path=path, expected=expected, clause=clause)


TEXT_FORM: Final = TextForm(VENDOR, decode_text, encode_text)
"""What the commands know of these frames."""
