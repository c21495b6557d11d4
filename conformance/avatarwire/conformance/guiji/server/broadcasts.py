"""Cases about sessions over HTTP (3.16 to 3.18): opened, where their stream is pulled, and what is remembered."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.case import Case
from ...engine.http_calls import Reply
from ..bench import GuijiBench, accepted, nothing_given, object_of, refused, rows_of
from ..heard import part
from .needs import INVALID

__all__ = ["CASES"]

_LIVE, _NOT_LIVE = "直播中", "未开播"


async def opened(bench: GuijiBench) -> None:
    session = await bench.opened(name="一场直播 🎉")
    seconds = session.fields.get("expirationTime")
    expect(type(seconds) is int and seconds > 0, "expirationTime, some seconds", session.fields)
    expect(session.topic_sub != session.topic_pub, "two topics", session.fields)


async def opened_twice(bench: GuijiBench) -> None:
    first, second = await bench.opened(), await bench.opened()
    expect(first.id != second.id, "another sessionId", second.fields)
    expect(first.topic_sub != second.topic_sub, "another topicSub", second.fields)


async def names_room(bench: GuijiBench) -> None:
    session = await bench.opened()
    expect(session.fields.get("liveId") == session.live_id, f"liveId {session.live_id}", session.fields)


async def of_unknown_room(bench: GuijiBench) -> None:
    for room in (999_999_999, 0, -1):
        nothing_given(await bench.call("createLiveSession", {"liveId": room}))


# --- where the stream is ---


async def path_of(bench: GuijiBench, live_id: int, session_id: str, duration: Any = 600) -> Reply:
    """What getPullPath says."""
    return await bench.call("getPullPath", {"liveId": live_id, "sessionId": session_id, "duration": duration})


def addresses(data: Any) -> dict[str, Any]:
    """The addresses in the answer of getPullPath, with the level ``playaddr`` or without (GJ-E47)."""
    inner = object_of(part(data, "data"))
    return object_of(inner.get("playaddr", inner))


async def pulled(bench: GuijiBench) -> None:
    talk = await bench.created()
    data = object_of(accepted(await path_of(bench, talk.session.live_id, talk.session.id)))
    expect(data.get("ok") is True, "ok true", data)
    found = addresses(data)
    urls = {name: found.get(name) for name in ("rtmp", "rtsp", "http_flv", "http-flv") if found.get(name)}
    expect(bool(urls), "an address of rtmp, rtsp or http_flv", data)
    for name, url in urls.items():
        values = [value for key, value in object_of(url).items() if key in ("lan", "wan") and value]
        scheme = {"rtmp": "rtmp", "rtsp": "rtsp"}.get(name, "http")
        expect(all(str(value).startswith(scheme) for value in values), f"{scheme} URLs as lan and wan", found)


async def pull_form(bench: GuijiBench) -> None:
    talk = await bench.created()
    data = accepted(await path_of(bench, talk.session.live_id, talk.session.id))
    expect("playaddr" in object_of(part(data, "data")), "data.playaddr", data)


async def pull_flv(bench: GuijiBench) -> None:
    talk = await bench.created()
    found = addresses(accepted(await path_of(bench, talk.session.live_id, talk.session.id)))
    expect("http_flv" in found and "http-flv" not in found, "http_flv", found)


async def same_as_told(bench: GuijiBench) -> None:
    talk = await bench.created()
    told = object_of(part((await talk.state("StreamPlay")).params, "playaddr"))
    found = addresses(accepted(await path_of(bench, talk.session.live_id, talk.session.id)))
    for name in ("rtmp", "rtsp"):
        expect(found.get(name) == told.get(name), f"{name} as StreamPlay has it: {told.get(name)}", found)
    flv = told.get("http-flv", told.get("http_flv"))
    expect(found.get("http_flv", found.get("http-flv")) == flv, f"http_flv as StreamPlay has it: {flv}", found)


async def sessions_differ(bench: GuijiBench) -> None:
    first, second = await bench.created(), await bench.created()
    one = addresses(accepted(await path_of(bench, first.session.live_id, first.session.id)))
    two = addresses(accepted(await path_of(bench, second.session.live_id, second.session.id)))
    expect(one != two, "other addresses for another session", one)


async def too_early(bench: GuijiBench) -> None:
    session = await bench.opened()
    nothing_given(await path_of(bench, session.live_id, session.id))


async def too_late(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.destroy()
    nothing_given(await path_of(bench, talk.session.live_id, talk.session.id))


async def unknown_session(bench: GuijiBench) -> None:
    room = await bench.live_id()
    for session_id in (bench.made_up(), "0a7382ed-9191-4f02-9997-28d7a7832aea", " "):
        nothing_given(await path_of(bench, room, session_id))


async def other_room(bench: GuijiBench) -> None:
    talk = await bench.created()
    nothing_given(await path_of(bench, await bench.room(), talk.session.id))
    nothing_given(await path_of(bench, 999_999_999, talk.session.id))


async def bad_duration(bench: GuijiBench) -> None:
    talk = await bench.created()
    for duration in (0, -1):
        nothing_given(await path_of(bench, talk.session.live_id, talk.session.id, duration))


async def in_body(bench: GuijiBench) -> None:
    talk = await bench.created()
    given = {"liveId": talk.session.live_id, "sessionId": talk.session.id, "duration": 60}
    headers = {"content-type": "application/json"}
    addresses(accepted(await bench.call("getPullPath", {}, headers=headers, body=bench.dumped(given))))


async def of_another_account(bench: GuijiBench) -> None:
    other, talk = await bench.other_account(), await bench.created()
    given = {"liveId": talk.session.live_id, "sessionId": talk.session.id, "duration": 60}
    nothing_given(await bench.call("getPullPath", given, token=other.token))


# --- records ---


async def record_of(bench: GuijiBench, session_id: str) -> dict[str, Any] | None:
    """The record of a session, on whichever page it is."""
    for page in range(1, 20):
        rows = rows_of(await bench.data("queryLiveRecords", {"page": page, "pageSize": 200}))
        for row in rows:
            if row.get("sessionId") == session_id:
                return row
        if not rows:
            return None
    return None


async def recorded(bench: GuijiBench) -> None:
    talk = await bench.created()
    found = await record_of(bench, talk.session.id)
    expect(found is not None, "a record of the session", "none")
    expect(part(found, "liveStatusName") == _LIVE, f"liveStatusName {_LIVE}", found)
    name = object_of(await bench.data("queryLive", {"id": talk.session.live_id})).get("liveName")
    expect(part(found, "liveName") == name, f"liveName {name}", found)


async def recorded_as_over(bench: GuijiBench) -> None:
    talk = await bench.created()
    await talk.destroy()
    found = await record_of(bench, talk.session.id)
    expect(found is not None, "a record of the session", "none")
    expect(part(found, "liveStatusName") == _NOT_LIVE, f"liveStatusName {_NOT_LIVE}", found)


async def records_of_account(bench: GuijiBench) -> None:
    other, talk = await bench.other_account(), await bench.created()
    reply = await bench.call("queryLiveRecords", {"page": 1, "pageSize": 1000}, token=other.token)
    ids = [row.get("sessionId") for row in rows_of(accepted(reply))]
    expect(talk.session.id not in ids, "broadcasts of the account alone", talk.session.id)


async def record_pages(bench: GuijiBench) -> None:
    for _ in range(2):
        await (await bench.created()).destroy()
    page = object_of(await bench.data("queryLiveRecords"))
    rows = rows_of(page)
    expect(len(rows) == min(int(page.get("total") or 0), 10), "the first ten", f"{len(rows)} of {page.get('total')}")
    for number, row in enumerate(rows[:2], 1):
        one = rows_of(await bench.data("queryLiveRecords", {"page": number, "pageSize": 1}))
        expect(len(one) == 1 and one[0].get("id") == row.get("id"), f"row {number} alone", one)


async def record_members(bench: GuijiBench) -> None:
    talk = await bench.created()
    found = await record_of(bench, talk.session.id) or {}
    names = ("id", "liveName", "modeName", "liveStatusName", "cropName", "beginTime", "totalDurationStr", "sessionId")
    for name in (*names, "liveId", "duration"):
        expect(name in found, f"a record with {name}", found)


async def without_room(bench: GuijiBench) -> None:
    refused(await bench.call("createLiveSession", {"name": "nobody's"}))


_P: Final = "guiji.http.session"
_Q: Final = "guiji.http.pull"
_R: Final = "guiji.http.records"

CASES: Final = (
    Case(f"{_P}.opened", "A session has an id, two topics and expirationTime.", ("GJ-R065", "GJ-R064"), opened),
    Case(f"{_P}.another", "Each session has another id and another topicSub.", ("GJ-R065",), opened_twice),
    Case(f"{_P}.room", "A session's answer has liveId.", ("GJ-E53",), names_room, "ambiguous"),
    Case(
        f"{_P}.unknown_room",
        "An unknown room has no sessions.",
        ("GJ-R044",),
        of_unknown_room,
        needs=INVALID,
    ),
    Case(f"{_P}.no_room", "A session needs liveId.", ("GJ-R064",), without_room, needs=INVALID),
    Case(f"{_Q}.addresses", "A session that runs has pull addresses.", ("GJ-R071", "GJ-R069"), pulled),
    Case(f"{_Q}.level", "The addresses are in data.playaddr.", ("GJ-E47",), pull_form, "ambiguous"),
    Case(f"{_Q}.flv", "Over HTTP the third address is http_flv.", ("GJ-E48",), pull_flv, "ambiguous"),
    Case(f"{_Q}.same_as_told", "They are the addresses of StreamPlay.", ("GJ-E52",), same_as_told, "ambiguous"),
    Case(f"{_Q}.another", "Another session has other addresses.", ("GJ-R071",), sessions_differ),
    Case(
        f"{_Q}.too_early",
        "There are no addresses before CreateNewSession has succeeded.",
        ("GJ-R070", "GJ-E49"),
        too_early,
        needs=INVALID,
    ),
    Case(f"{_Q}.too_late", "There are no addresses after DestroySession.", ("GJ-R104",), too_late, needs=INVALID),
    Case(f"{_Q}.unknown", "An unknown session has no addresses.", ("GJ-R069",), unknown_session, needs=INVALID),
    Case(f"{_Q}.other_room", "liveId and sessionId belong together.", ("GJ-R069",), other_room, needs=INVALID),
    Case(f"{_Q}.duration", "duration is positive.", ("GJ-E51",), bad_duration, "ambiguous", needs=INVALID),
    Case(f"{_Q}.in_body", "The parameters may come as JSON.", ("GJ-E45",), in_body, "ambiguous"),
    Case(
        f"{_Q}.other_account",
        "Another account gets no addresses.",
        ("GJ-R044", "GJ-R069"),
        of_another_account,
        needs=INVALID,
    ),
    Case(f"{_R}.live", f"A session that runs is recorded as {_LIVE}.", ("GJ-R063",), recorded),
    Case(f"{_R}.over", f"A session that has ended is recorded as {_NOT_LIVE}.", ("GJ-R063",), recorded_as_over),
    Case(f"{_R}.other_account", "Records are of the account's own sessions.", ("GJ-R044",), records_of_account),
    Case(f"{_R}.pages", "Records come by pages, ten by default.", ("GJ-R040", "GJ-R041"), record_pages, alone=True),
    Case(f"{_R}.members", "A record has what the table and the sample list.", ("GJ-E44",), record_members, "ambiguous"),
)
