"""Messages in words and back, for every entry of every vendor, and what input is refused with which words."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import DecodeError, EncodeError, HttpError, ValidationError
from avatarwire.codecs.textform import decode_text, encode_text, printable


def told(vendor: str, data: bytes, **about: Any) -> dict[str, Any]:
    """What decoding tells, without the bytes themselves."""
    fields = dict(decode_text(catalogue.vendor(vendor), data, **about).fields)
    assert fields.pop("raw") == data.hex()
    return fields


def written(vendor: str, **fields: Any) -> bytes:
    return encode_text(catalogue.vendor(vendor), fields)


NOTHING_UNUSUAL: dict[str, Any] = {"deviations": [], "unknownFields": {}}

# Bytes that one entry fits: vendor, id, bytes, sender, body.
ONE: list[tuple[str, str, bytes, str | None, Any]] = [
    ("aliyun", "http.error", b'{"Code":"Throttling","Message":"slow","RequestId":"R-1"}', "server",
     {"Code": "Throttling", "Message": "slow", "RequestId": "R-1"}),
    ("aliyun", "ListAvatarProject.request", b"projectIdList=p-1%2Cp-2", "client", {"projectIdList": ["p-1", "p-2"]}),
    ("aliyun", "WebSocketTokenHeader", b'{"typ":"JWT","alg":"HS256"}', None, {"typ": "JWT", "alg": "HS256"}),
    ("guiji", "http.error", b'{"code":500,"msg":"no","success":false}', "server",
     {"code": 500, "msg": "no", "success": False}),
    ("guiji", "updateLive.response", b'{"code":200,"msg":"success","success":true,"data":true}', "server",
     {"code": 200, "msg": "success", "success": True, "data": True}),
    ("guiji", "queryLive.request", b"id=4001", "client", {"id": 4001}),
    ("sensetime", "rtcAudienceToken.response", b'{"code":0,"message":"success","data":"tok-1"}', "server",
     {"code": 0, "message": "success", "data": "tok-1"}),
    ("sensetime", "CallbackBody", b'{"sessionId":"live-1","status":36,"commandTraceId":"takeover-1"}', "server",
     {"sessionId": "live-1", "status": 36, "commandTraceId": "takeover-1"}),
    ("sensetime", "microphone.begin", b'{"code":0,"message":"begin"}', "client", {"code": 0, "message": "begin"}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("vendor", "id_", "data", "sender", "body"), ONE, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_fits_one_entry_becomes_text_and_comes_back(
    vendor: str, id_: str, data: bytes, sender: str | None, body: Any
) -> None:
    expected = {"id": id_, "message": id_, "sender": sender, "body": body, **NOTHING_UNUSUAL}
    assert told(vendor, data) == expected
    assert told(vendor, data, as_id=id_) == expected
    assert written(vendor, message=id_, body=body) == data
    assert written(vendor, **expected) == data


# Bytes that several fit: vendor, bytes, what a connection reads them as (else the first), the ids.
SEVERAL: list[tuple[str, bytes, str, list[str]]] = [
    ("sensetime", b'{"code":0,"message":"success","data":true}', "startLive.response",
     ["startLive.response", "takeoverCommandV1.response", "closeLive.response"]),
    ("guiji", b'{"code":200,"msg":"success","success":true,"data":7}', "createLive.response",
     ["createLive.response", "uploadMaterial.response"]),
    ("guiji", b'{"id":1,"sessionId":"s-1","result":{"sessionId":"s-1","ok":true,"info":"close sess ok"}}', "result",
     ["DestroySession.result", "result"]),
    ("aliyun", bytes.fromhex("01018053455249414c3031")
     + b'{"success":true,"sessionId":"s-1","content":"hi","finish":true,"messageId":"m-1"}', "text_drive.response",
     ["text_drive.response", "asr.drive_reply"]),
]  # fmt: skip


@pytest.mark.parametrize(("vendor", "data", "message", "ids"), SEVERAL, ids=[each[2] for each in SEVERAL])
def test_where_several_fit_all_are_named_and_one_can_be_chosen(
    vendor: str, data: bytes, message: str, ids: list[str]
) -> None:
    fields = told(vendor, data)
    assert (fields["id"], fields["ids"], fields["message"]) == (None, ids, message)
    assert told(vendor, written(vendor, **fields)) == fields
    for id_ in ids:
        chosen = told(vendor, data, as_id=id_)
        assert (chosen["id"], chosen["message"]) == (id_, id_)
        assert "ids" not in chosen


def test_an_answer_in_an_envelope_is_no_message_of_the_socket() -> None:
    assert (
        told("sensetime", b'{"code":0,"message":"success","data":{"sessionId":"s"},"x":1}')["id"] != "microphone.begin"
    )
    assert told("sensetime", b'{"code":1,"message":"no such live"}')["id"] == "http.error"


def test_a_failure_is_not_read_as_the_success_that_was_asked_for() -> None:
    with pytest.raises(HttpError, match="HTTP 200 500: no"):
        told("guiji", b'{"code":500,"msg":"no","success":false}', as_id="createLive.response")


def test_an_unknown_parameter_of_a_query_is_listed() -> None:
    fields = told("guiji", b"id=4001&colour=2")
    assert (fields["id"], fields["unknownFields"]) == ("queryLive.request", {"colour": "2"})


def test_the_text_of_an_envelope_is_the_callers() -> None:
    body = {"code": 200, "msg": "操作成功", "success": True, "data": 7}
    assert written("guiji", message="createLive.response", body=body) == (
        '{"code":200,"msg":"操作成功","success":true,"data":7}'.encode()
    )


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"code": 500}, r"code: got 500, expected 200, the code of a success \[GJ-R017\]"),
        ({"code": 200, "data": 7, "extra": 1}, r"body\.extra: unknown field, expected one of code, msg, success, data"),
        ({"code": 200, "data": "seven"}, r"data: got text"),
        ({"code": 200, "msg": "\ud800", "data": 7}, r"body: a text holds half a surrogate pair"),
    ],
)
def test_a_wrong_answer_is_not_written(body: dict[str, Any], told: str) -> None:
    with pytest.raises(EncodeError, match=f"guiji createLive.response: {told}"):
        written("guiji", message="createLive.response", body=body)


def test_a_query_of_no_call_is_no_frame() -> None:
    with pytest.raises(DecodeError, match=r"aliyun: nothing that travels reads like this"):
        told("aliyun", b"nobody=1&knows=2&these=3")


def test_what_reads_like_nothing_says_how_to_find_out_why() -> None:
    with pytest.raises(ValidationError, match="projectId"):
        told("aliyun", b'{"projectId":5}', as_id="StartAvatarSession.request")
    with pytest.raises(Exception, match=r"aliyun: nothing that travels reads like this, .* \(--as\)"):
        told("aliyun", b'{"nobody":5}')


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("你好 →", "你好 →"),
        ("\x1b[2J", "\\x1b[2J"),
        ("a\u202eb\x85", "a\\u202eb\\x85"),
        ("\ud800", "\\ud800"),
    ],
)
def test_nothing_reaches_a_terminal_that_it_would_obey(text: str, shown: str) -> None:
    assert printable(text) == shown
