"""A behaviour that echoes, and a broker in a thread for tests that talk to it from outside.

Only what tests of the MQTT transports share may live here.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from typing import Any, TypeVar

from avatarwire.fakeserver.clock import Clock, RealClock
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Publish
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.journal.entry import Entry
from avatarwire.fakeserver.transports.mqtt.bridge import Bridge
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker
from avatarwire.fakeserver.transports.mqtt.hooks import MqttBroker
from tests.fakeserver.loops import LIMIT, LoopThread

T = TypeVar("T")


class Echo:
    """Anna and Bert may publish to ``in``, and subscribe to what begins with ``out``; what is published comes back.

    Attributes:
        deliveries: what was received.
        fails: whether `take` fails.
    """

    def __init__(self) -> None:
        self.deliveries: list[Delivery] = []
        self.fails = False

    def authenticate(self, client_id: str, user: str | None, password: bytes | None) -> bool:
        return user in ("anna", "bert") and hmac.compare_digest(password or b"", b"open sesame")

    def may_publish(self, user: str, topic: str) -> bool:
        return topic == "in"

    def may_subscribe(self, user: str, topic_filter: str) -> bool:
        return topic_filter.startswith("out")

    def read(self, delivery: Delivery, now: float) -> Incoming:
        return Incoming("ask", session="s", packet=delivery)

    def take(self, received: Incoming, now: float) -> list[Effect]:
        delivery: Delivery = received.packet
        self.deliveries.append(delivery)
        if self.fails:
            raise LookupError("by order of the test")
        return [Publish("out", delivery.data, delivery.qos, "answer", session="s", cause=received)]


class Scene:
    """A transport that runs in a thread of its own, whichever of the two it is."""

    def __init__(self, broker: MqttBroker, behaviour: Echo, journal: Journal, thread: LoopThread) -> None:
        self.broker = broker
        self.behaviour = behaviour
        self.journal = journal
        self.thread = thread

    def publish(self, topic: str, data: bytes, qos: int = 0) -> None:
        """Publishes in the loop."""
        self.thread.run(lambda: self.broker.publish(Publish(topic, data, qos, "told")))

    def note(self, text: str, *, count: int | None = None, **meta: object) -> Entry:
        """Waits for a note."""

        def fits(entry: Entry) -> bool:
            return entry.body == text and meta.items() <= dict(entry.meta).items()

        if count is None:
            return self.journal.expect_sync(where=fits)
        return self.journal.expect_sync(where=fits, count=count)[-1]


class Place(Scene):
    """The broker in this process."""

    broker: EmbeddedBroker

    @property
    def port(self) -> int:
        return self.broker.port

    def clients(self) -> list[str]:
        """Who is connected."""
        return self.thread.run(lambda: sorted(self.broker.clients))

    def tasks(self) -> int:
        """How many tasks there are in the loop."""
        return self.thread.run(lambda: len(asyncio.all_tasks()))


def complete(thread: LoopThread, work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run_coroutine_threadsafe(work, thread.loop).result(LIMIT)


@contextmanager
def running(behaviour: Echo | None = None, *, clock: Clock | None = None, **options: Any) -> Generator[Place]:
    """A broker for the time of the block; at its end nothing is left of it in its loop."""
    clock = RealClock() if clock is None else clock
    behaviour = Echo() if behaviour is None else behaviour
    journal = Journal(clock, vendor="test", budget_bytes=2**26)

    async def begin() -> EmbeddedBroker:
        broker = EmbeddedBroker(behaviour, Hub(clock, journal), **options)
        await broker.start()
        return broker

    with LoopThread() as thread:
        place = Place(complete(thread, begin()), behaviour, journal, thread)
        try:
            yield place
        finally:
            complete(thread, place.broker.stop())
            clock.detach(thread.loop)
        assert thread.run(lambda: [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]) == []


class Joined(Scene):
    """The client of a broker elsewhere."""

    broker: Bridge


@contextmanager
def joined(url: str, behaviour: Echo | None = None, **options: Any) -> Generator[Joined]:
    """A client of a broker elsewhere for the time of the block; at its end nothing is left of it in its loop."""
    clock = RealClock()
    behaviour = Echo() if behaviour is None else behaviour
    journal = Journal(clock, vendor="test", budget_bytes=2**26)

    async def begin() -> Bridge:
        broker = Bridge(url, topic_in="in", behaviour=behaviour, hub=Hub(clock, journal), client_id="us", **options)
        await broker.start()
        return broker

    with LoopThread() as thread:
        try:
            scene = Joined(complete(thread, begin()), behaviour, journal, thread)
            try:
                yield scene
            finally:
                complete(thread, scene.broker.stop())
        finally:
            left = thread.run(lambda: [task for task in asyncio.all_tasks() if task is not asyncio.current_task()])
            assert left == []
