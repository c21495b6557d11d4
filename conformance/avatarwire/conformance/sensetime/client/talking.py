"""Cases about a talk in which nothing goes wrong: how it begins, what is sent, how it ends."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from ...engine.derived import level_of
from .judging import (
    MOST,
    QUICK,
    SAYING,
    SESSION,
    Tried,
    about_lives,
    created,
    errors,
    most_in_a_second,
    query_of,
    sensetime,
    text_at,
)

__all__ = ["CASES"]

_UNKNOWN: Final[dict[str, Any]] = {"addedLater": {"list": [1, "two", None]}}
"""A member that no document knows."""
_A_MINUTE: Final = 64.0
"""Seconds that are about 60."""
_ELSEWHERE: Final = (404, 405)
_OTHERS: Final = ("ST-NET-", "ST-MIC-", "ST-TKO-", "ST-SCR-", "ST-LIVE-13")
"""Clauses that have cases of their own."""


async def sunny(bench: ClientBench, **more: Any) -> Talk:
    """A talk in which nothing goes wrong."""
    return await bench.talk(characters_per_second=QUICK, **more)


async def starts(bench: ClientBench) -> None:
    talk = await sunny(bench)
    asked = talk.sent("createLive.request")
    talk.check(asked, "a call of createLive", talk.end)
    made = [it for it in talk.got("createLive.response") if text_at(it, "code") == 0]
    wrong = errors(talk, ["ST-LIVE-01"])
    talk.check(made, "a live whose param is the JSON text of a script", str(wrong[0]) if wrong else talk.end)


async def order(bench: ClientBench) -> None:
    talk = await sunny(bench)
    created(talk)
    wrong = errors(talk, ["ST-LIVE-13"])
    talk.check(not wrong, "a live that is at 35 when it is started, and at 2 when it is spoken to", str(wrong[:1]))


async def says(bench: ClientBench) -> None:
    talk = await sunny(bench)
    created(talk)
    talk.reached(talk.sent(*SAYING), "a text")
    talk.check(talk.said, "a takeover that is accepted", talk.end)
    talk.check_succeeds()


async def closes(bench: ClientBench) -> None:
    talk = await sunny(bench)
    created(talk)
    talk.check_ends()
    talk.check_no_sessions_left()


async def same_live(bench: ClientBench) -> None:
    talk = await sunny(bench)
    lives = created(talk)
    for call in about_lives(talk):
        talk.check(text_at(call, SESSION) in lives, f"calls about {lives}", f"{call.message} about another live")


async def unknown_members(bench: ClientBench) -> None:
    answers = ("createLive", "startLive", "takeoverCommand", "takeoverQueue", "takeoverQueueList", "queryStat")
    names = (*(f"{name}.response" for name in answers), "microphone.takeover_*")
    talk = await sunny(bench, faults=[{"message": name, "do": "set", "fields": _UNKNOWN} for name in names])
    created(talk)
    talk.check_succeeds()
    talk.check_no_sessions_left()


def without_errors(what: str, *clauses: str) -> Tried:
    """A case about what is sent, by the violations that the fake has noted."""

    async def tried(bench: ClientBench) -> None:
        talk = await sunny(bench)
        talk.reached(talk.sent("createLive.request"), "a call")
        wrong = errors(talk, clauses)
        talk.check(not wrong, what, lambda: "; ".join(map(str, wrong[:3])))

    return tried


async def other_parameters(bench: ClientBench) -> None:
    talk = await sunny(bench)
    created(talk)
    wrong = [
        it
        for it in errors(talk, ["ST-"])
        if not it.clause.startswith(_OTHERS) and level_of("sensetime", it.clause) == "must"
    ]
    talk.check(not wrong, "calls that keep to the document", lambda: "; ".join(map(str, wrong[:3])))


async def paths(bench: ClientBench) -> None:
    talk = await sunny(bench)
    talk.reached([it for it in talk.entries if it.direction == "in" and it.transport == "http"], "a call")
    unknown = [it for it in talk.entries if it.direction == "out" and it.status in _ELSEWHERE]
    asked = {it.seq: it.meta for it in talk.entries if it.direction == "in"}
    calls = [f"{asked[it.reply_to].get('method')} {asked[it.reply_to].get('path')}" for it in unknown if it.reply_to]
    talk.check(not unknown, "documented methods and paths", str(calls[:3]))


async def current(bench: ClientBench) -> None:
    talk = await sunny(bench)
    talk.reached(talk.sent(*SAYING), "a takeover")
    talk.check(not talk.sent("takeoverCommandV1.request"), "takeovers by v2", "a call of the command that retires")


async def stat(bench: ClientBench) -> None:
    talk = await sunny(bench, initialising_seconds=0.5)
    looks = [
        it
        for it in talk.entries
        if it.direction == "in" and str(it.meta.get("path", "")).partition("?")[0].endswith("/channel/stat")
    ]
    for call in talk.reached(looks, "a call of queryStat"):
        holds = call.meta.get("method") == "GET" and query_of(call).get(SESSION)
        talk.check(holds, "a GET with sessionId in the URL", f"{call.meta.get('method')} {call.meta.get('path')}")


async def heartbeats(bench: ClientBench) -> None:
    talk = await sunny(bench)
    created(talk)
    beats = talk.reached(talk.sent("heartbeat.request"), "a heartbeat, of which there is to be one in about 60 s")
    most = most_in_a_second(beats)
    talk.check(most <= MOST, f"at most {MOST} heartbeats within a second", f"{most}")


async def beats(bench: ClientBench) -> None:
    talk = await sunny(bench, seconds=_A_MINUTE + 3)
    (live, *_) = created(talk)
    (made, *_) = (it for it in talk.got("createLive.response") if it.session == live)
    ends = talk.sent("closeLive.request", sessionId=live)
    last = ends[0].time if ends else talk.entries[-1].time
    talk.reached([last] if last - made.time > _A_MINUTE else [], f"a live of more than {_A_MINUTE:g} s")
    times = [made.time, *(it.time for it in talk.sent("heartbeat.request", sessionId=live)), last]
    gap = max(later - earlier for earlier, later in pairwise(times))
    talk.check(gap <= _A_MINUTE, f"a heartbeat at least every {_A_MINUTE:g} s", f"none for {gap:.0f} s")


CASES: Final = (
    # First, since it waits while the others run.
    sensetime("talk.beats", "A live gets a heartbeat about every minute.", "ST-LIVE-16", beats),
    sensetime("talk.starts", "A talk begins with a live, whose script is JSON text.", "ST-LIVE-01", starts),
    sensetime("talk.order", "A live is started before it is spoken to.", "ST-LIVE-13", order),
    sensetime("talk.says", "A text is accepted, and the client ends without an error.", "ST-TKO-01 ST-NET-05", says),
    sensetime("talk.closes", "Every live that was made is closed.", "AW-ST-LEFT-OPEN", closes),
    sensetime("talk.same_live", "Calls are about the live that was made.", "ST-LIVE-11", same_live),
    sensetime("talk.unknown_members", "Members that nobody knows harm nothing.", "AW-UNKNOWN-SURVIVES",
              unknown_members),
    sensetime("talk.heartbeats", "Heartbeats are no more than they have to be.", "ST-LIVE-16", heartbeats),
    sensetime("http.content_type", "Bodies are declared as JSON.", "ST-NET-04",
              without_errors("Content-Type application/json", "ST-NET-04")),
    sensetime("http.token", "Every call has the access token in its header.", "ST-NET-02 ST-LIVE-12",
              without_errors("a token in each call", "ST-NET-02", "ST-LIVE-12")),
    sensetime("http.paths", "Calls have the documented methods and paths.", "ST-NET-08", paths),
    sensetime("http.parameters", "Parameters keep to the document.", "ST-LIVE-11 ST-LIVE-30", other_parameters),
    sensetime("http.stat", "queryStat is a GET with the live in its URL.", "ST-LIVE-21", stat),
    sensetime("script.live", "The live script keeps to the document.", "ST-SCR-08 ST-SCR-02 ST-SCR-03",
              without_errors("a script that keeps to the document", "ST-SCR-")),
    sensetime("takeover.script", "Takeover scripts keep to the document.", "ST-TKO-23 ST-TKO-01 ST-TKO-28",
              without_errors("takeovers that keep to the document", "ST-TKO-")),
    sensetime("takeover.current", "The command that retires is not used.", "ST-TKO-03 ST-NET-09", current),
)  # fmt: skip
