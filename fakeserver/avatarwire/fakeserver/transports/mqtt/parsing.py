"""Reads the packets that MQTT clients and servers send, and refuses what they must not send. Sans-IO.

Clauses in brackets are those of the OASIS standard, such as [MQTT-3.1.2-1]. What breaks one raises `Malformed`, upon
which a server closes the connection [MQTT-4.8.0-1]; a CONNECT that is answered by a refusal raises `Refused`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final, TypeVar

from avatarwire.fakeserver.transports.mqtt.packets import (
    UNSUPPORTED_VERSION,
    Ack,
    Answer,
    Connack,
    Connect,
    Disconnect,
    Kind,
    Malformed,
    Packet,
    PingRequest,
    PingResponse,
    Publish,
    Refused,
    ReturnCode,
    Suback,
    Subscribe,
    Unsubscribe,
    Will,
    connack_5,
)

__all__ = ["Content", "read_answer", "read_connect", "read_packet"]

_Empty = TypeVar("_Empty", PingRequest, PingResponse, Disconnect)


class Content:
    """Reads a packet's content from the start on; whatever is wrong with it raises `Malformed`."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def done(self) -> bool:
        return self._at == len(self._data)

    def byte(self, what: str) -> int:
        return self._exactly(1, what)[0]

    def number(self, what: str) -> int:
        return int.from_bytes(self._exactly(2, what), "big")

    def packet_id(self) -> int:
        number = self.number("packet id")
        if not number:
            raise Malformed("packet id 0 [MQTT-2.3.1-1]")
        return number

    def data(self, what: str) -> bytes:
        return self._exactly(self.number(f"length of the {what}"), what)

    def text(self, what: str) -> str:
        try:
            text = self.data(what).decode()
        except UnicodeDecodeError:
            raise Malformed(f"the {what} is not UTF-8 [MQTT-1.5.3-1]") from None
        if "\0" in text:
            raise Malformed(f"the {what} contains the character NUL [MQTT-1.5.3-2]")
        return text

    def topic(self, what: str) -> str:
        topic = self.text(what)
        if not topic:
            raise Malformed(f"the {what} is empty [MQTT-4.7.3-1]")
        return topic

    def topic_name(self, what: str) -> str:
        topic = self.topic(what)
        if "+" in topic or "#" in topic:
            raise Malformed(f"the {what} contains a wildcard [MQTT-3.3.2-2]")
        return topic

    def rest(self) -> bytes:
        return self._data[self._at :]

    def end(self) -> None:
        if not self.done():
            raise Malformed(f"{len(self._data) - self._at} bytes more than the packet has fields")

    def _exactly(self, size: int, what: str) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise Malformed(f"the packet ends within its {what}")
        found = self._data[self._at : end]
        self._at = end
        return found


_SHORT: Final = 256
"""Bytes of the longest topic that is remembered, with its length."""

_NAME: Final = "MQTT"
_OLD_NAME: Final = "MQIsdp"
_LEVEL: Final = 4
_LEVEL_5: Final = 5

_RESERVED: Final = 0x01
_CLEAN: Final = 0x02
_WILL: Final = 0x04
_WILL_QOS: Final = 0x18
_WILL_RETAIN: Final = 0x20
_PASSWORD: Final = 0x40
_USER: Final = 0x80


