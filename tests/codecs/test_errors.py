"""The error tree: who stands under whom, and what an error says."""

from __future__ import annotations

import pytest

import avatarwire.codecs
from avatarwire.codecs.core.findings import Finding
from avatarwire.codecs.errors import (
    AvatarwireError,
    CodecError,
    ConnectionLostError,
    DecodeError,
    EncodeError,
    FailureError,
    HttpError,
    LocalProtocolError,
    ProtocolError,
    RefusedError,
    RemoteProtocolError,
    RpcError,
    SignatureError,
    TokenError,
    UnsupportedError,
    ValidationError,
    shown,
)


@pytest.mark.parametrize(
    ("error", "bases"),
    [
        (CodecError, {AvatarwireError}),
        (DecodeError, {CodecError, AvatarwireError}),
        (EncodeError, {CodecError, AvatarwireError}),
        (ValidationError, {DecodeError, EncodeError, CodecError, AvatarwireError}),
        (FailureError, {AvatarwireError}),
        (HttpError, {FailureError, AvatarwireError}),
        (RpcError, {FailureError, AvatarwireError}),
        (SignatureError, {AvatarwireError}),
        (TokenError, {AvatarwireError}),
        (ProtocolError, {AvatarwireError}),
        (LocalProtocolError, {ProtocolError, AvatarwireError}),
        (RemoteProtocolError, {ProtocolError, AvatarwireError}),
        (ConnectionLostError, {AvatarwireError}),
        (RefusedError, {AvatarwireError}),
        (UnsupportedError, {AvatarwireError}),
    ],
)
def test_the_tree_is_the_one_in_the_docstring(error: type[Exception], bases: set[type[Exception]]) -> None:
    builtin = {error, Exception, BaseException, object}
    assert set(error.__mro__) - builtin == bases
    assert getattr(avatarwire.codecs, error.__name__) is error


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (CodecError("got 3"), "got 3"),
        (CodecError("got 3", vendor="aliyun"), "aliyun: got 3"),
        (CodecError("got 3", message="x.request"), "x.request: got 3"),
        (CodecError("got 3", vendor="aliyun", message="x.request"), "aliyun x.request: got 3"),
        (CodecError("got 3", path="a.b[0]"), "a.b[0]: got 3"),
        (CodecError("got 3", offset=0), "byte 0: got 3"),
        (CodecError("got 3", path="a", offset=7), "a: got 3"),
        (CodecError("got 3", expected="1 or 2"), "got 3, expected 1 or 2"),
        (CodecError("got 3", clause="ALI-R099"), "got 3 [ALI-R099]"),
        (
            ValidationError(
                "got 3", vendor="aliyun", message="x.request", path="askType", expected="1 or 2", clause="ALI-R099"
            ),
            "aliyun x.request: askType: got 3, expected 1 or 2 [ALI-R099]",
        ),
    ],
)
def test_a_codec_error_says_where_what_and_by_which_rule(error: CodecError, text: str) -> None:
    assert str(error) == text


def test_locating_an_error_keeps_what_it_knows() -> None:
    told = ValidationError("got 3", message="inner", path="a", offset=4, expected="1", clause="ALI-R099")

    located = told.located(vendor="aliyun", message="outer", offset=9)

    assert type(located) is ValidationError
    assert vars(located) == {
        "reason": "got 3",
        "vendor": "aliyun",
        "message": "inner",
        "path": "a",
        "offset": 4,
        "expected": "1",
        "clause": "ALI-R099",
        "findings": (Finding("ALI-R099", "a", "got 3", "1"),),
    }


FAULTS = (
    Finding("X-E01", "a", "got 3", "1 or 2", tolerated=True),
    Finding("X-R02", "b.c[0]", "required field is missing", members=("b.c[0]",)),
    Finding("", "", "got text"),
)


def test_an_error_for_one_fault_carries_just_that() -> None:
    assert ValidationError("got 3", path="a", expected="1", clause="X-R01").findings == (
        Finding("X-R01", "a", "got 3", "1"),
    )


def test_an_error_for_several_faults_is_led_by_the_first_that_is_not_tolerated() -> None:
    error = ValidationError.of(FAULTS, vendor="acme", message="Order")
    assert error.findings == FAULTS
    assert str(error) == "acme Order: b.c[0]: required field is missing [X-R02] (and 2 more)"
    assert error.located(vendor="other", offset=4).findings == FAULTS
    assert str(ValidationError.of(FAULTS[:1])) == "a: got 3, expected 1 or 2 [X-E01]"


