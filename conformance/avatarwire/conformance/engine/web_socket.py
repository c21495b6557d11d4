"""A WebSocket by the sans-IO protocol of `websockets`: messages whole or in fragments, and any bytes that are none.

What comes is kept in order, and the end of the connection is something that comes, too.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.frames import Frame, Opcode
from websockets.http11 import Response
from websockets.protocol import CONNECTING, OPEN
from websockets.uri import parse_uri

from .case import Differs
from .stream import Ended, Stream

__all__ = ["Closed", "Refused", "WebSocket"]

_PARTS: Final = 3
_LARGEST: Final = 16 * 1024 * 1024
_MOST_MESSAGES: Final = 5000
"""Messages on one connection; a case expects some dozens."""

Seen: TypeAlias = Callable[[str, bytes, bool], None]
"""Is told of each message: ``in`` or ``out``, its bytes, whether it is text."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection has ended.

    Attributes:
        code, reason: of the endpoint's close frame; 1006 where none came.
    """

    code: int
    reason: str = ""

    def __str__(self) -> str:
        return f"close {self.code} {self.reason}".rstrip()


class Refused(Exception):
    """The handshake was refused.

    Attributes:
        status, body: of the answer; 0 where the connection ended without one.
    """

    def __init__(self, status: int, body: bytes) -> None:
        self.status: Final = status
        self.body: Final = body
        super().__init__(f"{status} {body[:200].decode('utf-8', 'backslashreplace')}" if status else "no answer")


class WebSocket:
    """One connection; made by `open`."""

    def __init__(self, protocol: ClientProtocol, stream: Stream, forms: Collection[str], seen: Seen) -> None:
        self._protocol: Final = protocol
        self._stream: Final = stream
        self._forms: Final = forms
        self._seen: Final = seen
        self._queue: Final[deque[bytes | str | Closed]] = deque()
        self._parts: list[bytes] = []
        self._is_text = False
        self._arrived: Final = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None
        self._over = False
        self._count = 0
        self._pongs: Final[list[bytes]] = []

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        patience: float,
        seen: Seen,
        forms: Collection[str] = (),
        headers: Mapping[str, str] | None = None,
        ca_file: str = "",
    ) -> Self:
        """Connects and shakes hands.

        Args:
            url: as the endpoint gave it.
            patience: real seconds of silence to bear.
            seen: is told of each message.
            forms: of the wire.
            headers: further ones of the handshake.
            ca_file: authorities to trust.

        Raises:
            Refused: the handshake was answered otherwise.
            Differs: the URL is none, or the handshake was not answered.
            NotJudged: nobody is there.
        """
        try:
            uri = parse_uri(url)
        except (InvalidURI, ValueError):
            raise Differs("a WebSocket URL", repr(url)) from None
        stream = await Stream.open(url, patience=patience, forms=forms, ca_file=ca_file)
        protocol = ClientProtocol(uri, max_size=_LARGEST)
        socket = cls(protocol, stream, forms, seen)
        try:
            async with asyncio.timeout(patience):
                await socket._shake_hands(headers or {})
        except TimeoutError:
            await stream.leave()
            raise Differs("an answer to the handshake", f"nothing within {patience:g} s") from None
        except BaseException:
            await stream.leave()
            raise
        socket._reader = asyncio.create_task(socket._read())
        return socket

    async def _shake_hands(self, headers: Mapping[str, str]) -> None:
        protocol = self._protocol
        request = protocol.connect()
        request.headers.update(headers)
        if "header_case" in self._forms:
            request.headers = Headers((name.upper(), value) for name, value in request.headers.raw_items())
        protocol.send_request(request)
        await self._flush()
        while protocol.handshake_exc is None and protocol.state is CONNECTING:  # it may be over by now
            try:
                data = await self._stream.receive()
            except Ended:
                data = b""
            if data:
                protocol.receive_data(data)
            else:
                protocol.receive_eof()
        events = protocol.events_received()
        for event in events:  # what came with the answer
            self._take(event)
        answers = [event for event in events if isinstance(event, Response)]
        if protocol.state is CONNECTING or protocol.handshake_exc is not None:
            answer = answers[0] if answers else getattr(protocol.handshake_exc, "response", None)
            if isinstance(answer, Response) and answer.status_code != 101:
                raise Refused(answer.status_code, bytes(answer.body or b""))
            if isinstance(protocol.handshake_exc, InvalidHandshake) and answers:
                raise Differs("a handshake by RFC 6455", str(protocol.handshake_exc))
            raise Refused(0, b"")

    # --- out ---

    async def send(self, message: bytes | str) -> None:
        """Sends a message, in the forms that are asked for.

        Raises:
            Ended: the connection has ended.
        """
        is_text = isinstance(message, str)
        data = message.encode() if isinstance(message, str) else message
        self._seen("out", data, is_text)
        if self._protocol.state is not OPEN:
            raise Ended("the connection is closed")
        begin = self._protocol.send_text if is_text else self._protocol.send_binary
        if "fragmented" in self._forms and len(data) > 1:
            size = -(-len(data) // _PARTS)
            pieces = [data[at : at + size] for at in range(0, len(data), size)]
            begin(pieces[0], fin=False)
            for piece in pieces[1:-1]:
                self._protocol.send_continuation(piece, fin=False)
            self._protocol.send_continuation(pieces[-1], fin=True)
        else:
            begin(data)
        await self._flush()

    async def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are, beside the protocol."""
        self._seen("out", data, False)
        await self._stream.send(data)

    async def ping(self, payload: bytes = b"") -> None:
        """Sends a ping frame (RFC 6455, 5.5.2)."""
        self._protocol.send_ping(payload)
        await self._flush()

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Sends a close frame; the answer comes as `Closed`."""
        if self._protocol.state is OPEN:
            self._protocol.send_close(code, reason)
            with suppress(Ended):
                await self._flush()

    async def leave(self) -> None:
        """Lets go of the connection."""
        if self._reader is not None:
            self._reader.cancel()
            with suppress(asyncio.CancelledError):
                await self._reader
        await self._stream.leave()

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                await self._stream.send(data)

    # --- in ---

    @property
    def pongs(self) -> list[bytes]:
        """Payloads of the pong frames that have come."""
        return self._pongs

    @property
    def over(self) -> bool:
        """Whether the connection has ended."""
        return self._over

    async def receive(self, patience: float) -> bytes | str | Closed | None:
        """The next that comes; None when nothing does for so many real seconds."""
        try:
            async with asyncio.timeout(patience):
                while not self._queue:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return None
        found = self._queue[0]
        # The end stays: whoever asks again is told again.
        return found if isinstance(found, Closed) else self._queue.popleft()

    async def _read(self) -> None:
        protocol = self._protocol
        with suppress(Ended):  # answers to what came with the handshake
            await self._flush()
        while True:
            try:
                data = await self._stream.receive()
            except Ended:
                data = b""
            if data:
                protocol.receive_data(data)
            else:
                protocol.receive_eof()
            for event in protocol.events_received():
                self._take(event)
            with suppress(Ended):
                await self._flush()
            if not data:
                break
        self._over = True
        self._put(Closed(protocol.close_code or 1006, protocol.close_reason or ""))

    def _take(self, event: object) -> None:
        if not isinstance(event, Frame):
            return
        if event.opcode is Opcode.PONG:
            self._pongs.append(bytes(event.data))
            self._arrived.set()
            return
        if event.opcode not in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
            return
        if event.opcode is not Opcode.CONT:
            self._is_text, self._parts = event.opcode is Opcode.TEXT, []
        self._parts.append(bytes(event.data))
        if event.fin:
            data = b"".join(self._parts)
            self._seen("in", data, self._is_text)
            self._count += 1
            if self._count > _MOST_MESSAGES:
                self._give_up(1008, f"more than {_MOST_MESSAGES} messages")
                return
            try:
                self._put(data.decode() if self._is_text else data)
            except UnicodeDecodeError:
                self._give_up(1007, "a text that is not UTF-8")

    def _give_up(self, code: int, reason: str) -> None:
        """The endpoint does what no conversation can go on after: as far as the case is concerned, it has ended."""
        self._over = True
        self._put(Closed(code, reason))
        self._stream.drop()

    def _put(self, found: bytes | str | Closed) -> None:
        self._queue.append(found)
        self._arrived.set()
