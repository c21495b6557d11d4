"""Time from outside: moved by a call, or jumping by itself when nothing is under way."""

from __future__ import annotations

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.client import HTTPException
from typing import Any

import pytest
from websockets.sync.client import connect

from avatarwire.fakeserver import ClockError, FakeAliyun, FakeServer, VirtualClock
from avatarwire.fakeserver.jumping_clock import JumpingClock
from tests.fakeserver.aliyun.running import LIMIT, Line, start
from tests.fakeserver.control.calls import Caller


def test_time_moves_and_what_is_due_happens() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, line_seconds=60.0) as fake:
        caller, session = Caller(fake.control), start(fake)
        before = caller.get("/v1/clock")
        now = fake.clock.now()
        assert before == {"kind": "virtual", "now": now, "next_due": now + 60, "failures": []}
        with connect(session.url, proxy=None) as socket:
            line = Line(socket, session)
            assert caller.post("/v1/clock", {"advance": 59.5})["now"] == now + 59.5
            assert caller.get("/v1/aliyun/sessions")["sessions"][0]["over"] is False
            assert caller.post("/v1/clock", {"advance": 0.5})["next_due"] is None
            assert line.hear("session.force_close")
            assert line.closed()[0] == 1000


def test_the_command_of_that_name_does_the_same(fake: FakeAliyun, caller: Caller) -> None:
    before = fake.clock.now()
    caller.post("/v1/aliyun/commands/advance", {"seconds": 2.5})
    assert fake.clock.now() == before + 2.5


def test_what_fails_then_is_told(fake: FakeAliyun, caller: Caller) -> None:
    def fail() -> None:
        raise RuntimeError("a timer of a test")

    fake.clock.call_later(1.0, fail)
    assert caller.post("/v1/clock", {"advance": 2})["failures"] == ["RuntimeError: a timer of a test"]


def test_time_that_cannot_go_on_is_a_conflict(fake: FakeAliyun, caller: Caller) -> None:
    assert isinstance(fake.clock, VirtualClock)
    entered, leave = threading.Event(), threading.Event()

    def hold() -> None:
        entered.set()
        leave.wait(LIMIT)

    fake.clock.call_later(1.0, hold)
    moving = threading.Thread(target=fake.clock.advance, args=(1.0,))
    moving.start()
    try:
        assert entered.wait(LIMIT)
        answer = caller.call("POST", "/v1/clock", {"advance": 1})
        assert (answer.status, answer.kind) == (409, "busy-clock")
    finally:
        leave.set()
        moving.join(LIMIT)


def test_moving_time_very_far_holds_up_neither_others_nor_the_end() -> None:
    with ThreadPoolExecutor() as threads:
        with FakeAliyun(clock=VirtualClock()) as fake:
            caller = Caller(fake.control)
            ticking = threading.Event()

            def tick() -> None:
                ticking.set()
                fake.clock.call_later(0.001, tick)

            fake.tell(lambda behaviour: tick())
            moving = threads.submit(caller.call, "POST", "/v1/clock", {"advance": 1e9})
            assert ticking.wait(LIMIT)
            assert caller.get("/v1/aliyun/sessions") == {"sessions": []}
            assert not moving.done()
        with suppress(ConnectionError, HTTPException):  # nobody is there to answer any more
            moving.result(LIMIT)


@pytest.mark.parametrize("turns", [1, 2, 3, 4])
async def test_a_connection_that_comes_as_it_ends_is_closed(turns: int) -> None:
    """Whichever turn of the loop it is accepted in."""
    async with FakeAliyun() as fake:
        control = fake.control
        await asyncio.sleep(0.0)
        with socket.create_connection((control.host, control.port), timeout=LIMIT) as client:
            for _ in range(turns):
                await asyncio.sleep(0)
            await control.stop()
            with suppress(ConnectionError):
                assert await asyncio.to_thread(client.recv, 1) == b""


# --- time that jumps ---


