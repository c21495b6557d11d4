"""A trace as a capture of a network (pcap), for Wireshark: each connection is a TCP stream made up of its messages.

What a trace does not have is made up: addresses, ports, sequence numbers, the heads of HTTP messages where no headers
were kept, masks of WebSocket frames, and an MQTT client's CONNECT. Payloads are those of the trace.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, Final, cast

from avatarwire.fakeserver.trace.format import TraceEntry
from avatarwire.fakeserver.trace.reading import Trace
from avatarwire.fakeserver.transports.frames import BINARY, TEXT, frame, masked_frame
from avatarwire.fakeserver.transports.handshake import proof
from avatarwire.fakeserver.transports.mqtt.packets import Kind, assembled

__all__ = ["pcap"]

_MAGIC: Final = 0xA1B2C3D4
_RAW_IP: Final = 101
"""Link type: packets begin with their IP header."""
_LARGEST: Final = 65_535
_SEGMENT: Final = 60_000
"""Bytes of a segment's payload."""
_SYN: Final = 0x02
_ACK: Final = 0x10
_PUSH: Final = 0x18
_FIN: Final = 0x11
_CLIENT: Final = bytes((127, 0, 0, 1))
_SERVER: Final = bytes((127, 0, 0, 2))
_PORTS: Final = {"http": 80, "ws": 80, "mqtt": 1883, "callback": 8080}
_FIRST_PORT: Final = 40_000
_MASK: Final = b"\x12\x34\x56\x78"


class _Stream:
    """One connection: what it has sent both ways so far."""

    def __init__(self, number: int, server_port: int) -> None:
        self._ports: Final = (_FIRST_PORT + number % 20_000, server_port)
        self._sent = [1_000, 2_000]
        self.is_open = False
        self.upgraded = False

    def opened(self) -> Iterator[bytes]:
        self.is_open = True
        for side, flags in ((0, _SYN), (1, _SYN | _ACK), (0, _ACK)):
            yield self._packet(side, flags, b"")

    def data(self, side: int, data: bytes) -> Iterator[bytes]:
        """The packets of some bytes: side 0 is the client, 1 the server."""
        for start in range(0, max(len(data), 1), _SEGMENT):
            yield self._packet(side, _PUSH, data[start : start + _SEGMENT])

    def _packet(self, side: int, flags: int, data: bytes) -> bytes:
        source, target = self._ports if side == 0 else self._ports[::-1]
        acknowledged = self._sent[1 - side] if flags & _ACK else 0
        tcp = struct.pack(">HHIIBBHHH", source, target, self._sent[side], acknowledged, 0x50, flags, _LARGEST, 0, 0)
        self._sent[side] = (self._sent[side] + len(data) + bool(flags & _SYN)) & 0xFFFFFFFF
        ends = _CLIENT + _SERVER if side == 0 else _SERVER + _CLIENT
        size = len(tcp) + len(data)
        sum_ = _checksum(ends + struct.pack(">HH", 6, size) + tcp + data)
        ip = struct.pack(">BBHHHBBH8s", 0x45, 0, 20 + size, 1, 0, 64, 6, 0, ends)
        return ip[:10] + _checksum(ip) + ip[12:] + tcp[:16] + sum_ + tcp[18:] + data


def _checksum(data: bytes) -> bytes:
    """The checksum of IP and TCP (RFC 1071): the ones' complement of the sum of all pairs of bytes."""
    words = struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    # What is carried out of the sum is added again, which is the remainder by 0xFFFF, of which 0 is none here.
    total = sum(words)
    return (0xFFFF - (total % 0xFFFF or (0xFFFF if total else 0))).to_bytes(2, "big")


