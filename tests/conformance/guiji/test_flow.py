"""The flows of Guiji: thirteen steps that do what the document says, and fail by name when it does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest

from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.options import ClientOptions
from avatarwire.conformance.demonstration import demonstrate
from avatarwire.conformance.flow import Began, Called, Event, Failed, Noted, Passed, Step, Summary
from avatarwire.conformance.guiji.flow import FLOWS
from avatarwire.conformance.guiji.flow_talk import GuijiTalk as Talk
from avatarwire.conformance.talk import DOCUMENTED, Flows
from avatarwire.fakeserver import FakeGuiji
from tests.declared_fakes import demonstrate_with
from tests.fakeserver.mqtt.mosquitto import mosquitto

STEPS: Final = FLOWS.named[DOCUMENTED]
QUICK: Final[dict[str, Any]] = {
    "heartbeat_seconds": 0.1,
    # However slow the machine is.
    "missed_heartbeats": None,
    "audio_seconds": 0.3,
    "silent_seconds": 0.1,
}


async def told(*steps: Step[Talk], **changes: Any) -> list[Event]:
    """Everything that is told of some steps, or of all that the document has."""
    events: list[Event] = []
    flows = Flows(Talk, {DOCUMENTED: steps or STEPS})
    summary = await demonstrate("guiji", flows, events.append, **{**QUICK, **changes})
    assert events[-1] is summary
    return events


async def test_thirteen_steps_do_what_the_document_says() -> None:
    events = await told()
    failures = [event.reason for event in events if isinstance(event, Failed)]
    assert failures == []
    assert [event.title for event in events if isinstance(event, Began)] == [step.title for step in STEPS]
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.steps, summary.passed, summary.faults, summary.http_calls, summary.ok) == (13, 13, 0, 9, True)
    assert summary.frames == sum(isinstance(event, Passed) for event in events)


async def test_they_do_so_with_amqtt_as_well() -> None:
    pytest.importorskip("amqtt")
    summary = (await told(broker="amqtt"))[-1]
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.faults, summary.ok) == (13, 0, True)


async def test_they_do_so_with_a_broker_elsewhere_as_well(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        summary = (await told(broker=broker.url))[-1]
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.faults, summary.ok) == (13, 0, True)


async def test_every_documented_message_is_shown() -> None:
    passed = [event for event in await told() if isinstance(event, Passed)]
    assert {event.message for event in passed if event.direction == "out"} == {
        "CreateNewSession.request",
        "ModifySessionResList.request",
        "DestroySession.request",
        "ExecSessionResList.switchTemplate.request",
        "ExecSessionResList.setpushstreams.request",
        "ExecSessionResList.closepushstreams.request",
        "pushPlayListManager.request",
        "HeartBeat.reply",
    }
    assert {event.message for event in passed if event.direction == "in"} == {
        "result",
        "HeartBeat",
        "SessionState.StreamPlay",
        "SessionState.Show",
        "SessionState.playlist",
    }
    assert {event.topic for event in passed if event.direction == "out"} == {"live-proxy-0"}
    assert [event for event in passed if event.deviations] == []


async def test_what_is_told_holds_no_secret() -> None:
    events = await told()
    login = next(event for event in events if isinstance(event, Called))
    assert (login.operation, login.request) == ("getAccessToken", {"appId": "fake-app-id", "appSecret": "***"})
    assert (login.answer["data"]["token"], login.answer["data"]["mqttPassword"]) == ("***", "***")
    made = next(event for event in events if isinstance(event, Passed))
    assert (made.body["token"], made.body["params"]["token"]) == ("***", "***")


# What the fake is told to do, the number of the step that notices, and how it says so.
@pytest.mark.parametrize(
    ("changes", "step", "reason"),
    [
        ({"platform_robots": ()}, 2, "there is no presenter with a scene"),
        ({"platform_speakers": ()}, 3, "there is no voice"),
        ({"max_playlist": 3}, 8, "instead of Answered came Refused"),
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


async def test_a_client_that_is_told_of_its_end_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeGuiji(stream_seconds=60.0)
    demonstrate_with(monkeypatch, fake)

    async def end(talk: Talk) -> None:
        fake.destroy(talk.session.session_id, "maintenance")
        await STEPS[6].run(talk)

    steps = (*STEPS[:6], Step("Ended", "It is gone.", end))
    failure = next(event for event in await told(*steps) if isinstance(event, Failed))
    assert (failure.step, failure.title) == (7, "Ended")
    assert "maintenance" in failure.reason


async def test_a_server_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("avatarwire.conformance.guiji.flow_talk.OPTIONS", ClientOptions(create_timeout=0.2))
    failure = next(event for event in await told(prepare_seconds=60.0) if isinstance(event, Failed))
    assert failure.step == 6
    assert failure.reason.startswith("instead of Created came Unanswered")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (2, "no token has been got"),
        (5, "no token has been got"),
        (6, "no presenter has been chosen"),
        (12, "the broker is"),
    ],
)
async def test_steps_out_of_order_say_what_is_missing(number: int, reason: str) -> None:
    failure = next(event for event in await told(STEPS[number - 1]) if isinstance(event, Failed))
    assert failure.reason.startswith(reason)


async def test_it_is_pushed_to_what_was_not_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeGuiji(**QUICK)
    demonstrate_with(monkeypatch, fake)
    pushed: list[str] = []

    async def look(talk: Talk) -> None:
        pushed.extend(fake.session(talk.session.session_id).push_urls)

    steps = (*STEPS[:6], STEPS[9], Step("Look", "At the fake.", look), STEPS[11])
    assert [event.reason for event in await told(*steps) if isinstance(event, Failed)] == []
    assert pushed == ["rtmp://127.0.0.1/two"]


async def test_a_rule_that_the_client_breaks_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    send = SessionClient.data_to_send

    def careless(client: SessionClient) -> list[tuple[str, bytes]]:
        # sender under the name that only a template has (GJ-E06).
        return [
            (topic, payload.replace(b'"sender"', b'"topicSub"') if b"DestroySession" in payload else payload)
            for topic, payload in send(client)
        ]

    monkeypatch.setattr(SessionClient, "data_to_send", careless)
    events = await told()
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.faults, summary.ok) == (13, 1, False)
    assert any(isinstance(event, Noted) and "GJ-E06" in event.text for event in events)
