"""Reads what Aliyun's interaction socket and HTTP calls carry, by hand, from the vendor's tables.

A frame is three bytes, a serial number of eight, and a payload: JSON, or audio where the data type is 0.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from .reading import Reading, http_fields, object_of

__all__ = ["read"]

_HEADER: Final = struct.Struct(">BBB8s")

_MESSAGES: Final[Mapping[tuple[str, int, int, int], frozenset[str]]] = {
    ("out", 0, 1, 0): frozenset({"opening.request"}),
    ("in", 1, 1, 0): frozenset({"opening.response"}),
    ("out", 0, 1, 2): frozenset({"interrupt.request"}),
    ("in", 1, 1, 3): frozenset({"session.force_close"}),
    ("in", 1, 1, 4): frozenset({"session.recovering"}),
    ("out", 0, 1, 128): frozenset({"text_drive.request"}),
    ("in", 1, 1, 128): frozenset({"text_drive.response", "asr.drive_reply"}),
    ("out", 0, 0, 129): frozenset({"asr.data.request"}),
    ("in", 1, 1, 129): frozenset({"asr.result"}),
    ("out", 0, 1, 130): frozenset({"asr.start.request", "asr.end.request"}),
    ("in", 1, 1, 130): frozenset({"asr.start.response"}),
    ("out", 0, 1, 131): frozenset({"channel_ready.request"}),
    ("in", 1, 1, 131): frozenset({"channel_ready.response"}),
    ("out", 0, 1, 134): frozenset({"audio_drive.request"}),
    ("out", 14, 1, 255): frozenset({"heartbeat.ping"}),
    ("in", 15, 1, 255): frozenset({"heartbeat.pong"}),
    ("in", 2, 1, 255): frozenset({"general.message"}),
}
_SPEECH: Final = {"startAsrAudio": "asr.start.request", "endAsrAudio": "asr.end.request"}


def read(transport: str, direction: str, data: bytes) -> Reading:
    """What a message says.

    Raises:
        ValueError: it is none.
    """
    if transport != "ws":
        return http_fields(data, direction)
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a header")
    frame, kind, business, serial = _HEADER.unpack_from(data)
    header = {"frameType": frame, "dataType": kind, "bizType": business, "serialNumber": serial.hex()}
    messages = _MESSAGES.get((direction, frame, kind, business), frozenset())
    payload = data[_HEADER.size :]
    if kind == 0:
        return Reading({"pcm": payload}, messages, header)
    fields = object_of(payload)
    if business == 130 and direction == "out":
        messages = frozenset({_SPEECH[name]} if (name := fields.get("type")) in _SPEECH else ())
    return Reading(fields, messages, header)
