"""Clocks: the order of timers, the moment a callback sees, the thread it runs in, and what goes wrong."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Callable
from contextvars import Context
from typing import Any, TypeVarTuple, cast

import pytest

from avatarwire.fakeserver.clock import Clock, ClockError, RealClock, Timer, VirtualClock, patience, sleep
from tests.fakeserver.loops import LIMIT, LoopThread
from tests.fakeserver.server_help import lets_go_of_its_caller

Ts = TypeVarTuple("Ts")

START = 1_767_225_600.0  # 2026-01-01T00:00:00Z


def log_to(log: list[str], name: str) -> Callable[[], None]:
    return lambda: log.append(name)


def fail(error: BaseException) -> Callable[[], None]:
    def callback() -> None:
        raise error

    return callback


# --- order and moment ---


def test_a_virtual_clock_starts_at_a_fixed_moment_and_stands_still() -> None:
    clock = VirtualClock()
    assert (clock.now(), clock.now()) == (START, START)
    assert VirtualClock(12.5).now() == 12.5
    assert repr(clock) == "VirtualClock(now=1767225600.000000, pending=0)"


def test_advance_fires_by_time_and_then_in_the_order_of_setting() -> None:
    clock, log = VirtualClock(), list[str]()
    for delay, name in ((2.0, "late"), (1.0, "early"), (1.0, "early too"), (3.0, "beyond")):
        clock.call_later(delay, log_to(log, name))
    clock.advance(2.0)
    assert log == ["early", "early too", "late"]
    assert (clock.now(), clock.pending, clock.next_due) == (START + 2, 1, START + 3)


def test_a_callback_sees_the_moment_it_was_due() -> None:
    clock, seen = VirtualClock(), list[float]()
    clock.call_later(0.25, lambda: seen.append(clock.now()))
    clock.call_later(7.0, lambda: seen.append(clock.now()))
    clock.advance(10.0)
    assert seen == [START + 0.25, START + 7.0]
    assert clock.now() == START + 10.0


def test_timers_set_within_the_window_fire_too() -> None:
    clock, beats = VirtualClock(), list[float]()

    def beat() -> None:
        beats.append(clock.now() - START)
        clock.call_later(5.0, beat)

    clock.call_later(5.0, beat)
    clock.advance(17.0)
    assert beats == [5.0, 10.0, 15.0]
    assert clock.next_due == START + 20.0


@pytest.mark.parametrize("delay", [0, -3.5, -math.inf])
def test_a_timer_without_delay_is_due_at_once_but_waits_for_advance(delay: float) -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(delay, log_to(log, "due"))
    assert log == []
    clock.advance(0)
    assert (log, clock.now()) == (["due"], START)


def test_ten_tenths_are_one_second() -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(1.0, log_to(log, "one second"))
    for _ in range(10):
        assert log == []
        clock.advance(0.1)
    assert log == ["one second"]


# --- cancelling ---


def test_a_cancelled_timer_never_fires() -> None:
    clock, log = VirtualClock(), list[str]()
    timer = clock.call_later(1.0, log_to(log, "cancelled"))
    clock.call_later(2.0, log_to(log, "kept"))
    timer.cancel()
    timer.cancel()
    assert (clock.pending, clock.next_due) == (1, START + 2)
    clock.advance(5.0)
    assert (log, clock.pending, clock.next_due) == (["kept"], 0, None)


def test_a_callback_may_cancel_a_timer_of_the_same_moment() -> None:
    clock, log = VirtualClock(), list[str]()
    timers: list[Timer] = []
    clock.call_later(1.0, lambda: timers[0].cancel())
    timers.append(clock.call_later(1.0, log_to(log, "cancelled")))
    clock.advance(1.0)
    timers[0].cancel()
    assert (log, clock.pending) == ([], 0)


def test_cancelled_timers_do_not_pile_up_while_the_clock_stands_still() -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(30.0, log_to(log, "idle"))
    for _ in range(1000):
        clock.call_later(60.0, log_to(log, "never")).cancel()
    assert clock.pending == 1
    assert len(cast("Any", clock)._heap) < 200
    clock.advance(60.0)
    assert log == ["idle"]


# --- what is refused, what fails ---


@pytest.mark.parametrize("seconds", [-0.001, math.nan, math.inf])
def test_time_moves_forward_only(seconds: float) -> None:
    clock = VirtualClock()
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(seconds)
    assert clock.now() == START


def test_a_delay_may_be_longer_than_time_goes_on() -> None:
    clock = VirtualClock()
    clock.call_later(1e308, lambda: pytest.fail("it is never due"))
    clock.advance(1e15)
    assert clock.pending == 1
    with pytest.raises(ValueError, match="at most 1e\\+15 seconds"):
        clock.advance(1e308)


@pytest.mark.parametrize("clock", [VirtualClock(), RealClock()])
@pytest.mark.parametrize("delay", [math.nan, math.inf])
def test_a_delay_is_a_finite_number(clock: Clock, delay: float) -> None:
    with pytest.raises(ValueError, match="finite delay"):
        clock.call_later(delay, lambda: None)


def test_a_callback_that_raises_stops_no_other() -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(1.0, fail(KeyError("first")))
    clock.call_later(2.0, log_to(log, "second"))
    clock.call_later(3.0, fail(TimeoutError("third")))
    with pytest.raises(ExceptionGroup, match=r"2 timer\(s\) failed") as caught:
        clock.advance(3.0)
    assert [repr(error) for error in caught.value.exceptions] == ["KeyError('first')", "TimeoutError('third')"]
    assert (log, clock.now()) == (["second"], START + 3)


def test_an_interrupt_comes_through_and_leaves_the_clock_usable() -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(1.0, fail(KeyboardInterrupt()))
    clock.call_later(2.0, log_to(log, "later"))
    with pytest.raises(KeyboardInterrupt):
        clock.advance(2.0)
    assert clock.now() == START + 1
    clock.advance(1.0)
    assert log == ["later"]


def test_advance_does_not_nest() -> None:
    clock = VirtualClock()
    clock.call_later(1.0, lambda: clock.advance(1.0))
    with pytest.raises(ExceptionGroup) as caught:
        clock.advance(1.0)
    assert [str(error) for error in caught.value.exceptions] == [
        "advance() is already under way: a callback or another thread called it again"
    ]


def test_a_timer_that_sets_itself_again_without_delay_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarwire.fakeserver.clock._STUCK", 50)
    clock = VirtualClock()

    def again() -> None:
        clock.call_later(0, again)

    clock.call_later(1.0, again)
    with pytest.raises(ClockError, match="sets itself again without delay"):
        clock.advance(1.0)


def test_many_timers_at_one_moment_are_no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarwire.fakeserver.clock._STUCK", 50)
    clock, log = VirtualClock(), list[str]()
    for number in range(200):
        clock.call_later(1.0, log_to(log, str(number)))
    clock.advance(1.0)
    assert len(log) == 200


# --- loops and threads ---


class MeddlingLoop(asyncio.SelectorEventLoop):
    """Does something just before or just after it is handed a callback by the clock."""

    before: Callable[[], object] | None = None
    after: Callable[[], object] | None = None

    def call_soon_threadsafe(
        self, callback: Callable[[*Ts], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        before, after, self.before, self.after = self.before, self.after, None, None
        if before is not None:
            before()
        handle = super().call_soon_threadsafe(callback, *args, context=context)
        if after is not None:
            after()
        return handle


def test_a_callback_runs_in_the_loop_it_was_set_in() -> None:
    clock, ran = VirtualClock(), list[threading.Thread]()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, lambda: ran.append(threading.current_thread())))
        clock.advance(1.0)
        assert ran == [fake.thread]


def test_loops_that_share_a_clock_keep_one_order() -> None:
    clock, log = VirtualClock(), list[str]()
    with LoopThread() as one, LoopThread() as other:
        one.run(lambda: clock.call_later(3.0, log_to(log, "one, third")))
        other.run(lambda: clock.call_later(2.0, log_to(log, "other, second")))
        clock.call_later(1.0, log_to(log, "no loop, first"))
        clock.advance(5.0)
    assert log == ["no loop, first", "other, second", "one, third"]


async def test_in_its_own_loop_a_callback_runs_before_advance_returns() -> None:
    clock, log = VirtualClock(), list[str]()
    clock.call_later(1.0, log_to(log, "ran"))
    clock.advance(1.0)
    assert log == ["ran"]


def test_a_callback_that_raises_in_another_loop_is_reported_by_advance() -> None:
    clock = VirtualClock()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, fail(LookupError("gone"))))
        with pytest.raises(ExceptionGroup) as caught:
            clock.advance(1.0)
    assert [repr(error) for error in caught.value.exceptions] == ["LookupError('gone')"]


def test_what_a_callback_raises_is_not_kept() -> None:
    def fails() -> None:
        raise LookupError("gone")

    clock = VirtualClock()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, fails))
        clock.call_later(1.0, fails)
        assert lets_go_of_its_caller(lambda: clock.advance(1.0), ExceptionGroup)


def test_a_callback_may_raise_that_its_own_time_is_over() -> None:
    clock = VirtualClock()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, fail(TimeoutError("of the callback"))))
        with pytest.raises(ExceptionGroup) as caught:
            clock.advance(1.0)
    assert [repr(error) for error in caught.value.exceptions] == ["TimeoutError('of the callback')"]


@pytest.mark.parametrize("closed", [False, True], ids=["stopped", "closed"])
def test_a_dead_loop_is_named_and_stops_no_other(closed: bool) -> None:
    clock, log = VirtualClock(), list[str]()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, log_to(log, "dead")))
        fake.stop()
        if closed:
            fake.loop.close()
        clock.call_later(2.0, log_to(log, "alive"))
        with pytest.raises(ExceptionGroup) as caught:
            clock.advance(2.0)
    assert [str(error) for error in caught.value.exceptions] == [
        "a timer's event loop no longer runs: detach(loop) has to come before the loop stops"
    ]
    assert (log, clock.pending) == (["alive"], 0)


def test_a_blocked_loop_is_not_waited_for_for_ever() -> None:
    clock, log, release = VirtualClock(patience=0.01), list[str](), threading.Event()
    with LoopThread() as fake:
        fake.run(lambda: clock.call_later(1.0, log_to(log, "too late")))
        fake.loop.call_soon_threadsafe(release.wait, LIMIT)
        with pytest.raises(ExceptionGroup) as caught:
            clock.advance(1.0)
        release.set()
        fake.run(lambda: None)
    assert "never began after 0.01 s" in str(caught.value.exceptions[0])
    assert log == []  # not even once the loop is free again: its moment is over


def test_a_callback_that_does_not_end_is_told_apart() -> None:
    clock, loop, began, release = VirtualClock(patience=0.01), MeddlingLoop(), threading.Event(), threading.Event()

    def endless() -> None:
        began.set()
        release.wait(LIMIT)

    with LoopThread(loop) as fake:
        fake.run(lambda: clock.call_later(1.0, endless))
        loop.after = lambda: began.wait(LIMIT)
        with pytest.raises(ExceptionGroup) as caught:
            clock.advance(1.0)
        release.set()
    assert "is still running after 0.01 s" in str(caught.value.exceptions[0])


def test_detach_forgets_the_timers_of_one_loop() -> None:
    clock, log = VirtualClock(), list[str]()
    with LoopThread() as stopping, LoopThread() as staying:
        stopping.run(lambda: clock.call_later(1.0, log_to(log, "stopping")))
        staying.run(lambda: clock.call_later(1.0, log_to(log, "staying")))
        clock.detach(stopping.loop)
        stopping.stop()
        assert clock.pending == 1
        clock.advance(1.0)
    assert log == ["staying"]


def test_what_a_callback_has_shown_before_it_sets_its_timer_has_set_it_when_time_moves() -> None:
    clock, log, shown, may_go_on = VirtualClock(), list[str](), threading.Event(), threading.Event()

    def callback() -> None:
        shown.set()
        may_go_on.wait(LIMIT)
        clock.call_later(1.0, log_to(log, "due"))

    with LoopThread() as fake:
        clock.attach(fake.loop)
        fake.loop.call_soon_threadsafe(callback)
        assert shown.wait(LIMIT)
        threading.Timer(0.02, may_go_on.set).start()
        clock.advance(1.0)
        clock.detach(fake.loop)
    assert log == ["due"]


def test_time_moves_past_a_loop_that_is_blocked_and_one_that_has_ended() -> None:
    clock, began, release = VirtualClock(patience=0.01), threading.Event(), threading.Event()

    def endless() -> None:
        began.set()
        release.wait(LIMIT)

    with LoopThread() as fake:
        clock.attach(fake.loop)
        fake.loop.call_soon_threadsafe(endless)
        assert began.wait(LIMIT)
        clock.advance(1.0)
        release.set()
    clock.advance(1.0)
    assert clock.now() == START + 2


def test_an_advance_does_not_wait_for_the_callback_of_a_loop_that_is_detached() -> None:
    clock, loop = VirtualClock(patience=LIMIT), MeddlingLoop()
    with LoopThread(loop) as fake:
        clock.attach(loop)
        loop.before = lambda: clock.detach(loop)
        clock.advance(1.0)
        fake.run(lambda: None)
    assert clock.now() == START + 1


def test_an_advance_goes_on_when_the_loop_it_waits_for_is_detached() -> None:
    clock, log, loop = VirtualClock(), list[str](), MeddlingLoop()
    with LoopThread(loop) as fake:
        fake.run(lambda: clock.call_later(1.0, log_to(log, "detached")))
        loop.before = lambda: clock.detach(loop)
        clock.advance(1.0)
        fake.run(lambda: None)
    assert (log, clock.now()) == ([], START + 1)


def test_a_timer_can_be_cancelled_until_its_callback_begins() -> None:
    clock, log, loop = VirtualClock(), list[str](), MeddlingLoop()
    with LoopThread(loop) as fake:
        timer = fake.run(lambda: clock.call_later(1.0, log_to(log, "cancelled")))
        loop.before = timer.cancel
        clock.advance(1.0)
    assert (log, clock.pending) == ([], 0)


# --- the real clock, and waiting ---


async def test_a_real_timer_runs_in_the_running_loop() -> None:
    clock, ran = RealClock(), asyncio.Event()
    log: list[str] = []
    clock.call_later(0, log_to(log, "cancelled")).cancel()
    clock.call_later(0, ran.set)
    await asyncio.wait_for(ran.wait(), LIMIT)
    clock.detach(asyncio.get_running_loop())
    assert log == []


def test_a_real_clock_needs_a_loop() -> None:
    clock = RealClock()
    assert START < clock.now() <= clock.now()
    with pytest.raises(ClockError, match="inside a running event loop"):
        clock.call_later(0, lambda: None)


async def test_sleep_ends_when_the_clock_has_moved_on() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(sleep(clock, 3.0))
    await asyncio.sleep(0)
    clock.advance(2.9)
    await asyncio.sleep(0)
    assert not sleeper.done()
    clock.advance(0.1)
    await asyncio.wait_for(sleeper, LIMIT)


async def test_a_cancelled_sleep_leaves_no_timer() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(sleep(clock, 3.0))
    await asyncio.sleep(0)
    assert clock.pending == 1
    sleeper.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sleeper
    assert clock.pending == 0


async def test_a_sleep_cancelled_at_the_moment_it_ends_does_no_harm() -> None:
    clock = VirtualClock()
    sleeper = asyncio.create_task(sleep(clock, 3.0))
    await asyncio.sleep(0)
    sleeper.cancel()
    clock.advance(3.0)
    with pytest.raises(asyncio.CancelledError):
        await sleeper


def test_patience_runs_out_at_zero() -> None:
    left = patience(1000.0)
    assert 0 < left() <= 1000.0
    assert patience(-1.0)() == 0.0
