"""The table of HTTP operations: every request and every reply beside its literal bytes, in both directions."""

from __future__ import annotations

from typing import Any, NamedTuple

import jsonschema
import msgspec
import pytest

from avatarwire.codecs import HttpError
from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http_enums import (
    AnchorResSpecType,
    AnchorType,
    DigitalHumanType,
    LayerType,
    MaterialFormat,
    OperateType,
    ResSpecType,
    ResType,
    SaveOperateType,
    ScaleType,
    SendTextType,
    SessionQueryStatus,
    UseScene,
    VoiceResSpecType,
    VoiceType,
)
from avatarwire.codecs.core.entry import Catalogue
from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation

from ..http_samples import schema_accepts

PROJECT = "731904618250473472"
SCENE = UseScene.REAL_TIME_INTERACTIVITY


class Case(NamedTuple):
    operation: Operation[Any, Any]
    request: Message
    sent: str
    """The query, or the body."""
    response: Message
    answered: str


CASES = (
    Case(
        http.LIST_AVATAR_PROJECT,
        http.ListAvatarProjectRequest(project_id_list=(PROJECT, "58")),
        f"projectIdList={PROJECT}%2C58",
        http.ListAvatarProjectResponse(
            request_id="R-1",
            query_avatar_project_result_list=(
                http.AvatarProjectSummary(status="DEPLOYED", project_name="前台", project_id=PROJECT, agent_id="ag-1"),
            ),
        ),
        '{"requestId":"R-1","queryAvatarProjectResultList":[{"status":"DEPLOYED","projectName":"前台",'
        f'"projectId":"{PROJECT}","agentId":"ag-1"}}]}}',
    ),
    Case(
        http.QUERY_AVATAR_PROJECT,
        http.QueryAvatarProjectRequest(project_id=PROJECT),
        f"projectId={PROJECT}",
        http.QueryAvatarProjectResponse(
            request_id="R-2",
            status="DEPLOYING",
            project_name="前台",
            scale_type="9:16",
            res_spec_type="STANDARD",
            frames=(
                http.ProjectFrame(
                    layers=(
                        http.Layer(
                            type="BACKGROUND",
                            material=http.Material(url="https://img.example/b.mp4", format="video/mp4"),
                        ),
                        http.Layer(
                            type="ANCHOR",
                            position_x=470,
                            position_y=700,
                            width=540,
                            height=960,
                            material=http.Material(id="520017"),
                        ),
                    ),
                    video_script=http.VideoScript(voice_template_id="101", speed_rate="1.0", volume=50),
                ),
            ),
        ),
        '{"requestId":"R-2","status":"DEPLOYING","projectName":"前台","scaleType":"9:16","resSpecType":"STANDARD",'
        '"frames":[{"layers":['
        '{"type":"BACKGROUND","material":{"url":"https://img.example/b.mp4","format":"video/mp4"}},'
        '{"type":"ANCHOR","positionX":470,"positionY":700,"width":540,"height":960,"material":{"id":"520017"}}],'
        '"videoScript":{"voiceTemplateId":"101","speedRate":"1.0","volume":50}}]}',
    ),
    Case(
        http.START_AVATAR_SESSION,
        http.StartAvatarSessionRequest(
            project_id=PROJECT,
            request_id="rq-1",
            custom_push_url="rtmp://127.0.0.1/live/x?a=1",
            channel_token='{"channelId":"c"}',
            custom_user_id="u-1",
        ),
        f'{{"projectId":"{PROJECT}","requestId":"rq-1","customPushUrl":"rtmp://127.0.0.1/live/x?a=1",'
        '"channelToken":"{\\"channelId\\":\\"c\\"}","customUserId":"u-1"}',
        http.StartAvatarSessionResponse(
            request_id="R-3",
            session_id="s-1",
            channel_token='{"channelId":"ch-20"}',
            web_socket_url="ws://127.0.0.1:7005/v1/interaction?token=t&sessionId=s-1",
            token="tk",
        ),
        '{"requestId":"R-3","sessionId":"s-1","channelToken":"{\\"channelId\\":\\"ch-20\\"}",'
        '"webSocketUrl":"ws://127.0.0.1:7005/v1/interaction?token=t&sessionId=s-1","token":"tk"}',
    ),
    Case(
        http.STOP_AVATAR_SESSION,
        http.StopAvatarSessionRequest(project_id=PROJECT, session_id="s-1"),
        f'{{"projectId":"{PROJECT}","sessionId":"s-1"}}',
        http.StopAvatarSessionResponse(request_id="R-4", status="Stopped"),
        '{"requestId":"R-4","status":"Stopped"}',
    ),
    Case(
        http.QUERY_AVATAR_RESOURCE,
        http.QueryAvatarResourceRequest(),
        "",
        http.QueryAvatarResourceResponse(
            query_resource_info_list=(
                http.QueryResourceInfo(resource_id="r-1", type="ADVANCED", valid_period_time="1788220800000"),
            )
        ),
        '{"queryResourceInfoList":[{"resourceId":"r-1","type":"ADVANCED","validPeriodTime":"1788220800000"}]}',
    ),
    Case(
        http.QUERY_AVATAR_RESOURCE,
        http.QueryAvatarResourceRequest(idempotent_id="id 1"),
        "idempotentId=id%201",
        http.QueryAvatarResourceResponse(query_resource_info_list=()),
        '{"queryResourceInfoList":[]}',
    ),
    Case(
        http.SAVE_AVATAR_PROJECT,
        http.SaveAvatarProjectRequest(
            operate_type=SaveOperateType.CREATE,
            project_name="演示",
            scale_type=ScaleType.PORTRAIT,
            res_spec_type=ResSpecType.STANDARD,
            agent_id="ag-1",
            frames=(
                http.SaveFrame(
                    layers=(
                        http.SaveLayer(
                            type=LayerType.BACKGROUND,
                            material=http.SaveMaterial(url="http://img.example/b.png", format=MaterialFormat.PNG),
                        ),
                        http.SaveLayer(
                            type=LayerType.ANCHOR,
                            position_x=0,
                            position_y=10,
                            width=1080,
                            height=1920,
                            material=http.SaveMaterial(id="520017"),
                        ),
                    ),
                    video_script=http.SaveVideoScript(voice_template_id="101", speed_rate="1.0", volume="50"),
                ),
            ),
        ),
        '{"operateType":"CREATE","projectName":"演示","scaleType":"9:16","resSpecType":"STANDARD","agentId":"ag-1",'
        '"frames":[{"layers":['
        '{"type":"BACKGROUND","material":{"url":"http://img.example/b.png","format":"image/png"}},'
        '{"type":"ANCHOR","positionX":0,"positionY":10,"width":1080,"height":1920,"material":{"id":"520017"}}],'
        '"videoScript":{"voiceTemplateId":"101","speedRate":"1.0","volume":"50"}}]}',
        http.SaveAvatarProjectResponse(status="DEPLOYING", project_id=PROJECT, project_name="演示", agent_id="ag-1"),
        f'{{"status":"DEPLOYING","projectId":"{PROJECT}","projectName":"演示","agentId":"ag-1"}}',
    ),
    Case(
        http.OPERATE_AVATAR_PROJECT,
        http.OperateAvatarProjectRequest(
            project_id=PROJECT, operate_type=OperateType.DEPLOY, res_channel_num=2, res_type=ResType.FREE
        ),
        f'{{"projectId":"{PROJECT}","operateType":"DEPLOY","resChannelNum":2,"resType":"FREE"}}',
        http.OperateAvatarProjectResponse(success=True),
        '{"success":true}',
    ),
    Case(
        http.OPERATE_AVATAR_PROJECT,
        http.OperateAvatarProjectRequest(
            project_id=PROJECT, operate_type=OperateType.DEPLOY, res_channel_number=2, res_type=ResType.FORMAL
        ),
        f'{{"projectId":"{PROJECT}","operateType":"DEPLOY","resChannelNumber":2,"resType":"FORMAL"}}',
        http.OperateAvatarProjectResponse(success=False, error_code="040002", error_message="no lines left"),
        '{"success":false,"errorCode":"040002","errorMessage":"no lines left"}',
    ),
    Case(
        http.QUERY_SESSION_INFO,
        http.QuerySessionInfoRequest(
            project_id=PROJECT,
            status_list=(SessionQueryStatus.STARTED, SessionQueryStatus.STOPPED),
            page_no=1,
            page_size=10,
        ),
        f"pageNo=1&pageSize=10&projectId={PROJECT}&statusList=STARTED%2CSTOPPED",
        http.QuerySessionInfoResponse(
            total=9007199254740993, query_resource_info_list=(http.SessionInfo(session_id="s-1", status="BUSY"),)
        ),
        '{"total":9007199254740993,"queryResourceInfoList":[{"sessionId":"s-1","status":"BUSY"}]}',
    ),
    Case(
        http.LIST_ANCHOR,
        http.ListAnchorRequest(
            cover_rate=ScaleType.PORTRAIT,
            anchor_type=AnchorType.PUBLIC_MODEL,
            digital_human_type=DigitalHumanType.STATIC_TRANSPARENCY,
            use_scene=SCENE,
            res_spec_type=AnchorResSpecType.BASIC_MODEL,
            page_size=10,
            page_number=1,
        ),
        "anchorType=PUBLIC_MODEL&coverRate=9%3A16&digitalHumanType=staticTransparency&pageNumber=1&pageSize=10"
        "&resSpecType=BASIC_MODEL&useScene=realTimeInteractivity",
        http.ListAnchorResponse(
            total=1,
            success=True,
            items=(
                http.AnchorResponse(
                    ancho_id="520017",
                    sdk_anchor_id="520017",
                    cover_width=540,
                    cover_height=960,
                    status="Usable",
                    gender="F",
                    support_bg_change=1,
                ),
            ),
        ),
        '{"total":1,"success":true,"list":[{"anchoId":"520017","anchorId":"520017","coverWeight":540,"coverHeight":960,'
        '"status":"Usable","gender":"F","supportBgChange":1}]}',
    ),
    Case(
        http.LIST_VOICE_MODELS,
        http.ListVoiceModelsRequest(
            voice_type=VoiceType.PRIVATE_VOICE,
            use_scene=SCENE,
            res_spec_type=VoiceResSpecType.ADVANCED_VOICE,
            voice_language="zh",
        ),
        "resSpecType=ADVANCED_VOICE&useScene=realTimeInteractivity&voiceLanguage=zh&voiceType=PRIVATE_VOICE",
        http.ListVoiceModelsResponse(
            code="200",
            items=(http.VoiceModelResponse(voice_id=9007199254740993, voice_gender="F", tts_version=2),),
        ),
        '{"code":"200","list":[{"voiceId":9007199254740993,"voiceGender":"F","ttsVersion":2}]}',
    ),
    Case(
        http.CHECK_SESSION,
        http.CheckSessionRequest(project_id=PROJECT, session_id="s-1"),
        f'{{"projectId":"{PROJECT}","sessionId":"s-1"}}',
        http.CheckSessionResponse(status="FREE"),
        '{"status":"FREE"}',
    ),
    Case(
        http.SEND_TEXT_MSG,
        http.SendTextMsgRequest(
            project_id=PROJECT, session_id="s-1", request_id="rq-2", text='你好 "x" \\ / é', type=SendTextType.ASK
        ),
        f'{{"projectId":"{PROJECT}","sessionId":"s-1","requestId":"rq-2","text":"你好 \\"x\\" \\\\ / é","type":1}}',
        http.SendTextMsgResponse(status="SUCCESS"),
        '{"status":"SUCCESS"}',
    ),
)

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)


