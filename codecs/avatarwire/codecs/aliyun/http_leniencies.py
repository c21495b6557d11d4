"""Which documented variants of HTTP requests and replies are understood, as a table by operation.

Only small functions that repair exactly one variant each live here, and the two tables at the end. Variants that the
types already take in are told by `check` of the message concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, TypeGuard

import msgspec

from ..message import UNREADABLE, Deviation, Leniency
from .http_enums import DEFAULT_PAGE, AnchorStatus, ProjectStatus, SendTextStatus, SessionStatus, StopStatus
from .http_requests import SAVE_VARIANTS
from .http_rules import Variant
from .http_save import LAYER_VARIANTS, truncate_coordinate

__all__ = ["REQUEST_VARIANTS", "RESPONSE_VARIANTS"]

_INT64_DIGITS: Final = 19


def _objects(here: Any, where: str, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object at a wire path such as ``frames[].layers[]``, with the path of each; other shapes are passed by."""
    if not _is_object(here):
        return
    if not where:
        yield path, here
        return
    step, _, rest = where.partition(".")
    name = step.removesuffix("[]")
    inner, below = here.get(name), _join(path, name)
    if name == step:
        yield from _objects(inner, rest, below)
    elif _is_list(inner):
        for index, item in enumerate(inner):
            yield from _objects(item, rest, f"{below}[{index}]")


