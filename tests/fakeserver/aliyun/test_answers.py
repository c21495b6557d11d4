"""Where answers come from and how they are cut into packets."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from avatarwire.fakeserver.aliyun.answers import Answers, Packet, Speech, cut
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Answer, Question
from avatarwire.fakeserver.scenario import override

from .talk import FakeSession


def answers(session: FakeSession | None = None, **tunables: Any) -> Answers:
    return Answers(FakeSession() if session is None else session, override(AliyunScenario(), **tunables))


def asked(given: Answers, text: str) -> Speech:
    """What is said to a question, where nothing has to be waited for."""
    speech = given.answer(given.question(text, "m-1", "text"))
    assert isinstance(speech, Speech)
    return speech


def said(speech: Speech) -> str:
    return "|".join(speech.parts)


REFUSED = "(refused) "


def giving(given: object) -> Callable[[Question], object]:
    """An answering function that always gives the same."""
    return lambda question: given


def told(given: Answers, text: str = "hours?") -> str:
    """The parts of an answer, marked when it is a refusal."""
    speech = asked(given, text)
    return said(speech) if speech.success else REFUSED + said(speech)


# --- where they come from ---


def test_a_question_without_an_answer_gets_the_default_one_with_its_text() -> None:
    assert told(answers(chunk_characters=0)) == "You asked: hours?"
    assert told(answers(chunk_characters=0, default_answer="sorry")) == "sorry"
    assert told(answers(default_answer=Answer(content=("about {text}", "?")))) == "about hours?|?"


def test_the_table_answers_exact_questions() -> None:
    given = answers(
        chunk_characters=0,
        answers={"hours?": "nine to five, not {text}", "map?": Answer(content="see there", success=False)},
        default_answer="-",
    )
    assert told(given, "hours?") == "nine to five, not {text}"
    assert told(given, "map?") == REFUSED + "see there"
    assert told(given, "hours") == "-"
    assert told(given, "") == "-"


def test_a_function_goes_before_the_table_and_is_told_who_asks() -> None:
    questions: list[Question] = []

    def answer(question: Question) -> str:
        questions.append(question)
        return "by {text}, an LLM"

    given = answers(answer=answer, answers={"hours?": "table"}, chunk_characters=0)
    assert told(given) == "by {text}, an LLM"
    assert questions == [Question("hours?", "s-1", "p-1", "agent-1", "m-1", "text")]


@pytest.mark.parametrize(
    ("given", "parts"),
    [
        ("one two three", "one t|wo th|ree"),
        (("one two three", "four"), "one two three|four"),
        (["one two three"], "one two three"),
        ((), ""),
        ("", ""),
        (Answer(content="one two"), "one t|wo"),
        (Answer(content="no", success=False), REFUSED + "no"),
        (None, REFUSED + "the answering function gave NoneType"),
        (42, REFUSED + "the answering function gave int"),
        (b"aGk=", REFUSED + "the answering function gave bytes"),
        (("a", 1), REFUSED + "the answering function gave tuple"),
        ({"content": "a"}, REFUSED + "the answering function gave dict"),
        ("half \ud83d", REFUSED + "the answering function gave str"),
        (Answer(content=("ok", "\udc00")), REFUSED + "the answering function gave Answer"),
        (KeyError("secret"), REFUSED + "the answering function raised KeyError"),
    ],
)
def test_what_a_function_may_give(given: object, parts: str) -> None:
    assert told(answers(answer=giving(given), chunk_characters=5)) == parts


@pytest.mark.parametrize("content", [7, None, ("a", None)])
def test_an_answer_that_a_function_made_wrong_is_a_refusal(content: Any) -> None:
    wrong = Answer(content=content)
    assert told(answers(answer=giving(wrong))) == REFUSED + "the answering function gave Answer"
    images: Any = [1]
    wrong = Answer(content="a", related_images=images)
    assert told(answers(answer=giving(wrong))) == REFUSED + "the answering function gave Answer"


def test_a_function_that_fails_gives_a_refusal_without_its_secrets() -> None:
    def fail(question: Question) -> str:
        raise LookupError(f"no answer to {question.text} in db://user:password@host")

    assert told(answers(answer=fail)) == REFUSED + "the answering function raised LookupError"


def test_an_async_function_is_to_be_waited_for() -> None:
    async def answer(_: Question) -> str:
        return "later"

    given = answers(answer=answer)
    waiting = given.answer(given.question("hours?", "m-1", "text"))
    assert isinstance(waiting, Awaitable)
    with pytest.raises(StopIteration) as end:
        waiting.__await__().__next__()
    assert said(given.settled(end.value.value)) == "later"


def test_without_an_agent_the_scenario_says_whether_there_is_an_answer() -> None:
    nobody = FakeSession(agent_id="")
    assert told(answers(nobody, default_answer="canned")) == "canned"
    refused = answers(nobody, default_answer="canned", without_agent="refuse")
    assert told(refused) == REFUSED + "no agent is bound to the project"
    assert told(answers(default_answer="bound", without_agent="refuse")) == "bound"


def test_the_opening_remarks_may_come_in_packets_of_their_own() -> None:
    assert said(answers(opening="hello {text}", chunk_characters=0).opening()) == "hello {text}"
    assert said(answers(opening="hello you", chunk_characters=6).opening()) == "hello |you"
    assert said(answers(opening=("hello", "you"), chunk_characters=2).opening()) == "hello|you"
    assert list(answers(opening=()).opening().packets()) == [Packet("", finish=True)]


# --- packets ---


@pytest.mark.parametrize(
    ("parts", "cumulative", "separate_finish", "packets"),
    [
        (("ab", "c"), False, False, [("ab", False), ("c", True)]),
        (("ab", "c"), False, True, [("ab", False), ("c", False), ("", True)]),
        (("ab", "c"), True, False, [("ab", False), ("abc", True)]),
        (("ab", "c"), True, True, [("ab", False), ("abc", False), ("abc", True)]),
        (("",), False, False, [("", True)]),
        (("",), True, True, [("", False), ("", True)]),
    ],
)
def test_packets_are_increments_or_repeat_what_was_said(
    parts: tuple[str, ...], cumulative: bool, separate_finish: bool, packets: list[tuple[str, bool]]
) -> None:
    speech = answers(cumulative=cumulative, separate_finish=separate_finish).settled(parts)
    assert list(speech.packets()) == [Packet(content, finish) for content, finish in packets]


def test_media_belong_to_the_answer() -> None:
    answer = Answer(content="ok", related_images=("http://img.example/1.png",), related_videos=("http://v.example/2",))
    speech = answers().settled(answer)
    assert (speech.related_images, speech.related_videos) == (("http://img.example/1.png",), ("http://v.example/2",))


@pytest.mark.parametrize(
    ("text", "size", "pieces"),
    [
        ("", 3, ("",)),
        ("abc", 3, ("abc",)),
        ("abcd", 3, ("abc", "d")),
        ("今天天气很好", 4, ("今天天气", "很好")),
        ("𠮷野家😀", 1, ("𠮷", "野", "家", "😀")),
    ],
)
def test_a_text_is_cut_between_characters(text: str, size: int, pieces: tuple[str, ...]) -> None:
    """Characters beyond 16 bits stay whole: half of one could not be sent."""
    assert cut(text, size) == pieces
    assert "".join(pieces) == text


def test_a_very_long_answer_is_repeated_packet_by_packet_only_as_it_goes_out() -> None:
    """Repeating 100 000 packets of half a megabyte in advance would take all memory there is."""
    speech = answers(cumulative=True, chunk_characters=12).settled("长" * 1_200_000)
    packets = speech.packets()
    assert next(packets) == Packet("长" * 12, finish=False)
    assert next(packets) == Packet("长" * 24, finish=False)
