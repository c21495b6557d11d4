"""The talk with an interactive live: opening line, what was heard, answers, and when the avatar has spoken.

It stands for what recognition, the language model and the SDK do between them, which no document describes (ST-E128);
only the messages and their order do (004 L152-237, ST-E127). What is heard and answered, the scenario says. Who listens
is in `pages.py`, where speech comes from in `microphone.py`.

A round: asr text, one or more, each with all that was heard so far; asr eof; record eof; nlp answers; and command eof
once the avatar has said them (`voice.py`). A typed text counts as heard in one go.
"""

from __future__ import annotations

import inspect
import random
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, TypeAlias, cast

from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.codecs.sensetime.messages.interactive import (
    AsrEof,
    AsrFail,
    AsrText,
    CommandEof,
    NlpAnswer,
    OpeningAnswer,
    OpeningTrace,
    RecordEof,
    RoundTrace,
    SdkMessage,
)
from avatarwire.fakeserver.effects import Incoming, Note
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.random_ids import random_uuid
from avatarwire.fakeserver.sensetime.live import Live, StatusChanged
from avatarwire.fakeserver.sensetime.live_events import Started, TakeoverEvent
from avatarwire.fakeserver.sensetime.microphone import Speech
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario, SpokenQuestion
from avatarwire.fakeserver.sensetime.snapshot import SavedDialogue, SavedQuestion, SavedRound
from avatarwire.fakeserver.sensetime.voice import Voice
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Dialogue", "Push"]

Push: TypeAlias = Callable[[SdkMessage, Incoming | None], object]
"""Has a message pushed to everybody who listens, as the answer to something that was received, if it is one."""

_EMPTY: Final = "query is empty"


@dataclass(slots=True, eq=False)
class _Round:
    """One round, or the opening; `cause` is the text that was typed, if one was.

    `silenced`: whether somebody has spoken since, so that its answer is not said any more.
    """

    trace: str
    cause: Incoming | None = None
    text: str = ""
    shown: int = 0
    silenced: bool = False
    counts: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def next_index(self, service: str, type_: str) -> int:
        """Counted per trace, service and type (ST-E122)."""
        self.counts[service, type_] += 1
        return self.counts[service, type_]


@dataclass(slots=True)
class _Hearing:
    """A round whose speech is still coming."""

    speech: Speech
    round: _Round
    partials: int = field(default=0)


@dataclass(slots=True)
class _Given:
    """What was given as an answer.

    Attributes:
        answers: the texts; None where the default answer is wanted.
        unfit: type of what is no answer; empty for one that is.
    """

    answers: list[str] | None = None
    unfit: str = ""


