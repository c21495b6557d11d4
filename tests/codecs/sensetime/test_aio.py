"""The driver against a fake: what its calls give, what ends them, and that nothing is left behind."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any, TypeVar

import pytest

from avatarwire.codecs.errors import (
    ConnectionLostError,
    HttpError,
    RefusedError,
    ValidationError,
)
from avatarwire.codecs.sensetime import script
from avatarwire.codecs.sensetime.aio import Session, connect
from avatarwire.codecs.sensetime.events import Unreadable
from avatarwire.fakeserver import FakeSenseTime
from avatarwire.fakeserver.effects import Send
from tests.codecs.aio.talks import on_jumping_time, until

T = TypeVar("T")

WORDS = "Good evening, and welcome to all of you."


def with_fake(main: Callable[[FakeSenseTime], Coroutine[Any, Any, T]], **changes: Any) -> T:
    return on_jumping_time("sensetime", main, **changes)


async def later(seconds: float) -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(seconds, future.set_result, None)
    await future


def test_a_text_is_spoken_and_the_live_closed() -> None:
    async def main(fake: FakeSenseTime) -> float:
        async with connect(fake) as session:
            begun = asyncio.get_running_loop().time()
            answer = await session.say(WORDS)
            took = asyncio.get_running_loop().time() - begun
            assert (answer.text, answer.interrupted) == (WORDS, False)
        assert fake.journal.violations() == []
        assert [type(event).__name__ async for event in session][-1] == "LiveEnded"
        return took

    assert with_fake(main, characters_per_second=10.0) == pytest.approx(4.0)


def test_a_text_that_takes_longer_than_the_timeout_is_no_silence() -> None:
    async def main(fake: FakeSenseTime) -> bool:
        async with connect(fake, timeout=10) as session:
            return (await session.say(WORDS * 10)).interrupted

    assert with_fake(main) is False


def test_whether_a_text_was_spoken_is_not_known_while_nobody_answers() -> None:
    """The live ends, and the question what has become of it is refused: that is no answer."""

    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            fake.faults.add(message="queryStat.request", do="reject", code=10007, times=1)
            fake.faults.add(message="takeoverCommand.response", do="command", command="close_live", times=1)
            with pytest.raises(ConnectionLostError, match="before it was spoken"):
                await session.say(WORDS)

    with_fake(main)


def test_a_live_of_which_nobody_knows_whether_it_is_closed_is_an_error() -> None:
    async def main(fake: FakeSenseTime) -> None:
        for message in ("closeLive.request", "queryStat.request"):
            fake.faults.add(message=message, do="reject", code=10500)
        async with connect(fake) as session:
            with pytest.raises(HttpError, match="10500"):
                await session.stop()
        fake.close_live(session.session_id)

    with_fake(main)


def test_texts_are_spoken_one_after_the_other() -> None:
    async def main(fake: FakeSenseTime) -> list[bool]:
        async with connect(fake) as session:
            answers = await asyncio.gather(session.say(WORDS), session.say(WORDS))
            assert not [entry for entry in fake.journal.entries() if entry.message == "takeoverCancel.request"]
            return [answer.interrupted for answer in answers]

    assert with_fake(main) == [False, False]


def test_an_interruption_ends_what_is_spoken() -> None:
    async def main(fake: FakeSenseTime) -> bool:
        async with connect(fake) as session:
            spoken = asyncio.create_task(session.say(WORDS * 10))
            await until(session, "TakeoverChanged")
            await session.interrupt()
            return (await spoken).interrupted

    assert with_fake(main) is True


def test_a_text_that_nobody_waits_for_any_more_is_cancelled() -> None:
    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            spoken = asyncio.create_task(session.say(WORDS * 10))
            await until(session, "TakeoverAnswered")
            spoken.cancel()
            await asyncio.wait({spoken})
            assert (await session.speak(bytes(3200))).text == ""
        assert fake.journal.violations() == []

    with_fake(main)


def test_speech_goes_out_in_whole_samples() -> None:
    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            await session.speak([bytes(999), bytes(1001)])
            with pytest.raises(ValidationError, match="ends with 1 bytes of a sample"):
                await session.speak(bytes(3))
            assert (await session.say(WORDS)).text == WORDS

    with_fake(main)


@pytest.mark.parametrize("why", ["cancelled", "error", "half a sample"])
def test_a_round_that_is_given_up_ends_with_eof(why: str) -> None:
    async def speech() -> AsyncIterator[bytes]:
        yield bytes(3200)
        if why == "error":
            raise KeyError("of the caller")
        if why == "half a sample":
            yield bytes(3)
        else:
            await later(3600)

    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            speaking = asyncio.create_task(session.speak(speech()))
            asyncio.get_running_loop().call_later(5, speaking.cancel)
            await asyncio.wait({speaking})
            assert speaking.cancelled() or isinstance(speaking.exception(), (KeyError, ValidationError))
        assert [entry.message for entry in fake.journal.entries() if entry.message == "microphone.eof"]
        assert fake.journal.violations() == []

    with_fake(main)


@pytest.mark.parametrize(
    ("outcome", "text"),
    [("stop", "the round of speech was ended: stopped"), ("fail", "the round of speech was ended: failed")],
)
def test_speech_may_be_refused(outcome: str, text: str) -> None:
    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            with pytest.raises(RefusedError, match=f"^{text}$"):
                await session.speak(bytes(3200))
            await session.speak(bytes(3200))

    with_fake(main, speech_outcomes=[outcome])


def test_a_text_that_cannot_be_sent_is_refused_at_once() -> None:
    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            with pytest.raises(ValidationError, match="ST-TKO-23"):
                await session.say("Hi.")

    with_fake(main)


# --- its life ---


def test_a_live_that_is_made_slowly_is_waited_for() -> None:
    async def main(fake: FakeSenseTime) -> str:
        async with connect(fake) as session:
            return (await session.say(WORDS)).text

    assert with_fake(main, outcomes=["slow"]) == WORDS


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        ("abnormal", r"the live was not started \(9 ABNORMAL\)"),
        ("failed", r"the live was not started \(99 FAILED\)"),
        ("platform_full", r"the live was not started \(97 PLATFORM_FULL\)"),
    ],
)
def test_a_live_that_cannot_be_made_is_an_error(outcome: str, text: str) -> None:
    async def main(fake: FakeSenseTime) -> None:
        with pytest.raises(RefusedError, match=text):
            async with connect(fake):
                pass

    with_fake(main, outcomes=[outcome])


def test_a_live_that_is_closed_elsewhere_is_over() -> None:
    async def main(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            spoken = asyncio.create_task(session.say(WORDS * 10))
            await until(session, "TakeoverChanged")
            fake.close_live(session.session_id)
            with pytest.raises(ConnectionLostError):
                await spoken
            with pytest.raises(ConnectionLostError):
                await session.say(WORDS)

    with_fake(main)


@pytest.mark.parametrize("why", ["error", "cancelled"])
def test_the_live_is_closed_however_the_block_is_left(why: str) -> None:
    async def talk(fake: FakeSenseTime) -> None:
        async with connect(fake) as session:
            if why == "error":
                raise KeyError("of the caller")
            await session.say(WORDS * 10)

    async def main(fake: FakeSenseTime) -> None:
        task = asyncio.create_task(talk(fake))
        asyncio.get_running_loop().call_later(1, task.cancel)
        await asyncio.wait({task})
        assert task.cancelled() if why == "cancelled" else isinstance(task.exception(), KeyError)

    with_fake(main)


def test_a_live_that_is_being_made_is_closed_when_its_caller_is_cancelled() -> None:
    async def enter(session: Session) -> None:
        async with session:
            pass

    async def main(fake: FakeSenseTime) -> None:
        for turns in range(30):
            task = asyncio.create_task(enter(connect(fake)))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task})

    with_fake(main)


def test_a_day_of_silence_is_kept_going_by_heartbeats_and_refreshed_tokens() -> None:
    async def main(fake: FakeSenseTime) -> tuple[str, int]:
        async with connect(fake, access_token="") as session:
            await later(12 * 3600)
            answer = await session.say(WORDS)
        return answer.text, sum(entry.message == "login.request" for entry in fake.journal.entries())

    assert with_fake(main) == (WORDS, 1)


@pytest.mark.parametrize("failure", ["code", "401"])
def test_a_token_that_logins_elsewhere_have_retired_is_replaced(failure: str) -> None:
    async def main(fake: FakeSenseTime) -> None:
        sessions = [connect(fake, access_token="") for _ in range(4)]
        async with sessions[0], sessions[1], sessions[2], sessions[3]:
            assert [(await session.say(WORDS)).text for session in sessions] == [WORDS] * 4

    with_fake(main, token_failure=failure)


def test_a_token_of_the_place_that_has_worked_is_replaced() -> None:
    async def main(fake: FakeSenseTime) -> str:
        async with connect(fake) as session:
            fake.expire_tokens()
            return (await session.say(WORDS)).text

    assert with_fake(main) == WORDS


# --- the place ---


def test_a_place_needs_a_token_or_a_key() -> None:
    place = {"http_url": "http://a.test", "param": "{}", "app_id": "a"}
    with pytest.raises(ValidationError, match="access_token: missing, expected an access token, or app_id and app_key"):
        connect({**place, "param": FakeSenseTime().param})
    with pytest.raises(ValidationError, match="ST-"):
        connect(place, access_token="t")
    with pytest.raises(ValidationError, match="param: not a live script"):
        connect(place, access_token="t", param=5)


@pytest.mark.parametrize("form", ["text", "mapping", "script"])
def test_a_script_may_have_any_form(form: str) -> None:
    async def main(fake: FakeSenseTime) -> None:
        forms = {
            "text": fake.param,
            "mapping": json.loads(fake.param),
            "script": script.decode_live(fake.param).value,
        }
        async with connect(fake, param=forms[form]):
            pass

    with_fake(main)


def test_a_wrong_token_is_an_error() -> None:
    async def main(fake: FakeSenseTime) -> None:
        with pytest.raises(HttpError, match="10002"):
            async with connect(fake, access_token="wrong"):
                pass
        with pytest.raises(HttpError, match="10003"):
            async with connect(fake, access_token="", app_key="wrong"):
                pass

    with_fake(main)


def test_a_message_that_cannot_be_read_is_an_event() -> None:
    async def main(fake: FakeSenseTime) -> list[str]:
        async with connect(fake) as session:
            spoken = asyncio.create_task(session.say(WORDS))
            await until(session, "TakeoverChanged")
            server: Any = fake
            (carrier,) = (item for item in server._hub._carriers.values() if item.transport == "ws")
            server._hub.perform([Send("no JSON", "")], carrier)
            await spoken
        return [str(event.error) async for event in session if isinstance(event, Unreadable)]

    (unreadable,) = with_fake(main)
    assert "unreadable message" in unreadable
