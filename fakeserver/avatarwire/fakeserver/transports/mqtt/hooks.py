"""What the broker and the bridge share: what they ask of a behaviour, and the way of messages to and from the hub.

Nothing of any vendor lives here, and no socket. The broker in this process is in `broker.py`, the bridge to one
elsewhere in `bridge.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol

import msgspec

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.effects import Behaviour, Delivery, Effects, Incoming, Leaving, Note, Publish
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Transport
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.mistake import Mistake
from avatarwire.fakeserver.transports.misread import as_http

__all__ = ["ClientCarrier", "Hooks", "Limits", "MqttBehaviour", "MqttBroker"]

_MIB: Final = 1024 * 1024


class MqttBehaviour(Behaviour[Delivery], Protocol):
    """What stands behind a broker: who may do what, and what happens to a message. It opens no socket."""

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        """Whether a client may connect; compares secrets in constant time, and waits for nothing."""
        ...

    def may_publish(self, user: str, topic: str) -> bool:
        """Whether a user may publish to a topic; the user is empty when it connected without a name."""
        ...

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        """Whether a user may subscribe to a topic; filters with wildcards are refused without asking."""
        ...


class MqttBroker(Protocol):
    """Where a behaviour's messages come from and go to; the broker in this process or the client of one elsewhere."""

    @property
    def url(self) -> str:
        """Where clients find the broker, as ``mqtt://host:port`` or ``mqtts://host:port``, without credentials."""
        ...

    async def start(self) -> None:
        """Opens it; when it returns, clients can publish and are heard.

        Raises:
            FakeServerError: that cannot be done; nothing is left open then.
        """
        ...

    def publish(self, publication: Publish) -> None:
        """Publishes a message; what is published first arrives first. Called in the loop; never raises."""
        ...

    def renew(self, behaviour: MqttBehaviour) -> None:
        """Has another behaviour stand behind it, which knows nothing of what was; called in the loop."""
        ...

    async def stop(self) -> None:
        """Closes everything; does nothing when it is not open."""
        ...


class Limits(msgspec.Struct, frozen=True):
    """What clients may take of this process.

    Attributes:
        packet_bytes: largest packet that is read, its head not counted; MQTT itself allows 268 435 455.
        client_id_bytes: longest client identifier.
        connect_seconds: time on the server's clock that a client has for its CONNECT.
        unsent_bytes: what may wait in the socket of a client that does not read, before it is cut off.
        kept_messages, kept_bytes: messages that wait for a client's acknowledgement or for its return; more are lost.
        absent_clients: clients that are gone and whose subscriptions are kept; of more, those gone longest are
            forgotten.
    """

    packet_bytes: int = _MIB
    client_id_bytes: int = 256
    connect_seconds: float = 10.0
    unsent_bytes: int = 4 * _MIB
    kept_messages: int = 1000
    kept_bytes: int = 8 * _MIB
    absent_clients: int = 1000


class Client(Protocol):
    """The connection of a client, as far as it can be ended from here."""

    def cut(self, *, reset: bool) -> None:
        """Ends it without a word."""
        ...

    def hang(self) -> None:
        """Has nothing come on it any more."""
        ...


def _nothing() -> None:
    """Sends nothing."""


class ClientCarrier:
    """The carrier of one message to a client: its connection, and what puts the message on that.

    Args:
        connection: id of the connection; empty where there is none at the moment.
        send: sends the message; it is kept all the same where it was to be.
        client: the connection itself; None where it is another broker's.
    """

    __slots__ = ("_client", "_send", "id")

    transport: Transport = "mqtt"
    session = ""
    header_bytes = 0
    over = False

    def __init__(self, connection: str, send: Callable[[], object] = _nothing, client: Client | None = None) -> None:
        self.id: Final = connection
        self._send: Final = send
        self._client: Final = client

    def cut(self, *, reset: bool) -> None:
        """Ends the client's connection."""
        if self._client is not None:
            self._client.cut(reset=reset)

    def hang(self) -> None:
        """Has nothing come on the client's connection any more."""
        if self._client is not None:
            self._client.hang()

    def write(self, effect: Leaving) -> None:
        """Sends the message."""
        del effect
        self._send()

    def failed(self, cause: Incoming | None) -> None:
        """A client is not told of a defect: its connection carries other conversations as well."""


