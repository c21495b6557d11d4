"""What the sessions of all vendors have in common: what may be called when, and with what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs.aliyun import aio as aliyun
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.errors import ConnectionLostError, LocalProtocolError, ValidationError
from avatarwire.codecs.guiji import aio as guiji
from avatarwire.codecs.sensetime import aio as sensetime
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.loop_clock import LoopClock
from tests.jumping import JumpingLoop, run

WORDS = "Good evening, and welcome to all of you."
VENDORS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "aliyun": (aliyun.connect, FakeAliyun),
    "guiji": (guiji.connect, FakeGuiji),
    "sensetime": (sensetime.connect, FakeSenseTime),
}

each_vendor = pytest.mark.parametrize("vendor", VENDORS)


def running(fake: Any) -> int:
    """How many sessions are open at a fake."""
    match fake:
        case FakeAliyun():
            project = fake.state.project(fake.project_id)
            assert project is not None
            return len(fake.state.sessions.living(project))
        case FakeGuiji():
            return len(fake.state.sessions.living())
        case _:
            return len(fake.state.lives.running())


@each_vendor
def test_a_session_is_entered_once(vendor: str) -> None:
    connect, fake_of = VENDORS[vendor]

    async def world(loop: JumpingLoop) -> None:
        async with fake_of(clock=LoopClock(loop)) as fake:
            session = connect(fake)
            async with session:
                with pytest.raises(LocalProtocolError, match="a session is entered once"):
                    await session.__aenter__()
                assert running(fake) == 1
                await session.say(WORDS)
            with pytest.raises(LocalProtocolError, match="a session is entered once"):
                await session.__aenter__()
            with pytest.raises(ConnectionLostError, match="the session was stopped"):
                await session.say(WORDS)
            assert running(fake) == 0

    _, loop = run(world)
    assert loop.failures == []


def test_a_text_may_be_spoken_as_it_stands() -> None:
    async def world(loop: JumpingLoop) -> tuple[str, str]:
        async with FakeAliyun(clock=LoopClock(loop)) as fake, aliyun.connect(fake) as session:
            asked = await session.say(WORDS)
            broadcast = await session.say(WORDS, ask=AskType.BROADCAST)
            return asked.text, broadcast.text

    answers, _ = run(world)
    assert answers == (f"You asked: {WORDS}", WORDS)


@each_vendor
def test_a_session_that_was_not_entered_does_nothing(vendor: str) -> None:
    connect, _ = VENDORS[vendor]

    async def world(loop: JumpingLoop) -> float:
        session = connect(place(vendor))
        begun = loop.time()
        with pytest.raises(LocalProtocolError, match="has not been started: async with connect"):
            await session.say(WORDS)
        await session.stop()
        with pytest.raises(LocalProtocolError, match="a session is entered once"):
            await session.__aenter__()
        return loop.time() - begun

    took, loop = run(world)
    assert (took, loop.failures) == (0, [])


@each_vendor
@pytest.mark.parametrize("timeout", [0, -1.0, float("nan"), float("inf"), True, "30", None])
def test_a_timeout_is_a_number_of_seconds(vendor: str, timeout: Any) -> None:
    with pytest.raises(ValidationError, match=r"timeout: got .*, expected a number of seconds above 0"):
        VENDORS[vendor][0](place(vendor), timeout=timeout)


@each_vendor
def test_a_host_that_cannot_be_one_is_a_lost_connection(vendor: str) -> None:
    async def world(loop: JumpingLoop) -> None:
        with pytest.raises(ConnectionLostError, match="Invalid IDNA hostname"):
            async with VENDORS[vendor][0](place(vendor), http_url="http://☃.test"):
                pass

    _, loop = run(world)
    assert loop.failures == []


@pytest.mark.parametrize("vendor", ["aliyun", "sensetime"])
@pytest.mark.parametrize("pcm", [None, 5, "text", [5]])
def test_speech_is_bytes(vendor: str, pcm: Any) -> None:
    connect, fake_of = VENDORS[vendor]

    async def world(loop: JumpingLoop) -> None:
        async with fake_of(clock=LoopClock(loop)) as fake, connect(fake) as session:
            with pytest.raises(ValidationError, match=r"got .*, expected .*bytes"):
                await session.speak(pcm)
            await session.speak(bytes(3200))

    _, loop = run(world)
    assert loop.failures == []


def place(vendor: str) -> dict[str, Any]:
    """A place where nothing listens."""
    url = "http://127.0.0.1:1"
    match vendor:
        case "aliyun":
            return {"http_url": url, "access_key_id": "a", "access_key_secret": "s", "project_id": "1"}
        case "guiji":
            return {"http_url": url, "mqtt_url": "mqtt://127.0.0.1:1", "app_id": "a", "app_secret": "s", "live_id": 1}
        case _:
            return {"http_url": url, "access_token": "t", "param": FakeSenseTime().param}
