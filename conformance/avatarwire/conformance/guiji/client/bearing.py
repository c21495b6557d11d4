"""Cases about what a client has to bear: members, states and methods that it does not know, lateness, repetition."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from ...clients.bench import ClientBench
from .seeing import Run, case, check_ended, conversed

__all__ = ["CASES"]


def _set(message: str, **fields: Any) -> dict[str, Any]:
    return {"message": message, "do": "set", "fields": {name.replace("__", "."): it for name, it in fields.items()}}


def _instead(message: str, data: bytes) -> dict[str, Any]:
    return {"message": message, "do": "replace", "data": data.hex(), "times": 1}


def _bears(rules: Sequence[dict[str, Any]], *, seconds: float = 1.0, **tunables: Any) -> Run:
    """The talk goes on, and succeeds."""

    async def run(bench: ClientBench) -> None:
        talk = await conversed(bench, faults=rules, seconds=seconds, **tunables)
        acted = [it for it in talk.noted("fault") if "unchanged" not in it.meta]
        talk.reached(acted, "what this case is about")
        talk.check_succeeds()
        check_ended(talk)

    return run


_UNKNOWN: Final = {"of": "nobody"}
_MEMBERS: Final = (
    _set("HeartBeat", xUnknown=1, params__xUnknown=_UNKNOWN),
    _set("SessionState.*", xUnknown=1, params__xUnknown=_UNKNOWN),
    _set("*.result", xUnknown=1, result__xUnknown=_UNKNOWN),
    _set("*.response", xUnknown=_UNKNOWN),
)
_METHOD: Final = json.dumps({"id": 990, "method": "WeatherReport", "params": {"sessionId": "none"}}).encode()
_STATE: Final = json.dumps({"id": 991, "method": "SessionState", "params": {"sessionId": "none", "state": "Paused"}})
_RESULT: Final = json.dumps({"id": 992, "result": {"sessionId": "none", "message": "ok"}}).encode()

CASES: Final = (
    case(
        "bears.unknown_members",
        "Members that nobody knows change nothing.",
        "GJ-R022",
        _bears(_MEMBERS, heartbeat_seconds=0.3),
    ),
    case(
        "bears.unknown_elements",
        "What is shown beside the digital human need not be known.",
        "GJ-R120",
        _bears([_set("SessionState.Show", params__type="hologram", params__name="hologram")]),
    ),
    case(
        "bears.unknown_methods",
        "A method that nobody knows changes nothing.",
        "AW-UNKNOWN-SURVIVES",
        _bears([_instead("SessionState.Show", _METHOD)]),
    ),
    case(
        "bears.unknown_states",
        "A state that nobody knows changes nothing.",
        "AW-UNKNOWN-SURVIVES",
        _bears([_instead("SessionState.Show", _STATE.encode())]),
    ),
    case(
        "bears.unasked_results",
        "A result that nobody waits for changes nothing.",
        "GJ-R081",
        _bears([_instead("SessionState.Show", _RESULT)]),
    ),
    case(
        "bears.no_json",
        "What is no message changes nothing.",
        "AW-UNKNOWN-SURVIVES",
        _bears([_instead("SessionState.Show", b"no json")]),
    ),
    case(
        "bears.late_results",
        "A result may come late, and behind other messages.",
        "GJ-R081",
        _bears([{"message": "pushPlayListManager.result", "do": "delay", "seconds": 0.6, "overtake": True}]),
    ),
    case(
        "bears.repetition",
        "A message may come twice.",
        "GJ-E04 GJ-R081",
        _bears([{"message": "SessionState.*", "do": "duplicate"}, {"message": "*.result", "do": "duplicate"}]),
    ),
    case(
        "bears.other_order",
        "What is told may come before the result that it follows.",
        "GJ-E52 GJ-R078",
        _bears([{"message": "CreateNewSession.result", "do": "reorder", "by": 2}]),
    ),
    case(
        "bears.no_outer_session",
        "A result may have its session id inside alone.",
        "GJ-E56",
        _bears([{"message": "*.result", "do": "remove", "fields": ["sessionId"]}]),
    ),
)
"""All of them."""
