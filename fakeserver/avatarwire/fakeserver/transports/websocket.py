"""WebSocket by aiohttp: carries one connection's messages to a conversation and its effects back.

Nothing of any vendor lives here, and no decision: a conversation says what to send, when, and when to close. How a
connection is closed so that the peer sees why is in `closing.py`.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol, TypeVar

from aiohttp import ClientConnectionError, WSMsgType, web

from avatarwire.fakeserver.clock import Clock, Timer
from avatarwire.fakeserver.effects import Await, Cancel, Close, Effect, Effects, Later, Received, Send, SendText
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.transports.closing import CLOSE_PATIENCE, Socket, linger

__all__ = ["Connection", "Conversation", "is_handshake"]

_Content = TypeVar("_Content", bytes, str)

GOING_AWAY: Final = 1001
NO_CODE: Final = 1005
"""The peer's close frame had no code; never sent."""
ABNORMAL: Final = 1006
"""No close frame came; never sent."""
INTERNAL_ERROR: Final = 1011

# Reaching a member through its enumeration takes longer than comparing it.
_BINARY: Final = WSMsgType.BINARY
_TEXT: Final = WSMsgType.TEXT
_CLOSE: Final = WSMsgType.CLOSE
_ERROR: Final = WSMsgType.ERROR

_GONE: Final = (ConnectionError, ClientConnectionError, RuntimeError)
"""What sending raises when the peer is gone."""


def is_handshake(request: web.BaseRequest) -> bool:
    """Whether a request asks for a WebSocket, and does so properly."""
    try:
        return web.WebSocketResponse().can_prepare(request).ok
    except ValueError:
        # aiohttp repeats a header in its refusal, which cannot be written if the header is no UTF-8.
        return False


class Conversation(Protocol):
    """What talks on a connection."""

    def opened(self) -> list[Effect]:
        """The connection is open."""
        ...

    def receive(self, data: bytes) -> tuple[Received, list[Effect]]:
        """A binary message has come."""
        ...

    def receive_text(self, text: str) -> tuple[Received, list[Effect]]:
        """A text message has come."""
        ...

    def closed(self) -> list[Effect]:
        """The connection is gone."""
        ...


