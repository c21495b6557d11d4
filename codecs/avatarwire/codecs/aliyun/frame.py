"""Whole WebSocket frames: an 11-byte header and its payload, to and from typed bodies.

    >>> from avatarwire.codecs import aliyun
    >>> data = aliyun.encode(aliyun.InterruptRequest(session_id="s-1"), b"SERIAL01")
    >>> aliyun.decode(data).message
    'interrupt.request'

One WebSocket binary message is one frame; there is no length field (ALI-R085). Which frame is which message is in the
table of `wire.py`; only the walking of that table lives here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from ..errors import DecodeError, EncodeError, ValidationError, shown
from ..message import UNREADABLE, Message, errata, unknown_fields
from .header import (
    HEADER_CODEC,
    HEADER_SIZE,
    SERIAL_NUMBER_SIZE,
    BizType,
    DataType,
    FrameType,
    Header,
    new_serial_number,
)
from .messages import AsrDataRequest
from .routing import Body, Unknown, candidates, read
from .wire import BINARY, BY_BODY, MESSAGES, VENDOR, Sender

__all__ = [
    "MAX_FRAME_SIZE",
    "Body",
    "Frame",
    "Unknown",
    "decode",
    "encode",
    "encode_as",
    "encode_raw",
]

MAX_FRAME_SIZE: Final = 16 * 1024 * 1024
"""Default limit of a frame, bytes; the document gives none (ALI-E10)."""

_COPY_BELOW: Final = 16 * 1024
"""Below this many bytes a copied slice is faster to read than a memoryview."""


class Frame(msgspec.Struct, frozen=True, gc=False):
    """A frame that was received.

    Attributes:
        frame_type, data_type, biz_type: members of the enumerations, or plain integers for unassigned code points.
        serial_number: eight opaque bytes (ALI-E05).
        body: the typed payload.
        message: catalogue id such as ``text_drive.request``; empty for unassigned code points.
        raw: the frame as received; `encode` gives it back unchanged.
        deviations: ids of the errata by which the frame differs from the ruled form.
    """

    frame_type: int
    data_type: int
    biz_type: int
    serial_number: bytes
    body: Body
    message: str
    raw: bytes
    deviations: tuple[str, ...] = ()

    @property
    def header(self) -> Header:
        """The first eleven bytes."""
        return Header(self.frame_type, self.data_type, self.biz_type, self.serial_number)

    @property
    def payload(self) -> bytes:
        """The bytes after the header."""
        return self.raw[HEADER_SIZE:]

    @property
    def serial_text(self) -> str:
        """The serial number as text; bytes that are not UTF-8 show as the replacement character (ALI-E05)."""
        return self.serial_number.decode("utf-8", "replace")

    def encode(self) -> bytes:
        """The received bytes, exactly."""
        return self.raw

    def unknown_fields(self) -> dict[str, Any]:
        """Fields of a JSON payload that are not declared, by wire path."""
        return unknown_fields(type(self.body), self.payload) if isinstance(self.body, Message) else {}

    def unknown_codes(self) -> dict[str, int]:
        """Header members whose value the document does not assign."""
        kinds = {"frameType": (self.frame_type, FrameType), "dataType": (self.data_type, DataType)}
        kinds["bizType"] = (self.biz_type, BizType)
        return {name: int(value) for name, (value, kind) in kinds.items() if not isinstance(value, kind)}


_Route: TypeAlias = tuple[int, int, Callable[[Any], Message], Callable[[Any], Any] | None, str, int, int, int]
"""Frame and data type as received; decoder; rules between fields, if any; id; the three code points as members."""

_SENDER_OF: Final[Mapping[int, Sender]] = {
    value: "server" if value in (FrameType.DATA, FrameType.MESSAGE, FrameType.PONG) else "client"
    for value in range(256)
}
"""Who sends a frame type, where the caller does not say."""


def _routes(sender: Sender) -> tuple[_Route | None, ...]:
    """The fast path: the one JSON message of each business type, where there is exactly one."""
    table: list[_Route | None] = [None] * 256
    for biz_type in BizType:
        rows = [row for row in candidates(sender, biz_type) if row.codec is not None]
        if len(rows) == 1:
            row = rows[0]
            codec: Any = row.codec
            check = codec.type.check if codec.has_check else None
            table[biz_type] = (
                int(row.frame_type), int(row.data_type), codec.decode_strict, check, row.id,
                row.frame_type, row.data_type, row.biz_type,
            )  # fmt: skip
    return tuple(table)


_ROUTES: Final[Mapping[Sender, tuple[_Route | None, ...]]] = {
    "client": _routes("client"),
    "server": _routes("server"),
}

_unpack_from = HEADER_CODEC.struct.unpack_from
if [member.name for member in HEADER_CODEC.members] != [
    "frame_type",
    "data_type",
    "biz_type",
    "serial_number",
]:
    raise AssertionError("decode() unpacks the header in the declared order")  # pragma: no cover


def decode(data: bytes, sender: Sender | None = None, *, strict: bool = False, max_size: int = MAX_FRAME_SIZE) -> Frame:
    """Reads one frame.

    Args:
        data: one WebSocket binary message.
        sender: who sent it; the same business type means different things in the two directions. None takes it
            from the frame type, as the frame table has it.
        strict: refuse documented variants and unassigned code points instead of reporting them.
        max_size: largest frame accepted, bytes.

    Raises:
        DecodeError: shorter than a header, larger than `max_size`, or a payload that is not JSON.
        ValidationError: the header contradicts the frame table, or the payload breaks a rule.
    """
    try:
        frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    except (struct.error, TypeError):
        HEADER_CODEC.decode(data)
        raise  # pragma: no cover - the line above raised a better error
    size = len(data)
    if sender is None:
        sender = _SENDER_OF[frame_type]
    route = _ROUTES[sender][biz_type]
    if route is not None and size <= max_size:
        ruled_frame_type, ruled_data_type, read, check, message, frame_member, data_member, biz_member = route
        if frame_type == ruled_frame_type and data_type == ruled_data_type:
            try:
                body = read(data[11:] if size < _COPY_BELOW else memoryview(data)[11:])
                if check is None or not check(body):
                    raw = data if type(data) is bytes else bytes(data)
                    return Frame(frame_member, data_member, biz_member, serial_number, body, message, raw)
            except (*UNREADABLE, ValidationError):
                # Something is different: the careful way below finds out what, or raises the better error.
                pass
    if size > max_size:
        raise DecodeError(
            f"{size} bytes",
            vendor=VENDOR,
            offset=max_size,
            expected=f"at most {max_size} bytes",
            clause="ALI-E10",
        )
    return _decode_carefully(bytes(data), sender, strict)


def _decode_carefully(data: bytes, sender: Sender, strict: bool) -> Frame:
    header = HEADER_CODEC.decode(data)
    message, body, found = read(header, data[HEADER_SIZE:], sender)
    for deviation in found if strict else ():
        raise deviation.refused(VENDOR, message)
    return Frame(
        header.frame_type,
        header.data_type,
        header.biz_type,
        header.serial_number,
        body,
        message,
        data,
        errata(found),
    )


_PREFIXES: Final[Mapping[type[Any], bytes]] = {row.body: row.prefix for row in MESSAGES if row.codec is not None}
_dump = msgspec.json.Encoder().encode


def encode(body: Message | AsrDataRequest, serial_number: bytes | None = None) -> bytes:
    """Writes one frame under the ruled header. A body is valid since it was made, so nothing is checked twice.

    Args:
        body: a body of `wire.MESSAGES`; its class says which header it travels under.
        serial_number: eight bytes; None makes printable random ones (ALI-E05, ALI-E06).

    Raises:
        EncodeError: not a body, a body that was received incomplete, or a serial number that is not eight bytes.
    """
    if serial_number is None:
        serial_number = new_serial_number()
    try:
        header = _PREFIXES[type(body)] + serial_number
        if len(header) == HEADER_SIZE:
            return header + _dump(body)
    except (KeyError, TypeError):
        pass
    return _encode_carefully(body, serial_number)


def _encode_carefully(body: Message | AsrDataRequest, serial_number: bytes) -> bytes:
    if not isinstance(serial_number, bytes) or len(serial_number) != SERIAL_NUMBER_SIZE:
        raise EncodeError(
            f"got {shown(serial_number)}",
            vendor=VENDOR,
            path="serialNumber",
            expected="exactly 8 bytes",
            clause="ALI-R083",
        )
    if not isinstance(body, AsrDataRequest):
        raise EncodeError(f"{shown(body)} is not a body to send", vendor=VENDOR)
    return BINARY.prefix + serial_number + body.pcm


FRAME_TYPE_FORMS: Final[Mapping[str, tuple[FrameType, ...]]] = {"heartbeat.ping": (FrameType.CONTROL,)}
"""Other frame types a message is documented with (ALI-E01)."""
BIZ_TYPE_FORMS: Final[Mapping[str, tuple[BizType, ...]]] = {"asr.drive_reply": (BizType.ASR_DATA,)}
"""Other business types a message may be read from the document to have (ALI-E35)."""


def encode_as(
    body: Message | AsrDataRequest,
    serial_number: bytes | None = None,
    *,
    frame_type: FrameType | None = None,
    biz_type: BizType | None = None,
) -> bytes:
    """Writes one frame in another documented form than the ruled one.

    Args:
        body, serial_number: as for `encode`.
        frame_type: such as `FrameType.CONTROL` for the heartbeat of the document's sample (ALI-E01).
        biz_type: `BizType.ASR_DATA` for an `AsrDriveReply`, whose business type is not documented (ALI-E35).

    Raises:
        EncodeError: as for `encode`, or no documented form.
    """
    frame = encode(body, serial_number)
    ruled = BY_BODY[type(body)]
    head = bytearray(ruled.prefix)
    for index, asked, forms in ((0, frame_type, FRAME_TYPE_FORMS), (2, biz_type, BIZ_TYPE_FORMS)):
        if asked is None or asked == head[index]:
            continue
        allowed = (head[index], *forms.get(ruled.id, ()))
        if asked not in allowed:
            raise EncodeError(
                f"got {shown(asked)}",
                vendor=VENDOR,
                message=ruled.id,
                offset=index,
                expected=" or ".join(str(int(value)) for value in allowed),
                clause="ALI-R089" if index == 0 else "ALI-R093",
            )
        head[index] = asked
    return bytes(head) + frame[len(head) :]


def encode_raw(frame_type: int, data_type: int, biz_type: int, serial_number: bytes, payload: bytes = b"") -> bytes:
    """Writes any header before any payload, unassigned code points included: for tests and for relaying.

    Raises:
        EncodeError: a header member out of 0..255, or a serial number that is not eight bytes.
    """
    return HEADER_CODEC.encode(Header(frame_type, data_type, biz_type, serial_number)) + payload
