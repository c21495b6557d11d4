"""The envelope of Guiji's answers: two hundred is success, and the tables do not agree on much else."""

from __future__ import annotations

import pytest
from msgspec import json

from avatarwire.codecs.core.entry import Catalogue, Entry
from avatarwire.codecs.errors import EncodeError, HttpError, ValidationError
from avatarwire.codecs.guiji import http
from avatarwire.codecs.guiji.envelope import FORM, HTTP_ERROR, Envelope, encode_failure, path_failure

from .http_samples import schema_accepts


def test_a_success_is_written_as_in_the_samples() -> None:
    assert http.UPDATE_LIVE.encode_response(True) == (
        '{"code":200,"msg":"处理成功","success":true,"data":true}'.encode()
    )


@pytest.mark.parametrize("code", list(http.ErrorCode)[1:])
def test_a_failure_is_written_without_data(code: http.ErrorCode) -> None:
    assert encode_failure(code, "no") == b'{"code":%d,"msg":"no","success":false}' % code


def test_what_is_no_failure_is_not_written_as_one() -> None:
    with pytest.raises(EncodeError, match=r"Envelope: code: got 200, .* a failure, such as 500 \[GJ-R017\]$"):
        encode_failure(200, "fine")
    with pytest.raises(EncodeError, match=r"code: .* 64 bits"):
        encode_failure(2**63, "no")
    with pytest.raises(EncodeError, match="half a surrogate pair"):
        encode_failure(500, "\ud800")


@pytest.mark.parametrize(
    ("body", "errata"),
    [
        (b'{"code":200,"data":true}', ()),
        (b'{"code":200,"msg":null,"success":null,"data":true}', ()),
        (b'{"code":"200","data":true}', ("GJ-E11",)),
        (b'{"code":200,"message":"ok","data":true}', ("GJ-E12",)),
        (b'{"code":200,"success":"TRUE","data":true}', ("GJ-E13",)),
        (b'{"code":200,"success":false,"data":true}', ("GJ-E13",)),
        (b'{"code":"200","message":"ok","success":"false","data":true}', ("GJ-E11", "GJ-E12", "GJ-E13")),
    ],
)
def test_the_variants_of_the_tables_are_understood(body: bytes, errata: tuple[str, ...]) -> None:
    decoded = http.UPDATE_LIVE.decode_response(200, body)
    assert (decoded.value, decoded.deviations, decoded.encode()) == (True, errata, body)
    if errata:
        with pytest.raises(ValidationError, match=rf"\[{errata[0]}\]( \(and|$)"):
            http.UPDATE_LIVE.decode_response(200, body, strict=True)


def test_of_two_texts_msg_counts() -> None:
    decoded = http.UPDATE_LIVE.decode_response(200, b'{"code":200,"msg":"a","message":"b","data":true}')
    assert decoded.unknown_fields() == {"message": "b"}
    assert decoded.deviations == ()


@pytest.mark.parametrize("code", [b'"two"', b'"200 "', b"true", b"null", b'"' + b"9" * 30 + b'"', b"200.5"])
def test_what_is_no_code_is_refused(code: bytes) -> None:
    with pytest.raises(ValidationError, match=r"updateLive.response: code: .* \[GJ-E11\]$"):
        http.UPDATE_LIVE.decode_response(200, b'{"code":%s,"data":true}' % code)


def test_what_is_no_flag_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"updateLive.response: success: .* true or false \[GJ-E13\]$"):
        http.UPDATE_LIVE.decode_response(200, b'{"code":200,"success":"yes","data":true}')


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":100503,"msg":"no"}',
        b'{"code":"100503","message":"no","success":"false","data":null}',
        b'{"code":100503,"msg":"no","success":true,"data":{}}',
    ],
)
def test_a_failure_is_told_by_its_code_whatever_its_form(body: bytes) -> None:
    with pytest.raises(HttpError) as caught:
        http.GET_ACCESS_TOKEN.decode_response(200, body)
    assert (caught.value.status, caught.value.code, caught.value.reason) == (200, "100503", "no")
    assert caught.value.body == body


def test_a_status_tells_a_failure_too() -> None:
    told = FORM.failure(401, b'{"code":100502,"msg":"over"}')
    assert told is not None
    assert (told.status, told.code, told.reason) == (401, "100502", "over")
    failure = FORM.failure(404, b"<html>")
    assert failure is not None
    assert (failure.status, failure.code) == (404, "")
    assert FORM.failure(201, b'{"code":200}') is None


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data":[]}', b'{"data":{"ok":null}}', b'{"data":{"ok":true}}'])
def test_a_path_fails_only_by_its_code_or_its_flag(body: bytes) -> None:
    assert path_failure(200, body) is None
    assert path_failure(403, body) is not None


def test_code_and_flag_of_an_envelope_agree() -> None:
    assert Envelope(code=200).succeeded
    assert not Envelope(code=500, success=False).succeeded
    with pytest.raises(ValidationError, match=r"^Envelope: success: .* \[GJ-E13\]$"):
        Envelope(code=500, success=True)
    assert json.encode(Envelope(code=500, msg="no")) == b'{"code":500,"msg":"no"}'


@pytest.mark.parametrize(
    ("envelope", "agrees"),
    [
        ({"code": 200, "success": True, "data": 1}, True),
        ({"code": 500, "msg": "no", "success": False}, True),
        ({"code": 500, "success": None}, True),
        ({"code": 200, "success": False}, False),
        ({"code": 500, "success": True}, False),
    ],
)
def test_the_schema_says_so_too(envelope: dict[str, object], agrees: bool) -> None:
    known = Catalogue.of("guiji", entries=[Entry("Envelope", "type", "both", "an envelope", Envelope)])
    assert schema_accepts(known.schema_of("Envelope")["schema"], envelope) == agrees


def test_the_text_of_a_failure_under_its_other_name_is_told() -> None:
    received = HTTP_ERROR.decode(b'{"code":500,"message":"no"}')
    assert (received.value.msg, received.deviations) == ("no", ("GJ-E12",))
