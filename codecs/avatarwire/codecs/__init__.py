"""Codecs: typed messages to and from the bytes three digital-human vendors put on the wire.

`avatarwire.codecs.aliyun` and its siblings hold one vendor each; `avatarwire.codecs.catalogue` lists everything that
travels; `avatarwire.codecs.errors` is the tree of everything that can go wrong. Needs construct and msgspec, nothing
else; does no input or output.
"""

from .errors import (
    AvatarwireError,
    CodecError,
    ConnectionLostError,
    DecodeError,
    EncodeError,
    FailureError,
    HttpError,
    LocalProtocolError,
    ProtocolError,
    RefusedError,
    RemoteProtocolError,
    RpcError,
    SignatureError,
    TokenError,
    UnsupportedError,
    ValidationError,
)
from .presence import present

__all__ = [
    "AvatarwireError",
    "CodecError",
    "ConnectionLostError",
    "DecodeError",
    "EncodeError",
    "FailureError",
    "HttpError",
    "LocalProtocolError",
    "ProtocolError",
    "RefusedError",
    "RemoteProtocolError",
    "RpcError",
    "SignatureError",
    "TokenError",
    "UnsupportedError",
    "ValidationError",
    "present",
]
