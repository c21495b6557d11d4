"""Scripts inside a member: faults are told from that member on."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.sensetime.embedded import judge_text, refused_text
from avatarwire.codecs.sensetime.script import LIVE, TAKEOVER

from .http_samples import LIVE_TEXT, TAKEOVER_TEXT


def test_a_right_script_says_nothing() -> None:
    assert judge_text(LIVE, "param", LIVE_TEXT) == ()
    assert refused_text(TAKEOVER, "param", TAKEOVER_TEXT) is None


def test_a_variant_is_told_with_its_whole_path() -> None:
    found = judge_text(LIVE, "data", LIVE_TEXT.replace("digital_role", "digital role"))
    assert [(item.clause, item.path) for item in found] == [("ST-E75", "data.sceneList[0].digital role")]
    assert [(item.clause, item.path) for item in judge_text(TAKEOVER, "param", "{}")] == [("ST-E36", "param")]


def test_a_fault_too() -> None:
    with pytest.raises(ValidationError) as caught:
        judge_text(LIVE, "param", '{"sceneList":[{"tts_config":{"qid":"v","volume":"loud"}}],"recycle":"ever"}')
    assert [fault.path for fault in caught.value.findings] == ["param.recycle", "param.sceneList[0].tts_config.volume"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "the JSON text ends too early at byte 1 of the text"),
        ("[[", "the JSON text ends too early at byte 2 of the text"),
        ('{"version":"\ud800"}', "not UTF-8 text"),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
    ],
)
def test_a_text_that_is_no_json_is_told_at_its_member(text: str, reason: str) -> None:
    with pytest.raises(ValidationError) as caught:
        judge_text(LIVE, "param", text)
    assert (caught.value.path, caught.value.clause) == ("param", "ST-LIVE-01")
    assert caught.value.reason.startswith(reason)
    assert caught.value.expected == "a JSON object in UTF-8, as text"


def test_what_is_no_text_is_judged_elsewhere() -> None:
    assert refused_text(LIVE, "param", "") is None
    assert refused_text(LIVE, "param", {}) is None
    assert refused_text(LIVE, "param", None) is None


def test_a_refusal_tells_what_could_be_understood_too() -> None:
    told = refused_text(TAKEOVER, "param", "{}")
    assert told is not None
    assert [(fault.clause, fault.tolerated) for fault in told.findings] == [("ST-E36", True)]
    worse = refused_text(TAKEOVER, "param", "[]")
    assert worse is not None
    assert worse.path == "param"
