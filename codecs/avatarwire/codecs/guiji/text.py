"""Guiji messages as text: a message as one JSON object that says what it is, and back.

Only the mapping lives here. Which messages there are is in `wire.py`, how one is read and written in `rpc.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
from msgspec import inspect

from ..declarations import undeclared
from ..errors import EncodeError, shown
from ..faults import UNWRITABLE, unwritable
from ..textform import FrameText, Sender, TextForm, likely, printable
from .rpc import Unknown, decode, encode
from .wire import BY_ID, EXECUTE, VENDOR, WireMessage

__all__ = ["TEXT_FORM", "decode_text", "encode_text"]

_NOTICED: Final = ("deviations", "unknownFields", "raw")
"""What decoding says about a message beside what is in it; encoding has no use for it."""
_NAMES: Final = ("message", "sender", "body", *_NOTICED)


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
    for name in fields:
        if name not in _NAMES:
            raise _fault("unknown field", path=name, expected=likely(name, _NAMES))
    body = fields.get("body")
    if not isinstance(body, dict):
        raise _fault(f"got {shown(body)}", path="body", expected="a JSON object")
    id_ = fields.get("message")
    if not isinstance(id_, str):
        reason = "required field is missing" if "message" not in fields else f"got {shown(id_)}"
        raise _fault(reason, path="message", expected=f"text such as {next(iter(BY_ID))}")
    if not id_:
        return _undocumented(cast("dict[str, Any]", body))
    row = BY_ID.get(id_)
    if row is None:
        raise _fault(f"no message {shown(id_)}", path="message", expected=likely(id_, BY_ID))
    for asked in (sender, fields.get("sender")):
        if asked not in (None, row.sender):
            raise _fault(
                f"got {shown(asked)}", message=id_, path="sender", expected=f"{row.sender}, who sends this message"
            )
    return _documented(cast("dict[str, Any]", body), row)


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
