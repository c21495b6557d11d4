"""Answers: what is required, which states each operation tells, what is needed in which state."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.errors import ValidationError
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http

from ..http_samples import STREAM_TEXT, WRAPPED

THREE = STREAM_TEXT.partition(",")[2]
TIMES = '"startTime":"2031-05-06 07:08:09","endTime":"2031-05-06 07:18:09"'


def answer(data: str) -> bytes:
    return WRAPPED.format(data).encode()


@pytest.mark.parametrize(
    ("operation", "data", "path", "clause"),
    [
        (http.CREATE_LIVE, '{"sessionToken":"t","status":32}', "data.sessionId", "ST-LIVE-11"),
        (http.CREATE_LIVE, '{"sessionId":"s","status":32}', "data.sessionToken", "ST-LIVE-12"),
        (http.CREATE_LIVE, '{"sessionId":"s","sessionToken":"t"}', "data.status", "ST-LIVE-08"),
        (http.CREATE_LIVE, '{"sessionId":"s","sessionToken":"t","status":"running"}', "data.status", "ST-LIVE-08"),
        (http.CREATE_LIVE, f'{{"sessionId":"s","sessionToken":"t","status":35,{THREE}}}', "data.rtcAppId", "ST-E16"),
        (http.CREATE_LIVE, "true", "data", "ST-E07"),
        (http.START_LIVE, '"true"', "data", "ST-E07"),
        (http.START_LIVE, "1", "data", "ST-E07"),
        (http.TAKEOVER_COMMAND, '{"commandTraceId":"t"}', "data.isSuccess", "ST-TKO-05"),
        (http.TAKEOVER_QUEUE, '{"commandStatus":34}', "data.commandTraceId", "ST-TKO-12"),
        (http.TAKEOVER_QUEUE, '{"commandTraceId":"t"}', "data.commandStatus", "ST-TKO-12"),
        (http.TAKEOVER_REORDER, "{}", "data.isSuccess", "ST-E09"),
        (http.TAKEOVER_CANCEL, '{"isSuccess":1}', "data.isSuccess", "ST-TKO-20"),
        (http.TAKEOVER_CANCEL, '{"isSuccess":true,"commandFinishTime":"now"}', "data.commandFinishTime", "ST-LIVE-27"),
        (http.TAKEOVER_QUEUE_LIST, '{"commandTraceIds":["a",1]}', "data.commandTraceIds[1]", "ST-TKO-22"),
        (http.QUERY_STAT, '{"sessionToken":"t"}', "data.status", "ST-LIVE-19"),
        (http.QUERY_STAT, '{"status":2,"rtcUid":"7"}', "data.rtcAppId", "ST-LIVE-20"),
        (http.RUNNING_LIST, '[{"status":2}]', "data[0].sessionId", "ST-LIVE-22"),
        (http.RUNNING_LIST, '[{"sessionId":"s","status":2,"startTime":"2031-13-06 07:08:09"}]', "data[0].startTime",
         "ST-LIVE-27"),
        (http.HISTORY_LIST, '{"result":[]}', "data.pagination", "ST-E29"),
        (http.HISTORY_LIST, '{"pagination":{}}', "data.result", "ST-LIVE-28"),
        (http.HISTORY_LIST, '{"pagination":{},"result":[{"sessionId":"s"}]}', "data.result[0].status", "ST-LIVE-28"),
        (http.RTC_AUDIENCE_TOKEN, '{"token":"t"}', "data", "ST-E07"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(operation: Operation[Any, Any], data: str, path: str, clause: str) -> None:
    with pytest.raises(ValidationError) as caught:
        operation.decode_response(200, answer(data))
    assert (caught.value.vendor, caught.value.message) == ("sensetime", f"{operation.id}.response")
    assert (caught.value.path, caught.value.clause) == (path, clause)


@pytest.mark.parametrize("name", ["answer", "device_id", "language", "query", "session", "trace", "error_message"])
def test_the_flat_answer_has_all_its_members(name: str) -> None:
    members = ("answer", "device_id", "language", "query", "session", "trace", "error_message")
    text = ",".join(f'"{member}":"zh"' for member in members if member != name)
    with pytest.raises(ValidationError) as caught:
        http.NLP_REPLY.decode_response(200, f"{{{text}}}".encode())
    assert (caught.value.path, caught.value.reason) == (name, "required field is missing")


def reply(answer: str, error_message: str) -> http.NlpReplyResponse:
    return http.NlpReplyResponse(
        answer=answer, device_id="ios", language="zh", query="q", session="c", trace="t", error_message=error_message
    )


def test_a_question_is_answered_missed_or_failed() -> None:
    assert [(told.missed, told.failed) for told in (reply("a", ""), reply("", ""), reply("", "no library"))] == [
        (False, False), (True, False), (False, True),
    ]  # fmt: skip


# --- states ---

STATES: tuple[tuple[Operation[Any, Any], str, set[int], str], ...] = (
    (http.CREATE_LIVE, '{{"sessionId":"s","sessionToken":"t","status":{}}}', {32, 35, 9, 97, 98}, "ST-E18"),
    (http.QUERY_STAT, '{{"status":{}}}', {2, 32, 35, 5, 50, 9, 99}, "ST-E18"),
    (http.RUNNING_LIST, '[{{"sessionId":"s","status":{}}}]', {2, 32, 35}, "ST-E18"),
    (http.HISTORY_LIST, f'{{{{"pagination":{{{{}}}},"result":[{{{{"sessionId":"s","status":{{}},{TIMES}}}}}]}}}}',
     {5, 50, 9, 99, 97, 98}, "ST-E18"),
    (http.TAKEOVER_QUEUE, '{{"commandStatus":{},"commandTraceId":"t"}}', {33, 34}, "ST-E48"),
)  # fmt: skip


@pytest.mark.parametrize(("operation", "form", "known", "erratum"), STATES, ids=lambda value: getattr(value, "id", ""))
def test_other_states_are_understood_but_told(
    operation: Operation[Any, Any], form: str, known: set[int], erratum: str
) -> None:
    for status in range(101):
        decoded = operation.decode_response(200, answer(form.format(status)))
        assert (erratum in decoded.deviations) == (status not in known)
        if status not in known:
            with pytest.raises(ValidationError, match=rf"got {status}, expected .* or \d+ \[{erratum}\]$"):
                operation.decode_response(200, answer(form.format(status)), strict=True)


def test_and_never_written() -> None:
    for make in (
        lambda: http.CreateLiveData(session_id="s", session_token="t", status=2),
        lambda: http.QueryStatData(status=97),
        lambda: http.RunningLive(session_id="s", status=5),
        lambda: http.HistoryLive(session_id="s", status=2, start_time="2031-05-06 07:08:09"),
        lambda: http.TakeoverQueueData(command_status=36, command_trace_id="t"),
    ):
        with pytest.raises(ValidationError, match=r"tatus: got \d+, expected .*\[ST-E(18|48)\]( \(and 1 more\))?$"):
            make()


@pytest.mark.parametrize(
    ("operation", "form", "status", "deviations"),
    [
        (http.CREATE_LIVE, '{{"sessionId":"s","sessionToken":"t","status":{}{}}}', 35, ()),
        (http.CREATE_LIVE, '{{"sessionId":"s","sessionToken":"t","status":{}{}}}', 32, ("ST-LIVE-10",)),
        (http.CREATE_LIVE, '{{"sessionId":"s","sessionToken":"t","status":{}{}}}', 9, ()),
        (http.CREATE_LIVE, '{{"sessionId":"s","sessionToken":"t","status":{}{}}}', 98, ()),
        (http.QUERY_STAT, '{{"status":{}{}}}', 35, ()),
        (http.QUERY_STAT, '{{"status":{}{}}}', 2, ()),
        (http.QUERY_STAT, '{{"status":{}{}}}', 32, ("ST-LIVE-20",)),
        (http.QUERY_STAT, '{{"status":{}{}}}', 50, ("ST-LIVE-20",)),
        (http.QUERY_STAT, '{{"status":{}{}}}', 3, ("ST-E18",)),
    ],
)
def test_the_stream_is_told_in_some_states(
    operation: Operation[Any, Any], form: str, status: int, deviations: tuple[str, ...]
) -> None:
    with_stream = operation.decode_response(200, answer(form.format(status, f",{STREAM_TEXT}")))
    assert with_stream.deviations == deviations
    assert with_stream.value.has_stream
    without = operation.decode_response(200, answer(form.format(status, ',"rtcToken":null')))
    assert ("ST-E22" in without.deviations) == (status in {2, 35})
    assert not without.value.has_stream


@pytest.mark.parametrize("uid", ['"rtcUid"', '"4294967296"', '"-7"', "-7", "4294967296"])
def test_a_uid_that_is_none_is_kept(uid: str) -> None:
    body = answer(f'{{"sessionId":"s","sessionToken":"t","status":9,"rtcUid":{uid}}}')
    decoded = http.CREATE_LIVE.decode_response(200, body)
    assert decoded.value.rtc_uid == uid.strip('"')
    assert "ST-LIVE-04" in decoded.deviations
    with pytest.raises(ValidationError, match=r"data\.rtcUid"):
        http.CREATE_LIVE.decode_response(200, body, strict=True)
    with pytest.raises(ValidationError, match=r"expected decimal digits up to 4294967295 \[ST-LIVE-04\]$"):
        http.CreateLiveData(session_id="s", session_token="t", status=9, rtc_uid=uid.strip('"'))


def test_a_history_without_times_is_understood() -> None:
    decoded = http.HISTORY_LIST.decode_response(
        200, answer('{"pagination":{},"result":[{"sessionId":"s","status":99}]}')
    )
    assert decoded.deviations == ("ST-E31",)
    with pytest.raises(ValidationError, match=r"startTime: required field is missing \[ST-E31\] \(and 1 more\)$"):
        http.HistoryLive(session_id="s", status=99)


def test_why_a_cancellation_failed_is_only_told_when_it_did() -> None:
    assert http.TAKEOVER_CANCEL.decode_response(200, answer('{"isSuccess":true,"message":""}')).deviations == ()
    decoded = http.TAKEOVER_CANCEL.decode_response(200, answer('{"isSuccess":true,"message":"x"}'))
    assert decoded.deviations == ("ST-E54",)


def test_a_queue_that_is_not_told_is_empty() -> None:
    assert http.TAKEOVER_QUEUE_LIST.decode_response(200, answer("{}")).value.trace_ids == ()
    assert http.TakeoverQueueListData(command_trace_ids=("a",)).trace_ids == ("a",)


@pytest.mark.parametrize(
    ("page", "size", "rows", "pages", "start"), [(1, 10, 0, 0, 0), (1, 10, 10, 1, 0), (3, 10, 21, 3, 20)]
)
def test_pages_are_counted(page: int, size: int, rows: int, pages: int, start: int) -> None:
    made = http.Pagination.of(page, size, rows)
    assert (made.number_pages, made.start_index, made.number_records) == (pages, start, rows)


def test_tokens_are_not_shown() -> None:
    for data in (
        http.CreateLiveData(session_id="s", session_token="secret-1", status=32),
        http.QueryStatData(status=32, session_token="secret-1"),
    ):
        assert "secret-1" not in repr(data)
