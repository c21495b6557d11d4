"""Whole WebSocket frames: an 11-byte header and its payload, to and from typed bodies.

    >>> from avatarwire.codecs import aliyun
    >>> data = aliyun.encode(aliyun.InterruptRequest(session_id="s-1"), b"SERIAL01")
    >>> aliyun.decode(data).message
    'interrupt.request'

One WebSocket binary message is one frame; there is no length field (ALI-R085). Which frame is which message is in the
table of `table.py`; only the walking of that table lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from operator import attrgetter
from typing import Any, Final, TypeAlias

import msgspec

from ...core.byte_input import as_bytes
from ...core.checking import checker
from ...core.error_mapping import UNREADABLE, UNWRITABLE, unwritable
from ...core.findings import Finding, clauses_of, refused
from ...core.received import unknown_fields
from ...errors import DecodeError, EncodeError, ValidationError, shown
from ...message import Message
from ..messages import AsrDataRequest
from . import header as header_module
from .header import (
    HEADER_SIZE,
    SERIAL_NUMBER_SIZE,
    BizType,
    DataType,
    FrameType,
    Header,
    new_serial_number,
)
from .routing import Body, Unknown, candidates, read
from .table import BINARY, BY_BODY, MESSAGES, SENDERS, VENDOR, Sender, WireMessage

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
        body: the typed payload.
        message: catalogue id such as ``text_drive.request``; empty for unassigned code points.
        raw: the frame as received; `encode` gives it back unchanged.
        findings: by what the frame differs from the ruled form; empty for the ruled form.
    """

    frame_type: int
    data_type: int
    biz_type: int
    body: Body
    message: str
    raw: bytes
    findings: tuple[Finding, ...] = ()

    @property
    def deviations(self) -> tuple[str, ...]:
        """Clauses by which it differs from the ruled form, each once; empty for the ruled form."""
        return clauses_of(self.findings)

    @property
    def serial_number(self) -> bytes:
        """Eight opaque bytes (ALI-E05)."""
        # Not a field: most readers never ask, and cutting it out costs a tenth of a small frame.
        return self.raw[HEADER_SIZE - SERIAL_NUMBER_SIZE : HEADER_SIZE]

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
        return {
            member.name: code
            for member in header_module.HEADER_CODEC.members
            if member.meanings is not None and (code := self.raw[member.offset]) not in member.meanings
        }


_Route: TypeAlias = tuple[
    int, int, Callable[[Any], Body], Callable[[Any], Any] | None, str, FrameType, DataType, BizType
]  # fmt: skip
"""Frame and data type as received; reader; rules between fields, if any; id; the three code points as members."""

_SENDER_OF: Final[tuple[Sender, ...]] = tuple(SENDERS.get(value, "client") for value in range(256))
"""Who sends a frame type, where the caller does not say."""


def _read_speech(payload: bytes | memoryview) -> AsrDataRequest:
    return AsrDataRequest(bytes(payload))


def _route(row: WireMessage, check: Callable[[Any], Any] | None = None) -> _Route:
    return (
        int(row.frame_type),
        int(row.data_type),
        row.codec.decode_strict if row.codec else _read_speech,
        check,
        row.id,
        row.frame_type,
        row.data_type,
        row.biz_type,
    )


def _routes(sender: Sender) -> list[_Route | None]:
    """The fast path: the one message of each business type, where there is exactly one."""
    rows = [candidates(sender, biz_type) for biz_type in range(256)]
    routes: list[_Route | None] = []
    for found in rows:
        row = found[0] if len(found) == 1 else None
        routes.append(None if row is None else _route(row, _first_check(row, routes)))
    return routes


def _first_check(row: WireMessage, routes: list[_Route | None]) -> Callable[[Any], Any]:
    """Checks the first message of its kind, and puts the compiled check in the place of itself.

    Compiling the rules of all messages would double the time that importing takes.
    """

    def check(body: Any) -> Any:
        codec = row.codec
        compiled = checker(codec.type) if codec and codec.has_check else None
        routes[row.biz_type] = _route(row, compiled)
        return compiled(body) if compiled else ()

    return check


_ROUTES: Final[Mapping[Sender, list[_Route | None]]] = {
    "client": _routes("client"),
    "server": _routes("server"),
}


