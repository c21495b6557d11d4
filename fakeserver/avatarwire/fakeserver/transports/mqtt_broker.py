"""The MQTT broker in this process: a front door of our own, and amqtt behind it as the keeper of subscriptions.

It is a house with doors: who is let in, which client gets which message, what becomes of a will and of messages for
clients that are gone. What a message means is the behaviour's (`MqttBehaviour`), bytes are in `mqtt_packets.py`.

MQTT 3.1.1 only, and of it what a conversation needs: exact topics, quality of service 0 to 2, sessions that outlive
their connection. Nothing is retained (a message that asks for it is treated like any other), and messages reach other
clients only if the behaviour publishes them.
"""

from __future__ import annotations

import asyncio
import hashlib
import ssl
from typing import TYPE_CHECKING, Final

from avatarwire.fakeserver import effects
from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.effects import Delivery
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.transports.mqtt import Desk, Limits, MqttBehaviour, Way
from avatarwire.fakeserver.transports.mqtt_door import Door
from avatarwire.fakeserver.transports.mqtt_flow import Flow
from avatarwire.fakeserver.transports.mqtt_packets import (
    Ack,
    Connect,
    Kind,
    Packet,
    Publish,
    Refused,
    ReturnCode,
    Subscribe,
    Unsubscribe,
    publish,
)
from avatarwire.fakeserver.transports.port import Port

if TYPE_CHECKING:
    from avatarwire.fakeserver.transports.mqtt_amqtt import Keeper, Visit

__all__ = ["EmbeddedBroker"]

_LEAVE_PATIENCE: Final = 0.01
"""Real seconds that clients have to close their side when the broker stops."""
_END_PATIENCE: Final = 2.0
"""Real seconds after which amqtt's side of a connection is given up."""

_REFUSED: Final = 0x80


class _Stay:
    """One connection of a client that was admitted.

    Attributes:
        door: the connection.
        connect: what the client asked for.
        client_id: what it goes by.
        key: what its session is found by (`_key`).
        connection: its id.
        visit: the connection as amqtt sees it, once that is so.
        asked: what amqtt has to answer before anything else is taken.
        gone: set once amqtt has done with it.
        task: in which amqtt serves it.
    """

    def __init__(self, door: Door, connect: Connect, client_id: str, connection: str) -> None:
        self.door = door
        self.connect = connect
        self.client_id = client_id
        self.key = _key(self.user, client_id)
        self.connection = connection
        self.visit: Visit | None = None
        self.asked: Subscribe | Unsubscribe | None = None
        self.gone = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    @property
    def user(self) -> str:
        """Name that the client has logged in with."""
        return self.connect.user or ""


class _Client:
    """A client, for as long as its session lasts; connected or not."""

    def __init__(self, flow: Flow, stay: _Stay) -> None:
        self.flow = flow
        self.client_id = stay.client_id
        self.stay: _Stay | None = stay


def _way(stay: _Stay, packet: bytes) -> Way:
    """The way of a packet to a client that is connected."""
    return Way(stay.connection, lambda: stay.door.send(packet))


def _key(user: str, client_id: str) -> str:
    """What a session is found by, here and in amqtt: client identifiers are known per user.

    In MQTT an identifier alone names a session, and so whoever logs in with another's would be given his. That is for
    brokers whose users belong together; here each is a customer. A digest, as amqtt writes the key into a field of
    MQTT, which is shorter than a name and an identifier may be.
    """
    # Neither of the two can contain NUL [MQTT-1.5.3-2].
    return hashlib.sha256(f"{user}\0{client_id}".encode()).hexdigest()


