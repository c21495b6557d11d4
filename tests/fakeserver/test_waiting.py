"""Plain functions of the test that run in a thread: what they give, and how a loop and its time wait for that."""

from __future__ import annotations

import asyncio
import gc
import inspect
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator
from contextvars import ContextVar
from typing import Any, Final

import pytest

from avatarwire.fakeserver.clock import ClockError, RealClock, VirtualClock, sleep
from avatarwire.fakeserver.threads import Threads
from avatarwire.fakeserver.user_code import Guard, Work
from avatarwire.fakeserver.waiting import Waiting, outcome
from tests.fakeserver.loops import LIMIT, LoopThread

WORD: Final[ContextVar[str]] = ContextVar("WORD", default="")

pytestmark = pytest.mark.usefixtures("quiet_log")


class Outcome(BaseException):
    """What a test framework ends a test with."""


class Place:
    """A fake, as far as functions see one.

    Attributes:
        clock, threads, guard: of the fake.
        log: what has come of functions.
        told: errors that the journal was told of, as function and type.
    """

    def __init__(self, patience: float = LIMIT) -> None:
        self.clock = VirtualClock(patience=patience)
        self.threads = Threads("fake", self.clock)
        self.guard = Guard(self._note, self.threads)
        self.log: list[object] = []
        self.told: list[tuple[str, str, str]] = []
        self._noted = threading.Event()

    def _note(self, text: str, *, message: str, session: str, function: str, failure: str) -> None:
        assert function in text
        assert message == "function.failed"
        self.told.append((function, failure.partition(" ")[0], session))
        self._noted.set()

    def call(self, function: Callable[..., Any], *arguments: object) -> Any:
        """Calls it as `answer`."""
        return self.guard.call("answer", function, *arguments, session="s-1")

    def wait(self, function: Callable[..., Any], *arguments: object) -> Waiting:
        """Calls it, and logs what it gives."""
        return Waiting(self.call(function, *arguments), self.clock, self.log.append, self.begin)

    def begin(self, given: Awaitable[Any]) -> None:
        """Awaits what it has given, and logs what that gives."""
        asyncio.ensure_future(given).add_done_callback(lambda task: self.log.append(task.result()))

    async def noted(self) -> None:
        """Waits until the journal is told of something."""
        assert await asyncio.to_thread(self._noted.wait, LIMIT)


@pytest.fixture
async def place() -> AsyncGenerator[Place]:
    given = Place()
    yield given
    given.threads.close()


class Blocked:
    """A function that ends when it is released.

    Args:
        given: what it gives.
    """

    def __init__(self, given: object = "done") -> None:
        self.began = threading.Event()
        self.release = threading.Event()
        self.given = given

    def __call__(self, *_: object) -> object:
        self.began.set()
        assert self.release.wait(LIMIT)
        if isinstance(self.given, BaseException):
            raise self.given
        return self.given

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.began.wait, LIMIT)


@pytest.fixture
def blocked() -> Iterator[Blocked]:
    given = Blocked()
    yield given
    given.release.set()


def failing(error: BaseException) -> Callable[..., Any]:
    def function(*_: object) -> Any:
        raise error

    return function


# --- what is called where ---


async def test_a_plain_function_runs_in_a_thread_and_is_awaited(place: Place) -> None:
    work = place.call(lambda *given: (*given, threading.current_thread()), 1, 2)
    assert isinstance(work, Work)
    assert (work.name, work.session) == ("answer", "s-1")
    first, second, thread = await work
    assert (first, second) == (1, 2)
    assert thread is not threading.current_thread()
    assert await work is work.result()


async def test_a_plain_function_that_blocks_holds_up_nothing_else(place: Place, blocked: Blocked) -> None:
    waiting = asyncio.ensure_future(place.call(blocked))
    await blocked.has_begun()  # the loop runs
    assert await place.call(lambda: "other") == "other"
    assert not waiting.done()
    blocked.release.set()
    assert await waiting == "done"


async def test_an_async_function_runs_in_the_loop(place: Place) -> None:
    async def function() -> threading.Thread:
        return threading.current_thread()

    given = place.call(function)
    assert not isinstance(given, Work)
    assert await given is threading.current_thread()


