"""One turn of a server's behaviour, in which its many parts say what is to be done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, Final, TypeVar

from avatarwire.fakeserver.effects import SERVER, Await, Cancel, Effect, Effects, Later

__all__ = ["Turn"]

T = TypeVar("T")
ResultT = TypeVar("ResultT")


class Turn:
    """One turn of a server's behaviour: what time it is, and what has come of it so far.

    The parts of a vendor's state are many, and most of what they do leads to an effect somewhere else. So they put
    effects here, and whoever was called from outside, such as `Behaviour.take`, gives them back.

    Args:
        now: epoch seconds.
        unfinished: carries out what an action has led to that fails half-way: the state has changed by then, and what
            follows from that, such as the end of a connection, is not to be lost. None for nobody.

    Attributes:
        now: epoch seconds.
    """

    __slots__ = ("_effects", "_unfinished", "now")

    def __init__(self, now: float, unfinished: Callable[[Sequence[Effect]], object] | None = None) -> None:
        self.now = now
        self._effects: list[Effect] | None = None
        self._unfinished = unfinished

    def do(self, *effects: Effect) -> None:
        """Adds effects, in order.

        Raises:
            RuntimeError: no turn runs, so that nobody would carry them out.
        """
        if self._effects is None:
            raise RuntimeError("an effect outside of a turn would be lost")
        self._effects += effects

    def later(self, delay: float, key: str, action: Callable[[], object]) -> None:
        """Has something done after `delay` seconds; what was to be done under the same key is not."""
        self.do(Later(delay, partial(self._act, action), key, SERVER))

    def wait(self, awaitable: Awaitable[object], then: Callable[[Any], object]) -> None:
        """Has `then` called with what is waited for, or with the exception it raised."""
        self.do(Await(awaitable, partial(self._hear, then), to=SERVER))

    def cancel(self, *keys: str) -> None:
        """Has what was to be done later under these keys not be done."""
        for key in keys:
            self.do(Cancel(key, SERVER))

    def run(self, now: float, action: Callable[[], Effects | None]) -> Sequence[Effect]:
        """All that an action leads to: what it puts here, then what it gives back.

        An action within another's gives its effects to who has called it, and not to the outer one by itself. What one
        has led to that fails is the outer one's all the same, and that of the outermost is carried out.
        """
        outer = self._effects
        self._effects = effects = list[Effect]()
        self.now = now
        try:
            effects += action() or ()
        except BaseException:
            self._failed(outer, effects)
            raise
        finally:
            self._effects = outer
        return effects

    def given(self, now: float, action: Callable[[T], ResultT], about: T) -> tuple[ResultT, list[Effect]]:
        """The same of an action that gives something else: that, and what it leads to.

        Args:
            now: epoch seconds.
            action: what to do.
            about: what it is called with.
        """
        outer = self._effects
        self._effects = effects = list[Effect]()
        self.now = now
        try:
            return action(about), effects
        except BaseException:
            self._failed(outer, effects)
            raise
        finally:
            self._effects = outer

    def _failed(self, outer: list[Effect] | None, effects: list[Effect]) -> None:
        """Has not be lost what an action has led to that fails."""
        if outer is not None:
            outer += effects
        elif self._unfinished is not None:
            self._unfinished(effects)

    def _act(self, action: Callable[[], object], now: float) -> Sequence[Effect]:
        return self.run(now, lambda: _nothing(action()))

    def _hear(self, then: Callable[[Any], object], result: object, now: float) -> Sequence[Effect]:
        return self.run(now, lambda: _nothing(then(result)))


_NOTHING: Final[tuple[Effect, ...]] = ()


def _nothing(_: object) -> Effects:
    return _NOTHING
