"""The numbers of states, which three contexts use for different things."""

from __future__ import annotations

from avatarwire.codecs.sensetime.messages import enums
from avatarwire.codecs.sensetime.messages.enums import HistoryStatus, LiveStatus, NlpDevice, SortValue, TakeoverStatus


def test_the_states_are_those_of_the_document() -> None:
    assert {status.value for status in LiveStatus} == {2, 5, 9, 32, 35, 50, 97, 98, 99}
    assert {status.value for status in TakeoverStatus} == {33, 34, 36, 37, 39}
    assert {status.value for status in HistoryStatus} == {5, 9, 50, 97, 98, 99}
    assert [device.value for device in NlpDevice] == ["ios", "android", "windows", "macos"]
    assert [value.value for value in SortValue] == ["asc", "desc"]


def test_no_state_of_a_live_is_one_of_a_takeover() -> None:
    assert {int(status) for status in LiveStatus} & {int(status) for status in TakeoverStatus} == set()


def test_every_place_has_its_own_list() -> None:
    assert enums.CREATED_STATUSES == (32, 35, 9, 97, 98)
    assert enums.QUERIED_STATUSES == (2, 32, 35, 5, 50, 9, 99)
    assert enums.RUNNING_STATUSES == (2, 32, 35)
    assert enums.HISTORY_STATUSES == (5, 50, 9, 99, 97, 98)
    assert enums.QUEUED_STATUSES == (33, 34)
    assert enums.CALLBACK_STATUSES == (35, 5, 50, 9, 99, 34, 36, 37, 39)


def test_a_live_is_running_or_over() -> None:
    assert {5, 50, 9, 97, 98, 99} == enums.ENDED_STATUSES
    assert enums.ENDED_STATUSES | set(enums.RUNNING_STATUSES) == set(LiveStatus)


def test_what_can_be_filtered_by_is_over() -> None:
    assert {int(status) for status in HistoryStatus} == {int(status) for status in enums.ENDED_STATUSES}
