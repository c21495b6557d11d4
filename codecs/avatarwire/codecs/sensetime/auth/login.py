"""Login and refresh of the user centre, and how a token travels with an HTTP call.

What the two calls say lives here, with the signature of a login; when they are to be made is in `token_manager.py`. The
vendor's documents describe neither call (ST-E101): paths, members and the signature are observed in public clients. How
long tokens live and how often they may be refreshed is documented.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import replace
from typing import Annotated, ClassVar, Final, Literal, NamedTuple, Self

import msgspec

from ...core.enveloped import EnvelopeCodec
from ...core.json_codec import JsonCodec
from ...core.masking import Masked
from ...errors import EncodeError, SignatureError, TokenError
from ...message import doc, integer
from ...operation import HttpRequest, Operation
from ..envelope import FORM, HTTP_ERROR, VENDOR
from ..messages.number_forms import digits_of

__all__ = [
    "ACCESS_TOKEN_LIFE",
    "LOGIN",
    "MAX_TOKEN",
    "MAX_VALID_TOKENS",
    "MIN_REFRESH_INTERVAL",
    "OBSERVED",
    "REFRESH",
    "REFRESH_ADVICE",
    "WEB_FETCH_INTERVAL",
    "WEB_GUARANTEE",
    "Bearer",
    "LoginRequest",
    "RefreshRequest",
    "TokenReply",
    "authorized",
    "bearer",
    "check_login",
    "read_bearer",
    "sign_login",
]

ACCESS_TOKEN_LIFE: Final = 8 * 3600
"""Seconds that an access token is valid, unless refreshes retire it sooner (ST-TOK-01)."""
MAX_VALID_TOKENS: Final = 2
"""Access tokens that are valid at the same time; a further one retires the oldest (ST-TOK-02, ST-E103)."""
MIN_REFRESH_INTERVAL: Final = 3 * 3600
"""Seconds that have to pass before a refresh (ST-TOK-04, ST-E102)."""
REFRESH_ADVICE: Final = 3.5 * 3600
"""Seconds after which a refresh is advised (ST-TOK-05)."""
WEB_GUARANTEE: Final = 3600
"""Seconds that a token handed to a web page is still valid for at least (ST-TOK-06)."""
WEB_FETCH_INTERVAL: Final = 3600
"""Seconds between two times that a web page fetches the newest token (ST-TOK-07)."""
MAX_TOKEN: Final = 8 * 1024
"""Most characters of a token that are read or written."""

OBSERVED: Final = "observed in public clients"
"""Where facts come from that no document of the vendor states (ST-E101)."""

_SCHEME: Final = re.compile(r"bearer(?: +|$)", re.IGNORECASE)
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")


class Bearer(NamedTuple):
    """A token that was sent, and what was found about it."""

    token: str
    deviations: tuple[str, ...] = ()
    """Ids of the errata by which it was sent otherwise than ruled."""

    def __repr__(self) -> str:
        return f"Bearer(token=<{len(self.token)} characters masked>, deviations={self.deviations!r})"


def bearer(token: str) -> str:
    """The value of the header ``Authorization`` (ST-E01).

    Raises:
        EncodeError: the token is empty, over 8 KiB, or has characters that a header cannot hold.
    """
    if len(token) > MAX_TOKEN or not _VISIBLE.fullmatch(token):
        raise EncodeError(
            "not fit for a header",
            vendor=VENDOR,
            path="Authorization",
            expected=f"1 to {MAX_TOKEN} visible ASCII characters",
            clause="ST-E01",
        )
    return f"Bearer {token}"


def authorized(request: HttpRequest, token: str, *, header: str = "authorization") -> HttpRequest:
    """The request with the token in it.

    Args:
        request: from `Operation.encode_request`.
        token: access token; for `REFRESH` the refresh token.
        header: which header carries it; the document does not name it (ST-E01).

    Raises:
        EncodeError: a header cannot hold the token.
    """
    return replace(request, headers={**request.headers, header.lower(): bearer(token)})


def read_bearer(value: str) -> Bearer:
    """The token in the value of a header ``Authorization``, with or without the scheme in front (ST-E01).

    Raises:
        TokenError: there is none in it, or it is over 8 KiB.
    """
    text = value.strip(" \t")
    token = _SCHEME.sub("", text, count=1)
    if not token:
        raise TokenError("the header Authorization holds no token", clause="ST-NET-02")
    if len(token) > MAX_TOKEN:
        raise TokenError(f"the token has {len(token)} characters, at most {MAX_TOKEN} are read", clause="ST-NET-02")
    return Bearer(token, () if text == f"Bearer {token}" else ("ST-E01",))


def sign_login(app_id: str, timestamp: str | int, app_key: str) -> str:
    """The signature of a login: lower-case hex of MD5 over app id, timestamp and app key (observed, ST-E101).

    Args:
        app_id: id of the account's app.
        timestamp: epoch milliseconds, as sent.
        app_key: secret of the app.
    """
    # The vendor's choice; nothing but a login rests on it.
    return hashlib.md5(f"{app_id}{timestamp}{app_key}".encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


class LoginRequest(Masked):
    """login: who asks for a token (observed in public clients)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"sign"})

    app_id: Annotated[str, doc("id of the app", "ST-E101", min_length=1, example="app-1")]
    timestamp: Annotated[
        Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,16}$(?!\n)")]
        | Annotated[int, msgspec.Meta(ge=0, le=10**16 - 1)],
        doc("epoch milliseconds, as a text or a number", "ST-E101", example="1900000000000"),
    ]
    sign: Annotated[str, doc("lower-case hex of MD5 over appId, timestamp and the key", "ST-E101", min_length=1)]
    grant_type: Annotated[Literal["sign"], doc("sign", "ST-E101")]

    @classmethod
    def signed(cls, app_id: str, app_key: str, now: float) -> Self:
        """A login at `now`, epoch seconds."""
        timestamp = str(int(now * 1000))
        sign = sign_login(app_id, timestamp, app_key)
        return cls(app_id=app_id, timestamp=timestamp, sign=sign, grant_type="sign")

    @property
    def asked_at(self) -> float:
        """When the login was made, epoch seconds by the client's clock."""
        return int(self.timestamp) / 1000


