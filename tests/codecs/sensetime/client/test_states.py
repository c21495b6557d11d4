"""The tables of states are complete and sound."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

import pytest

from avatarwire.codecs.sensetime.client.states import (
    CONNECTED,
    LIVE_TRANSITIONS,
    MICROPHONE_TRANSITIONS,
    REFUSALS,
    SPEAKING,
    TRIGGERS_OF_STATUS,
    UNHEARD,
    LiveState,
    LiveTrigger,
    MicrophoneState,
    MicrophoneTrigger,
)
from avatarwire.codecs.sensetime.messages.enums import ENDED_STATUSES, LiveStatus

StateT = TypeVar("StateT", bound=StrEnum)
TriggerT = TypeVar("TriggerT", bound=StrEnum)

TOLD = {LiveTrigger.INITIALISING, LiveTrigger.READY, LiveTrigger.RUNNING, LiveTrigger.END}
FROM_SERVER = {
    MicrophoneTrigger.AUTH_FAILED,
    MicrophoneTrigger.READY,
    MicrophoneTrigger.STOP,
    MicrophoneTrigger.SEND_FAILED,
    MicrophoneTrigger.NOT_READY,
    MicrophoneTrigger.CONFLICT,
}


def reachable(table: Mapping[StateT, Mapping[TriggerT, StateT]], start: StateT) -> set[StateT]:
    found = {start}
    new = [start]
    while new:
        more = set(table[new.pop()].values()) - found
        found |= more
        new += more
    return found


def test_every_state_of_a_live_has_its_row_and_is_reached() -> None:
    assert set(LIVE_TRANSITIONS) == set(LiveState)
    assert reachable(LIVE_TRANSITIONS, LiveState.NEW) == set(LiveState)
    assert {trigger for row in LIVE_TRANSITIONS.values() for trigger in row} == set(LiveTrigger)


@pytest.mark.parametrize("state", [state for state in LiveState if state is not LiveState.NEW])
def test_whatever_the_platform_tells_there_is_a_row_for_it(state: LiveState) -> None:
    assert set(LIVE_TRANSITIONS[state]) >= TOLD
    assert LIVE_TRANSITIONS[state][LiveTrigger.END] is LiveState.ENDED


@pytest.mark.parametrize("state", LiveState)
def test_a_live_may_be_closed_at_any_time(state: LiveState) -> None:
    assert LiveTrigger.CLOSE in LIVE_TRANSITIONS[state]


def test_a_live_that_is_over_stays_so() -> None:
    assert reachable(LIVE_TRANSITIONS, LiveState.ENDED) == {LiveState.ENDED}
    assert reachable(LIVE_TRANSITIONS, LiveState.CLOSING) == {LiveState.CLOSING, LiveState.ENDED}


def test_only_a_live_that_runs_takes_takeovers() -> None:
    assert set(REFUSALS) == set(LiveState) - {LiveState.LIVE}
    assert LiveState.LIVE in CONNECTED


def test_every_state_that_is_told_does_something() -> None:
    assert set(TRIGGERS_OF_STATUS) == set(LiveStatus)
    assert {status for status, trigger in TRIGGERS_OF_STATUS.items() if trigger is LiveTrigger.END} == ENDED_STATUSES


def test_every_state_of_a_microphone_has_its_row_and_is_reached() -> None:
    assert set(MICROPHONE_TRANSITIONS) == set(MicrophoneState)
    assert reachable(MICROPHONE_TRANSITIONS, MicrophoneState.CONNECTING) == set(MicrophoneState)
    assert {trigger for row in MICROPHONE_TRANSITIONS.values() for trigger in row} == set(MicrophoneTrigger)


@pytest.mark.parametrize("state", MicrophoneState)
def test_a_socket_may_be_closed_or_lost_at_any_time(state: MicrophoneState) -> None:
    row = MICROPHONE_TRANSITIONS[state]
    assert row[MicrophoneTrigger.LOST] is MicrophoneState.CLOSED
    assert row[MicrophoneTrigger.CLOSE] in (MicrophoneState.CLOSING, MicrophoneState.CLOSED)


@pytest.mark.parametrize("state", sorted(set(MicrophoneState) - UNHEARD - {MicrophoneState.CONNECTING}))
def test_whatever_the_server_says_there_is_a_row_for_it(state: MicrophoneState) -> None:
    assert set(MICROPHONE_TRANSITIONS[state]) >= FROM_SERVER
    assert MICROPHONE_TRANSITIONS[state][MicrophoneTrigger.AUTH_FAILED] is MicrophoneState.REFUSED


def test_after_the_end_nothing_is_spoken() -> None:
    for state in UNHEARD:
        assert reachable(MICROPHONE_TRANSITIONS, state) <= UNHEARD
    assert not SPEAKING & UNHEARD


@pytest.mark.parametrize("state", MicrophoneState)
def test_only_a_round_that_has_begun_is_given_up(state: MicrophoneState) -> None:
    assert (MicrophoneTrigger.GIVE_UP in MICROPHONE_TRANSITIONS[state]) == (state is MicrophoneState.BEGUN)
