"""How requests are judged: all faults of a script at once, what is refused in either mode, what strict mode adds."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakeserver.sensetime.client import OWN_APP, SCENE, SCRIPT, SPEECH, Fake

IMAGE = {"url": "http://img.example/a.png", "rect": [0, 0, 310, 88]}


@pytest.fixture
def fake() -> Fake:
    return Fake()


@pytest.fixture
def strict() -> Fake:
    return Fake(strict=True)


def scene(**changes: Any) -> dict[str, Any]:
    """A script with one member of its scene changed; None takes it away."""
    changed = {name: value for name, value in {**SCENE, **changes}.items() if value is not None}
    return {**SCRIPT, "sceneList": [changed]}


def param(script: Any) -> dict[str, Any]:
    return {"param": json.dumps(script, ensure_ascii=False)}


# --- scripts that are refused in either mode, each fault with its path and clause ---


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ({}, ["param.sceneList: required field is missing, expected a list of one scene [ST-E74]"]),
        (scene(digital_role=None), ["param.sceneList[0].digital_role: required field is missing"]),
        ({**SCRIPT, "resolution": [9, 1921]}, ["param.resolution[0]: got 9", "param.resolution[1]: got 1921"]),
        ({**SCRIPT, "bit_rate": 7.5}, ["param.bit_rate: ", "[ST-SCR-03]"]),
        ({**SCRIPT, "recycle": -1}, ["param.recycle: got -1, expected an integer of at least 0 [ST-E91]"]),
        ({**SCRIPT, "sentence_break": "true"}, ["param.sentence_break: "]),
        (scene(tts_config={"name": "x"}), ["[ST-SCR-08]"]),
        (
            scene(tts_config={"qid": "v", "volume": 401, "pitch_offset": -61, "speed_ratio": 2.1}),
            ["tts_config.pitch_offset", "[ST-SCR-09]", "[ST-SCR-10]", "[ST-SCR-11]"],
        ),
        (
            scene(tts_query={"content": "too short", "ssml": False}),
            ["param.sceneList[0].tts_query.content", "ST-SCR-12"],
        ),
        (scene(effects={"beautify": {"mouthSize": -1.01}}), ["param.sceneList[0].effects.beautify.mouthSize: "]),
        (
            {
                **SCRIPT,
                "sceneList": [{**{k: v for k, v in SCENE.items() if k != "digital_role"}, "digital role": {"id": 1}}],
            },
            ["[ST-E75]"],
        ),
        (scene(backgrounds=[{"type": 0, **IMAGE, "duration": -2}]), ["backgrounds[0].duration: got -2", "[ST-E88]"]),
    ],
)
def test_live_scripts_that_are_refused(fake: Fake, script: Any, told: list[str]) -> None:
    code, text = fake.refused("createLive", param(script))
    assert code == 1
    assert all(part in text for part in told), text


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ({}, "param: nothing is spoken, expected tts_query or audio [ST-E36]"),
        ({"audios": [{"url": "http://a.example/x.mp3"}]}, "[ST-E40]"),
        ({"tts_query": {"content": "too short", "ssml": False}}, "[ST-TKO-23]"),
        ({**SPEECH, "backgrounds": [IMAGE, IMAGE]}, "param.backgrounds: backgrounds is a list of 2"),
        ({**SPEECH, "foregrounds": IMAGE}, "param.foregrounds: "),
        ({**SPEECH, "foregrounds": [{"rect": [0, 0, 1]}]}, "param.foregrounds[0]"),
    ],
)
@pytest.mark.parametrize("operation", ["takeoverCommandV1", "takeoverCommand", "takeoverQueue"])
def test_takeover_scripts_that_are_refused(fake: Fake, operation: str, script: Any, told: str) -> None:
    envelope = fake.call(operation, {"sessionId": fake.started(), **param(script)})
    assert envelope["code"] == 10001
    assert told in envelope["message"]
    assert envelope.get("data") == ({"isSuccess": False} if operation == "takeoverCommand" else None)


@pytest.mark.parametrize("nested", [SCRIPT, [SCRIPT], None, 5, True])
def test_a_script_travels_as_text(fake: Fake, nested: Any) -> None:
    code, text = fake.refused("createLive", {"param": nested})
    assert (code, text[-12:]) == (1, "[ST-LIVE-01]")
    assert text.startswith("param: ")


@pytest.mark.parametrize("text", ["", "{", "no JSON", "[]", '"text"', json.dumps(SCRIPT) + "}", '{"version": NaN}'])
def test_a_text_that_is_no_script(fake: Fake, text: str) -> None:
    code, told = fake.refused("createLive", {"param": text})
    assert (code, told[:7]) == (1, "param: ")


def test_five_faults_are_told_and_the_others_counted_but_the_journal_has_all(fake: Fake) -> None:
    beautify = dict.fromkeys(("whitenStrength", "reddenStrength", "smoothStrength", "sharpen", "clear"), 9)
    script = {**scene(effects={"beautify": beautify}), "bit_rate": 99, "resolution": [1, 1]}
    _, text = fake.refused("createLive", param(script))
    assert text.count("[ST-") == 5
    assert text.endswith(" (and 3 more)")
    found = fake.violations("createLive", param(script))
    assert len(found) == 8
    assert ("ST-SCR-54", "param.sceneList[0].effects.beautify.sharpen", "error") in found


# --- what is let in, and what the journal has against it ---


@pytest.mark.parametrize(
    ("script", "clause", "level"),
    [
        (scene(tts_config=None), "ST-E74", "error"),
        ({**SCRIPT, "sceneList": [SCENE, SCENE]}, "ST-SCR-05", "warning"),
        (scene(backgrounds={"type": 0, **IMAGE}), "ST-E39", "warning"),
        (scene(backgrounds=[{"type": 0, **IMAGE, "cycle": True}]), "ST-E89", "note"),
        (scene(tts_config={"id": "nina"}), "ST-E90", "note"),
        (scene(backgrounds=[{"type": 0, **IMAGE, "duration": 0}]), "ST-E88", "error"),
        (scene(effects={"beautify": {"whiteTeeth": 3}}), "ST-E77", "warning"),
        (scene(effects={"beautify": {"appleMuscle": 0.5}}), "ST-E81", "error"),
        (scene(audios=[{"url": "http://a.example/x.wav"}]), "ST-SCR-17", "error"),
        ({**SCRIPT, "colour": "red"}, "ST-E43", "warning"),
    ],
)
def test_live_scripts_that_are_let_in(fake: Fake, strict: Fake, script: Any, clause: str, level: str) -> None:
    found = fake.violations("createLive", param(script))
    assert [(name, how) for name, _, how in found] == [(clause, level)]
    assert fake.create(script)["status"] == 35
    envelope = strict.call("createLive", param(script))
    assert (envelope["code"] == 0) is (level != "error")
    assert level != "error" or envelope["message"].endswith(f"[{clause}]")


def test_takeover_scripts_that_are_let_in(fake: Fake, strict: Fake) -> None:
    script = {"audio": "/srv/files/x.wav", "backgrounds": [IMAGE], "voice": "loud"}
    asked = {"sessionId": fake.started(), **param(script)}
    assert sorted(fake.violations("takeoverCommand", asked)) == [
        ("ST-E35", "param.audio", "warning"),
        ("ST-E39", "param.backgrounds", "warning"),
        ("ST-E43", "param.voice", "warning"),
        ("ST-TKO-25", "param.audio", "error"),
    ]
    assert fake.ok("takeoverCommand", asked)["isSuccess"] is True
    asked = {"sessionId": strict.started(), **param(script)}
    envelope = strict.call("takeoverCommand", asked)
    assert envelope["message"] == "param.audio: another kind of file, expected a file ending in .mp3 [ST-TKO-25]"


def test_a_script_as_documented_breaks_no_rule(strict: Fake) -> None:
    assert strict.violations("createLive", param(SCRIPT)) == []
    session = strict.started()
    assert strict.violations("takeoverCommand", {"sessionId": session, **param(SPEECH)}) == []


# --- other parameters ---


@pytest.mark.parametrize("missing", ["urtcToken", "urtcUid", "urtcAppId", "urtcChannelId"])
def test_an_own_rtc_app_needs_all_four_values(fake: Fake, missing: str) -> None:
    asked = {**param(SCRIPT), **OWN_APP}
    del asked[missing]
    code, text = fake.refused("createLive", asked)
    assert (code, text.startswith(f"{missing}: "), text[-12:]) == (1, True, "[ST-LIVE-03]")


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"urtcUid": "4294967296"}, "ST-LIVE-04"),
        ({"urtcUid": "12a"}, "ST-LIVE-04"),
        ({"urtcUid": -1}, "ST-LIVE-04"),
        ({"urtcChannelId": "x" * 65}, "ST-LIVE-05"),
        ({"urtcChannelId": "频道"}, "ST-E20"),
    ],
)
def test_values_of_an_own_rtc_app_have_limits(fake: Fake, changes: dict[str, Any], clause: str) -> None:
    code, text = fake.refused("createLive", {**param(SCRIPT), **OWN_APP, **changes})
    assert (code, text.rpartition("[")[2]) == (1, f"{clause}]")


def test_a_uid_may_be_a_number(fake: Fake) -> None:
    asked = {**param(SCRIPT), **OWN_APP, "urtcUid": 4294967295}
    assert fake.violations("createLive", asked) == [("ST-E19", "urtcUid", "warning")]
    assert fake.ok("createLive", asked)["rtcUid"] == "4294967295"


def test_integers_as_text_are_understood(fake: Fake, strict: Fake) -> None:
    """A warning, with which strict mode lives."""
    for each in (fake, strict):
        assert each.ok("historyList", {"pageNo": "2"})["pagination"]["pageNo"] == 2
        assert each.violations("historyList", {"pageNo": "2"}) == [("ST-E06", "pageNo", "warning")]


def test_parameters_elsewhere_and_unknown_ones_are_ignored_and_noted(fake: Fake) -> None:
    session = fake.started()
    found = fake.violations("heartbeat", {"sessionId": session, "mood": "fine"})
    assert found == [("ST-E43", "mood", "warning")]
    assert fake.violations("queryStat", {"sessionId": session, "verbose": "1"}) == [("ST-E43", "verbose", "warning")]


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded"])
def test_bodies_say_that_they_are_json(fake: Fake, strict: Fake, kind: str) -> None:
    headers = {"Content-Type": kind}
    assert fake.violations("historyList", headers=headers) == [("ST-NET-04", "content-type", "error")]
    assert strict.refused("historyList", headers=headers)[1].endswith("expected application/json [ST-NET-04]")
    assert strict.ok("runningList", headers=headers) == []  # nothing to be said about (ST-E13)
    assert strict.ok("historyList", headers={"Content-Type": "Application/JSON; charset=utf-8"})