def pcap(trace: Trace) -> bytes:
    """A trace as a capture.

    Args:
        trace: which.
    """
    parts = [struct.pack("<IHHiIII", _MAGIC, 2, 4, 0, 0, _LARGEST, _RAW_IP)]
    streams: dict[str, _Stream] = {}
    asked: dict[int, TraceEntry] = {}
    for entry in trace.entries:
        if entry.transport == "note" or entry.direction == "note":
            continue
        name = f"{entry.vendor} {entry.connection or entry.session} {entry.transport == 'callback'}"
        stream = streams.get(name)
        packets: list[bytes] = []
        if stream is None:
            stream = streams[name] = _Stream(len(streams), _PORTS[entry.transport])
            packets += stream.opened()
        # Of callbacks, the fake is the client.
        side = int((entry.direction == "out") != (entry.transport == "callback"))
        if "method" in entry.meta:
            asked[entry.seq] = entry
        packets += stream.data(side, _wire(trace, entry, asked.pop(entry.reply_to, None)))
        seconds, rest = divmod(max(entry.time, 0.0), 1.0)
        for packet in packets:
            parts.append(struct.pack("<IIII", int(seconds) & 0xFFFFFFFF, int(rest * 1e6), len(packet), len(packet)))
            parts.append(packet)
    return b"".join(parts)


def _wire(trace: Trace, entry: TraceEntry, asked: TraceEntry | None) -> bytes:
    """The bytes of an entry on its connection.

    Args:
        trace, entry: which.
        asked: the call that it answers, where it is an answer.
    """
    data = trace.data(entry) or b""
    if entry.transport == "ws":
        kind = TEXT if entry.text else BINARY
        return masked_frame(kind, data, _MASK) if entry.direction == "in" else frame(kind, data)
    if entry.transport == "mqtt":
        return _publish(str(entry.meta.get("topic", "")), data)
    return _http(entry, data, asked)


def _publish(topic: str, data: bytes) -> bytes:
    """An MQTT PUBLISH of quality 0 (MQTT 3.1.1, 3.3)."""
    name = topic.encode()[:_LARGEST]
    return assembled(Kind.PUBLISH << 4, len(name).to_bytes(2, "big") + name + data)


def _http(entry: TraceEntry, data: bytes, asked: TraceEntry | None) -> bytes:
    """An HTTP message with the headers that were kept; lengths are made right."""
    if "method" in entry.meta:
        first = f"{entry.meta['method']} {entry.meta.get('path') or entry.meta.get('url') or '/'} HTTP/1.1"
    else:
        status = entry.status or 200
        first = f"HTTP/1.1 {status} {HTTPStatus(status).phrase if status in _PHRASES else ''}"
    lines = [first]
    headers = [*_headers(entry)]
    if entry.status == HTTPStatus.SWITCHING_PROTOCOLS and not headers:
        headers = [*_switching(asked)]
    for name, value in headers:
        if name.lower() not in _OF_CODED_BODIES:
            lines.append(f"{name}: {value}")
    if data or ("method" not in entry.meta and (entry.status or 200) not in _WITHOUT_BODY):
        lines.append(f"Content-Length: {len(data)}")
    head = "\r\n".join(line.replace("\r", " ").replace("\n", " ") for line in lines)
    return head.encode("utf-8", "backslashreplace") + b"\r\n\r\n" + data


def _switching(asked: TraceEntry | None) -> Iterator[tuple[str, str]]:
    """The headers of an answer that makes a WebSocket (RFC 6455, 4.2.2)."""
    yield "Upgrade", "websocket"
    yield "Connection", "Upgrade"
    keys = () if asked is None else [value for name, value in _headers(asked) if name.lower() == "sec-websocket-key"]
    for key in keys:
        yield "Sec-WebSocket-Accept", proof(key)


_OF_CODED_BODIES: Final = ("content-length", "transfer-encoding", "content-encoding")
"""Headers of a body as it was sent; a trace has it without its codings."""
_WITHOUT_BODY: Final = (101, 204, 304)
_PHRASES: Final = frozenset(int(status) for status in HTTPStatus)


def _headers(entry: TraceEntry) -> Iterator[tuple[str, str]]:
    found: Any = entry.meta.get("headers")
    pairs = cast("dict[str, Any]", found).items() if isinstance(found, dict) else cast("list[Any]", found or [])
    for name, value in pairs:
        yield str(name), str(value)
