"""The manager of an account's tokens: when to log in and to refresh, and which token may be handed to a web page.

A service drives a `TokenManager` with the time and with the answers it got; nothing here reads a clock or a socket.
The calls themselves are in `login.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final

from ...core.masking import Masked
from ...errors import CodecError, HttpError, LocalProtocolError, TokenError
from ...message import doc, integer
from ...operation import HttpRequest, Operation
from .login import (
    LOGIN,
    MAX_VALID_TOKENS,
    MIN_REFRESH_INTERVAL,
    REFRESH,
    REFRESH_ADVICE,
    WEB_GUARANTEE,
    LoginRequest,
    RefreshRequest,
    TokenReply,
    authorized,
)

__all__ = ["RETRY_AFTER", "AccessToken", "TokenCall", "TokenManager", "WebToken"]

RETRY_AFTER: Final = 60.0
"""Seconds between two tries of a call that failed; ours."""


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A token and how long it lives; times are epoch seconds."""

    text: str = field(repr=False)
    issued_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class TokenCall:
    """A call to make: `LOGIN` or `REFRESH`, and the request that carries it, its headers complete."""

    operation: Operation[Any, TokenReply]
    request: HttpRequest = field(repr=False)


class WebToken(Masked):
    """What a service hands to its web page: a token, and nothing of the refresh token (ST-TOK-03). The form is ours."""

    secrets: ClassVar[frozenset[str]] = frozenset({"access_token"})

    access_token: Annotated[str, doc("token to hand to the SDK; secret", "ST-TOK-07", min_length=1)]
    expires_in: Annotated[int, integer("seconds that it is valid at least", "ST-TOK-06", ge=WEB_GUARANTEE)]


class TokenManager:
    """Keeps the tokens of one account.

    ::

        call = manager.call(now)          # None: nothing to do before manager.due_at
        if call is not None:
            ...                           # send call.request, then
            manager.receive(status, body, now)
        manager.token(now)                # for an HTTP call

    A login comes first; then a refresh every 3.5 hours (ST-TOK-05), and never within 3 hours of the token before
    (ST-TOK-04). Where a refresh is not possible and the token is at its end, or was refused, a login takes its place.
    """

    def __init__(self, app_id: str, app_key: str, *, refresh_every: float = REFRESH_ADVICE) -> None:
        """Starts without tokens.

        Args:
            app_id: id of the account's app.
            app_key: its secret; never shown.
            refresh_every: seconds between refreshes.

        Raises:
            ValueError: refreshes would come sooner than every 3 hours (ST-TOK-04).
        """
        if not refresh_every >= MIN_REFRESH_INTERVAL:
            raise ValueError(
                f"refreshes every {refresh_every} s, allowed is every {MIN_REFRESH_INTERVAL} s [ST-TOK-04]"
            )
        self.app_id = app_id
        self._app_key = app_key
        self._refresh_every = refresh_every
        self._tokens: tuple[AccessToken, ...] = ()
        self._issued_at: float | None = None
        self._refresh_token = ""
        self._refresh_until: float | None = None
        self._pending: Operation[Any, TokenReply] | None = None
        self.due_at = 0.0
        """When the next call is due, epoch seconds; what is past is due at once."""

    def __repr__(self) -> str:
        return f"TokenManager(app_id={self.app_id!r}, tokens={len(self._tokens)}, due_at={self.due_at})"

    # --- the calls ---

    def call(self, now: float) -> TokenCall | None:
        """The call to make at `now`; None before `due_at`, and while a call has not been answered."""
        if self._pending is not None or now < self.due_at:
            return None
        if self._may_refresh(now):
            self._pending = REFRESH
            request = REFRESH.encode_request(RefreshRequest(app_id=self.app_id, grant_type="refreshToken"))
            return TokenCall(REFRESH, authorized(request, self._refresh_token))
        self._pending = LOGIN
        return TokenCall(LOGIN, LOGIN.encode_request(LoginRequest.signed(self.app_id, self._app_key, now)))

    def _may_refresh(self, now: float) -> bool:
        rested = self._issued_at is None or now >= self._issued_at + MIN_REFRESH_INTERVAL
        living = self._refresh_until is None or now < self._refresh_until
        return bool(self._refresh_token) and rested and living

    def receive(self, status: int, body: bytes, now: float) -> AccessToken:
        """Takes the answer of the call.

        Raises:
            LocalProtocolError: no call was made.
            HttpError: it failed; `due_at` says when to try again. A refresh that was refused is followed by a login.
            CodecError: it cannot be read; likewise.
        """
        operation = self._answered()
        try:
            reply = operation.decode_response(status, body).value
        except (HttpError, CodecError) as error:
            if isinstance(error, HttpError) and error.status < 500:
                self._refresh_token = ""
            self.due_at = now + RETRY_AFTER
            raise
        return self._keep(reply, now)

    def lost(self, now: float) -> None:
        """The call got no answer: it is due again in a minute.

        Raises:
            LocalProtocolError: no call was made.
        """
        self._answered()
        self.due_at = now + RETRY_AFTER

    def _answered(self) -> Operation[Any, TokenReply]:
        operation, self._pending = self._pending, None
        if operation is None:
            raise LocalProtocolError("no call for a token is waiting for an answer", clause="ST-E101")
        return operation

    def _keep(self, reply: TokenReply, now: float) -> AccessToken:
        token = AccessToken(reply.access_token, now, now + reply.life)
        self._issued_at = now
        others = [known for known in self._tokens if known.text != token.text]
        self._tokens = (*others, token)[-MAX_VALID_TOKENS:]
        if reply.refresh_token is not None:
            # It may or may not be another one each time (ST-E104).
            self._refresh_token = reply.refresh_token
            life = reply.refresh_token_expires_in
            self._refresh_until = None if life is None else now + life
        self.due_at = min(now + self._refresh_every, max(now + RETRY_AFTER, token.expires_at - WEB_GUARANTEE))
        return token

    def refused(self, token: str, now: float) -> None:
        """A call with `token` was refused: another one is due, and the call may be tried once more (ST-E105).

        A token that was refused right after it was issued is replaced after a minute, not at once.
        """
        newest = self._tokens[-1:]
        self._tokens = tuple(known for known in self._tokens if known.text != token)
        if newest and newest[0].text == token:
            self.due_at = max(now, newest[0].issued_at + RETRY_AFTER)

    # --- the tokens ---

    def tokens(self, now: float) -> Sequence[AccessToken]:
        """The tokens that are valid at `now`, at most two, the newest last (ST-TOK-02)."""
        return tuple(known for known in self._tokens if now < known.expires_at)

    def token(self, now: float) -> str:
        """The newest token, for an HTTP call.

        Raises:
            TokenError: there is none that is valid.
        """
        valid = self.tokens(now)
        if not valid:
            raise TokenError("there is no valid access token", clause="ST-TOK-01")
        return valid[-1].text

    def for_web(self, now: float) -> WebToken:
        """The newest token, for a web page: valid for an hour at least (ST-TOK-06).

        The second refresh after its issue retires a token, so with one every 3.5 hours it counts as good for 7 hours
        (ST-E103).

        Raises:
            TokenError: none is valid for so long.
        """
        for known in self.tokens(now)[-1:]:
            until = min(known.expires_at, known.issued_at + MAX_VALID_TOKENS * self._refresh_every)
            if until - now >= WEB_GUARANTEE:
                return WebToken(access_token=known.text, expires_in=int(until - now))
        raise TokenError("no access token is valid for another hour", clause="ST-TOK-06")
