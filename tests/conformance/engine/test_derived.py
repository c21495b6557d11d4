"""Cases that the declaration gives: which rules are broken, in which way, and that the sample stays as it is."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError
from avatarwire.conformance.engine.case import Case
from avatarwire.conformance.engine.derived import Breakage, breakages, cases_of, level_of

TEXT = {"projectId": "1", "sessionId": "s", "requestId": "r", "text": "hi", "type": 1}


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def found() -> dict[tuple[str, str], Breakage]:
    all_ = breakages("aliyun", "SendTextMsg.request", TEXT, encoded)
    return {(each.kind, each.path): each for each in all_}


def test_each_kind_of_rule_is_broken_once_a_member() -> None:
    broken = found()
    assert {kind for kind, path in broken if path == "type"} == {"missing", "wrong_type", "not_one_of"}
    assert {kind for kind, path in broken if path == "text"} == {"missing", "wrong_type", "too_short", "wrong_form"}
    assert ("wrong_type", "") in broken


@pytest.mark.parametrize(
    ("kind", "path", "changed"),
    [
        ("missing", "text", {"projectId": "1", "sessionId": "s", "requestId": "r", "type": 1}),
        ("too_short", "projectId", {**TEXT, "projectId": ""}),
        ("not_one_of", "type", {**TEXT, "type": 79}),
        ("wrong_type", "", "no object"),
    ],
)
def test_what_breaks_a_rule(kind: str, path: str, changed: object) -> None:
    assert found()[kind, path].change(TEXT) == changed


def test_the_sample_stays_as_it_is() -> None:
    before = deepcopy(TEXT)
    for broken in found().values():
        assert broken.change(TEXT) != before
    assert before == TEXT


def test_reading_refuses_all_of_it() -> None:
    for broken in found().values():
        with pytest.raises(CodecError):
            catalogue.vendor("aliyun").decode("SendTextMsg.request", encoded(broken.change(TEXT)))


def test_a_sample_that_is_wrong_itself_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"^aliyun SendTextMsg\.request: the sample is wrong: "):
        breakages("aliyun", "SendTextMsg.request", {**TEXT, "type": 9}, encoded)


def test_items_of_lists_and_members_of_objects_are_broken_too() -> None:
    scene = {"sceneCode": "1", "sceneName": "s", "proportion": "16:9", "posture": "0"}
    robot = {"id": 1, "robotCode": "r", "robotName": "n", "sceneList": [scene, dict(scene)]}
    sample = {"cutinFlag": True, "liveName": "live", "robotList": [robot]}
    broken = {(each.kind, each.path): each for each in breakages("guiji", "createLive.request", sample, encoded)}
    one = broken["missing", "robotList[].sceneList[].sceneCode"]
    assert one.clause == "GJ-R027"
    assert [each.get("sceneCode") for each in one.change(sample)["robotList"][0]["sceneList"]] == [None, "1"]
    # What lenient reading takes, too, is not broken.
    assert ("not_one_of", "robotList[].sceneList[].posture") not in broken


async def nothing(bench: object, broken: Breakage) -> None:
    del bench, broken


def test_a_case_for_each() -> None:
    cases: list[Case[object]] = cases_of(
        "aliyun",
        "aliyun.http.SendTextMsg",
        "SendTextMsg.request",
        TEXT,
        encoded,
        nothing,
        title="Refused: {text}.",
    )
    by_id = {case.id: case for case in cases}
    case = by_id["aliyun.http.SendTextMsg.missing.text"]
    assert (case.title, case.clauses, case.level) == ("Refused: no text.", ("ALI-R071",), "observed")
    assert case.needs == {"invalid"}
    assert "aliyun.http.SendTextMsg.wrong_type.whole" in by_id


def test_levels_are_those_of_the_ledger() -> None:
    assert level_of("aliyun", "ALI-R012") == "must"
    assert level_of("aliyun", "ALI-T-SendTextMsg.request") == "should"
    assert level_of("aliyun", "RFC6455-5.1") == level_of("guiji", "MQTT311-3.1.2") == "must"
    assert level_of("aliyun", "ACS3") == "should"
    assert level_of("sensetime", "ST-SCR-14") is None, "what a document merely allows has no case"
