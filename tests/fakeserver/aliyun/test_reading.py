"""How requests are judged: what is let in and told, what strict mode refuses, and the codes of refusals."""

from __future__ import annotations

import json
from typing import Any

import pytest

from avatarwire.codecs.aliyun.http import BY_ROUTE, CHECK_SESSION
from avatarwire.codecs.errors import ValidationError
from avatarwire.fakeserver.aliyun.errors import parameter_code
from tests.fakeserver.aliyun.client import (
    ANCHOR,
    BACKGROUND,
    BASE,
    CREATE,
    DEPLOY,
    EDIT,
    FIGURES,
    FRAME,
    PROJECT,
    VOICES,
    Fake,
    body,
    frame,
    spoken,
    violations,
)


@pytest.fixture
def fake() -> Fake:
    return Fake()


def frame_without(name: str) -> dict[str, Any]:
    """A scene whose figure lacks a field."""
    return {**FRAME, "layers": [{key: value for key, value in ANCHOR.items() if key != name}]}


@pytest.mark.parametrize(
    ("action", "parameters", "code", "clause"),
    [
        ("QueryAvatarProject", {}, "MissingProjectId", "ALI-R011"),
        ("QueryAvatarProject", {"projectId": ""}, "MissingProjectId", "ALI-R011"),
        ("ListAvatarProject", {}, "MissingProjectIdList", "ALI-R008"),
        ("ListAvatarProject", {"projectIdList": '["a"'}, "InvalidParameter.ProjectIdList", "ALI-R008"),
        ("StartAvatarSession", {}, "MissingProjectId", "ALI-R022"),
        ("StartAvatarSession", {"projectId": None}, "MissingProjectId", "ALI-R022"),
        ("StartAvatarSession", {"projectId": 7}, "InvalidParameter.ProjectId", "ALI-R022"),
        ("StopAvatarSession", {"projectId": PROJECT}, "MissingSessionId", "ALI-R028"),
        ("CheckSession", {"projectId": PROJECT, "sessionId": ""}, "MissingSessionId", "ALI-R068"),
        ("SaveAvatarProject", {**CREATE, "operateType": "COPY"}, "InvalidParameter.OperateType", "ALI-R033"),
        ("SaveAvatarProject", {**CREATE, "frames": []}, "MissingFrames", "ALI-R039"),
        ("SaveAvatarProject", {**CREATE, "projectName": None}, "MissingProjectName", "ALI-R035"),
        ("SaveAvatarProject", {"operateType": "CREATE", "frames": [FRAME]}, "MissingProjectName", "ALI-R035"),
        ("SaveAvatarProject", {"operateType": "EDIT", "frames": [FRAME]}, "MissingProjectId", "ALI-R034"),
        ("SaveAvatarProject", {**CREATE, "frames": [frame(material={})]}, "MissingId", "ALI-R017"),
        ("SaveAvatarProject", {**CREATE, "frames": [frame(width=None)]}, "MissingWidth", "ALI-R016"),
        ("SaveAvatarProject", {**CREATE, "frames": [frame_without("width")]}, "MissingWidth", "ALI-R016"),
        ("SaveAvatarProject", {**CREATE, "frames": [frame(width=1081)]}, "InvalidParameter.Width", "ALI-R040"),
        (
            "SaveAvatarProject",
            {**CREATE, "frames": [spoken(speedRate="2.1")]},
            "InvalidParameter.SpeedRate",
            "ALI-R021",
        ),
        ("SaveAvatarProject", {**EDIT, "frames": [frame(height=1921)]}, "InvalidParameter.Height", "ALI-R040"),
        ("OperateAvatarProject", {"projectId": PROJECT, "operateType": "DEPLOY"}, "MissingResType", "ALI-R048"),
        ("OperateAvatarProject", {**DEPLOY, "resChannelNum": 0}, "InvalidParameter.ResChannelNum", "ALI-R047"),
        ("QuerySessionInfo", {"projectId": PROJECT, "pageNo": 1}, "MissingStatusList", "ALI-R050"),
        (
            "QuerySessionInfo",
            {"projectId": PROJECT, "pageNo": 1, "statusList": ["STARTED", "BUSY"]},
            "InvalidParameter.StatusList",
            "ALI-R051",
        ),
        (
            "QuerySessionInfo",
            {"projectId": PROJECT, "pageNo": "first", "statusList": "STARTED"},
            "InvalidParameter.PageNo",
            "ALI-R050",
        ),
        ("ListAnchor", {"useScene": "realTimeInteractivity"}, "MissingResSpecType", "ALI-R055"),
        ("ListAnchor", {**FIGURES, "pageSize": 0}, "InvalidParameter.PageSize", "ALI-R057"),
        ("ListVoiceModels", {**VOICES, "useScene": "video"}, "InvalidParameter.UseScene", "ALI-R064"),
        (
            "SendTextMsg",
            {"projectId": PROJECT, "sessionId": "s-1", "requestId": "rq-1", "text": "", "type": 1},
            "MissingText",
            "ALI-R071",
        ),
        (
            "SendTextMsg",
            {"projectId": PROJECT, "sessionId": "s-1", "requestId": "rq-1", "text": "hi", "type": 3},
            "InvalidParameter.Type",
            "ALI-E98",
        ),
    ],
)
@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_what_cannot_be_understood_is_refused(
    strict: bool, action: str, parameters: dict[str, Any], code: str, clause: str
) -> None:
    answer = Fake(strict=strict).call(action, **parameters)
    assert (answer.status, body(answer)["Code"]) == (400, code)
    assert answer.violations[-1].clause == clause
    assert f"[{clause}]" in body(answer)["Message"]
    assert answer.violations[-1].path in body(answer)["Message"]


