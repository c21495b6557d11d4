"""Cases about key pairs and tokens (1.2, 2.1 to 2.3, 3.1): who gets one, how long it lives, what it opens."""

from __future__ import annotations

import re
from typing import Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import GuijiBench, accepted, object_of, refused
from .needs import CLOCK, CONTROL, INVALID

__all__ = ["CASES"]

_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}")


async def gives_token(bench: GuijiBench) -> None:
    account = await bench.account()
    seconds = account.fields.get("expirationTime")
    expect(bool(account.token) and type(seconds) is int and seconds > 0, "a token and its seconds", account.fields)
    accepted(await bench.call("queryLivePage"))


async def times(bench: GuijiBench) -> None:
    fields = (await bench.account()).fields
    for name in ("startTime", "endTime"):
        expect(bool(_TIME.fullmatch(str(fields.get(name)))), f"{name} as yyyy-MM-dd HH:mm:ss", fields)
    expect(str(fields["startTime"]) < str(fields["endTime"]), "startTime before endTime", fields)


async def wrong_secret(bench: GuijiBench) -> None:
    app_id, app_secret = bench.endpoint.text("app_id"), bench.endpoint.text("app_secret")
    for secret in (bench.made_up(), app_secret + "x", app_secret[:-1], app_secret.swapcase(), app_id):
        if secret not in ("", app_secret):
            refused(await bench.ask_for_token(app_id, secret), 100503)


async def wrong_id(bench: GuijiBench) -> None:
    app_id, app_secret = bench.endpoint.text("app_id"), bench.endpoint.text("app_secret")
    for other in (bench.made_up(), app_id + "x", app_secret):
        refused(await bench.ask_for_token(other, app_secret), 100503)


async def pair_of_two(bench: GuijiBench) -> None:
    other_id, other_secret = bench.key_pair("other")
    refused(await bench.ask_for_token(other_id, bench.endpoint.text("app_secret")), 100503)
    refused(await bench.ask_for_token(bench.endpoint.text("app_id"), other_secret), 100503)


async def too_early(bench: GuijiBench) -> None:
    refused(await bench.ask_for_token(*bench.key_pair("early")), 100504)


async def too_late(bench: GuijiBench) -> None:
    refused(await bench.ask_for_token(*bench.key_pair("late")), 100505)


async def early_with_wrong_secret(bench: GuijiBench) -> None:
    for which in ("early", "late"):
        app_id, _ = bench.key_pair(which)
        refused(await bench.ask_for_token(app_id, bench.made_up()), 100503)


async def needs_no_token(bench: GuijiBench) -> None:
    given = {"appId": bench.endpoint.text("app_id"), "appSecret": bench.endpoint.text("app_secret")}
    reply = await bench.call("getAccessToken", given, token="", headers={"source": None})
    fields = object_of(accepted(reply))
    accepted(await bench.call("queryLivePage", token=str(fields.get("token"))))


async def several(bench: GuijiBench) -> None:
    first = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
    second = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
    for account in (first, second, first):
        accepted(await bench.call("queryLivePage", token=account.token))


async def nearly_right(bench: GuijiBench) -> None:
    token = await bench.token()
    for wrong in (
        token[:-1],
        token + "0",
        token[::-1],
        ("0" if token[0] != "0" else "1") + token[1:],
        token.swapcase(),
    ):
        if wrong != token:
            refused(await bench.call("queryLivePage", token=wrong), 100502)
    accepted(await bench.call("queryLivePage"))


async def blank(bench: GuijiBench) -> None:
    refused(await bench.call("queryLivePage", token="", headers={"token": "  "}), 100501)


async def header_case(bench: GuijiBench) -> None:
    token = await bench.token()
    for name in ("Token", "TOKEN"):
        accepted(await bench.call("queryLivePage", token="", headers={name: token}))


async def bearer(bench: GuijiBench) -> None:
    token = await bench.token()
    accepted(await bench.call("queryLivePage", token="", headers={"Authorization": f"Bearer {token}"}))


