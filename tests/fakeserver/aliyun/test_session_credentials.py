"""What a client is handed: the socket's signed URL, and the channel token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from typing import Any

import jwt
import pytest

from avatarwire.codecs.aliyun.tokens import decode_channel_token, expires_at, parse_websocket_url
from avatarwire.codecs.errors import TokenError
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.session_credentials import SOCKET_PATH, SocketTokens, channel_token, websocket_url
from avatarwire.fakeserver.scenario import override

KEY = b"0123456789abcdef0123456789abcdef"
NOW = 1_767_225_600.0
SESSION = "8f37bea8-0000-4000-8000-86e269e8a000"


def part(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def issued(seconds: float = 3600.0, key: bytes = KEY) -> str:
    return SocketTokens(key).issue(SESSION, "1300000000000042", now=NOW, seconds=seconds)


def test_the_token_is_the_documents_kind_of_jwt() -> None:
    header, claims, signature = issued().split(".")
    assert part(header) == b'{"typ":"JWT","alg":"HS256"}'
    assert json.loads(part(claims)) == {
        "sessionId": SESSION,
        "exp": 1_767_229_200,
        "aliyunMainId": "1300000000000042",
    }
    assert list(json.loads(part(claims))) == ["sessionId", "exp", "aliyunMainId"]
    assert part(signature) == hmac.new(KEY, f"{header}.{claims}".encode(), hashlib.sha256).digest()


def test_a_token_is_good_until_its_last_second() -> None:
    tokens, token = SocketTokens(KEY), issued(0.5)
    assert tokens.verify(token, SESSION, NOW).exp == NOW + 1
    assert tokens.verify(token, SESSION, NOW + 0.99).aliyun_main_id == "1300000000000042"
    with pytest.raises(TokenError, match=r"expired 0 s ago \[ALI-E53\]"):
        tokens.verify(token, SESSION, NOW + 1)


def test_time_is_the_clocks_not_the_wall_clocks() -> None:
    token = SocketTokens(KEY).issue(SESSION, "1", now=60.0, seconds=10)  # 1970, long past
    assert SocketTokens(KEY).verify(token, SESSION, 65.0).exp == 70


def claims(**changes: Any) -> dict[str, Any]:
    return {"sessionId": SESSION, "exp": int(NOW) + 60, "aliyunMainId": "1", **changes}


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "1 parts"),
        ("a.b.c", "not base64url|not JSON|too early"),
        (jwt.encode(claims(), "x" * 32, algorithm="HS256"), "not signed by this server"),
        (jwt.encode(claims(), KEY * 2, algorithm="HS512"), "token header"),
        (jwt.encode(claims(), "", algorithm="none"), "token header"),
        (issued()[:-2] + ("AA" if not issued().endswith("AA") else "BB"), "not signed by this server|base64url"),
        (jwt.encode({"exp": int(NOW) + 60}, KEY, algorithm="HS256"), "sessionId"),
        (jwt.encode(claims(exp="soon"), KEY, algorithm="HS256"), "exp"),
        (jwt.encode(claims(sessionId="another"), KEY, algorithm="HS256"), "another sessionId"),
    ],
    ids=["empty", "no JWT", "another key", "HS512", "no algorithm", "changed", "no claims", "wrong type", "session"],
)
def test_bad_tokens_are_refused(token: str, reason: str) -> None:
    with pytest.raises(TokenError, match=reason) as caught:
        SocketTokens(KEY).verify(token, SESSION, NOW)
    assert not token or token not in str(caught.value)


def test_every_server_has_its_own_key() -> None:
    token = SocketTokens().issue(SESSION, "1", now=NOW, seconds=60)
    with pytest.raises(TokenError, match="not signed by this server"):
        SocketTokens().verify(token, SESSION, NOW)


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("ws://127.0.0.1:7005", "ws://127.0.0.1:7005/v1/interaction?token=t&sessionId=s"),
        ("wss://fake.example/", "wss://fake.example/v1/interaction?token=t&sessionId=s"),
        ("ws://[::1]:7005/v1/interaction", "ws://[::1]:7005/v1/interaction?token=t&sessionId=s"),
        ("wss://proxy.example/fake/socket", "wss://proxy.example/fake/socket?token=t&sessionId=s"),
    ],
)
def test_the_url_gets_path_token_and_session(base: str, url: str) -> None:
    assert websocket_url(base, "t", "s") == url
    assert parse_websocket_url(url).session_id == "s"
    assert SOCKET_PATH == "/v1/interaction"


def test_a_channel_token_is_json_as_text() -> None:
    text = channel_token(AliyunScenario(), random.Random(1), channel_id="c-1", user_id="u-1", now=NOW)
    fields = json.loads(text)
    assert list(fields) == ["channelId", "token", "expireTime", "nonce", "userId", "appId"]  # no gslb (ALI-E55)
    assert (fields["channelId"], fields["userId"], fields["expireTime"]) == ("c-1", "u-1", 600)
    assert fields["nonce"].startswith("AK-")
    assert len(fields["token"]) == 64


def test_a_channel_token_can_name_a_moment_and_access_points() -> None:
    scenario = override(
        AliyunScenario(), channel_token_epoch=True, channel_token_seconds=30, gslb=["https://gslb.example"]
    )
    text = channel_token(scenario, random.Random(1), channel_id="c-1", user_id="u-1", now=NOW + 0.5)
    token = decode_channel_token(text, strict=True).value
    assert (token.expire_time, token.gslb) == (1_767_225_631, ("https://gslb.example",))
    assert expires_at(token, NOW) == NOW + 31
