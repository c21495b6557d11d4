"""Messages in words: one message as a JSON object that says what it is, and back.

What `avatarwire decode` prints and `avatarwire encode` takes, for every entry of every catalogue. How a header is shown
is the vendor's (`Catalogue.header_text`); how input is read is in `items.py`, which message some bytes are in
`core/identify.py`.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, cast

import msgspec

from .core.entry import Catalogue, Entry, Sender
from .core.enveloped import EnvelopeCodec, Opened
from .core.error_mapping import UNWRITABLE, unwritable
from .core.identify import Fit, identify
from .core.introspection import declaration, undeclared
from .core.json_codec import is_json_codec
from .core.json_text import look
from .core.received import Received
from .core.repairs import is_object
from .core.spans import Span
from .errors import CodecError, EncodeError, FailureError, printable, shown
from .message import Message

__all__ = [
    "COLOURS",
    "FrameText",
    "decode_text",
    "encode_text",
    "likely",
    "printable",
]

COLOURS: Final = ("cyan", "green", "magenta", "yellow", "blue")
"""Colours of a frame's spans, in their order: whoever shows a frame uses the same ones."""


@dataclass(frozen=True, slots=True)
class FrameText:
    """A message in words.

    Attributes:
        title: the message and what it is for, one line.
        sender: who sends it.
        fields: the message as plain JSON values, which `encode_text` reads back.
        raw: its bytes.
        spans: those taken apart, in order and without a gap; none where they are one text.
    """

    title: str
    sender: str
    fields: Mapping[str, Any]
    raw: bytes
    spans: tuple[Span, ...] = ()


# --- to text ---


def decode_text(
    known: Catalogue,
    data: bytes,
    sender: Sender | None = None,
    strict: bool = False,
    *,
    as_id: str = "",
) -> FrameText:
    """The text form of one message.

    Its ``id`` is null where several entries fit equally well (``ids`` lists them), and where the message is not
    documented. ``message`` is what a connection would read it as, or the first of those that fit.

    Args:
        known: the vendor's catalogue.
        data: what travels.
        sender: who sent it; None takes that from the message.
        strict: refuse documented variants.
        as_id: what it is to be read as; empty to find out.

    Raises:
        DecodeError: it cannot be read.
        FailureError: it is a failure, and was to be read as a success.
    """
    if as_id:
        entry = known[as_id]
        return _told(known, [Fit(entry, entry.decode(data, strict=strict))], sender, as_id)
    found = identify(known, data, sender, strict=strict)
    dispatched = found.dispatched
    ids = [fit.entry.id for fit in found.fits]
    if dispatched is not None and (not ids or dispatched.received.id in ids):
        id_ = dispatched.received.id
        fits = [Fit(known[id_], dispatched.received)] if id_ else []
        others = [fit for fit in found.fits if fit.entry.id != id_]
        told = _told(known, [*fits, *others], dispatched.sender, id_, dispatched.received)
        return told if id_ else FrameText(printable(dispatched.title), told.sender, told.fields, data, told.spans)
    return _told(known, found.fits, sender, ids[0])


def _told(
    known: Catalogue,
    fits: Sequence[Fit],
    sender: Sender | None,
    message: str,
    received: Received[Any] | None = None,
) -> FrameText:
    header = known.header_text
    received = fits[0].received if received is None else received
    entry = fits[0].entry if fits else None
    by = sender if entry is None or entry.sender == "both" else entry.sender
    is_frame = header is not None and (entry is None or entry.carrier.kind == "frame")
    ids = [fit.entry.id for fit in fits]
    fields: dict[str, Any] = {"id": ids[0] if len(ids) == 1 else None}
    if len(ids) > 1:
        fields["ids"] = sorted(ids, key=list(known).index)
    fields |= {"message": message, "sender": by}
    if header is not None and is_frame:
        fields |= header.fields(received.raw)
    fields |= {
        "body": _body(received, None if entry is None else entry.codec),
        "deviations": list(received.deviations),
        "unknownFields": received.unknown_fields(),
        "raw": received.raw.hex(),
    }
    title = "" if entry is None else f"{entry.id}: {entry.title} ({entry.section})"
    if len(ids) > 1:
        title = f"one of {', '.join(fields['ids'])}"
    spans = header.spans(received.raw) if header is not None and is_frame else ()
    return FrameText(title, by or "both", fields, received.raw, spans)


