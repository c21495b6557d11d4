"""The four values a stream is pulled with."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.rtc import RtcAccess, check_channel, check_uid, is_uid

FOUR = {"rtc_app_id": "app-1", "rtc_channel_id": "channel-1", "rtc_uid": "7", "rtc_token": "tok"}


@pytest.mark.parametrize("uid", ["0", "1", "4294967295"])
def test_a_uid_has_32_bits(uid: str) -> None:
    assert check_uid(uid, "rtcUid") == ()


@pytest.mark.parametrize("uid", ["007", "00", "0" * 5000 + "4294967295"])
def test_a_uid_with_leading_zeros_is_told(uid: str) -> None:
    assert [(item.clause, item.path) for item in check_uid(uid, "rtcUid")] == [("ST-E19", "rtcUid")]


@pytest.mark.parametrize("uid", ["4294967296", "9" * 5000, "04294967296", "", "-1", "1.0", "٣", "²", "1\n", " 1"])
def test_what_is_none_is_refused_when_it_is_asked_for(uid: str) -> None:
    assert not is_uid(uid)
    with pytest.raises(ValidationError, match=r"expected decimal digits up to 4294967295 \[ST-LIVE-04\]$"):
        check_uid(uid, "rtcUid")


def test_what_is_none_is_kept_when_it_is_told() -> None:
    found = RtcAccess(rtc_uid="seven").check_rtc()
    assert [(item.clause, item.path) for item in found] == [("ST-LIVE-04", "rtcUid")]
    assert [item.clause for item in RtcAccess(rtc_uid="07").check_rtc()] == ["ST-E19"]
    assert RtcAccess(rtc_uid="7").check_rtc() == ()


def test_a_channel_has_at_most_64_characters_of_ascii() -> None:
    assert check_channel("c" * 64, "c") == ()
    assert [item.clause for item in check_channel("c" * 65, "c")] == ["ST-LIVE-05"]
    assert [item.clause for item in check_channel("频道", "c")] == ["ST-E20"]


def test_the_stream_is_there_with_all_four() -> None:
    assert RtcAccess(**FOUR).has_stream
    assert not RtcAccess().has_stream
    assert RtcAccess(rtc_uid="7", rtc_token="tok").rtc_given == ("rtcUid", "rtcToken")


def test_where_they_are_needed_none_is_understood_and_some_are_not_enough() -> None:
    assert RtcAccess(**FOUR).check_rtc(needed="X-1") == ()
    assert [item.clause for item in RtcAccess().check_rtc(needed="X-1")] == ["ST-E22"]
    for name in FOUR:
        some = RtcAccess(**{key: value for key, value in FOUR.items() if key != name})
        with pytest.raises(ValidationError, match=r"missing, expected all four RTC values.* \[X-1\]$"):
            some.check_rtc(needed="X-1")


def test_where_they_are_left_out_they_are_told() -> None:
    assert RtcAccess().check_rtc(omitted="X-2") == ()
    found = RtcAccess(rtc_uid="7").check_rtc(omitted="X-2")
    assert [(item.clause, item.path) for item in found] == [("X-2", "rtcUid")]


def test_the_token_is_not_shown() -> None:
    assert "tok" not in repr(RtcAccess(**FOUR)).replace("rtc_token", "")
    assert "<3 characters masked>" in repr(RtcAccess(**FOUR))
