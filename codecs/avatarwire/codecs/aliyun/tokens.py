"""The two tokens of an Aliyun session: channelToken for the RTC channel, and the JWT in the WebSocket URL.

Both are called "token" in the documents, yet they are different secrets (ALI-E118): here they are different
types, and neither shows itself in a representation or an error. How they look and what they say lives here.
Making and verifying the JWT's signature does not: that takes the server's key and a JWT library.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from ..core.findings import deviation
from ..core.json_codec import JsonCodec
from ..core.received import Received
from ..core.repairs import Reshape
from ..errors import CodecError, DecodeError, TokenError, ValidationError
from ..message import Message, MessageT, doc, integer

__all__ = [
    "CHANNEL_TOKEN",
    "EPOCH_FROM",
    "ChannelToken",
    "WebSocketTokenClaims",
    "WebSocketTokenHeader",
    "WebSocketUrl",
    "WebSocketUrlQuery",
    "check_claims",
    "decode_channel_token",
    "decode_claims",
    "encode_channel_token",
    "expires_at",
    "parse_websocket_query",
    "parse_websocket_url",
]

EPOCH_FROM: Final = 10**9
"""From here on an expireTime is epoch seconds, below it is a duration in seconds (ALI-E54)."""

MAX_CHANNEL_TOKEN: Final = 64 * 1024
"""Most bytes of a channelToken that are read."""

MAX_URL: Final = 16 * 1024
"""Most characters of a WebSocket URL, or of the JWT in one, that are read."""

_VENDOR: Final = "aliyun"
_HS256_BYTES: Final = 32
_MOST_PARAMETERS: Final = 32
_DEFAULT_PORTS: Final[Mapping[str, int]] = MappingProxyType({"ws": 80, "wss": 443})
_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")
_UNFIT_FOR_URL: Final = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")
"""White space, control characters, and halves of surrogate pairs, which UTF-8 cannot express."""
_HALF_PAIR: Final = re.compile(r"[\ud800-\udfff]")


class _WithToken(Message):
    """A message whose field `token` is left out of its representation."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        return list({**fields, "token": f"<{len(fields['token'])} characters masked>"}.items())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


class ChannelToken(_WithToken, omit_defaults=True):
    """What a client needs to join the RTC channel of a session (API 3; Android 7)."""

    channel_id: Annotated[str, doc("RTC channel id", "ALI-R025", example="ch-20")]
    token: Annotated[str, doc("RTC join token, a secret", "ALI-R025")]
    expire_time: Annotated[
        int,
        integer(
            "validity in seconds from now; 10^9 and more: epoch seconds",
            "ALI-E54",
            ge=0,
            le=2**63 - 1,
            example=600,
        ),
    ]
    nonce: Annotated[str, doc("random value", "ALI-R025")]
    user_id: Annotated[str, doc("RTC user id", "ALI-R025")]
    app_id: Annotated[str, doc("RTC application id", "ALI-R025")]
    gslb: Annotated[tuple[str, ...], doc("RTC access points; left out when there are none", "ALI-E55")] = ()


_WHEN_MISSING: Final[Mapping[str, str | int]] = MappingProxyType(
    {"channelId": "", "token": "", "expireTime": 0, "nonce": "", "userId": "", "appId": ""}
)
"""What the vendor's own reader takes for a key that is not there (Android 7)."""


def _missing_keys(fields: dict[str, Any]) -> tuple[str, str] | None:
    missing = [name for name in _WHEN_MISSING if fields.get(name) is None]
    if not missing:
        return None
    fields.update({name: _WHEN_MISSING[name] for name in missing})
    return missing[0], f"{', '.join(missing)} missing; a reader goes without"


def _without_nonce(fields: dict[str, Any]) -> None:
    del fields["nonce"]


def _other_name(fields: dict[str, Any]) -> tuple[str, str] | None:
    if "gslbList" not in fields:
        return None
    fields.setdefault("gslb", fields.pop("gslbList"))
    return "gslbList", "the access points are named gslbList instead of gslb"


def _use_other_name(fields: dict[str, Any]) -> None:
    fields["gslbList"] = fields.pop("gslb", [])


CHANNEL_TOKEN: Final = JsonCodec(
    ChannelToken,
    vendor=_VENDOR,
    message="channelToken",
    entry="ChannelToken",
    repairs=(
        Reshape(
            "ALI-E55", "gslb", to=_other_name, variant=_use_other_name, does="the access points are named gslbList"
        ),
        Reshape("ALI-R027", "", to=_missing_keys, variant=_without_nonce, does="keys are missing"),
    ),
)
"""Codec of the JSON text inside ``channelToken``; `decode_channel_token` reads more forms."""


