"""WebSocket: carries one connection's messages to the hub and what leaves by it back.

aiohttp reads the handshake. Then the connection is taken over, and this is its protocol: what comes is handed to the
hub as it comes, what leaves is written at once. Neither a task nor a queue stands in between, and an idle connection
has none. How frames are read and made is in `frames.py`, how a connection ends so that the peer sees why in
`closing.py`.

Nothing of any vendor lives here, and no decision: a conversation says what to send, when, and when to close.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple, cast

from aiohttp import web

from avatarwire.fakeserver.close_codes import SENDABLE, may_be_sent
from avatarwire.fakeserver.effects import Accept, Close, Conversation, Effects, Framed, Incoming, Leaving, Send
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.transports.closing import CLOSE_PATIENCE, linger
from avatarwire.fakeserver.transports.cutting import cut, silence
from avatarwire.fakeserver.transports.frame_forms import formed
from avatarwire.fakeserver.transports.frames import (
    BINARY,
    CLOSE,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    Fault,
    Reader,
    close_frame,
    frame,
)
from avatarwire.fakeserver.transports.handing_over import Giver, HandedOver, Home, switching_protocols
from avatarwire.fakeserver.transports.stand_ins import MISFRAMED, NOBODY, NOWHERE

__all__ = ["Connection"]

GOING_AWAY: Final = 1001
NO_CODE: Final = 1005
"""The peer's close frame had no code; never sent."""
ABNORMAL: Final = 1006
"""No close frame came; never sent."""
INTERNAL_ERROR: Final = 1011

_AT_ONCE: Final = 64 * 1024
"""Bytes that are written in one piece. Where more is to be sent, the peer's pace counts in between."""


