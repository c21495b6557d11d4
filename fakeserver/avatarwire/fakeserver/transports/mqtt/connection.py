"""One connection of an MQTT client: its CONNECT in time, every packet checked, silence and its end noticed.

What the packets lead to is decided by the broker (`broker.py`). Packets are handed on one by one and in order, and read
no faster than the client takes the answers.
"""

from __future__ import annotations

import asyncio
from typing import Final, Protocol, cast

from avatarwire.fakeserver.clock import Clock, Timer
from avatarwire.fakeserver.transports.cutting import cut, silence
from avatarwire.fakeserver.transports.mqtt.hooks import Hooks, Limits
from avatarwire.fakeserver.transports.mqtt.packets import (
    PINGRESP,
    UNSUPPORTED_VERSION,
    Connect,
    Disconnect,
    Framer,
    Kind,
    Malformed,
    Packet,
    PingRequest,
    Refused,
    ReturnCode,
    connack,
)
from avatarwire.fakeserver.transports.mqtt.parsing import read_connect, read_packet
from avatarwire.fakeserver.transports.port import Port
from avatarwire.fakeserver.transports.strangers import no_mqtt

__all__ = ["LEAVE_PATIENCE", "Connection", "Host"]

LEAVE_PATIENCE: Final = 1.0
"""Real seconds that a peer has to close its side, after which the connection is cut."""

_GRACE: Final = 1.5
"""How many times its keep-alive a client may be silent [MQTT-3.1.2-24]."""

_CONNECT_FIRST: Final = Kind.CONNECT << 4


class Host(Protocol):
    """The broker that a connection belongs to."""

    def admit(self, connection: Connection, connect: Connect) -> None:
        """A client asks to be let in; `Connection.admitted` says that it is.

        Raises:
            Refused: it may not.
        """
        ...

    def take(self, connection: Connection, packet: Packet) -> None:
        """A client that is in has sent a packet."""
        ...

    def leave(self, connection: Connection, *, properly: bool, reason: str) -> None:
        """The connection of a client that was admitted is over; properly when it has said DISCONNECT."""
        ...


