"""The 11-byte header of an Aliyun interaction frame, and the code points in it.

The layout is declared once, with construct, in `header_layout.py`, and the codec is generated from that declaration;
both are imported when they are first asked for, because few readers of frames need them and construct takes a third of
the time that importing takes. Only the values in a header live here: what the payload holds is in `messages.py`, the
declaration of whole frames in `layout.py`, their codec in `frame.py`.

Source: "WebSocket message structure" 1 to 4 (WS struct 1-4), rules ALI-R082 to ALI-R094.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from ...lazily import lazily

if TYPE_CHECKING:
    from .header_layout import HEADER, HEADER_CODEC
else:
    __getattr__, __dir__ = lazily(__name__, {"header_layout": "HEADER HEADER_CODEC"})

__all__ = [
    "BIZ_TYPES",
    "DATA_TYPES",
    "FRAME_TYPES",
    "HEADER",
    "HEADER_CODEC",
    "HEADER_SIZE",
    "SERIAL_NUMBER_SIZE",
    "ZERO_SERIAL_NUMBER",
    "BizType",
    "DataType",
    "FrameType",
    "Header",
    "new_serial_number",
]


class FrameType(IntEnum):
    """Byte 0 (WS struct 2, ALI-R088)."""

    CONTROL = 0
    DATA = 1
    MESSAGE = 2
    PING = 14
    PONG = 15


class DataType(IntEnum):
    """Byte 1 (WS struct 3, ALI-R091)."""

    BINARY = 0
    JSON = 1


class BizType(IntEnum):
    """Byte 2, the business type (WS struct 4, ALI-R093)."""

    OPENING = 0
    INTERRUPT = 2
    FORCE_CLOSE = 3
    RECOVERING = 4
    TEXT_DRIVE = 128
    ASR_DATA = 129
    ASR_CONTROL = 130
    CHANNEL_READY = 131
    AUDIO_DRIVE = 134
    GENERAL = 255


FRAME_TYPES: Final[Mapping[FrameType, str]] = MappingProxyType({
    FrameType.CONTROL: "control: everything a client sends but heartbeats, audio included",
    FrameType.DATA: "data: what the server's business answers",
    FrameType.MESSAGE: "message: errors the server reports",
    FrameType.PING: "ping: heartbeat, begun by the client",
    FrameType.PONG: "pong: the server's answer to a heartbeat",
})  # fmt: skip
"""What each frame type is for."""

DATA_TYPES: Final[Mapping[DataType, str]] = MappingProxyType({
    DataType.BINARY: "binary: raw audio bytes",
    DataType.JSON: "json: UTF-8 JSON text",
})  # fmt: skip
"""What each data type means for the payload."""

BIZ_TYPES: Final[Mapping[BizType, str]] = MappingProxyType({
    BizType.OPENING: "opening remarks",
    BizType.INTERRUPT: "interrupt the speech",
    BizType.FORCE_CLOSE: "session closed by the server",
    BizType.RECOVERING: "line broken, session being recovered",
    BizType.TEXT_DRIVE: "speak or answer a text",
    BizType.ASR_DATA: "speech recognition: audio, and its result",
    BizType.ASR_CONTROL: "speech recognition: start and end",
    BizType.CHANNEL_READY: "channel preparation",
    BizType.AUDIO_DRIVE: "speak an audio stream",
    BizType.GENERAL: "heartbeats and error messages",
})  # fmt: skip
"""What each business type is about."""

SERIAL_NUMBER_SIZE: Final = 8
HEADER_SIZE: Final = 3 + SERIAL_NUMBER_SIZE
ZERO_SERIAL_NUMBER: Final = bytes(SERIAL_NUMBER_SIZE)
"""What the document's samples send; accepted, never made here (ALI-E06)."""


class Header(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    """The first eleven bytes of a frame.

    Attributes:
        frame_type, data_type, biz_type: a member of `FrameType`, `DataType`, `BizType`; a plain integer 0..255 for a
            code point the document does not assign.
        serial_number: eight opaque bytes chosen by the sender, for troubleshooting only (ALI-R087, ALI-E05).
    """

    frame_type: int
    data_type: int
    biz_type: int
    serial_number: bytes


def new_serial_number() -> bytes:
    """Eight random printable bytes: the same to a reader of bytes and to one of text (ALI-E05, ALI-R087)."""
    return os.urandom(SERIAL_NUMBER_SIZE // 2).hex().encode()
