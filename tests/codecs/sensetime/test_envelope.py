"""The envelope of SenseTime's answers: zero is success, whatever else is a failure."""

from __future__ import annotations

import pytest

from avatarwire.codecs.errors import EncodeError, HttpError
from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.envelope import FORM, encode_failure


def test_a_success_is_written() -> None:
    assert http.START_LIVE.encode_response(True) == b'{"code":0,"message":"success","data":true}'


def test_a_failure_is_written_without_data() -> None:
    assert encode_failure(100, "no such live") == b'{"code":100,"message":"no such live"}'


def test_or_with_what_the_operation_says_nevertheless() -> None:
    body = encode_failure(100, "refused", data={"isSuccess": False})
    assert body == b'{"code":100,"message":"refused","data":{"isSuccess":false}}'


@pytest.mark.parametrize("code", [0, -1])
def test_a_failure_has_a_positive_code(code: int) -> None:
    with pytest.raises(EncodeError, match=r"Envelope: code: got -?\d, expected a positive integer \[ST-E05\]"):
        encode_failure(code, "x")


def test_a_text_that_cannot_be_expressed_is_refused() -> None:
    with pytest.raises(EncodeError, match="half a surrogate pair"):
        encode_failure(1, "\ud800")


@pytest.mark.parametrize("code", ["7", "7.0", '"7"'])
def test_a_failure_is_told_by_its_code_under_status_200(code: str) -> None:
    body = f'{{"code":{code},"message":"no"}}'.encode()
    with pytest.raises(HttpError) as caught:
        http.START_LIVE.decode_response(200, body)
    assert (caught.value.status, caught.value.code, caught.value.reason) == (200, "7", "no")
    assert caught.value.body == body


def test_a_failure_may_have_empty_data_or_none() -> None:
    for data in ("", ',"data":null', ',"data":{}', ',"data":{"isSuccess":false}'):
        with pytest.raises(HttpError, match=r"^HTTP 200 3: no$"):
            http.TAKEOVER_COMMAND.decode_response(200, f'{{"code":3,"message":"no"{data}}}'.encode())


def test_a_status_tells_a_failure_too() -> None:
    failure = FORM.failure(502, b"<html>")
    assert failure is not None
    assert (failure.status, failure.code, failure.body) == (502, "", b"<html>")
    assert FORM.failure(200, b'{"code":0,"message":"success"}') is None
