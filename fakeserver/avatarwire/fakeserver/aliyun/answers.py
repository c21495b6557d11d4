"""What the avatar says: answers by table or function, cut into the packets of a streamed reply.

Only the finding and the cutting of answers live here; when a packet goes out is decided in `drives.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final, Literal, Protocol, cast

import msgspec

from avatarwire.codecs.core.conversion import convert
from avatarwire.codecs.core.error_mapping import UNREADABLE
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario, Answer, Question
from avatarwire.fakeserver.user_code import Guard

__all__ = ["SILENCE", "Answers", "InteractionSession", "Packet", "Speech", "cut"]


class InteractionSession(Protocol):
    """What the conversation needs to know of its session."""

    @property
    def id(self) -> str:
        """Session id."""
        ...

    @property
    def project_id(self) -> str:
        """Id of its project."""
        ...

    @property
    def agent_id(self) -> str:
        """Id of the agent bound to the project; empty for none."""
        ...


class Packet(msgspec.Struct, frozen=True, gc=False):
    """One packet of a streamed reply."""

    content: str
    finish: bool


class Speech(msgspec.Struct, frozen=True, gc=False):
    """A complete answer.

    Attributes:
        parts: at least one; each is what a packet adds.
        success: false for a business refusal (ALI-E29).
        related_images, related_videos: URLs, sent with the last packet.
        cumulative: whether each packet repeats what was said before (ALI-E22).
        separate_finish: whether a packet of its own finishes (ALI-E22).
    """

    parts: tuple[str, ...]
    success: bool = True
    related_images: tuple[str, ...] = ()
    related_videos: tuple[str, ...] = ()
    cumulative: bool = False
    separate_finish: bool = False

    def packets(self) -> Iterator[Packet]:
        """The packets, of which the last one finishes; made one by one, for a long answer has many."""
        if len(self.parts) == 1 and not self.separate_finish:
            return iter((Packet(self.parts[0], True),))
        return self._packets()

    def _packets(self) -> Iterator[Packet]:
        said = ""
        left = len(self.parts)
        for part in self.parts:
            said = said + part if self.cumulative else part
            left -= 1
            yield Packet(said, finish=not left and not self.separate_finish)
        if self.separate_finish:
            yield Packet(said if self.cumulative else "", finish=True)


SILENCE: Final = Speech(("",))
"""Speech of which the client is told no text."""


class Answers:
    """Finds answers as a scenario says.

    Args:
        session: the session that asks.
        scenario: how to answer.
        guard: calls the function that answers.
    """

    def __init__(self, session: InteractionSession, scenario: AliyunScenario, guard: Guard | None = None) -> None:
        self._session = session
        self._guard = Guard() if guard is None else guard
        self._scenario = scenario
        self._ask = cast("Callable[[Question], Any] | None", scenario.answer)
        # What the scenario says was checked when it was loaded; only what a function gives has to be looked at.
        self._default = _answer(scenario.default_answer)
        # `at_once` is asked for nearly every message: what of the scenario matters there is looked up here.
        self._known = scenario.answers
        self._default_text = scenario.default_answer if isinstance(scenario.default_answer, str) else None
        self._longest = scenario.chunk_characters or sys.maxsize
        self._plain = self._ask is None and scenario.without_agent != "refuse" and not scenario.separate_finish

    def question(self, text: str, message_id: str, kind: Literal["text", "speech"]) -> Question:
        """What an answering function is asked."""
        session = self._session
        return Question(text, session.id, session.project_id, session.agent_id, message_id, kind)

    def opening(self) -> Speech:
        """The opening remarks (ALI-R096)."""
        return self.settled(self._scenario.opening)

    def answer(self, question: Question) -> Speech | Awaitable[object]:
        """The answer to a question, or something to wait for that gives it; `settled` reads what it gives.

        A function of the test that fails gives a refusal, never an error in the server.
        """
        if not question.agent_id and self._scenario.without_agent == "refuse":
            return self.refusal("no agent is bound to the project")
        if self._ask is None:
            known = self._scenario.answers.get(question.text)
            return self._speech(self._default, question.text) if known is None else self._speech(_answer(known), None)
        given = self._guard.call("answer", self._ask, question, session=self._session.id)
        return cast("Awaitable[object]", given) if isinstance(given, Awaitable) else self.settled(given)

    def at_once(self, text: str) -> str | None:
        """The answer to a question, if it is a plain text of the table that goes out in one packet.

        The quick way to what `answer` gives, for nearly every message of a load test is such a question; None when it
        takes `answer` to find out.
        """
        if not self._plain:
            return None
        said = self._known.get(text)
        if said is None and self._default_text is not None:
            said = self._default_text.replace("{text}", text)
        return said if isinstance(said, str) and len(said) <= self._longest else None

    def settled(self, given: object, text: str | None = None) -> Speech:
        """An answer as it was given, as speech; an exception or anything that cannot be sent is a refusal.

        Args:
            given: a text, its parts, an `Answer`, or the exception there was instead.
            text: the question, where ``{text}`` stands for it.
        """
        answer = _read(given)
        if answer is not None:
            return self._speech(answer, text)
        kind = type(given).__name__
        return self.refusal(f"the answering function {'raised' if isinstance(given, BaseException) else 'gave'} {kind}")

    def refusal(self, reason: str) -> Speech:
        """A reply that reports failure (ALI-E29)."""
        return Speech((reason,), success=False)

    def _speech(self, answer: Answer, text: str | None) -> Speech:
        content, scenario = answer.content, self._scenario
        if isinstance(content, str):
            whole = content if text is None else content.replace("{text}", text)
            size = scenario.chunk_characters
            parts = cut(whole, size) if size and len(whole) > size else (whole,)
        else:
            parts = content if text is None else tuple(part.replace("{text}", text) for part in content)
        return Speech(
            parts or ("",),
            answer.success,
            answer.related_images,
            answer.related_videos,
            scenario.cumulative,
            scenario.separate_finish,
        )


def _answer(said: str | Answer) -> Answer:
    return Answer(content=said) if isinstance(said, str) else said


def _read(given: object) -> Answer | None:
    """What was given as an answer that can be sent, if it is one; an `Answer` made by code may hold anything."""
    fields = msgspec.structs.asdict(given) if isinstance(given, Answer) else {"content": given}
    try:
        answer = convert(fields, Answer)
        msgspec.json.encode(answer)  # half a surrogate pair cannot be sent
    except UNREADABLE:
        return None
    return answer


def cut(text: str, size: int) -> tuple[str, ...]:
    """A text in pieces of at most `size` characters; an empty text is one empty piece."""
    return tuple(text[start : start + size] for start in range(0, len(text), size)) or ("",)
