"""The header of a frame as text, and back: its members, and its bytes taken apart for a reader.

Only the header lives here; bodies are shown as those of any vendor (`textform.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

import msgspec

from ...core.spans import HeaderText, Span
from ...errors import EncodeError, shown
from ..messages import AsrDataRequest
from . import header
from .frame import encode_as, encode_raw
from .header import HEADER_SIZE, SERIAL_NUMBER_SIZE, BizType, FrameType, Header, new_serial_number
from .table import BY_ID, VENDOR

if TYPE_CHECKING:
    from ...core.binary import Member

__all__ = ["HEADER_TEXT"]

CodePoint = TypeVar("CodePoint", bound=IntEnum)

_NAMES: Final = tuple(field.encode_name for field in msgspec.structs.fields(Header))
_CODES: Final = tuple(field.encode_name for field in msgspec.structs.fields(Header) if field.type is int)


# --- to text ---


def _fields(data: bytes) -> dict[str, Any]:
    codes = [member for member in header.HEADER_CODEC.members if member.meanings is not None]
    unassigned = [member for member in codes if data[member.offset] not in (member.meanings or ())]
    return {
        **{member.name: data[member.offset] for member in codes},
        "serialNumber": _serial(data).hex(),
        "serialText": _serial(data).decode("utf-8", "replace"),
        "unknownCodes": {member.name: data[member.offset] for member in unassigned},
    }


def _serial(data: bytes) -> bytes:
    return data[HEADER_SIZE - SERIAL_NUMBER_SIZE : HEADER_SIZE]


def _spans(data: bytes) -> tuple[Span, ...]:
    if len(data) < HEADER_SIZE:
        return ()
    members = [
        Span(member.name, member.offset, member.offset + member.size, _meaning(member, data))
        for member in header.HEADER_CODEC.members
    ]
    return (*members, Span("payload", HEADER_SIZE, len(data), f"{len(data) - HEADER_SIZE} bytes"))


def _meaning(member: Member, data: bytes) -> str:
    if member.meanings is None:
        return _serial(data).decode("utf-8", "replace")
    code = data[member.offset]
    return f"{code} {member.meanings.get(code, 'not assigned')}"


# --- from text ---


def _encode(fields: Mapping[str, Any], id_: str, value: Any, strict: bool) -> bytes:
    """The frame of a message. ``frameType`` and ``bizType`` may ask for another documented form (ALI-E01, ALI-E35).

    All three code points are written as they stand unless `strict`.

    Without ``serialNumber`` a new one is made. A message that is not documented needs all three code points.

    Raises:
        EncodeError: a member is missing or wrong.
    """
    serial_number = _serial_number(fields.get("serialNumber"))
    if not id_:
        codes = [_any_code(fields, name) for name in _CODES]
        return encode_raw(codes[0], codes[1], codes[2], serial_number, cast("bytes", value))
    row = BY_ID[id_]
    if not strict:
        ruled = dict(zip(_CODES, row.prefix, strict=True))
        codes = [_any_code({**ruled, **fields}, name) for name in _CODES]
        payload = value if row.codec is None else row.codec.encode(value, strict=False)
        return encode_raw(codes[0], codes[1], codes[2], serial_number, payload)
    if fields.get("dataType", row.data_type) != row.data_type:
        expected = f"{int(row.data_type)} ({row.data_type.name.lower()})"
        raise _error(f"got {shown(fields['dataType'])}", "dataType", expected, "ALI-R091", id_)
    return encode_as(
        AsrDataRequest(value) if row.codec is None else value,
        serial_number,
        frame_type=_code_point(fields, "frameType", FrameType, "ALI-R088"),
        biz_type=_code_point(fields, "bizType", BizType, "ALI-R093"),
    )


def _any_code(fields: Mapping[str, Any], name: str) -> int:
    value = fields.get(name)
    if type(value) is not int or not 0 <= value <= 255:
        raise _error(f"got {shown(value)}", name, "0..255", "ALI-R084")
    return value


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
    raise _error(f"got {shown(value)}", "serialNumber", "16 hex digits or 8 characters of ASCII", "ALI-R083")


def _code_point(fields: Mapping[str, Any], name: str, kind: type[CodePoint], clause: str) -> CodePoint | None:
    value = fields.get(name)
    if value is None:
        return None
    known = {int(member): member for member in kind}
    if type(value) is not int or value not in known:
        expected = ", ".join(str(code) for code in known)
        raise _error(f"got {shown(value)}", name, f"one of {expected}", clause)
    return known[value]


def _error(reason: str, path: str, expected: str, clause: str, message: str = "") -> EncodeError:
    return EncodeError(reason, vendor=VENDOR, message=message, path=path, expected=expected, clause=clause)


HEADER_TEXT: Final = HeaderText((*_NAMES, "serialText", "unknownCodes"), _fields, _spans, _encode)
"""How headers are shown and read."""
