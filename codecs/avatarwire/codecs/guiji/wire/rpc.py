"""Messages over MQTT, to and from typed bodies.

    >>> from avatarwire.codecs.guiji import rpc
    >>> packet = rpc.decode(b'{"id":15,"method":"HeartBeat","params":{"sessionId":":---:s-1","state":"Running"}}')
    >>> packet.message, packet.session_id
    ('HeartBeat', 's-1')

One MQTT payload is one JSON object in UTF-8, without comments or trailing commas (GJ-R124). Which messages there are is
in the table of `table.py`, which of them decoded JSON is, in `routing.py`; only reading and writing payloads lives
here.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias, cast

import msgspec

from ...core.byte_input import as_bytes
from ...core.conversion import decoder
from ...core.error_mapping import UNREADABLE, UNWRITABLE, kind_of, malformed_json, unwritable
from ...core.findings import Finding, clauses_of, deviation
from ...core.json_forms import BOM_REPAIR, null_member
from ...core.json_text import BOM, MAX_VALUES, check_crowd, look, read
from ...core.received import unknown_fields
from ...core.repairs import apply_raw
from ...errors import DecodeError, EncodeError, ValidationError
from ...message import Message, was_made
from ..messages.notifications import HeartBeat
from ..messages.replies import (
    HEARTBEAT_RECEIVED,
    ExecSessionResListResult,
    HeartBeatReply,
    HeartBeatReplyBody,
    Result,
)
from ..messages.rpc_requests import (
    CreateNewSession,
    DestroySession,
    ExecSessionResList,
    ModifySessionResList,
    PushPlayListManager,
    Request,
)
from .routing import Head, command_id, head_of, message_of
from .table import BY_BODY, BY_ID, EXECUTE, EXECUTED, JSONRPC, VENDOR, Kind, Sender, WireMessage

__all__ = [
    "MAX_PACKET_SIZE",
    "Body",
    "Head",
    "Packet",
    "Sender",
    "Unknown",
    "answer_heartbeat",
    "decode",
    "encode",
    "peek",
    "request_id",
]

MAX_PACKET_SIZE: Final = 1024 * 1024
"""Default limit of a payload, bytes; the document gives none."""


class Unknown(msgspec.Struct, frozen=True, gc=False):
    """The body of a message whose method, or whose state, the document does not know.

    Attributes:
        method: what it is called.
        fields: all its members, decoded.
    """

    method: str
    fields: dict[str, Any]


Body: TypeAlias = Message | Unknown
"""What a payload holds; `wire.MESSAGES` lists the classes."""


class Packet(msgspec.Struct, frozen=True, gc=False):
    """A message that was received.

    Attributes:
        message: catalogue id, such as ``CreateNewSession.request``; empty for a method, a state or a command that the
            document does not know.
        body: the typed message, from envelope to arguments.
        raw: the payload as received; `encode` gives it back unchanged.
        reported: by what it differs from the ruled form, as far as reading it took a closer look; None if it took none.
    """

    message: str
    body: Body
    raw: bytes
    reported: tuple[Finding, ...] | None = None

    @property
    def findings(self) -> tuple[Finding, ...]:
        """By what it differs from the ruled form, with the place of each.

        Looked for when asked: what can be read as it stands is not searched for what is merely unusual.
        """
        if self.reported is not None:
            return self.reported
        raw, broken = self.raw, cast("Message", self.body).check()
        if not (b"\\" in raw or b"null" in raw or b"jsonrpc" in raw):
            # Names without an escape in them stand in the bytes as they are, so that most need not be read once more.
            return broken
        members = self._members()
        found = _without_nulls(members)
        surplus = JSONRPC.apply(members)
        return (*found, *(() if surplus is None else (surplus,)), *broken)

    @property
    def deviations(self) -> tuple[str, ...]:
        """Ids of the errata by which it differs from the ruled form, each once."""
        return clauses_of(self.findings)

    def _members(self) -> dict[str, Any]:
        """Names and values at the top; none where they were nested so deeply that they can be read no more here."""
        return cast("dict[str, Any]", look(self.raw) or {})

    @property
    def head(self) -> Head:
        """The envelope."""
        return peek(self.raw)

    @property
    def id(self) -> int | None:
        """Id of the message; None for a SessionState without one."""
        return self.head.id

    @property
    def method(self) -> str:
        """What is asked or reported, as on the wire; empty for an answer."""
        return self.head.method

    @property
    def session_id(self) -> str:
        """Session it belongs to: the id beside the message's own, or else the one inside, without prefix (GJ-E56)."""
        return self.head.session_id

    @property
    def sender(self) -> str:
        """topicSub of the client that has sent it; empty for what a server sends."""
        return self.head.sender

    @property
    def kind(self) -> Kind:
        """What it is; the answer to a heartbeat is a result."""
        return cast("Kind", self.head.kind)

    def encode(self) -> bytes:
        """The received bytes, exactly."""
        return self.raw

    def unknown_fields(self) -> dict[str, Any]:
        """Members that were received but are not declared, by wire path; none for a message that is unknown itself."""
        if isinstance(self.body, Unknown):
            return {}
        return unknown_fields(type(self.body), self.raw)


