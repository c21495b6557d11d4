"""The table of HTTP operations: every request and every answer beside its literal bytes, in both directions."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from avatarwire.codecs import HttpError
from avatarwire.codecs.core.entry import Catalogue
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.http.responses import DATA_TYPES
from avatarwire.codecs.guiji.http.types import TYPES
from avatarwire.codecs.operation import Operation, RequestCodec

from ...exercised import unexercised
from ..http_samples import CASES, Case, schema_accepts

CATALOGUE = Catalogue.of("guiji", operations=http.OPERATIONS)

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation.id}-{case.sent[:20]}")
every = pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)

PATHS = {
    "getAccessToken": "POST /live-manager/open/accessToken",
    "createLive": "POST /live-manager/openApi/liveInfo/create",
    "updateLive": "POST /live-manager/openApi/liveInfo/update",
    "queryLive": "GET /live-manager/openApi/liveInfo/query",
    "queryLivePage": "GET /live-manager/openApi/liveInfo/queryByPage",
    "uploadMaterial": "POST /live-manager/openApi/customizedMaterial/upload",
    "queryMaterial": "POST /live-manager/openApi/customizedMaterial/query",
    "listPlatformSpeakers": "GET /live-manager/openApi/speaker/platformList",
    "listCustomizedSpeakers": "GET /live-manager/openApi/speaker/customizedList",
    "listPlatformRobots": "GET /live-manager/openApi/robot/platformList",
    "listCustomizedRobots": "GET /live-manager/openApi/robot/customizedList",
    "listChangeVoices": "GET /live-manager/openApi/voice/changeVoiceList",
    "synthesizeAndChangeVoice": "POST /live-manager/openApi/speaker/syncSynthesisWavAndChangeVoice",
    "queryMaterialCategories": "GET /live-manager/openApi/materialCategory/query",
    "queryPublicMaterials": "GET /live-manager/openApi/material/query",
    "queryLiveRecords": "GET /live-manager/openApi/liveRecord/query",
    "getPullPath": "GET /live-manager/openApi/live/getPath",
    "createLiveSession": "POST /live-manager/openApi/live/createLiveSession",
}


def test_the_operations_are_those_of_the_document() -> None:
    assert {known.id: f"{known.method} {known.path}" for known in http.OPERATIONS} == PATHS


def test_an_operation_is_found_by_its_route_and_its_id() -> None:
    assert http.BY_ROUTE["GET", "/live-manager/openApi/live/getPath"] is http.GET_PULL_PATH
    assert http.BY_ID["createLive"] is http.CREATE_LIVE
    assert len(http.BY_ROUTE) == len(http.BY_ID) == 18


def test_every_field_of_every_operation_is_in_a_case() -> None:
    for operation in http.OPERATIONS:
        cases = [case for case in CASES if case.operation is operation]
        requests = [case.request.to_dict() for case in cases]
        answers = [msgspec.json.decode(case.body)["data"] for case in cases]
        left = unexercised(operation.request.type, requests) | unexercised(operation.response.type, answers)
        # What only 3.10 and 3.11 have of a scene, only 3.8 of a voice, is in their cases.
        scene = {path for path in left if path.endswith((".sceneList[].sceneType", ".sceneList[].coverUrl"))}
        assert left - scene == ({"[].id"} if operation is http.LIST_CUSTOMIZED_SPEAKERS else set()), operation.id
        assert not scene or operation.id in {"createLive", "updateLive", "queryLive", "queryLivePage"}


def test_every_type_has_the_name_of_the_document() -> None:
    assert {*TYPES, *DATA_TYPES} == {
        "TokenVO", "LiveInfoVO", "RobotVO", "SceneVO", "PageVO", "MaterialVo", "TtsModelVo", "ChangeVoiceVO",
        "TTSResultVO", "MaterialCategoryVO", "PublicMaterialVO", "LiveRecordVo", "PathVO", "PlayaddrVO", "RtmpVO",
        "RtspVO", "HttpFlvVO", "sessionVo",
    }  # fmt: skip


@every_case
def test_a_request_and_its_bytes(case: Case) -> None:
    sent = case.operation.encode_request(case.request)

    assert (sent.method, sent.path) == (case.operation.method, case.operation.path)
    assert (sent.query or sent.body.decode()) == case.sent
    decoded = case.operation.decode_request(sent.query, sent.body, strict=True)
    assert decoded.value == case.request
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {}
    assert schema_accepts(CATALOGUE.schema_of(f"{case.operation.id}.request")["schema"], case.request.to_dict())


@every_case
def test_an_answer_and_its_bytes(case: Case) -> None:
    assert case.operation.encode_response(case.data) == case.body
    decoded = case.operation.decode_response(200, case.body, strict=True)
    assert decoded.value == case.data
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {}
    assert decoded.encode() == case.body
    body = msgspec.json.decode(case.body)
    assert schema_accepts(CATALOGUE.schema_of(f"{case.operation.id}.response")["schema"], body)


def test_parameters_of_get_path_may_be_in_the_body_as_the_sample_has_them() -> None:
    """GJ-E45: by the operation, and by the codec of its entry."""
    sample = b'{"liveId":4001,"sessionId":"session-1","duration":180}'
    for read in (
        http.GET_PULL_PATH.decode_request(body=sample),
        http.GET_PULL_PATH.examine_request(body=sample)[0],
        RequestCodec(http.GET_PULL_PATH).decode(sample),
    ):
        assert read.value == http.GetPullPathRequest(live_id=4001, session_id="session-1", duration=180)
        assert [(found.clause, found.level) for found in read.findings] == [("GJ-E45", "warning")]
    with pytest.raises(ValidationError, match="GJ-E45"):
        http.GET_PULL_PATH.decode_request(body=sample, strict=True)
    # What is in the query counts, and other operations have no body.
    both = http.GET_PULL_PATH.decode_request("liveId=1&sessionId=s&duration=2", sample)
    assert (both.value.live_id, both.findings) == (1, ())
    with pytest.raises(ValidationError):
        http.QUERY_LIVE.decode_request(body=b'{"id":1}')


@every
def test_every_request_says_what_kind_of_caller_it_is_from(operation: Operation[Any, Any]) -> None:
    case = next(case for case in CASES if case.operation is operation)
    headers = operation.encode_request(case.request).headers
    assert headers["source"] == "sdk"
    assert headers.get("content-type", "") == ("" if operation.method == "GET" else "application/json; charset=utf-8")
    assert operation.auth == ("" if operation is http.GET_ACCESS_TOKEN else "token")


@every
def test_every_operation_fails_by_its_code_and_by_its_status(operation: Operation[Any, Any]) -> None:
    with pytest.raises(HttpError, match=r"^HTTP 200 100502: not any more$") as caught:
        operation.decode_response(200, b'{"code":100502,"msg":"not any more","success":false}')
    assert int(caught.value.code) == http.ErrorCode.TOKEN_INVALID
    with pytest.raises(HttpError, match=r"^HTTP 401"):
        operation.decode_response(401, b"")


@every
def test_every_answer_is_json(operation: Operation[Any, Any]) -> None:
    with pytest.raises(DecodeError) as caught:
        operation.decode_response(200, b'{"code":200,')
    assert (caught.value.vendor, caught.value.message) == ("guiji", f"{operation.id}.response")
    assert caught.value.offset == 12


@every
def test_every_success_but_one_has_data(operation: Operation[Any, Any]) -> None:
    for body in (b'{"code":200,"msg":"ok"}', b'{"code":200,"msg":"ok","data":null}'):
        if operation is http.LIST_CHANGE_VOICES:
            # Where conversion is not enabled there is none.
            assert operation.decode_response(200, body).value is None
            continue
        with pytest.raises(ValidationError, match=r"data: .*, expected the data of a success \[GJ-R021\]$"):
            operation.decode_response(200, body)


def test_the_data_of_each_operation_has_its_own_type() -> None:
    with pytest.raises(
        ValidationError, match=r"^guiji createLive.response: data: got text, .* of 64 bits \[GJ-R025\]$"
    ):
        http.CREATE_LIVE.decode_response(200, b'{"code":200,"data":"the first"}')
    with pytest.raises(ValidationError, match=r"updateLive.response: data: got an integer, expected true or false"):
        http.UPDATE_LIVE.encode_response(1)
    with pytest.raises(ValidationError, match=r"data\[0\]\.name: required field is missing, expected text"):
        http.QUERY_MATERIAL_CATEGORIES.decode_response(200, b'{"code":200,"data":[{"id":1,"code":"a"}]}')
    with pytest.raises(ValidationError, match=r"listPlatformRobots.response: data: got an object, expected a list"):
        http.LIST_PLATFORM_ROBOTS.decode_response(200, b'{"code":200,"data":{}}')


def test_a_request_of_another_operation_is_refused() -> None:
    request: Any = http.QueryLiveRequest(id=1)
    with pytest.raises(EncodeError, match="got QueryLiveRequest, expected CreateLiveSessionRequest"):
        http.CREATE_LIVE_SESSION.encode_request(request)