class EmbeddedBroker:
    """A broker on a port of its own. It runs once: after a stop, make a new one.

    Args:
        behaviour: who may do what, and what happens to a message.
        hub: of the server.
        host, port: where to listen; port 0 takes a free one.
        ssl_context: serves mqtts when given.
        limits: what clients may take.
    """

    def __init__(
        self,
        behaviour: MqttBehaviour,
        hub: Hub,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._desk = Desk(behaviour, hub)
        self._clock = hub.clock
        self._wanted = (check_host(host), port)
        self._scheme = "mqtt" if ssl_context is None else "mqtts"
        self._limits = Limits() if limits is None else limits
        self._port = Port(self._new_door, hub.journal, ssl_context=ssl_context)
        self._keeper: Keeper | None = None
        self._bound: tuple[str, int] | None = None
        self._clients: dict[str, _Client] = {}
        """By key, in the order of their last connections."""
        self._stays: dict[Door, _Stay] = {}
        self._latest: dict[str, _Stay] = {}
        """By key, the connection that was admitted last."""
        self._anonymous = 0
        hub.publish = self.publish

    # Where it is

    @property
    def url(self) -> str:
        """Where clients find it, without credentials."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self._scheme}://{shown}:{self.port}"

    @property
    def host(self) -> str:
        """Address it listens on."""
        return self._address()[0]

    @property
    def port(self) -> int:
        """Port it listens on."""
        return self._address()[1]

    @property
    def clients(self) -> tuple[str, ...]:
        """Identifiers of the clients that are connected."""
        return tuple(client.client_id for client in self._clients.values() if client.stay is not None)

    def _address(self) -> tuple[str, int]:
        if self._bound is None:
            raise FakeServerError("the MQTT broker is not running")
        return self._bound

    # Life

    async def start(self) -> None:
        """Binds and accepts clients.

        Raises:
            FakeServerError: it has been started before, or the address cannot be bound.
        """
        from avatarwire.fakeserver.transports.mqtt_amqtt import Keeper

        if self._keeper is not None:
            raise FakeServerError("the MQTT broker has been started already; make a new one")
        self._keeper = keeper = Keeper(self._may_subscribe)
        await keeper.start()
        try:
            self._bound = await self._port.open(*self._wanted)
        except (OSError, OverflowError, ValueError) as fault:
            await keeper.stop()
            host, port = self._wanted
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"the MQTT broker cannot listen on {host} port {port}: {reason}") from None

    async def stop(self) -> None:
        """Ends every connection and forgets everything; does nothing when it is not running."""
        if self._bound is None or self._keeper is None:
            return
        await self._port.close()
        await self._port.settle()
        self._bound = None
        for guest in self._port.guests:
            if isinstance(guest, Door):
                guest.close("the server stops")
        await self._port.leave(_LEAVE_PATIENCE)
        await self._port.shutdown()
        tasks = [stay.task for stay in self._stays.values() if stay.task is not None]
        if tasks:
            _, hanging = await asyncio.wait(tasks, timeout=_END_PATIENCE)
            for task in hanging:
                task.cancel()
        await self._keeper.stop()
        self._clients.clear()

    def _new_door(self) -> Door:
        return Door(self, self._port, self._desk, self._clock, self._limits)

    # Publishing

    def publish(self, publication: effects.Publish) -> None:
        """Publishes a message to every client that has subscribed to its topic; in the loop; never raises."""
        if self._keeper is None or self._bound is None:
            return
        try:
            found = self._keeper.subscribers(publication.topic)
            for key, granted in found:
                self._deliver(publication, self._clients[key], granted)
        except Exception as failure:
            self._desk.not_sent(publication, "a message could not be published", failure=whereabouts(failure))
            return
        if not found:
            self._desk.not_sent(publication, "nobody has subscribed to the topic of a message")

    def _deliver(self, publication: effects.Publish, client: _Client, granted: int) -> None:
        qos, client_id = min(publication.qos, granted), client.client_id
        packet_id = 0
        if qos and not (packet_id := client.flow.keep(publication, qos)):
            self._desk.not_sent(publication, "too many messages wait for a client", client_id=client_id)
        elif client.stay is not None:
            packet = client.flow.packet(packet_id) if qos else publish(publication.topic, publication.data)
            self._desk.send(publication, qos, _way(client.stay, packet), client_id=client_id)
        elif qos:
            self._desk.not_sent(publication, "a message is kept for a client that is gone", client_id=client_id)
        else:
            self._desk.not_sent(publication, "a message missed a client that is gone", client_id=client_id)

    # What its doors say

    def admit(self, door: Door, connect: Connect) -> None:
        """A client wants in; another connection of the same client makes room first [MQTT-3.1.4-2].

        The same client is the one with the same identifier and the same user.

        Raises:
            Refused: its credentials are wrong, or the broker stops.
        """
        if self._bound is None:
            raise Refused(ReturnCode.UNAVAILABLE, "the server stops")
        if not self._desk.authenticates(connect.client_id, connect.user, connect.password):
            if connect.user is None:
                raise Refused(ReturnCode.NOT_AUTHORISED, "no user name")
            raise Refused(ReturnCode.BAD_CREDENTIALS, "wrong user name or password")
        client_id = connect.client_id or self._new_name(connect.user or "")
        door.admitted(connect, client_id)
        door.wait()
        stay = _Stay(door, connect, client_id, self._desk.new_id())
        self._desk.note(
            "connected", client_id=client_id, user=stay.user, clean=connect.clean, keep_alive=connect.keep_alive
        )
        previous = self._latest.get(stay.key)
        self._latest[stay.key] = self._stays[door] = stay
        stay.task = asyncio.create_task(self._serve(stay, previous))
        if previous is not None:
            previous.door.close("another connection of the client took over")

    def take(self, door: Door, packet: Packet, raw: bytes) -> None:
        """A client has sent a packet."""
        stay = self._stays[door]
        flow = self._clients[stay.key].flow
        if isinstance(packet, Publish):
            if flow.is_new(packet):
                self._published(stay, packet)
            else:
                self._desk.note("a message came again", client_id=stay.client_id, topic=packet.topic)
            if packet.qos:
                door.send(flow.receipt(packet))
        elif isinstance(packet, Ack):
            if reply := flow.answer(packet):
                door.send(reply)
        elif isinstance(packet, Subscribe | Unsubscribe) and stay.visit is not None:
            stay.asked = packet
            door.wait()
            stay.visit.feed(raw)

    def leave(self, door: Door, *, properly: bool, reason: str) -> None:
        """A client's connection is over; its will is carried out unless it has said DISCONNECT, or the server stops."""
        stay = self._stays[door]
        client = self._clients.get(stay.key)
        if client is not None and client.stay is stay:
            client.stay = None
        if stay.visit is not None:
            stay.visit.end()
        self._desk.note("disconnected", client_id=stay.client_id, reason=reason)
        will = stay.connect.will
        if will is not None and not properly and self._bound is not None:
            self._published(stay, Publish(will.topic, will.data, will.qos, 0, False, False), will=True)

    def _published(self, stay: _Stay, packet: Publish, **meta: object) -> None:
        if not self._desk.may_publish(stay.user, packet.topic):
            self._desk.note(
                "a publication was refused", client_id=stay.client_id, user=stay.user, topic=packet.topic, **meta
            )
            return
        if packet.retain:
            meta["retain"] = "ignored"
        delivery = Delivery(packet.topic, packet.data, packet.qos, packet.duplicate, stay.client_id, stay.user)
        self._desk.take(delivery, stay.connection, **meta)

    def _new_name(self, user: str) -> str:
        """An identifier for a client that brought none [MQTT-3.1.3-6]."""
        while True:
            self._anonymous += 1
            name = f"anonymous-{self._anonymous}"
            key = _key(user, name)
            if key not in self._latest and key not in self._clients:
                return name

    # What amqtt says

    async def _serve(self, stay: _Stay, previous: _Stay | None) -> None:
        """Has amqtt serve a connection, once it has done with the one before."""
        from avatarwire.fakeserver.transports.mqtt_amqtt import Visit

        try:
            if previous is not None:
                await previous.gone.wait()
            if self._keeper is not None and not stay.door.over:
                stay.visit = Visit(
                    stay.key,
                    clean=stay.connect.clean,
                    peer=stay.door.peer,
                    say=lambda packet: self._hear(stay, packet),
                )
                await self._keeper.serve(stay.visit)
        except Exception as failure:
            self._desk.note("the broker failed", client_id=stay.client_id, failure=whereabouts(failure))
        finally:
            self._gone(stay)

    def _hear(self, stay: _Stay, packet: bytes) -> None:
        """amqtt has answered."""
        if stay.door.over:
            return
        if packet[0] >> 4 == Kind.CONNACK:
            self._arrived(stay, packet)
        elif (asked := stay.asked) is not None:
            stay.asked = None
            self._answered(stay, asked, packet)
        stay.door.go_on()

    def _arrived(self, stay: _Stay, connack: bytes) -> None:
        """A client is in, and gets what it has not acknowledged yet when its session goes on."""
        client = self._clients.pop(stay.key, None) if connack[2] & 1 else None
        if client is None:
            client = _Client(Flow(self._limits.kept_messages, self._limits.kept_bytes), stay)
        client.stay = stay
        self._clients[stay.key] = client
        stay.door.send(connack)
        for packet_id, publication, qos in client.flow.owed():
            way = _way(stay, client.flow.packet(packet_id))
            self._desk.send(publication, qos, way, client_id=stay.client_id, kept=True)

    def _answered(self, stay: _Stay, asked: Subscribe | Unsubscribe, packet: bytes) -> None:
        stay.door.send(packet)
        if isinstance(asked, Unsubscribe):
            for topic in asked.topics:
                self._desk.note("unsubscribed", client_id=stay.client_id, topic=topic)
                if self._keeper is not None:
                    self._keeper.drop(stay.key, topic)
            return
        for (topic, _), code in zip(asked.topics, packet[-len(asked.topics) :], strict=True):
            if code == _REFUSED:
                self._desk.note("a subscription was refused", client_id=stay.client_id, user=stay.user, topic=topic)
            else:
                self._desk.note("subscribed", client_id=stay.client_id, topic=topic, qos=code)

    def _may_subscribe(self, key: str, topic: str) -> bool:
        client = self._clients.get(key)
        return client is not None and client.stay is not None and self._desk.may_subscribe(client.stay.user, topic)

    def _gone(self, stay: _Stay) -> None:
        """amqtt has done with a connection."""
        stay.door.close("the broker has ended it")
        del self._stays[stay.door]
        if self._latest.get(stay.key) is stay:
            del self._latest[stay.key]
        if stay.connect.clean and stay.visit is not None:
            self._forget(stay.key)
        if len(self._clients) > self._limits.absent_clients:
            absent = [(key, client.client_id) for key, client in self._clients.items() if client.stay is None]
            for key, client_id in absent[: len(absent) - self._limits.absent_clients]:
                self._desk.note("a client that is gone was forgotten", client_id=client_id)
                self._forget(key)
        stay.gone.set()

    def _forget(self, key: str) -> None:
        self._clients.pop(key, None)
        if self._keeper is not None:
            self._keeper.forget(key)
