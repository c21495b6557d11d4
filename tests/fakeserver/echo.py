"""A small server on the base that all fakes share: it answers with what it understood, and holds any conversation.

Only what the tests of the base and of the transports share may live here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

from aiohttp import web

from avatarwire.fakeserver.effects import Accept, Effect, HttpAnswer, HttpCall, Incoming, On, Send
from avatarwire.fakeserver.server import FakeServer


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

    def opened(self, now: float) -> list[Effect]:
        return list(self._opened)

    def read(self, data: bytes | str, now: float) -> Incoming:
        return Incoming("binary" if isinstance(data, bytes) else "text", packet=data)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        data = received.packet
        return list(self._receive(data)) if isinstance(data, bytes) else [Send(data.encode(), "echo")]

    def closed(self, now: float) -> list[Effect]:
        self.has_ended = True
        return []


class Echo:
    """Behaviour of HTTP: answers with what it understood; ``/fails`` fails, ``/socket`` is a WebSocket."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def read(self, call: HttpCall, now: float) -> Incoming:
        return Incoming(packet=call)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        call: HttpCall = received.packet
        if call.path == "/fails":
            raise ValueError("token=secret-of-the-handler")
        if call.limit:
            return [HttpAnswer(413, json.dumps({"limit": call.limit}).encode(), cause=received)]
        if call.path == "/socket":
            return [Accept(self.script, "s-1", 2**20, cause=received)]
        answer = told(call)
        answer.cause = received
        return [answer]


class EchoServer(FakeServer):
    """Answers with what it understood; ``/fails`` fails, ``/socket`` is a WebSocket.

    Args:
        script: what is said on the socket.
        options: as for every fake server.
    """

    def __init__(self, script: Script | None = None, **options: Any) -> None:
        super().__init__("echo", **options)
        self.script = Script() if script is None else script
        self._latest = ""
        self._surface = Echo(self.script)

    @property
    def socket_url(self) -> str:
        return self._url("ws") + "/socket"

    def run(self, action: Callable[[], Any]) -> Any:
        """Runs something in the server's loop."""
        return self._command(action)

    def perform(self, *effects: Effect) -> None:
        """Carries out effects on the newest connection."""
        self._command(lambda: self._hub.perform([On(self._latest, effects)]))

    def _max_body_bytes(self) -> int:
        return 4096

    def serve(self, request: web.BaseRequest, accepted: Accept, connection: str) -> web.StreamResponse:
        self._latest = connection
        return super().serve(request, accepted, connection)
