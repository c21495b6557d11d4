"""The table of states is complete and sound."""

from __future__ import annotations

import pytest

from avatarwire.codecs.guiji.client.states import LIVE, REFUSALS, TRANSITIONS, ClientState, Trigger


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
    assert reachable(ClientState.OFFLINE) == set(ClientState)
    assert {trigger for row in TRANSITIONS.values() for trigger in row} == set(Trigger)


def test_every_state_but_running_refuses_commands() -> None:
    assert set(REFUSALS) == set(ClientState) - {ClientState.RUNNING}


def test_only_live_states_hear() -> None:
    assert set(ClientState) - {ClientState.OFFLINE, ClientState.ENDED} == LIVE


@pytest.mark.parametrize("state", sorted(LIVE))
def test_a_live_session_may_end_at_any_time(state: ClientState) -> None:
    assert TRANSITIONS[state][Trigger.DESTROYED] is ClientState.ENDED
    assert Trigger.DESTROY in TRANSITIONS[state]


@pytest.mark.parametrize("state", ClientState)
def test_a_connection_may_be_lost_at_any_time(state: ClientState) -> None:
    assert TRANSITIONS[state][Trigger.LOST] is ClientState.ENDED


def test_there_is_no_way_back() -> None:
    assert reachable(ClientState.ENDED) == {ClientState.ENDED}


@pytest.mark.parametrize("state", ClientState)
def test_only_a_creation_under_way_is_created_or_refused(state: ClientState) -> None:
    may = state in (ClientState.CREATING, ClientState.CLOSING)
    assert (Trigger.CREATED in TRANSITIONS[state]) == (Trigger.REFUSED in TRANSITIONS[state]) == may
