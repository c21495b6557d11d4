"""Dates without an offset, and the moments they stand for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.messages.times import SHANGHAI, format_time, parse_time


def test_a_date_is_told_by_a_clock_in_shanghai() -> None:
    moment = parse_time("2031-05-06 07:08:09")
    assert moment == datetime(2031, 5, 5, 23, 8, 9, tzinfo=UTC)
    assert format_time(moment) == "2031-05-06 07:08:09"


def test_or_by_another_clock() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert parse_time("2031-05-06 08:08:09", tokyo) == parse_time("2031-05-06 07:08:09")
    assert format_time(parse_time("2031-05-06 07:08:09"), tokyo) == "2031-05-06 08:08:09"


def test_epoch_seconds_have_a_date_too() -> None:
    assert format_time(0.9) == "1970-01-01 08:00:00"
    assert format_time(0.9, UTC) == "1970-01-01 00:00:00"


def test_a_moment_without_a_zone_has_none() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_time(datetime(2031, 5, 6))  # noqa: DTZ001  # the point of it


@pytest.mark.parametrize("text", ["", "2031-02-30 00:00:00", "2031-05-06T07:08:09", "2031-05-06 07:08:09 ", "-1"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"expected a date as yyyy-MM-dd HH:mm:ss \[ST-LIVE-27\]$"):
        parse_time(text)


@given(st.datetimes(min_value=datetime(1000, 1, 2), timezones=st.just(SHANGHAI)))  # noqa: DTZ001  # hypothesis wants it
def test_there_and_back(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert parse_time(format_time(whole)) == whole
