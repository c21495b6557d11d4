"""A turn on a virtual clock: what behaviour leads to is seen at once, and what it has put off happens in time.

For tests of parts of a behaviour, which they call without a server around it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from avatarwire.fakeserver.clock import Timer, VirtualClock
from avatarwire.fakeserver.effects import Await, Cancel, Effect, Effects, Later
from avatarwire.fakeserver.turn import Turn


class LiveTurn(Turn):
    """A turn that carries out by itself what is to happen later.

    Args:
        clock: what time it is.
        hear: told of each effect, but for what is to happen later.

    Attributes:
        done: those effects so far.
        waiting: what is waited for, and what is to be called then.
    """

    def __init__(self, clock: VirtualClock, hear: Callable[[Effect], object] = lambda _: None) -> None:
        self.clock = clock
        super().__init__(clock.now())
        self.done: list[Effect] = []
        self.waiting: list[tuple[Awaitable[object], Callable[[Any], object]]] = []
        self._hear_of = hear
        self._timers: dict[str, Timer] = {}
        self._depth = 0

    @property
    def now(self) -> float:  # pyright: ignore[reportIncompatibleVariableOverride]
        return self.clock.now()

    @now.setter
    def now(self, value: float) -> None: ...

    def do(self, *effects: Effect) -> None:
        if self._depth:
            super().do(*effects)
        else:
            self._carry_out(effects)

    def run(self, now: float, action: Callable[[], Effects | None]) -> Sequence[Effect]:
        self._depth += 1
        try:
            effects = super().run(now, action)
        finally:
            self._depth -= 1
        if not self._depth:
            self._carry_out(effects)
        return effects

    def _carry_out(self, effects: Effects) -> None:
        for effect in effects:
            match effect:
                case Later():
                    self._set(effect)
                case Cancel():
                    self._forget(effect.key)
                case Await():
                    self.waiting.append((effect.awaitable, partial(self._came, effect)))
                case _:
                    self.done.append(effect)
                    self._hear_of(effect)

    def _came(self, waited: Await, result: object) -> object:
        return waited.then(result, self.now)

    def _set(self, later: Later) -> None:
        self._forget(later.key)

        def run() -> None:
            self._timers.pop(later.key, None)
            later.action(self.now)

        self._timers[later.key] = self.clock.call_later(later.delay, run)

    def _forget(self, key: str) -> None:
        if (timer := self._timers.pop(key, None)) is not None:
            timer.cancel()

    def news(self) -> list[Effect]:
        """What was done since the last look."""
        done, self.done = self.done, []
        return done
