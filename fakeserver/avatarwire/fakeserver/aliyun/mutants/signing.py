"""Signatures and tokens that are not checked, or are made in another way."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import parse_qsl

import jwt

from avatarwire.codecs.aliyun import signature
from avatarwire.codecs.aliyun.tokens import decode_claims
from avatarwire.codecs.errors import SignatureError
from avatarwire.fakeserver.aliyun import http, state
from avatarwire.fakeserver.aliyun.mutants.parts import differs, gives, table, told
from avatarwire.fakeserver.aliyun.session_credentials import SocketTokens
from avatarwire.fakeserver.mutants import Mutant, Patches

__all__ = ["MUTANTS"]

_CLAUSE: Final = "ALI-E67"
_EXPIRED: Final = "InvalidTimeStamp.Expired"
_USUAL: Final = frozenset({"host", "accept", "content-type"})


def _nothing_verified(patches: Patches) -> None:
    title = "Signatures are not looked at."
    server: Any = patches.server

    def make(whole: Any) -> Callable[..., Any]:
        def verify(*given: Any, **more: Any) -> Any:
            try:
                return whole(*given, **more)
            except SignatureError:
                patches.note(title)
                return SimpleNamespace(access_key_id=server.access_key_id, security_token="")

        return verify

    patches.instead(http, "verify", make)


def _any_time(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def verify(*given: Any, **more: Any) -> Any:
        try:
            return whole(*given, **more)
        except SignatureError as error:
            if error.code != _EXPIRED:
                raise
            note()
            return whole(*given, **more, window=1e9)

    return verify


def _short_time(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def verify(*given: Any, **more: Any) -> Any:
        try:
            return whole(*given, **more, window=60.0)
        except SignatureError as error:
            if error.code == _EXPIRED:
                note()
            raise

    return verify


def _other_code(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def verify(*given: Any, **more: Any) -> Any:
        try:
            return whole(*given, **more)
        except SignatureError as error:
            note()
            raise SignatureError("Forbidden", error.reason, clause=error.clause) from None

    return verify


def _refused(title: str, is_odd: Callable[[dict[str, str], str], object]) -> Mutant:
    """Signatures that are right are refused for something that is allowed."""

    def make(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
        def verify(method: str, path: str, query: str, headers: Any, *given: Any, **more: Any) -> Any:
            found = whole(method, path, query, headers, *given, **more)
            if is_odd({name: values[-1] for name, values in headers.items()}, query):
                note()
                raise SignatureError("SignatureDoesNotMatch", title, clause=_CLAUSE)
            return found

        return verify

    return told(title, http, "verify", make)


def _signs_more(headers: dict[str, str], query: str) -> bool:
    del query
    names = headers["authorization"].partition("SignedHeaders=")[2].partition(",")[0].split(";")
    return any(name not in _USUAL and not name.startswith("x-acs-") for name in names)


def _has_unsigned(headers: dict[str, str], query: str) -> bool:
    del query
    return any(name.startswith(("x-forwarded", "via", "x-real", "x-request")) for name in headers)


def _is_unsorted(headers: dict[str, str], query: str) -> bool:
    del headers
    names = [name for name, _ in parse_qsl(query)]
    return names != sorted(names)


def _any_token(whole: Any) -> Callable[..., Any]:
    del whole

    def verify(self: Any, token: str, session_id: str, now: float) -> Any:
        del self, session_id, now
        return decode_claims(token)

    return verify


def _expired_token(whole: Any) -> Callable[..., Any]:
    def verify(self: Any, token: str, session_id: str, now: float) -> Any:
        del now
        return whole(self, token, session_id, 0.0)

    return verify


def _used_once(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    used: set[str] = set()

    def verify(self: Any, token: str, session_id: str, now: float) -> Any:
        if session_id in used:
            note()
            return whole(self, "", session_id, now)
        used.add(session_id)
        return whole(self, token, session_id, now)

    return verify


def _claims(title: str, change: Callable[[dict[str, Any]], dict[str, Any]], algorithm: str = "HS256") -> Mutant:
    """Tokens of sockets that claim something else, or are signed by another algorithm."""

    def make(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
        def issue(self: Any, session_id: str, main_id: str, *, now: float, seconds: float) -> str:
            note()
            token: str = whole(self, session_id, main_id, now=now, seconds=seconds)
            claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
            key = _key(self._keys[0].key, algorithm)
            return jwt.encode(change(claims), key, algorithm=algorithm, sort_headers=False)

        return issue

    return told(title, SocketTokens, "issue", make)


def _key(key: bytes, algorithm: str) -> bytes:
    """A key that is long enough for an algorithm."""
    return key if algorithm == "HS256" else key * 2


def _short_url(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def url(base: str, token: str, session_id: str) -> str:
        note()
        given: str = whole(base, token, session_id)
        return given.partition("&sessionId=")[0]

    return url


def _channel_token(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def token(*given: Any, **more: Any) -> str:
        note()
        text: str = whole(*given, **more)
        return text.replace('"nonce"', '"salt"')

    return token


def _long_expiry(whole: Any, note: Callable[[], None]) -> Callable[..., Any]:
    def token(*given: Any, **more: Any) -> str:
        note()
        text: str = whole(*given, **more)
        return text.replace('"expireTime":', '"expireTime":99999999999')

    return token


MUTANTS: Final = table(
    signatures_not_verified=Mutant("Signatures are not looked at.", _nothing_verified),
    signatures_of_any_time=told("Signatures never expire.", http, "verify", _any_time),
    signatures_of_a_minute=told("Signatures expire after a minute.", http, "verify", _short_time),
    signatures_refused_otherwise=told("All bad signatures have the code Forbidden.", http, "verify", _other_code),
    nonces_are_forgotten=differs("Nonces are forgotten.", signature.NonceMemory, "remember", gives(True)),
    nonces_run_out=differs("Nonces are all taken.", signature.NonceMemory, "remember", gives(False)),
    signatures_not_compared=differs("Signatures are not compared.", signature, "_equal", gives(True)),
    more_headers_refused=_refused("Signatures over further headers are refused.", _signs_more),
    unsigned_headers_refused=_refused("Calls with headers that are not signed are refused.", _has_unsigned),
    long_nonces_refused=_refused(
        "Nonces of more than 40 characters are refused.",
        lambda headers, _: len(headers["x-acs-signature-nonce"]) > 40,
    ),
    unsorted_queries_refused=_refused("Queries that are not sorted are refused.", _is_unsorted),
    spaces_of_queries_refused=_refused(
        "Queries with spaces are refused.", lambda _, query: "+" in query or "%20" in query
    ),
    any_token=differs("Any token opens a socket.", SocketTokens, "verify", _any_token),
    tokens_never_expire=differs("Tokens of sockets never expire.", SocketTokens, "verify", _expired_token),
    tokens_are_used_once=told("A token opens a socket once.", SocketTokens, "verify", _used_once),
    tokens_with_other_algorithm=_claims("Tokens of sockets are signed with HS384.", lambda claims: claims, "HS384"),
    tokens_without_account=_claims(
        "Tokens of sockets name no account.", lambda claims: {**claims, "aliyunMainId": "nobody"}
    ),
    tokens_of_the_past=_claims("Tokens of sockets have expired.", lambda claims: {**claims, "exp": 1_000_000_000}),
    url_without_session=told("The URL of a socket does not name its session.", state, "websocket_url", _short_url),
    channel_token_without_nonce=told("channelToken has no nonce.", state, "channel_token", _channel_token),
    channel_token_in_far_future=told("expireTime is no number of seconds.", state, "channel_token", _long_expiry),
)
"""By name."""