class Dialogue:
    """The talk with one live, from when the first page listens.

    Args:
        live: whose it is.
        scenario: what is heard and answered.
        turn: the time, and where effects go.
        rng: where ids come from.
        push: tells the pages.
        guard: calls functions of the test.
    """

    def __init__(
        self,
        live: Live,
        scenario: SenseTimeScenario,
        turn: Turn,
        rng: random.Random,
        *,
        push: Push,
        guard: Guard | None = None,
    ) -> None:
        self._live: Final = live
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._rng: Final = rng
        self._tell: Final = push
        self._guard: Final = Guard() if guard is None else guard
        self._conversation = self._new_id()
        self._numbers = 0
        self._opened = False
        self._hearing: _Hearing | None = None
        self._voice: Final = Voice[_Round](live, scenario, turn, self._spoken)
        self._asked: Final[deque[tuple[_Round, SpokenQuestion]]] = deque()
        """Questions for the function that answers: the first one is with it, for the others it is not called yet."""
        self._transcripts = 0
        """How many of the scenario were heard."""

    # What happens to the live

    def open(self) -> None:
        """Says the opening line once somebody listens to a live in progress (ST-MSG-03, ST-E92)."""
        self._voice.go_on()
        if self._opened or self._live.status is not LiveStatus.LIVE:
            return
        self._opened = True
        scene = self._live.script.scene
        words = self._scenario.opening_words
        if scene is not None and isinstance(scene.opening_words, str):
            words = scene.opening_words
        if words:
            opening = _Round(str(OpeningTrace(int(self._turn.now * 1000))))
            self._push(opening, OpeningAnswer(trace=opening.trace, text=words))
            self._voice.say(opening, words)

    def happened(self, event: StatusChanged | TakeoverEvent) -> None:
        """Something has become of the live, or of a customer's takeover, which goes before what the avatar says."""
        if self._live.over:
            self._voice.close()
        elif isinstance(event, StatusChanged):
            self.open()
        elif isinstance(event, Started):
            self._voice.give_way()
        else:
            self._voice.go_on()

    # What people say

    def typed(self, text: str, cause: Incoming) -> None:
        """A text was typed."""
        self._heard(self._new_round(cause), text.strip(), "text")

    def refused(self, reason: str, cause: Incoming) -> None:
        """A page has sent something that cannot be understood: the one message that tells of a failure (ST-MSG-06)."""
        self._fail(self._new_round(cause), reason)

    def interrupt(self) -> None:
        """Somebody begins to speak: the avatar is silent, and what it is still to answer to before is not said."""
        for heard, _ in self._asked:
            heard.silenced = True
        self._voice.silence()

    def hear(self, speech: Speech) -> None:
        """Speech has begun, has come, or is over."""
        hearing = self._hearing
        if hearing is None or hearing.speech is not speech:
            heard = self._new_round()
            heard.text = self._transcript()
            hearing = self._hearing = _Hearing(speech, heard)
        if not speech.over:
            self._partial(hearing)
            return
        self._hearing = None
        if speech.failed:
            self._fail(hearing.round, "the speech failed")
        else:
            self._heard(hearing.round, hearing.round.text if speech.size else "", "speech")
        self._voice.go_on()

    # Snapshots

    def saved(self) -> SavedDialogue:
        """All of it, for a snapshot; what is being heard is lost with the microphone."""
        said, waiting = self._voice.saved()
        return SavedDialogue(
            live=self._live.id,
            conversation=self._conversation,
            numbers=self._numbers,
            opened=self._opened,
            saying=None if said is None else _saved(said),
            waiting=None if waiting is None else _saved(waiting[0]),
            text="" if waiting is None else waiting[1],
            asked=[SavedQuestion(round=_saved(heard), text=it.text, source=it.source) for heard, it in self._asked],
            transcripts=self._transcripts,
        )

    def restored(self, saved: SavedDialogue, again: Resuming) -> None:
        """Goes on where the talk of a snapshot was; questions that are not answered yet are asked once more."""
        self._conversation, self._numbers, self._opened = saved.conversation, saved.numbers, saved.opened
        self._transcripts = saved.transcripts
        said = None if saved.saying is None else _restored(saved.saying)
        self._voice.restored(said, None if saved.waiting is None else (_restored(saved.waiting), saved.text), again)
        for it in saved.asked:
            heard = _restored(it.round)
            self._asked.append((heard, SpokenQuestion(it.text, self._live.id, heard.trace, it.source)))
        again.then(self._ask_again)

    def _ask_again(self) -> None:
        ask = cast("Callable[[SpokenQuestion], Any] | None", self._scenario.interactive_answer)
        if ask is not None:
            self._ask_next(ask)
            return
        while self._asked:
            heard, question = self._asked.popleft()
            self._answer(heard, _read(self._scenario.interactive_answers.get(question.text)))

    # Pieces

    def _transcript(self) -> str:
        """What is heard: one transcript after the other, and the last one again and again."""
        self._transcripts += 1
        told = self._scenario.transcripts
        return told[min(self._transcripts, len(told)) - 1] if told else ""

    def _partial(self, hearing: _Hearing) -> None:
        """Tells what was heard so far, every now and then (ST-E125)."""
        partials = int(hearing.speech.seconds / self._scenario.partial_seconds)
        if partials <= hearing.partials:
            return
        hearing.partials = partials
        heard, pace = hearing.round, self._scenario.characters_per_second
        shown = min(len(heard.text) - 1, max(1, int(hearing.speech.seconds * pace)))
        if shown > heard.shown:
            heard.shown = shown
            self._push(
                heard, AsrText(trace=heard.trace, query=heard.text[:shown], index=heard.next_index("asr", "text"))
            )

    def _heard(self, heard: _Round, text: str, source: Any) -> None:
        if not text:
            self._fail(heard, _EMPTY)
            return
        self._push(heard, AsrText(trace=heard.trace, query=text, index=heard.next_index("asr", "text")))
        self._push(heard, AsrEof(trace=heard.trace, query="", index=heard.next_index("asr", "eof")))
        self._push(heard, RecordEof(trace=heard.trace))
        heard.text = text
        self._ask(heard, SpokenQuestion(text, self._live.id, heard.trace, source))

    def _fail(self, heard: _Round, reason: str) -> None:
        self._push_failure(heard, reason)
        self._push(heard, RecordEof(trace=heard.trace))

    def _ask(self, heard: _Round, question: SpokenQuestion) -> None:
        ask = cast("Callable[[SpokenQuestion], Any] | None", self._scenario.interactive_answer)
        if ask is None:
            self._answer(heard, _read(self._scenario.interactive_answers.get(question.text)))
            return
        # One after the other: an answer that overtook an older one would be spoken before it, and cut short by it.
        self._asked.append((heard, question))
        if len(self._asked) == 1:
            self._ask_next(ask)

    def _ask_next(self, ask: Callable[[SpokenQuestion], Any]) -> None:
        while self._asked:
            heard, question = self._asked[0]
            given = self._guard.call("interactive_answer", ask, question, read=_read, session=self._live.id)
            if inspect.isawaitable(given):
                self._turn.wait(given, partial(self._came, ask))
                return
            self._asked.popleft()
            self._answer(heard, given)

    def _came(self, ask: Callable[[SpokenQuestion], Any], given: _Given | BaseException) -> None:
        heard, _ = self._asked.popleft()
        self._answer(heard, given)
        if self._live.over:
            self._asked.clear()
        self._ask_next(ask)

    def _answer(self, heard: _Round, given: _Given | BaseException) -> None:
        """Tells the answers, and has them spoken (ST-MSG-05, ST-E127)."""
        if self._live.over:
            return
        if isinstance(given, BaseException):
            self._no_answer(heard, whereabouts(given))
            return
        if given.unfit:
            where = f"it gave {given.unfit}"
            text = "the function that answers failed"
            self._turn.do(Note(text, "interactive.failed", self._live.id, about={"failure": where}))
            self._no_answer(heard, where)
            return
        answers = given.answers
        if answers is None:
            answers = [self._scenario.default_answer.replace("{text}", heard.text)]
        for answer in answers:
            index, id_ = heard.next_index("nlp", "answer"), self._new_id()
            self._push(heard, NlpAnswer(trace=heard.trace, answer=answer, index=index, id=id_))
        if heard.silenced:
            self._spoken(heard)
        else:
            self._voice.say(heard, " ".join(answers))

    def _no_answer(self, heard: _Round, where: str) -> None:
        self._push_failure(heard, f"the function that answers failed: {where}")

    def _push_failure(self, heard: _Round, reason: str) -> None:
        """Tells that it was no good, with an empty query as in the sample (ST-MSG-06)."""
        index = heard.next_index("asr", "eof")
        self._push(heard, AsrFail(trace=heard.trace, query="", error=reason, index=index))

    def _spoken(self, spoken: _Round) -> None:
        """The avatar has said it, or will not: command eof (ST-MSG-07)."""
        self._push(spoken, CommandEof(trace=spoken.trace))

    def _push(self, spoken: _Round, message: SdkMessage) -> None:
        self._tell(message, spoken.cause)

    def _new_round(self, cause: Incoming | None = None) -> _Round:
        self._numbers += 1
        return _Round(str(RoundTrace(self._conversation, self._numbers)), cause)

    def _new_id(self) -> str:
        return random_uuid(self._rng)


def _saved(spoken: _Round) -> SavedRound:
    counts = [(service, type_, number) for (service, type_), number in spoken.counts.items()]
    return SavedRound(trace=spoken.trace, text=spoken.text, shown=spoken.shown, silenced=spoken.silenced, counts=counts)


def _restored(saved: SavedRound) -> _Round:
    counts = Counter({(service, type_): number for service, type_, number in saved.counts})
    return _Round(saved.trace, None, saved.text, saved.shown, saved.silenced, counts)


def _read(given: object) -> _Given:
    """What a function has given as an answer, or the table has."""
    if given is None:
        return _Given()
    if isinstance(given, str):
        return _Given([given])
    kind = type(given).__name__
    # A generator runs here.
    answers: list[Any] | None = list(cast("Any", given)) if isinstance(given, Iterable) else None
    if answers is None or not all(isinstance(answer, str) for answer in answers):
        return _Given(unfit=kind)
    return _Given(answers)
