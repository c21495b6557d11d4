"""What the rules of faults cost where nothing of them acts: as a share of a round trip over a socket.

The way of one message in and its answer out is measured at the hub, without a socket, with nobody in between, with no
rules, and with twenty that are about other messages. What it takes longer is held against a round trip of the same
message over one connection of this machine.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final, Protocol

import aiohttp
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.ratios import Bound, paired, seconds_per_call
from avatarwire.fakeserver import FakeAliyun
from avatarwire.fakeserver.effects import Effects, Incoming, Leaving, Send
from avatarwire.fakeserver.interception import Nobody
from avatarwire.fakeserver.journal import Transport

PING: Final = bytes.fromhex("0e01ff") + b"SERIAL01" + b"{}"
PONG: Final = bytes.fromhex("0f01ff") + b"SERIAL01" + b"{}"
RULES: Final = 20
TRIPS: Final = 400


class Judging(Protocol):
    """The fixture `judge`."""

    smoke: bool

    def rounds(self, full: int = ...) -> int: ...

    def judge(self, name: str, measured: float, bound: Bound | None = None) -> None: ...


class Echo:
    """Answers whatever comes."""

    def read(self, data: Any, now: float) -> Incoming:
        del data, now
        return Incoming("heartbeat.ping")

    def take(self, received: Incoming, now: float) -> Effects:
        del now
        return [Send(PONG, "heartbeat.pong", None, received)]


class Wire:
    """A connection that goes nowhere."""

    def __init__(self) -> None:
        self.id: Final = "c1"
        self.transport: Final[Transport] = "ws"
        self.session: Final = "s-1"
        self.header_bytes: Final = 11
        self.over: Final = False

    def write(self, effect: Leaving) -> None:
        """It goes nowhere."""

    def failed(self, cause: Incoming | None) -> None:
        """It does not."""

    def cut(self, *, reset: bool) -> None:
        """It is not."""

    def hang(self) -> None:
        """It does not."""


def ways(rules: int) -> Callable[[], object]:
    """Has one message come and its answer go, by a hub of a fake with so many rules; below zero for nobody at all."""
    fake = FakeAliyun(journal_bytes=64 * 1024)
    for number in range(rules):
        fake.faults.add(message="text_drive.response", where={"messageId": f"m-{number}"}, do="drop")
    hub = fake._hub  # pyright: ignore[reportPrivateUsage] - the way of every message, measured without its socket
    if rules < 0:
        hub.interceptor = Nobody()
    wire, echo = Wire(), Echo()
    return lambda: hub.enter(wire, PING, echo, raw=PING)


async def round_trip() -> float:
    """Seconds of a heartbeat and its answer over one connection."""
    from avatarwire.benchmarks.loads import start_session
    from avatarwire.benchmarks.peers import fake_aliyun, running

    with running(fake_aliyun) as peer:
        async with aiohttp.ClientSession() as client:
            _, url = await start_session(client, peer)
            async with client.ws_connect(url) as socket:
                for _ in range(TRIPS // 4):
                    await socket.send_bytes(PING)
                    await socket.receive_bytes()
                begun = time.perf_counter()
                for _ in range(TRIPS):
                    await socket.send_bytes(PING)
                    await socket.receive_bytes()
                return (time.perf_counter() - begun) / TRIPS


def test_rules_that_do_not_act_cost_next_to_nothing(benchmark: BenchmarkFixture, judge: Judging) -> None:
    benchmark.group = "faults"
    whole = asyncio.run(round_trip())
    nobody, none, many = ways(-1), ways(0), ways(RULES)
    for rules, way, most in ((0, none, 0.01), (RULES, many, 0.05)):
        ratio = paired(seconds_per_call(way), seconds_per_call(nobody), rounds=judge.rounds())
        share = (ratio - 1) * seconds_per_call(nobody)() / whole
        judge.judge(f"{rules} rules that do not match: share of a round trip", share, Bound("at most", most))
    benchmark(many)
