"""Cases about calls and requests that fail, tokens that end, connections that are lost, and sessions that are gone."""

from __future__ import annotations

from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from .seeing import (
    QUICK,
    asked,
    case,
    check_ended,
    check_materials,
    code_of,
    conversed,
    fields_of,
    has_reached_end,
    id_of,
    keeps,
    notes,
    requests,
    times,
)

__all__ = ["CASES"]

_TOKEN_INVALID: Final = 100502
_OFTEN: Final = 12
"""Tries of which nobody can say that they are too many."""


async def failure_is_failure(bench: ClientBench) -> None:
    rule = {"message": "uploadMaterial.request", "do": "reject", "code": 500, "reason": "busy", "skip": 1}
    talk = await conversed(bench, faults=[rule])
    failed = [it for it in talk.got("uploadMaterial.response") if code_of(it) == 500]
    talk.reached(failed, "an uploadMaterial that fails")
    check_materials(talk)
    has_reached_end(talk)
    check_ended(talk)


async def no_session(bench: ClientBench) -> None:
    rule = {"message": "createLiveSession.request", "do": "reject", "code": 500, "reason": "no channel is free"}
    talk = await conversed(bench, faults=[rule])
    talk.reached(talk.sent("createLiveSession.request"), "createLiveSession")
    talk.check(not asked(talk, "CreateNewSession"), "no CreateNewSession without a session", talk.end)


async def does_not_hammer(bench: ClientBench) -> None:
    rule = {"message": "createLiveSession.request", "do": "reject", "code": 500, "reason": "no channel is free"}
    talk = await conversed(bench, faults=[rule])
    found = talk.reached(talk.sent("createLiveSession.request"), "createLiveSession")
    times(found, _OFTEN, "createLiveSession that fails", talk)


# --- tokens ---


async def new_token(bench: ClientBench) -> None:
    rule = {"message": "CreateNewSession.result", "do": "command", "command": "expire_tokens", "times": 1}
    talk = await conversed(bench, faults=[rule], crossing_seconds=0.0)
    (refused, *_) = talk.reached(_refused_tokens(talk), "a call with a token that has ended")
    keeps(talk, talk.sent(refused.message.replace(".response", ".request")), ("GJ-R014",))
    later = talk.after(refused, talk.sent("getAccessToken.request"))
    talk.check(later, "a new token after 100502", talk.end)
    again = talk.after(later[0], talk.sent(refused.message.replace(".response", ".request")))
    talk.check(again, "the call once more with the new token", talk.end)


def _refused_tokens(talk: Talk) -> list[Any]:
    answers = [it for it in talk.entries if it.transport == "http" and it.direction == "out"]
    return [it for it in answers if code_of(it) == _TOKEN_INVALID]


async def no_token_will_do(bench: ClientBench) -> None:
    rule = {"message": "uploadMaterial.request", "do": "reject", "code": _TOKEN_INVALID, "reason": "it has ended"}
    talk = await conversed(bench, faults=[rule])
    found = talk.reached(talk.sent("uploadMaterial.request"), "uploadMaterial")
    times(found, _OFTEN, "uploadMaterial that fails", talk)
    times(talk.sent("getAccessToken.request"), _OFTEN, "getAccessToken", talk)


# --- requests and the connection ---


async def refused_request(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[{"message": "pushPlayListManager.request", "do": "reject"}])
    talk.reached(asked(talk, "pushPlayListManager"), "pushPlayListManager")
    has_reached_end(talk)
    check_ended(talk)


async def not_ok(bench: ClientBench) -> None:
    fields = {"result.ok": False, "result.message": "not now"}
    rule = {"message": "pushPlayListManager.result", "do": "set", "fields": fields, "times": 1}
    talk = await conversed(bench, faults=[rule])
    talk.reached(asked(talk, "pushPlayListManager"), "pushPlayListManager")
    has_reached_end(talk)
    check_ended(talk)


async def refused_creation(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[{"message": "CreateNewSession.request", "do": "reject"}])
    times(talk.reached(asked(talk, "CreateNewSession"), "CreateNewSession"), _OFTEN, "CreateNewSession", talk)


async def lost_answer(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[{"message": "pushPlayListManager.result", "do": "drop", "times": 1}])
    talk.reached(asked(talk, "pushPlayListManager"), "pushPlayListManager")
    has_reached_end(talk)
    check_ended(talk)


async def lost_end(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[{"message": "DestroySession.result", "do": "drop"}])
    talk.reached(asked(talk, "DestroySession"), "DestroySession")
    times(asked(talk, "DestroySession"), _OFTEN, "DestroySession that is not answered", talk)


_LOST: Final[dict[str, Any]] = {"message": "pushPlayListManager.result", "do": "close", "times": 1}
"""The broker's connection is lost."""


