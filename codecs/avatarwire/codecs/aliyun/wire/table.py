"""Which header each message travels under, and which documented variants of it are understood.

One row a message: this table is what `frame.py` dispatches on and what the catalogue lists. The repairs named in it
are small functions that handle exactly one documented variant each.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from msgspec import structs

from ...core.constraints import Condition
from ...core.json_codec import JsonCodec, Partial
from ...core.json_text import BOM
from ...core.repairs import Convert, Fill, RawRepair, Repair, digits, drop
from ...message import Message
from .. import messages as m
from .header import BizType, DataType, FrameType

__all__ = ["BINARY", "BY_BODY", "BY_ID", "MESSAGES", "SENDERS", "Sender", "WireMessage"]

Sender = Literal["client", "server"]

VENDOR: Final = "aliyun"


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


_URL_SAFE: Final = str.maketrans("-_", "+/")


def _standard_base64(audio: Any) -> str | None:
    """Audio in the URL-safe alphabet, or without padding (ALI-E38), as the standard has it."""
    if not isinstance(audio, str):
        return None
    bare = audio.translate(_URL_SAFE).rstrip("=")
    normal = bare + "=" * (-len(bare) % 4)
    if normal == audio:
        return None
    try:
        return b64encode(b64decode(normal, validate=True)).decode()
    except (binascii.Error, ValueError):
        return None


_BOM: Final = RawRepair(
    "ALI-E105",
    "the JSON text begins with a byte order mark",
    lambda data: data[len(BOM) :] if data.startswith(BOM) else None,
    lambda data: BOM + data,
    level="warning",
)
_EMPTY_IS_OBJECT: Final = RawRepair(
    "ALI-E15", "the payload is empty", lambda data: None if data else b"{}", lambda _: b""
)

_AT_THE_END: Final = Condition("dataFlag", ("END",))
_AS_TEXT: Final = Condition("type", ("TEXT_STREAM",), negated=True)
_AS_STREAM: Final = Condition("type", ("TEXT_STREAM",))

_SUCCESS: Final = Fill("ALI-E29", "success", value=True)
_SESSION: Final = Fill("ALI-E113", "sessionId", value="")
_DRIVE_REPLY: Final = (
    _SUCCESS,
    _SESSION,
    Fill("ALI-E22", "content", value=""),
    Fill("ALI-E126", "finish", value=False),
    Fill("ALI-E120", "relatedImages", value=[], null_only=True, level="warning"),
    Fill("ALI-E120", "relatedVideos", value=[], null_only=True, level="warning"),
    Fill("ALI-E21", "messageId", value=""),
)

_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "opening.response": _DRIVE_REPLY,
    "text_drive.request": (
        Fill("ALI-E25", "text", value="", when=_AT_THE_END, does="the END fragment has no text"),
        drop(structs.replace(m.NO_FLAG, when=_AS_TEXT), example="START"),
        # Taken as broadcast.
        Convert(
            "ALI-E28",
            "askType",
            to=lambda value: 2 if value == 1 and type(value) is int else None,
            does=m.BROADCAST_ONLY.reason,
            when=_AS_STREAM,
            example=1,
        ),
    ),
    "text_drive.response": _DRIVE_REPLY,
    "asr.start.response": (_SUCCESS, _SESSION),
    "asr.drive_reply": _DRIVE_REPLY,
    "channel_ready.response": (_SESSION,),
    "asr.end.request": (drop(m.NO_ASK_TYPE, example=1),),
    "audio_drive.request": (
        Fill("ALI-E25", "audio", value="", when=_AT_THE_END, does="the END fragment has no audio"),
        Convert(
            "ALI-E38",
            "audio",
            to=_standard_base64,
            does="Base64 without padding or in the URL-safe alphabet",
            example="_-8",
        ),
        # An END that nothing came before (ALI-E26).
        Fill("ALI-E43", "dataFlag", value="END", does="dataFlag is missing; taken as a complete stream"),
    ),
    "general.message": (digits("code", "ALI-E51"), Fill("ALI-E51", "message", value="")),
}
"""Documented and observed variants by message."""

_RAW_REPAIRS: Final[Mapping[str, tuple[RawRepair, ...]]] = {"channel_ready.request": (_EMPTY_IS_OBJECT,)}

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
        repairs=_REPAIRS.get(id_, ()),
        raw_repairs=(_BOM, *_RAW_REPAIRS.get(id_, ())),
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
SENDERS: Final[Mapping[int, Sender]] = {message.frame_type: message.sender for message in MESSAGES}
"""Who sends each frame type, where nobody says; whatever is not assigned, the client."""
