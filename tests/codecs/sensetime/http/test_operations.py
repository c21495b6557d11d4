"""The table of HTTP operations: every request and every answer beside its literal bytes, in both directions."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs import HttpError
from avatarwire.codecs.errors import DecodeError, EncodeError, ValidationError
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http

from ..http_samples import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.operation.id}-{case.sent[:20]}")
every = pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)

PATHS = {
    "createLive": "POST /api/2dvh/v2/material/live/channel/create",
    "heartbeat": "POST /api/2dvh/v1/material/live/channel/heartbeat",
    "startLive": "POST /api/2dvh/v1/material/live/channel/start",
    "takeoverCommandV1": "POST /api/2dvh/v1/material/live/channel/command",
    "takeoverCommand": "POST /api/2dvh/v2/material/live/channel/command",
    "takeoverQueue": "POST /api/2dvh/v1/material/live/channel/command/queue",
    "takeoverReorder": "POST /api/2dvh/v1/material/live/channel/command/queue/reorder",
    "takeoverCancel": "POST /api/2dvh/v1/material/live/channel/command/cancel",
    "takeoverQueueList": "POST /api/2dvh/v1/material/live/channel/command/queue/list",
    "nlpReply": "POST /api/2dvh/v1/nlp/model/reply",
    "closeLive": "POST /api/2dvh/v1/material/live/channel/close",
    "queryStat": "GET /api/2dvh/v1/material/live/channel/stat",
    "runningList": "GET /api/2dvh/v1/material/live/channel/running/list",
    "historyList": "POST /api/2dvh/v1/material/live/channel/history/list",
    "rtcAudienceToken": "POST /api/2dvh/v1/material/rtc/token/audience",
}


def test_the_operations_are_those_of_the_document() -> None:
    assert {known.id: f"{known.method} {known.path}" for known in http.OPERATIONS} == PATHS
    assert http.ENDPOINT == "https://aigc.softsugar.com"


def test_an_operation_is_found_by_its_route_and_its_id() -> None:
    assert http.BY_ROUTE["POST", "/api/2dvh/v2/material/live/channel/command"] is http.TAKEOVER_COMMAND
    assert http.BY_ROUTE["POST", "/api/2dvh/v1/material/live/channel/command"] is http.TAKEOVER_COMMAND_V1
    assert http.BY_ID["nlpReply"] is http.NLP_REPLY
    assert len(http.BY_ROUTE) == len(http.BY_ID) == 15


def test_every_operation_has_a_case() -> None:
    assert {case.operation.id for case in CASES} == set(PATHS)


@every_case
def test_a_request_and_its_bytes(case: Case) -> None:
    sent = case.operation.encode_request(case.request)

    assert (sent.method, sent.path) == (case.operation.method, case.operation.path)
    assert (sent.query or sent.body.decode()) == case.sent
    decoded = case.operation.decode_request(sent.query, sent.body, strict=True)
    assert decoded.value == case.request
    assert decoded.deviations == ()
    assert decoded.unknown_fields() == {}


@every_case
def test_an_answer_and_its_bytes(case: Case) -> None:
    assert case.operation.encode_response(case.data) == case.body
    decoded = case.operation.decode_response(200, case.body, strict=True)
    assert decoded.value == case.data
    assert decoded.deviations == ()
    assert decoded.encode() == case.body


@every
def test_every_request_but_one_says_that_it_is_json(operation: Operation[Any, Any]) -> None:
    case = next(case for case in CASES if case.operation is operation)
    headers = operation.encode_request(case.request).headers
    assert headers == ({} if operation.id == "runningList" else {"content-type": "application/json"})


@every
def test_every_operation_fails_by_its_code_and_by_its_status(operation: Operation[Any, Any]) -> None:
    with pytest.raises(HttpError, match=r"^HTTP 200 301: not today$") as caught:
        operation.decode_response(200, b'{"code":301,"message":"not today"}')
    assert caught.value.code == "301"
    with pytest.raises(HttpError, match=r"^HTTP 401"):
        operation.decode_response(401, b"")


@every
def test_every_answer_is_json(operation: Operation[Any, Any]) -> None:
    with pytest.raises(DecodeError) as caught:
        operation.decode_response(200, b'{"code":0,')
    assert (caught.value.vendor, caught.value.message) == ("sensetime", f"{operation.id}.response")
    assert caught.value.offset == 10


NEEDED = (
    http.TAKEOVER_COMMAND, http.TAKEOVER_QUEUE, http.TAKEOVER_REORDER, http.TAKEOVER_CANCEL, http.TAKEOVER_QUEUE_LIST,
)  # fmt: skip


@pytest.mark.parametrize("operation", NEEDED, ids=lambda operation: operation.id)
@pytest.mark.parametrize("data", ["", ',"data":null'])
def test_a_takeover_that_succeeded_has_data(operation: Operation[Any, Any], data: str) -> None:
    with pytest.raises(ValidationError, match=r"data: .*expected the data of a success \[ST-E07\]$"):
        operation.decode_response(200, f'{{"code":0,"message":"success"{data}}}'.encode())


OFFERED = (
    http.CREATE_LIVE, http.START_LIVE, http.TAKEOVER_COMMAND_V1, http.CLOSE_LIVE, http.QUERY_STAT, http.HISTORY_LIST,
    http.RTC_AUDIENCE_TOKEN,
)  # fmt: skip


@pytest.mark.parametrize("operation", OFFERED, ids=lambda operation: operation.id)
@pytest.mark.parametrize(("data", "deviations"), [("", ()), (',"data":null', ("ST-E07",)), (',"data":{}', ("ST-E07",))])
def test_elsewhere_a_reader_goes_without(operation: Operation[Any, Any], data: str, deviations: tuple[str]) -> None:
    decoded = operation.decode_response(200, f'{{"code":0,"message":"success"{data}}}'.encode())
    assert (decoded.value, decoded.deviations) == (None, deviations)


@pytest.mark.parametrize("operation", OFFERED, ids=lambda operation: operation.id)
def test_but_a_writer_does_not(operation: Operation[Any, Any]) -> None:
    with pytest.raises(EncodeError, match="data: got null"):
        operation.encode_response(None)


@pytest.mark.parametrize(("data", "deviations"), [("", ()), (',"data":null', ("AW-NULL",))])
def test_a_heartbeat_has_no_data(data: str, deviations: tuple[str]) -> None:
    text = f'{{"code":0,"message":"success"{data}}}'.encode()
    decoded = http.HEARTBEAT.decode_response(200, text)
    assert (decoded.value, decoded.deviations) == (None, deviations)


def test_what_a_heartbeat_answers_nevertheless_survives() -> None:
    empty = http.HEARTBEAT.decode_response(200, b'{"code":0,"message":"success","data":{}}', strict=True)
    assert empty.value == http.HeartbeatData()
    text = b'{"code":0,"message":"success","data":{"ttl":60}}'
    decoded = http.HEARTBEAT.decode_response(200, text)
    assert (decoded.value, decoded.unknown_fields()) == (http.HeartbeatData(), {"data.ttl": 60})


@pytest.mark.parametrize(
    ("data", "done"),
    [
        (True, True),
        (False, False),
        (None, False),
        (http.TakeoverReorderData(is_success=True), True),
        (http.TakeoverCancelData(is_success=False), False),
        (http.TakeoverCommandData(is_success=True), True),
        (http.TakeoverQueueData(command_status=34, command_trace_id="t"), False),
    ],
)
def test_success_takes_two_signals(data: object, done: bool) -> None:
    """A code of 0 alone does not say that it was done (ST-E09)."""
    assert http.accepted(data) is done
