"""MQTT 3.1.1 packets: cut from a stream of bytes, checked, read and written. Sans-IO; nothing of any broker lives here.

Clauses in brackets are those of the OASIS standard, such as [MQTT-3.1.2-1]. What breaks one raises `Malformed`, upon
which a server closes the connection [MQTT-4.8.0-1]; a CONNECT that is answered by a refusal raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Final, TypeAlias

import msgspec

from avatarwire.codecs.errors import AvatarwireError

__all__ = [
    "Ack",
    "Connect",
    "Disconnect",
    "Framer",
    "Kind",
    "Malformed",
    "Packet",
    "PingRequest",
    "Publish",
    "Refused",
    "ReturnCode",
    "Subscribe",
    "Unsubscribe",
    "Will",
    "ack",
    "assembled",
    "connack",
    "publish",
    "read_connect",
    "read_packet",
    "shortened",
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
    """

    def __init__(self, code: ReturnCode, reason: str) -> None:
        super().__init__(f"{reason} (return code {code})")
        self.code = code
        self.reason = reason


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


Packet: TypeAlias = Publish | Ack | Subscribe | Unsubscribe | PingRequest | Disconnect


# Framing

_LENGTH_BYTES: Final = 4
"""Bytes that a remaining length may take."""


class Framer:
    """Cuts packets from bytes as they come.

    Args:
        limit: largest remaining length that is taken.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._buffer = bytearray()

    def __len__(self) -> int:
        """Bytes that have come and were not taken."""
        return len(self._buffer)

    @property
    def first(self) -> int | None:
        """First byte of the next packet, as soon as it is there."""
        return self._buffer[0] if self._buffer else None

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> tuple[int, bytes] | None:
        """First byte and content of the next packet once it is complete; removes it.

        Raises:
            Malformed: its length takes more than four bytes, or is beyond the limit.
        """
        buffer = self._buffer
        length = shift = 0
        for at in range(1, min(len(buffer), _LENGTH_BYTES + 1)):
            byte = buffer[at]
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
            shift += 7
        else:
            if len(buffer) > _LENGTH_BYTES:
                raise Malformed("the remaining length takes more than four bytes")
            return None
        if length > self._limit:
            raise Malformed(f"a packet of {length} bytes, more than the {self._limit} that are taken")
        end = at + 1 + length
        if len(buffer) < end:
            return None
        content = bytes(buffer[at + 1 : end])
        first = buffer[0]
        del buffer[:end]
        return first, content


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


# Reading


class _Content:
    """Reads a packet's content from the start on."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def done(self) -> bool:
        return self._at == len(self._data)

    def byte(self, what: str) -> int:
        return self._exactly(1, what)[0]

    def number(self, what: str) -> int:
        return int.from_bytes(self._exactly(2, what), "big")

    def packet_id(self) -> int:
        number = self.number("packet id")
        if not number:
            raise Malformed("packet id 0 [MQTT-2.3.1-1]")
        return number

    def data(self, what: str) -> bytes:
        return self._exactly(self.number(f"length of the {what}"), what)

    def text(self, what: str) -> str:
        try:
            text = self.data(what).decode()
        except UnicodeDecodeError:
            raise Malformed(f"the {what} is not UTF-8 [MQTT-1.5.3-1]") from None
        if "\0" in text:
            raise Malformed(f"the {what} contains the character NUL [MQTT-1.5.3-2]")
        return text

    def topic(self, what: str) -> str:
        topic = self.text(what)
        if not topic:
            raise Malformed(f"the {what} is empty [MQTT-4.7.3-1]")
        return topic

    def topic_name(self, what: str) -> str:
        topic = self.topic(what)
        if "+" in topic or "#" in topic:
            raise Malformed(f"the {what} contains a wildcard [MQTT-3.3.2-2]")
        return topic

    def rest(self) -> bytes:
        return self._data[self._at :]

    def end(self) -> None:
        if not self.done():
            raise Malformed(f"{len(self._data) - self._at} bytes more than the packet has fields")

    def _exactly(self, size: int, what: str) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise Malformed(f"the packet ends within its {what}")
        found = self._data[self._at : end]
        self._at = end
        return found


