"""Cases about what is told of lives: queryStat, runningList, historyList, rtcAudienceToken (003 L645-856)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ..bench import Live, SenseTimeBench
from ..case import BILLABLE, INVALID, SenseTimeCase, Tried, case
from ..verifying import accepted, declared, is_date, members, refused, succeeded
from .creating import RTC, created_with_own_app

__all__ = ["CASES"]

_NOBODY: Final = "00000000-0000-4000-8000-000000000000"
_PAGE: Final = 10
_ENDED: Final = (5, 50, 9, 99, 97, 98)
_OTHER_ENDS: Final = (50, 9, 99, 97, 98)


async def over(bench: SenseTimeBench) -> Live:
    """A live that is closed."""
    live = await bench.started()
    succeeded(await bench.close(live))
    return live


async def row_of(bench: SenseTimeBench, live: Live) -> dict[str, Any]:
    """The row of a live in the history."""
    found = [row for row in await bench.history(sessionId=live.id) if row.get("sessionId") == live.id]
    expect(len(found) == 1, f"one row of {live.id} in the history", found)
    return found[0]


# --- queryStat ---


def stat_at(status: int) -> Tried:
    """A case about what is told of a live at a state that it is brought to."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.created()
        if status in (2, 5):
            accepted(await bench.of_live("startLive", live))
        if status == 5:
            succeeded(await bench.close(live))
        stat = await bench.until_status(live, status)
        told = [name for name in RTC if stat.get(name)]
        if status == 5:
            expect(not told, "no values of a stream", told)
        else:
            expect(told == list(RTC), f"all of {', '.join(RTC)}", told)

    return tried


async def stat_declared(bench: SenseTimeBench) -> None:
    live = await bench.started()
    for _ in range(2):
        declared("queryStat.response", (await bench.of_live("queryStat", live)).body)
        await bench.close(live)


async def stat_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    told = (await bench.stat(live)).get("sessionToken")
    expect(told == live.token, "the sessionToken of createLive", "another, or none")


async def stat_token_constant(bench: SenseTimeBench) -> None:
    live = await bench.started()
    told = (await bench.stat(live)).get("sessionToken")
    expect(told in (None, live.token), "the sessionToken of createLive, or none", "another")


async def stat_unknown(bench: SenseTimeBench) -> None:
    refused(await bench.call("queryStat", {"sessionId": _NOBODY}), "a live there is none of")


