"""The connection: the channel-ready loop, recovery, heartbeats and ends, in virtual seconds."""

from __future__ import annotations

import pytest

from avatarwire.codecs.aliyun.client.states import ClientState
from avatarwire.codecs.aliyun.events import (
    ChannelFailed,
    ChannelPreparing,
    ChannelReady,
    Disconnected,
    Event,
    FailReason,
    ForceClosed,
    HeartbeatAnswered,
    HeartbeatLost,
    RecoveryStarted,
)
from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError
from tests.codecs.aliyun.conversation import (
    FORCE_CLOSE,
    OURS,
    PING,
    POLL,
    PONG,
    RECOVERING,
    SESSION,
    THEIRS,
    arrive,
    assert_state,
    new_client,
    ready_client,
    status,
)

# --- the channel-ready loop ---


def test_the_loop_asks_every_second_until_the_channel_is_ready() -> None:
    client = new_client()
    assert_state(client, ClientState.CONNECTING)
    assert client.next_timeout() is None

    client.connected(100.0)
    assert_state(client, ClientState.PREPARING)
    assert client.data_to_send() == [POLL]
    assert client.data_to_send() == []
    assert client.next_timeout() == 101.0

    assert client.receive(status("INIT"), 100.2) == [ChannelPreparing(status="INIT")]
    assert client.data_to_send() == []
    assert client.handle_timeout(100.9) == []
    assert client.data_to_send() == []
    assert client.handle_timeout(101.0) == []
    assert client.data_to_send() == [POLL]
    assert client.next_timeout() == 102.0

    assert client.receive(status("READY"), 101.1) == [ChannelReady(recovered=False)]
    assert_state(client, ClientState.READY)
    # Only the heartbeat is left.
    assert client.next_timeout() == 130.0


def test_a_late_wake_up_asks_once() -> None:
    client = new_client(ready_interval=0.5)
    client.connected(0.0)
    client.data_to_send()

    assert client.handle_timeout(20.0) == []
    assert client.data_to_send() == [POLL]
    assert client.next_timeout() == 20.5


def test_the_loop_gives_up_and_may_be_started_again() -> None:
    client = new_client(ready_timeout=2.5)
    client.connected(10.0)
    for now in (11.0, 12.0):
        assert client.handle_timeout(now) == []
    assert client.next_timeout() == 12.5
    client.data_to_send()

    events = client.handle_timeout(13.0)

    assert events == [ChannelFailed(reason=FailReason.TIMEOUT)]
    assert isinstance(events[0], ChannelFailed)
    assert str(events[0].error) == "the channel did not become ready in time [ALI-E16]"
    assert_state(client, ClientState.FAILED)
    assert client.data_to_send() == []
    with pytest.raises(LocalProtocolError, match=r"the channel has failed \[ALI-E17\]"):
        client.send_text("hello")

    client.prepare(20.0)
    assert client.data_to_send() == [POLL]
    assert client.next_timeout() == 21.0
    assert client.receive(status("READY"), 20.5) == [ChannelReady(recovered=False)]


def test_the_loop_may_have_no_end() -> None:
    client = new_client(ready_timeout=None, heartbeat_period=None)
    client.connected(0.0)

    assert client.handle_timeout(1e9) == []
    assert_state(client, ClientState.PREPARING)
    assert client.next_timeout() == 1e9 + 1


def test_fail_ends_the_loop() -> None:
    client = new_client()
    client.connected(0.0)

    events = client.receive(status("FAIL"), 0.1)

    assert events == [ChannelFailed(reason=FailReason.FAIL, going_on=False)]
    assert isinstance(events[0], ChannelFailed)
    assert str(events[0].error) == "the channel has failed [ALI-E17]"
    assert_state(client, ClientState.FAILED)
    assert client.next_timeout() == 30.0
    # The answer to a second request that was under way.
    assert client.receive(status("FAIL"), 0.2) == []
    assert client.receive(status("INIT"), 0.3) == [ChannelPreparing(status="INIT")]
    assert_state(client, ClientState.FAILED)
    assert client.receive(status("READY"), 0.4) == [ChannelReady()]


def test_fail_need_not_end_the_loop() -> None:
    client = new_client(go_on_after_fail=True)
    client.connected(0.0)
    client.data_to_send()

    assert client.receive(status("FAIL"), 0.1) == [ChannelFailed(reason=FailReason.FAIL, going_on=True)]
    assert_state(client, ClientState.PREPARING)
    client.handle_timeout(1.0)
    assert client.data_to_send() == [POLL]

    assert client.receive(status("READY"), 1.1) == [ChannelReady()]
    assert client.receive(status("FAIL"), 2.0) == [ChannelFailed(reason=FailReason.FAIL, going_on=True)]
    assert_state(client, ClientState.RECOVERING)


