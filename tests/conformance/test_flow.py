"""Steps are carried out in order until one fails; everything that happens is told with its time and step."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from avatarwire.codecs.guiji.catalogue import CATALOGUE
from avatarwire.codecs.textform import decode_text
from avatarwire.conformance import flow
from avatarwire.conformance.flow import (
    Began,
    Event,
    Failed,
    FlowError,
    Narrator,
    Noted,
    Passed,
    Step,
    Summary,
    carry_out,
)
from avatarwire.fakeserver.clock import VirtualClock

Done = list[str]


async def walk(done: Done) -> None:
    done.append("walked")


async def stumble(done: Done) -> None:
    del done
    raise FlowError("a stone was in the way")


async def crash(done: Done) -> None:
    del done
    raise KeyError("ours")


async def wait(done: Done) -> None:
    del done
    await asyncio.Event().wait()


def told_by(*steps: Step[Done]) -> tuple[list[Event], Narrator, Done]:
    """What is told, by whom, and what the steps have done."""
    events: list[Event] = []
    return events, Narrator("aliyun", events.append, VirtualClock().now), []


async def test_all_steps_are_done_in_order() -> None:
    steps = (Step("Walk", "To get there.", walk), Step("Walk on", "It is far.", walk))
    events, narrator, done = told_by(*steps)
    summary = await carry_out(steps, done, narrator, broken_rules=list)
    assert done == ["walked", "walked"]
    assert events == [
        Began(time=0.0, vendor="aliyun", step=1, title="Walk", why="To get there."),
        Began(time=0.0, vendor="aliyun", step=2, title="Walk on", why="It is far."),
        summary,
    ]
    assert summary == Summary(
        time=0.0, vendor="aliyun", step=2, steps=2, passed=2, frames=0, http_calls=0, faults=0, ok=True
    )


@pytest.mark.parametrize(
    ("run", "reason"),
    [(stumble, "a stone was in the way"), (crash, "KeyError: 'ours'"), (wait, "not done within 0.001 s")],
)
async def test_a_step_that_fails_is_the_last(
    monkeypatch: pytest.MonkeyPatch, run: Callable[[Done], Awaitable[None]], reason: str
) -> None:
    monkeypatch.setattr(flow, "PATIENCE", 0.001)
    steps = (Step("Walk", "To get there.", walk), Step("Go", "It is far.", run), Step("Walk on", "It is far.", walk))
    events, narrator, done = told_by(*steps)
    summary = await carry_out(steps, done, narrator, broken_rules=list)
    assert done == ["walked"]
    assert events[2] == Failed(time=0.0, vendor="aliyun", step=2, title="Go", reason=reason)
    assert (summary.passed, summary.faults, summary.ok) == (1, 1, False)


async def test_rules_that_were_broken_are_faults() -> None:
    steps = (Step("Walk", "To get there.", walk),)
    events, narrator, done = told_by(*steps)
    summary = await carry_out(steps, done, narrator, broken_rules=lambda: ["ALI-R078"])
    assert Noted(time=0.0, vendor="aliyun", step=1, text="rule broken: ALI-R078") in events
    assert (summary.passed, summary.faults, summary.ok) == (1, 1, False)


def test_times_are_told_from_the_beginning_on() -> None:
    events: list[Event] = []
    clock = VirtualClock()
    narrator = Narrator("aliyun", events.append, clock.now)
    since = narrator.now()
    clock.advance(0.25)
    narrator.note("later")
    narrator.http("Stop", "POST", "/stop", {"token": "t"}, 200, {"status": "Stopped"}, since=since)
    assert [event.time for event in events] == [0.25, 0.25]
    assert narrator.http_calls == 1
    assert '"request":{"token":"***"}' in msgspec.json.encode(events[1]).decode()


def test_a_message_is_told_with_its_topic() -> None:
    events: list[Event] = []
    narrator = Narrator("guiji", events.append, VirtualClock().now)
    payload = b'{"method":"HeartBeat","id":15,"params":{"sessionId":":---:s-1"}}'
    narrator.frame("in", decode_text(CATALOGUE, payload), topic="1/x")
    [event] = events
    assert isinstance(event, Passed)
    assert (event.message, event.topic, event.header, event.size) == ("HeartBeat", "1/x", {}, len(payload))
    assert narrator.frames == 1
