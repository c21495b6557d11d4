"""The client of an MQTT broker elsewhere, such as Mosquitto or EMQX: hears clients' messages, publishes the answers.

It is written on the same packets and the same flow of messages as the broker in this process, and on asyncio's own
streams. A message is handed to the behaviour before it is acknowledged, and an answer is kept until it is, over any
number of connections: what the broker has got rid of is not lost, whenever it goes away. Client libraries queue what
they have acknowledged already, and connect in threads.

A broker elsewhere has rules of access of its own, and does not say who has published a message.
"""

from __future__ import annotations

import asyncio
import os
import ssl
from contextlib import suppress
from functools import partial
from typing import Final, cast

from avatarwire.fakeserver import effects
from avatarwire.fakeserver.effects import Delivery
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.transports.mqtt.address import BrokerAddress
from avatarwire.fakeserver.transports.mqtt.hooks import ClientCarrier, Hooks, Limits, MqttBehaviour
from avatarwire.fakeserver.transports.mqtt.inflight import Inflight
from avatarwire.fakeserver.transports.mqtt.packets import (
    DISCONNECT,
    PINGREQ,
    Ack,
    Answer,
    Connack,
    Connect,
    Framer,
    Kind,
    Malformed,
    Publish,
    ReturnCode,
    Suback,
    Subscribe,
    connect,
    subscribe,
)
from avatarwire.fakeserver.transports.mqtt.parsing import read_answer

__all__ = ["Bridge"]

_KEEP_ALIVE: Final = 10
"""Real seconds between our pings; one and a half times without any answer, and the connection is given up."""
_ANSWER_PATIENCE: Final = 5.0
"""Real seconds that a broker has to accept a connection, and our CONNECT and SUBSCRIBE."""
_STOP_PATIENCE: Final = 1.0
"""Real seconds that answers have to be acknowledged when the server stops."""
_SHORTEST_PAUSE: Final = 0.05
_LONGEST_PAUSE: Final = 5.0
"""Real seconds between attempts to connect: doubled each time."""
_LARGEST_PACKET: Final = 64 * 1024 * 1024
"""Bytes; what is beyond our limits but within this one is read and passed over, as the broker would send it again."""
_CONNACK_FIRST: Final = Kind.CONNACK << 4
_REFUSED: Final = 0x80
_QOS: Final = 2
"""What is subscribed with by default: a message is heard with the quality of service it was published with."""


