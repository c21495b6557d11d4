"""What clients have the avatar say, as `said` tells it: what was accepted, how it came, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, Said
from avatarwire.fakeserver.aliyun import Answer
from tests.fakeserver.aliyun.running import SERIAL, Line, Serve, packet, post, start, stop
from tests.fakeserver.aliyun.socket_talk import Talk, nothing_more

pytestmark = pytest.mark.usefixtures("no_proxy")


def states(fake: FakeAliyun) -> list[tuple[str, str]]:
    """Text and state of each."""
    return [(each.text, each.state) for each in fake.said()]


def at_once(serve: Serve, **changes: Any) -> Talk:
    """A fake that sends its answers at once."""
    return Talk(serve, chunk_seconds=0.0, **changes)


def refused(line: Line) -> bool:
    return line.answer()[-1]["success"] is False


@pytest.mark.parametrize("ask", [1, 2])
def test_a_text_drive_is_said_once_its_last_packet_is_out(serve: Serve, ask: int) -> None:
    talk = at_once(serve)
    with talk.line() as line:
        line.ask("hi", ask=ask)
        line.answer()
        [said] = talk.fake.said()
    now = talk.clock.now()
    assert said == Said(line.session.id, "hi", "text_drive.request", now, now, "said")


def test_it_is_spoken_as_long_as_packets_are_to_come_and_others_wait(serve: Serve) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=5)
    with talk.line() as line:
        accepted = talk.clock.now()
        line.ask("a long story", "m-1")
        line.ask("another one", "m-2", ask=2)
        line.hear("text_drive.response")
        nothing_more(line)
        assert states(talk.fake) == [("a long story", "speaking"), ("another one", "waiting")]
        talk.advance(60)
        first, second = talk.fake.said()
    assert (first.state, second.state) == ("said", "said")
    assert first.ended is not None
    assert accepted == first.accepted == second.accepted < first.ended


def test_a_streamed_text_is_one(serve: Serve) -> None:
    talk = at_once(serve)
    with talk.line() as line:
        for text, flag in (("once ", "START"), ("upon ", "CONTENT"), ("a time", "END")):
            line.ask(text, ask=2, type="TEXT_STREAM", dataFlag=flag)
        line.answer()
        assert states(talk.fake) == [("once upon a time", "said")]


def test_speech_is_what_was_recognised(serve: Serve) -> None:
    talk = at_once(serve, transcripts=("how are you",))
    with talk.line() as line:
        line.say("asr.start.request", type="startAsrAudio", askType=1)
        line.socket.send(bytes.fromhex("000081") + SERIAL + bytes(1024))
        line.say("asr.end.request", type="endAsrAudio")
        line.hear("asr.start.response")
        line.hear("asr.result")
        line.answer()
        [said] = talk.fake.said()
    assert (said.text, said.message, said.state) == ("how are you", "asr.end.request", "said")


@pytest.mark.parametrize("connected", [True, False])
def test_a_text_over_http_is_one_with_and_without_a_socket(serve: Serve, connected: bool) -> None:
    talk = at_once(serve)
    session = start(talk.fake)
    text = {"projectId": talk.fake.project_id, "sessionId": session.id, "requestId": "rq-9", "text": "hi", "type": 2}
    if connected:
        with talk.line(session):
            post(talk.fake, "sendTextMsg", **text)
    else:
        post(talk.fake, "sendTextMsg", **text)
    [said] = talk.fake.said()
    assert (said.session, said.text, said.message, said.state) == (session.id, "hi", "SendTextMsg.request", "said")


def test_opening_remarks_are_not_the_clients(serve: Serve) -> None:
    talk = at_once(serve)
    with talk.line() as line:
        line.say("opening.request")
        line.answer("opening.response")
    assert talk.fake.said() == []


CUTS: dict[str, Callable[[Talk, Line], object]] = {
    "interrupt": lambda talk, line: line.say("interrupt.request"),
    "recovery": lambda talk, line: talk.fake.recover(line.session.id),
    "force-close": lambda talk, line: talk.fake.force_close(line.session.id),
    "stop": lambda talk, line: stop(talk.fake, line.session),
    "drop": lambda talk, line: talk.fake.drop(line.session.id),
}


@pytest.mark.parametrize("end", CUTS)
def test_what_ends_before_is_cut(serve: Serve, end: str) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=5)
    with talk.line() as line:
        line.ask("a long story", "m-1")
        line.ask("another one", "m-2")
        line.hear("text_drive.response")
        nothing_more(line)
        CUTS[end](talk, line)
        if end in ("force-close", "stop", "drop"):
            talk.fake.journal.expect_sync(transport="note", where=lambda note: note.body == "disconnected")
        else:
            all_taken(line)
        assert states(talk.fake) == [("a long story", "cut"), ("another one", "cut")]


def all_taken(line: Line) -> None:
    """Everything that was sent before has been taken."""
    line.say("channel_ready.request")
    while line.hear().message != "channel_ready.response":
        pass


def test_a_newer_connection_cuts_what_the_older_one_said(serve: Serve) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=5)
    with talk.line() as older:
        older.ask("a long story")
        older.hear("text_drive.response")
        with talk.line(older.session):
            assert states(talk.fake) == [("a long story", "cut")]


@pytest.mark.parametrize("end", ["interrupt", "disconnect"])
def test_a_stream_that_is_not_complete_is_cut(serve: Serve, end: str) -> None:
    talk = at_once(serve)
    with talk.line() as line:
        line.ask("once ", ask=2, type="TEXT_STREAM", dataFlag="START")
        if end == "interrupt":
            line.say("interrupt.request")
        all_taken(line)
        if end == "disconnect":
            assert talk.fake.said() == []
    talk.fake.journal.expect_sync(transport="note", where=lambda note: note.body == "disconnected")
    assert states(talk.fake) == [("once ", "cut")]


REFUSALS: list[dict[str, Any]] = [
    {"answers": {"hi": Answer(content="no", success=False)}},
    {"without_agent": "refuse", "projects": [{"id": "512340000000000001", "agent_id": ""}]},
]


@pytest.mark.parametrize("changes", REFUSALS, ids=[next(iter(changes)) for changes in REFUSALS])
def test_what_is_answered_by_an_error_is_not_there(serve: Serve, changes: dict[str, Any]) -> None:
    talk = at_once(serve, **changes)
    with talk.line() as line:
        line.ask("hi")
        assert refused(line)
    assert talk.fake.said() == []


def test_a_function_that_fails_has_nothing_said(serve: Serve) -> None:
    def answer(question: object) -> str:
        raise LookupError(question)

    talk = at_once(serve, answer=answer)
    with talk.line() as line:
        line.ask("hi")
        assert refused(line)
    assert talk.fake.said() == []


def test_what_is_one_too_many_is_not_there(serve: Serve) -> None:
    talk = Talk(serve, chunk_seconds=1.0, chunk_characters=5, overlap="reject")
    with talk.line() as line:
        line.ask("a long story", "m-1")
        line.hear("text_drive.response")
        line.ask("another one", "m-2")
        assert packet(line.hear("text_drive.response"))["success"] is False
        assert states(talk.fake) == [("a long story", "speaking")]


def test_before_ready_it_waits_is_refused_or_is_lost(serve: Serve) -> None:
    talk = at_once(serve, before_ready="queue")
    with talk.line(ready=False) as line:
        line.ask("hi")
        talk.fake.journal.expect_sync("text_drive.request")
        assert states(talk.fake) == [("hi", "waiting")]
        line.prepare()
        line.answer()
        assert states(talk.fake) == [("hi", "said")]
    other = at_once(serve, before_ready="refuse")
    with other.line(ready=False) as line:
        line.ask("hi")
        line.hear("general.message")
    assert other.fake.said() == []


def test_a_request_that_a_rule_loses_is_not_there_and_a_doubled_one_twice(serve: Serve) -> None:
    talk = at_once(serve)
    faults = talk.fake.faults
    faults.add(message="text_drive.request", direction="in", do="drop", times=1)
    faults.add(message="text_drive.request", direction="in", do="duplicate", times=1)
    faults.add(message="text_drive.response", do="drop")
    with talk.line() as line:
        line.ask("lost", "m-1")
        line.ask("doubled", "m-2")
        nothing_more(line)
    assert states(talk.fake) == [("doubled", "said"), ("doubled", "said")]


def test_any_thread_may_ask_and_a_reset_forgets(serve: Serve) -> None:
    talk = at_once(serve)
    with talk.line() as line:
        line.ask("hi")
        line.answer()
        with ThreadPoolExecutor() as threads:
            assert threads.submit(states, talk.fake).result() == [("hi", "said")]
        talk.fake.reset()
        assert talk.fake.said() == []


def test_it_is_there_when_the_fake_has_stopped() -> None:
    fake = FakeAliyun(verify_signatures=False)
    assert fake.said() == []
    with fake:
        session = start(fake)
        ids = {"projectId": fake.project_id, "sessionId": session.id, "requestId": "rq-9"}
        post(fake, "sendTextMsg", **ids, text="hi", type=2)
    assert states(fake) == [("hi", "said")]
