"""What travels on the microphone socket: text messages distinguished by their ``code``, and speech in binary ones.

    >>> from avatarwire.codecs.sensetime import microphone
    >>> microphone.encode(microphone.Begin())
    '{"code":0,"message":"begin"}'
    >>> microphone.decode('{"code":2,"message":"服务端已准备好接收"}').message
    'microphone.ready'

One WebSocket message is one `Frame`; text comes as `str`, binary as `bytes`. The table of messages lives here, with
reading and writing by it; the messages are declared in `messages/microphone_messages.py`, the URL of the socket is in
`microphone_url.py`, and who says what when in `client/conversation.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, Literal, TypeAlias, cast

import msgspec

from ...core.byte_input import as_bytes
from ...core.error_mapping import UNREADABLE, kind_of, malformed_json, unwritable
from ...core.findings import Finding, clauses_of, deviation, refused
from ...core.json_codec import JsonCodec
from ...core.json_forms import BOM_REPAIR, DIGITS, settle
from ...core.json_text import BOM, look, read
from ...core.received import Received, unknown_fields
from ...core.repairs import apply_raw, digits
from ...errors import DecodeError, EncodeError, ValidationError, shown
from ...message import Message
from ..envelope import VENDOR
from ..messages.microphone_messages import (
    SAMPLE_BYTES,
    SAMPLE_RATE,
    TEXTS,
    Audio,
    AuthFailed,
    Begin,
    Conflict,
    Eof,
    MicFrame,
    MicMessage,
    Notice,
    NotReady,
    Ready,
    SendFailed,
    Stop,
    TakeoverFinished,
    TakeoverNotice,
    TakeoverQueued,
    TakeoverStarted,
    Unknown,
)

__all__ = [
    "AUDIO",
    "BY_BODY",
    "BY_CODE",
    "BY_ID",
    "MAX_MESSAGE",
    "MESSAGES",
    "SAMPLE_BYTES",
    "SAMPLE_RATE",
    "TEXTS",
    "Audio",
    "AuthFailed",
    "Begin",
    "Body",
    "Conflict",
    "Eof",
    "Frame",
    "MicFrame",
    "MicMessage",
    "NotReady",
    "Notice",
    "Ready",
    "SendFailed",
    "Sender",
    "SpeechCodec",
    "Stop",
    "TakeoverFinished",
    "TakeoverNotice",
    "TakeoverQueued",
    "TakeoverStarted",
    "Unknown",
    "WireMessage",
    "decode",
    "encode",
    "encode_as",
]

Sender = Literal["client", "server"]

Body: TypeAlias = MicMessage | Audio | Unknown
"""What a frame carries; `MESSAGES` lists the classes."""

MAX_MESSAGE: Final = 1024 * 1024
"""Most bytes of one message that are read unless another limit is given; the document knows none (ST-E132)."""


# --- the table ---


@dataclass(frozen=True, slots=True)
class WireMessage:
    """One message of the socket.

    Attributes:
        id: catalogue id.
        sender: who sends it.
        code: distinguishes it from the others; None for speech.
        body: the class of its body.
        title: one line.
        clauses: the rules about it.
        codec: JSON codec of the body; None for speech.
        section: where the document describes it.
    """

    id: str
    sender: Sender
    code: int | None
    body: type[MicMessage] | type[Audio]
    title: str
    clauses: tuple[str, ...]
    codec: JsonCodec[Any] | None = None
    section: str = "003 L439-545"


_FORM: Final = "ST-MIC-01"


def _json(name: str, sender: Sender, body: type[MicMessage], title: str, *clauses: str) -> WireMessage:
    id_ = f"microphone.{name}"
    code = body.ruled_code()
    repairs = [digits("code", "ST-E57", example=str(code))]
    if issubclass(body, Notice):
        repairs.append(digits("data.timestamp", "ST-E66"))
    codec = JsonCodec(body, vendor=VENDOR, message=id_, repairs=repairs, form_clause=_FORM)
    return WireMessage(id_, sender, code, body, title, clauses, codec)


AUDIO: Final = WireMessage(
    "microphone.audio", "client", None, Audio, "one packet of speech", ("ST-MIC-01", "ST-MIC-06", "ST-MIC-10", "ST-E61")
)
"""The one message that is binary."""

MESSAGES: Final[tuple[WireMessage, ...]] = (
    _json("begin", "client", Begin, "speech is about to be sent", "ST-MIC-05", "ST-E60"),
    AUDIO,
    _json("eof", "client", Eof, "the speech is over", "ST-MIC-07", "ST-E62"),
    _json("auth_failed", "server", AuthFailed, "the token is no good", "ST-MIC-08", "ST-E02"),
    _json("ready", "server", Ready, "speech may be sent", "ST-MIC-09", "ST-MIC-10", "ST-E60"),
    _json("stop", "server", Stop, "stop sending speech", "ST-MIC-11", "ST-MIC-12", "ST-E63"),
    _json("send_failed", "server", SendFailed, "the speech failed", "ST-MIC-13", "ST-E64", "ST-E68"),
    _json("not_ready", "server", NotReady, "no live matches the session", "ST-MIC-14", "ST-E58", "ST-E64"),
    _json("conflict", "server", Conflict, "another kind of takeover is running", "ST-MIC-15", "ST-TKO-21"),
    _json("takeover_finished", "server", TakeoverFinished, "a takeover, or its cancellation, is done",
          "ST-MIC-16", "ST-MIC-19", "ST-E49", "ST-E65", "ST-E66"),
    _json("takeover_started", "server", TakeoverStarted, "a takeover began to play",
          "ST-MIC-17", "ST-MIC-19", "ST-E65", "ST-E66"),
    _json("takeover_queued", "server", TakeoverQueued, "a takeover is in the queue",
          "ST-MIC-18", "ST-MIC-19", "ST-E65", "ST-E66"),
)  # fmt: skip
"""All twelve: what the client sends, in its order, then what the server sends, by code."""

BY_ID: Final[Mapping[str, WireMessage]] = MappingProxyType({row.id: row for row in MESSAGES})
BY_BODY: Final[Mapping[type[Any], WireMessage]] = MappingProxyType({row.body: row for row in MESSAGES})
BY_CODE: Final[Mapping[Sender, Mapping[int, WireMessage]]] = MappingProxyType(
    {
        sender: MappingProxyType({row.code: row for row in MESSAGES if row.sender == sender and row.code is not None})
        for sender in ("client", "server")
    }
)
"""Codes of the two sides; they have nothing to do with the states of lives and takeovers (ST-E130)."""


# --- reading ---


@dataclass(frozen=True, slots=True)
class Frame:
    """A message as it was received.

    Attributes:
        sender: who sent it.
        message: catalogue id; empty for a code that its sender is not documented to send.
        body: what it says.
        raw: the message itself, text or binary.
        findings: by what it differs from the ruled form; empty for the ruled form.
    """

    sender: Sender
    message: str
    body: Body
    raw: str | bytes
    findings: tuple[Finding, ...] = ()

    @property
    def deviations(self) -> tuple[str, ...]:
        """Clauses by which it differs from the ruled form, each once; empty for the ruled form."""
        return clauses_of(self.findings)

    def encode(self) -> str | bytes:
        """The received message, exactly."""
        return self.raw

    def unknown_fields(self) -> dict[str, Any]:
        """Members that were received but are not declared, by wire path."""
        if isinstance(self.raw, bytes):
            return {}
        raw = self.raw.encode("utf-8", "replace")
        if not isinstance(self.body, Unknown):
            return unknown_fields(type(self.body), raw)
        members = cast("dict[str, Any]", look(raw))
        return {name: value for name, value in members.items() if name not in Unknown.__struct_fields__}


def decode(
    data: str | bytes | bytearray | memoryview,
    sender: Sender | None = None,
    *,
    strict: bool = False,
    max_size: int = MAX_MESSAGE,
) -> Frame:
    """Reads one message.

    Args:
        data: text of a text message, bytes of a binary one.
        sender: who sent it; None takes that from the code, or from its being speech.
        strict: refuse documented variants and codes that are not documented, instead of reporting them.
        max_size: largest message accepted, bytes.

    Raises:
        DecodeError: larger than `max_size`, or a text that is not JSON.
        ValidationError: JSON, but no such message; or binary from the server, which only sends text.
    """
    if isinstance(data, str):
        try:
            raw = data.encode()
        except UnicodeEncodeError as error:
            raise _unreadable(unwritable(error), "UTF-8") from None
        _check_size(len(raw), max_size)
        return _decode_text(data, raw, sender, strict)
    speech = as_bytes(data, vendor=VENDOR, expected="text or bytes", clause=_FORM)
    _check_size(len(speech), max_size)
    if sender == "server":
        raise ValidationError(
            "a binary message from the server", vendor=VENDOR, expected="text, all that it sends", clause=_FORM
        )
    return Frame("client", AUDIO.id, Audio(speech), speech)


def _decode_text(text: str, raw: bytes, sender: Sender | None, strict: bool) -> Frame:
    try:
        unmarked = raw.removeprefix(BOM)
        members = read(unmarked, strict=strict)
    except UNREADABLE as error:
        raise malformed_json(error, raw, vendor=VENDOR, message="", clause=_FORM) from None
    if not isinstance(members, dict):
        raise ValidationError(f"got {kind_of(members)}", vendor=VENDOR, expected="a JSON object", clause=_FORM)
    fields = cast("dict[str, Any]", members)
    code, forms = _code_of(fields)
    if sender is None:
        sender = "client" if code in BY_CODE["client"] else "server"
    row = BY_CODE[sender].get(code)
    if row is None:
        return _unknown(code, forms, fields, text, sender, strict)
    decoded = cast("JsonCodec[Any]", row.codec).decode(raw, strict=strict)
    return Frame(sender, row.id, decoded.value, text, decoded.findings)


def _code_of(fields: Mapping[str, Any]) -> tuple[int, list[Finding]]:
    """The code, and by what it is not written as an integer."""
    code, found = settle(int, fields.get("code"), path="code")
    if type(code) is not int:
        raise ValidationError(
            f"got {kind_of(code)}" if "code" in fields else "required field is missing",
            vendor=VENDOR,
            path="code",
            expected="an integer",
            clause="ST-E57",
        )
    return code, [item.replace(clause="ST-E57") if item.clause == DIGITS else item for item in found]


def _unknown(
    code: int, forms: list[Finding], fields: Mapping[str, Any], text: str, sender: Sender, strict: bool
) -> Frame:
    found = [deviation("ST-E67", "code", f"code {shown(code)} is not documented for the {sender}")]
    found += [*apply_raw((BOM_REPAIR,), text.encode())[1], *forms]
    if strict:
        raise ValidationError.of(refused(found), vendor=VENDOR)
    told = fields.get("message")
    body = Unknown(code, told if isinstance(told, str) else "", fields.get("data"))
    return Frame(sender, "", body, text, tuple(found))


def _check_size(size: int, max_size: int) -> None:
    if size > max_size:
        raise DecodeError(
            f"{size} bytes", vendor=VENDOR, offset=max_size, expected=f"at most {max_size} bytes", clause="ST-E132"
        )


def _unreadable(reason: str, expected: str) -> DecodeError:
    return DecodeError(reason, vendor=VENDOR, expected=expected, clause=_FORM)


class SpeechCodec:
    """Reads and writes speech, for readers who know that it is meant (`decode` reads any message)."""

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Audio]:
        """Reads one packet. `strict` changes nothing: any bytes are speech.

        Raises:
            DecodeError: larger than a message may be.
        """
        frame = decode(data, "client", strict=strict)
        return Received(Audio(data), frame.findings, data, AUDIO.id)

    def encode(self, value: Audio | bytes, *, strict: bool = True) -> bytes:
        """Writes one packet. `strict` changes nothing, as for `decode`.

        Raises:
            EncodeError: not speech.
        """
        written = encode(Audio(value) if isinstance(value, bytes) else value)
        if isinstance(written, bytes):
            return written
        raise _unsendable(f"got {shown(value)}", "Audio", AUDIO.id, "", "ST-MIC-06")


# --- writing ---


def encode(body: Body) -> str | bytes:
    """Writes one message: text of a text message, bytes for speech.

    Raises:
        EncodeError: not a message of the socket; one that was received and lacks what is needed, or whose code
            is not documented (ST-E67).
    """
    if isinstance(body, Audio):
        if not isinstance(body.pcm, bytes):  # pyright: ignore[reportUnnecessaryIsInstance]  # nobody has checked
            raise _unsendable(f"got {type(body.pcm).__name__}", "bytes", AUDIO.id, "pcm", "ST-MIC-06")
        return body.pcm
    row = BY_BODY.get(type(body))
    if row is None:
        clause = "ST-E67" if isinstance(body, Unknown) else ""
        raise _unsendable(f"{type(body).__name__} is not a message to send", "", "", "", clause)
    return cast("JsonCodec[Any]", row.codec).encode(cast("Message", body)).decode()


def encode_as(body: MicMessage, *, text_code: bool = False, milliseconds: bool = False) -> str:
    """Writes one text message in another form that the document can be read to ask for.

    Args:
        body: the message.
        text_code: the code as a text, as the table has it (ST-E57).
        milliseconds: the timestamp of a takeover in milliseconds (ST-E66).

    Raises:
        EncodeError: not a text message of the socket.
    """
    written = encode(body)
    if isinstance(written, bytes):
        raise _unsendable("speech has no other form", "a text message", AUDIO.id, "", "ST-MIC-06")
    fields: dict[str, Any] = msgspec.json.decode(written)
    if text_code:
        fields["code"] = str(fields["code"])
    if milliseconds and "data" in fields:
        fields["data"]["timestamp"] *= 1000
    return msgspec.json.encode(fields).decode()


def _unsendable(reason: str, expected: str, message: str, path: str, clause: str) -> EncodeError:
    return EncodeError(reason, vendor=VENDOR, message=message, path=path, expected=expected, clause=clause)
