"""The life of a live: how it may begin and end, heartbeats and looks on the clock, and what a platform may do."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import LocalProtocolError
from avatarwire.codecs.sensetime.client.lifecycle import MOST_EARLY
from avatarwire.codecs.sensetime.client.states import LiveState
from avatarwire.codecs.sensetime.events import CallFailed, LiveCreated, LiveEnded, LiveReady, LiveStarted
from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody
from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from tests.codecs.sensetime.live_calls import (
    SESSION,
    answer_next,
    assert_state,
    assert_status,
    called_back,
    created,
    give,
    new_live,
    refuse,
    running_live,
    stat,
    take,
)

# --- how it begins ---


@pytest.mark.parametrize("status", [9, 97, 98])
def test_a_live_that_cannot_be_made(status: int) -> None:
    live = new_live()
    live.create(0.0)
    assert answer_next(live, "createLive", created(status)) == [LiveEnded(status=LiveStatus(status))]
    assert live.is_over
    assert live.next_timeout() is None
    assert live.calls_to_make() == []


def test_a_creation_that_is_refused() -> None:
    live = new_live()
    live.create(0.0)
    [call] = take(live, "createLive")
    failed, ended = refuse(live, call)
    assert isinstance(failed, CallFailed)
    assert ended == LiveEnded(status=None, detail="no")


def test_a_creation_without_an_answer() -> None:
    live = new_live()
    live.create(0.0)
    [call] = take(live, "createLive")
    assert live.failed(call, "timed out", 5.0) == [
        CallFailed(call=call, reason="timed out"),
        LiveEnded(status=None, detail="createLive got no answer"),
    ]


def test_a_creation_without_data() -> None:
    live = new_live()
    live.create(0.0)
    events = answer_next(live, "createLive", None)
    assert [type(event) for event in events] == [CallFailed, LiveEnded]


def test_a_state_that_is_not_known_is_looked_into() -> None:
    live = new_live()
    live.create(0.0)
    assert answer_next(live, "createLive", created(31), 1.0) == [
        LiveCreated(session_id=SESSION, status=31, deviations=("ST-E18",))
    ]
    assert_state(live, LiveState.INITIALISING)
    assert_status(live, 31)
    live.handle_timeout(3.0)
    assert answer_next(live, "queryStat", stat(30), 3.0) == []
    live.handle_timeout(5.0)
    events = answer_next(live, "queryStat", stat(35), 5.0)
    assert [type(event) for event in events] == [LiveReady]


def test_a_failed_initialisation() -> None:
    live = new_live()
    live.create(0.0)
    answer_next(live, "createLive", created(32))
    assert called_back(live, 99, taskResult="no figure") == [LiveEnded(status=LiveStatus.FAILED, detail="no figure")]


def test_looks_go_on_until_there_is_an_answer() -> None:
    live = new_live(poll_interval=1.0)
    live.create(0.0)
    answer_next(live, "createLive", created(32), 0.0)
    live.handle_timeout(0.5)
    assert live.calls_to_make() == []
    live.handle_timeout(1.0)
    [call] = take(live, "queryStat")
    # Nothing more is asked while that is under way.
    live.look()
    live.handle_timeout(30.0)
    assert live.calls_to_make() == []
    [failed] = live.failed(call, "reset", 31.0)
    assert isinstance(failed, CallFailed)
    live.handle_timeout(32.0)
    [call] = take(live, "queryStat")
    [failed] = refuse(live, call, 33.0)
    assert isinstance(failed, CallFailed)
    live.handle_timeout(34.0)
    [call] = take(live, "queryStat")
    assert [type(event) for event in give(live, call, stat(2, sessionToken="newer"), 34.0)] == [LiveStarted]
    assert live.session_token == "newer"
    assert live.next_timeout() == 60.0


def test_a_callback_may_come_before_the_answer() -> None:
    live = new_live()
    live.create(0.0)
    for _ in range(MOST_EARLY + 1):
        assert called_back(live, 5, sessionId="live-8") == []
    assert called_back(live, 35) == []
    events = answer_next(live, "createLive", created(32))
    assert [type(event) for event in events] == [LiveCreated, LiveReady]
    assert events[1].deviations == ("ST-E22",)
    take(live, "startLive")


def test_what_is_late_changes_nothing() -> None:
    live = running_live()
    assert called_back(live, 35) == []
    live.look()
    assert answer_next(live, "queryStat", stat(32)) == []
    assert_state(live, LiveState.LIVE)
    assert_status(live, 2)


# --- starting ---


@pytest.mark.parametrize("refusal", ["failure", "false", "lost"])
def test_a_start_may_be_refused_and_tried_again(refusal: str) -> None:
    live = new_live()
    live.create(0.0)
    answer_next(live, "createLive", created(35), 0.0)
    [call] = take(live, "startLive")
    answers: dict[str, Any] = {
        "failure": lambda: refuse(live, call, 1.0),
        "false": lambda: give(live, call, False, 1.0),
        "lost": lambda: live.failed(call, "reset", 1.0),
    }
    [failed] = answers[refusal]()
    assert isinstance(failed, CallFailed)
    assert_state(live, LiveState.READY)
    # The platform may know better.
    assert live.next_timeout() == 3.0
    live.handle_timeout(3.0)
    assert answer_next(live, "queryStat", stat(35), 3.0) == []
    assert live.next_timeout() == 60.0
    live.start()
    assert answer_next(live, "startLive", True) == [LiveStarted()]


def test_a_start_that_was_carried_out_after_all() -> None:
    live = new_live()
    live.create(0.0)
    answer_next(live, "createLive", created(35), 0.0)
    [call] = take(live, "startLive")
    live.look()
    assert [type(event) for event in answer_next(live, "queryStat", stat(2))] == [LiveStarted]
    [failed] = refuse(live, call)
    assert isinstance(failed, CallFailed)
    assert_state(live, LiveState.LIVE)


# --- heartbeats ---


def test_heartbeats_begin_with_the_creation() -> None:
    live = new_live(heartbeat_period=30.0, start_at_once=False)
    live.create(0.0)
    answer_next(live, "createLive", created(35), 10.0)
    assert live.next_timeout() == 40.0
    live.handle_timeout(39.9)
    assert live.calls_to_make() == []
    live.handle_timeout(45.0)
    assert answer_next(live, "heartbeat", {}, 45.5) == []
    assert live.next_timeout() == 75.0


def test_one_heartbeat_at_a_time() -> None:
    live = running_live(now=0.0)
    live.handle_timeout(60.0)
    [call] = take(live, "heartbeat")
    live.handle_timeout(120.0)
    assert live.calls_to_make() == []
    assert live.next_timeout() == 180.0
    [failed] = live.failed(call, "reset", 121.0)
    assert isinstance(failed, CallFailed)
    # One that got lost is sent again soon.
    assert live.next_timeout() == 126.0


def test_an_unreadable_answer_to_a_heartbeat_is_no_end() -> None:
    live = running_live(now=0.0)
    live.handle_timeout(60.0)
    [call] = take(live, "heartbeat")
    live.receive(call, 200, b"???", 61.0)
    assert live.next_timeout() == 66.0


def test_a_refused_heartbeat_makes_one_look() -> None:
    live = running_live(now=0.0)
    live.handle_timeout(60.0)
    [call] = take(live, "heartbeat")
    [failed] = refuse(live, call, 60.5)
    assert isinstance(failed, CallFailed)
    [call] = take(live, "queryStat")
    [failed] = refuse(live, call, 61.0)
    assert isinstance(failed, CallFailed)
    assert_state(live, LiveState.LIVE)
    assert live.next_timeout() == 63.0
    live.handle_timeout(63.0)
    assert answer_next(live, "queryStat", stat(50), 63.0) == [LiveEnded(status=LiveStatus.LOST)]
    assert live.next_timeout() is None


def test_a_refused_heartbeat_may_be_nothing() -> None:
    live = running_live(now=0.0)
    live.handle_timeout(60.0)
    [call] = take(live, "heartbeat")
    refuse(live, call, 60.5)
    assert answer_next(live, "queryStat", stat(2), 61.0) == []
    assert live.next_timeout() == 120.0


@pytest.mark.parametrize("status", [5, 50, 9, 99])
def test_however_it_ends_it_is_told_once(status: int) -> None:
    live = running_live()
    live.look()
    [call] = take(live, "queryStat")
    assert called_back(live, status) == [LiveEnded(status=LiveStatus(status))]
    assert give(live, call, stat(status)) == []
    assert called_back(live, status) == []
    assert live.close(200.0) == []
    assert_status(live, status)


# --- closing ---


def test_a_live_nobody_asked_for() -> None:
    live = new_live()
    assert live.close(0.0) == [LiveEnded(status=None, detail="closed before it was asked for")]
    assert live.close(0.0) == []
    with pytest.raises(LocalProtocolError):
        live.create(0.0)


@pytest.mark.parametrize("status", [32, 35])
def test_what_is_being_made_is_closed_once_it_is(status: int) -> None:
    live = new_live()
    live.create(0.0)
    assert live.close(0.5) == []
    assert_state(live, LiveState.CREATING)
    [call] = take(live, "createLive")
    assert isinstance(give(live, call, created(status), 1.0)[0], LiveCreated)
    assert_state(live, LiveState.CLOSING)
    assert answer_next(live, "closeLive", True, 1.5) == [LiveEnded(status=LiveStatus.CLOSED)]


def test_closing_something_that_could_not_be_made() -> None:
    live = new_live()
    live.create(0.0)
    live.close(0.5)
    assert answer_next(live, "createLive", created(97)) == [LiveEnded(status=LiveStatus.PLATFORM_FULL)]


def test_the_callback_may_come_before_the_answer_to_a_close() -> None:
    live = running_live()
    live.close(100.0)
    [call] = take(live, "closeLive")
    assert called_back(live, 5) == [LiveEnded(status=LiveStatus.CLOSED)]
    assert give(live, call, True) == []


def test_a_close_is_asked_for_once_while_it_is_under_way() -> None:
    live = running_live()
    live.close(100.0)
    live.close(101.0)
    take(live, "closeLive")


@pytest.mark.parametrize("refusal", ["failure", "false", "lost"])
def test_a_close_that_did_not_succeed_is_looked_into(refusal: str) -> None:
    live = running_live(now=0.0)
    live.close(10.0)
    [call] = take(live, "closeLive")
    answers: dict[str, Any] = {
        "failure": lambda: refuse(live, call, 11.0),
        "false": lambda: give(live, call, False, 11.0),
        "lost": lambda: live.failed(call, "reset", 11.0),
    }
    [failed] = answers[refusal]()
    assert isinstance(failed, CallFailed)
    assert live.next_timeout() == 13.0
    live.handle_timeout(13.0)
    # It goes on, so it is closed again.
    assert answer_next(live, "queryStat", stat(2), 13.0) == []
    [call] = take(live, "closeLive")
    assert [type(event) for event in refuse(live, call, 14.0)] == [CallFailed]
    live.handle_timeout(live.next_timeout() or 0.0)
    assert answer_next(live, "queryStat", stat(5), 17.0) == [LiveEnded(status=LiveStatus.CLOSED)]
    assert live.calls_to_make() == []


def test_what_can_neither_be_closed_nor_found_is_over() -> None:
    live = running_live(now=0.0)
    live.close(10.0)
    [call] = take(live, "closeLive")
    refuse(live, call, 10.0)
    live.handle_timeout(12.0)
    [call] = take(live, "queryStat")
    live.failed(call, "reset", 12.0)
    live.handle_timeout(14.0)
    [call] = take(live, "queryStat")
    failed, ended = refuse(live, call, 14.0)
    assert isinstance(failed, CallFailed)
    assert ended == LiveEnded(status=None, detail="no")


def test_a_start_under_way_when_it_is_closed() -> None:
    live = new_live()
    live.create(0.0)
    answer_next(live, "createLive", created(35), 0.0)
    [start] = take(live, "startLive")
    live.close(1.0)
    [close] = take(live, "closeLive")
    assert give(live, start, True) == []
    assert_state(live, LiveState.CLOSING)
    assert give(live, close, True) == [LiveEnded(status=LiveStatus.CLOSED)]


def test_a_look_needs_an_id() -> None:
    live = new_live()
    with pytest.raises(LocalProtocolError, match="ST-LIVE-11"):
        live.look()
    live.close(0.0)
    with pytest.raises(LocalProtocolError, match="it is ended"):
        live.look()


def test_a_clock_that_is_set_back_stands_still() -> None:
    live = running_live(now=50.0)
    live.handle_timeout(10.0)
    live.close(20.0)
    [call] = take(live, "closeLive")
    refuse(live, call, 30.0)
    assert live.next_timeout() == 52.0


def test_a_callback_to_a_live_nobody_asked_for() -> None:
    live = new_live()
    assert live.callback(CallbackBody(session_id=SESSION, status=5), 0.0) == []
    assert_state(live, LiveState.NEW)
