"""The talk with an interactive live: what is pushed, in which order, and what the scenario says to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any, Final

import pytest

from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody
from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.codecs.sensetime.messages.interactive import AsrFail
from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery
from avatarwire.fakeserver.effects import CallBack
from avatarwire.fakeserver.sensetime.scenario import SpokenQuestion
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM, Line, receive, said

ANSWERS = {"where are you?": "Around the corner."}
HEARD = "where are you?"


def typed(line: Line, text: str) -> Any:
    """Something typed on the page; what was understood."""
    received, effects = receive(line.page, json.dumps({"text": text}))
    assert effects == []
    return received


# --- the opening ---


def test_the_first_page_of_a_live_in_progress_hears_the_opening_line() -> None:
    """ST-MSG-03, ST-E92, ST-E126."""
    line = Line(scene={"opening_words": "Hello there, how are you?"})
    assert line.page.opened() == []
    (opening,) = line.pushed
    assert opening == {
        "service": "opening",
        "trace": "opening_1767225600000",
        "type": "answer",
        "status": "ok",
        "text": "Hello there, how are you?",
    }
    line.news()
    line.page.opened()
    assert line.news() == []
    line.clock.advance(5)
    assert line.news() == [("command", "eof", "ok")]


def test_a_live_that_begins_says_its_opening_line_then() -> None:
    line = Line(started=False, opening_words="Good evening.")
    line.page.opened()
    assert line.news() == []
    line.state.lives.start(line.live)
    assert line.news() == [("opening", "answer", "ok", "Good evening.")]


def test_a_live_without_an_opening_line_says_nothing() -> None:
    line = Line()
    line.page.opened()
    assert (line.news(), line.live.takeovers.trace_ids()) == ([], ())


# --- a round ---


def test_something_typed_is_heard_answered_and_the_answer_spoken() -> None:
    """ST-MSG-04 to ST-MSG-07, ST-E127."""
    line = Line(interactive_answers=ANSWERS)
    received = typed(line, f" {HEARD} ")
    assert (received.message, received.violations) == ("interactive.typed", ())
    pushed = list(line.pushed)
    assert line.news() == [
        ("asr", "text", "ok", HEARD),
        ("asr", "eof", "ok", ""),
        ("record", "eof", "ok"),
        ("nlp", "answer", "ok", "Around the corner."),
    ]
    assert len({it["trace"] for it in pushed}) == 1
    assert pushed[0]["trace"].startswith("sense-live-nlp_")
    assert pushed[0]["trace"].endswith("_1")
    assert "id" in pushed[3]
    line.clock.advance(18 / 5)
    assert line.pushed == [{"service": "command", "trace": pushed[0]["trace"], "type": "eof", "status": "ok"}]


def test_speech_is_heard_little_by_little() -> None:
    """ST-E125: each text is all that was heard so far."""
    line = Line(transcripts=("what is this?", "and that?"), default_answer="I do not know.")
    line.speak(PCM[:16000], PCM[16000:], PCM)
    assert line.news() == [
        ("asr", "text", "ok", "wh"),
        ("asr", "text", "ok", "what "),
        ("asr", "text", "ok", "what is th"),
        ("asr", "text", "ok", "what is this?"),
        ("asr", "eof", "ok", ""),
        ("record", "eof", "ok"),
        ("nlp", "answer", "ok", "I do not know."),
    ]
    for _ in range(2):
        line.speak(PCM[:64])
        # The one before is cut short, and the last transcript is repeated.
        assert line.news()[:2] == [("command", "eof", "ok"), ("asr", "text", "ok", "and that?")]


def test_messages_are_counted_per_trace_service_and_type() -> None:
    """ST-E122: every sample has 1."""

    def answer(question: SpokenQuestion) -> tuple[str, str]:
        return "One.", "Two."

    line = Line(interactive_answer=answer, transcripts=("what is this?",))
    line.speak(PCM[:16000], PCM[16000:])
    indices = [(it["service"], it["type"], it.get("index")) for it in line.pushed]
    assert indices == [
        ("asr", "text", 1),
        ("asr", "text", 2),
        ("asr", "text", 3),
        ("asr", "eof", 1),
        ("record", "eof", None),
        ("nlp", "answer", 1),
        ("nlp", "answer", 2),
    ]


def test_what_was_not_recognised_has_the_members_of_the_sample() -> None:
    """004 L205: an empty query, and index 1."""
    line = Line()
    line.speak()
    failed = {**line.pushed[0], "trace": ""}
    assert failed == {
        "service": "asr",
        "trace": "",
        "type": "eof",
        "query": "",
        "index": 1,
        "status": "fail",
        "error": "query is empty",
    }


# --- what the avatar says, takeovers by HTTP, and who speaks ---


def takeover(line: Line, seconds: float = 4.0) -> None:
    """A customer's takeover by HTTP that plays for so long."""
    text = "a" * int(seconds * line.scenario.characters_per_second)
    line.live.takeovers.command(TakeoverScript(tts_query=TakeoverQuery(content=text)))


