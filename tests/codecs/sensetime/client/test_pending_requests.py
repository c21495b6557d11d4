"""The calls of a live: numbered, taken out once, answered once."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import LocalProtocolError, ValidationError
from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.client.pending_requests import Calls

HEARTBEAT = http.HeartbeatRequest(session_id="live-7")


def test_a_call_is_taken_out_once_and_answered_once() -> None:
    calls = Calls()
    call = calls.add(http.HEARTBEAT, HEARTBEAT)
    assert (call.number, call.name, str(call)) == (1, "heartbeat", "heartbeat (call 1)")
    assert call.request == http.HEARTBEAT.encode_request(HEARTBEAT)
    assert calls.waiting(http.HEARTBEAT)
    assert not calls.waiting(http.START_LIVE)
    assert calls.take() == [call]
    assert calls.take() == []
    calls.answered(call)
    assert not calls.waiting(http.HEARTBEAT)
    with pytest.raises(LocalProtocolError, match=r"heartbeat \(call 1\) does not wait for an answer"):
        calls.answered(call)


def test_a_call_of_another_client_is_not_taken_for_ours() -> None:
    calls = Calls()
    calls.add(http.HEARTBEAT, HEARTBEAT)
    with pytest.raises(LocalProtocolError):
        calls.answered(Calls().add(http.HEARTBEAT, HEARTBEAT))


def test_what_was_not_made_can_be_dropped() -> None:
    calls = Calls()
    first = calls.add(http.HEARTBEAT, HEARTBEAT)
    calls.take()
    second = calls.add(http.HEARTBEAT, HEARTBEAT)
    calls.drop()
    assert calls.take() == []
    calls.answered(first)
    with pytest.raises(LocalProtocolError):
        calls.answered(second)


def test_what_cannot_be_written_is_not_asked_for() -> None:
    calls = Calls()
    with pytest.raises(ValidationError):
        calls.add(http.HEARTBEAT, http.HeartbeatRequest(session_id=""))
    assert calls.take() == []
