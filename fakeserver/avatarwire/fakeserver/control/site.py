"""What the control endpoint is about: some fakes, the clock that they share, and who waits for something."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from avatarwire.fakeserver.clock import ClockError, VirtualClock
from avatarwire.fakeserver.control.bodies import ClockState
from avatarwire.fakeserver.control.fakes import Fake
from avatarwire.fakeserver.control.problems import Problem
from avatarwire.fakeserver.jumping_clock import JumpingClock

__all__ = ["Call", "Site"]

T = TypeVar("T")


class Site:
    """Some fakes, by vendor.

    Args:
        fakes: those that are controlled.
        ready: gives what a client needs to know of them, as a ready file has it.

    Attributes:
        fakes, ready: as given.
    """

    def __init__(self, fakes: Mapping[str, Fake], ready: Callable[[], Mapping[str, Any]]) -> None:
        self.fakes: Final = fakes
        self.ready: Final = ready
        self._moving: Final = asyncio.Lock()
        self._waiting: Final[set[asyncio.Task[Any]]] = set()
        self._over = False

    # The clock

    @property
    def _clocks(self) -> list[VirtualClock]:
        """The clocks that can be moved, each once."""
        found = {id(fake.clock): fake.clock for fake in self.fakes.values()}
        return [clock for clock in found.values() if isinstance(clock, VirtualClock)]

    def clock(self) -> ClockState:
        """What the clock says."""
        fake = next(iter(self.fakes.values()))
        clock = fake.clock
        if not isinstance(clock, VirtualClock):
            return ClockState(kind="real", now=clock.now())
        return ClockState(
            kind="jump" if isinstance(clock, JumpingClock) else "virtual", now=clock.now(), next_due=clock.next_due
        )

    async def advance(self, seconds: float) -> ClockState:
        """Moves time, for all fakes.

        It is moved in a thread: what is due runs in the loop of the fake all the same, and whoever calls meanwhile is
        answered.

        Raises:
            Problem: the clock is real.
            ClockError: time cannot go on.
        """
        clocks = self._clocks
        if not clocks:
            reason = 'time is real here: it can be moved where the scenario says clock = "virtual" in [server]'
            raise Problem("real-clock", reason)
        failures: list[Exception] = []
        async with self._moving:
            for clock in clocks:
                try:
                    await asyncio.to_thread(clock.advance, seconds)
                except ExceptionGroup as failed:
                    failures += failed.exceptions
                except ValueError as error:
                    raise ClockError(str(error)) from None
        state = self.clock()
        state.failures = [f"{type(failure).__name__}: {failure}" for failure in failures]
        return state

    # Whoever waits

    async def waited(self, awaitable: Coroutine[Any, Any, T]) -> T | None:
        """What something gives that is waited for; None when the endpoint ends before that."""
        task = asyncio.ensure_future(awaitable)
        with self._registered(task):
            try:
                return await task
            except asyncio.CancelledError:
                if self._over and task.cancelled():
                    return None
                task.cancel()
                raise

    @contextmanager
    def _registered(self, task: asyncio.Task[Any]) -> Generator[None]:
        if self._over:
            task.cancel()
        self._waiting.add(task)
        try:
            yield
        finally:
            self._waiting.discard(task)

    def end(self) -> None:
        """Nobody waits any longer."""
        self._over = True
        for task in tuple(self._waiting):
            task.cancel()


@dataclass(slots=True)
class Call:
    """One call, as far as a handler needs it.

    Attributes:
        site: what the endpoint is about.
        query, body: as the route declares them; None where it has none.
        params: parts of the path, by name.
    """

    site: Site
    query: Any = None
    body: Any = None
    params: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def fake(self) -> Fake:
        """The fake of the vendor in the path."""
        return self.site.fakes[self.params["vendor"]]
