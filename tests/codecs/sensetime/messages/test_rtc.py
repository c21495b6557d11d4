"""The four values a stream is pulled with: rules as data, tried on messages of their own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import msgspec
import pytest

from avatarwire.codecs.core.checking import judge
from avatarwire.codecs.core.constraints import Constraint
from avatarwire.codecs.message import doc
from avatarwire.codecs.sensetime.messages.rtc import RtcAccess, left_out, needed, uid

FOUR = {"rtcAppId": "app-1", "rtcChannelId": "channel-1", "rtcUid": "7", "rtcToken": "tok"}


class Told(RtcAccess):
    status: Annotated[int, doc("a state")] = 1

    constraints = (*needed((35, 2), "X-1"), *left_out((32,), "X-2"))


class Asked(RtcAccess):
    constraints = (uid("rtcUid"),)


def found(fields: dict[str, Any], cls: type[RtcAccess] = Told) -> list[tuple[str, str, bool]]:
    return [(item.clause, item.path, item.tolerated) for item in judge(msgspec.convert(fields, cls))]


def paths(rules: Iterable[Constraint]) -> set[str]:
    return {path for rule in rules for path in rule.paths}


@pytest.mark.parametrize("number", ["0", "1", "999999999", "4294967295"])
def test_a_uid_has_32_bits(number: str) -> None:
    assert found({"rtcUid": number}) == []


@pytest.mark.parametrize("number", ["007", "00", "0" * 5000 + "4294967295"])
def test_a_uid_with_leading_zeros_is_reported(number: str) -> None:
    assert found({"rtcUid": number}) == [("ST-E19", "rtcUid", True)]


@pytest.mark.parametrize(
    "number", ["4294967296", "9" * 5000, "04294967296", "", "-1", "1.0", "٣", "²", "1\n", " 1", "seven", "10000000000"]
)
def test_what_is_none_is_kept_where_it_is_told_and_refused_where_it_is_asked_for(number: str) -> None:
    assert found({"rtcUid": number}) == [("ST-LIVE-04", "rtcUid", True)]
    assert ("ST-LIVE-04", "rtcUid", False) in found({"rtcUid": number}, Asked)


@pytest.mark.parametrize("bound", [10**9, 4 * 10**9, 42 * 10**8, 429 * 10**7, 4294 * 10**6, 42949 * 10**5, 2**32])
@pytest.mark.parametrize("step", [-10, -1, 0, 1, 9])
def test_the_limit_of_a_uid_is_exact(bound: int, step: int) -> None:
    number = bound + step
    assert (found({"rtcUid": str(number)}) == []) is (number < 2**32)


def test_a_channel_has_at_most_64_characters_of_ascii() -> None:
    assert found({"rtcChannelId": "c" * 64}) == []
    assert found({"rtcChannelId": "c" * 65}) == [("ST-LIVE-05", "rtcChannelId", True)]
    assert found({"rtcChannelId": "频道"}) == [("ST-E20", "rtcChannelId", True)]


def test_the_stream_is_there_with_all_four() -> None:
    assert msgspec.convert(FOUR, RtcAccess).has_stream
    assert not RtcAccess().has_stream
    assert not RtcAccess(rtc_uid="7", rtc_token="tok").has_stream


def test_rules_about_states_are_about_the_four_values() -> None:
    assert paths(needed((2,), "X-1")) == paths(left_out((2,), "X-1")) == set(FOUR)


@pytest.mark.parametrize("status", [2, 35])
def test_where_they_are_needed_none_is_understood_and_some_are_not_enough(status: int) -> None:
    assert found({**FOUR, "status": status}) == []
    assert found({"status": status}) == [("ST-E22", "rtcToken", True)]
    assert found({"status": status, "rtcToken": None}) == [("ST-E22", "rtcToken", True)]
    for name in FOUR:
        some = {key: value for key, value in FOUR.items() if key != name}
        assert found({**some, "status": status}) == [("X-1", name, False)]
    assert [path for _, path, _ in found({"status": status, "rtcUid": "7"})] == ["rtcAppId", "rtcChannelId", "rtcToken"]


def test_where_they_are_left_out_they_are_reported() -> None:
    assert found({"status": 32}) == []
    assert found({"status": 32, "rtcUid": "7"}) == [("X-2", "rtcUid", True)]


def test_the_token_is_not_shown() -> None:
    shown = repr(msgspec.convert(FOUR, RtcAccess))
    assert "tok" not in shown.replace("rtc_token", "")
    assert "<3 characters masked>" in shown
