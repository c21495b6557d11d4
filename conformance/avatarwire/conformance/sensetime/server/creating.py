"""Cases about createLive ("Create live room", 003 L17-79)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Final

from ...engine.bench import expect
from ..bench import Live, SenseTimeBench
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import accepted, declared

__all__ = ["CASES", "RTC", "created_with_own_app"]

RTC: Final = ("rtcAppId", "rtcChannelId", "rtcUid", "rtcToken")
"""How a stream is pulled."""
_STATUSES: Final = (32, 35, 9, 97, 98)
_LARGEST_UID: Final = 2**32 - 1
_LONGEST_CHANNEL: Final = 64

OWN_APP: Final = {
    "urtcUseExternalApp": True,
    "urtcAppId": "own-app",
    "urtcChannelId": "own-channel",
    "urtcUid": "4294967295",
    "urtcToken": "own-token-of-a-customer",
}
"""An RTC app of the customer's own, with the largest uid there is (ST-LIVE-03, ST-LIVE-04)."""


async def gives_ids(bench: SenseTimeBench) -> None:
    reply = await bench.call("createLive", {"param": bench.param})
    live = bench.live_of(reply)
    expect(isinstance(live.fields["sessionId"], str) and bool(live.token), "a sessionId and a sessionToken", reply)


async def ids_differ(bench: SenseTimeBench) -> None:
    first, second = await bench.created(), await bench.created()
    expect(first.id != second.id, "another sessionId for another live", second.id)
    expect(first.token != second.token, "another sessionToken for another live", "the same")


async def known_status(bench: SenseTimeBench) -> None:
    live = bench.live_of(await bench.call("createLive", {"param": bench.param}))
    expect(live.status in _STATUSES, f"one of the states {', '.join(map(str, _STATUSES))}", live.status)


async def is_made(bench: SenseTimeBench) -> None:
    live = bench.live_of(await bench.call("createLive", {"param": bench.param}))
    expect(live.status in (32, 35), "status 32 or 35", live.status)
    if live.status == 32:
        await bench.until_status(live, 35)


async def stream_at_32(bench: SenseTimeBench) -> None:
    live = await bench.created()
    told = [name for name in RTC if live.fields.get(name)]
    if live.status == 32:
        expect(not told, "no values of a stream at 32", told)


async def stream_at_35(bench: SenseTimeBench) -> None:
    live = await bench.created()
    if live.status == 35:
        expect(all(isinstance(live.fields.get(name), str) for name in RTC), "all values of the stream at 35", live)


async def uid_form(bench: SenseTimeBench) -> None:
    live = await bench.created()
    uid = (await bench.stat(live)).get("rtcUid")
    holds = isinstance(uid, str) and uid.isascii() and uid.isdigit() and int(uid) <= _LARGEST_UID
    expect(holds, "an rtcUid of decimal digits, of 32 bits", uid)


async def channel_form(bench: SenseTimeBench) -> None:
    live = await bench.created()
    channel = (await bench.stat(live)).get("rtcChannelId")
    holds = isinstance(channel, str) and 0 < len(channel) <= _LONGEST_CHANNEL
    expect(holds, "an rtcChannelId of at most 64 characters", channel)


async def platform_app(bench: SenseTimeBench) -> None:
    own = {**OWN_APP}
    del own["urtcUseExternalApp"]
    live = await bench.created(**own)
    told = (await bench.stat(live)).get("rtcAppId")
    expect(bool(told) and told != OWN_APP["urtcAppId"], "the platform's RTC app", told)


async def platform_app_by_false(bench: SenseTimeBench) -> None:
    live = await bench.created(urtcUseExternalApp=False)
    told = (await bench.stat(live)).get("rtcAppId")
    expect(bool(told) and told != OWN_APP["urtcAppId"], "the platform's RTC app", told)


async def created_with_own_app(bench: SenseTimeBench) -> Live:
    """A live in an RTC app of the customer's own."""
    return await bench.created(**OWN_APP)


async def own_app(bench: SenseTimeBench) -> None:
    live = await created_with_own_app(bench)
    expect(live.status in (32, 35), "a live", live.status)


async def own_app_echoed(bench: SenseTimeBench) -> None:
    stat = await bench.stat(await created_with_own_app(bench))
    told = (stat.get("rtcAppId"), stat.get("rtcChannelId"), stat.get("rtcUid"))
    asked = (OWN_APP["urtcAppId"], OWN_APP["urtcChannelId"], OWN_APP["urtcUid"])
    expect(told == asked, f"the customer's own values {asked}", told)


def own_app_wrong(name: str, value: object) -> Tried:
    """A case with one value of the own app wrong; None stands for one that is missing."""

    async def tried(bench: SenseTimeBench) -> None:
        given = {key: item for key, item in {**OWN_APP, name: value}.items() if item is not None}
        reply = await bench.call("createLive", {"param": bench.param, **given})
        await bench.not_created(reply, f"{name} {value!r}" if value is not None else f"a missing {name}")

    return tried


async def longest_channel(bench: SenseTimeBench) -> None:
    live = await bench.created(**{**OWN_APP, "urtcChannelId": "c" * _LONGEST_CHANNEL})
    expect(bool(live.id), "a live", live)


