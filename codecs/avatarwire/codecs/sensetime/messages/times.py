"""The dates in answers and callbacks: a text without an offset, and the moment it stands for.

Only the conversion lives here. Messages keep the text as it came, since the document does not say whose clock it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final

import msgspec

from ...errors import ValidationError, shown
from ...message import doc

__all__ = ["SHANGHAI", "TIME_EXAMPLE", "format_time", "parse_time", "time_doc"]

SHANGHAI: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The zone that dates are taken to be in, unless a caller knows better (ST-E32); China has no summer time."""

TIME_EXAMPLE: Final = "2031-05-06 07:08:09"

_FORMAT: Final = "%Y-%m-%d %H:%M:%S"
# A dollar alone would let a line end through.
_PATTERN: Final = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]) ([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]$(?!\n)"


def time_doc(description: str) -> msgspec.Meta:
    """The declaration of a field that holds a date: ``yyyy-MM-dd HH:mm:ss`` (ST-LIVE-27)."""
    return doc(f"{description}; yyyy-MM-dd HH:mm:ss", "ST-LIVE-27", pattern=_PATTERN, example=TIME_EXAMPLE)


def parse_time(text: str, zone: tzinfo = SHANGHAI) -> datetime:
    """The moment that a date stands for.

    Args:
        text: such as ``2031-05-06 07:08:09``.
        zone: whose clock it is (ST-E32).

    Raises:
        ValidationError: not in that form (ST-LIVE-27), or no day of the calendar.
    """
    try:
        return datetime.strptime(text, _FORMAT).replace(tzinfo=zone)
    except ValueError:
        raise ValidationError(
            f"got {shown(text)}", vendor="sensetime", expected="a date as yyyy-MM-dd HH:mm:ss", clause="ST-LIVE-27"
        ) from None


def format_time(moment: datetime | float, zone: tzinfo = SHANGHAI) -> str:
    """The date of a moment (ST-LIVE-27).

    Args:
        moment: with a zone, or epoch seconds.
        zone: whose local time (ST-E32).

    Raises:
        ValueError: a datetime without a zone: nobody knows when that is.
    """
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError("a datetime without a zone")
        return moment.astimezone(zone).strftime(_FORMAT)
    return datetime.fromtimestamp(moment, zone).strftime(_FORMAT)