@each
def test_a_request_is_written_where_the_operation_carries_it(case: Case) -> None:
    written = case.operation.encode_request(case.request)

    in_body = case.operation.parameters_in == "body"
    assert (written.query, written.body.decode()) == (("", case.sent) if in_body else (case.sent, ""))
    assert (written.method, written.path) == (case.operation.method, case.operation.path)
    assert ("content-type" in written.headers) is in_body
    assert written.headers.items() >= {
        "x-acs-action": case.operation.id,
        "x-acs-version": "2024-03-13",
        "accept": "application/json",
    }.items()  # fmt: skip


@each
def test_a_request_is_read_back(case: Case) -> None:
    in_body = case.operation.parameters_in == "body"
    query, body = ("", case.sent.encode()) if in_body else (case.sent, b"")

    decoded = case.operation.decode_request(query, body, strict=True)

    assert decoded.value == case.request
    assert decoded.unknown_fields() == {}


@each
def test_a_reply_is_written_and_read_back(case: Case) -> None:
    answered = case.answered.encode()
    assert case.operation.encode_response(case.response) == answered

    decoded = case.operation.decode_response(200, answered, strict=True)

    assert decoded.value == case.response
    assert decoded.deviations == ()
    assert decoded.encode() == answered


@each
def test_the_schema_agrees(case: Case) -> None:
    for kind, message in (("request", case.request), ("response", case.response)):
        schema = CATALOGUE.schema_of(f"{case.operation.id}.{kind}")["schema"]
        assert schema_accepts(schema, msgspec.json.decode(msgspec.json.encode(message)))


