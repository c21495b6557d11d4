"""Plain functions of the test that block: the fake goes on, and its time waits."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from avatarwire.fakeserver import FakeAliyun, FakeServer, VirtualClock
from avatarwire.fakeserver.clock import ClockError
from tests.fakeserver.aliyun.running import Line, start
from tests.fakeserver.loops import LIMIT
from tests.fakeserver.test_user_code import CASES

pytestmark = pytest.mark.usefixtures("quiet_log")


class Blocked:
    """A function that fails once it is released."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.release = threading.Event()

    def __call__(self, *_: object) -> Any:
        self.began.set()
        assert self.release.wait(LIMIT)
        raise LookupError


@pytest.fixture
def blocked() -> Iterator[Blocked]:
    given = Blocked()
    yield given
    given.release.set()


@pytest.mark.parametrize(("name", "use", "told"), CASES)
@pytest.mark.parametrize("threaded", [True, False])
async def test_a_function_that_blocks_holds_up_nobody_else(
    blocked: Blocked, name: str, use: Any, told: str, threaded: bool
) -> None:
    async def talk(fake: FakeServer, ask: Callable[[], Any]) -> None:
        asking = asyncio.create_task(ask())
        assert await asyncio.to_thread(blocked.began.wait, LIMIT)
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(fake.http_url)
        assert not asking.done()
        blocked.release.set()
        assert (await asking).startswith(told.format("LookupError"))

    async with use(**{name: blocked}) as (fake, ask), asyncio.timeout(LIMIT):
        if threaded:
            with fake:
                await talk(fake, ask)
        else:
            async with fake:
                await talk(fake, ask)


@pytest.mark.parametrize(("name", "use", "told"), CASES)
async def test_a_stop_does_not_wait_for_a_function_that_blocks(
    blocked: Blocked, name: str, use: Any, told: str
) -> None:
    async with use(**{name: blocked}) as (fake, ask), asyncio.timeout(LIMIT):
        with fake:
            asking = asyncio.create_task(ask())
            assert await asyncio.to_thread(blocked.began.wait, LIMIT)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        assert told
        assert not fake.running


def test_time_waits_for_an_answer_and_for_what_follows_it() -> None:
    began, release = threading.Event(), threading.Event()

    def answer(_: object) -> str:
        began.set()
        assert release.wait(LIMIT)
        return "answered"

    clock = VirtualClock()
    with FakeAliyun(answer=answer, clock=clock, verify_signatures=False, polls_until_ready=0) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            line = Line(socket, session)
            line.prepare()
            line.ask("?")
            assert began.wait(LIMIT)
            asked = clock.now()
            fake._command(lambda: asyncio.get_running_loop().call_soon(release.set))  # pyright: ignore[reportPrivateUsage] - in its loop
            fake.advance(1.0)
            [reply] = fake.journal.entries("text_drive.response", direction="out")
            assert reply.time == asked
            assert line.answer()[0]["content"] == "answered"


def test_time_that_waits_in_vain_names_the_function(blocked: Blocked) -> None:
    clock = VirtualClock(patience=0.01)
    with FakeAliyun(answer=blocked, clock=clock, verify_signatures=False, polls_until_ready=0) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            line = Line(socket, session)
            line.prepare()
            line.ask("?")
            assert blocked.began.wait(LIMIT)
            with pytest.raises(ClockError, match="function answer is still running"):
                fake.advance(1.0)
