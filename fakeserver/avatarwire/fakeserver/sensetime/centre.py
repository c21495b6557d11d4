"""The user centre over HTTP: login, refresh, and an endpoint of ours that hands tokens to web pages.

Login and refresh are observed in public clients, no document describes them (ST-E101). The third stands for the
user-centre proxy that a customer deploys (ST-TOK-08); its path and form are ours, and it never tells a refresh token
(ST-TOK-03). Which tokens there are is known in `token_store.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from avatarwire.codecs.errors import TokenError
from avatarwire.codecs.sensetime.auth.token_manager import WebToken
from avatarwire.codecs.sensetime.auth.web_token import WEB_TOKEN, WebTokenRequest
from avatarwire.codecs.sensetime.http import AUTH_HEADER
from avatarwire.codecs.sensetime.tokens import LOGIN, REFRESH, LoginRequest, RefreshRequest, TokenReply, read_bearer
from avatarwire.fakeserver.http.exchange import Exchange
from avatarwire.fakeserver.http.pipeline import Handler
from avatarwire.fakeserver.sensetime.errors import Failure, unfit
from avatarwire.fakeserver.sensetime.scenario import AccountFixture
from avatarwire.fakeserver.sensetime.token_store import Tokens

__all__ = ["CENTRE", "UserCentre"]


CENTRE: Final = (LOGIN, REFRESH, WEB_TOKEN)
"""Operations that need no access token."""


class UserCentre:
    """Carries out the three calls.

    Args:
        tokens: the memory.

    Attributes:
        handlers: what carries out each call, by the id of its operation.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens: Final = tokens
        self.handlers: Final[Mapping[str, Handler[AccountFixture]]] = MappingProxyType(
            {LOGIN.id: self.login, REFRESH.id: self.refresh, WEB_TOKEN.id: self.web_token}
        )

    def login(self, request: LoginRequest, exchange: Exchange[AccountFixture]) -> TokenReply:
        """The first tokens."""
        del exchange
        return self._tokens.login(request)

    def refresh(self, request: RefreshRequest, exchange: Exchange[AccountFixture]) -> TokenReply:
        """A new access token for the refresh token in the header Authorization."""
        try:
            bearer = read_bearer(exchange.headers.get(AUTH_HEADER, ""))
        except TokenError as error:
            raise unfit(Failure.LOGIN, "ST-E101", AUTH_HEADER, error.reason) from None
        return self._tokens.refresh(request.app_id, bearer.token)

    def web_token(self, request: WebTokenRequest, exchange: Exchange[AccountFixture]) -> WebToken:
        """A token for a page."""
        del exchange
        return self._tokens.for_web(request.app_id if isinstance(request.app_id, str) else "")
