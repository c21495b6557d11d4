"""Cases about the user centre: login, refresh, how many tokens are valid, and for how long (004 L8-37).

No document describes the calls, so they are judged as public clients make them (ST-E101). As a login may retire the
tokens of others, all of them run alone, and the run goes on with the newest.
"""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Need, Skip
from ..bench import SenseTimeBench
from ..case import CLOCK, CONTROL, DESTRUCTIVE, INVALID, SenseTimeCase, Tried, case
from ..verifying import accepted, declared, members, refused

__all__ = ["CASES"]

_NEEDS: Final = DESTRUCTIVE | INVALID
_HOUR: Final = 3600


async def login(bench: SenseTimeBench) -> None:
    reply = await bench.login()
    data = members(accepted(reply))
    expect(bool(data.get("accessToken")) and bool(data.get("refreshToken")), "accessToken and refreshToken", reply)
    bench.uses(str(data["accessToken"]))
    declared("login.response", reply.body)


async def token_works(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    expect(await bench.knows(data["accessToken"]), "an access token that is valid", "one that is not")


async def life(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    expires = data.get("expiresIn")
    expect(isinstance(expires, int) and 0 < expires <= 8 * _HOUR, "expiresIn of at most 8 hours", expires)


async def number_timestamp(bench: SenseTimeBench) -> None:
    given = bench.signed()
    reply = await bench.login({**given, "timestamp": int(given["timestamp"])})
    data = members(accepted(reply))
    bench.uses(str(data["accessToken"]))


def bad_login(**wrong: object) -> Tried:
    """A case about a login with something wrong; None stands for a member that is missing."""

    async def tried(bench: SenseTimeBench) -> None:
        given = {key: value for key, value in {**bench.signed(), **wrong}.items() if value is not None}
        reply = await bench.login(given)
        refused(reply, f"a login with {wrong}")
        expect(not members(reply.json.get("data")).get("accessToken"), "no token", "one")

    return tried


async def bad_key(bench: SenseTimeBench) -> None:
    refused(await bench.login(key="not the key"), "a login signed with another key")


async def bad_app(bench: SenseTimeBench) -> None:
    refused(await bench.login(app_id="no-such-app"), "a login of an app there is none of")


async def bad_time(bench: SenseTimeBench) -> None:
    given = bench.signed()
    given["timestamp"] = str(int(given["timestamp"]) + 1)
    refused(await bench.login(given), "a timestamp that was not signed")


async def login_is_no_call(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    refused(
        await bench.call("runningList", authorization=f"Bearer {data['refreshToken']}"),
        "a refresh token in the place of the access token",
    )


async def two_valid(bench: SenseTimeBench) -> None:
    first, second = await bench.logged_in(), await bench.logged_in()
    expect(await bench.knows(first["accessToken"]), "the token before still valid", "it is not")
    expect(await bench.knows(second["accessToken"]), "the newer one valid", "it is not")
    expect(first["accessToken"] != second["accessToken"], "another token", "the same")


async def at_most_two(bench: SenseTimeBench) -> None:
    tokens = {str((await bench.logged_in())["accessToken"]) for _ in range(3)}
    valid = [token for token in tokens if await bench.knows(token)]
    expect(len(valid) <= 2, "at most two tokens that are valid", f"{len(valid)}")


async def oldest_goes(bench: SenseTimeBench) -> None:
    tokens = [str((await bench.logged_in())["accessToken"]) for _ in range(3)]
    valid = [await bench.knows(token) for token in tokens]
    expect(valid == [False, True, True], "the oldest of three retired", valid)


async def early(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    reply = await bench.refresh(data["refreshToken"])
    told = members(reply.json.get("data")).get("accessToken")
    if told is None:
        refused(reply, "a refresh at once")
    else:
        expect(told == data["accessToken"], "the same token, as it is not three hours old", "another")


async def early_refused(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    refused(await bench.refresh(data["refreshToken"]), "a refresh at once")
    expect(await bench.knows(data["accessToken"]), "a token that is valid still", "it is not")


async def refreshed(bench: SenseTimeBench) -> dict[str, Any]:
    """The data of a refresh after 3.5 hours, with the token before."""
    before = await bench.logged_in()
    await bench.let_pass(3.5 * _HOUR)
    reply = await bench.refresh(before["refreshToken"])
    data = members(accepted(reply))
    expect(bool(data.get("accessToken")), "data with an accessToken", data)
    bench.uses(str(data["accessToken"]))
    declared("refresh.response", reply.body)
    return {**data, "before": before}


async def refresh(bench: SenseTimeBench) -> None:
    data = await refreshed(bench)
    expect(data["accessToken"] != data["before"]["accessToken"], "another token", "the same")
    expect(await bench.knows(data["accessToken"]), "a token that is valid", "it is not")


async def refresh_keeps_old(bench: SenseTimeBench) -> None:
    data = await refreshed(bench)
    expect(await bench.knows(data["before"]["accessToken"]), "the token before still valid", "it is not")


async def refresh_again(bench: SenseTimeBench) -> None:
    data = await refreshed(bench)
    await bench.let_pass(3.5 * _HOUR)
    again = members(accepted(await bench.refresh(data.get("refreshToken") or data["before"]["refreshToken"])))
    bench.uses(str(again["accessToken"]))
    expect(await bench.knows(again["accessToken"]), "a token that is valid", "it is not")


async def lasts(bench: SenseTimeBench) -> None:
    token = str((await bench.logged_in())["accessToken"])
    await bench.let_pass(8 * _HOUR - 60)
    expect(await bench.knows(token), "a token that is valid for 8 hours", "one that is not")


async def ends(bench: SenseTimeBench) -> None:
    token = str((await bench.logged_in())["accessToken"])
    await bench.let_pass(8 * _HOUR + 60)
    expect(not await bench.knows(token), "a token that ends after 8 hours", "one that is valid")


async def end_is_told(bench: SenseTimeBench) -> None:
    token = str((await bench.logged_in())["accessToken"])
    await bench.let_pass(9 * _HOUR)
    reply = await bench.call("runningList", authorization=f"Bearer {token}")
    holds = reply.status == 200 and isinstance(reply.json.get("code"), int) and reply.json["code"] != 0
    expect(holds, "status 200 and a code", reply)


async def refresh_after_end(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    await bench.let_pass(9 * _HOUR)
    again = members(accepted(await bench.refresh(data["refreshToken"])))
    bench.uses(str(again["accessToken"]))
    expect(await bench.knows(again["accessToken"]), "a token that is valid", "it is not")


async def expired(bench: SenseTimeBench) -> None:
    token = str((await bench.logged_in())["accessToken"])
    live = await bench.created()
    await bench.control.command("expire_tokens")
    expect(not await bench.knows(token), "a token that is over", "one that is valid")
    await bench.logged_in()
    stat = await bench.stat(live)
    expect(stat.get("status") == 35, "the live as it was, with a new token", stat)


def bad_refresh(token: str) -> Tried:
    """A case about a refresh with a wrong token."""

    async def tried(bench: SenseTimeBench) -> None:
        await bench.logged_in()
        refused(await bench.refresh(token), "a refresh with a wrong token")

    return tried


async def refresh_by_access(bench: SenseTimeBench) -> None:
    data = await bench.logged_in()
    refused(await bench.refresh(data["accessToken"]), "a refresh with the access token")


async def for_web(bench: SenseTimeBench) -> None:
    reply = await bench.exchange("GET", f"{bench.endpoint.url}/avatarwire/user-centre/token")
    if reply.status == 404:
        raise Skip("it needs a user-centre proxy, which no document describes")
    data = members(accepted(reply))
    bench.uses(str(data.get("accessToken")))
    expect("refreshToken" not in data, "no refresh token for pages", sorted(data))
    expires = data.get("expiresIn")
    expect(isinstance(expires, int) and expires >= _HOUR, "a token that is good for an hour", expires)
    expect(await bench.knows(str(data.get("accessToken"))), "a token that is valid", "it is not")


def _case(id_: str, title: str, clause: str, run: Tried, needs: frozenset[Need] = _NEEDS) -> SenseTimeCase:
    return case(f"centre.{id_}", title, (clause,), run, needs=needs, alone=True)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    _case("login.tokens", "A login gives an access token and a refresh token.", "ST-E101", login),
    _case("login.works", "Its access token is valid.", "ST-E101", token_works),
    _case("login.life", "Its access token lives for 8 hours at most.", "ST-TOK-01", life),
    _case("login.number", "The timestamp may be a number.", "ST-E101", number_timestamp),
    _case("login.refuses.key", "Another key gives no token.", "ST-E101", bad_key),
    _case("login.refuses.app", "An app there is none of gets no token.", "ST-E101", bad_app),
    _case("login.refuses.time", "The timestamp is signed.", "ST-E101", bad_time),
    *(
        _case(f"login.refuses.{name}", f"A login with {what} is refused.", "ST-E101", bad_login(**wrong))
        for name, what, wrong in (
            ("no_sign", "no sign", {"sign": None}),
            ("bad_sign", "a sign that is none", {"sign": "0" * 32}),
            ("no_app", "no appId", {"appId": None}),
            ("no_timestamp", "no timestamp", {"timestamp": None}),
            ("grant_type", "another grantType", {"grantType": "refreshToken"}),
        )
    ),
    _case("token.refresh_is_no_access", "A refresh token opens no call.", "ST-NET-02", login_is_no_call),
    _case("token.two_valid", "The token before stays valid beside the newer one.", "ST-TOK-02", two_valid),
    _case("token.at_most_two", "At most two access tokens are valid.", "ST-TOK-02", at_most_two),
    _case("token.oldest_goes", "A third token retires the oldest.", "ST-E103", oldest_goes),
    _case("token.lasts", "An access token is valid for 8 hours.", "ST-TOK-01", lasts, _NEEDS | CLOCK),
    _case("token.ends", "After 8 hours it is not.", "ST-TOK-01", ends, _NEEDS | CLOCK),
    _case("token.end_is_told", "That is told by a code.", "ST-E105", end_is_told, _NEEDS | CLOCK),
    _case("token.expired", "Lives outlast the token they were created with.", "ST-E105", expired, _NEEDS | CONTROL),
    _case("refresh.early", "Within three hours there is no other token.", "ST-TOK-04", early),
    _case("refresh.early_refused", "Within three hours a refresh is refused.", "ST-E102", early_refused),
    _case("refresh.works", "After 3.5 hours a refresh gives another token.", "ST-TOK-04", refresh, _NEEDS | CLOCK),
    _case("refresh.keeps_old", "The token before stays valid.", "ST-TOK-02", refresh_keeps_old, _NEEDS | CLOCK),
    _case("refresh.again", "And again after 3.5 hours.", "ST-E104", refresh_again, _NEEDS | CLOCK),
    _case(
        "refresh.after_end", "A refresh token outlasts its access token.", "ST-E104", refresh_after_end, _NEEDS | CLOCK
    ),
    _case("refresh.refuses.unknown", "An unknown refresh token is refused.", "ST-E101", bad_refresh("no-such")),
    _case("refresh.refuses.none", "A refresh needs its token.", "ST-E101", bad_refresh("")),
    _case("refresh.refuses.access", "An access token refreshes nothing.", "ST-E101", refresh_by_access),
    _case("web.token", "Pages get a token that is good for an hour, and no refresh token.", "ST-TOK-06", for_web),
)
