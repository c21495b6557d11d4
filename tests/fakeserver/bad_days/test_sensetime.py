"""Bad days at SenseTime, as a client sees them: a test for each, of the name of the day."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from avatarwire.fakeserver import FakeSenseTime, VirtualClock
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM
from tests.fakeserver.sensetime.running import Customer, Socket
from tests.fakeserver.transports.test_callbacks import Receiver, receiving

ACCOUNT = {"app_id": "a", "app_key": "k", "auth_key": "key-1"}
FRAME_HEADER = 2
"""Bytes of a short message's frame."""
SONG = {"audio": "http://127.0.0.1/song.wav"}


class World(Customer):
    """A customer of a fake on a bad day, who is called back.

    Attributes:
        receiver: where.
    """

    def __init__(self, fake: FakeSenseTime, calls: httpx.AsyncClient, receiver: Receiver) -> None:
        super().__init__(fake, calls)
        self.calls = calls
        self.receiver = receiver

    async def post(self, operation: str, **fields: Any) -> httpx.Response:
        """A call of an operation, its answer as it is."""
        headers = {"Authorization": f"Bearer {self.fake.access_token}"}
        return await self.calls.post(self.fake.http_url + ROUTES[operation][1], headers=headers, json=fields)

    async def create(self) -> httpx.Response:
        """Makes a live, or does not."""
        return await self.post("createLive", param=json.dumps(SCRIPT))

    async def statuses(self, count: int) -> list[int]:
        """What the first callbacks say."""
        await self.fake.journal.expect("CallbackBody.delivered", count=count)
        return [body["status"] for body in self.receiver.bodies]


@asynccontextmanager
async def on(day: str, **changes: Any) -> AsyncGenerator[World]:
    async with (
        receiving() as receiver,
        FakeSenseTime(
            clock=VirtualClock(), callback_url=receiver.url, accounts=(ACCOUNT,), seed=7, bad_day=day, **changes
        ) as fake,
        httpx.AsyncClient(trust_env=False) as calls,
    ):
        yield World(fake, calls, receiver)


async def answers_to_the_end(socket: Socket) -> tuple[int, ConnectionClosed]:
    """Begins rounds of speech until the connection ends: how many bytes came, and how it ended."""
    heard = 0
    while True:
        try:
            await socket.say(BEGIN, PCM[:64], EOF)
            heard += len(str(await socket.connection.recv()).encode()) + FRAME_HEADER
        except ConnectionClosed as end:
            return heard, end


async def test_force_close_while_speaking() -> None:
    async with on("force-close-while-speaking") as it:
        session, _ = await it.started()
        await it.speak("takeoverCommand", session)
        assert await it.statuses(3) == [35, 36, 50]
        assert (await it.data("queryStat", sessionId=session))["status"] == 50


async def test_force_close_while_speaking_into_the_microphone() -> None:
    async with on("force-close-while-speaking") as it:
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            await it.speak("takeoverCommand", session)
            assert await socket.closed() == (1000, "the live is over, its status is 50")


async def test_no_line_free() -> None:
    async with on("no-line-free") as it:
        states = [(await it.create()).json()["data"]["status"] for _ in range(3)]
        assert states == [97, 98, 35]


async def test_heartbeats_unanswered() -> None:
    """The live ends with 50 for want of them, as the callback says."""
    async with on("heartbeats-unanswered") as it:
        session, _ = await it.started()
        assert await it.statuses(1) == [35]
        it.fake.advance(60)
        refused = await it.post("heartbeat", sessionId=session)
        assert (refused.status_code, refused.json()["code"]) == (503, 10500)
        it.fake.advance(120)
        assert await it.statuses(2) == [35, 50]


async def test_token_expired_before_connect() -> None:
    """ST-MIC-08: a microphone socket says so by code 1."""
    async with on("token-expired-before-connect") as it:
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            assert await socket.codes(1) == [1]
            assert (await socket.closed())[0] == 1008
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]


async def test_token_expired_before_connect_of_a_page() -> None:
    async with on("token-expired-before-connect") as it:
        session, token = await it.started()
        with pytest.raises(InvalidStatus) as refused:
            async with it.socket(session, token, page=True):
                pass
        assert refused.value.response.status_code == 401
        assert json.loads(refused.value.response.body or b"")["code"] == 10002


async def test_token_expired_in_session() -> None:
    async with on("token-expired-in-session") as it:
        token = it.fake.access_token
        session, _ = await it.started()
        assert (await it.call("queryStat", token=token, sessionId=session))["code"] == 10002
        assert (await it.call("queryStat", token=it.fake.access_token, sessionId=session))["code"] == 0


async def test_clock_skew() -> None:
    async with on("clock-skew") as it:
        answers = [await it.post("login", appId="a", timestamp="1", sign="x", grantType="sign") for _ in range(4)]
        assert [answer.json()["code"] for answer in answers] == [10003] * 4
        told = [answer.json()["message"] for answer in answers]
        assert told[:3] == ["the timestamp is too old"] * 3
        assert told[3].startswith("sign: ")
        assert all(answer.headers["date"] for answer in answers)


