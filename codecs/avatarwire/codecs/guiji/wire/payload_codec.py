"""The MQTT payloads of one message, for readers who know which message is meant: the catalogue, checks, strategies.

Only that lives here; `rpc.py` reads payloads of any message, as a client receives them.
"""

from __future__ import annotations

from typing import Any, Final

from ...core.carrier import MqttPayload
from ...core.entry import Dispatched
from ...core.json_text import look
from ...core.received import Received
from ...core.repairs import is_object
from ...errors import EncodeError, RpcError, ValidationError, shown
from ..messages.replies import ErrorReply
from ..messages.rpc_requests import Request
from .rpc import Packet, decode, encode
from .table import BY_ID, VENDOR, Sender, WireMessage

__all__ = ["PayloadCodec", "carrier_of", "dispatch"]


_FAILURE: Final = "error"


class PayloadCodec:
    """Reads and writes the payloads of one message."""

    def __init__(self, row: WireMessage) -> None:
        self._row = row

    def decode(self, data: bytes, *, strict: bool = False) -> Received[Any]:
        """Reads one payload.

        Args:
            data: the payload.
            strict: refuse documented variants instead of reporting them.

        Raises:
            RpcError: an error in the place of a result (GJ-R080).
            DecodeError, ValidationError: as for `rpc.decode`, and for a payload of another message. What this message
                is held to comes before what any message of its kind is.
        """
        row = self._row
        answers = f"{row.id.removesuffix('.result')}.request" if row.kind == "result" else ""
        try:
            packet = decode(data, row.sender, answers=answers, strict=strict)
        except ValidationError as refused:
            is_failure = row.kind == "result" and refused.message == _FAILURE
            raise (None if is_failure else self._own_error(data, strict=strict)) or refused from None
        received: Received[Any] = Received(packet.body, packet.findings, data, row.id)
        if packet.message == row.id:
            return received
        if row.kind == "result" and isinstance(packet.body, ErrorReply):
            failure = packet.body.error
            told = Received(packet.body, packet.findings, data, packet.message)
            raise RpcError(str(failure.code), failure.message, body=data, received=told, clause="GJ-R080")
        is_other = packet.message and not isinstance(packet.body, row.body)
        other = ValidationError(
            f"a payload of {packet.message or packet.method}",
            vendor=VENDOR,
            message=row.id,
            expected=row.id,
            clause="GJ-R078",
        )
        raise (None if is_other else self._own_error(data, strict=strict)) or other

    def _own_error(self, data: bytes, *, strict: bool) -> ValidationError | None:
        """What is wrong with a payload as this message; None where nothing is, or where it is no JSON object."""
        fields = look(data)
        if not is_object(fields):
            return None
        codec = self._row.codec
        try:
            _, found = codec.from_object(fields, data, strict=strict)
            if strict:
                codec.refuse(found)
        except ValidationError as error:
            return error
        return None

    def encode(self, value: Any, *, strict: bool = True) -> bytes:
        """Writes one payload.

        Args:
            value: the body.
            strict: refuse what only lenient reading takes.

        Raises:
            EncodeError, ValidationError: as for `rpc.encode`, and for a body of another message.
        """
        row = self._row
        if not strict and isinstance(value, row.body):
            return row.codec.encode(value, strict=False)
        if type(value) is not row.body:
            raise EncodeError(f"got {shown(value)}", vendor=VENDOR, message=row.id, expected=row.body.__name__)
        return row.codec.encode(value) if row.codec.rules else encode(value)


def dispatch(data: bytes, sender: Sender | None, strict: bool) -> Dispatched:
    """Reads a payload of whichever message it is, for `Catalogue.dispatch`.

    Raises:
        DecodeError, ValidationError: as for `rpc.decode`.
    """
    packet = decode(data, sender, strict=strict)
    by: Sender = BY_ID[packet.message].sender if packet.message else sender or _sender_of(packet)
    what = f"a command of {packet.method}" if isinstance(packet.body, Request) else packet.method
    received = Received(packet.body, packet.findings, data, packet.message)
    return Dispatched(received, by, f"{what} is not documented")


def _sender_of(packet: Packet) -> Sender:
    """Who has sent a message that is not documented: only a client says who it is, or gives commands."""
    return "client" if packet.sender or isinstance(packet.body, Request) else "server"


def carrier_of(row: WireMessage) -> MqttPayload:
    """The topic of a message, and its method, as data (GJ-R072, GJ-R073)."""
    tag = row.body.__struct_config__.tag
    return MqttPayload("topicPub" if row.sender == "client" else "topicSub", "" if tag is None else str(tag))
