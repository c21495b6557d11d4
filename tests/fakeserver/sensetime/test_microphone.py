"""The microphone socket without a socket: rounds, what is refused, and notices."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.codecs.sensetime.script import decode_takeover
from avatarwire.fakeserver.sensetime.live_events import Failed, Finished, Queued, Started
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM, Line, codes, receive, said

SPEECH = decode_takeover(b'{"tts_query":{"content":"something to be said"}}').value


def broken(received: Any) -> list[tuple[str, str]]:
    """Clause and level of the rules that a message breaks."""
    return [(it.clause, it.level) for it in received.violations]


# --- a round ---


def test_begin_speech_eof_and_another_round() -> None:
    """ST-MIC-05 to ST-MIC-10, ST-E60, ST-E62."""
    line = Line()
    assert codes(line.microphone.opened()) == []
    for _ in range(2):
        received, answer = line.text(BEGIN)
        assert (received.message, answer) == ("microphone.begin", [2])
        assert line.microphone.speaking
        assert line.live.speaking
        received, answer = line.binary(PCM)
        assert (received.message, received.audio, answer) == ("microphone.audio", True, [])
        received, answer = line.text(EOF)
        assert (received.message, answer) == ("microphone.eof", [])
        assert not line.live.speaking
    assert said(line.microphone.stop()) == [{"code": 4, "message": "停止发送语音数据"}]


def test_the_speech_of_a_round_is_accounted_for() -> None:
    line = Line()
    line.speak(PCM, PCM[:16000])
    ((_, about),) = line.notes
    digest = hashlib.sha256(PCM + PCM[:16000]).hexdigest()
    assert about == {
        "message": "microphone.speech",
        "packets": 2,
        "bytes": 48000,
        "seconds": 1.5,
        "sha256": digest,
        "failed": False,
    }


def test_a_code_as_text_is_understood() -> None:
    """ST-E57: a warning, as for any integer, with which strict mode lives."""
    for strict in (False, True):
        received, answer = Line(strict=strict).text('{"code":"0","message":"begin"}')
        assert (received.deviations, broken(received), answer) == (("ST-E57",), [("ST-E57", "warning")], [2])


def test_another_text_with_a_code_is_understood_and_refused_in_strict_mode() -> None:
    """ST-E64."""
    begin = '{"code":0,"message":"start"}'
    received, answer = Line().text(begin)
    assert (broken(received), answer) == ([("ST-E64", "error")], [2])
    received, answer = Line(strict=True).text(begin)
    assert (broken(received), answer) == ([("ST-E64", "error")], [5])


def test_codes_may_be_written_as_text() -> None:
    line = Line(microphone_code="text")
    assert said(receive(line.microphone, BEGIN)[1]) == [{"code": "2", "message": "服务端已准备好接收"}]


def test_readiness_may_be_told_on_connecting() -> None:
    """ST-E60: the first begin is not answered then, those of further rounds are."""
    line = Line(microphone_ready="open")
    assert codes(line.microphone.opened()) == [2]
    assert line.text(BEGIN)[1] == []
    assert line.binary(PCM)[1] == []
    line.text(EOF)
    assert line.text(BEGIN)[1] == [2]


def test_readiness_is_not_told_on_connecting_where_there_is_none() -> None:
    line = Line(started=False, microphone_ready="open", before_start="refuse")
    assert codes(line.microphone.opened()) == []
    assert line.text(BEGIN)[1] == [6]


# --- what is refused ---


def test_a_wrong_token_is_code_1_and_the_end() -> None:
    """ST-MIC-08, ST-E62."""
    microphone = Line().new_microphone(authorized=False)
    assert said(microphone.opened()) == [{"code": 1, "message": "认证失败"}, 1008]


def test_a_live_that_is_none_is_code_6() -> None:
    """ST-MIC-14, ST-E58."""
    line = Line()
    line.microphone = line.new_microphone(live=None)
    assert said(receive(line.microphone, BEGIN)[1]) == [{"code": 6, "message": "服务端未准备好接收"}]
    assert line.microphone.notice(Started("t")) == []


@pytest.mark.parametrize("changes", [{"strict": True}, {"before_start": "refuse"}])
def test_a_live_that_is_not_started_is_code_6(changes: dict[str, Any]) -> None:
    line = Line(started=False, **changes)
    assert line.text(BEGIN)[1] == [6]
    line.state.lives.start(line.live)
    assert line.text(BEGIN)[1] == [2]


def test_a_live_that_is_not_started_is_spoken_into_by_default() -> None:
    assert Line(started=False).text(BEGIN)[1] == [2]


def test_a_live_that_is_not_ready_or_over_is_code_6() -> None:
    line = Line(started=False, initialising_seconds=5.0)
    assert line.text(BEGIN)[1] == [6]
    line.clock.advance(5)
    assert line.text(BEGIN)[1] == [2]
    line.text(EOF)
    line.state.lives.end(line.live, LiveStatus.CLOSED)
    assert line.text(BEGIN)[1] == [6]


def test_takeovers_by_http_are_in_the_way_until_they_are_cancelled() -> None:
    """ST-MIC-15, ST-TKO-21."""
    line = Line()
    line.live.takeovers.command(SPEECH)
    assert said(receive(line.microphone, BEGIN)[1]) == [{"code": 7, "message": "算法端接管冲突被拒绝"}]
    # What it had on its way is dropped without a word.
    received, answer = line.binary(PCM)
    assert (broken(received), answer) == ([("ST-MIC-12", "warning")], [])
    line.live.takeovers.cancel(None)
    assert line.text(BEGIN)[1] == [2]


@pytest.mark.parametrize("strict", [False, True])
def test_speech_before_begin_and_after_eof_is_code_5(strict: bool) -> None:
    """ST-MIC-05, ST-MIC-06."""
    line = Line(strict=strict)
    received, answer = line.binary(PCM)
    assert (broken(received), answer) == ([("ST-MIC-05", "error")], [5])
    line.speak(PCM)
    received, answer = line.binary(PCM)
    assert (broken(received), answer) == ([("ST-MIC-06", "error")], [5])
    assert line.binary(PCM)[1] == []


def test_begin_within_a_round_begins_another_one() -> None:
    line = Line()
    line.text(BEGIN)
    line.binary(PCM)
    received, answer = line.text(BEGIN)
    assert (broken(received), answer) == ([("ST-MIC-07", "error")], [2])
    assert line.notes[0][1]["bytes"] == len(PCM)


def test_eof_without_begin_is_noted() -> None:
    received, answer = Line().text(EOF)
    assert (broken(received), answer) == ([("ST-MIC-07", "error")], [])


def test_strict_mode_refuses_messages_out_of_turn() -> None:
    line = Line(strict=True)
    assert line.text(EOF)[1] == [5]
    line.text(BEGIN)
    assert line.text(BEGIN)[1] == [5]
    assert not line.live.speaking
    # One that was on its way when the round ended.
    assert line.text(EOF)[1] == []


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("garbage", "ST-MIC-01"),
        ("[]", "ST-MIC-01"),
        ("{}", "ST-E57"),
        ('{"code":null}', "ST-E57"),
        ('{"code":0}', "ST-E64"),
        ('{"code":2,"message":"x"}', "ST-E67"),
        ('{"code":18,"message":"x","data":{}}', "ST-E67"),
    ],
)
def test_what_is_no_message_is_code_5_and_the_end_of_the_round(text: str, clause: str) -> None:
    """ST-E68."""
    line = Line()
    line.text(BEGIN)
    received, answer = line.text(text)
    assert (broken(received), answer) == ([(clause, "error")], [5])
    assert not line.microphone.speaking
    assert line.text(BEGIN)[1] == [2]


def test_a_text_that_is_too_large_is_code_5() -> None:
    received, answer = Line(max_frame_bytes=1024).text(f'{{"code":0,"message":"{"x" * 1024}"}}')
    assert (broken(received), answer) == ([("ST-E132", "error")], [5])


# --- what the server says by itself ---


@pytest.mark.parametrize(
    ("event", "code", "text"),
    [
        (Queued("t-1"), 20, "接管入队完成"),
        (Started("t-1"), 19, "开始播放接管"),
        (Finished("t-1"), 18, "接管/取消接管完成"),
        (Finished("t-1", cancelled=True), 18, "接管/取消接管完成"),
    ],
)
def test_takeovers_are_told_of(event: Any, code: int, text: str) -> None:
    """ST-MIC-16 to ST-MIC-19, ST-E49, ST-E66."""
    line = Line()
    data = {"sessionId": line.live.id, "commandTraceId": "t-1", "timestamp": 1_767_225_600}
    assert said(line.microphone.notice(event)) == [{"code": code, "message": text, "data": data}]


def test_a_failed_takeover_is_told_by_callback_only() -> None:
    """ST-E69."""
    assert Line().microphone.notice(Failed("t-1", "why")) == []


def test_notices_may_have_milliseconds() -> None:
    line = Line(notice_timestamp="milliseconds")
    (notice,) = said(line.microphone.notice(Started("t-1")))
    assert notice["data"]["timestamp"] == 1_767_225_600_000


@pytest.mark.parametrize(("outcome", "code"), [("stop", 4), ("fail", 5)])
def test_rounds_can_be_scripted_to_end(outcome: str, code: int) -> None:
    """ST-MIC-11, ST-MIC-13, ST-E63."""
    line = Line()
    line.microphone = line.new_microphone(outcomes=iter([outcome]))
    line.text(BEGIN)
    assert line.binary(PCM)[1] == [code]
    assert line.binary(PCM)[1] == []
    assert not line.live.speaking
    line.speak(PCM)
    assert [about["failed"] for _, about in line.notes] == [True, False]


def test_a_server_that_leaves_ends_the_round_first() -> None:
    line = Line()
    assert said(line.microphone.leave("why")) == [1000]
    line.text(BEGIN)
    assert codes(line.microphone.leave("why")) == [4, ("close", 1000)]


def test_a_connection_that_is_lost_takes_the_round_along() -> None:
    line = Line()
    line.text(BEGIN)
    assert line.microphone.closed() == []
    assert line.microphone.closed() == []
    assert (line.live.speaking, len(line.notes)) == (False, 1)


# --- whatever comes ---


def message(code: Any, rest: dict[str, Any]) -> str:
    """A text message."""
    return json.dumps({"code": code, **rest})


MESSAGES = st.one_of(
    st.sampled_from([BEGIN, EOF]),
    st.text(max_size=20),
    st.binary(max_size=64),
    st.builds(
        message,
        st.one_of(st.integers(-1, 100), st.text(max_size=3), st.none(), st.booleans(), st.floats()),
        st.dictionaries(
            st.sampled_from(["message", "data", "x"]), st.one_of(st.text(max_size=3), st.none(), st.just({}))
        ),
    ),
)


@given(st.lists(MESSAGES, max_size=20), st.booleans())
def test_whatever_comes_is_answered_with_a_documented_code_or_not_at_all(
    messages: list[str | bytes], strict: bool
) -> None:
    line = Line(strict=strict)
    for message in messages:
        _, answer = line.text(message) if isinstance(message, str) else line.binary(message)
        assert answer in ([], [2], [5])
        assert line.live.speaking is line.microphone.speaking
