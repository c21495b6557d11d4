"""Key pairs and tokens: who a caller is, and until when."""

from __future__ import annotations

import random
from datetime import timedelta, timezone
from typing import Any

import pytest

from avatarwire.codecs.guiji.http import ErrorCode
from avatarwire.codecs.guiji.messages.times import format_time
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.token_store import Tokens
from avatarwire.fakeserver.http.refusal import Refusal
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.turns import LiveTurn

CHINA = timezone(timedelta(hours=8))


class Desk:
    """Tokens of one account that is valid from 100 s after now until 1000 s after now, and of another."""

    def __init__(self, **changes: Any) -> None:
        self.clock = VirtualClock()
        now = self.clock.now()
        self.first = AccountFixture(
            app_id="app-1",
            app_secret="secret-1",
            start_time=format_time(now + 100, CHINA),
            end_time=format_time(now + 1000, CHINA),
        )
        self.second = AccountFixture(app_id="app-2", app_secret="secret-2", mqtt_user="", mqtt_password="")
        scenario = override(GuijiScenario(accounts=(self.first, self.second)), **changes)
        self.tokens = Tokens(scenario, LiveTurn(self.clock), CHINA, random.Random(1))

    def refused(self, app_id: str, app_secret: str) -> str | int:
        with pytest.raises(Refusal) as caught:
            self.tokens.issue(app_id, app_secret)
        return caught.value.code

    def is_valid(self, token: str) -> bool:
        return self.tokens.account_of(token) is not None


@pytest.mark.parametrize("pair", [("app-2", "secret-1"), ("app-3", "secret-1"), ("", ""), ("app-2", "\ud800")])
def test_a_wrong_pair_is_refused(pair: tuple[str, str]) -> None:
    assert Desk().refused(*pair) == ErrorCode.WRONG_SECRET


def test_a_pair_is_valid_from_its_start_until_its_end() -> None:
    desk = Desk()
    assert desk.refused("app-1", "secret-1") == ErrorCode.NOT_YET_VALID
    assert desk.refused("app-1", "secret-2") == ErrorCode.WRONG_SECRET
    desk.clock.advance(100)
    assert desk.tokens.issue("app-1", "secret-1").expiration_time == 900
    desk.clock.advance(900)
    assert desk.refused("app-1", "secret-1") == ErrorCode.KEY_EXPIRED


def test_a_token_says_what_the_client_needs() -> None:
    desk = Desk(token_seconds=60)
    told = desk.tokens.issue("app-2", "secret-2")
    assert (told.expiration_time, told.start_time, told.end_time) == (60, "2020-01-01 00:00:00", "2099-12-31 23:59:59")
    assert (told.mqtt_user, told.mqtt_password) == (None, None)
    assert len(told.token) == 128
    desk.clock.advance(100)
    assert desk.tokens.issue("app-1", "secret-1").mqtt_user == "fake-mqtt-user"


def test_an_account_keeps_its_secrets_to_itself() -> None:
    account = AccountFixture(app_id="app-1", app_secret="hush", mqtt_password="hush")
    assert "app-1" in repr(account)
    assert "hush" not in repr(account)


def test_no_token_is_valid_past_the_end_of_its_pair() -> None:
    desk = Desk()
    desk.clock.advance(999)
    token = desk.tokens.issue("app-1", "secret-1").token
    desk.tokens.renew(token)
    assert desk.tokens.account_of(token) == desk.first
    desk.clock.advance(1)
    desk.tokens.renew(token)
    assert not desk.is_valid(token)


def test_several_tokens_are_valid_at_a_time() -> None:
    desk = Desk()
    tokens = [desk.tokens.issue("app-2", "secret-2").token for _ in range(3)]
    assert len(set(tokens)) == 3
    assert all(desk.tokens.account_of(token) == desk.second for token in tokens)
    desk.tokens.revoke(tokens[0])
    desk.tokens.revoke("unknown")
    assert [desk.is_valid(token) for token in tokens] == [False, True, True]


def test_looking_a_token_up_does_not_make_it_live_longer() -> None:
    desk = Desk(token_seconds=10)
    token = desk.tokens.issue("app-2", "secret-2").token
    desk.clock.advance(9)
    assert desk.tokens.account_of(token) == desk.second
    desk.clock.advance(1)
    assert not desk.is_valid(token)


def test_a_token_that_is_renewed_lives_anew() -> None:
    desk = Desk(token_seconds=10)
    token = desk.tokens.issue("app-2", "secret-2").token
    desk.clock.advance(9)
    desk.tokens.renew(token)
    desk.clock.advance(9)
    assert desk.is_valid(token)


def test_a_token_that_was_refused_is_not_used_again() -> None:
    """GJ-R014: whoever was told needs a new one; on other connections that may not be known at once."""
    desk = Desk(tokens_kept=2)

    def reject(token: str, connection: str) -> str:
        found = desk.tokens.reject(token, connection)
        return "" if found is None else f"{found.clause} {found.level}"

    assert [reject("a", "c1"), reject("a", "c1"), reject("a", "c1")] == ["", "GJ-R014 error", "GJ-R014 error"]
    assert [reject("a", "c2"), reject("a", "c2")] == ["GJ-R014 warning", "GJ-R014 error"]
    desk.clock.advance(1.1)
    assert reject("a", "c3") == "GJ-R014 error"
    # Another token is another matter; and of very many the first are forgotten.
    assert [reject("b", "c1"), reject("c", "c1"), reject("a", "c1")] == ["", "", ""]


def test_only_so_many_tokens_are_kept() -> None:
    desk = Desk(token_seconds=10, tokens_kept=2)
    first, second = (desk.tokens.issue("app-2", "secret-2").token for _ in range(2))
    desk.tokens.renew(first)
    third = desk.tokens.issue("app-2", "secret-2").token
    assert [desk.is_valid(token) for token in (first, second, third)] == [True, False, True]
    desk.clock.advance(10)
    assert desk.is_valid(desk.tokens.issue("app-2", "secret-2").token)
