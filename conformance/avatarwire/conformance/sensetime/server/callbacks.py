"""Cases about callbacks: what is called back of lives and takeovers, once each, and with what (003 L1121-1147)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from ...engine.bench import expect
from ...engine.callbacks import Callback, Hearing
from ...engine.case import Skip
from ..bench import BRIEF, Live, SenseTimeBench, spoken
from ..case import CLOCK, CONTROL, HEARD, INVALID, SenseTimeCase, case
from ..verifying import declared, is_date, succeeded
from .creating import RTC

__all__ = ["CASES"]

_KNOWN: Final = (35, 5, 50, 9, 99, 34, 36, 37, 39)
_OF_TAKEOVERS: Final = (34, 36, 37, 39)
_USER_DATA: Final = '{"order": 7, "für": "张三"}\n\t"quoted" \\ / <&>'


async def heard(bench: SenseTimeBench, **parameters: object) -> tuple[Live, Hearing]:
    """A live in progress whose callbacks are heard, the one of 35 included."""
    live = await bench.started(**parameters)
    return live, bench.hears(live)


async def until_closed(bench: SenseTimeBench, live: Live, hearing: Hearing) -> list[Callback]:
    """Closes a live; all that was called back of it, up to that."""
    succeeded(await bench.close(live))
    await bench.until_heard(hearing, 5)
    return hearing.heard


def statuses(callbacks: Sequence[Callback], trace_id: str = "") -> list[object]:
    """What was called back, of one takeover where one is named."""
    return [each.fields.get("status") for each in callbacks if not trace_id
            or each.fields.get("commandTraceId") == trace_id]  # fmt: skip


async def ready(bench: SenseTimeBench) -> None:
    live = await bench.created()
    found = await bench.until_heard(bench.hears(live), 35)
    told = [name for name in RTC if isinstance(found.fields.get(name), str) and found.fields.get(name)]
    expect(told == list(RTC), f"all of {', '.join(RTC)}", found.fields)


async def ready_is_same_stream(bench: SenseTimeBench) -> None:
    live = await bench.created()
    found = await bench.until_heard(bench.hears(live), 35)
    stat = await bench.stat(live)
    names = ("rtcAppId", "rtcChannelId", "rtcUid")
    expect(all(found.fields.get(name) == stat.get(name) for name in names), "the stream of queryStat", found.fields)


async def is_called_back(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    await bench.until_heard(hearing, 35)
    succeeded(await bench.close(live))
    await bench.until_heard(hearing, 5)


async def once_each(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    found = statuses(await until_closed(bench, live, hearing))
    expect(sorted(map(str, found)) == ["35", "5"], "35 and 5, once each", found)


async def form(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    for found in await until_closed(bench, live, hearing):
        kind = found.headers.get("content-type", "").partition(";")[0].strip().lower()
        expect(kind == "application/json", "Content-Type application/json", found.headers)
        holds = found.fields.get("sessionId") == live.id and isinstance(found.fields.get("status"), int)
        expect(holds, "sessionId and status", found.fields)


async def are_declared(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench, userData=_USER_DATA)
    trace_id = await bench.command(live)
    succeeded(await bench.cancel(live, trace_id))
    for found in await until_closed(bench, live, hearing):
        declared("CallbackBody", found.body)


async def user_data(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench, userData=_USER_DATA)
    trace_id = await bench.command(live)
    await bench.until_heard(hearing, 36, trace_id)
    for found in await until_closed(bench, live, hearing):
        expect(found.fields.get("userData") == _USER_DATA, f"userData {_USER_DATA!r}", found.fields)


async def user_data_of_each(bench: SenseTimeBench) -> None:
    lives = [await heard(bench, userData=f"data of {name}") for name in ("one", "two")]
    for name, (live, hearing) in zip(("one", "two"), lives, strict=True):
        for found in await until_closed(bench, live, hearing):
            expect(found.fields.get("userData") == f"data of {name}", f"data of {name}", found.fields)


async def no_user_data(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    for found in await until_closed(bench, live, hearing):
        expect(not found.fields.get("userData"), "no userData", found.fields)


async def started(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    await bench.until_heard(hearing, 36, trace_id)


async def started_v1(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    succeeded(await bench.of_live("takeoverCommandV1", live, param=spoken("Now for something else. " * 20)))
    await bench.until_heard(hearing, 36)


async def queued(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.queue(live)
    await bench.until_heard(hearing, 34, trace_id)
    await bench.until_heard(hearing, 36, trace_id)


async def waiting(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    await bench.command(live)
    trace_id = await bench.queue(live)
    await bench.until_heard(hearing, 34, trace_id)
    found = statuses(await until_closed(bench, live, hearing), trace_id)
    expect(36 not in found, "no 36 of what has not played", found)


async def cancelled(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    succeeded(await bench.cancel(live, trace_id))
    await bench.until_heard(hearing, 37, trace_id)


async def cancelled_is_told(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    await bench.until_heard(hearing, 36, trace_id)
    succeeded(await bench.cancel(live, trace_id))

    def is_over(callback: Callback) -> bool:
        return callback.fields.get("status") in (37, 39) and callback.fields.get("commandTraceId") == trace_id

    found = await hearing.until(is_over, bench.patience)
    expect(found is not None, "a callback with 37 or 39 about what is cancelled", statuses(hearing.heard))


async def cancelled_date(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    succeeded(await bench.cancel(live, trace_id))
    found = await bench.until_heard(hearing, 37, trace_id)
    expect(is_date(found.fields.get("commandFinishTime")), "commandFinishTime as yyyy-MM-dd HH:mm:ss", found.fields)


async def played(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.queue(live, text=BRIEF)
    await bench.until_heard(hearing, 36, trace_id)
    await bench.let_pass(60)
    await bench.until_heard(hearing, 37, trace_id, bench.speaking_patience, passes=True)
    succeeded(await bench.close(live))
    await bench.until_heard(hearing, 5, passes=True)
    found = statuses(hearing.heard, trace_id)
    expect(set(found) == {34, 36, 37}, "34, 36 and 37", found)  # time that jumps may have one tried again


async def takeover_once_each(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    await bench.until_heard(hearing, 36, trace_id)
    succeeded(await bench.cancel(live))
    await bench.until_heard(hearing, 37, trace_id)
    found = statuses(await until_closed(bench, live, hearing), trace_id)
    expect(sorted(map(str, found)) == ["36", "37"], "36 and 37, once each", found)


async def trace_of_takeovers_only(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.command(live)
    await bench.until_heard(hearing, 36, trace_id)
    for found in await until_closed(bench, live, hearing):
        is_takeover = found.fields.get("status") in _OF_TAKEOVERS
        expect(
            is_takeover == bool(found.fields.get("commandTraceId")), "commandTraceId of takeovers only", found.fields
        )


async def known_only(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    trace_id = await bench.queue(live)
    await bench.until_heard(hearing, 36, trace_id)
    found = statuses(await until_closed(bench, live, hearing))
    expect(set(found) <= set(_KNOWN), f"only {_KNOWN}", found)


async def failed(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    await bench.of_live("takeoverCommand", live, param=json.dumps({"audio": "no-such-file.mp3"}))
    found = await bench.until_heard(hearing, 39)
    expect(bool(found.fields.get("commandTraceId")), "a commandTraceId", found.fields)
    expect(bool(found.fields.get("taskResult")), "a taskResult that says why", found.fields)


async def microphone_none(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    talk = await bench.microphone(live)
    await talk.round()
    await talk.nothing_against()
    found = [status for status in statuses(await until_closed(bench, live, hearing)) if status in _OF_TAKEOVERS]
    expect(not found, "no callback about what is spoken into the microphone", found)


async def lost(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    await bench.control.command("close_live", session=live.id, status=50, result="the network broke")
    found = await bench.until_heard(hearing, 50)
    expect(bool(found.fields.get("taskResult")), "a taskResult that says why", found.fields)


async def broken(bench: SenseTimeBench) -> None:
    live, hearing = await heard(bench)
    await bench.control.command("fail_live", session=live.id)
    found = await bench.until_heard(hearing, 9)
    expect(bool(found.fields.get("taskResult")), "a taskResult that says why", found.fields)


async def silent(bench: SenseTimeBench) -> None:
    _, hearing = await heard(bench)
    await bench.let_pass(6 * 3600)
    await bench.until_heard(hearing, 50, passes=True)
    found = statuses(hearing.heard)
    expect(set(found) == {35, 50}, "35 and 50", found)  # time that jumps may have one tried again


async def again_after_500(bench: SenseTimeBench) -> None:
    live = await bench.started()
    count = 0

    def answer(callback: Callback) -> tuple[int, bytes]:
        nonlocal count
        if callback.fields.get("status") != 5:
            return 200, b""
        count += 1
        return (500, b"not now") if count == 1 else (200, b"")

    hearing = bench.hears(live, answer)
    succeeded(await bench.close(live))
    await bench.until_heard(hearing, 5)
    for _ in range(20):
        await bench.let_pass(1)
        if count > 1:
            return
        await bench.pause(0.2)
    raise Skip("it does not try again, as no document asks it to")


async def signed(bench: SenseTimeBench) -> None:
    if not bench.endpoint.text("auth_key"):
        raise Skip("it needs an account with an AuthKey: auth_key in the endpoint's description")
    live, hearing = await heard(bench)
    for found in await until_closed(bench, live, hearing):
        names = {*found.headers, *found.fields}
        expect({"timestamp", "signature"} <= names, "timestamp and signature", sorted(names))


async def of_several_lives(bench: SenseTimeBench) -> None:
    lives = [await heard(bench) for _ in range(3)]
    ids = [await bench.command(live) for live, _ in lives]
    for (live, hearing), trace_id in zip(lives, ids, strict=True):
        await bench.until_heard(hearing, 36, trace_id)
        told = {each.fields.get("commandTraceId") for each in await until_closed(bench, live, hearing)}
        expect(told <= {None, trace_id}, f"takeovers of {live.id} only", told)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("callback.ready", "35 is called back with the stream.", ("ST-CBK-06", "ST-CBK-02"), ready, needs=HEARD),
    case("callback.same_stream", "It is the stream that queryStat tells.", ("ST-CBK-06",), ready_is_same_stream,
         needs=HEARD),
    case("callback.closed", "5 is called back.", ("ST-CBK-02",), is_called_back, needs=HEARD),
    case("callback.once_each", "Each state is called back once.", ("ST-E96", "ST-CBK-02"), once_each, needs=HEARD),
    case("callback.form", "Callbacks are JSON with sessionId and status.", ("ST-CBK-01", "ST-CBK-05"), form,
         needs=HEARD),
    case("callback.declared", "Callbacks are as they are declared.", ("ST-CBK-05",), are_declared, needs=HEARD),
    case("callback.user_data", "The customer's data is returned unchanged.", ("ST-LIVE-06", "ST-CBK-08"), user_data,
         needs=HEARD),
    case("callback.user_data_of_each", "Each live has its own.", ("ST-LIVE-06",), user_data_of_each, needs=HEARD),
    case("callback.no_user_data", "Where there is none, none is returned.", ("ST-CBK-08",), no_user_data,
         needs=HEARD),
    case("callback.started", "36 is called back when a takeover plays.", ("ST-CBK-04",), started, needs=HEARD),
    case("callback.started_v1", "Also of the retiring command.", ("ST-CBK-04",), started_v1, needs=HEARD),
    case("callback.queued", "34 is called back, and 36 when it plays.", ("ST-CBK-04",), queued, needs=HEARD),
    case("callback.waiting", "What waits is not called back as playing.", ("ST-TKO-10",), waiting, needs=HEARD),
    case("callback.cancelled", "A cancellation is called back as 37.", ("ST-E49",), cancelled, needs=HEARD),
    case("callback.cancelled_is_told", "A cancellation is called back.", ("ST-CBK-04",), cancelled_is_told,
         needs=HEARD),
    case("callback.cancelled_date", "With the time it was done.", ("ST-E53",), cancelled_date, needs=HEARD),
    case("callback.played", "37 is called back when a takeover has played.", ("ST-CBK-04",), played, needs=HEARD,
         alone=True),
    case("callback.takeover_once_each", "Each state of a takeover once.", ("ST-E96",), takeover_once_each,
         needs=HEARD),
    case("callback.trace_id", "Takeovers have an id, lives have none.", ("ST-E97",), trace_of_takeovers_only,
         needs=HEARD),
    case("callback.known_only", "No other states are called back.", ("ST-E98",), known_only, needs=HEARD),
    case("callback.failed", "39 is called back of a file there is none of.", ("ST-E35",), failed,
         needs=HEARD | INVALID),
    case("callback.microphone_none", "Speech into the microphone causes none.", ("ST-CBK-04",), microphone_none,
         needs=HEARD),
    case("callback.lost", "50 is called back, and why.", ("ST-CBK-08", "ST-CBK-02"), lost, needs=HEARD | CONTROL),
    case("callback.broken", "9 is called back, and why.", ("ST-CBK-08", "ST-CBK-02"), broken, needs=HEARD | CONTROL),
    case("callback.silent", "50 is called back of a live without heartbeats.", ("ST-CBK-02",), silent,
         needs=HEARD | CLOCK, alone=True),
    case("callback.again_after_500", "One that fails is tried again.", ("ST-E96",), again_after_500, needs=HEARD,
         alone=True),
    case("callback.signed", "With an AuthKey they are signed.", ("ST-CBK-07",), signed, needs=HEARD),
    case("callback.of_several_lives", "Each is about its own live.", ("ST-CBK-05",), of_several_lives, needs=HEARD),
)  # fmt: skip
