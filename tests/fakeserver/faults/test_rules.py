"""Rules that can never act are refused when they are given, each by its key."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, ScenarioError
from avatarwire.fakeserver.faults import ACTIONS, Fault

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"do": "explode"}, r"faults\.do: expected one of drop, .*, got 'explode'"),
    ({}, r"faults.*do"),
    ({"do": "drop", "mesage": "x"}, r"faults\.mesage: unknown key; did you mean message\?"),
    ({"do": "drop", "message": "text_drive.respons"}, r"faults\.message: .*; did you mean text_drive\.response\?"),
    ({"do": "drop", "message": "createLive.response"}, r"faults\.message: .*; it is a message of"),
    ({"do": "drop", "message": "nothing.*"}, r"faults\.message: no message of aliyun is or matches nothing\.\*"),
    (
        {"do": "drop", "message": "text_drive.response", "transport": "http"},
        r"faults\.transport: .* not on http",
    ),
    ({"do": "drop", "message": "text_drive.request"}, r'faults\.direction: .* expected direction = "in"'),
    ({"do": "delay"}, r"faults\.seconds: delay needs seconds"),
    ({"do": "set"}, r"faults\.fields: set needs fields"),
    ({"do": "truncate"}, r"faults\.bytes: truncate needs bytes"),
    ({"do": "answer", "message": "CheckSession.request"}, r"faults\.body: answer needs body or fields"),
    ({"do": "drop", "copies": 2}, r"faults\.copies: drop has no such key"),
    ({"do": "duplicate", "copies": 0}, r"faults\.copies: expected int >= 1, got 0"),
    ({"do": "drop", "toxicity": 1.5}, r"faults\.toxicity: expected .*1"),
    ({"do": "drop", "after": 5, "until": 5}, r"faults\.until: expected more than after"),
    (
        {"do": "reorder", "message": "CheckSession.response"},
        r"faults\.do: reorder is nothing for CheckSession",
    ),
    ({"do": "duplicate", "message": "CheckSession.response"}, r"faults\.do: .*: a call has one answer"),
    ({"do": "reject", "message": "text_drive.response"}, r"faults\.do: reject is nothing for"),
    ({"do": "set", "message": "handshake.websocket", "fields": {"a": 1}}, r"faults\.do: .* a handshake takes"),
    ({"do": "close", "code": 1006, "message": "text_drive.response"}, r"faults\.code: expected a close code"),
    ({"do": "reject", "code": 7, "message": "CheckSession.request"}, r"faults\.code: codes of aliyun are texts"),
    (
        {"do": "drop", "message": "text_drive.response", "where": {"finsh": True}},
        r"faults\.where\.finsh: text_drive\.response has no member finsh",
    ),
    ({"do": "drop", "where": {"a..b": 1}}, r"faults\.where\.a\.\.b: expected a wire path"),
    (
        {"do": "remove", "message": "text_drive.response", "fields": ["nothing"]},
        r"faults\.fields: text_drive\.response has no member nothing",
    ),
    ({"do": "set", "message": "asr.result", "fields": {"header.bizTyp": 1}}, r"header\.bizTyp: .*mean bizType\?"),
    ({"do": "set", "message": "asr.result", "fields": {"header.bizType": 256}}, r"expected 0 to 255"),
    ({"do": "set", "message": "asr.result", "fields": {"topic": "t"}}, r"only what travels on mqtt has a topic"),
    ({"do": "set", "message": "asr.result", "fields": {"headers.x": "t"}}, r"only what travels on http or callback"),
    ({"do": "set", "fields": ["a"]}, r"faults\.fields: set expects a table"),
    (
        {"do": "reject", "message": "handshake.websocket", "code": "Throttling.User"},
        r"faults\.code: codes of refused handshakes are integers",
    ),
    ({"do": "command", "command": "force_clos"}, r"faults\.command: .*; did you mean force_close\?"),
]


@pytest.mark.parametrize(("rule", "words"), WRONG, ids=[str(rule) for rule, _ in WRONG])
def test_a_rule_that_can_never_act_is_refused(rule: dict[str, Any], words: str) -> None:
    fake = FakeAliyun()
    with pytest.raises(ScenarioError, match=words) as found:
        fake.faults.add(**rule)
    assert "\n" not in str(found.value)
    assert len(fake.faults) == 0


def test_those_of_a_scenario_are_named_with_their_place() -> None:
    rules = [{"do": "drop", "message": "HeartBeat"}, {"do": "drop", "message": "HeartBeet"}]
    with pytest.raises(ScenarioError, match=r"guiji\.faults\[1\]\.message: .*; did you mean HeartBeat\?"):
        FakeGuiji({"guiji": {"faults": rules}})
    with pytest.raises(ScenarioError, match=r"guiji\.faults\[0\]\.sekonds: unknown key"):
        FakeGuiji({"guiji": {"faults": [{"do": "delay", "message": "HeartBeat", "sekonds": 1}]}})


def test_what_a_broker_elsewhere_has_is_not_the_fakes_to_break() -> None:
    elsewhere = FakeGuiji(broker="mqtt://u:p@127.0.0.1:1")
    for rule in ({"do": "reset", "message": "HeartBeat"}, {"do": "reject", "message": "handshake.mqtt"}):
        with pytest.raises(ScenarioError):
            elsewhere.faults.add(**rule)
    elsewhere.faults.add(do="drop", message="HeartBeat")


def test_a_callback_is_no_request() -> None:
    with pytest.raises(ScenarioError, match=r"faults\.do: reject is nothing for CallbackBody"):
        FakeSenseTime().faults.add(do="reject", message="CallbackBody")


def test_rules_come_and_go() -> None:
    fake = FakeAliyun({"aliyun": {"faults": [{"do": "drop", "message": "asr.result"}]}})
    with fake.faults.add(Fault(do="drop", message="heartbeat.pong")) as pong:
        assert [armed.id for armed in fake.faults] == ["f1", pong.id] == ["f1", "f2"]
    assert [armed.rule.message for armed in fake.faults] == ["asr.result"]
    fake.faults.clear()
    assert len(fake.faults) == 0
    with pytest.raises(KeyError, match="no rule f1"):
        fake.faults.remove("f1")
    fake.faults.reset()
    assert [armed.rule.message for armed in fake.faults] == ["asr.result"]
    with pytest.raises(TypeError, match="not both"):
        fake.faults.add(Fault(do="drop"), message="asr.result")


def test_every_action_is_described() -> None:
    assert all(action.text for action in ACTIONS.values())


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"message": "text_drive.response"}, "form: frame needs form"),
        (
            {"message": "text_drive.response", "form": "mask"},
            "form: expected one of fragmented, .*, got 'mask'; did you mean masked",
        ),
        ({"message": "text_drive.response", "direction": "ou"}, "direction: expected one of out, in, got 'ou'"),
        ({"message": "text_drive.response", "form": "fragmented", "frames": 1}, "frames: expected int >= 2"),
        ({"message": "text_drive.response", "form": "masked", "frames": 3}, "frames: a message that is masked has one"),
        (
            {"message": "text_drive.request", "form": "masked"},
            "do: frame is nothing for text_drive.request: the ",
        ),
        ({"message": "text_drive.request", "form": "masked", "direction": "in"}, "do: frame is nothing for text_drive"),
        (
            {"message": "text_drive.request", "form": "masked", "direction": "out"},
            'direction: .*: expected .* "in"',
        ),
        ({"message": "StartAvatarSession.response", "form": "masked"}, "do: .*: only a WebSocket has frames"),
        ({"message": "text_drive.response", "direction": "out", "do": "drop", "form": "masked"}, "form: drop has no"),
    ],
)
def test_frames_of_another_form_are_asked_for_where_there_are_frames(rule: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        FakeAliyun().faults.add(**{"do": "frame", **rule})
