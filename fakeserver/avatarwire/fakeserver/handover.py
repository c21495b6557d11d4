"""What one thread asks of another's event loop, and how the outcome comes back. Only that lives here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

from avatarwire.fakeserver.errors import FakeServerError

__all__ = ["PATIENCE", "carry", "done_in", "not_elsewhere", "running_loop"]

PATIENCE: Final = 10.0
"""Real seconds after which a start, a stop or a command that does not come back is an error."""

T = TypeVar("T")


def carry(done: Future[T], action: Callable[[], T]) -> None:
    """Does what was asked, in the loop, and carries the result or the error to the thread that waits for `done`.

    An error's traceback holds the frames it went through. One that in turn holds the error, as `done` does, would leave
    the error and all that the asking thread's frames know to the garbage collector. So this function drops `done`, and
    whoever waits for it has to do the same.
    """
    try:
        if done.set_running_or_notify_cancel():
            done.set_result(action())
    except BaseException as error:
        done.set_exception(error)
    finally:
        del done


class _Thread(Protocol):
    """The thread of a loop."""

    @property
    def over(self) -> Future[None]:
        """Done when nothing runs in the loop any more."""
        ...


def done_in(
    loop: asyncio.AbstractEventLoop, action: Callable[[], T], patience: float, who: str, thread: _Thread | None
) -> T:
    """Runs `action` in a loop, from whatever thread, and gives back what it gives.

    Args:
        loop: of a server; the caller may be in it.
        action: what to do.
        patience: real seconds to wait.
        who: the server, for errors.
        thread: of the loop; None where it is the caller's business.

    Raises:
        FakeServerError: the loop has ended, does not run, or does not get to it in time.
    """
    if running_loop() is loop:
        return action()
    done: Future[T] = Future()
    awaited: list[Future[Any]] = [done] if thread is None else [done, thread.over]
    if loop.is_closed() or not loop.is_running():
        state = "has ended" if loop.is_closed() else "does not run"
        raise FakeServerError(f"the event loop of {who} {state}")
    try:
        with suppress(RuntimeError):  # it has ended at this very moment
            loop.call_soon_threadsafe(carry, done, action)
            wait(awaited, patience, FIRST_COMPLETED)
        if done.done():
            return done.result()
        done.cancel()
    finally:
        del done, awaited  # see `carry`
    reason = f"did not react within {patience:g} s: its event loop is blocked"
    if loop.is_closed():
        reason = "ended before it could react"
    raise FakeServerError(f"{who} {reason}")


def not_elsewhere(loop: asyncio.AbstractEventLoop | None, who: str) -> None:
    """Holds that a server is not used in another event loop than its own, as long as that runs.

    Raises:
        FakeServerError: it is.
    """
    if loop is not None and loop.is_running() and running_loop() is not loop:
        raise FakeServerError(f"{who} was started in another event loop, and has to be stopped in that one")


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The event loop that runs in this thread, if one does."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
