"""A second reader of messages over MQTT, written by hand from the vendor's document.

It shares no line with the package under test and uses `json` alone, so that the two can be held against each other. It
knows the ruled form only, and of that what every message has: envelope, kind, and what the document calls mandatory.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple, NoReturn, cast

PREFIX = ":---:"
METHODS = (
    "CreateNewSession", "ModifySessionResList", "DestroySession", "ExecSessionResList", "pushPlayListManager",
)  # fmt: skip
MANDATORY: dict[str, tuple[str, ...]] = {
    "CreateNewSession": (
        "liveId", "token", "livePlatform", "params.rule", "params.mode", "params.videoSize.width",
        "params.videoSize.height", "params.token", "params.resList", "params.playlist",
    ),
    "pushPlayListManager": ("params.action",),
    "HeartBeat": ("id", "params.sessionId"),
}  # fmt: skip
"""What a method has beside its envelope."""


class Reading(NamedTuple):
    """What a payload says."""

    kind: str
    head: tuple[int | None, str, str, str]
    """Id, method, session, sender."""
    members: dict[str, Any]


def read(payload: bytes) -> Reading:
    """What a payload in the ruled form says. Raises `ValueError` for any other."""
    members = _object(payload)
    method = members.get("method", "")
    kind = _kind(members)
    if kind == "request":
        _need(members, "id", "sessionId", "sender", "params.sessionId", *MANDATORY.get(method, ()))
        _same(members["sessionId"], members["params"]["sessionId"])
    elif kind == "notification":
        _need(members, "params.sessionId", *MANDATORY.get(method, ()))
        if method == "SessionState" and "state" not in members["params"]:
            _need(members, "params.status", "params.type", "params.nowPcmId", "params.playList")
            json.loads(members["params"]["playList"])
    else:
        _need(members, "id", f"{kind}.sessionId")
        if kind == "error" and not (isinstance(members["error"]["code"], int) and members["error"]["code"] < 0):
            raise ValueError("the code of an error is negative")
    inner = members[{"result": "result", "error": "error"}.get(kind, "params")]
    session = members.get("sessionId") or inner["sessionId"].rpartition(PREFIX)[2]
    return Reading(kind, (members.get("id"), method, session, members.get("sender", "")), members)


def _kind(members: dict[str, Any]) -> str:
    if "method" in members:
        if members["method"] in METHODS:
            return "request"
        if members["method"] in ("HeartBeat", "SessionState"):
            return "notification"
        raise ValueError(f"no method {members['method']!r}")
    [kind] = [kind for kind in ("result", "error") if kind in members]
    return kind


def _need(members: dict[str, Any], *paths: str) -> None:
    for path in paths:
        here: Any = members
        for step in path.split("."):
            if not isinstance(here, dict) or step not in here:
                raise ValueError(f"{path} is missing")
            here = cast("dict[str, Any]", here)[step]


def _same(one: object, other: object) -> None:
    if one != other:
        raise ValueError(f"{one!r} is not {other!r}")


def _object(payload: bytes) -> dict[str, Any]:
    value = json.loads(payload.decode("utf-8"), parse_constant=_refuse)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return cast("dict[str, Any]", value)


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")
