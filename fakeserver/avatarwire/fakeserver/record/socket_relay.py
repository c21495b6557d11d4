"""Passes the bytes of an accepted WebSocket on, both ways, and reads the frames beside it.

The bytes are those that came: fragments, masks, pings, close codes and reasons stay what they are. A side is read no
faster than the other takes it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from aiohttp.http import StreamWriter

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.journal.entry import NO_META
from avatarwire.fakeserver.record.notebook import Conversation
from avatarwire.fakeserver.record.socket_frames import Broken, Closing, FrameReader, Wrong
from avatarwire.fakeserver.record.wire import Sender
from avatarwire.fakeserver.transports.handing_over import HandedOver

if TYPE_CHECKING:
    import aiohttp
    from aiohttp import web

__all__ = ["Pipe", "SocketRelay", "Switched"]

_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a message that are kept."""
_WAITING: Final = 256 * 1024
"""Bytes that wait for the other side before nothing more is read."""
_ABNORMAL: Final = 1006


class Switched(HandedOver):
    """What a handshake has become: nothing more is sent by aiohttp, which closes the connection."""

    def __init__(self) -> None:
        super().__init__()
        self.force_close()


class Pipe:
    """One direction of a connection: takes what one side has sent, as a parser of aiohttp's, and hands it to the other.

    Args:
        sender: whose bytes they are.
        conversation: that keeps what they say.
        asked: the way of the client, for that of the server, whose close may be the answer to the client's.
    """

    def __init__(self, sender: Sender, conversation: Conversation, asked: Pipe | None = None) -> None:
        self._sender: Final = sender
        self._conversation: Final = conversation
        self._asked: Final = asked
        self._frames: Final = FrameReader(_LARGEST, sender)
        self._waiting: Final[deque[bytes]] = deque()
        self._size = 0
        self._ended = False
        self._over = False
        self._unread = False
        self._wake: Final = asyncio.Event()
        self.source: asyncio.Transport | None = None
        self.code = _ABNORMAL

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Bytes have come."""
        for event in self._frames.feed(data):
            if isinstance(event, Closing):
                self.code = event.code
                self._closing(event)
                self._over = True
            elif isinstance(event, Broken):
                self._unread = True
                self._tell("what follows is passed on, and not read", event.reason, event.finding)
            elif isinstance(event, Wrong):
                self._tell("a frame breaks a rule", event.finding.reason, event.finding)
            else:
                meta = NO_META if event.frames == 1 else {"frames": event.frames}
                self._conversation.passes(event.data, self._sender, meta)
        self._waiting.append(bytes(data))
        self._size += len(data)
        if self._size > _WAITING and self.source is not None:
            self.source.pause_reading()
        self._wake.set()
        return False, b""

    def _tell(self, text: str, reason: str, finding: Finding | None) -> None:
        """Notes what is wrong with frames: as a violation of the client's, or else with its clause."""
        if finding is not None and self._sender == "client":
            self._conversation.note(text, (finding,), sender=self._sender, reason=reason)
        else:
            about: dict[str, Any] = {} if finding is None else {"clause": finding.clause}
            self._conversation.note(text, sender=self._sender, reason=reason, **about)

    def _closing(self, event: Closing) -> None:
        """Notes a close of the server's own: a replay says it again by itself, which the answer to one must not be."""
        if self._asked is None or self._over or self._asked._over:
            return
        text = "a close that may answer the client's" if self._asked._unread else "closing"
        self._conversation.note(text, code=event.code, reason=event.reason)

    def feed_eof(self) -> None:
        """Nothing more comes."""
        self._ended = self._over = True
        self._wake.set()

    async def run(self, protocol: Any, wire: asyncio.Transport) -> None:
        """Hands on what comes until its end."""
        writer = StreamWriter(protocol, asyncio.get_running_loop())
        while True:
            while self._waiting:
                data = self._waiting.popleft()
                if wire.is_closing():
                    return
                wire.write(data)
                await writer.drain()
                self._size -= len(data)
                if self._size <= _WAITING and self.source is not None and not self.source.is_reading():
                    self.source.resume_reading()
            if self._ended:
                return
            self._wake.clear()
            await self._wake.wait()


class SocketRelay:
    """One connection.

    Args:
        conversation: that keeps what passes.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation: Final = conversation

    async def run(self, request: web.BaseRequest, response: aiohttp.ClientResponse, head: bytes) -> None:
        """Passes everything on until one of the two is gone.

        Args:
            request: the handshake.
            response: that has accepted it.
            head: what the client gets as the answer.
        """
        connection, client = response.connection, request.transport
        assert connection is not None  # noqa: S101 - it was switched
        server = connection.transport
        if client is None or server is None or client.is_closing():
            response.close()
            return
        up = Pipe("client", self._conversation)
        down = Pipe("server", self._conversation, up)
        up.source, down.source = client, server
        self._conversation.note("connected")
        client.write(head)
        answering: Any = connection.protocol
        asking: Any = request.protocol
        answering.read_timeout = None
        answering.set_parser(down, None)
        asking.set_parser(up)
        ways = [
            asyncio.ensure_future(up.run(answering, server)),
            asyncio.ensure_future(down.run(asking, client)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # What was written is still sent.
            for transport in (server, client):
                transport.close()
            self._conversation.note("disconnected", code=up.code, fault="")
            for way in ways:
                way.cancel()
            response.close()
            await asyncio.gather(*ways, return_exceptions=True)