_NAME: Final = "MQTT"
_OLD_NAME: Final = "MQIsdp"
_LEVEL: Final = 4

_RESERVED: Final = 0x01
_CLEAN: Final = 0x02
_WILL: Final = 0x04
_WILL_QOS: Final = 0x18
_WILL_RETAIN: Final = 0x20
_PASSWORD: Final = 0x40
_USER: Final = 0x80


def read_connect(content: bytes, *, client_id_bytes: int) -> Connect:
    """Reads the content of a CONNECT.

    Raises:
        Malformed: it is none.
        Refused: another level than that of MQTT 3.1.1, or an identifier that is not taken.
    """
    fields = _Content(content)
    name = fields.text("protocol name")
    if name not in (_NAME, _OLD_NAME):
        raise Malformed("the protocol name is not MQTT [MQTT-3.1.2-1]")
    level = fields.byte("protocol level")
    if name == _OLD_NAME or level != _LEVEL:
        raise Refused(ReturnCode.BAD_LEVEL, f"protocol {name} level {level}, only level 4 (MQTT 3.1.1) is spoken")
    flags = fields.byte("connect flags")
    _check(flags)
    clean = bool(flags & _CLEAN)
    keep_alive = fields.number("keep-alive")
    client_id = fields.text("client identifier")
    will = None
    if flags & _WILL:
        topic = fields.topic_name("will topic")
        will = Will(topic, fields.data("will message"), (flags & _WILL_QOS) >> 3)
    user = fields.text("user name") if flags & _USER else None
    password = fields.data("password") if flags & _PASSWORD else None
    fields.end()
    if user is None and password is not None:
        raise Refused(ReturnCode.BAD_CREDENTIALS, "a password without a user name [MQTT-3.1.2-22]")
    if not client_id and not clean:
        raise Refused(ReturnCode.BAD_IDENTIFIER, "no client identifier, and state to be kept [MQTT-3.1.3-8]")
    if len(client_id.encode()) > client_id_bytes:
        raise Refused(ReturnCode.BAD_IDENTIFIER, f"the client identifier is longer than {client_id_bytes} bytes")
    return Connect(client_id, clean, keep_alive, will, user, password)


def _check(flags: int) -> None:
    if flags & _RESERVED:
        raise Malformed("the reserved connect flag is set [MQTT-3.1.2-3]")
    if not flags & _WILL and flags & (_WILL_QOS | _WILL_RETAIN):
        raise Malformed("flags of a will, and no will [MQTT-3.1.2-13]")
    if flags & _WILL_QOS == _WILL_QOS:
        raise Malformed("a will with quality of service 3 [MQTT-3.1.2-14]")


def _read_publish(flags: int, content: bytes) -> Publish:
    qos = (flags >> 1) & 3
    duplicate = bool(flags & 8)
    if qos == 3:
        raise Malformed("quality of service 3 [MQTT-3.3.1-4]")
    if duplicate and not qos:
        raise Malformed("a duplicate with quality of service 0 [MQTT-3.3.1-2]")
    fields = _Content(content)
    topic = fields.topic_name("topic name")
    packet_id = fields.packet_id() if qos else 0
    return Publish(topic, fields.rest(), qos, packet_id, duplicate, bool(flags & 1))


def _read_subscribe(flags: int, content: bytes) -> Subscribe:
    _expect(flags, 2)
    fields = _Content(content)
    packet_id = fields.packet_id()
    topics: list[tuple[str, int]] = []
    while not topics or not fields.done():  # at least one [MQTT-3.8.3-3]
        topic, qos = fields.topic("topic filter"), fields.byte("requested quality of service")
        if qos > 2:
            raise Malformed(f"quality of service {qos} is asked for [MQTT-3.8.3-4]")
        topics.append((topic, qos))
    return Subscribe(packet_id, tuple(topics))