def test_what_the_avatar_says_is_no_takeover_by_http() -> None:
    """ST-CBK-04, ST-MIC-16, ST-MIC-17: no callback, no code on the socket, nothing in the queue."""
    line = Line(scene={"opening_words": "Hello there, how are you?"}, transcripts=(HEARD,))
    told: list[object] = []
    line.live.observers.append(told.append)
    line.page.opened()
    line.speak(PCM[:64])
    assert line.live.takeovers.trace_ids() == ()
    line.clock.advance(60)
    assert [it[:2] for it in line.news()].count(("command", "eof")) == 2
    assert told == []
    callbacks = [it.body for it in line.turn.done if isinstance(it, CallBack)]
    assert [it.status for it in callbacks if isinstance(it, CallbackBody)] == [35]


def test_a_question_does_not_end_a_takeover_and_its_answer_follows_that() -> None:
    line = Line(default_answer="After you.")
    takeover(line, 4.0)
    typed(line, "hello?")
    assert line.news()[-1] == ("nlp", "answer", "ok", "After you.")
    line.clock.advance(3.9)
    assert len(line.live.takeovers.trace_ids()) == 1
    line.clock.advance(0.1 + 1.9)
    assert line.news() == []
    line.clock.advance(0.1)
    assert line.news() == [("command", "eof", "ok")]


def test_a_takeover_ends_what_the_avatar_says() -> None:
    line = Line()
    typed(line, "hello?")
    line.news()
    takeover(line)
    assert line.news() == [("command", "eof", "ok")]


def test_the_newest_answer_is_said_after_a_takeover() -> None:
    line = Line(default_answer="{text}")
    takeover(line, 4.0)
    typed(line, "first question")
    typed(line, "second")
    assert [it for it in line.news() if it[0] == "command"] == [("command", "eof", "ok")]
    line.clock.advance(4.0 + 6 / 5)
    assert line.news() == [("command", "eof", "ok")]


def test_who_speaks_interrupts_the_answer() -> None:
    line = Line()
    typed(line, "hello?")
    line.news()
    assert line.text(BEGIN)[1] == [2]
    assert line.microphone.speaking
    assert line.news() == [("command", "eof", "ok")]


def test_who_may_not_speak_interrupts_nothing() -> None:
    """ST-MIC-15: takeovers by HTTP have to be cancelled first; the answer that waits for them goes on waiting."""
    line = Line()
    takeover(line)
    typed(line, "hello?")
    line.news()
    assert line.text(BEGIN)[1] == [7]
    assert line.news() == []


def test_an_answer_that_comes_late_is_not_said_into_the_next_round() -> None:
    async def answer(question: SpokenQuestion) -> str:
        return "At last."

    line = Line(interactive_answer=answer)
    typed(line, "hello?")
    line.text(BEGIN)
    line.news()
    line.settle()
    # It is told, and over at once.
    assert line.news() == [("nlp", "answer", "ok", "At last."), ("command", "eof", "ok")]
    line.clock.advance(60)
    assert line.news() == []


