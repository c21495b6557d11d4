"""What holds up a virtual clock: when it waits, for whom and for how long, and what it tells."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from avatarwire.fakeserver.clock import ClockError, RealClock, VirtualClock
from avatarwire.fakeserver.threads import Threads
from tests.fakeserver.loops import LIMIT, LoopThread


class Function:
    """A function that is held, and ends no sooner than somebody waits for it.

    Args:
        clock: held by it.
        loop: where it belongs to.
        then: what it leads to.
    """

    def __init__(
        self,
        clock: VirtualClock,
        loop: asyncio.AbstractEventLoop,
        then: Callable[[], object] | None = None,
    ) -> None:
        self.name = "answer"
        self.ended = False
        self.ends = True
        self._clock = clock
        self._loop = loop
        self._then = then
        clock.hold(self)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Looked at by who waits."""
        if self.ends and not self.ended:
            self.ended = True
            if not _runs_here(self._loop):
                self._loop.call_soon_threadsafe(self._clock.release, self, self._then)
        return self._loop

    def finish(self, patience: float) -> bool:
        """Called in its loop."""
        assert patience > 0
        if self.ends:
            self._clock.release(self, self._then)
        return self.ends


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def log_to(log: list[str], clock: VirtualClock, name: str) -> Callable[[], None]:
    start = clock.now()
    return lambda: log.append(f"{name} at {clock.now() - start:g}")


def test_time_waits_before_it_moves_in_another_thread() -> None:
    clock, log = VirtualClock(), list[str]()
    with LoopThread() as fake:
        Function(clock, fake.loop, log_to(log, clock, "answered"))
        fake.run(lambda: clock.call_later(1.0, log_to(log, clock, "timer")))
        clock.advance(2.0)
    assert log == ["answered at 0", "timer at 1"]


async def test_time_waits_before_it_moves_in_the_loop_itself() -> None:
    clock, log = VirtualClock(), list[str]()
    Function(clock, asyncio.get_running_loop(), log_to(log, clock, "answered"))
    clock.call_later(1.0, log_to(log, clock, "timer"))
    clock.advance(2.0)
    assert log == ["answered at 0", "timer at 1"]


@pytest.mark.parametrize("due", [2.0, 3.0], ids=["before another timer", "at the end"])
async def test_what_a_timer_begins_is_waited_for_before_time_moves_on(due: float) -> None:
    clock, log = VirtualClock(), list[str]()

    def begin(loop: asyncio.AbstractEventLoop, name: str) -> Callable[[], None]:
        then = log_to(log, clock, name)

        def callback() -> None:
            Function(clock, loop, then)

        return callback

    with LoopThread() as fake:
        for loop, name in ((asyncio.get_running_loop(), "here"), (fake.loop, "there")):
            clock.call_later(1.0, begin(loop, name))
        clock.call_later(due, log_to(log, clock, "timer"))
        clock.advance(2.5)
    assert log == ["here at 1", "there at 1", *(["timer at 2"] if due == 2.0 else [])]


def test_what_a_function_leads_to_may_set_timers_and_begin_another() -> None:
    clock, log = VirtualClock(), list[str]()
    with LoopThread() as fake:

        def then() -> None:
            clock.call_later(1.0, log_to(log, clock, "timer"))
            Function(clock, fake.loop, log_to(log, clock, "second"))

        Function(clock, fake.loop, then)
        clock.advance(1.0)
    assert log == ["second at 0", "timer at 1"]


def test_what_others_begin_meanwhile_is_not_waited_for() -> None:
    clock, late = VirtualClock(patience=LIMIT), list[Function]()
    with LoopThread() as fake:

        def then() -> None:
            """While it runs, somebody else begins another: if that were waited for, time might never move."""
            other = threading.Thread(target=lambda: late.append(Function(clock, fake.loop)))
            other.start()
            other.join(LIMIT)
            late[0].ends = False

        Function(clock, fake.loop, then)
        clock.advance(0)
        late[0].ends = True
        clock.advance(0)
        assert late[0].ended


