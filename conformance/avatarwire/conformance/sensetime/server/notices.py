"""Cases about notices on the microphone socket: what becomes of takeovers by HTTP, and the end (003 L439-545)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...engine.bench import expect
from ..bench import BRIEF, Live, SenseTimeBench, spoken
from ..case import CONTROL, INVALID, SenseTimeCase, case
from ..talking import NOTICES, Talk, code_of
from ..verifying import declared, members, succeeded

__all__ = ["CASES"]

_TIME: Final = 60
"""Seconds on a virtual clock in which a short takeover has played."""
_DIGITS: Final = 10
_NAMES: Final = {18: "takeover_finished", 19: "takeover_started", 20: "takeover_queued"}


async def listening(bench: SenseTimeBench) -> tuple[Live, Talk]:
    """A live in progress and its microphone socket."""
    live = await bench.started()
    talk = await bench.microphone(live)
    await talk.answers()
    return live, talk


def about(found: Mapping[str, Any], live: Live, trace_id: str) -> None:
    """Judges the data of a notice (ST-MIC-19)."""
    data = members(found.get("data"))
    holds = data.get("sessionId") == live.id and data.get("commandTraceId") == trace_id
    timestamp = data.get("timestamp")
    holds = holds and isinstance(timestamp, int | str) and str(timestamp).isdigit()
    expect(holds, f"data with sessionId {live.id}, commandTraceId {trace_id} and a timestamp", found)


async def started(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.command(live)
    about(await talk.notice(19, trace_id), live, trace_id)


async def started_v1(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    succeeded(await bench.of_live("takeoverCommandV1", live, param=spoken("Now for something else. " * 20)))
    found = await talk.until("code 19", lambda message: code_of(message) == 19)
    (playing,) = await bench.queued(live)
    about(found, live, playing)


async def cancelled(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.command(live)
    await talk.notice(19, trace_id)
    succeeded(await bench.cancel(live, trace_id))
    about(await talk.notice(18, trace_id), live, trace_id)


async def cancelled_waiting(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.command(live)
    trace_id = await bench.queue(live)
    await talk.notice(20, trace_id)
    succeeded(await bench.cancel(live, trace_id))
    about(await talk.notice(18, trace_id), live, trace_id)


async def queued(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.command(live)
    trace_id = await bench.queue(live)
    about(await talk.notice(20, trace_id), live, trace_id)


async def queued_then_started(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.queue(live)
    await talk.notice(20, trace_id)
    await talk.notice(19, trace_id)


async def waiting_has_not_started(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.command(live)
    trace_id = await bench.queue(live)
    await talk.notice(20, trace_id)
    told = [
        code_of(message)
        for message in await talk.all_told()
        if members(message.get("data")).get("commandTraceId") == trace_id
    ]
    expect(19 not in told, "code 20 only of what waits", told)


async def next_starts(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    playing = await bench.command(live)
    waiting = await bench.queue(live)
    succeeded(await bench.cancel(live, playing))
    await talk.notice(18, playing)
    await talk.notice(19, waiting)


async def preempted(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    first = await bench.command(live)
    second = await bench.command(live)
    await talk.notice(18, first)
    await talk.notice(19, second)


async def played(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.command(live, BRIEF)
    await talk.notice(19, trace_id)
    await bench.let_pass(_TIME)
    about(await talk.notice(18, trace_id, bench.speaking_patience), live, trace_id)
    await bench.until_queue(live, [], "an empty queue")


async def played_in_order(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    first = await bench.command(live, BRIEF)
    others = [await bench.queue(live, text=BRIEF) for _ in range(2)]
    ids = [first, *others]
    await bench.let_pass(_TIME)
    await talk.notice(18, ids[-1], bench.speaking_patience)
    told = [
        (code_of(message), members(message.get("data")).get("commandTraceId"))
        for message in talk.messages
        if code_of(message) in (18, 19)
    ]
    wanted = [(code, trace_id) for trace_id in ids for code in (19, 18)]
    expect(told == wanted, "each begins once the one before is over", told)


async def not_before_time(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.command(live)
    await talk.notice(19, trace_id)
    found = [message for message in await talk.all_told() if code_of(message) == 18]
    expect(not found, "no end of what plays still", found)


async def once_each(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.queue(live)
    await talk.notice(19, trace_id)
    succeeded(await bench.cancel(live))
    await talk.notice(18, trace_id)
    told = sorted(str(code_of(message)) for message in await talk.all_told() if code_of(message) in NOTICES)
    expect(told == ["18", "19", "20"], "codes 20, 19 and 18 once each", told)


async def are_declared(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    trace_id = await bench.queue(live)
    told = {20: await talk.notice(20, trace_id), 19: await talk.notice(19, trace_id)}
    succeeded(await bench.cancel(live))
    told[18] = await talk.notice(18, trace_id)
    for code, message in told.items():
        declared(f"microphone.{_NAMES[code]}", bench.dumped(message))


async def seconds(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    found = await talk.notice(19, await bench.command(live))
    timestamp = members(found.get("data")).get("timestamp")
    expect(isinstance(timestamp, int) and len(str(timestamp)) == _DIGITS, "a timestamp in seconds", timestamp)


async def of_one_live(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    other, other_talk = await listening(bench)
    ids = [await bench.command(live), await bench.command(other)]
    await talk.notice(19, ids[0])
    await other_talk.notice(19, ids[1])
    for each, own in ((talk, live), (other_talk, other)):
        told = {members(message.get("data")).get("sessionId") for message in await each.all_told()}
        expect(told == {own.id}, f"notices about {own.id} only", told)


async def none_of_failure(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.of_live("takeoverCommand", live, param='{"audio": "no-such-file.mp3"}')
    await talk.answers()
    found = await talk.receive(0)
    expect(found is None, "no code about a takeover that fails", found)


async def second_socket(bench: SenseTimeBench) -> None:
    live, first = await listening(bench)
    second = await bench.microphone(live)
    await first.closed()
    await second.ready()


async def stopped(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    await bench.control.command("stop_speech", session=live.id)
    await talk.code(4)


async def failed(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    await bench.control.command("fail_speech", session=live.id)
    await talk.code(5)


async def again_after_stop(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    for command, code in (("stop_speech", 4), ("fail_speech", 5)):
        await talk.ready()
        await bench.control.command(command, session=live.id)
        await talk.code(code)
    await talk.round()
    await talk.nothing_against()


async def closed_live(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    succeeded(await bench.close(live))
    await talk.begin()
    await takes_no_speech(talk)


async def takes_no_speech(talk: Talk) -> None:
    """Judges that speech is not taken: by a code, or by the end of the connection."""
    while isinstance(found := await talk.receive(), dict):
        expect(code_of(found) != 2, "no code 2", found)
        if code_of(found) in (1, 4, 5, 6, 7):
            return
    expect(found is not None, "a code, or the end of the connection", "nothing")


async def closed_while_speaking(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await talk.ready()
    await talk.speech()
    succeeded(await bench.close(live))
    await takes_no_speech(talk)


async def closed_ends(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    succeeded(await bench.close(live))
    await talk.closed()


async def lost_live(bench: SenseTimeBench) -> None:
    live, talk = await listening(bench)
    await bench.control.command("close_live", session=live.id)
    await talk.begin()
    await takes_no_speech(talk)


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("ws.notice.started", "Code 19 tells that a takeover plays.", ("ST-MIC-17", "ST-MIC-19"), started),
    case("ws.notice.started_v1", "Also of the retiring command.", ("ST-MIC-17",), started_v1),
    case("ws.notice.cancelled", "Code 18 tells that one is cancelled.", ("ST-MIC-16", "ST-MIC-19"), cancelled),
    case("ws.notice.cancelled_waiting", "Also one that waited.", ("ST-MIC-16",), cancelled_waiting),
    case("ws.notice.queued", "Code 20 tells that one is queued.", ("ST-MIC-18", "ST-MIC-19"), queued),
    case("ws.notice.queued_then_started", "Code 20 is before 19.", ("ST-MIC-18", "ST-MIC-17"), queued_then_started),
    case("ws.notice.waiting", "What waits has not started.", ("ST-TKO-10",), waiting_has_not_started),
    case("ws.notice.next_starts", "The next starts when one is cancelled.", ("ST-MIC-17", "ST-TKO-07"), next_starts),
    case("ws.notice.preempted", "A command ends the one before.", ("ST-E11",), preempted),
    case("ws.notice.played", "Code 18 tells that a takeover has played.", ("ST-MIC-16",), played, alone=True),
    case("ws.notice.played_in_order", "Takeovers play one after another.", ("ST-TKO-07", "ST-TKO-10"),
         played_in_order, alone=True),
    case("ws.notice.not_before_time", "What plays has not ended.", ("ST-MIC-16",), not_before_time),
    case("ws.notice.once_each", "Each is told once.", ("ST-MIC-16", "ST-MIC-17", "ST-MIC-18"), once_each),
    case("ws.notice.declared", "Notices are as they are declared.", ("ST-MIC-19",), are_declared),
    case("ws.notice.seconds", "A timestamp is in seconds.", ("ST-E66",), seconds),
    case("ws.notice.of_one_live", "Notices are about the live of the socket.", ("ST-MIC-19",), of_one_live),
    case("ws.notice.none_of_failure", "A takeover that fails has no code.", ("ST-E69",), none_of_failure,
         needs=INVALID),
    case("ws.microphone.second_socket", "A second socket takes the place of the first.", ("ST-E62",), second_socket),
    case("ws.microphone.stopped", "Code 4 ends speech that nothing matches.", ("ST-MIC-11",), stopped,
         needs=CONTROL),
    case("ws.microphone.failed", "Code 5 tells that speech has failed.", ("ST-MIC-13",), failed, needs=CONTROL),
    case("ws.microphone.again_after_stop", "After 4 and 5 another round may follow.", ("ST-E63",), again_after_stop,
         needs=CONTROL),
    case("ws.microphone.end.closed", "A live that is closed takes no speech.", ("ST-LIVE-18", "ST-MIC-14"),
         closed_live),
    case("ws.microphone.end.while_speaking", "Closing a live ends the speech.", ("ST-LIVE-18",),
         closed_while_speaking),
    case("ws.microphone.end.socket", "Closing a live ends the socket.", ("ST-E62",), closed_ends),
    case("ws.microphone.end.lost", "A live that is lost takes no speech.", ("ST-MIC-14",), lost_live,
         needs=CONTROL),
)  # fmt: skip
