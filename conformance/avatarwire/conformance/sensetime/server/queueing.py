"""Cases about the queue of takeovers: putting into it, moving in it, cancelling, listing (003 L249-437)."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ..bench import SPEECH, Live, SenseTimeBench, spoken
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import accepted, declared, is_date, members, refused, succeeded

__all__ = ["CASES"]

_MOST: Final = 15
"""Takeovers that a queue should have at most (ST-TKO-15)."""


async def filled(bench: SenseTimeBench, count: int) -> tuple[Live, list[str]]:
    """A live with so many takeovers, the first of which plays."""
    live = await bench.started()
    ids = [await bench.queue(live) for _ in range(count)]
    await bench.until_queue(live, ids, "takeovers in the order they were queued")
    return live, ids


async def status(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.of_live("takeoverQueue", live, param=spoken(SPEECH))
    data = members(accepted(reply))
    holds = data.get("commandStatus") in (33, 34) and bool(data.get("commandTraceId"))
    expect(holds, "commandStatus 33 or 34 and a commandTraceId", reply)
    declared("takeoverQueue.response", reply.body)


async def without_files(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.of_live("takeoverQueue", live, param=spoken(SPEECH))
    expect(members(accepted(reply)).get("commandStatus") == 34, "commandStatus 34, as no file is fetched", reply)


async def ids_differ(bench: SenseTimeBench) -> None:
    live = await bench.started()
    ids = [await bench.queue(live) for _ in range(4)]
    expect(len(set(ids)) == 4, "an id for each takeover", ids)


async def order(bench: SenseTimeBench) -> None:
    await filled(bench, 4)


async def empty(bench: SenseTimeBench) -> None:
    live = await bench.started()
    found = await bench.queued(live)
    expect(not found, "an empty queue", found)
    declared("takeoverQueueList.response", (await bench.of_live("takeoverQueueList", live)).body)


async def list_declared(bench: SenseTimeBench) -> None:
    live, _ = await filled(bench, 2)
    declared("takeoverQueueList.response", (await bench.of_live("takeoverQueueList", live)).body)


async def behind_command(bench: SenseTimeBench) -> None:
    live = await bench.started()
    playing = await bench.command(live)
    waiting = await bench.queue(live)
    await bench.until_queue(live, [playing, waiting], "what plays, then what waits")


def inserted(priority: int | None, place: int, count: int = 3) -> Tried:
    """A case about where a takeover gets to: how many are before it."""

    async def tried(bench: SenseTimeBench) -> None:
        live, ids = await filled(bench, count)
        ids.insert(place, await bench.queue(live, priority=priority))
        await bench.until_queue(live, ids, f"with priority {priority} {place} before it")

    return tried


async def first_into_empty(bench: SenseTimeBench) -> None:
    live = await bench.started()
    trace_id = await bench.queue(live, priority=1)
    await bench.until_queue(live, [trace_id], "the one there is")


async def twice_next(bench: SenseTimeBench) -> None:
    live, (playing, last) = await filled(bench, 2)
    first = await bench.queue(live, priority=1)
    await bench.until_queue(live, [playing, first, last], "the new one next")
    second = await bench.queue(live, priority=1)
    await bench.until_queue(live, [playing, second, first, last], "the newer one next, the others later")


def bad_priority(operation: str, priority: object) -> Tried:
    """A case about a position there is none of."""

    async def tried(bench: SenseTimeBench) -> None:
        live, ids = await filled(bench, 2)
        given = {"param": spoken(SPEECH)} if operation == "takeoverQueue" else {"commandTraceId": ids[1]}
        refused(await bench.of_live(operation, live, priority=priority, **given), f"priority {priority!r}")
        await bench.until_queue(live, ids, "the queue as it was")

    return tried


async def many(bench: SenseTimeBench) -> None:
    await filled(bench, _MOST + 1)


def moved(origin: int, priority: int, place: int) -> Tried:
    """A case about where a takeover is moved to."""

    async def tried(bench: SenseTimeBench) -> None:
        live, ids = await filled(bench, 4)
        reply = await bench.of_live("takeoverReorder", live, commandTraceId=ids[origin], priority=priority)
        succeeded(reply)
        declared("takeoverReorder.response", reply.body)
        ids.insert(place, ids.pop(origin))
        await bench.until_queue(live, ids, f"the moved one with {place} before it")

    return tried


async def move_keeps_all(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 4)
    await bench.of_live("takeoverReorder", live, commandTraceId=ids[3], priority=1)
    found = await bench.queued(live)
    expect(sorted(found) == sorted(ids) and found[0] == ids[0], "the same takeovers, the first still first", found)


async def move_playing(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 3)
    reply = await bench.of_live("takeoverReorder", live, commandTraceId=ids[0], priority=2)
    refused(reply, "moving what plays")
    await bench.until_queue(live, ids, "the queue as it was")


async def move_unknown(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 2)
    refused(await bench.of_live("takeoverReorder", live, commandTraceId="none-such", priority=1), "an unknown takeover")
    await bench.until_queue(live, ids, "the queue as it was")


async def cancel_playing(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.cancel(live, await bench.command(live))
    succeeded(reply)
    declared("takeoverCancel.response", reply.body)
    await bench.until_queue(live, [], "an empty queue")


async def cancel_date(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.cancel(live, await bench.command(live))
    data = members(succeeded(reply))
    expect(is_date(data.get("commandFinishTime")), "a commandFinishTime as yyyy-MM-dd HH:mm:ss", reply)


async def cancel_no_message(bench: SenseTimeBench) -> None:
    live = await bench.started()
    data = members(succeeded(await bench.cancel(live, await bench.command(live))))
    expect(not data.get("message"), "no message of a success", data)


async def cancel_waiting(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 3)
    succeeded(await bench.cancel(live, ids.pop(1)))
    await bench.until_queue(live, ids, "the others")


async def cancel_first(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 3)
    succeeded(await bench.cancel(live, ids.pop(0)))
    await bench.until_queue(live, ids, "the others, of which the next one plays")


async def cancel_several(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 4)
    succeeded(await bench.cancel(live, ids.pop(3), ids.pop(1)))
    await bench.until_queue(live, ids, "the others")


async def cancel_all(bench: SenseTimeBench) -> None:
    live, _ = await filled(bench, 3)
    succeeded(await bench.cancel(live))
    await bench.until_queue(live, [], "an empty queue")


async def cancel_all_of_one(bench: SenseTimeBench) -> None:
    live, _ = await filled(bench, 2)
    other, ids = await filled(bench, 2)
    succeeded(await bench.cancel(live))
    await bench.until_queue(other, ids, "the queue of another live as it was")


async def cancel_nothing(bench: SenseTimeBench) -> None:
    succeeded(await bench.cancel(await bench.started()))


async def cancel_unknown(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 2)
    refused(await bench.cancel(live, "none-such"), "an unknown takeover")
    await bench.until_queue(live, ids, "the queue as it was")


async def cancel_unknown_message(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.cancel(live, "none-such")
    data = members(accepted(reply))
    expect(data.get("isSuccess") is False and bool(data.get("message")), "isSuccess false and a message", reply)


async def cancel_partly(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 3)
    reply = await bench.cancel(live, ids[2], "none-such")
    refused(reply, "one unknown takeover")
    await bench.until_queue(live, ids[:2], "those that were not named")


async def cancel_twice(bench: SenseTimeBench) -> None:
    live = await bench.started()
    trace_id = await bench.command(live)
    succeeded(await bench.cancel(live, trace_id))
    refused(await bench.cancel(live, trace_id), "a takeover that is cancelled")


async def full_width(bench: SenseTimeBench) -> None:
    live, ids = await filled(bench, 3)
    succeeded(await bench.cancel(live, "\uff1b".join(ids[1:])))
    await bench.until_queue(live, ids[:1], "the first")


async def goes_on(bench: SenseTimeBench) -> None:
    live, _ = await filled(bench, 2)
    succeeded(await bench.cancel(live))
    trace_id = await bench.command(live)
    await bench.until_queue(live, [trace_id], "the new takeover")


def unknown(operation: str, **parameters: object) -> Tried:
    """A case about a live there is none of."""

    async def tried(bench: SenseTimeBench) -> None:
        refused(await bench.call(operation, {"sessionId": "no-such-live", **parameters}), "a live there is none of")

    return tried


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.queue.status", "A takeover is queued with 33 or 34 and an id.", ("ST-TKO-12",), status),
    case("http.queue.without_files", "One that needs no file is queued at once.", ("ST-TKO-13",), without_files),
    case("http.queue.ids_differ", "Each queued takeover has an id of its own.", ("ST-TKO-12",), ids_differ),
    case("http.queue.order", "Takeovers are queued in order.", ("ST-TKO-07", "ST-TKO-22"), order),
    case("http.queue.behind_command", "A takeover waits behind what plays.", ("ST-TKO-07",), behind_command),
    case("http.queue.next", "Position 1 is next to play.", ("ST-TKO-09", "ST-TKO-08", "ST-TKO-10"), inserted(1, 1)),
    case("http.queue.second", "Position 2 has two before it.", ("ST-TKO-09",), inserted(2, 2)),
    case("http.queue.last_position", "Position N is the tail.", ("ST-TKO-09",), inserted(3, 3)),
    case("http.queue.beyond", "A position beyond the queue is the tail.", ("ST-TKO-11",), inserted(99, 3)),
    case("http.queue.no_position", "Without a position it is the tail.", ("ST-TKO-11",), inserted(None, 3)),
    case("http.queue.into_empty", "Into an empty queue goes any position.", ("ST-TKO-11",), first_into_empty),
    case("http.queue.twice_next", "What is inserted shifts the others.", ("ST-TKO-10",), twice_next),
    *(
        case(
            f"http.{operation}.priority.{name}",
            f"{operation} refuses priority {priority}.",
            ("ST-E44",),
            bad_priority(operation, priority),
            needs=INVALID,
        )
        for operation in ("takeoverQueue", "takeoverReorder")
        for name, priority in (("zero", 0), ("negative", -1))
    ),
    case("http.queue.many", "More than 15 may wait.", ("ST-E47",), many),
    case("http.queue_list.empty", "A queue may be empty.", ("ST-TKO-22",), empty),
    case("http.queue_list.declared", "The answer is as it is declared.", ("ST-TKO-22",), list_declared),
    case("http.reorder.to_next", "The last can be moved to be next.", ("ST-E45",), moved(3, 1, 1)),
    case("http.reorder.later", "The next can be moved back.", ("ST-E45",), moved(1, 2, 2)),
    case("http.reorder.to_tail", "A position beyond the queue is the tail.", ("ST-E45",), moved(1, 99, 3)),
    case("http.reorder.keeps_all", "Moving loses and starts nothing.", ("ST-TKO-22",), move_keeps_all),
    case("http.reorder.playing", "What plays is not moved.", ("ST-E45",), move_playing, needs=INVALID),
    case("http.reorder.unknown", "An unknown takeover is not moved.", ("ST-E45",), move_unknown, needs=INVALID),
    case("http.cancel.playing", "What plays can be cancelled.", ("ST-TKO-20",), cancel_playing),
    case("http.cancel.date", "A cancellation tells when it was done.", ("ST-TKO-20", "ST-LIVE-27"), cancel_date),
    case("http.cancel.no_message", "A success has no message of a failure.", ("ST-E54",), cancel_no_message),
    case("http.cancel.waiting", "What waits can be cancelled.", ("ST-TKO-20",), cancel_waiting),
    case("http.cancel.next_plays", "Cancelling what plays leaves what waits.", ("ST-TKO-20",), cancel_first),
    case("http.cancel.several", "Several are cancelled by semicolons.", ("ST-TKO-17",), cancel_several),
    case("http.cancel.all", "-1 cancels all there are.", ("ST-TKO-18",), cancel_all),
    case("http.cancel.all_of_one_live", "-1 is about one live.", ("ST-TKO-18",), cancel_all_of_one),
    case("http.cancel.nothing", "-1 succeeds where nothing plays.", ("ST-E51",), cancel_nothing),
    case("http.cancel.unknown", "An unknown takeover is not cancelled.", ("ST-E51",), cancel_unknown, needs=INVALID),
    case("http.cancel.message", "A failure says why.", ("ST-TKO-20",), cancel_unknown_message, needs=INVALID),
    case("http.cancel.partly", "What there is, is cancelled.", ("ST-E51",), cancel_partly, needs=INVALID),
    case("http.cancel.twice", "A takeover is cancelled once.", ("ST-E51",), cancel_twice, needs=INVALID),
    case("http.cancel.full_width", "Full-width semicolons join ids, too.", ("ST-E52",), full_width, needs=INVALID),
    case("http.cancel.goes_on", "After a cancellation takeovers play.", ("ST-TKO-18",), goes_on),
    *(
        case(
            f"http.{operation}.unknown_live",
            f"{operation} refuses a live there is none of.",
            ("ST-NET-05",),
            unknown(operation, **more),
            needs=INVALID,
        )
        for operation, more in (
            ("takeoverQueueList", {}),
            ("takeoverReorder", {"commandTraceId": "t", "priority": 1}),
            ("takeoverCancel", {"commandTraceId": "-1"}),
            ("heartbeat", {}),
            ("startLive", {}),
            ("closeLive", {}),
            ("rtcAudienceToken", {"rtcChannelId": "c"}),
        )
    ),
)