# --- reading ---

_REQUESTS: Final[Any] = (
    CreateNewSession | ModifySessionResList | DestroySession | ExecSessionResList | PushPlayListManager
)
_read_request: Final = decoder(_REQUESTS)
_REQUESTS_AND_HEARTBEAT: Final[Any] = _REQUESTS | HeartBeat
"""Of a choice, msgspec requires the tag; of a heartbeat alone it would not."""
_read_any: Final = decoder(_REQUESTS_AND_HEARTBEAT)


def decode(
    data: bytes | bytearray | memoryview,
    sender: Sender | None = None,
    answers: str = "",
    strict: bool = False,
    max_size: int = MAX_PACKET_SIZE,
) -> Packet:
    """Reads one MQTT payload.

    Name `answers`, `strict` and `max_size` when giving them; that the signature does not ask for it saves 5 %.

    Args:
        data: the payload.
        sender: who has sent it; None takes it from the message.
        answers: catalogue id of the request that a result answers, if it is known: results do not name it.
        strict: refuse documented variants instead of reporting them, and texts that are not UTF-8 and numbers beyond
            those of Python even in members that nothing declares: those are skipped otherwise.
        max_size: largest payload accepted, bytes.

    Raises:
        DecodeError: larger than `max_size`, or not JSON; comments are not JSON (GJ-E63).
        ValidationError: JSON, but no such message. `peek` still gives its envelope.
    """
    if type(data) is not bytes:
        data = as_bytes(data, vendor=VENDOR, clause="GJ-R124")
    size = len(data)
    if size > max_size:
        raise DecodeError(
            f"{size} bytes", vendor=VENDOR, offset=max_size, expected=f"at most {max_size} bytes", clause="GJ-R124"
        )
    if not strict:
        # A text so long that its values have to be counted is read the careful way, as is all else that a server sends.
        try:
            if sender == "client" or (sender is None and size > MAX_VALUES):
                if size > MAX_VALUES:
                    check_crowd(data)
                body = _read_request(data)
                return Packet(body.understood() or _command_id(body), body, data)
            if size <= MAX_VALUES:
                body = _read_any(data)
                if type(body) is HeartBeat:
                    return Packet("HeartBeat", body, data)
                if sender is None:
                    return Packet(body.understood() or _command_id(body), body, data)
        except (*UNREADABLE, ValidationError):
            # Something is different: the careful way below finds out what, or raises the better error.
            pass
    try:
        return _read(data, sender, answers, strict=strict)
    except ValidationError:
        # What cannot be read is reported first; where nothing is declared it would have been skipped.
        _object(data, strict=True)
        raise


def peek(data: bytes | bytearray | memoryview) -> Head:
    """The envelope of a payload as far as it can be read, however wrong the rest is; never fails.

    For a server that has to answer what it could not decode.
    """
    try:
        fields = look(as_bytes(data, vendor=VENDOR))
    except DecodeError:
        return Head()
    return head_of(cast("dict[str, Any]", fields)) if isinstance(fields, dict) else Head()


def _read(data: bytes, sender: Sender | None, answers: str, *, strict: bool) -> Packet:
    """The careful way."""
    fields = _object(data, strict=strict)
    found = [] if strict else _without_nulls(fields)
    found += apply_raw((BOM_REPAIR,), data)[1]
    row = message_of(fields, sender, answers)
    if row is None:
        return Packet("", Unknown(fields["method"], fields), data, tuple(found))
    body, more = _body(row, fields, data, strict=strict)
    found += more
    if strict:
        row.codec.refuse(found)
    return Packet(row.id if row.id in BY_ID else "", body, data, tuple(found))


