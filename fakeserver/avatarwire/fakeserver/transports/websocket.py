"""WebSocket by aiohttp: carries one connection's messages to a conversation and its effects back.

Nothing of any vendor lives here, and no decision: a conversation says what to send, when, and when to close.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, Protocol

from aiohttp import ClientConnectionError, WSMsgType, web

from avatarwire.fakeserver.clock import Clock, Timer
from avatarwire.fakeserver.exchange import Await, Cancel, Close, Effect, Effects, Later, Received, Send
from avatarwire.fakeserver.journal import Journal

__all__ = ["Connection", "Conversation"]

_CLOSE_PATIENCE: Final = 1.0
"""Real seconds to wait for the peer's close frame, after which the connection is cut."""

GOING_AWAY: Final = 1001


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
        changed: called after every message and every timer, as state may have changed.
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
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._conversation = conversation
        self._journal = journal
        self._clock = clock
        self._session = session
        self._header_bytes = header_bytes
        self._changed = changed
        self._socket = web.WebSocketResponse(
            timeout=_CLOSE_PATIENCE, max_msg_size=max_message_bytes, compress=False, autoclose=True, autoping=True
        )
        self._timers: dict[str, Timer] = {}
        self._unnamed: set[Timer] = set()
        self._tasks: dict[object, asyncio.Task[None]] = {}
        self._over = asyncio.Event()

    async def run(self, request: web.BaseRequest) -> web.WebSocketResponse:
        """Serves the connection until it ends."""
        socket = self._socket
        try:
            await socket.prepare(request)
            self._journal.note("connected", session=self._session)
            await self._perform(self._conversation.opened())
            while True:
                message = await socket.receive()
                if message.type is WSMsgType.BINARY:
                    received, effects = self._conversation.receive(message.data)
                    self._record(message.data, received)
                elif message.type is WSMsgType.TEXT:
                    received, effects = self._conversation.receive_text(message.data)
                    self._record(message.data.encode("utf-8", "replace"), received)
                else:
                    break
                if effects:
                    await self._perform(effects)
                self._changed()
        finally:
            self._over.set()
            self._end()
            self._journal.note(
                "disconnected", session=self._session, code=socket.close_code, fault=_told(socket.exception())
            )
        return socket

    def perform_soon(self, effects: Effects) -> None:
        """Carries out effects that no message of the peer caused; called in the loop's thread."""
        self._spawn(self._perform(effects), None)

    async def ended(self) -> None:
        """Waits until `run` is over."""
        await self._over.wait()

    async def leave(self) -> None:
        """Closes because the server stops."""
        self._stop_timers()
        with suppress(ConnectionError, ClientConnectionError, RuntimeError):
            await self._socket.close(code=GOING_AWAY, message=b"server stops")

    # Effects

    async def _perform(self, effects: Effects) -> None:
        # A frame is written before the first suspension of its sending, so what is performed first goes out first.
        for effect in effects:
            if type(effect) is Send:
                if not await self._send(effect):
                    return
            elif isinstance(effect, Later):
                self._later(effect)
            elif isinstance(effect, Cancel):
                self._cancel(effect.key)
            elif isinstance(effect, Await):
                self._spawn(self._wait(effect), effect.key or effect)
            elif isinstance(effect, Close):
                await self._close(effect)

    async def _send(self, effect: Send) -> bool:
        if self._socket.closed:
            return False
        self._journal.record(
            "ws", "out", effect.message, raw=effect.data, body=effect.body, session=self._session, mask=False
        )
        try:
            await self._socket.send_bytes(effect.data)
        except (ConnectionError, ClientConnectionError, RuntimeError):
            # The peer is gone; the receiving side notices and ends the connection.
            return False
        return True

    async def _close(self, effect: Close) -> None:
        self._journal.note("closing", session=self._session, code=effect.code, reason=effect.reason)
        with suppress(ConnectionError, ClientConnectionError, RuntimeError):
            await self._socket.close(code=effect.code, message=effect.reason.encode()[:120])

    def _later(self, effect: Later) -> None:
        self._cancel(effect.key)

        def due() -> None:
            if effect.key:
                self._timers.pop(effect.key, None)
            else:
                self._unnamed.discard(timer)
            self.perform_soon(effect.action())
            self._changed()

        timer = self._clock.call_later(effect.delay, due)
        if effect.key:
            self._timers[effect.key] = timer
        else:
            self._unnamed.add(timer)

    def _cancel(self, key: str) -> None:
        if not key:
            return
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()
        if (task := self._tasks.get(key)) is not None:
            task.cancel()

    async def _wait(self, effect: Await) -> None:
        result: object
        try:
            result = await effect.awaitable
        except Exception as failure:  # the user's function may raise anything; the conversation decides
            result = failure
        await self._perform(effect.then(result))
        self._changed()

    def _spawn(self, work: Awaitable[None], key: object) -> None:
        task = asyncio.ensure_future(work)
        name = key if key is not None else task
        self._tasks[name] = task
        task.add_done_callback(lambda done: self._forget(name, done))

    def _forget(self, name: object, task: asyncio.Task[None]) -> None:
        if self._tasks.get(name) is task:
            del self._tasks[name]

    # The end

    def _stop_timers(self) -> None:
        for timer in (*self._timers.values(), *self._unnamed):
            timer.cancel()
        self._timers.clear()
        self._unnamed.clear()

    def _end(self) -> None:
        self._conversation.closed()
        self._stop_timers()
        current = asyncio.current_task()
        for task in self._tasks.values():
            if task is not current:
                task.cancel()

    def _record(self, data: bytes, received: Received) -> None:
        self._journal.record(
            "ws",
            "in",
            received.message,
            raw=data,
            body=received.body,
            session=self._session,
            deviations=received.deviations,
            violations=received.violations,
            mask=False,
            audio=received.audio,
            prefix=self._header_bytes,
        )


def _told(fault: BaseException | None) -> str:
    return "" if fault is None else str(fault)
