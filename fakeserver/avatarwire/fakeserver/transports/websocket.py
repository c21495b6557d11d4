"""WebSocket by aiohttp: carries one connection's messages to the hub and what leaves by it back.

Nothing of any vendor lives here, and no decision: a conversation says what to send, when, and when to close. How a
connection is closed so that the peer sees why is in `closing.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from aiohttp import ClientConnectionError, WSMsgType, web

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.close_codes import SENDABLE, may_be_sent
from avatarwire.fakeserver.effects import Accept, Close, Conversation, Effects, Incoming, Leaving, Send
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.transports.closing import CLOSE_PATIENCE, Socket, linger
from avatarwire.fakeserver.transports.cutting import cut, silence

__all__ = ["Connection"]

GOING_AWAY: Final = 1001
NO_CODE: Final = 1005
"""The peer's close frame had no code; never sent."""
ABNORMAL: Final = 1006
"""No close frame came; never sent."""
INVALID_TEXT: Final = 1007
INTERNAL_ERROR: Final = 1011

# Reaching a member through its enumeration takes longer than comparing it.
_BINARY: Final = WSMsgType.BINARY
_TEXT: Final = WSMsgType.TEXT
_CLOSE: Final = WSMsgType.CLOSE
_ERROR: Final = WSMsgType.ERROR

_GONE: Final = (ConnectionError, ClientConnectionError, RuntimeError)
"""What sending raises when the peer is gone."""


