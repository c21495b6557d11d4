"""What clients have the avatar say, as `said` tells it: takeovers and speech, and how they ended."""

from __future__ import annotations

from typing import Any, Final

import pytest

from avatarwire.fakeserver import Said, VirtualClock
from avatarwire.fakeserver.sensetime import FakeSenseTime
from tests.fakeserver.sensetime.client import SPEECH, WORDS
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM
from tests.fakeserver.sensetime.running import Customer, customer

MORE: Final = {"tts_query": {"content": "And now something completely different.", "ssml": False}}
SOUND: Final = {"audio": "https://files.example.com/break.mp3"}


def states(fake: FakeSenseTime) -> list[tuple[str, str]]:
    """Text and state of each."""
    return [(each.text, each.state) for each in fake.said()]


@pytest.mark.parametrize("operation", ["takeoverCommandV1", "takeoverCommand", "takeoverQueue"])
async def test_a_takeover_is_said_when_it_has_played(operation: str) -> None:
    async with customer(clock=VirtualClock()) as service:
        fake = service.fake
        session, _ = await service.started()
        accepted = fake.clock.now()
        await service.speak(operation, session)
        assert states(fake) == [(WORDS, "speaking")]
        fake.advance(60)
        [said] = fake.said()
    assert said.ended is not None
    assert accepted < said.ended
    assert said == Said(session, WORDS, f"{operation}.request", accepted, said.ended, "said")


async def test_the_script_of_the_live_is_not_among_it() -> None:
    async with customer(clock=VirtualClock()) as service:
        await service.started()
        service.fake.advance(60)
        assert service.fake.said() == []


async def test_a_queue_is_said_in_order_and_a_file_has_no_text() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, _ = await service.started()
        for script in (SPEECH, SOUND, MORE):
            await service.speak("takeoverQueue", session, script)
        more = MORE["tts_query"]["content"]
        assert states(service.fake) == [(WORDS, "speaking"), ("", "waiting"), (more, "waiting")]
        service.fake.advance(600)
        assert states(service.fake) == [(WORDS, "said"), ("", "said"), (more, "said")]


async def cancelled(service: Customer, session: str) -> None:
    await service.data("takeoverCancel", sessionId=session, commandTraceId="-1")


async def closed(service: Customer, session: str) -> None:
    await service.data("closeLive", sessionId=session)


async def ended(service: Customer, session: str) -> None:
    service.fake.fail_live(session)


@pytest.mark.parametrize("end", [cancelled, closed, ended])
async def test_what_ends_before_is_cut(end: Any) -> None:
    async with customer(clock=VirtualClock()) as service:
        session, _ = await service.started()
        await service.speak("takeoverQueue", session)
        await service.speak("takeoverQueue", session, MORE)
        await end(service, session)
        assert [each.state for each in service.fake.said()] == ["cut", "cut"]


async def test_a_command_cuts_what_plays() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, _ = await service.started()
        await service.speak("takeoverCommand", session)
        await service.speak("takeoverCommand", session, MORE)
        assert [each.state for each in service.fake.said()] == ["cut", "speaking"]


async def test_a_file_that_is_not_to_be_had_is_cut() -> None:
    async with customer(clock=VirtualClock(), missing_files=[SOUND["audio"]]) as service:
        session, _ = await service.started()
        await service.speak("takeoverQueue", session, SOUND)
        service.fake.advance(600)
        assert states(service.fake) == [("", "cut")]


async def test_what_is_refused_is_not_there() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, _ = await service.started()
        with service.fake.faults.add(message="takeoverCommand.request", do="reject", code=10007):
            await service.call("takeoverCommand", sessionId=session, param="{}")
        await service.data("closeLive", sessionId=session)
        assert await service.speak("takeoverCommand", session) == {"isSuccess": False}
        assert service.fake.said() == []


@pytest.mark.parametrize("end", ["eof", "stop"])
async def test_speech_has_no_text(end: str) -> None:
    async with customer(clock=VirtualClock()) as service:
        fake = service.fake
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]
            assert states(fake) == [("", "speaking")]
            if end == "eof":
                await socket.say(PCM, EOF)
                await fake.journal.expect("microphone.eof")
            else:
                fake.stop_speech(session)
            [said] = fake.said()
    assert (said.session, said.message) == (session, "microphone.begin")
    assert said.state == {"eof": "said", "stop": "cut"}[end]


async def test_a_reset_forgets() -> None:
    async with customer(clock=VirtualClock()) as service:
        session, _ = await service.started()
        await service.speak("takeoverCommand", session)
        service.fake.reset()
        assert service.fake.said() == []
