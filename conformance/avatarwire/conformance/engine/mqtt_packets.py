"""MQTT 3.1.1 packets of a client, written and read by hand, so that each byte of them can be another one.

Only writing and reading live here (MQTT 3.1.1, section 2 and 3); who waits for what is in `mqtt_link.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = [
    "CONNACK",
    "DISCONNECT",
    "PINGREQ",
    "PINGRESP",
    "PUBACK",
    "PUBLISH",
    "SUBACK",
    "Packet",
    "connect",
    "packet",
    "puback",
    "publish",
    "published",
    "split",
    "subscribe",
    "unsubscribe",
]  # fmt: skip

CONNACK: Final = 2
PUBLISH: Final = 3
PUBACK: Final = 4
SUBACK: Final = 9
PINGRESP: Final = 13

PINGREQ: Final = b"\xc0\x00"
DISCONNECT: Final = b"\xe0\x00"

_LONGEST: Final = 4
"""Bytes of a length."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet.

    Attributes:
        kind: its type, such as `PUBLISH`.
        flags: the low four bits of its first byte.
        body: all behind its length.
    """

    kind: int
    flags: int
    body: bytes


def split(data: bytes) -> tuple[Packet | None, bytes]:
    """The first packet of some bytes, and what is behind it; no packet where it is not complete.

    Raises:
        ValueError: its length is none.
    """
    length = 0
    for count in range(1, _LONGEST + 1):
        if len(data) <= count:
            return None, data
        length |= (data[count] & 0x7F) << 7 * (count - 1)
        if not data[count] & 0x80:
            end = 1 + count + length
            if len(data) < end:
                return None, data
            return Packet(data[0] >> 4, data[0] & 0x0F, data[1 + count : end]), data[end:]
    raise ValueError("a length of more than four bytes")


def packet(first: int, body: bytes) -> bytes:
    """Any packet: its first byte, the length of its body, and that (2.2)."""
    length, left = bytearray(), len(body)
    while True:
        left, low = left >> 7, left & 0x7F
        length.append(low | (0x80 if left else 0))
        if not left:
            return bytes([first]) + bytes(length) + body


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def connect(
    client_id: str, *, user: str | None = None, password: str | None = None, keep_alive: int = 60,
    clean: bool = True, level: int = 4, will: tuple[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """CONNECT (3.1)."""
    flags = (0x02 if clean else 0) | (0x80 if user is not None else 0) | (0x40 if password is not None else 0)
    payload = _text(client_id)
    if will is not None:
        flags |= 0x04
        payload += _text(will[0]) + len(will[1]).to_bytes(2, "big") + will[1]
    payload += b"".join(_text(value) for value in (user, password) if value is not None)
    return packet(0x10, _text("MQTT") + bytes([level, flags]) + keep_alive.to_bytes(2, "big") + payload)


def publish(topic: str, payload: bytes, *, qos: int = 0, packet_id: int = 0, retain: bool = False) -> bytes:
    """PUBLISH (3.3)."""
    id_ = packet_id.to_bytes(2, "big") if qos else b""
    return packet(0x30 | qos << 1 | retain, _text(topic) + id_ + payload)


def puback(packet_id: int) -> bytes:
    """PUBACK (3.4)."""
    return packet(0x40, packet_id.to_bytes(2, "big"))


def subscribe(packet_id: int, topic: str, qos: int = 0) -> bytes:
    """SUBSCRIBE (3.8)."""
    return packet(0x82, packet_id.to_bytes(2, "big") + _text(topic) + bytes([qos]))


def unsubscribe(packet_id: int, topic: str) -> bytes:
    """UNSUBSCRIBE (3.10)."""
    return packet(0xA2, packet_id.to_bytes(2, "big") + _text(topic))


def published(packet: Packet) -> tuple[str, bytes, int, int]:
    """Topic, payload, QoS and packet id of a PUBLISH.

    Raises:
        ValueError: it is none.
    """
    size = int.from_bytes(packet.body[:2], "big")
    topic, at, qos, id_ = packet.body[2 : 2 + size].decode(), 2 + size, packet.flags >> 1 & 3, 0
    if qos:
        id_, at = int.from_bytes(packet.body[at : at + 2], "big"), at + 2
    return topic, packet.body[at:], qos, id_
