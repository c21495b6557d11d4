"""Passes the bytes of MQTT connections on, both ways, and reads the packets beside it.

Each client has a connection of its own to the broker, on which every byte is the client's own, or the broker's: who
logs in, what is subscribed to and how that is answered stays what it is. MQTT 3.1.1 and 5 are read.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from avatarwire.codecs.core.findings import Finding
from avatarwire.fakeserver.record.http_relay import reason_of
from avatarwire.fakeserver.record.notebook import Conversation, Questions
from avatarwire.fakeserver.record.relay import Relay
from avatarwire.fakeserver.record.wire import Sender
from avatarwire.fakeserver.transports.mqtt.address import BrokerAddress
from avatarwire.fakeserver.transports.mqtt.packets import Framer, Kind, Malformed, ReturnCode, connack
from avatarwire.fakeserver.transports.mqtt.parsing import Content

__all__ = ["MqttRelay"]

_BLOCK: Final = 64 * 1024
_LARGEST: Final = 16 * 1024 * 1024
"""Bytes of a packet that are read."""
_CONNECTING: Final = 30.0
_VERSION_5: Final = 5
_LENGTH_SHIFTS: Final = (0, 7, 14, 21)
_REFUSED: Final = 0x80
"""From here on return codes of a SUBACK are refusals."""


class MqttRelay:
    """Serves the connections of one port.

    Args:
        relay: what all ports have in common.
        broker: where connections go.
        trusted: whom to trust there; None without TLS.
    """

    def __init__(self, relay: Relay, broker: BrokerAddress, trusted: ssl.SSLContext | None) -> None:
        self._relay: Final = relay
        self._broker: Final = broker
        self._ssl: Final = trusted
        self._asked: Final = Questions()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serves one connection until one of the two is gone."""
        relay, broker = self._relay, self._broker
        connection = relay.new_id()
        hear = relay.wire.delivery or relay.deaf
        packets = Packets(relay.notebook.conversation(hear, "mqtt", connection, asked=self._asked))
        try:
            async with asyncio.timeout(_CONNECTING):
                there = await asyncio.open_connection(broker.host, broker.port, ssl=self._ssl)
        except OSError as failure:  # a TimeoutError is one
            reason = f"{broker.url} does not answer: {reason_of(failure)}"
            relay.troubled("the broker does not answer", reason, connection)
            with suppress(OSError):
                writer.write(connack(ReturnCode.UNAVAILABLE))
                await writer.drain()
            return
        server_reader, server_writer = there
        ways = [
            asyncio.ensure_future(_carry(reader, server_writer, lambda data: packets.feed(data, "client"))),
            asyncio.ensure_future(_carry(server_reader, writer, lambda data: packets.feed(data, "server"))),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in (server_writer, writer):
                end.close()  # what was written is still sent
            packets.ended()
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, look: Callable[[bytes], object]) -> None:
    with suppress(OSError):
        while data := await reader.read(_BLOCK):
            look(data)
            writer.write(data)
            await writer.drain()


