"""HTTP and WebSocket by hand, byte by byte, for what no client library would send or show.

Only what tests of transports share may live here. Nothing of the package under test is used.
"""

from __future__ import annotations

import base64
import json
import os
import socket
import ssl
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""

TEXT, BINARY, CLOSE, PING, PONG = 0x1, 0x2, 0x8, 0x9, 0xA
"""Opcodes of WebSocket frames (RFC 6455, 5.2)."""


@dataclass(frozen=True)
class Response:
    """One HTTP response; header names in lower case."""

    version: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        """The body as a JSON object."""
        fields: dict[str, Any] = json.loads(self.body)
        return fields


class Wire:
    """One TCP connection to a server.

    Args:
        url: where to; scheme, host and port count.
        context: of TLS, for ``https`` and ``wss``.
    """

    def __init__(self, url: str, *, context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        self.socket: socket.socket = socket.create_connection((parts.hostname, parts.port), timeout=LIMIT)
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)
        self._url = url
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def ends(self) -> bool:
        """Whether the server has closed, and said nothing more before."""
        try:
            return self._rest == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    # HTTP

    def request(self, head: str, body: bytes = b"") -> Response:
        """Sends a request, its lines joined by line feeds, and reads the response."""
        self.send(head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body)
        return self.response(bodiless=head.startswith("HEAD "))

    def response(self, *, bodiless: bool = False) -> Response:
        """Reads a response."""
        head = self._until(b"\r\n\r\n").decode()
        line, *lines = head.splitlines()
        version, status, _ = line.split(" ", 2)
        headers = {name.lower(): value for name, value in (text.split(": ", 1) for text in lines if text)}
        length = 0 if bodiless else int(headers.get("content-length", "0"))
        return Response(version, int(status), headers, self._exactly(length))

    # WebSocket

    def upgrade(self, *headers: str) -> Response:
        """The handshake, by the path and query of the URL."""
        parts = urlsplit(self._url)
        key = base64.b64encode(os.urandom(16)).decode()
        lines = (
            f"GET {parts.path}?{parts.query} HTTP/1.1",
            f"Host: {parts.netloc}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key}",
            *headers,
        )
        return self.request("\n".join(lines))

    def frame(self) -> tuple[int, bytes]:
        """Reads one frame that is not fragmented: opcode and payload."""
        first, second = self._exactly(2)
        assert first & 0xF0 == 0x80, "final, and no bit of an extension set"
        assert not second & 0x80, "a server does not mask"
        length = second
        if length == 126:
            (length,) = struct.unpack(">H", self._exactly(2))
        elif length == 127:
            (length,) = struct.unpack(">Q", self._exactly(8))
        return first & 0x0F, self._exactly(length)

    def close_code(self) -> tuple[int, str]:
        """Reads until the close frame: its code and reason."""
        while True:
            opcode, payload = self.frame()
            if opcode == CLOSE:
                return int.from_bytes(payload[:2], "big"), payload[2:].decode()

    # Pieces

    def _until(self, end: bytes) -> bytes:
        while end not in self._rest:
            self._more()
        found, _, self._rest = self._rest.partition(end)
        return found + end

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._more()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _more(self) -> None:
        data = self.socket.recv(65536)
        assert data, f"the server has closed; read so far: {self._rest!r}"
        self._rest += data


def frame(payload: bytes, opcode: int = BINARY, *, final: bool = True, masked: bool = True) -> bytes:
    """A client's frame; the mask is zero, so that the payload can be read."""
    size = len(payload)
    bit = 0x80 if masked else 0
    if size < 126:
        length = bytes([bit | size])
    elif size < 65536:
        length = bytes([bit | 126]) + struct.pack(">H", size)
    else:
        length = bytes([bit | 127]) + struct.pack(">Q", size)
    return bytes([(0x80 if final else 0) | opcode]) + length + (b"\0\0\0\0" if masked else b"") + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A client's close frame."""
    return frame(struct.pack(">H", code) + reason.encode(), CLOSE)
