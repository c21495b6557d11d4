"""Cases about what a live goes through: start, heartbeat, close (003 L81-158, L605-643)."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ..bench import SenseTimeBench, spoken
from ..case import CLOCK, INVALID, SenseTimeCase, case
from ..verifying import accepted, declared, is_refused, members, refused, succeeded

__all__ = ["CASES"]

_ADVICE: Final = 60
"""Seconds between heartbeats (ST-LIVE-16)."""
_LONG: Final = 6 * 3600
"""Seconds without a heartbeat after which a live is over for sure."""


async def start(bench: SenseTimeBench) -> None:
    live = await bench.created()
    reply = await bench.of_live("startLive", live)
    expect(accepted(reply) is True, "data true", reply)
    declared("startLive.response", reply.body)


async def starts(bench: SenseTimeBench) -> None:
    live = await bench.started()
    stat = await bench.until_status(live, 2)
    expect(bool(stat.get("rtcToken")), "a stream that can be pulled", stat)


async def keeps_stream(bench: SenseTimeBench) -> None:
    live = await bench.created()
    before = await bench.stat(live)
    accepted(await bench.of_live("startLive", live))
    after = await bench.until_status(live, 2)
    names = ("rtcAppId", "rtcChannelId", "rtcUid")
    expect([before.get(name) for name in names] == [after.get(name) for name in names], f"{before}", after)


async def start_twice(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.of_live("startLive", live)
    expect(accepted(reply) is True, "data true again", reply)


async def start_twice_harmless(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.of_live("startLive", live)
    stat = await bench.stat(live)
    expect(stat.get("status") == 2, "status 2 still", stat)


async def start_closed(bench: SenseTimeBench) -> None:
    live = await bench.created()
    succeeded(await bench.close(live))
    refused(await bench.of_live("startLive", live), "a start of a live that is closed")
    stat = await bench.stat(live)
    expect(stat.get("status") == 5, "status 5 still", stat)


async def heartbeat(bench: SenseTimeBench) -> None:
    live = await bench.created()
    reply = await bench.of_live("heartbeat", live)
    accepted(reply)
    declared("heartbeat.response", reply.body)


async def heartbeat_started(bench: SenseTimeBench) -> None:
    live = await bench.started()
    for _ in range(3):
        accepted(await bench.of_live("heartbeat", live))
    stat = await bench.stat(live)
    expect(stat.get("status") == 2, "status 2", stat)


async def heartbeat_closed(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    refused(await bench.of_live("heartbeat", live), "a heartbeat of a live that is closed")


async def heartbeat_revives_none(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    await bench.of_live("heartbeat", live)
    stat = await bench.stat(live)
    expect(stat.get("status") == 5, "status 5 still", stat)


async def silence_ends(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.let_pass(_LONG)
    stat = await bench.until_status(live, 50)
    expect(not stat.get("rtcToken"), "no stream any more", stat)


async def silence_is_listed(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.let_pass(_LONG)
    await bench.until_status(live, 50)
    listed = [row.get("status") for row in await bench.history(sessionId=live.id)]
    expect(listed == [50], "one row with status 50", listed)
    expect(live.id not in [row.get("sessionId") for row in await bench.running()], "no running live", live.id)


async def silence_before_start(bench: SenseTimeBench) -> None:
    live = await bench.created()
    await bench.let_pass(_LONG)
    await bench.until_status(live, 50)


async def heartbeats_keep(bench: SenseTimeBench) -> None:
    live = await bench.started()
    for _ in range(20):
        await bench.let_pass(_ADVICE)
        accepted(await bench.of_live("heartbeat", live))
    stat = await bench.stat(live)
    expect(stat.get("status") == 2, "status 2 after 20 minutes with heartbeats", stat)


async def one_keeps_itself_only(bench: SenseTimeBench) -> None:
    kept, left = await bench.started(), await bench.started()
    for _ in range(_LONG // _ADVICE // 6):
        await bench.let_pass(_ADVICE)
        accepted(await bench.of_live("heartbeat", kept))
    await bench.until_status(left, 50)
    stat = await bench.stat(kept)
    expect(stat.get("status") == 2, "status 2 of the one with heartbeats", stat)


async def close(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.close(live)
    expect(accepted(reply) is True, "data true", reply)
    declared("closeLive.response", reply.body)


async def closes(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    stat = await bench.until_status(live, 5)
    expect(not stat.get("rtcToken"), "no stream any more", stat)


async def close_before_start(bench: SenseTimeBench) -> None:
    live = await bench.created()
    succeeded(await bench.close(live))
    stat = await bench.stat(live)
    expect(stat.get("status") == 5, "status 5", stat)


async def close_twice(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    refused(await bench.close(live), "closing a live that is closed")


async def takes_no_takeover(bench: SenseTimeBench) -> None:
    live = await bench.started()
    succeeded(await bench.close(live))
    for operation in ("takeoverCommand", "takeoverCommandV1", "takeoverQueue"):
        reply = await bench.of_live(operation, live, param=spoken("Nobody will ever hear this."))
        refused(reply, f"{operation} to a live that is closed")


async def takes_no_cancellation(bench: SenseTimeBench) -> None:
    live = await bench.started()
    trace_id = await bench.command(live)
    succeeded(await bench.close(live))
    refused(await bench.cancel(live, trace_id), "cancelling in a live that is closed")


async def queue_is_gone(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.command(live)
    await bench.queue(live)
    succeeded(await bench.close(live))
    reply = await bench.of_live("takeoverQueueList", live)
    holds = is_refused(reply) or not members(reply.json.get("data")).get("commandTraceIds")
    expect(holds, "a refusal, or an empty queue", reply)


async def lifecycle(bench: SenseTimeBench) -> None:
    live = await bench.created()
    seen = [(await bench.stat(live)).get("status")]
    accepted(await bench.of_live("startLive", live))
    seen.append((await bench.until_status(live, 2)).get("status"))
    accepted(await bench.of_live("heartbeat", live))
    trace_id = await bench.command(live)
    succeeded(await bench.cancel(live, trace_id))
    succeeded(await bench.close(live))
    seen.append((await bench.stat(live)).get("status"))
    expect(seen == [35, 2, 5], "states 35, 2 and 5", seen)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.start.says_true", "A live at 35 is started, which is told as true.", ("ST-LIVE-15",), start),
    case("http.start.status", "A live that is started is at 2 and has a stream.", ("ST-LIVE-15",), starts),
    case("http.start.same_stream", "A start leaves where the stream is pulled from.", ("ST-LIVE-15",), keeps_stream),
    case("http.start.twice", "A second start is answered like the first.", ("ST-E24",), start_twice),
    case("http.start.twice_harmless", "A second start leaves a live at 2.", ("ST-E24",), start_twice_harmless),
    case("http.start.closed", "A live that is closed is not started again.", ("ST-E24",), start_closed, needs=INVALID),
    case("http.heartbeat.success", "A heartbeat of a live is taken.", ("ST-LIVE-17",), heartbeat),
    case("http.heartbeat.started", "Heartbeats leave a live in progress.", ("ST-LIVE-17",), heartbeat_started),
    case(
        "http.heartbeat.closed",
        "A heartbeat of a live that is closed is refused.",
        ("ST-E23",),
        heartbeat_closed,
        needs=INVALID,
    ),
    case(
        "http.heartbeat.revives_none",
        "A heartbeat does not bring a live back that is closed.",
        ("ST-LIVE-18",),
        heartbeat_revives_none,
        needs=INVALID,
    ),
    case(
        "http.heartbeat.silence_ends",
        "A live without heartbeats comes to 50.",
        ("ST-LIVE-17",),
        silence_ends,
        needs=CLOCK,
        alone=True,
    ),
    case(
        "http.heartbeat.silence_is_listed",
        "A live that was lost is in the history, and running no more.",
        ("ST-LIVE-23", "ST-LIVE-17"),
        silence_is_listed,
        needs=CLOCK,
        alone=True,
    ),
    case(
        "http.heartbeat.silence_before_start",
        "A live at 35 without heartbeats comes to 50 as well.",
        ("ST-E26",),
        silence_before_start,
        needs=CLOCK,
        alone=True,
    ),
    case(
        "http.heartbeat.keeps",
        "A live with a heartbeat every 60 s goes on.",
        ("ST-LIVE-17",),
        heartbeats_keep,
        needs=CLOCK,
        alone=True,
    ),
    case(
        "http.heartbeat.of_one_live",
        "The heartbeats of one live do not keep another.",
        ("ST-LIVE-17",),
        one_keeps_itself_only,
        needs=CLOCK,
        alone=True,
    ),
    case("http.close.says_true", "Closing a live is told as true.", ("ST-LIVE-18",), close),
    case("http.close.status", "A live that is closed is at 5 and has no stream.", ("ST-LIVE-18",), closes),
    case("http.close.before_start", "A live at 35 can be closed.", ("ST-E25",), close_before_start),
    case("http.close.twice", "A live that is closed is not closed again.", ("ST-LIVE-18",), close_twice, needs=INVALID),
    case(
        "http.close.takes_no_takeover",
        "A live that is closed takes no takeover.",
        ("ST-LIVE-18",),
        takes_no_takeover,
        needs=INVALID,
    ),
    case(
        "http.close.takes_no_cancellation",
        "Nothing is cancelled in a live that is closed.",
        ("ST-E09",),
        takes_no_cancellation,
        needs=INVALID,
    ),
    case("http.close.queue_is_gone", "A live that is closed has no queue.", ("ST-LIVE-18",), queue_is_gone),
    case("flow.live.lifecycle", "A live goes from 35 by 2 to 5.", ("ST-LIVE-19",), lifecycle),
)
