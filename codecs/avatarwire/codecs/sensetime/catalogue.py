"""Everything that travels between a client and SenseTime, as data.

Only the list lives here; each row is declared where its role is: operations in `http.py`, login and refresh, which no
document describes, in `tokens.py`, callbacks in `callbacks.py`.
"""

from __future__ import annotations

from typing import Final

from ..entry import Catalogue, Direction, Entry
from ..message import Message
from . import callbacks, http, tokens
from .envelope import VENDOR, Envelope

__all__ = ["CATALOGUE"]

_TYPES: Final[tuple[tuple[str, Direction, type[Message], str, tuple[str, ...]], ...]] = (
    ("Envelope", "server->client", Envelope, "003 L17-79", ("ST-NET-05", "ST-E05", "ST-E06", "ST-E07", "ST-E08")),
    ("Pagination", "server->client", http.Pagination, "003 L738-814", ("ST-E29",)),
    (
        "CallbackBody",
        "server->client",
        callbacks.CallbackBody,
        "003 L1121-1147",
        ("ST-CBK-01", "ST-CBK-02", "ST-CBK-03", "ST-CBK-04", "ST-CBK-05", "ST-CBK-06", "ST-CBK-07", "ST-CBK-08"),
    ),
)
"""Objects that travel inside others, or in more than one message: id, who sends it, type, section, clauses."""


def first_line(type_: type[Message]) -> str:
    """What the docstring of a type begins with."""
    return (type_.__doc__ or type_.__name__).strip().splitlines()[0]


def _token_calls() -> tuple[Entry, ...]:
    """Login and refresh: entries only, as they are no operations of the document (ST-E101)."""
    return tuple(
        entry
        for known in (tokens.LOGIN, tokens.REFRESH)
        for entry in (
            Entry(f"{known.id}.request", "request", "client->server", known.title, known.request.type, known.section,
                  known.clauses),
            Entry(f"{known.id}.response", "response", "server->client", known.title, known.response.type,
                  known.section, known.clauses),
        )
    )  # fmt: skip


CATALOGUE: Final = Catalogue.of(
    VENDOR,
    operations=http.OPERATIONS,
    entries=(
        *_token_calls(),
        *(
            Entry(id_, "type", direction, first_line(type_), type_, section, clauses)
            for id_, direction, type_, section, clauses in _TYPES
        ),
    ),
)
"""Fifteen operations with their two entries each, the two calls for tokens likewise, and the types."""
