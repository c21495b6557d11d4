"""Plain questions are answered without making a drive of them; the client cannot tell.

An answering function that gives what the table would give always takes the long way, so the two can be compared.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from avatarwire.fakeserver.aliyun.answers import Answers
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Answer, Question
from avatarwire.fakeserver.scenario import override

from .talk import INTERRUPT, PING, POLL, FakeSession, Talk, packets, part, text

TABLE: Final[dict[str, str | Answer]] = {
    "hours?": "nine to five, not {text}",
    "": "",
    "map?": Answer(content="see there", related_images=("http://127.0.0.1/map.png",)),
    "gold?": Answer(content="no", success=False),
    "story?": Answer(content=("once", " upon a time")),
}


def by_function(question: Question) -> str | Answer:
    """What the table gives, and else what the default answer of the scenario is."""
    return TABLE.get(question.text, f"You asked: {question.text}")


FRAMES: Final = st.lists(
    st.one_of(
        st.builds(text, st.sampled_from([*TABLE, "why?", "{text}", "é"]), ask=st.sampled_from([1, 1, 1, 2])),
        st.sampled_from([POLL, PING, INTERRUPT, part("START", "a"), part("END", "b")]),
        st.sampled_from([0.5, 5.0]),
    ),
    max_size=10,
)
TUNABLES: Final = st.fixed_dictionaries(
    {"polls_until_ready": st.integers(0, 1)},
    optional={
        "strict": st.booleans(),
        "before_ready": st.sampled_from(["refuse", "queue", "ignore"]),
        "overlap": st.sampled_from(["queue", "replace", "reject"]),
        "chunk_characters": st.sampled_from([0, 4, 24]),
        "chunk_seconds": st.sampled_from([0.0, 1.0]),
        "first_chunk_seconds": st.sampled_from([0.0, 1.0]),
        "cumulative": st.booleans(),
        "echo_serial_numbers": st.booleans(),
        "separate_finish": st.booleans(),
        "without_agent": st.sampled_from(["answer", "refuse"]),
        "broadcast_reply": st.sampled_from(["finish", "none"]),
    },
)


def heard(steps: list[bytes | float], **tunables: Any) -> list[object]:
    """What the client gets and what the journal is told, step by step; a number lets so many seconds go by."""
    talk = Talk(ready=False, **tunables)
    talk.feed(POLL)
    return [
        (talk.feed(step) if isinstance(step, bytes) else talk.advance(step), talk.timers, list(talk.clauses))
        for step in steps
    ]


@given(steps=FRAMES, tunables=TUNABLES)
@example(steps=[text("hours?"), text("why?"), text("map?")], tunables={"polls_until_ready": 0, "chunk_characters": 0})
@example(steps=[text("why?"), text("why?"), 5.0, text("why?")], tunables={"polls_until_ready": 0})
def test_the_quick_way_and_the_long_way_say_the_same(steps: list[bytes | float], tunables: dict[str, Any]) -> None:
    assert heard(steps, answers=TABLE, **tunables) == heard(steps, answer=by_function, **tunables)


# --- which answers it knows ---


@pytest.mark.parametrize(
    ("question", "tunables", "answer"),
    [
        ("why?", {}, "You asked: why?"),
        ("hours?", {}, "nine to five, not {text}"),
        ("", {}, ""),
        ("map?", {}, None),
        ("story?", {}, None),
        ("why?", {"chunk_characters": 15}, "You asked: why?"),
        ("why?", {"chunk_characters": 14}, None),
        ("why?", {"separate_finish": True}, None),
        ("why?", {"without_agent": "refuse"}, None),
        ("why?", {"answer": by_function}, None),
        ("why?", {"default_answer": Answer(content="-")}, None),
        ("hours?", {"default_answer": Answer(content="-")}, "nine to five, not {text}"),
    ],
)
def test_what_is_answered_at_once(question: str, tunables: dict[str, Any], answer: str | None) -> None:
    scenario = override(AliyunScenario(), **{"answers": TABLE, "chunk_characters": 0, **tunables})
    assert Answers(FakeSession(), scenario).at_once(question) == answer


def test_a_question_behind_a_running_drive_waits() -> None:
    talk = Talk(chunk_characters=12, chunk_seconds=1.0)
    assert [packet.content for packet in packets(talk.feed(text("a long question")))] == ["You asked: a"]
    assert talk.feed(text("", "m-2")) == []
