"""amqtt as the broker in this process: unmodified, with a plugin that asks the behaviour who may do what.

The fake is a client of it like any other, by a bridge, as it would be of a broker elsewhere. Needs the extra
``[amqtt]``; nothing else here imports amqtt. What amqtt 0.12 does differently from the standard and from the broker of
this package is listed in docs/guiji.md.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast

from amqtt.adapters import StreamReaderAdapter, StreamWriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BasePlugin, BaseTopicPlugin
from amqtt.session import Session

from avatarwire.fakeserver.addresses import check_host
from avatarwire.fakeserver.effects import Publish
from avatarwire.fakeserver.errors import FakeServerError
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.toxics import Toxics
from avatarwire.fakeserver.transports.mqtt.bridge import Bridge
from avatarwire.fakeserver.transports.mqtt.hooks import Hooks, Limits, MqttBehaviour
from avatarwire.fakeserver.transports.port import Port

__all__ = ["AmqttBroker"]

_LISTENER: Final = "default"
_LOOPBACK: Final = "127.0.0.1"

_QOS: Final = 1
"""What the fake subscribes with. amqtt delivers with that, whatever a message was published with, and an answer goes
out as its request came. With 2 it would arrive behind the notifications that follow it, which go out with 1: amqtt
keeps messages in order only where they have the same.
"""


class AmqttBroker:
    """A broker of amqtt on a port of its own, and a bridge to it. It runs once: after a stop, make a new one.

    The bridge connects to a second port, on loopback and without TLS: whatever the first one asks of clients, such as a
    certificate, the fake need not have.

    Args:
        behaviour: who may do what, and what happens to a message.
        hub: of the server.
        topic_in: topic that clients publish to.
        host, port: where to listen; port 0 takes a free one.
        ssl_context: serves mqtts when given.
        limits: of the bridge; amqtt has none of its own.
        toxics: what acts on clients' connections; None where nothing ever does.
    """

    def __init__(
        self,
        behaviour: MqttBehaviour,
        hub: Hub,
        *,
        topic_in: str,
        host: str = _LOOPBACK,
        port: int = 0,
        ssl_context: ssl.SSLContext | None = None,
        limits: Limits | None = None,
        toxics: Toxics | None = None,
    ) -> None:
        self._behaviour = behaviour
        self._hub = hub
        self._topic_in = topic_in
        self._wanted = (check_host(host), port)
        self._ssl_context = ssl_context
        self._port = Port(self._client, hub.journal, ssl_context=ssl_context, toxics=toxics, kind="mqtt")
        self._limits = limits
        self._access = _Access(Hooks(behaviour, hub))
        self._broker: Broker | None = None
        self._bridge: Bridge | None = None
        self._inner: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._url = ""

    @property
    def url(self) -> str:
        """Where clients find it, without credentials."""
        if not self._url:
            raise FakeServerError("the MQTT broker is not running")
        return self._url

    # Life

    async def start(self) -> None:
        """Starts amqtt, binds, and connects the fake to it.

        Raises:
            FakeServerError: it has been started before, or the address cannot be bound.
        """
        if self._broker is not None:
            raise FakeServerError("the MQTT broker has been started already; make a new one")
        # Nobody is asked whether they want amqtt's log on their terminal, which Python would show without a handler.
        logger = logging.getLogger("amqtt")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        plugin = f"{AccessPlugin.__module__}.{AccessPlugin.__qualname__}"
        self._broker = Broker(
            # Without a list of plugins amqtt lets anybody in, and without a listener it takes port 1883 everywhere.
            {"listeners": {_LISTENER: {"type": "external"}}, "plugins": {plugin: {"access": self._access}}}
        )
        await self._broker.start()
        try:
            await self._listen()
        except BaseException:
            await self.stop()
            raise

    async def _listen(self) -> None:
        host, port = self._wanted
        try:
            bound_host, bound_port = await self._port.open(host, port)
        except (OSError, OverflowError, ValueError) as fault:
            reason = getattr(fault, "strerror", None) or fault
            raise FakeServerError(f"the MQTT broker cannot listen on {host} port {port}: {reason}") from None
        self._inner = await asyncio.start_server(self._connected, _LOOPBACK, 0)
        own_port = self._inner.sockets[0].getsockname()[1]
        bridge = Bridge(
            f"mqtt://{self._access.own_user}:{self._access.own_password}@{_LOOPBACK}:{own_port}",
            topic_in=self._topic_in,
            behaviour=self._behaviour,
            hub=self._hub,
            client_id=self._access.own_user,
            limits=self._limits,
            qos=_QOS,
        )
        await bridge.start()
        self._bridge = bridge
        shown = f"[{bound_host}]" if ":" in bound_host else bound_host
        self._url = f"{'mqtt' if self._ssl_context is None else 'mqtts'}://{shown}:{bound_port}"

    def renew(self, behaviour: MqttBehaviour) -> None:
        """Has another behaviour stand behind it; the connections of clients are not ours and stay."""
        self._access.hooks.renew(behaviour)
        if self._bridge is not None:
            self._bridge.renew(behaviour)

    async def stop(self) -> None:
        """Ends every connection and forgets everything; does nothing when it is not running."""
        broker, self._url = self._broker, ""
        if broker is None:
            return
        await self._port.close()
        if self._inner is not None:
            self._inner.close()
        if self._bridge is not None:
            await self._bridge.stop()
            self._bridge = None
        for task, writer in self._connections.items():
            writer.transport.abort()
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._port.settle()
        await self._port.shutdown()
        if self._inner is not None:
            await self._inner.wait_closed()
            self._inner = None
        with suppress(Exception):  # one that is stopped already, by an earlier call
            await broker.shutdown()

    def publish(self, publication: Publish) -> None:
        """Publishes a message by the bridge; never raises."""
        if self._bridge is not None:
            self._bridge.publish(publication)

    def _client(self) -> _Client:
        return _Client(self._port, self._hub.new_id(), self._connected)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        broker = self._broker
        if task is None or broker is None:
            return
        self._connections[task] = writer
        try:
            await broker.external_connected(StreamReaderAdapter(reader), StreamWriterAdapter(writer), _LISTENER)
        except asyncio.CancelledError:
            if self._url:  # nobody but a stop cancels
                raise
        except Exception as failure:
            self._access.hooks.note("amqtt failed to serve a connection", failure=whereabouts(failure))
        finally:
            del self._connections[task]
            writer.transport.abort()


class _Client(asyncio.StreamReaderProtocol):
    """The connection of one client."""

    def __init__(self, port: Port, connection_id: str, connected: Callable[..., Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        super().__init__(asyncio.StreamReader(loop=loop), connected, loop=loop)
        self.connection_id: Final = connection_id
        self.was_open = False
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.was_open = True
        self._port.opened(self, cast("asyncio.Transport", transport))
        super().connection_made(transport)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._port.lost(self)


class _Access:
    """Who may do what, for the plugin.

    Args:
        hooks: ask the behaviour.

    Attributes:
        own_user, own_password: what the fake itself logs in with; nobody else is told.
    """

    def __init__(self, hooks: Hooks) -> None:
        self.hooks: Final = hooks
        self.own_user: Final = f"avatarwire-{secrets.token_hex(8)}"
        self.own_password: Final = secrets.token_urlsafe(32)

    def authenticates(self, session: Session) -> bool:
        user, password = session.username, session.password
        if user == self.own_user:
            return secrets.compare_digest((password or "").encode(), self.own_password.encode())
        if not self.hooks.authenticates(session.client_id or "", user, None if password is None else password.encode()):
            return False
        # amqtt publishes wills without asking who may publish there.
        will = session.will_topic if session.will_flag else None
        return will is None or self.hooks.may_publish(user or "", will)

    def allows(self, session: Session, topic: str, action: Action) -> bool:
        user = session.username or ""
        if user == self.own_user:
            return True
        if action is Action.PUBLISH:
            return self.hooks.may_publish(user, topic)
        return "+" not in topic and "#" not in topic and self.hooks.may_subscribe(user, topic)


class AccessPlugin(BaseAuthPlugin, BaseTopicPlugin):
    """The plugin by which amqtt asks who may log in, publish and subscribe."""

    @dataclass
    class Config(BasePlugin.Config):
        """What the plugin is given by the broker it belongs to."""

        access: Any

    @property
    def _access(self) -> _Access:
        return cast("_Access", cast("Any", self).config.access)

    async def authenticate(self, *, session: Session) -> bool:
        """Whether a client may connect."""
        return self._access.authenticates(session)

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        """Whether a client may publish to a topic or subscribe to it."""
        return (
            session is not None
            and topic is not None
            and action is not None
            and self._access.allows(session, topic, action)
        )
