"""The frames of a WebSocket, of a server's side: what a client sends is read and held to RFC 6455, and frames are made.

Sans-IO. A client whose frames are not masked, or whose lengths take more bytes than they need, works with many
libraries, and fails at the vendor's: whatever breaks a rule ends the reading, and is told with its clause.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from contextlib import suppress
from typing import Final, NamedTuple, TypeAlias

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.close_codes import may_be_sent

__all__ = [
    "BINARY",
    "CLOSE",
    "CONTINUATION",
    "KNOWN",
    "OF_NOTHING",
    "PING",
    "PONG",
    "PROTOCOL_ERROR",
    "RESERVED_BIT",
    "TEXT",
    "TOO_LARGE",
    "UNMASKED",
    "WITHIN",
    "Fault",
    "Message",
    "Reader",
    "close_frame",
    "frame",
    "masked",
    "masked_frame",
    "unmasked",
]

CONTINUATION: Final = 0x0
TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
"""Opcodes (RFC 6455, 5.2)."""

PROTOCOL_ERROR: Final = 1002
INVALID_TEXT: Final = 1007
TOO_LARGE: Final = 1009
"""Close codes of what cannot be read (RFC 6455, 7.4.1)."""

Message: TypeAlias = tuple[int, bytes, str]
"""Opcode, payload, and the text of it where it is one. A message in fragments has the opcode of its first."""

KNOWN: Final = frozenset((CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))
_WHOLE: Final = frozenset((0x80 | TEXT, 0x80 | BINARY))
"""First bytes of messages that are not fragmented, which nearly all are."""
_CODE: Final = 2
"""Bytes of the code of a close frame, which is looked at with the head."""
_CONTROL_LIMIT: Final = 125
_TWO_BYTES: Final = 126
_EIGHT_BYTES: Final = 127
"""In the place of a length: it follows, in so many bytes."""
_MASKED: Final = 0x80
_KEY: Final = 4
_LONGEST_REASON: Final = 123
"""Bytes of text that a close frame holds beside its code."""

_SHORT_HEAD: Final = struct.Struct(">BB").pack
_LONGER_HEAD: Final = struct.Struct(">BBH").pack
_LONGEST_HEAD: Final = struct.Struct(">BBQ").pack


class Fault(NamedTuple):
    """Why nothing more is read.

    Attributes:
        code: to close with.
        told: in words.
        finding: with the clause of RFC 6455; None where no rule is broken, as by a message that is too large.
        head: the bytes that it is about.
    """

    code: int
    told: str
    finding: Finding | None
    head: bytes = b""


class Reader:
    """Reads the frames of one client: bytes in, messages and control frames out, one at a time.

    Args:
        largest: bytes of the largest message that is read.

    Attributes:
        fault: what ends the reading, once something does.
    """

    __slots__ = ("_at", "_data", "_kind", "_largest", "_need", "_parts", "_size", "fault")

    def __init__(self, largest: int) -> None:
        self.fault: Fault | None = None
        self._largest = largest
        self._data: bytes | bytearray = b""
        self._at = 0
        """Where in the data the next frame begins."""
        self._need = 2
        """Bytes of the next frame without which nothing can be said of it."""
        self._kind = 0
        """Opcode of the message whose fragments come; 0 for none."""
        self._parts: list[bytes] = []
        self._size = 0
        """Bytes of the fragments that have come."""

    def whole(self, data: bytes) -> bytes | None:
        """The payload of bytes that have come, where they are one whole binary message, as they usually are.

        None where they are anything else, or come behind something that is not complete: `feed` takes them then.
        """
        if self._data or self._kind or len(data) < 2 + _KEY or data[0] != 0x80 | BINARY:
            return None
        size, start = data[1] - _MASKED, 2 + _KEY
        if size == _TWO_BYTES and len(data) > 4 + _KEY + _CONTROL_LIMIT:
            size, start = data[2] << 8 | data[3], 4 + _KEY
        elif size > _CONTROL_LIMIT:
            return None
        if len(data) != start + size or size > self._largest or self.fault is not None:
            return None
        return unmasked(data, start, len(data))

    def feed(self, data: bytes) -> None:
        """Bytes have come; `next` gives what is complete of them."""
        held = self._data
        if not held:
            self._data = data
        elif self.fault is None:
            if isinstance(held, bytes):
                self._data = held = bytearray(memoryview(held)[self._at :])
            else:
                del held[: self._at]  # what comes may go on ending within frames for hours
            self._at = 0
            held += data

    def next(self) -> Message | None:
        """The next message or control frame; None where none is complete, and at a fault."""
        while self.fault is None:
            data, at = self._data, self._at
            left = len(data) - at
            if left < self._need:
                if not left:
                    self._data, self._at = b"", 0
                return None
            # A whole message of less than 64 KiB, as nearly all are, is not looked at any closer.
            first, size, start = data[at], data[at + 1] - _MASKED, at + 2 + _KEY
            least, most = 0, _CONTROL_LIMIT
            if size == _TWO_BYTES and left >= 4:
                size, start = data[at + 2] << 8 | data[at + 3], at + 4 + _KEY
                least, most = _TWO_BYTES, 0xFFFF
            if first not in _WHOLE or self._kind or not least <= size <= most:
                judged = self._judged(data, at, left)
                if judged is None:
                    continue
                size, start = judged
            if size > self._largest - self._size and not first & CLOSE:
                told = f"a message of at least {self._size + size} bytes, and at most {self._largest} are read"
                self.fault = Fault(TOO_LARGE, told, None)
                return None
            end = start + size
            if len(data) < end:
                self._need = end - at
                return None
            self._at, self._need = end, 2
            payload = unmasked(data, start, end)
            if first == 0x80 | BINARY:
                return BINARY, payload, ""
            taken = self._taken(first, payload)
            if taken is not None:
                return taken
        return None

    def _judged(self, data: bytes | bytearray, at: int, left: int) -> tuple[int, int] | None:
        """Length and beginning of the payload of a frame; None where its head is not complete, or wrong."""
        needed = _head_size(data, at)
        if left < needed:
            self._need = needed
            return None
        head = bytes(data[at : at + needed])
        length, size, finding = _length(head)
        finding = finding or self._out_of_place(head[0]) or _wrong_close(head, size)
        if finding is not None:
            self.fault = Fault(PROTOCOL_ERROR, str(finding), finding, head)
            return None
        return length, at + size

    def _out_of_place(self, first: int) -> Finding | None:
        """What is wrong with a fragment, or with what comes between fragments."""
        opcode = first & 0x0F
        if opcode == CONTINUATION and not self._kind:
            return OF_NOTHING
        if self._kind and TEXT <= opcode <= BINARY:
            return WITHIN
        return None

    def _taken(self, first: int, payload: bytes) -> Message | None:
        """A control frame, or the message that a frame completes; None where it completes none."""
        opcode = first & 0x0F
        if opcode >= CLOSE:
            return self._read(opcode, payload, payload[_CODE:] if opcode == CLOSE else b"")
        if first not in _WHOLE:
            if opcode:
                self._kind, self._parts = opcode, []
            opcode = self._kind
            if payload:
                self._parts.append(payload)
                self._size += len(payload)
            if not first & 0x80:
                return None
            payload = b"".join(self._parts)
            self._kind, self._parts, self._size = 0, [], 0
        return self._read(opcode, payload, payload if opcode == TEXT else b"")

    def _read(self, opcode: int, payload: bytes, text: bytes) -> Message | None:
        try:
            return opcode, payload, text.decode()
        except UnicodeDecodeError:
            self.fault = Fault(INVALID_TEXT, str(_NO_UTF_8), _NO_UTF_8)
            return None


def _head_size(data: bytes | bytearray, at: int) -> int:
    """Bytes of a head, as far as that is known; of a close frame with its code."""
    first, second = data[at], data[at + 1]
    short = second & 0x7F
    size = 2 + (_KEY if second & _MASKED else 0) + {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(short, 0)
    return size + min(short, _CODE) if first & 0x0F == CLOSE and short <= _CONTROL_LIMIT else size


def _length(head: bytes) -> tuple[int, int, Finding | None]:
    """Length of the payload, bytes of the head without a close code, and what is wrong with it, wherever it stands."""
    first, second = head[0], head[1]
    opcode, length = first & 0x0F, second & 0x7F
    size = 2 + _KEY
    if first & 0x70:
        return 0, 0, RESERVED_BIT
    if opcode not in KNOWN:
        return 0, 0, _broken("5.2", f"a frame with the reserved opcode {opcode:#x}", "0x0 to 0x2 or 0x8 to 0xA")
    if not second & _MASKED:
        return 0, 0, UNMASKED
    if opcode >= CLOSE:
        return length, size, _wrong_control(first, length)
    if length > _CONTROL_LIMIT:
        wide, least = (2, _TWO_BYTES) if length == _TWO_BYTES else (8, 0x1_0000)
        length, size = int.from_bytes(head[2 : 2 + wide], "big"), size + wide
        if length < least:
            return 0, 0, _broken("5.2", f"the length {length} in more bytes than it needs", "the fewest bytes")
        if length >> 63:
            return 0, 0, _broken("5.2", "the highest bit of the length is set", "a length of 63 bits")
    return length, size, None


def _wrong_control(first: int, length: int) -> Finding | None:
    if not first & 0x80:
        return _broken("5.5", "a control frame is fragmented", "FIN of 1")
    if length > _CONTROL_LIMIT:
        return _broken("5.5", "a control frame has more than 125 bytes", "at most 125")
    if first & 0x0F == CLOSE and length == 1:
        return _broken("5.5.1", "a close frame with one byte", "none, or a code of two bytes and a reason")
    return None


def _wrong_close(head: bytes, size: int) -> Finding | None:
    """What is wrong with the code of a close frame, which is masked."""
    if head[0] & 0x0F != CLOSE or len(head) < size + _CODE:
        return None
    code = int.from_bytes(unmasked(head, size, size + _CODE), "big")
    if may_be_sent(code):
        return None
    return _broken("7.4", f"the close code {code}", "1000 to 1003, 1007 to 1014 or 3000 to 4999")


def _broken(section: str, reason: str, expected: str) -> Finding:
    return Finding(f"RFC6455-{section}", "", reason, expected)


OF_NOTHING: Final = _broken("5.4", "a continuation frame, and no message was begun", "the opcode of a message")
WITHIN: Final = _broken("5.4", "a new message within a fragmented one", "a continuation frame")
RESERVED_BIT: Final = _broken("5.2", "a reserved bit is set, and no extension was agreed on", "RSV1 to RSV3 of 0")
UNMASKED: Final = _broken("5.1", "a frame of the client is not masked", "the mask bit and a masking key")
_NO_UTF_8: Final = Finding("RFC6455-8.1", "", "a text is not UTF-8", "UTF-8, or a binary message")


def unmasked(data: bytes | bytearray, start: int, end: int) -> bytes:
    """A payload without its mask, whose key stands in front of it (RFC 6455, 5.3).

    Args:
        data: with the key and the payload.
        start, end: of the payload.
    """
    return _unmask(bytes(data[start:end]), bytes(data[start - _KEY : start]))


def masked(payload: bytes, key: bytes) -> bytes:
    """A payload behind a mask, or without the one that it has."""
    size = len(payload)
    repeated = (key * (size // _KEY + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(size, "big")


# Libraries that may be here have it in C: in a fifth of the time, or a third. It is no part of their public interfaces.
_unmask: Callable[[bytes, bytes], bytes] = masked
with suppress(ImportError):
    from aiohttp._websocket import helpers

    def _in_place(payload: bytes, key: bytes) -> bytes:
        changed = bytearray(payload)
        helpers.websocket_mask(key, changed)
        return bytes(changed)

    _unmask = _in_place
with suppress(ImportError):
    from websockets.speedups import apply_mask

    _unmask = apply_mask


# What a server sends


def frame(opcode: int, payload: bytes) -> bytes:
    """One frame that is not fragmented."""
    size = len(payload)
    if size <= _CONTROL_LIMIT:
        return _SHORT_HEAD(0x80 | opcode, size) + payload
    if size <= 0xFFFF:
        return _LONGER_HEAD(0x80 | opcode, _TWO_BYTES, size) + payload
    return _LONGEST_HEAD(0x80 | opcode, _EIGHT_BYTES, size) + payload


def masked_frame(opcode: int, payload: bytes, key: bytes) -> bytes:
    """The same with a mask, as a client sends it."""
    whole = frame(opcode, payload)
    head = bytearray(whole[: len(whole) - len(payload)])
    head[1] |= _MASKED
    return bytes(head) + key + masked(payload, key)


def close_frame(code: int, reason: bytes = b"") -> bytes:
    """A close frame; a code of 0 stands for none. A reason that is too long is cut between two characters."""
    fitting = reason[:_LONGEST_REASON].decode(errors="ignore").encode()
    return frame(CLOSE, code.to_bytes(2, "big") + fitting if code else b"")
