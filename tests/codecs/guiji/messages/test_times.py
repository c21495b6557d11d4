"""Times without a zone: whoever reads or writes one says which is meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji.messages.times import format_minute, format_time, parse_time

CHINA = timezone(timedelta(hours=8))


@pytest.mark.parametrize("text", ["2026-03-01 08:00:00", "2026-03-01 08:00"])
def test_a_time_is_read_in_its_zone(text: str) -> None:
    assert parse_time(text, CHINA) == datetime(2026, 3, 1, tzinfo=UTC)


def test_a_moment_is_written_in_a_zone() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC).timestamp() + 59.9
    assert format_time(moment, CHINA) == "2026-03-01 08:00:59"
    assert format_minute(moment, UTC) == "2026-03-01 00:00"


@pytest.mark.parametrize("moment", [0, -1, 1772323200.25])
def test_what_is_written_is_read_again(moment: float) -> None:
    assert parse_time(format_time(moment, CHINA), CHINA).timestamp() == moment // 1


@pytest.mark.parametrize(
    "text",
    ["", "2026-03-01", "2026-03-01T08:00:00", "2026-02-30 08:00:00", "2026-03-01 08:00:00\n", "2026-03-01 25:00"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"^guiji: not a time of the calendar, .* \[GJ-E15\]$"):
        parse_time(text, CHINA)
