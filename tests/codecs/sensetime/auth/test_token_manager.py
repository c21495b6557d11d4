"""When to log in and to refresh, and which token may go to a web page: examples, then properties."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, precondition, rule

from avatarwire.codecs.errors import DecodeError, HttpError, LocalProtocolError, TokenError
from avatarwire.codecs.sensetime.tokens import LOGIN, REFRESH, AccessToken, TokenManager, WebToken

HOUR = 3600.0
T = 1900000000.0


def answer(**data: Any) -> bytes:
    return msgspec.json.encode({"code": 0, "message": "success", "data": data})


def logged_in(**data: Any) -> TokenManager:
    manager = TokenManager("app-1", "key-1")
    assert manager.call(T) is not None
    manager.receive(200, answer(**{"accessToken": "a1", "refreshToken": "r1", "expiresIn": 28800, **data}), T)
    return manager


def test_a_login_comes_first() -> None:
    manager = TokenManager("app-1", "key-1")
    call = manager.call(T)
    assert call is not None
    assert call.operation is LOGIN
    assert call.request.path == "/api/uc/v1/access/api/token"
    assert "authorization" not in call.request.headers
    token = manager.receive(200, answer(accessToken="a1", refreshToken="r1"), T + 1)
    assert token == AccessToken("a1", T + 1, T + 1 + 8 * HOUR)
    assert manager.token(T + 1) == "a1"


def test_a_refresh_comes_after_three_and_a_half_hours() -> None:
    manager = logged_in()
    assert manager.due_at == T + 3.5 * HOUR
    assert manager.call(T + 3.4 * HOUR) is None
    call = manager.call(T + 3.5 * HOUR)
    assert call is not None
    assert call.operation is REFRESH
    assert call.request.headers["authorization"] == "Bearer r1"
    assert call.request.body == b'{"appId":"app-1","grantType":"refreshToken"}'


def test_there_is_one_call_at_a_time() -> None:
    manager = TokenManager("app-1", "key-1")
    assert manager.call(T) is not None
    assert manager.call(T + 5) is None
    manager.lost(T + 5)
    with pytest.raises(LocalProtocolError, match="waiting for an answer"):
        manager.lost(T + 5)
    with pytest.raises(LocalProtocolError):
        manager.receive(200, b"", T + 5)


def test_two_tokens_are_valid_at_the_same_time() -> None:
    manager = logged_in()
    for number, hours in ((2, 3.5), (3, 7)):
        assert manager.call(T + hours * HOUR) is not None
        manager.receive(200, answer(accessToken=f"a{number}"), T + hours * HOUR)
    assert [token.text for token in manager.tokens(T + 7 * HOUR)] == ["a2", "a3"]
    assert [token.text for token in manager.tokens(T + 12 * HOUR)] == ["a3"]
    # The refresh token stays when no other came with it.
    call = manager.call(T + 10.5 * HOUR)
    assert call is not None
    assert call.request.headers["authorization"] == "Bearer r1"


def test_a_new_refresh_token_takes_the_place_of_the_old() -> None:
    manager = logged_in()
    assert manager.call(T + 4 * HOUR) is not None
    manager.receive(200, answer(accessToken="a2", refreshToken="r2"), T + 4 * HOUR)
    call = manager.call(T + 8 * HOUR)
    assert call is not None
    assert call.request.headers["authorization"] == "Bearer r2"


def test_the_same_token_again_is_one_token() -> None:
    manager = logged_in()
    assert manager.call(T + 4 * HOUR) is not None
    manager.receive(200, answer(accessToken="a1"), T + 4 * HOUR)
    assert [token.text for token in manager.tokens(T + 4 * HOUR)] == ["a1"]


def test_a_refresh_token_at_its_end_is_not_used() -> None:
    manager = logged_in(refreshTokenExpiresIn=3600)
    call = manager.call(T + 3.5 * HOUR)
    assert call is not None
    assert call.operation is LOGIN


def test_a_refused_refresh_is_followed_by_a_login() -> None:
    manager = logged_in()
    at = T + 3.5 * HOUR
    assert manager.call(at) is not None
    with pytest.raises(HttpError, match="too soon"):
        manager.receive(200, b'{"code":9,"message":"too soon"}', at)
    assert manager.call(at + 59) is None
    call = manager.call(at + 60)
    assert call is not None
    assert call.operation is LOGIN


@pytest.mark.parametrize("failure", ["status", "body", "lost"])
def test_a_refresh_that_only_failed_is_tried_again(failure: str) -> None:
    manager = logged_in()
    at = T + 3.5 * HOUR
    assert manager.call(at) is not None
    if failure == "lost":
        manager.lost(at)
    else:
        status, body = (503, b"") if failure == "status" else (200, b"{")
        with pytest.raises((HttpError, DecodeError)):
            manager.receive(status, body, at)
    call = manager.call(at + 60)
    assert call is not None
    assert call.operation is REFRESH


def test_a_short_life_is_renewed_by_logins() -> None:
    manager = logged_in(expiresIn=7200)
    assert manager.due_at == T + HOUR
    call = manager.call(T + HOUR)
    assert call is not None
    assert call.operation is LOGIN


def test_a_refused_token_is_dropped_and_replaced() -> None:
    manager = logged_in()
    manager.refused("a1", T + HOUR)
    with pytest.raises(TokenError, match=r"no valid access token \[ST-TOK-01\]$"):
        manager.token(T + HOUR)
    call = manager.call(T + HOUR)
    assert call is not None
    assert call.operation is LOGIN


def test_a_token_refused_at_once_is_not_replaced_at_once() -> None:
    manager = logged_in()
    manager.refused("a1", T + 1)
    assert manager.call(T + 1) is None
    assert manager.call(T + 60) is not None


def test_an_older_token_that_is_refused_does_not_matter() -> None:
    manager = logged_in()
    assert manager.call(T + 4 * HOUR) is not None
    manager.receive(200, answer(accessToken="a2"), T + 4 * HOUR)
    manager.refused("a1", T + 5 * HOUR)
    assert manager.due_at == T + 7.5 * HOUR
    assert manager.token(T + 5 * HOUR) == "a2"


def test_a_web_page_gets_a_token_that_lasts_an_hour() -> None:
    manager = logged_in()
    assert manager.for_web(T) == WebToken(access_token="a1", expires_in=7 * 3600)
    assert manager.for_web(T + 6 * HOUR) == WebToken(access_token="a1", expires_in=3600)
    with pytest.raises(TokenError, match=r"valid for another hour \[ST-TOK-06\]$"):
        manager.for_web(T + 6 * HOUR + 1)


def test_a_web_page_gets_nothing_of_the_refresh_token() -> None:
    assert logged_in().for_web(T).to_dict() == {"accessToken": "a1", "expiresIn": 25200}


def test_no_refresh_comes_sooner_than_allowed() -> None:
    with pytest.raises(ValueError, match=r"ST-TOK-04"):
        TokenManager("app-1", "key-1", refresh_every=10799)
    with pytest.raises(ValueError, match=r"ST-TOK-04"):
        TokenManager("app-1", "key-1", refresh_every=float("nan"))
    assert TokenManager("app-1", "key-1", refresh_every=10800).due_at == 0


def test_no_secret_is_shown() -> None:
    manager = logged_in(accessToken="secret-a", refreshToken="secret-r")
    call = manager.call(T + 4 * HOUR)
    shown = repr((manager, call, manager.tokens(T), manager.for_web(T)))
    assert not [secret for secret in ("key-1", "secret-a", "secret-r") if secret in shown]


# --- properties, beside a user centre that keeps the documented rules ---


class Custody(RuleBasedStateMachine):
    """A manager and a user centre over days, with failures in between."""

    days = Bundle("days")

    def __init__(self) -> None:
        super().__init__()
        self.now = T
        self.manager = TokenManager("app-1", "key-1")
        self.issued: list[tuple[str, float]] = []
        self.refreshed_at: list[float] = []
        self.promised: list[tuple[str, float]] = []

    def valid(self) -> set[str]:
        """What the user centre takes: the two newest, for eight hours."""
        return {text for text, at in self.issued[-2:] if self.now < at + 8 * HOUR}

    def issue(self) -> bytes:
        text = f"t{len(self.issued) + 1}"
        self.issued.append((text, self.now))
        return answer(accessToken=text, refreshToken=f"r{text}", expiresIn=28800)

    @rule(seconds=st.one_of(st.floats(0, 120), st.floats(0, 3 * HOUR)))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds

    @precondition(lambda self: self.manager.due_at <= self.now)
    @rule(outcome=st.sampled_from(["ok", "ok", "ok", "lost", "refused", "broken"]))
    def call(self, outcome: str) -> None:
        call = self.manager.call(self.now)
        assert call is not None
        if call.operation is REFRESH:
            assert self.now - self.issued[-1][1] >= 3 * HOUR
        if outcome == "ok":
            self.manager.receive(200, self.issue(), self.now)
        elif outcome == "lost":
            self.manager.lost(self.now)
        else:
            status, body = (500, b"") if outcome == "broken" else (200, b'{"code":4,"message":"no"}')
            with pytest.raises(HttpError):
                self.manager.receive(status, body, self.now)
            assert self.manager.due_at > self.now

    @rule()
    def whoever_asks_gets_a_valid_token(self) -> None:
        known = [token.text for token in self.manager.tokens(self.now)]
        assert len(known) <= 2
        assert set(known) == self.valid()
        if known:
            assert self.manager.token(self.now) == known[-1]

    @rule()
    def a_web_page_asks(self) -> None:
        if not self.issued or self.now > self.issued[-1][1] + 6 * HOUR:
            with pytest.raises(TokenError):
                self.manager.for_web(self.now)
            return
        promise = self.manager.for_web(self.now)
        assert promise.expires_in >= HOUR
        self.promised.append((promise.access_token, self.now + promise.expires_in))

    @rule()
    def promises_are_kept(self) -> None:
        assert {text for text, until in self.promised if self.now < until} <= self.valid()


Custody.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestCustody = Custody.TestCase


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 600), min_size=20, max_size=60))
def test_a_service_that_looks_often_enough_always_has_a_token_for_its_page(delays: list[float]) -> None:
    now, manager, number = T, TokenManager("app-1", "key-1"), 0
    for delay in delays:
        if manager.call(now) is not None:
            number += 1
            manager.receive(200, answer(accessToken=f"t{number}", refreshToken="r"), now)
        assert manager.for_web(now).access_token == f"t{number}"
        now = max(now, manager.due_at) + delay
