"""Reads what Guiji's topics and HTTP calls carry, by hand: JSON-RPC 2.0, and answers in an envelope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from .reading import Reading, http_fields, object_of

__all__ = ["read"]

_ENVELOPE: Final = ("code", "message", "success")
_ANSWERED: Final = frozenset(
    {
        "CreateNewSession.result", "ModifySessionResList.result", "DestroySession.result", "pushPlayListManager.result",
        "ExecSessionResList.switchTemplate.result", "ExecSessionResList.setpushstreams.result",
        "ExecSessionResList.closepushstreams.result", "result",
    }
)  # fmt: skip
"""Answers look alike; which question one is for, its id says."""
_STATES: Final[Mapping[str, str]] = {
    name: f"SessionState.{name}" for name in ("Destroy", "StreamPlay", "Show", "playlist")
}
_ORDERS: Final = ("switchTemplate", "setpushstreams", "closepushstreams")


def read(transport: str, direction: str, data: bytes) -> Reading:
    """What a message says.

    Raises:
        ValueError: it is none.
    """
    if transport != "mqtt":
        found = http_fields(data, direction)
        if direction == "in" and not isinstance(found.fields, dict):
            raise ValueError(f"no envelope of {', '.join(_ENVELOPE)}")
        return found
    fields = object_of(data)
    return Reading(fields, _called(fields, direction) if "method" in fields else _answered(fields, direction))


def _called(fields: Mapping[str, Any], direction: str) -> frozenset[str]:
    method = str(fields["method"])
    params: object = fields.get("params")
    if direction == "out":
        if method == "ExecSessionResList":
            return frozenset({f"{method}.{name}.request" for name in _ORDERS})
        return frozenset({f"{method}.request"}) | ({method} if method in _DIRECT else frozenset[str]())
    if method == "SessionState":
        state = str(cast("dict[str, Any]", params).get("state")) if isinstance(params, dict) else ""
        return frozenset({_STATES[state]}) if state in _STATES else frozenset(_STATES.values())
    return frozenset({method})


_DIRECT: Final = frozenset({"pushPlayListManager"})
"""Methods whose request has their own name."""


def _answered(fields: Mapping[str, Any], direction: str) -> frozenset[str]:
    if "error" in fields:
        return frozenset({"error"})
    return frozenset({"HeartBeat.reply"}) if direction == "out" else _ANSWERED
