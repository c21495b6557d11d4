"""What is to happen later in a fake server, and what it waits for: timers on its clock, tasks, functions of the test.

Only the keeping of it lives here; what happens then is whoever has asked for it's. Everything has an owner, such as a
connection, with which it is given up.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, Protocol, TypeAlias

from avatarwire.fakeserver.clock import Clock
from avatarwire.fakeserver.user_code import Work
from avatarwire.fakeserver.waiting import Waiting

__all__ = ["Schedule"]

_PATIENCE: Final = 1.0
"""Real seconds that what was waited for has to end once it was given up."""

Then: TypeAlias = Callable[[object], object]


class _Pending(Protocol):
    """Something that has not happened yet."""

    def cancel(self) -> object: ...


class Schedule:
    """All that has not happened yet; used in the loop's thread.

    Args:
        clock: of the server.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock: Final = clock
        self._pending: Final[dict[str, dict[object, tuple[_Pending, float | None]]]] = {}
        """By owner and key: what, and when it is due, epoch seconds; None where nobody knows."""
        self._ending: Final[set[asyncio.Future[object]]] = set()

    def later(self, owner: str, name: str, delay: float, action: Callable[[], object]) -> None:
        """Has something done after `delay` seconds on the clock.

        Args:
            owner: whose it is.
            name: what it goes by; what has gone by the same is given up. Empty for none.
            delay, action: when to do what.
        """
        key = self._key(owner, name)

        def due() -> None:
            self._drop(owner, key)
            action()

        self._keep(owner, key, self._clock.call_later(delay, due), self._clock.now() + max(delay, 0.0))

    def due(self, owner: str) -> Mapping[str, float]:
        """When that of an owner is due which goes by a name, epoch seconds, in the order in which it was set."""
        mine = self._pending.get(owner, {})
        return {key: due for key, (_, due) in mine.items() if due is not None and isinstance(key, str)}

    def wait(self, owner: str, name: str, awaitable: Awaitable[object], then: Then) -> None:
        """Has `then` called with what an awaitable gives, or with the exception it raises.

        Args:
            owner, name: as for `later`.
            awaitable: a function of the test that runs in a thread (`Work`), for which time waits, or anything else.
            then: called in the loop.
        """
        key = self._key(owner, name)
        if isinstance(awaitable, Work):
            self._keep(owner, key, self._working(owner, name, key, awaitable, then))
            return
        future: asyncio.Future[object] = asyncio.ensure_future(awaitable)
        self._keep(owner, key, future)
        self._ending.add(future)

        def came(future: asyncio.Future[object]) -> None:
            self._ending.discard(future)
            result: object = asyncio.CancelledError() if future.cancelled() else future.exception() or future.result()
            # Otherwise nobody waits for it any more.
            if self._get(owner, key) is future:
                self._drop(owner, key)
                then(result)

        future.add_done_callback(came)

    def cancel(self, owner: str, name: str) -> None:
        """Gives up what goes by a name, if anything does."""
        if name and (pending := self._get(owner, name)) is not None:
            self._drop(owner, name)
            pending.cancel()

    def forget(self, owner: str) -> None:
        """Gives up all that is an owner's."""
        for pending, _ in self._pending.pop(owner, {}).values():
            pending.cancel()

    def clear(self) -> None:
        """Gives up everything."""
        for owner in tuple(self._pending):
            self.forget(owner)

    async def stop(self) -> None:
        """Gives up everything, and waits until nothing of it runs any more."""
        self.clear()
        if self._ending:
            await asyncio.wait(set(self._ending), timeout=_PATIENCE)

    def _working(self, owner: str, name: str, key: object, work: Work, then: Then) -> Waiting:
        def finish(result: object) -> None:
            self._drop(owner, key)
            then(result)

        def begin(given: Awaitable[object]) -> None:
            self._drop(owner, key)
            self.wait(owner, name, given, then)

        return Waiting(work, self._clock, finish, begin)

    def _key(self, owner: str, name: str) -> object:
        self.cancel(owner, name)
        return name or object()

    def _keep(self, owner: str, key: object, pending: _Pending, due: float | None = None) -> None:
        self._pending.setdefault(owner, {})[key] = pending, due

    def _get(self, owner: str, key: object) -> _Pending | None:
        mine = self._pending.get(owner)
        return None if mine is None or (found := mine.get(key)) is None else found[0]

    def _drop(self, owner: str, key: object) -> None:
        mine = self._pending.get(owner)
        if mine is not None:
            mine.pop(key, None)
            if not mine:
                del self._pending[owner]
