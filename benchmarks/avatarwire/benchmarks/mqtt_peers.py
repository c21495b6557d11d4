"""The MQTT brokers that are measured, each in a process of its own: ours with a behaviour that echoes, and bare amqtt.

Bare amqtt is used as its documentation shows: a TCP listener, and a plugin that answers what it receives. Only servers
live here; who talks to them is in `mqtt_loads.py`.
"""

from __future__ import annotations

import asyncio
import logging
from multiprocessing.connection import Connection
from typing import Any

from amqtt.broker import Broker, BrokerContext
from amqtt.plugins.base import BasePlugin
from amqtt.session import ApplicationMessage

from avatarwire.benchmarks.peers import Peer
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Publish
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

__all__ = ["bare_amqtt", "embedded_broker", "topics"]


def topics(client: int) -> tuple[str, str]:
    """Where the client of a number publishes to, and where it is answered."""
    return f"in/{client}", f"out/{client}"


class Echo:
    """Everybody may do everything, and gets back what they publish."""

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        return True

    def may_publish(self, user: str, topic: str) -> bool:
        return True

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        return True

    def read(self, delivery: Delivery, now: float) -> Incoming:
        return Incoming("ask", packet=delivery)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        delivery: Delivery = received.packet
        topic = delivery.topic.replace("in/", "out/")
        return [Publish(topic, delivery.data, delivery.qos, "answer", cause=received)]


class Responder(BasePlugin[BrokerContext]):
    """Answers on another topic what a client has published."""

    async def on_broker_message_received(self, *, client_id: str, message: ApplicationMessage) -> None:
        topic = message.topic.replace("in/", "out/")
        await self.context.broadcast_message(topic, bytes(message.data), message.qos)


def embedded_broker(ready: Connection) -> None:
    """Our broker: journal on, every packet checked."""

    async def serve() -> None:
        clock = RealClock()
        broker = EmbeddedBroker(Echo(), Hub(clock, Journal(clock)))
        await broker.start()
        ready.send(Peer(broker.port))
        await asyncio.Event().wait()

    asyncio.run(serve())


def bare_amqtt(ready: Connection) -> None:
    """amqtt with a plugin that answers."""

    async def serve() -> None:
        logging.getLogger("amqtt").addHandler(logging.NullHandler())
        broker = Broker(
            {
                "listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}},
                "plugins": {
                    "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
                    f"{__name__}.{Responder.__qualname__}": {},
                },
            }
        )
        await broker.start()
        # amqtt does not tell the port it has got.
        listening: Any = broker._servers["default"].instance  # pyright: ignore[reportPrivateUsage]
        ready.send(Peer(int(listening.sockets[0].getsockname()[1])))
        await asyncio.Event().wait()

    asyncio.run(serve())
