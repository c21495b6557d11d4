"""Everything that what was read tells of itself: what is found out only when asked for must not fail then."""

from __future__ import annotations

from typing import Any

from avatarwire.codecs.message import Message

__all__ = ["look_through"]

_METHODS = ("unknown_fields", "unknown_codes", "encode")
_INSIDE = ("received", "value", "body")


def look_through(found: object) -> None:
    """Asks for all of it, and for what is in it.

    Args:
        found: what a decoder gives.

    Raises:
        Exception: whatever asking raises.
    """
    repr(found)
    kind = type(found)
    for name in dir(kind):
        if isinstance(getattr(kind, name, None), property):
            getattr(found, name)
    for name in _METHODS:
        if callable(method := getattr(found, name, None)):
            method()
    if isinstance(found, Message):
        found.to_dict()
    for name in _INSIDE:
        inner: Any = getattr(found, name, None)
        if isinstance(inner, Message) or (name == "received" and inner is not None):
            look_through(inner)
