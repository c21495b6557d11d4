"""A live from its first call to its last, its takeovers, and what is refused in which state."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.errors import DecodeError, HttpError, LocalProtocolError, RemoteProtocolError, ValidationError
from avatarwire.codecs.sensetime.client.live import LiveClient, MicrophoneClient
from avatarwire.codecs.sensetime.client.states import LiveState
from avatarwire.codecs.sensetime.events import (
    CallFailed,
    CancelAnswered,
    LiveCreated,
    LiveEnded,
    LiveReady,
    LiveStarted,
    QueueListed,
    ReorderAnswered,
    RtcTokenRenewed,
    TakeoverAnswered,
    TakeoverChanged,
    TakeoverEnded,
    TakeoverNoticed,
    TakeoverOutcome,
)
from avatarwire.codecs.sensetime.messages.enums import LiveStatus, TakeoverStatus
from avatarwire.codecs.sensetime.options import MicrophoneOptions
from tests.codecs.sensetime.live_calls import (
    RTC,
    SESSION,
    TOKEN,
    WORDS,
    answer_next,
    assert_order,
    assert_state,
    called_back,
    created,
    give,
    new_live,
    queued,
    refuse,
    running_live,
    stat,
    take,
)

T1, T2, T3 = "takeover-1", "takeover-2", "takeover-3"


def test_a_live_from_the_first_call_to_the_last() -> None:
    live = new_live()
    call = live.create(0.0)
    assert take(live, "createLive") == [call]
    assert (call.request.method, call.request.path) == ("POST", "/api/2dvh/v2/material/live/channel/create")
    assert isinstance(json.loads(call.request.body)["param"], str)
    assert give(live, call, created(32), 1.0) == [LiveCreated(session_id=SESSION, status=32)]
    assert (live.session_id, live.session_token, live.status, live.access) == (SESSION, TOKEN, 32, None)

    assert live.next_timeout() == 3.0
    live.handle_timeout(3.0)
    [call] = take(live, "queryStat")
    assert call.request.target == f"/api/2dvh/v1/material/live/channel/stat?sessionId={SESSION}"
    assert give(live, call, stat(32), 3.5) == []
    assert live.next_timeout() == 5.5

    [ready] = called_back(live, 35, 4.0, **RTC)
    assert isinstance(ready, LiveReady)
    assert ready.access is not None
    assert ready.access.rtc_channel_id == "channel-1"
    assert answer_next(live, "startLive", True, 5.0) == [LiveStarted()]
    assert_state(live, LiveState.LIVE)

    assert live.next_timeout() == 61.0
    live.handle_timeout(61.0)
    assert answer_next(live, "heartbeat", None, 61.0) == []
    assert live.next_timeout() == 121.0

    call = live.say(WORDS)
    assert take(live, "takeoverCommand") == [call]
    assert json.loads(call.request.body) == {
        "sessionId": SESSION,
        "param": '{"tts_query":{"content":"We are closing in ten minutes."}}',
    }
    assert give(live, call, {"isSuccess": True, "commandTraceId": T1}) == [
        TakeoverAnswered(call=call, accepted=True, trace_id=T1)
    ]
    assert called_back(live, 36, commandTraceId=T1) == [TakeoverChanged(trace_id=T1, status=TakeoverStatus.STARTED)]
    assert live.takeovers.playing == T1
    assert called_back(live, 37, commandTraceId=T1) == [TakeoverEnded(trace_id=T1, outcome=TakeoverOutcome.FINISHED)]

    assert live.close(130.0) == []
    assert live.next_timeout() is None
    assert answer_next(live, "closeLive", True, 130.5) == [LiveEnded(status=LiveStatus.CLOSED)]
    assert live.is_over
    assert called_back(live, 5) == []
    assert live.calls_to_make() == []


def test_a_live_that_is_ready_at_once_is_started_where_the_caller_says_so() -> None:
    live = new_live(start_at_once=False)
    live.create(0.0)
    events = answer_next(live, "createLive", created(35))
    assert [type(event) for event in events] == [LiveCreated, LiveReady]
    assert live.calls_to_make() == []
    call = live.start()
    assert take(live, "startLive") == [call]
    with pytest.raises(LocalProtocolError, match=r"cannot start: the live is starting \[ST-LIVE-13\]"):
        live.start()
    assert give(live, call, True) == [LiveStarted()]


# --- takeovers ---


def test_the_queue_is_mirrored() -> None:
    live = running_live()
    first = queued(live, T1)
    assert (first.accepted, first.trace_id, first.status, first.beyond_advice) == (True, T1, 34, False)
    called_back(live, 36, commandTraceId=T1)
    queued(live, T2)
    queued(live, T3, position=1)
    assert_order(live, T1, T3, T2)

    call = live.reorder(T3, 2)
    assert json.loads(call.request.body) == {"sessionId": SESSION, "commandTraceId": T3, "priority": 2}
    assert answer_next(live, "takeoverReorder", {"isSuccess": True}) == [ReorderAnswered(call=call, success=True)]
    assert_order(live, T1, T2, T3)
    call = live.reorder(T1, 2)
    assert answer_next(live, "takeoverReorder", {"isSuccess": False}) == [ReorderAnswered(call=call, success=False)]
    assert_order(live, T1, T2, T3)

    call = live.list_queue()
    assert answer_next(live, "takeoverQueueList", {"commandTraceIds": [T1, T3]}) == [
        QueueListed(call=call, trace_ids=(T1, T3)),
        TakeoverEnded(trace_id=T2, outcome=TakeoverOutcome.GONE),
    ]
    assert_order(live, T1, T3)


def test_one_that_downloads_enters_the_queue_by_callback() -> None:
    live = running_live()
    queued(live, T1)
    queued(live, T2)
    queued(live, T3, status=33, position=1)
    assert_order(live, T1, T2)
    assert live.takeovers.status(T3) is TakeoverStatus.DOWNLOADING
    assert called_back(live, 34, commandTraceId=T3) == [TakeoverChanged(trace_id=T3, status=TakeoverStatus.QUEUED)]
    assert_order(live, T1, T3, T2)


def test_a_long_queue_is_told_of() -> None:
    live = running_live()
    told = [queued(live, f"takeover-{number}").beyond_advice for number in range(17)]
    assert told == [False] * 15 + [True] * 2


def test_a_state_of_the_queue_that_is_not_known() -> None:
    live = running_live()
    event = queued(live, T1, status=31)
    assert (event.status, event.deviations) == (31, ("ST-E48",))
    assert live.takeovers.open == (T1,)


def test_some_are_cancelled() -> None:
    live = running_live()
    for trace_id in (T1, T2, T3):
        queued(live, trace_id)
    call = live.cancel(T1, T3)
    assert json.loads(call.request.body)["commandTraceId"] == "takeover-1;takeover-3"
    [call] = take(live, "takeoverCancel")
    assert called_back(live, 37, commandTraceId=T3, commandFinishTime="2031-05-06 07:08:09") == [
        TakeoverEnded(trace_id=T3, outcome=TakeoverOutcome.CANCELLED)
    ]
    assert give(live, call, {"isSuccess": True, "commandFinishTime": "2031-05-06 07:08:09"}) == [
        CancelAnswered(call=call, success=True, finish_time="2031-05-06 07:08:09"),
        TakeoverEnded(trace_id=T1, outcome=TakeoverOutcome.CANCELLED),
    ]
    assert called_back(live, 37, commandTraceId=T1) == []
    assert live.takeovers.open == (T2,)


def test_all_are_cancelled() -> None:
    live = running_live()
    queued(live, T1)
    queued(live, T2, status=33)
    call = live.cancel()
    assert json.loads(call.request.body)["commandTraceId"] == "-1"
    answer = answer_next(live, "takeoverCancel", {"isSuccess": True})
    assert [type(event) for event in answer] == [CancelAnswered, TakeoverEnded, TakeoverEnded]
    assert live.takeovers.open == ()


def test_a_cancellation_may_be_refused() -> None:
    live = running_live()
    queued(live, T1)
    call = live.cancel(T1)
    assert answer_next(live, "takeoverCancel", {"isSuccess": False, "message": "unknown id"}) == [
        CancelAnswered(call=call, success=False, message="unknown id")
    ]
    assert called_back(live, 37, commandTraceId=T1) == [TakeoverEnded(trace_id=T1, outcome=TakeoverOutcome.FINISHED)]
    queued(live, T2)
    live.cancel(T2)
    [call] = take(live, "takeoverCancel")
    [failed] = refuse(live, call)
    assert isinstance(failed, CallFailed)
    assert called_back(live, 39, commandTraceId=T2, taskResult="broken file") == [
        TakeoverEnded(trace_id=T2, outcome=TakeoverOutcome.FAILED, detail="broken file")
    ]


def test_a_command_may_be_refused_or_come_without_an_id() -> None:
    live = running_live()
    call = live.say(WORDS)
    assert answer_next(live, "takeoverCommand", {"isSuccess": False}) == [TakeoverAnswered(call=call, accepted=False)]
    call = live.say(WORDS)
    assert answer_next(live, "takeoverCommand", {"isSuccess": True}) == [TakeoverAnswered(call=call, accepted=True)]
    call = live.say(WORDS)
    assert answer_next(live, "takeoverCommand", True) == [
        TakeoverAnswered(call=call, accepted=True, deviations=("ST-E10",))
    ]
    assert live.takeovers.open == ()


def test_notices_of_the_socket_count_like_callbacks() -> None:
    live = running_live()
    queued(live, T1, status=33)
    told = [
        live.noticed(TakeoverNoticed(status=status, session_id=SESSION, trace_id=T1), 101.0)
        for status in (TakeoverStatus.QUEUED, TakeoverStatus.STARTED, TakeoverStatus.FINISHED)
    ]
    assert told == [
        [TakeoverChanged(trace_id=T1, status=TakeoverStatus.QUEUED)],
        [TakeoverChanged(trace_id=T1, status=TakeoverStatus.STARTED)],
        [TakeoverEnded(trace_id=T1, outcome=TakeoverOutcome.FINISHED)],
    ]
    assert live.noticed(TakeoverNoticed(status=TakeoverStatus.STARTED, session_id="live-8", trace_id=T2), 101.0) == []
    assert live.noticed(TakeoverNoticed(status=TakeoverStatus.STARTED), 101.0) == [
        TakeoverChanged(trace_id="", status=TakeoverStatus.STARTED)
    ]
    assert live.takeovers.open == ()


def test_callbacks_of_another_live_are_dropped() -> None:
    live = running_live()
    assert called_back(live, 36, sessionId="live-8", commandTraceId=T1) == []
    assert called_back(live, 5, sessionId="live-8") == []
    assert called_back(live, 41) == []
    assert_state(live, LiveState.LIVE)


def test_the_end_of_a_live_is_the_end_of_its_takeovers() -> None:
    live = running_live()
    queued(live, T1)
    live.list_queue()
    [late] = take(live, "takeoverQueueList")
    live.list_queue()
    assert called_back(live, 50, taskResult="no heartbeat") == [
        TakeoverEnded(trace_id=T1, outcome=TakeoverOutcome.LOST),
        LiveEnded(status=LiveStatus.LOST, detail="no heartbeat"),
    ]
    assert live.calls_to_make() == []
    assert give(live, late, {"commandTraceIds": [T1]}) == []
    assert called_back(live, 36, commandTraceId=T1) == []
    assert live.noticed(TakeoverNoticed(status=TakeoverStatus.STARTED), 100.0) == []


# --- the RTC token ---


def test_a_new_rtc_token() -> None:
    live = running_live()
    call = live.renew_rtc_token()
    assert json.loads(call.request.body) == {"sessionId": SESSION, "rtcChannelId": "channel-1"}
    [event] = answer_next(live, "rtcAudienceToken", "rtc-token-2")
    assert event == RtcTokenRenewed(call=call, token="rtc-token-2")
    assert "rtc-token-2" not in repr(event)
    assert json.loads(live.renew_rtc_token("channel-2").request.body)["rtcChannelId"] == "channel-2"


def test_a_channel_is_needed() -> None:
    live = new_live()
    with pytest.raises(LocalProtocolError, match=r"the live has no id: it is new \[ST-LIVE-11\]"):
        live.renew_rtc_token()
    live.create(0.0)
    answer_next(live, "createLive", created(32))
    with pytest.raises(ValidationError, match=r"rtcChannelId: .*\[ST-LIVE-30\]"):
        live.renew_rtc_token()


# --- the microphone ---


def test_takeovers_are_cancelled_before_the_microphone_opens() -> None:
    live = running_live()
    queued(live, T1)
    with pytest.raises(LocalProtocolError, match=r"1 takeovers are to be cancelled first \[ST-TKO-21\]"):
        live.microphone_url()
    live.cancel()
    answer_next(live, "takeoverCancel", {"isSuccess": True})
    assert live.microphone_url("ws://localhost:8042") == (
        "ws://localhost:8042/api/live-takeover-cc/v1/material/live/channel/command/microphone"
        f"?clientType=BROWSER&sessionId={SESSION}&Authorization=Bearer%20{TOKEN}"
    )


def test_no_takeover_while_speech_goes_out() -> None:
    live = running_live()
    microphone = live.open_microphone(MicrophoneOptions(several_rounds=True))
    assert isinstance(microphone, MicrophoneClient)
    assert microphone.options.several_rounds
    live.say(WORDS)
    microphone.connected(100.0)
    acts: list[Callable[[], Any]] = [lambda: live.say(WORDS), lambda: live.queue(WORDS)]
    for act in acts:
        with pytest.raises(LocalProtocolError, match=r"speech goes out on the microphone \[ST-E56\]"):
            act()
    microphone.end()
    live.queue(WORDS)


# --- what comes back wrong ---


def test_an_answer_that_is_no_success_is_told() -> None:
    live = running_live()
    call = live.say(WORDS)
    [event] = refuse(live, call)
    assert isinstance(event, CallFailed)
    assert (event.call, event.reason) == (call, "HTTP 200 70001: no")
    assert isinstance(event.error, HttpError)
    call = live.say(WORDS)
    [event] = live.receive(call, 502, b"<html>", 100.0)
    assert isinstance(event, CallFailed)
    assert isinstance(event.error, HttpError)


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"code":0,"message":"","data":5}', b"{" * 200])
def test_an_answer_that_cannot_be_read_is_told(body: bytes) -> None:
    live = running_live(max_answer=400)
    [event] = live.receive(live.say(WORDS), 200, body, 100.0)
    assert isinstance(event, CallFailed)
    assert isinstance(event.error, DecodeError)
    assert_state(live, LiveState.LIVE)


def test_there_is_a_largest_answer() -> None:
    live = running_live(max_answer=400)
    [event] = live.receive(live.say(WORDS), 200, b" " * 401, 100.0)
    assert isinstance(event, CallFailed)
    assert "401 bytes, expected at most 400 bytes [ST-E132]" in event.reason


def test_an_answer_without_its_data_is_told() -> None:
    live = running_live()
    [event] = give(live, live.renew_rtc_token(), None)
    assert isinstance(event, CallFailed)
    assert (event.error, event.reason) == (None, "the answer has no data")


def test_strict_takes_no_variant() -> None:
    live = running_live(strict=True)
    [event] = give(live, live.say(WORDS), True)
    assert isinstance(event, CallFailed)
    assert event.reason.endswith("[ST-E10]")


def test_a_call_that_got_no_answer() -> None:
    live = running_live()
    call = live.say(WORDS)
    assert live.failed(call, "connection reset", 100.0) == [CallFailed(call=call, reason="connection reset")]
    acts: list[Callable[[], Any]] = [
        lambda: live.failed(call, "", 100.0),
        lambda: give(live, call, {"isSuccess": True}),
    ]
    for act in acts:
        with pytest.raises(LocalProtocolError, match=rf"takeoverCommand \(call {call.number}\) does not wait"):
            act()


def test_a_call_that_fails_after_the_end_is_no_news() -> None:
    live = running_live()
    call = live.say(WORDS)
    live.calls_to_make()
    called_back(live, 9)
    assert live.failed(call, "connection reset", 100.0) == []


# --- what is refused in which state ---


def _new() -> LiveClient:
    return new_live()


def _creating() -> LiveClient:
    live = new_live()
    live.create(0.0)
    return live


def _initialising() -> LiveClient:
    live = _creating()
    answer_next(live, "createLive", created(32))
    return live


def _ready() -> LiveClient:
    live = new_live(start_at_once=False)
    live.create(0.0)
    answer_next(live, "createLive", created(35))
    return live


def _starting() -> LiveClient:
    live = _ready()
    live.start()
    return live


def _closing() -> LiveClient:
    live = running_live()
    live.close(100.0)
    return live


def _ended() -> LiveClient:
    live = running_live()
    called_back(live, 9)
    return live


NOT_RUNNING: dict[LiveState, Callable[[], LiveClient]] = {
    LiveState.NEW: _new,
    LiveState.CREATING: _creating,
    LiveState.INITIALISING: _initialising,
    LiveState.READY: _ready,
    LiveState.STARTING: _starting,
    LiveState.CLOSING: _closing,
    LiveState.ENDED: _ended,
}
TAKEOVERS: dict[str, Callable[[LiveClient], Any]] = {
    "say": lambda live: live.say(WORDS),
    "queue": lambda live: live.queue(WORDS),
    "cancel": lambda live: live.cancel(T1),
    "cancel all": lambda live: live.cancel(),
    "reorder": lambda live: live.reorder(T1, 1),
    "list": lambda live: live.list_queue(),
    "microphone": lambda live: live.microphone_url(),
}


@pytest.mark.parametrize("act", TAKEOVERS.values(), ids=TAKEOVERS)
@pytest.mark.parametrize("state", NOT_RUNNING)
def test_only_a_live_that_runs_is_taken_over(state: LiveState, act: Callable[[LiveClient], Any]) -> None:
    live = NOT_RUNNING[state]()
    assert_state(live, state)
    before = live.calls_to_make()
    with pytest.raises(LocalProtocolError, match=r"nothing can take it over: the live .* \[ST-LIVE-1[358]\]") as caught:
        act(live)
    assert not isinstance(caught.value, RemoteProtocolError)
    assert_state(live, state)
    assert live.calls_to_make() == []
    assert len(before) <= 1


@pytest.mark.parametrize("state", [state for state in NOT_RUNNING if state is not LiveState.NEW])
def test_a_live_is_asked_for_once(state: LiveState) -> None:
    with pytest.raises(LocalProtocolError, match=rf"cannot create: the live is {state} \[ST-LIVE-11\]"):
        NOT_RUNNING[state]().create(100.0)


@pytest.mark.parametrize("state", [state for state in NOT_RUNNING if state is not LiveState.READY])
def test_only_a_live_that_is_ready_is_started(state: LiveState) -> None:
    with pytest.raises(LocalProtocolError, match=rf"cannot start: the live is {state} \[ST-LIVE-13\]"):
        NOT_RUNNING[state]().start()


def test_what_cannot_be_sent_is_refused() -> None:
    live = running_live()
    acts: list[Callable[[], Any]] = [
        lambda: live.queue(WORDS, 0),
        lambda: live.reorder("", 1),
        lambda: live.cancel("a;b"),
    ]
    for act in acts:
        with pytest.raises(ValidationError):
            act()
    assert live.calls_to_make() == []


def test_secrets_show_nowhere() -> None:
    live = running_live()
    live.renew_rtc_token()
    shown = repr(live.calls_to_make()) + repr(live.access) + repr(live.say(WORDS))
    assert "rtc-token" not in shown
    assert TOKEN not in shown
