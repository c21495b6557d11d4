"""Dates and times as the document writes them: local time, without a zone (GJ-E15).

Only the text form lives here. Which zone is meant is not documented, so that every function is handed one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from ..errors import ValidationError
from ..message import Deviation, doc

__all__ = ["check_time", "format_minute", "format_time", "parse_time", "time_doc", "time_rule"]

_PATTERN: Final = r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}(:[0-9]{2})?$(?!\n)"
_WITH_SECONDS: Final = len("2026-03-01 08:00:00")


def time_doc(description: str, clause: str = "GJ-E15") -> msgspec.Meta:
    """The declaration of a field that holds a time, to the second or to the minute."""
    return doc(
        f"{description}; yyyy-MM-dd HH:mm:ss without a zone", clause, pattern=_PATTERN, example="2026-03-01 08:00:00"
    )


def check_time(text: str | None, name: str) -> tuple[Deviation, ...]:
    """Judges a time that should be told to the second; to the minute can be understood (GJ-E15)."""
    if text is None or len(text) == _WITH_SECONDS:
        return ()
    return (Deviation("GJ-E15", name, f"{name} has no seconds", "yyyy-MM-dd HH:mm:ss"),)


def time_rule(name: str) -> Mapping[str, Any]:
    """What `check_time` asks, as a member of JSON Schema's ``allOf``."""
    return {"properties": {name: {"minLength": _WITH_SECONDS}}}


def parse_time(text: str, zone: tzinfo) -> datetime:
    """The moment that a text such as ``2026-03-01 08:00:00`` names, with seconds or without.

    Args:
        text: as received.
        zone: the zone it is meant in.

    Raises:
        ValidationError: another form, or no such day or hour (GJ-E15).
    """
    try:
        if not re.search(_PATTERN, text):
            raise ValueError(text)
        return datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise ValidationError(
            "not a time of the calendar", vendor="guiji", expected="yyyy-MM-dd HH:mm:ss", clause="GJ-E15"
        ) from None


def format_time(epoch: float, zone: tzinfo) -> str:
    """A moment as ``yyyy-MM-dd HH:mm:ss``.

    Args:
        epoch: seconds since 1970; fractions are dropped.
        zone: the zone it is to be read in.
    """
    return datetime.fromtimestamp(epoch // 1, zone).isoformat(" ", "seconds")[:_WITH_SECONDS]


def format_minute(epoch: float, zone: tzinfo) -> str:
    """A moment as ``yyyy-MM-dd HH:mm``, the form of beginTime (GJ-E44)."""
    return format_time(epoch, zone)[: -len(":00")]
