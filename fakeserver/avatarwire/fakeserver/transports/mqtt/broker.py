"""The MQTT broker in this process: who is let in, which client gets which message, wills, and absent clients.

What a message means is the behaviour's (`MqttBehaviour`), bytes are in `packets.py` and `parsing.py`, one connection in
`connection.py`, what a client has not acknowledged in `inflight.py`.

MQTT 3.1.1 only, and of it what a conversation needs: exact topics, quality of service 0 to 2, sessions that outlive
their connection. Nothing is retained (a message that asks for it is treated like any other), and messages reach other
clients only if the behaviour publishes them.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from avatarwire.fakeserver import effects
from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.effects import Delivery
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.transports.mqtt.connection import Connection
from avatarwire.fakeserver.transports.mqtt.hooks import ClientCarrier, Hooks, Limits, MqttBehaviour
from avatarwire.fakeserver.transports.mqtt.inflight import Inflight
from avatarwire.fakeserver.transports.mqtt.packets import (
    Ack,
    Connect,
    Packet,
    Publish,
    Refused,
    ReturnCode,
    Subscribe,
    Unsubscribe,
    connack,
    publish,
    suback,
    unsuback,
)
from avatarwire.fakeserver.transports.mqtt.saved import SavedBroker, SavedSubscription
from avatarwire.fakeserver.transports.mqtt.subscriptions import Subscriptions
from avatarwire.fakeserver.transports.port import Port
from avatarwire.fakeserver.transports.strangers import no_tls

__all__ = ["EmbeddedBroker"]

_LEAVE_PATIENCE: Final = 0.01
"""Real seconds that clients have to close their side when the broker stops."""

_REFUSED: Final = 0x80
"""In a SUBACK."""


class _Session:
    """What is kept of a client, over any number of its connections.

    Attributes:
        key: what it is found by.
        client_id, user: who it is.
        inflight: its messages that are not acknowledged.
        connection: the one it has, or none.
        connect: the CONNECT of its last connection.
    """

    def __init__(self, key: str, client_id: str, connect: Connect, inflight: Inflight) -> None:
        self.key: Final = key
        self.client_id: Final = client_id
        self.user: Final = connect.user or ""
        self.inflight: Final = inflight
        self.connect = connect
        self.connection: Connection | None = None


def _key(user: str, client_id: str) -> str:
    """What a session is found by: client identifiers are known per user.

    In MQTT an identifier alone names a session, and so whoever logs in with another's would be given his. That is for
    brokers whose users belong together; here each is a customer.
    """
    # Neither of the two can contain NUL [MQTT-1.5.3-2].
    return hashlib.sha256(f"{user}\0{client_id}".encode()).hexdigest()


class _Nothing(MqttBehaviour):
    """Allows nothing, and makes nothing of messages."""

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        return False

    def may_publish(self, user: str, topic: str) -> bool:
        return False

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        return False

    def read(self, data: Delivery, now: float, /) -> effects.Incoming:
        return effects.Incoming()

    def take(self, received: effects.Incoming, now: float, /) -> effects.Effects:
        return ()


_NOTHING: Final = _Nothing()


class EmbeddedBroker:
    """A broker on a port of its own. It runs once: after a stop, make a new one.

    Args:
        behaviour: who may do what, and what happens to a message.
        hub: of the server.
        host, port: where to listen; port 0 takes a free one.
        ssl_context: serves mqtts when given.
        limits: what clients may take.
        toxics: what acts on their connections; None where nothing ever does.

    Attributes:
        left: called with the topics that a client has subscribed to, and the time, once it has said DISCONNECT and is
            gone; gives effects.
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
        toxics: Toxics | None = None,
    ) -> None:
        self._hooks = Hooks(behaviour, hub)
        self._hub = hub
        self.left: Callable[[Sequence[str], float], effects.Effects] = lambda topics, now: ()
        self._clock = hub.clock
        self._wanted = (check_host(host), port)
        self._scheme = "mqtt" if ssl_context is None else "mqtts"
        self._limits = Limits() if limits is None else limits
        self._port = Port(
            self._accept,
            hub.journal,
            ssl_context=ssl_context,
            toxics=toxics,
            kind="mqtt",
            no_tls=lambda connection, data: self._hooks.misread(connection, data, no_tls(data, "mqtts://")),
        )
        self._bound: tuple[str, int] | None = None
        self._was_started = False
        self._sessions: Final[dict[str, _Session]] = {}
        """By key, in the order of their last connections."""
        self._of: Final[dict[Connection, _Session]] = {}
        self._subscriptions: Final = Subscriptions()
        self._anonymous = 0
        hub.publish = self.publish
        hub.receivers = self.receivers

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
        return tuple(session.client_id for session in self._sessions.values() if session.connection is not None)

    def listeners(self, topic: str) -> Sequence[bool]:
        """Of each client that has subscribed to a topic, whether it is connected."""
        return [self._sessions[key].connection is not None for key, _ in self._subscriptions.of(topic)]

    def receivers(self, topic: str) -> Sequence[ClientCarrier]:
        """The connections of the clients that have subscribed to a topic and are there."""
        connections = [self._sessions[key].connection for key, _ in self._subscriptions.of(topic)]
        return [ClientCarrier(it.id, client=it) for it in connections if it is not None]

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
        if self._was_started:
            raise FakeServerError("the MQTT broker has been started already; make a new one")
        self._was_started = True
        try:
            self._bound = await self._port.open(*self._wanted)
        except (OSError, OverflowError, ValueError) as fault:
            host, port = self._wanted
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"the MQTT broker cannot listen on {host} port {port}: {reason}") from None

    def renew(self, behaviour: MqttBehaviour) -> None:
        """Has another behaviour stand behind it, and ends every connection; nothing is known of any client then."""
        self.left = lambda topics, now: ()
        self._hooks.renew(_NOTHING)
        for connection in self._port.connections:
            if isinstance(connection, Connection):
                connection.cut(reset=False)
        for key in tuple(self._sessions):
            self._forget(key)
        self._of.clear()
        self._hooks.renew(behaviour)

    async def stop(self) -> None:
        """Ends every connection and forgets everything; does nothing when it is not running."""
        if self._bound is None:
            return
        await self._port.close()
        await self._port.settle()
        self._bound = None
        for connection in self._port.connections:
            if isinstance(connection, Connection):
                connection.close("the server stops")
        await self._port.leave(_LEAVE_PATIENCE)
        await self._port.shutdown()
        self._sessions.clear()

    def saved(self) -> SavedBroker:
        """The clients whose session outlives their connection, for a snapshot."""
        lasting = [session for session in self._sessions.values() if not session.connect.clean]
        positions = {session.key: at for at, session in enumerate(lasting)}
        return SavedBroker(
            clients=[session.inflight.saved(session.client_id, session.user) for session in lasting],
            subscriptions=[
                SavedSubscription(client=positions[key], topic=topic, qos=qos)
                for key, topic, qos in self._subscriptions.all()
                if key in positions
            ],
            anonymous=self._anonymous,
        )

    def restored(self, saved: SavedBroker) -> None:
        """Knows the clients of a snapshot, none of which is connected; called when it knows of nobody else."""
        self._anonymous = saved.anonymous
        keys: list[str] = []
        for it in saved.clients:
            key = _key(it.user, it.client_id)
            inflight = Inflight(self._limits.kept_messages, self._limits.kept_bytes)
            inflight.restored(it)
            self._sessions[key] = _Session(
                key, it.client_id, Connect("", clean=False, keep_alive=0, user=it.user), inflight
            )
            keys.append(key)
        for wanted in saved.subscriptions:
            self._subscriptions.add(keys[wanted.client], wanted.topic, wanted.qos)

    def _accept(self) -> Connection:
        return Connection(self, self._port, self._hooks, self._clock, self._limits)

    # Publishing

    def publish(self, publication: effects.Publish) -> None:
        """Publishes a message to every client that has subscribed to its topic; in the loop; never raises."""
        if self._bound is None:
            return
        try:
            subscribers = self._subscriptions.of(publication.topic)
            for key, granted in subscribers:
                self._deliver(publication, self._sessions[key], granted)
        except Exception as failure:
            self._hooks.not_sent(publication, "a message could not be published", failure=whereabouts(failure))
            return
        if not subscribers:
            self._hooks.not_sent(publication, "nobody has subscribed to the topic of a message")

    def _deliver(self, publication: effects.Publish, session: _Session, granted: int) -> None:
        qos, client_id, connection = min(publication.qos, granted), session.client_id, session.connection
        packet_id = 0
        if qos and not (packet_id := session.inflight.keep(publication, qos)):
            self._hooks.not_sent(publication, "too many messages wait for a client", client_id=client_id)
        elif connection is not None:
            packet = session.inflight.packet(packet_id) if qos else publish(publication.topic, publication.data)
            carrier = ClientCarrier(connection.id, lambda: connection.send(packet), connection)
            self._hooks.send(publication, qos, carrier, client_id=client_id)
        elif qos:
            self._hooks.not_sent(publication, "a message is kept for a client that is gone", client_id=client_id)
        else:
            self._hooks.not_sent(publication, "a message missed a client that is gone", client_id=client_id)

    # What its connections say

    def admit(self, connection: Connection, connect: Connect) -> None:
        """A client wants in; an older connection of the same client is closed first [MQTT-3.1.4-2].

        The same client is the one with the same identifier and the same user.

        Raises:
            Refused: its credentials are wrong, or the broker stops.
        """
        if self._bound is None:
            raise Refused(ReturnCode.UNAVAILABLE, "the server stops")
        if not self._hooks.authenticates(connect.client_id, connect.user, connect.password):
            if connect.user is None:
                raise Refused(ReturnCode.NOT_AUTHORISED, "no user name")
            raise Refused(ReturnCode.BAD_CREDENTIALS, "wrong user name or password")
        client_id = connect.client_id or self._new_client_id(connect.user or "")
        key = _key(connect.user or "", client_id)
        connection.admitted(connect, client_id)
        self._hooks.note(
            "connected",
            connection.id,
            client_id=client_id,
            user=connect.user or "",
            clean=connect.clean,
            keep_alive=connect.keep_alive,
        )
        older = self._sessions.get(key)
        if older is not None and older.connection is not None:
            older.connection.close("another connection of the client took over")
        self._begin(connection, connect, client_id, key)

    def _begin(self, connection: Connection, connect: Connect, client_id: str, key: str) -> None:
        """A client is in, and gets what it has not acknowledged yet when its session goes on [MQTT-4.4.0-1]."""
        session = self._sessions.pop(key, None)
        if session is None or connect.clean:
            self._subscriptions.forget(key)
            inflight = Inflight(self._limits.kept_messages, self._limits.kept_bytes)
            session, is_known = _Session(key, client_id, connect, inflight), False
        else:
            session.connect, is_known = connect, True
        session.connection = connection
        self._sessions[key] = self._of[connection] = session
        connection.send(connack(ReturnCode.ACCEPTED, session_present=is_known))
        for packet_id, publication, qos in session.inflight.owed():
            packet = session.inflight.packet(packet_id)
            carrier = ClientCarrier(connection.id, partial(connection.send, packet))
            self._hooks.send(publication, qos, carrier, client_id=client_id, kept=True)

    def take(self, connection: Connection, packet: Packet) -> None:
        """A client has sent a packet."""
        session = self._of[connection]
        inflight = session.inflight
        if isinstance(packet, Publish):
            if inflight.is_new(packet):
                self._published(session, packet, connection)
            else:
                self._hooks.note("a message came again", connection.id, client_id=session.client_id, topic=packet.topic)
            if packet.qos:
                connection.send(inflight.receipt(packet))
        elif isinstance(packet, Ack):
            if reply := inflight.answer(packet):
                connection.send(reply)
        elif isinstance(packet, Subscribe):
            connection.send(
                suback(packet.packet_id, [self._subscribed(session, connection, *wanted) for wanted in packet.topics])
            )
        elif isinstance(packet, Unsubscribe):
            for topic in packet.topics:
                self._subscriptions.remove(session.key, topic)
                self._hooks.note("unsubscribed", connection.id, client_id=session.client_id, topic=topic)
            connection.send(unsuback(packet.packet_id))

    def leave(self, connection: Connection, *, properly: bool, reason: str) -> None:
        """A client's connection is over; its will is published unless it has said DISCONNECT, or the server stops."""
        session = self._of.pop(connection, None)
        if session is None:
            return  # it was refused while it was being admitted
        session.connection = None
        self._hooks.note("disconnected", connection.id, client_id=session.client_id, reason=reason)
        will, topics = session.connect.will, self._subscriptions.topics_of(session.key)
        if session.connect.clean:
            self._forget(session.key)
        self._forget_the_longest_absent()
        if will is not None and not properly and self._bound is not None:
            packet = Publish(will.topic, will.data, will.qos, 0, False, False)
            self._published(session, packet, connection, will=True)
        if properly and self._bound is not None:
            self._hub.run(lambda now: self.left(topics, now))

    def _published(self, session: _Session, packet: Publish, connection: Connection, **meta: object) -> None:
        client_id, user = session.client_id, session.user
        if not self._hooks.may_publish(user, packet.topic):
            note = "a publication was refused"
            self._hooks.note(note, connection.id, client_id=client_id, user=user, topic=packet.topic, **meta)
            return
        if packet.retain:
            meta["retain"] = "ignored"
        delivery = Delivery(packet.topic, packet.data, packet.qos, packet.duplicate, client_id, user)
        self._hooks.received(delivery, connection.id, connection, **meta)

    def _subscribed(self, session: _Session, connection: Connection, topic: str, qos: int) -> int:
        """What a SUBACK says to one filter."""
        note = partial(self._hooks.note, connection=connection.id, client_id=session.client_id, topic=topic)
        if "+" in topic or "#" in topic or not self._hooks.may_subscribe(session.user, topic):
            note("a subscription was refused", user=session.user)
            return _REFUSED
        self._subscriptions.add(session.key, topic, qos)
        note("subscribed", qos=qos)
        return qos

    # Sessions

    def _new_client_id(self, user: str) -> str:
        """An identifier for a client that brought none [MQTT-3.1.3-6]."""
        while True:
            self._anonymous += 1
            name = f"anonymous-{self._anonymous}"
            if _key(user, name) not in self._sessions:
                return name

    def _forget_the_longest_absent(self) -> None:
        if len(self._sessions) <= self._limits.absent_clients:
            return
        absent = [session for session in self._sessions.values() if session.connection is None]
        for session in absent[: max(len(absent) - self._limits.absent_clients, 0)]:
            self._hooks.note("a client that is gone was forgotten", client_id=session.client_id)
            self._forget(session.key)

    def _forget(self, key: str) -> None:
        self._sessions.pop(key, None)
        self._subscriptions.forget(key)