def test_a_fault_reads_like_an_error() -> None:
    assert [str(fault) for fault in FAULTS] == [
        "a: got 3, expected 1 or 2 [X-E01]",
        "b.c[0]: required field is missing [X-R02]",
        "got text",
    ]


def test_locating_an_error_adds_what_it_lacks() -> None:
    located = DecodeError("not JSON").located(vendor="aliyun", message="opening.request", offset=0)
    assert (located.vendor, located.message, located.offset) == ("aliyun", "opening.request", 0)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (HttpError(404), "HTTP 404: no reason given"),
        (HttpError(404, body=b" \r\n"), "HTTP 404: no reason given"),
        (
            HttpError(502, body=b"<html><style>p {}</style><h1>502 Bad\nGateway</h1></html>"),
            "HTTP 502: no reason given in the vendor's form, but '502 Bad Gateway'",
        ),
        (HttpError(500, body=b'{"a":1}'), "HTTP 500: no reason given in the vendor's form, but '{\"a\":1}'"),
        (
            HttpError(503, body=b"x" * 9000),
            "HTTP 503: no reason given in the vendor's form, but '" + "x" * 78 + "…",
        ),
        (HttpError(200, "500", body=b'{"code":500}'), "HTTP 200 500: no reason given"),
        (HttpError(403, "Forbidden"), "HTTP 403 Forbidden: no reason given"),
        (HttpError(400, "MissingProjectId", "projectId is missing"), "HTTP 400 MissingProjectId: projectId is missing"),
        (HttpError(500, reason="later", request_id="r-1"), "HTTP 500: later (request id r-1)"),
        (HttpError(0, "Throttling", "slow down"), "failure Throttling: slow down"),
        (RpcError("-32001", "no such session"), "error -32001: no such session"),
        (HttpError(200, "200", "no", clause="GJ-E49"), "HTTP 200 200: no [GJ-E49]"),
        (HttpError(0, reason="no", request_id="r-1", clause="X-1"), "failure: no (request id r-1) [X-1]"),
        (RpcError("500", "no", clause="GJ-R080"), "error 500: no [GJ-R080]"),
        (
            HttpError(500, "a\x1b[2J", "稍后\n再试", request_id="\x00"),
            r"HTTP 500 a\x1b[2J: 稍后\n再试 (request id \x00)",
        ),
        (SignatureError("SignatureDoesNotMatch", "differs"), "SignatureDoesNotMatch: differs"),
        (SignatureError("InvalidTimeStamp", "too old", clause="R-1"), "InvalidTimeStamp: too old [R-1]"),
        (TokenError("expired"), "expired"),
        (TokenError("expired", clause="ALI-R076"), "expired [ALI-R076]"),
        (LocalProtocolError("not ready"), "not ready"),
        (RemoteProtocolError("not ready", clause="ALI-R078"), "not ready [ALI-R078]"),
    ],
)
def test_the_other_errors_say_what_happened(error: AvatarwireError, text: str) -> None:
    assert str(error) == text


def test_an_http_error_keeps_the_body_as_received() -> None:
    error = HttpError(502, body=b"<html>")
    assert (error.status, error.code, error.reason, error.request_id, error.body) == (502, "", "", "", b"<html>")


def test_an_http_error_keeps_the_texts_as_they_came() -> None:
    error = HttpError(500, "a\x1b", "b\n", request_id="\x00")
    assert (error.code, error.reason, error.request_id) == ("a\x1b", "b\n", "\x00")


def test_a_signature_error_keeps_its_explanation_out_of_the_one_line() -> None:
    error = SignatureError("SignatureDoesNotMatch", "differs", explanation="ours\ntheirs")
    assert error.explanation == "ours\ntheirs"
    assert "theirs" not in str(error)


def test_a_protocol_error_says_whose_fault_it_is() -> None:
    with pytest.raises(TypeError, match="LocalProtocolError or RemoteProtocolError"):
        ProtocolError("not ready")


@pytest.mark.parametrize(
    ("value", "text"), [("a", "'a'"), (b"\0", r"b'\x00'"), ("x" * 78, f"'{'x' * 78}'"), ("x" * 79, f"'{'x' * 78}…")]
)
def test_an_offending_value_is_shown_in_eighty_characters(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_value_that_cannot_be_shown_is_named() -> None:
    nested: list[object] = []
    for _ in range(100_000):
        nested = [nested]
    assert (shown(10**5000), shown(nested)) == ("<int>", "<list>")
