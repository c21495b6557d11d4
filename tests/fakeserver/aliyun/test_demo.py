"""The demonstration of Aliyun: ten steps that do what the document says, and fail by name when the fake does not."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avatarwire.codecs.aliyun.client.interaction import InteractionClient
from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.fakeserver.aliyun.demo import STEPS, Talk, demonstrate, tone
from avatarwire.fakeserver.demonstration import Began, Called, Event, Failed, Noted, Passed, Summary


async def told(**changes: Any) -> list[Event]:
    """Everything that is told of a demonstration."""
    events: list[Event] = []
    summary = await demonstrate(events.append, **changes)
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
    opening = STEPS[4].run

    async def drop(talk: Talk) -> None:
        session_id = talk.session.session_id
        assert session_id is not None
        talk.fake.drop(session_id)
        await opening(talk)

    monkeypatch.setattr(
        "avatarwire.fakeserver.aliyun.demo.STEPS", (*STEPS[:4], type(STEPS[4])("Dropped", "It is gone.", drop))
    )
    failure = next(event for event in await told() if isinstance(event, Failed))
    assert (failure.step, failure.title) == (5, "Dropped")
    assert "Disconnected(" in failure.reason
    assert "code=1011" in failure.reason


async def test_steps_out_of_order_say_what_is_missing() -> None:
    step = STEPS[2]

    async def run(talk: Talk) -> None:
        await step.run(talk)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("avatarwire.fakeserver.aliyun.demo.STEPS", (type(step)(step.title, step.why, run),))
        failure = next(event for event in await told() if isinstance(event, Failed))
    assert failure.reason == "no WebSocket is open"


async def test_a_rule_that_the_client_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = STEPS[2].run

    async def hasty(talk: Talk) -> None:
        await prepare(talk)
        # A text without its message id, which the fake understands all the same (ALI-E20).
        body = b'{"sessionId":"' + str(talk.session.session_id).encode() + b'","text":"a","askType":2}'
        await talk.socket.send(bytes.fromhex("000180") + b"SERIAL01" + body)
        talk.client.ping(talk.narrator.now())
        await talk.flush()

    steps = (*STEPS[:2], type(STEPS[2])("Hasty", "It breaks a rule.", hasty), *STEPS[8:])
    monkeypatch.setattr("avatarwire.fakeserver.aliyun.demo.STEPS", steps)
    events = await told()
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.steps, summary.faults, summary.ok) == (5, 5, 1, False)
    assert any(isinstance(event, Noted) and "ALI-E20" in event.text for event in events)


def test_the_tone_is_pcm_of_the_documented_kind() -> None:
    # 16000 samples a second of two bytes, beginning at zero.
    assert len(tone(0.1)) == 3200
    assert tone(0.1)[:4] == bytes.fromhex("0000b002")
