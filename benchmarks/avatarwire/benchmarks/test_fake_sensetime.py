"""The fake SenseTime server under load: hundreds of lives, each spoken into and with a full queue, through one hour.

Server and client share one process and one event loop, over real sockets; the hour passes on a virtual clock. What it
may take is an absolute figure, as it is what a person waits for.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

import aiohttp
from pytest_benchmark.fixture import BenchmarkFixture

from avatarwire.benchmarks.loads import LIVE_SCRIPT
from avatarwire.benchmarks.ratios import Bound, Judge
from avatarwire.codecs.sensetime.http import CREATE_LIVE, HEARTBEAT, START_LIVE, TAKEOVER_QUEUE
from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.codecs.sensetime.wire.microphone_url import build_url
from avatarwire.fakeserver import FakeSenseTime, VirtualClock

LIVES: Final = 500
QUEUED: Final = 10
HOUR: Final = 3600
BEAT: Final = 60
"""Seconds between heartbeats, as the document advises."""
SECONDS: Final = 60.0
"""What the hour may take."""
AT_ONCE: Final = 32

SONG: Final = "https://files.example.com/song.mp3"
PCM: Final = bytes(1280)
BEGIN: Final = '{"code":0,"message":"begin"}'
EOF: Final = '{"code":99,"message":"eof"}'


class _Customer:
    """A service with many lives."""

    def __init__(self, fake: FakeSenseTime, client: aiohttp.ClientSession) -> None:
        self._fake = fake
        self._client = client
        self._headers = {"Authorization": f"Bearer {fake.access_token}"}
        self._gate = asyncio.Semaphore(AT_ONCE)
        self.sessions: list[str] = []
        self._sockets: list[aiohttp.ClientWebSocketResponse] = []

    async def call(self, path: str, **fields: Any) -> Any:
        """The data of a success."""
        async with (
            self._gate,
            self._client.post(self._fake.http_url + path, json=fields, headers=self._headers) as answer,
        ):
            told = await answer.json()
        if told["code"] != 0:
            raise RuntimeError(f"{path} answered {told}")
        return told.get("data")

    async def begin(self) -> None:
        """One more live: started, spoken into once, its queue filled."""
        live = await self.call(CREATE_LIVE.path, param=LIVE_SCRIPT)
        session: str = live["sessionId"]
        await self.call(START_LIVE.path, sessionId=session)
        socket = await self._client.ws_connect(build_url(session, live["sessionToken"], base=self._fake.http_url))
        await socket.send_str(BEGIN)
        if (await socket.receive_json())["code"] != 2:
            raise RuntimeError("speech is not taken")
        for _ in range(5):
            await socket.send_bytes(PCM)
        await socket.send_str(EOF)
        while self._fake.live(session).speaking:  # noqa: ASYNC110 - nothing tells of the end of a round
            await asyncio.sleep(0)
        song = json.dumps(TakeoverScript(audio=SONG).to_dict())
        for _ in range(QUEUED):
            await self.call(TAKEOVER_QUEUE.path, sessionId=session, param=song)
        self.sessions.append(session)
        self._sockets.append(socket)

    async def beat(self) -> None:
        """A heartbeat of every live."""
        await asyncio.gather(*(self.call(HEARTBEAT.path, sessionId=session) for session in self.sessions))

    async def heard(self) -> Sequence[Sequence[int]]:
        """What every socket was told of its takeovers."""

        async def codes(socket: aiohttp.ClientWebSocketResponse) -> list[int]:
            told = [(await socket.receive_json())["code"] for _ in range(3 * QUEUED)]
            await socket.close()
            return told

        return await asyncio.gather(*map(codes, self._sockets))


async def an_hour(lives: int) -> float:
    """Real seconds that one hour of so many lives takes."""
    began = time.perf_counter()
    # Each queue plays for most of the hour.
    song = HOUR / (QUEUED + 1)
    connector = aiohttp.TCPConnector(limit=0)
    async with (
        FakeSenseTime(clock=VirtualClock(), audio_seconds={SONG: song}) as fake,
        aiohttp.ClientSession(connector=connector) as client,
    ):
        customer = _Customer(fake, client)
        await asyncio.gather(*(customer.begin() for _ in range(lives)))
        for _ in range(0, HOUR, BEAT):
            await customer.beat()
            fake.advance(BEAT)
        told = await customer.heard()
        if len(fake.state.lives.running()) != lives:
            raise RuntimeError("a live was lost")
    # The first one of a queue plays at once.
    queued = [20, 19, *[20] * (QUEUED - 1)]
    expected = [*queued, *[18, 19] * (QUEUED - 1), 18]
    if any(codes != expected for codes in told):
        raise RuntimeError("a socket was told something else")
    return time.perf_counter() - began


def test_an_hour_of_five_hundred_lives(benchmark: BenchmarkFixture, judge: Judge) -> None:
    lives = 5 if judge.smoke else LIVES
    benchmark.group = "an hour on a virtual clock"
    run: Callable[..., float] = benchmark.pedantic  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - it is not typed
    seconds = run(lambda: asyncio.run(an_hour(lives)), rounds=1)
    judge.judge(f"seconds for an hour of {LIVES} lives with sockets and queues", seconds, Bound("at most", SECONDS))
