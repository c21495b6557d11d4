"""Which documented variants of HTTP requests and answers are understood, as tables by operation.

Only the tables live here, and what their rows need. Variants of the envelope itself are in `envelope.py`; what the
types already take in, the rules of the message concerned report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.json_text import is_json
from ...core.repairs import Convert, Fill, RawRepair, Rename, Repair, Reshape, digits, is_object
from ..messages.times import without_seconds

__all__ = ["RAW_RESPONSE_REPAIRS", "REQUEST_REPAIRS", "RESPONSE_REPAIRS"]

_INT64: Final = 2**63


def _from_number(value: Any) -> str | None:
    is_number = isinstance(value, int) and not isinstance(value, bool) and abs(value) < _INT64
    return str(value) if is_number else None


def _posture(scenes: str) -> Convert:
    """A posture as a number: the document prints its values so."""
    does = "{name} is a number, not a text of one digit"
    return Convert("GJ-E20", f"{scenes}.posture", to=_from_number, does=does, level="warning", example=1)


_CONVERSION: Final = Convert(
    "GJ-E32",
    "changeVoiceSpeaker",
    to=_from_number,
    does="{name} is a number, not a text",
    level="warning",
    example=301,
)

# --- pages ---


def _page_of_one(fields: dict[str, Any]) -> tuple[str, str] | None:
    """One live room where a page of them should be."""
    data = fields.get("data")
    if not is_object(data) or "records" in data or "list" in data or "id" not in data:
        return None
    fields["data"] = {"records": [data], "total": 1, "size": 1, "current": 1, "pages": 1}
    return "data", "data is one live room, not a page"


def _single_room(fields: dict[str, Any]) -> None:
    rows = fields["data"]["records"]
    fields["data"] = rows[0] if rows else {"id": 1}


_PAGE: Final = (Rename("GJ-E25", "data.records", "list"), Rename("GJ-E26", "data.size", "pageSize"))

# --- names ---


def _strip_names(fields: dict[str, Any]) -> tuple[str, str] | None:
    data = fields.get("data")
    if not is_object(data):
        return None
    padded = [name for name in data if name != name.strip()]
    for name in padded:
        data[name.strip()] = data.pop(name)
    return (f"data.{padded[0].strip()}", "white space in the name of a member") if padded else None


def _pad_name(fields: dict[str, Any]) -> None:
    fields["data"]["filePath\t"] = fields["data"].pop("filePath")


def _without_tabs(data: bytes) -> bytes | None:
    """Raw tabs, which JSON allows between members, but not in a name."""
    return None if b"\t" not in data or is_json(data) else data.replace(b"\t", b"")


def _with_tab(data: bytes) -> bytes:
    return data.replace(b'"filePath"', b'"filePath\t"')


# --- addresses ---

_ADDRESSES: Final = frozenset({"rtmp", "rtsp", "http_flv", "http-flv"})


def _add_level(fields: dict[str, Any]) -> tuple[str, str] | None:
    """The addresses as the table has them, without the level above them that the sample has."""
    path = fields.get("data")
    data = path.get("data") if is_object(path) else None
    if not is_object(path) or not is_object(data) or "playaddr" in data or not _ADDRESSES & data.keys():
        return None
    path["data"] = {"playaddr": data}
    return "data.data", "the addresses are not inside playaddr"


def _drop_level(fields: dict[str, Any]) -> None:
    fields["data"]["data"] = {"rtmp": None, **fields["data"]["data"]["playaddr"]}


# --- the tables ---

REQUEST_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "createLive": (_posture("robotList[].sceneList[]"),),
    "updateLive": (_posture("robotList[].sceneList[]"),),
    "uploadMaterial": (_CONVERSION,),
    "synthesizeAndChangeVoice": (_CONVERSION,),
}
"""Variants of requests, by operation."""

RESPONSE_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "getAccessToken": (without_seconds("data.startTime"), without_seconds("data.endTime")),
    "queryLive": (_posture("data.robotList[].sceneList[]"),),
    "queryLivePage": (
        Reshape("GJ-E22", "data", to=_page_of_one, variant=_single_room, does="one room instead of a page"),
        *_PAGE,
        _posture("data.records[].robotList[].sceneList[]"),
    ),
    "queryMaterial": (*_PAGE, without_seconds("data.records[].createdTime")),
    "listPlatformSpeakers": _PAGE,
    "listPlatformRobots": (_posture("data[].sceneList[]"),),
    "listCustomizedRobots": (_posture("data[].sceneList[]"),),
    "listChangeVoices": (*_PAGE, digits("data.records[].id", "GJ-E39")),
    "synthesizeAndChangeVoice": (
        Reshape(
            "GJ-E37", "data.filePath", to=_strip_names, variant=_pad_name, does="names have white space around them"
        ),
    ),
    "queryPublicMaterials": _PAGE,
    "queryLiveRecords": _PAGE,
    "getPullPath": (
        Reshape("GJ-E47", "data.data", to=_add_level, variant=_drop_level, does="the addresses stand a level higher"),
        # What is not said to have failed has succeeded.
        Fill("GJ-E49", "data.ok", value=True, does="ok is missing; code 200 counts"),
        Rename("GJ-E48", "data.data.playaddr.http_flv", "http-flv"),
    ),
}
"""Variants of answers, by operation; they are given the whole envelope."""

RAW_RESPONSE_REPAIRS: Final[Mapping[str, tuple[RawRepair, ...]]] = {
    "synthesizeAndChangeVoice": (RawRepair("GJ-E37", "a raw tab inside a text", _without_tabs, _with_tab),)
}
"""Variants of answers that are no JSON."""
