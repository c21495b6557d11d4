"""Rules of HTTP requests, one by one: what making one refuses, and what is understood although it is not right."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec import UNSET

from avatarwire.codecs.core.entry import Catalogue
from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.codecs.operation import Operation

from ..http_samples import LISTED_SCENE, SCENE, SCENE_TEXT, robot, schema_accepts

CATALOGUE = Catalogue.of("guiji", operations=http.OPERATIONS)

TEXT: dict[str, Any] = {
    "liveId": 1,
    "materialType": "TEXT",
    "text": "你好",
    "ttsSource": 10,
    "ttsSpeaker": "s",
    "volume": 0,
    "intonation": -20,
    "speedRate": 20.0,
}
AUDIO: dict[str, Any] = {"liveId": 1, "materialType": "AUDIO", "materialUrl": "http://127.0.0.1/a.wav"}
ROBOT: dict[str, Any] = {"id": 31, "robotCode": "3001", "robotName": "Lin", "sceneList": [json.loads(SCENE_TEXT)]}
CREATE: dict[str, Any] = {"cutinFlag": True, "liveName": "shop", "robotList": [ROBOT]}
UPDATE: dict[str, Any] = {"id": 4001, "robotList": [ROBOT]}
PREVIEW: dict[str, Any] = {"ttsSource": 1, "ttsSpeaker": "s", "volume": 1, "intonation": 2, "speedRate": 3}


def decode(operation: Operation[Any, Any], body: dict[str, Any], *, strict: bool = False) -> Any:
    return operation.decode_request(body=json.dumps(body).encode(), strict=strict)


def schema_says(operation: Operation[Any, Any], body: dict[str, Any]) -> bool:
    return schema_accepts(CATALOGUE.schema_of(f"{operation.id}.request")["schema"], body)


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in names}


def with_scene(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    scene = {name: value for name, value in {**json.loads(SCENE_TEXT), **changes}.items() if value is not ...}
    return {**body, "robotList": [{**ROBOT, "sceneList": [scene]}]}


def with_robot(body: dict[str, Any], **changes: Any) -> dict[str, Any]:
    changed = {name: value for name, value in {**ROBOT, **changes}.items() if value is not ...}
    return {**body, "robotList": [changed]}


# --- what cannot be understood ---


@pytest.mark.parametrize(
    ("operation", "body", "told"),
    [
        (http.GET_ACCESS_TOKEN, {"appId": "a"}, r"appSecret: required field is missing, expected text \[GJ-R002\]"),
        (http.CREATE_LIVE, {"liveName": "x"}, r"cutinFlag: required .* expected true or false \[GJ-R024\]"),
        (http.CREATE_LIVE, {"cutinFlag": 1, "liveName": "x"}, r"cutinFlag: got an integer, .* \[GJ-R024\]"),
        (http.CREATE_LIVE, {"cutinFlag": True, "liveName": ""}, r"liveName: .* text that is not empty \[GJ-R024\]"),
        (http.CREATE_LIVE, {**CREATE, "robotList": ROBOT}, r"robotList: got an object, expected a list \[GJ-E17\]"),
        (http.CREATE_LIVE, with_robot(CREATE, robotCode=...), r"robotList\[0\]\.robotCode: required .* \[GJ-R026\]"),
        (http.CREATE_LIVE, with_scene(CREATE, sceneCode=...), r"sceneList\[0\]\.sceneCode: required .* \[GJ-R027\]"),
        (http.CREATE_LIVE, with_scene(CREATE, duration="long"), r"\.duration: got text, .* of at least 0 \[GJ-R039\]"),
        (http.UPDATE_LIVE, {"liveName": "x"}, r"id: required field .* an integer of 64 bits \[GJ-R030\]"),
        (http.UPDATE_LIVE, {"id": 2**63}, r"id: value out of range, expected an integer of 64 bits \[GJ-R030\]"),
        (http.UPDATE_LIVE, {"id": 1, "liveName": ""}, r"liveName: .* \[GJ-R031\]"),
        (http.UPLOAD_MATERIAL, {**TEXT, "materialType": "VIDEO"}, r"materialType: got 'VIDEO', .* \[GJ-R045\]"),
        (http.UPLOAD_MATERIAL, without(TEXT, "materialType"), r"materialType: .* AUDIO or TEXT \[GJ-R045\]"),
        *(
            (
                http.UPLOAD_MATERIAL,
                without(TEXT, name),
                rf"{name}: required field is missing, expected a value, as materialType is TEXT \[GJ-R047\]",
            )
            for name in ("text", "ttsSource", "ttsSpeaker", "volume", "intonation", "speedRate")
        ),
        (http.UPLOAD_MATERIAL, {**TEXT, "volume": None}, r"volume: required field is missing.* \[GJ-R047\]"),
        (http.UPLOAD_MATERIAL, {**TEXT, "text": " "}, r"text: got no words, .* not blank \[GJ-R047\]"),
        (http.UPLOAD_MATERIAL, {**TEXT, "ttsSpeaker": ""}, r"ttsSpeaker: got no words, .* \[GJ-R047\]"),
        *(
            (http.UPLOAD_MATERIAL, {**TEXT, name: value}, rf"{name}: .* a number from -20 to 20 \[GJ-R048\]")
            for name in ("volume", "intonation", "speedRate")
            for value in (20.5, -20.5, "1")
        ),
        (http.UPLOAD_MATERIAL, {**TEXT, "f0upKey": 21}, r"f0upKey: .* an integer from -20 to 20 \[GJ-R049\]"),
        (http.UPLOAD_MATERIAL, {**TEXT, "f0upKey": 1.5}, r"f0upKey: .* \[GJ-R049\]"),
        (http.UPLOAD_MATERIAL, {**TEXT, "changeVoiceSpeaker": ""}, r"changeVoiceSpeaker: .* \[GJ-R050\]"),
        (http.UPLOAD_MATERIAL, without(AUDIO, "materialUrl"), r"materialUrl: .* materialType is AUDIO \[GJ-R046\]"),
        (http.UPLOAD_MATERIAL, {**AUDIO, "materialUrl": "ftp://a"}, r"materialUrl: wrong form, .* \[GJ-E34\]"),
        (http.UPLOAD_MATERIAL, {**AUDIO, "materialUrl": ""}, r"materialUrl: wrong form, .* \[GJ-E34\]"),
        (http.QUERY_MATERIAL, {}, r"liveId: required .* \[GJ-R053\]"),
        (http.QUERY_MATERIAL, {"liveId": 1, "materialType": "text"}, r"materialType: got 'text', .* \[GJ-R053\]"),
        (http.QUERY_MATERIAL, {"liveId": 1, "page": 0}, r"page: .* an integer of at least 1 \[GJ-R040\]"),
        (http.QUERY_MATERIAL, {"liveId": 1, "pageSize": -1}, r"pageSize: .* an integer of at least 1 \[GJ-R040\]"),
        (http.SYNTHESIZE_AND_CHANGE_VOICE, without(PREVIEW, "volume"), r"volume: required .* \[GJ-R048\]"),
        (http.SYNTHESIZE_AND_CHANGE_VOICE, without(PREVIEW, "ttsSource"), r"ttsSource: required .* \[GJ-R059\]"),
        (http.SYNTHESIZE_AND_CHANGE_VOICE, {**PREVIEW, "ttsSpeaker": ""}, r"ttsSpeaker: .* \[GJ-R059\]"),
        (http.CREATE_LIVE_SESSION, {"name": "x"}, r"liveId: required .* \[GJ-R064\]"),
    ],
)
def test_what_the_document_forbids_is_refused(operation: Operation[Any, Any], body: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=rf"^guiji {operation.id}.request: .*{told}$"):
        decode(operation, body)
    assert not schema_says(operation, body) or body.get("volume", ...) is None


@pytest.mark.parametrize(
    ("operation", "query", "told"),
    [
        (http.QUERY_LIVE, "", r"id: required field is missing, expected an integer of 64 bits \[GJ-R035\]"),
        (http.QUERY_LIVE, "id=one", r"id: got text, .* \[GJ-R035\]"),
        (http.QUERY_LIVE_PAGE, "page=0", r"page: value out of range, .* at least 1 \[GJ-R040\]"),
        (http.QUERY_PUBLIC_MATERIALS, "", r"neither code nor parentCode .* one of them \[GJ-R061\]"),
        (http.QUERY_PUBLIC_MATERIALS, "code=&parentCode=&name=x", r"neither .* \[GJ-R061\]"),
        (http.GET_PULL_PATH, "liveId=1&sessionId=s", r"duration: required .* at least 1 \[GJ-E51\]"),
        (http.GET_PULL_PATH, "liveId=1&sessionId=s&duration=0", r"duration: value out of range, .* \[GJ-E51\]"),
        (http.GET_PULL_PATH, "liveId=1&sessionId=&duration=1", r"sessionId: .* \[GJ-R069\]"),
        (http.GET_PULL_PATH, "sessionId=s&duration=1", r"liveId: required .* \[GJ-R069\]"),
    ],
)
def test_so_is_it_in_queries(operation: Operation[Any, Any], query: str, told: str) -> None:
    with pytest.raises(ValidationError, match=rf"^guiji {operation.id}.request: {told}$"):
        operation.decode_request(query)


def test_making_a_request_is_as_strict() -> None:
    with pytest.raises(ValidationError, match=r"^UploadMaterialRequest: materialUrl: .* \[GJ-R046\]$"):
        http.UploadMaterialRequest(live_id=1, material_type=MaterialType.AUDIO)
    with pytest.raises(ValidationError, match=r"^CreateLiveRequest: robotList\[0\]\.id: .* \[GJ-E16\]$"):
        http.CreateLiveRequest(cutin_flag=True, live_name="x", robot_list=(robot(SCENE).replace(id=None),))
    with pytest.raises(ValidationError, match=r"\.sceneType: sceneType has no place in 3.2 \[GJ-E21\] \(and 1 more\)$"):
        http.CreateLiveRequest(cutin_flag=True, live_name="x", robot_list=(robot(LISTED_SCENE),))
    with pytest.raises(ValidationError, match=r"videoCoverUrl: .* as 3.3 requires \(GJ-R028\) \[GJ-E19\]$"):
        http.UpdateLiveRequest(id=1, robot_list=(robot(SCENE.replace(video_cover_url=None)),))


# --- what can be understood ---


@pytest.mark.parametrize(
    ("operation", "body", "erratum", "path"),
    [
        (http.CREATE_LIVE, with_robot(CREATE, id=...), "GJ-E16", "robotList[0].id"),
        (http.UPDATE_LIVE, with_robot(UPDATE, id=None), "GJ-E16", "robotList[0].id"),
        (http.CREATE_LIVE, with_robot(CREATE, sceneList=...), "GJ-E19", "robotList[0].sceneList"),
        (http.UPDATE_LIVE, with_robot(UPDATE, sceneList=None), "GJ-E19", "robotList[0].sceneList"),
        (
            http.UPDATE_LIVE,
            with_scene(UPDATE, videoCoverUrl=...),
            "GJ-E19",
            "robotList[0].sceneList[0].videoCoverUrl",
        ),
        (http.CREATE_LIVE, with_scene(CREATE, sceneType=2), "GJ-E21", "robotList[0].sceneList[0].sceneType"),
        (http.UPDATE_LIVE, with_scene(UPDATE, coverUrl="x"), "GJ-E21", "robotList[0].sceneList[0].coverUrl"),
        (http.CREATE_LIVE, with_scene(CREATE, proportion="4:3"), "GJ-R036", "robotList[0].sceneList[0].proportion"),
        (http.UPDATE_LIVE, with_scene(UPDATE, posture="7"), "GJ-R037", "robotList[0].sceneList[0].posture"),
    ],
)
def test_what_can_be_understood_is_told(
    operation: Operation[Any, Any], body: dict[str, Any], erratum: str, path: str
) -> None:
    assert decode(operation, body).deviations == (erratum,)
    with pytest.raises(ValidationError) as caught:
        decode(operation, body, strict=True)
    assert (caught.value.clause, caught.value.path) == (erratum, path)
    assert not schema_says(operation, body)


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        (http.CREATE_LIVE, CREATE),
        (http.CREATE_LIVE, {**CREATE, "robotList": None}),
        (http.CREATE_LIVE, {**CREATE, "robotList": []}),
        (http.CREATE_LIVE, without(CREATE, "robotList")),
        (http.CREATE_LIVE, with_scene(CREATE, videoCoverUrl=..., posture=..., proportion=...)),
        (http.UPDATE_LIVE, UPDATE),
        (http.UPLOAD_MATERIAL, TEXT),
        (http.UPLOAD_MATERIAL, {**TEXT, "volume": -20, "speedRate": 20, "f0upKey": -20, "materialUrl": ""}),
        (http.UPLOAD_MATERIAL, AUDIO),
        (http.UPLOAD_MATERIAL, {**AUDIO, "text": "", "volume": None, "materialUrl": "HTTPS://127.0.0.1/a"}),
        (http.SYNTHESIZE_AND_CHANGE_VOICE, PREVIEW),
        (http.CREATE_LIVE_SESSION, {"liveId": 1, "name": None}),
    ],
)
def test_what_is_right_is_let_in_strictly(operation: Operation[Any, Any], body: dict[str, Any]) -> None:
    assert decode(operation, body, strict=True).deviations == ()
    assert schema_says(operation, body)


# --- updateLive tells absent, null and empty apart ---


@pytest.mark.parametrize(
    ("body", "request_"),
    [
        ('{"id":1}', http.UpdateLiveRequest(id=1)),
        (
            '{"id":1,"cutinFlag":null,"liveName":null,"robotList":null}',
            http.UpdateLiveRequest(id=1, cutin_flag=None, live_name=None, robot_list=None),
        ),
        ('{"id":1,"robotList":[]}', http.UpdateLiveRequest(id=1, robot_list=())),
    ],
)
def test_an_update_keeps_absent_null_and_empty_apart(body: str, request_: http.UpdateLiveRequest) -> None:
    decoded = http.UPDATE_LIVE.decode_request(body=body.encode(), strict=True)
    assert decoded.value == request_
    assert http.UPDATE_LIVE.encode_request(request_).body == body.encode()
    assert (decoded.value.robot_list is UNSET) == ("robotList" not in body)


def test_pages_are_left_out_when_they_are_the_default() -> None:
    request = http.QueryLivePageRequest()
    assert http.QUERY_LIVE_PAGE.encode_request(request).query == ""
    assert (request.page, request.page_size) == (1, 10)
    assert http.QUERY_LIVE_PAGE.decode_request("page=1&pageSize=10").value == request


def test_a_secret_stays_out_of_sight() -> None:
    shown = repr(http.GetAccessTokenRequest(app_id="app-1", app_secret="hush"))
    assert "app-1" in shown
    assert "hush" not in shown
