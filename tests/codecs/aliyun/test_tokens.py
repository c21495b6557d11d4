"""channelToken in its ruled and observed forms; the JWT of the WebSocket URL read without trust; the URL."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from typing import Any

import jwt
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from avatarwire.codecs.aliyun.tokens import (
    CHANNEL_TOKEN,
    ChannelToken,
    WebSocketTokenClaims,
    WebSocketUrl,
    WebSocketUrlQuery,
    check_claims,
    decode_channel_token,
    decode_claims,
    encode_channel_token,
    expires_at,
    parse_websocket_query,
    parse_websocket_url,
)
from avatarwire.codecs.core.repairs import Reshape
from avatarwire.codecs.errors import CodecError, DecodeError, TokenError, ValidationError

TOKEN = ChannelToken(
    channel_id="ch-20", token="rtc-secret", expire_time=600, nonce="n-7", user_id="u-1", app_id="app-3"
)
TEXT = '{"channelId":"ch-20","token":"rtc-secret","expireTime":600,"nonce":"n-7","userId":"u-1","appId":"app-3"}'
FIELDS: dict[str, Any] = json.loads(TEXT)

# The vendor's sample URL.
SAMPLE_JWT = (
    "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9."
    "eyJzZXNzaW9uSWQiOiI4ZjM3YmVhOC1lNDYxLTRhNzktODczZS00Yzg2ZTI2OWU4YTAiLCJleHAiOjE3MjU1MTY3NTIsImFsaXl1bk1haW5JZCI6"
    "IjE1Mzk3MDQ3MDY0MTMyNzgifQ.PAvCT7gY1VWNGJQc1cmubVLd76INRVZnhHdoBRV9-Rc"
)
SAMPLE_SESSION = "8f37bea8-e461-4a79-873e-4c86e269e8a0"
SAMPLE_URL = f"ws://127.0.0.1:7005/v1/interaction?token={SAMPLE_JWT}&sessionId={SAMPLE_SESSION}"
SAMPLE_CLAIMS = WebSocketTokenClaims(session_id=SAMPLE_SESSION, exp=1725516752, aliyun_main_id="1539704706413278")


# --- channelToken ---


def test_a_channel_token_is_compact_json_text_and_back() -> None:
    assert encode_channel_token(TOKEN) == TEXT

    decoded = decode_channel_token(TEXT)
    assert decoded.value == TOKEN
    assert decoded.deviations == ()
    assert decoded.raw == TEXT.encode()
    assert decode_channel_token(TEXT.encode(), strict=True) == decoded


def test_access_points_are_written_only_when_there_are_some() -> None:
    text = encode_channel_token(TOKEN.replace(gslb=("https://gslb.test",)))

    assert text == TEXT[:-1] + ',"gslb":["https://gslb.test"]}'
    assert decode_channel_token(text, strict=True).value.gslb == ("https://gslb.test",)


@pytest.mark.parametrize(
    ("value", "deviations"),
    [
        (FIELDS, ("ALI-E56",)),
        (TEXT[:-1] + ',"gslbList":["https://gslb.test"]}', ("ALI-E55",)),
        ({**FIELDS, "gslbList": []}, ("ALI-E56", "ALI-E55")),
        ('{"channelId":"ch-20"}', ("ALI-R027",)),
        (TEXT.replace('"n-7"', "null"), ("ALI-R027",)),
        ({}, ("ALI-E56", "ALI-R027")),
    ],
)
def test_variants_are_understood_and_told_and_strict_reading_refuses_them(
    value: str | dict[str, Any], deviations: tuple[str, ...]
) -> None:
    assert decode_channel_token(value).deviations == deviations

    with pytest.raises(ValidationError) as caught:
        decode_channel_token(value, strict=True)
    assert caught.value.clause == deviations[0]
    assert caught.value.message == "channelToken"


def test_the_other_name_of_the_access_points_does_not_outdo_the_first() -> None:
    assert decode_channel_token({**FIELDS, "gslbList": ["b"]}).value.gslb == ("b",)
    assert decode_channel_token({**FIELDS, "gslb": ["a"], "gslbList": ["b"]}).value.gslb == ("a",)


def test_missing_keys_read_as_the_vendors_own_reader_has_them() -> None:
    assert decode_channel_token("{}").value == ChannelToken(
        channel_id="", token="", expire_time=0, nonce="", user_id="", app_id=""
    )


def test_unknown_keys_survive() -> None:
    decoded = decode_channel_token(TEXT[:-1] + ',"ticket":1}', strict=True)

    assert decoded.unknown_fields() == {"ticket": 1}
    assert decoded.encode() == TEXT[:-1].encode() + b',"ticket":1}'


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        ("", DecodeError, "aliyun channelToken: byte 0: empty payload, expected a JSON object in UTF-8"),
        ("not json", DecodeError, "not JSON"),
        (
            '{\n"channelId":"ch-20",//channel\n"token":""}',
            DecodeError,
            "not JSON",
        ),
        ("[]", ValidationError, "got a list, expected a JSON object"),
        ('"ch-20"', ValidationError, "got text, expected a JSON object"),
        ("\ud800", DecodeError, "aliyun channelToken"),
        (b"\xff", DecodeError, "aliyun channelToken"),
        ("{" + " " * 65_536, DecodeError, "65537 bytes long, expected at most 65536 bytes"),
        ({**FIELDS, "expireTime": "soon"}, ValidationError, "aliyun channelToken: expireTime: got text"),
        ({**FIELDS, "expireTime": -1}, ValidationError, "[ALI-E54]"),
        ({**FIELDS, "expireTime": 2**63}, ValidationError, "[ALI-E54]"),
        ({**FIELDS, "appId": 3}, ValidationError, "aliyun channelToken: appId: got an integer"),
        ({**FIELDS, "gslb": "a"}, ValidationError, "gslb"),
        ({**FIELDS, "note": object()}, ValidationError, "not plain JSON values"),
        ({**FIELDS, "note": "\ud800"}, ValidationError, "not plain JSON values"),
    ],
)
def test_what_is_no_channel_token(value: str | bytes | dict[str, Any], error: type[CodecError], text: str) -> None:
    with pytest.raises(error) as caught:
        decode_channel_token(value)

    assert text in str(caught.value)
    assert "rtc-secret" not in str(caught.value)


@given(st.binary() | st.text())
def test_reading_a_channel_token_raises_nothing_but_codec_errors(value: bytes | str) -> None:
    with suppress(DecodeError):
        decode_channel_token(value)


@pytest.mark.parametrize(
    ("expire_time", "expiry"),
    [
        (600, 1_700_000_600.5),
        (0, 1_700_000_000.5),
        (999_999_999, 2_699_999_999.5),
        (1_000_000_000, 1_000_000_000.0),
        (1_725_516_752, 1_725_516_752.0),
    ],
)
def test_small_expire_times_are_durations_and_large_ones_moments(expire_time: int, expiry: float) -> None:
    assert expires_at(TOKEN.replace(expire_time=expire_time), issued_at=1_700_000_000.5) == expiry


def test_representations_keep_tokens_to_themselves() -> None:
    assert repr(TOKEN) == (
        "ChannelToken(channel_id='ch-20', token='<10 characters masked>', expire_time=600, "
        "nonce='n-7', user_id='u-1', app_id='app-3', gslb=())"
    )
    assert dict(TOKEN.__rich_repr__())["token"] == "<10 characters masked>"
    assert "ey" not in repr(WebSocketUrlQuery(token="eyJ0", session_id="s-1"))
    assert SAMPLE_JWT not in repr(parse_websocket_url(SAMPLE_URL))


def test_a_channel_token_with_a_field_missing_is_not_made() -> None:
    with pytest.raises(ValidationError, match=r"appId: required field is missing.*\[ALI-R025\]"):
        ChannelToken(channel_id="c", token="t", expire_time=600, nonce="n", user_id="u")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue] - the point of it


# --- The JWT ---


def compact(claims: object, alg: object = "HS256", typ: object = "JWT", signature: bytes = bytes(32)) -> str:
    parts = (msgspec.json.encode({"typ": typ, "alg": alg}), msgspec.json.encode(claims), signature)
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


CLAIMS = {"sessionId": "s-1", "exp": 1893456000, "aliyunMainId": "1300000000000042"}


def test_the_vendors_sample_token() -> None:
    assert decode_claims(SAMPLE_JWT) == SAMPLE_CLAIMS
    assert decode_claims(SAMPLE_JWT.encode()) == SAMPLE_CLAIMS


def test_claims_written_by_a_jwt_library() -> None:
    text = jwt.encode(CLAIMS, "a key of thirty-two bytes or more", algorithm="HS256")

    assert decode_claims(text) == WebSocketTokenClaims(
        session_id="s-1", exp=1893456000, aliyun_main_id="1300000000000042"
    )


def test_claims_are_read_although_the_signature_is_anyones() -> None:
    assert decode_claims(compact({**CLAIMS, "extra": 1})).session_id == "s-1"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the token has 1 parts, expected header.claims.signature"),
        ("a.b", "the token has 2 parts"),
        (SAMPLE_JWT + ".x", "the token has 4 parts"),
        ("x" * 16_385, "16385 bytes long, at most 16384"),
        (SAMPLE_JWT.replace(".", "=.", 1), "the token header is not base64url"),
        (SAMPLE_JWT.replace(".", ".AAAAA", 1)[:90] + ".", "the token claims is not base64url"),
        (SAMPLE_JWT[:-5] + "/" + SAMPLE_JWT[-4:], "the token signature is not base64url"),
        (SAMPLE_JWT[:-1] + "é", "the token signature is not base64url"),
        (SAMPLE_JWT[:-3], "the token signature has 30 bytes, expected 32"),
        (SAMPLE_JWT.rpartition(".")[0] + ".", "the token signature has 0 bytes"),
        (".e30." + "A" * 43, "token header: empty payload"),
        ("bm9wZQ.e30." + "A" * 43, "token header: not JSON"),
        ("__8.e30." + "A" * 43, "token header: "),
        (compact(CLAIMS, alg=None), "token header: alg: got null, expected HS256"),
        (compact(CLAIMS, alg="none"), "token header: alg: got 'none', expected HS256"),
        (compact(CLAIMS, typ="JWE"), "token header: typ: got 'JWE', expected JWT"),
        (compact([]), "token claims: got a list, expected a JSON object"),
        (compact({**CLAIMS, "exp": "soon"}), "token claims: exp: got text, expected an integer"),
        (compact({**CLAIMS, "sessionId": ""}), "token claims: sessionId: "),
    ],
)
def test_what_is_no_token(text: str, reason: str) -> None:
    with pytest.raises(TokenError) as caught:
        decode_claims(text)

    assert reason in str(caught.value)
    assert str(caught.value).endswith(" [ALI-R075]")
    assert len(str(caught.value)) < 200


@given(st.text() | st.binary() | st.lists(st.binary(max_size=40), min_size=3, max_size=3))
def test_reading_a_token_raises_nothing_but_token_errors(value: str | bytes | list[bytes]) -> None:
    text = b".".join(urlsafe_b64encode(part).rstrip(b"=") for part in value) if isinstance(value, list) else value
    with suppress(TokenError):
        decode_claims(text)


def test_claims_are_good_until_they_expire_and_for_their_session_only() -> None:
    check_claims(SAMPLE_CLAIMS, SAMPLE_SESSION, now=1725516751.9)

    with pytest.raises(TokenError, match=r"^the token expired 0 s ago \[ALI-E53\]$"):
        check_claims(SAMPLE_CLAIMS, SAMPLE_SESSION, now=1725516752)
    with pytest.raises(TokenError, match="the token expired 60 s ago"):
        check_claims(SAMPLE_CLAIMS, SAMPLE_SESSION, now=1725516812)
    with pytest.raises(TokenError, match=r"issued for another sessionId .* \[ALI-R076\]"):
        check_claims(SAMPLE_CLAIMS, "s-1", now=0)


# --- The URL ---


def test_the_vendors_sample_url() -> None:
    url = parse_websocket_url(SAMPLE_URL)

    assert url == WebSocketUrl(
        scheme="ws",
        host="127.0.0.1",
        port=7005,
        path="/v1/interaction",
        token=SAMPLE_JWT,
        session_id=SAMPLE_SESSION,
    )
    assert url.text == SAMPLE_URL
    check_claims(decode_claims(url.token), url.session_id, now=1725516000)


@pytest.mark.parametrize(
    ("text", "host", "port", "path"),
    [
        ("ws://fake.test?token=t&sessionId=s", "fake.test", 80, "/"),
        ("wss://fake.test/a%20b?sessionId=s&v=2&token=t", "fake.test", 443, "/a%20b"),
        ("wss://[::1]:8443/x?token=t&sessionId=s", "::1", 8443, "/x"),
        ("WSS://FAKE.test:443/x?token=t&sessionId=s", "fake.test", 443, "/x"),
    ],
)
def test_urls_in_other_shapes(text: str, host: str, port: int, path: str) -> None:
    url = parse_websocket_url(text)

    assert (url.host, url.port, url.path, url.token, url.session_id) == (host, port, path, "t", "s")
    assert parse_websocket_url(url.text) == url


def test_a_url_is_written_without_its_default_port_and_with_brackets_where_needed() -> None:
    local = WebSocketUrl(scheme="ws", host="::1", port=80, path="/v1", token="a.b", session_id="s 1&")

    assert local.text == "ws://[::1]/v1?token=a.b&sessionId=s+1%26"
    assert parse_websocket_url(local.text) == local


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("", "not a WebSocket URL, expected ws or wss and a host"),
        ("http://fake.test/?token=t&sessionId=s", "not a WebSocket URL"),
        ("/v1/interaction?token=t&sessionId=s", "not a WebSocket URL"),
        ("ws:///v1?token=t&sessionId=s", "not a WebSocket URL"),
        ("ws://[::1/v1?token=t&sessionId=s", "host or port cannot be read"),
        ("ws://fake.test:99999/?token=t&sessionId=s", "host or port cannot be read"),
        ("ws://fake.test:x/?token=t&sessionId=s", "host or port cannot be read"),
        ("ws://fake.test/?token=t&sessionId=s#top", "it has a fragment"),
        (" ws://fake.test/?token=t&sessionId=s", "white space, control characters"),
        ("ws://fake.test/\n?token=t&sessionId=s", "white space, control characters"),
        ("ws://fake.test/?token=" + "t" * 16_384, "characters long, expected at most 16384"),
        ("ws://fake.test/?sessionId=s", "token: required field is missing"),
        ("ws://fake.test/?token=t", "sessionId: required field is missing"),
        ("ws://fake.test/?token=&sessionId=s", "token: value out of range, expected text that is not empty"),
        ("ws://fake.test/?token=t&token=u&sessionId=s", "token: given 2 times, expected once"),
        (
            "ws://fake.test/?token=t&sessionId=s" + "&a=1" * 31,
            "too many query parameters, expected at most 32",
        ),
    ],
)
def test_what_is_no_websocket_url(url: str, text: str) -> None:
    with pytest.raises(ValidationError) as caught:
        parse_websocket_url(url)

    assert text in str(caught.value)
    assert caught.value.message == "webSocketUrl"
    assert caught.value.clause == "ALI-R074"


def test_a_query_by_itself() -> None:
    assert parse_websocket_query("token=a.b&sessionId=s%2D1") == WebSocketUrlQuery(token="a.b", session_id="s-1")

    with pytest.raises(ValidationError, match="16385 characters long"):
        parse_websocket_query("t" * 16_385)


def test_what_shows_a_variant_is_understood_and_reported() -> None:
    for repair in CHANNEL_TOKEN.repairs:
        assert isinstance(repair, Reshape)
        assert repair.variant is not None
        fields: dict[str, Any] = json.loads(TEXT)
        repair.variant(fields)
        assert decode_channel_token(json.dumps(fields)).deviations == (repair.erratum,)
