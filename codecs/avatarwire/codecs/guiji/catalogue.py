"""Everything that travels between a client and Guiji live-manager, as data.

Only the list lives here; each row is declared where its role is: operations in `http/`, messages in `wire/table.py`.
"""

from __future__ import annotations

from typing import Any, Final

from ..core.carrier import HttpResponsePart
from ..core.entry import DIRECTIONS, Catalogue, Entry, first_line
from ..message import Message
from . import http, resources
from .http import types as http_types
from .messages import notifications, replies
from .wire.open_unions import RESOURCES, RpcCodec
from .wire.payload_codec import PayloadCodec, carrier_of, dispatch
from .wire.table import MESSAGES, VENDOR

__all__ = ["CATALOGUE"]


_TYPES: Final[tuple[tuple[str, type[Message], str], ...]] = (
    *((id_, type_, "3.2-3.17, 4.2.8") for id_, type_ in http_types.TYPES.items()),
    ("Envelope", http.Envelope, "2.2"),
    ("PageVO", http.PageVO, "3.5-3.16"),
    ("TokenVO", http.TokenVO, "3.1"),
    ("TTSResultVO", http.TTSResultVO, "3.13"),
    ("PathVO", http.PathVO, "3.17"),
    ("sessionVo", http.SessionVo, "3.18"),
    ("ResourceElement", resources.ResourceElement, "4.2.3"),
    ("RtmpOutput", resources.RtmpOutput, "4.2.3"),
    ("AiVoiceDistort", resources.AiVoiceDistort, "4.2.3"),
    ("DtHuman", resources.DtHuman, "4.2.3"),
    ("Image", resources.Image, "4.2.3"),
    ("Player", resources.Player, "4.2.3"),
    ("DrawOptions", resources.DrawOptions, "4.2.1"),
    ("RemovedResource", resources.RemovedResource, "4.2.4"),
    ("PlayAddresses", notifications.PlayAddresses, "4.2.8"),
    ("ResultBody", replies.ResultBody, "4.2.2"),
    ("ErrorBody", replies.ErrorBody, "4.2.2"),
)
"""Objects that travel inside others, or in more than one message."""


def _codec(id_: str, type_: type[Message]) -> RpcCodec[Any] | None:
    """What reads an object whose kind is given by a tag, or that has such an object in it."""
    if type_ is not resources.ResourceElement and not issubclass(type_, resources.ResourceOptions):
        return None
    open_unions = {"": RESOURCES} if type_ is resources.ResourceElement else {}
    return RpcCodec(type_, vendor=VENDOR, message=id_, open_unions=open_unions)


CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    dispatch=dispatch,
    entries=(
        Entry(
            http.HTTP_ERROR.message,
            "response",
            "server->client",
            "a call failed",
            http.HttpErrorBody,
            "2.3",
            ("GJ-R017", "GJ-E09"),
            codec=http.HTTP_ERROR,
            carrier=HttpResponsePart(),
        ),
        *(
            Entry(
                row.id,
                "message",
                DIRECTIONS[row.sender],
                row.title,
                row.body,
                row.section,
                row.clauses,
                codec=row.codec,
                carrier=carrier_of(row),
                wire=PayloadCodec(row),
            )
            for row in MESSAGES
        ),
        *(
            Entry(id_, "type", "both", first_line(type_), type_, section, codec=_codec(id_, type_))
            for id_, type_, section in _TYPES
        ),
    ),
)
"""Eighteen operations with their two entries each, their failure, twenty-two messages over MQTT, and the types."""