CATALOGUE = Catalogue.of("aliyun", operations=http.OPERATIONS)


def test_the_routes_are_those_of_the_published_client() -> None:
    assert [(operation.id, operation.method, operation.path) for operation in http.OPERATIONS] == [
        ("ListAvatarProject", "GET", "/yic/yic-console/openService/v1/avatar/project/listAvatarProject"),
        ("QueryAvatarProject", "GET", "/yic/yic-console/openService/v1/avatar/project/queryAvatarProject"),
        ("StartAvatarSession", "POST", "/yic/yic-console/openService/v1/avatar/project/startAvatarSession"),
        ("StopAvatarSession", "POST", "/yic/yic-console/openService/v1/avatar/project/stopAvatarSession"),
        ("QueryAvatarResource", "GET", "/yic/yic-console/openService/v1/avatar/project/queryResource"),
        ("SaveAvatarProject", "POST", "/yic/yic-console/openService/v1/avatar/project/saveAvatarProject"),
        ("OperateAvatarProject", "POST", "/yic/yic-console/openService/v1/avatar/project/operateProjectAvatar"),
        ("QuerySessionInfo", "GET", "/yic/yic-console/openService/v1/avatar/project/querySessionInfo"),
        ("ListAnchor", "GET", "/yic/yic-console/openService/v1/digitalHuman/anchorOpen/listAnchor"),
        ("ListVoiceModels", "GET", "/yic/yic-console/openService/v1/digitalHuman/voiceOpen/listVoiceModels"),
        ("CheckSession", "POST", "/yic/yic-console/openService/v1/avatar/project/checkSession"),
        ("SendTextMsg", "POST", "/yic/yic-console/openService/v1/avatar/project/sendTextMsg"),
    ]


