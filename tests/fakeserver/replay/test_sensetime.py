"""SenseTime replayed: callbacks in time, tokens, the microphone and pages, whoever opens them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from avatarwire.codecs.sensetime.tokens import sign_login
from avatarwire.fakeserver import FakeSenseTime, VirtualClock
from avatarwire.fakeserver.trace import read, tracing
from avatarwire.fakeserver.trace.comparing import compared
from tests.fakeserver.sensetime.running import Customer, receiving

LOGIN = "/api/uc/v1/access/api/token"
SPEECH = {"tts_query": {"content": "A word from us."}}


async def taken_over(
    url: str, heard: asyncio.Queue[Any], path: Path, **options: Any
) -> tuple[list[Any], FakeSenseTime]:
    """A live, and a takeover in it: the statuses that were called back, with the time of each."""
    clock = VirtualClock()
    fake = FakeSenseTime(callback_url=url, clock=clock, characters_per_second=10.0, **options)
    statuses: list[Any] = []
    begun = clock.now()

    async def hear() -> None:
        statuses.append(((await asyncio.wait_for(heard.get(), 10))["status"], round(clock.now() - begun, 3)))

    with tracing(path, fake):
        async with fake, httpx.AsyncClient(trust_env=False) as calls:
            customer = Customer(fake, calls)
            session, _ = await customer.started()
            fake.advance(0.5)
            await hear()
            await customer.speak("takeoverCommand", session, SPEECH)
            await hear()
            fake.advance(1.0)
            assert heard.empty()
            fake.advance(1.0)
            await hear()
            await customer.data("closeLive", sessionId=session)
            await hear()
    return statuses, fake


def test_callbacks_come_when_they_came(tmp_path: Path) -> None:
    async def main() -> None:
        async with receiving() as (url, heard):
            before, _ = await taken_over(url, heard, tmp_path / "a")
            after, fake = await taken_over(url, heard, tmp_path / "b", replay=tmp_path / "a")
        assert after == before
        assert [status for status, _ in after] == [35, 36, 37, 5]
        told = fake.replayed
        assert told is not None
        assert (told.missed, told.unused) == ((), ())
        assert compared(read(tmp_path / "a"), read(tmp_path / "b")).lines == []

    asyncio.run(main())


async def spoken(path: Path, *, typed: str = "When do you open?", **options: Any) -> tuple[list[Any], FakeSenseTime]:
    """A round at the microphone, and something typed on a page: what was heard."""
    fake = FakeSenseTime(seed=4, **options)
    heard: list[Any] = []
    with tracing(path, fake):
        async with fake, httpx.AsyncClient(trust_env=False) as calls:
            customer = Customer(fake, calls)
            session, token = await customer.started(opening_words="Good evening.")
            async with customer.socket(session, token) as microphone:
                await microphone.say('{"code":0,"message":"begin"}')
                heard.append((await microphone.hear())["code"])
                await microphone.say(b"\x01\x02" * 640, b"\x03\x04" * 640, '{"code":99,"message":"eof"}')
            async with customer.socket(session, token, page=True) as page:
                heard.append((await page.hear())["text"])
                await page.say(f'{{"text":"{typed}"}}')
                while heard[-1] != ("nlp", "answer"):
                    message = await page.hear()
                    heard.append((message["service"], message["type"]))
                    if message.get("error"):
                        heard.append(message["error"])
                        break
            await customer.data("closeLive", sessionId=session)
    return heard, fake


def test_microphone_and_page_are_replayed(tmp_path: Path) -> None:
    async def main() -> None:
        before, _ = await spoken(tmp_path / "a")
        after, fake = await spoken(tmp_path / "b", replay=tmp_path / "a")
        assert after == before
        assert fake.replayed is not None
        assert fake.replayed.missed == ()
        assert [it.message for it in fake.replayed.exchanges if it.message == "microphone.audio"] == [
            "microphone.audio"
        ] * 2

    asyncio.run(main())


def test_a_page_that_types_something_else_is_told_so(tmp_path: Path) -> None:
    async def main() -> None:
        await spoken(tmp_path / "a")
        heard, fake = await spoken(tmp_path / "b", replay=tmp_path / "a", typed="Something else.")
        assert "text: 'When do you open?' was recorded, 'Something else.' came" in str(heard[-1])
        assert fake.replayed is not None
        assert len(fake.replayed.missed) == 1

    asyncio.run(main())


def test_a_socket_needs_the_token_of_its_live(tmp_path: Path) -> None:
    async def main() -> None:
        await spoken(tmp_path / "a")
        async with FakeSenseTime(replay=tmp_path / "a") as fake, httpx.AsyncClient(trust_env=False) as calls:
            customer = Customer(fake, calls)
            session, token = await customer.started(opening_words="Good evening.")
            async with customer.socket(session, "never-issued") as microphone:
                assert (await microphone.hear())["code"] == 1
            async with customer.socket("no-live", token) as microphone:
                await microphone.say('{"code":0,"message":"begin"}')
                assert (await microphone.hear())["code"] == 6
            for wrong in ((session, "never-issued"), ("no-live", token)):
                with pytest.raises(InvalidStatus, match=r"401|404"):
                    await customer.socket(*wrong, page=True).__aenter__()
            async with customer.socket(session, token) as microphone:
                await microphone.say('{"code":0,"message":"begin"}', '{"code":42,"message":"what"}')
                assert [(await microphone.hear())["code"] for _ in range(2)] == [2, 5]
            assert (await customer.call("startLive", token="never-issued", sessionId=session))["code"] == 10002

    asyncio.run(main())


def test_several_clients_log_in_and_refresh(tmp_path: Path) -> None:
    """More tokens than an account has at the vendor: whoever runs what was recorded beside others is not in the way."""

    async def logins(path: Path, times: int, **options: Any) -> list[int]:
        codes: list[int] = []
        fake = FakeSenseTime(**options)
        with tracing(path, fake):
            async with fake, httpx.AsyncClient(trust_env=False) as calls:
                for _ in range(times):
                    now = int(fake.clock.now() * 1000)
                    sign = sign_login(fake.app_id, now, fake.app_key)
                    key = {"appId": fake.app_id, "timestamp": str(now), "sign": sign, "grantType": "sign"}
                    wrong = await calls.post(fake.http_url + LOGIN, json={**key, "sign": "0" * 64})
                    assert wrong.json()["code"] != 0
                    answer = await calls.post(fake.http_url + LOGIN, json=key)
                    tokens.append(answer.json()["data"]["accessToken"])
                customer = Customer(fake, calls)
                codes += [(await customer.call("historyList", token=token))["code"] for token in tokens[-times:]]
        return codes

    tokens: list[str] = []
    assert asyncio.run(logins(tmp_path / "a", 1)) == [0]
    assert asyncio.run(logins(tmp_path / "b", 4, replay=tmp_path / "a")) == [0] * 4
    assert "***" not in tokens
