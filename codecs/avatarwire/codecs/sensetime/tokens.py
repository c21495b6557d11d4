"""Tokens: login and refresh, when to make these calls, and which token to hand to whom.

Only the names live here, to be imported from one place; the calls are in `auth/login.py`, the manager in
`auth/token_manager.py`.
"""

from __future__ import annotations

from .auth.login import (
    ACCESS_TOKEN_LIFE,
    LOGIN,
    MAX_TOKEN,
    MAX_VALID_TOKENS,
    MIN_REFRESH_INTERVAL,
    OBSERVED,
    REFRESH,
    REFRESH_ADVICE,
    WEB_FETCH_INTERVAL,
    WEB_GUARANTEE,
    Bearer,
    LoginRequest,
    RefreshRequest,
    TokenReply,
    authorized,
    bearer,
    check_login,
    read_bearer,
    sign_login,
)
from .auth.token_manager import RETRY_AFTER, AccessToken, TokenCall, TokenManager, WebToken

__all__ = [
    "ACCESS_TOKEN_LIFE",
    "LOGIN",
    "MAX_TOKEN",
    "MAX_VALID_TOKENS",
    "MIN_REFRESH_INTERVAL",
    "OBSERVED",
    "REFRESH",
    "REFRESH_ADVICE",
    "RETRY_AFTER",
    "WEB_FETCH_INTERVAL",
    "WEB_GUARANTEE",
    "AccessToken",
    "Bearer",
    "LoginRequest",
    "RefreshRequest",
    "TokenCall",
    "TokenManager",
    "TokenReply",
    "WebToken",
    "authorized",
    "bearer",
    "check_login",
    "read_bearer",
    "sign_login",
]