class _Noticed(Behaviour[Finding]):
    """Notes what a client breaks by what is no message."""

    def read(self, data: Finding, now: float, /) -> Incoming:
        return Incoming(violations=(data,))

    def take(self, received: Incoming, now: float, /) -> Effects:
        return ()


_NOTICED: Final = _Noticed()


class Hooks:
    """Hands messages to the hub, asks the behaviour who may do what, and has the journal note what is no message.

    Args:
        behaviour: what decides.
        hub: of the server.
    """

    def __init__(self, behaviour: MqttBehaviour, hub: Hub) -> None:
        self._behaviour = behaviour
        self._hub = hub

    def renew(self, behaviour: MqttBehaviour) -> None:
        """Has another behaviour decide from now on."""
        self._behaviour = behaviour

    def new_id(self) -> str:
        """An id for one more connection."""
        return self._hub.new_id()

    def connects(
        self, connection: str, client: Client, go: Callable[[], object], refuse: Callable[[int], object]
    ) -> bool:
        """Whether somebody else sees to it whether and when a client is let in."""
        return self._hub.interceptor.connects(ClientCarrier(connection, client=client), go, refuse)

    def received(self, delivery: Delivery, connection: str, client: Client | None = None, **meta: object) -> None:
        """Hands a message to the behaviour; what that wants published comes by the hub."""
        known: dict[str, object] = {"topic": delivery.topic, "qos": delivery.qos, **meta}
        if delivery.client_id:
            known["client_id"] = delivery.client_id
        if delivery.duplicate:
            known["duplicate"] = True
        carrier = ClientCarrier(connection, client=client)
        self._hub.enter(carrier, delivery, self._behaviour, raw=delivery.data, meta=known)

    def send(self, publication: Publish, qos: int, carrier: ClientCarrier, **meta: object) -> None:
        """A message goes out."""
        self._hub.leave(publication, carrier, meta={"topic": publication.topic, "qos": qos, **meta})

    def not_sent(self, publication: Publish, reason: str, **meta: object) -> None:
        """A message does not go out, or not now."""
        known = {"published": publication.message, "topic": publication.topic}
        self._hub.perform([Note(reason, session=publication.session, about=known | meta)])

    @property
    def answers(self) -> bool:
        """Whether somebody is answered who speaks no MQTT."""
        return self._hub.misread is not None

    def misread(self, connection: str, data: bytes, mistake: Mistake) -> bytes:
        """What somebody is answered, as bytes of HTTP, who speaks no MQTT; nothing where nobody answers such."""
        answer = self._hub.misread
        return b"" if answer is None else as_http(answer(connection, "mqtt", data, mistake))

    def other_version(self, connection: str, reason: str) -> None:
        """A client speaks another version of MQTT; its CONNECT, which has a password in it, is not kept."""
        finding = Finding("MQTT-3.1.2-2", "", reason, "MQTT 3.1.1")
        self._hub.enter(ClientCarrier(connection), finding, _NOTICED, raw=None, meta={"understood": "MQTT"})

    def note(self, text: str, connection: str = "", **meta: object) -> None:
        """Something happened that is no message, on a connection if it is about one."""
        self._hub.perform([Note(text, about=meta)], ClientCarrier(connection) if connection else None)

    def failed(self, failure: BaseException) -> None:
        """The behaviour has a defect: the journal is told where."""
        self.note("the behaviour failed", failure=whereabouts(failure))

    # What the behaviour allows; of one that fails, nothing

    def authenticates(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        try:
            return self._behaviour.authenticate(client_id, user, password)
        except Exception as failure:
            self.failed(failure)
            return False

    def may_publish(self, user: str, topic: str) -> bool:
        try:
            return self._behaviour.may_publish(user, topic)
        except Exception as failure:
            self.failed(failure)
            return False

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        try:
            return self._behaviour.may_subscribe(user, topic_filter)
        except Exception as failure:
            self.failed(failure)
            return False
