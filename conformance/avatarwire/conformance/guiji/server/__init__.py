"""Cases about Guiji's servers, in the order of the document: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import (
    access,
    broadcasts,
    broker,
    calls,
    creating,
    destroying,
    elements,
    envelopes,
    life,
    malformed,
    materials,
    playlist,
    requests,
    rooms,
    stock,
    telling,
    together,
)

__all__ = ["CASES"]

_SECTIONS: Final = (
    access.CASES,
    calls.CASES,
    rooms.CASES,
    materials.CASES,
    stock.CASES,
    broadcasts.CASES,
    broker.CASES,
    envelopes.CASES,
    malformed.CASES,
    requests.CASES,
    creating.CASES,
    telling.CASES,
    elements.CASES,
    playlist.CASES,
    life.CASES,
    destroying.CASES,
    together.CASES,
)

CASES: Final = Suite([case for section in _SECTIONS for case in section])
"""All of them, by id."""
