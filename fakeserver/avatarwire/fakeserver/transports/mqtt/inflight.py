"""One client's messages in both directions, across connections: what was acknowledged, and what is to be sent again.

Sans-IO: bytes and packet ids in and out. Which client gets a message is decided elsewhere.

Source: MQTT 3.1.1, 4.3 (quality of service) and 4.4 (delivery again after a reconnect).
"""

from __future__ import annotations

import msgspec

from avatarwire.fakeserver import effects
from avatarwire.fakeserver.transports.mqtt.packets import Ack, Kind, Publish, ack, publish
from avatarwire.fakeserver.transports.mqtt.saved import SavedClient, SavedKept

__all__ = ["Inflight"]

_IDS = 65_535


class _Kept(msgspec.Struct):
    """A message until the client has acknowledged it.

    Attributes:
        sent: whether it has gone out at least once.
        taken: whether the client has said PUBREC.
    """

    publication: effects.Publish
    qos: int
    sent: bool = False
    taken: bool = False


class Inflight:
    """The messages of one client.

    Args:
        messages, size: how many messages, and how many bytes of them, are kept for the client at most.
    """

    def __init__(self, messages: int, size: int) -> None:
        self._messages = messages
        self._size = size
        self._kept: dict[int, _Kept] = {}
        self._bytes = 0
        self._last = 0
        self._received: set[int] | None = None
        """Packet ids that are not released, once there are some: few clients publish with quality of service 2."""

    # To the client

    def keep(self, publication: effects.Publish, qos: int) -> int:
        """Keeps a message until it is acknowledged, or with quality of service 0 until it is sent.

        Returns:
            Its packet id, 0 without room for it.
        """
        size = len(publication.data)
        if len(self._kept) >= min(self._messages, _IDS) or self._bytes + size > self._size:
            return 0
        packet_id = self._last % _IDS + 1
        while packet_id in self._kept:
            packet_id = packet_id % _IDS + 1
        self._last = packet_id
        self._kept[packet_id] = _Kept(publication, qos)
        self._bytes += size
        return packet_id

    def packet(self, packet_id: int) -> bytes:
        """The packet by which a message that is kept goes on: PUBLISH, or PUBREL when the client has it already."""
        kept = self._kept[packet_id]
        if kept.taken:
            return ack(Kind.PUBREL, packet_id)
        again, kept.sent = kept.sent, True
        if not kept.qos:
            self._forget(packet_id)
        message = kept.publication
        return publish(message.topic, message.data, kept.qos, packet_id, duplicate=again)

    @property
    def all_done(self) -> bool:
        """Whether nothing is kept."""
        return not self._kept

    def owed(self) -> list[tuple[int, effects.Publish, int]]:
        """Packet id, message and quality of service of all that is kept, oldest first."""
        return [(packet_id, kept.publication, kept.qos) for packet_id, kept in self._kept.items()]

    # From the client

    def is_new(self, packet: Publish) -> bool:
        """Whether a message has not been received before; one of quality of service 2 is received once until PUBREL."""
        if packet.qos < 2:
            return True
        if self._received is None:
            self._received = set()
        if packet.packet_id in self._received:
            return False
        self._received.add(packet.packet_id)
        return True

    def forget_received(self, packet_id: int) -> None:
        """What comes next under a packet id is new."""
        if self._received is not None:
            self._received.discard(packet_id)

    def forget_all_received(self) -> None:
        """The other side has lost its state, and counts its packets anew."""
        self._received = None

    def receipt(self, packet: Publish) -> bytes:
        """What a PUBLISH is answered by."""
        if not packet.qos:
            return b""
        return ack(Kind.PUBACK if packet.qos == 1 else Kind.PUBREC, packet.packet_id)

    def answer(self, packet: Ack) -> bytes:
        """What an acknowledgement is answered by, if by anything.

        PUBREC and PUBREL are answered whether or not the packet id is known, so that a client gets on that remembers
        more than we do.
        """
        packet_id = packet.packet_id
        kept = self._kept.get(packet_id)
        match packet.kind:
            case Kind.PUBREL:
                self.forget_received(packet_id)
                return ack(Kind.PUBCOMP, packet_id)
            case Kind.PUBREC:
                if kept is not None and kept.qos == 2:
                    kept.taken = True
                return ack(Kind.PUBREL, packet_id)
            case Kind.PUBACK if kept is not None and kept.qos == 1:
                self._forget(packet_id)
            case Kind.PUBCOMP if kept is not None and kept.taken:
                self._forget(packet_id)
            case _:
                pass  # nothing waits for it
        return b""

    # Snapshots

    def saved(self, client_id: str, user: str) -> SavedClient:
        """What the client is owed, for a snapshot."""
        kept = [
            SavedKept(
                packet_id=packet_id,
                topic=it.publication.topic,
                data=it.publication.data,
                qos=it.publication.qos,
                message=it.publication.message,
                session=it.publication.session,
                granted=it.qos,
                sent=it.sent,
                taken=it.taken,
            )
            for packet_id, it in self._kept.items()
        ]
        received = sorted(self._received or ())
        return SavedClient(client_id=client_id, user=user, kept=kept, last=self._last, received=received)

    def restored(self, saved: SavedClient) -> None:
        """Owes what a snapshot has."""
        self._last, self._received = saved.last, set(saved.received)
        for it in saved.kept:
            publication = effects.Publish(it.topic, it.data, it.qos, it.message, None, it.session)
            self._kept[it.packet_id] = _Kept(publication, it.granted, it.sent, it.taken)
            self._bytes += len(it.data)

    def _forget(self, packet_id: int) -> None:
        self._bytes -= len(self._kept.pop(packet_id).publication.data)
