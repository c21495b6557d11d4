"""MQTT 3.1.1 packets as values: cut from a stream of bytes, and written. Sans-IO; `parsing.py` reads them.

Clauses in brackets are those of the OASIS standard, such as [MQTT-3.1.2-1].
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Final, TypeAlias

import msgspec

from avatarwire.codecs.errors import AvatarwireError

__all__ = [
    "DISCONNECT",
    "PINGREQ",
    "PINGRESP",
    "UNSUPPORTED_VERSION",
    "Ack",
    "Answer",
    "Connack",
    "Connect",
    "Disconnect",
    "Framer",
    "Kind",
    "Malformed",
    "Packet",
    "PingRequest",
    "PingResponse",
    "Publish",
    "Refused",
    "ReturnCode",
    "Suback",
    "Subscribe",
    "Unsubscribe",
    "Will",
    "ack",
    "assembled",
    "connack",
    "connack_5",
    "connect",
    "publish",
    "suback",
    "subscribe",
    "unsuback",
]


class Kind(IntEnum):
    """Kinds of packets: the upper four bits of the first byte."""

    CONNECT = 1
    CONNACK = 2
    PUBLISH = 3
    PUBACK = 4
    PUBREC = 5
    PUBREL = 6
    PUBCOMP = 7
    SUBSCRIBE = 8
    SUBACK = 9
    UNSUBSCRIBE = 10
    UNSUBACK = 11
    PINGREQ = 12
    PINGRESP = 13
    DISCONNECT = 14


class ReturnCode(IntEnum):
    """Return codes of a CONNACK."""

    ACCEPTED = 0
    BAD_LEVEL = 1
    BAD_IDENTIFIER = 2
    UNAVAILABLE = 3
    BAD_CREDENTIALS = 4
    NOT_AUTHORISED = 5


class Malformed(AvatarwireError):
    """Bytes that are no MQTT, or that a client must not send."""


class Refused(AvatarwireError):
    """A CONNECT that is refused.

    Attributes:
        code: what the CONNACK says.
        reason: the same for people.
        packet: the CONNACK, in the words of the version that the client speaks.
    """

    def __init__(self, code: int, reason: str, packet: bytes | None = None) -> None:
        super().__init__(f"{reason} (return code {int(code)})")
        self.code = int(code)
        self.reason = reason
        self.packet = connack(self.code) if packet is None else packet


# What clients send


class Will(msgspec.Struct, frozen=True):
    """What a client wants published when its connection ends without a DISCONNECT. Nothing is retained."""

    topic: str
    data: bytes
    qos: int


class Connect(msgspec.Struct, frozen=True):
    """CONNECT.

    Attributes:
        client_id: may be empty.
        clean: whether the client wants no state from before, nor any kept after this.
        keep_alive: seconds; 0 for none.
        user, password: None when there is none; the password is bytes.
    """

    client_id: str
    clean: bool
    keep_alive: int
    will: Will | None = None
    user: str | None = None
    password: bytes | None = None

    def __repr__(self) -> str:
        return f"<Connect {self.client_id!r} clean={self.clean} keep_alive={self.keep_alive}>"


class Publish(msgspec.Struct, frozen=True):
    """PUBLISH; the packet id is 0 for quality of service 0."""

    topic: str
    data: bytes
    qos: int
    packet_id: int
    duplicate: bool
    retain: bool


class Ack(msgspec.Struct, frozen=True):
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""

    kind: Kind
    packet_id: int


class Subscribe(msgspec.Struct, frozen=True):
    """SUBSCRIBE: filters and the quality of service asked for."""

    packet_id: int
    topics: tuple[tuple[str, int], ...]


class Unsubscribe(msgspec.Struct, frozen=True):
    """UNSUBSCRIBE."""

    packet_id: int
    topics: tuple[str, ...]


class PingRequest(msgspec.Struct, frozen=True):
    """PINGREQ."""


class Disconnect(msgspec.Struct, frozen=True):
    """DISCONNECT."""


# What servers send beside PUBLISH and acknowledgements


class Connack(msgspec.Struct, frozen=True):
    """CONNACK: whether the server has kept our state, and what it says to our CONNECT."""

    known: bool
    code: int


class Suback(msgspec.Struct, frozen=True):
    """SUBACK: for each filter the quality of service granted, 128 where it was refused."""

    packet_id: int
    codes: tuple[int, ...]


class PingResponse(msgspec.Struct, frozen=True):
    """PINGRESP."""


Packet: TypeAlias = Publish | Ack | Subscribe | Unsubscribe | PingRequest | Disconnect
"""What a client sends after its CONNECT."""

Answer: TypeAlias = Connack | Publish | Ack | Suback | PingResponse
"""What a server sends to a client that subscribes and publishes."""


# Framing

_LOOKED_AT: Final = 4096
_LENGTH_BYTES: Final = 4
"""Bytes that a remaining length may take."""


class Framer:
    """Cuts packets from bytes as they come.

    Args:
        limit: largest remaining length that is taken.
    """

    __slots__ = ("_at", "_buffer", "_limit")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer: bytes | bytearray = b""
        """What was read last, as it came; or what of it waits for the rest of a packet."""
        self._at = 0
        """Where the next packet begins."""

    def __len__(self) -> int:
        """Bytes that have come and were not taken."""
        return len(self._buffer) - self._at

    @property
    def first(self) -> int | None:
        """First byte of the next packet, as soon as it is there."""
        return self._buffer[self._at] if self._at < len(self._buffer) else None

    @property
    def waiting(self) -> bytes:
        """Bytes that have come and were not taken, the first few of them."""
        return bytes(self._buffer[self._at : self._at + _LOOKED_AT])

    def feed(self, data: bytes) -> None:
        """Bytes have come."""
        buffer = self._buffer
        if self._at == len(buffer):
            self._buffer, self._at = data, 0
            return
        if not isinstance(buffer, bytearray):  # once for each packet that comes in pieces
            self._buffer = buffer = bytearray(buffer[self._at :])
            self._at = 0
        buffer += data

    def next(self) -> tuple[int, bytes] | None:
        """First byte and content of the next packet once it is complete; removes it.

        Raises:
            Malformed: its length takes more than four bytes, or is beyond the limit.
        """
        buffer, begin = self._buffer, self._at
        there = len(buffer)
        if there - begin < 2:
            return None
        length, at = buffer[begin + 1], begin + 2
        if length & 0x80:
            if there - at > 1 and (high := buffer[at]) < 0x80:
                length, at = length & 0x7F | high << 7, at + 1
            else:
                length, at = self._length()
                if not at:
                    return None
        if length > self._limit:
            raise Malformed(f"a packet of {length} bytes, more than the {self._limit} that are taken")
        end = at + length
        if there < end:
            return None
        found = buffer[begin], bytes(buffer[at:end])
        if end == there:
            self._buffer, self._at = b"", 0
        elif isinstance(buffer, bytearray):
            del buffer[:end]
        else:
            self._at = end
        return found

    def _length(self) -> tuple[int, int]:
        """A remaining length of more than one byte, and where the content begins; 0 as long as that is not known."""
        buffer, begin = self._buffer, self._at
        length = shift = 0
        for at in range(begin + 1, min(len(buffer), begin + 1 + _LENGTH_BYTES)):
            byte = buffer[at]
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return length, at + 1
            shift += 7
        if shift == 7 * _LENGTH_BYTES:
            raise Malformed("the remaining length takes more than four bytes")
        return 0, 0


def assembled(first: int, content: bytes) -> bytes:
    """A whole packet."""
    size = len(content)
    if size < 0x80:
        return bytes((first, size)) + content
    head = bytearray((first,))
    while True:
        size, low = size >> 7, size & 0x7F
        if not size:
            head.append(low)
            return bytes(head) + content
        head.append(low | 0x80)


# Writing

_LEVEL: Final = 4
_CLEAN: Final = 0x02
_PASSWORD: Final = 0x40
_USER: Final = 0x80

PINGREQ: Final = bytes((Kind.PINGREQ << 4, 0))
PINGRESP: Final = bytes((Kind.PINGRESP << 4, 0))
DISCONNECT: Final = bytes((Kind.DISCONNECT << 4, 0))

_ACK_FIRST: Final = {Kind.PUBACK: 0x40, Kind.PUBREC: 0x50, Kind.PUBREL: 0x62, Kind.PUBCOMP: 0x70}


UNSUPPORTED_VERSION: Final = 0x84
"""Reason code of MQTT 5: unsupported protocol version."""


def connack(code: int, *, session_present: bool = False) -> bytes:
    """A CONNACK."""
    return bytes((0x20, 2, session_present, code))


def connack_5(reason: int) -> bytes:
    """A CONNACK of MQTT 5, which ends with the length of its properties: none."""
    return bytes((0x20, 3, 0, reason, 0))


def suback(packet_id: int, codes: Sequence[int]) -> bytes:
    """A SUBACK."""
    return assembled(Kind.SUBACK << 4, packet_id.to_bytes(2, "big") + bytes(codes))


def unsuback(packet_id: int) -> bytes:
    """An UNSUBACK."""
    return assembled(Kind.UNSUBACK << 4, packet_id.to_bytes(2, "big"))


def ack(kind: Kind, packet_id: int) -> bytes:
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""
    return bytes((_ACK_FIRST[kind], 2)) + packet_id.to_bytes(2, "big")


def publish(topic: str, data: bytes, qos: int = 0, packet_id: int = 0, *, duplicate: bool = False) -> bytes:
    """A PUBLISH, never one to be retained.

    Raises:
        OverflowError: the topic is longer than 65 535 bytes.
    """
    number = packet_id.to_bytes(2, "big") if qos else b""
    return assembled(0x30 | duplicate << 3 | qos << 1, _with_length(topic.encode()) + number + data)


def connect(packet: Connect) -> bytes:
    """A CONNECT, its will left out."""
    flags = _CLEAN if packet.clean else 0
    payload = _with_length(packet.client_id.encode())
    if packet.user is not None:
        flags |= _USER
        payload += _with_length(packet.user.encode())
        if packet.password is not None:
            flags |= _PASSWORD
            payload += _with_length(packet.password)
    head = bytes((0, 4)) + b"MQTT" + bytes((_LEVEL, flags)) + packet.keep_alive.to_bytes(2, "big")
    return assembled(Kind.CONNECT << 4, head + payload)


def subscribe(packet: Subscribe) -> bytes:
    """A SUBSCRIBE."""
    topics = b"".join(_with_length(topic.encode()) + bytes((qos,)) for topic, qos in packet.topics)
    return assembled(Kind.SUBSCRIBE << 4 | 2, packet.packet_id.to_bytes(2, "big") + topics)


def _with_length(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data
