"""Which documented variants of HTTP requests and replies are understood, as a table by operation.

Only the two tables live here, and what their rows need. What the types already take in, the rules of the message
concerned report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from ...core.constraints import Absent, Constraint
from ...core.error_mapping import UNREADABLE
from ...core.repairs import Convert, Rename, Repair, Reshape, digits, drop, is_list, is_object
from ..http_enums import DEFAULT_PAGE, AnchorStatus, ProjectStatus, SendTextStatus, SessionStatus, StopStatus
from .requests import SAVE_RULES
from .save import LAYER_RULES, truncate_coordinate

__all__ = ["REQUEST_REPAIRS", "RESPONSE_REPAIRS"]


def _from_fraction(value: Any) -> int | None:
    return truncate_coordinate(value) if isinstance(value, float) else None


def _from_number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10:
        return None
    return repr(float(value))


def _from_bool(value: Any) -> int | None:
    return int(value) if isinstance(value, bool) else None


def _from_object(value: Any) -> str | None:
    return msgspec.json.encode(value).decode() if is_object(value) else None


def _fraction(path: str) -> Convert:
    does = "{name} is not a whole number; the decimals are dropped"
    return Convert("ALI-E83", path, to=_from_fraction, does=does, example=1.5, level="warning")


def _number(path: str) -> Convert:
    return Convert("ALI-E82", path, to=_from_number, does="{name} is a number, not a text", example=1.5)


_BOOL: Final = "{name} is true or false, not 1 or 0"


def _case(path: str, values: type[StrEnum]) -> Convert:
    """A documented status in other letters (ALI-E95); an undocumented one is left alone."""
    known = {member.value.casefold(): member.value for member in values}

    def ruled(value: Any) -> str | None:
        written = known.get(value.casefold()) if isinstance(value, str) else None
        return None if written == value else written

    example = next(iter(known.values())).swapcase()
    return Convert("ALI-E95", path, to=ruled, does="{name} is in other letters than documented", example=example)


def _list(name: str) -> tuple[Reshape, ...]:
    """A list given as one text (ALI-E68): comma-joined, or as a JSON text, which a query's commas have cut up."""

    def ruled(fields: dict[str, Any]) -> tuple[str, str] | None:
        value = fields.get(name)
        text = ",".join(map(str, value)) if is_list(value) else value
        if not isinstance(text, str):
            return None
        if text.startswith("["):
            try:
                fields[name] = msgspec.json.decode(text, type=list[str])
            except UNREADABLE:
                return None
            return name, f"{name} is a JSON text"
        if isinstance(value, list):
            return None
        fields[name] = [part for part in text.split(",") if part]
        return name, f"{name} is a comma-joined text"

    def variant(fields: dict[str, Any]) -> None:
        fields[name] = msgspec.json.encode(fields[name]).decode()

    return (Reshape("ALI-E68", name, to=ruled, variant=variant, does=f"{name} is one text", level="warning"),)


def _absent_when_empty(fields: dict[str, Any]) -> None:
    """An empty text or null where nothing should be; the rules of the message say that it is absent."""
    if fields.get("requestId") in ("", None):
        fields.pop("requestId", None)


def _empty_id(fields: dict[str, Any]) -> None:
    fields["requestId"] = ""


def _without_page(fields: dict[str, Any]) -> tuple[str, str] | None:
    if fields.get("pageNo") not in ("", None):
        return None
    fields["pageNo"] = DEFAULT_PAGE
    return "pageNo", "pageNo is missing; the first page is meant"


def _drop_page(fields: dict[str, Any]) -> None:
    del fields["pageNo"]


def _ignored(where: str, rules: Sequence[Constraint]) -> tuple[Repair, ...]:
    """The repairs of the rules that a field is left out."""
    return tuple(drop(rule, where, example="") for rule in rules if isinstance(rule, Absent))


# --- the tables ---

_FIRST_PAGE: Final = Reshape(
    "ALI-E64", "pageNo", to=_without_page, variant=_drop_page, does="pageNo is missing or empty", written={}
)

REQUEST_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "ListAvatarProject": _list("projectIdList"),
    "StartAvatarSession": (
        Reshape("ALI-E70", "requestId", to=_absent_when_empty, variant=_empty_id, does="requestId is empty"),
    ),
    "SaveAvatarProject": (
        *_ignored("", SAVE_RULES),
        *_ignored("frames[].layers[]", LAYER_RULES),
        _fraction("frames[].layers[].positionX"),
        _fraction("frames[].layers[].positionY"),
        _number("frames[].videoScript.speedRate"),
    ),
    "QuerySessionInfo": (*_list("statusList"), _FIRST_PAGE),
    "SendTextMsg": (digits("type", "ALI-E98", example="1"),),
}
"""Variants of requests, by operation."""

RESPONSE_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "ListAvatarProject": (_case("queryAvatarProjectResultList[].status", ProjectStatus),),
    "QueryAvatarProject": (
        _case("status", ProjectStatus),
        _fraction("frames[].layers[].positionX"),
        _fraction("frames[].layers[].positionY"),
        _number("frames[].videoScript.speedRate"),
        digits("frames[].videoScript.volume", "ALI-E117"),
    ),
    "StartAvatarSession": (
        Convert("ALI-E56", "channelToken", to=_from_object, does="{name} is an object, not a text", example={}),
    ),
    "StopAvatarSession": (_case("status", StopStatus),),
    "SaveAvatarProject": (_case("status", ProjectStatus),),
    "QuerySessionInfo": (
        Rename("ALI-E60", "queryResourceInfoList", "querySessionInfoList"),
        digits("total", "ALI-E92"),
        _case("queryResourceInfoList[].status", SessionStatus),
    ),
    "ListAnchor": (
        digits("total", "ALI-E92"),
        Rename("ALI-E59", "list[].coverWeight", "coverWidth"),
        digits("list[].coverWeight", "ALI-E92"),
        digits("list[].coverHeight", "ALI-E92"),
        digits("list[].supportBgChange", "ALI-E92"),
        Convert("ALI-E93", "list[].supportBgChange", to=_from_bool, does=_BOOL, example=True),
        _case("list[].status", AnchorStatus),
    ),
    "ListVoiceModels": (
        digits("total", "ALI-E92"),
        digits("list[].voiceId", "ALI-E92"),
        digits("list[].ttsVersion", "ALI-E92"),
    ),
    "CheckSession": (_case("status", SessionStatus),),
    "SendTextMsg": (_case("status", SendTextStatus),),
}
"""Variants of replies, by operation."""
