"""What one thread asks of another's event loop, and how the outcome comes back. Only that lives here."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

__all__ = ["carry"]

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
