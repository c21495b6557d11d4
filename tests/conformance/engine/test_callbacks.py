"""The port for callbacks: each goes to the case that it is about, and is answered as that says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from avatarwire.conformance.engine.callbacks import Callback, CallbackPort, Hearing
from tests.conformance.engine.peer import LIMIT


@asynccontextmanager
async def listening() -> AsyncGenerator[tuple[CallbackPort, str]]:
    port = CallbackPort()
    await port.open("127.0.0.1", 0)
    try:
        yield port, f"http://127.0.0.1:{port.port}/hook"
    finally:
        await port.close()


def about(session: str) -> Hearing:
    return Hearing(lambda callback: callback.fields.get("sessionId") == session)


async def test_each_callback_goes_to_the_case_that_it_is_about() -> None:
    async with listening() as (port, url), httpx.AsyncClient(trust_env=False) as client:
        one, other = about("1"), about("2")
        port.attend(one)
        port.attend(other)
        for session in ("2", "1", "2"):
            answer = await client.post(url, json={"sessionId": session}, headers={"X-A": "b"})
            assert (answer.status_code, answer.content) == (200, b"")
        assert [each.fields for each in other.heard] == [{"sessionId": "2"}] * 2
        assert one.heard[0].headers["x-a"] == "b"
        assert one.heard[0].body == b'{"sessionId":"1"}'


async def test_one_that_came_too_early_is_heard_too() -> None:
    async with listening() as (port, url), httpx.AsyncClient(trust_env=False) as client:
        await client.post(url, json={"sessionId": "1"})
        await client.post(url, content=b"no JSON")
        hearing = about("1")
        port.attend(hearing)
        assert len(hearing.heard) == 1


async def test_a_case_says_how_it_is_answered_and_may_leave() -> None:
    def answer(callback: Callback) -> tuple[int, bytes]:
        return 500, b"no: " + callback.body

    async with listening() as (port, url), httpx.AsyncClient(trust_env=False) as client:
        hearing = Hearing(lambda _: True, answer)
        port.attend(hearing)
        failed = await client.post(url, content=b"{}")
        assert (failed.status_code, failed.content) == (500, b"no: {}")
        port.leave(hearing)
        assert (await client.post(url, content=b"{}")).status_code == 200


async def test_waiting_for_one() -> None:
    async with listening() as (port, url), httpx.AsyncClient(trust_env=False) as client:
        hearing = about("1")
        port.attend(hearing)
        waiting = asyncio.create_task(hearing.until(lambda each: each.fields.get("status") == 2, LIMIT))
        for status in (1, 2):
            await client.post(url, json={"sessionId": "1", "status": status})
        found = await waiting
        assert found is not None
        assert found.fields["status"] == 2
        assert await hearing.until(lambda each: each.fields.get("status") == 3, 0.01) is None
