"""What uvloop saves `avatarwire serve`: the processor time of the fake for the same conversation, on either loop.

Two fakes run in processes of their own; one client talks to them in turn. What is compared is what the processes have
taken, which the client has no part in.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import aiohttp
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.loads import Sockets, call_all, open_sockets, signed_checks, start_session
from avatarwire.benchmarks.peers import Peer, bare_aiohttp, fake_aliyun, running, serve_aliyun
from avatarwire.benchmarks.ratios import AsyncMeasure, Judge, paired_async
from avatarwire.fakeserver import fast_loop

CONNECTIONS: Final = 50
ROUND_TRIPS: Final = 20
CALLS: Final = 200
ROUNDS: Final = 21

pytestmark = [
    pytest.mark.skipif(fast_loop.loop_factory() is None, reason="needs the extra fast"),
    pytest.mark.skipif(not Path("/proc/self/schedstat").exists(), reason="needs Linux, which says what a process took"),
]


def fake_on_uvloop(ready: Connection) -> None:
    """The same fake, on the loop that `avatarwire serve` takes."""
    fast_loop.run(serve_aliyun(ready))


@pytest.fixture(scope="module")
def peers() -> Iterator[tuple[Peer, Peer, Peer]]:
    """A fake on uvloop, one on asyncio, and a bare server for the sockets that nobody measures."""
    with running(fake_on_uvloop) as fast, running(fake_aliyun) as plain, running(bare_aiohttp) as bare:
        yield fast, plain, bare


def taken(peer: Peer) -> float:
    """Seconds of processor time that the process of a server has taken."""
    return int(Path(f"/proc/{peer.pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9


def in_turn(benchmark: BenchmarkFixture, measure: Callable[[aiohttp.ClientSession], Awaitable[float]]) -> float:
    """A ratio, measured once by a client: the row that pytest-benchmark shows for it is how long that took."""

    async def with_client() -> float:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            return await measure(client)

    benchmark.group = "both servers in turn"
    run: Callable[..., float] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    return run(lambda: asyncio.run(with_client()), rounds=1)


def test_text_drive(peers: tuple[Peer, Peer, Peer], benchmark: BenchmarkFixture, judge: Judge) -> None:
    fast, plain, bare = peers
    each, count = (2, 5) if judge.smoke else (ROUND_TRIPS, CONNECTIONS)

    def drives(peer: Peer, sockets: Sockets) -> AsyncMeasure:
        async def measure() -> float:
            before = taken(peer)
            await sockets.round_trips(each)
            return taken(peer) - before

        return measure

    async def measure(client: aiohttp.ClientSession) -> float:
        to_fast, _ = await open_sockets(client, fast, bare, count)
        to_plain, _ = await open_sockets(client, plain, bare, count)
        on_fast, on_plain = drives(fast, to_fast), drives(plain, to_plain)
        await on_fast()
        await on_plain()
        return await paired_async(on_fast, on_plain, rounds=judge.rounds(ROUNDS))

    judge.judge("processor time of a text drive: uvloop / asyncio", in_turn(benchmark, measure))


def test_signed_calls(peers: tuple[Peer, Peer, Peer], benchmark: BenchmarkFixture, judge: Judge) -> None:
    fast, plain, _ = peers
    count = 8 if judge.smoke else CALLS

    async def calls(client: aiohttp.ClientSession, peer: Peer) -> AsyncMeasure:
        session_id, _ = await start_session(client, peer)
        waiting = iter([signed_checks(peer, session_id, count) for _ in range(judge.rounds(ROUNDS) + 1)])

        async def measure() -> float:
            before = taken(peer)
            await call_all(client, peer.port, next(waiting))
            return taken(peer) - before

        return measure

    async def measure(client: aiohttp.ClientSession) -> float:
        on_fast, on_plain = await calls(client, fast), await calls(client, plain)
        await on_fast()
        await on_plain()
        return await paired_async(on_fast, on_plain, rounds=judge.rounds(ROUNDS))

    judge.judge("processor time of a signed call: uvloop / asyncio", in_turn(benchmark, measure))