async def wrong_bearer(bench: GuijiBench) -> None:
    wrong = {"Authorization": f"Bearer {bench.made_up()}"}
    refused(await bench.call("queryLivePage", token="", headers=wrong), 100502)


async def in_query(bench: GuijiBench) -> None:
    token = await bench.token()
    refused(await bench.call("queryLivePage", {"token": token}, token=""), 100501)


async def before_parameters(bench: GuijiBench) -> None:
    refused(await bench.call("createLive", {"nothing": "right"}, token=""), 100501)
    refused(await bench.call("createLive", {"nothing": "right"}, token=bench.made_up()), 100502)


async def refused_does_nothing(bench: GuijiBench) -> None:
    room = await bench.room(liveName="before")
    refused(await bench.call("updateLive", {"id": room, "liveName": "after"}, token=bench.made_up()), 100502)
    refused(await bench.call("updateLive", {"id": room, "liveName": "after"}, headers={"source": None}))
    found = object_of(await bench.data("queryLive", {"id": room}))
    expect(found.get("liveName") == "before", "liveName before", found)


# --- in the course of time ---


async def seconds_of(bench: GuijiBench) -> float:
    account = await bench.account()
    seconds = account.fields.get("expirationTime")
    expect(type(seconds) is int and seconds > 1, "expirationTime, some seconds", account.fields)
    return float(seconds or 0)


