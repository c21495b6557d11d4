"""What holds for any message of the HTTP operations, tried with strategies read from the declarations."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, cast

import hypothesis
import msgspec
import pytest
from hypothesis import strategies as st
from msgspec import inspect

from avatarwire.codecs.errors import CodecError, DecodeError, HttpError
from avatarwire.codecs.message import Message
from avatarwire.codecs.operation import Operation
from avatarwire.codecs.sensetime import http

from ..strategies import ANY_JSON, disturbed, fields_of, json_of
from .http_samples import CASES, LIVE_TEXT, STREAM_TEXT, TAKEOVER_TEXT, WITH_IMAGE_TEXT

every = pytest.mark.parametrize("operation", http.OPERATIONS, ids=lambda operation: operation.id)
few = hypothesis.settings(max_examples=30, deadline=None)

TEXT: Final = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
LIVES: Final = st.sampled_from([LIVE_TEXT, LIVE_TEXT.replace("voice-1", "晚上好")])
TAKEOVERS: Final = st.sampled_from([TAKEOVER_TEXT, WITH_IMAGE_TEXT])
UID: Final = st.integers(0, 2**32 - 1).map(str)
STREAM: Final[dict[str, Any]] = msgspec.json.decode(f"{{{STREAM_TEXT}}}")

# What the rules between fields ask beyond the declarations.
RULED: Final[Mapping[str, st.SearchStrategy[dict[str, Any]]]] = {
    "createLive": st.fixed_dictionaries({"param": LIVES}, optional={"userData": TEXT})
    | st.fixed_dictionaries(
        {
            "param": LIVES,
            "urtcUseExternalApp": st.just(True),
            "urtcToken": TEXT,
            "urtcUid": UID,
            "urtcAppId": TEXT,
            "urtcChannelId": st.text(st.characters(codec="ascii"), min_size=1, max_size=64),
        }
    ),
    "takeoverCommandV1": st.fixed_dictionaries({"sessionId": TEXT, "param": st.just(TAKEOVER_TEXT)}),
    "takeoverCommand": st.fixed_dictionaries({"sessionId": TEXT, "param": TAKEOVERS}),
    "takeoverQueue": st.fixed_dictionaries(
        {"sessionId": TEXT, "param": TAKEOVERS}, optional={"priority": st.integers(1, 2**63 - 1)}
    ),
    "takeoverReorder": st.fixed_dictionaries(
        {"sessionId": TEXT, "commandTraceId": TEXT, "priority": st.integers(1, 2**63 - 1)}
    ),
    "takeoverCancel": st.lists(
        st.text("abcdef0123456789-", min_size=2, max_size=8).filter(lambda text: text != "-1"), min_size=1, max_size=4
    ).map(lambda ids: {"sessionId": "s", "commandTraceId": ";".join(ids)}),
    "historyList": fields_of(http.HistoryListRequest).map(
        lambda fields: {**fields, "sortName": "endTime"} if "sortName" in fields else fields
    ),
}


def requests(operation: Operation[Any, Any]) -> st.SearchStrategy[dict[str, Any]]:
    return RULED.get(operation.id, fields_of(operation.request.type))


def with_stream(statuses: Mapping[int, bool], **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Data with the values of the stream in those states that have them."""
    return st.sampled_from(list(statuses.items())).map(
        lambda state: {**more, "status": state[0], **(STREAM if state[1] else {})}
    )


TIMES: Final[dict[str, Any]] = {"startTime": "2031-05-06 07:08:09", "endTime": "2031-05-06 07:18:09"}
ROW: Final = st.sampled_from([5, 50, 9, 99, 97, 98]).map(lambda status: {"sessionId": "s", "status": status, **TIMES})
ANSWERED: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "createLive": with_stream({32: False, 35: True, 9: False, 97: False, 98: False}, sessionId="s", sessionToken="t"),
    "queryStat": with_stream({2: True, 35: True, 32: False, 5: False, 50: False, 9: False, 99: False}),
    "runningList": st.lists(
        st.fixed_dictionaries(
            {"sessionId": TEXT, "status": st.sampled_from([2, 32, 35])},
            optional={"startTime": st.just("2031-05-06 07:08:09")},
        )
    ),
    "historyList": st.fixed_dictionaries(
        {"pagination": json_of(inspect.type_info(http.Pagination)), "result": st.lists(ROW, max_size=3)}
    ),
    "heartbeat": st.just({"later": 1}),
}


