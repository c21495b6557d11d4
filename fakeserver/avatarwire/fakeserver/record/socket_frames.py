"""Reads the frames of a WebSocket as they pass (RFC 6455). Sans-IO; what passes is not changed.

Reading is for the record only: a stream that cannot be read, or a message too large to be kept, is told once, and
passes all the same.
"""

from __future__ import annotations

from typing import Final, NamedTuple, TypeAlias

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.record.wire import Sender
from avatarwire.fakeserver.transports.frames import (
    CLOSE,
    KNOWN,
    OF_NOTHING,
    RESERVED_BIT,
    TEXT,
    UNMASKED,
    WITHIN,
    unmasked,
)

__all__ = ["Broken", "Closing", "Event", "FrameReader", "Passed", "Wrong"]

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
    """From here on the stream is not read any more; the finding is None where no rule is broken."""

    reason: str
    finding: Finding | None = None


class Wrong(NamedTuple):
    """A frame breaks a rule, and what follows can be read all the same; told once for each rule."""

    finding: Finding


Event: TypeAlias = Passed | Closing | Broken | Wrong


class FrameReader:
    """Reads one direction of a connection.

    Args:
        largest: bytes of a message that are kept.
        sender: whose frames they are, for the client's are masked and the server's are not; None for nobody's.
    """

    def __init__(self, largest: int, sender: Sender | None = None) -> None:
        self._largest: Final = largest
        self._sender: Final = sender
        self._told: Final[set[str]] = set()
        self._buffer = bytearray()
        self._parts: list[bytes] = []
        """Fragments of a message that has begun, at least one."""
        self._kind = 0
        self._size = 0
        self._over = False

    def feed(self, data: bytes) -> list[Event]:
        """What is complete with these bytes."""
        if self._over:
            return []
        self._buffer += data
        found: list[Event] = []
        while (events := self._next()) is not None:
            found += events
            if self._over:
                break
        return found

    def _next(self) -> list[Event] | None:
        """What one more frame completes; None where there is no whole frame."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        at, size, least = 2, buffer[1] & 0x7F, 0
        if size >= 126:
            width, least = (2, 126) if size == 126 else (8, 1 << 16)
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
        wrong: list[Event] = []
        if self._sender is not None and is_masked is not (self._sender == "client"):
            wrong += self._wrong(_MASKED if is_masked else UNMASKED)
        if size < least:
            wrong += self._wrong(_LONG_LENGTH)
        return [*wrong, *self._frame(first, payload)]

    def _frame(self, first: int, payload: bytes) -> list[Event]:
        kind, last = first & 0x0F, bool(first & 0x80)
        if first & 0x70:
            return [self._broken(RESERVED_BIT.reason, RESERVED_BIT)]
        if kind not in KNOWN:
            return [self._broken(f"a frame of kind {kind}, which there is not", _RESERVED_KIND)]
        if kind == CLOSE:
            code = int.from_bytes(payload[:_CODE_BYTES], "big") if len(payload) >= _CODE_BYTES else 1005
            return [Closing(code, payload[_CODE_BYTES:].decode("utf-8", "replace"))]
        if kind > CLOSE:  # another control frame
            return []
        wrong: list[Event] = []
        if kind:
            if self._parts:
                wrong += self._wrong(WITHIN)
            self._kind, self._parts, self._size = kind, [], 0
        elif not self._parts:
            return self._wrong(OF_NOTHING)
        self._parts.append(payload)
        self._size += len(payload)
        if self._size > self._largest:
            return [*wrong, self._broken(f"a message of more than the {self._largest} bytes that are kept")]
        if not last:
            return wrong
        data, frames = b"".join(self._parts), len(self._parts)
        self._parts = []
        text = data.decode("utf-8", "surrogateescape") if self._kind == TEXT else data
        return [*wrong, Passed(text, frames)]

    def _wrong(self, finding: Finding) -> list[Event]:
        if finding.reason in self._told:
            return []
        self._told.add(finding.reason)
        return [Wrong(finding)]

    def _broken(self, reason: str, finding: Finding | None = None) -> Broken:
        self._over = True
        self._buffer.clear()
        self._parts = []
        return Broken(reason, finding)


_MASKED: Final = Finding("RFC6455-5.1", "", "a frame of the server is masked", "no mask")
_LONG_LENGTH: Final = Finding("RFC6455-5.2", "", "a length in more bytes than it needs", "the fewest bytes")
_RESERVED_KIND: Final = Finding("RFC6455-5.2", "", "a frame with a reserved opcode", "0x0 to 0x2 or 0x8 to 0xA")
