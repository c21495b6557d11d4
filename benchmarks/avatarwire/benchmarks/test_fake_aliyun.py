"""The fake Aliyun server against a bare aiohttp server, and how long a test waits for a fake.

Both servers run in processes of their own; one client in this process talks to them in turn, with the same bytes on
the same number of connections. pytest-benchmark's rows show the fake's own times; the ratios are what counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from statistics import median
from typing import Final, Protocol, TypeVar

import aiohttp
import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.loads import call_all, open_sockets, signed_checks, start_session
from avatarwire.benchmarks.peers import Peer, bare_aiohttp, fake_aliyun, running
from avatarwire.benchmarks.ratios import Bound, paired_async, seconds_per_call
from avatarwire.fakeserver import FakeAliyun

T = TypeVar("T")

CONNECTIONS: Final = 50
ROUND_TRIPS: Final = 60
CALLS: Final = 600
ROUNDS: Final = 21

READY_MILLISECONDS: Final = 20.0
"""What a test may wait for a fake after warm imports: the one absolute figure, as it is what a person feels."""


class Judging(Protocol):
    """The fixture `judge`."""

    smoke: bool

    def rounds(self, full: int = ...) -> int: ...

    def judge(self, name: str, measured: float, bound: Bound | None = None) -> None: ...


@pytest.fixture(scope="module")
def fake() -> Iterator[Peer]:
    """The fake, in a process of its own."""
    with running(fake_aliyun) as peer:
        yield peer


@pytest.fixture(scope="module")
def bare() -> Iterator[Peer]:
    """A bare aiohttp server, in a process of its own."""
    with running(bare_aiohttp) as peer:
        yield peer


def with_client(work: Callable[[aiohttp.ClientSession], Awaitable[T]]) -> T:
    """Runs `work` with an aiohttp client of its own."""

    async def run() -> T:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
            return await work(client)

    return asyncio.run(run())


def in_turn(benchmark: BenchmarkFixture, measure: Callable[[aiohttp.ClientSession], Awaitable[float]]) -> float:
    """A ratio of rates, measured once: the row that pytest-benchmark shows for it is how long that took."""
    benchmark.group = "both servers in turn"
    run: Callable[..., float] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    return run(with_client, args=(measure,), rounds=1)


def test_text_drive_round_trips(fake: Peer, bare: Peer, benchmark: BenchmarkFixture, judge: Judging) -> None:
    each = 2 if judge.smoke else ROUND_TRIPS

    async def measure(client: aiohttp.ClientSession) -> float:
        to_fake, to_bare = await open_sockets(client, fake, bare, 5 if judge.smoke else CONNECTIONS)
        await to_fake.round_trips(each)
        await to_bare.round_trips(each)
        return await paired_async(
            lambda: to_fake.round_trips(each), lambda: to_bare.round_trips(each), rounds=judge.rounds(ROUNDS)
        )

    measured = in_turn(benchmark, measure)
    judge.judge("text drive round trips a second: fake / bare aiohttp echo", measured, Bound("at least", 0.6))


def test_signed_calls(fake: Peer, bare: Peer, benchmark: BenchmarkFixture, judge: Judging) -> None:
    count = 8 if judge.smoke else CALLS

    async def measure(client: aiohttp.ClientSession) -> float:
        session_id, _ = await start_session(client, fake)
        # The signatures are made outside the measured time; each serves once, so a round needs new ones.
        rounds = judge.rounds(ROUNDS) + 1
        waiting = iter([signed_checks(fake, session_id, count) for _ in range(rounds)])
        same = signed_checks(fake, session_id, count)
        await call_all(client, fake.port, next(waiting))
        await call_all(client, bare.port, same)
        return await paired_async(
            lambda: call_all(client, fake.port, next(waiting)),
            lambda: call_all(client, bare.port, same),
            rounds=rounds - 1,
        )

    measured = in_turn(benchmark, measure)
    judge.judge("signed HTTP calls a second: fake / bare aiohttp handler", measured, Bound("at least", 0.4))


def test_ready_for_a_test(benchmark: BenchmarkFixture, judge: Judging) -> None:
    """Make, start and stop one fake in a thread of its own, as the fixture of the pytest plugin does."""

    def use() -> None:
        with FakeAliyun():
            pass

    use()
    benchmark.group = "a fake for one test"
    benchmark(use)
    once = seconds_per_call(use, calls=1)
    milliseconds = median(once() * 1000 for _ in range(judge.rounds()))
    judge.judge("milliseconds to make, start and stop a fake", milliseconds, Bound("at most", READY_MILLISECONDS))
