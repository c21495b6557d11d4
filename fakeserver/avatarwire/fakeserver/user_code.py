"""Functions that a test hands in, such as one that answers questions: how they are called, and what becomes of errors.

Every such function is called here and nowhere else. Whatever it raises goes into the journal and is given back in place
of a result, so that the client gets an error in the vendor's own form and the fake lives on; that is the same for plain
and async functions. What is meant for the test and not for the client is kept for it: an outcome such as that of
``pytest.fail()``, which is no `Exception`. KeyboardInterrupt and SystemExit are not held up.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Coroutine, Generator
from typing import Any, Final, TypeAlias, cast

from avatarwire.fakeserver.journal.failures import whereabouts

__all__ = ["ENDS", "MESSAGE", "Guard", "Note"]

MESSAGE: Final = "function.failed"
"""Name of the journal's entries about functions that have raised."""

ENDS: Final = (KeyboardInterrupt, SystemExit)
"""What ends a process, and is held up by nothing."""

Note: TypeAlias = Callable[..., object]
"""Keeps a remark, as `Journal.note` does."""


class Guard:
    """Calls functions of the test.

    Args:
        note: told of each that raises; None for nobody.

    Attributes:
        owed: what the test has to learn of: the first outcome, or the first KeyboardInterrupt or SystemExit.
    """

    def __init__(self, note: Note | None = None) -> None:
        self._note: Final = note
        self.owed: BaseException | None = None

    def call(self, name: str, function: Callable[..., Any], *arguments: object, session: str = "") -> Any:
        """What a function gives, or the exception it has raised.

        Something to be awaited is given as such, and gives the same when it is awaited: it raises nothing but what ends
        the loop, and CancelledError where it is cancelled from outside.

        Args:
            name: of the tunable that holds the function, for the journal.
            function, arguments: what to call.
            session: session concerned, for the journal.

        Raises:
            KeyboardInterrupt: the function has raised it; likewise SystemExit.
        """
        try:
            given = function(*arguments)
        except BaseException as failure:
            return self._failed(name, failure, session)
        if not inspect.isawaitable(given):
            return given
        return _Guarded(given, lambda failure: self._failed(name, failure, session))

    def _failed(self, name: str, failure: BaseException, session: str) -> BaseException:
        if self._note is not None:
            where = whereabouts(failure)
            text = f"the function {name} has raised {where}"
            self._note(text, message=MESSAGE, session=session, function=name, failure=where)
        self.keep(failure)
        if isinstance(failure, ENDS):
            raise failure
        return failure

    def keep(self, failure: BaseException) -> bool:
        """Keeps for the test what is meant for it; an end goes before an outcome. Tells whether it is that.

        A plain `Exception` is not: the client and the journal were told of it.
        """
        if isinstance(failure, Exception | asyncio.CancelledError | GeneratorExit):
            return False
        if self.owed is None or (isinstance(failure, ENDS) and not isinstance(self.owed, ENDS)):
            self.owed = failure
        return True


class _Guarded(Coroutine[Any, Any, Any], Generator[Any, Any, Any]):
    """Something to be awaited, which gives what it would raise.

    Every step is passed on, for a task that is cancelled before its first step has to reach what was given all the
    same: Python complains of a coroutine that nobody has awaited.

    Args:
        given: what to await.
        failed: called with what it raises; gives what is given instead.
    """

    def __init__(self, given: Awaitable[Any], failed: Callable[[BaseException], BaseException]) -> None:
        self._steps: Final = cast("Coroutine[Any, Any, Any]", given) if inspect.iscoroutine(given) else _steps(given)
        self._failed: Final = failed

    def __await__(self) -> Generator[Any, Any, Any]:
        return self

    def send(self, value: Any) -> Any:
        return self._step(lambda: self._steps.send(value))

    def throw(self, kind: Any, value: Any = None, trace: Any = None) -> Any:
        return self._step(lambda: self._steps.throw(kind if value is None else value))

    def close(self) -> None:
        self._steps.close()

    def _step(self, step: Callable[[], Any]) -> Any:
        try:
            return step()
        except StopIteration:  # it is over
            raise
        except asyncio.CancelledError as failure:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            given = self._failed(failure)  # cancelled by itself, which nobody has asked for
        except BaseException as failure:
            given = self._failed(failure)
        raise StopIteration(given)


def _steps(given: Awaitable[Any]) -> Generator[Any, Any, Any]:
    return (yield from given.__await__())
