"""Reads what SenseTime's sockets, HTTP calls and callbacks carry, by hand: codes, pushes, envelopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .reading import Reading, http_fields, object_of

__all__ = ["read"]

_CODES: Final[Mapping[tuple[str, int], str]] = {
    ("out", 0): "microphone.begin",
    ("out", 99): "microphone.eof",
    ("in", 1): "microphone.auth_failed",
    ("in", 2): "microphone.ready",
    ("in", 4): "microphone.stop",
    ("in", 5): "microphone.send_failed",
    ("in", 6): "microphone.not_ready",
    ("in", 7): "microphone.conflict",
    ("in", 18): "microphone.takeover_finished",
    ("in", 19): "microphone.takeover_started",
    ("in", 20): "microphone.takeover_queued",
}
_PUSHES: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("opening", "answer"): frozenset({"interactive.opening.answer"}),
    ("asr", "text"): frozenset({"interactive.asr.text"}),
    ("asr", "eof"): frozenset({"interactive.asr.eof", "interactive.asr.fail"}),
    ("nlp", "answer"): frozenset({"interactive.nlp.answer"}),
    ("command", "eof"): frozenset({"interactive.command.eof"}),
    ("record", "eof"): frozenset({"interactive.record.eof"}),
}


def read(transport: str, direction: str, data: bytes) -> Reading:
    """What a message says.

    Raises:
        ValueError: it is none.
    """
    if transport == "callback":
        return Reading(object_of(data), frozenset({"CallbackBody"}))
    if transport != "ws":
        return http_fields(data, direction)
    if direction == "out" and not data.lstrip().startswith(b"{"):
        return Reading({"pcm": data}, frozenset({"microphone.audio"}))
    fields = object_of(data)
    if "service" in fields:
        return Reading(fields, _pushed(fields))
    code = fields.get("code")
    found = _CODES.get((direction, code)) if type(code) is int else None
    return Reading(fields, frozenset({found} if found else ()))


def _pushed(fields: Mapping[str, Any]) -> frozenset[str]:
    found = _PUSHES.get((str(fields.get("service")), str(fields.get("type"))), frozenset())
    if len(found) > 1:
        return frozenset({"interactive.asr.fail" if fields.get("status") == "fail" else "interactive.asr.eof"})
    return found
