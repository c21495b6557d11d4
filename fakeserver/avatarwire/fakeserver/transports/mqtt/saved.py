"""What a snapshot has of the broker in this process: clients whose session outlives their connection (clean false)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from avatarwire.fakeserver.snapshot import Count, Saved

__all__ = ["SavedBroker", "SavedClient", "SavedKept", "SavedSubscription"]

_Qos = Annotated[int, Meta(ge=0, le=2)]
_PacketId = Annotated[int, Meta(ge=1, le=65_535)]


class SavedKept(Saved):
    """A message that a client has not acknowledged yet.

    Attributes:
        packet_id: its id.
        topic, data, qos, message, session: what is published, its catalogue id, and the session concerned.
        granted: quality of service it goes out with.
        sent, taken: whether it has gone out at least once, and whether the client has said PUBREC.
    """

    packet_id: _PacketId
    topic: str
    data: bytes
    qos: _Qos
    message: str
    session: str
    granted: _Qos
    sent: bool
    taken: bool


class SavedClient(Saved):
    """A client: who it is, what it is owed, the last packet id, and ids of messages that it has not released."""

    client_id: str
    user: str
    kept: list[SavedKept]
    last: Annotated[int, Meta(ge=0, le=65_535)]
    received: list[_PacketId]


class SavedSubscription(Saved):
    """A subscription: the position of its client, and what it is to."""

    client: Count
    topic: str
    qos: _Qos


class SavedBroker(Saved):
    """All clients, and their subscriptions in the order in which messages are delivered.

    Attributes:
        anonymous: how many clients have been given an identifier.
    """

    clients: list[SavedClient]
    subscriptions: list[SavedSubscription]
    anonymous: Count
