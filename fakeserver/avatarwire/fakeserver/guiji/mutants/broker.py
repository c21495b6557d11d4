"""Ways in which the broker of the fake Guiji is broken."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final

from msgspec.structs import replace

from avatarwire.fakeserver.effects import Publish
from avatarwire.fakeserver.guiji.access import Access
from avatarwire.fakeserver.mutant import Patches
from avatarwire.fakeserver.transports.mqtt import broker, connection, packets
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker
from avatarwire.fakeserver.transports.mqtt.connection import Connection
from avatarwire.fakeserver.transports.mqtt.inflight import Inflight
from avatarwire.fakeserver.transports.mqtt.subscriptions import Subscriptions

from .making import Apply, Call, around, changed, mutants, without

__all__ = ["MUTANTS"]

_IGNORED: Final = packets.PingResponse()
"""A packet that leads to nothing."""
_LEVEL, _FLAGS = 6, 7
"""Where both stand in a CONNECT."""
_CLEAN: Final = 0x02


# --- packets ---


def _connect(at: int, change: Callable[[bytes], int]) -> Apply:
    """CONNECT is read as if one of its bytes were another."""

    def make(original: Call, patches: Patches) -> Call:
        def read(content: bytes, **more: Any) -> Any:
            other = bytes([*content[:at], change(content), *content[at + 1 :]])
            if other != content:
                patches.note("a CONNECT is let in that breaks the protocol")
            return original(other, **more)

        return read

    return around(connection, "read_connect", make)


def _clean(content: bytes) -> int:
    has_no_name = content[10:12] == b"\0\0"
    return content[_FLAGS] | (_CLEAN if has_no_name else 0)


def _patient(original: Call, patches: Patches) -> Call:
    def following(it: Any) -> bool:
        framer = it._framer
        if it.connect is None and framer.first not in (None, packets.Kind.CONNECT << 4):
            patches.note("what comes before CONNECT is passed over")
            return framer.next() is not None
        found: bool = original(it)
        return found

    return following


def _passing_over(kind: packets.Kind) -> Apply:
    def make(original: Call, patches: Patches) -> Call:
        def read(first: int, content: bytes) -> Any:
            if first >> 4 == kind:
                patches.note(f"{kind.name} leads to nothing")
                return _IGNORED
            return original(first, content)

        return read

    return around(connection, "read_packet", make)


def _sharing(original: Call, patches: Patches) -> Call:
    def close(it: Any, reason: str, **more: Any) -> None:
        if reason.startswith("another connection"):
            patches.note("the older connection stays")
        else:
            original(it, reason, **more)

    return close


def _other_suback(original: Call, patches: Patches) -> Call:
    def suback(packet_id: int, codes: Any) -> bytes:
        patches.note("SUBACK has another id")
        data: bytes = original(packet_id % 65535 + 1, codes)
        return data

    return suback


def _other_puback(data: bytes) -> bytes:
    number = int.from_bytes(data[2:4], "big") % 65535 + 1
    return data[:2] + number.to_bytes(2, "big") + data[4:]


def _no_quality_0(original: Call, patches: Patches) -> Call:
    def published(it: Any, session: Any, packet: Any, *arguments: Any, **more: Any) -> None:
        if packet.qos:
            original(it, session, packet, *arguments, **more)
        else:
            patches.note("a message with QoS 0 is lost")

    return published


def _above_granted(original: Call, patches: Patches) -> Call:
    def deliver(it: Any, publication: Publish, session: Any, granted: int) -> None:
        if publication.qos > granted:
            patches.note("a message comes with more than was granted")
        original(it, publication, session, 2)

    return deliver


def _retaining(patches: Patches) -> None:
    last: dict[str, bytes] = {}

    def publish(original: Call) -> Call:
        def call(it: Any, publication: Publish) -> None:
            last[publication.topic] = publication.data
            original(it, publication)

        return call

    def subscribed(original: Call) -> Call:
        def call(it: Any, session: Any, at: Any, topic: str, qos: int) -> int:
            granted: int = original(it, session, at, topic, qos)
            if topic in last:
                patches.note("who subscribes is told what was said before")
                at.send(packets.publish(topic, last[topic]))
            return granted

        return call

    patches.instead(EmbeddedBroker, "publish", publish)
    patches.instead(EmbeddedBroker, "_subscribed", subscribed)


def _first_only(subscribers: Any) -> Any:
    return tuple(subscribers)[:1]


# --- topics ---


def _anywhere(original: Call, patches: Patches) -> Call:
    def may_publish(it: Any, user: str, topic: str) -> bool:
        if not original(it, user, topic):
            patches.note("every topic counts")
        return True

    return may_publish


def _passed_on(original: Call, patches: Patches) -> Call:
    def published(it: Any, session: Any, packet: Any, *arguments: Any, **more: Any) -> None:
        if it._subscriptions.of(packet.topic):
            patches.note("what a client says to another is passed on")
            it.publish(Publish(packet.topic, packet.data, packet.qos, "SessionState.Destroy"))
        original(it, session, packet, *arguments, **more)

    return published


def _wildcards(original: Call, patches: Patches) -> Call:
    def subscribed(it: Any, session: Any, at: Any, topic: str, qos: int) -> int:
        if "#" not in topic and "+" not in topic:
            found: int = original(it, session, at, topic, qos)
            return found
        patches.note("wildcards give every session")
        server: Any = patches.server
        for each in server.state.sessions:
            it._subscriptions.add(session.key, each.topic_sub, qos)
        return qos

    return subscribed


def _one_topic(original: Call, patches: Patches) -> Call:
    def subscribed(it: Any, session: Any, at: Any, topic: str, qos: int) -> int:
        if it._subscriptions.topics_of(session.key):
            patches.note("a second subscription is refused")
            return 0x80
        found: int = original(it, session, at, topic, qos)
        return found

    return subscribed


def _to_everybody(original: Call, patches: Patches) -> Call:
    def publish(it: Any, publication: Publish) -> None:
        original(it, publication)
        server: Any = patches.server
        for each in server.state.sessions.living():
            if each.topic_sub != publication.topic:
                patches.note("another session hears it, too")
                original(it, replace(publication, topic=each.topic_sub, left=None))

    return publish


def _impatient(original: Call, patches: Patches) -> Call:
    def leave(it: Any, at: Any, **more: Any) -> None:
        session = it._of.get(at)
        topics = it._subscriptions.topics_of(session.key) if session is not None else ()
        original(it, at, **more)
        server: Any = patches.server
        for topic in topics:
            live_session = server.state.sessions.at(topic)
            if live_session is not None and not live_session.destroyed:
                patches.note("a lost connection ends its session")
                _destroyed(server, live_session)

    return leave


def _destroyed(server: Any, session: Any) -> None:
    behaviour = server._behaviour

    def end(now: float) -> Any:
        return behaviour.turn.run(now, lambda: behaviour.live.destroy(session, "gone"))

    server.hub.run(end)


MUTANTS: Final = MappingProxyType(
    mutants(
        nobody_logs_in=("Nobody is let in.", changed(Access, "authenticate", lambda _: False)),
        everybody_logs_in=("Everybody is let in.", changed(Access, "authenticate", lambda _: True)),
        any_level=("Every protocol level is accepted.", _connect(_LEVEL, lambda content: 4)),
        no_name_needed=("No client id is needed.", _connect(_FLAGS, _clean)),
        connect_later=("What comes before CONNECT is passed over.", around(Connection, "_next", _patient)),
        connect_twice=("A second CONNECT is passed over.", _passing_over(packets.Kind.CONNECT)),
        shared_client_id=("Two clients may have one id.", around(Connection, "close", _sharing)),
        no_pongs=("PINGREQ is not answered.", _passing_over(packets.Kind.PINGREQ)),
        no_keep_alive=("A silent client stays connected.", without(Connection, "_watch_over")),
        no_goodbye=("DISCONNECT leads to nothing.", _passing_over(packets.Kind.DISCONNECT)),
        other_suback=("SUBACK has another id.", around(broker, "suback", _other_suback)),
        other_puback=("PUBACK has another id.", changed(Inflight, "receipt", _other_puback)),
        no_pubcomp=("PUBREL is not answered.", changed(Inflight, "answer", lambda _: None)),
        no_unsubscribing=("UNSUBSCRIBE ends nothing.", without(Subscriptions, "remove")),
        no_quality_0=("Messages with QoS 0 are lost.", around(EmbeddedBroker, "_published", _no_quality_0)),
        above_granted=("QoS may be above what was granted.", around(EmbeddedBroker, "_deliver", _above_granted)),
        retaining=("Who subscribes is told what was said last.", _retaining),
        first_listener=("Only the first subscriber hears.", changed(Subscriptions, "of", _first_only)),
        every_topic=("Requests count on every topic.", around(Access, "may_publish", _anywhere)),
        passed_on=("Clients speak to each other.", around(EmbeddedBroker, "_published", _passed_on)),
        everybody_listens=("Everybody may listen.", changed(Access, "may_subscribe", lambda _: True)),
        wildcards=("Wildcards give every session.", around(EmbeddedBroker, "_subscribed", _wildcards)),
        one_topic=("A connection has one subscription.", around(EmbeddedBroker, "_subscribed", _one_topic)),
        to_everybody=("Every session hears of all.", around(EmbeddedBroker, "publish", _to_everybody)),
        impatient=("A lost connection ends its session.", around(EmbeddedBroker, "leave", _impatient)),
    )
)
"""By name."""
