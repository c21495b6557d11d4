"""A man in the middle: stands between a client and a server, remembers every request, and may change it on its way.

Only that lives here. It reads HTTP/1.1 by hand, so that a client is not helped by a library of the same kind.
"""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

LIMIT: Final = 10.0

Change = Callable[[bytes], bytes]


def unchanged(request: bytes) -> bytes:
    return request


class Middleman:
    """``with Middleman(fake.http_url) as between:`` listens at ``between.endpoint`` until the block ends.

    Args:
        url: the server's.

    Attributes:
        change: what becomes of the next requests.
        requests: every request as the client sent it, whole.
        connections: how many the client has opened.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.change: Change = unchanged
        self.requests: list[bytes] = []
        self.connections = 0
        middleman = self

        class Between(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                middleman.connections += 1
                middleman._clients.append(self.connection)
                self.connection.settimeout(LIMIT)
                with socket.create_connection((parts.hostname, parts.port), timeout=LIMIT) as server:
                    while request := _message(self.connection):
                        middleman.requests.append(request)
                        server.sendall(middleman.change(request))
                        response = _message(server)
                        self.connection.sendall(response)
                        if b"connection: close" in response.lower():
                            return

        self._clients: list[socket.socket] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Between)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def endpoint(self) -> str:
        """Host and port to connect to instead of the server's."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        for client in self._clients:
            with suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        self._server.server_close()
        self._thread.join(LIMIT)


def _message(sender: socket.socket) -> bytes:
    """One request or response with a Content-Length; empty when the sender has closed."""
    data = b""
    while b"\r\n\r\n" not in data:
        try:
            more = sender.recv(65536)
        except ConnectionResetError:
            return b""
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    missing = int(lengths[0]) - len(body) if lengths else 0
    while missing > 0:
        more = sender.recv(missing)
        data, missing = data + more, missing - len(more)
    return data
