"""Rules of HTTP requests, one by one: what making one refuses, and what is understood although it is not right."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.aliyun import http
from avatarwire.codecs.aliyun.http_enums import (
    AnchorResSpecType,
    AnchorType,
    DigitalHumanType,
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
from avatarwire.codecs.errors import EncodeError, ValidationError

from .. import http_samples
from ..http_samples import ABSENT, CREATE, EDIT, as_json, changed

SCENE = UseScene.REAL_TIME_INTERACTIVITY
CATALOGUE = Catalogue.of("aliyun", operations=http.OPERATIONS)


def schema_accepts(operation: str, message: dict[str, Any]) -> bool:
    return http_samples.schema_accepts(CATALOGUE.schema_of(f"{operation}.request")["schema"], message)


def save(body: dict[str, Any], *, strict: bool = False) -> tuple[str, ...]:
    return http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(body), strict=strict).deviations


# --- SaveAvatarProject ---


@pytest.mark.parametrize("sample", [CREATE, EDIT, changed(EDIT, "projectName", "新"), changed(CREATE, "agentId", "ag")])
def test_what_creating_and_editing_need_is_enough(sample: dict[str, Any]) -> None:
    assert save(sample, strict=True) == ()
    assert schema_accepts("SaveAvatarProject", sample)


@pytest.mark.parametrize(
    ("sample", "path", "clause"),
    [
        (CREATE, "operateType", "ALI-R033"),
        (EDIT, "projectId", "ALI-R034"),
        (CREATE, "projectName", "ALI-R035"),
        (CREATE, "scaleType", "ALI-R036"),
        (CREATE, "resSpecType", "ALI-R037"),
        (CREATE, "frames", "ALI-R039"),
        (EDIT, "frames", "ALI-R039"),
    ],
)
def test_what_creating_and_editing_need_must_be_there(sample: dict[str, Any], path: str, clause: str) -> None:
    incomplete = changed(sample, path, ABSENT)
    with pytest.raises(ValidationError) as caught:
        save(incomplete)
    error = caught.value
    assert (error.vendor, error.message) == ("aliyun", "SaveAvatarProject.request")
    assert (error.reason, error.path, error.clause) == ("required field is missing", path, clause)
    assert not schema_accepts("SaveAvatarProject", incomplete)


def test_making_an_incomplete_request_tells_the_same() -> None:
    with pytest.raises(EncodeError, match=r"projectName.*expected a value, as operateType is CREATE \[ALI-R035\]"):
        http.SaveAvatarProjectRequest(
            operate_type=SaveOperateType.CREATE,
            scale_type=ScaleType.PORTRAIT,
            res_spec_type=ResSpecType.STANDARD,
            frames=http.SAVE_AVATAR_PROJECT.decode_request(body=as_json(CREATE)).value.frames,
        )


@pytest.mark.parametrize(
    ("sample", "path", "value"),
    [
        (CREATE, "projectId", "731904618250473472"),
        (EDIT, "scaleType", "9:16"),
        (EDIT, "resSpecType", "ADVANCED"),
        # Ignored whatever it says.
        (CREATE, "projectId", ""),
        (EDIT, "scaleType", "4:3"),
    ],
)
def test_what_creating_and_editing_leave_out_is_ignored(sample: dict[str, Any], path: str, value: str) -> None:
    superfluous = changed(sample, path, value)
    assert save(superfluous) == ("ALI-E86",)
    with pytest.raises(ValidationError) as caught:
        save(superfluous, strict=True)
    assert (caught.value.path, caught.value.clause) == (path, "ALI-E86")
    assert not schema_accepts("SaveAvatarProject", superfluous)


@pytest.mark.parametrize(
    ("path", "value", "clause"),
    [
        ("operateType", "DELETE", "ALI-R033"),
        ("scaleType", "4:3", "ALI-R036"),
        ("resSpecType", "BASIC_MODEL", "ALI-R037"),  # the tier of a figure (ALI-E80)
        ("frames", [], "ALI-R039"),
    ],
)
def test_a_wrong_value_is_refused(path: str, value: object, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        save(changed(CREATE, path, value))
    assert (caught.value.path, caught.value.clause) == (path, clause)


def test_an_edit_is_not_held_against_a_canvas_it_does_not_name() -> None:
    # 1920 pixels are right for a 16:9 project; only the receiver knows which it is (ALI-R040).
    assert save(changed(EDIT, "frames[0].layers[1].width", 1920)) == ()


# --- StartAvatarSession ---


@pytest.mark.parametrize("body", [b'{"projectId":"p"}', b'{"projectId":"p","requestId":""}'])
def test_a_session_may_start_without_request_id(body: bytes) -> None:
    decoded = http.START_AVATAR_SESSION.decode_request(body=body)
    assert decoded.deviations == ("ALI-E70",)
    assert decoded.value == http.START_AVATAR_SESSION.decode_request(body=b'{"projectId":"p"}').value
    assert not schema_accepts("StartAvatarSession", {"projectId": "p"})

    with pytest.raises(ValidationError, match=r"requestId is missing.*\[ALI-E70\]"):
        http.START_AVATAR_SESSION.decode_request(body=body, strict=True)
    with pytest.raises(EncodeError, match=r"\[ALI-E70\]"):
        http.StartAvatarSessionRequest(project_id="p")


@pytest.mark.parametrize(
    ("url", "deviations"),
    [
        ("rtmp://127.0.0.1/live/x?a=1", ()),
        ("srt://push.example:9000", ()),
        ("push.example/live", ("ALI-E96",)),
        ("push.example:1935/live", ("ALI-E96",)),
        ("rtmp://", ("ALI-E96",)),
        ("", ("ALI-E96",)),
    ],
)
def test_a_push_address_is_a_url_of_any_scheme(url: str, deviations: tuple[str, ...]) -> None:
    body = {"projectId": "p", "requestId": "r", "customPushUrl": url}
    decoded = http.START_AVATAR_SESSION.decode_request(body=as_json(body))
    assert decoded.deviations == deviations
    assert decoded.value.custom_push_url == url
    assert schema_accepts("StartAvatarSession", body) is not bool(deviations)


# --- OperateAvatarProject ---


def test_publishing_needs_the_kind_of_resource() -> None:
    with pytest.raises(ValidationError) as caught:
        http.OperateAvatarProjectRequest(project_id="p", operate_type=OperateType.DEPLOY)
    assert (caught.value.path, caught.value.clause) == ("resType", "ALI-R048")
    assert not schema_accepts("OperateAvatarProject", {"projectId": "p", "operateType": "DEPLOY"})

    http.OperateAvatarProjectRequest(project_id="p", operate_type=OperateType.DELETE)
    assert schema_accepts("OperateAvatarProject", {"projectId": "p", "operateType": "OFFLINE"})


def operate(body: str) -> http.OperateAvatarProjectRequest:
    text = f'{{"projectId":"p","operateType":"DEPLOY","resType":"FREE"{body}}}'
    return http.OPERATE_AVATAR_PROJECT.decode_request(body=text.encode()).value


@pytest.mark.parametrize(
    ("body", "channels"),
    [
        ("", 1),
        (',"resChannelNum":3', 3),
        (',"resChannelNumber":4', 4),
        (',"resChannelNumber":4,"resChannelNum":3', 3),
    ],
)
def test_the_number_of_lines_is_read_under_both_names(body: str, channels: int) -> None:
    assert operate(body).channels == channels


def test_both_names_at_once_are_a_deviation() -> None:
    body = b'{"projectId":"p","operateType":"OFFLINE","resChannelNum":2,"resChannelNumber":3}'
    assert http.OPERATE_AVATAR_PROJECT.decode_request(body=body).deviations == ("ALI-E61",)
    with pytest.raises(ValidationError, match=r"resChannelNumber.*\[ALI-E61\]"):
        http.OperateAvatarProjectRequest(
            project_id="p", operate_type=OperateType.OFFLINE, res_channel_num=2, res_channel_number=2
        )


@pytest.mark.parametrize("body", [',"resChannelNum":3', ',"resChannelNumber":3'])
def test_the_number_of_lines_can_be_written_under_either_name(body: str) -> None:
    as_documented = operate(body).in_profile("document").to_dict()
    as_published = operate(body).in_profile("sdk").to_dict()
    assert {name: n for name, n in as_documented.items() if "Channel" in name} == {"resChannelNum": 3}
    assert {name: n for name, n in as_published.items() if "Channel" in name} == {"resChannelNumber": 3}


def test_no_number_of_lines_has_no_name() -> None:
    assert "Channel" not in str(operate("").in_profile("sdk").to_dict())


def test_there_is_at_least_one_line() -> None:
    with pytest.raises(ValidationError, match=r"resChannelNum: .*at least 1 \[ALI-R047\]"):
        operate(',"resChannelNum":0')


def test_kinds_of_operation_and_resource_are_closed() -> None:
    for body, clause in (
        (b'{"projectId":"p","operateType":"CREATE"}', "ALI-R046"),
        (b'{"projectId":"p","operateType":"DEPLOY","resType":"PAID"}', "ALI-R048"),
    ):
        with pytest.raises(ValidationError) as caught:
            http.OPERATE_AVATAR_PROJECT.decode_request(body=body)
        assert caught.value.clause == clause
    assert ResType("FORMAL") is ResType.FORMAL


# --- lists in a query ---


def test_a_comma_in_an_id_would_make_two_of_it() -> None:
    with pytest.raises(EncodeError, match=r"projectIdList\[1\].*\[ALI-R008\]"):
        http.ListAvatarProjectRequest(project_id_list=("1", "2,3"))


@pytest.mark.parametrize(
    ("operation", "query", "path"),
    [
        (http.LIST_AVATAR_PROJECT, "projectIdList=", "projectIdList"),
        (http.QUERY_SESSION_INFO, "projectId=p&statusList=&pageNo=1", "statusList"),
    ],
)
def test_an_empty_list_is_understood(operation: Any, query: str, path: str) -> None:
    assert operation.decode_request(query).deviations == ("ALI-E68",)
    with pytest.raises(ValidationError) as caught:
        operation.decode_request(query, strict=True)
    assert (caught.value.path, caught.value.clause) == (path, "ALI-E68")
    assert not schema_accepts(operation.id, {"projectId": "p", "pageNo": 1, path: []})


def test_session_states_of_replies_are_no_filter() -> None:
    with pytest.raises(ValidationError, match=r"statusList\[0\]: got 'BUSY', expected STARTED or STOPPED \[ALI-R051\]"):
        http.QUERY_SESSION_INFO.decode_request("projectId=p&statusList=BUSY&pageNo=1")


# --- pages ---


def test_pages_have_defaults_that_are_not_written() -> None:
    anchors = http.ListAnchorRequest(use_scene=SCENE, res_spec_type=AnchorResSpecType.BASIC_MODEL)
    assert (anchors.page_number_or_default, anchors.page_size_or_default) == (1, 10)
    assert anchors.anchor_type_or_default is AnchorType.PUBLIC_MODEL
    assert anchors.to_dict() == {"useScene": "realTimeInteractivity", "resSpecType": "BASIC_MODEL"}

    voices = http.ListVoiceModelsRequest(use_scene=SCENE, res_spec_type=VoiceResSpecType.BASIC_VOICE)
    assert voices.voice_type_or_default is VoiceType.PUBLIC_VOICE

    sessions = http.QuerySessionInfoRequest(project_id="p", status_list=(SessionQueryStatus.STARTED,), page_no=2)
    assert sessions.page_size_or_default == 10


def test_pages_that_are_given_count() -> None:
    anchors = http.LIST_ANCHOR.decode_request(
        "useScene=realTimeInteractivity&resSpecType=BASIC_MODEL&pageSize=7&pageNumber=3&anchorType=PRIVATE_MODEL"
    ).value
    assert (anchors.page_number_or_default, anchors.page_size_or_default) == (3, 7)
    assert anchors.anchor_type_or_default is AnchorType.PRIVATE_MODEL

    voices = http.LIST_VOICE_MODELS.decode_request(
        "useScene=realTimeInteractivity&resSpecType=BASIC_VOICE&voiceType=PRIVATE_VOICE"
    ).value
    assert voices.voice_type_or_default is VoiceType.PRIVATE_VOICE

    sessions = http.QUERY_SESSION_INFO.decode_request("projectId=p&statusList=STOPPED&pageNo=2&pageSize=5").value
    assert sessions.page_size_or_default == 5


@pytest.mark.parametrize(
    ("query", "path", "clause"),
    [
        ("pageNo=0", "pageNo", "ALI-R050"),
        ("pageNo=first", "pageNo", "ALI-R050"),
        ("pageNo=1&pageSize=0", "pageSize", "ALI-R052"),
    ],
)
def test_pages_count_from_one(query: str, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        http.QUERY_SESSION_INFO.decode_request(f"projectId=p&statusList=STARTED&{query}")
    assert (caught.value.path, caught.value.clause) == (path, clause)


# --- ListAnchor, ListVoiceModels ---


def test_a_class_of_figures_cannot_be_asked_for() -> None:
    query = "useScene=realTimeInteractivity&resSpecType=BASIC_MODEL&digitalHumanType=dynamicReality"
    decoded = http.LIST_ANCHOR.decode_request(query)
    assert decoded.value.digital_human_type is DigitalHumanType.DYNAMIC_REALITY
    assert decoded.deviations == ("ALI-E94",)
    with pytest.raises(EncodeError, match=r"digitalHumanType.*\[ALI-E94\]"):
        http.ListAnchorRequest(
            use_scene=SCENE,
            res_spec_type=AnchorResSpecType.BASIC_MODEL,
            digital_human_type=DigitalHumanType.DYNAMIC_REALITY,
        )
    assert not schema_accepts("ListAnchor", decoded.value.to_dict())


@pytest.mark.parametrize(
    ("operation", "query", "path", "clause"),
    [
        (http.LIST_ANCHOR, "resSpecType=BASIC_MODEL", "useScene", "ALI-R055"),
        (http.LIST_ANCHOR, "useScene=realTimeInteractivity", "resSpecType", "ALI-R055"),
        (http.LIST_ANCHOR, "useScene=realTimeInteractivity&resSpecType=STANDARD", "resSpecType", "ALI-R055"),
        (http.LIST_ANCHOR, "useScene=offline&resSpecType=BASIC_MODEL", "useScene", "ALI-R055"),
        (http.LIST_VOICE_MODELS, "resSpecType=BASIC_VOICE", "useScene", "ALI-R064"),
        (http.LIST_VOICE_MODELS, "useScene=realTimeInteractivity&resSpecType=BASIC_MODEL", "resSpecType", "ALI-R064"),
    ],
)
def test_scene_and_tier_are_required(operation: Any, query: str, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        operation.decode_request(query)
    assert (caught.value.path, caught.value.clause) == (path, clause)


# --- SendTextMsg ---


def send(text: str) -> http.SendTextMsgRequest:
    return http.SendTextMsgRequest(
        project_id="p", session_id="s", request_id="r", text=text, type=SendTextType.BROADCAST
    )


@pytest.mark.parametrize("text", ["", " ", "\n\t \x00"])
def test_a_text_of_white_space_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"text: .*expected text that is not empty \[ALI-R071\]"):
        send(text)
    assert not schema_accepts("SendTextMsg", {**send("x").to_dict(), "text": text})


@pytest.mark.parametrize("text", ["你好", "a b", "　"])  # the last is no white space to the vendor's sample
def test_a_trimmed_text_is_sent(text: str) -> None:
    assert send(text).text == text
    assert schema_accepts("SendTextMsg", send(text).to_dict())


def test_a_text_that_is_not_trimmed_is_understood() -> None:
    body = {"projectId": "p", "sessionId": "s", "requestId": "r", "text": " hi\n", "type": 1}
    decoded = http.SEND_TEXT_MSG.decode_request(body=as_json(body))
    assert (decoded.value.text, decoded.deviations) == (" hi\n", ("ALI-R071",))
    assert not schema_accepts("SendTextMsg", body)
    with pytest.raises(EncodeError, match=r"text is not trimmed, .* \[ALI-R071\]"):
        send(" hi")


@pytest.mark.parametrize("value", [0, 3, "ask", 1.5])
def test_a_text_is_asked_or_broadcast(value: object) -> None:
    body = {"projectId": "p", "sessionId": "s", "requestId": "r", "text": "hi", "type": value}
    with pytest.raises(ValidationError, match=r"type: .*expected 1 or 2 \[ALI-E98\]"):
        http.SEND_TEXT_MSG.decode_request(body=as_json(body))


def test_secrets_stay_out_of_representations() -> None:
    request = http.StartAvatarSessionRequest(
        project_id="p", request_id="r", channel_token="tk-secret", custom_push_url="rtmp://push.example/a?key=k-secret"
    )
    assert "secret" not in repr(request)
    assert "rtmp://push.example/a?<12 characters masked>" in repr(request)
