"""SenseTime's messages as text: what travels on the microphone socket, and what the SDK tells a page.

Only the mapping lives here. How messages are read and written is in `microphone.py` and `interactive.py`. They are told
apart by their members, for only the former have a code; speech is told from text by not being text.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any, Final, cast

import msgspec
from msgspec import inspect

from ..declarations import undeclared
from ..errors import EncodeError, shown
from ..faults import UNWRITABLE, unwritable
from ..jsontext import look
from ..message import JsonCodec
from ..textform import FrameText, Sender, TextForm, asked_for, is_text, likely
from . import interactive, microphone
from .envelope import VENDOR

__all__ = ["TEXT_FORM", "decode_text", "encode_text"]

_SENDERS: Final[Mapping[str, Sender]] = {
    **{row.id: row.sender for row in microphone.MESSAGES},
    **dict.fromkeys(interactive.BY_ID, "server"),
}


def decode_text(data: bytes, sender: Sender | None = None, strict: bool = False) -> FrameText:
    """The text form of one message.

    Args:
        data: the message; what is no text is speech.
        sender: who sent it; None takes it from the message.
        strict: refuse documented variants.

    Raises:
        DecodeError: as for `microphone.decode` and `interactive.decode`.
    """
    if not is_text(data):
        return _of_frame(microphone.decode(data, sender, strict=strict))
    if sender != "client" and _is_told_by_sdk(data):
        return _of_sdk(data, strict)
    return _of_frame(microphone.decode(data.decode(), sender, strict=strict))


def _is_told_by_sdk(data: bytes) -> bool:
    members = look(data)
    return isinstance(members, dict) and "service" in members and "code" not in members


def _of_frame(frame: microphone.Frame) -> FrameText:
    raw = frame.raw if isinstance(frame.raw, bytes) else frame.raw.encode()
    match frame.body:
        case microphone.Audio(pcm=pcm):
            body: dict[str, Any] = {"pcm": b64encode(pcm).decode()}
        case microphone.Unknown():
            body = look(raw)
        case known:
            body = known.to_dict()
    row = microphone.BY_ID.get(frame.message)
    title = "a code that is not documented" if row is None else f"{row.id}: {row.title} ({row.section})"
    return _told(frame.message, frame.sender, body, title, frame.deviations, frame.unknown_fields(), raw)


def _of_sdk(data: bytes, strict: bool) -> FrameText:
    decoded = interactive.decode(data, strict=strict)
    id_ = interactive.id_of(decoded.value)
    row = interactive.BY_ID.get(id_)
    title = "a message that is not documented" if row is None else f"{row.id}: {row.title} ({row.section})"
    body = decoded.value.to_dict() if row is not None else look(data)
    return _told(id_, "server", body, title, decoded.deviations, decoded.unknown_fields(), data)


def _told(
    id_: str,
    sender: Sender,
    body: dict[str, Any],
    title: str,
    deviations: tuple[str, ...],
    unknown: dict[str, Any],
    raw: bytes,
) -> FrameText:
    fields = {
        "message": id_,
        "sender": sender,
        "body": body,
        "deviations": list(deviations),
        "unknownFields": unknown,
        "raw": raw.hex(),
    }
    return FrameText(title, sender, fields, raw)


def encode_text(fields: Mapping[str, Any], sender: Sender | None = None) -> bytes:
    """The message that a text form describes.

    Args:
        fields: what `decode_text` gives; ``message`` and ``body`` are enough, and what is the same in every such
            message may be left out of the body. What is under no documented message (an empty one) is written as its
            body stands.
        sender: refuse messages of the other side.

    Raises:
        EncodeError: no such message, or a member is missing, unknown or wrong.
    """
    id_, body = asked_for(fields, sender, _SENDERS, VENDOR)
    if not id_:
        return _undocumented(body)
    if id_ == microphone.AUDIO.id:
        return _speech(body)
    codec = interactive.BY_ID[id_].codec if id_ in interactive.BY_ID else microphone.BY_ID[id_].codec
    return _documented(body, cast("JsonCodec[Any]", codec))


def _documented(body: dict[str, Any], codec: JsonCodec[Any]) -> bytes:
    for path in undeclared(inspect.type_info(codec.type), body):
        names = codec.type.__struct_encode_fields__
        raise _fault("unknown field", codec.message, f"body.{path}", likely(path, names))
    return codec.encode(codec.convert({**codec.type.ruled_members(), **body}, strict=True).value)


def _undocumented(body: dict[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(body)
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=VENDOR, path="body") from None


def _speech(body: dict[str, Any]) -> bytes:
    pcm = body.get("pcm")
    try:
        if isinstance(pcm, str) and list(body) == ["pcm"]:
            return b64decode(pcm, validate=True)
    except (binascii.Error, ValueError):
        pass
    raise _fault(f"got {shown(body)}", microphone.AUDIO.id, "body", '{"pcm": Base64}')


def _fault(reason: str, message: str, path: str, expected: str) -> EncodeError:
    return EncodeError(reason, vendor=VENDOR, message=message, path=path, expected=expected)


TEXT_FORM: Final = TextForm(VENDOR, decode_text, encode_text, notation="json")
"""What the commands know of these messages."""
