"""Which documented variants of HTTP requests and answers are understood, as tables by operation.

Only the tables live here, and what their rows need. Variants that the types already take in are reported by the rules
of the message concerned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...core.repairs import Convert, Rename, Repair, Reshape, drop, is_object
from ..messages.number_forms import digits_of, uid_number
from ..messages.rtc import OWN_RTC_ONLY

__all__ = ["REQUEST_REPAIRS", "RESPONSE_REPAIRS"]


def _rows(path: str, erratum: str, example: Mapping[str, Any]) -> Convert:
    """One row that stands for a list of one, as the table has it."""

    def listed(value: Any) -> list[Any] | None:
        return [value] if is_object(value) else None

    return Convert(erratum, path, to=listed, does="{name} is one object, not a list", example=example)


def _no_data(fields: dict[str, Any]) -> tuple[str, str] | None:
    if "data" not in fields or (fields["data"] is not None and fields["data"] != {}):
        return None
    what = "an empty object" if is_object(fields.pop("data")) else "null"
    return "data", f"data is {what}; none is meant"


def _null_data(fields: dict[str, Any]) -> None:
    fields["data"] = None


_NO_DATA: Final = Reshape(
    "ST-E07",
    "data",
    to=_no_data,
    variant=_null_data,
    does="data is null or an empty object; none is meant",
    level="warning",
    written={"properties": {"data": {"not": {"enum": [None, {}]}}}},
)
"""Data that is null or an empty object, where that means none."""


def _outcome(value: Any) -> bool | None:
    """What the outcome of the current command says in the retiring one."""
    said = value.get("isSuccess") if is_object(value) else None
    return said if isinstance(said, bool) else None


def _flag(value: Any) -> dict[str, Any] | None:
    """What the outcome of the retiring command says in the current one."""
    return {"isSuccess": value} if isinstance(value, bool) else None


def _unwrapped(fields: dict[str, Any]) -> tuple[str, str] | None:
    data = fields.get("data")
    if "answer" in fields or not is_object(data):
        return None
    fields.clear()
    fields.update(data)
    return "data", "the answer is in an envelope"


def _wrapped(fields: dict[str, Any]) -> None:
    answer = dict(fields)
    fields.clear()
    fields.update(code=0, message="success", data=answer)


def _nothing(value: Any) -> list[Any] | None:
    return [] if value is None else None


def _empty(value: Any) -> list[Any] | None:
    return [] if value == {} else None


_RUNNING: Final[Mapping[str, Any]] = {"sessionId": "live-1", "status": 2}
_OVER: Final[Mapping[str, Any]] = {
    "sessionId": "live-1",
    "status": 5,
    "startTime": "2031-05-06 07:08:09",
    "endTime": "2031-05-06 07:18:09",
}
_PAGE_MEMBERS: Final = ("pageNo", "numberPages", "numberRecords", "pageSize", "startIndex")

REQUEST_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "createLive": (*(drop(rule, example="1") for rule in OWN_RTC_ONLY), uid_number("urtcUid")),
    "historyList": (digits_of("pageNo"), digits_of("pageSize")),
}
"""Variants of requests, by operation."""

RESPONSE_REPAIRS: Final[Mapping[str, tuple[Repair, ...]]] = {
    "createLive": (uid_number("data.rtcUid"), _NO_DATA),
    "startLive": (_NO_DATA,),
    "takeoverCommandV1": (
        Convert(
            "ST-E10", "data", to=_outcome, does="data is an object, not true or false", example={"isSuccess": True}
        ),
        _NO_DATA,
    ),
    "takeoverCommand": (
        Convert("ST-E10", "data", to=_flag, does="data is true or false, not an object", example=True),
    ),
    "nlpReply": (
        Reshape("ST-E71", "data", to=_unwrapped, variant=_wrapped, does="the answer is in an envelope", written={}),
        Rename("ST-E71", "device_id", "device"),
    ),
    "closeLive": (_NO_DATA,),
    "queryStat": (uid_number("data.rtcUid"), _NO_DATA),
    "runningList": (
        Convert(
            "ST-E27",
            "data",
            to=_nothing,
            does="data is null; nothing runs",
            level="warning",
            example=None,
            written={"properties": {"data": {"not": {"type": "null"}}}},
        ),
        Convert("ST-E07", "data", to=_empty, does="data is an empty object; nothing runs", level="warning", example={}),
        _rows("data", "ST-E27", _RUNNING),
    ),
    "historyList": (
        _rows("data.result", "ST-E28", _OVER),
        *(digits_of(f"data.pagination.{name}") for name in _PAGE_MEMBERS),
        _NO_DATA,
    ),
    "rtcAudienceToken": (_NO_DATA,),
}
"""Variants of answers, by operation; they are given the whole envelope."""
