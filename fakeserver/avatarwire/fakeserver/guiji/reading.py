"""What a message that a client has published says, and which session it is about; what it leads to is in `mqtt.py`.

A session is known to its own account only: to whoever publishes with another one there is none.
"""

from __future__ import annotations

from typing import Final

import msgspec

from avatarwire.codecs.core.findings import clauses_of
from avatarwire.codecs.errors import CodecError
from avatarwire.codecs.guiji.messages import rpc_requests as requests
from avatarwire.codecs.guiji.wire import rpc
from avatarwire.codecs.guiji.wire.topics import plain_session_id
from avatarwire.fakeserver.effects import Delivery, Incoming
from avatarwire.fakeserver.guiji.rpc_errors import RpcRefusal, envelope, unreadable
from avatarwire.fakeserver.guiji.sessions import LiveSession, Sessions

__all__ = ["Asked", "Reader", "owned"]


class Asked(msgspec.Struct, frozen=True):
    """A message as it was read.

    Attributes:
        delivery: as it came.
        head: its envelope, as far as it could be read; what is no JSON object may have one.
        read: the message, or why it was not understood.
    """

    delivery: Delivery
    head: rpc.Head
    read: rpc.Packet | RpcRefusal


class Reader:
    """Reads messages.

    Args:
        sessions: those that there are.
        max_size: bytes that a message may have.
    """

    def __init__(self, sessions: Sessions, max_size: int) -> None:
        self._sessions: Final = sessions
        self._max_size: Final = max_size

    def read(self, delivery: Delivery, now: float) -> Incoming:
        """One message of a client; its packet is an `Asked`."""
        del now
        try:
            packet = rpc.decode(delivery.data, "client", max_size=self._max_size)
        except CodecError as error:
            head = envelope(delivery.data)
            asked = Asked(delivery, head, unreadable(error, head))
            return Incoming(session=self._about(head, delivery), packet=asked)
        findings, head = packet.findings, _head(packet)
        asked = Asked(delivery, head, packet)
        session = self._about(head, delivery)
        return Incoming(packet.message, packet.body, clauses_of(findings), findings, session=session, packet=asked)

    def known(self, session_id: str, delivery: Delivery) -> LiveSession | None:
        """A session, living or ended, of the account that has published."""
        return owned(self._sessions.get(session_id), delivery)

    def listening(self, head: rpc.Head, delivery: Delivery) -> LiveSession | None:
        """The session whose client can be answered: the one that a message names, or else the one at its sender."""
        return self.known(head.session_id, delivery) or owned(self._sessions.at(head.sender), delivery)

    def _about(self, head: rpc.Head, delivery: Delivery) -> str:
        """Id of the session that a message names, if there is one; empty if not."""
        session = self.known(head.session_id, delivery)
        return "" if session is None else session.id


def owned(session: LiveSession | None, delivery: Delivery) -> LiveSession | None:
    """The session, unless another account has published; a broker elsewhere tells neither client nor user."""
    if session is None or (delivery.client_id and delivery.user != session.account.mqtt_user):
        return None
    return session


def _head(packet: rpc.Packet) -> rpc.Head:
    """The envelope of a message, from its body where that has it: the bytes need not be read again."""
    body = packet.body
    if isinstance(body, requests.Request):
        return rpc.Head(body.id, body.method, plain_session_id(body.session_id), body.sender, "request")
    return packet.head
