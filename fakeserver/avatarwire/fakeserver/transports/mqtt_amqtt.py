"""amqtt as the keeper of sessions and subscriptions, in this process and without a port of its own.

All that knows of amqtt lives here; importing this takes a while, so it is done when a broker starts. amqtt sees
CONNECT, SUBSCRIBE, UNSUBSCRIBE and the end of a connection, and answers them. It never sees a message: it would lose
those that come together with the end of their connection, retain some, keep no order among the answers, and deliver
with the quality of service of a subscription's first day. The flow of messages is in `mqtt_flow.py`.

Other things in amqtt 0.12 that are avoided here: a will is published past every rule of access; a session that was to
end with its connection is found again within a second of it; subscribing again does not change the quality of service;
a connection that ends in the very moment it begins is waited for without end.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, cast

from amqtt.adapters import ReaderAdapter, WriterAdapter
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.plugins.base import BaseAuthPlugin, BasePlugin, BaseTopicPlugin
from amqtt.session import Session

from avatarwire.fakeserver.transports.mqtt_packets import Connect, connect

__all__ = ["Keeper", "Visit"]

_LISTENER: Final = "default"

Allows = Callable[[str, str], bool]
"""Whether the client of a key may subscribe to a topic."""


class Keeper:
    """A broker of amqtt.

    Args:
        allows: whether a client may subscribe to a topic without wildcards.
    """

    def __init__(self, allows: Allows) -> None:
        # Nobody is asked whether they want amqtt's log on their terminal, which Python would show without a handler.
        logger = logging.getLogger("amqtt")
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
        self._broker = Broker(
            {
                "listeners": {_LISTENER: {"type": "external"}},
                "plugins": {f"{Gate.__module__}.{Gate.__qualname__}": {"keeper": self}},
            }
        )
        self._allows = allows

    async def start(self) -> None:
        await self._broker.start()

    async def stop(self) -> None:
        await self._broker.shutdown()

    async def serve(self, visit: Visit) -> None:
        """Has a connection served until it ends."""
        await self._broker.external_connected(visit.reader, visit.writer, _LISTENER)

    def subscribers(self, topic: str) -> list[tuple[str, int]]:
        """Keys of the clients that have subscribed to exactly this topic, and the quality of service granted."""
        found = self._broker.subscriptions.get(topic, ())
        return [(session.client_id or "", qos) for session, qos in found]

    def forget(self, key: str) -> None:
        """Drops the session and the subscriptions of a client that is not connected."""
        self._broker.sessions.pop(key, None)
        for topic in tuple(self._broker.subscriptions):
            self.drop(key, topic)

    def drop(self, key: str, topic: str) -> None:
        """Drops a client's subscription, if there is one, and nothing stays of a topic that nobody subscribes to."""
        subscriptions = self._broker.subscriptions
        found = subscriptions.get(topic)
        if found is None:
            return
        found[:] = [item for item in found if item[0].client_id != key]
        if not found:
            del subscriptions[topic]

    def subscribing(self, key: str, topic: str) -> bool:
        """Whether a client may subscribe; if so, an older subscription makes way for the new quality of service."""
        if "+" in topic or "#" in topic or not self._allows(key, topic):
            return False
        self.drop(key, topic)
        return True


class Gate(BaseAuthPlugin, BaseTopicPlugin):
    """The plugin by which amqtt asks; whoever gets as far as amqtt has been let in already."""

    @dataclass
    class Config(BasePlugin.Config):
        """What the plugin is given: the keeper whose broker it belongs to."""

        keeper: Any

    async def authenticate(self, *, session: Session) -> bool:
        return True

    async def topic_filtering(
        self, *, session: Session | None = None, topic: str | None = None, action: Action | None = None
    ) -> bool:
        if action is not Action.SUBSCRIBE or session is None or topic is None:
            return False
        keeper = cast("Keeper", cast("Any", self).config.keeper)
        return keeper.subscribing(session.client_id or "", topic)


class Visit:
    """One connection, as amqtt sees it.

    Args:
        key: of the client, which amqtt takes for its identifier; not empty.
        clean: whether it wants a session without a past, which ends with the connection.
        peer: address and port.
        say: called with each whole packet that amqtt sends.
    """

    def __init__(self, key: str, *, clean: bool, peer: tuple[str, int], say: Callable[[bytes], None]) -> None:
        self.reader = _Reader(connect(Connect(key, clean, keep_alive=0)))
        self.writer = _Writer(peer, say)

    def feed(self, packet: bytes) -> None:
        """The client has sent a packet."""
        self.reader.feed(packet)

    def end(self) -> None:
        """The client is gone."""
        self.reader.feed_eof()


class _Reader(ReaderAdapter):
    """Gives amqtt what it is fed."""

    def __init__(self, first: bytes) -> None:
        self._data = bytearray(first)
        self._ended = False
        self._more = asyncio.Event()

    def feed(self, data: bytes) -> None:
        self._data += data
        self._more.set()

    def feed_eof(self) -> None:
        self._ended = True
        self._more.set()

    async def read(self, n: int = -1) -> bytes:
        while len(self._data) < n and not self._ended:
            self._more.clear()
            await self._more.wait()
        if self._ended:
            # amqtt gets ready to hear of an end one turn after it has begun to read.
            await asyncio.sleep(0)
        found = bytes(self._data[:n])
        del self._data[:n]
        return found


class _Writer(WriterAdapter):
    """Hands on what amqtt writes, one whole packet at a time; never has it wait, and is never closed by it."""

    def __init__(self, peer: tuple[str, int], say: Callable[[bytes], None]) -> None:
        self._peer = peer
        self._say = say

    def write(self, data: bytes) -> None:
        self._say(data)

    async def drain(self) -> None:
        """There is nothing to wait for: who does not read is cut off."""

    def get_peer_info(self) -> tuple[str, int]:
        return self._peer

    def get_ssl_info(self) -> None:
        """Nothing: amqtt has no business with certificates."""

    async def close(self) -> None:
        """Nothing: the connection is not amqtt's to close."""