async def test_answer_cut() -> None:
    """Neither code 18 on the socket nor callback 37."""
    async with on("answer-cut") as it:
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            await it.speak("takeoverCommand", session)
            assert await it.statuses(2) == [35, 36]
            it.fake.advance(60)
            await it.speak("takeoverCommand", session)
            assert await it.statuses(3) == [35, 36, 36]
            it.fake.advance(60)
            assert await socket.codes(3) == [19, 19, 18]
        assert await it.statuses(4) == [35, 36, 36, 37]


async def test_callbacks_lost() -> None:
    async with on("callbacks-lost") as it:
        for _ in range(8):
            session, _ = await it.started()
            await it.data("closeLive", sessionId=session)
        lost = len(it.fake.journal.entries("fault"))
        assert 2 < lost < 14
        assert len(await it.statuses(16 - lost)) == 16 - lost


async def test_callbacks_doubled() -> None:
    async with on("callbacks-doubled") as it:
        session, _ = await it.started()
        it.fake.advance(0.1)
        assert await it.statuses(2) == [35, 35]
        await it.data("closeLive", sessionId=session)
        it.fake.advance(0.1)
        assert await it.statuses(4) == [35, 35, 5, 5]


async def test_callbacks_swapped() -> None:
    async with on("callbacks-swapped") as it:
        session, _ = await it.started()
        await it.speak("takeoverCommand", session)
        assert await it.statuses(2) == [36, 35]
        await it.data("closeLive", sessionId=session)
        it.fake.advance(1)
        assert await it.statuses(3) == [36, 35, 5]


async def test_callbacks_unsigned() -> None:
    async with on("callbacks-unsigned") as it:
        await it.started()
        assert await it.statuses(1) == [35]
        [(_, headers, body)] = it.receiver.got
        assert not {"signature", "timestamp"} & {name.lower() for name in (*headers, *body)}


async def test_slow_download() -> None:
    """ST-TKO-13: the call is answered with 33, the callback says 34 when the file is there."""
    async with on("slow-download") as it:
        session, _ = await it.started()
        assert (await it.speak("takeoverQueue", session, SONG))["commandStatus"] == 33
        assert await it.statuses(1) == [35]
        it.fake.advance(14.9)
        assert len(it.receiver.bodies) == 1
        it.fake.advance(0.1)
        assert await it.statuses(3) == [35, 34, 36]


async def test_rtc_token_expiring() -> None:
    """The RTC SDK warns viewers; here it is the journal. Another token is there for the asking."""
    async with on("rtc-token-expiring") as it:
        live = (await it.create()).json()["data"]
        it.fake.advance(29)
        assert it.fake.journal.entries("rtc.will_expire") == []
        it.fake.advance(1)
        await it.fake.journal.expect("rtc.will_expire", session=live["sessionId"])
        fresh = await it.data("rtcAudienceToken", sessionId=live["sessionId"], rtcChannelId=live["rtcChannelId"])
        assert fresh != live["rtcToken"]
        it.fake.advance(29)
        assert it.fake.journal.entries("rtc.expired") == []


async def test_server_restart() -> None:
    async with on("server-restart") as it:
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            await it.speak("takeoverCommand", session)
            assert await socket.closed() == (1012, "restart")
        for _ in range(2):
            with pytest.raises(InvalidStatus) as refused:
                async with it.socket(session, token):
                    pass
            assert refused.value.response.status_code == 503
        async with it.socket(session, token) as socket:
            it.fake.advance(60)
            assert await socket.codes(1) == [18]


async def test_throttled_start() -> None:
    async with on("throttled-start") as it:
        for _ in range(2):
            answer = await it.create()
            assert (answer.json()["code"], answer.headers["retry-after"]) == (10007, "2")
        assert (await it.create()).json()["data"]["status"] == 35


async def test_bad_gateway() -> None:
    async with on("bad-gateway") as it:
        answers = [await it.create() for _ in range(20)]
        bad = [answer for answer in answers if answer.status_code != 200]
        assert 1 < len(bad) < 20
        assert {(it.status_code, it.headers["content-type"], it.text[:6]) for it in bad} == {
            (502, "text/html", "<html>")
        }


async def test_slow_network() -> None:
    async with on("slow-network") as it:
        answer = asyncio.ensure_future(it.create())
        await it.fake.journal.expect(
            transport="note", where=lambda note: note.meta.get("toxic") == "latency_downstream"
        )
        it.fake.advance(0.19)
        await asyncio.wait([answer], timeout=0.05)
        assert not answer.done()
        it.fake.advance(0.21)
        assert (await answer).status_code == 200


async def test_network_outage() -> None:
    """Of what a connection brings, the first 64 KiB arrive."""
    async with on("network-outage") as it:
        session, token = await it.started()
        async with it.socket(session, token) as socket:
            heard, end = await answers_to_the_end(socket)
        assert end.rcvd is None
        assert 60_000 < heard < 65_536