class Timers:
    """A clock that jumps, and what happens on it."""

    def __init__(self, quiet: float = 0.02) -> None:
        self.clock = JumpingClock(1000.0, quiet=quiet)
        self.marks = 0
        self.happened: list[float] = []
        self.reached = threading.Semaphore(0)

    def at(self, *delays: float) -> None:
        """Sets timers."""
        for delay in delays:
            self.clock.call_later(delay, self._happen)

    def _happen(self) -> None:
        self.happened.append(self.clock.now() - 1000.0)
        self.reached.release()


def test_time_jumps_to_each_timer_when_nothing_is_under_way() -> None:
    timers = Timers()
    timers.at(60.0, 3600.0)
    leave = timers.clock.join(lambda: timers.marks)
    assert timers.reached.acquire(timeout=LIMIT)
    assert timers.reached.acquire(timeout=LIMIT)
    leave()
    assert timers.happened == [60.0, 3600.0]


def test_time_stands_still_while_something_is_under_way() -> None:
    timers = Timers()
    timers.at(60.0)
    asked = 0

    def busy() -> int:
        nonlocal asked
        asked += 1
        if asked == 20:
            timers.reached.release()
        return asked  # something new each time

    leave = timers.clock.join(busy)
    assert timers.reached.acquire(timeout=LIMIT)
    assert timers.happened == []
    leave()


def test_a_jumping_clock_is_moved_too() -> None:
    timers = Timers(quiet=LIMIT)
    timers.at(5.0)
    leave = timers.clock.join(lambda: 0)
    timers.clock.advance(5.0)
    leave()
    assert timers.happened == [5.0]


async def test_a_loop_that_a_jump_waits_for_does_not_wait_for_the_jump() -> None:
    clock = JumpingClock(1000.0, quiet=LIMIT)
    told: list[Exception] = []

    def due() -> None:
        try:
            clock.advance(1.0)
        except ClockError as error:
            told.append(error)

    clock.call_later(5.0, due)
    await asyncio.to_thread(clock.advance, 5.0)
    assert [str(error) for error in told] == ["a jump of the clock is under way"]


def test_a_timer_that_fails_does_not_end_it() -> None:
    timers = Timers()

    def fail() -> None:
        raise RuntimeError

    timers.clock.call_later(1.0, fail)
    timers.at(2.0)
    leave = timers.clock.join(lambda: 0)
    assert timers.reached.acquire(timeout=LIMIT)
    leave()


def test_nobody_takes_part_any_more_and_the_thread_ends() -> None:
    timers = Timers()
    for _ in range(2):
        before = set(threading.enumerate())
        leave = timers.clock.join(lambda: 0)
        (thread,) = set(threading.enumerate()) - before
        leave()
        thread.join(LIMIT)
        assert not thread.is_alive()


def jumping(**changes: Any) -> FakeAliyun:
    """A fake whose time jumps."""
    return FakeAliyun({"server": {"clock": "jump"}}, verify_signatures=False, **changes)


def test_a_fake_whose_time_jumps_ends_a_silent_session_at_once() -> None:
    with jumping(idle_seconds=3600.0) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            socket.recv(timeout=LIMIT)
            fake.journal.expect_sync("session.force_close", session=session.id)
        assert Caller(fake.control).get("/v1/clock")["kind"] == "jump"


def test_an_answer_that_takes_minutes_comes_at_once() -> None:
    with jumping(chunk_seconds=60.0, polls_until_ready=0, idle_seconds=None) as fake:
        session = start(fake)
        before = fake.clock.now()
        with connect(session.url, proxy=None) as socket:
            line = Line(socket, session)
            line.prepare()
            line.ask("How long is this going to take, please?")
            assert line.answer()
        assert fake.clock.now() > before + 60


def test_two_fakes_share_a_clock_that_jumps() -> None:
    clock = JumpingClock(1000.0, quiet=0.05)
    with FakeAliyun(clock=clock) as first, FakeAliyun(clock=clock) as second:
        fakes: list[FakeServer] = [first, second]
        assert {fake.clock.now() for fake in fakes} == {1000.0}
        reached = threading.Event()
        clock.call_later(500.0, reached.set)
        assert reached.wait(LIMIT)
        assert {fake.clock.now() for fake in fakes} == {1500.0}
    with pytest.raises(ValueError, match="forward"):
        clock.advance(-1)
