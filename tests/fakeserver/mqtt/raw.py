"""MQTT 3.1.1 by hand, byte by byte, for what no client library would send or show.

Only what tests of the MQTT transports share may live here. Nothing of the package's own packets is used.
"""

from __future__ import annotations

import socket
import ssl
from types import TracebackType
from typing import Any, Final, Self

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""

PASSWORD: Final = "open sesame"

CONNACK_OK: Final = b"\x20\x02\x00\x00"
PINGREQ: Final = b"\xc0\x00"
PINGRESP: Final = b"\xd0\x00"
DISCONNECT: Final = b"\xe0\x00"


def text(value: str | bytes) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return len(data).to_bytes(2, "big") + data


def packet(first: int, content: bytes) -> bytes:
    size, length = len(content), b""
    while True:
        size, low = divmod(size, 128)
        length += bytes([low | (128 if size else 0)])
        if not size:
            return bytes([first]) + length + content


def connect(
    client_id: str = "one",
    *,
    user: str | None = "anna",
    password: str | None = PASSWORD,
    clean: bool = True,
    keep_alive: int = 0,
    will: tuple[str, bytes, int] | None = None,
    level: int = 4,
    name: str = "MQTT",
) -> bytes:
    flags = 2 if clean else 0
    payload = text(client_id)
    if will is not None:
        topic, data, qos = will
        flags |= 4 | qos << 3
        payload += text(topic) + text(data)
    if user is not None:
        flags |= 128
        payload += text(user)
    if password is not None:
        flags |= 64
        payload += text(password)
    return packet(0x10, text(name) + bytes([level, flags]) + keep_alive.to_bytes(2, "big") + payload)


def publish(topic: str, data: bytes, qos: int = 0, number: int = 1, *, flags: int = 0) -> bytes:
    """Among the flags are 8 for a duplicate and 1 to have it retained."""
    first = 0x30 | flags | qos << 1
    return packet(first, text(topic) + (number.to_bytes(2, "big") if qos else b"") + data)


def subscribe(*topics: tuple[str, int], number: int = 7) -> bytes:
    return packet(0x82, number.to_bytes(2, "big") + b"".join(text(topic) + bytes([qos]) for topic, qos in topics))


def unsubscribe(*topics: str, number: int = 8) -> bytes:
    return packet(0xA2, number.to_bytes(2, "big") + b"".join(text(topic) for topic in topics))


def ack(first: int, number: int) -> bytes:
    return bytes([first, 2]) + number.to_bytes(2, "big")


def puback(number: int) -> bytes:
    return ack(0x40, number)


def pubrec(number: int) -> bytes:
    return ack(0x50, number)


def pubrel(number: int) -> bytes:
    return ack(0x62, number)


def pubcomp(number: int) -> bytes:
    return ack(0x70, number)


class Raw:
    """One TCP connection.

    Args:
        port: where to.
        context: of TLS.
    """

    def __init__(self, port: int, *, context: ssl.SSLContext | None = None) -> None:
        self.socket: socket.socket = socket.create_connection(("127.0.0.1", port), timeout=LIMIT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname="127.0.0.1")
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, *packets: bytes) -> None:
        """Sends packets in one piece."""
        self.socket.sendall(b"".join(packets))

    def end(self) -> None:
        """Closes our side only."""
        self.socket.shutdown(socket.SHUT_WR)

    def read(self, size: int) -> bytes:
        while len(self._rest) < size:
            data = self.socket.recv(65536)
            assert data, f"the server has closed; read so far: {self._rest!r}"
            self._rest += data
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def packet(self) -> bytes:
        """Reads one whole packet."""
        head = self.read(2)
        while head[-1] & 128:
            head += self.read(1)
        size = sum((byte & 127) << 7 * at for at, byte in enumerate(head[1:]))
        return head + self.read(size)

    def login(self, client_id: str = "one", *subscriptions: tuple[str, int], **options: Any) -> Self:
        """Connects, and subscribes."""
        self.send(connect(client_id, **options))
        assert self.packet() == CONNACK_OK
        if subscriptions:
            self.send(subscribe(*subscriptions))
            assert self.packet() == packet(0x90, b"\x00\x07" + bytes(qos for _, qos in subscriptions))
        return self

    def is_closed(self) -> bool:
        """Whether the server has closed, and said nothing more before."""
        try:
            return self._rest == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def is_alive(self) -> bool:
        """Whether the server answers a ping, and said nothing before."""
        self.send(PINGREQ)
        return self.read(2) == PINGRESP
