"""A running fake as a client sees it: sessions by plain HTTP, frames by hand over a WebSocket of `websockets`.

Only what the tests over real sockets share may live here. Frames are written and read by the tests' own reader, never
by the codecs under test.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

import pytest
from websockets.asyncio.client import ClientConnection as AsyncConnection
from websockets.exceptions import ConnectionClosed
from websockets.sync.connection import Connection as SyncConnection

from avatarwire.fakeserver.aliyun import FakeAliyun
from tests.codecs.aliyun.wire_reader import Content, Reading, read, write

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""

BASE: Final = "/yic/yic-console/openService/v1/avatar/project"
SERIAL: Final = b"SERIAL01"

Serve: TypeAlias = Callable[..., FakeAliyun]


@dataclass(frozen=True)
class Started:
    """What starting a session gives."""

    id: str
    url: str


def post(fake: FakeAliyun, operation: str, **parameters: Any) -> dict[str, Any]:
    """Calls an operation of a fake that verifies no signatures."""
    connection = http.client.HTTPConnection(fake.host, fake.port, timeout=LIMIT)
    try:
        connection.request("POST", f"{BASE}/{operation}", json.dumps(parameters))
        response = connection.getresponse()
        fields: dict[str, Any] = json.loads(response.read())
        assert response.status == 200, fields
        return fields
    finally:
        connection.close()


def start(fake: FakeAliyun, request_id: str = "rq-1") -> Started:
    """Starts a session."""
    fields = post(fake, "startAvatarSession", projectId=fake.project_id, requestId=request_id)
    return Started(fields["sessionId"], fields["webSocketUrl"])


def stop(fake: FakeAliyun, session: Started) -> str:
    """Stops a session; the status of the answer."""
    return str(post(fake, "stopAvatarSession", projectId=fake.project_id, sessionId=session.id)["status"])


def packet(reading: Reading) -> dict[str, Any]:
    """The members of a packet."""
    assert isinstance(reading.content, dict)
    return reading.content


class Line:
    """The client's end of a session's socket, synchronous."""

    def __init__(self, socket: SyncConnection, session: Started) -> None:
        self.socket = socket
        self.session = session

    def say(self, message: str, serial: bytes = SERIAL, /, **members: Any) -> None:
        """Sends a message of the session; ``serial`` as its serial number."""
        self.socket.send(write(message, {"sessionId": self.session.id, **members}, serial))

    def ask(self, text: str, message_id: str = "m-1", *, ask: int = 1, **members: Any) -> None:
        """Sends a text drive."""
        self.say("text_drive.request", text=text, askType=ask, messageId=message_id, **members)

    def raw(self) -> bytes:
        """The next frame as it came."""
        data = self.socket.recv(timeout=LIMIT)
        assert isinstance(data, bytes)
        return data

    def hear(self, message: str | None = None) -> Reading:
        """The next frame, which has to be of this message."""
        reading = read(self.raw(), "server")
        assert message in (None, reading.message), reading
        return reading

    def prepare(self) -> list[str]:
        """Prepares the channel; every status until READY."""
        heard: list[str] = []
        while "READY" not in heard:
            self.say("channel_ready.request")
            heard.append(packet(self.hear("channel_ready.response"))["status"])
        return heard

    def answer(self, message: str = "text_drive.response") -> list[dict[str, Any]]:
        """The packets of an answer up to the one that finishes it."""
        packets = [packet(self.hear(message))]
        while not packets[-1]["finish"]:
            packets.append(packet(self.hear(message)))
        return packets

    def closed(self) -> tuple[int, str]:
        """Waits for the server's close frame, with nothing before it: code and reason."""
        with pytest.raises(ConnectionClosed) as end:
            self.socket.recv(timeout=LIMIT)
        assert end.value.rcvd is not None, "cut without a close frame"
        return end.value.rcvd.code, end.value.rcvd.reason


class AsyncLine:
    """The client's end of a session's socket, in an event loop."""

    def __init__(self, socket: AsyncConnection, session: Started) -> None:
        self.socket = socket
        self.session = session

    async def say(self, message: str, serial: bytes = SERIAL, /, **members: Any) -> None:
        """Sends a message of the session."""
        await self.send(message, {"sessionId": self.session.id, **members}, serial)

    async def send(self, message: str, content: Content, serial: bytes = SERIAL) -> None:
        """Sends any message."""
        await self.socket.send(write(message, content, serial))

    async def hear(self, message: str | None = None) -> Reading:
        """The next frame, which has to be of this message."""
        reading = read(cast("bytes", await self.socket.recv()), "server")
        assert message in (None, reading.message), reading
        return reading

    async def prepare(self) -> list[str]:
        """Prepares the channel; every status until READY."""
        heard: list[str] = []
        while "READY" not in heard:
            await self.say("channel_ready.request")
            heard.append(packet(await self.hear("channel_ready.response"))["status"])
        return heard

    async def answer(self, message: str = "text_drive.response") -> list[dict[str, Any]]:
        """The packets of an answer up to the one that finishes it."""
        packets = [packet(await self.hear(message))]
        while not packets[-1]["finish"]:
            packets.append(packet(await self.hear(message)))
        return packets