def test_the_loop_may_be_left_to_the_caller() -> None:
    client = new_client(prepare_at_once=False)
    client.connected(0.0)

    assert_state(client, ClientState.CONNECTED)
    assert client.data_to_send() == []
    with pytest.raises(LocalProtocolError, match=r"the channel has not been asked for \[ALI-R078\]"):
        client.open_remarks()

    client.prepare(3.0)
    assert client.data_to_send() == [POLL]
    assert client.next_timeout() == 4.0


@pytest.mark.parametrize(
    ("word", "after"),
    [("INIT", ClientState.CONNECTED), ("READY", ClientState.READY), ("FAIL", ClientState.FAILED)],
)
def test_a_status_is_believed_although_nobody_asked(word: str, after: ClientState) -> None:
    client = new_client(prepare_at_once=False)
    client.connected(0.0)

    client.receive(status(word), 0.1)

    assert_state(client, after)


def test_an_unknown_status_is_one_more_not_yet() -> None:
    client = new_client()
    client.connected(0.0)

    assert client.receive(status("WARMUP"), 0.1) == [ChannelPreparing(status="WARMUP", deviations=("ALI-R113",))]
    assert_state(client, ClientState.PREPARING)


def test_strictly_an_unknown_status_is_refused() -> None:
    client = new_client(strict=True)
    client.connected(0.0)

    with pytest.raises(RemoteProtocolError, match=r"channel status 'WARMUP' while preparing \[ALI-R113\]"):
        client.receive(status("WARMUP"), 0.1)
    assert client.receive(status("READY"), 0.2) == [ChannelReady()]


def test_the_loop_cannot_be_started_twice() -> None:
    client = new_client()
    with pytest.raises(LocalProtocolError, match=r"cannot prepare while connecting \[ALI-R077\]"):
        client.prepare(0.0)
    client.connected(0.0)
    with pytest.raises(LocalProtocolError, match=r"cannot prepare while preparing \[ALI-R077\]"):
        client.prepare(0.5)
    assert client.data_to_send() == [POLL]


# --- recovery ---


def test_recovery_repeats_the_loop() -> None:
    client = ready_client()

    assert client.receive(RECOVERING, 110.0) == [RecoveryStarted()]
    assert_state(client, ClientState.RECOVERING)
    assert client.data_to_send() == [POLL]
    assert client.next_timeout() == 111.0
    with pytest.raises(LocalProtocolError, match=r"the session is being recovered \[ALI-E48\]"):
        client.send_text("hello")

    # Told again, the loop keeps its pace and its end.
    assert client.receive(RECOVERING, 110.5) == [RecoveryStarted()]
    assert client.data_to_send() == []
    assert client.receive(status("INIT"), 110.6) == [ChannelPreparing(status="INIT")]
    assert client.receive(status("READY"), 111.5) == [ChannelReady(recovered=True)]
    assert_state(client, ClientState.READY)


def test_recovery_may_fail_too() -> None:
    client = ready_client()
    client.receive(RECOVERING, 110.0)

    assert client.handle_timeout(140.0)[0] == ChannelFailed(reason=FailReason.TIMEOUT)
    assert_state(client, ClientState.FAILED)

    # The server has news of its own.
    client.data_to_send()
    assert client.receive(RECOVERING, 150.0) == [RecoveryStarted()]
    assert client.data_to_send() == [POLL]
    assert client.receive(status("READY"), 151.0) == [ChannelReady(recovered=True)]


def test_recovery_while_preparing_is_the_same_loop() -> None:
    client = new_client()
    client.connected(0.0)
    client.data_to_send()

    assert client.receive(RECOVERING, 0.5) == [RecoveryStarted()]
    assert client.data_to_send() == []
    assert client.receive(status("READY"), 0.6) == [ChannelReady(recovered=False)]


def test_what_the_server_says_about_recovery_is_kept() -> None:
    events = ready_client().receive(bytes.fromhex("010104") + THEIRS + b"line 3 down", 110.0)

    assert events == [RecoveryStarted(deviations=("ALI-E47",))]
    assert events[0].payload == b"line 3 down"


