"""Aliyun IntelligentCreation: signed HTTP and the interaction WebSocket of 11-byte-header frames.

    >>> from avatarwire.codecs import aliyun
    >>> frame = aliyun.decode(bytes.fromhex("00010253455249414c30317b2273657373696f6e4964223a22732d31227d"))
    >>> frame.message, frame.body
    ('interrupt.request', InterruptRequest(session_id='s-1'))

Frames and their bodies are here; `aliyun.http` has the operations, `aliyun.signature` the request signature,
`aliyun.tokens` channelToken and the URL token, `aliyun.client` the state machine a service drives.
"""

from . import http, signature, tokens
from .catalogue import CATALOGUE
from .client import interaction as client
from .messages import (
    AskType,
    AsrDataRequest,
    AsrDriveReply,
    AsrEndRequest,
    AsrResult,
    AsrStartRequest,
    AsrStartResponse,
    AudioDriveRequest,
    ChannelReadyRequest,
    ChannelReadyResponse,
    ChannelStatus,
    DataFlag,
    DriveReply,
    ErrorCode,
    ForceClose,
    GeneralMessage,
    HeartbeatPing,
    HeartbeatPong,
    InterruptRequest,
    OpeningRequest,
    OpeningResponse,
    PartialChannelReadyRequest,
    PartialTextDriveRequest,
    Recovering,
    TextDriveRequest,
    TextDriveResponse,
    TextDriveType,
)
from .wire.frame import MAX_FRAME_SIZE, Body, Frame, Unknown, decode, encode, encode_as, encode_raw
from .wire.header import HEADER, HEADER_CODEC, BizType, DataType, FrameType, Header, new_serial_number

__all__ = [
    "CATALOGUE",
    "HEADER",
    "HEADER_CODEC",
    "MAX_FRAME_SIZE",
    "AskType",
    "AsrDataRequest",
    "AsrDriveReply",
    "AsrEndRequest",
    "AsrResult",
    "AsrStartRequest",
    "AsrStartResponse",
    "AudioDriveRequest",
    "BizType",
    "Body",
    "ChannelReadyRequest",
    "ChannelReadyResponse",
    "ChannelStatus",
    "DataFlag",
    "DataType",
    "DriveReply",
    "ErrorCode",
    "ForceClose",
    "Frame",
    "FrameType",
    "GeneralMessage",
    "Header",
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
    "Unknown",
    "client",
    "decode",
    "encode",
    "encode_as",
    "encode_raw",
    "http",
    "new_serial_number",
    "signature",
    "tokens",
]