def _without_nulls(fields: dict[str, Any]) -> list[Finding]:
    """Takes out those members that say of what kind a message is and are null, where another of them is not."""
    known = [name for name in ("method", "result", "error") if name in fields]
    nulls = [name for name in known if fields[name] is None]
    if len(nulls) == len(known):
        return []
    for name in nulls:
        del fields[name]
    return [null_member(name) for name in nulls]


def _body(
    row: WireMessage, fields: dict[str, Any], data: bytes, *, strict: bool
) -> tuple[Message, tuple[Finding, ...]]:
    """What a message holds. A result that is not as those of its method is read as any result (GJ-E82)."""
    try:
        return row.codec.from_object(fields, data, strict=strict)
    except ValidationError as error:
        if not issubclass(row.body, Result) or row is _ANY_RESULT:
            raise
        body, found = _ANY_RESULT.codec.from_object(_object(data, strict=strict), data, strict=strict)
        return body, (*found, deviation("GJ-E82", error.path, error.reason, error.expected))


def _object(data: bytes, *, strict: bool) -> dict[str, Any]:
    try:
        text = data.removeprefix(BOM)
        fields = read(text, strict=strict)
    except UNREADABLE as error:
        raise malformed_json(error, data, vendor=VENDOR, message="", clause="GJ-R124") from None
    if not isinstance(fields, dict):
        raise ValidationError(f"got {kind_of(fields)}", vendor=VENDOR, expected="a JSON object", clause="GJ-R124")
    return cast("dict[str, Any]", fields)


def request_id(body: Request) -> str:
    """Catalogue id of a request; empty for a command that the document does not know."""
    return body.catalogue_id or _command_id(cast("ExecSessionResList", body))


def _command_id(body: ExecSessionResList) -> str:
    """The same of a request whose command says which it is."""
    return command_id(body.params.execute_list[0].method)


_ANY_RESULT: Final = BY_ID["result"]


# --- writing ---

_dump: Final = msgspec.json.Encoder().encode


def encode(body: Message, *, token_in_params: bool = True) -> bytes:
    """Writes one payload in the ruled form: UTF-8 JSON without white space.

    Args:
        body: a body of `wire.MESSAGES`.
        token_in_params: False leaves the second token of CreateNewSession out, as the document's sample does (GJ-E65).

    Raises:
        EncodeError: not a body, or one that JSON cannot hold.
        ValidationError: a body that was received and is not in the ruled form.
    """
    if token_in_params and type(body) is CreateNewSession and was_made(body):
        try:
            return _dump(body)
        except UNWRITABLE:
            # What it holds was changed since: below it is said what is wrong.
            pass
    row = _row_of(body)
    if row is None:
        raise EncodeError(f"{type(body).__name__} is not a body to send", vendor=VENDOR)
    codec = row.codec
    codec.check_sendable(body)
    try:
        if token_in_params or type(body) is not CreateNewSession:
            return _dump(body)
        fields = body.to_dict()
        del fields["params"]["token"]
        return _dump(fields)
    except UNWRITABLE as error:
        raise EncodeError(unwritable(error), vendor=VENDOR, message=row.id) from None


def _row_of(body: Message) -> WireMessage | None:
    """The row of a body to send. Commands share a class, and so do their results: of those the command says which."""
    if isinstance(body, ExecSessionResList):
        try:
            return BY_ID.get(request_id(body), EXECUTE)
        except (AttributeError, LookupError, TypeError):  # parts of it are none that a command has
            return EXECUTE
    if type(body) is ExecSessionResListResult:
        return EXECUTED
    return BY_BODY.get(type(body))


def answer_heartbeat(heartbeat: HeartBeat, sender: str) -> bytes:
    """Writes the answer to a heartbeat: it repeats id and session id as they came, prefix or not (GJ-R117, GJ-E84).

    Args:
        heartbeat: as received.
        sender: topicSub of the session.
    """
    echoed = HeartBeatReplyBody(session_id=heartbeat.params.session_id, message=HEARTBEAT_RECEIVED)
    return _dump(HeartBeatReply.trusted(id=heartbeat.id, result=echoed, session_id=heartbeat.session_id, sender=sender))