def test_an_answer_to_something_typed_waits_until_nobody_speaks() -> None:
    line = Line(default_answer="Yes.", transcripts=("",))
    line.text(BEGIN)
    typed(line, "hello?")
    line.news()
    line.clock.advance(60)
    assert line.news() == []
    line.text(EOF)
    line.news()
    line.clock.advance(4 / 5)
    assert line.news() == [("command", "eof", "ok")]


@pytest.mark.parametrize(("ratio", "seconds"), [(0.5, 2.5), (1, 5.0), (2, 10.0)])
def test_the_larger_the_speed_ratio_the_longer_an_answer_takes(ratio: float, seconds: float) -> None:
    """ST-E79."""
    line = Line(scene={"tts_config": {"qid": "voice-1", "speed_ratio": ratio}}, default_answer="a" * 25)
    typed(line, "hello?")
    line.news()
    line.clock.advance(seconds - 0.1)
    assert line.news() == []
    line.clock.advance(0.1)
    assert line.news() == [("command", "eof", "ok")]


def test_a_live_that_ends_ends_what_the_avatar_says() -> None:
    line = Line()
    typed(line, "hello?")
    line.news()
    line.state.lives.end(line.live, LiveStatus.CLOSED)
    line.clock.advance(60)
    assert line.news() == []


@pytest.mark.parametrize("blank", ["", "   "])
def test_nothing_typed_and_nothing_said_fails(blank: str) -> None:
    """ST-MSG-06."""
    failed = [("asr", "eof", "fail", "query is empty"), ("record", "eof", "ok")]
    line = Line()
    typed(line, blank)
    assert line.news() == failed
    line.speak()
    assert line.news() == failed


def test_silence_can_be_scripted() -> None:
    line = Line(transcripts=("",))
    line.speak(PCM)
    assert line.news() == [("asr", "eof", "fail", "query is empty"), ("record", "eof", "ok")]


def test_speech_that_fails_is_told() -> None:
    line = Line()
    line.text(BEGIN)
    line.microphone.fail()
    assert line.news() == [("asr", "eof", "fail", "the speech failed"), ("record", "eof", "ok")]


def test_another_question_ends_the_answer_before() -> None:
    line = Line()
    typed(line, "one")
    first = line.pushed[0]["trace"]
    typed(line, "two")
    ends = [it["trace"] for it in line.pushed if it["service"] == "command"]
    assert ends == [first]


# --- functions that answer ---


def test_a_function_answers_and_knows_what_it_was_asked() -> None:
    asked: list[SpokenQuestion] = []

    def answer(question: SpokenQuestion) -> list[str]:
        asked.append(question)
        return ["First.", "Second."]

    line = Line(interactive_answer=answer, transcripts=(HEARD,))
    line.speak(PCM[:64])
    assert [it[3] for it in line.news() if it[0] == "nlp"] == ["First.", "Second."]
    (question,) = asked
    assert (question.text, question.session_id, question.source) == (HEARD, line.live.id, "speech")
    typed(line, "hello")
    assert asked[1].source == "text"


def test_a_function_may_be_asynchronous() -> None:
    async def answer(question: SpokenQuestion) -> str:
        return question.text.upper()

    line = Line(interactive_answer=answer)
    typed(line, "hello")
    assert [it[0] for it in line.news()] == ["asr", "asr", "record"]
    line.settle()
    assert line.news() == [("nlp", "answer", "ok", "HELLO")]


def test_questions_are_answered_one_after_the_other() -> None:
    first = asyncio.Event()
    asked: list[str] = []

    async def answer(question: SpokenQuestion) -> str:
        asked.append(question.text)
        if question.text == "one":
            await first.wait()
        return f"{question.text}!"

    line = Line(interactive_answer=answer)
    typed(line, "one")
    typed(line, "two")
    assert asked == []
    first.set()
    line.settle()
    line.settle()
    assert [it[3] for it in line.news() if it[0] == "nlp"] == ["one!", "two!"]
    assert asked == ["one", "two"]


