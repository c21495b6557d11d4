"""The whole frame as one construct declaration, made from the table of messages: the reference for all other readers.

    >>> from avatarwire.codecs.aliyun.wire.layout import FRAME
    >>> data = bytes.fromhex("00010253455249414c30317b2273657373696f6e4964223a22732d31227d")
    >>> frame = FRAME.parse(data, sender="client")
    >>> frame.message, frame.body
    ('interrupt.request', InterruptRequest(session_id='s-1'))
    >>> FRAME.build({"message": frame.message, "serialNumber": b"SERIAL01", "body": frame.body}) == data
    True

It declares the ruled form and knows no variant of it: it accepts what `frame.decode(..., strict=True)` accepts, and
tests hold the two together. `frame.py` does the same work many times as fast and has the errors that name a clause;
here whatever is wrong is an error of construct. Nothing imports this module in order to read or write frames: it is
there to be read, tested against, and turned into tables and dissectors, for which `message_layouts` gives it as data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias, cast

import construct
from msgspec import inspect

from ...core.binary import Adapter, Member
from ...core.introspection import declaration, unwrapped
from ...core.json_text import look
from ...errors import CodecError
from ..messages import AsrDataRequest
from .header import BIZ_TYPES, DATA_TYPES, FRAME_TYPES
from .header_layout import HEADER, HEADER_CODEC
from .table import BY_ID, MESSAGES, SENDERS, Sender, WireMessage

__all__ = ["FRAME", "MessageLayout", "message_layouts"]


# --- its parts ---


class _JsonText(Adapter):
    """The rest of the frame: the JSON text of one message."""

    kind: Final = "JSON"

    def __init__(self, row: WireMessage) -> None:
        super().__init__(construct.GreedyBytes)
        self._codec: Any = row.codec

    def _decode(self, obj: bytes, context: Any, path: Any) -> Any:
        try:
            return self._codec.decode(obj, strict=True).value
        except CodecError as error:
            raise construct.ValidationError(str(error), path=path) from error

    def _encode(self, obj: Any, context: Any, path: Any) -> Any:
        try:
            return self._codec.encode(obj)
        except CodecError as error:
            raise construct.ValidationError(str(error), path=path) from error


class _Speech(Adapter):
    """The rest of the frame: audio, as it is."""

    kind: Final = "PCM"

    def __init__(self) -> None:
        super().__init__(construct.GreedyBytes)

    def _decode(self, obj: bytes, context: Any, path: Any) -> AsrDataRequest:
        return AsrDataRequest(obj)

    def _encode(self, obj: Any, context: Any, path: Any) -> bytes:
        if type(obj) is not AsrDataRequest:
            raise construct.ValidationError(f"got {type(obj).__name__}, expected AsrDataRequest", path=path)
        return obj.pcm


class _OneOf(Adapter):
    """The message that a payload is, of those that travel under one header: the first whose marks it has.

    Attributes:
        marks: for each message the members that distinguish it from the others, and their values.
    """

    def __init__(self, rows: Sequence[WireMessage]) -> None:
        super().__init__(construct.Peek(construct.GreedyBytes))
        self.marks = {row.id: _fixed_members(row) if len(rows) > 1 else {} for row in rows}

    def _decode(self, obj: bytes, context: Any, path: Any) -> str:
        members = look(obj)
        for id_, marks in self.marks.items():
            if not marks or (isinstance(members, dict) and marks.items() <= members.items()):
                return id_
        raise construct.ValidationError(f"neither of {', '.join(self.marks)}", path=path)


def _fixed_members(row: WireMessage) -> dict[str, object]:
    """The members of a message that have the same value in every one of its kind, by wire name."""
    info = cast("inspect.StructType", declaration(row.body))
    kinds = {field.encode_name: unwrapped(field.type)[0] for field in info.fields}
    return {
        name: kind.values[0]
        for name, kind in kinds.items()
        if isinstance(kind, inspect.LiteralType) and len(kind.values) == 1
    }


# --- what decides about the message ---

_Key: TypeAlias = tuple[Sender, int, int, int]
"""Sender, frame, data and business type."""


def _key(context: Any) -> _Key | None:
    """Of the frame at hand; None where a code point is not assigned (ALI-E09, ALI-E13, ALI-E14)."""
    frame_type, data_type, biz_type = context.frameType, context.dataType, context.bizType
    if frame_type not in FRAME_TYPES or data_type not in DATA_TYPES or biz_type not in BIZ_TYPES:
        return None
    return context._params.get("sender") or SENDERS[frame_type], frame_type, data_type, biz_type


def _under_one_header() -> Mapping[_Key, Sequence[WireMessage]]:
    """The messages by key, in the order of the table."""
    rows: dict[_Key, list[WireMessage]] = {}
    for row in MESSAGES:
        rows.setdefault((row.sender, row.frame_type, row.data_type, row.biz_type), []).append(row)
    return rows


def _before(part: Any, member: Member) -> construct.Construct[Any, Any]:
    """A member of the header in a frame: on building, its code point is the one of the message, if there is one."""
    if member.meanings is None:
        return cast("construct.Construct[Any, Any]", part)

    def code_point(context: Any) -> Any:
        if not context["message"]:
            return context[member.name]
        row = BY_ID.get(context["message"])
        if row is None:
            raise construct.MappingError(f"no message {context['message']!r}")
        return row.prefix[member.offset]

    return construct.Renamed(construct.Rebuild(part.subcon, code_point), part.name, part.docs)


# --- the declaration ---

_MESSAGES: Final[Mapping[_Key, _OneOf]] = {key: _OneOf(rows) for key, rows in _under_one_header().items()}
_BODIES: Final[Mapping[str, Any]] = {row.id: _JsonText(row) if row.codec else _Speech() for row in MESSAGES}

_READ_MESSAGE: Final[dict[Any, Any]] = {None: construct.Computed(""), **_MESSAGES}
_MESSAGE: Final[construct.Construct[Any, Any]] = construct.IfThenElse(
    construct.this._parsing, construct.Switch(_key, _READ_MESSAGE, default=construct.Error), construct.Pass
)
_BODY: Final = construct.Switch(construct.this.message, {"": construct.GreedyBytes, **_BODIES})

FRAME: Final = construct.Struct(
    *map(_before, HEADER.subcons, HEADER_CODEC.members),
    construct.Renamed(_MESSAGE, "message", "id in the catalogue, takes no room"),
    construct.Check(lambda context: bool(context.message) == (_key(context) is not None)),
    construct.Renamed(_BODY, "body", "the rest of the frame"),
)
"""`FRAME.parse(data, sender="client")` gives the four members of the header, `message` and `body`. Without `sender` it
is sent by whoever sends its frame type. Where a code point is not assigned, `message` is empty and `body` is bytes.