def decode(
    data: bytes | bytearray | memoryview,
    sender: Sender | None = None,
    strict: bool = False,
    max_size: int = MAX_FRAME_SIZE,
    meant: str = "",
) -> Frame:
    """Reads one frame.

    Name `strict` and what follows when giving them; that the signature does not ask for it saves 5 % of a small frame.

    Args:
        data: one WebSocket binary message.
        sender: who sent it; the same business type means different things in the two directions. None takes it
            from the frame type, as the frame table has it.
        strict: refuse documented variants and unassigned code points instead of reporting them, and what is no JSON
            even where only members are concerned that nothing declares: those are skipped otherwise.
        max_size: largest frame accepted, bytes.
        meant: catalogue id of the message that is expected, if it is known. Where only the payload could distinguish
            two messages and does not, errors are reported for that one.

    Raises:
        DecodeError: shorter than a header, larger than `max_size`, or a payload that is not JSON.
        ValidationError: the header contradicts the frame table, or the payload breaks a rule.
    """
    if type(data) is not bytes:
        data = as_bytes(data, vendor=VENDOR, clause="ALI-R085")
    size = len(data)
    if not HEADER_SIZE <= size <= max_size:
        header_module.HEADER_CODEC.decode(data)  # refuses what is too short
        raise DecodeError(
            f"{size} bytes", vendor=VENDOR, offset=max_size, expected=f"at most {max_size} bytes", clause="ALI-E10"
        )
    # The first three bytes are read where they are used: to unpack the header here would cost a fifth of a small frame.
    if sender is None:
        sender = _SENDER_OF[data[0]]
    route = _ROUTES[sender][data[2]]
    if route is not None and not strict:
        ruled_frame_type, ruled_data_type, read_body, check, message, frame_type, data_type, biz_type = route
        if data[0] == ruled_frame_type and data[1] == ruled_data_type:
            try:
                body = read_body(data[11:] if size < _COPY_BELOW else memoryview(data)[11:])
                if check is None or not check(body):
                    return Frame(frame_type, data_type, biz_type, body, message, data)
            except (*UNREADABLE, ValidationError):
                # Something is different: the careful way below finds out what, or raises the better error.
                pass
    header = header_module.HEADER_CODEC.decode(data)
    message, body, found = read(header, data[HEADER_SIZE:], sender, strict=strict, meant=meant)
    if strict and (barred := refused(found)):
        raise ValidationError.of(barred, vendor=VENDOR, message=message)
    return Frame(header.frame_type, header.data_type, header.biz_type, body, message, data, tuple(found))


_dump: Final = msgspec.json.Encoder().encode

_WRITERS: Final[Mapping[type[Any], tuple[bytes, Callable[[Any], bytes]]]] = {
    row.body: (row.prefix, attrgetter("pcm") if row is BINARY else _dump) for row in MESSAGES
}
"""The first three bytes, and how the payload is made, by class of the body."""


def encode(body: Message | AsrDataRequest, serial_number: bytes | None = None, *, strict: bool = True) -> bytes:
    """Writes one frame under the ruled header. A body is valid since it was made, so nothing is checked twice.

    Args:
        body: a body of `wire.MESSAGES`; its class says which header it travels under.
        serial_number: eight bytes; None makes printable random ones (ALI-E05, ALI-E06).
        strict: refuse a body that was received incomplete.

    Raises:
        EncodeError: not a body, a body that was received incomplete, a body changed behind the back of its class, or a
            serial number that is not eight bytes.
    """
    if serial_number is None:
        serial_number = new_serial_number()
    try:
        prefix, payload_of = _WRITERS[type(body)] if strict else _writer_of(body)
        header = prefix + serial_number
        if len(header) == HEADER_SIZE:
            return header + payload_of(body)
    except (KeyError, *UNWRITABLE) as error:
        raise _unsendable(body, serial_number, unwritable(error)) from None
    raise _unsendable(body, serial_number)


def _class_of(body: object) -> type[Any]:
    """The class under which a body is written; one that was received incomplete is of a class of its own."""
    return next((cls for cls in type(body).__mro__ if cls in _WRITERS), type(body))


def _writer_of(body: object) -> tuple[bytes, Callable[[Any], bytes]]:
    """The same as in `_WRITERS`, also for a body that was received incomplete."""
    row = BY_BODY[_class_of(body)]
    if type(body) is row.body or row.codec is None:
        return _WRITERS[row.body]
    return row.prefix, partial(row.codec.encode, strict=False)


def _unsendable(body: object, serial_number: object, reason: str = "") -> EncodeError:
    """What is wrong with a body or a serial number that `encode` could not write."""
    row = BY_BODY.get(type(body))
    if row is None:
        return EncodeError(f"{type(body).__name__} is not a body to send", vendor=VENDOR)
    about: dict[str, Any] = {"vendor": VENDOR, "message": row.id}
    if not isinstance(serial_number, (bytes, bytearray)) or len(serial_number) != SERIAL_NUMBER_SIZE:
        return EncodeError(
            f"got {shown(serial_number)}",
            path="serialNumber",
            expected=f"exactly {SERIAL_NUMBER_SIZE} bytes",
            clause="ALI-R083",
            **about,
        )
    if isinstance(body, AsrDataRequest):
        return EncodeError(f"got {type(body.pcm).__name__}", path="pcm", expected="bytes", clause="ALI-R108", **about)
    return EncodeError(reason, **about)


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
    header = header_module.HEADER_CODEC.encode(Header(frame_type, data_type, biz_type, serial_number))
    try:
        return header + payload
    except TypeError:
        raise EncodeError(
            f"got {type(payload).__name__}", vendor=VENDOR, path="payload", offset=HEADER_SIZE, expected="bytes"
        ) from None
