"""The load that brokers are measured under: requests and their answers over MQTT, one in flight on each connection.

The same client, the same bytes and the same number of connections go to either broker, in turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from avatarwire.benchmarks.mqtt_peers import topics
from avatarwire.fakeserver.transports.mqtt.packets import (
    DISCONNECT,
    Connect,
    Framer,
    Kind,
    Publish,
    Subscribe,
    ack,
    connect,
    publish,
    subscribe,
)
from avatarwire.fakeserver.transports.mqtt.parsing import read_answer

__all__ = ["Client", "Clients", "clients"]

REQUEST = (
    b'{"id":7,"jsonrpc":"2.0","method":"pushPlayListManager","params":{"action":"getPlayList"},"sender":"out","padding":"'
    + b"x" * 90
    + b'"}'
)


class Client(asyncio.Protocol):
    """A connection that sends a request and waits for its answer, and with quality 1 for its acknowledgement too."""

    def hear(self, packet: Publish) -> bool:
        """Whether a message is one that is waited for."""
        return True

    def __init__(self) -> None:
        self._framer = Framer(2**20)
        self._transport: asyncio.WriteTransport | None = None
        self._wanted = 0
        self._done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport is not None
        self._framer.feed(data)
        while (found := self._framer.next()) is not None:
            packet = read_answer(*found)
            if isinstance(packet, Publish):
                if packet.qos:
                    self._transport.write(ack(Kind.PUBACK, packet.packet_id))
                if not self.hear(packet):
                    continue
            self._wanted -= 1
            if not self._wanted and not self._done.done():
                self._done.set_result(None)

    async def ask(self, data: bytes, packets: int) -> None:
        """Sends, and waits for so many packets."""
        assert self._transport is not None
        self._wanted = packets
        self._done = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        await self._done

    def fail(self, reason: str) -> None:
        """What is waited for has gone wrong."""
        if not self._done.done():
            self._done.set_exception(RuntimeError(reason))

    def say(self, data: bytes) -> None:
        """Sends, and waits for nothing."""
        assert self._transport is not None
        self._transport.write(data)

    def leave(self) -> None:
        assert self._transport is not None
        self._transport.write(DISCONNECT)
        self._transport.close()


class Clients:
    """Open connections that have subscribed to their answers."""

    def __init__(self, open_: list[Client], qos: int) -> None:
        self._open = open_
        self._qos = qos

    async def round_trips(self, each: int) -> float:
        """Round trips a second, one request in flight on every connection."""

        async def talk(number: int, client: Client) -> None:
            for trip in range(each):
                request = publish(topics(number)[0], REQUEST, self._qos, trip % 1000 + 1)
                await client.ask(request, 1 + self._qos)

        began = time.perf_counter()
        await asyncio.gather(*(talk(number, client) for number, client in enumerate(self._open)))
        return each * len(self._open) / (time.perf_counter() - began)


@asynccontextmanager
async def clients(port: int, count: int, qos: int) -> AsyncGenerator[Clients]:
    """Connections to a broker that have subscribed with quality 0 or 1."""
    open_: list[Client] = []
    loop = asyncio.get_running_loop()
    for number in range(count):
        _, client = await loop.create_connection(Client, "127.0.0.1", port)
        await client.ask(connect(Connect(f"client-{number}", clean=True, keep_alive=0)), 1)
        await client.ask(subscribe(Subscribe(1, ((topics(number)[1], qos),))), 1)
        open_.append(client)
    try:
        yield Clients(open_, qos)
    finally:
        for client in open_:
            client.leave()
