"""Reads the frames of a WebSocket as they pass (RFC 6455). Sans-IO; what passes is not changed.

Reading is for the record only: a stream that cannot be read, or a message too large to be kept, is told once, and
passes all the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from avatarwire.fakeserver.transports.frames import BINARY, CLOSE, TEXT, unmasked

__all__ = ["Broken", "Closing", "FrameReader", "Passed"]

_CODE_BYTES: Final = 2


class Passed(NamedTuple):
    """A whole message.

    Attributes:
        data: text of a text message, bytes of a binary one; a text that is no UTF-8 has surrogates.
        frames: of how many frames it was made.
    """

    data: str | bytes
    frames: int


class Closing(NamedTuple):
    """A close frame; its code is 1005 where it has none."""

    code: int
    reason: str


class Broken(NamedTuple):
    """From here on the stream is not read any more."""

    reason: str


class FrameReader:
    """Reads one direction of a connection.

    Args:
        largest: bytes of a message that are kept.
    """

    def __init__(self, largest: int) -> None:
        self._largest: Final = largest
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        self._kind = 0
        self._size = 0
        self._over = False

    def feed(self, data: bytes) -> list[Passed | Closing | Broken]:
        """What is complete with these bytes."""
        if self._over:
            return []
        self._buffer += data
        found: list[Passed | Closing | Broken] = []
        while (events := self._next()) is not None:
            found += events
            if events and isinstance(events[0], Broken):
                break
        return found

    def _next(self) -> list[Passed | Closing | Broken] | None:
        """What one more frame completes; None where there is no whole frame."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        at, size = 2, buffer[1] & 0x7F
        if size >= 126:
            width = 2 if size == 126 else 8
            if len(buffer) < at + width:
                return None
            size = int.from_bytes(buffer[at : at + width], "big")
            at += width
        if size > self._largest:
            return [self._broken(f"a frame of {size} bytes, more than the {self._largest} that are kept")]
        is_masked = bool(buffer[1] & 0x80)
        if is_masked:
            at += 4
        end = at + size
        if len(buffer) < end:
            return None
        first, payload = buffer[0], unmasked(buffer, at, end) if is_masked else bytes(buffer[at:end])
        del buffer[:end]
        return self._frame(first, payload)

    def _frame(self, first: int, payload: bytes) -> list[Passed | Closing | Broken]:
        kind, last = first & 0x0F, bool(first & 0x80)
        if first & 0x70:
            return [self._broken("a reserved bit is set, and no extension was agreed on")]
        if kind == CLOSE:
            code = int.from_bytes(payload[:_CODE_BYTES], "big") if len(payload) >= _CODE_BYTES else 1005
            return [Closing(code, payload[_CODE_BYTES:].decode("utf-8", "replace"))]
        if kind >= CLOSE:  # another control frame
            return []
        if kind:
            self._kind, self._parts, self._size = kind, [], 0
        self._parts.append(payload)
        self._size += len(payload)
        if self._size > self._largest:
            return [self._broken(f"a message of more than the {self._largest} bytes that are kept")]
        if not last:
            return []
        data, frames = b"".join(self._parts), len(self._parts)
        self._parts = []
        if self._kind == TEXT:
            return [Passed(data.decode("utf-8", "surrogateescape"), frames)]
        if self._kind == BINARY:
            return [Passed(data, frames)]
        return [self._broken(f"a frame of kind {self._kind}, which there is not")]

    def _broken(self, reason: str) -> Broken:
        self._over = True
        self._buffer.clear()
        self._parts = []
        return Broken(reason)
