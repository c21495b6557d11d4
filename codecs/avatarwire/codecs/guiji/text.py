"""Guiji messages as text: a message as one JSON object that says what it is, and back.

Only the mapping lives here. Which messages there are is in `wire.py`, how one is read and written in `rpc.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import inspect

from ..declarations import undeclared
from ..errors import EncodeError, shown
from ..faults import UNWRITABLE, unwritable
from ..textform import FrameText, Sender, TextForm, asked_for, likely, printable
from .rpc import Unknown, decode, encode
from .wire import BY_ID, EXECUTE, VENDOR, WireMessage

__all__ = ["TEXT_FORM", "decode_text", "encode_text"]

_SENDERS: Final[Mapping[str, Sender]] = {row.id: row.sender for row in BY_ID.values()}


def decode_text(data: bytes, sender: Sender | None = None, strict: bool = False) -> FrameText:
    """The text form of one message.

    Args:
        data: the payload.
        sender: who sent it; None takes it from the message.
        strict: refuse documented variants.

    Raises:
        DecodeError: as for `rpc.decode`.
    """
    packet = decode(data, sender, strict=strict)
    body = packet.body
    row = BY_ID.get(packet.message)
    if isinstance(body, Unknown):
        by: Sender = sender or ("client" if packet.sender else "server")
        title, fields = f"{printable(body.method)} is not documented", body.fields
    else:
        known = row or EXECUTE
        by, title, fields = known.sender, f"{known.id}: {known.title} ({known.section})", body.to_dict()
    told = {
        "message": packet.message,
        "sender": by,
        "body": fields,
        "deviations": list(packet.deviations),
        "unknownFields": packet.unknown_fields(),
        "raw": packet.raw.hex(),
    }
    return FrameText(title, by, told, packet.raw)


def encode_text(fields: Mapping[str, Any], sender: Sender | None = None) -> bytes:
    """The message that a text form describes.

    Args:
        fields: what `decode_text` gives; ``message`` and ``body`` are enough, and ``method`` may be left out of the
            body. What is under no documented message (an empty one) is written as its body stands.
        sender: refuse messages of the other side.

    Raises:
        EncodeError: no such message, or a member is missing, unknown or wrong.
    """
    id_, body = asked_for(fields, sender, _SENDERS, VENDOR)
    return _documented(body, BY_ID[id_]) if id_ else _undocumented(body)


def _documented(body: dict[str, Any], row: WireMessage) -> bytes:
    config = row.body.__struct_config__
    if config.tag_field is not None and body.setdefault(config.tag_field, config.tag) != config.tag:
        reason = f"got {shown(body[config.tag_field])}"
        raise _fault(reason, message=row.id, path=f"body.{config.tag_field}", expected=str(config.tag))
    for path in undeclared(inspect.type_info(row.body), body):
        names = row.body.__struct_encode_fields__
        raise _fault("unknown field", message=row.id, path=f"body.{path}", expected=likely(path, names))
    return encode(row.codec.convert(body, strict=True).value)


def _undocumented(body: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=VENDOR, path="body") from None


def _fault(reason: str, *, path: str, expected: str, message: str = "") -> EncodeError:
    return EncodeError(reason, vendor=VENDOR, message=message, path=path, expected=expected)


TEXT_FORM: Final = TextForm(VENDOR, decode_text, encode_text, notation="json")
"""What the commands know of these messages."""