class AsyncObject:
    """An object that is called like an async function."""

    async def __call__(self) -> threading.Thread:
        await asyncio.sleep(0)
        return threading.current_thread()


async def test_what_a_plain_function_gives_to_be_awaited_runs_in_the_loop(place: Place) -> None:
    function = AsyncObject()
    for it in (function, lambda: function()):
        assert await place.call(it) is threading.current_thread()


async def test_a_function_sees_the_context_it_was_called_in(place: Place) -> None:
    WORD.set("asked")
    assert await place.call(WORD.get) == "asked"


async def test_a_function_without_threads_is_called_where_it_stands() -> None:
    assert Guard().call("f", threading.current_thread) is threading.current_thread()


def generated(*texts: str, error: BaseException | None = None) -> Generator[str]:
    yield from texts
    if error is not None:
        raise error


@pytest.mark.parametrize("threaded", [True, False])
async def test_what_is_read_of_a_result_is_the_functions_own_code(place: Place, threaded: bool) -> None:
    guard = place.guard if threaded else Guard()
    error, where = LookupError("x"), list[threading.Thread]()

    def read(given: Any) -> list[str]:
        where.append(threading.current_thread())
        return list(given)

    async def given(function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        result = guard.call("answer", lambda: function(*arguments, **named), read=read)
        return await outcome(result, place.clock)

    async def later(*texts: str, error: BaseException | None = None) -> Any:
        await asyncio.sleep(0)
        return generated(*texts, error=error)

    assert await given(generated, "a", "b") == ["a", "b"]
    assert await given(generated, "a", error=error) is error
    assert [it is threading.current_thread() for it in where] == [not threaded] * 2
    assert await given(later, "a", "b") == ["a", "b"]
    assert await given(later, "a", error=error) is error


# --- what goes wrong ---


@pytest.mark.parametrize(
    "error", [ValueError("x"), StopIteration("x"), GeneratorExit(), asyncio.CancelledError()], ids=repr
)
async def test_an_error_is_given_and_told_once(place: Place, error: BaseException) -> None:
    work = place.call(failing(error))
    assert await work is error
    assert await work is error
    assert (place.told, place.guard.owed) == ([("answer", type(error).__name__, "s-1")], None)


async def test_an_outcome_is_given_and_owed(place: Place) -> None:
    error = Outcome("why")
    assert await place.call(failing(error)) is error
    assert place.guard.owed is error


@pytest.mark.parametrize("end", [KeyboardInterrupt("x"), SystemExit("x")], ids=repr)
async def test_an_end_is_raised_where_it_is_waited_for(place: Place, end: BaseException) -> None:
    work = place.call(failing(end))
    assert work.future.exception(LIMIT) is end
    for _ in range(2):
        with pytest.raises(type(end)):
            work.result()
    assert (len(place.told), place.guard.owed) == (1, end)


async def test_an_end_is_raised_where_the_clock_is_advanced(place: Place) -> None:
    place.wait(failing(SystemExit("x")))
    with pytest.raises(SystemExit, match="x"):
        place.clock.advance(1.0)
    assert place.log == []


@pytest.mark.parametrize("cancelled", [False, True])
def test_an_end_ends_the_loop_though_nobody_may_wait_for_it(cancelled: bool) -> None:
    place, blocked = Place(), Blocked(KeyboardInterrupt("x"))

    async def main() -> None:
        waiting = place.wait(blocked)
        if cancelled:
            waiting.cancel()
        blocked.release.set()
        await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(main())
    assert place.log == []
    place.threads.close()


async def test_what_a_function_gave_to_be_awaited_is_guarded(place: Place) -> None:
    async def later() -> None:
        await asyncio.sleep(0)
        raise LookupError

    assert isinstance(await place.call(lambda: later()), LookupError)
    assert place.told == [("answer", "LookupError", "s-1")]


async def test_threads_that_cannot_be_had_are_an_error_of_the_function(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("can't start new thread")
    monkeypatch.setattr(threading.Thread, "start", failing(error))
    assert await place.call(lambda: "called") is error
    assert place.told == [("answer", "RuntimeError", "s-1")]


async def test_a_function_that_is_not_called_any_more_is_cancelled(place: Place) -> None:
    place.threads.close()
    place.wait(lambda: pytest.fail("it is called"))
    given = await place.call(lambda: pytest.fail("it is called"))
    assert isinstance(given, asyncio.CancelledError)
    place.clock.advance(0)
    assert [type(it) for it in place.log] == [asyncio.CancelledError]
    assert place.told == []


async def test_a_result_is_not_there_before_the_end(place: Place, blocked: Blocked) -> None:
    with pytest.raises(TimeoutError):
        place.call(blocked).result()


# --- giving up ---


async def test_a_task_that_is_cancelled_does_not_interrupt_the_function(place: Place) -> None:
    blocked = Blocked(ValueError("x"))
    waiting = asyncio.ensure_future(place.call(blocked))
    await blocked.has_begun()
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    blocked.release.set()
    await place.noted()
    assert place.told == [("answer", "ValueError", "s-1")]


async def test_a_wait_that_is_cancelled_leads_to_nothing_and_holds_nothing(place: Place) -> None:
    blocked = Blocked(ValueError("x"))
    waiting = place.wait(blocked)
    waiting.cancel()
    waiting.cancel()
    place.clock.advance(1.0)
    blocked.release.set()
    await place.noted()
    await asyncio.sleep(0)
    assert place.log == []
    assert place.told == [("answer", "ValueError", "s-1")]


@pytest.mark.parametrize("how", ["waiting", "outcome", "at once"])
async def test_what_is_given_up_is_not_awaited_any_more(place: Place, how: str) -> None:
    async def later() -> None:
        pytest.fail("it is awaited")

    given, ended = later(), asyncio.Event()
    blocked = Blocked(given)
    work = place.call(blocked)
    if how == "waiting":
        Waiting(work, place.clock, place.log.append, place.begin).cancel()
    else:
        task = asyncio.create_task(outcome(work, place.clock))
        await asyncio.sleep(0)
        if how == "at once":
            blocked.release.set()
            place.clock.advance(0)  # wakes the task, which cannot go on yet
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    work.when_done(ended.set)
    blocked.release.set()
    await ended.wait()
    assert inspect.getcoroutinestate(given) == inspect.CORO_CLOSED
    assert place.log == []


async def test_a_wait_that_is_over_is_not_cancelled(place: Place) -> None:
    waiting = place.wait(lambda: "done")
    assert waiting.finish(LIMIT)
    waiting.cancel()
    waiting.settle()
    assert (place.log, waiting.ended, waiting.name) == (["done"], True, "answer")


# --- time ---


def test_an_advance_waits_for_the_function_and_what_it_leads_to() -> None:
    place, blocked = Place(), Blocked("answered")
    with LoopThread() as fake:
        fake.run(lambda: place.wait(blocked))
        fake.run(lambda: place.clock.call_later(1.0, lambda: place.log.append("timer")))
        fake.loop.call_soon_threadsafe(blocked.release.set)
        place.clock.advance(1.0)
    assert place.log == ["answered", "timer"]
    place.threads.close()


def test_time_waits_from_when_the_function_is_called() -> None:
    place, called, go_on = Place(patience=0.01), threading.Event(), threading.Event()

    def ask() -> None:
        """Between the call of the function and the wait for it, with which it begins, time is tried."""
        work = place.call(lambda: None)
        called.set()
        assert go_on.wait(LIMIT)
        Waiting(work, place.clock, lambda _: place.log.append("answered"), place.begin)

    with LoopThread() as fake:
        fake.loop.call_soon_threadsafe(ask)
        assert called.wait(LIMIT)
        error = _error(lambda: place.clock.advance(1.0))
        assert str(error).startswith("what the function answer has led to is not carried out")
        go_on.set()
        fake.run(lambda: place.clock.call_later(1.0, lambda: place.log.append("timer")))
        place.clock.advance(1.0)
    assert place.log == ["answered", "timer"]
    place.threads.close()


def test_a_function_that_nobody_waits_for_holds_nothing_and_does_not_begin() -> None:
    place = Place()
    with LoopThread() as fake:
        work = fake.run(lambda: place.call(lambda: pytest.fail("it is called")))
        place.clock.advance(1.0)
        fake.run(work.cancel)
    place.call(lambda: "outside of any loop")
    place.threads.close()
    assert place.told == []


@pytest.mark.filterwarnings("error")
def test_what_a_function_gives_after_the_end_of_the_loop_is_closed() -> None:
    place, blocked = Place(), Blocked()
    closed = threading.Event()

    async def later() -> None:
        raise AssertionError("nobody awaits it")

    def ask() -> object:
        blocked()
        return later()

    with LoopThread() as fake:
        work = fake.run(lambda: place.call(ask))
        fake.run(lambda: Waiting(work, place.clock, place.log.append, place.begin))

        def ended(_: object) -> None:
            closed.set()

        fake.run(lambda: work.future.add_done_callback(ended))
    blocked.release.set()
    assert closed.wait(LIMIT)
    place.threads.close()
    gc.collect()
    assert place.log == []


async def test_an_advance_in_the_loop_itself_waits_likewise(place: Place) -> None:
    asked = place.clock.now()

    def ask() -> None:
        place.wait(lambda: place.clock.now() - asked)

    ask()
    place.clock.call_later(1.0, ask)
    place.clock.call_later(2.0, lambda: place.log.append("timer"))
    place.clock.advance(3.0)
    assert place.log == [0.0, 1.0, "timer"]


async def test_a_function_that_does_not_end_is_named() -> None:
    place, blocked = Place(patience=0.01), Blocked()
    place.wait(blocked)
    with pytest.raises(ClockError, match=r"^the function answer is still running after 0\.01 s"):
        place.clock.advance(1.0)
    error = await asyncio.to_thread(_error, lambda: place.clock.advance(1.0))
    assert str(error) == "the function answer is still running after 0.01 s"
    assert place.log == []
    blocked.release.set()
    place.threads.close()


def _error(action: Callable[[], object]) -> BaseException:
    with pytest.raises(ClockError) as caught:
        action()
    return caught.value


async def test_a_function_cannot_advance_the_clock_that_waits_for_it(place: Place) -> None:
    place.wait(lambda: place.clock.advance(1.0))
    place.clock.advance(1.0)
    [error] = place.log
    assert str(error) == "advance() was called by the function answer, for whose end time has to wait"
    assert place.told == [("answer", "ClockError", "s-1")]


def test_what_is_to_be_awaited_has_begun_when_time_moves_on_and_may_wait_for_the_clock() -> None:
    place = Place()

    async def later() -> str:
        await sleep(place.clock, 1.0)
        return "done"

    with LoopThread() as fake:
        fake.run(lambda: place.wait(lambda: later()))
        place.clock.advance(0.5)
        assert place.clock.pending == 1
        place.clock.advance(0.5)
        fake.run(lambda: None)
        fake.run(lambda: None)
    assert place.log == ["done"]
    place.threads.close()


@pytest.mark.parametrize("asynchronous", [False, True])
def test_a_coroutine_goes_on_before_time_does(asynchronous: bool) -> None:
    place = Place()

    async def later() -> str:
        return "signed"

    async def deliver() -> None:
        place.log.append(await outcome(place.call(later if asynchronous else lambda: "signed"), place.clock))
        place.clock.call_later(1.0, lambda: place.log.append("timer"))

    async def begin() -> None:
        task = asyncio.ensure_future(deliver())
        await asyncio.sleep(0)
        tasks.append(task)

    tasks: list[asyncio.Task[None]] = []
    with LoopThread() as fake:
        asyncio.run_coroutine_threadsafe(begin(), fake.loop).result(LIMIT)
        place.clock.advance(1.0)
    assert place.log == ["signed", "timer"]
    place.threads.close()


async def test_an_advance_in_the_loop_waits_for_the_function_but_not_for_the_coroutine(place: Place) -> None:
    called: list[str] = []
    task = asyncio.create_task(outcome(place.call(lambda: called.append("called")), place.clock))
    await asyncio.sleep(0)
    place.clock.advance(1.0)
    assert (called, task.done()) == (["called"], False)
    await task


async def test_an_outcome_may_be_there_at_once_and_time_may_be_real(place: Place) -> None:
    assert await outcome("done", place.clock) == "done"
    assert await outcome(place.call(lambda: "done"), RealClock()) == "done"