def read_connect(content: bytes, *, client_id_bytes: int) -> Connect:
    """Reads the content of a CONNECT.

    Raises:
        Malformed: it is none.
        Refused: another level than that of MQTT 3.1.1, or an identifier that is not taken.
    """
    fields = Content(content)
    name = fields.text("protocol name")
    if name not in (_NAME, _OLD_NAME):
        raise Malformed("the protocol name is not MQTT [MQTT-3.1.2-1]")
    level = fields.byte("protocol level")
    if name == _OLD_NAME or level != _LEVEL:
        reason = f"protocol {name} level {level}, only level 4 (MQTT 3.1.1) is spoken"
        if name == _NAME and level == _LEVEL_5:
            # In its own words: a client of MQTT 5 takes a CONNACK of 3.1.1 for a malformed packet.
            raise Refused(UNSUPPORTED_VERSION, reason, connack_5(UNSUPPORTED_VERSION))
        raise Refused(ReturnCode.BAD_LEVEL, reason)
    flags = fields.byte("connect flags")
    _check(flags)
    clean = bool(flags & _CLEAN)
    keep_alive = fields.number("keep-alive")
    client_id = fields.text("client identifier")
    will = None
    if flags & _WILL:
        topic = fields.topic_name("will topic")
        will = Will(topic, fields.data("will message"), (flags & _WILL_QOS) >> 3)
    user = fields.text("user name") if flags & _USER else None
    password = fields.data("password") if flags & _PASSWORD else None
    fields.end()
    if user is None and password is not None:
        raise Refused(ReturnCode.BAD_CREDENTIALS, "a password without a user name [MQTT-3.1.2-22]")
    if not client_id and not clean:
        raise Refused(ReturnCode.BAD_IDENTIFIER, "no client identifier, and state to be kept [MQTT-3.1.3-8]")
    if len(client_id.encode()) > client_id_bytes:
        raise Refused(ReturnCode.BAD_IDENTIFIER, f"the client identifier is longer than {client_id_bytes} bytes")
    return Connect(client_id, clean, keep_alive, will, user, password)


def _check(flags: int) -> None:
    if flags & _RESERVED:
        raise Malformed("the reserved connect flag is set [MQTT-3.1.2-3]")
    if not flags & _WILL and flags & (_WILL_QOS | _WILL_RETAIN):
        raise Malformed("flags of a will, and no will [MQTT-3.1.2-13]")
    if flags & _WILL_QOS == _WILL_QOS:
        raise Malformed("a will with quality of service 3 [MQTT-3.1.2-14]")


def _read_publish(flags: int, content: bytes) -> Publish:
    qos = (flags >> 1) & 3
    duplicate = bool(flags & 8)
    if qos == 3:
        raise Malformed("quality of service 3 [MQTT-3.3.1-4]")
    if duplicate and not qos:
        raise Malformed("a duplicate with quality of service 0 [MQTT-3.3.1-2]")
    end = 2 + int.from_bytes(content[:2], "big")
    begin = end + 2 if qos else end
    packet_id = int.from_bytes(content[end:begin], "big")
    if len(content) < begin or end > _SHORT or (qos and not packet_id):  # something is wrong with it, perhaps
        fields = Content(content)
        topic = fields.topic_name("topic name")
        packet_id = fields.packet_id() if qos else 0
        return Publish(topic, fields.rest(), qos, packet_id, duplicate, bool(flags & 1))
    return Publish(_topic_name(content[:end]), content[begin:], qos, packet_id, duplicate, bool(flags & 1))


@lru_cache(maxsize=1024)
def _topic_name(field: bytes) -> str:
    """A topic, from the field that holds it: clients publish to the same topics again and again."""
    return Content(field).topic_name("topic name")


def _read_subscribe(flags: int, content: bytes) -> Subscribe:
    _expect(flags, 2)
    fields = Content(content)
    packet_id = fields.packet_id()
    topics: list[tuple[str, int]] = []
    while not topics or not fields.done():  # at least one [MQTT-3.8.3-3]
        topic, qos = fields.topic("topic filter"), fields.byte("requested quality of service")
        if qos > 2:
            raise Malformed(f"quality of service {qos} is asked for [MQTT-3.8.3-4]")
        topics.append((topic, qos))
    return Subscribe(packet_id, tuple(topics))


def _read_unsubscribe(flags: int, content: bytes) -> Unsubscribe:
    _expect(flags, 2)
    fields = Content(content)
    packet_id = fields.packet_id()
    topics = [fields.topic("topic filter")]  # at least one [MQTT-3.10.3-2]
    while not fields.done():
        topics.append(fields.topic("topic filter"))
    return Unsubscribe(packet_id, tuple(topics))