async def lives_so_long(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    await bench.control.advance(seconds - 1)
    accepted(await bench.call("queryLivePage"))


async def ends(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    await bench.control.advance(seconds + 1)
    refused(await bench.call("queryLivePage"), 100502)


async def renewed(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    for _ in range(3):
        await bench.control.advance(seconds * 0.7)
        accepted(await bench.call("queryLivePage"))


async def renewed_by_any(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    for operation, given in (("queryMaterialCategories", {}), ("createLive", {"cutinFlag": False, "liveName": "a"})):
        await bench.control.advance(seconds * 0.7)
        accepted(await bench.call(operation, given))


async def ends_after_renewal(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    await bench.control.advance(seconds * 0.7)
    accepted(await bench.call("queryLivePage"))
    await bench.control.advance(seconds + 1)
    refused(await bench.call("queryLivePage"), 100502)


async def not_renewed_by_refusal(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    await bench.control.advance(seconds * 0.7)
    refused(await bench.call("queryLivePage", headers={"source": None}))
    await bench.control.advance(seconds * 0.7)
    refused(await bench.call("queryLivePage"), 100502)


async def never_again(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    await bench.control.advance(seconds + 1)
    for _ in range(2):
        refused(await bench.call("queryLivePage"), 100502)
    new = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
    accepted(await bench.call("queryLivePage", token=new.token))
    refused(await bench.call("queryLivePage"), 100502)


async def each_its_own_time(bench: GuijiBench) -> None:
    seconds = await seconds_of(bench)
    old = await bench.token()
    await bench.control.advance(seconds * 0.7)
    new = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
    await bench.control.advance(seconds * 0.7)
    accepted(await bench.call("queryLivePage", token=new.token))
    refused(await bench.call("queryLivePage", token=old), 100502)


async def revoked(bench: GuijiBench) -> None:
    accepted(await bench.call("queryLivePage"))
    await bench.control.command("expire_tokens")
    refused(await bench.call("queryLivePage"), 100502)
    new = await bench.log_in(bench.endpoint.text("app_id"), bench.endpoint.text("app_secret"))
    accepted(await bench.call("queryLivePage", token=new.token))


_P: Final = "guiji.http.token"

CASES: Final = (
    Case(f"{_P}.given", "A key pair is exchanged for a token that lives for some seconds.", ("GJ-R007",), gives_token),
    Case(
        f"{_P}.times_form",
        "startTime and endTime have the form yyyy-MM-dd HH:mm:ss.",
        ("GJ-E15",),
        times,
        "ambiguous",
    ),
    Case(f"{_P}.wrong_secret", "A wrong appSecret is answered with 100503.", ("GJ-R011",), wrong_secret, needs=INVALID),
    Case(f"{_P}.wrong_id", "An unknown appId is answered with 100503.", ("GJ-R011",), wrong_id, needs=INVALID),
    Case(
        f"{_P}.pair_of_two",
        "The appSecret of another account is answered with 100503.",
        ("GJ-R011",),
        pair_of_two,
        needs=INVALID,
    ),
    Case(f"{_P}.before_start", "A key pair before its startTime is answered with 100504.", ("GJ-R012",), too_early),
    Case(f"{_P}.after_end", "A key pair after its endTime is answered with 100505.", ("GJ-R013",), too_late),
    Case(
        f"{_P}.wrong_secret_out_of_time",
        "A wrong appSecret is answered with 100503 also where the key pair is not valid.",
        ("GJ-R011", "GJ-R012", "GJ-R013"),
        early_with_wrong_secret,
        needs=INVALID,
    ),
    Case(f"{_P}.needs_none", "getAccessToken needs neither a token nor source.", ("GJ-R001", "GJ-E08"), needs_no_token),
    Case(f"{_P}.several", "A new token leaves earlier ones valid.", ("GJ-E07",), several, "ambiguous"),
    Case(
        f"{_P}.nearly_right",
        "A token that is nearly right is not valid.",
        ("GJ-R010",),
        nearly_right,
        needs=INVALID,
    ),
    Case(f"{_P}.blank", "A token of blanks is answered with 100501.", ("GJ-R009",), blank, needs=INVALID),
    Case(f"{_P}.header_case", "The header's name may have capitals.", ("GJ-E01",), header_case, "ambiguous"),
    Case(f"{_P}.bearer", "A token may come as Authorization: Bearer.", ("GJ-E01",), bearer, "ambiguous"),
    Case(
        f"{_P}.wrong_bearer",
        "A wrong token as Authorization: Bearer is answered with 100502.",
        ("GJ-E01", "GJ-R010"),
        wrong_bearer,
        "ambiguous",
        needs=INVALID,
    ),
    Case(f"{_P}.in_query", "A token in the query is none.", ("GJ-R003", "GJ-R009"), in_query, needs=INVALID),
    Case(
        f"{_P}.checked_first",
        "The token is checked before the parameters.",
        ("GJ-R006",),
        before_parameters,
        needs=INVALID,
    ),
    Case(
        f"{_P}.refused_does_nothing",
        "A call that does not pass the checks changes nothing.",
        ("GJ-R006",),
        refused_does_nothing,
        needs=INVALID,
    ),
    Case(f"{_P}.life", "A token is valid for expirationTime.", ("GJ-R007",), lives_so_long, needs=CLOCK, alone=True),
    Case(
        f"{_P}.end",
        "A token that was not used for expirationTime is answered with 100502.",
        ("GJ-R010", "GJ-R007"),
        ends,
        needs=CLOCK,
        alone=True,
    ),
    Case(f"{_P}.renewed", "Each accepted call renews a token.", ("GJ-R008",), renewed, needs=CLOCK, alone=True),
    Case(
        f"{_P}.renewed_by_any",
        "An accepted call of any operation renews a token.",
        ("GJ-R008",),
        renewed_by_any,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.end_after_renewal",
        "A token that was renewed ends expirationTime after the last call.",
        ("GJ-R010", "GJ-R008"),
        ends_after_renewal,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.not_renewed_by_refusal",
        "A call that does not pass the checks renews no token.",
        ("GJ-E07", "GJ-R008"),
        not_renewed_by_refusal,
        "ambiguous",
        needs=CLOCK | INVALID,
        alone=True,
    ),
    Case(
        f"{_P}.never_again",
        "A token that has ended stays so when there is a new one.",
        ("GJ-R010",),
        never_again,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.each_its_own_time",
        "Each token of an account ends in its own time.",
        ("GJ-R007", "GJ-E07"),
        each_its_own_time,
        needs=CLOCK,
        alone=True,
    ),
    Case(
        f"{_P}.revoked",
        "A token that the vendor has ended is answered with 100502, and a new one is given.",
        ("GJ-R010",),
        revoked,
        needs=CONTROL,
        alone=True,
    ),
)
