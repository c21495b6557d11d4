"""A connection to a broker of a few bytes: which of its answers is a refusal, and which a lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest

from avatarwire.codecs.errors import ConnectionLostError, RefusedError
from avatarwire.codecs.guiji.aio.broker import connected, disconnected
from tests.jumping import JumpingLoop, run

ACCEPTED = b"\x20\x02\x00\x00"
NOT_AUTHORISED = b"\x20\x02\x00\x05"
GRANTED = b"\x90\x03\x00\x01\x01"
NOT_GRANTED = b"\x90\x03\x00\x01\x80"
HANG_UP = b""


@asynccontextmanager
async def broker(*answers: bytes) -> AsyncGenerator[str]:
    """Answers what it gets with one of these after the other, and then with nothing; its URL, with an account."""
    transports: list[asyncio.BaseTransport] = []

    class Broker(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transports.append(transport)
            self.left = list(answers)

        def data_received(self, data: bytes) -> None:
            transport = transports[-1]
            assert isinstance(transport, asyncio.Transport)
            answer = self.left.pop(0) if self.left else None
            if answer:
                transport.write(answer)
            elif answer == HANG_UP:
                transport.close()

    async with await asyncio.get_running_loop().create_server(Broker, "127.0.0.1", 0) as server:
        yield f"mqtt://anna:se%20cret@127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for transport in transports:
            transport.close()


async def connecting(url: str) -> None:
    client = await connected(url, None, None, "a/topic", 10.0)
    await disconnected(client)


@pytest.mark.parametrize(
    ("answers", "error", "text"),
    [
        ((NOT_AUTHORISED,), RefusedError, "the broker refuses: .*[Nn]ot authori[sz]ed"),
        ((ACCEPTED, NOT_GRANTED), RefusedError, "the broker does not grant topicSub"),
        ((), ConnectionLostError, "the broker cannot be reached: Operation timed out"),
        ((HANG_UP,), ConnectionLostError, "the broker cannot be reached"),
        ((ACCEPTED,), ConnectionLostError, "the broker cannot be reached: Operation timed out"),
        ((ACCEPTED, HANG_UP), ConnectionLostError, "the broker cannot be reached"),
    ],
)
def test_a_broker_may_refuse_or_be_lost(answers: tuple[bytes, ...], error: type[Exception], text: str) -> None:
    async def main(loop: JumpingLoop) -> float:
        async with broker(*answers) as url:
            begun = loop.time()
            with pytest.raises(error, match=text):
                await connecting(url)
            took = loop.time() - begun
            # What was cancelled ends in the next turn of the loop.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return took

    assert run(main)[0] <= 20


def test_a_broker_that_grants_is_left_in_order() -> None:
    async def main(loop: JumpingLoop) -> None:
        async with broker(ACCEPTED, GRANTED) as url:
            await connecting(url)

    run(main)


@pytest.mark.parametrize("answers", [(), (ACCEPTED,)])
def test_who_is_cancelled_meanwhile_is_gone_soon(answers: tuple[bytes, ...]) -> None:
    async def main(loop: JumpingLoop) -> float:
        async with broker(*answers) as url:
            begun = loop.time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(1.0):
                    await connecting(url)
            return loop.time() - begun

    assert run(main)[0] <= 20