def decode_channel_token(value: str | bytes | Mapping[str, Any], *, strict: bool = False) -> Received[ChannelToken]:
    """Reads the ``channelToken`` of a StartAvatarSession reply.

    Args:
        value: the string's content, JSON text; or an object that came without the string around it (ALI-E56).
        strict: refuse the documented variants: an object, missing keys (ALI-R027), ``gslbList`` (ALI-E55).

    Returns:
        The token with the deviations found. Of a missing key the text is empty, the number 0.

    Raises:
        DecodeError: not JSON, or longer than 64 KiB.
        ValidationError: not an object, a field of a wrong type, or with `strict` a deviation.
    """
    raw = _json_bytes(value) if isinstance(value, Mapping) else _utf8(value)
    if len(raw) > MAX_CHANNEL_TOKEN:
        raise DecodeError(
            f"{len(raw)} bytes long",
            vendor=_VENDOR,
            message=CHANNEL_TOKEN.message,
            expected=f"at most {MAX_CHANNEL_TOKEN} bytes",
        )
    # Always the lenient way: the strict type would read a gslbList as an unknown field and drop it.
    token, found = CHANNEL_TOKEN.decode_lenient(raw, strict=strict)
    if isinstance(value, Mapping):
        found = (deviation("ALI-E56", "", "an object instead of a string that holds JSON text"), *found)
    if strict:
        CHANNEL_TOKEN.refuse(found)
    return Received(token, found, raw, CHANNEL_TOKEN.message)


def encode_channel_token(token: ChannelToken) -> str:
    """The content of ``channelToken``: compact JSON text without comments (ALI-R025, ALI-E56)."""
    return CHANNEL_TOKEN.encode(token).decode()


def expires_at(token: ChannelToken, issued_at: float) -> float:
    """When a channelToken expires, epoch seconds (ALI-E54).

    Args:
        token: the token; its expireTime is a duration below 10^9 and a moment from there on.
        issued_at: when it was received, epoch seconds.
    """
    return float(token.expire_time) if token.expire_time >= EPOCH_FROM else issued_at + token.expire_time


class WebSocketTokenHeader(Message):
    """First part of the JWT in the WebSocket URL (WS connect sample, ALI-R075)."""

    typ: Annotated[Literal["JWT"], doc("kind of token", "ALI-R075")]
    alg: Annotated[Literal["HS256"], doc("signature algorithm", "ALI-R075")]


class WebSocketTokenClaims(Message):
    """Second part of the JWT in the WebSocket URL (WS connect sample, ALI-R075)."""

    session_id: Annotated[str, doc("session the token is good for", "ALI-R075", min_length=1, example="s-1")]
    exp: Annotated[int, integer("expiry, epoch seconds", "ALI-R075", ge=0, example=1893456000)]
    aliyun_main_id: Annotated[str, doc("main account id, digits", "ALI-R075", example="1300000000000042")]


class WebSocketUrlQuery(_WithToken):
    """Query parameters of the WebSocket URL (WS connect sample, ALI-R074)."""

    token: Annotated[str, doc("JWT, a secret", "ALI-R074", min_length=1)]
    session_id: Annotated[str, doc("session id; the token claims the same", "ALI-R074", min_length=1, example="s-1")]


_HEADER: Final = JsonCodec(
    WebSocketTokenHeader, vendor=_VENDOR, message="token header", form_clause="ALI-R075", entry="WebSocketTokenHeader"
)
_CLAIMS: Final = JsonCodec(
    WebSocketTokenClaims, vendor=_VENDOR, message="token claims", form_clause="ALI-R075", entry="WebSocketTokenClaims"
)
_QUERY: Final = JsonCodec(WebSocketUrlQuery, vendor=_VENDOR, message="webSocketUrl", entry="WebSocketUrlQuery")


def decode_claims(jwt_text: str | bytes) -> WebSocketTokenClaims:
    """Reads what a WebSocket token claims. THIS VERIFIES NOTHING: anyone can write such a text.

    It is for a client that wants to know when its token expires, although clients should take the token as
    opaque (ALI-E53). A server has to verify the HS256 signature with its key before it believes a claim.

    Args:
        jwt_text: the token in compact form, three parts joined by dots.

    Raises:
        TokenError: longer than 16 KiB, or not an HS256 JWT with the documented claims (ALI-R075).
    """
    text = _utf8(jwt_text)
    if len(text) > MAX_URL:
        raise TokenError(f"the token is {len(text)} bytes long, at most {MAX_URL} are read", clause="ALI-R075")
    parts = text.decode("utf-8", "replace").split(".")
    if len(parts) != 3:
        raise TokenError(f"the token has {len(parts)} parts, expected header.claims.signature", clause="ALI-R075")
    header, claims, signature = (
        _base64url(part, name) for part, name in zip(parts, ("header", "claims", "signature"), strict=True)
    )
    _part(_HEADER, header)
    if len(signature) != _HS256_BYTES:
        reason = f"the token signature has {len(signature)} bytes, expected {_HS256_BYTES}"
        raise TokenError(reason, clause="ALI-R075")
    return _part(_CLAIMS, claims)


