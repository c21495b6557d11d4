"""What the twelve operations do and answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest

from avatarwire.codecs.aliyun.messages import AskType
from avatarwire.codecs.aliyun.tokens import decode_channel_token, parse_websocket_url
from avatarwire.fakeserver.aliyun.state import TextReceived
from avatarwire.fakeserver.journal.entry import Violation
from tests.fakeserver.aliyun.client import (
    ANCHOR,
    BACKGROUND,
    CREATE,
    DEPLOY,
    EDIT,
    FIGURES,
    MAIN_ID,
    PROJECT,
    VOICES,
    Fake,
    Talking,
    body,
    frame,
    spoken,
    violations,
)


@pytest.fixture
def fake() -> Fake:
    return Fake()


# --- projects ---


def test_a_project_is_created_deployed_and_described(fake: Fake) -> None:
    scene = {
        "layers": [{**ANCHOR, "positionX": 0.9}, BACKGROUND],
        "videoScript": {"voiceTemplateId": "101", "speedRate": "1.2", "volume": "50.0", "emotion": "calm"},
        "index": 1,
    }
    reply = fake.ok("SaveAvatarProject", **{**CREATE, "agentId": "agent-7", "frames": [scene], "scriptModelTag": "t"})
    project_id = reply["projectId"]
    assert {**reply, "requestId": "", "projectId": ""} == {
        "requestId": "",
        "status": "DEPLOYING",
        "projectId": "",
        "projectName": "lobby",
        "agentId": "agent-7",
        "errorMsg": "",
    }
    fake.clock.advance(0.1)
    told = fake.ok("QueryAvatarProject", projectId=project_id)
    del told["requestId"]
    assert told == {
        "status": "DEPLOYED",
        "projectName": "lobby",
        "agentId": "agent-7",
        "errorMsg": "",
        "scaleType": "9:16",
        "resSpecType": "STANDARD",
        "frames": [
            {
                "layers": [ANCHOR, BACKGROUND],  # the decimals of positionX are gone (ALI-E83)
                "videoScript": {"voiceTemplateId": "101", "speedRate": "1.2", "volume": 50, "emotion": "calm"},
                "index": 1,
            }
        ],
        "scriptModelTag": "t",
    }  # and no projectId (ALI-E125)


@pytest.mark.parametrize(("volume", "told"), [("loud", None), ("NaN", None), ("1e99", None), ("-3.7", -3)])
def test_a_volume_is_told_as_a_number_if_it_is_one(fake: Fake, volume: str, told: int | None) -> None:
    reply = fake.ok("SaveAvatarProject", **{**CREATE, "frames": [spoken(volume=volume)]})
    frames = fake.ok("QueryAvatarProject", projectId=reply["projectId"])["frames"]
    assert frames[0]["videoScript"].get("volume") == told


def test_an_edit_replaces_the_scenes_and_publishes_again(fake: Fake) -> None:
    reply = fake.ok("SaveAvatarProject", **{**EDIT, "projectName": "hall", "frames": [spoken(speedRate="0.8")]})
    assert (reply["status"], reply["projectId"], reply["projectName"]) == ("DEPLOYING", PROJECT, "hall")
    told = fake.ok("QueryAvatarProject", projectId=PROJECT)
    assert [item["videoScript"]["speedRate"] for item in told["frames"]] == ["0.8"]
    assert fake.refused("SaveAvatarProject", **{**EDIT, "projectId": "1"}) == (404, "InvalidProject.NotFound")


def test_an_edit_has_to_fit_the_canvas_of_the_project() -> None:
    fake = Fake(projects=[{"id": PROJECT, "scale_type": "16:9"}])
    assert fake.refused("SaveAvatarProject", **EDIT) == (400, "InvalidParameter.Height")
    assert fake.ok("SaveAvatarProject", **{**EDIT, "frames": [frame(height=1080)]})["status"] == "DEPLOYING"


def test_a_save_without_lines_left_fails_at_once() -> None:
    reply = Fake(resources=[]).ok("SaveAvatarProject", **CREATE)
    reason = "1 STANDARD lines asked for, 0 of 0 are left [ALI-E89]"
    assert (reply["status"], reply["errorMsg"]) == ("DEPLOY_FAIL", reason)
    assert (reply["errorCode"], reply["errorMessage"]) == ("QuotaExceeded.Channels", reason)


def test_a_failed_deployment_is_told_when_it_ends(fake: Fake) -> None:
    reply = fake.ok("SaveAvatarProject", **{**CREATE, "frames": [spoken(voiceTemplateId="102")]})
    assert (reply["status"], reply["errorMsg"]) == ("DEPLOYING", "")
    fake.clock.advance(0.1)
    told = fake.ok("QueryAvatarProject", projectId=reply["projectId"])
    assert told["status"] == "DEPLOY_FAIL"
    assert "voice 102 is M, figure 310001 is F" in told["errorMsg"]


def test_several_projects_are_told_in_the_order_asked_for() -> None:
    fake = Fake(projects=[{"id": "1", "agent_id": ""}, {"id": "2", "name": "hall", "status": "OFFLINE"}])
    reply = fake.ok("ListAvatarProject", projectIdList=["2", "7", "1", "2"])
    assert reply["queryAvatarProjectResultList"] == [
        {"status": "OFFLINE", "projectName": "hall", "projectId": "2", "agentId": "agent-1", "errorMsg": ""},
        {"status": "DEPLOYED", "projectName": "reception desk", "projectId": "1", "agentId": "", "errorMsg": ""},
    ]
    assert fake.ok("ListAvatarProject", projectIdList=["7"])["queryAvatarProjectResultList"] == []


def test_operating_a_project(fake: Fake) -> None:
    def status() -> str:
        told: str = fake.ok("QueryAvatarProject", projectId=PROJECT)["status"]
        return told

    def operate(kind: str, **more: Any) -> dict[str, Any]:
        reply = fake.ok("OperateAvatarProject", projectId=PROJECT, operateType=kind, **more)
        del reply["requestId"]
        return reply

    assert (operate("OFFLINE"), status()) == ({"success": True}, "OFFLINE")
    assert fake.refused("OperateAvatarProject", projectId=PROJECT, operateType="OFFLINE") == (
        400,
        "IncorrectProjectStatus",
    )
    assert (operate("DEPLOY", resType="FORMAL"), status()) == ({"success": True}, "DEPLOYING")
    fake.clock.advance(0.1)
    assert status() == "DEPLOYED"
    assert (operate("DELETE"), status()) == ({"success": True}, "DELETED")
    for kind in ("DELETE", "OFFLINE", "DEPLOY"):
        refused = fake.refused("OperateAvatarProject", projectId=PROJECT, operateType=kind, resType="FREE")
        assert refused == (400, "IncorrectProjectStatus")
    assert fake.refused("SaveAvatarProject", **EDIT) == (400, "IncorrectProjectStatus")
    assert fake.refused("StartAvatarSession", projectId=PROJECT, requestId="rq-1") == (400, "IncorrectProjectStatus")
    assert fake.refused("OperateAvatarProject", projectId="1", operateType="DELETE") == (404, "InvalidProject.NotFound")


@pytest.mark.parametrize(
    ("numbers", "success"),
    [
        ({}, True),
        ({"resChannelNum": 3}, True),
        ({"resChannelNumber": 3}, True),
        ({"resChannelNum": 4}, False),
        ({"resChannelNumber": 4}, False),
        ({"resChannelNum": 3, "resChannelNumber": 4}, True),  # ALI-E61: the document's name counts
    ],
)
def test_lines_are_asked_for_under_either_name(numbers: dict[str, int], success: bool) -> None:
    fake = Fake(resources=[{"id": "r-1", "channels": 3}])
    reply = fake.ok("OperateAvatarProject", **DEPLOY, **numbers)
    assert reply["success"] is success
    project = fake.state.projects.require(PROJECT, MAIN_ID)
    if success:
        assert project.channels == min(numbers.values(), default=1)
    else:
        assert (reply["errorCode"], project.status) == ("QuotaExceeded.Channels", "DEPLOYED")
        assert reply["errorMessage"] == "4 STANDARD lines asked for, 3 of 3 are left [ALI-E89]"


# --- sessions ---


def test_a_session_is_started(fake: Fake) -> None:
    reply = fake.ok("StartAvatarSession", projectId=PROJECT, requestId="rq-1", customUserId="u-1")
    assert list(reply) == ["requestId", "sessionId", "channelToken", "webSocketUrl"]
    token = decode_channel_token(reply["channelToken"], strict=True).value
    assert (token.user_id, token.expire_time) == ("u-1", 600)
    url = parse_websocket_url(reply["webSocketUrl"])
    assert (url.path, url.session_id) == ("/v1/interaction", reply["sessionId"])
    again = fake.ok("StartAvatarSession", projectId=PROJECT, requestId="rq-1")
    fresh = decode_channel_token(again["channelToken"]).value
    assert again["sessionId"] == reply["sessionId"]
    assert (fresh.channel_id, fresh.user_id) == (token.channel_id, "u-1")
    assert fresh.token != token.token


def test_a_channel_of_the_callers_is_not_used(fake: Fake) -> None:
    answer = fake.call("StartAvatarSession", projectId=PROJECT, requestId="rq-1", channelToken='{"token":"theirs"}')
    assert "theirs" not in body(answer)["channelToken"]
    assert "not used" in answer.notes["note"]
    assert "theirs" not in str((answer.notes, answer.request))


@pytest.mark.parametrize("status", ["DRAFT", "DEPLOYING", "DEPLOY_FAIL", "OFFLINE"])
def test_a_start_needs_a_deployed_project_in_strict_mode(status: str) -> None:
    projects = [{"id": PROJECT, "status": status}]
    answer = Fake(projects=projects).call("StartAvatarSession", projectId=PROJECT, requestId="rq-1")
    assert (answer.status, violations(answer)) == (200, [("ALI-E87", "projectId", "warning")])
    strict = Fake(projects=projects, strict=True)
    refused = strict.refused("StartAvatarSession", projectId=PROJECT, requestId="rq-1")
    assert refused == (400, "IncorrectProjectStatus")
    assert strict.refused("StartAvatarSession", projectId="1", requestId="rq-1") == (404, "InvalidProject.NotFound")


def test_a_session_is_checked_and_stopped(fake: Fake) -> None:
    session = fake.start()
    named = {"projectId": PROJECT, "sessionId": session.id}
    assert fake.ok("CheckSession", **named)["status"] == "FREE"
    session.attached = 1
    assert fake.ok("CheckSession", **named)["status"] == "BUSY"
    answer = fake.call("StopAvatarSession", **named)
    assert (body(answer)["status"], answer.session) == ("Stopped", session.id)
    assert fake.ok("StopAvatarSession", **named)["status"] == "Stopped"  # ALI-E121
    assert fake.ok("CheckSession", **named)["status"] == "STOPPED"


@pytest.mark.parametrize(("choice", "outcome"), [("StoppedFail", "StoppedFail"), ("error", "InvalidSession.NotFound")])
def test_an_unknown_session_is_stopped_as_the_scenario_says(choice: str, outcome: str) -> None:
    fake = Fake(projects=[{"id": "1"}, {"id": "2"}], stop_unknown=choice)
    other = fake.start(project_id="2")
    for session_id in ("s-1", other.id):  # a session of another project is unknown
        answer = fake.call("StopAvatarSession", projectId="1", sessionId=session_id)
        fields = body(answer)
        assert (answer.status, fields.get("status", fields.get("Code"))) == (
            404 if choice == "error" else 200,
            outcome,
        )
    assert not other.stopped
    assert fake.refused("StopAvatarSession", projectId="3", sessionId=other.id) == (404, "InvalidProject.NotFound")


def test_stops_may_fail_by_script() -> None:
    fake = Fake(stop_statuses=("StoppedFail", "Stopped"))
    session = fake.start()
    named = {"projectId": PROJECT, "sessionId": session.id}
    assert fake.ok("StopAvatarSession", projectId=PROJECT, sessionId="unknown")["status"] == "StoppedFail"
    assert fake.ok("StopAvatarSession", **named)["status"] == "StoppedFail"
    assert not session.stopped
    assert fake.ok("StopAvatarSession", **named)["status"] == "Stopped"
    assert session.stopped
    assert fake.ok("StopAvatarSession", **named)["status"] == "Stopped"


def test_unknown_sessions_cannot_be_checked_or_spoken_to(fake: Fake) -> None:
    named = {"projectId": PROJECT, "sessionId": "s-1"}
    assert fake.refused("CheckSession", **named) == (404, "InvalidSession.NotFound")
    text = {"requestId": "rq-9", "text": "hi", "type": 1}
    assert fake.refused("SendTextMsg", **named, **text) == (404, "InvalidSession.NotFound")
    session = fake.start()
    fake.state.stop(session, "test")
    assert fake.refused("SendTextMsg", **{**named, "sessionId": session.id}, **text) == (400, "IncorrectSessionStatus")


EARLY: Final = Violation("ALI-R078", "", "sent before the channel was reported READY")


def test_a_text_for_a_socket_whose_channel_is_not_ready_is_refused(fake: Fake) -> None:
    session = fake.start()
    session.talk = Talking(wrong=EARLY)
    text = {"projectId": PROJECT, "sessionId": session.id, "requestId": "rq-9", "text": "hi", "type": 1}
    answer = fake.call("SendTextMsg", **text)
    assert (answer.status, body(answer)["Code"]) == (400, "IncorrectSessionStatus")
    assert violations(answer) == [("ALI-R078", "", "error")]
    session.talk.wrong = None
    assert violations(fake.call("SendTextMsg", **text)) == []
    assert fake.events == [TextReceived("hi", AskType.ASK, "rq-9")]


@pytest.mark.parametrize("mode", ["queue", "ignore"])
def test_it_is_taken_where_drives_are_queued_or_ignored(mode: str) -> None:
    fake = Fake(before_ready=mode)
    session = fake.start()
    session.talk = Talking(wrong=EARLY)
    text = {"projectId": PROJECT, "sessionId": session.id, "requestId": "rq-9", "text": "hi", "type": 1}
    answer = fake.call("SendTextMsg", **text)
    assert (answer.status, violations(answer)) == (200, [("ALI-R078", "", "error")])
    assert len(fake.events) == 1


def test_a_text_is_handed_on(fake: Fake) -> None:
    session = fake.start()
    sent = {"projectId": PROJECT, "sessionId": session.id, "requestId": "rq-9", "text": "你好", "type": 1}
    assert fake.ok("SendTextMsg", **sent)["status"] == "SUCCESS"
    sample = fake.call("SendTextMsg", **{**sent, "text": " hi ", "type": "2"})  # the repeated id is a new text
    assert (sample.status, violations(sample)) == (
        200,
        [("ALI-E98", "type", "warning"), ("ALI-R071", "text", "warning")],
    )
    assert fake.events == [TextReceived("你好", AskType.ASK, "rq-9"), TextReceived(" hi ", AskType.BROADCAST, "rq-9")]


def test_sessions_are_listed_by_state_and_page(fake: Fake) -> None:
    started = [fake.start(f"rq-{index}") for index in range(5)]
    started[1].talk = Talking(busy=True)
    fake.state.stop(started[4], "test")

    def listed(statuses: list[str], page: int, size: int | None = None) -> tuple[int, list[tuple[str, str]]]:
        paging = {"pageNo": page, **({} if size is None else {"pageSize": size})}
        reply = fake.ok("QuerySessionInfo", projectId=PROJECT, statusList=statuses, **paging)
        return reply["total"], [(item["sessionId"], item["status"]) for item in reply["queryResourceInfoList"]]

    ids = [session.id for session in started]
    free = [(ids[0], "FREE"), (ids[1], "BUSY"), (ids[2], "FREE"), (ids[3], "FREE")]
    assert listed(["STARTED"], 1) == (4, free)  # ALI-E79
    assert listed(["STOPPED"], 1) == (1, [(ids[4], "STOPPED")])
    assert listed(["STARTED", "STOPPED"], 2, 3) == (5, [free[3], (ids[4], "STOPPED")])
    assert listed(["STARTED"], 9, 3) == (4, [])
    assert fake.refused("QuerySessionInfo", projectId="1", statusList="STARTED", pageNo=1) == (
        404,
        "InvalidProject.NotFound",
    )


def test_a_page_of_sessions_has_ten_when_no_size_is_given(fake: Fake) -> None:
    for index in range(12):
        fake.start(f"rq-{index}")
    reply = fake.ok("QuerySessionInfo", projectId=PROJECT, statusList="STARTED", pageNo=1)
    assert (reply["total"], len(reply["queryResourceInfoList"])) == (12, 10)


def test_more_sessions_than_lines_are_worth_a_warning(fake: Fake) -> None:
    """The project of the default scenario is deployed with one line."""
    named = {"projectId": PROJECT}
    assert violations(fake.call("StartAvatarSession", **named, requestId="rq-1")) == []
    assert violations(fake.call("StartAvatarSession", **named, requestId="rq-1")) == []  # the same one
    second = fake.call("StartAvatarSession", **named, requestId="rq-2")
    assert (second.status, violations(second)) == (200, [("ALI-E89", "projectId", "warning")])
    fake.ok("StopAvatarSession", **named, sessionId=body(second)["sessionId"])
    third = fake.call("StartAvatarSession", **named, requestId="rq-3")
    assert violations(third) == [("ALI-E89", "projectId", "warning")]


def test_the_number_of_sessions_can_be_limited() -> None:
    fake = Fake(channel_quota=True)
    fake.start("rq-1")
    refused = fake.refused("StartAvatarSession", projectId=PROJECT, requestId="rq-2")
    assert refused == (400, "QuotaExceeded.Channels")


# --- what there is to choose from ---


def test_resources_are_listed_while_they_are_valid(fake: Fake) -> None:
    reply = fake.ok("QueryAvatarResource")
    until = str(round((fake.clock.now() + 30 * 86400) * 1000))
    assert reply["queryResourceInfoList"] == [
        {"resourceId": "res-standard-1", "type": "STANDARD", "validPeriodTime": until},
        {"resourceId": "res-advanced-1", "type": "ADVANCED", "validPeriodTime": until},
    ]
    fake.clock.advance(30 * 86400)
    assert fake.ok("QueryAvatarResource", idempotentId="id-1")["queryResourceInfoList"] == []


def test_a_figure_has_every_documented_field(fake: Fake) -> None:
    reply = fake.ok("ListAnchor", **FIGURES, coverRate="16:9")
    assert {**reply, "requestId": "", "list": []} == {
        "requestId": "",
        "total": 1,
        "success": True,
        "code": "200",
        "errorCode": "",
        "errorMessage": "",
        "list": [],
    }
    assert reply["list"] == [
        {
            "anchoId": "310003",
            "anchorId": "310003",
            "anchorMaterialName": "Yu",
            "anchorType": "PUBLIC_MODEL",
            "coverUrl": "http://127.0.0.1/figures/310003.png",
            "coverThumbnailUrl": "http://127.0.0.1/figures/310003-small.png",
            "coverWeight": 1920,
            "coverHeight": 1080,
            "coverRate": "16:9",
            "status": "Usable",
            "digitalHumanType": "staticTransparency",
            "useScene": "realTimeInteractivity",
            "resourceTypeDesc": "basic figure",
            "gender": "F",
            "supportBgChange": 0,
        }
    ]


def test_a_voice_has_every_documented_field(fake: Fake) -> None:
    reply = fake.ok("ListVoiceModels", **VOICES, voiceLanguage="en")
    assert (reply["total"], reply["success"], reply["code"]) == (1, True, "200")
    assert reply["list"] == [
        {
            "voiceId": 103,
            "voiceName": "bright",
            "voiceModel": "voice-103",
            "voiceGender": "F",
            "voiceUrl": "http://127.0.0.1/voices/103.wav",
            "voiceLanguage": "en",
            "voiceDesc": "bright, en",
            "voiceType": "PUBLIC_VOICE",
            "useScene": "realTimeInteractivity",
            "resourceTypeDesc": "basic voice",
            "ttsVersion": 1,
        }
    ]


@pytest.mark.parametrize(
    ("asked", "total", "ids"),
    [
        ({}, 3, ["310001", "310002", "310003"]),
        ({"coverRate": "9:16"}, 2, ["310001", "310002"]),
        ({"anchorType": "PRIVATE_MODEL"}, 1, ["330001"]),
        ({"resSpecType": "ADVANCED_MODEL"}, 1, ["320001"]),
        ({"digitalHumanType": "staticTransparency"}, 3, ["310001", "310002", "310003"]),
        ({"anchorId": "310002"}, 1, ["310002"]),
        ({"anchorCategory": "news"}, 0, []),
        ({"pageSize": 2}, 3, ["310001", "310002"]),
        ({"pageSize": 2, "pageNumber": 2}, 3, ["310003"]),
        ({"pageSize": 2, "pageNumber": 3}, 3, []),
    ],
)
def test_figures_are_chosen_and_paged(fake: Fake, asked: Mapping[str, Any], total: int, ids: list[str]) -> None:
    reply = fake.ok("ListAnchor", **{**FIGURES, **asked})
    assert (reply["total"], [item["anchorId"] for item in reply["list"]]) == (total, ids)


@pytest.mark.parametrize(
    ("asked", "total", "ids"),
    [
        ({}, 3, [101, 102, 103]),
        ({"voiceType": "PRIVATE_VOICE"}, 1, [301]),
        ({"resSpecType": "ADVANCED_VOICE"}, 1, [201]),
        ({"voiceLanguage": "zh"}, 2, [101, 102]),
        ({"pageSize": 1, "pageNumber": 2}, 3, [102]),
        ({"pageNumber": 2}, 3, []),
    ],
)
def test_voices_are_chosen_and_paged(fake: Fake, asked: Mapping[str, Any], total: int, ids: list[int]) -> None:
    reply = fake.ok("ListVoiceModels", **{**VOICES, **asked})
    assert (reply["total"], [item["voiceId"] for item in reply["list"]]) == (total, ids)


@pytest.mark.parametrize(
    ("operation", "asked", "entries"), [("ListAnchor", FIGURES, "list"), ("ListVoiceModels", VOICES, "list")]
)
def test_a_list_may_fail(operation: str, asked: Mapping[str, Any], entries: str) -> None:
    """With the members the document gives to that, and a code of our own."""
    fake = Fake(failing_lists=(operation,))
    reply = fake.ok(operation, **asked)
    assert {**reply, "requestId": ""} == {
        "requestId": "",
        "total": 0,
        entries: [],
        "success": False,
        "code": "500",
        "errorCode": "ListFailed",
        "errorMessage": "the list cannot be had at present",
    }
    (other,) = {"ListAnchor", "ListVoiceModels"} - {operation}
    assert fake.ok(other, **(VOICES if operation == "ListAnchor" else FIGURES))["success"] is True


UNKNOWN_FIGURE: Final = ("ALI-E81", "frames[0].layers[0].material.id", "warning")
UNKNOWN_VOICE: Final = ("ALI-E81", "frames[0].videoScript.voiceTemplateId", "warning")


@pytest.mark.parametrize(
    ("scene", "noticed"),
    [
        (frame(material={**ANCHOR["material"], "id": "nope"}), [UNKNOWN_FIGURE]),
        (spoken(voiceTemplateId="voice-101"), [UNKNOWN_VOICE]),
        (frame(), []),
    ],
)
def test_figures_and_voices_that_no_list_has_are_worth_a_warning(
    fake: Fake, scene: Mapping[str, Any], noticed: list[tuple[str, str, str]]
) -> None:
    answer = fake.call("SaveAvatarProject", **{**CREATE, "frames": [scene]})
    assert (body(answer)["status"], violations(answer)) == ("DEPLOYING", noticed)


def test_a_figures_category_is_told() -> None:
    anchors = [{"id": "1", "name": "Mia", "gender": "F", "category": "news", "support_bg_change": 1}]
    fake = Fake(anchors=anchors)
    assert fake.ok("ListAnchor", **FIGURES, anchorCategory="news")["list"][0]["anchorCategory"] == "news"
