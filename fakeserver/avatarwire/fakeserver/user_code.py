"""Functions that a test hands in, such as one that answers questions: how they are called, and what becomes of errors.

Every such function is called here and nowhere else. Whatever it raises goes into the journal and is given back in place
of a result, so that the client gets an error in the vendor's own form and the fake lives on; that is the same for plain
and async functions. What is meant for the test and not for the client is kept for it: an outcome such as that of
``pytest.fail()``, which is no `Exception`. KeyboardInterrupt and SystemExit are not held up.

An async function runs in the fake's event loop. A plain one may block, so a fake that serves runs it in a thread
(`threads.py`); how to wait for that is in `waiting.py`. Without threads, plain functions are called where they stand.
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias, cast

from avatarwire.fakeserver.held import Holder, NextStep
from avatarwire.fakeserver.journal.failures import whereabouts
from avatarwire.fakeserver.threads import Threads

__all__ = ["ENDS", "MESSAGE", "Guard", "Note", "Read", "Work", "give_up"]

MESSAGE: Final = "function.failed"
"""Name of the journal's entries about functions that have raised."""

ENDS: Final = (KeyboardInterrupt, SystemExit)
"""What ends a process, and is held up by nothing."""

Note: TypeAlias = Callable[..., object]
"""Keeps a remark, as `Journal.note` does."""

Read: TypeAlias = Callable[[Any], Any]
"""Makes a result of what a function has given."""


class Guard:
    """Calls functions of the test.

    Args:
        note: told of each that raises, in whatever thread; None for nobody.
        threads: where plain functions run; None for right where they are called.

    Attributes:
        owed: what the test has to learn of: the first outcome, or the first KeyboardInterrupt or SystemExit.
    """

    def __init__(self, note: Note | None = None, threads: Threads | None = None) -> None:
        self._note: Final = note
        self._threads: Final = threads
        self._lock: Final = threading.Lock()
        self.owed: BaseException | None = None

    def call(
        self, name: str, function: Callable[..., Any], *arguments: object, read: Read | None = None, session: str = ""
    ) -> Any:
        """What a function gives, or the exception it has raised.

        Something to be awaited is given as such, and gives the same when it is awaited: it raises nothing but what ends
        the loop, and CancelledError where it is cancelled from outside. A plain function that runs in a thread is given
        as a `Work`; one that gives something to be awaited may do so there.

        Args:
            name: of the tunable that holds the function, for the journal.
            function, arguments: what to call.
            read: makes the result of what the function gives, in the same thread, and counts as part of it: a generator
                is the function's own code.
            session: session concerned, for the journal.

        Raises:
            KeyboardInterrupt: the function has raised it; likewise SystemExit.
        """
        call = _Call(self, name, session, read)
        if self._threads is not None and not inspect.iscoroutinefunction(function):
            action = partial(call.in_thread, function, arguments)
            begin = partial(self._begin, name, session, action, self._threads)
            return Work(name, session, begin, call.given, _turn(self._threads.clock, name))
        try:
            return call.given(call.run(function, arguments))
        except BaseException as failure:
            return self.failed(name, failure, session)

    def _begin(self, name: str, session: str, action: Callable[[], Any], threads: Threads) -> Future[Any]:
        """Begins a plain function in a thread."""
        try:
            return threads.run(name, action)
        except RuntimeError as failure:  # there are no more threads
            self.tell(name, failure, session)
            future = Future[Any]()
            future.set_exception(failure)
            return future

    def failed(self, name: str, failure: BaseException, session: str) -> BaseException:
        """What is given in place of a result, once everybody was told of it.

        Raises:
            KeyboardInterrupt: it is that; likewise SystemExit.
        """
        self.tell(name, failure, session)
        if isinstance(failure, ENDS):
            raise failure
        return failure

    def tell(self, name: str, failure: BaseException, session: str) -> None:
        """Tells the journal, and the test if need be, what a function has raised."""
        if self._note is not None:
            where = whereabouts(failure)
            text = f"the function {name} has raised {where}"
            self._note(text, message=MESSAGE, session=session, function=name, failure=where)
        self.keep(failure)

    def keep(self, failure: BaseException) -> bool:
        """Keeps for the test what is meant for it; an end goes before an outcome. Tells whether it is that.

        A plain `Exception` is not: the client and the journal were told of it.
        """
        if isinstance(failure, Exception | asyncio.CancelledError | GeneratorExit):
            return False
        with self._lock:
            if self.owed is None or (isinstance(failure, ENDS) and not isinstance(self.owed, ENDS)):
                self.owed = failure
        return True


def _turn(clock: Holder | None, name: str) -> NextStep | None:
    """Holds a clock until somebody waits for a function: a test may advance it as soon as the function has begun."""
    if clock is None:
        return None
    with suppress(RuntimeError):  # no loop runs in this thread, so nothing is carried out in it
        return NextStep(clock, name)
    return None


