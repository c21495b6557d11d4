"""Login, refresh, and the token in a header."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.errors import EncodeError, HttpError, SignatureError, TokenError, ValidationError
from avatarwire.codecs.sensetime import tokens
from avatarwire.codecs.sensetime.tokens import LOGIN, REFRESH, LoginRequest, RefreshRequest, TokenReply

SAMPLES = {
    "login.request": [f'{{"appId":"app-1","timestamp":"1900000000250","sign":"{"0" * 32}","grantType":"sign"}}'],
    "login.response": ['{"accessToken":"a1","expiresIn":28800,"refreshToken":"r1","refreshTokenExpiresIn":604800}'],
    "refresh.request": ['{"appId":"app-1","grantType":"refreshToken"}'],
    "refresh.response": ['{"accessToken":"a1","expiresIn":28800,"refreshToken":"r1","refreshTokenExpiresIn":604800}'],
}
"""A text of each call, for the catalogue."""

NOW = 1900000000.25
# echo -n app-11900000000250key-1 | md5sum
SIGN = hashlib.md5(b"app-11900000000250key-1").hexdigest()  # noqa: S324  # the vendor's choice


def test_the_documented_numbers() -> None:
    assert tokens.ACCESS_TOKEN_LIFE == 8 * 3600
    assert tokens.MIN_REFRESH_INTERVAL == 3 * 3600
    assert tokens.REFRESH_ADVICE == 3.5 * 3600
    assert tokens.WEB_GUARANTEE == tokens.WEB_FETCH_INTERVAL == 3600
    assert tokens.MAX_VALID_TOKENS == 2


def test_a_login_and_its_bytes() -> None:
    request = LoginRequest.signed("app-1", "key-1", NOW)
    sent = LOGIN.encode_request(request)
    assert (sent.method, sent.path) == ("POST", "/api/uc/v1/access/api/token")
    assert sent.body == (f'{{"appId":"app-1","timestamp":"1900000000250","sign":"{SIGN}","grantType":"sign"}}'.encode())
    assert LOGIN.decode_request(body=sent.body, strict=True).value == request
    assert request.asked_at == NOW
    tokens.check_login(request, "key-1")


def test_the_signature_is_that_of_the_text_either_way() -> None:
    number = LOGIN.decode_request(
        body=f'{{"appId":"app-1","timestamp":1900000000250,"sign":"{SIGN}","grantType":"sign"}}'.encode(), strict=True
    ).value
    assert number.timestamp == 1900000000250
    assert number.asked_at == NOW
    tokens.check_login(number, "key-1", now=NOW)
    assert tokens.sign_login("app-1", 1900000000250, "key-1") == SIGN


def test_a_login_with_another_key_or_case_is_refused() -> None:
    request = LoginRequest.signed("app-1", "key-1", NOW)
    for wrong, key in ((request, "key-2"), (request.replace(sign=SIGN.upper()), "key-1")):
        with pytest.raises(SignatureError, match=r"in lower-case hex \[ST-E101\]$"):
            tokens.check_login(wrong, key)


def test_a_login_of_another_time_is_refused_if_one_looks() -> None:
    request = LoginRequest.signed("app-1", "key-1", NOW)
    tokens.check_login(request, "key-1", now=NOW + 900)
    with pytest.raises(SignatureError, match="timestamp is 901 s off, at most 900"):
        tokens.check_login(request, "key-1", now=NOW - 901)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ('{"timestamp":"1","sign":"a","grantType":"sign"}', "appId"),
        ('{"appId":"a","timestamp":"now","sign":"a","grantType":"sign"}', "timestamp"),
        ('{"appId":"a","timestamp":-1,"sign":"a","grantType":"sign"}', "timestamp"),
        ('{"appId":"a","timestamp":1.5,"sign":"a","grantType":"sign"}', "timestamp"),
        ('{"appId":"a","timestamp":"1","grantType":"sign"}', "sign"),
        ('{"appId":"a","timestamp":"1","sign":"a","grantType":"password"}', "grantType"),
    ],
)
def test_a_wrong_login_is_named(text: str, path: str) -> None:
    with pytest.raises(ValidationError) as caught:
        LOGIN.decode_request(body=text.encode())
    assert (caught.value.path, caught.value.clause) == (path, "ST-E101")


def test_a_refresh_and_its_bytes() -> None:
    request = RefreshRequest(app_id="app-1", grant_type="refreshToken")
    sent = REFRESH.encode_request(request)
    assert (sent.path, sent.body) == (
        "/api/uc/v1/access/api/token/refresh", b'{"appId":"app-1","grantType":"refreshToken"}',
    )  # fmt: skip
    assert REFRESH.decode_request(body=sent.body, strict=True).value == request


def test_the_answer_of_both() -> None:
    reply = TokenReply(access_token="a1", expires_in=28800, refresh_token="r1", refresh_token_expires_in=604800)
    text = (
        b'{"code":0,"message":"success","data":'
        b'{"accessToken":"a1","expiresIn":28800,"refreshToken":"r1","refreshTokenExpiresIn":604800}}'
    )
    for operation in (LOGIN, REFRESH):
        assert operation.encode_response(reply) == text
        assert operation.decode_response(200, text, strict=True).value == reply


def test_the_answer_may_say_less_or_more() -> None:
    answer = LOGIN.decode_response(
        200, b'{"code":0,"message":"","data":{"accessToken":"a1","expiresIn":"60","roles":[],"refreshToken":null}}'
    )
    assert (answer.value.expires_in, answer.value.life, answer.value.refresh_token) == (60, 60, None)
    assert answer.deviations == ("ST-E06",)
    assert answer.unknown_fields() == {"data.roles": []}
    assert TokenReply(access_token="a1").life == 28800


@pytest.mark.parametrize("token", ["", "a b", "a\\n", "é"])
@pytest.mark.parametrize("name", ["accessToken", "refreshToken"])
def test_a_token_that_no_header_can_hold_is_not_taken(name: str, token: str) -> None:
    text = f'{{"code":0,"message":"","data":{{"accessToken":"a","{name}":"{token}"}}}}'
    with pytest.raises(ValidationError) as caught:
        LOGIN.decode_response(200, text.encode())
    assert caught.value.path == f"data.{name}"


def test_a_refused_login() -> None:
    with pytest.raises(HttpError, match=r"^HTTP 200 5: no such app$"):
        LOGIN.decode_response(200, b'{"code":5,"message":"no such app"}')


def test_secrets_are_not_shown() -> None:
    reply = TokenReply(access_token="tok-a", refresh_token="tok-r")
    assert "tok" not in repr(reply).replace("token", "")
    assert SIGN not in repr(LoginRequest.signed("app-1", "key-1", NOW))
    assert "tok" not in repr(tokens.read_bearer("Bearer tok-a")).replace("token", "")


# --- the header ---


def test_a_token_travels_after_the_word_bearer() -> None:
    assert tokens.bearer("abc.d-e_f") == "Bearer abc.d-e_f"
    assert tokens.read_bearer("Bearer abc.d-e_f") == ("abc.d-e_f", ())
    assert tokens.read_bearer(" Bearer abc\t") == ("abc", ())


def test_a_request_takes_a_token_along() -> None:
    request = LOGIN.encode_request(LoginRequest.signed("app-1", "key-1", NOW))
    assert tokens.authorized(request, "abc").headers == {
        "content-type": "application/json", "authorization": "Bearer abc",
    }  # fmt: skip
    assert tokens.authorized(request, "abc", header="X-Token").headers["x-token"] == "Bearer abc"


@pytest.mark.parametrize("value", ["abc", "bearer abc", "BEARER abc", "Bearer  abc"])
def test_other_ways_are_understood(value: str) -> None:
    assert tokens.read_bearer(value) == ("abc", ("ST-E01",))


@pytest.mark.parametrize("value", ["", "  ", "Bearer", "Bearer ", "bearer\t"])
def test_a_header_without_a_token_is_refused(value: str) -> None:
    with pytest.raises(TokenError, match=r"holds no token \[ST-NET-02\]$"):
        tokens.read_bearer(value)


def test_a_token_has_a_limit() -> None:
    with pytest.raises(TokenError, match="at most 8192 are read") as caught:
        tokens.read_bearer("x" * 8193)
    assert "xxx" not in str(caught.value)


@pytest.mark.parametrize("token", ["", "a b", "a\n", "é", "x" * 8193])
def test_what_no_header_can_hold_is_refused(token: str) -> None:
    with pytest.raises(EncodeError, match=r"visible ASCII characters \[ST-E01\]$"):
        tokens.bearer(token)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=30))
def test_any_token_arrives(token: str) -> None:
    assert tokens.read_bearer(tokens.bearer(token)) == (token, ())