def _read_unsubscribe(flags: int, content: bytes) -> Unsubscribe:
    _expect(flags, 2)
    fields = _Content(content)
    packet_id = fields.packet_id()
    topics = [fields.topic("topic filter")]  # at least one [MQTT-3.10.3-2]
    while not fields.done():
        topics.append(fields.topic("topic filter"))
    return Unsubscribe(packet_id, tuple(topics))


def _read_ack(kind: Kind, expected: int) -> Callable[[int, bytes], Ack]:
    def read(flags: int, content: bytes) -> Ack:
        _expect(flags, expected)
        fields = _Content(content)
        packet_id = fields.packet_id()
        fields.end()
        return Ack(kind, packet_id)

    return read


def _read_empty(packet: PingRequest | Disconnect) -> Callable[[int, bytes], PingRequest | Disconnect]:
    def read(flags: int, content: bytes) -> PingRequest | Disconnect:
        _expect(flags, 0)
        _Content(content).end()
        return packet

    return read


def _expect(flags: int, expected: int) -> None:
    if flags != expected:
        raise Malformed(f"flags {flags:#x} where {expected:#x} belongs [MQTT-2.2.2-2]")


_READERS: Final[dict[int, Callable[[int, bytes], Packet]]] = {
    Kind.PUBLISH: _read_publish,
    Kind.PUBACK: _read_ack(Kind.PUBACK, 0),
    Kind.PUBREC: _read_ack(Kind.PUBREC, 0),
    Kind.PUBREL: _read_ack(Kind.PUBREL, 2),
    Kind.PUBCOMP: _read_ack(Kind.PUBCOMP, 0),
    Kind.SUBSCRIBE: _read_subscribe,
    Kind.UNSUBSCRIBE: _read_unsubscribe,
    Kind.PINGREQ: _read_empty(PingRequest()),
    Kind.DISCONNECT: _read_empty(Disconnect()),
}


def read_packet(first: int, content: bytes) -> Packet:
    """Reads a packet that a client sends after its CONNECT.

    Raises:
        Malformed: it is none, or not one that a client may send then.
    """
    reader = _READERS.get(first >> 4)
    if reader is None:
        raise Malformed(_UNEXPECTED.get(first >> 4, f"a packet of the reserved type {first >> 4}"))
    return reader(first & 0x0F, content)


_UNEXPECTED: Final[dict[int, str]] = {
    Kind.CONNECT: "a second CONNECT [MQTT-3.1.0-2]",
    **{
        kind: f"a {kind.name}, which only servers send"
        for kind in (Kind.CONNACK, Kind.SUBACK, Kind.UNSUBACK, Kind.PINGRESP)
    },
}


# Writing

_ACK_FIRST: Final = {Kind.PUBACK: 0x40, Kind.PUBREC: 0x50, Kind.PUBREL: 0x62, Kind.PUBCOMP: 0x70}


def connack(code: ReturnCode) -> bytes:
    """A CONNACK that refuses."""
    return bytes((0x20, 2, 0, code))


def ack(kind: Kind, packet_id: int) -> bytes:
    """PUBACK, PUBREC, PUBREL or PUBCOMP."""
    return bytes((_ACK_FIRST[kind], 2)) + packet_id.to_bytes(2, "big")


def publish(topic: str, data: bytes, qos: int = 0, packet_id: int = 0, *, duplicate: bool = False) -> bytes:
    """A PUBLISH, never one to be retained.

    Raises:
        OverflowError: the topic is longer than 65 535 bytes.
    """
    name = topic.encode()
    number = packet_id.to_bytes(2, "big") if qos else b""
    return assembled(0x30 | duplicate << 3 | qos << 1, len(name).to_bytes(2, "big") + name + number + data)


def shortened(client_id: str, *, clean: bool) -> bytes:
    """A CONNECT without keep-alive, will and credentials."""
    name = client_id.encode()
    flags = _CLEAN if clean else 0
    return assembled(0x10, b"\0\4MQTT" + bytes((_LEVEL, flags, 0, 0)) + len(name).to_bytes(2, "big") + name)
