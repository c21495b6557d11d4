"""Calls that wait: for how long, and what ends them."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from avatarwire.codecs.aio.feed import MOST_KEPT, Feed
from avatarwire.codecs.aio.waiting import Call, Calls, ended, to_the_end, within
from avatarwire.codecs.errors import ConnectionLostError
from tests.jumping import JumpingLoop, run

T = TypeVar("T")


def timed(main: Coroutine[Any, Any, T]) -> tuple[T, int]:
    """What a coroutine returns, and how many seconds of jumping time it took."""

    async def measured(loop: JumpingLoop) -> tuple[T, int]:
        begun = loop.time()
        return await main, round(loop.time() - begun)

    (result, seconds), loop = run(measured)
    assert loop.failures == []
    return result, seconds


async def outcome(call: Call[str]) -> str:
    try:
        return await call.result()
    except (TimeoutError, ConnectionLostError) as error:
        return str(error)


def test_a_call_waits_as_long_as_there_is_progress() -> None:
    async def main() -> str:
        call = Call[str]("the answer", 30)
        call.progress()  # nobody waits yet
        for seconds in (20, 40, 60):
            asyncio.get_running_loop().call_later(seconds, call.progress)
        return await outcome(call)

    assert timed(main()) == ("the answer: nothing came for 30 s", 90)


def test_the_first_end_counts() -> None:
    async def main() -> list[str]:
        done, lost = Call[str]("the answer", 30), Call[str]("the answer", 30)
        done.succeed("yes")
        done.fail(ConnectionLostError("too late"))
        lost.fail(ConnectionLostError("gone", code=1011))
        lost.succeed("too late")
        assert done.done
        return [await outcome(done), await outcome(lost)]

    assert timed(main()) == (["yes", "gone (close code 1011)"], 0)


def test_progress_of_one_call_is_progress_for_those_behind_it() -> None:
    async def main() -> list[str]:
        loop = asyncio.get_running_loop()
        calls = Calls[str](30)
        waiting = [asyncio.create_task(outcome(calls.open(key, key))) for key in ("first", "second", "third")]
        loop.call_later(20, calls.progress, "second")
        loop.call_later(20, calls.progress, "unknown")
        loop.call_later(40, lambda: calls.fail(ConnectionLostError("gone")))
        ended = [await task for task in waiting]
        assert calls.get("third") is not None
        calls.close("third")
        assert calls.get("third") is None
        return ended

    assert timed(main()) == (["first: nothing came for 30 s", "gone", "gone"], 40)


def test_a_step_of_the_caller_has_no_limit_but_the_call() -> None:
    async def step() -> str:
        await asyncio.get_running_loop().run_in_executor(None, str)
        return "piece"

    async def endless() -> str:
        await asyncio.get_running_loop().create_future()
        return "never"

    async def steps() -> list[object]:
        loop = asyncio.get_running_loop()
        call, lost = Call[str]("the answer", 30), Call[str]("the answer", 30)
        loop.call_later(100, call.succeed, "yes")
        loop.call_later(200, lost.fail, ConnectionLostError("gone"))
        found: list[object] = [await call.during(step()), await call.during(endless())]
        with pytest.raises(ConnectionLostError, match="gone"):
            await lost.during(endless())
        return found

    assert timed(steps()) == (["piece", None], 200)


def test_work_goes_on_to_its_end_although_its_caller_is_cancelled() -> None:
    done: list[str] = []

    async def work() -> None:
        loop = asyncio.get_running_loop()
        for second in ("one", "two"):
            future = loop.create_future()
            loop.call_later(1, future.set_result, None)
            await future
            done.append(second)

    async def main() -> bool:
        task = asyncio.create_task(to_the_end(work(), 30, "the end"))
        asyncio.get_running_loop().call_later(0.5, task.cancel)
        asyncio.get_running_loop().call_later(0.6, task.cancel)
        await asyncio.wait({task})
        return task.cancelled()

    assert timed(main()) == (True, 2)
    assert done == ["one", "two"]


def test_work_has_a_limit() -> None:
    async def endless() -> None:
        await asyncio.get_running_loop().create_future()

    async def main() -> str:
        with pytest.raises(TimeoutError) as caught:
            await to_the_end(endless(), 30, "the end")
        return str(caught.value)

    assert timed(main()) == ("the end: not done within 30 s", 30)


async def test_a_timeout_within_work_is_told_from_its_limit() -> None:
    async def fails() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match=r"^of its own$"):
        await within(30, "sending", fails())


# --- events ---


async def test_events_wait_for_their_reader_and_end() -> None:
    feed = Feed[int]()
    feed.put([1, 2])
    assert await anext(feed) == 1
    feed.put([3])
    feed.end()
    assert [event async for event in feed] == [2, 3]
    assert [event async for event in feed] == []


async def test_a_reader_may_be_there_first() -> None:
    feed = Feed[int]()
    asyncio.get_running_loop().call_soon(feed.put, [1])
    assert await anext(feed) == 1


async def test_events_that_nobody_reads_do_not_fill_the_memory() -> None:
    feed = Feed[int]()
    feed.put(range(MOST_KEPT + 2))
    assert (await anext(feed), feed.dropped) == (2, 2)


def test_an_error_of_a_task_is_looked_at_although_the_wait_for_its_end_is_given_up() -> None:
    async def failing() -> None:
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            asyncio.get_running_loop().call_later(1, (late := asyncio.Event()).set)
            await late.wait()
            raise ConnectionLostError("gone")

    async def main() -> None:
        task = asyncio.create_task(failing())
        await asyncio.sleep(0)
        waiting = asyncio.create_task(ended(task))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait({waiting, task})
        assert waiting.cancelled()
        del task
        gc.collect()

    assert timed(main()) == (None, 1)


def test_a_task_that_has_lost_its_cancellation_is_cancelled_again() -> None:
    async def stubborn(times: int) -> str:
        while True:
            try:
                await asyncio.get_running_loop().create_future()
            except asyncio.CancelledError:
                if not times:
                    raise
                times -= 1

    async def main() -> list[bool]:
        tasks = [asyncio.create_task(stubborn(times)) for times in (0, 2)]
        await asyncio.sleep(0)
        await ended(*tasks)
        await ended(*tasks)
        return [task.cancelled() for task in tasks]

    assert timed(main()) == ([True, True], 10)
