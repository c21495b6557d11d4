"""What a client is handed with a session: the signed URL of the socket and the data of the RTC channel.

Only the making of these lives here, and the checking of the URL's token. What they look like is said in the codecs.
"""

from __future__ import annotations

import math
import random
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

import jwt

from avatarwire.codecs.aliyun.tokens import (
    ChannelToken,
    WebSocketTokenClaims,
    check_claims,
    decode_claims,
    encode_channel_token,
)
from avatarwire.codecs.errors import TokenError
from avatarwire.fakeserver.aliyun.scenario import AliyunScenario
from avatarwire.fakeserver.aliyun.snapshot import SavedKey
from avatarwire.fakeserver.snapshot import Resuming

if TYPE_CHECKING:
    from jwt.types import Options

__all__ = ["APP_ID", "SOCKET_PATH", "SocketTokens", "channel_token", "websocket_url"]

SOCKET_PATH: Final = "/v1/interaction"
"""Path of the socket, as in the document's sample (ALI-E52)."""

APP_ID: Final = "fake-rtc-app"
"""RTC application that channel tokens name; there is no RTC behind it."""

_ALGORITHM: Final = "HS256"
_KEY_BYTES: Final = 32
_KEYS_KEPT: Final = 8
"""Secrets whose tokens are still good; each clock that a snapshot has come from has one of its own."""

_CHECK: Final[Options] = {
    "verify_signature": True,
    "require": ["sessionId", "exp", "aliyunMainId"],
    # These would be held against the wall clock, or are not among the claims.
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_aud": False,
    "verify_iss": False,
}


class SocketTokens:
    """Signs and verifies the token in a webSocketUrl (ALI-R075, ALI-R076).

    Args:
        key: secret of the server, 32 bytes or more; made up when not given, so that no other server's tokens pass.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._keys = [SavedKey(key=secrets.token_bytes(_KEY_BYTES) if key is None else key, ahead=0.0)]

    def issue(self, session_id: str, main_id: str, *, now: float, seconds: float) -> str:
        """A token for one session.

        Args:
            session_id: the session.
            main_id: main account of the caller, digits.
            now: epoch seconds.
            seconds: how long it is good for; rounded up to whole seconds of the epoch.
        """
        claims = {"sessionId": session_id, "exp": math.ceil(now + seconds), "aliyunMainId": main_id}
        return jwt.encode(claims, self._keys[0].key, algorithm=_ALGORITHM, sort_headers=False)

    def verify(self, token: str, session_id: str, now: float) -> WebSocketTokenClaims:
        """What a token of this server claims.

        Args:
            token: as in the URL.
            session_id: the ``sessionId`` beside it.
            now: epoch seconds.

        Raises:
            TokenError: malformed, signed with another key, expired, or of another session.
        """
        claims = decode_claims(token)
        for known in self._keys:
            try:
                jwt.decode(token, known.key, algorithms=[_ALGORITHM], options=_CHECK)
            except jwt.PyJWTError:
                continue
            check_claims(claims, session_id, now - known.ahead)
            return claims
        raise TokenError("the token was not signed by this server", clause="ALI-R076")

    def saved(self) -> list[SavedKey]:
        """Its secrets, for a snapshot."""
        return list(self._keys)

    def restored(self, saved: Sequence[SavedKey], again: Resuming) -> None:
        """Takes those of another server, whose tokens go on to be good for as long as they were.

        Their end stands in them by the clock of that server. Where the clock here shows another time, new tokens are
        signed with a new secret, as their end is by this one; the oldest secrets go first.
        """
        moved = [SavedKey(key=it.key, ahead=it.ahead + again.shift) for it in saved]
        if moved[0].ahead:
            moved.insert(0, SavedKey(key=secrets.token_bytes(_KEY_BYTES), ahead=0.0))
        self._keys = moved[:_KEYS_KEPT]


def websocket_url(base: str, token: str, session_id: str) -> str:
    """The ``webSocketUrl`` of a session (ALI-R074).

    Args:
        base: such as ``ws://127.0.0.1:7005``; without a path it gets `SOCKET_PATH`.
        token: of the session.
        session_id: the session.
    """
    path = "" if urlsplit(base).path.strip("/") else SOCKET_PATH
    return f"{base.rstrip('/')}{path}?{urlencode({'token': token, 'sessionId': session_id})}"


def channel_token(scenario: AliyunScenario, rng: random.Random, *, channel_id: str, user_id: str, now: float) -> str:
    """A fresh ``channelToken``: JSON as text (ALI-R025), good for seconds or until a moment (ALI-E54).

    Args:
        scenario: says how long, in which form, and which access points it names (ALI-E55).
        rng: where the join token and the nonce come from.
        channel_id, user_id: RTC channel and user.
        now: epoch seconds.
    """
    seconds = scenario.channel_token_seconds
    return encode_channel_token(
        ChannelToken(
            channel_id=channel_id,
            token=rng.randbytes(32).hex(),
            expire_time=math.ceil(now + seconds) if scenario.channel_token_epoch else seconds,
            nonce=f"AK-{rng.randbytes(8).hex()}",
            user_id=user_id,
            app_id=APP_ID,
            gslb=scenario.gslb,
        )
    )