class _Call(NamedTuple):
    """One call of a function."""

    guard: Guard
    name: str
    session: str
    read: Read | None

    def run(self, function: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
        given = function(*arguments)
        return given if self.read is None or inspect.isawaitable(given) else self.read(given)

    def in_thread(self, function: Callable[..., Any], arguments: tuple[object, ...]) -> Any:
        """The same in a thread, which tells of errors itself: it may be that nobody waits for what it gives."""
        try:
            return self.run(function, arguments)
        except BaseException as failure:
            self.guard.tell(self.name, failure, self.session)
            raise

    def given(self, given: Any) -> Any:
        """What a function has given, guarded in its turn where it is to be awaited."""
        return _Guarded(given, self.read, self.failed) if inspect.isawaitable(given) else given

    def failed(self, failure: BaseException) -> BaseException:
        return self.guard.failed(self.name, failure, self.session)


class Work(Awaitable[Any]):
    """A plain function that runs in a thread; to be awaited for its result, or the exception in place of it.

    It begins when somebody waits for it, which is when the message that it is called for is in the journal: the
    function may look for that there.

    Args:
        name: of the tunable that holds the function.
        session: session concerned.
        begin: begins it, and gives what it will give or raise.
        given: makes of what it has given what `Guard.call` gives.
        turn: holds the clock until somebody waits for the function, who holds the clock instead, and has to begin with
            it in the same turn of the loop.

    Attributes:
        name, session, turn: as given.
    """

    def __init__(
        self,
        name: str,
        session: str,
        begin: Callable[[], Future[Any]],
        given: Callable[[Any], Any],
        turn: NextStep | None = None,
    ) -> None:
        self.name: Final = name
        self.session: Final = session
        self.turn: Final = turn
        self._begin: Final = begin
        self._future: Future[Any] | None = None
        self._given: Final = given
        self._results: Final[list[Any]] = []

    @property
    def future(self) -> Future[Any]:
        """What the function gives or raises; it has begun from now on."""
        if self._future is None:
            self._future = self._begin()
        return self._future

    def result(self) -> Any:
        """What `Guard.call` would have given without a thread, once `future` is done; the same every time.

        CancelledError when the function was not called any more. To be called in the loop.

        Raises:
            KeyboardInterrupt: the function has raised it; likewise SystemExit.
            TimeoutError: the function has not ended.
        """
        if not self._results:
            self._results.append(self._outcome())
        [result] = self._results
        if isinstance(result, ENDS) and result is self.future.exception():
            raise result
        return result

    def cancel(self) -> None:
        """Nobody waits for the result any more; to be called in the loop.

        The function is not interrupted, and what it raises is told as ever, but to no client.
        """
        if self._results:
            return
        if self._future is None:
            self._future = Future()  # it never begins
        self._future.cancel()
        self.when_done(self._abandon)

    def when_done(self, action: Callable[[], object]) -> None:
        """Has something called in the running loop once the function has ended."""
        loop = asyncio.get_running_loop()

        def ended(_: object) -> None:
            try:
                loop.call_soon_threadsafe(action)
            except RuntimeError:  # the loop has ended meanwhile, and nobody waits any more
                with suppress(*ENDS):
                    self._abandon()

        self.future.add_done_callback(ended)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._wait().__await__()

    async def _wait(self) -> Any:
        if not self.future.done():
            woken = asyncio.Event()
            self.when_done(woken.set)
            try:
                await woken.wait()
            except asyncio.CancelledError:
                self.cancel()
                raise
        given = self.result()
        return await given if inspect.isawaitable(given) else given

    def _outcome(self) -> Any:
        if self.future.cancelled():
            return asyncio.CancelledError()
        failure = self.future.exception(0)
        return self._given(self.future.result()) if failure is None else failure

    def _abandon(self) -> None:
        give_up(self.result())


def give_up(given: object) -> None:
    """Nobody begins to await what `Work.result` has given, if it is to be awaited at all."""
    if isinstance(given, _Guarded):
        given.close()


class _Guarded(Coroutine[Any, Any, Any], Generator[Any, Any, Any]):
    """Something to be awaited, which gives what it would raise.

    Every step is passed on, for a task that is cancelled before its first step has to reach what was given all the
    same: Python complains of a coroutine that nobody has awaited.

    Args:
        given: what to await.
        read: makes the result of what that gives.
        failed: called with what either raises; gives what is given instead.
    """

    def __init__(
        self, given: Awaitable[Any], read: Read | None, failed: Callable[[BaseException], BaseException]
    ) -> None:
        self._steps: Final = cast("Coroutine[Any, Any, Any]", given) if inspect.iscoroutine(given) else _steps(given)
        self._read: Final = read
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
        except StopIteration as over:
            given = self._result(over.value)
        except asyncio.CancelledError as failure:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            given = self._failed(failure)  # cancelled by itself, which nobody has asked for
        except BaseException as failure:
            given = self._failed(failure)
        raise StopIteration(given)

    def _result(self, given: Any) -> Any:
        if self._read is None:
            return given
        try:
            return self._read(given)
        except BaseException as failure:
            return self._failed(failure)


def _steps(given: Awaitable[Any]) -> Generator[Any, Any, Any]:
    return (yield from given.__await__())
