"""Games against the fakes as they are: nothing breaks, whatever is left out, and they go the same way again."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from avatarwire.codecs import registry
from avatarwire.conformance.aliyun.fuzzing import GROUND
from avatarwire.conformance.fuzzing.drawing import drawn_step
from avatarwire.conformance.fuzzing.playing import Game, played, situations_of
from avatarwire.conformance.fuzzing.ruling import is_failure
from avatarwire.conformance.fuzzing.search import Fuzz, fuzzed
from avatarwire.conformance.fuzzing.steps import State, Step
from tests.conformance.fuzzing.steps import ASK, SAID, about, sent

VENDORS: Final = tuple(registry.VENDORS)
_CHECKS: Final = (HealthCheck.too_slow, HealthCheck.nested_given)


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_game_without_steps_breaks_nothing(vendor: str) -> None:
    assert played(vendor, []).broken == ""


@pytest.mark.parametrize("vendor", VENDORS)
@settings(
    max_examples=4,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(_CHECKS),
)
@given(data=st.data())
def test_drawn_steps_break_nothing_and_fit_json(vendor: str, data: Any) -> None:
    game = Game(vendor)
    game.start()
    steps: list[Step] = []
    try:
        for _ in range(12):
            steps.append(drawn_step(data.draw, game.state))
            game.play(steps[-1])
    finally:
        end = game.end()
    assert (end.broken, end.detail) == ("", "")
    assert msgspec.json.decode(msgspec.json.encode(steps), type=list[Step]) == steps
    assert played(vendor, steps[1::2]).broken == ""


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("allowed", ["documented", "errata", "faults"])
@settings(max_examples=10, deadline=None, database=None, derandomize=True, suppress_health_check=list(_CHECKS))
@given(data=st.data())
def test_no_more_is_drawn_than_is_allowed(vendor: str, allowed: Any, data: Any) -> None:
    state = State(vendor, steps=1, sessions=1, connections=("ws",), allowed=allowed)
    step = drawn_step(data.draw, state)
    assert step.do != "raw"
    assert step.sort in ("", "valid") or (step.sort == "variant" and allowed != "documented")
    assert step.how not in ("unsigned", "wrong_token", "wrong_key")
    assert allowed == "faults" or step.how not in ("cut", "half", "abort")


@pytest.mark.parametrize("vendor", VENDORS)
def test_steps_about_what_is_not_there_do_nothing(vendor: str) -> None:
    steps = [
        Step("connect"),
        Step("send", message="x"),
        Step("close"),
        Step("command", message="x"),
        Step("raw", how="open"),
    ]
    end = played(vendor, steps)
    assert end.broken == ""
    assert end.count == len(steps)


def test_no_part_of_a_secret_is_told() -> None:
    end = played("sensetime", [Step("start"), Step("wait", seconds=1.0)])
    (token,) = re.findall(r'"rtcToken":"([^" ]*)', " ".join(end.story))
    assert set(token) == {"*"}


def test_what_was_said_is_answered_by_the_ids_that_are_known() -> None:
    end = played("aliyun", [*SAID, Step("wait", seconds=1.0)])
    assert end.broken == ""
    assert any("text_drive.response" in line for line in end.story)


def test_a_game_goes_the_same_way_again() -> None:
    first, second = (
        played("sensetime", [Step("start"), Step("connect", how="speaking"), Step("wait", seconds=200.0)]) for _ in "12"
    )
    assert first.story == second.story
    assert (
        first.reached
        == second.reached
        == ("closed_while_speaking", "closed_with_open_microphone", "ended_by_silence", "speech_stopped")
    )


def test_the_story_has_no_secrets() -> None:
    story = "\n".join(played("guiji", [Step("start"), Step("connect", how="playing")]).story)
    assert "CreateNewSession.result" in story
    assert "fuzz-password" not in story


def test_memory_is_measured_when_it_is_asked_for() -> None:
    assert played("aliyun", SAID, measure=True).broken == ""


REACHED: Final = {
    "force_closed_while_speaking": (*SAID, Step("wait", seconds=0.3), Step("command", message="force_close")),
    "recovering_while_answering": (*SAID, Step("wait", seconds=0.3), Step("command", message="recover")),
    "token_expired_before_connect": (
        Step("start"), *[Step("wait", seconds=100.0), ASK] * 3, Step("wait", seconds=10.0), Step("connect"),
    ),
    "two_sockets": (*SAID, Step("connect")),
    "ended_by_silence": (*SAID, Step("wait", seconds=200.0)),
    "quota_full": (Step("start"), Step("start"), Step("start")),
    "drive_during_answer": (*SAID, SAID[-1]),
    "same_request_id": (Step("start", how="same_request"), Step("start", how="same_request")),
}  # fmt: skip


@pytest.mark.parametrize("name", REACHED)
def test_situations_are_reached(name: str) -> None:
    end = played("aliyun", REACHED[name])
    assert end.broken == ""
    assert name in end.reached
    assert name in situations_of("aliyun")


@pytest.mark.parametrize("vendor", VENDORS)
def test_each_vendor_has_situations_in_a_sentence(vendor: str) -> None:
    assert len(situations_of(vendor)) >= 12
    assert all(text.endswith(".") for text in situations_of(vendor).values())


def test_sensetime_takeovers_wait_are_cancelled_and_find_no_channel() -> None:
    script = json.dumps({"tts_query": {"content": "0123456789" * 3, "ssml": False}})
    queue = about("takeoverQueue.request", {"sessionId": "x", "param": script})
    cancel = about("takeoverCancel.request", {"sessionId": "x", "commandTraceId": "-1"}, fill=2)
    end = played("sensetime", [Step("start"), queue, queue, Step("wait", seconds=1.0), cancel, *[Step("start")] * 2])
    assert end.broken == ""
    assert {"queued_behind", "cancelled_while_speaking", "quota_full"} <= set(end.reached)


def test_guijis_heartbeats_are_answered_or_not() -> None:
    mute = (Step("start"), Step("connect", how="mute"), Step("wait", seconds=100.0))
    lively = (Step("start"), Step("connect", how="playing"), Step("wait", seconds=100.0))
    assert {"heartbeat_unanswered", "ended_by_silence"} <= set(played("guiji", mute).reached)
    assert "ended_by_silence" not in played("guiji", lively).reached


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_http_itself_refuses_need_not_be_worded_as_the_vendor_does(vendor: str) -> None:
    operation = {"aliyun": "ListAnchor", "guiji": "listPlatformSpeakers", "sensetime": "queryStat"}[vendor]
    long = Step("call", message=f"{operation}.request", data=(b"x" * 70_000).hex())
    end = played(vendor, [Step("start"), long])
    assert (end.broken, end.detail) == ("", "")


def test_mutations_are_counted_by_what_was_sent() -> None:
    broken = {"sessionId": "x", "text": "hello", "askType": 7, "messageId": "m"}
    end = played("aliyun", [*SAID[:2], sent("text_drive.request", 128, broken, sort="mutation", clause="ALI-R099")])
    assert (end.broken, end.clauses) == ("", ("ALI-R099",))
    # A rule that is not broken any more when ids have been filled in is none that was broken.
    right = {"sessionId": "x", "text": "hello", "askType": 1, "messageId": "m"}
    end = played("aliyun", [*SAID[:2], sent("text_drive.request", 128, right, sort="mutation", clause="ALI-R099")])
    assert (end.broken, end.clauses) == ("", ())


# --- snapshots ---

LATER: Final = Step("wait", seconds=20.0)


@pytest.mark.parametrize("vendor", VENDORS)
def test_sessions_of_a_snapshot_go_on_and_those_begun_after_it_are_gone(vendor: str) -> None:
    how = {"aliyun": "ready", "guiji": "playing"}.get(vendor, "")
    talk = (Step("start"), Step("connect", how=how), Step("wait", seconds=1.0))
    end = played(vendor, [*talk, Step("snapshot"), LATER, Step("start"), Step("restore"), *talk[1:]])
    assert (end.broken, end.detail) == ("", "")
    assert {"restored", "restored_session", "forgotten_session"} <= set(end.reached)


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_the_model_knows_goes_back_with_the_fake(vendor: str) -> None:
    game = Game(vendor)
    game.start()
    states: list[tuple[int, bool]] = []
    for step in (Step("start"), Step("snapshot"), Step("start"), Step("restore"), Step("restore")):
        game.play(step)
        states.append((game.state.sessions, game.state.is_saved))
    assert game.end().broken == ""
    assert states == [(1, False), (1, True), (2, True), (1, True), (1, True)]


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_snapshot_may_be_old_and_there_may_be_none(vendor: str) -> None:
    none = played(vendor, [Step("restore"), Step("start")])
    assert none.broken == ""
    assert "restored" not in none.reached
    old = [Step("start"), Step("snapshot"), Step("wait", seconds=3700.0), Step("restore"), Step("start"), LATER]
    assert played(vendor, old).broken == ""


def test_snapshots_are_drawn_where_connections_may_be_lost() -> None:
    def drawn(**state: Any) -> set[str]:
        found: set[str] = set()

        @settings(max_examples=300, deadline=None, database=None, derandomize=True, suppress_health_check=list(_CHECKS))
        @given(data=st.data())
        def draw(data: Any) -> None:
            found.add(drawn_step(data.draw, State("guiji", steps=1, sessions=1, **state)).do)

        draw()
        return found & {"snapshot", "restore"}

    assert drawn(allowed="documented", is_saved=True) == set()
    assert drawn(allowed="hostile") == {"snapshot"}
    assert drawn(allowed="faults", connections=("mqtt",), is_saved=True) == {"snapshot", "restore"}


# --- evidence that was lost ---


def test_nothing_is_said_where_evidence_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GROUND, "tunables", {**GROUND.tunables, "journal_bytes": 20_000})
    steps = [Step("start"), Step("wait", seconds=200.0), Step("wait", seconds=200.0), Step("wait", seconds=1.0)]
    end = played("aliyun", steps)
    assert (end.broken, end.count) == ("", 2)
    assert re.fullmatch(r"evidence was lost: \d+ dropped from the fake's journal", end.unable)
    order = Fuzz(kind="fake", vendor="aliyun", allowed="hostile", seconds=None, examples=50, seed=1, corpus="", box="")
    found = fuzzed(order)
    assert (found.failures, found.unsteady, found.runs) == ((), (), 1)
    assert found.unable.startswith("evidence was lost: ")


# --- refusals ---


@pytest.mark.parametrize(("error", "is_refused"), [("", False), ("the access token is unknown", True)])
def test_an_answer_without_an_envelope_says_itself_that_it_is_a_refusal(error: str, is_refused: bool) -> None:
    names = ("answer", "device_id", "query", "session", "trace")
    body = {**dict.fromkeys(names, ""), "language": "zh", "error_message": error}
    assert is_failure("sensetime", "nlpReply", 200, json.dumps(body).encode()) is is_refused
