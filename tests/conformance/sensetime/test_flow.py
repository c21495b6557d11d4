"""The flows of SenseTime: fourteen steps that do what the documents say, and fail by name when they do not."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.sensetime.events import MicrophoneReady
from avatarwire.conformance.demonstration import demonstrate
from avatarwire.conformance.flow import Began, Called, Event, Failed, Passed, Step, Summary
from avatarwire.conformance.sensetime.flow import FLOWS
from avatarwire.conformance.sensetime.flow_talk import SenseTimeTalk as Talk
from avatarwire.conformance.talk import DOCUMENTED, Flows

STEPS = FLOWS.named[DOCUMENTED]


def _number(_: object) -> int:
    """Answers with no text."""
    return 5


async def told(*steps: Step[Talk], **changes: Any) -> list[Event]:
    """Everything that is told of some steps, or of all that the documents have."""
    events: list[Event] = []
    flows = Flows(Talk, {DOCUMENTED: steps or STEPS})
    summary = await demonstrate("sensetime", flows, events.append, **changes)
    assert events[-1] is summary
    return events


async def test_fourteen_steps_do_what_the_documents_say() -> None:
    events = await told()
    assert [event.reason for event in events if isinstance(event, Failed)] == []
    assert [event.title for event in events if isinstance(event, Began)] == [step.title for step in STEPS]
    summary = events[-1]
    assert isinstance(summary, Summary)
    assert (summary.steps, summary.passed, summary.faults, summary.ok) == (14, 14, 0, True)
    assert summary.frames == sum(isinstance(event, Passed) for event in events)
    assert {event.operation for event in events if isinstance(event, Called)} >= {
        "login", "webToken", "createLive", "startLive", "rtcAudienceToken", "takeoverCommand", "takeoverQueue",
        "takeoverReorder", "takeoverQueueList", "takeoverCancel", "nlpReply", "closeLive", "historyList",
    }  # fmt: skip
    passed = [event for event in events if isinstance(event, Passed)]
    assert {event.message for event in passed} >= {
        "CallbackBody", "microphone.begin", "microphone.ready", "microphone.audio", "microphone.eof",
        "microphone.takeover_started", "microphone.takeover_finished", "interactive.opening.answer",
        "interactive.asr.text", "interactive.asr.eof", "interactive.record.eof", "interactive.nlp.answer",
        "interactive.command.eof",
    }  # fmt: skip
    assert [event for event in passed if event.deviations] == []
    # No secret is among it.
    login, _, *calls = (event for event in events if isinstance(event, Called))
    assert (login.request["sign"], login.answer["data"]["accessToken"]) == ("***", "***")
    (renewed,) = (event for event in calls if event.operation == "rtcAudienceToken")
    assert renewed.answer["data"] == "***"
    (ready,) = (event for event in passed if event.message == "CallbackBody" and event.body["status"] == 35)
    assert ready.body["rtcToken"] == "***"


# What the fake is told to do, the number of the step that notices, and how it says so.
@pytest.mark.parametrize(
    ("changes", "step", "reason"),
    [
        (
            {"accounts": ({"app_id": "a", "app_key": "k"},), "login_age_seconds": 1e-9},
            1,
            "HTTP 200 10003: sign: timestamp",
        ),
        ({"token_seconds": 60.0}, 2, "HTTP 200 10007: tokens live for 60 s"),
        ({"initialising_seconds": 0.0}, 3, "the status is 35"),
        ({"outcomes": ("failed",)}, 3, "instead of LiveReady came LiveEnded"),
        ({"queue_limit": 2}, 7, "instead of TakeoverAnswered came CallFailed"),
        ({"speech_outcomes": ("fail",)}, 10, "instead of TakeoverNoticed came RoundEnded"),
        ({"interactive_answers": {}}, 11, "the answer is"),
        ({"interactive_answer": _number}, 11, "instead of NlpAnswer came AsrFail"),
        ({"libraries": {}}, 12, "the answer is ''"),
        ({"ended_kept": 0}, 14, "the live is not listed"),
    ],
)
async def test_a_step_that_fails_is_named_and_ends_it(changes: dict[str, Any], step: int, reason: str) -> None:
    events = await told(**changes)
    failure, summary = (event for event in events if isinstance(event, (Failed, Summary)))
    assert isinstance(failure, Failed)
    assert (failure.step, failure.title) == (step, STEPS[step - 1].title)
    assert failure.reason.startswith(reason)
    assert isinstance(summary, Summary)
    assert (summary.passed, summary.ok) == (step - 1, False)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (3, "there is no valid access token"),
        (4, "no live has been made"),
        (9, "no live has been made"),
        (13, "no live has been made"),
    ],
)
async def test_steps_out_of_order_say_what_is_missing(number: int, reason: str) -> None:
    failure = next(event for event in await told(STEPS[number - 1]) if isinstance(event, Failed))
    assert failure.reason.startswith(reason)


async def test_sockets_that_are_not_open_are_missed() -> None:
    async def hear(talk: Talk) -> None:
        await talk.hear(MicrophoneReady)

    async def type_in(talk: Talk) -> None:
        await talk.type_in("hello")

    for run, reason in ((hear, "no microphone is open"), (type_in, "no page is open")):
        failure = next(
            event for event in await told(Step("Too early", "Nothing is open.", run)) if isinstance(event, Failed)
        )
        assert failure.reason == reason
