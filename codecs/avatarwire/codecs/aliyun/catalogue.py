"""Everything that travels between a client and Aliyun, as data.

Only the list lives here; each row is declared where its role is: operations in `http/`, frames in `wire/table.py`.
"""

from __future__ import annotations

from typing import Final

from ..core.carrier import HttpResponsePart
from ..core.entry import DIRECTIONS, Catalogue, Entry, first_line
from ..message import Message
from . import http, messages, tokens
from .http import types as http_types
from .wire.frame_codec import SPEECH, FrameCodec, carrier_of, dispatch, header_repairs, header_rules
from .wire.header_text import HEADER_TEXT
from .wire.table import MESSAGES, VENDOR

__all__ = ["CATALOGUE"]


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


CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    dispatch=dispatch,
    header_text=HEADER_TEXT,
    entries=(
        Entry(
            http.HTTP_ERROR.message,
            "response",
            "server->client",
            "a call failed",
            http.HttpErrorBody,
            "API error codes",
            ("ALI-E66", "ALI-E67"),
            codec=http.HTTP_ERROR,
            carrier=HttpResponsePart(),
        ),
        *(
            Entry(
                row.id,
                "message",
                DIRECTIONS[row.sender],
                row.title,
                row.codec.type if row.codec is not None else None,
                row.section,
                row.clauses,
                codec=row.codec,
                media_type="" if row.codec is not None else SPEECH,
                carrier=carrier_of(row),
                wire=FrameCodec(row),
                variants=header_repairs(row),
                header_rules=header_rules(row),
            )
            for row in MESSAGES
        ),
        *(Entry(id_, "type", "both", first_line(type_), type_, section) for id_, type_, section in _TYPES),
    ),
)
"""Twelve operations with their two entries each, their failure, nineteen WebSocket messages, nineteen types."""
