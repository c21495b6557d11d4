"""Bytes as callers hand them over: `bytes`, or anything with a buffer. Only their taking lives here."""

from __future__ import annotations

from typing import cast

from ..errors import DecodeError

__all__ = ["as_bytes"]


def as_bytes(data: object, *, vendor: str, message: str = "", expected: str = "bytes", clause: str = "") -> bytes:
    """The bytes of an object with a buffer; those of a subclass of `bytes` as plain `bytes`.

    Args:
        data: anything may arrive.
        vendor, message, expected, clause: named in the error.

    Raises:
        DecodeError: it has none.
    """
    if type(data) is bytes:
        return data
    try:
        return memoryview(cast("bytearray", data)).tobytes()
    except TypeError:
        reason = f"got {type(data).__name__}"
        raise DecodeError(reason, vendor=vendor, message=message, expected=expected, clause=clause) from None