def _is_object(value: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _is_list(value: object) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


# --- one value ---


def _value(where: str, name: str, erratum: str, told: str, repair: Callable[[Any], Any | None]) -> Leniency:
    """A field, in every object at `where`, whose value `repair` knows a better form of (None: leave it)."""

    def leniency(fields: dict[str, Any]) -> Deviation | None:
        first: Deviation | None = None
        for path, holder in _objects(fields, where):
            better = repair(holder.get(name))
            if better is not None:
                holder[name] = better
                first = first or Deviation(erratum, _join(path, name), f"{name} is {told}")
        return first

    return leniency


def _from_digits(value: Any) -> int | None:
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _INT64_DIGITS
    return int(value) if is_digits else None


def _from_fraction(value: Any) -> int | None:
    return truncate_coordinate(value) if isinstance(value, float) else None


def _from_number(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10:
        return None
    return repr(float(value))


def _from_bool(value: Any) -> int | None:
    return int(value) if isinstance(value, bool) else None


def _from_object(value: Any) -> str | None:
    return msgspec.json.encode(value).decode() if _is_object(value) else None


def _digits(where: str, name: str, erratum: str) -> Leniency:
    return _value(where, name, erratum, "a text of digits", _from_digits)


def _fraction(where: str, name: str) -> Leniency:
    return _value(where, name, "ALI-E83", "not a whole number; the decimals are dropped", _from_fraction)


def _number(where: str, name: str) -> Leniency:
    return _value(where, name, "ALI-E82", "a number, not a text", _from_number)


def _case(where: str, values: type[StrEnum]) -> Leniency:
    """A documented status in other letters (ALI-E95); an undocumented one is left alone."""
    known = {member.value.casefold(): member.value for member in values}

    def repair(value: Any) -> str | None:
        written = known.get(value.casefold()) if isinstance(value, str) else None
        return None if written == value else written

    return _value(where, "status", "ALI-E95", "in other letters than documented", repair)


# --- one field ---


def _alias(where: str, name: str, alias: str, erratum: str) -> Leniency:
    """A field under another name than it is known to have."""

    def leniency(fields: dict[str, Any]) -> Deviation | None:
        first: Deviation | None = None
        for path, holder in _objects(fields, where):
            if holder.get(name) is None and holder.get(alias) is not None:
                holder[name] = holder.pop(alias)
                first = first or Deviation(erratum, _join(path, alias), f"{alias} stands for {name}")
        return first

    return leniency


def _list(name: str) -> Leniency:
    """A list given as one text (ALI-E68): comma-joined, or as a JSON text, which a query's commas have cut up."""

    def leniency(fields: dict[str, Any]) -> Deviation | None:
        value = fields.get(name)
        text = ",".join(map(str, value)) if _is_list(value) else value
        if not isinstance(text, str):
            return None
        if text.startswith("["):
            try:
                fields[name] = msgspec.json.decode(text, type=list[str])
            except UNREADABLE:
                return None
            return Deviation("ALI-E68", name, f"{name} is a JSON text")
        if isinstance(value, list):
            return None
        fields[name] = [part for part in text.split(",") if part]
        return Deviation("ALI-E68", name, f"{name} is a comma-joined text")

    return leniency


def _empty_is_absent(name: str) -> Leniency:
    """An empty text or null where nothing should be; the message's `check` tells that it is absent."""

    def leniency(fields: dict[str, Any]) -> Deviation | None:
        if fields.get(name) in ("", None):
            fields.pop(name, None)
        return None

    return leniency


def _first_page(fields: dict[str, Any]) -> Deviation | None:
    if fields.get("pageNo") not in ("", None):
        return None
    fields["pageNo"] = DEFAULT_PAGE
    return Deviation("ALI-E64", "pageNo", "pageNo is missing; the first page is meant")


def _ignored(where: str, variants: Sequence[Variant]) -> tuple[Leniency, ...]:
    """Fields that have no business where they stand: dropped, so that not even a wrong value of theirs counts."""
    return tuple(_dropped(where, variant, omitted) for variant in variants for omitted in variant.omits)


def _dropped(where: str, variant: Variant, omitted: str) -> Leniency:
    inside, _, name = omitted.rpartition(".")

    def leniency(fields: dict[str, Any]) -> Deviation | None:
        first: Deviation | None = None
        for path, holder in _objects(fields, where):
            if holder.get(variant.tag) != variant.value:
                continue
            for _, part in _objects(holder, inside):
                if part.pop(name, None) is not None:
                    deviation = variant.superfluous(omitted)
                    first = first or deviation._replace(path=_join(path, omitted))
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
    "SendTextMsg": (_digits("", "type", "ALI-E98"),),
}
"""Variants of requests, by operation."""

RESPONSE_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "ListAvatarProject": (_case("queryAvatarProjectResultList[]", ProjectStatus),),
    "QueryAvatarProject": (
        _case("", ProjectStatus),
        _fraction("frames[].layers[]", "positionX"),
        _fraction("frames[].layers[]", "positionY"),
        _number("frames[].videoScript", "speedRate"),
        _digits("frames[].videoScript", "volume", "ALI-E117"),
    ),
    "StartAvatarSession": (_value("", "channelToken", "ALI-E56", "an object, not a text", _from_object),),
    "StopAvatarSession": (_case("", StopStatus),),
    "SaveAvatarProject": (_case("", ProjectStatus),),
    "QuerySessionInfo": (
        _alias("", "queryResourceInfoList", "querySessionInfoList", "ALI-E60"),
        _digits("", "total", "ALI-E92"),
        _case("queryResourceInfoList[]", SessionStatus),
    ),
    "ListAnchor": (
        _digits("", "total", "ALI-E92"),
        _alias("list[]", "coverWeight", "coverWidth", "ALI-E59"),
        _digits("list[]", "coverWeight", "ALI-E92"),
        _digits("list[]", "coverHeight", "ALI-E92"),
        _digits("list[]", "supportBgChange", "ALI-E92"),
        _value("list[]", "supportBgChange", "ALI-E93", "true or false, not 1 or 0", _from_bool),
        _case("list[]", AnchorStatus),
    ),
    "ListVoiceModels": (
        _digits("", "total", "ALI-E92"),
        _digits("list[]", "voiceId", "ALI-E92"),
        _digits("list[]", "ttsVersion", "ALI-E92"),
    ),
    "CheckSession": (_case("", SessionStatus),),
    "SendTextMsg": (_case("", SendTextStatus),),
}
"""Variants of replies, by operation."""
