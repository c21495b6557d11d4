"""Dates and times as the document writes them: local time, without a zone (GJ-E15).

Only the text form lives here. Which zone is meant is not documented, so that every function is handed one.
"""

from __future__ import annotations

import re
from datetime import datetime, tzinfo
from typing import Any, Final

import msgspec

from ...core.repairs import Convert
from ...errors import ValidationError
from ...message import doc

__all__ = ["format_minute", "format_time", "minute_doc", "parse_time", "time_doc", "without_seconds"]

_MINUTE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}"
_END: Final = r"$(?!\n)"
_EITHER: Final = re.compile(rf"{_MINUTE}(:[0-9]{{2}})?")


def time_doc(description: str, clause: str = "GJ-E15") -> msgspec.Meta:
    """The declaration of a field that holds a time to the second."""
    return doc(
        f"{description}; yyyy-MM-dd HH:mm:ss without a zone",
        clause,
        pattern=rf"^{_MINUTE}:[0-9]{{2}}{_END}",
        example="2026-03-01 08:00:00",
    )


def minute_doc(description: str, clause: str) -> msgspec.Meta:
    """The declaration of a field whose sample has no seconds (GJ-E44); both forms are right."""
    return doc(
        f"{description}; yyyy-MM-dd HH:mm, or with seconds, without a zone",
        clause,
        pattern=rf"^{_MINUTE}(:[0-9]{{2}})?{_END}",
        example="2026-03-01 08:00",
    )


def _to_the_second(value: Any) -> str | None:
    return f"{value}:00" if isinstance(value, str) and re.fullmatch(_MINUTE, value) else None


def without_seconds(path: str) -> Convert:
    """A time to the minute where one to the second should be (GJ-E15)."""
    return Convert("GJ-E15", path, to=_to_the_second, does="{name} is without seconds", example="2026-03-01 08:00")


def parse_time(text: str, zone: tzinfo) -> datetime:
    """The moment that a text such as ``2026-03-01 08:00:00`` names, with seconds or without.

    Args:
        text: as received.
        zone: the zone it is meant in.

    Raises:
        ValidationError: another form, or no such day or hour (GJ-E15).
    """
    try:
        if not _EITHER.fullmatch(text):
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
    return datetime.fromtimestamp(epoch // 1, zone).isoformat(" ", "seconds")[: len("2026-03-01 08:00:00")]


def format_minute(epoch: float, zone: tzinfo) -> str:
    """A moment as ``yyyy-MM-dd HH:mm``, the form of beginTime (GJ-E44)."""
    return format_time(epoch, zone)[: -len(":00")]