@pytest.mark.parametrize(
    ("action", "query", "content", "code"),
    [
        ("CheckSession", "", b"{", "InvalidParameter.Body"),
        ("CheckSession", "", b"[]", "InvalidParameter.Body"),
        ("CheckSession", "", b'{"projectId":"\xff"}', "InvalidParameter.Body"),
        ("CheckSession", "", b"projectId=1&sessionId=2", "InvalidParameter.Body"),
        ("CheckSession", "", b"", "MissingProjectId"),
        ("QueryAvatarProject", "projectId=%ff", b"", "InvalidParameter.Query"),
        ("QueryAvatarProject", "&".join(f"p{index}=1" for index in range(200)), b"", "InvalidParameter.Query"),
    ],
)
def test_what_cannot_be_read_is_refused(fake: Fake, action: str, query: str, content: bytes, code: str) -> None:
    method, path = next(route for route, operation in BY_ROUTE.items() if operation.id == action)
    answer = fake.send(method, path, query, content, action=action)
    assert (answer.status, body(answer)["Code"]) == (400, code)
    assert answer.violations[-1].level == "error"
    assert answer.violations[-1].clause in ("ALI-E67", "ALI-R068", f"ALI-T-{action}.request")


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("", "InvalidParameter.Body"),
        ("a", "InvalidParameter.A"),
        ("b", "MissingB"),
        ("c", "MissingC"),
        ("d", "MissingD"),
        ("d[0].e", "MissingE"),
        ("f.g", "MissingG"),
        ("a.g", "InvalidParameter.G"),
        ("h[1]", "InvalidParameter.H"),
        ("zero", "InvalidParameter.Zero"),
    ],
)
def test_codes_tell_missing_parameters_from_wrong_ones(path: str, code: str) -> None:
    fields: dict[str, Any] = {"a": "text", "b": None, "c": "", "d": [], "f": {}, "h": [1], "zero": 0}
    assert parameter_code(CHECK_SESSION, ValidationError("wrong", path=path), fields) == code


def save(**changes: Any) -> tuple[str, dict[str, Any]]:
    return "SaveAvatarProject", {**CREATE, **changes}


def sessions(**parameters: Any) -> tuple[str, dict[str, Any]]:
    return "QuerySessionInfo", {"projectId": PROJECT, **parameters}


