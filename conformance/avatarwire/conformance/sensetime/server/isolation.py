"""Cases about several lives and calls at once: each keeps to itself."""

from __future__ import annotations

import asyncio
from typing import Final

from ...engine.bench import expect
from ..bench import SenseTimeBench
from ..case import INVALID, SenseTimeCase, case
from ..verifying import accepted, refused, succeeded

__all__ = ["CASES"]


async def takeovers(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    ids = [await bench.command(first), await bench.command(second)]
    found = [await bench.queued(first), await bench.queued(second)]
    expect(found == [[ids[0]], [ids[1]]], "each takeover in its own live", found)


async def cancel_other(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    trace_id = await bench.command(first)
    refused(await bench.cancel(second, trace_id), "the takeover of another live")
    await bench.until_queue(first, [trace_id], "a takeover that plays still")


async def reorder_other(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    ids = [await bench.queue(first) for _ in range(3)]
    await bench.queue(second)
    reply = await bench.of_live("takeoverReorder", second, commandTraceId=ids[2], priority=1)
    refused(reply, "the takeover of another live")
    await bench.until_queue(first, ids, "the queue as it was")


async def close_one(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    trace_id = await bench.command(second)
    succeeded(await bench.close(first))
    stat = await bench.stat(second)
    expect(stat.get("status") == 2, "another live in progress still", stat)
    await bench.until_queue(second, [trace_id], "its takeover")


async def speak_in_both(bench: SenseTimeBench) -> None:
    talks = [await bench.microphone(await bench.started()) for _ in range(3)]
    for talk in talks:
        await talk.begin()
    for talk in talks:
        await talk.code(2)
        await talk.speech()
    await talks[0].eof()
    await talks[1].speech()
    for talk in talks:
        await talk.nothing_against()


async def speak_beside_takeover(bench: SenseTimeBench) -> None:
    first, second = await bench.started(), await bench.started()
    talk = await bench.microphone(first)
    await talk.ready()
    trace_id = await bench.command(second)
    await bench.until_queue(second, [trace_id], "a takeover in another live")
    await talk.speech()
    await talk.nothing_against()


async def create_at_once(bench: SenseTimeBench) -> None:
    lives = await asyncio.gather(*(bench.created() for _ in range(6)))
    expect(len({live.id for live in lives}) == 6, "six lives", [live.id for live in lives])
    stats = await asyncio.gather(*map(bench.stat, lives))
    expect(len({stat.get("rtcChannelId") for stat in stats}) == 6, "six channels", stats)


async def queue_at_once(bench: SenseTimeBench) -> None:
    live = await bench.started()
    ids = await asyncio.gather(*(bench.queue(live) for _ in range(6)))
    found = await bench.queued(live)
    expect(len(set(ids)) == 6 and sorted(found) == sorted(ids), "all six in the queue, once each", found)


async def close_at_once(bench: SenseTimeBench) -> None:
    live = await bench.started()
    replies = await asyncio.gather(*(bench.close(live) for _ in range(3)))
    closed = [reply.json.get("data") for reply in replies].count(True)
    expect(closed == 1, "one call that closes it", [str(reply) for reply in replies])


async def interleaved(bench: SenseTimeBench) -> None:
    first, second = await bench.created(), await bench.created()
    accepted(await bench.of_live("startLive", second))
    seen = [(await bench.stat(live)).get("status") for live in (first, second)]
    succeeded(await bench.close(second))
    seen += [(await bench.stat(live)).get("status") for live in (first, second)]
    accepted(await bench.of_live("startLive", first))
    seen += [(await bench.stat(live)).get("status") for live in (first, second)]
    expect(seen == [35, 2, 35, 5, 2, 5], "each at its own state", seen)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("isolation.takeovers", "A takeover plays in its own live only.", ("ST-TKO-22",), takeovers),
    case("isolation.cancel", "The takeover of another live is not cancelled.", ("ST-TKO-20",), cancel_other,
         needs=INVALID),
    case("isolation.reorder", "The takeover of another live is not moved.", ("ST-TKO-16",), reorder_other,
         needs=INVALID),
    case("isolation.close", "Closing one live leaves the others.", ("ST-LIVE-18",), close_one),
    case("isolation.microphones", "Several lives are spoken to at once.", ("ST-MIC-09",), speak_in_both),
    case("isolation.speech_and_takeover", "A takeover does not disturb another's speech.", ("ST-MIC-15",),
         speak_beside_takeover),
    case("isolation.create_at_once", "Lives created at once are several.", ("ST-LIVE-11",), create_at_once),
    case("isolation.queue_at_once", "Takeovers queued at once are all queued.", ("ST-TKO-07",), queue_at_once),
    case("isolation.close_at_once", "Of several calls one closes a live.", ("ST-LIVE-18",), close_at_once),
    case("isolation.interleaved", "Lives go through their states apart.", ("ST-LIVE-19",), interleaved),
)  # fmt: skip