def test_after_the_end_no_more_questions_are_asked() -> None:
    asked: list[str] = []

    async def answer(question: SpokenQuestion) -> str:
        asked.append(question.text)
        line.state.lives.end(line.live, LiveStatus.CLOSED)
        return "late"

    line = Line(interactive_answer=answer)
    typed(line, "one")
    typed(line, "two")
    line.settle()
    line.settle()
    assert asked == ["one"]


def test_none_is_the_default_answer() -> None:
    def answer(_: SpokenQuestion) -> None:
        """Does not know."""

    line = Line(interactive_answer=answer, default_answer="{text}? Pardon?")
    typed(line, "hello")
    assert line.news()[-1] == ("nlp", "answer", "ok", "hello? Pardon?")


def _raise(_: SpokenQuestion) -> str:
    raise ValueError("no")


def _number(_: SpokenQuestion) -> Any:
    return 5


def _mixture(_: SpokenQuestion) -> Any:
    return ["a", 5]


async def _raise_later(_: SpokenQuestion) -> str:
    raise ValueError("no")


def _raise_midway(_: SpokenQuestion) -> Iterator[str]:
    yield "a"
    raise ValueError("no")


RAISED: Final = "function.failed"
WRONG: Final = "interactive.failed"


@pytest.mark.parametrize(
    ("answer", "where", "note"),
    [
        (_raise, "ValueError in _raise, line ", RAISED),
        (_raise_later, "ValueError in _raise_later, line ", RAISED),
        (_raise_midway, "ValueError in _raise_midway, line ", RAISED),
        (_number, "it gave int", WRONG),
        (_mixture, "it gave list", WRONG),
    ],
)
def test_a_function_that_fails_is_told(answer: Any, where: str, note: str) -> None:
    line = Line(interactive_answer=answer)
    typed(line, "hello")
    line.settle()
    service, type_, status, reason = line.news()[-1]
    assert (service, type_, status) == ("asr", "eof", "fail")
    assert where in reason
    [(_, about)] = line.notes
    assert about["message"] == note
    assert about["failure"].startswith(where)


def test_an_answer_after_the_end_is_told_to_nobody() -> None:
    async def answer(question: SpokenQuestion) -> str:
        return "too late"

    line = Line(interactive_answer=answer)
    typed(line, "hello")
    line.state.lives.end(line.live, LiveStatus.CLOSED)
    line.news()
    line.settle()
    assert line.news() == []


# --- what pages send ---


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("garbage", "not JSON: invalid character, expected a JSON object in UTF-8"),
        ("{}", "text: required field is missing, expected text of at most 4096 characters"),
        ('{"text":5}', "text: got an integer, expected text of at most 4096 characters"),
        ("[]", "got a list, expected a JSON object"),
    ],
)
def test_what_is_no_message_is_told_why(text: str, reason: str) -> None:
    line = Line()
    received, effects = receive(line.page, text)
    assert (len(received.violations), effects) == (1, [])
    assert line.news() == [("asr", "eof", "fail", reason), ("record", "eof", "ok")]


def test_a_binary_message_is_told_where_speech_belongs() -> None:
    line = Line()
    received, _ = receive(line.page, PCM)
    assert received.violations[0].clause == "ST-MSG-01"
    assert line.news()[0][3] == "a binary message of 32000 bytes: speech comes by the microphone socket"


def test_a_page_pushes_what_it_is_given_and_leaves() -> None:
    page = Line().page
    message = AsrFail(trace="t", error="too loud")
    assert said(page.push(message)) == [
        {"service": "asr", "trace": "t", "type": "eof", "status": "fail", "error": "too loud"}
    ]
    assert said(page.leave("why")) == [1000]
    assert page.closed() == []
