"""The flows of Aliyun: ten steps that do what the document says, and fail by name when the fake does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.conformance.aliyun.flow import FLOWS, tone
from avatarwire.conformance.aliyun.flow_talk import AliyunTalk as Talk
from avatarwire.conformance.demonstration import demonstrate
from avatarwire.conformance.flow import Began, Called, Event, Failed, Noted, Passed, Step, Summary
from avatarwire.conformance.talk import DOCUMENTED, Flows
from avatarwire.fakeserver import FakeAliyun
from tests.declared_fakes import demonstrate_with

STEPS = FLOWS.named[DOCUMENTED]


async def told(*steps: Step[Talk], **changes: Any) -> list[Event]:
    """Everything that is told of some steps, or of all that the document has."""
    events: list[Event] = []
    flows = Flows(Talk, {DOCUMENTED: steps or STEPS})
    summary = await demonstrate("aliyun", flows, events.append, **changes)
    assert events[-1] is summary
    return events


async def test_ten_steps_do_what_the_document_says() -> None:
    events = await told()
    began = [event.title for event in events if isinstance(event, Began)]
    assert began == [
        "Start a session",
        "Open the WebSocket",
        "Prepare the channel",
        "Join the RTC channel",
        "Opening remarks",
        "Drive with text",
        "Drive with speech",
        "Drive with audio",
        "Stop the session",
        "Close the WebSocket",
    ]
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.steps, summary.passed, summary.faults, summary.http_calls, summary.ok) == (10, 10, 0, 2, True)
    assert summary.frames == sum(isinstance(event, Passed) for event in events)


async def test_every_documented_message_of_a_client_is_shown() -> None:
    sent = {event.message for event in await told() if isinstance(event, Passed) and event.direction == "out"}
    assert sent == {
        "opening.request",
        "interrupt.request",
        "text_drive.request",
        "asr.start.request",
        "asr.data.request",
        "asr.end.request",
        "channel_ready.request",
        "audio_drive.request",
        "heartbeat.ping",
    }


async def test_what_is_told_holds_no_secret() -> None:
    start = next(event for event in await told() if isinstance(event, Called))
    assert (start.operation, start.method, start.status) == ("StartAvatarSession", "POST", 200)
    assert '"token":"***"' in start.answer["channelToken"]
    assert "token=***&" in start.answer["webSocketUrl"]


async def test_the_rtc_channel_is_explained_and_not_joined() -> None:
    notes = [event.text for event in await told() if isinstance(event, Noted) and event.step == 4]
    assert notes[0] == "not done: the video travels by RTC, and no media is rendered here"
    assert re.fullmatch(r"a client would join channel \S+ as user \S+ of application \S+, within 600 s, .*", notes[1])


# What the fake is told to do, the number of the step that notices, and how it says so.
@pytest.mark.parametrize(
    ("changes", "step", "reason"),
    [
        ({"channel_statuses": ("INIT", "FAIL")}, 3, "instead of ChannelReady came ChannelFailed"),
        ({"opening": ""}, 5, "the opening remarks are empty"),
        ({"default_answer": ""}, 6, "the answer is empty"),
        ({"default_answer": {"content": "no", "success": False}}, 6, "the answer ended refused"),
        ({"transcripts": ()}, 7, "nothing was recognised"),
    ],
)
async def test_a_step_that_fails_is_named_and_ends_it(changes: dict[str, Any], step: int, reason: str) -> None:
    events = await told(**changes)
    failure, summary = (event for event in events if isinstance(event, (Failed, Summary)))
    assert isinstance(failure, Failed)
    assert (failure.step, failure.title) == (step, STEPS[step - 1].title)
    assert failure.reason.startswith(reason)
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.faults, summary.ok) == (step - 1, 1, False)


async def test_what_is_spoken_must_be_what_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    broadcast = InteractionClient.send_text

    def garble(client: InteractionClient, text: str, *, ask: AskType = AskType.ASK) -> str:
        return broadcast(client, text if ask is AskType.ASK else f"{text} Or so.", ask=ask)

    monkeypatch.setattr(InteractionClient, "send_text", garble)
    failure = next(event for event in await told() if isinstance(event, Failed))
    assert (failure.step, failure.reason) == (6, "something else is spoken than was sent")


async def test_a_server_that_goes_away_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeAliyun()
    demonstrate_with(monkeypatch, fake)

    async def drop(talk: Talk) -> None:
        session_id = talk.session.session_id
        assert session_id is not None
        fake.drop(session_id)
        await STEPS[4].run(talk)

    steps = (*STEPS[:4], Step("Dropped", "It is gone.", drop))
    failure = next(event for event in await told(*steps) if isinstance(event, Failed))
    assert (failure.step, failure.title) == (5, "Dropped")
    assert "Disconnected(" in failure.reason
    assert "code=1011" in failure.reason


async def test_steps_out_of_order_say_what_is_missing() -> None:
    failure = next(event for event in await told(STEPS[2]) if isinstance(event, Failed))
    assert failure.reason == "no WebSocket is open"


async def test_a_rule_that_the_client_breaks_is_a_fault() -> None:
    prepare = STEPS[2].run

    async def hasty(talk: Talk) -> None:
        await prepare(talk)
        # A text without its message id, which the fake understands all the same (ALI-E20).
        body = b'{"sessionId":"' + str(talk.session.session_id).encode() + b'","text":"a","askType":2}'
        await talk.socket.send(bytes.fromhex("000180") + b"SERIAL01" + body)
        talk.client.ping(talk.now())
        await talk.connection.flush()

    events = await told(*STEPS[:2], Step("Hasty", "It breaks a rule.", hasty), *STEPS[8:])
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.steps, summary.faults, summary.ok) == (5, 5, 1, False)
    assert any(isinstance(event, Noted) and "ALI-E20" in event.text for event in events)


def test_the_tone_is_pcm_of_the_documented_kind() -> None:
    # 16000 samples a second of two bytes, beginning at zero.
    assert len(tone(0.1)) == 3200
    assert tone(0.1)[:4] == bytes.fromhex("0000b002")