def check_claims(claims: WebSocketTokenClaims, session_id: str, now: float) -> None:
    """Refuses the claims of an already verified token that is not good for a connection (ALI-R076).

    Args:
        claims: what the token claims.
        session_id: the ``sessionId`` query parameter beside the token.
        now: epoch seconds.

    Raises:
        TokenError: expired, or of another session.
    """
    if claims.session_id != session_id:
        raise TokenError("the token was issued for another sessionId than the one in the query", clause="ALI-R076")
    if not now < claims.exp:
        raise TokenError(f"the token expired {now - claims.exp:.0f} s ago", clause="ALI-E53")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSocketUrl:
    """A ``webSocketUrl`` taken apart. Clients connect to the URL as it was given (ALI-R074, ALI-E52)."""

    scheme: Literal["ws", "wss"]
    host: str
    """Host name or address, an IPv6 address without brackets."""
    port: int
    path: str
    """Path as written, never empty."""
    token: str = field(repr=False)
    """The JWT, a secret."""
    session_id: str

    @property
    def text(self) -> str:
        """The URL, the default port left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        query = urlencode({"token": self.token, "sessionId": self.session_id})
        return f"{self.scheme}://{host}{port}{self.path}?{query}"


def parse_websocket_url(url: str) -> WebSocketUrl:
    """Takes a ``webSocketUrl`` apart; query parameters it does not know are left aside.

    Raises:
        ValidationError: longer than 16 KiB, no absolute ws or wss URL, or token and sessionId not once each.
    """
    if len(url) > MAX_URL:
        raise _bad_url("", f"{len(url)} characters long", f"at most {MAX_URL} characters")
    if _UNFIT_FOR_URL.search(url):
        raise _bad_url("", "it has white space, control characters or half a surrogate pair", "a URL")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad_url("", "host or port cannot be read", "ws://host:port/path?token=…&sessionId=…") from None
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise _bad_url("", "not a WebSocket URL", "ws or wss and a host")
    if parts.fragment:
        raise _bad_url("", "it has a fragment", "none in a WebSocket URL")
    query = parse_websocket_query(parts.query)
    return WebSocketUrl(
        scheme=cast("Literal['ws', 'wss']", parts.scheme),
        host=host,
        port=_DEFAULT_PORTS[parts.scheme] if port is None else port,
        path=parts.path or "/",
        token=query.token,
        session_id=query.session_id,
    )


def parse_websocket_query(raw_query: str) -> WebSocketUrlQuery:
    """Token and session id from the query of a connection.

    Args:
        raw_query: query as on the wire, without the question mark.

    Raises:
        ValidationError: longer than 16 KiB, more than 32 parameters, no Unicode, or token and sessionId not once each.
    """
    if len(raw_query) > MAX_URL:
        raise _bad_url("", f"{len(raw_query)} characters long", f"at most {MAX_URL} characters")
    if _HALF_PAIR.search(raw_query):
        raise _bad_url("", "it has half a surrogate pair", "percent-encoded UTF-8")
    try:
        values = parse_qs(raw_query, keep_blank_values=True, max_num_fields=_MOST_PARAMETERS)
    except ValueError:
        raise _bad_url("", "too many query parameters", f"at most {_MOST_PARAMETERS}") from None
    known = {name: values[name] for name in ("token", "sessionId") if name in values}
    for name, given in known.items():
        if len(given) > 1:
            raise _bad_url(name, f"given {len(given)} times", "once")
    return _QUERY.convert({name: given[0] for name, given in known.items()}).value


def _bad_url(path: str, reason: str, expected: str) -> ValidationError:
    return ValidationError(
        reason, vendor=_VENDOR, message=_QUERY.message, path=path, expected=expected, clause="ALI-R074"
    )


def _base64url(part: str, name: str) -> bytes:
    if not _BASE64URL.fullmatch(part) or len(part) % 4 == 1:
        raise TokenError(f"the token {name} is not base64url without padding", clause="ALI-R075")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _part(codec: JsonCodec[MessageT], data: bytes) -> MessageT:
    try:
        return codec.decode(data).value
    except CodecError as error:
        # Without the clause, which the TokenError names itself.
        fault = CodecError(error.reason, message=codec.message, path=error.path, expected=error.expected)
        raise TokenError(str(fault), clause=error.clause) from None


def _json_bytes(fields: Mapping[str, Any]) -> bytes:
    try:
        return msgspec.json.encode(fields)
    except (TypeError, ValueError, RecursionError, msgspec.MsgspecError):
        raise ValidationError(
            "not plain JSON values", vendor=_VENDOR, message=CHANNEL_TOKEN.message, clause="ALI-E56"
        ) from None


def _utf8(text: str | bytes) -> bytes:
    # Lone surrogates pass: whoever reads the bytes finds them not to be UTF-8 and says so.
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
