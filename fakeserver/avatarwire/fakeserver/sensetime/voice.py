"""What the avatar says of its own accord: the opening line and the answers of an interactive live.

It is no takeover by HTTP, so no queue lists it, no callback and no code on the socket reports it (ST-CBK-04, ST-MIC-16,
ST-MIC-17). Customers' takeovers go before it: one that begins ends what the avatar is saying, and while any plays or
waits, or somebody speaks, the avatar waits with what it has to say.

How long speech takes is here, too, as it is the same for takeovers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic, TypeVar

from msgspec import UNSET

from avatarwire.codecs.sensetime.script import LiveScript
from avatarwire.codecs.sensetime.script_parts import spoken_length
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.snapshot import Resuming
from avatarwire.fakeserver.turn import Turn

__all__ = ["Voice", "seconds_of", "time_factor"]

AboutT = TypeVar("AboutT")


def time_factor(script: LiveScript) -> float:
    """How much longer than normal the speech of a live takes: its `speed_ratio`, larger is slower (ST-E79)."""
    scene = script.scene
    if scene is None or scene.tts_config is UNSET or scene.tts_config.speed_ratio is UNSET:
        return 1.0
    return scene.tts_config.speed_ratio


def seconds_of(text: str, scenario: SenseTimeScenario, factor: float, *, markup: bool = False) -> float:
    """How long a text takes to be spoken.

    Args:
        text: the text.
        scenario: says the normal pace.
        factor: how much longer than normal it takes.
        markup: whether the text carries tags.
    """
    return spoken_length(text, markup=markup) / scenario.characters_per_second * factor


class Voice(Generic[AboutT]):
    """The avatar's own speech in one live; there is one text at a time, and a newer one takes its place.

    Args:
        live: the live.
        scenario: how fast it speaks.
        turn: the time.
        over: told of each text once it is over: spoken, cut short, or never said.
    """

    def __init__(self, live: Live, scenario: SenseTimeScenario, turn: Turn, over: Callable[[AboutT], object]) -> None:
        self._live: Final = live
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._over: Final = over
        self._said: AboutT | None = None
        self._waiting: tuple[AboutT, str] | None = None

    def say(self, about: AboutT, text: str) -> None:
        """Says a text, at once or as soon as it may.

        Args:
            about: what it belongs to.
            text: the text.
        """
        self.silence()
        self._waiting = (about, text)
        self.go_on()

    def go_on(self) -> None:
        """Says what waits, if it may now."""
        if self._waiting is None or self._live.speaking or self._live.takeovers.trace_ids():
            return
        (self._said, text), self._waiting = self._waiting, None
        seconds = seconds_of(text, self._scenario, time_factor(self._live.script))
        self._turn.later(seconds, self._key, self.give_way)

    def give_way(self) -> None:
        """What is being said is over; what waits goes on waiting."""
        if self._said is not None:
            said, self._said = self._said, None
            self._turn.cancel(self._key)
            self._over(said)

    def silence(self) -> None:
        """What is being said, or waits to be, is over."""
        self.give_way()
        if self._waiting is not None:
            (about, _), self._waiting = self._waiting, None
            self._over(about)

    def close(self) -> None:
        """The live is over: nothing is said any more, and nobody is told."""
        self._said = self._waiting = None
        self._turn.cancel(self._key)

    def saved(self) -> tuple[AboutT | None, tuple[AboutT, str] | None]:
        """What is being said, and what waits with its text; for a snapshot."""
        return self._said, self._waiting

    def restored(self, said: AboutT | None, waiting: tuple[AboutT, str] | None, again: Resuming) -> None:
        """Goes on with both; what is being said is over when it would have been."""
        self._said, self._waiting = said, waiting
        again.timer(self._key, self.give_way)

    @property
    def _key(self) -> str:
        return f"voice of {self._live.id}"
