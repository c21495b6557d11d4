"""The MQTT broker in a fake against bare amqtt, and how long a test waits for it.

Both brokers run in processes of their own; one client in this process talks to them in turn, with the same bytes on
the same number of connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.mqtt_loads import clients
from avatarwire.benchmarks.mqtt_peers import Echo, bare_amqtt, embedded_broker
from avatarwire.benchmarks.peers import Peer, running
from avatarwire.benchmarks.ratios import Bound, Judge, paired_async, seconds_per_call
from avatarwire.fakeserver.clock import RealClock
from avatarwire.fakeserver.hub import Hub
from avatarwire.fakeserver.journal import Journal
from avatarwire.fakeserver.transports.mqtt.broker import EmbeddedBroker

CONNECTIONS: Final = 50
ROUND_TRIPS: Final = 10
ROUNDS: Final = 11
READY_MILLISECONDS: Final = 15.0


@pytest.fixture(scope="module")
def embedded() -> Iterator[Peer]:
    """Our broker, in a process of its own."""
    with running(embedded_broker) as peer:
        yield peer


@pytest.fixture(scope="module")
def bare() -> Iterator[Peer]:
    """Bare amqtt, in a process of its own."""
    with running(bare_amqtt) as peer:
        yield peer


@pytest.mark.parametrize("qos", [0, 1])
def test_requests_over_mqtt(embedded: Peer, bare: Peer, benchmark: BenchmarkFixture, judge: Judge, qos: int) -> None:
    each = 2 if judge.smoke else ROUND_TRIPS
    count = 5 if judge.smoke else CONNECTIONS

    async def measure() -> float:
        async with clients(embedded.port, count, qos) as to_ours, clients(bare.port, count, qos) as to_bare:
            await to_ours.round_trips(each)
            await to_bare.round_trips(each)
            return await paired_async(
                lambda: to_ours.round_trips(each), lambda: to_bare.round_trips(each), rounds=judge.rounds(ROUNDS)
            )

    benchmark.group = "both brokers in turn"
    run: Callable[..., float] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    measured = run(lambda: asyncio.run(measure()), rounds=1)
    judge.judge(f"MQTT requests a second, quality {qos}: our broker / bare amqtt", measured, Bound("at least", 0.85))


def test_broker_for_a_test(benchmark: BenchmarkFixture, judge: Judge) -> None:
    """Make, start and stop a broker in a loop that runs."""

    async def live() -> None:
        clock = RealClock()
        broker = EmbeddedBroker(Echo(), Hub(clock, Journal(clock)))
        await broker.start()
        await broker.stop()

    with asyncio.Runner() as runner:

        def use() -> None:
            runner.run(live())

        use()
        benchmark.group = "a broker for one test"
        benchmark(use)
        once = seconds_per_call(use, calls=1)
        milliseconds = median(once() * 1000 for _ in range(judge.rounds()))
    judge.judge("milliseconds to make, start and stop a broker", milliseconds, Bound("at most", READY_MILLISECONDS))