class Bridge:
    """A broker at a URL. It is used once: after a stop, make a new one.

    Args:
        url: ``mqtt://user:password@host:port``, or ``mqtts://`` for TLS.
        topic_in: topic that clients publish to.
        behaviour: what happens to a message; it is not asked who may do what.
        hub: of the server.
        client_id: identifier to use there; no other client may use it.
        ssl_context: for TLS; by default certificates are verified by those of the system.
        patience: real seconds that a start tries for.
        limits: ``packet_bytes``, ``kept_messages``, ``kept_bytes`` and ``unsent_bytes`` count.
        qos: to subscribe with.

    Attributes:
        address: the URL read, with its credentials.

    Raises:
        FakeServerError: the URL cannot be used.
    """

    def __init__(
        self,
        url: str,
        *,
        topic_in: str,
        behaviour: MqttBehaviour,
        hub: Hub,
        client_id: str,
        ssl_context: ssl.SSLContext | None = None,
        patience: float = 5.0,
        limits: Limits | None = None,
        qos: int = _QOS,
    ) -> None:
        self.address = BrokerAddress.parse(url)
        self.topic_in = topic_in
        self.qos: Final = qos
        self.limits = Limits() if limits is None else limits
        self.hooks = Hooks(behaviour, hub)
        self.flow = Inflight(self.limits.kept_messages, self.limits.kept_bytes)
        self._client_id = client_id
        self._patience = patience
        self._ssl_context = ssl_context
        self._link: _Link | None = None
        """The connection by which messages go out, once it is that far."""
        self._online = asyncio.Event()
        self._all_out = asyncio.Event()
        self._stopping = asyncio.Event()
        self._trouble = ""
        """Why there is no connection."""
        self._was_online = False
        self._running: asyncio.Task[None] | None = None
        hub.publish = self.publish

    @property
    def url(self) -> str:
        """Where clients find the broker, without credentials."""
        return self.address.url

    @property
    def all_out(self) -> bool:
        """Whether the broker has acknowledged everything that was published."""
        return self.flow.all_done

    def __repr__(self) -> str:
        return f"<Bridge {self.url}>"

    # Life

    async def start(self) -> None:
        """Connects and subscribes.

        Raises:
            FakeServerError: it has been started before, the broker refuses us, or it cannot be reached in time.
        """
        if self._running is not None:
            raise FakeServerError("the client of the MQTT broker has been started already; make a new one")
        self._running = asyncio.create_task(self._run())
        online = asyncio.create_task(self._online.wait())
        try:
            await asyncio.wait({online, self._running}, timeout=self._patience, return_when=asyncio.FIRST_COMPLETED)
        finally:
            online.cancel()
        if not self._was_online:
            reason = self._trouble or "no answer in time"
            await self.stop()
            raise FakeServerError(f"the MQTT broker at {self.address.place} cannot be used: {reason}")

    def renew(self, behaviour: MqttBehaviour) -> None:
        """Has another behaviour stand behind it; the connections of clients are not ours and stay."""
        self.hooks.renew(behaviour)

    async def stop(self) -> None:
        """Publishes what is still to be published, if the broker takes it, and leaves nothing there."""
        running = self._running
        if running is None or self._stopping.is_set():
            return
        was_online = self._online.is_set()
        if was_online and not self.all_out:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._all_out.wait(), _STOP_PATIENCE)
        self._stopping.set()
        await asyncio.gather(running, return_exceptions=True)
        if was_online:
            await self._erase()

    async def _run(self) -> None:
        """Connects again and again until the server stops; gives up when the broker refuses us at the very start."""
        pause = _SHORTEST_PAUSE
        stopping = asyncio.create_task(self._stopping.wait())
        while not stopping.done():
            link = _Link(self)
            attempt = asyncio.create_task(self._connect(link))
            await asyncio.wait({attempt, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not attempt.done():
                attempt.cancel()
            elif attempt.result():
                ended = asyncio.create_task(link.ended.wait())
                await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
                link.leave()
                await ended
            if link.refused and not self._was_online:
                stopping.cancel()
            else:
                pause = _SHORTEST_PAUSE if link.was_online else min(pause * 2, _LONGEST_PAUSE)
                await asyncio.wait({stopping}, timeout=pause)

    async def _connect(self, link: _Link) -> bool:
        """Whether there is a connection."""
        tls = self._tls()
        try:
            async with asyncio.timeout(_ANSWER_PATIENCE):
                await asyncio.get_running_loop().create_connection(
                    lambda: link, self.address.host, self.address.port, ssl=tls
                )
        except TimeoutError:
            self._trouble = "no connection in time"
        except ssl.SSLCertVerificationError as fault:
            link.refused = True
            self._trouble = f"its certificate cannot be trusted, {fault.verify_message}"
        except OSError as fault:
            self._trouble = _in_words(fault)
        except Exception as failure:
            self._trouble = whereabouts(failure)
        else:
            return True
        return False

    def _tls(self) -> ssl.SSLContext | None:
        if self.address.scheme == "mqtt":
            return None
        if self._ssl_context is None:
            self._ssl_context = ssl.create_default_context()
        return self._ssl_context

    async def _erase(self) -> None:
        """Has the broker forget our session, which would collect messages for nobody."""
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(_STOP_PATIENCE):
                reader, writer = await asyncio.open_connection(self.address.host, self.address.port, ssl=self._tls())
                try:
                    writer.write(self.introduction(clean=True) + DISCONNECT)
                    await reader.read()
                finally:
                    writer.close()
                    await writer.wait_closed()

    def introduction(self, *, clean: bool = False) -> bytes:
        """Our CONNECT."""
        password = self.address.password
        return connect(
            Connect(
                self._client_id,
                clean,
                _KEEP_ALIVE,
                user=self.address.user,
                password=None if password is None else password.encode(),
            )
        )

    # Messages out

    def publish(self, publication: effects.Publish) -> None:
        """Publishes a message; in the loop; never raises.

        Without a connection it is kept until there is one, of which the journal has a note; it goes out, for the
        journal as well, when it does.
        """
        if self._running is None or self._stopping.is_set():
            return
        try:
            packet_id = self.flow.keep(publication, publication.qos)
            if not packet_id:
                self.hooks.not_sent(publication, "too many messages wait for the broker")
                return
            self._all_out.clear()
            if (link := self._link) is None:
                self.hooks.not_sent(publication, "a message is kept for the broker")
            else:
                carrier = ClientCarrier(link.connection, partial(link.send, self.flow.packet(packet_id)))
                self.hooks.send(publication, publication.qos, carrier)
        except Exception as failure:
            self.hooks.not_sent(publication, "a message could not be published", failure=whereabouts(failure))

    # What the connections say

    def went_online(self, link: _Link) -> None:
        """The broker has granted our subscription: what is kept goes out."""
        self._trouble = ""
        self._was_online = True
        self._link = link
        self.hooks.note("connected to the broker", broker=self.url, topic=self.topic_in)
        for packet_id, publication, qos in self.flow.owed():
            carrier = ClientCarrier(link.connection, partial(link.send, self.flow.packet(packet_id)))
            self.hooks.send(publication, qos, carrier, kept=True)
        self._online.set()
        self.settled()

    def ended(self, link: _Link, reason: str) -> None:
        """A connection is gone."""
        if self._link is link:
            self._link = None
            self._online.clear()
            self.hooks.note("disconnected from the broker", broker=self.url, reason=reason)
        else:
            self._trouble = reason

    def settled(self) -> None:
        """Something was acknowledged."""
        if self.flow.all_done:
            self._all_out.set()

    def heard(self, packet: Publish, connection: str) -> None:
        """A client has published; the message came on our connection of this id."""
        if packet.retain:
            self.hooks.note("a retained message is passed over", topic=packet.topic)
        elif len(packet.data) > self.limits.packet_bytes:
            self.hooks.note("a message is too large", topic=packet.topic, bytes=len(packet.data))
        else:
            self.hooks.received(Delivery(packet.topic, packet.data, packet.qos, packet.duplicate), connection)


class _Link(asyncio.Protocol):
    """One connection to the broker.

    Attributes:
        was_online: whether it got as far as to be subscribed.
        refused: whether trying again is of no use: the broker does not want us, is none, or cannot be trusted.
        ended: set once it is gone.
        connection: its id.
    """

    def __init__(self, owner: Bridge) -> None:
        self.was_online = False
        self.refused = False
        self.ended = asyncio.Event()
        self.connection = owner.hooks.new_id()
        self._owner = owner
        self._framer = Framer(_LARGEST_PACKET)
        self._transport: asyncio.Transport | None = None
        self._last_heard = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reason = ""
        self._answered = False
        """Whether the broker has answered our CONNECT."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self.send(self._owner.introduction())
        self._timer = asyncio.get_running_loop().call_later(_ANSWER_PATIENCE, self._give_up, "no answer in time")

    def data_received(self, data: bytes) -> None:
        self._last_heard = asyncio.get_running_loop().time()
        self._framer.feed(data)
        try:
            if not self._answered and self._framer.first != _CONNACK_FIRST:
                raise Malformed("it begins with something else than a CONNACK")
            while self._transport is not None and (found := self._framer.next()) is not None:
                self._take(read_answer(*found))
        except Malformed as fault:
            self.refused = True
            self._give_up(f"it does not speak MQTT 3.1.1, {fault}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if self._timer is not None:
            self._timer.cancel()
        self.ended.set()
        reason = "it has closed the connection" if exc is None else _in_words(exc)
        self._owner.ended(self, self._reason or reason)

    def send(self, data: bytes) -> None:
        """Sends whole packets."""
        if self._transport is None:
            return
        self._transport.write(data)
        if self._transport.get_write_buffer_size() > self._owner.limits.unsent_bytes:
            self._give_up("it does not read what it is sent")

    def leave(self) -> None:
        """Ends the connection in good order."""
        self._reason = "the server stops"
        if self._transport is not None:
            self._transport.write(DISCONNECT)
            self._transport.close()

    def _give_up(self, reason: str) -> None:
        if self._transport is not None:
            self._reason = self._reason or reason
            self._transport.abort()
            self._transport = None

    def _take(self, packet: Answer) -> None:
        flow = self._owner.flow
        if isinstance(packet, Publish):
            if not packet.duplicate:
                # A broker that was restarted with older state may use a packet id again that we still remember.
                flow.forget_received(packet.packet_id)
            if flow.is_new(packet):
                self._owner.heard(packet, self.connection)
            if packet.qos:
                self.send(flow.receipt(packet))
        elif isinstance(packet, Ack):
            if reply := flow.answer(packet):
                self.send(reply)
            self._owner.settled()
        elif isinstance(packet, Connack):
            self._accepted(packet)
        elif isinstance(packet, Suback):
            self._subscribed(packet)

    def _accepted(self, packet: Connack) -> None:
        self._answered = True
        if packet.code:
            known = {int(code): code.name.replace("_", " ").lower() for code in ReturnCode}
            self.refused = True
            self._give_up(f"it refuses us: {known.get(packet.code, 'unknown reason')} (return code {packet.code})")
            return
        if not packet.known:
            self._owner.flow.forget_all_received()
        self.send(subscribe(Subscribe(1, ((self._owner.topic_in, self._owner.qos),))))

    def _subscribed(self, packet: Suback) -> None:
        if not packet.codes or packet.codes[0] >= _REFUSED:
            self.refused = True
            self._give_up(f"it does not let us subscribe to {self._owner.topic_in}")
            return
        self.was_online = True
        if self._timer is not None:
            self._timer.cancel()
        self._watch()
        self._owner.went_online(self)

    def _watch(self) -> None:
        """Pings from time to time, and gives up when nothing comes back."""
        loop = asyncio.get_running_loop()
        if loop.time() - self._last_heard > _KEEP_ALIVE * 1.5:
            self._give_up("it is silent")
        else:
            self.send(PINGREQ)
            self._timer = loop.call_later(_KEEP_ALIVE, self._watch)


def _in_words(fault: Exception) -> str:
    """What the system says; asyncio puts words of its own in the place of them."""
    if not isinstance(fault, OSError):
        return whereabouts(fault)
    if isinstance(fault, ConnectionError) and fault.errno:
        return os.strerror(fault.errno)
    return fault.strerror or str(fault)
