"""The fake over real HTTP, its callbacks to a real receiver; and the codecs' own client against it, without sockets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from aiohttp import web

from avatarwire.codecs.sensetime.client.live import LiveClient
from avatarwire.codecs.sensetime.events import CancelAnswered, LiveEnded, LiveReady, LiveStarted, TakeoverAnswered
from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.messages import callbacks as codec
from avatarwire.codecs.sensetime.messages.callbacks import CallbackBody, HmacSha256, credentials_of, verify
from avatarwire.codecs.sensetime.options import LiveOptions
from avatarwire.codecs.sensetime.script import decode_live, decode_takeover
from avatarwire.codecs.sensetime.tokens import authorized
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.sensetime.callbacks import body_of
from avatarwire.fakeserver.sensetime.live import CallbackEvent
from avatarwire.fakeserver.sensetime.live_events import Started
from avatarwire.fakeserver.sensetime.scenario import NlpQuestion
from avatarwire.fakeserver.sensetime.server import FakeSenseTime
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT, SPEECH, Fake

LIMIT = 10.0
"""Real seconds after which a test that waits has failed."""


@asynccontextmanager
async def receiving() -> AsyncGenerator[tuple[str, asyncio.Queue[tuple[dict[str, str], bytes]]]]:
    """A customer's own server: its address, and what it gets."""
    got: asyncio.Queue[tuple[dict[str, str], bytes]] = asyncio.Queue()

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        got.put_nowait((dict(request.headers), await request.read()))
        return web.json_response({})

    runner = web.ServerRunner(web.Server(handle), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", got
    finally:
        await runner.cleanup()


async def test_calls_and_signed_callbacks_over_http() -> None:
    async with receiving() as (url, got):
        accounts = ({"app_id": "a", "app_key": "k", "auth_key": "key-1"},)
        async with (
            FakeSenseTime(clock=VirtualClock(), callback_url=url, accounts=accounts) as fake,
            httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as client,
        ):
            headers = {"Authorization": f"Bearer {fake.access_token}"}
            body = {"param": json.dumps(SCRIPT), "userData": "round 7"}
            reply = await client.post(ROUTES["createLive"][1], json=body, headers=headers)
            made = reply.json()["data"]
            assert (reply.status_code, made["status"]) == (200, 35)
            told_headers, told = await asyncio.wait_for(got.get(), LIMIT)
            verify(HmacSha256("key-1"), told, credentials_of(told_headers), fake.clock.now())
            assert codec.decode(told, strict=True).value == CallbackBody(
                session_id=made["sessionId"],
                status=35,
                user_data="round 7",
                rtc_app_id=made["rtcAppId"],
                rtc_channel_id=made["rtcChannelId"],
                rtc_uid=made["rtcUid"],
                rtc_token=made["rtcToken"],
            )
            stat = await client.get(ROUTES["queryStat"][1], params={"sessionId": made["sessionId"]}, headers=headers)
            assert stat.json()["data"]["rtcToken"] == made["rtcToken"]
            fake.advance(180)
            _, told = await asyncio.wait_for(got.get(), LIMIT)
            assert json.loads(told)["status"] == 50
            await fake.journal.expect("CallbackBody.delivered", session=made["sessionId"], count=2)
            kept = "".join(str(entry.to_dict()) for entry in fake.journal.entries())
            for secret in (made["rtcToken"], made["sessionToken"], fake.access_token, "key-1"):
                assert secret not in kept


async def test_an_rtc_token_is_told_to_the_client_and_not_to_the_journal() -> None:
    async with (
        FakeSenseTime(clock=VirtualClock()) as fake,
        httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as client,
    ):
        headers = {"Authorization": f"Bearer {fake.access_token}"}
        body = {"param": json.dumps(SCRIPT)}
        made = (await client.post(ROUTES["createLive"][1], json=body, headers=headers)).json()["data"]
        asked = {"sessionId": made["sessionId"], "rtcChannelId": made["rtcChannelId"]}
        token = (await client.post(ROUTES["rtcAudienceToken"][1], json=asked, headers=headers)).json()["data"]
        assert len(token) > 20
        assert token not in "".join(str(entry.to_dict()) for entry in fake.journal.entries())


async def test_a_question_may_take_its_time_over_http() -> None:
    asked = asyncio.Event()
    go_on = asyncio.Event()

    async def reply(question: NlpQuestion) -> str:
        asked.set()
        await go_on.wait()
        return question.query.upper()

    question = {"appId": "x", "device": "ios", "language": "zh", "query": "open?", "session": "c", "trace": "t"}
    async with (
        FakeSenseTime(clock=VirtualClock(), nlp_answer=reply) as fake,
        httpx.AsyncClient(base_url=fake.http_url, trust_env=False) as client,
    ):
        headers = {"Authorization": f"Bearer {fake.access_token}"}
        waiting = asyncio.ensure_future(client.post(ROUTES["nlpReply"][1], json=question, headers=headers))
        await asyncio.wait_for(asked.wait(), LIMIT)
        # Others are answered meanwhile.
        assert (await client.get(ROUTES["runningList"][1], headers=headers)).json()["data"] == []
        go_on.set()
        assert (await waiting).json()["answer"] == "OPEN?"
        assert fake.journal.entries("nlpReply.response")


# --- the codecs' client, strict, against a strict fake ---


class Service:
    """A service with one live: makes the client's calls, hands callbacks on, waits as the client says."""

    def __init__(self, fake: Fake) -> None:
        self.fake = fake
        self.live = LiveClient(CreateLiveRequest.of(decode_live(json.dumps(SCRIPT)).value), LiveOptions(strict=True))
        self.seen: list[object] = []
        self._told = 0

    def work(self) -> None:
        """Everything that can be done at this moment."""
        while calls := self.live.calls_to_make():
            for call in calls:
                request = authorized(call.request, self.fake.token)
                answered = self.fake.send(
                    call.name,
                    {"sessionId": self.live.session_id} if request.method == "GET" else None,
                    raw=request.body,
                    headers=dict(request.headers),
                )
                assert [it for it in answered.violations if it.level == "error"] == []
                self.seen += self.live.receive(call, answered.status, answered.body, self.fake.clock.now())
            self.hand_on()

    def hand_on(self) -> None:
        events: list[CallbackEvent] = self.fake.events[self._told :]
        self._told += len(events)
        for event in events:
            if event.live.id == self.live.session_id:
                body = codec.decode(codec.encode(body_of(event, self.fake.state.date)), strict=True).value
                self.seen += self.live.callback(body, self.fake.clock.now())

    def wait(self, seconds: float) -> None:
        """Lets time pass, with everything that is due meanwhile."""
        end = self.fake.clock.now() + seconds
        while (due := self.live.next_timeout()) is not None and due <= end:
            self.fake.clock.advance(max(0.0, due - self.fake.clock.now()))
            self.hand_on()
            self.live.handle_timeout(self.fake.clock.now())
            self.work()
        self.fake.clock.advance(max(0.0, end - self.fake.clock.now()))
        self.hand_on()
        self.work()

    def saw(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.seen if isinstance(event, kind)]


def test_the_codecs_client_keeps_a_live_going_for_an_hour() -> None:
    service = Service(Fake(strict=True, initialising_seconds=11))
    service.live.create(service.fake.clock.now())
    service.work()
    service.wait(12)
    assert len(service.saw(LiveReady)) == 1
    assert len(service.saw(LiveStarted)) == 1
    service.wait(3600)
    assert service.fake.status(service.live.session_id) == 2
    service.live.close(service.fake.clock.now())
    service.work()
    assert [int(event.status) for event in service.saw(LiveEnded)] == [5]
    assert service.live.is_over


def test_the_codecs_client_mirrors_the_queue() -> None:
    service = Service(Fake(strict=True))
    service.live.create(service.fake.clock.now())
    service.work()
    words = decode_takeover(json.dumps(SPEECH)).value
    service.live.say(words)
    service.live.queue(words)
    service.live.queue(words, 1)
    service.work()
    assert [event.accepted for event in service.saw(TakeoverAnswered)] == [True, True, True]
    service.fake.queues[service.live.session_id].tell(Started("t-1"))
    service.hand_on()
    assert service.live.takeovers.playing == "t-1"
    service.live.list_queue()
    service.work()
    service.live.cancel()
    service.work()
    assert service.saw(CancelAnswered)


def test_the_codecs_client_learns_that_its_live_is_lost() -> None:
    service = Service(Fake(strict=True, heartbeat_seconds=30))
    service.live.create(service.fake.clock.now())
    service.work()
    service.wait(31)
    assert [int(event.status) for event in service.saw(LiveEnded)] == [50]
