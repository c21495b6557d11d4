"""The user centre: login, refresh, how long tokens live, and what web pages get."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from avatarwire.codecs.sensetime.auth.token_manager import TokenManager
from avatarwire.fakeserver.scenario import ScenarioError
from tests.fakeserver.sensetime.client import APP_ID, APP_KEY, Fake

HOUR = 3600
STAMP = "1767225600000"


@pytest.fixture
def fake() -> Fake:
    return Fake(heartbeat_seconds=None)


def signed(app_id: str = APP_ID, key: str = APP_KEY, stamp: Any = STAMP, **changes: Any) -> dict[str, Any]:
    sign = hashlib.md5(f"{app_id}{stamp}{key}".encode(), usedforsecurity=False).hexdigest()
    return {"appId": app_id, "timestamp": stamp, "sign": sign, "grantType": "sign", **changes}


def refresh(fake: Fake, token: str, **options: Any) -> Any:
    fields = {"appId": APP_ID, "grantType": "refreshToken"}
    return fake.call("refresh", fields, headers={"Authorization": f"Bearer {token}"}, **options)


def works(fake: Fake, token: str) -> bool:
    return bool(fake.call("runningList", token=token)["code"] == 0)


# --- login ---


@pytest.mark.parametrize("stamp", [STAMP, int(STAMP)])
def test_a_login_gives_two_tokens(fake: Fake, stamp: Any) -> None:
    reply = fake.ok("login", signed(stamp=stamp), headers={"Authorization": ""})
    assert set(reply) == {"accessToken", "expiresIn", "refreshToken", "refreshTokenExpiresIn"}
    assert (reply["expiresIn"], reply["refreshTokenExpiresIn"]) == (8 * HOUR, 3650 * 24 * HOUR)
    assert works(fake, reply["accessToken"])
    assert not works(fake, reply["refreshToken"])


@pytest.mark.parametrize(
    "login",
    [
        signed(key="another-key"),
        signed(app_id="nobody"),
        signed(app_id="nobody", key=""),
        signed(sign="0" * 32),
        signed(sign=signed()["sign"].upper()),
        signed(stamp="1"),
    ],
)
def test_a_login_with_another_signature_is_refused(fake: Fake, login: dict[str, Any]) -> None:
    if login["timestamp"] == "1":
        login = {**login, "timestamp": "2"}
    code, text = fake.refused("login", login)
    assert (code, text[-9:]) == (3, "[ST-E101]")
    assert APP_KEY not in text


def test_an_unknown_app_with_the_key_of_another_is_refused_too(fake: Fake) -> None:
    assert fake.refused("login", signed(app_id="nobody")) == (3, "appId: no such app [ST-E101]")


@pytest.mark.parametrize("missing", ["appId", "timestamp", "sign", "grantType"])
def test_a_login_has_all_members(fake: Fake, missing: str) -> None:
    login = signed()
    del login[missing]
    code, text = fake.refused("login", login)
    assert (code, text.partition(":")[0]) == (1, missing)


def test_old_logins_are_refused_if_the_scenario_says_so(fake: Fake) -> None:
    fake.clock.advance(10 * HOUR)
    assert fake.ok("login", signed())
    strict = Fake(login_age_seconds=900)
    strict.clock.advance(900)
    assert strict.ok("login", signed())
    strict.clock.advance(1)
    assert strict.refused("login", signed())[0] == 3


# --- two valid tokens, eight hours (ST-TOK-01, ST-TOK-02, ST-E103) ---


def test_a_third_token_retires_the_oldest(fake: Fake) -> None:
    given = fake.token
    one, two = (fake.ok("login", signed())["accessToken"] for _ in range(2))
    assert (works(fake, given), works(fake, one), works(fake, two)) == (False, True, True)
    three = fake.ok("login", signed())["accessToken"]
    assert (works(fake, one), works(fake, two), works(fake, three)) == (False, True, True)


def test_tokens_live_for_eight_hours(fake: Fake) -> None:
    fake.clock.advance(8 * HOUR - 1)
    assert works(fake, fake.token)
    fake.clock.advance(1)
    assert fake.refused("runningList") == (2, "the access token is unknown or no longer valid [ST-TOK-01]")
    assert works(fake, fake.state.tokens.newest())


def test_tokens_of_one_account_do_not_retire_those_of_another() -> None:
    accounts = ({"app_id": APP_ID, "app_key": APP_KEY}, {"app_id": "two", "app_key": "key-2"})
    fake = Fake(accounts=accounts)
    other = fake.state.tokens.newest("two")
    for _ in range(3):
        fake.ok("login", signed())
    assert works(fake, other)
    fake.state.tokens.expire("two")
    assert not works(fake, other)
    assert works(fake, fake.state.tokens.newest())
    fake.state.tokens.expire()
    assert not works(fake, fake.token)


def test_two_accounts_with_one_id_are_a_mistake() -> None:
    with pytest.raises(ScenarioError, match=r"sensetime\.accounts\[1\]\.app_id: listed twice"):
        Fake(accounts=({"app_id": "a", "app_key": "1"}, {"app_id": "a", "app_key": "2"}))


# --- refresh (ST-TOK-04, ST-E102, ST-E104) ---


def test_a_refresh_within_three_hours_is_refused(fake: Fake) -> None:
    token = fake.ok("login", signed())["refreshToken"]
    fake.clock.advance(3 * HOUR - 1)
    told = refresh(fake, token)
    assert told["code"] == 10004
    assert told["message"].endswith("wait another 1 s [ST-TOK-04]")
    fake.clock.advance(1)
    reply = refresh(fake, token)["data"]
    assert reply["refreshToken"] == token
    assert works(fake, reply["accessToken"])
    assert refresh(fake, token)["code"] == 10004


def test_a_refresh_that_comes_too_early_may_repeat_the_token() -> None:
    fake = Fake(early_refresh="repeat")
    login = fake.ok("login", signed())
    fake.clock.advance(HOUR)
    again = refresh(fake, login["refreshToken"])["data"]
    assert (again["accessToken"], again["expiresIn"]) == (login["accessToken"], 7 * HOUR)
    fake.state.tokens.expire()
    assert refresh(fake, login["refreshToken"])["code"] == 10004


def test_refreshing_every_three_and_a_half_hours_retires_a_token_after_seven(fake: Fake) -> None:
    first = fake.ok("login", signed())
    fake.clock.advance(3.5 * HOUR)
    second = refresh(fake, first["refreshToken"])["data"]
    fake.clock.advance(3.5 * HOUR - 1)
    assert works(fake, first["accessToken"])
    fake.clock.advance(1)
    third = refresh(fake, first["refreshToken"])["data"]
    assert not works(fake, first["accessToken"])
    assert works(fake, second["accessToken"])
    assert works(fake, third["accessToken"])


def test_refresh_tokens_may_change_and_end() -> None:
    fake = Fake(rotate_refresh_tokens=True, refresh_token_seconds=5 * HOUR)
    login = fake.ok("login", signed())
    assert login["refreshTokenExpiresIn"] == 5 * HOUR
    fake.clock.advance(4 * HOUR)
    other = refresh(fake, login["refreshToken"])["data"]["refreshToken"]
    assert other != login["refreshToken"]
    assert refresh(fake, login["refreshToken"])["code"] == 10003
    fake.clock.advance(5 * HOUR)
    assert refresh(fake, other)["code"] == 10003


def test_only_a_thousand_refresh_tokens_are_remembered(fake: Fake) -> None:
    first = fake.ok("login", signed())["refreshToken"]
    last = [fake.ok("login", signed())["refreshToken"] for _ in range(1000)][-1]
    fake.clock.advance(3 * HOUR)
    assert refresh(fake, first)["code"] == 10003
    assert refresh(fake, last)["code"] == 0


@pytest.mark.parametrize("authorization", ["", "Bearer ", "Bearer nobody", "\udcff", "Bearer é"])
def test_a_refresh_needs_a_refresh_token(fake: Fake, authorization: str) -> None:
    fields = {"appId": APP_ID, "grantType": "refreshToken"}
    told = fake.call("refresh", fields, headers={"Authorization": authorization})
    assert told["code"] == 10003


def test_a_refresh_token_is_of_its_app(fake: Fake) -> None:
    token = fake.ok("login", signed())["refreshToken"]
    fields = {"appId": "another", "grantType": "refreshToken"}
    assert fake.call("refresh", fields, headers={"Authorization": token})["code"] == 10003


def test_the_codecs_manager_lives_with_this_user_centre_for_a_week(fake: Fake) -> None:
    manager = TokenManager(APP_ID, APP_KEY)
    while fake.clock.now() < 1_767_225_600 + 7 * 24 * HOUR:
        now = fake.clock.now()
        call = manager.call(now)
        assert call is not None
        answer = fake.send(call.operation.id, raw=call.request.body, headers=dict(call.request.headers))
        manager.receive(answer.status, answer.body, now)
        assert works(fake, manager.token(now))
        fake.clock.advance(manager.due_at - now)
        assert works(fake, manager.token(fake.clock.now()))


# --- web pages (ST-TOK-03, ST-TOK-06, ST-TOK-07) ---


def test_a_page_gets_an_access_token_and_nothing_of_the_refresh_token(fake: Fake) -> None:
    given = fake.ok("webToken", headers={"Authorization": ""})
    assert set(given) == {"accessToken", "expiresIn"}
    assert given["expiresIn"] == 7 * HOUR
    assert works(fake, given["accessToken"])
    assert fake.ok("webToken", {"appId": APP_ID})["accessToken"] == given["accessToken"]


def test_a_page_that_asks_every_hour_always_has_a_token_that_is_valid_for_another() -> None:
    fake = Fake()
    for _ in range(48):
        given = fake.ok("webToken")
        assert given["expiresIn"] >= HOUR
        fake.clock.advance(HOUR - 1)
        assert works(fake, given["accessToken"])
        fake.clock.advance(1)


def test_a_token_that_was_retired_is_not_handed_to_pages(fake: Fake) -> None:
    given = fake.ok("webToken")["accessToken"]
    for _ in range(2):
        fake.ok("login", signed())
    assert not works(fake, given)
    assert works(fake, fake.ok("webToken")["accessToken"])


def test_tokens_that_are_too_short_for_pages_are_not_handed_out() -> None:
    fake = Fake(token_seconds=600)
    code, text = fake.refused("webToken")
    assert (code, text) == (7, "tokens live for 600 s, a page needs one for another 3600 s [ST-TOK-06]")


def test_a_page_of_an_unknown_app_gets_nothing(fake: Fake) -> None:
    assert fake.refused("webToken", {"appId": "nobody"}) == (3, "appId: no such app [ST-E101]")
