"""WebSocket close codes: which may stand in a close frame (RFC 6455, 7.4). Only that lives here."""

from __future__ import annotations

from typing import Final

__all__ = ["SENDABLE", "may_be_sent"]

SENDABLE: Final = "a close code that may be sent: 1000 to 1003, 1007 to 1014 or 3000 to 4999"
"""Which these are, in words."""

_RANGES: Final = (range(1000, 1004), range(1007, 1015), range(3000, 5000))


def may_be_sent(code: int) -> bool:
    """Whether a close frame may have this code; 1005 and 1006 stand for there being none."""
    return any(code in it for it in _RANGES)
