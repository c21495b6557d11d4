"""Cases about Guiji's servers, in the order of the document: one module a section."""

from __future__ import annotations

from typing import Final

from ...engine.case import Suite
from . import access, broadcasts, broker, calls, envelopes, malformed, materials, requests, rooms, stock

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
)

CASES: Final = Suite([case for section in _SECTIONS for case in section])
"""All of them, by id."""
