"""Cases about heartbeats, and about what is told that wants no answer."""

from __future__ import annotations

from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk, value_at
from .seeing import QUICK, asked, case, check_ended, conversed, fields_of, id_of, keeps, notes

__all__ = ["CASES"]

_ENOUGH: Final = 0.6
"""Real seconds in which a heartbeat can be answered on a slow machine."""
_PREFIX: Final = ":---:"


async def answers_all(bench: ClientBench) -> None:
    talk = await bench.talk(seconds=3.0, heartbeat_seconds=0.3, **QUICK)
    beats = _due(talk)
    answered = {id_of(it) for it in talk.sent("HeartBeat.reply")}
    missed = [id_of(it) for it in beats if id_of(it) not in answered]
    talk.check(not missed, "an answer to each HeartBeat", lambda: f"none to {missed}; {talk.end}")


def _due(talk: Talk) -> Any:
    """Heartbeats that could be answered before the client ended the session, or left."""
    beats = talk.reached(talk.got("HeartBeat"), "a heartbeat")
    ends = [*asked(talk, "DestroySession"), *talk.got("SessionState.Destroy"), *notes(talk, "disconnected")]
    end = min((it.time for it in ends), default=beats[-1].time)
    due = [it for it in beats if it.time + _ENOUGH <= end]
    return talk.reached(due, "a heartbeat that it had time to answer")


async def keeps_alive(bench: ClientBench) -> None:
    talk = await bench.talk(seconds=4.5, heartbeat_seconds=0.5, expiration_seconds=3, interaction="heartbeats", **QUICK)
    talk.reached(talk.got("CreateNewSession.result"), "a session that runs")
    silent = [it for it in talk.sessions if it["ended_by"] == "silence" and _was_heard(talk, it["session"])]
    talk.check(not silent, "a session that its heartbeats keep alive", lambda: f"it has ended; {talk.end}")


def _was_heard(talk: Talk, session: str) -> bool:
    return any(it.session == session for it in talk.got("CreateNewSession.result"))


async def repeats_ids(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=0.3)
    known = {id_of(it) for it in talk.got("HeartBeat")}
    replies = talk.reached(talk.sent("HeartBeat.reply"), "the answer to a heartbeat")
    keeps(talk, replies, ("GJ-R116",))
    for entry in replies:
        talk.check(id_of(entry) in known, f"an id of a heartbeat: {sorted(known)}", str(id_of(entry)))


async def repeats_session(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=0.3)
    replies = talk.reached(talk.sent("HeartBeat.reply"), "the answer to a heartbeat")
    keeps(talk, replies, but=("GJ-R116", "GJ-R118"))
    plain = {it["session"] for it in talk.sessions}
    for entry in replies:
        body = fields_of(entry)
        inner, outer = value_at(body, "result.sessionId"), value_at(body, "sessionId")
        expected = "result.sessionId as the heartbeat has it, and sessionId without its prefix"
        talk.check(inner == f"{_PREFIX}{outer}" and outer in plain, expected, str(body))


async def takes_plain_sessions(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=0.3, heartbeat_prefix=False, strict=False)
    talk.reached(talk.got("HeartBeat"), "a heartbeat")
    talk.check(talk.sent("HeartBeat.reply"), "an answer to a heartbeat without :---:", talk.end)
    check_ended(talk)


async def answers_nothing_else(bench: ClientBench) -> None:
    talk = await conversed(bench, heartbeat_seconds=None)
    told = {id_of(it) for it in talk.got(*_STATES)}
    talk.reached(sorted(told), "anything that is told of a session")
    came = [it for it in talk.entries if it.transport == "mqtt" and it.direction == "in"]
    answers = [it for it in came if "method" not in fields_of(it) and id_of(it) in told]
    talk.check(not answers, "no answer to SessionState", lambda: str(fields_of(answers[0])))


_STATES: Final = ("SessionState.StreamPlay", "SessionState.Show", "SessionState.playlist")

CASES: Final = (
    case("heartbeats.answered", "Every heartbeat is answered.", "GJ-R115", answers_all),
    case("heartbeats.keep_alive", "A session does not end for want of answers.", "GJ-R115 GJ-R116", keeps_alive),
    case("heartbeats.ids", "The answer to a heartbeat has its id.", "GJ-R116", repeats_ids),
    case("heartbeats.session", "The answer repeats the session id, prefix included.", "GJ-R117", repeats_session),
    case("heartbeats.no_prefix", "A heartbeat without a prefix is answered.", "GJ-E84 GJ-R115", takes_plain_sessions),
    case("states.not_answered", "SessionState is not answered.", "GJ-R123 GJ-E86", answers_nothing_else),
)
"""All of them."""
