"""Waiting in an event loop for functions of the test that run in a thread, so that virtual time waits as well.

Only the waits live here. Who waits for something that `Guard.call` has given is one of two: code that carries out
effects makes a `Waiting` of a `Work`; a coroutine awaits `outcome`.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import CancelledError
from functools import partial
from typing import Any, Final

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.held import NextStep
from avatarwire.fakeserver.user_code import Work, give_up

__all__ = ["Waiting", "outcome"]


class Waiting:
    """A wait for a function that runs in a thread; made in the loop that carries out what the function leads to.

    The clock is held from now on until that was done. The function itself is waited for, and not what it may have given
    to be awaited: that runs in the loop, and may wait for the clock.

    Args:
        work: the function.
        clock: whose time waits.
        then: called in the loop with the result, or the exception in place of it.
        begin: called in the loop, instead of `then`, with what the function has given to be awaited; guarded, it gives
            the same in the end.

    Attributes:
        loop: the loop.
    """

    def __init__(
        self,
        work: Work,
        clock: Clock,
        then: Callable[[Any], object],
        begin: Callable[[Awaitable[Any]], object],
    ) -> None:
        self.loop: Final = asyncio.get_running_loop()
        self._work: Final = work
        self._clock: Final = clock
        self._then: Final = then
        self._begin: Final = begin
        self._over = False
        clock.hold(self, work.turn)
        work.when_done(self.settle)

    @property
    def name(self) -> str:
        """Name of the function."""
        return self._work.name

    @property
    def ended(self) -> bool:
        """Whether the function has ended."""
        return self._work.future.done()

    def finish(self, patience: float) -> bool:
        """Waits for the function and carries out what it leads to, in the thread of the loop.

        Args:
            patience: real seconds to wait.

        Returns:
            False when the function has not ended by then.

        Raises:
            KeyboardInterrupt: the function has raised it; likewise SystemExit.
        """
        try:
            self._work.future.exception(patience)
        except TimeoutError:
            return False
        except CancelledError:
            pass  # nobody calls it any more
        self.settle()
        return True

    def settle(self) -> None:
        """Carries out what the function leads to, which has ended; does so once.

        Raises:
            KeyboardInterrupt: the function has raised it; likewise SystemExit.
        """
        if not self._over:
            self._over = True
            self._clock.release(self, self._carry_out)

    def cancel(self) -> None:
        """Nothing comes of it any more, and time does not wait for it; to be called in the loop."""
        if not self._over:
            self._over = True
            self._clock.release(self)
            self._work.cancel()

    def _carry_out(self) -> None:
        given = self._work.result()
        if inspect.isawaitable(given):
            self._begin(given)
            NextStep(self._clock, self.name)
        else:
            self._then(given)


async def outcome(given: Any, clock: Clock) -> Any:
    """The result of what `Guard.call` has given, awaited where it is to be; time waits for a function in a thread.

    Whoever awaits it goes on before time does, as far as the next await; but when the clock is advanced in this loop,
    time is not held up by what cannot run meanwhile.

    Args:
        given: by `Guard.call`.
        clock: whose time waits.

    Raises:
        KeyboardInterrupt: the function has raised it; likewise SystemExit.
    """
    if isinstance(given, Work):
        woken: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        wake = partial(_wake, woken, clock, given.name)
        waiting = Waiting(given, clock, wake, wake)
        try:
            given = await woken
        except asyncio.CancelledError:
            if woken.done() and not woken.cancelled():  # woken and given up at the same moment
                give_up(woken.result())
            raise
        finally:
            waiting.cancel()
    return await given if inspect.isawaitable(given) else given


def _wake(woken: asyncio.Future[Any], clock: Clock, name: str, given: Any) -> None:
    if woken.cancelled():
        give_up(given)
    else:
        woken.set_result(given)
        NextStep(clock, name)
