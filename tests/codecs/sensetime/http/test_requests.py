"""Requests: what is required, which values are refused, and scripts as JSON text inside a member."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from avatarwire.codecs.errors import DecodeError, ValidationError
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http, script
from avatarwire.codecs.sensetime.messages.enums import HistoryStatus, NlpDevice
from avatarwire.codecs.sensetime.script import LiveScript, TakeoverScript

from ..http_samples import CASES, LIVE_TEXT, TAKEOVER_TEXT, WITH_IMAGE_TEXT, Case, quoted

OWN: dict[str, Any] = {
    "urtc_use_external_app": True,
    "urtc_token": "t",
    "urtc_uid": "7",
    "urtc_app_id": "a",
    "urtc_channel_id": "c",
}
NLP: dict[str, Any] = {
    "app_id": "library-1", "device": NlpDevice.IOS, "language": "zh", "query": "q", "session": "c-1", "trace": "t-1",
}  # fmt: skip


def of_live(more: str = "") -> str:
    return f'{{"param":{quoted(LIVE_TEXT)}{more}}}'


def of_takeover(more: str = "", text: str = TAKEOVER_TEXT) -> str:
    return f'{{"sessionId":"s","param":{quoted(text)}{more}}}'


@pytest.mark.parametrize(
    "operation", [known for known in http.OPERATIONS if known.method == "POST"], ids=lambda operation: operation.id
)
def test_a_request_is_a_json_object(operation: Operation[Any, Any]) -> None:
    with pytest.raises(ValidationError, match=r"got a list, expected a JSON object"):
        operation.decode_request(body=b"[]")
    with pytest.raises(DecodeError, match="byte 1: not JSON"):
        operation.decode_request(body=b"{sessionId:1}")


OF_NO_LIVE = {"createLive", "nlpReply", "runningList", "historyList"}
OF_LIVE = [case for case in CASES if case.operation.id not in OF_NO_LIVE]


@pytest.mark.parametrize("case", OF_LIVE, ids=lambda case: case.operation.id)
def test_most_requests_name_their_live(case: Case) -> None:
    fields = case.request.to_dict()
    without = {name: value for name, value in fields.items() if name != "sessionId"}
    for changed in (without, {**fields, "sessionId": ""}):
        with pytest.raises(ValidationError) as caught:
            case.operation.request.convert(changed)
        assert (caught.value.path, caught.value.clause) == ("sessionId", "ST-LIVE-11")


@pytest.mark.parametrize(
    ("operation", "text", "path", "clause"),
    [
        (http.CREATE_LIVE, "{}", "param", "ST-LIVE-01"),
        (http.CREATE_LIVE, '{"param":""}', "param", "ST-LIVE-01"),
        (http.CREATE_LIVE, '{"param":{"sceneList":[]}}', "param", "ST-LIVE-01"),
        (http.CREATE_LIVE, of_live(',"urtcUseExternalApp":"true"'), "urtcUseExternalApp", "ST-LIVE-02"),
        (http.CREATE_LIVE, of_live(',"userData":{}'), "userData", "ST-LIVE-06"),
        (http.TAKEOVER_COMMAND, '{"sessionId":"s"}', "param", "ST-TKO-01"),
        (http.TAKEOVER_COMMAND_V1, '{"sessionId":"s","param":{}}', "param", "ST-TKO-01"),
        (http.TAKEOVER_QUEUE, of_takeover(',"priority":"first"'), "priority", "ST-TKO-09"),
        (http.TAKEOVER_QUEUE, of_takeover(',"priority":1.5'), "priority", "ST-TKO-09"),
        (http.TAKEOVER_REORDER, '{"sessionId":"s","priority":1}', "commandTraceId", "ST-TKO-16"),
        (http.TAKEOVER_REORDER, '{"sessionId":"s","commandTraceId":"t"}', "priority", "ST-TKO-16"),
        (http.TAKEOVER_CANCEL, '{"sessionId":"s","commandTraceId":""}', "commandTraceId", "ST-TKO-17"),
        (http.TAKEOVER_CANCEL, '{"sessionId":"s","commandTraceId":-1}', "commandTraceId", "ST-TKO-17"),
        (http.TAKEOVER_CANCEL, '{"sessionId":"s","commandTraceId":" ; "}', "commandTraceId", "ST-E51"),
        (http.HISTORY_LIST, '{"status":2}', "status", "ST-LIVE-26"),
        (http.HISTORY_LIST, '{"status":"over"}', "status", "ST-LIVE-26"),
        (http.HISTORY_LIST, '{"pageNo":0}', "pageNo", "ST-LIVE-24"),
        (http.HISTORY_LIST, '{"pageSize":-1}', "pageSize", "ST-LIVE-24"),
        (http.HISTORY_LIST, '{"sortValue":"up"}', "sortValue", "ST-LIVE-25"),
        (http.RTC_AUDIENCE_TOKEN, '{"sessionId":"s"}', "rtcChannelId", "ST-LIVE-30"),
    ],
)
def test_what_is_wrong_is_named(operation: Operation[Any, Any], text: str, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        operation.decode_request(body=text.encode())
    assert (caught.value.vendor, caught.value.message) == ("sensetime", f"{operation.id}.request")
    assert (caught.value.path, caught.value.clause) == (path, clause)


def test_the_query_names_a_live_too() -> None:
    with pytest.raises(ValidationError, match=r"queryStat\.request: sessionId: required field is missing"):
        http.QUERY_STAT.decode_request("sessionid=live-1")
    assert http.QUERY_STAT.decode_request("sessionId=12&x=1").value == http.QueryStatRequest(session_id="12")


# --- an own RTC app ---


@pytest.mark.parametrize("name", ["urtc_token", "urtc_uid", "urtc_app_id", "urtc_channel_id"])
def test_an_own_app_needs_all_four_values(name: str) -> None:
    http.CreateLiveRequest(param=LIVE_TEXT, **OWN)
    with pytest.raises(ValidationError, match=r"as urtcUseExternalApp is true \[ST-LIVE-03\]$"):
        http.CreateLiveRequest(param=LIVE_TEXT, **{key: value for key, value in OWN.items() if key != name})
    with pytest.raises(ValidationError, match=r"\[ST-E21\]$"):
        http.CreateLiveRequest(param=LIVE_TEXT, **{name: OWN[name]})


@pytest.mark.parametrize(
    ("field", "value", "clause"),
    [
        ("urtc_uid", "4294967296", "ST-LIVE-04"),
        ("urtc_uid", "-1", "ST-LIVE-04"),
        ("urtc_uid", "7a", "ST-LIVE-04"),
        ("urtc_uid", "", "ST-LIVE-04"),
        ("urtc_uid", "07", "ST-E19"),
        ("urtc_channel_id", "c" * 65, "ST-LIVE-05"),
        ("urtc_channel_id", "频道", "ST-E20"),
        ("urtc_app_id", "", "ST-LIVE-03"),
    ],
)
def test_the_values_of_an_own_app_have_limits(field: str, value: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        http.CreateLiveRequest(param=LIVE_TEXT, **{**OWN, field: value})
    assert caught.value.clause == clause


def test_zero_is_a_uid_for_those_who_ask_for_it() -> None:
    assert http.CreateLiveRequest(param=LIVE_TEXT, **{**OWN, "urtc_uid": "0"}).uses_own_app


def test_the_platforms_app_is_used_unless_told() -> None:
    assert not http.CreateLiveRequest(param=LIVE_TEXT).uses_own_app
    assert not http.CreateLiveRequest(param=LIVE_TEXT, urtc_use_external_app=False).uses_own_app


def test_the_token_of_an_own_app_is_not_shown() -> None:
    shown = repr(http.CreateLiveRequest(param=LIVE_TEXT, **{**OWN, "urtc_token": "secret-1"}))
    assert "secret-1" not in shown


# --- scripts ---


def test_a_request_is_made_from_a_script() -> None:
    live = script.decode_live(LIVE_TEXT).value
    request = http.CreateLiveRequest.of(live, user_data="u")
    assert request == http.CreateLiveRequest(param=script.encode(live), user_data="u")
    assert isinstance(request.script, LiveScript)
    assert request.script == live


@pytest.mark.parametrize(
    "type_", [http.TakeoverCommandV1Request, http.TakeoverCommandRequest, http.TakeoverQueueRequest]
)
def test_so_is_every_takeover(type_: Any) -> None:
    takeover = script.decode_takeover(TAKEOVER_TEXT).value
    request = type_.of("live-1", takeover)
    assert (request.session_id, request.param) == ("live-1", TAKEOVER_TEXT)
    assert isinstance(request.script, TakeoverScript)
    assert request.script == takeover


def test_the_text_stays_as_it_came() -> None:
    text = json.dumps({"x-later": 1, "sceneList": []}, indent=1)
    decoded = http.CREATE_LIVE.decode_request(body=json.dumps({"param": text}).encode())
    assert decoded.value.param == text


def test_every_fault_of_a_script_is_told_from_its_member_on() -> None:
    text = '{"bit_rate":9,"sceneList":[{"tts_config":{"volume":0,"qid":"v"}},{}],"recycle":"twice"}'
    with pytest.raises(ValidationError) as caught:
        http.CREATE_LIVE.decode_request(body=json.dumps({"param": text}).encode())
    assert {fault.path for fault in caught.value.findings} >= {
        "param.bit_rate", "param.recycle", "param.sceneList[0].tts_config.volume",
    }  # fmt: skip
    assert caught.value.message == "createLive.request"
    with pytest.raises(ValidationError) as made:
        http.CreateLiveRequest(param=text)
    assert {fault.path for fault in made.value.findings} >= {"param.bit_rate", "param.recycle"}


@pytest.mark.parametrize(
    ("operation", "clause"), [(http.TAKEOVER_COMMAND, "ST-TKO-01"), (http.TAKEOVER_QUEUE, "ST-TKO-01")]
)
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{x", "at byte 1 of the text"),
        ("[]", "got a list"),
        ('"a"', "got text"),
        (TAKEOVER_TEXT + ",", "at byte 58 of the text"),
    ],
)
def test_a_text_that_is_no_script_is_told(operation: Operation[Any, Any], clause: str, text: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason) as caught:
        operation.decode_request(body=of_takeover(text=text).encode())
    assert (caught.value.path, caught.value.clause) == ("param", clause)


def test_what_is_understood_in_a_script_is_told_too() -> None:
    text = LIVE_TEXT.replace("digital_role", "digital role")
    decoded = http.CREATE_LIVE.decode_request(body=json.dumps({"param": text}).encode())
    assert decoded.deviations == ("ST-E75",)
    with pytest.raises(ValidationError, match=r"param\.sceneList\[0\]\.digital role: .*\[ST-E75\]$"):
        http.CREATE_LIVE.decode_request(body=json.dumps({"param": text}).encode(), strict=True)


def test_a_takeover_says_something() -> None:
    decoded = http.TAKEOVER_COMMAND.decode_request(body=of_takeover(text="{}").encode())
    assert decoded.deviations == ("ST-E36",)
    with pytest.raises(ValidationError, match=r"^TakeoverCommandRequest: param: .* \[ST-E36\]$"):
        http.TakeoverCommandRequest(session_id="s", param="{}")


def test_all_that_could_be_understood_is_refused_at_once() -> None:
    text = '{"tts_query":{"content":"short"},"backgrounds":[{"url":"https://files.example.com/b.gif"}]}'
    decoded = http.TAKEOVER_COMMAND.decode_request(body=of_takeover(text=text).encode())
    with pytest.raises(ValidationError) as caught:
        http.TakeoverCommandRequest(session_id="s", param=text)
    assert tuple(dict.fromkeys(fault.clause for fault in caught.value.findings)) == decoded.deviations
    assert len(decoded.deviations) > 1


@pytest.mark.parametrize("param", [None, 5, ""])
def test_what_is_no_text_is_refused_as_such(param: Any) -> None:
    with pytest.raises(ValidationError, match=r"expected text that is not empty \[ST-(LIVE|TKO)-01\]$"):
        http.CreateLiveRequest(param=param)


FRONT_TEXT = '{"audio":"https://files.example.com/a.mp3","foregrounds":[{"url":"https://files.example.com/f.png"}]}'


@pytest.mark.parametrize(("text", "path"), [(WITH_IMAGE_TEXT, "backgrounds"), (FRONT_TEXT, "foregrounds")])
def test_the_retiring_command_ignores_pictures(text: str, path: str) -> None:
    decoded = http.TAKEOVER_COMMAND_V1.decode_request(body=of_takeover(text=text).encode())
    assert decoded.deviations == ("ST-E41",)
    with pytest.raises(ValidationError, match=rf"param\.{path}: .* \[ST-E41\]$"):
        http.TakeoverCommandV1Request(session_id="s", param=text)
    for operation in (http.TAKEOVER_COMMAND, http.TAKEOVER_QUEUE):
        assert operation.decode_request(body=of_takeover(text=text).encode()).deviations == ()


# --- positions and ids ---


@pytest.mark.parametrize("priority", [0, -3])
def test_positions_count_from_one(priority: int) -> None:
    queued = of_takeover(f',"priority":{priority}')
    moved = f'{{"sessionId":"s","commandTraceId":"t","priority":{priority}}}'
    for operation, text in ((http.TAKEOVER_QUEUE, queued), (http.TAKEOVER_REORDER, moved)):
        decoded = operation.decode_request(body=text.encode())
        assert (decoded.value.priority, decoded.deviations) == (priority, ("ST-E44",))
    with pytest.raises(ValidationError, match=r"priority: .* \[ST-E44\]$"):
        http.TakeoverReorderRequest(session_id="s", command_trace_id="t", priority=priority)


@pytest.mark.parametrize(
    ("text", "ids", "everything", "deviations"),
    [
        ("a", ("a",), False, ()),
        ("a;b", ("a", "b"), False, ()),
        ("-1", ("-1",), True, ()),
        ("a；b", ("a", "b"), False, ("ST-E52",)),
        ("a; b", ("a", "b"), False, ("ST-E51",)),
        ("a;b;", ("a", "b"), False, ("ST-E51",)),
        (";;a", ("a",), False, ("ST-E51",)),
        ("a;-1", ("a", "-1"), True, ("ST-E51",)),
        (" a ；；-1", ("a", "-1"), True, ("ST-E52", "ST-E51")),
    ],
)
def test_what_is_cancelled(text: str, ids: tuple[str, ...], everything: bool, deviations: tuple[str, ...]) -> None:
    body = msgspec.json.encode({"sessionId": "s", "commandTraceId": text})
    decoded = http.TAKEOVER_CANCEL.decode_request(body=body)
    assert (decoded.value.trace_ids, decoded.value.everything, decoded.deviations) == (ids, everything, deviations)
    if deviations:
        with pytest.raises(ValidationError):
            http.TakeoverCancelRequest(session_id="s", command_trace_id=text)


def test_an_id_with_a_semicolon_cannot_be_joined() -> None:
    with pytest.raises(ValidationError, match=r"trace_ids\[1\]: it has a semicolon.* \[ST-TKO-17\]$"):
        http.TakeoverCancelRequest.of("s", "a", "b;c")
    with pytest.raises(ValidationError, match="commandTraceId"):
        http.TakeoverCancelRequest.of("s")
    with pytest.raises(ValidationError, match=r"\[ST-E51\]$"):
        http.TakeoverCancelRequest.of("s", "a", "-1")


# --- questions ---


@pytest.mark.parametrize(
    ("field", "value", "clause"),
    [
        ("app_id", 12, "ST-NLP-01"),
        ("app_id", "", "ST-NLP-01"),
        ("device", "web", "ST-NLP-02"),
        ("device", "iOS", "ST-NLP-02"),
        ("language", "en", "ST-NLP-03"),
        ("session", "a_b", "ST-NLP-04"),
        ("session", "", "ST-NLP-04"),
        ("trace", "問", "ST-NLP-04"),
        ("trace", "a\n", "ST-NLP-04"),
        ("query", None, "ST-NLP-08"),
    ],
)
def test_a_question_has_a_form(field: str, value: object, clause: str) -> None:
    http.NlpReplyRequest(**NLP)
    with pytest.raises(ValidationError) as caught:
        http.NlpReplyRequest(**{**NLP, field: value})
    assert caught.value.clause == clause


# --- histories ---


def test_a_history_has_defaults() -> None:
    nothing = http.HistoryListRequest()
    assert (nothing.page_no_or_default, nothing.page_size_or_default) == (1, 10)
    asked = http.HistoryListRequest(page_no=3, page_size=2)
    assert (asked.page_no_or_default, asked.page_size_or_default) == (3, 2)
    assert http.HISTORY_LIST.decode_request(body=b"").value == nothing


@pytest.mark.parametrize("status", list(HistoryStatus))
def test_a_history_is_filtered_by_what_is_over(status: HistoryStatus) -> None:
    assert http.HISTORY_LIST.decode_request(body=b'{"status":%d}' % status, strict=True).value.status is status


def test_other_names_to_sort_by_are_told() -> None:
    decoded = http.HISTORY_LIST.decode_request(body=b'{"sortName":"status"}')
    assert (decoded.value.sort_name, decoded.deviations) == ("status", ("ST-E30",))
    with pytest.raises(ValidationError, match=r"sortName: got 'status', expected startTime or endTime \[ST-E30\]$"):
        http.HistoryListRequest(sort_name="status")