def param_wrong(change: Callable[[SenseTimeBench], object], why: str) -> Tried:
    """A case with a wrong `param`, made of the right one."""

    async def tried(bench: SenseTimeBench) -> None:
        await bench.not_created(await bench.call("createLive", {"param": change(bench)}), why)

    return tried


async def none_is_left(bench: SenseTimeBench) -> None:
    mark = bench.made_up("refused-")
    await bench.not_created(await bench.call("createLive", {"param": "{", "userData": mark}), "a param that is no JSON")
    await bench.created(userData=mark)


async def user_data(bench: SenseTimeBench) -> None:
    live = await bench.created(userData=json.dumps({"order": 7, "for": '张三 "quoted"\n'}, ensure_ascii=False))
    expect(bool(live.id), "a live", live)


async def is_declared(bench: SenseTimeBench) -> None:
    reply = await bench.call("createLive", {"param": bench.param})
    bench.live_of(reply)
    declared("createLive.response", reply.body)


async def large_script(bench: SenseTimeBench) -> None:
    script = bench.script
    script["sceneList"][0]["tts_query"] = {"content": "It is good to have you here. " * 1000, "ssml": False}
    accepted(await bench.close(await bench.created(param=json.dumps(script))))


_OWN_APP_WRONG: Final = (
    *((name, None, "missing", "ST-LIVE-03") for name in ("urtcToken", "urtcUid", "urtcAppId", "urtcChannelId")),
    ("urtcUid", "4294967296", "too_large", "ST-LIVE-04"),
    ("urtcUid", "seven", "no_digits", "ST-LIVE-04"),
    ("urtcUid", "-7", "negative", "ST-LIVE-04"),
    ("urtcChannelId", "c" * (_LONGEST_CHANNEL + 1), "too_long", "ST-LIVE-05"),
)
_PARAM_WRONG: Final[tuple[tuple[str, Callable[[SenseTimeBench], object], str], ...]] = (
    ("nested", lambda bench: bench.script, "an object in place of the text param"),
    ("no_json", lambda _: "no JSON", "a param that is no JSON"),
    ("cut", lambda bench: bench.param[:-1], "a param that is cut short"),
    ("more", lambda bench: f"{bench.param},{{}}", "a param with more behind the script"),
    ("list", lambda bench: f"[{bench.param}]", "a param that is a list"),
    ("text", lambda _: '"text"', "a param that is the JSON of a text"),
    ("null", lambda _: "null", "a param that is the JSON null"),
    ("empty", lambda _: "", "an empty param"),
)

CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.create.gives_ids", "A new live has an id and a session token.", ("ST-LIVE-11",), gives_ids),
    case("http.create.ids_differ", "Each live has an id and a token of its own.", ("ST-LIVE-11",), ids_differ),
    case("http.create.known_status", "A new live has one of the five states.", ("ST-LIVE-08",), known_status),
    case(
        "http.create.is_made",
        "A live of a right script is at 35, or comes to that from 32.",
        ("ST-LIVE-09", "ST-LIVE-08"),
        is_made,
    ),
    case("http.create.no_stream_at_32", "No values of a stream are told at 32.", ("ST-LIVE-10",), stream_at_32),
    case("http.create.stream_at_35", "The values of the stream are told at 35.", ("ST-E16",), stream_at_35),
    case("http.create.uid_form", "The uid of a stream is a number of 32 bits in digits.", ("ST-LIVE-04",), uid_form),
    case("http.create.channel_form", "A channel has at most 64 characters.", ("ST-LIVE-05",), channel_form),
    case(
        "http.create.platform_app",
        "Without urtcUseExternalApp a live uses the platform's RTC app.",
        ("ST-LIVE-02", "ST-E21"),
        platform_app,
        needs=INVALID,
    ),
    case(
        "http.create.platform_app_by_false",
        "With urtcUseExternalApp false a live uses the platform's RTC app.",
        ("ST-LIVE-02",),
        platform_app_by_false,
    ),
    case("http.create.own_app", "A live can use an RTC app of the customer's own.", ("ST-LIVE-03",), own_app),
    case("http.create.own_app_echoed", "The values of the customer's RTC app are told.", ("ST-E22",), own_app_echoed),
    case("http.create.longest_channel", "A channel may have 64 characters.", ("ST-LIVE-05",), longest_channel),
    *(
        case(
            f"http.create.own_app.{how}.{name}",
            f"A live in the customer's RTC app is refused with {name} {how.replace('_', ' ')}.",
            (clause,),
            own_app_wrong(name, value),
            needs=INVALID,
        )
        for name, value, how, clause in _OWN_APP_WRONG
    ),
    *(
        case(
            f"http.create.param.{name}",
            f"A live with {why} is refused.",
            ("ST-LIVE-01",),
            param_wrong(change, why),
            needs=INVALID,
        )
        for name, change, why in _PARAM_WRONG
    ),
    case(
        "http.create.right_after_wrong",
        "A right call after a wrong one makes a live.",
        ("ST-LIVE-01",),
        none_is_left,
        needs=INVALID,
    ),
    case("http.create.user_data", "Data of the customer may be any text.", ("ST-LIVE-06",), user_data),
    case("http.create.declared", "The answer to createLive is as it is declared.", ("ST-LIVE-11",), is_declared),
    case("http.create.large_script", "A script of 30 kB is taken, as no limit is known.", ("ST-E132",), large_script),
)
