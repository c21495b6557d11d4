"""Hand-written contenders: what a good engineer would write for these messages alone.

A floor gives the same typed result as the codec: enumerations from tables, a header and a body with the same fields
and the same limits on them, a frame around both. It has no size limit, keeps no raw bytes, reads one direction, holds
no rule between fields but where it says so, and has no word for what is wrong. Only contenders live here; what is
compared is in `test_*.py`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from enum import IntEnum
from typing import Annotated, Any, Final, Literal, cast

import msgspec
from msgspec import UNSET, UnsetType

from avatarwire.codecs.aliyun import AskType, BizType, DataFlag, DataType, FrameType, TextDriveType

_LAYOUT: Final = struct.Struct(">BBB8s")
_unpack_from: Final = cast("Callable[[bytes], tuple[int, int, int, bytes]]", _LAYOUT.unpack_from)
_pack: Final = _LAYOUT.pack
_dump: Final = msgspec.json.Encoder().encode

# Reaching a member through its class takes longer than all that is compared with it.
_STREAM: Final = TextDriveType.TEXT_STREAM
_BROADCAST: Final = AskType.BROADCAST
_CONTENT: Final = DataFlag.CONTENT


def _table(enum: type[IntEnum]) -> tuple[int, ...]:
    members = {int(member): member for member in enum}
    return tuple(members.get(value, value) for value in range(256))


_FRAME_TYPES: Final = _table(FrameType)
_DATA_TYPES: Final = _table(DataType)
_BIZ_TYPES: Final = _table(BizType)


class Header(msgspec.Struct, frozen=True, gc=False):
    frame_type: int
    data_type: int
    biz_type: int
    serial_number: bytes


class Frame(msgspec.Struct, frozen=True, gc=False):
    header: Header
    body: Any


Id = Annotated[str, msgspec.Meta(min_length=1)]


class TextRequest(msgspec.Struct, frozen=True, gc=False, rename="camel"):
    session_id: Id
    text: str
    ask_type: AskType
    message_id: Id
    type: TextDriveType | UnsetType = UNSET
    data_flag: DataFlag | UnsetType = UNSET


class TextResponse(msgspec.Struct, frozen=True, gc=False, rename="camel", kw_only=True):
    success: bool
    session_id: str
    content: str
    finish: bool
    related_images: tuple[str, ...] = ()
    related_videos: tuple[str, ...] = ()
    message_id: str


class AudioRequest(msgspec.Struct, frozen=True, gc=False, rename="camel", kw_only=True):
    session_id: Id
    message_id: Id
    audio: bytes
    type: Literal["AUDIO_STREAM"] = "AUDIO_STREAM"
    data_flag: DataFlag


_FROM_CLIENT: Final[dict[int, Callable[[bytes | memoryview], Any]]] = {
    128: msgspec.json.Decoder(TextRequest).decode,
    129: bytes,
    134: msgspec.json.Decoder(AudioRequest).decode,
}
_FROM_SERVER: Final[dict[int, Callable[[bytes | memoryview], Any]]] = {128: msgspec.json.Decoder(TextResponse).decode}
"""Readers of the payload by business type."""


# --- the header ---


def decode_header(data: bytes) -> Header:
    frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    return Header(_FRAME_TYPES[frame_type], _DATA_TYPES[data_type], _BIZ_TYPES[biz_type], serial_number)


def encode_header(header: Header) -> bytes:
    # Without a look at the length, struct would pad or cut the serial number without a word.
    if len(header.serial_number) != 8:
        raise ValueError
    return _pack(header.frame_type, header.data_type, header.biz_type, header.serial_number)


def encode_header_unguarded(header: Header) -> bytes:
    return _pack(header.frame_type, header.data_type, header.biz_type, header.serial_number)


# --- frames ---


def decode_from_client(data: bytes) -> Frame:
    frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    header = Header(_FRAME_TYPES[frame_type], _DATA_TYPES[data_type], _BIZ_TYPES[biz_type], serial_number)
    return Frame(header, _FROM_CLIENT[biz_type](data[11:]))


def decode_ruled_from_client(data: bytes) -> Frame:
    """The same, held to the rules of a text drive: when it is streamed, and when it may be empty."""
    frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    header = Header(_FRAME_TYPES[frame_type], _DATA_TYPES[data_type], _BIZ_TYPES[biz_type], serial_number)
    body = _FROM_CLIENT[biz_type](data[11:])
    if biz_type == 128:
        flag = body.data_flag
        if body.type is _STREAM:
            if flag is UNSET or body.ask_type is not _BROADCAST:
                raise ValueError
        elif flag is not UNSET or not body.text:
            raise ValueError
        if flag is _CONTENT and not body.text:
            raise ValueError
    return Frame(header, body)


def decode_from_server(data: bytes) -> Frame:
    frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    header = Header(_FRAME_TYPES[frame_type], _DATA_TYPES[data_type], _BIZ_TYPES[biz_type], serial_number)
    return Frame(header, _FROM_SERVER[biz_type](data[11:]))


def decode_large_from_client(data: bytes) -> Frame:
    frame_type, data_type, biz_type, serial_number = _unpack_from(data)
    header = Header(_FRAME_TYPES[frame_type], _DATA_TYPES[data_type], _BIZ_TYPES[biz_type], serial_number)
    # A view costs less than a copy from about 16 KiB.
    return Frame(header, _FROM_CLIENT[biz_type](memoryview(data)[11:]))


def encode_text_request(body: TextRequest, serial_number: bytes) -> bytes:
    return _pack(0, 1, 128, serial_number) + _dump(body)


def encode_text_response(body: TextResponse, serial_number: bytes) -> bytes:
    return _pack(1, 1, 128, serial_number) + _dump(body)


def encode_audio_request(body: AudioRequest, serial_number: bytes) -> bytes:
    return _pack(0, 1, 134, serial_number) + _dump(body)


def encode_speech(pcm: bytes, serial_number: bytes) -> bytes:
    return _pack(0, 0, 129, serial_number) + pcm
