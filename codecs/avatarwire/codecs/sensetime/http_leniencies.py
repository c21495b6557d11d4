"""Which documented variants of HTTP requests and answers are understood, as tables by operation.

Only small functions that repair exactly one variant each live here, and the tables at the end. Variants that the types
already take in are told by `check` of the message concerned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from ..core.findings import Finding, deviation
from ..leniencies import alias, is_object, repaired
from ..message import Leniency

__all__ = ["CALLBACK_VARIANTS", "OWN_RTC", "REQUEST_VARIANTS", "RESPONSE_VARIANTS", "no_data", "whole"]

OWN_RTC: Final = ("urtcToken", "urtcUid", "urtcAppId", "urtcChannelId")
"""What a customer's own RTC app needs, and nothing else does (ST-LIVE-03)."""

_DIGITS: Final = re.compile(r"-?[0-9]{1,18}")
_LARGEST_EXACT: Final = 2**53


def _from_number(value: Any) -> int | None:
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < _LARGEST_EXACT else None
    return int(value) if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def whole(where: str, name: str) -> Leniency:
    """An integer written as a number with decimals, all zero, or as a text of digits (ST-E06)."""
    return repaired(where, name, "ST-E06", "not written as an integer", _from_number)


def _from_uid(value: Any) -> str | None:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


def _uid(where: str, name: str) -> Leniency:
    return repaired(where, name, "ST-E19", "a number, not a text of digits", _from_uid)


def _own_rtc_unasked(fields: dict[str, Any]) -> Finding | None:
    """Values of an own RTC app without the flag: ignored, so that not even a wrong one counts."""
    if fields.get("urtcUseExternalApp") is True:
        return None
    dropped = [name for name in OWN_RTC if fields.pop(name, None) is not None]
    return deviation("ST-E21", dropped[0], f"{dropped[0]} without urtcUseExternalApp is ignored") if dropped else None


def _rows(where: str, name: str, erratum: str) -> Leniency:
    """One row that stands for a list of one, as the table has it."""
    return repaired(where, name, erratum, "one object, not a list", lambda value: [value] if is_object(value) else None)


def no_data(erratum: str = "ST-E07") -> Leniency:
    """Data that is null or an empty object, where that means none.

    Args:
        erratum: told when it is found; empty where the document itself allows it.
    """

    def leniency(fields: dict[str, Any]) -> Finding | None:
        if "data" not in fields or (fields["data"] is not None and fields["data"] != {}):
            return None
        told = "an empty object" if is_object(fields.pop("data")) else "null"
        return deviation(erratum, "data", f"data is {told}; none is meant") if erratum else None

    return leniency


def _none_running(fields: dict[str, Any]) -> Finding | None:
    """No list where nothing runs."""
    data = fields.get("data")
    if data is not None and data != {}:
        return None
    if "data" not in fields:
        fields["data"] = []
        return None
    fields["data"] = []
    erratum, told = ("ST-E27", "null") if data is None else ("ST-E07", "an empty object")
    return deviation(erratum, "data", f"data is {told}; nothing runs")


def _outcome_as_flag(fields: dict[str, Any]) -> Finding | None:
    """The outcome of the current command from the retiring one."""
    data = fields.get("data")
    if not is_object(data) or not isinstance(data.get("isSuccess"), bool):
        return None
    fields["data"] = data["isSuccess"]
    return deviation("ST-E10", "data", "data is an object, not true or false")


def _flag_as_outcome(fields: dict[str, Any]) -> Finding | None:
    """The outcome of the retiring command from the current one."""
    data = fields.get("data")
    if not isinstance(data, bool):
        return None
    fields["data"] = {"isSuccess": data}
    return deviation("ST-E10", "data", "data is true or false, not an object")


def _wrapped_answer(fields: dict[str, Any]) -> Finding | None:
    """The flat answer inside an envelope after all."""
    data = fields.get("data")
    if "answer" in fields or not is_object(data):
        return None
    fields.clear()
    fields.update(data)
    return deviation("ST-E71", "data", "the answer is in an envelope")


_PAGE_MEMBERS: Final = ("pageNo", "numberPages", "numberRecords", "pageSize", "startIndex")

REQUEST_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "createLive": (_own_rtc_unasked, _uid("", "urtcUid")),
    "historyList": (whole("", "pageNo"), whole("", "pageSize")),
}
"""Variants of requests, by operation."""

RESPONSE_VARIANTS: Final[Mapping[str, tuple[Leniency, ...]]] = {
    "createLive": (_uid("data", "rtcUid"),),
    "takeoverCommandV1": (_outcome_as_flag,),
    "takeoverCommand": (_flag_as_outcome,),
    "nlpReply": (_wrapped_answer, alias("", "device_id", "device", "ST-E71")),
    "queryStat": (_uid("data", "rtcUid"),),
    "runningList": (_none_running, _rows("", "data", "ST-E27")),
    "historyList": (
        _rows("data", "result", "ST-E28"),
        *(whole("data.pagination", name) for name in _PAGE_MEMBERS),
    ),
}
"""Variants of answers, by operation; they are given the whole envelope."""

CALLBACK_VARIANTS: Final[tuple[Leniency, ...]] = (_uid("", "rtcUid"),)
"""Variants of callbacks."""
