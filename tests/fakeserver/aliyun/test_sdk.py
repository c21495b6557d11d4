"""Alibaba's published SDK, unmodified, drives all twelve operations of a running fake; so do requests as Node sends.

Source: the vendor's API documents, "API 1" to "API 10"; names and types are those of the SDK.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config
from darabonba.core import DaraCore
from Tea.exceptions import TeaException
from websockets.sync.client import connect

from avatarwire.fakeserver.aliyun import (
    AccountFixture,
    AnchorFixture,
    FakeAliyun,
    ProjectFixture,
    ResourceFixture,
    VoiceFixture,
)
from avatarwire.fakeserver.clock import RealClock, VirtualClock
from tests.fakeserver.aliyun.middleman import Change, Middleman
from tests.fakeserver.aliyun.running import BASE, Line, Serve, Started
from tests.fakeserver.wire import Response, Wire

pytestmark = pytest.mark.usefixtures("no_proxy")

KEY_ID: Final = "LTAI-test-key"
SECRET: Final = "test-secret-0123"
PROJECT: Final = "610000000000000001"
UUID: Final = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")

SCENARIO: Final[Mapping[str, Any]] = {
    "accounts": (AccountFixture(access_key_id=KEY_ID, access_key_secret=SECRET, main_id="1900000000000001"),),
    "projects": (
        ProjectFixture(id=PROJECT, name="lobby 大厅", agent_id="agent-7"),
        ProjectFixture(id="610000000000000002", name="draft", status="DRAFT", agent_id=""),
    ),
    "anchors": (
        AnchorFixture(id="77", name="Mei", gender="F", category="host"),
        AnchorFixture(id="78", name="Ken", gender="M"),
        AnchorFixture(id="79", name="Mei HD", gender="F", tier="ADVANCED_MODEL"),
    ),
    "voices": (
        VoiceFixture(id=9007199254740993, name="warm", gender="F"),
        VoiceFixture(id=12, name="deep", gender="M", language="en", tts_version=1),
    ),
    "resources": (ResourceFixture(id="res-9", channels=3, valid_seconds=3600.0),),
}


@dataclass
class World:
    """A fake that is called by the SDK.

    Attributes:
        clock: of the fake; it starts at the present, as the SDK dates its requests.
        session_id: a session that is started.
    """

    fake: FakeAliyun
    clock: VirtualClock
    client: Any
    session_id: str = ""
    answers: list[Any] = field(default_factory=list[Any])


def sdk(fake: FakeAliyun, *, key_id: str = KEY_ID, secret: str = SECRET, endpoint: str = "") -> Any:
    """The SDK's client, as anybody configures it; its calls are not typed."""
    return Client(
        Config(
            access_key_id=key_id,
            access_key_secret=secret,
            endpoint=endpoint or f"{fake.host}:{fake.port}",
            protocol="http",
        )
    )


@pytest.fixture(autouse=True)
def _no_connections_kept() -> Iterator[None]:
    """The SDK keeps connections for the whole process."""
    yield
    DaraCore.http_adapter.close()


@pytest.fixture
def world(serve: Serve) -> World:
    clock = VirtualClock(RealClock().now())
    fake = serve(clock=clock, **SCENARIO)
    return World(fake, clock, sdk(fake))


def start(client: Any, request_id: str = "rq-1") -> Any:
    return client.start_avatar_session(models.StartAvatarSessionRequest(project_id=PROJECT, request_id=request_id)).body


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


# --- every operation, by the synchronous and the asynchronous client ---


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
    assert world.fake.journal.violations() == []


def test_all_twelve_operations_are_called_here() -> None:
    from avatarwire.codecs.aliyun.http import OPERATIONS

    called = {"".join(word.title() for word in case.name.split("_")) for case in CALLS} | {"StartAvatarSession"}
    assert called == {operation.id for operation in OPERATIONS}
    assert len(called) == 12


# --- from a new project to the end of a session ---


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


def code(error: TeaException) -> str:
    """The code of the SDK's exception, which has no type."""
    untyped: Any = error
    return str(untyped.code)