async def stat_is_right_live(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    channels = [(await bench.stat(live)).get("rtcChannelId") for live in (first, second)]
    expect(channels[0] != channels[1], "a channel for each live", channels)


# --- runningList ---


async def running_has(bench: SenseTimeBench) -> None:
    live = await bench.created()
    found = [row.get("status") for row in await bench.running() if row.get("sessionId") == live.id]
    expect(found == [35], "one row with status 35", found)


async def running_follows(bench: SenseTimeBench) -> None:
    live = await bench.started()
    found = [row.get("status") for row in await bench.running() if row.get("sessionId") == live.id]
    expect(found == [2], "one row with status 2", found)


async def running_without_closed(bench: SenseTimeBench) -> None:
    live = await over(bench)
    found = [row for row in await bench.running() if row.get("sessionId") == live.id]
    expect(not found, "no row of a live that is closed", found)


async def running_statuses(bench: SenseTimeBench) -> None:
    await bench.started()
    found = [row.get("status") for row in await bench.running()]
    expect(bool(found) and set(found) <= {2, 32, 35}, "rows with status 2, 32 or 35", found)


async def running_dates(bench: SenseTimeBench) -> None:
    await bench.started()
    found = [row["startTime"] for row in await bench.running() if row.get("startTime") is not None]
    expect(all(map(is_date, found)), "startTime as yyyy-MM-dd HH:mm:ss", found)


async def running_rows(bench: SenseTimeBench) -> None:
    await bench.started()
    reply = await bench.call("runningList")
    expect(isinstance(accepted(reply), list), "data that is a list", reply)


async def running_several(bench: SenseTimeBench) -> None:
    lives = [await bench.created() for _ in range(3)]
    found = [row.get("sessionId") for row in await bench.running()]
    expect(all(found.count(live.id) == 1 for live in lives), "each of three lives once", found)


async def running_declared(bench: SenseTimeBench) -> None:
    await bench.started()
    declared("runningList.response", (await bench.call("runningList")).body)


# --- historyList ---


async def history_row(bench: SenseTimeBench) -> None:
    row = await row_of(bench, await over(bench))
    holds = row.get("status") == 5 and is_date(row.get("startTime")) and is_date(row.get("endTime"))
    expect(holds, "status 5, and startTime and endTime as yyyy-MM-dd HH:mm:ss", row)
    expect(row["startTime"] <= row["endTime"], "an end that is not before the start", row)


async def history_without_running(bench: SenseTimeBench) -> None:
    live = await bench.started()
    found = await bench.history(sessionId=live.id)
    expect(not [row for row in found if row.get("sessionId") == live.id], "no row of a live in progress", found)


async def history_unfiltered(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await over(bench)
    found = await bench.history(pageSize=100)
    expect(bool(found) and live.id not in [row.get("sessionId") for row in found], "lives that are over only", found)


async def history_of_one(bench: SenseTimeBench) -> None:
    first, _ = await over(bench), await over(bench)
    found = [row.get("sessionId") for row in await bench.history(sessionId=first.id)]
    expect(found == [first.id], "the row of that live only", found)


async def history_by_status(bench: SenseTimeBench) -> None:
    live = await over(bench)
    found = await bench.history(sessionId=live.id, status=5)
    expect([row.get("sessionId") for row in found] == [live.id], "the live that was closed", found)
    expect({row.get("status") for row in await bench.history(status=5)} == {5}, "rows with status 5 only", "others")


async def history_by_other_status(bench: SenseTimeBench) -> None:
    live = await over(bench)
    for status in _OTHER_ENDS:
        found = await bench.history(sessionId=live.id, status=status)
        expect(not found, f"no row with status {status} of a live that was closed", found)


async def history_status_rows(bench: SenseTimeBench) -> None:
    await over(bench)
    found = [row.get("status") for row in await bench.history(pageSize=100)]
    expect(set(found) <= set(_ENDED), f"rows with one of the states {_ENDED}", found)


async def history_defaults(bench: SenseTimeBench) -> None:
    for _ in range(_PAGE + 2):
        succeeded(await bench.close(await bench.created()))
    default, asked = await bench.history(), await bench.history(pageNo=1, pageSize=_PAGE)
    expect(len(default) == _PAGE, f"{_PAGE} rows where no size is asked for", f"{len(default)} rows")
    expect(default == asked, "the first page where none is asked for", default)


async def history_pages(bench: SenseTimeBench) -> None:
    for _ in range(5):
        succeeded(await bench.close(await bench.created()))
    pages = [await bench.history(pageNo=number, pageSize=2) for number in (1, 2)]
    ids = [row.get("sessionId") for page in pages for row in page]
    expect([len(page) for page in pages] == [2, 2], "two rows a page", [len(page) for page in pages])
    expect(len(set(ids)) == 4, "other rows on the second page", ids)


async def history_pagination(bench: SenseTimeBench) -> None:
    for _ in range(3):
        succeeded(await bench.close(await bench.created()))
    data = members(accepted(await bench.call("historyList", {"pageNo": 2, "pageSize": 2})))
    told = members(data.get("pagination"))
    records = told.get("numberRecords")
    holds = isinstance(records, int) and records >= 3
    wanted = {"pageNo": 2, "pageSize": 2, "startIndex": 2}
    expect(holds and all(told.get(name) == value for name, value in wanted.items()), f"{wanted} and the counts", told)
    expect(told.get("numberPages") == -(-int(str(records)) // 2), "as many pages as the rows need", told)


async def history_has_pagination(bench: SenseTimeBench) -> None:
    data = members(accepted(await bench.call("historyList", {})))
    expect(isinstance(data.get("pagination"), dict) and "result" in data, "pagination and result", data)


def history_sorted(direction: str) -> Tried:
    """A case about the order of the rows."""

    async def tried(bench: SenseTimeBench) -> None:
        for _ in range(3):
            succeeded(await bench.close(await bench.created()))
            await bench.let_pass(2)
        found = await bench.history(sortName="startTime", sortValue=direction, pageSize=100)
        times = [str(row.get("startTime")) for row in found]
        expect(times == sorted(times, reverse=direction == "desc"), f"rows by startTime, {direction}", times)

    return tried


async def history_rows(bench: SenseTimeBench) -> None:
    await over(bench)
    data = members(accepted(await bench.call("historyList", {})))
    expect(isinstance(data.get("result"), list), "a result that is a list", data)


async def history_declared(bench: SenseTimeBench) -> None:
    live = await over(bench)
    declared("historyList.response", (await bench.call("historyList", {"sessionId": live.id})).body)


# --- rtcAudienceToken ---


async def rtc_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    channel = (await bench.stat(live)).get("rtcChannelId")
    reply = await bench.of_live("rtcAudienceToken", live, rtcChannelId=channel)
    data = accepted(reply)
    expect(isinstance(data, str) and bool(data), "data that is a token", "another")
    bench.run.secrets.add(data)
    declared("rtcAudienceToken.response", reply.body)


async def rtc_other_channel(bench: SenseTimeBench) -> None:
    live = await bench.started()
    refused(await bench.of_live("rtcAudienceToken", live, rtcChannelId="no-such-channel"), "another channel")


async def rtc_channel_of_other(bench: SenseTimeBench) -> None:
    live, other = await bench.started(), await bench.started()
    channel = (await bench.stat(other)).get("rtcChannelId")
    refused(await bench.of_live("rtcAudienceToken", live, rtcChannelId=channel), "the channel of another live")


async def rtc_closed(bench: SenseTimeBench) -> None:
    live = await bench.started()
    channel = (await bench.stat(live)).get("rtcChannelId")
    succeeded(await bench.close(live))
    refused(await bench.of_live("rtcAudienceToken", live, rtcChannelId=channel), "a live that is closed")


async def rtc_own_app(bench: SenseTimeBench) -> None:
    live = await created_with_own_app(bench)
    channel = (await bench.stat(live)).get("rtcChannelId")
    refused(await bench.of_live("rtcAudienceToken", live, rtcChannelId=channel), "a live in the customer's own app")


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.stat.at_35", "A live at 35 has a stream.", ("ST-LIVE-20",), stat_at(35)),
    case("http.stat.at_2", "A live in progress has a stream.", ("ST-LIVE-20",), stat_at(2)),
    case("http.stat.at_5", "A live that is closed has none.", ("ST-LIVE-20",), stat_at(5)),
    case("http.stat.declared", "The answer to queryStat is as it is declared.", ("ST-LIVE-19",), stat_declared),
    case("http.stat.token", "queryStat tells the session token of a live.", ("ST-E15",), stat_token),
    case(
        "http.stat.token_constant",
        "The session token of a live stays the same.",
        ("ST-LIVE-11",),
        stat_token_constant,
    ),
    case("http.stat.unknown", "A live there is none of has no state.", ("ST-NET-05",), stat_unknown, needs=INVALID),
    case("http.stat.of_one_live", "Each live has a channel of its own.", ("ST-LIVE-20",), stat_is_right_live),
    case("http.running.has", "runningList has a live at 35.", ("ST-LIVE-22", "ST-NET-10"), running_has),
    case("http.running.follows", "runningList has the state a live is in.", ("ST-LIVE-22",), running_follows),
    case("http.running.no_closed", "runningList has no live that is over.", ("ST-LIVE-22",), running_without_closed),
    case("http.running.statuses", "runningList has the states 2, 32 and 35 only.", ("ST-LIVE-22",), running_statuses),
    case("http.running.dates", "Dates of runningList have the one form.", ("ST-LIVE-27",), running_dates),
    case("http.running.rows", "runningList is a list.", ("ST-E27",), running_rows),
    case("http.running.several", "runningList has each live once.", ("ST-NET-10",), running_several),
    case("http.running.declared", "The answer to runningList is as declared.", ("ST-LIVE-22",), running_declared),
    case("http.history.row", "A live that is closed has a row with its dates.", ("ST-LIVE-28",), history_row),
    case("http.history.no_running", "A live in progress has no row.", ("ST-LIVE-23",), history_without_running),
    case("http.history.unfiltered", "The history has no live in progress.", ("ST-LIVE-23",), history_unfiltered),
    case("http.history.of_one_live", "Rows can be asked for by live.", ("ST-LIVE-23",), history_of_one),
    case("http.history.by_status", "Rows can be asked for by state.", ("ST-LIVE-26",), history_by_status),
    case("http.history.other_status", "A row has no other state.", ("ST-LIVE-26",), history_by_other_status),
    case("http.history.statuses", "Rows have states of lives that are over.", ("ST-LIVE-28",), history_status_rows),
    case(
        "http.history.defaults",
        "The first page, and ten rows a page, unless others are asked for.",
        ("ST-LIVE-24",),
        history_defaults,
        needs=BILLABLE,
        alone=True,
    ),
    case(
        "http.history.pages",
        "Each page has other rows.",
        ("ST-LIVE-24",),
        history_pages,
        needs=BILLABLE,
        alone=True,
    ),
    case(
        "http.history.pagination",
        "The pagination counts as it is asked to.",
        ("ST-E29",),
        history_pagination,
        needs=BILLABLE,
        alone=True,
    ),
    case("http.history.members", "A page has pagination and result.", ("ST-LIVE-28",), history_has_pagination),
    *(
        case(
            f"http.history.sorted.{direction}",
            f"Rows can be sorted, {direction}.",
            ("ST-LIVE-25",),
            history_sorted(direction),
            alone=True,
        )
        for direction in ("asc", "desc")
    ),
    case("http.history.rows", "The result of historyList is a list.", ("ST-E28",), history_rows),
    case("http.history.declared", "The answer to historyList is as declared.", ("ST-LIVE-28",), history_declared),
    case("http.rtc_token.is_text", "A new RTC token is the data itself.", ("ST-LIVE-30",), rtc_token),
    case("http.rtc_token.other_channel", "Another channel has none.", ("ST-E33",), rtc_other_channel, needs=INVALID),
    case(
        "http.rtc_token.channel_of_other",
        "The channel of another live has none.",
        ("ST-E33",),
        rtc_channel_of_other,
        needs=INVALID,
    ),
    case("http.rtc_token.closed", "A live that is closed has none.", ("ST-E33",), rtc_closed, needs=INVALID),
    case("http.rtc_token.own_app", "The customer's app has none of ours.", ("ST-E33",), rtc_own_app, needs=INVALID),
)
