"""The loop of one run: it is watched from outside, ends with all that is in it, and what nobody catches is kept."""

from __future__ import annotations

import asyncio
import errno
import gc
import sys
import threading
import warnings
from collections.abc import Callable, Coroutine, Mapping, Sized
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final, Protocol, Self

from .adapter import worded
from .jumping import JumpingLoop, Stuck
from .watch import Watch

__all__ = ["Loose", "Told", "Watched", "carry_out"]

_TURNS: Final = 2000
"""Turns of a loop in which everything that was cancelled has to end."""
_SECONDS: Final = 5.0
"""The same in seconds, for a loop that does not count its turns."""


class Told(KeyboardInterrupt):
    """Whoever has begun this has ended it; it is nothing that a client has done."""


class Loose(Protocol):
    """What is seen of a run.

    Attributes:
        steps: calls of the client.
        stuck: why the loop does not get on.
        unhandled: errors that nobody caught.
    """

    stuck: Stuck | None
    unhandled: list[str]

    @property
    def steps(self) -> Sized: ...


def carry_out(loop: asyncio.AbstractEventLoop, main: Callable[[], Coroutine[Any, Any, None]], observed: Loose) -> None:
    """Runs a talk to its end on a loop, watched, and keeps what nobody has caught.

    Args:
        loop: of its own.
        main: the talk.
        observed: what is seen goes there.
    """
    with Watched(loop, observed) as watched:
        watched.run(main())


class Watched:
    """A loop of one run, as a context: what runs in it is watched, and what nobody catches is kept.

    At its end all that is left in the loop is cancelled, and the loop is closed.

    Args:
        loop: of its own.
        observed: what is seen goes there.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, observed: Loose) -> None:
        self._loop: Final = loop
        self._observed: Final = observed
        self._failures: Final[list[Mapping[str, Any]]] = []
        self._runner: Final = asyncio.Runner(loop_factory=lambda: loop)
        self._counted: Final = _counted(loop)

    def __enter__(self) -> Self:
        failures = self._failures
        self._frozen: int = gc.get_freeze_count()
        gc.freeze()  # what is there lives on: looking through it after each run would take longer than the run
        self._loop.set_exception_handler(lambda _, context: failures.append(context))
        self._hook, self._last_words = threading.excepthook, sys.unraisablehook
        threading.excepthook = lambda it: failures.append(
            {"message": "an error in a thread", "exception": it.exc_value}
        )

        # What goes wrong while all that is left of a run is thrown away is our doing.
        sys.unraisablehook = _ignored
        self._counted.__enter__()
        return self

    def run(self, main: Coroutine[Any, Any, None]) -> None:
        """Runs something to its end; when the loop does not get on, that is kept, and nothing more can be run."""
        self._watched(lambda: self._runner.run(main))

    def __exit__(self, *_: object) -> None:
        loop, observed = self._loop, self._observed
        # All that is left is cancelled now.
        if isinstance(loop, JumpingLoop):
            loop.last_turn = loop.turns + _TURNS
        elif not loop.is_closed():
            loop.call_later(_SECONDS, _too_late)
        try:
            self._watched(self._runner.close)
        finally:
            self._counted.__exit__()
            threading.excepthook = self._hook
            if not loop.is_closed():
                with suppress(Exception):
                    loop.close()
        # What nobody has looked at is told when it is thrown away; so is what a client has left open, which may be
        # told by a session that is left, or by nothing.
        # A coroutine that is thrown away may catch that, too.
        with warnings.catch_warnings(), suppress(Stuck), Watch(lambda: None):
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()
            observed.unhandled += [_described(context) for context in self._failures if not _is_noise(context)]
            self._failures.clear()
            gc.collect()
        sys.unraisablehook = self._last_words
        if not self._frozen:
            gc.unfreeze()

    def _watched(self, act: Callable[[], object]) -> None:
        loop, observed = self._loop, self._observed
        try:
            with Watch(lambda: (getattr(loop, "turns", loop.time()), len(observed.steps))):
                act()
        except Stuck as stuck:
            # What it was raised in would keep the client alive, with all that it has open.
            observed.stuck = observed.stuck or stuck.with_traceback(None)
            stuck.__context__ = stuck.__cause__ = None
        except asyncio.CancelledError:
            observed.unhandled.append("it has cancelled tasks that are not its own")
        except SystemExit as error:
            observed.unhandled.append(f"in a task: {worded(error)}")
        except RuntimeError as error:
            if _STOPPED not in str(error):
                raise
            observed.unhandled.append("it has stopped the event loop, which is not its own")


_STOPPED: Final = "loop stopped before"


def _too_late() -> None:
    raise Stuck("something does not end when it is cancelled")


def _ignored(_: object) -> None:
    """Nothing comes of it."""


def _is_noise(context: Mapping[str, Any]) -> bool:
    """Whether it is a habit of a library, of which its user can do nothing.

    aiomqtt has the loop watch a socket that was closed meanwhile, and keeps how a connection ended in a future that is
    looked at by whoever waits for a message, which may be nobody.
    """
    error, handle = context.get("exception"), repr(context.get("handle", ""))
    is_closed = isinstance(error, OSError) and error.errno == errno.EBADF
    is_kept = type(error).__module__.partition(".")[0] == "aiomqtt" and _is_no_task(context.get("future"))
    return (is_closed and ("add_writer" in handle or "add_reader" in handle)) or is_kept


def _is_no_task(future: object) -> bool:
    return isinstance(future, asyncio.Future) and not isinstance(future, asyncio.Task)


def _described(context: Mapping[str, Any]) -> str:
    error = context.get("exception")
    what = str(context.get("message", "an error"))
    return what if error is None else f"{what}: {worded(error)}"


class _counted:  # noqa: N801 - reads as an adjective
    """Jobs that the client hands to executors of its own are counted by a loop whose time jumps.

    Args:
        loop: the loop.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop: Final = loop

    def __enter__(self) -> None:
        if isinstance(self._loop, JumpingLoop):
            count, submit = self._loop.count, _SUBMIT

            def counting(self: ThreadPoolExecutor, function: Any, /, *args: Any, **more: Any) -> Any:
                job = submit(self, function, *args, **more)
                count(job)
                return job

            setattr(ThreadPoolExecutor, _NAME, counting)

    def __exit__(self, *_: object) -> None:
        setattr(ThreadPoolExecutor, _NAME, _SUBMIT)


_NAME: Final = "submit"
_SUBMIT: Final = ThreadPoolExecutor.submit