# --- strict mode ---


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


# --- errors ---


def refusal(action: Callable[[], object]) -> tuple[int, str]:
    """Status and code of a call that is refused, as the SDK's exception tells them."""
    with pytest.raises(TeaException) as caught:
        action()
    error: Any = caught.value
    assert UUID.fullmatch(error.request_id)
    assert error.data["RequestId"] == error.request_id
    return error.data["statusCode"], error.code


def query(client: Any, project_id: Any = PROJECT) -> Any:
    return client.query_avatar_project(models.QueryAvatarProjectRequest(project_id=project_id)).body


REFUSED: Final[Mapping[str, tuple[Callable[[World], object], int, str]]] = {
    "wrong secret": (
        lambda world: query(sdk(world.fake, secret="test-secret-0124")),
        400,
        "SignatureDoesNotMatch",
    ),
    "unknown key": (lambda world: query(sdk(world.fake, key_id="LTAI-other")), 404, "InvalidAccessKeyId.NotFound"),
    "missing project in a query": (lambda world: query(world.client, None), 400, "MissingProjectId"),
    "empty project in a query": (lambda world: query(world.client, ""), 400, "MissingProjectId"),
    "unknown project in a query": (lambda world: query(world.client, "1"), 404, "InvalidProject.NotFound"),
    "missing project in a body": (
        lambda world: world.client.start_avatar_session(models.StartAvatarSessionRequest()),
        400,
        "MissingProjectId",
    ),
    "unknown project in a body": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id="1", session_id="s")),
        404,
        "InvalidProject.NotFound",
    ),
    "missing session": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id=PROJECT)),
        400,
        "MissingSessionId",
    ),
    "unknown session": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id=PROJECT, session_id="s")),
        404,
        "InvalidSession.NotFound",
    ),
    "text for a stopped session": (
        lambda world: world.client.send_text_msg(
            models.SendTextMsgRequest(
                project_id=PROJECT, session_id=world.session_id, request_id="rq-2", text="hi", type=1
            )
        ),
        400,
        "IncorrectSessionStatus",
    ),
    "a value that is not documented": (
        lambda world: world.client.operate_avatar_project(
            models.OperateAvatarProjectRequest(project_id=PROJECT, operate_type="EXPLODE")
        ),
        400,
        "InvalidParameter.OperateType",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_call_raises_the_sdks_own_exception(world: World, name: str) -> None:
    action, *expected = REFUSED[name]
    world.session_id = start(world.client).session_id
    world.client.stop_avatar_session(models.StopAvatarSessionRequest(project_id=PROJECT, session_id=world.session_id))
    assert refusal(lambda: action(world)) == tuple(expected)


async def test_the_asynchronous_client_gets_errors_too(world: World) -> None:
    with pytest.raises(TeaException) as refused:
        await world.client.query_avatar_project_async(models.QueryAvatarProjectRequest(project_id="1"))
    assert code(refused.value) == "InvalidProject.NotFound"


def test_stopping_an_unknown_session_fails_without_an_exception(world: World) -> None:
    request = models.StopAvatarSessionRequest(project_id=PROJECT, session_id="s")
    assert world.client.stop_avatar_session(request).body.status == "StoppedFail"


def test_too_many_lines_are_refused_in_an_answer_that_succeeds(world: World) -> None:
    request = models.OperateAvatarProjectRequest(
        project_id=PROJECT, operate_type="DEPLOY", res_channel_number=4, res_type="FREE"
    )
    assert world.client.operate_avatar_project(request).body.success is False


@pytest.mark.parametrize("offset", [-901.0, 901.0])
def test_a_clock_that_is_more_than_a_quarter_of_an_hour_off_is_refused(serve: Serve, offset: float) -> None:
    fake = serve(clock=VirtualClock(RealClock().now() + offset), **SCENARIO)
    assert refusal(lambda: query(sdk(fake))) == (400, "InvalidTimeStamp.Expired")


def test_a_clock_that_is_a_little_off_is_accepted(world: World) -> None:
    world.clock.advance(850)
    assert query(world.client).status == "DEPLOYED"


# --- tampering ---


def replaced(old: bytes, new: bytes) -> Change:
    def change(request: bytes) -> bytes:
        assert old in request, request
        return request.replace(old, new, 1)

    return change


def without(header: bytes) -> Change:
    """Takes a header line out, and its name from the list of signed headers."""

    def change(request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(header + b":")]
        return b"\r\n".join(lines).replace(header + b";", b"") + b"\r\n\r\n" + body

    return change


TAMPERED: Final[Mapping[str, tuple[Change, str]]] = {
    "the body": (replaced(b'"text":"hello"', b'"text":"jello"'), "SignatureDoesNotMatch"),
    "the path": (replaced(b"/sendTextMsg", b"/checkSession"), "SignatureDoesNotMatch"),
    "a query that was not there": (replaced(b"/sendTextMsg ", b"/sendTextMsg?a=1 "), "SignatureDoesNotMatch"),
    "the verb": (replaced(b"POST ", b"GET "), "UnsupportedHTTPMethod"),
    "the action": (replaced(b"x-acs-action: SendTextMsg", b"x-acs-action: CheckSession"), "SignatureDoesNotMatch"),
    "the version": (replaced(b"x-acs-version: 2024", b"x-acs-version: 2023"), "SignatureDoesNotMatch"),
    "the host": (replaced(b"host: 127.0.0.1", b"host: 127.0.0.2"), "SignatureDoesNotMatch"),
    "a header of the client's choice": (replaced(b"AlibabaCloud (", b"AlibabaCl0ud ("), "SignatureDoesNotMatch"),
    "the signature": (replaced(b",Signature=", b",Signature=0"), "SignatureDoesNotMatch"),
    "the date": (without(b"x-acs-date"), "IncompleteSignature"),
    "the nonce": (without(b"x-acs-signature-nonce"), "IncompleteSignature"),
    "the whole Authorization": (without(b"authorization"), "IncompleteSignature"),
    "host among the signed headers": (replaced(b"host;", b""), "IncompleteSignature"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_after_signing_is_noticed(world: World, what: str) -> None:
    change, expected = TAMPERED[what]
    session_id = start(world.client).session_id
    with Middleman(world.fake.http_url) as between:
        between.change = change
        client = sdk(world.fake, endpoint=between.endpoint)
        request = models.SendTextMsgRequest(
            project_id=PROJECT, session_id=session_id, request_id="rq-2", text="hello", type=2
        )
        assert refusal(lambda: client.send_text_msg(request)) == (400, expected)
        between.change = lambda request: request
        assert client.send_text_msg(request).body.status == "SUCCESS"


def test_a_changed_query_is_noticed_and_the_journal_shows_what_was_expected(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        between.change = replaced(b"projectId=" + PROJECT.encode(), b"projectId=610000000000000002")
        client = sdk(world.fake, endpoint=between.endpoint)
        assert refusal(lambda: query(client)) == (400, "SignatureDoesNotMatch")
        sent = between.requests[0]
    entry = world.fake.journal.entries("QueryAvatarProject.response")[-1]
    explanation = str(entry.meta["explanation"])
    assert "projectId=610000000000000002" in explanation  # our canonical request
    assert "x-acs-date" in explanation
    signature = sent.partition(b"Signature=")[2].partition(b"\r\n")[0].decode()
    assert len(signature) == 64
    assert signature not in explanation
    assert SECRET not in explanation


def test_a_request_that_is_sent_again_is_refused(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        assert query(sdk(world.fake, endpoint=between.endpoint)).status == "DEPLOYED"
        [recorded] = between.requests
    with Wire(world.fake.http_url) as wire:
        wire.send(recorded)
        again = wire.response()
    assert (again.status, again.json["Code"]) == (400, "SignatureNonceUsed")


# --- the connection ---


def test_one_connection_serves_all_calls_of_a_client(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        client = sdk(world.fake, endpoint=between.endpoint)
        assert [query(client).status for _ in range(3)] == ["DEPLOYED"] * 3
        assert refusal(lambda: query(client, "1"))[0] == 404
        assert query(client).status == "DEPLOYED"
        assert between.connections == 1


# --- as Node's SDK sends: chunked, only host, content-type and x-acs-* signed, a nonce of 64 digits ---


@dataclass
class Node:
    """Signs as the vendor's page describes it, by nothing but SHA-256 and HMAC."""

    fake: FakeAliyun
    calls: int = 0

    def head(self, method: str, operation: str, action: str, query: str = "", body: bytes = b"") -> str:
        """The head of a signed request."""
        self.calls += 1
        netloc = urlsplit(self.fake.http_url).netloc
        nonce = hashlib.sha256(f"{action}{self.calls}".encode()).hexdigest()
        signed = {
            "content-type": "application/json; charset=utf-8",
            "host": netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.fromtimestamp(RealClock().now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": "2024-03-13",
        }
        if not body:
            del signed["content-type"]
        names = ";".join(sorted(signed))
        headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = "\n".join((method, f"{BASE}/{operation}", query, headers, names, signed["x-acs-content-sha256"]))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()
        target = f"{BASE}/{operation}" + (f"?{query}" if query else "")
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in signed.items()),
            "user-agent: AlibabaCloud (linux; x64) Node.js/v20 Core/1.0.1 TeaDSL/2",
            "accept: application/json",
            f"Authorization: ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={names},Signature={signature}",
        ]
        return "\n".join(lines)

    def post(self, wire: Wire, operation: str, action: str, fields: Mapping[str, Any], chunk: int = 7) -> Response:
        """A POST, its body in chunks of a few bytes."""
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        head = self.head("POST", operation, action, body=body)
        parts = [body[start : start + chunk] for start in range(0, len(body), chunk)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        return wire.request(f"{head}\nConnection: keep-alive\nTransfer-Encoding: chunked", chunks)


def test_chunked_requests_of_another_client_are_understood(world: World) -> None:
    node = Node(world.fake)
    with Wire(world.fake.http_url) as wire:
        started = node.post(
            wire, "startAvatarSession", "StartAvatarSession", {"projectId": PROJECT, "requestId": "rq 一"}
        )
        assert started.status == 200
        session = {"projectId": PROJECT, "sessionId": started.json["sessionId"]}
        checked = node.post(wire, "checkSession", "CheckSession", session, chunk=1)
        assert checked.json["status"] == "FREE"
        stopped = node.post(wire, "stopAvatarSession", "StopAvatarSession", session, chunk=1000)
        assert (stopped.status, stopped.json["status"]) == (200, "Stopped")
    entry = world.fake.journal.entries("StartAvatarSession.request")[0]
    assert entry.raw == '{"projectId":"610000000000000001","requestId":"rq 一"}'.encode()
    assert world.fake.journal.violations() == []


def test_a_space_may_be_written_as_percent_20_and_brackets_may_stay(serve: Serve) -> None:
    fake = serve(**{**SCENARIO, "projects": (ProjectFixture(id="a b*!(c)"),)})
    with Wire(fake.http_url) as wire:
        canonical = "projectId=" + quote("a b*!(c)", safe="")
        head = Node(fake).head("GET", "queryAvatarProject", "QueryAvatarProject", canonical)
        answer = wire.request(head.replace(canonical, "projectId=a%20b*!(c)", 1))
    assert (answer.status, answer.json["projectName"]) == (200, "reception desk")


def test_answers_are_never_compressed(serve: Serve) -> None:
    fake = serve(verify_signatures=False, **SCENARIO)
    with Wire(fake.http_url) as wire:
        answer = wire.request(
            f"GET {BASE}/queryAvatarProject?projectId={PROJECT} HTTP/1.1\nHost: a\nAccept-Encoding: gzip, deflate, br"
        )
    assert (answer.status, answer.json["status"]) == (200, "DEPLOYED")
    assert "content-encoding" not in answer.headers
