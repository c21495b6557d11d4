"""The table of states is complete and sound."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.client.states import ENDED, LIVE, POLLING, REFUSALS, TRANSITIONS, ClientState, Trigger

FROM_SERVER = {Trigger.INIT, Trigger.READY, Trigger.FAIL, Trigger.RECOVER, Trigger.FORCE_CLOSE}


def reachable(start: ClientState) -> set[ClientState]:
    found = {start}
    new = [start]
    while new:
        more = set(TRANSITIONS[new.pop()].values()) - found
        found |= more
        new += more
    return found


def test_every_state_has_its_row_and_is_reached() -> None:
    assert set(TRANSITIONS) == set(ClientState)
    assert reachable(ClientState.CONNECTING) == set(ClientState)
    assert {trigger for row in TRANSITIONS.values() for trigger in row} == set(Trigger)


def test_every_state_but_ready_refuses_drives() -> None:
    assert set(REFUSALS) == set(ClientState) - {ClientState.READY}


def test_live_and_ended_states_are_apart() -> None:
    assert POLLING < LIVE
    assert LIVE | ENDED | {ClientState.CONNECTING} == set(ClientState)
    assert not LIVE & ENDED


@pytest.mark.parametrize("state", sorted(LIVE))
def test_whatever_the_server_says_a_live_state_has_a_row_for_it(state: ClientState) -> None:
    assert set(TRANSITIONS[state]) >= FROM_SERVER


@pytest.mark.parametrize("state", ClientState)
def test_a_connection_may_be_closed_or_lost_at_any_time(state: ClientState) -> None:
    assert TRANSITIONS[state][Trigger.LOST] is ClientState.CLOSED
    assert TRANSITIONS[state][Trigger.CLOSE] in (ClientState.CLOSING, ClientState.CLOSED)


@pytest.mark.parametrize("state", sorted(ENDED))
def test_there_is_no_way_back(state: ClientState) -> None:
    assert reachable(state) <= ENDED


@pytest.mark.parametrize("state", ClientState)
def test_only_a_loop_gives_up(state: ClientState) -> None:
    assert (Trigger.GIVE_UP in TRANSITIONS[state]) == (state in POLLING)
