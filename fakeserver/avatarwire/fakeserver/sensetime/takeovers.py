"""The takeovers of one live, in time: which one plays, which wait, which are still being fetched.

Only the queue lives here. What calls ask of it is in `operations.py`; what it tells becomes callbacks in `lives.py` and
notices in `microphone.py`. Nothing is spoken: a takeover plays for as long as its text or its file would take.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Final, TypeAlias

from msgspec import UNSET

from avatarwire.codecs.sensetime.messages.enums import TakeoverStatus
from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery
from avatarwire.fakeserver.said import Saying
from avatarwire.fakeserver.sensetime.live_events import (
    CancelOutcome,
    Failed,
    Finished,
    Queued,
    Started,
    TakeoverEvent,
    TakeoverObserver,
)
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.snapshot import SavedQueue, SavedTakeover
from avatarwire.fakeserver.sensetime.voice import seconds_of
from avatarwire.fakeserver.snapshot import Resuming, in_common
from avatarwire.fakeserver.turn import Turn

__all__ = ["Takeover", "TakeoverQueue"]

Accept: TypeAlias = Callable[[str, str], Saying]
"""Keeps a text that is to be said, and the catalogue id of the call that has brought it."""

_WEB: Final = ("http://", "https://")
_MOST_TOLD: Final = 10
"""Unknown ids that a refused cancellation names."""


@dataclass(slots=True, eq=False)
class Takeover:
    """One takeover.

    Attributes:
        trace_id: its id.
        seconds: how long it plays.
        status: 33 while its files are fetched, 34 in the queue, 36 while it plays, 37 and 39 afterwards (ST-E48).
        position: behind which one it was asked to be put; None for the tail (ST-TKO-11).
        reason: why it cannot be played; empty if it can.
        saying: what becomes of its text.
    """

    trace_id: str
    seconds: float
    status: TakeoverStatus = TakeoverStatus.DOWNLOADING
    position: int | None = None
    reason: str = ""
    saying: Saying = field(default_factory=Saying)


class TakeoverQueue:
    """The queue of one live.

    The one that plays is position 1 (ST-TKO-08); as long as anything waits, something plays. A takeover enters once its
    files are there (ST-TKO-14): how long that takes, and which files there are not, the scenario says. Fetching that
    takes no longer than the threshold is not waited for (ours; ST-TKO-13).

    Args:
        scenario: how long things take.
        turn: the time, and what is to happen later.
        tell: told what happens, once the queue is as it is then.
        new_id: makes trace ids.
        factor: how much longer than normal the speech of the live takes.
        accept: keeps what is to be said.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario,
        turn: Turn,
        tell: TakeoverObserver,
        new_id: Callable[[], str],
        factor: float = 1.0,
        accept: Accept = lambda text, by: Saying(),
    ) -> None:
        self._accept: Final = accept
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._factor: Final = factor
        self._tell: Final = tell
        self._new_id: Final = new_id
        self._playing: Takeover | None = None
        self._waiting: Final[list[Takeover]] = []
        self._fetched: Final[dict[str, Takeover]] = {}

    # What calls ask

    def command(self, script: TakeoverScript, *, by: str = "") -> Takeover:
        """Plays at once. What plays is pre-empted and over, what waits goes on waiting (ST-E11)."""
        takeover = self._new(script, None, by)
        if takeover.reason:
            self._fail(takeover)
        elif self._scenario.command_during_takeover == "wait" and self._playing is not None:
            takeover.position = 1
            self._enter(takeover)
        else:
            self._preempt(takeover)
        return takeover

    def enqueue(self, script: TakeoverScript, priority: int | None, *, by: str = "") -> Takeover:
        """Puts one into the queue, behind a position or at the tail (ST-TKO-09 to ST-TKO-11, ST-E44).

        Its status is 33 where its files take longer than the threshold, or are not to be had (ST-TKO-12, ST-TKO-13).
        """
        takeover = self._new(script, priority, by)
        delay = self._fetching(script)
        if delay > self._scenario.download_threshold:
            self._fetch(takeover, delay)
        else:
            self._arrived(takeover)
        return takeover

    def reorder(self, trace_id: str, priority: int) -> bool:
        """Takes one out of the queue and puts it behind a position of the rest (ST-E45).

        False for one that plays or does not wait, and for a place before the one that plays.
        """
        takeover = next((it for it in self._waiting if it.trace_id == trace_id), None)
        if takeover is None or priority < 1:
            return False
        self._waiting.remove(takeover)
        self._insert(takeover, priority)
        return True

    def cancel(self, trace_ids: Iterable[str] | None) -> CancelOutcome:
        """Cancels some, or with None all there are, those that are being fetched included (ST-TKO-18, ST-E51)."""
        known = {it.trace_id: it for it in self._all()}
        asked = dict.fromkeys(known if trace_ids is None else trace_ids)
        unknown = [trace_id for trace_id in asked if trace_id not in known]
        # Told in the order they would have played.
        gone = [takeover for trace_id, takeover in known.items() if trace_id in asked]
        for takeover in gone:
            self._remove(takeover)
        for takeover in gone:
            takeover.status = TakeoverStatus.FINISHED
            takeover.saying.cut()
            self._tell(Finished(takeover.trace_id, cancelled=True))
        self._advance()
        now = self._turn.now
        if not unknown:
            return CancelOutcome(True, finished_at=now)
        named = ", ".join(unknown[:_MOST_TOLD])
        return CancelOutcome(False, f"commandTraceId: no takeover {named} is playing or waiting [ST-E51]", now)

    def trace_ids(self) -> tuple[str, ...]:
        """Ids in the order they play, first the one playing; those being fetched are not among them (ST-E55)."""
        playing = () if self._playing is None else (self._playing.trace_id,)
        return (*playing, *(it.trace_id for it in self._waiting))

    def close(self) -> None:
        """The live is over: nothing plays any more, and nobody is told."""
        for takeover in self._all():
            self._remove(takeover)
            takeover.saying.cut()

    def saved(self) -> SavedQueue:
        """All of them, for a snapshot."""
        return SavedQueue(
            playing=None if self._playing is None else _saved(self._playing),
            waiting=[_saved(it) for it in self._waiting],
            fetched=[_saved(it) for it in self._fetched.values()],
        )

    def restored(self, saved: SavedQueue, again: Resuming) -> None:
        """Goes on with those of a snapshot: what plays ends, and what is fetched arrives, when it would have."""
        if saved.playing is not None:
            self._playing = playing = _restored(saved.playing, again)
            again.timer(_key(playing), partial(self._played, playing))
        self._waiting.extend(_restored(it, again) for it in saved.waiting)
        for it in saved.fetched:
            takeover = self._fetched[it.trace_id] = _restored(it, again)
            again.timer(_key(takeover), partial(self._fetched_now, takeover))

    # Fetching

    def _new(self, script: TakeoverScript, position: int | None, by: str) -> Takeover:
        return Takeover(
            self._new_id(),
            self._seconds(script),
            position=position,
            reason=self._unplayable(script),
            saying=self._accept(_text(script), by),
        )

    def _seconds(self, script: TakeoverScript) -> float:
        """How long it plays: by its text and the voice, or what the scenario says of its file."""
        speech = script.speech
        if speech is None:
            return 0.0
        if isinstance(speech, str):
            return self._scenario.audio_seconds.get(speech, self._scenario.default_audio_seconds)
        return seconds_of(_text(script), self._scenario, self._factor, markup=speech.ssml is True)

    def _unplayable(self, script: TakeoverScript) -> str:
        """Why it cannot be played, empty if it can: a file that is not to be had (ST-E35)."""
        for url in _files(script):
            if url in self._scenario.missing_files:
                return f"{url} is not to be had"
            if not url.startswith(_WEB) and url not in self._scenario.audio_seconds:
                return f"{url} is no URL [ST-E35]"
        return ""

    def _fetching(self, script: TakeoverScript) -> float:
        """Seconds until its files are there; they are fetched at the same time."""
        seconds, other = self._scenario.download_seconds, self._scenario.default_download_seconds
        return max((seconds.get(url, other) for url in _files(script)), default=0.0)

    def _fetch(self, takeover: Takeover, delay: float) -> None:
        self._fetched[takeover.trace_id] = takeover
        self._turn.later(delay, _key(takeover), partial(self._fetched_now, takeover))

    def _fetched_now(self, takeover: Takeover) -> None:
        # A command beside its answer may have ended the live before this timer was set.
        if self._fetched.pop(takeover.trace_id, None) is not None:
            self._arrived(takeover)

    def _arrived(self, takeover: Takeover) -> None:
        if takeover.reason:
            self._fail(takeover)
        else:
            self._enter(takeover)

    def _fail(self, takeover: Takeover) -> None:
        takeover.status = TakeoverStatus.FAILED
        takeover.saying.cut()
        self._tell(Failed(takeover.trace_id, takeover.reason))

    # Playing

    def _enter(self, takeover: Takeover) -> None:
        """Into the queue; where it is empty it plays at once, as position 1 (ST-E44)."""
        takeover.status = TakeoverStatus.QUEUED
        self._insert(takeover, takeover.position)
        self._tell(Queued(takeover.trace_id))
        self._advance()

    def _insert(self, takeover: Takeover, position: int | None) -> None:
        """Behind a position, which counts the one that plays; the tail for one beyond it (ST-TKO-11)."""
        last = len(self._waiting)
        self._waiting.insert(last if position is None else min(position - 1, last), takeover)

    def _preempt(self, takeover: Takeover) -> None:
        before = self._playing
        if before is not None:
            self._remove(before)
            before.status = TakeoverStatus.FINISHED
            before.saying.cut()
        self._play(takeover, after=None if before is None else Finished(before.trace_id))

    def _advance(self) -> None:
        """The next one plays if none does."""
        if self._playing is None and self._waiting:
            self._play(self._waiting.pop(0))

    def _play(self, takeover: Takeover, *, after: TakeoverEvent | None = None) -> None:
        takeover.status = TakeoverStatus.STARTED
        takeover.saying.begin()
        self._playing = takeover
        self._turn.later(takeover.seconds, _key(takeover), partial(self._played, takeover))
        if after is not None:
            self._tell(after)
        self._tell(Started(takeover.trace_id))

    def _played(self, takeover: Takeover) -> None:
        if takeover is not self._playing:
            return  # as above
        self._remove(takeover)
        takeover.status = TakeoverStatus.FINISHED
        takeover.saying.end()
        self._tell(Finished(takeover.trace_id))
        self._advance()

    # Pieces

    def _all(self) -> list[Takeover]:
        playing = [] if self._playing is None else [self._playing]
        return [*playing, *self._waiting, *self._fetched.values()]

    def _remove(self, takeover: Takeover) -> None:
        """Takes one out of wherever it is."""
        if takeover is self._playing:
            self._playing = None
            self._turn.cancel(_key(takeover))
        elif takeover in self._waiting:
            self._waiting.remove(takeover)
        else:
            del self._fetched[takeover.trace_id]
            self._turn.cancel(_key(takeover))


def _saved(takeover: Takeover) -> SavedTakeover:
    return SavedTakeover(**_members(takeover), saying=takeover.saying.number)


def _restored(saved: SavedTakeover, again: Resuming) -> Takeover:
    return Takeover(**_members(saved), saying=again.saying(saved.saying))


_members: Final = in_common(SavedTakeover, but=("saying",))


def _key(takeover: Takeover) -> str:
    """What its timer goes by: it is fetched first and played then."""
    return f"takeover {takeover.trace_id}"


def _text(script: TakeoverScript) -> str:
    """What is spoken, tags included; empty where it is a file, or nothing."""
    speech = script.speech
    return speech.content if isinstance(speech, TakeoverQuery) and isinstance(speech.content, str) else ""


def _files(script: TakeoverScript) -> list[str]:
    """What has to be fetched: the file that is spoken, and the pictures."""
    speech = script.speech
    images = [*(script.foregrounds or ()), *([] if script.backgrounds is UNSET else [script.backgrounds])]
    return [*([speech] if isinstance(speech, str) else []), *(str(image.url) for image in images)]
