"""Which documented variants of HTTP requests and answers are understood, as tables by operation.

Only small functions that repair exactly one variant each live here, and the tables at the end. Variants of the envelope
itself are in `envelope.py`; variants that the types already take in are told by `check` of the message concerned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from ..faults import UNREADABLE
from ..leniencies import alias, digits, is_object, repaired
from ..message import Deviation, Leniency, RawLeniency
from .times import without_seconds

__all__ = ["RAW_RESPONSE_VARIANTS", "REQUEST_VARIANTS", "RESPONSE_VARIANTS"]

_INT64: Final = 2**63


def _from_number(value: Any) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INT64
    return str(value) if is_number else None


def _posture(scenes: str) -> Leniency:
    return repaired(scenes, "posture", "GJ-E20", "a number, not a text of one digit", _from_number)


_CONVERSION: Final = repaired("", "changeVoiceSpeaker", "GJ-E32", "a number, not a text", _from_number)

# --- pages ---


def _single_room(fields: dict[str, Any]) -> Deviation | None:
    """One live room where a page of them should be."""
    data = fields.get("data")
    if not is_object(data) or "records" in data or "list" in data or "id" not in data:
        return None
    fields["data"] = {"records": [data], "total": 1, "size": 1, "current": 1, "pages": 1}
    return Deviation("GJ-E22", "data", "data is one live room, not a page")


_PAGE: Final = (alias("data", "records", "list", "GJ-E25"), alias("data", "size", "pageSize", "GJ-E26"))

# --- names ---


def _stripped_names(fields: dict[str, Any]) -> Deviation | None:
    """White space around names of members."""
    data = fields.get("data")
    if not is_object(data):
        return None
    odd = [name for name in data if name != name.strip()]
    for name in odd:
        data[name.strip()] = data.pop(name)
    return Deviation("GJ-E37", f"data.{odd[0].strip()}", "white space in the name of a member") if odd else None


def _without_tabs(data: bytes) -> tuple[bytes, Deviation] | None:
    """Raw tabs, which JSON allows between members, but not in a name."""
    if b"\t" not in data or _is_json(data):
        return None
    return data.replace(b"\t", b""), Deviation("GJ-E37", "", "a raw tab inside a text")


def _is_json(data: bytes) -> bool:
    try:
        msgspec.json.decode(data, type=msgspec.Raw)
    except UNREADABLE:
        return False
    return True


# --- addresses ---

_ADDRESSES: Final = frozenset({"rtmp", "rtsp", "http_flv", "http-flv"})


def _level(fields: dict[str, Any]) -> Deviation | None:
    """The addresses as the table has them, without the level above them that the sample has."""
    path = fields.get("data")
    data = path.get("data") if is_object(path) else None
    if not is_object(path) or not is_object(data) or "playaddr" in data or not _ADDRESSES & data.keys():
        return None
    path["data"] = {"playaddr": data}
    return Deviation("GJ-E47", "data.data", "the addresses are not inside playaddr")


def _flag(fields: dict[str, Any]) -> Deviation | None:
    """No inner flag: what is not said to have failed has succeeded."""
    path = fields.get("data")
    if not is_object(path) or path.get("ok") is not None:
        return None
    path["ok"] = True
    return Deviation("GJ-E49", "data.ok", "ok is missing; code 200 counts")


# --- the tables ---

REQUEST_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "createLive": (_posture("robotList[].sceneList[]"),),
    "updateLive": (_posture("robotList[].sceneList[]"),),
    "uploadMaterial": (_CONVERSION,),
    "synthesizeAndChangeVoice": (_CONVERSION,),
}
"""Variants of requests, by operation."""

RESPONSE_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "getAccessToken": (without_seconds("data", "startTime"), without_seconds("data", "endTime")),
    "queryLive": (_posture("data.robotList[].sceneList[]"),),
    "queryLivePage": (_single_room, *_PAGE, _posture("data.records[].robotList[].sceneList[]")),
    "queryMaterial": (*_PAGE, without_seconds("data.records[]", "createdTime")),
    "listPlatformSpeakers": _PAGE,
    "listPlatformRobots": (_posture("data[].sceneList[]"),),
    "listCustomizedRobots": (_posture("data[].sceneList[]"),),
    "listChangeVoices": (*_PAGE, digits("data.records[]", "id", "GJ-E39")),
    "synthesizeAndChangeVoice": (_stripped_names,),
    "queryPublicMaterials": _PAGE,
    "queryLiveRecords": _PAGE,
    "getPullPath": (_level, _flag, alias("data.data.playaddr", "http_flv", "http-flv", "GJ-E48")),
}
"""Variants of answers, by operation; they are given the whole envelope."""

RAW_RESPONSE_VARIANTS: Final[Mapping[str, tuple[RawLeniency, ...]]] = {"synthesizeAndChangeVoice": (_without_tabs,)}
"""Variants of answers that are no JSON."""
