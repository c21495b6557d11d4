"""The 11-byte header as a construct declaration, and the codec that is generated from it.

Only that lives here; the code points and the class of the values are in `header.py`, whole frames in `layout.py`.

Source: "WebSocket message structure" 1 to 4 (WS struct 1-4), rules ALI-R082 to ALI-R094.
"""

from __future__ import annotations

from typing import Final

import construct

from ...core.binary import BinaryCodec, CodePoint, derive
from .header import BIZ_TYPES, DATA_TYPES, FRAME_TYPES, SERIAL_NUMBER_SIZE, Header

__all__ = ["HEADER", "HEADER_CODEC"]

HEADER: Final = construct.Struct(
    construct.Renamed(CodePoint(FRAME_TYPES), "frameType", "what kind of frame"),
    construct.Renamed(CodePoint(DATA_TYPES), "dataType", "how to read the payload"),
    construct.Renamed(CodePoint(BIZ_TYPES), "bizType", "what it is about"),
    construct.Renamed(
        construct.Bytes(SERIAL_NUMBER_SIZE), "serialNumber", "eight opaque bytes chosen by the sender (ALI-E05)"
    ),
)
"""The declaration: unsigned bytes, no length field, no byte order to speak of (ALI-R083, ALI-R084, ALI-E08)."""

HEADER_CODEC: Final[BinaryCodec[Header]] = derive(HEADER, Header, vendor="aliyun", message="header", clause="ALI-R082")
"""Reads and writes the header; its `members` are the layout as data."""
