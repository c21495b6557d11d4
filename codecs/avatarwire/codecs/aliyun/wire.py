"""Which header each message travels under, and which documented variants of it are understood.

One row a message: this table is what `frame.py` dispatches on and what the catalogue lists. The leniencies named in it
are small functions that repair exactly one documented variant each.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from ..core.findings import Finding, deviation
from ..message import JsonCodec, Leniency, Message, Partial, RawLeniency
from . import messages as m
from .header import BizType, DataType, FrameType

__all__ = ["BINARY", "BY_BODY", "BY_ID", "MESSAGES", "Sender", "WireMessage"]

Sender = Literal["client", "server"]

VENDOR: Final = "aliyun"
BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class WireMessage:
    """One WebSocket message.

    Attributes:
        id: catalogue id.
        sender: who sends it.
        frame_type, data_type, biz_type: its header.
        body: the class of its body.
        title: one line.
        section: where the document describes it.
        clauses: the rules about it.
        codec: JSON codec of the body; None for raw audio.
        any_payload: erratum by which a payload of any shape is accepted; empty when it must be `body`.
    """

    id: str
    sender: Sender
    frame_type: FrameType
    data_type: DataType
    biz_type: BizType
    body: type[Message] | type[m.AsrDataRequest]
    title: str
    section: str
    clauses: tuple[str, ...]
    codec: JsonCodec[Any] | None = None
    any_payload: str = ""
    prefix: bytes = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefix", bytes((self.frame_type, self.data_type, self.biz_type)))


def _bom(data: bytes) -> tuple[bytes, Finding] | None:
    if not data.startswith(BOM):
        return None
    return data[len(BOM) :], deviation("ALI-E105", "", "the JSON text begins with a byte order mark")


def _empty_is_object(data: bytes) -> tuple[bytes, Finding] | None:
    return None if data else (b"{}", deviation("ALI-E15", "", "the payload is empty"))


def _absent(name: str, value: object, erratum: str) -> Leniency:
    """A reply field that is missing or null."""

    def repair(fields: dict[str, Any]) -> Finding | None:
        if fields.get(name) is not None:
            return None
        fields[name] = value
        return deviation(erratum, name, f"{name} is missing or null")

    return repair


def _null_list(name: str, erratum: str) -> Leniency:
    """A list that is null; when it is absent its declaration says that it is empty."""

    def repair(fields: dict[str, Any]) -> Finding | None:
        if name not in fields or fields[name] is not None:
            return None
        fields[name] = []
        return deviation(erratum, name, f"{name} is null")

    return repair


def _digits(name: str, erratum: str) -> Leniency:
    """A number written as a text of digits."""

    def repair(fields: dict[str, Any]) -> Finding | None:
        value = fields.get(name)
        if not isinstance(value, str) or not value.isascii() or not value.isdigit() or len(value) > 18:
            return None
        fields[name] = int(value)
        return deviation(erratum, name, f"{name} is a text of digits")

    return repair


def _end_without(name: str) -> Leniency:
    """The last fragment of a stream may lack its text or audio (ALI-E25)."""

    def repair(fields: dict[str, Any]) -> Finding | None:
        if fields.get("dataFlag") != "END" or fields.get(name) is not None:
            return None
        fields[name] = ""
        return deviation("ALI-E25", name, f"the END fragment has no {name}")

    return repair


def _flag_without_stream(fields: dict[str, Any]) -> Finding | None:
    if fields.get("type", "TEXT") != "TEXT" or "dataFlag" not in fields:
        return None
    del fields["dataFlag"]
    return m.FLAG_WITHOUT_STREAM


def _stream_in_ask_mode(fields: dict[str, Any]) -> Finding | None:
    """Taken as broadcast."""
    if fields.get("type") != "TEXT_STREAM" or fields.get("askType") != 1:
        return None
    fields["askType"] = 2
    return m.STREAM_IN_ASK_MODE


def _end_with_ask_type(fields: dict[str, Any]) -> Finding | None:
    return None if fields.pop("askType", None) is None else m.END_WITH_ASK_TYPE


def _one_shot_audio(fields: dict[str, Any]) -> Finding | None:
    """Audio without its place in a stream is a complete stream: an END that nothing came before (ALI-E43, ALI-E26)."""
    if fields.get("dataFlag") is not None:
        return None
    fields["dataFlag"] = "END"
    return deviation("ALI-E43", "dataFlag", "dataFlag is missing; taken as a complete stream")


_URL_SAFE: Final = str.maketrans("-_", "+/")


def _base64_variant(fields: dict[str, Any]) -> Finding | None:
    """Audio in the URL-safe alphabet, or without padding (ALI-E38)."""
    audio = fields.get("audio")
    if not isinstance(audio, str):
        return None
    bare = audio.translate(_URL_SAFE).rstrip("=")
    normal = bare + "=" * (-len(bare) % 4)
    if normal == audio:
        return None
    try:
        decoded = b64decode(normal, validate=True)
    except (binascii.Error, ValueError):
        return None
    fields["audio"] = b64encode(decoded).decode()
    return deviation("ALI-E38", "audio", "Base64 without padding or in the URL-safe alphabet")


_DRIVE_REPLY: Final = (
    _absent("success", True, "ALI-E29"),
    _absent("sessionId", "", "ALI-E113"),
    _absent("content", "", "ALI-E22"),
    _absent("finish", False, "ALI-E126"),
    _null_list("relatedImages", "ALI-E120"),
    _null_list("relatedVideos", "ALI-E120"),
    _absent("messageId", "", "ALI-E21"),
)

_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "opening.response": _DRIVE_REPLY,
    "text_drive.request": (_end_without("text"), _flag_without_stream, _stream_in_ask_mode),
    "text_drive.response": _DRIVE_REPLY,
    "asr.start.response": (_absent("success", True, "ALI-E29"), _absent("sessionId", "", "ALI-E113")),
    "asr.drive_reply": _DRIVE_REPLY,
    "channel_ready.response": (_absent("sessionId", "", "ALI-E113"),),
    "asr.end.request": (_end_with_ask_type,),
    "audio_drive.request": (_end_without("audio"), _base64_variant, _one_shot_audio),
    "general.message": (_digits("code", "ALI-E51"), _absent("message", "", "ALI-E51")),
}
"""Documented and observed variants by message."""

_RAW_VARIANTS: Final[Mapping[str, tuple[RawLeniency, ...]]] = {"channel_ready.request": (_empty_is_object,)}

_PARTIAL: Final[Mapping[str, Partial]] = {
    "channel_ready.request": Partial("sessionId", m.PartialChannelReadyRequest, "ALI-E15"),
    "text_drive.request": Partial("messageId", m.PartialTextDriveRequest, "ALI-E20"),
}


def _json(
    id_: str,
    sender: Sender,
    frame_type: FrameType,
    biz_type: BizType,
    body: type[Message],
    title: str,
    section: str,
    *clauses: str,
    any_payload: str = "",
) -> WireMessage:
    codec = JsonCodec(
        body,
        vendor=VENDOR,
        message=id_,
        leniencies=_VARIANTS.get(id_, ()),
        raw_leniencies=(_bom, *_RAW_VARIANTS.get(id_, ())),
        partial=_PARTIAL.get(id_),
        form_clause="ALI-R092",
    )
    return WireMessage(
        id_, sender, frame_type, DataType.JSON, biz_type, body, title, section, clauses, codec, any_payload
    )


_C: Final = FrameType.CONTROL
_D: Final = FrameType.DATA
_B = BizType

BINARY: Final = WireMessage(
    "asr.data.request", "client", _C, DataType.BINARY, _B.ASR_DATA, m.AsrDataRequest,
    "one packet of speech", "WS 4.5", ("ALI-R108", "ALI-R089"),
)  # fmt: skip
"""The one message whose payload is not JSON."""

MESSAGES: Final[tuple[WireMessage, ...]] = (
    _json("opening.request", "client", _C, _B.OPENING, m.OpeningRequest,
          "ask for the opening remarks", "WS 4.1", "ALI-R095"),
    _json("opening.response", "server", _D, _B.OPENING, m.OpeningResponse,
          "opening remarks, streamed", "WS 4.1", "ALI-R096"),
    _json("interrupt.request", "client", _C, _B.INTERRUPT, m.InterruptRequest,
          "stop speaking", "WS 4.2", "ALI-R097"),
    _json("session.force_close", "server", _D, _B.FORCE_CLOSE, m.ForceClose,
          "the session was closed", "WS 4 table", "ALI-R122", "ALI-E47", any_payload="ALI-E47"),
    _json("session.recovering", "server", _D, _B.RECOVERING, m.Recovering,
          "the session is being recovered", "WS 4 table", "ALI-R123", "ALI-E48", any_payload="ALI-E47"),
    _json("text_drive.request", "client", _C, _B.TEXT_DRIVE, m.TextDriveRequest,
          "speak or answer a text", "WS 4.3", "ALI-R098", "ALI-R099", "ALI-R100", "ALI-R101", "ALI-R102", "ALI-R103"),
    _json("text_drive.response", "server", _D, _B.TEXT_DRIVE, m.TextDriveResponse,
          "the spoken text, streamed", "WS 4.3", "ALI-R105"),
    _json("asr.start.request", "client", _C, _B.ASR_CONTROL, m.AsrStartRequest,
          "speech follows", "WS 4.4", "ALI-R106"),
    _json("asr.start.response", "server", _D, _B.ASR_CONTROL, m.AsrStartResponse,
          "speech may follow", "WS 4.4", "ALI-R107"),
    BINARY,
    _json("asr.result", "server", _D, _B.ASR_DATA, m.AsrResult,
          "recognised speech", "WS 4.5", "ALI-R109", "ALI-E35", "ALI-E36", any_payload="ALI-E36"),
    _json("asr.drive_reply", "server", _D, _B.TEXT_DRIVE, m.AsrDriveReply,
          "the answer to recognised speech", "WS 4.5", "ALI-R110", "ALI-E35"),
    _json("asr.end.request", "client", _C, _B.ASR_CONTROL, m.AsrEndRequest,
          "the speech is complete", "WS 4.6", "ALI-R111"),
    _json("channel_ready.request", "client", _C, _B.CHANNEL_READY, m.ChannelReadyRequest,
          "is the channel prepared?", "WS 4.7", "ALI-R077", "ALI-E15"),
    _json("channel_ready.response", "server", _D, _B.CHANNEL_READY, m.ChannelReadyResponse,
          "how far the channel is", "WS 4.7", "ALI-R113"),
    _json("audio_drive.request", "client", _C, _B.AUDIO_DRIVE, m.AudioDriveRequest,
          "speak an audio stream", "WS 4.8", "ALI-R114", "ALI-R115", "ALI-R116", "ALI-R117"),
    _json("heartbeat.ping", "client", FrameType.PING, _B.GENERAL, m.HeartbeatPing,
          "are you there?", "WS struct 2", "ALI-R120", "ALI-E01", any_payload="ALI-E02"),
    _json("heartbeat.pong", "server", FrameType.PONG, _B.GENERAL, m.HeartbeatPong,
          "still here", "WS struct 2", "ALI-R120", "ALI-E03", any_payload="ALI-E03"),
    _json("general.message", "server", FrameType.MESSAGE, _B.GENERAL, m.GeneralMessage,
          "an error", "WS 4.9", "ALI-R118", "ALI-R119"),
)  # fmt: skip
"""All nineteen, in the order of the document."""

BY_ID: Final[Mapping[str, WireMessage]] = {message.id: message for message in MESSAGES}
BY_BODY: Final[Mapping[type[Any], WireMessage]] = {message.body: message for message in MESSAGES}
