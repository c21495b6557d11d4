"""A small server on the base that all fakes share: it answers with what it understood, and holds any conversation.

Only what the tests of the base and of the transports share may live here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from avatarwire.fakeserver.effects import Effect, HttpAnswer, HttpCall, Received, Send
from avatarwire.fakeserver.server import FakeServer
from avatarwire.fakeserver.transports.http import answer, target
from avatarwire.fakeserver.transports.websocket import Connection


def told(call: HttpCall) -> HttpAnswer:
    """What was understood of a request."""
    fields = {
        "method": call.method,
        "path": call.path,
        "query": call.query,
        "headers": call.headers,
        "body": call.body.decode("latin-1"),
    }
    return HttpAnswer(200, json.dumps(fields).encode(), {"Content-Type": "application/json"})


def too_large(limit: int) -> HttpAnswer:
    return HttpAnswer(413, json.dumps({"limit": limit}).encode())


class Script:
    """A conversation that does what a test says.

    Args:
        receive: what a binary message leads to.
        opened: what opening leads to.
    """

    def __init__(
        self, receive: Callable[[bytes], Iterable[Effect]] = lambda data: [Send(data, "echo")], *opened: Effect
    ) -> None:
        self._receive = receive
        self._opened = opened
        self.has_ended = False

    def opened(self) -> list[Effect]:
        return list(self._opened)

    def receive(self, data: bytes) -> tuple[Received, list[Effect]]:
        return Received("binary"), list(self._receive(data))

    def receive_text(self, text: str) -> tuple[Received, list[Effect]]:
        return Received("text"), [Send(text.encode(), "echo")]

    def closed(self) -> list[Effect]:
        self.has_ended = True
        return []


class EchoServer(FakeServer):
    """Answers with what it understood; ``/fails`` fails, ``/socket`` is a WebSocket.

    Args:
        script: what is said on the socket.
        options: as for every fake server.

    Attributes:
        connections: every connection there has been.
        changes: what the connections told of.
    """

    def __init__(self, script: Script | None = None, **options: Any) -> None:
        super().__init__("echo", **options)
        self.script = Script() if script is None else script
        self.connections: list[Connection] = []
        self.changes: list[str] = []

    @property
    def socket_url(self) -> str:
        return self._url("ws") + "/socket"

    def run(self, action: Callable[[], Any]) -> Any:
        """Runs something in the server's loop."""
        return self._command(action)

    def perform(self, *effects: Effect) -> None:
        """Carries out effects on the newest connection."""
        self._command(lambda: self.connections[-1].perform(effects))

    def _max_body_bytes(self) -> int:
        return 4096

    async def _respond(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _ = target(request)
        if path == "/fails":
            raise ValueError("token=secret-of-the-handler")
        if path != "/socket":
            return await answer(request, told, self.journal, too_large=too_large)
        connection = Connection(
            self.script,
            self.journal,
            self.clock,
            session="s-1",
            max_message_bytes=2**20,
            changed=self.changes.append,
        )
        self.connections.append(connection)
        self._connections.add(connection)
        try:
            return await connection.run(request)
        finally:
            self._connections.discard(connection)