def test_a_route_leads_to_its_operation() -> None:
    path = "/yic/yic-console/openService/v1/avatar/project/operateProjectAvatar"
    assert http.BY_ROUTE["POST", path] is http.OPERATE_AVATAR_PROJECT
    assert ("GET", path) not in http.BY_ROUTE
    assert len(http.BY_ROUTE) == 12


def test_every_operation_says_where_it_is_described_and_how_it_is_signed() -> None:
    for operation in http.OPERATIONS:
        assert operation.section
        assert operation.clauses
        assert (operation.vendor, operation.auth) == ("aliyun", "ACS3-HMAC-SHA256")
        assert operation.request.message == f"{operation.id}.request"
        assert operation.response.message == f"{operation.id}.response"


def test_every_operation_has_a_case() -> None:
    assert {case.operation.id for case in CASES} == {operation.id for operation in http.OPERATIONS}


def test_a_space_may_come_as_a_plus_sign() -> None:
    decoded = http.QUERY_AVATAR_RESOURCE.decode_request("idempotentId=id+1")
    assert decoded.value.idempotent_id == "id 1"


def test_a_query_that_is_not_utf_8_is_refused() -> None:
    with pytest.raises(DecodeError, match="unreadable query"):
        http.QUERY_AVATAR_PROJECT.decode_request("projectId=%ff")


def test_a_missing_parameter_names_operation_field_and_clause() -> None:
    with pytest.raises(ValidationError) as caught:
        http.QUERY_AVATAR_PROJECT.decode_request("")
    assert str(caught.value) == (
        "aliyun QueryAvatarProject.request: projectId: required field is missing, "
        "expected text that is not empty [ALI-R011]"
    )

    with pytest.raises(ValidationError) as caught:
        http.STOP_AVATAR_SESSION.decode_request(body=b'{"projectId":"p","sessionId":""}')
    assert (caught.value.path, caught.value.clause) == ("sessionId", "ALI-R028")


def test_an_id_is_text_never_a_number() -> None:
    # A number of that size loses its last digits in half of the world's JSON readers (ALI-R007).
    with pytest.raises(ValidationError, match=r"projectId: got an integer.*\[ALI-R068\]"):
        http.CHECK_SESSION.decode_request(body=b'{"projectId":731904618250473472,"sessionId":"s-1"}')


def test_unknown_fields_survive_and_are_listed() -> None:
    body = b'{"projectId":"p", "sessionId":"s-1", "later":{"a":[1]}}'
    decoded = http.STOP_AVATAR_SESSION.decode_request(body=body, strict=True)
    assert decoded.encode() == body
    assert decoded.unknown_fields() == {"later": {"a": [1]}}

    answer = b'{"list":[{"anchoId":"1","age":30}],"total":1}'
    reply = http.LIST_ANCHOR.decode_response(200, answer, strict=True)
    assert reply.encode() == answer
    assert reply.unknown_fields() == {"list[0].age": 30}


def test_a_failed_call_is_an_error_with_the_service_s_words() -> None:
    with pytest.raises(HttpError, match=r"HTTP 404 InvalidProject\.NotFound: no such project \(request id R-9\)"):
        http.QUERY_AVATAR_PROJECT.decode_response(
            404, b'{"Code":"InvalidProject.NotFound","Message":"no such project","RequestId":"R-9"}'
        )


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"status":1}'])
def test_a_reply_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(DecodeError, match=r"aliyun StopAvatarSession\.response"):
        http.STOP_AVATAR_SESSION.decode_response(200, body)


def test_the_schema_of_all_operations_is_valid_and_complete() -> None:
    document = CATALOGUE.schema()
    assert len(document["entries"]) == 24
    for described in document["entries"].values():
        jsonschema.Draft202012Validator.check_schema(described["schema"])
    # It travels as JSON itself.
    assert msgspec.json.decode(msgspec.json.encode(document)) == document
