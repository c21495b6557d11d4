"""Plain functions of the test that block: the fake goes on, and its time waits."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

import httpx
import pytest
from websockets.sync.client import connect

from avatarwire.fakeserver import FakeAliyun, FakeSenseTime, FakeServer, VirtualClock
from avatarwire.fakeserver.clock import ClockError
from tests.fakeserver.aliyun.running import Line, start
from tests.fakeserver.loops import LIMIT
from tests.fakeserver.sensetime.running import Customer
from tests.fakeserver.test_user_code import CASES

pytestmark = pytest.mark.usefixtures("quiet_log")

RESET: Final = (socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
"""Option of a socket whose close is a reset."""


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


@pytest.mark.parametrize(("name", "use", "told"), [case for case in CASES if case[0] != "signer"])
async def test_a_function_finds_its_question_in_the_journal(name: str, use: Any, told: str) -> None:
    found: list[tuple[str, int]] = []

    def look(*_: object) -> Any:
        question = [entry for entry in fake.journal.entries(direction="in") if entry.message][-1]
        found.append((question.message, len(fake.journal.entries(question.message))))
        raise LookupError

    async with use(**{name: look}) as (fake, ask), asyncio.timeout(LIMIT), fake:
        for _ in range(5):
            assert (await ask()).startswith(told.format("LookupError"))
    [message] = {message for message, _ in found}
    assert message in ("text_drive.request", "interactive.typed", "nlpReply.request")
    assert [count for _, count in found] == [1, 2, 3, 4, 5]


async def test_time_waits_for_no_caller_that_is_gone(blocked: Blocked) -> None:
    fields = {"appId": "a", "query": "?", "session": "c-1", "trace": "q-1", "device": "ios", "language": "zh"}
    async with FakeSenseTime(clock=VirtualClock(patience=0.1), nlp_answer=blocked) as fake:
        # A caller that only ends its own side still gets its answer; this one is gone.
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(socket_options=[RESET])) as calls:
            asking = asyncio.create_task(Customer(fake, calls).call("nlpReply", **fields))
            assert await asyncio.to_thread(blocked.began.wait, LIMIT)
            with pytest.raises(ClockError):
                fake.advance(1.0)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await fake.journal.expect("nlpReply.request")
        # Sooner than the function gives up by itself.
        async with asyncio.timeout(LIMIT / 2):
            while True:  # until the fake has seen that its caller is gone
                try:
                    fake.advance(1.0)
                except ClockError:
                    await asyncio.sleep(0)
                else:
                    break


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
