"""Which documented variants of HTTP requests and replies are understood, as a table by operation.

Only small functions that repair exactly one variant each live here, and the two tables at the end. Variants that the
types already take in are told by `check` of the message concerned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

import msgspec

from ..core.findings import Finding, deviation
from ..leniencies import alias, digits, is_list, is_object, join, objects, repaired
from ..message import UNREADABLE, Leniency
from ..rules import Variant
from .http_enums import DEFAULT_PAGE, AnchorStatus, ProjectStatus, SendTextStatus, SessionStatus, StopStatus
from .http_requests import SAVE_VARIANTS
from .http_save import LAYER_VARIANTS, truncate_coordinate

__all__ = ["REQUEST_VARIANTS", "RESPONSE_VARIANTS"]


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


def _fraction(where: str, name: str) -> Leniency:
    return repaired(where, name, "ALI-E83", "not a whole number; the decimals are dropped", _from_fraction)


def _number(where: str, name: str) -> Leniency:
    return repaired(where, name, "ALI-E82", "a number, not a text", _from_number)


def _case(where: str, values: type[StrEnum]) -> Leniency:
    """A documented status in other letters (ALI-E95); an undocumented one is left alone."""
    known = {member.value.casefold(): member.value for member in values}

    def repair(value: Any) -> str | None:
        written = known.get(value.casefold()) if isinstance(value, str) else None
        return None if written == value else written

    return repaired(where, "status", "ALI-E95", "in other letters than documented", repair)


# --- one field ---


def _list(name: str) -> Leniency:
    """A list given as one text (ALI-E68): comma-joined, or as a JSON text, which a query's commas have cut up."""

    def leniency(fields: dict[str, Any]) -> Finding | None:
        value = fields.get(name)
        text = ",".join(map(str, value)) if is_list(value) else value
        if not isinstance(text, str):
            return None
        if text.startswith("["):
            try:
                fields[name] = msgspec.json.decode(text, type=list[str])
            except UNREADABLE:
                return None
            return deviation("ALI-E68", name, f"{name} is a JSON text")
        if isinstance(value, list):
            return None
        fields[name] = [part for part in text.split(",") if part]
        return deviation("ALI-E68", name, f"{name} is a comma-joined text")

    return leniency


def _empty_is_absent(name: str) -> Leniency:
    """An empty text or null where nothing should be; the message's `check` tells that it is absent."""

    def leniency(fields: dict[str, Any]) -> Finding | None:
        if fields.get(name) in ("", None):
            fields.pop(name, None)
        return None

    return leniency


def _first_page(fields: dict[str, Any]) -> Finding | None:
    if fields.get("pageNo") not in ("", None):
        return None
    fields["pageNo"] = DEFAULT_PAGE
    return deviation("ALI-E64", "pageNo", "pageNo is missing; the first page is meant")


def _ignored(where: str, variants: Sequence[Variant]) -> tuple[Leniency, ...]:
    """Fields that have no business where they stand: dropped, so that not even a wrong value of theirs counts."""
    return tuple(_dropped(where, variant, omitted) for variant in variants for omitted in variant.omits)


def _dropped(where: str, variant: Variant, omitted: str) -> Leniency:
    inside, _, name = omitted.rpartition(".")

    def leniency(fields: dict[str, Any]) -> Finding | None:
        first: Finding | None = None
        for path, holder in objects(fields, where):
            if holder.get(variant.tag) != variant.value:
                continue
            for _, part in objects(holder, inside):
                if part.pop(name, None) is not None:
                    first = first or variant.superfluous(omitted).replace(path=join(path, omitted))
        return first

    return leniency


# --- the tables ---

REQUEST_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "ListAvatarProject": (_list("projectIdList"),),
    "StartAvatarSession": (_empty_is_absent("requestId"),),
    "SaveAvatarProject": (
        *_ignored("", SAVE_VARIANTS),
        *_ignored("frames[].layers[]", LAYER_VARIANTS),
        _fraction("frames[].layers[]", "positionX"),
        _fraction("frames[].layers[]", "positionY"),
        _number("frames[].videoScript", "speedRate"),
    ),
    "QuerySessionInfo": (_list("statusList"), _first_page),
    "SendTextMsg": (digits("", "type", "ALI-E98"),),
}
"""Variants of requests, by operation."""

RESPONSE_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "ListAvatarProject": (_case("queryAvatarProjectResultList[]", ProjectStatus),),
    "QueryAvatarProject": (
        _case("", ProjectStatus),
        _fraction("frames[].layers[]", "positionX"),
        _fraction("frames[].layers[]", "positionY"),
        _number("frames[].videoScript", "speedRate"),
        digits("frames[].videoScript", "volume", "ALI-E117"),
    ),
    "StartAvatarSession": (repaired("", "channelToken", "ALI-E56", "an object, not a text", _from_object),),
    "StopAvatarSession": (_case("", StopStatus),),
    "SaveAvatarProject": (_case("", ProjectStatus),),
    "QuerySessionInfo": (
        alias("", "queryResourceInfoList", "querySessionInfoList", "ALI-E60"),
        digits("", "total", "ALI-E92"),
        _case("queryResourceInfoList[]", SessionStatus),
    ),
    "ListAnchor": (
        digits("", "total", "ALI-E92"),
        alias("list[]", "coverWeight", "coverWidth", "ALI-E59"),
        digits("list[]", "coverWeight", "ALI-E92"),
        digits("list[]", "coverHeight", "ALI-E92"),
        digits("list[]", "supportBgChange", "ALI-E92"),
        repaired("list[]", "supportBgChange", "ALI-E93", "true or false, not 1 or 0", _from_bool),
        _case("list[]", AnchorStatus),
    ),
    "ListVoiceModels": (
        digits("", "total", "ALI-E92"),
        digits("list[]", "voiceId", "ALI-E92"),
        digits("list[]", "ttsVersion", "ALI-E92"),
    ),
    "CheckSession": (_case("", SessionStatus),),
    "SendTextMsg": (_case("", SendTextStatus),),
}
"""Variants of replies, by operation."""
