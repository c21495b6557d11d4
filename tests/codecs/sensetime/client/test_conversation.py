"""A conversation on the microphone socket: rounds of speech, what the server may say when, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.errors import LocalProtocolError, RemoteProtocolError, ValidationError
from avatarwire.codecs.sensetime.client.conversation import MicrophoneClient
from avatarwire.codecs.sensetime.client.states import MicrophoneState
from avatarwire.codecs.sensetime.events import (
    Disconnected,
    EndReason,
    Event,
    MicrophoneEvent,
    MicrophoneReady,
    MicrophoneRefused,
    RoundEnded,
    TakeoverNoticed,
    UnknownMessage,
)
from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus
from avatarwire.codecs.sensetime.options import MicrophoneOptions

BEGIN, EOF = '{"code":0,"message":"begin"}', '{"code":99,"message":"eof"}'
REFUSED = '{"code":1,"message":"认证失败"}'
READY = '{"code":2,"message":"服务端已准备好接收"}'
STOP = '{"code":4,"message":"停止发送语音数据"}'
FAILED = '{"code":5,"message":"发送语音数据失败"}'
NOT_READY = '{"code":6,"message":"服务端未准备好接收"}'
CONFLICT = '{"code":7,"message":"算法端接管冲突被拒绝"}'
DATA = '"data":{"sessionId":"live-7","commandTraceId":"takeover-1","timestamp":1900000000}'
FINISHED = '{"code":18,"message":"接管/取消接管完成",' + DATA + "}"
STARTED = '{"code":19,"message":"开始播放接管",' + DATA + "}"
QUEUED = '{"code":20,"message":"接管入队完成",' + DATA + "}"


def opened(**options: Any) -> MicrophoneClient:
    """A client whose socket opened at 100."""
    client = MicrophoneClient(MicrophoneOptions(**options))
    client.connected(100.0)
    return client


def streaming(**options: Any) -> MicrophoneClient:
    """A client that may speak; what it sent until then is gone."""
    client = opened(**options)
    client.receive(READY, 100.0)
    client.data_to_send()
    return client


def arrive(client: MicrophoneClient, *messages: str, now: float = 100.0) -> list[Event]:
    """The events of several messages."""
    return [event for message in messages for event in client.receive(message, now)]


def assert_state(client: MicrophoneClient, state: MicrophoneState) -> None:
    """Holds now; type checkers would take a bare assertion on the attribute to hold for good."""
    assert client.state is state


def test_a_round_from_begin_to_eof() -> None:
    client = MicrophoneClient()
    assert_state(client, MicrophoneState.CONNECTING)
    assert client.connected(0.0) == []
    assert client.is_live
    assert client.data_to_send() == [BEGIN]
    assert arrive(client, READY) == [MicrophoneReady()]
    assert client.is_speaking
    client.send(b"\x01\x00\x02\x00\x03")
    client.send(b"\x00")
    assert client.data_to_send() == [b"\x01\x00\x02\x00", b"\x03\x00"]
    client.end(b"\x04\x00")
    assert client.data_to_send() == [b"\x04\x00", EOF]
    assert_state(client, MicrophoneState.ENDED)
    assert arrive(client, QUEUED, STARTED, FINISHED) == [
        TakeoverNoticed(status=status, session_id="live-7", trace_id="takeover-1", happened_at=1_900_000_000.0)
        for status in (TakeoverStatus.QUEUED, TakeoverStatus.STARTED, TakeoverStatus.FINISHED)
    ]
    assert client.close() == []
    assert client.disconnected(1000, "", 9.0) == [Disconnected(code=1000, clean=True, announced=True)]
    assert client.disconnected(1000, "", 9.0) == []
    assert client.data_to_send() == []


def test_speech_is_cut_into_packets() -> None:
    client = streaming(packet=6, sample_bytes=3)
    client.send(b"abcdefghijklmn")
    assert client.data_to_send() == [b"abcdef", b"ghijkl"]
    with pytest.raises(ValidationError, match=r"ends with 2 bytes of a sample.*\[ST-E61\]"):
        client.end()
    assert_state(client, MicrophoneState.STREAMING)
    client.end(b"o")
    assert client.data_to_send() == [b"mno", EOF]


def test_speech_of_another_format_goes_out_byte_for_byte() -> None:
    client = streaming(sample_bytes=1, packet=4)
    client.send(b"abcde")
    client.end()
    assert client.data_to_send() == [b"abcd", b"e", EOF]


# --- until the server is ready ---


def test_speech_waits_until_the_server_is_ready() -> None:
    client = opened(packet=2)
    client.send(b"\x01\x00\x02")
    client.send(b"\x00")
    assert client.held == 4
    assert client.data_to_send() == [BEGIN]
    assert arrive(client, READY) == [MicrophoneReady()]
    assert client.held == 0
    assert client.data_to_send() == [b"\x01\x00", b"\x02\x00"]


def test_a_round_may_be_over_before_the_server_is_ready() -> None:
    client = opened()
    client.end(b"\x01\x00")
    assert not client.is_speaking
    with pytest.raises(LocalProtocolError, match=r"no round of speech is going on: begun \[ST-MIC-06\]"):
        client.send(b"\x02\x00")
    assert arrive(client, READY) == [MicrophoneReady()]
    assert client.data_to_send() == [BEGIN, b"\x01\x00", EOF]
    assert_state(client, MicrophoneState.ENDED)


def test_only_so_much_waits() -> None:
    client = opened(max_held=4)
    client.send(b"\x01\x00")
    with pytest.raises(LocalProtocolError, match=r"more than 4 bytes of speech would wait.*\[ST-MIC-10\]"):
        client.send(b"\x01\x00\x02\x00")
    with pytest.raises(LocalProtocolError, match="ST-MIC-10"):
        client.end(b"\x01\x00\x02\x00")
    assert client.held == 2
    client.end(b"\x02\x00")
    arrive(client, READY)
    assert client.data_to_send() == [BEGIN, b"\x01\x00\x02\x00", EOF]


def test_a_server_may_be_ready_before_it_is_asked() -> None:
    client = opened(begin_at_once=False)
    assert client.data_to_send() == []
    assert arrive(client, READY) == [MicrophoneReady(early=True)]
    assert_state(client, MicrophoneState.OPEN)
    assert client.begin(101.0) == [MicrophoneReady()]
    assert_state(client, MicrophoneState.STREAMING)
    assert client.data_to_send() == [BEGIN]
    # It may say so again in answer to begin, which is no news.
    assert arrive(client, READY) == []
    assert client.next_timeout() is None


def test_a_server_that_does_not_answer() -> None:
    client = opened(ready_timeout=5.0)
    client.send(b"\x01\x00")
    assert client.next_timeout() == 105.0
    assert client.handle_timeout(104.9) == []
    assert client.handle_timeout(105.0) == [RoundEnded(reason=EndReason.TIMEOUT, dropped=2)]
    assert_state(client, MicrophoneState.OPEN)
    assert client.next_timeout() is None
    assert client.handle_timeout(200.0) == []
    # Its late answer is an early one to the next round.
    assert arrive(client, READY) == [MicrophoneReady(early=True)]


def test_it_may_be_waited_for_for_ever() -> None:
    client = opened(ready_timeout=None)
    assert client.next_timeout() is None


# --- rounds that fail ---


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (STOP, EndReason.STOPPED),
        (FAILED, EndReason.FAILED),
        (NOT_READY, EndReason.NOT_READY),
        (CONFLICT, EndReason.CONFLICT),
    ],
)
def test_a_round_that_fails_may_be_tried_again(message: str, reason: EndReason) -> None:
    client = opened()
    client.send(b"\x01\x00\x02\x00")
    assert arrive(client, message) == [RoundEnded(reason=reason, dropped=4)]
    assert_state(client, MicrophoneState.OPEN)
    with pytest.raises(LocalProtocolError, match="ST-MIC-06"):
        client.send(b"\x03\x00")

    assert client.begin(101.0) == []
    arrive(client, READY)
    client.send(b"\x05\x00\x06")
    assert arrive(client, message) == [RoundEnded(reason=reason)]
    assert_state(client, MicrophoneState.ENDED)

    client.begin(102.0)
    arrive(client, READY)
    client.send(b"\x07\x00")
    assert client.data_to_send() == [BEGIN, BEGIN, b"\x05\x00", BEGIN, b"\x07\x00"]
    client.end()
    assert arrive(client, message) == [RoundEnded(reason=reason, late=True)]
    # That round has failed too, if late.
    client.begin(103.0)


def test_after_a_round_of_ours_another_one_is_asked_for() -> None:
    client = streaming()
    client.end()
    with pytest.raises(LocalProtocolError, match=r"a socket is for one round.*\[ST-E62\]"):
        client.begin(101.0)
    client = streaming(several_rounds=True)
    client.end()
    assert arrive(client, READY) == []
    assert client.begin(101.0) == []
    arrive(client, READY)
    client.end(b"\x01\x00")
    assert client.data_to_send() == [EOF, BEGIN, b"\x01\x00", EOF]


def test_a_round_that_was_not_begun_cannot_be_spoken_in() -> None:
    client = opened(begin_at_once=False)
    acts: list[Callable[[], Any]] = [lambda: client.send(b""), client.end]
    for act in acts:
        with pytest.raises(LocalProtocolError, match=r"no round of speech is going on: open \[ST-MIC-06\]"):
            act()


@pytest.mark.parametrize("speech", ["text", 5, None])
def test_what_is_no_speech_is_refused(speech: Any) -> None:
    client = streaming()
    with pytest.raises(ValidationError, match="expected PCM as bytes"):
        client.send(speech)
    assert client.data_to_send() == []


# --- the token ---


@pytest.mark.parametrize("begin_at_once", [True, False])
def test_a_token_that_is_no_good_ends_it(begin_at_once: bool) -> None:
    client = opened(begin_at_once=begin_at_once)
    lost: list[Event] = [RoundEnded(reason=EndReason.REFUSED)] if begin_at_once else []
    assert arrive(client, REFUSED) == [*lost, MicrophoneRefused()]
    assert_state(client, MicrophoneState.REFUSED)
    assert not client.is_live
    assert client.data_to_send() == []
    assert arrive(client, READY, "what?") == []
    acts: list[Callable[[], Any]] = [lambda: client.begin(101.0), lambda: client.send(b"")]
    for act in acts:
        with pytest.raises(LocalProtocolError):
            act()
    assert client.disconnected(4001, "", 101.0) == [Disconnected(code=4001, clean=False, announced=True)]


def test_it_may_be_refused_before_the_socket_counts_as_open() -> None:
    client = MicrophoneClient()
    assert arrive(client, REFUSED) == [MicrophoneRefused()]
    client = MicrophoneClient()
    with pytest.raises(RemoteProtocolError, match=r"a message before the WebSocket is open \[ST-MIC-02\]"):
        client.receive(READY, 0.0)
    with pytest.raises(LocalProtocolError, match=r"cannot begin: connecting \[ST-MIC-05\]"):
        client.begin(0.0)


# --- what a server may say besides ---


def test_notices_come_at_any_time_and_change_nothing() -> None:
    client = MicrophoneClient(MicrophoneOptions(begin_at_once=False))
    client.connected(0.0)
    steps: list[Callable[[], Any]] = [
        lambda: client.begin(0.0),
        lambda: client.receive(READY, 0.0),
        lambda: client.end(),
    ]
    for step in (lambda: None, *steps):
        step()
        before = client.state
        assert [type(event) for event in arrive(client, QUEUED, STARTED, FINISHED)] == [TakeoverNoticed] * 3
        assert_state(client, before)


def test_a_notice_without_data() -> None:
    [event] = arrive(streaming(), '{"code":19,"message":"开始播放接管"}')
    assert event == TakeoverNoticed(status=TakeoverStatus.STARTED, deviations=("ST-E65",))


def test_what_is_odd_is_told_with_the_event() -> None:
    [event] = arrive(opened(), '{"code":"2","message":"ready"}')
    assert event == MicrophoneReady(deviations=("ST-E57", "ST-E64"))
    assert isinstance(event, MicrophoneEvent)
    assert event.frame is not None
    assert event.frame.raw == '{"code":"2","message":"ready"}'


def test_a_code_that_is_not_known_is_passed_on() -> None:
    [event] = arrive(streaming(), '{"code":3,"message":"later"}')
    assert event == UnknownMessage(deviations=("ST-E67",))
    assert_state(client := streaming(), MicrophoneState.STREAMING)
    assert client.is_speaking


@pytest.mark.parametrize("message", ["", "{}", "[1]", '{"code":true}', b"\x00", '{"code":18,"message":"","data":1}'])
def test_what_cannot_be_read_changes_nothing(message: Any) -> None:
    client = streaming()
    with pytest.raises(RemoteProtocolError, match="unreadable message") as caught:
        client.receive(message, 101.0)
    assert caught.value.clause.startswith("ST-")
    assert client.is_speaking


def test_strict_takes_no_variant_and_messages_have_a_largest_size() -> None:
    client = streaming(strict=True)
    with pytest.raises(RemoteProtocolError, match="ST-E57"):
        client.receive('{"code":"4","message":"停止发送语音数据"}', 101.0)
    client = streaming(max_message=60)
    with pytest.raises(RemoteProtocolError, match="ST-E132"):
        client.receive(STOP + " " * 60, 101.0)


# --- the end of the socket ---


def test_a_socket_that_breaks_ends_the_round() -> None:
    client = opened()
    client.send(b"\x01\x00")
    assert client.disconnected(None, "reset", 101.0) == [
        RoundEnded(reason=EndReason.LOST, dropped=2),
        Disconnected(code=None, reason="reset", clean=False, announced=False),
    ]
    assert_state(client, MicrophoneState.CLOSED)
    assert client.data_to_send() == []
    assert client.next_timeout() is None
    assert arrive(client, READY) == []
    assert client.close() == []


def test_a_socket_that_never_opened() -> None:
    client = MicrophoneClient()
    assert client.disconnected(None, "", 0.0) == [Disconnected(code=None, clean=False, announced=False)]
    with pytest.raises(LocalProtocolError, match=r"cannot open: closed \[ST-E62\]"):
        client.connected(1.0)


def test_a_socket_that_is_closed_in_the_middle() -> None:
    client = streaming()
    client.send(b"\x01\x00")
    assert client.close() == [RoundEnded(reason=EndReason.LOST)]
    # What was said before may still be written.
    assert client.data_to_send() == [b"\x01\x00"]
    assert arrive(client, STOP, "what?") == []
    assert client.disconnected(1001, "bye", 101.0) == [
        Disconnected(code=1001, reason="bye", clean=True, announced=True)
    ]


def test_a_socket_opens_once() -> None:
    client = opened()
    with pytest.raises(LocalProtocolError, match=r"cannot open: begun \[ST-E62\]"):
        client.connected(101.0)
    with pytest.raises(LocalProtocolError, match=r"cannot begin: begun \[ST-MIC-05\]"):
        client.begin(101.0)
