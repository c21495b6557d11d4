"""What a record takes in memory: an estimate from measurements, cheap enough to be made for every message.

It is that of a record whose entry somebody has read; `test_budget.py` holds it against what is really taken. Only the
estimate may live here.
"""

from __future__ import annotations

from typing import Final

from avatarwire.fakeserver.journal.record import PLAIN, More

__all__ = ["FRAME", "SMALL", "UNTYPED", "cost_of", "decoded"]

FRAME: Final = 400
"""Bytes of a record beside its message, its entry included."""

_SIZED: Final = (str, bytes)

UNTYPED: Final = (dict, list)
"""What is decoded into no type of its own."""
SMALL: Final = 256
"""Bytes of a message up to which it takes twice as much with its decoded body."""

_MORE: Final = 96
_META: Final = 256
_HEADER: Final = 208
_DIGEST: Final = 176
_VIOLATION: Final = 208
_SECRET: Final = 128
_BODY: Final = 256
"""A decoded body without bytes of its own."""

_MEMBER: Final = 64
_OBJECT: Final = 80
_TABLE: Final = 200
"""An object that was decoded into no type of its own."""


def decoded(raw: bytes, body: object) -> int:
    """Bytes of a message and its decoded body: what a body takes has to do with the number of its members.

    Args:
        raw: as it crossed the wire.
        body: what was made of it.
    """
    size = len(raw)
    is_plain = type(body) in UNTYPED
    if size <= SMALL and not is_plain:
        return 2 * size
    each = _TABLE if is_plain else _OBJECT
    return max(2 * size, size + raw.count(b",") * _MEMBER + raw.count(b"{") * each)


def cost_of(raw: bytes | None, body: object, more: More) -> int:
    """Bytes of a record.

    Args:
        raw, body: what is kept of the message.
        more: what else there is of it.
    """
    cost = FRAME
    size = 0
    if raw is not None:
        size = len(raw) if body is None else decoded(raw, body)
    elif body is not None:
        size = len(body) if isinstance(body, _SIZED) else _BODY
    if more is not PLAIN:
        cost += _MORE + _HEADER * len(more.headers)
        if more.meta:
            cost += _META
            for it in more.meta.values():
                if isinstance(it, _SIZED):
                    cost += len(it)
        if more.audio is not None or more.omitted is not None:
            cost += _DIGEST
        for violation in more.violations:
            cost += _VIOLATION + len(violation.path) + len(violation.reason) + len(violation.expected)
        if more.secrets:  # what is shown of it is a copy
            cost += _SECRET * len(more.secrets) + size
    return cost + size
