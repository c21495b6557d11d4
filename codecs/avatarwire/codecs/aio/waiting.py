"""Calls that wait for the service, each for as long as there are signs of progress. Only the waiting lives here."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Hashable
from typing import Any, Final, Generic, TypeVar

__all__ = ["Call", "Calls", "ended", "to_the_end", "within"]

T = TypeVar("T")
StepT = TypeVar("StepT")

_AGAIN: Final = 5.0
"""Seconds after which a task that was cancelled and goes on is cancelled again."""


class Call(Generic[T]):
    """Something that was asked for and has no result yet.

    Args:
        what: what it is, for errors.
        timeout: seconds without a sign of progress after which it fails.
    """

    def __init__(self, what: str, timeout: float) -> None:
        self._what: Final = what
        self._timeout: Final = timeout
        self._future: Final[asyncio.Future[T]] = asyncio.get_running_loop().create_future()
        self._limit: asyncio.Timeout | None = None

    @property
    def done(self) -> bool:
        """Whether it has its result, or its error."""
        return self._future.done()

    def progress(self) -> None:
        """Something has happened: the time starts anew."""
        if self._limit is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time() + self._timeout)

    def succeed(self, result: T) -> None:
        """It is done."""
        if not self._future.done():
            self._future.set_result(result)

    def fail(self, error: Exception) -> None:
        """It cannot be done."""
        if not self._future.done():
            self._future.set_exception(error)
            # Whoever called may have gone, which is no defect.
            self._future.exception()

    async def result(self) -> T:
        """Waits for the result.

        Raises:
            TimeoutError: nothing has come for too long.
        """
        try:
            async with asyncio.timeout(self._timeout) as self._limit:
                # Shielded, so that a late end finds a future that can take it.
                return await asyncio.shield(self._future)
        except TimeoutError:
            raise TimeoutError(f"{self._what}: nothing came for {self._timeout:g} s") from None
        finally:
            self._limit = None

    async def during(self, step: Coroutine[Any, Any, StepT]) -> StepT | None:
        """Carries out a step of the caller's own, unless the call fails or is done meanwhile; None then.

        There is no limit of time, for the step is the caller's.

        Raises:
            Exception: the error of the call, or what the step raises.
        """
        task = asyncio.ensure_future(step)
        # An error of a step that nobody waits for any more is no defect.
        task.add_done_callback(_looked_at)
        try:
            either: set[asyncio.Future[Any]] = {task, self._future}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if self._future.done():
                self._future.result()
                return None
            return task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait({task})


class Calls(Generic[T]):
    """The calls of a session that are open, in the order in which they were made."""

    def __init__(self, timeout: float) -> None:
        self._timeout: Final = timeout
        self._open: dict[Hashable, Call[T]] = {}

    def open(self, key: Hashable, what: str) -> Call[T]:
        """One more."""
        call = self._open[key] = Call[T](what, self._timeout)
        return call

    def get(self, key: Hashable) -> Call[T] | None:
        """The open call of a name."""
        return self._open.get(key)

    def close(self, key: Hashable) -> None:
        """One is no longer waited for."""
        self._open.pop(key, None)

    def progress(self, key: Hashable) -> None:
        """Something has happened to one; those behind it have waited for that, too."""
        keys = list(self._open)
        if key in self._open:
            for later in keys[keys.index(key) :]:
                self._open[later].progress()

    def fail(self, error: Exception) -> None:
        """None of them can be done."""
        for call in self._open.values():
            call.fail(error)


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks and waits for their end; nobody has to look at their errors.

    A cancellation may get lost: `asyncio.wait_for` of Python 3.11 drops one that meets its result. So it is repeated.
    """
    for task in tasks:
        # At its end, for whoever waits here may be cancelled before.
        task.add_done_callback(_looked_at)
    left: set[asyncio.Task[Any]] = {task for task in tasks if not task.done()}
    while left:
        for task in left:
            task.cancel()
        _, left = await asyncio.wait(left, timeout=_AGAIN)


def _looked_at(task: asyncio.Future[Any]) -> None:
    _ = task.cancelled() or task.exception()


async def within(seconds: float, what: str, step: Coroutine[Any, Any, T]) -> T:
    """Carries out a step that has no limit of its own.

    Raises:
        TimeoutError: it took too long.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            return await step
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise TimeoutError(f"{what}: not done within {seconds:g} s") from error


async def to_the_end(work: Coroutine[Any, Any, None], seconds: float, what: str) -> None:
    """Carries work out to its end, even if the caller is cancelled meanwhile, which it learns afterwards.

    Raises:
        TimeoutError: it took too long.
        CancelledError: the caller was cancelled.
    """
    task = asyncio.create_task(within(seconds, what, work))
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        task.exception()
        raise cancelled
    task.result()
