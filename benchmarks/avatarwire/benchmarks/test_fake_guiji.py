"""The fake Guiji server under load: playlists asked for over MQTT, against bare amqtt, and heartbeats of many sessions.

The servers run in processes of their own; one client in this process talks to them in turn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, Final, cast

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.guiji_loads import (
    HEARTBEAT_SECONDS,
    GuijiPeer,
    fake_guiji,
    fake_guiji_with_heartbeats,
    sessions,
)
from avatarwire.benchmarks.mqtt_loads import clients
from avatarwire.benchmarks.mqtt_peers import bare_amqtt
from avatarwire.benchmarks.peers import Peer, running
from avatarwire.benchmarks.ratios import Bound, Judge, paired_async

CONNECTIONS: Final = 50
ROUND_TRIPS: Final = 10
ROUNDS: Final = 11

LEAST: Final = ((0, 1.4), (1, 1.8))
"""By quality of service: what of the rate of bare amqtt, which sends back what it gets, the fake has to reach. On a
quiet machine that is 2.0 and 2.5; what runs beside it costs the client, which both share, as well."""

SESSIONS: Final = 200
SECONDS: Final = 60.0


@contextmanager
def fake(server: Callable[[Connection], None]) -> Generator[GuijiPeer]:
    """A fake Guiji server, in a process of its own."""
    with running(server) as peer:
        yield cast("GuijiPeer", cast("object", peer))


@pytest.fixture(scope="module")
def guiji() -> Iterator[GuijiPeer]:
    with fake(fake_guiji) as peer:
        yield peer


@pytest.fixture(scope="module")
def bare() -> Iterator[Peer]:
    """Bare amqtt, in a process of its own."""
    with running(bare_amqtt) as peer:
        yield peer


def once(benchmark: BenchmarkFixture, measure: Callable[[], Any]) -> float:
    """Measured once: the row that pytest-benchmark shows for it is how long that took."""
    run: Callable[..., float] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    return run(lambda: asyncio.run(measure()), rounds=1)


@pytest.mark.parametrize(("qos", "least"), LEAST)
def test_playlists(
    qos: int, least: float, guiji: GuijiPeer, bare: Peer, benchmark: BenchmarkFixture, judge: Judge
) -> None:
    each = 2 if judge.smoke else ROUND_TRIPS
    count = 5 if judge.smoke else CONNECTIONS

    async def measure() -> float:
        async with sessions(guiji, count) as to_fake, clients(bare.port, count, qos) as to_bare:
            await to_fake.playlists(each, qos)
            await to_bare.round_trips(each)
            return await paired_async(
                lambda: to_fake.playlists(each, qos), lambda: to_bare.round_trips(each), rounds=judge.rounds(ROUNDS)
            )

    benchmark.group = "both servers in turn"
    measured = once(benchmark, measure)
    name = f"playlists a second, quality {qos}: fake Guiji / bare amqtt (goal 2.2)"
    judge.judge(name, measured, Bound("at least", least))


def test_heartbeats_of_many_sessions(benchmark: BenchmarkFixture, judge: Judge) -> None:
    """None is lost, and no session with it: what a server says is numbered, and the numbers have no gap."""
    count, seconds = (20, 2.5) if judge.smoke else (SESSIONS, SECONDS)

    async def measure() -> float:
        async with sessions(peer, count) as found:
            before = sum(session.heartbeats for session in found)
            await asyncio.sleep(seconds)
            heard = sum(session.heartbeats for session in found) - before
            assert not any(session.destroyed for session in found)
            assert all(session.ids == list(range(1, len(session.ids) + 1)) for session in found)
            return heard / (count * seconds / HEARTBEAT_SECONDS)

    benchmark.group = "a minute of heartbeats"
    with fake(fake_guiji_with_heartbeats) as peer:
        measured = once(benchmark, measure)
    judge.judge(f"heartbeats of {SESSIONS} sessions: heard / due", measured, Bound("at least", 0.95))
