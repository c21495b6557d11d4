"""WebSockets of a fake: how fast beside bare servers of the libraries that people would use, and how small.

Servers run in processes of their own. One client, which is not the limit, talks to them in turn, with the same bytes on
the same number of connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from typing import Any, Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.peers import Peer, bare_aiohttp, bare_websockets, fake_aliyun, running
from avatarwire.benchmarks.ratios import ATTEMPTS, Bound, Judge

picows = pytest.importorskip("picows", reason="the client that is not the limit")
pytest.importorskip("uvloop", reason="the client that is not the limit")

from avatarwire.benchmarks.fast_sockets import drives, echoes, fast  # noqa: E402 - where they are installed
from avatarwire.benchmarks.idle_fakes import IDLE, allow_many, fake_aliyun_at_rest, memory  # noqa: E402

CONNECTIONS: Final = 50
ROUND_TRIPS: Final = 60
ROUNDS: Final = 31
IDLE_SESSIONS: Final = 2000
MANY_SESSIONS: Final = 10_000
MESSAGES_A_SECOND: Final = 2000
SECONDS: Final = 5.0

LIMITS: Final = (("aiohttp", bare_aiohttp, 0.55), ("websockets", bare_websockets, 0.9))
"""By library: a bare server of it, and what of its rate the fake has to reach. A quiet machine shows more; what runs
beside it costs the fake more than a bare server, whose code is small enough to stay in the caches."""
WORST: Final = Bound("at most", 50.0)
"""Milliseconds."""
KIB: Final = {"Aliyun": Bound("at most", 18.0)}
"""What a session may take; of the others it is only shown."""

needs_proc = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs Linux, which tells of memory")


@pytest.fixture(scope="module")
def fake() -> Iterator[Peer]:
    """The fake, in a process of its own."""
    with running(fake_aliyun) as peer:
        yield peer


def once(
    benchmark: BenchmarkFixture,
    work: Callable[[], Coroutine[Any, Any, None]],
    run: Callable[[Coroutine[Any, Any, None]], None] = fast,
) -> None:
    """Runs a load that judges itself: the row that pytest-benchmark shows for it is how long all of it took."""
    benchmark.group = "servers in turn"
    timed: Callable[..., None] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    timed(lambda: run(work()), rounds=1)


@pytest.mark.parametrize(("library", "bare", "least"), LIMITS)
def test_text_drives(
    library: str,
    bare: Callable[[Connection], None],
    least: float,
    fake: Peer,
    benchmark: BenchmarkFixture,
    judge: Judge,
) -> None:
    each, count = (2, 5) if judge.smoke else (ROUND_TRIPS, CONNECTIONS)

    async def measure(other: Peer) -> None:
        ours, theirs = await drives(fake, count), await echoes(other, count)
        try:
            for _ in range(3):
                await ours.round_trips(each)
                await theirs.round_trips(each)
            await judge.compare_async(
                f"text drives a second, {CONNECTIONS} connections: fake / bare {library} {version(library)} echo",
                lambda: ours.round_trips(each),
                lambda: theirs.round_trips(each),
                Bound("at least", least),
                rounds=ROUNDS,
            )
        finally:
            ours.end()
            theirs.end()

    with running(bare) as other:
        once(benchmark, lambda: measure(other))


@needs_proc
@pytest.mark.parametrize("vendor", IDLE)
def test_memory_of_an_idle_session(vendor: str, benchmark: BenchmarkFixture, judge: Judge) -> None:
    server, opened = IDLE[vendor]
    most = allow_many()
    count = 20 if judge.smoke else min(IDLE_SESSIONS, most - 500)

    async def measure(peer: Any) -> None:
        async with opened(peer, 100 if not judge.smoke else 2):
            before = memory(peer.pid)
            async with opened(peer, count):
                taken = (memory(peer.pid) - before) / count / 1024
        judge.judge(f"KiB an idle session takes, {IDLE_SESSIONS} of {vendor}", taken, KIB.get(vendor))

    with running(server) as peer:
        once(benchmark, lambda: measure(peer), asyncio.run)


@needs_proc
def test_ten_thousand_sessions_on_one_process(benchmark: BenchmarkFixture, judge: Judge) -> None:
    most = allow_many()
    if most < MANY_SESSIONS + 500:
        pytest.skip(f"this system allows a process {most} open files")
    count, rate, seconds = (20, 100, 0.1) if judge.smoke else (MANY_SESSIONS, MESSAGES_A_SECOND, SECONDS)

    async def measure(peer: Peer) -> None:
        many = await drives(peer, count)
        mebibytes, worst = memory(peer.pid) / (1 << 20), 0.0
        try:
            for _ in range(ATTEMPTS):
                worst = quantiles(await many.at_rate(rate, seconds), n=100)[-1] * 1000
                if judge.smoke or WORST.holds(worst):
                    break
        finally:
            many.end()
        judge.judge(f"MiB of a process with {MANY_SESSIONS} idle sessions", mebibytes, Bound("at most", 400.0))
        told = f"ms until 99 % are answered, {MESSAGES_A_SECOND} messages a second on {MANY_SESSIONS} sessions"
        judge.judge(told, worst, WORST)

    with running(fake_aliyun_at_rest) as peer:
        once(benchmark, lambda: measure(peer))