def test_a_ready_channel_that_reports_init_is_recovering() -> None:
    client = ready_client()

    assert client.receive(status("READY"), 101.0) == []
    assert client.receive(status("INIT"), 102.0) == [RecoveryStarted(deviations=("ALI-R113",))]
    assert_state(client, ClientState.RECOVERING)
    assert client.data_to_send() == [POLL]


def test_strictly_a_ready_channel_must_not_report_init() -> None:
    client = ready_client(strict=True)

    with pytest.raises(RemoteProtocolError, match=r"channel status 'INIT' while ready \[ALI-R113\]"):
        client.receive(status("INIT"), 102.0)
    assert_state(client, ClientState.READY)


def test_a_ready_channel_may_fail() -> None:
    client = ready_client()

    assert client.receive(status("FAIL"), 102.0) == [ChannelFailed(reason=FailReason.FAIL)]
    assert_state(client, ClientState.FAILED)


# --- heartbeats ---


def test_heartbeats_go_out_every_period_and_come_back() -> None:
    client = ready_client()

    assert client.next_timeout() == 130.0
    assert client.handle_timeout(130.0) == []
    assert client.data_to_send() == [PING]
    assert client.receive(PONG, 130.25) == [HeartbeatAnswered(round_trip=0.25)]
    assert client.next_timeout() == 160.0


def test_heartbeats_in_the_form_of_the_sample() -> None:
    client = ready_client(heartbeat_form="sample", heartbeat_period=5.0)

    client.handle_timeout(105.0)

    assert client.data_to_send() == [bytes.fromhex("0001ff") + OURS + b"{}"]


def test_a_heartbeat_on_demand_puts_the_next_one_off() -> None:
    client = ready_client()

    client.ping(110.0)

    assert client.data_to_send() == [PING]
    assert client.next_timeout() == 140.0
    assert client.receive(PONG, 110.5) == [HeartbeatAnswered(round_trip=0.5)]
    assert client.receive(PONG, 111.0) == [HeartbeatAnswered(round_trip=None)]


def test_without_a_period_there_are_heartbeats_on_demand_only() -> None:
    client = ready_client(heartbeat_period=None)
    assert client.next_timeout() is None

    client.ping(110.0)

    assert client.data_to_send() == [PING]
    assert client.next_timeout() is None


def test_a_pong_with_the_serial_number_of_an_older_ping_answers_that_one() -> None:
    serial_numbers = iter([b"poll-001", b"ping-001", b"ping-002", b"ping-003"])
    client = type(new_client())(SESSION, serial_numbers=lambda: next(serial_numbers))
    client.connected(0.0)
    for now in (1.0, 2.0, 3.0):
        client.ping(now)

    echo = bytes.fromhex("0f01ff") + b"ping-001" + b"{}"
    assert client.receive(echo, 5.0) == [HeartbeatAnswered(round_trip=4.0)]
    # Its own serial number: the latest ping is the likeliest.
    assert client.receive(PONG, 5.5) == [HeartbeatAnswered(round_trip=2.5)]
    assert client.receive(PONG, 6.0) == [HeartbeatAnswered(round_trip=None)]


def test_of_pings_with_one_serial_number_the_latest_is_answered() -> None:
    client = ready_client()
    client.ping(101.0)
    client.ping(105.0)

    assert client.receive(bytes.fromhex("0f01ff") + OURS + b"{}", 106.0) == [HeartbeatAnswered(round_trip=1.0)]
    assert client.receive(PONG, 107.0) == [HeartbeatAnswered(round_trip=None)]


def test_missing_pongs_mean_nothing_while_other_frames_come() -> None:
    client = ready_client()
    events: list[Event] = []
    for now in range(110, 1000, 10):
        events += client.handle_timeout(float(now))
        events += client.receive(status("READY"), float(now))

    assert events == []
    assert set(client.data_to_send()) == {PING}


def test_silence_is_told_once_and_ends_nothing() -> None:
    client = ready_client()
    assert client.handle_timeout(159.9) == []
    assert client.handle_timeout(160.0) == [HeartbeatLost(silent_for=60.0, pong_seen=False)]
    assert_state(client, ClientState.READY)
    assert client.handle_timeout(300.0) == []

    # Whatever comes ends the silence, and the next one is told again.
    assert client.receive(PONG, 301.0) == [HeartbeatAnswered(round_trip=1.0)]
    assert client.handle_timeout(361.0) == [HeartbeatLost(silent_for=60.0, pong_seen=True)]