def _body(received: Received[Any], codec: object) -> Any:
    """What a message says, as plain JSON values; data of an answer in its envelope, bytes in Base64."""
    value = received.value
    if isinstance(received, Opened):
        envelope = cast("Message", received.envelope).to_dict()
        fields = look(received.raw)
        # What is no JSON before it is repaired is there for its data.
        is_there = not is_object(fields) or "data" in fields
        return {**envelope, "data": msgspec.to_builtins(value)} if is_there else envelope
    for name in _BYTES:
        if isinstance(data := getattr(value, name, None), bytes):
            return {name: b64encode(data).decode()}
    if is_json_codec(codec) and codec.partial is not None and isinstance(value, codec.partial.type):
        return look(codec.encode(value, strict=False))
    return value.to_dict() if received.id and isinstance(value, Message) else look(received.raw)


_BYTES: Final = ("pcm", "payload")
"""Members of bodies that are no JSON on the wire: speech, and what is not documented."""


# --- from text ---


def encode_text(
    known: Catalogue, fields: Mapping[str, Any], sender: Sender | None = None, *, strict: bool = True
) -> bytes:
    """The message that a text form describes.

    Args:
        known: the vendor's catalogue.
        fields: what `decode_text` gives; ``id`` or ``message``, and ``body``, are enough. What is the same in every
            such message may be left out of the body. What has an empty ``message`` is written as its body stands.
        sender: refuse messages of the other side.
        strict: refuse what only lenient reading takes; otherwise what `decode_text` gave is written as it came, down
            to the byte, and what was changed since then, or made by hand, as it is understood.

    Raises:
        EncodeError: no such message, or a member is missing, unknown or wrong.
    """
    header = known.header_text
    id_ = _asked_for(known, fields, sender, () if header is None else header.names)
    if not strict and (received := _received(known, fields, id_)) is not None:
        return received
    entry = known[id_] if id_ else None
    if header is not None and (entry is None or entry.carrier.kind == "frame"):
        body = fields.get("body", {})
        value = (
            _payload(known, body) if entry is None else _value(known, entry, _object(known, id_, body), strict=strict)
        )
        return _understood(entry, header.encode(fields, id_, value, strict), strict=strict)
    body = _object(known, id_, fields.get("body"))
    if entry is None:
        try:
            return msgspec.json.encode(body)
        except UNWRITABLE as error:
            raise EncodeError(unwritable(error), vendor=known.vendor, path="body") from None
    if isinstance(entry.codec, EnvelopeCodec):
        return _enveloped(known, entry, body, strict=strict)
    data = entry.encode(_value(known, entry, body, strict=strict), strict=strict)
    return _understood(entry, data, strict=strict)


def _received(known: Catalogue, fields: Mapping[str, Any], id_: str) -> bytes | None:
    """The bytes that a text form was made of, where it still says what they say; None otherwise."""
    try:
        raw = bytes.fromhex(fields["raw"])
        told = decode_text(known, raw, as_id=id_).fields
    except (KeyError, TypeError, ValueError, CodecError, FailureError):
        return None
    # It has been through JSON, in which a tuple is a list.
    said = msgspec.json.decode(msgspec.json.encode({name: told.get(name) for name in fields if name not in _CHOSEN}))
    return raw if said == {name: fields[name] for name in said} else None


_CHOSEN: Final = ("id", "ids", "message", "sender", "raw")
"""Members of a text form that say what the bytes were read as, and not what they say."""