class Connection:
    """One open WebSocket connection.

    Args:
        hub: where its messages go, and what it sends comes from.
        accepted: who talks on it, and under which limits.
        id: of the connection.
        ended: called with this once it has ended.

    Attributes:
        id, transport, session, header_bytes, over: as of every `Carrier`.
    """

    def __init__(
        self,
        hub: Hub,
        accepted: Accept,
        id: str,  # noqa: A002 - it is one
        ended: Callable[[Connection], object] = lambda _: None,
    ) -> None:
        self.id: Final = id
        self.transport: Final[Transport] = "ws"
        self.session: Final = accepted.session
        self.header_bytes: Final = accepted.header_bytes
        self.over = False
        self._hung = False
        self._hub = hub
        self._conversation: Conversation = accepted.conversation
        self._socket = Socket(accepted.largest)
        self._wire: asyncio.Transport | None = None
        self._outbox: deque[Send | Close | _Last] = deque()
        self._taking = False
        self._sending = asyncio.Lock()
        self._sender: asyncio.Future[None] | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._opened = False
        self._ended = asyncio.Event()
        self._has_ended = ended

    async def run(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Serves the connection until it ends."""
        code, fault = ABNORMAL, ""
        hub, journal = self._hub, self._hub.journal
        try:
            await self._socket.prepare(request)
            self._socket.framing = getattr(request.protocol, "framing", None)
            self._wire = request.transport
            journal.note("connected", session=self.session, connection=self.id)
            hub.join(self)
            self._opened = True
            hub.run(self._conversation.opened, self)
            code, fault = await self._listen()
            if fault:
                await linger(request)
        finally:
            self._end()
            journal.note("disconnected", session=self.session, connection=self.id, code=code, fault=fault)
        return self._socket

    def perform(self, effects: Effects) -> None:
        """Carries out effects that no message of the peer caused; called in the loop's thread.

        Timers are set on return, and what is to be sent is on its way, in order.
        """
        if not self._ended.is_set():
            self._hub.perform(effects, self)

    def abandon(self, close: Close) -> None:
        """Closes, and has nobody talk on the connection any more."""
        self._conversation = _NOBODY
        self._outbox.clear()
        if self._hung and self._wire is not None:
            self._wire.abort()
        elif not self._ended.is_set():
            self._hub.pass_on(close, self)

    def leave(self) -> None:
        """Closes because the server stops."""
        self.perform([Close(GOING_AWAY, "server stops")])

    async def ended(self) -> None:
        """Waits until `run` is over."""
        await self._ended.wait()

    # What the hub says

    def write(self, effect: Leaving) -> None:
        """Sends a message, or closes; what is written first arrives first.

        Raises:
            TypeError: no WebSocket carries it.
            ValueError: a close frame cannot have this code or this reason. Nothing is closed then.
        """
        if isinstance(effect, Close):
            _check_close(effect)
            self._close()
        elif not isinstance(effect, Send):
            raise TypeError(f"a WebSocket carries no {type(effect).__name__}")
        self._put(effect)

    def _put(self, effect: Send | Close | _Last) -> None:
        self._outbox.append(effect)
        # What comes of a message of the peer is sent once it is dealt with.
        if self._taking:
            return
        if not self._sending.locked() and (self._sender is None or self._sender.done()):
            self._sender = asyncio.ensure_future(self._flush())

    def cut(self, *, reset: bool) -> None:
        """Ends the connection without a close frame, behind what was sent before."""
        self.over = True
        self._at_last(partial(cut, self._wire, reset=reset))

    def hang(self) -> None:
        """Has nothing be sent any more behind what was, not even what answers a ping or a close frame."""
        self.over = self._hung = True
        self._at_last(partial(silence, self._wire))

    def _at_last(self, action: Callable[[], object]) -> None:
        """Does something to the connection once what was written is sent."""
        if self._outbox or self._sending.locked():
            self._put(_Last(action))
        else:
            action()

    def failed(self, cause: Incoming | None) -> None:
        """Closes with 1011."""
        self._hub.leave(Close(INTERNAL_ERROR, "the fake server failed"), self)

    # Messages

    async def _listen(self) -> tuple[int, str]:
        """Takes messages until the connection ends; gives back the peer's close code and what went wrong, if anything.

        What comes after our close frame is dropped (RFC 6455, 1.4).
        """
        socket, outbox, conversation = self._socket, self._outbox, self._conversation
        enter = self._hub.enter
        while True:
            try:
                message = await socket.receive()
            except (ConnectionError, ClientConnectionError):  # while a ping was answered
                return ABNORMAL, ""
            kind = message.type
            if kind is _BINARY or kind is _TEXT:
                if not self.over:
                    data = message.data
                    self._taking = True
                    enter(self, data, conversation, raw=data if kind is _BINARY else data.encode())
                    self._taking = False
            elif kind is _CLOSE:
                self.over = True
                outbox.clear()
                await socket.answer_close(message.data)
                return message.data or NO_CODE, ""
            elif kind is _ERROR:
                code = int(getattr(message.data, "code", ABNORMAL))
                return code, self._broken(code) or str(message.data)
            else:
                return ABNORMAL, ""
            # The peer is listened to no faster than it takes the answers.
            if outbox:
                first = outbox[0]
                if type(first) is Send and len(outbox) == 1 and not self._sending.locked():
                    # One answer and nobody else sending, the usual case, needs no turn: it is written at once.
                    outbox.clear()
                    try:
                        await self._send(first)
                    except _GONE:
                        outbox.clear()
                else:
                    await self._flush()

    def _broken(self, code: int) -> str:
        """What is wrong with the frame that has ended the connection; empty for none. The journal knows then."""
        fault = self._socket.fault
        finding, head = (_NO_UTF_8, b"") if fault is None and code == INVALID_TEXT else fault or (None, b"")
        if finding is None:
            return ""
        self._hub.enter(self, finding, _MISFRAMED, raw=head, meta={"fault": str(finding)})
        return str(finding)

    async def _flush(self) -> None:
        """Sends what is to be sent, or waits until another call of this has done so."""
        async with self._sending:
            while self._outbox:
                effect = self._outbox.popleft()
                try:
                    if isinstance(effect, Send):
                        await self._send(effect)
                    elif isinstance(effect, _Last):
                        effect.action()
                    else:
                        await self._socket.close(code=effect.code, message=effect.reason.encode())
                except _GONE:
                    # The receiving side notices and ends the connection.
                    self._outbox.clear()

    async def _send(self, effect: Send) -> None:
        data = effect.data
        if isinstance(data, bytes) and effect.is_text:
            await self._socket.send_frame(data, _TEXT)
        elif isinstance(data, bytes):
            await self._socket.send_bytes(data)
        else:
            await self._socket.send_str(data)

    # The end

    def _close(self) -> None:
        self.over = True
        self._hub.forget(self.id)
        if self._wire is not None:
            # The peer may neither read nor answer.
            self._patience = asyncio.get_running_loop().call_later(CLOSE_PATIENCE, self._wire.abort)

    def _end(self) -> None:
        self.over = True
        self._ended.set()
        self._has_ended(self)
        self._hub.part(self)
        if self._opened:
            self._hub.run(self._conversation.closed)
        if self._sender is not None:
            self._sender.cancel()
        if self._patience is not None:
            self._patience.cancel()


class _Last(NamedTuple):
    """What is done to a connection once everything before is sent."""

    action: Callable[[], object]


class _Nobody:
    """Talks on a connection that is over."""

    def opened(self, now: float) -> Effects:
        del now
        return ()

    def closed(self, now: float) -> Effects:
        del now
        return ()

    def read(self, data: bytes | str, now: float) -> Incoming:
        del data, now
        return Incoming()

    def take(self, received: Incoming, now: float) -> Effects:
        del received, now
        return ()


_NOBODY: Final = _Nobody()


class _Misframed:
    """Notes what breaks the framing: there is no message in it."""

    def read(self, data: Finding, now: float) -> Incoming:
        del now
        return Incoming(violations=(data,))

    def take(self, received: Incoming, now: float) -> Effects:
        del received, now
        return ()


_MISFRAMED: Final = _Misframed()
_NO_UTF_8: Final = Finding("RFC6455-8.1", "", "a text is not UTF-8", "UTF-8, or a binary message")


def _check_close(effect: Close) -> None:
    """Holds a close against what a frame can have, before anything counts as closed.

    Raises:
        ValueError: of the code, or of half a surrogate in the reason.
    """
    if not may_be_sent(effect.code):
        raise ValueError(f"expected {SENDABLE}, got {effect.code}")
    effect.reason.encode()