class Connection(asyncio.Protocol):
    """One open WebSocket connection.

    Args:
        hub: where its messages go, and what it sends comes from.
        accepted: who talks on it, and under which limits.
        id: of the connection.
        ended: called with this once it has ended.

    Attributes:
        id, transport, session, header_bytes, over: as of every `Carrier`.
        was_open, connection_id: as of every connection of a port.
    """

    __slots__ = (
        "_close_sent",
        "_conversation",
        "_full",
        "_has_ended",
        "_home",
        "_hub",
        "_hung",
        "_is_over",
        "_is_paused",
        "_opened",
        "_outbox",
        "_patience",
        "_reader",
        "_taking",
        "_unsent",
        "_waited_for",
        "_wire",
        "header_bytes",
        "id",
        "over",
        "session",
        "transport",
        "was_open",
    )

    def __init__(
        self,
        hub: Hub,
        accepted: Accept,
        id: str,  # noqa: A002 - it is one
        ended: Callable[[Connection], object] = lambda _: None,
    ) -> None:
        self.id: Final = id
        self.transport: Final[Transport] = "ws"
        self.was_open = True
        self.session: Final = accepted.session
        self.header_bytes: Final = accepted.header_bytes
        self.over = False
        self._hung = False
        self._hub = hub
        self._conversation: Conversation = accepted.conversation
        self._reader = Reader(accepted.largest)
        self._wire: asyncio.Transport | None = None
        self._home: Home = NOWHERE
        self._outbox: list[bytes | _Last] | None = None
        """What waits to be written; None for nothing, as nearly always."""
        self._unsent = 0
        """Bytes of it that have come together since the last time."""
        self._taking = False
        self._full = False
        """Whether the peer takes what is written slower than it is written."""
        self._is_paused = False
        self._close_sent = False
        self._patience: asyncio.TimerHandle | None = None
        self._opened = False
        self._is_over = False
        self._waited_for: asyncio.Event | None = None
        self._has_ended = ended

    @property
    def connection_id(self) -> str:
        """Its id, as ports call it."""
        return self.id

    def take_over(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers the handshake and takes the connection over; from then on it is served, until it ends."""
        hub = self._hub
        try:
            wire, self._home, rest = cast("Giver", request.protocol).hand_over(self)
        except ConnectionError:  # the peer has not waited for the answer
            self._end(ABNORMAL, "")
            return HandedOver()
        wire.write(switching_protocols(request.headers))
        self._wire = wire
        hub.journal.note("connected", session=self.session, connection=self.id)
        hub.join(self)
        self._opened = True
        self._reader.feed(rest)
        self._taking = True
        hub.run(self._conversation.opened, self)
        self._go_on()
        return HandedOver()

    def perform(self, effects: Effects) -> None:
        """Carries out effects that no message of the peer caused; called in the loop's thread.

        Timers are set on return, and what is to be sent is on its way, in order.
        """
        if not self._is_over:
            self._hub.perform(effects, self)

    def abandon(self, close: Close) -> None:
        """Closes, and has nobody talk on the connection any more."""
        self._conversation = NOBODY
        self._outbox = None
        if self._hung and self._wire is not None:
            self._wire.abort()
        elif not self._is_over:
            self._hub.pass_on(close, self)

    def leave(self) -> None:
        """Closes because the server stops."""
        self.perform([Close(GOING_AWAY, "server stops")])

    async def ended(self) -> None:
        """Waits until the connection is over."""
        if not self._is_over:
            if self._waited_for is None:
                self._waited_for = asyncio.Event()
            await self._waited_for.wait()

    # What the hub says

    def write(self, effect: Leaving) -> None:
        """Sends a message, or closes; what is written first arrives first.

        Raises:
            TypeError: no WebSocket carries it.
            ValueError: a close frame cannot have this code or this reason. Nothing is closed then.
        """
        if isinstance(effect, Send):
            data, opcode = effect.data, TEXT if effect.is_text else BINARY
            if isinstance(data, str):
                data, opcode = data.encode(), TEXT
            if type(effect) is Framed:
                self._put(formed(effect.form, opcode, data, effect.frames))
            else:
                self._put(frame(opcode, data))
        elif isinstance(effect, Close):
            reason = _checked(effect)
            self._close()
            self._put(_Last(partial(self._say_close, effect.code, reason)))
        else:
            raise TypeError(f"a WebSocket carries no {type(effect).__name__}")

    def cut(self, *, reset: bool) -> None:
        """Ends the connection without a close frame, behind what was sent before."""
        self.over = True
        self._put(_Last(lambda: cut(self._wire, reset=reset)))

    def hang(self) -> None:
        """Has nothing be sent any more behind what was, not even what answers a ping or a close frame."""
        self.over = self._hung = True
        self._put(_Last(lambda: silence(self._wire)))

    def failed(self, cause: Incoming | None) -> None:
        """Closes with 1011."""
        self._hub.leave(Close(INTERNAL_ERROR, "the fake server failed"), self)

    # What comes

    def data_received(self, data: bytes) -> None:
        self._home.received += 1
        reader = self._reader
        payload = None if self._full else reader.whole(data)
        if payload is None:
            reader.feed(data)
            if not self._is_paused:
                self._go_on()
        elif not self.over:
            self._taking = True
            self._hub.enter(self, payload, self._conversation, raw=payload)
            self._taking = False
            if self._outbox is not None:
                self._flush()

    def eof_received(self) -> bool:
        """A WebSocket is over when either side ends."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._home.lost(self)
        self._end(ABNORMAL, "")

    def _go_on(self) -> None:
        """Takes what is complete of what has come. The peer is listened to no faster than it takes the answers.

        What comes of a message is sent once it is dealt with. What comes after our close frame is dropped (RFC 6455,
        1.4).
        """
        reader = self._reader
        self._taking = True
        while not self._full and not self._hung and (message := reader.next()) is not None:
            kind, payload, text = message
            if kind == BINARY:
                if not self.over:
                    self._hub.enter(self, payload, self._conversation, raw=payload)
            elif kind == TEXT:
                if not self.over:
                    self._hub.enter(self, text, self._conversation, raw=payload)
            elif kind == PING:
                self._pong(payload)
            elif kind == CLOSE:
                self._taking = False
                self._answer_close(int.from_bytes(payload[:2], "big"))
                return
            if self._unsent >= _AT_ONCE:
                self._flush()
        self._taking = False
        if self._outbox is not None:
            self._flush()
        if reader.fault is not None:
            self._break_off(reader.fault)
        elif self._full and self._wire is not None:
            self._is_paused = True
            self._wire.pause_reading()

    def _pong(self, payload: bytes) -> None:
        """Answers a ping."""
        if not self.over:
            self._put(frame(PONG, payload))

    # What goes

    def _put(self, item: bytes | _Last) -> None:
        outbox = self._outbox
        if outbox is None:
            self._outbox = [item]
        else:
            outbox.append(item)
        if not self._taking:
            self._flush()
        elif type(item) is bytes:
            self._unsent += len(item)

    def _flush(self) -> None:
        """Writes what is to be written, as far as the peer keeps up."""
        outbox, wire = self._outbox, self._wire
        if outbox is None or wire is None:
            return
        self._unsent = 0
        if len(outbox) == 1 and type(only := outbox[0]) is bytes and not self._full:
            # One answer, the usual case.
            self._outbox = None
            if not wire.is_closing():
                wire.write(only)
            return
        at, end = 0, len(outbox)
        while at < end and not self._full:
            item = outbox[at]
            at += 1
            if isinstance(item, _Last):
                item.action()
                continue
            first, size = at - 1, len(item)
            while at < end and size < _AT_ONCE and isinstance(more := outbox[at], bytes):
                size += len(more)
                at += 1
            if not wire.is_closing():
                wire.write(item if at - first == 1 else b"".join(cast("list[bytes]", outbox[first:at])))
        if at == end:
            self._outbox = None
        else:
            del outbox[:at]

    def pause_writing(self) -> None:
        self._full = True

    def resume_writing(self) -> None:
        self._full = False
        self._flush()
        if self._is_paused and not self._full and self._wire is not None:
            self._is_paused = False
            self._wire.resume_reading()
            self._go_on()

    # The end

    def _close(self) -> None:
        self.over = True
        self._hub.forget(self.id)
        if self._wire is not None:
            # The peer may neither read nor answer.
            self._patience = asyncio.get_running_loop().call_later(CLOSE_PATIENCE, self._wire.abort)

    def _say_close(self, code: int, reason: bytes = b"") -> None:
        """Sends a close frame, unless one was sent; a code of 0 sends one without code."""
        if self._close_sent or self._wire is None:
            return
        self._close_sent = True
        if not self._wire.is_closing():
            self._wire.write(close_frame(code, reason))

    def _answer_close(self, code: int) -> None:
        """The peer has closed: it gets the same code, and nothing else any more."""
        self.over = True
        self._flush()
        self._outbox = None
        self._say_close(code)
        if self._wire is not None:
            self._wire.close()
        self._end(code or NO_CODE, "")

    def _break_off(self, fault: Fault) -> None:
        """What the peer sends cannot be read: it is told why, and gets the time to read that."""
        if self._wire is None or self._is_over:
            return
        reason = fault.told.encode() if fault.code == PROTOCOL_ERROR else b""
        self._say_close(fault.code, reason)
        if fault.finding is not None:
            self._hub.enter(self, fault.finding, MISFRAMED, raw=fault.head, meta={"fault": fault.told})
        self.over = True
        linger(self._wire, partial(self._end, fault.code, fault.told))

    def _end(self, code: int, fault: str) -> None:
        """It is over: the peer's close code and what went wrong, if anything."""
        if self._is_over:
            return
        self.over = self._is_over = True
        self._has_ended(self)
        self._hub.part(self)
        if self._opened:
            self._hub.run(self._conversation.closed)
        if self._patience is not None:
            self._patience.cancel()
        if self._waited_for is not None:
            self._waited_for.set()
        self._hub.journal.note("disconnected", session=self.session, connection=self.id, code=code, fault=fault)


class _Last(NamedTuple):
    """What is done to a connection once everything before is sent."""

    action: Callable[[], object]


def _checked(effect: Close) -> bytes:
    """The reason of a close that a frame can have, before anything counts as closed.

    Raises:
        ValueError: of the code, or of half a surrogate in the reason.
    """
    if not may_be_sent(effect.code):
        raise ValueError(f"expected {SENDABLE}, got {effect.code}")
    return effect.reason.encode()
