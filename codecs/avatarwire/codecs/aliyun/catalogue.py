"""Everything that travels between a client and Aliyun, as data.

Only the list lives here; each row is declared where its role is: operations in `http.py`, frames in `wire.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..entry import Catalogue, Direction, Entry
from ..message import Message
from . import http, http_types, messages, tokens
from .wire import MESSAGES, VENDOR, Sender

__all__ = ["CATALOGUE"]

_DIRECTIONS: Final[Mapping[Sender, Direction]] = {"client": "client->server", "server": "server->client"}

_TYPES: Final[tuple[tuple[str, type[Message], str], ...]] = (
    *((id_, type_, "API 1-10") for id_, type_ in http_types.TYPES.items()),
    ("ChannelToken", tokens.ChannelToken, "API 3; Android 7"),
    ("WebSocketUrlQuery", tokens.WebSocketUrlQuery, "WS connect sample"),
    ("WebSocketTokenHeader", tokens.WebSocketTokenHeader, "WS connect sample"),
    ("WebSocketTokenClaims", tokens.WebSocketTokenClaims, "WS connect sample"),
    ("DriveReply", messages.DriveReply, "WS 4.1, WS 4.3"),
    ("GeneralMessage", messages.GeneralMessage, "WS 4.9"),
)
"""Objects that travel inside others, or in more than one message."""


def _first_line(type_: type[Message]) -> str:
    return (type_.__doc__ or type_.__name__).strip().splitlines()[0]


CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    entries=(
        *(
            Entry(
                row.id,
                "message",
                _DIRECTIONS[row.sender],
                row.title,
                row.codec.type if row.codec is not None else None,
                row.section,
                row.clauses,
                media_type="" if row.codec is not None else "audio/pcm;rate=16000;channels=1",
            )
            for row in MESSAGES
        ),
        *(Entry(id_, "type", "both", _first_line(type_), type_, section) for id_, type_, section in _TYPES),
    ),
)
"""Twelve operations with their two entries each, nineteen WebSocket messages, nineteen types."""