class Connection(asyncio.Protocol):
    """The connection of one client.

    Args:
        host: the broker.
        port: what it was accepted by.
        hooks: tells the journal.
        clock: of the server.
        limits: of what the client may take.

    Attributes:
        id: of the connection, for the journal.
        connect: the client's CONNECT, once it was admitted.
        client_id: the identifier it goes by.
        peer: its address and port.
        over: whether nothing more is taken from it.
    """

    def __init__(self, host: Host, port: Port, hooks: Hooks, clock: Clock, limits: Limits) -> None:
        self.id: Final = hooks.new_id()
        self.was_open = False
        self.connect: Connect | None = None
        self.client_id = ""
        self.peer: tuple[str, int] = ("", 0)
        self.over = False
        self._host = host
        self._port = port
        self._hooks = hooks
        self._clock = clock
        self._limits = limits
        self._framer = Framer(limits.packet_bytes)
        self._transport: asyncio.Transport | None = None
        self._taking = False
        self._held = False
        """Whether what comes waits for the client to be let in."""
        self._ended = ""
        """Why no more bytes come, once none do."""
        self._unsent: list[bytes] = []
        self._silent = False
        self._peer_is_slow = False
        self._connect_limit: Timer | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._last_heard = 0.0
        self._cut: asyncio.TimerHandle | None = None

    @property
    def connection_id(self) -> str:
        """Its id, by the name that every connection of a port has it."""
        return self.id

    # What asyncio says

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.was_open = True
        self._transport = cast("asyncio.Transport", transport)
        self._port.opened(self, self._transport)
        address: tuple[str, int] | None = transport.get_extra_info("peername")
        if address is not None:
            self.peer = address[:2]
        self._connect_limit = self._clock.call_later(self._limits.connect_seconds, self._too_late)

    def data_received(self, data: bytes) -> None:
        if self.over:
            return
        self._last_heard = asyncio.get_running_loop().time()
        self._framer.feed(data)
        self._go()

    def eof_received(self) -> bool:
        self._no_more("the client has closed the connection")
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._port.lost(self)
        if self._cut is not None:
            self._cut.cancel()
        self._no_more("the connection is lost" if exc is not None else "the client has closed the connection")

    def pause_writing(self) -> None:
        # A peer that does not take its answers is not listened to.
        self._peer_is_slow = True
        self._pace()

    def resume_writing(self) -> None:
        self._peer_is_slow = False
        self._pace()

    # What the broker says

    def send(self, data: bytes) -> None:
        """Sends whole packets, in the order of the calls; a peer that leaves too many unread is cut off."""
        if self._taking:
            self._unsent.append(data)
        else:
            self._write(data)

    def admitted(self, connect: Connect, client_id: str) -> None:
        """The client is in: it has nothing more to prove, and may not be silent for too long."""
        self.connect = connect
        self.client_id = client_id
        self._forget_limit()
        if connect.keep_alive:
            self._watch_over(connect.keep_alive * _GRACE)

    def close(self, reason: str, *, properly: bool = False) -> None:
        """Ends the connection: what was sent still arrives, but nothing more is taken."""
        if self.over:
            return
        self.over = True
        self._flush()
        self._forget_limit()
        if self._watch is not None:
            self._watch.cancel()
        if self.connect is not None:
            self._host.leave(self, properly=properly, reason=reason)
        self._hang_up()

    def cut(self, *, reset: bool) -> None:
        """Ends the connection without a word, behind what was sent before; the client's will is published."""
        self._flush()
        cut(self._transport, reset=reset)
        self.close("was cut")

    def hang(self) -> None:
        """Has nothing come on the connection any more, which stays open; what was sent before still arrives."""
        self._flush()
        self._silent = True
        self._forget_limit()
        if self._watch is not None:
            self._watch.cancel()
        silence(self._transport)

    # From bytes to packets

    def _go(self) -> None:
        """Takes the packets that are complete."""
        self._taking = True
        try:
            while not self.over and not self._held and self._next():
                pass
        except Malformed as fault:
            self._broke(fault)
            self.close("broke the protocol")
        finally:
            self._taking = False
            self._flush()

    def _broke(self, fault: Malformed) -> None:
        """What came is no MQTT; of somebody who speaks something else the journal says what."""
        data = self._framer.waiting
        mistake = no_mqtt(data) if self.connect is None else None
        if mistake is not None and self._hooks.answers:
            self.send(self._hooks.misread(self.id, data, mistake))
            return
        reason = str(fault) if mistake is None else f"{fault}; {mistake}"
        self._hooks.note("no MQTT", self.id, reason=reason, client_id=self.client_id, peer=self.peer[0])

    def _next(self) -> bool:
        """Takes one packet, if one is complete."""
        if self.connect is None and self._framer.first not in (None, _CONNECT_FIRST):
            raise Malformed("the first packet is no CONNECT [MQTT-3.1.0-1]")
        found = self._framer.next()
        if found is None:
            return False
        first, content = found
        if self.connect is None:
            self._admit(content)
            return True
        packet = read_packet(first, content)
        if type(packet) is PingRequest:
            self.send(PINGRESP)
        elif type(packet) is Disconnect:
            self.close("said DISCONNECT", properly=True)
        else:
            self._host.take(self, packet)
        return True

    def _admit(self, content: bytes) -> None:
        def go() -> None:
            self._held = False
            self._let_in(content)
            self._go()

        self._held = True
        if not self._hooks.connects(self.id, self, go, self._refuse):
            self._held = False
            self._let_in(content)

    def _refuse(self, code: int) -> None:
        self.send(connack(ReturnCode(code)))
        self.close("was refused")

    def _let_in(self, content: bytes) -> None:
        try:
            self._host.admit(self, read_connect(content, client_id_bytes=self._limits.client_id_bytes))
        except Refused as refusal:
            if refusal.code in (ReturnCode.BAD_LEVEL, UNSUPPORTED_VERSION):
                self._hooks.other_version(self.id, refusal.reason)
            self._hooks.note(
                "connection refused", self.id, reason=refusal.reason, code=int(refusal.code), peer=self.peer[0]
            )
            self.send(refusal.packet)
            self.close("was refused")

    def _no_more(self, reason: str) -> None:
        self._ended = self._ended or reason
        self._end()

    def _end(self) -> None:
        if self.connect is None and not self.over:
            self._hooks.note(
                "closed before a CONNECT was complete", self.id, peer=self.peer[0], bytes=len(self._framer)
            )
        self.close(self._ended)

    # Time

    def _too_late(self) -> None:
        self._connect_limit = None
        self._hooks.note("no CONNECT in time", self.id, seconds=self._limits.connect_seconds, peer=self.peer[0])
        self.close("sent no CONNECT")

    def _forget_limit(self) -> None:
        if self._connect_limit is not None:
            self._connect_limit.cancel()
            self._connect_limit = None

    def _watch_over(self, silence: float) -> None:
        """Closes the connection when nothing has come for so many real seconds; time goes by for the peer as well."""
        loop = asyncio.get_running_loop()

        def look() -> None:
            left = self._last_heard + silence - loop.time()
            if left > 0:
                self._watch = loop.call_later(left, look)
            else:
                self.close("was silent for longer than its keep-alive allows")

        self._watch = loop.call_later(silence, look)

    # Writing

    def _flush(self) -> None:
        if self._unsent:
            data = b"".join(self._unsent)
            self._unsent.clear()
            self._write(data)

    def _write(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing() or self._silent:
            return
        transport.write(data)
        if transport.get_write_buffer_size() > self._limits.unsent_bytes:
            self._hooks.note("does not read what it is sent", self.id, client_id=self.client_id)
            transport.abort()

    def _pace(self) -> None:
        transport = self._transport
        if transport is None or transport.is_closing() or self.over or self._ended:
            return
        if self._peer_is_slow:
            transport.pause_reading()
        else:
            transport.resume_reading()

    def _hang_up(self) -> None:
        """Closes our side, and soon the whole: with data unread it would be a reset, and lose our last words."""
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        self._cut = asyncio.get_running_loop().call_later(LEAVE_PATIENCE, transport.abort)
        if self._ended or not transport.can_write_eof():
            transport.close()
        else:
            transport.resume_reading()
            try:
                transport.write_eof()
            except OSError:  # the peer has reset the connection, of which asyncio has not told yet
                transport.abort()