async def lost_connection(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[_LOST])
    talk.reached(asked(talk, "pushPlayListManager"), "pushPlayListManager")
    has_reached_end(talk)
    check_ended(talk)


async def ids_go_on(bench: ClientBench) -> None:
    talk = await conversed(bench, faults=[_LOST])
    heard = notes(talk, "subscribed")
    talk.reached(heard[1:], "a second connection to the broker")
    later = [it for it in requests(talk) if it.seq > heard[1].seq]
    keeps(talk, talk.reached(later, "a request on a second connection"), ("GJ-R079",))
    known = {(it.session, id_of(it)) for it in requests(talk) if it.seq < heard[1].seq}
    again = [id_of(it) for it in later if (it.session, id_of(it)) in known and not it.meta.get("duplicate")]
    talk.check(not again, "ids that were not used before", str(again))


async def broker_is_down(bench: ClientBench) -> None:
    down = {"message": "handshake.mqtt", "do": "reject", "code": 3, "skip": 1}
    talk = await conversed(bench, faults=[_LOST, down])
    talk.reached(asked(talk, "pushPlayListManager"), "pushPlayListManager")
    tries = [it for it in talk.entries if it.message in ("handshake.mqtt", "fault")]
    times(tries, 3 * _OFTEN, "a connection that is refused, tried", talk)


# --- the vendor ends a session ---


def _destroying(**more: Any) -> dict[str, Any]:
    begin = {"params.status": "begin"}
    command = {"command": "destroy", "arguments": {"cause": "maintenance"}, "times": 1}
    return {"message": "SessionState.playlist", "where": begin, "do": "command", **command, **more}


async def destroyed(bench: ClientBench) -> Talk:
    """A talk in which the vendor ends the session."""
    talk = await bench.talk(seconds=2.0, faults=[_destroying()], crossing_seconds=0.5, heartbeat_seconds=0.3, **QUICK)
    talk.reached(talk.got("SessionState.Destroy"), "a session that the vendor ends")
    return talk


async def asks_no_more(bench: ClientBench) -> None:
    talk = await destroyed(bench)
    (end, *_) = talk.got("SessionState.Destroy")
    # Who says DestroySession in any case asks for nothing.
    ends = asked(talk, "DestroySession")
    later = [it for it in talk.after(end, requests(talk)) if it.session == end.session and it not in ends]
    keeps(talk, later, ("GJ-R118",))


async def creates_another(bench: ClientBench) -> None:
    talk = await destroyed(bench)
    (end, *_) = talk.got("SessionState.Destroy")
    for entry in talk.reached(talk.after(end, asked(talk, "CreateNewSession")), "another session"):
        named = fields_of(entry).get("sessionId")
        talk.check(named != end.session, "another session after the end of one", f"{named} once more")


async def comes_to_an_end(bench: ClientBench) -> None:
    talk = await destroyed(bench)
    has_reached_end(talk)
    check_ended(talk)


CASES: Final = (
    case("calls.failure", "What fails with code 500 has not succeeded.", "GJ-R017 GJ-R052", failure_is_failure),
    case("calls.no_session", "Where no session was opened, none is created.", "GJ-R017 GJ-R089", no_session),
    case("calls.no_hammering", "A call that fails is not made again and again.", "GJ-E09", does_not_hammer),
    case("token.new_one", "After 100502 there is a new token, and the call is repeated.", "GJ-R014", new_token),
    case("token.none_will_do", "A call that no token helps is not made again and again.", "GJ-R014", no_token_will_do),
    case("ends.refused_request", "A broadcast is ended after a request that was refused.", "GJ-R105", refused_request),
    case("ends.not_ok", "A broadcast is ended after a result with ok false.", "GJ-R105 GJ-E81", not_ok),
    case("ends.lost_answer", "A broadcast is ended after an answer was lost.", "GJ-R105", lost_answer),
    case("ends.lost_end", "DestroySession is not said again and again.", "GJ-E58", lost_end),
    case("ends.lost_connection", "A broadcast is ended after a connection was lost.", "GJ-R105", lost_connection),
    case("requests.no_hammering", "A session is not created again and again.", "GJ-E62", refused_creation),
    case("broker.ids_go_on", "On another connection no id comes again.", "GJ-R079", ids_go_on),
    case("broker.no_hammering", "A broker that is down is not tried again and again.", "GJ-E04", broker_is_down),
    case("destroyed.asks_no_more", "Nothing is asked of a session that the vendor has ended.", "GJ-R118", asks_no_more),
    case("destroyed.creates_another", "After the end of a session another is opened.", "GJ-R118", creates_another),
    case(
        "destroyed.ends",
        "A client whose session the vendor ends leaves none behind.",
        "GJ-R105 GJ-R118",
        comes_to_an_end,
    ),
)
"""All of them."""