class Packets:
    """Reads the packets of one connection as they pass, and keeps what they say. Sans-IO.

    Args:
        conversation: that keeps it.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation: Final = conversation
        self._framers: Final[dict[Sender, Framer | None]] = {"client": Framer(_LARGEST), "server": Framer(_LARGEST)}
        self._version = 4
        self._client_id = ""
        self._user = ""
        self._said_goodbye = False
        self._asked: Final[dict[int, list[str]]] = {}

    def feed(self, data: bytes, sender: Sender) -> None:
        """Bytes that one side has sent."""
        framer = self._framers[sender]
        if framer is None:
            return
        framer.feed(data)
        try:
            while (packet := framer.next()) is not None:
                self._packet(*packet, sender)
        except Malformed as wrong:
            # From here on it is passed on, and not read.
            self._framers[sender] = None
            reason = str(wrong)
            finding = Finding("MQTT-4.8.0-1", "", reason, "a packet of MQTT")
            self._conversation.note(
                "what follows is passed on, and not read", sender=sender, reason=reason,
                violations=(finding,) if sender == "client" else (),
            )  # fmt: skip

    def ended(self) -> None:
        """The connection is gone."""
        reason = "the client has said DISCONNECT" if self._said_goodbye else "without DISCONNECT"
        self._conversation.note("disconnected", client_id=self._client_id, reason=reason)

    def _packet(self, first: int, content: bytes, sender: Sender) -> None:
        kind = first >> 4
        if kind == Kind.PUBLISH:
            self._publish(first & 0x0F, _Fields(content), sender)
        elif sender == "client":
            if kind == Kind.CONNECT:
                self._connect(_Fields(content))
            elif kind in (Kind.SUBSCRIBE, Kind.UNSUBSCRIBE):
                self._subscribe(kind, _Fields(content))
            elif kind == Kind.DISCONNECT:
                self._said_goodbye = True
        elif kind == Kind.CONNACK:
            self._connack(_Fields(content))
        elif kind == Kind.SUBACK:
            self._suback(_Fields(content))

    def _publish(self, flags: int, content: _Fields, sender: Sender) -> None:
        topic, qos = content.text("topic name"), (flags >> 1) & 3
        meta: dict[str, object] = {"topic": topic, "qos": qos, "client_id": self._client_id}
        if qos:
            content.number("packet id")
        self._skip_properties(content)
        meta |= {name: True for name, bit in (("duplicate", 8), ("retain", 1)) if flags & bit}
        self._conversation.passes(content.rest(), sender, meta)

    def _connect(self, content: _Fields) -> None:
        content.text("protocol name")
        self._version = content.byte("protocol level")
        flags = content.byte("connect flags")
        content.number("keep-alive")
        self._skip_properties(content)
        self._client_id = content.text("client identifier")
        if flags & 0x04:  # a will
            self._skip_properties(content)
            content.text("will topic")
            content.data("will message")
        self._user = content.text("user name") if flags & 0x80 else ""

    def _skip_properties(self, content: _Fields) -> None:
        if self._version == _VERSION_5:
            content.properties()

    def _connack(self, content: _Fields) -> None:
        content.byte("acknowledge flags")
        code = content.byte("return code")
        about: dict[str, Any] = {"client_id": self._client_id, "user": self._user}
        if code:
            self._conversation.note("refused", return_code=code, **about)
        else:
            self._conversation.note("connected", **about)

    def _subscribe(self, kind: int, content: _Fields) -> None:
        number = content.number("packet id")
        self._skip_properties(content)
        topics: list[str] = []
        while not content.done():
            topics.append(content.text("topic filter"))
            if kind == Kind.SUBSCRIBE:
                content.byte("requested quality of service")
        if kind == Kind.SUBSCRIBE:
            self._asked[number] = topics
            return
        for topic in topics:
            self._conversation.note("unsubscribed", client_id=self._client_id, topic=topic)

    def _suback(self, content: _Fields) -> None:
        topics = self._asked.pop(content.number("packet id"), [])
        self._skip_properties(content)
        for topic, code in zip(topics, content.rest(), strict=False):
            about: dict[str, Any] = {"client_id": self._client_id, "user": self._user, "topic": topic}
            if code >= _REFUSED:
                self._conversation.note("a subscription was refused", **about)
            else:
                self._conversation.note("subscribed", qos=code, **about)


class _Fields(Content):
    """The fields of a packet, also of one of MQTT 5."""

    def properties(self) -> None:
        """Leaves out properties, which begin with their length."""
        size = 0
        for shift in _LENGTH_SHIFTS:
            byte = self.byte("length of the properties")
            size |= (byte & 0x7F) << shift
            if not byte & 0x80:
                self._exactly(size, "properties")
                return
        raise Malformed("the length of the properties takes more than four bytes")