@pytest.mark.parametrize(
    ("call", "violation", "code"),
    [
        # refused in strict mode
        (("StartAvatarSession", {"projectId": PROJECT}), ("ALI-E70", "requestId", "error"), "MissingRequestId"),
        (
            ("StartAvatarSession", {"projectId": PROJECT, "requestId": ""}),
            ("ALI-E70", "requestId", "error"),
            "MissingRequestId",
        ),
        (
            ("StartAvatarSession", {"projectId": PROJECT, "requestId": "rq-1", "customPushUrl": "here"}),
            ("ALI-E96", "customPushUrl", "error"),
            "InvalidParameter.CustomPushUrl",
        ),
        (sessions(statusList="STARTED"), ("ALI-E64", "pageNo", "error"), "MissingPageNo"),
        (sessions(statusList="", pageNo=1), ("ALI-E68", "statusList", "error"), "MissingStatusList"),
        (("ListAvatarProject", {"projectIdList": ""}), ("ALI-E68", "projectIdList", "error"), "MissingProjectIdList"),
        (
            ("ListAnchor", {**FIGURES, "digitalHumanType": "dynamicReality"}),
            ("ALI-E94", "digitalHumanType", "error"),
            "InvalidParameter.DigitalHumanType",
        ),
        (save(projectId="7"), ("ALI-E86", "projectId", "error"), "InvalidParameter.ProjectId"),
        (
            save(frames=[spoken(speedRate=1.5)]),
            ("ALI-E82", "frames[0].videoScript.speedRate", "error"),
            "InvalidParameter.SpeedRate",
        ),
        (
            save(frames=[spoken(speedRate="1.25")]),
            ("ALI-E82", "frames[0].videoScript.speedRate", "error"),
            "InvalidParameter.SpeedRate",
        ),
        (
            save(frames=[{**FRAME, "layers": [ANCHOR, ANCHOR]}]),
            ("ALI-E85", "frames[0].layers", "error"),
            "InvalidParameter.Layers",
        ),
        (
            save(frames=[{**FRAME, "layers": [ANCHOR, {**BACKGROUND, "width": 7}]}]),
            ("ALI-R016", "frames[0].layers[1].width", "error"),
            "InvalidParameter.Width",
        ),
        (
            save(
                frames=[
                    {
                        **FRAME,
                        "layers": [
                            ANCHOR,
                            {**BACKGROUND, "material": {**BACKGROUND["material"], "format": "video/mp4"}},
                        ],
                    }
                ]
            ),
            ("ALI-E73", "frames[0].layers[1].material.format", "error"),
            "InvalidParameter.Format",
        ),
        # lived with in either mode
        (
            ("ListAvatarProject", {"projectIdList": json.dumps([PROJECT])}),
            ("ALI-E68", "projectIdList", "warning"),
            "",
        ),
        (
            ("OperateAvatarProject", {**DEPLOY, "resChannelNum": 1, "resChannelNumber": 2}),
            ("ALI-E61", "resChannelNumber", "warning"),
            "",
        ),
        (save(frames=[frame(positionX=0.9)]), ("ALI-E83", "frames[0].layers[0].positionX", "warning"), ""),
        (
            save(frames=[frame(material={"id": "310001", "format": "image/png"})]),
            ("ALI-E75", "frames[0].layers[0].material.format", "warning"),
            "",
        ),
        (save(frames=[frame(positionY=481)]), ("ALI-E84", "frames[0].layers[0]", "warning"), ""),
        (save(frames=[frame(material={"id": "320001"})]), ("ALI-E80", "frames[0].layers", "warning"), ""),
        (
            save(frames=[spoken(voiceTemplateId="201")]),
            ("ALI-E80", "frames[0].videoScript.voiceTemplateId", "warning"),
            "",
        ),
        (
            save(frames=[{**FRAME, "layers": [{**ANCHOR, "material": {"id": "310003"}}, BACKGROUND]}]),
            ("ALI-R045", "frames[0].layers[1]", "warning"),
            "",
        ),
        (save(autoPlay=True), ("ALI-E117", "autoPlay", "warning"), ""),
        (("QueryAvatarProject", {"projectId": PROJECT, "id": "7"}), ("ALI-E117", "id", "warning"), ""),
        # a matter of the deployment, which fails
        (
            save(frames=[spoken(voiceTemplateId="102")]),
            ("ALI-R061", "frames[0].videoScript.voiceTemplateId", "error"),
            "",
        ),
    ],
)
def test_lenient_mode_tells_and_strict_mode_refuses(
    call: tuple[str, dict[str, Any]], violation: tuple[str, str, str], code: str
) -> None:
    action, parameters = call
    lenient = Fake().call(action, **parameters)
    assert lenient.status == 200
    assert violations(lenient) == [violation]
    strict = Fake(strict=True).call(action, **parameters)
    assert (strict.status, body(strict).get("Code", "")) == ((400, code) if code else (200, ""))
    assert violations(strict) == [violation]
    assert strict.deviations == lenient.deviations


def test_all_that_is_wrong_with_a_query_is_told(fake: Fake) -> None:
    answer = fake.call("QuerySessionInfo", projectId=PROJECT, statusList='["STARTED"]')
    assert answer.deviations == ("ALI-E68", "ALI-E64")
    assert violations(answer) == [("ALI-E68", "statusList", "warning"), ("ALI-E64", "pageNo", "error")]


def test_parameters_in_the_wrong_place_are_told(fake: Fake) -> None:
    path = f"{BASE}/avatar/project/queryAvatarProject"
    answer = fake.send("GET", path, f"projectId={PROJECT}", b"{}", action="QueryAvatarProject")
    assert (answer.status, violations(answer)) == (200, [("ALI-E67", "", "warning")])
    path = f"{BASE}/avatar/project/startAvatarSession"
    content = b'{"projectId":"%s","requestId":"rq-1"}' % PROJECT.encode()
    answer = fake.send("POST", path, "requestId=rq-2", content, action="StartAvatarSession")
    assert answer.violations[0].reason == "StartAvatarSession reads its parameters from the body, not from the query"


def test_of_many_unknown_parameters_a_few_are_told(fake: Fake) -> None:
    answer = fake.call("QueryAvatarProject", projectId=PROJECT, **{f"p{index}": 1 for index in range(20)})
    assert len(answer.violations) == 8
