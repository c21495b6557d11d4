"""A fake as something that is searched: a state machine of Hypothesis whose steps are a client's, and time's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from avatarwire.codecs import catalogue

from ..probing.freedoms import Allowed
from .drawing import drawn_step
from .playing import Game, played, situations_of
from .properties import PROPERTIES
from .steps import State, Step
from .target import Log, Tried

__all__ = ["FakeTarget", "target"]

_MEASURED: Final = 50
"""One of so many games has its memory measured, which makes it slow."""
_LONGEST: Final = 100_000.0
"""Seconds that a step of a file may wait."""


class FakeTarget:
    """A fake of one vendor, and clients that may do anything.

    Args:
        vendor: whose.
        allowed: what the clients may do.
    """

    properties = PROPERTIES
    step = Step

    def __init__(self, vendor: str, allowed: Allowed) -> None:
        self._vendor: Final = vendor
        self._allowed: Final[Allowed] = allowed
        self.situations: Final = situations_of(vendor)
        self._number = 0

    def explore(self, log: Log, given: settings, number: int) -> None:
        def game() -> Game:
            self._number += 1
            return Game(self._vendor, measure=self._number % _MEASURED == 0)

        machine = type("Client", (_Client,), {"log": log, "game": staticmethod(game), "allowed": self._allowed})
        run_state_machine_as_test(seed(number)(machine), settings=given)

    def tried(self, steps: Sequence[Step]) -> Tried:
        return played(self._vendor, steps)

    def obstacle(self, step: Step) -> str:
        try:
            bytes.fromhex(step.data)
        except ValueError:
            return "data: expected bytes in hex"
        if step.do == "send" and step.message not in catalogue.vendor(self._vendor):
            return f"message: {self._vendor} has no entry {step.message!r}"
        if step.text and not isinstance(_value(step.text), dict):
            return "text: expected a JSON object"
        if not 0 <= step.seconds <= _LONGEST:
            return f"seconds: expected up to {_LONGEST:g}, got {step.seconds!r}"
        return ""

    def simpler(self, step: Step) -> Iterator[Step]:
        if step.fill > 1:
            yield msgspec.structs.replace(step, fill=1)
        if step.which:
            yield msgspec.structs.replace(step, which=0)
        if step.sort in ("corrupt", "invented") and len(step.data) > 2:
            half = len(step.sent) // 2
            yield msgspec.structs.replace(step, data=step.sent[:half].hex())
            yield msgspec.structs.replace(step, data=step.sent[half:].hex())


def _value(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return None


class _Client(RuleBasedStateMachine):
    """Clients of a fake, whose next step depends on what there is."""

    log: Log
    game: Any
    allowed: Allowed

    def __init__(self) -> None:
        super().__init__()
        self._game: Final[Game] = self.game()
        self._steps: Final[list[Step]] = []
        self._pairs: Final[set[str]] = set()
        self._game.start()

    @rule(data=st.data())
    def step(self, data: Any) -> None:
        """One thing is done, whatever is allowed where things stand."""
        if self._game.broken:
            return
        state = msgspec.structs.replace(self._game.state, allowed=self.allowed)
        step = drawn_step(data.draw, state)
        self._steps.append(step)
        self._pairs.add(f"{_known(state)} {step.do} {step.message} {step.sort}")
        self.log.begin(self._steps)
        self._game.play(step)

    def teardown(self) -> None:
        found = self._game.end()
        if self._steps:
            self.log.end(self._steps, msgspec.structs.replace(found, pairs=tuple(sorted(self._pairs))))


def _known(state: State) -> str:
    """Where things stand, as far as pairs of that and a step are told apart."""
    return f"{min(state.sessions, 2)} {'+'.join(sorted(set(state.connections)))}"


def target(vendor: str, allowed: Allowed) -> FakeTarget:
    """A fake of a vendor."""
    return FakeTarget(vendor, allowed)
