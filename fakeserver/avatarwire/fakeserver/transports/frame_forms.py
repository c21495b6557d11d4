"""Messages in WebSocket frames as no good server sends them, or as few do, for rules with ``do = "frame"``.

What a client has to make of each, RFC 6455 says: one in fragments is read as any other, and all others end the
connection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from avatarwire.fakeserver.effects import FrameForm
from avatarwire.fakeserver.transports.frames import BINARY, CONTINUATION, TEXT, frame, masked_frame

__all__ = ["formed"]

_FIN: Final = 0x80
_RSV1: Final = 0x40
_RESERVED: Final = 0x3
"""An opcode that no document has assigned (RFC 6455, 5.2)."""
_KEY: Final = b"\x12\x34\x56\x78"


def formed(form: FrameForm, opcode: int, payload: bytes, frames: int) -> bytes:
    """A message in frames of a form.

    Args:
        form: which.
        opcode, payload: of the message.
        frames: how many, where there are several.
    """
    return _FORMS[form](opcode, payload, frames)


def _fragmented(opcode: int, payload: bytes, frames: int) -> bytes:
    return b"".join(_fragments(opcode, payload, frames))


def _fragments(opcode: int, payload: bytes, frames: int) -> Iterator[bytes]:
    """Of about the same size; empty ones where there are fewer bytes than frames (RFC 6455, 5.4)."""
    ends = [len(payload) * number // frames for number in range(frames + 1)]
    for number, (start, end) in enumerate(pairwise(ends), 1):
        first = CONTINUATION if number > 1 else opcode
        yield _begun(first | (_FIN if number == frames else 0), frame(opcode, payload[start:end]))


def _unfinished(opcode: int, payload: bytes, frames: int) -> bytes:
    return _begun(opcode, frame(opcode, payload))


def _masked(opcode: int, payload: bytes, frames: int) -> bytes:
    return masked_frame(opcode, payload, _KEY)


def _reserved_bit(opcode: int, payload: bytes, frames: int) -> bytes:
    return _begun(_FIN | _RSV1 | opcode, frame(opcode, payload))


def _reserved_opcode(opcode: int, payload: bytes, frames: int) -> bytes:
    return frame(_RESERVED, payload)


def _long_length(opcode: int, payload: bytes, frames: int) -> bytes:
    return bytes((_FIN | opcode, 127)) + len(payload).to_bytes(8, "big") + payload


def _other_kind(opcode: int, payload: bytes, frames: int) -> bytes:
    return frame(BINARY if opcode == TEXT else TEXT, payload)


def _begun(first: int, whole: bytes) -> bytes:
    """A frame with another first byte."""
    return bytes((first,)) + whole[1:]


_FORMS: Final[Mapping[FrameForm, Callable[[int, bytes, int], bytes]]] = MappingProxyType(
    {
        "fragmented": _fragmented,
        "unfinished": _unfinished,
        "masked": _masked,
        "reserved_bit": _reserved_bit,
        "reserved_opcode": _reserved_opcode,
        "long_length": _long_length,
        "other_kind": _other_kind,
    }
)
