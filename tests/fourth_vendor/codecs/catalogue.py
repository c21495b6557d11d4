"""Everything that travels between a client and the invented vendor, as data."""

from __future__ import annotations

from typing import Final

from avatarwire.codecs.core.carrier import HttpResponsePart, SocketMessage
from avatarwire.codecs.core.entry import DIRECTIONS, Catalogue, Entry, first_line

from . import http
from .messages import CODECS, VENDOR, kind_of
from .wire import PATH, SENDERS, dispatch

__all__ = ["CATALOGUE"]

CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    dispatch=dispatch,
    entries=(
        Entry(
            "http.error",
            "response",
            "server->client",
            "a call failed",
            http.HttpErrorBody,
            "1",
            ("TOY-R02",),
            codec=http.HTTP_ERROR,
            carrier=HttpResponsePart(),
        ),
        *(
            Entry(
                codec.message,
                "message",
                DIRECTIONS[SENDERS[codec.message]],
                first_line(codec.type),
                codec.type,
                "2",
                ("TOY-R03",),
                codec=codec,
                carrier=SocketMessage(PATH, kind_of(codec.type)),
            )
            for codec in CODECS
        ),
    ),
)
"""Three operations with their two entries each, their failure, and six messages of the socket."""
