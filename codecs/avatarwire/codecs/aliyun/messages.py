"""The payloads of the nineteen WebSocket messages, as typed bodies.

A body knows its fields and the rules between them. Which header it travels under, and which documented variants of it
are understood, is in the table of `wire/table.py`; how a frame is put together is in `wire/frame.py`.

Source: "WebSocket message structure" 4.1 to 4.9 (WS 4.n) and the interaction samples (WS sample n).
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import UNSET, UnsetType

from ..core.constraints import Absent, Limits, OneOf, Required, when
from ..message import Message, doc, integer, ruled

__all__ = [
    "AskType",
    "AsrDataRequest",
    "AsrDriveReply",
    "AsrEndRequest",
    "AsrResult",
    "AsrStartRequest",
    "AsrStartResponse",
    "AudioDriveRequest",
    "ChannelReadyRequest",
    "ChannelReadyResponse",
    "ChannelStatus",
    "DataFlag",
    "DriveReply",
    "ErrorCode",
    "ForceClose",
    "GeneralMessage",
    "HeartbeatPing",
    "HeartbeatPong",
    "InterruptRequest",
    "OpeningRequest",
    "OpeningResponse",
    "PartialChannelReadyRequest",
    "PartialTextDriveRequest",
    "Recovering",
    "TextDriveRequest",
    "TextDriveResponse",
    "TextDriveType",
]


class AskType(IntEnum):
    """How a text or an utterance is taken (WS 4.3, WS 4.4, ALI-R099)."""

    ASK = 1
    """A question; the agent answers it."""
    BROADCAST = 2
    """Spoken as it stands."""


class TextDriveType(StrEnum):
    """Whether a text comes whole or in fragments (WS 4.3, ALI-R100)."""

    TEXT = "TEXT"
    TEXT_STREAM = "TEXT_STREAM"


class DataFlag(StrEnum):
    """Place of a fragment in its stream (WS 4.3, WS 4.8, ALI-R104)."""

    START = "START"
    CONTENT = "CONTENT"
    END = "END"


class ChannelStatus(StrEnum):
    """How far the channel is prepared (WS 4.7, ALI-R113)."""

    INIT = "INIT"
    FAIL = "FAIL"
    READY = "READY"


class ErrorCode(IntEnum):
    """Documented codes of `GeneralMessage` (WS 4.9, ALI-R119)."""

    SYSTEM_ERROR = 10000
    PERMISSION_DENIED = 10001


SessionId: TypeAlias = Annotated[
    str, doc("id of the session, from StartAvatarSession", "ALI-R095", min_length=1, example="s-1")
]
ReplySessionId: TypeAlias = Annotated[str, doc("id of the session", "ALI-R105")]
MessageId: TypeAlias = Annotated[
    str,
    doc(
        "id of this drive, the same in every fragment; a UUID is usual",
        "ALI-R103",
        min_length=1,
        example="m-1",
    ),
]
Ask: TypeAlias = Annotated[AskType, doc("1 ask: the agent answers; 2 broadcast: spoken as given", "ALI-R099")]


_FLAG: Final = Required(
    "dataFlag", clause="ALI-R101", reason="required with type TEXT_STREAM", expected="START, CONTENT or END"
)
NO_FLAG: Final = Absent("dataFlag", clause="ALI-E24", tolerated=True, reason="dataFlag belongs to TEXT_STREAM only")
BROADCAST_ONLY: Final = OneOf(
    "askType",
    (AskType.BROADCAST,),
    clause="ALI-E28",
    tolerated=True,
    reason="TEXT_STREAM works in broadcast mode (askType 2) only",
)
_SOME_TEXT: Final = Limits(
    "text",
    min_length=1,
    clause="ALI-E25",
    tolerated=True,
    reason="text is empty",
    expected="a text; only START and END of a stream may be empty",
)
_SOME_AUDIO: Final = Limits(
    "audio",
    min_length=1,
    clause="ALI-E25",
    tolerated=True,
    reason="audio is empty",
    expected="audio; only START and END may be empty",
)
NO_ASK_TYPE: Final = Absent(
    "askType", clause="ALI-E34", level="warning", tolerated=True, reason="the end packet has no askType"
)


class _SessionBody(Message):
    session_id: SessionId


class OpeningRequest(_SessionBody):
    """`opening.request`: asks for the opening remarks (WS 4.1)."""


class InterruptRequest(_SessionBody):
    """`interrupt.request`: stops the running and the queued speech; nothing is answered (WS 4.2, ALI-R097)."""


class ChannelReadyRequest(_SessionBody):
    """`channel_ready.request`: is the channel prepared? Sent again until it is (WS 4.7, ALI-R077)."""


class PartialChannelReadyRequest(ChannelReadyRequest):
    """A `channel_ready.request` received without its session: that of the connection is meant (ALI-E15)."""

    session_id: str = ""


class ChannelReadyResponse(Message):
    """`channel_ready.response`: how far the channel is (WS 4.7, ALI-R113)."""

    session_id: ReplySessionId
    status: Annotated[
        str,
        doc(
            "INIT preparing, FAIL broken, READY prepared",
            "ALI-R113",
            values=list(ChannelStatus),
            example="READY",
        ),
    ]


class DriveReply(Message):
    """The fields of everything that answers a drive (WS 4.1, WS 4.3, ALI-R105)."""

    success: Annotated[bool, doc("whether the drive succeeded", "ALI-R105")]
    session_id: ReplySessionId
    content: Annotated[str, doc("text of this packet; increments are put together by the reader", "ALI-E22")]
    finish: Annotated[bool, doc("true in the last packet of the answer", "ALI-R096")]
    related_images: Annotated[tuple[str, ...], doc("URLs of images that belong to the answer", "ALI-E120")] = ()
    related_videos: Annotated[tuple[str, ...], doc("URLs of videos that belong to the answer", "ALI-E120")] = ()
    message_id: Annotated[str, doc("id of the drive that is answered, or of the answer", "ALI-E21")]


class OpeningResponse(DriveReply):
    """`opening.response`: the opening remarks, streamed until `finish` (WS 4.1, ALI-R096)."""


class TextDriveResponse(DriveReply):
    """`text_drive.response`: the spoken text, streamed until `finish` (WS 4.3, ALI-R105)."""


class AsrDriveReply(DriveReply):
    """`asr.drive_reply`: what the avatar says to recognised speech, in the same layout (WS 4.5, ALI-R110)."""


class TextDriveRequest(Message):
    """`text_drive.request`: a text to answer or to speak, whole or in fragments (WS 4.3, ALI-R098 to ALI-R104)."""

    session_id: SessionId
    text: Annotated[str, doc("the text, or this fragment of it; may be empty at START and END", "ALI-R098")]
    ask_type: Ask
    message_id: MessageId
    type: (
        Annotated[TextDriveType, doc("TEXT when absent; TEXT_STREAM in broadcast mode only", "ALI-R100")] | UnsetType
    ) = UNSET
    data_flag: Annotated[DataFlag, doc("place of the fragment, for TEXT_STREAM only", "ALI-R101")] | UnsetType = UNSET

    constraints = (
        *when("type", TextDriveType.TEXT_STREAM, _FLAG, BROADCAST_ONLY),
        *when("type", TextDriveType.TEXT_STREAM, NO_FLAG, _SOME_TEXT, negated=True),
        *when("dataFlag", DataFlag.CONTENT, _SOME_TEXT),
    )

    @property
    def is_stream(self) -> bool:
        """Whether this is one fragment of a streamed text."""
        return self.type is TextDriveType.TEXT_STREAM


class PartialTextDriveRequest(TextDriveRequest):
    """A `text_drive.request` received without its messageId (ALI-E20)."""

    message_id: str = ""


class AsrStartRequest(Message):
    """`asr.start.request`: speech follows (WS 4.4, ALI-R106)."""

    session_id: SessionId
    type: Annotated[Literal["startAsrAudio"], doc("marks the start", "ALI-R106")] = ruled(default="startAsrAudio")
    ask_type: Ask


class AsrStartResponse(Message):
    """`asr.start.response`: whether speech may follow (WS 4.4, ALI-R107)."""

    session_id: ReplySessionId
    success: Annotated[bool, doc("whether recognition has started", "ALI-R107")]


class AsrDataRequest(msgspec.Struct, frozen=True, gc=False):
    """`asr.data.request`: one packet of speech, no JSON around it (WS 4.5, ALI-R108).

    Attributes:
        pcm: raw PCM, 16 kHz, 16-bit little-endian, mono (ALI-E37); the document's sample sends 1024 bytes a packet.
    """

    pcm: bytes


class AsrEndRequest(Message):
    """`asr.end.request`: the speech is complete; nothing is answered to this packet (WS 4.6, ALI-R111)."""

    session_id: SessionId
    type: Annotated[Literal["endAsrAudio"], doc("marks the end", "ALI-R111")] = ruled(default="endAsrAudio")
    ask_type: (
        Annotated[int, integer("only in the document's sample; tolerated, ignored, never written", "ALI-E34")]
        | UnsetType
    ) = UNSET

    constraints = (NO_ASK_TYPE,)


class AsrResult(Message):
    """`asr.result`: recognised speech, in ask mode only (WS 4.5, ALI-R109).

    The document does not say what is in it (ALI-E36): nothing is required, and a payload of any other shape is kept
    (`Frame.payload`). The fields here are those that answers to drives have.
    """

    success: Annotated[bool, doc("whether recognition succeeded", "ALI-E36")] | UnsetType = UNSET
    session_id: Annotated[str, doc("id of the session", "ALI-E36")] | UnsetType = UNSET
    content: Annotated[str, doc("the recognised text", "ALI-E36")] | UnsetType = UNSET
    finish: Annotated[bool, doc("true in the last packet", "ALI-E36")] | UnsetType = UNSET
    message_id: Annotated[str, doc("id of the utterance", "ALI-E36")] | UnsetType = UNSET


class AudioDriveRequest(Message):
    """`audio_drive.request`: one fragment of audio to speak; nothing is answered (WS 4.8, ALI-R114 to ALI-R117)."""

    session_id: SessionId
    message_id: MessageId
    audio: Annotated[bytes, doc("raw PCM, 16 kHz, 16-bit little-endian, mono; Base64 on the wire", "ALI-R115")]
    type: Annotated[Literal["AUDIO_STREAM"], doc("the only type there is", "ALI-R116")] = "AUDIO_STREAM"
    data_flag: Annotated[DataFlag, doc("place of the fragment in its stream", "ALI-R116")]

    constraints = when("dataFlag", DataFlag.CONTENT, _SOME_AUDIO)


class ForceClose(Message):
    """`session.force_close`: the session is over, for instance because the line expired (WS 4 table, ALI-R122).

    Its payload is not documented (ALI-E47): anything is accepted and kept in `Frame.payload`.
    """

    session_id: Annotated[str, doc("id of the session", "ALI-E47")] | UnsetType = UNSET


class Recovering(Message):
    """`session.recovering`: the line broke and the session is being recovered (WS 4 table, ALI-R123, ALI-E48).

    Its payload is not documented (ALI-E47): anything is accepted and kept in `Frame.payload`.
    """

    session_id: Annotated[str, doc("id of the session", "ALI-E47")] | UnsetType = UNSET


class HeartbeatPing(Message):
    """`heartbeat.ping`: sent by the client; its payload has no meaning (WS struct 2, ALI-R120, ALI-R121)."""


class HeartbeatPong(Message):
    """`heartbeat.pong`: the server's answer; its payload is not documented (WS struct 2, ALI-R120, ALI-E03)."""


class GeneralMessage(Message):
    """`general.message`: an error the server reports (WS 4.9, ALI-R118)."""

    code: Annotated[
        int,
        integer(
            "10000 system error, 10001 permission denied; others are possible",
            "ALI-R119",
            values=[10000, 10001],
        ),
    ]
    message: Annotated[str, doc("what went wrong", "ALI-R118")]


PCM_RATE: Final = 16_000
"""Samples a second of all audio (WS 4.8, ALI-R115)."""
PCM_SAMPLE_BYTES: Final = 2
"""Bytes of one mono sample."""
