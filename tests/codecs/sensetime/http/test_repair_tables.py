"""Documented variants of requests and answers: each is understood, told by its erratum, and refused when strict."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http

from ..http_samples import CASES, LIVE_TEXT, STREAM, STREAM_TEXT, WRAPPED, quoted

ROW = '{"sessionId":"s","status":2}'
ROWS = (http.RunningLive(session_id="s", status=2),)
PAST = '{"sessionId":"s","status":5,"startTime":"2031-05-06 07:08:09","endTime":"2031-05-06 07:18:09"}'
FLAT = '"answer":"a","language":"zh","query":"q","session":"c","trace":"t","error_message":""'

ANSWERS: tuple[tuple[str, Operation[Any, Any], str, Any], ...] = (
    ("ST-E06", http.START_LIVE, '{"code":"0","message":"success","data":true}', True),
    ("ST-E19", http.CREATE_LIVE,
     WRAPPED.format(
         '{"sessionId":"s","sessionToken":"t","status":35,' + STREAM_TEXT.replace('"7"', "7") + "}"
     ),
     http.CreateLiveData(session_id="s", session_token="t", status=35, **STREAM)),
    ("ST-E19", http.QUERY_STAT, WRAPPED.format('{"status":2,' + STREAM_TEXT.replace('"7"', "7") + "}"),
     http.QueryStatData(status=2, **STREAM)),
    ("ST-E10", http.TAKEOVER_COMMAND_V1, WRAPPED.format('{"isSuccess":true,"commandTraceId":"t"}'), True),
    ("ST-E10", http.TAKEOVER_COMMAND, WRAPPED.format("false"), http.TakeoverCommandData(is_success=False)),
    ("ST-E27", http.RUNNING_LIST, WRAPPED.format(ROW), ROWS),
    ("ST-E27", http.RUNNING_LIST, WRAPPED.format("null"), ()),
    ("ST-E07", http.RUNNING_LIST, WRAPPED.format("{}"), ()),
    ("ST-E28", http.HISTORY_LIST, WRAPPED.format(f'{{"pagination":{{}},"result":{PAST}}}'),
     http.HistoryListData(
         pagination=http.Pagination(),
         result=(
             http.HistoryLive(
                 session_id="s", status=5, start_time="2031-05-06 07:08:09", end_time="2031-05-06 07:18:09"
             ),
         ),
     )),
    ("ST-E06", http.HISTORY_LIST, WRAPPED.format('{"pagination":{"pageNo":"1","pageSize":"10"},"result":[]}'),
     http.HistoryListData(pagination=http.Pagination(page_no=1, page_size=10), result=())),
    ("ST-E71", http.NLP_REPLY, WRAPPED.format(f'{{{FLAT},"device_id":"ios"}}'),
     http.NlpReplyResponse(
         answer="a", device_id="ios", language="zh", query="q", session="c", trace="t", error_message=""
     )),
    ("ST-E71", http.NLP_REPLY, f'{{{FLAT},"device":"ios"}}',
     http.NlpReplyResponse(
         answer="a", device_id="ios", language="zh", query="q", session="c", trace="t", error_message=""
     )),
)  # fmt: skip


@pytest.mark.parametrize(("erratum", "operation", "text", "value"), ANSWERS)
def test_an_answer_is_understood_and_told(
    erratum: str, operation: Operation[Any, Any], text: str, value: object
) -> None:
    body = text.encode()
    decoded = operation.decode_response(200, body)
    assert (decoded.value, decoded.deviations) == (value, (erratum,))
    assert decoded.encode() == body
    with pytest.raises(ValidationError, match=rf"\[{erratum}\]( \(and|$)"):
        operation.decode_response(200, body, strict=True)


def test_another_language_is_understood_and_told() -> None:
    text = f'{{{FLAT.replace("zh", "LanguageCode")},"device_id":"DeviceID"}}'.encode()
    decoded = http.NLP_REPLY.decode_response(200, text)
    assert (decoded.value.language, decoded.deviations) == ("LanguageCode", ("ST-E71",))


def test_nothing_running_may_be_told_by_leaving_it_out() -> None:
    decoded = http.RUNNING_LIST.decode_response(200, b'{"code":0,"message":"success"}', strict=True)
    assert decoded.value == ()


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"code":0.5,"message":"success","data":true}', "code"),
        ('{"code":"zero","message":"success","data":true}', "code"),
        ('{"code":1e300,"message":"success","data":true}', "code"),
        ('{"code":true,"message":"success","data":true}', "code"),
        ('{"code":null,"message":"success","data":true}', "code"),
        ('{"message":"success","data":true}', "code"),
        ('{"code":0,"data":true}', "message"),
        ('{"code":0,"message":"success","data":{"isSuccess":"yes"}}', "data"),
    ],
)
def test_what_nothing_explains_is_refused(text: str, path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        http.TAKEOVER_COMMAND_V1.decode_response(200, text.encode())
    assert caught.value.path == path


def test_an_answer_that_is_no_object_is_refused() -> None:
    for operation in (http.START_LIVE, http.NLP_REPLY):
        with pytest.raises(ValidationError, match="got a list, expected a JSON object"):
            operation.decode_response(200, b"[]")
    with pytest.raises(ValidationError, match="answer: required field is missing"):
        http.NLP_REPLY.decode_response(200, b'{"code":0,"message":"","data":[]}')


# --- requests ---

OWN = '"urtcToken":"t","urtcUid":{},"urtcAppId":"a","urtcChannelId":"c"'

REQUESTS: tuple[tuple[str, Operation[Any, Any], str, Any], ...] = (
    ("ST-E19", http.CREATE_LIVE,
     f'{{"param":{quoted(LIVE_TEXT)},"urtcUseExternalApp":true,{OWN.format(7)}}}',
     http.CreateLiveRequest(
         param=LIVE_TEXT, urtc_use_external_app=True, urtc_token="t", urtc_uid="7", urtc_app_id="a",
         urtc_channel_id="c",
     )),
    ("ST-E21", http.CREATE_LIVE, f'{{"param":{quoted(LIVE_TEXT)},"urtcUid":[],"urtcToken":"t"}}',
     http.CreateLiveRequest(param=LIVE_TEXT)),
    ("ST-E21", http.CREATE_LIVE, f'{{"param":{quoted(LIVE_TEXT)},"urtcUseExternalApp":false,{OWN.format(7)}}}',
     http.CreateLiveRequest(param=LIVE_TEXT, urtc_use_external_app=False)),
    ("ST-E06", http.HISTORY_LIST, '{"pageNo":"2","pageSize":"5"}', http.HistoryListRequest(page_no=2, page_size=5)),
)  # fmt: skip


@pytest.mark.parametrize(("erratum", "operation", "text", "value"), REQUESTS)
def test_a_request_is_understood_and_told(
    erratum: str, operation: Operation[Any, Any], text: str, value: object
) -> None:
    decoded = operation.decode_request(body=text.encode())
    assert (decoded.value, decoded.deviations) == (value, (erratum,))
    with pytest.raises(ValidationError, match=rf"\[{erratum}\]( \(and|$)"):
        operation.decode_request(body=text.encode(), strict=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation.id)
def test_what_is_ruled_is_no_variant(case: Any) -> None:
    assert case.operation.decode_response(200, case.body).deviations == ()