def _read_ack(kind: Kind, expected: int) -> Callable[[int, bytes], Ack]:
    def read(flags: int, content: bytes) -> Ack:
        _expect(flags, expected)
        packet_id = int.from_bytes(content, "big") if len(content) == 2 else 0
        if not packet_id:  # something is wrong with it
            fields = Content(content)
            packet_id = fields.packet_id()
            fields.end()
        return Ack(kind, packet_id)

    return read


def _read_empty(packet: _Empty) -> Callable[[int, bytes], _Empty]:
    def read(flags: int, content: bytes) -> _Empty:
        _expect(flags, 0)
        Content(content).end()
        return packet

    return read


def _expect(flags: int, expected: int) -> None:
    if flags != expected:
        raise Malformed(f"flags {flags:#x} where {expected:#x} belongs [MQTT-2.2.2-2]")


def _read_connack(flags: int, content: bytes) -> Connack:
    _expect(flags, 0)
    fields = Content(content)
    known, code = fields.byte("acknowledge flags"), fields.byte("return code")
    fields.end()
    return Connack(bool(known & 1), code)


def _read_suback(flags: int, content: bytes) -> Suback:
    _expect(flags, 0)
    fields = Content(content)
    return Suback(fields.packet_id(), tuple(fields.rest()))


_READERS: Final[dict[int, Callable[[int, bytes], Packet]]] = {
    Kind.PUBLISH: _read_publish,
    Kind.PUBACK: _read_ack(Kind.PUBACK, 0),
    Kind.PUBREC: _read_ack(Kind.PUBREC, 0),
    Kind.PUBREL: _read_ack(Kind.PUBREL, 2),
    Kind.PUBCOMP: _read_ack(Kind.PUBCOMP, 0),
    Kind.SUBSCRIBE: _read_subscribe,
    Kind.UNSUBSCRIBE: _read_unsubscribe,
    Kind.PINGREQ: _read_empty(PingRequest()),
    Kind.DISCONNECT: _read_empty(Disconnect()),
}


def read_packet(first: int, content: bytes) -> Packet:
    """Reads a packet that a client sends after its CONNECT.

    Raises:
        Malformed: it is none, or not one that a client may send then.
    """
    reader = _READERS.get(first >> 4)
    if reader is None:
        raise Malformed(_UNEXPECTED.get(first >> 4, f"a packet of the reserved type {first >> 4}"))
    return reader(first & 0x0F, content)


_UNEXPECTED: Final[dict[int, str]] = {
    Kind.CONNECT: "a second CONNECT [MQTT-3.1.0-2]",
    **{
        kind: f"a {kind.name}, which only servers send"
        for kind in (Kind.CONNACK, Kind.SUBACK, Kind.UNSUBACK, Kind.PINGRESP)
    },
}


_ANSWER_READERS: Final[dict[int, Callable[[int, bytes], Answer]]] = {
    Kind.CONNACK: _read_connack,
    Kind.PUBLISH: _read_publish,
    Kind.PUBACK: _read_ack(Kind.PUBACK, 0),
    Kind.PUBREC: _read_ack(Kind.PUBREC, 0),
    Kind.PUBREL: _read_ack(Kind.PUBREL, 2),
    Kind.PUBCOMP: _read_ack(Kind.PUBCOMP, 0),
    Kind.SUBACK: _read_suback,
    Kind.PINGRESP: _read_empty(PingResponse()),
}


def read_answer(first: int, content: bytes) -> Answer:
    """Reads a packet that a server sends.

    Raises:
        Malformed: it is none, or not one that a client can expect that never unsubscribes.
    """
    reader = _ANSWER_READERS.get(first >> 4)
    if reader is None:
        raise Malformed(f"a packet of type {first >> 4}, which no server sends now")
    return reader(first & 0x0F, content)