def check_login(request: LoginRequest, app_key: str, *, now: float | None = None, max_age: float = 900) -> None:
    """Refuses a login that was not signed with `app_key`.

    Args:
        request: the login.
        app_key: secret of the app.
        now: epoch seconds; with it, a login that is older or newer than `max_age` is refused too, which is ours.
        max_age: seconds.

    Raises:
        SignatureError: the signature is another, or the login is not of now.
    """
    signed = sign_login(request.app_id, request.timestamp, app_key)
    if not hmac.compare_digest(signed.encode(), request.sign.encode("utf-8", "replace")):
        raise SignatureError(
            "SignDoesNotMatch",
            "sign is not the MD5 of appId, timestamp and the key, in lower-case hex",
            clause="ST-E101",
        )
    if now is not None and abs(now - request.asked_at) > max_age:
        reason = f"timestamp is {abs(now - request.asked_at):.0f} s off, at most {max_age:.0f}"
        raise SignatureError("TimestampExpired", reason, clause="ST-E101")


class RefreshRequest(Masked):
    """refresh: a new access token; the refresh token is in the header Authorization (observed in public clients)."""

    app_id: Annotated[str, doc("id of the app", "ST-E101", min_length=1, example="app-1")]
    grant_type: Annotated[Literal["refreshToken"], doc("refreshToken", "ST-E101")]


def _token_doc(description: str, clause: str) -> msgspec.Meta:
    return doc(description, clause, pattern=rf"^{_VISIBLE.pattern}$(?!\n)", max_length=MAX_TOKEN, example="tok-1")


class TokenReply(Masked, omit_defaults=True):
    """Data of login and refresh; what is said about the account beside it is of no concern (observed)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"access_token", "refresh_token"})

    access_token: Annotated[str, _token_doc("token of HTTP calls; secret", "ST-TOK-01")]
    expires_in: (
        Annotated[int, integer("seconds that it is valid, 8 hours when absent", "ST-TOK-01", ge=0, example=28800)]
        | None
    ) = None
    refresh_token: (
        Annotated[str, _token_doc("token of the next refresh, never for web pages; secret", "ST-TOK-03")] | None
    ) = None
    refresh_token_expires_in: (
        Annotated[int, integer("seconds that the refresh token is valid", "ST-E104", ge=0)] | None
    ) = None

    @property
    def life(self) -> int:
        """Seconds that the access token is valid (ST-TOK-01)."""
        return ACCESS_TOKEN_LIFE if self.expires_in is None else self.expires_in


def _reply(id_: str) -> EnvelopeCodec[TokenReply]:
    repairs = (digits_of("data.expiresIn"), digits_of("data.refreshTokenExpiresIn"))
    return EnvelopeCodec(TokenReply, FORM, message=f"{id_}.response", repairs=repairs)


LOGIN: Final[Operation[LoginRequest, TokenReply]] = Operation(
    id="login",
    vendor=VENDOR,
    title="get the first tokens",
    method="POST",
    path="/api/uc/v1/access/api/token",
    parameters_in="body",
    request=JsonCodec(LoginRequest, vendor=VENDOR, message="login.request"),
    response=_reply("login"),
    section=OBSERVED,
    clauses=("ST-E101",),
    headers={"content-type": "application/json"},
    failure=FORM.failure,
    error=HTTP_ERROR,
)
"""Login, which needs no token."""

REFRESH: Final[Operation[RefreshRequest, TokenReply]] = Operation(
    id="refresh",
    vendor=VENDOR,
    title="get a new access token",
    method="POST",
    path="/api/uc/v1/access/api/token/refresh",
    parameters_in="body",
    request=JsonCodec(RefreshRequest, vendor=VENDOR, message="refresh.request"),
    response=_reply("refresh"),
    section=OBSERVED,
    clauses=("ST-E101", "ST-TOK-04", "ST-E102"),
    headers={"content-type": "application/json"},
    auth="Bearer",
    failure=FORM.failure,
    error=HTTP_ERROR,
)
"""Refresh; the header Authorization holds the refresh token."""