class Connection:
    """One open WebSocket connection.

    Args:
        conversation: what talks on it.
        journal, clock: of the server.
        session: id under which the journal has its messages.
        max_message_bytes: larger messages close the connection with 1009, however they are fragmented.
        header_bytes: bytes before the audio in a binary message; they stay readable in the journal.
        changed: called after every message with its catalogue id, and with an empty text after everything else by
            which state may have changed.
    """

    def __init__(
        self,
        conversation: Conversation,
        journal: Journal,
        clock: Clock,
        *,
        session: str,
        max_message_bytes: int,
        header_bytes: int = 0,
        changed: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._conversation = conversation
        self._journal = journal
        self._frame = journal.frame
        self._clock = clock
        self._session = session
        self._header_bytes = header_bytes
        self._changed = changed
        self._socket = Socket(max_message_bytes)
        self._transport: asyncio.Transport | None = None
        self._outbox: deque[Send | SendText | Close] = deque()
        self._sending = asyncio.Lock()
        self._sender: asyncio.Future[None] | None = None
        self._closing = False
        self._timers: dict[str, Timer] = {}
        self._unnamed: set[Timer] = set()
        self._awaited: dict[object, asyncio.Future[object]] = {}
        self._tasks: set[asyncio.Future[object] | asyncio.Future[None]] = set()
        self._patience: asyncio.TimerHandle | None = None
        self._over = asyncio.Event()

    async def run(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Serves the connection until it ends."""
        code, fault = ABNORMAL, ""
        try:
            await self._socket.prepare(request)
            self._transport = request.transport
            self._journal.note("connected", session=self._session)
            self._attempt(self._conversation.opened)
            code, fault = await self._listen()
            if fault:
                await linger(request)
        finally:
            self._end()
            self._journal.note("disconnected", session=self._session, code=code, fault=fault)
        return self._socket

    def perform(self, effects: Effects) -> None:
        """Carries out effects that no message of the peer caused; called in the loop's thread.

        Timers are set on return, and what is to be sent is on its way, in order.
        """
        self._attempt(lambda: effects)

    def leave(self) -> None:
        """Closes because the server stops."""
        self._attempt(lambda: [Close(GOING_AWAY, "server stops")])

    async def ended(self) -> None:
        """Waits until `run` is over, and what it was waiting for has been given up."""
        await self._over.wait()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=CLOSE_PATIENCE)

    # Messages

    async def _listen(self) -> tuple[int, str]:
        """Takes messages until the connection ends; gives back the peer's close code and what went wrong, if anything.

        What comes after our close frame is dropped (RFC 6455, 1.4).
        """
        socket, outbox = self._socket, self._outbox
        conversation, take = self._conversation, self._take
        while True:
            try:
                message = await socket.receive()
            except (ConnectionError, ClientConnectionError):  # while a ping was answered
                return ABNORMAL, ""
            kind = message.type
            if kind is _BINARY:
                if not self._closing:
                    take(message.data, message.data, conversation.receive)
            elif kind is _TEXT:
                if not self._closing:
                    take(message.data, message.data.encode(), conversation.receive_text)
            elif kind is _CLOSE:
                self._closing = True
                outbox.clear()
                await socket.answer_close(message.data)
                return message.data or NO_CODE, ""
            elif kind is _ERROR:
                return int(getattr(message.data, "code", ABNORMAL)), str(message.data)
            else:
                return ABNORMAL, ""
            # The peer is listened to no faster than it takes the answers.
            if outbox:
                first = outbox[0]
                if type(first) is Send and len(outbox) == 1 and not self._sending.locked():
                    # One answer and nobody else sending, the usual case, needs no turn: it is written at once.
                    outbox.clear()
                    try:
                        await socket.send_bytes(first.data)
                    except _GONE:
                        outbox.clear()
                else:
                    await self._flush()

    def _take(
        self, content: _Content, raw: bytes, receive: Callable[[_Content], tuple[Received, list[Effect]]]
    ) -> None:
        try:
            received, effects = receive(content)
        except Exception as failure:
            self._journal.record("ws", "in", raw=raw, session=self._session)
            self._failed(failure)
            return
        message = received.message
        if received.audio or received.deviations or received.violations:
            self._journal.record(
                "ws",
                "in",
                message,
                raw=raw,
                body=received.body,
                session=self._session,
                deviations=received.deviations,
                violations=received.violations,
                audio=received.audio,
                prefix=self._header_bytes,
            )
        else:
            self._frame("in", message, raw, received.body, self._session)
        if effects:
            self._carry_out(effects)
        self._changed(message)

    def _attempt(self, action: Callable[[], Effects]) -> None:
        """Carries out what an action leads to, and sees to it that it is sent."""
        if self._over.is_set():
            return
        try:
            effects = action()
        except Exception as failure:
            self._failed(failure)
        else:
            self._carry_out(effects)
        self._changed("")
        if self._outbox and not self._sending.locked() and (self._sender is None or self._sender.done()):
            self._sender = asyncio.ensure_future(self._flush())
            self._keep(self._sender)

    def _failed(self, failure: Exception) -> None:
        """A defect of the conversation: the journal is told where, the peer that it is not the peer's."""
        self._journal.note("the conversation failed", session=self._session, failure=whereabouts(failure))
        self._close(Close(INTERNAL_ERROR, "the fake server failed"))

    # Effects

    def _carry_out(self, effects: Effects) -> None:
        try:
            for effect in effects:
                if type(effect) is Send:
                    if not self._closing:
                        self._frame("out", effect.message, effect.data, effect.body, self._session)
                        self._outbox.append(effect)
                elif isinstance(effect, SendText):
                    if not self._closing:
                        self._frame("out", effect.message, effect.text.encode(), effect.body, self._session)
                        self._outbox.append(effect)
                elif isinstance(effect, Later):
                    self._later(effect)
                elif isinstance(effect, Cancel):
                    self._cancel(effect.key)
                elif isinstance(effect, Await):
                    self._await(effect)
                elif isinstance(effect, Close):
                    self._close(effect)
        except Exception as failure:
            self._failed(failure)

    def _close(self, effect: Close) -> None:
        if self._closing:
            return
        self._closing = True
        self._journal.note("closing", session=self._session, code=effect.code, reason=effect.reason)
        self._stop()
        self._outbox.append(effect)
        if self._transport is not None:
            # The peer may neither read nor answer.
            self._patience = asyncio.get_running_loop().call_later(CLOSE_PATIENCE, self._transport.abort)

    async def _flush(self) -> None:
        """Sends what is to be sent, or waits until another call of this has done so."""
        async with self._sending:
            while self._outbox:
                effect = self._outbox.popleft()
                try:
                    if isinstance(effect, Send):
                        await self._socket.send_bytes(effect.data)
                    elif isinstance(effect, SendText):
                        await self._socket.send_str(effect.text)
                    else:
                        await self._socket.close(code=effect.code, message=effect.reason.encode())
                except _GONE:
                    # The receiving side notices and ends the connection.
                    self._outbox.clear()

    def _later(self, effect: Later) -> None:
        self._cancel(effect.key)

        def due() -> None:
            if effect.key:
                self._timers.pop(effect.key, None)
            else:
                self._unnamed.discard(timer)
            self._attempt(effect.action)

        timer = self._clock.call_later(effect.delay, due)
        if effect.key:
            self._timers[effect.key] = timer
        else:
            self._unnamed.add(timer)

    def _await(self, effect: Await) -> None:
        self._cancel(effect.key)
        future = asyncio.ensure_future(effect.awaitable)
        name = effect.key or future
        self._awaited[name] = future
        self._keep(future)
        future.add_done_callback(partial(self._came, name, effect))

    def _came(self, name: object, effect: Await, future: asyncio.Future[object]) -> None:
        result: object = asyncio.CancelledError() if future.cancelled() else future.exception() or future.result()
        if self._awaited.get(name) is future:  # otherwise nobody waits for it any more
            del self._awaited[name]
            self._attempt(lambda: effect.then(result))

    def _cancel(self, key: str) -> None:
        if not key:
            return
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()
        if (future := self._awaited.pop(key, None)) is not None:
            future.cancel()

    # The end

    def _keep(self, task: asyncio.Future[object] | asyncio.Future[None]) -> None:
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _stop(self) -> None:
        """Gives up everything that has not happened yet."""
        for timer in (*self._timers.values(), *self._unnamed):
            timer.cancel()
        self._timers.clear()
        self._unnamed.clear()
        for future in self._awaited.values():
            future.cancel()
        self._awaited.clear()

    def _end(self) -> None:
        self._over.set()
        self._conversation.closed()
        self._stop()
        if self._sender is not None:
            self._sender.cancel()
        if self._patience is not None:
            self._patience.cancel()