def _understood(entry: Entry | None, data: bytes, *, strict: bool) -> bytes:
    """What was written; where more than the ruled form is, it has to be what reading takes."""
    if entry is not None and not strict:
        entry.decode(data)
    return data


def _asked_for(known: Catalogue, fields: Mapping[str, Any], sender: Sender | None, header_names: Sequence[str]) -> str:
    """The id that is asked for; empty for a message that is not documented."""
    names = ("id", "ids", "message", "sender", *header_names, "body", "deviations", "unknownFields", "raw")
    for name in fields:
        if name not in names:
            raise _error(known, "unknown field", name, likely(name, names))
    name = "message" if fields.get("id") is None else "id"
    id_ = fields.get(name)
    if not isinstance(id_, str):
        example = next(entry.id for entry in known.values() if entry.kind == "message")
        reason = "required field is missing" if name not in fields else f"got {shown(id_)}"
        raise _error(known, reason, name, f"text such as {example}")
    if id_ and id_ not in known:
        raise _error(known, f"no message {shown(id_)}", name, likely(id_, known))
    for asked in (sender, fields.get("sender")) if id_ else ():
        if asked is not None and known[id_].sender not in (asked, "both"):
            expected = f"{known[id_].sender}, who sends this message"
            raise _error(known, f"got {shown(asked)}", "sender", expected, id_)
    return id_


def _object(known: Catalogue, id_: str, body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise _error(known, f"got {shown(body)}", "body", "a JSON object", id_)
    return cast("dict[str, Any]", body)


def _value(known: Catalogue, entry: Entry, body: dict[str, Any], *, strict: bool) -> Any:
    """The value that the body of a message describes."""
    codec: object = entry.codec
    if not is_json_codec(codec):
        return _bytes(known, body, "pcm", entry.id, entry.clauses[0])
    type_: Any = codec.type
    tag = type_.__struct_config__
    if tag.tag_field is not None and body.get(tag.tag_field, tag.tag) != tag.tag:
        reason = f"got {shown(body[tag.tag_field])}"
        raise _error(known, reason, f"body.{tag.tag_field}", str(tag.tag), entry.id)
    for path in undeclared(declaration(type_), body) if strict else ():
        raise _error(known, "unknown field", f"body.{path}", likely(path, type_.__struct_encode_fields__), entry.id)
    return codec.convert({**type_.ruled_members(), **body}, strict=strict).value


def _enveloped(known: Catalogue, entry: Entry, body: dict[str, Any], *, strict: bool) -> bytes:
    """An answer in its envelope, which is written as it stands: its text is the caller's."""
    try:
        data = msgspec.json.encode(body)
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=known.vendor, message=entry.id, path="body") from None
    read = entry.codec.decode(data, strict=strict)
    for path in read.unknown_fields() if strict else ():
        raise _error(known, "unknown field", f"body.{path}", likely(path, entry.codec.members), entry.id)
    return data


def _payload(known: Catalogue, body: object) -> bytes:
    return _bytes(known, cast("dict[str, Any]", body) if isinstance(body, dict) else {}, "payload", "", "")


def _bytes(known: Catalogue, body: Mapping[str, Any], name: str, message: str, clause: str) -> bytes:
    """The one Base64 member of a body that is no JSON on the wire."""
    value = body.get(name)
    try:
        if isinstance(value, str) and list(body) == [name]:
            return b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        pass
    expected = f'{{"{name}": Base64}}'
    raise _error(known, f"got {shown(dict(body))}", "body", expected, message, clause)


def _error(known: Catalogue, reason: str, path: str, expected: str, message: str = "", clause: str = "") -> EncodeError:
    return EncodeError(reason, vendor=known.vendor, message=message, path=path, expected=expected, clause=clause)


# --- words ---


def likely(name: str, known: Collection[str]) -> str:
    """The known names that come near; all of them when none does."""
    near = get_close_matches(name, list(known), n=2)
    if near:
        return " or ".join(near)
    return f"one of {', '.join(known)}" if known else "nothing in it"