def answers(operation: Operation[Any, Any]) -> st.SearchStrategy[Any]:
    """Data of right answers, as JSON."""
    type_ = operation.response.type
    if operation.id in ANSWERED:
        return ANSWERED[operation.id]
    is_message = isinstance(type_, type) and issubclass(type_, Message)
    return fields_of(cast("type[Message]", type_)) if is_message else json_of(inspect.type_info(type_))


def wrapped(operation: Operation[Any, Any], data: Any) -> bytes:
    whole = data if operation is http.NLP_REPLY else {"code": 0, "message": "success", "data": data}
    return msgspec.json.encode(whole)


@every
@few
@hypothesis.given(data=st.data())
def test_a_request_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    request = msgspec.convert(data.draw(requests(operation)), operation.request.type)
    sent = operation.encode_request(request)

    decoded = operation.decode_request(sent.query, sent.body, strict=True)

    assert decoded.value == request
    assert decoded.unknown_fields() == {}
    assert request.replace() == request


@every
@few
@hypothesis.given(data=st.data())
def test_an_answer_that_is_made_arrives(operation: Operation[Any, Any], data: st.DataObject) -> None:
    value = msgspec.convert(data.draw(answers(operation)), operation.response.type)

    decoded = operation.decode_response(200, operation.encode_response(value), strict=True)

    assert decoded.value == value


@every
@few
@hypothesis.given(data=st.data())
def test_members_nobody_knows_survive(operation: Operation[Any, Any], data: st.DataObject) -> None:
    body = wrapped(operation, data.draw(answers(operation)))
    body = body[:-1] + b',"x-later":[1,null]}'

    decoded = operation.decode_response(200, body)

    assert decoded.encode() == body
    assert decoded.unknown_fields().items() >= {"x-later": [1, None]}.items()
    assert decoded.deviations == ()


@every
@few
@hypothesis.given(data=st.data())
def test_a_disturbed_request_is_read_or_refused(operation: Operation[Any, Any], data: st.DataObject) -> None:
    body = msgspec.json.encode(data.draw(requests(operation).flatmap(disturbed)))
    with suppress(DecodeError):
        operation.request.decode(body)


@every
@few
@hypothesis.given(data=st.data(), status=st.sampled_from([200, 200, 204, 404, 500]))
def test_any_answer_is_read_or_told(operation: Operation[Any, Any], data: st.DataObject, status: int) -> None:
    names = ["code", "message", "data", *operation.request.type.__struct_encode_fields__]
    members = st.dictionaries(st.sampled_from(names), ANY_JSON, max_size=4)
    body = msgspec.json.encode(data.draw(members | members.map(lambda held: {"code": 0, "message": "", "data": held})))
    with suppress(CodecError, HttpError):
        operation.decode_response(status, body)


@every
@few
@hypothesis.given(data=st.binary(max_size=40))
def test_any_bytes_are_read_or_told(operation: Operation[Any, Any], data: bytes) -> None:
    with suppress(CodecError):
        operation.decode_request(body=data)
    with suppress(CodecError, HttpError):
        operation.decode_response(200, data)


@few
@hypothesis.given(query=st.text(st.characters(codec="utf-8"), max_size=40))
def test_any_query_is_read_or_refused(query: str) -> None:
    with suppress(CodecError):
        http.QUERY_STAT.decode_request(query)


def test_every_case_is_among_what_is_tried() -> None:
    assert {*RULED, *ANSWERED} <= {case.operation.id for case in CASES}