def test_what_is_held_in_the_place_of_another_is_waited_for_like_that() -> None:
    clock, log = VirtualClock(patience=LIMIT), list[str]()

    class Replaced(Function):
        @property
        def loop(self) -> asyncio.AbstractEventLoop:
            if not self.ended:
                self.ended = True
                self._loop.call_soon_threadsafe(lambda: clock.hold(second, self))
            return self._loop

    with LoopThread() as fake:
        second = Function(clock, fake.loop, log_to(log, clock, "answered"))
        clock.release(second)
        Replaced(clock, fake.loop)
        clock.advance(1.0)
    assert log == ["answered at 0"]


def test_a_function_that_does_not_end_is_named_and_time_stands_still() -> None:
    clock, log = VirtualClock(patience=0.01), list[str]()
    with LoopThread() as fake:
        function = Function(clock, fake.loop)
        function.ends = False
        clock.call_later(1.0, log_to(log, clock, "timer"))
        with pytest.raises(ClockError, match=r"^the function answer is still running after 0\.01 s$"):
            clock.advance(1.0)
        assert log == []
        function.ends = True
        clock.advance(1.0)
    assert log == ["timer at 1"]


async def test_a_function_that_does_not_end_is_told_of_where_the_loop_waits_for_it() -> None:
    clock = VirtualClock(patience=0.01)
    Function(clock, asyncio.get_running_loop()).ends = False
    with pytest.raises(ClockError, match=r"still running after 0\.01 s; the event loop is blocked meanwhile, so"):
        clock.advance(1.0)


def test_a_loop_that_carries_nothing_out_is_told_of() -> None:
    clock, release = VirtualClock(patience=0.01), threading.Event()
    with LoopThread() as fake:
        function = Function(clock, fake.loop)
        fake.loop.call_soon_threadsafe(release.wait, LIMIT)
        with pytest.raises(ClockError, match=r"function answer has led to is not carried out .* loop is blocked"):
            clock.advance(1.0)
        release.set()
        assert function.ended


def test_what_is_raised_where_it_is_carried_out_stops_nothing() -> None:
    clock, log = VirtualClock(), list[str]()

    def fail() -> None:
        raise LookupError("gone")

    async def main() -> None:
        Function(clock, asyncio.get_running_loop(), fail)
        clock.call_later(1.0, log_to(log, clock, "timer"))
        clock.advance(1.0)

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(main())
    assert [repr(error) for error in caught.value.exceptions] == ["LookupError('gone')"]
    assert log == ["timer at 1"]


def test_what_is_held_in_a_loop_that_is_detached_is_forgotten() -> None:
    clock = VirtualClock(patience=0.01)
    with LoopThread() as fake:
        Function(clock, fake.loop).ends = False
        clock.detach(fake.loop)
        clock.advance(1.0)


def test_an_advance_goes_on_when_the_loop_of_what_it_waits_for_is_detached() -> None:
    class Leaving(Function):
        @property
        def loop(self) -> asyncio.AbstractEventLoop:
            if threading.current_thread() is threading.main_thread():
                fake.loop.call_soon_threadsafe(clock.detach, fake.loop)
            return self._loop

    clock = VirtualClock(patience=LIMIT)
    with LoopThread() as fake:
        Leaving(clock, fake.loop)
        clock.advance(1.0)


def test_a_function_cannot_wait_for_itself() -> None:
    clock, other = VirtualClock(), VirtualClock()
    threads = Threads(clock=clock)
    error = threads.run("answer", lambda: clock.advance(1.0)).exception(LIMIT)
    assert isinstance(error, ClockError)
    assert str(error) == "advance() was called by the function answer, for whose end time has to wait"
    threads.run("answer", lambda: other.advance(1.0)).result(LIMIT)  # which waits for nothing here
    threads.close()


async def test_real_time_waits_for_nobody() -> None:
    log: list[str] = []
    clock, virtual = RealClock(), VirtualClock()
    function = Function(virtual, asyncio.get_running_loop())
    clock.hold(function)
    clock.release(function)
    clock.release(function, lambda: log.append("carried out"))
    assert log == ["carried out"]
