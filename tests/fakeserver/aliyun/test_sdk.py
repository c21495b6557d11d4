"""Alibaba's published Python SDK drives the fake: all twelve operations and what they answer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import pytest
from alibabacloud_intelligentcreation20240313 import models
from darabonba.runtime import RuntimeOptions
from Tea.exceptions import TeaException
from websockets.sync.client import connect

from avatarwire.fakeserver.aliyun import ProjectFixture
from avatarwire.fakeserver.clock import RealClock, VirtualClock
from tests.fakeserver.aliyun.running import Line, Serve, Started
from tests.fakeserver.aliyun.sdk_world import PROJECT, SCENARIO, UUID, World, code, sdk, start
from tests.fakeserver.conftest import Tls

pytestmark = pytest.mark.usefixtures("no_proxy", "sdk_connections")


def scenes(**layer: Any) -> list[Any]:
    """One scene: figure 77 before a background, with voice 12."""
    figure: dict[str, Any] = {
        "type": "ANCHOR",
        "position_x": 0,
        "position_y": 480,
        "width": 1080,
        "height": 1440,
        **layer,
    }
    return [
        models.SaveAvatarProjectRequestFrames(
            layers=[
                models.SaveAvatarProjectRequestFramesLayers(
                    material=models.SaveAvatarProjectRequestFramesLayersMaterial(id="78"), **figure
                ),
                models.SaveAvatarProjectRequestFramesLayers(
                    type="BACKGROUND",
                    material=models.SaveAvatarProjectRequestFramesLayersMaterial(
                        url="http://img.example/lobby.png", format="image/png"
                    ),
                ),
            ],
            video_script=models.SaveAvatarProjectRequestFramesVideoScript(
                voice_template_id="12", speed_rate="1.0", volume="50"
            ),
        )
    ]


@dataclass(frozen=True)
class Call:
    """One call and what its typed answer holds besides `requestId`.

    Attributes:
        name: method of the SDK's client.
        request: made for a session.
        expected: fields of the answer.
    """

    name: str
    request: Callable[[World], Any]
    expected: Callable[[World], dict[str, Any]]

    def __str__(self) -> str:
        return self.name


CALLS: Final = (
    Call(
        "list_avatar_project",
        lambda _: models.ListAvatarProjectRequest(project_id_list=["610000000000000002", PROJECT, "unknown"]),
        lambda _: {
            "queryAvatarProjectResultList": [
                {
                    "agentId": "",
                    "errorMsg": "",
                    "projectId": "610000000000000002",
                    "projectName": "draft",
                    "status": "DRAFT",
                },
                {
                    "agentId": "agent-7",
                    "errorMsg": "",
                    "projectId": PROJECT,
                    "projectName": "lobby 大厅",
                    "status": "DEPLOYED",
                },
            ]
        },
    ),
    Call(
        "query_avatar_project",
        lambda _: models.QueryAvatarProjectRequest(project_id=PROJECT),
        lambda _: {
            "agentId": "agent-7",
            "errorMsg": "",
            "frames": [],
            "projectName": "lobby 大厅",
            "resSpecType": "STANDARD",
            "scaleType": "9:16",
            "status": "DEPLOYED",
        },
    ),
    Call(
        "save_avatar_project",
        lambda _: models.SaveAvatarProjectRequest(
            operate_type="EDIT", project_id=PROJECT, project_name="hall 演示", agent_id="agent-8", frames=scenes()
        ),
        lambda _: {
            "agentId": "agent-8",
            "errorMsg": "",
            "projectId": PROJECT,
            "projectName": "hall 演示",
            "status": "DEPLOYING",
        },
    ),
    Call(
        "operate_avatar_project",
        lambda _: models.OperateAvatarProjectRequest(
            project_id=PROJECT, operate_type="DEPLOY", res_channel_number=3, res_type="FREE"
        ),
        lambda _: {"success": True},
    ),
    Call(
        "stop_avatar_session",
        lambda world: models.StopAvatarSessionRequest(project_id=PROJECT, session_id=world.session_id),
        lambda _: {"status": "Stopped"},
    ),
    Call(
        "check_session",
        lambda world: models.CheckSessionRequest(project_id=PROJECT, session_id=world.session_id),
        lambda _: {"status": "FREE"},
    ),
    Call(
        "send_text_msg",
        lambda world: models.SendTextMsgRequest(
            project_id=PROJECT, session_id=world.session_id, request_id="rq-2", text='你好 "x" \\ / é', type=1
        ),
        lambda _: {"status": "SUCCESS"},
    ),
    Call(
        "query_session_info",
        lambda _: models.QuerySessionInfoRequest(
            project_id=PROJECT, status_list=["STARTED", "STOPPED"], page_no=1, page_size=10
        ),
        lambda world: {"total": 1, "queryResourceInfoList": [{"sessionId": world.session_id, "status": "FREE"}]},
    ),
    Call(
        "query_avatar_resource",
        lambda _: models.QueryAvatarResourceRequest(idempotent_id="id-1"),
        lambda world: {
            "queryResourceInfoList": [
                {
                    "resourceId": "res-9",
                    "type": "STANDARD",
                    "validPeriodTime": str(round((world.clock.now() + 3600) * 1000)),
                }
            ]
        },
    ),
    Call(
        "list_anchor",
        lambda _: models.ListAnchorRequest(
            use_scene="realTimeInteractivity",
            res_spec_type="BASIC_MODEL",
            anchor_type="PUBLIC_MODEL",
            cover_rate="9:16",
            digital_human_type="staticTransparency",
            page_number=1,
            page_size=1,
        ),
        lambda _: {
            "code": "200",
            "errorCode": "",
            "errorMessage": "",
            "success": True,
            "total": 2,
            "list": [
                {
                    # The document says `anchoId`, which the SDK does not read (ALI-E58).
                    "anchorId": "77",
                    "anchorMaterialName": "Mei",
                    "anchorType": "PUBLIC_MODEL",
                    "anchorCategory": "host",
                    "coverUrl": "http://127.0.0.1/figures/77.png",
                    "coverThumbnailUrl": "http://127.0.0.1/figures/77-small.png",
                    "coverWeight": 1080,
                    "coverHeight": 1920,
                    "coverRate": "9:16",
                    "status": "Usable",
                    "digitalHumanType": "staticTransparency",
                    "useScene": "realTimeInteractivity",
                    "resourceTypeDesc": "basic figure",
                    "gender": "F",
                    "supportBgChange": 1,
                }
            ],
        },
    ),
    Call(
        "list_voice_models",
        lambda _: models.ListVoiceModelsRequest(
            use_scene="realTimeInteractivity",
            res_spec_type="BASIC_VOICE",
            voice_type="PUBLIC_VOICE",
            page_number=1,
            page_size=1,
        ),
        lambda _: {
            "code": "200",
            "errorCode": "",
            "errorMessage": "",
            "success": True,
            "total": 2,
            "list": [
                {
                    "voiceId": 9007199254740993,
                    "voiceName": "warm",
                    "voiceModel": "voice-9007199254740993",
                    "voiceGender": "F",
                    "voiceUrl": "http://127.0.0.1/voices/9007199254740993.wav",
                    "voiceLanguage": "zh",
                    "voiceDesc": "warm, zh",
                    "voiceType": "PUBLIC_VOICE",
                    "useScene": "realTimeInteractivity",
                    "resourceTypeDesc": "basic voice",
                    "ttsVersion": 2,
                }
            ],
        },
    ),
)
"""All but StartAvatarSession, whose answer has tests of its own."""


def call(world: World, name: str, request: Any, *, asynchronous: bool) -> Any:
    """Calls an operation by either client; the answer."""
    if asynchronous:
        return asyncio.run(getattr(world.client, f"{name}_async")(request))
    return getattr(world.client, name)(request)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("case", CALLS, ids=str)
def test_every_field_of_an_answer_arrives_typed(world: World, case: Call, asynchronous: bool) -> None:
    world.session_id = start(world.client).session_id
    answer = call(world, case.name, case.request(world), asynchronous=asynchronous)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert "content-encoding" not in answer.headers  # Node does not read compressed answers
    fields = answer.body.to_map()
    assert UUID.fullmatch(fields.pop("requestId"))
    assert answer.headers["x-acs-request-id"] == answer.body.request_id
    assert fields == case.expected(world)
    assert world.fake.journal.violations() == []


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_a_started_session_hands_out_a_channel_token_and_a_socket_that_opens(world: World, asynchronous: bool) -> None:
    request = models.StartAvatarSessionRequest(
        project_id=PROJECT, request_id="rq-1", custom_push_url="rtmp://127.0.0.1/live/x?a=1", custom_user_id="u 1"
    )
    body = call(world, "start_avatar_session", request, asynchronous=asynchronous).body
    assert isinstance(body.channel_token, str)
    token = json.loads(body.channel_token)
    assert {name: type(value).__name__ for name, value in token.items()} == {
        "channelId": "str",
        "token": "str",
        "expireTime": "int",
        "nonce": "str",
        "userId": "str",
        "appId": "str",
    }
    assert (token["userId"], token["expireTime"]) == ("u 1", 600)
    assert urlsplit(str(body.web_socket_url)).query.endswith(f"&sessionId={body.session_id}")
    with connect(body.web_socket_url, proxy=None) as socket:
        Line(socket, Started(body.session_id, body.web_socket_url)).prepare()
        stop = models.StopAvatarSessionRequest(project_id=PROJECT, session_id=body.session_id)
        assert call(world, "stop_avatar_session", stop, asynchronous=asynchronous).body.status == "Stopped"
    assert world.fake.journal.violations() == []


def test_all_twelve_operations_are_called_here() -> None:
    from avatarwire.codecs.aliyun.http import OPERATIONS

    called = {"".join(word.title() for word in case.name.split("_")) for case in CALLS} | {"StartAvatarSession"}
    assert called == {operation.id for operation in OPERATIONS}
    assert len(called) == 12


def test_a_project_is_created_deployed_and_talked_to(world: World) -> None:
    client, clock = world.client, world.clock
    saved = client.save_avatar_project(
        models.SaveAvatarProjectRequest(
            operate_type="CREATE",
            project_name="reception 前台",
            scale_type="9:16",
            res_spec_type="STANDARD",
            agent_id="agent-9",
            frames=scenes(position_x=0),
        )
    ).body
    assert (saved.status, saved.project_name, saved.error_code) == ("DEPLOYING", "reception 前台", None)
    asked = models.QueryAvatarProjectRequest(project_id=saved.project_id)
    assert client.query_avatar_project(asked).body.status == "DEPLOYING"
    clock.advance(0.1)
    project = client.query_avatar_project(asked).body
    assert project.status == "DEPLOYED"
    [scene] = project.frames
    figure, background = scene.layers
    assert (figure.type, figure.position_x, figure.position_y, figure.width, figure.height, figure.material.id) == (
        ("ANCHOR", 0, 480, 1080, 1440, "78")
    )
    assert (background.material.url, background.material.format) == ("http://img.example/lobby.png", "image/png")
    # Saved as text, told as a number (ALI-E117).
    script = scene.video_script
    assert (script.voice_template_id, script.speed_rate, script.volume) == ("12", "1.0", 50)

    started = client.start_avatar_session(
        models.StartAvatarSessionRequest(project_id=saved.project_id, request_id="rq-1")
    ).body
    session = {"project_id": saved.project_id, "session_id": started.session_id}
    assert client.check_session(models.CheckSessionRequest(**session)).body.status == "FREE"
    with connect(started.web_socket_url, proxy=None) as socket:
        line = Line(socket, Started(started.session_id, started.web_socket_url))
        line.prepare()
        assert client.check_session(models.CheckSessionRequest(**session)).body.status == "BUSY"
        sent = client.send_text_msg(models.SendTextMsgRequest(request_id="rq-2", text="hi", type=1, **session)).body
        assert sent.status == "SUCCESS"
        assert client.stop_avatar_session(models.StopAvatarSessionRequest(**session)).body.status == "Stopped"
        assert line.closed() == (1000, "stopped over HTTP")
    listed = client.query_session_info(
        models.QuerySessionInfoRequest(project_id=saved.project_id, status_list=["STOPPED"], page_no=1, page_size=5)
    ).body
    assert [(item.session_id, item.status) for item in listed.query_resource_info_list] == [
        (started.session_id, "STOPPED")
    ]
    assert client.operate_avatar_project(
        models.OperateAvatarProjectRequest(project_id=saved.project_id, operate_type="OFFLINE")
    ).body.success
    assert client.query_avatar_project(asked).body.status == "OFFLINE"
    assert world.fake.journal.violations() == []


def test_a_start_that_is_repeated_gives_the_same_session(world: World) -> None:
    first, again, other = start(world.client), start(world.client), start(world.client, "rq-2")
    assert first.session_id == again.session_id != other.session_id
    assert first.request_id != again.request_id
    with connect(again.web_socket_url, proxy=None):
        pass
    world.client.stop_avatar_session(models.StopAvatarSessionRequest(project_id=PROJECT, session_id=first.session_id))
    assert start(world.client).session_id != first.session_id


def test_pages_of_a_list_follow_each_other(world: World) -> None:
    ids = [start(world.client, f"rq-{number}").session_id for number in range(5)]

    def page(number: int) -> tuple[int, list[str]]:
        body = world.client.query_session_info(
            models.QuerySessionInfoRequest(
                project_id=PROJECT, status_list=["STARTED", "STOPPED"], page_no=number, page_size=2
            )
        ).body
        return body.total, [item.session_id for item in body.query_resource_info_list]

    assert [page(number) for number in (1, 2, 3, 4)] == [(5, ids[:2]), (5, ids[2:4]), (5, ids[4:]), (5, [])]


def test_more_projects_than_fit_a_usual_request_line_are_listed(serve: Serve) -> None:
    ids = [f"{6_200_000_000_000_000_00 + number}" for number in range(600)]
    fake = serve(**{**SCENARIO, "projects": tuple(ProjectFixture(id=project) for project in ids)})
    body = sdk(fake).list_avatar_project(models.ListAvatarProjectRequest(project_id_list=ids)).body
    assert [project.project_id for project in body.query_avatar_project_result_list] == ids


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_the_sdk_calls_over_https(serve: Serve, tls: Tls, asynchronous: bool) -> None:
    fake = serve(ssl_context=tls.server, **SCENARIO)
    request = models.QueryAvatarProjectRequest(project_id=PROJECT)
    trusting = RuntimeOptions(ca=str(tls.ca_file))
    if asynchronous:
        answer = asyncio.run(sdk(fake).query_avatar_project_with_options_async(request, {}, trusting))
    else:
        answer = sdk(fake).query_avatar_project_with_options(request, {}, trusting)
    assert answer.body.status == "DEPLOYED"


AWKWARD: Final = (
    "with space",
    "plus+and%percent",
    "reserved!*'();:@&=$/?#[]",
    "大厅 é ~tilde-._",
    '"quoted\\"',
    "trailing ",
)


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("project_id", AWKWARD)
def test_awkward_characters_survive_query_and_signature(serve: Serve, project_id: str, asynchronous: bool) -> None:
    fake = serve(**{**SCENARIO, "projects": (ProjectFixture(id=project_id, name=f"<{project_id}>"),)})
    world = World(fake, VirtualClock(), sdk(fake))
    request = models.QueryAvatarProjectRequest(project_id=project_id)
    body = call(world, "query_avatar_project", request, asynchronous=asynchronous).body
    assert body.project_name == f"<{project_id}>"


@pytest.mark.parametrize("text", [*AWKWARD, "two\nlines\t", "😀" * 10])
def test_awkward_characters_survive_a_body(world: World, text: str) -> None:
    session_id = start(world.client).session_id
    world.client.send_text_msg(
        models.SendTextMsgRequest(project_id=PROJECT, session_id=session_id, request_id="rq-2", text=text, type=2)
    )
    [received] = world.fake.journal.entries("SendTextMsg.request")
    assert json.loads(received.raw or b"")["text"] == text


def test_a_client_that_sends_all_required_fields_breaks_no_rule_in_strict_mode(serve: Serve) -> None:
    clock = VirtualClock(RealClock().now())
    world = World(serve(clock=clock, strict=True, **SCENARIO), clock, None)
    world.client = sdk(world.fake)
    world.session_id = start(world.client).session_id
    for case in sorted(CALLS, key=lambda case: case.name == "stop_avatar_session"):
        assert call(world, case.name, case.request(world), asynchronous=False).status_code == 200, case.name
        clock.advance(1)
    assert world.fake.journal.violations() == []


def test_strict_mode_tells_the_sdk_which_rule_it_broke(serve: Serve) -> None:
    fake = serve(strict=True, **SCENARIO)
    with pytest.raises(TeaException) as refused:
        sdk(fake).start_avatar_session(models.StartAvatarSessionRequest(project_id=PROJECT))
    assert code(refused.value) == "MissingRequestId"
    assert [finding.level for finding in fake.journal.violations()] == ["error"]
