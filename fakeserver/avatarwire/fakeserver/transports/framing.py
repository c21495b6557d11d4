"""Holds what a client sends on a WebSocket to the framing of RFC 6455, section 5, before aiohttp reads it. Sans-IO.

aiohttp takes frames that are not masked, lengths in more bytes than they need and close codes that nobody may send. A
client that does such a thing works with aiohttp, and fails at the vendor's.
"""

from __future__ import annotations

from typing import Final, NamedTuple, Protocol

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.close_codes import may_be_sent

__all__ = ["Framed", "Framing", "Reader"]

_CLOSE: Final = 8
_CODE: Final = 2
_CONTROL_LIMIT: Final = 125
_SHORTEST: Final = 6
_LONGER_HEAD: Final = 8
"""Bytes of a head with its key, where the length has one byte, and where it has three."""
_PLAIN_HEADS: Final = frozenset((0x81, 0x82))
"""First bytes of messages that are not fragmented, which nearly all are."""
_KNOWN: Final = frozenset((0, 1, 2, 8, 9, 10))
_ILLEGAL: Final = b"\xf0\x80"
"""What aiohttp itself refuses: a frame with reserved bits."""


class Fault(NamedTuple):
    """What is wrong with a frame.

    Attributes:
        finding: with the clause of RFC 6455.
        head: the bytes that it is about.
    """

    finding: Finding
    head: bytes


class Framing:
    """Follows the frames of one connection.

    Attributes:
        fault: what is wrong with the first frame that is; nothing is looked at behind it.
    """

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self._held: bytes = b""
        """The beginning of a frame whose head is not complete."""
        self._rest = 0
        """Bytes of the frame at hand that have not come."""
        self._is_fragmented = False

    def passed(self, data: bytes) -> bytes:
        """What of the bytes may be read now: nothing from a fault on, and no head before it is complete."""
        if not self._rest and not self._held and not self._is_fragmented and _is_one_message(data):
            return data
        if self.fault is not None:
            return b""
        if self._held:
            data, self._held = self._held + data, b""
        at, end = 0, len(data)
        while True:
            skipped = min(self._rest, end - at)
            at += skipped
            self._rest -= skipped
            if at == end:
                return data
            size = self._head_size(data, at)
            if end - at < size:
                self._held = data[at:]
                return data[:at]
            found = self._judged(data[at : at + size])
            if found is not None:
                self.fault = Fault(found, data[at : at + size])
                return data[:at]
            # Of a close frame the code is looked at with the head.
            at += size

    @staticmethod
    def _head_size(data: bytes, at: int) -> int:
        """Bytes of a head, as far as that is known."""
        if len(data) - at < 2:
            return 2
        first, second = data[at], data[at + 1]
        short = second & 0x7F
        size = 2 + (4 if second & 0x80 else 0) + {126: 2, 127: 8}.get(short, 0)
        return size + min(short, _CODE) if first & 0x0F == _CLOSE and short <= _CONTROL_LIMIT else size

    def _judged(self, head: bytes) -> Finding | None:
        """What is wrong with a frame; None where nothing is, and the frame is at hand then."""
        first, second = head[0], head[1]
        opcode, short, is_last = first & 0x0F, second & 0x7F, bool(first & 0x80)
        if first & 0x70:
            return _broken("5.2", "a reserved bit is set, and no extension was agreed on", "RSV1 to RSV3 of 0")
        if opcode not in _KNOWN:
            return _broken("5.2", f"a frame with the reserved opcode {opcode:#x}", "0x0 to 0x2 or 0x8 to 0xA")
        if not second & 0x80:
            return _broken("5.1", "a frame of the client is not masked", "the mask bit and a masking key")
        if opcode >= _CLOSE:
            return self._judged_control(head, opcode, short, is_last=is_last)
        length, least = short, 0
        if short > _CONTROL_LIMIT:
            wide = 2 if short == 126 else 8
            length, least = int.from_bytes(head[2 : 2 + wide], "big"), 126 if wide == 2 else 0x1_0000
        if length < least:
            return _broken("5.2", f"the length {length} in more bytes than it needs", "the fewest bytes")
        if length >> 63:
            return _broken("5.2", "the highest bit of the length is set", "a length of 63 bits")
        if opcode == 0 and not self._is_fragmented:
            return _broken("5.4", "a continuation frame, and no message was begun", "the opcode of a message")
        if opcode and self._is_fragmented:
            return _broken("5.4", "a new message within a fragmented one", "a continuation frame")
        self._is_fragmented = not is_last
        self._rest = length
        return None

    def _judged_control(self, head: bytes, opcode: int, short: int, *, is_last: bool) -> Finding | None:
        if not is_last:
            return _broken("5.5", "a control frame is fragmented", "FIN of 1")
        if short > _CONTROL_LIMIT:
            return _broken("5.5", "a control frame has more than 125 bytes", "at most 125")
        self._rest = short
        if opcode != _CLOSE or not short:
            return None
        if short < _CODE:
            return _broken("5.5.1", "a close frame with one byte", "none, or a code of two bytes and a reason")
        mask, masked = head[2:6], head[6:8]
        code = (masked[0] ^ mask[0]) << 8 | (masked[1] ^ mask[1])
        if not may_be_sent(code):
            return _broken("7.4", f"the close code {code}", "1000 to 1003, 1007 to 1014 or 3000 to 4999")
        self._rest = short - _CODE
        return None


def _is_one_message(data: bytes) -> bool:
    """Whether bytes are one whole message that is in order, as they usually come."""
    if len(data) < _SHORTEST or data[0] not in _PLAIN_HEADS:
        return False
    size = data[1] - 0x80
    if size == 126 and len(data) > _LONGER_HEAD + _CONTROL_LIMIT:
        return len(data) == _LONGER_HEAD + (data[2] << 8 | data[3])
    return 0 <= size <= _CONTROL_LIMIT and len(data) == _SHORTEST + size


class Reader(Protocol):
    """aiohttp's reader of frames, as far as a connection of it calls it."""

    def feed_data(self, data: bytes, /) -> tuple[bool, bytes]: ...

    def feed_eof(self) -> None: ...


class Framed:
    """A reader behind the framing: it sees the frames that are in order, and then one that it refuses itself.

    Args:
        reader: aiohttp's.
        framing: of the connection.
    """

    def __init__(self, reader: Reader, framing: Framing) -> None:
        self._reader: Final = reader
        self._framing: Final = framing

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes have come."""
        framing = self._framing
        passed = framing.passed(data)
        if framing.fault is None:
            return self._reader.feed_data(passed)
        self._reader.feed_data(passed)
        return self._reader.feed_data(_ILLEGAL)

    def feed_eof(self) -> None:
        """No more bytes come."""
        self._reader.feed_eof()


def _broken(section: str, reason: str, expected: str) -> Finding:
    return Finding(f"RFC6455-{section}", "", reason, expected)