def test_even_a_broken_message_is_a_sign_of_life() -> None:
    client = ready_client()
    with pytest.raises(RemoteProtocolError):
        client.receive(b"", 150.0)
    with pytest.raises(RemoteProtocolError):
        client.receive_text("hello", 155.0)

    assert client.handle_timeout(214.0) == []
    assert client.handle_timeout(215.0) == [HeartbeatLost(silent_for=60.0, pong_seen=False)]


def test_silence_need_not_be_watched() -> None:
    client = ready_client(silent_periods=None)

    assert client.handle_timeout(10_000.0) == []


def test_a_clock_that_is_set_back_stands_still() -> None:
    client = ready_client()
    client.ping(110.0)

    assert client.receive(PONG, 50.0) == [HeartbeatAnswered(round_trip=0.0)]
    assert client.handle_timeout(60.0) == []
    assert client.next_timeout() == 140.0


# --- ends ---


def test_force_close_ends_the_session() -> None:
    client = ready_client()
    client.send_text("hello")

    events = client.receive(FORCE_CLOSE, 110.0)

    assert events[-1] == ForceClosed()
    assert events[-1].payload == b'{"sessionId":"s-7"}'
    assert_state(client, ClientState.FORCE_CLOSED)
    assert not client.is_live
    assert client.data_to_send() == []
    assert client.next_timeout() is None
    assert client.handle_timeout(111.0) == []
    # What is still under way does not matter any more, whatever it is.
    assert arrive(client, PONG, b"broken", status("READY")) == []
    assert client.receive_text("late", 111.0) == []

    assert client.close() == []
    assert client.disconnected(1000, "bye", 112.0) == [
        Disconnected(code=1000, reason="bye", clean=True, announced=True, lasted=12.0)
    ]


@pytest.mark.parametrize("payload", [b"", b"line expired", b"[1]", b"\xff\xfe"])
def test_any_force_close_is_understood(payload: bytes) -> None:
    events = ready_client().receive(bytes.fromhex("010103") + THEIRS + payload, 110.0)

    assert events == [ForceClosed(deviations=("ALI-E47",))]
    assert events[0].payload == payload


def test_closing_lets_what_was_said_go_out() -> None:
    client = ready_client()
    client.interrupt()

    assert client.close() == []
    assert client.close() == []
    assert_state(client, ClientState.CLOSING)
    assert client.next_timeout() is None
    assert len(client.data_to_send()) == 1
    assert arrive(client, status("INIT"), b"") == []
    assert client.disconnected(1001, "", 130.0) == [Disconnected(code=1001, clean=True, announced=True, lasted=30.0)]
    assert client.close() == []
    assert_state(client, ClientState.CLOSED)


def test_a_connection_may_break() -> None:
    client = ready_client()
    client.ping(110.0)

    assert client.disconnected(None, "reset by peer", 105.0) == [
        Disconnected(code=None, reason="reset by peer", clean=False, announced=False, lasted=10.0)
    ]
    assert_state(client, ClientState.CLOSED)
    assert client.data_to_send() == []
    assert client.next_timeout() is None
    assert client.disconnected(1006, "", 106.0) == []


def test_a_connection_may_never_come_about() -> None:
    client = new_client()

    assert client.disconnected(None, "no route", 5.0) == [
        Disconnected(code=None, reason="no route", clean=False, announced=False, lasted=None)
    ]
    with pytest.raises(LocalProtocolError, match=r"cannot open while closed \[ALI-E49\]"):
        client.connected(6.0)


def test_closing_before_the_connection_came_about() -> None:
    client = new_client()
    client.close()

    with pytest.raises(LocalProtocolError, match=r"cannot open while closing \[ALI-E49\]"):
        client.connected(1.0)
    assert client.disconnected(None, "", 1.0) == [Disconnected(code=None, clean=False, announced=True, lasted=None)]


def test_another_connection_needs_another_client() -> None:
    client = ready_client()

    with pytest.raises(LocalProtocolError, match=r"cannot open while ready \[ALI-E114\]"):
        client.connected(101.0)


@pytest.mark.parametrize("message", [PONG, b"broken"])
def test_nothing_can_arrive_on_a_connection_that_is_not_open(message: bytes) -> None:
    client = new_client()
    with pytest.raises(RemoteProtocolError, match=r"a message while connecting \[ALI-R074\]"):
        client.receive(message, 1.0)
    with pytest.raises(RemoteProtocolError, match=r"a message while connecting \[ALI-R074\]"):
        client.receive_text("hello", 1.0)

    client.disconnected(1000, "", 2.0)
    with pytest.raises(RemoteProtocolError, match=r"a message while closed \[ALI-R074\]"):
        client.receive(message, 3.0)