`FRAME.build` takes `message`, `serialNumber` and `body`; the rest of the header follows from the message. Without a
message (an empty one) it takes the code points, of which one is not assigned, and bytes.

Raises:
    construct.ConstructError: not a frame in the ruled form, or what such a frame cannot be made of.
    KeyError: of what a frame is made of, a part is missing.
"""


# --- as data ---


class MessageLayout(NamedTuple):
    """How one message lies in a frame. What lies in the header, `header.HEADER_CODEC.members` says.

    Attributes:
        id: catalogue id.
        sender, frame_type, data_type, biz_type: what its header has to be.
        payload: ``JSON`` or ``PCM``.
        marks: members of its JSON object that distinguish it from others under the same header, and their values. Of
            two that nothing distinguishes, the first is read (ALI-E35).
    """

    id: str
    sender: Sender
    frame_type: int
    data_type: int
    biz_type: int
    payload: str
    marks: Mapping[str, object]


def message_layouts() -> tuple[MessageLayout, ...]:
    """What the declaration says about each message, in the order of the document."""
    found = {
        id_: MessageLayout(id_, *key, payload=_BODIES[id_].kind, marks=marks)
        for key, part in _MESSAGES.items()
        for id_, marks in part.marks.items()
    }
    return tuple(found[row.id] for row in MESSAGES)
