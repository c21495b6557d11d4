"""A connection to an MQTT broker, as a client that subscribes, publishes, and keeps what comes in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Self, TypeAlias

from .case import Differs
from .mqtt_packets import (
    CONNACK,
    DISCONNECT,
    PINGREQ,
    PINGRESP,
    PUBACK,
    PUBLISH,
    SUBACK,
    Packet,
    connect,
    puback,
    publish,
    published,
    split,
    subscribe,
)
from .stream import Ended, Stream
from .web_socket import Closed

__all__ = ["Delivered", "MqttLink"]

_CONNACK_SIZE: Final = 2
_SUBACK_SIZE: Final = 3

Seen: TypeAlias = Callable[[str, str, bytes], None]
"""Is told of each message: ``in`` or ``out``, its topic and its payload."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that was delivered."""

    topic: str
    payload: bytes
    qos: int


class MqttLink:
    """One connection.

    Args:
        stream: what carries it.
        seen: is told of each message.
        patience: real seconds of silence to bear.
    """

    def __init__(self, stream: Stream, seen: Seen, patience: float) -> None:
        self._stream: Final = stream
        self._seen: Final = seen
        self._patience: Final = patience
        self._messages: Final[deque[Delivered | Closed]] = deque()
        self._packets: Final[deque[Packet | Closed]] = deque()
        self._arrived: Final = asyncio.Event()
        self._next_id = 0
        self._over = False
        self._reader: Final = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, url: str, *, patience: float, seen: Seen, forms: Collection[str] = (), ca_file: str = ""
    ) -> Self:
        """Connects to a broker; CONNECT is for `login`, or for whoever sends other bytes.

        Raises:
            NotJudged: nobody is there.
        """
        return cls(await Stream.open(url, patience=patience, forms=forms, ca_file=ca_file), seen, patience)

    async def login(
        self, client_id: str, *, user: str | None = None, password: str | None = None, keep_alive: int = 60
    ) -> int:
        """Sends CONNECT; the return code of CONNACK (3.2.2.3).

        Raises:
            Differs: no CONNACK comes.
        """
        await self.send_raw(connect(client_id, user=user, password=password, keep_alive=keep_alive))
        packet = await self.packet(CONNACK)
        if len(packet.body) != _CONNACK_SIZE:
            raise Differs("a CONNACK of two bytes", f"one of {len(packet.body)}")
        return packet.body[1]

    async def subscribe(self, topic: str, qos: int = 0) -> int:
        """Subscribes; the return code of SUBACK (3.9.3): the QoS, or 128."""
        self._next_id += 1
        await self.send_raw(subscribe(self._next_id, topic, qos))
        packet = await self.packet(SUBACK)
        if len(packet.body) != _SUBACK_SIZE or packet.body[:2] != self._next_id.to_bytes(2, "big"):
            raise Differs(f"a SUBACK for packet {self._next_id} with one return code", packet.body.hex())
        return packet.body[2]

    async def publish(self, topic: str, payload: bytes, qos: int = 0) -> None:
        """Publishes; with QoS 1 it waits for PUBACK."""
        self._seen("out", topic, payload)
        self._next_id += 1
        await self._stream.send(publish(topic, payload, qos=qos, packet_id=self._next_id))
        if qos:
            await self.packet(PUBACK)

    async def publish_unasked(self, topic: str, payload: bytes, qos: int = 1) -> None:
        """Publishes, and does not wait for PUBACK, which may never come."""
        self._seen("out", topic, payload)
        self._next_id = self._next_id % 0xFFFF + 1
        await self._stream.send(publish(topic, payload, qos=qos, packet_id=self._next_id))

    async def ping(self) -> None:
        """Sends PINGREQ and waits for PINGRESP."""
        await self.send_raw(PINGREQ)
        await self.packet(PINGRESP)

    async def send_raw(self, data: bytes) -> None:
        """Sends bytes as they are.

        Raises:
            Ended: the connection has ended.
        """
        await self._stream.send(data)

    async def receive(self, patience: float | None = None) -> Delivered | Closed | None:
        """The next message; None when nothing comes for so many real seconds. The end stays."""
        found = await self._next(self._messages, self._patience if patience is None else patience)
        assert not isinstance(found, Packet)  # noqa: S101 - of the types
        return found

    async def packet(self, kind: int) -> Packet:
        """The next packet of a kind that is no message.

        Raises:
            Differs: none comes.
        """
        while True:
            found = await self._next(self._packets, self._patience)
            if isinstance(found, Packet):
                if found.kind == kind:
                    return found
                continue
            saw = f"nothing within {self._patience:g} s" if found is None else "the connection is closed"
            raise Differs(f"an MQTT packet of type {kind}", saw)

    async def leave(self) -> None:
        """Says goodbye, and lets go of the connection."""
        with suppress(Ended):
            await self._stream.send(DISCONNECT)
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader
        await self._stream.leave()

    @property
    def over(self) -> bool:
        """Whether the connection has ended."""
        return self._over

    def drop(self) -> None:
        """Lets go of the connection without a word."""
        self._stream.drop()

    async def _next(
        self, queue: deque[Delivered | Closed] | deque[Packet | Closed], patience: float
    ) -> Delivered | Packet | Closed | None:
        try:
            async with asyncio.timeout(patience):
                while not queue:
                    self._arrived.clear()
                    await self._arrived.wait()
        except TimeoutError:
            return None
        found = queue[0]
        return found if isinstance(found, Closed) else queue.popleft()

    async def _read(self) -> None:
        rest, reason = b"", ""
        while True:
            try:
                data = await self._stream.receive()
            except Ended as end:
                data, reason = b"", end.how
            if not data:
                break
            rest += data
            try:
                while True:
                    packet, rest = split(rest)
                    if packet is None:
                        break
                    await self._take(packet)
            except (ValueError, Ended) as error:
                reason = f"no MQTT: {error}"
                break
        self._over = True
        for queue in (self._messages, self._packets):
            queue.append(Closed(1006, reason))
        self._arrived.set()

    async def _take(self, packet: Packet) -> None:
        if packet.kind == PUBLISH:
            topic, payload, qos, id_ = published(packet)
            self._seen("in", topic, payload)
            if qos == 1:
                await self._stream.send(puback(id_))
            self._messages.append(Delivered(topic, payload, qos))
        else:
            self._packets.append(packet)
        self._arrived.set()
