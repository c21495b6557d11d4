"""What a client does wrong over time is in the journal, and nothing that it cannot be blamed for."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest
from msgspec.structs import replace

from avatarwire.codecs.sensetime.messages.enums import LiveStatus
from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.codecs.sensetime.script_parts import TakeoverQuery
from avatarwire.fakeserver.effects import Effect, Note
from tests.fakeserver.calls import answered
from tests.fakeserver.sensetime.client import SCRIPT, SPEECH, Fake
from tests.fakeserver.sensetime.lines import BEGIN, EOF, PCM, Line
from tests.fakeserver.sensetime.running import customer

LATE: list[tuple[str, dict[str, Any], str]] = [
    ("takeoverCommand", {"param": json.dumps(SPEECH)}, "ST-E09"),
    ("takeoverQueue", {"param": json.dumps(SPEECH)}, "ST-E09"),
    ("takeoverReorder", {"commandTraceId": "t-1", "priority": 1}, "ST-E09"),
    ("takeoverCancel", {"commandTraceId": "-1"}, "ST-E09"),
    ("heartbeat", {}, "ST-E23"),
    ("startLive", {}, "ST-LIVE-13"),
    ("rtcAudienceToken", {"rtcChannelId": "c"}, "ST-E33"),
]
"""Calls that a live that is over does not take, and what they break."""


def late(fake: Fake, session: str, operation: str, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """What the journal has against a call."""
    return [(name, level) for name, _, level in fake.violations(operation, {"sessionId": session, **fields})]


def noted(effects: Iterable[Effect]) -> list[tuple[str, str]]:
    """What was noted of the client beside its messages."""
    return [(item.clause, item.level) for it in effects if isinstance(it, Note) for item in it.violations]


CALLED: dict[str, Any] = {"callback_url": "http://127.0.0.1:9/"}
"""The customer is called back when a live ends."""


def ended(**changes: Any) -> tuple[Fake, str]:
    """A fake that has just ended a live by itself."""
    fake = Fake(close_ended="code", **changes)
    session = fake.started()
    live = fake.state.lives.get(session)
    assert live is not None
    fake.state.lives.end(live, LiveStatus.ABNORMAL)
    return fake, session


# --- calls about a live that is over ---


@pytest.mark.parametrize(("operation", "fields", "clause"), LATE, ids=[row[0] for row in LATE])
def test_what_may_have_crossed_the_end_of_a_live_is_a_note(operation: str, fields: dict[str, Any], clause: str) -> None:
    for seconds, level in ((0.0, "note"), (1.0, "note"), (1.1, "error")):
        fake, session = ended(**CALLED)
        fake.clock.advance(seconds)
        assert late(fake, session, operation, fields) == [(clause, level)]


@pytest.mark.parametrize(("operation", "fields", "clause"), LATE, ids=[row[0] for row in LATE])
def test_whoever_ended_it_or_was_told_has_crossed_nothing(operation: str, fields: dict[str, Any], clause: str) -> None:
    fake, session = ended()
    fake.status(session)
    assert late(fake, session, operation, fields) == [(clause, "error")]
    closed = Fake(close_ended="code")
    session = closed.started()
    closed.ok("closeLive", {"sessionId": session})
    assert late(closed, session, operation, fields) == [(clause, "error")]


@pytest.mark.parametrize(("operation", "fields", "clause"), LATE, ids=[row[0] for row in LATE])
def test_whoever_is_not_called_back_learns_of_it_by_a_refusal(
    operation: str, fields: dict[str, Any], clause: str
) -> None:
    fake, session = ended()
    fake.clock.advance(100.0)
    levels = [late(fake, session, operation, fields), late(fake, session, operation, fields)]
    # An answer with isSuccess false does not say why.
    assert levels == [[(clause, "note")], [(clause, "note" if clause == "ST-E09" else "error")]]


def test_whoever_closes_what_is_over_makes_no_mistake() -> None:
    fake, session = ended()
    fake.status(session)
    fake.clock.advance(100.0)
    assert [late(fake, session, "closeLive", {}) for _ in range(2)] == [[("ST-E25", "note")]] * 2


def test_a_creation_that_ended_at_once_was_told() -> None:
    fake = Fake(outcomes=("abnormal",))
    assert late(fake, fake.create()["sessionId"], "heartbeat", {}) == [("ST-E23", "error")]


def test_what_may_have_crossed_is_the_scenarios() -> None:
    fake = Fake(crossing_seconds=0.0, **CALLED)
    session = fake.started()
    fake.clock.advance(179)
    live = fake.state.lives.get(session)
    assert live is not None
    fake.state.lives.end(live, LiveStatus.LOST)
    fake.clock.advance(0.1)
    assert late(fake, session, "heartbeat", {}) == [("ST-E23", "error")]


# --- speech that the server has ended ---


def test_speech_that_crosses_code_4_is_a_note() -> None:
    """ST-MIC-12."""
    levels: list[tuple[str, str]] = []
    for seconds in (0.0, 1.0, 1.1):
        line = Line()
        line.text(BEGIN)
        line.microphone.stop()
        line.clock.advance(seconds)
        received, answer = line.binary(PCM)
        levels += [(item.clause, item.level) for item in received.violations]
        assert answer == []
    assert levels == [("ST-MIC-12", "note"), ("ST-MIC-12", "note"), ("ST-MIC-12", "error")]


def test_code_5_does_not_say_that_speech_is_to_stop() -> None:
    line = Line()
    line.text(BEGIN)
    line.microphone.fail()
    line.clock.advance(2)
    assert [item.level for item in line.binary(PCM)[0].violations] == ["warning"]
    assert line.text(EOF)[1] == []


def test_a_round_is_ended_before_its_connection() -> None:
    """ST-MIC-07: a warning, as a network may break."""
    line = Line()
    line.speak(PCM)
    line.microphone.closed()
    for _ in range(2):
        assert noted(line.turn.done) == []
        line.text(BEGIN)
        # Without any speech there is none that could be over.
        line.microphone.closed()
    line.text(BEGIN)
    line.binary(PCM)
    line.microphone.closed()
    assert noted(line.turn.done) == [("ST-MIC-07", "warning")]


async def test_whom_the_server_cuts_off_is_not_to_blame() -> None:
    async with customer() as service:
        for cut in (service.fake.drop, service.fake.close_live):
            session, token = await service.started()
            async with service.socket(session, token) as socket:
                await socket.say(BEGIN, PCM)
                assert await socket.codes(1) == [2]
                cut(session)
                await socket.connection.wait_closed()
            await service.data("closeLive", sessionId=session)
        assert len(service.fake.journal.entries("microphone.speech")) == 2
    assert service.fake.journal.violations(level="warning") == []


async def test_a_round_that_goes_on_when_the_server_stops_is_not_judged_beside_its_live() -> None:
    async with customer() as service:
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(1) == [2]
            await service.fake.stop()
    assert [item.clause for item in service.fake.journal.violations()] == ["AW-ST-LEFT-OPEN"]


def test_takeovers_are_cancelled_before_the_microphone() -> None:
    """ST-TKO-21."""
    line = Line()
    line.live.takeovers.command(TakeoverScript(tts_query=TakeoverQuery(content="a" * 20)))
    received, answer = line.text(BEGIN)
    assert ([(item.clause, item.level) for item in received.violations], answer) == ([("ST-TKO-21", "warning")], [7])


# --- lives that nobody keeps, or ends ---


def test_a_live_that_dies_without_heartbeats_was_not_kept() -> None:
    """ST-LIVE-16."""
    fake = Fake()
    fake.started()
    fake.clock.advance(180)
    assert noted(fake.turn.done) == [("ST-LIVE-16", "error")]


@pytest.mark.parametrize("closes", [True, False])
async def test_a_live_is_closed_before_the_server_stops(closes: bool) -> None:
    async with customer() as service:
        session, _ = await service.started()
        if closes:
            await service.data("closeLive", sessionId=session)
    found = service.fake.journal.violations(level="warning")
    assert [(item.clause, item.level) for item in found] == ([] if closes else [("AW-ST-LEFT-OPEN", "warning")])


async def test_a_live_that_is_over_is_left_by_nobody() -> None:
    async with customer(outcomes=("abnormal",)) as service:
        live = await service.data("createLive", param=json.dumps(SCRIPT))
        assert live["status"] == 9
    assert service.fake.journal.violations() == []


# --- tokens ---


def test_a_token_that_was_refused_is_not_used_again() -> None:
    """Whoever was told needs a new one; on other connections that may not be known at once."""
    fake = Fake()
    fake.state.tokens.expire()

    def use(connection: str) -> list[tuple[str, str]]:
        call = replace(fake.made("runningList"), connection=connection)
        answer = answered(fake.http, call, fake.clock.now())
        return [(item.clause, item.level) for item in answer.violations]

    again = "AW-ST-REFUSED-TOKEN"
    assert [use("c1"), use("c1"), use("c2"), use("c2")] == [
        [],
        [(again, "warning")],
        [(again, "note")],
        [(again, "warning")],
    ]
    fake.clock.advance(1.1)
    assert use("c3") == [(again, "warning")]
