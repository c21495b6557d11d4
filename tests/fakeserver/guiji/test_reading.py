"""How requests are judged: what is let in and told, what either mode refuses, what only strict mode does."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from avatarwire.codecs.guiji.http import OPERATIONS
from tests.codecs.strategies import ANY_JSON

from .client import API, ROBOT, SCENE, VOICE, Client, clauses, data, fields, refusal

CREATE = f"{API}/liveInfo/create"
NEW: dict[str, Any] = {"cutinFlag": True, "liveName": "x"}


def with_scene(**changes: Any) -> dict[str, Any]:
    scene = {key: value for key, value in {**SCENE, **changes}.items() if value is not ...}
    return {"robotList": [{**ROBOT, "sceneList": [scene]}]}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", "cutinFlag: required field is missing, expected true or false [GJ-R024]"),
        (b"{", "the JSON text ends too early (byte 1), expected a JSON object in UTF-8"),
        (b"<html>", "the body is XML or HTML, expected a JSON object in UTF-8, with Content-Type: application/json"),
        (b'{"cutinFlag":true} // why not', "not JSON: trailing characters (byte 19), expected a JSON object in UTF-8"),
        (b'{"cutinFlag":true,}', "not JSON: "),
        (b'"\xff"', "not UTF-8 text (byte 1), expected a JSON object in UTF-8"),
        (b"[" * 100_000, "nested too deeply, expected a JSON object in UTF-8"),
        (b"[]", "got a list (byte 0), expected a JSON object"),
        (b"null", "got null (byte 0), expected a JSON object"),
    ],
)
def test_a_body_that_cannot_be_read_is_told(body: bytes, told: str) -> None:
    answer = Client().send("POST", CREATE, body)
    code, text = refusal(answer)
    assert code == 500
    assert text.startswith(told)
    assert len(answer.violations) == 1


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        (
            "/liveInfo/update",
            {"id": 1, **with_scene(videoCoverUrl=...)},
            "robotList[0].sceneList[0].videoCoverUrl: required field is missing, "
            "expected a value, as 3.3 requires (GJ-R028) [GJ-E19]",
        ),
        (
            "/liveInfo/create",
            {**NEW, "robotList": [{**ROBOT, "sceneList": None}]},
            "robotList[0].sceneList: required field is missing, expected a value, as 3.2 requires (GJ-R026) [GJ-E19]",
        ),
        (
            "/liveInfo/create",
            {**NEW, **with_scene(proportion="4:3")},
            "robotList[0].sceneList[0].proportion: got '4:3', expected 16:9 or 9:16 [GJ-R036]",
        ),
        (
            "/liveInfo/create",
            {**NEW, **with_scene(posture="lying")},
            "robotList[0].sceneList[0].posture: got 'lying', expected 0, 1 or 2 [GJ-R037]",
        ),
    ],
)
@pytest.mark.parametrize("strict", [False, True])
def test_what_a_section_requires_is_held_in_either_mode(
    path: str, body: dict[str, Any], told: str, strict: bool
) -> None:
    client = Client(strict=strict)
    answer = client.post(path, **body)
    assert refusal(answer) == (500, told)
    assert clauses(answer)
    assert answer.request is not None


@pytest.mark.parametrize(
    ("body", "erratum", "strictly"),
    [
        (with_scene(posture=2), "GJ-E20", True),
        ({"robotList": [{**ROBOT, "id": None}]}, "GJ-E16", False),
        (with_scene(sceneType=1), "GJ-E21", False),
    ],
)
def test_what_is_understood_is_told(body: dict[str, Any], erratum: str, strictly: bool) -> None:
    answer = Client().post("/liveInfo/create", **NEW, **body)
    assert data(answer)
    assert (answer.deviations, clauses(answer)) == ((erratum,), [erratum])
    strict = fields(Client(strict=True).post("/liveInfo/create", **NEW, **body))
    assert (strict["code"] == 200) == strictly
    assert strictly or strict["msg"].endswith(f"[{erratum}]")


def test_a_voice_to_convert_to_may_be_a_number_in_either_mode() -> None:
    answer = Client().post("/speaker/syncSynthesisWavAndChangeVoice", **VOICE, changeVoiceSpeaker=301)
    assert data(answer)["filePath"].endswith("/301.wav")
    assert clauses(answer) == ["GJ-E32"]


def test_what_nobody_asked_for_is_told() -> None:
    client = Client()
    answer = client.post("/liveInfo/create", **NEW, colour="red", robotList=[{**ROBOT, "hat": True}])
    assert data(answer)
    assert [(found.clause, found.path, found.level) for found in answer.violations] == [
        ("GJ-R022", "colour", "warning"),
        ("GJ-R022", "robotList[0].hat", "warning"),
    ]
    answer = client.send("POST", CREATE, NEW, query="a=1")
    assert [(found.clause, found.level) for found in answer.violations] == [("GJ-R023", "warning")]
    answer = client.send("GET", f"{API}/liveInfo/queryByPage", b"?", query="page=1&colour=red")
    assert [(found.clause, found.path) for found in answer.violations] == [("GJ-R023", ""), ("GJ-R022", "colour")]


def test_a_query_that_cannot_be_read_is_told() -> None:
    code, text = refusal(Client().send("GET", f"{API}/liveInfo/query", query="id=%ff"))
    assert code == 500
    assert text.startswith("unreadable query: ")
    code, text = refusal(Client().send("GET", f"{API}/live/getPath", b"{"))
    told = "the JSON text ends too early (byte 1), expected a JSON object in UTF-8 [GJ-T-getPullPath.request]"
    assert (code, text) == (500, told)


CLIENT = Client()
NAMES = [*NEW, "id", "liveId", "robotList", "page"]


@hypothesis.settings(max_examples=60, deadline=None)
@hypothesis.given(
    operation=st.sampled_from(OPERATIONS),
    body=st.binary(max_size=30) | ANY_JSON | st.dictionaries(st.sampled_from(NAMES), ANY_JSON),
    query=st.text(st.characters(codec="utf-8"), max_size=20),
)
def test_whatever_comes_is_answered(operation: Any, body: Any, query: str) -> None:
    answer = CLIENT.send(operation.method, operation.path, body, query=query)
    assert fields(answer)["code"] in {200, 500, 100503}
    assert "failure" not in answer.notes
