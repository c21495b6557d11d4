"""Cases about what a client does when something goes wrong, or is not as it expects it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ...clients.bench import ClientBench
from ...clients.talk import Talk
from .looking import ANSWER, CHANNEL, DRIVES, FRAMES, HANDSHAKE, START, STOP, case, member, opened, quick

__all__ = ["CASES"]

_CROSSING: Final = 0.4
"""Real seconds in which what a client sends may have crossed what was pushed to it."""
_MANY: Final = 12
"""Tries within a few seconds beyond which a service is hammered."""
_STARTED: Final = "StartAvatarSession.response"
_READY: Final = "channel_ready.response"


def _command(name: str, **more: Any) -> dict[str, Any]:
    """A rule by which a command is given when the first packet of an answer goes out."""
    return {"message": ANSWER, "do": "command", "command": name, "times": 1, **more}


async def _left(bench: ClientBench, what: str, *faults: Mapping[str, Any], **how: Any) -> Talk:
    """A talk in which a rule acts; no session is left behind it.

    A client may wait for an answer that does not come longer than a case does: nothing is said of it then.
    """
    talk = await quick(bench, faults=faults, **how)
    talk.reached(talk.noted("fault"), what)
    talk.reached([] if talk.code is None else [talk.code], "an end in the time of a case")
    talk.check_no_sessions_left()
    return talk


# --- every way out ---


async def after_error(bench: ClientBench) -> None:
    await _left(bench, "an answer", _command("report_error"))


async def after_refused_answer(bench: ClientBench) -> None:
    await _left(bench, "an answer", {"message": ANSWER, "do": "set", "fields": {"success": False}})


async def after_close(bench: ClientBench) -> None:
    await _left(bench, "an answer", {"message": ANSWER, "do": "close", "code": 1011, "times": 1})


async def after_reset(bench: ClientBench) -> None:
    await _left(bench, "an answer", {"message": ANSWER, "do": "reset", "times": 1})


async def after_lost_answer(bench: ClientBench) -> None:
    await _left(bench, "an answer", {"message": ANSWER, "do": "drop", "where": {"finish": True}, "times": 1})


async def after_failed_channel(bench: ClientBench) -> None:
    failed = {"message": _READY, "do": "set", "fields": {"status": "FAIL"}}
    await _left(bench, "a channel", failed)


async def after_refused_handshake(bench: ClientBench) -> None:
    await _left(bench, "a handshake", {"message": HANDSHAKE, "do": "reject", "status": 503, "times": 2})


async def after_lost_start(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[{"message": _STARTED, "do": "drop", "times": 1}])
    talk.reached(talk.noted("fault"), "StartAvatarSession")
    talk.reached(talk.got(_STARTED), "a second try")
    talk.reached([] if talk.code is None else [talk.code], "an end in the time of a case")
    left = [it["session"] for it in talk.sessions if not it["over"]]
    talk.check(
        not left,
        "one session, which the same requestId finds again, and its end",
        lambda: f"{len(talk.sessions)} sessions, of which {len(left)} live when the client is gone",
    )


# --- calls that fail ---


async def refused_start(bench: ClientBench) -> None:
    rule = {"message": START, "do": "reject", "code": "QuotaExceeded.Channels", "status": 400}
    talk = await quick(bench, faults=[rule], seconds=1.0)
    starts = talk.reached(talk.sent(START), "StartAvatarSession")
    later = talk.sent(HANDSHAKE)
    talk.check(not later, "no WebSocket, as there is no session", lambda: later[0].message)
    talk.check(talk.code != 0, "an exit code that says that it failed", talk.end)
    talk.check(len(starts) <= _MANY, f"at most {_MANY} tries", f"{len(starts)}")


async def hammered_start(bench: ClientBench) -> None:
    rule = {"message": START, "do": "reject", "code": "Throttling.User", "status": 429}
    talk = await quick(bench, faults=[rule], seconds=2.0)
    starts = talk.reached(talk.sent(START), "StartAvatarSession")
    talk.check(len(starts) <= _MANY, f"at most {_MANY} tries of what is refused", f"{len(starts)}")


async def not_200(bench: ClientBench) -> None:
    """The status alone says whether a call succeeded."""
    body = {"requestId": "1", "sessionId": "s-of-nobody", "channelToken": "{}", "webSocketUrl": "ws://127.0.0.1:9/none"}
    rule = {"message": START, "do": "reject", "status": 500, "body": body, "times": 1}
    talk = await quick(bench, faults=[rule])
    talk.reached(talk.noted("fault"), "StartAvatarSession")
    stray = [it for it in talk.sent(STOP) if member(it, "sessionId") == "s-of-nobody"]
    talk.check(not stray, "nothing is done with the body of a call that failed", lambda: stray[0].message)
    known = opened(talk) or talk.code != 0
    talk.check(known, "another try, or a failure that is told", talk.end)


async def hammered_handshake(bench: ClientBench) -> None:
    rule = {"message": HANDSHAKE, "do": "reject", "status": 503}
    talk = await quick(bench, faults=[rule], seconds=2.0)
    shakes = talk.reached(talk.sent(HANDSHAKE), "a handshake")
    talk.check(len(shakes) <= _MANY, f"at most {_MANY} tries of what is refused", f"{len(shakes)}")


async def expired_token(bench: ClientBench) -> None:
    rules = [
        {"message": ANSWER, "do": "close", "code": 1008, "reason": "insufficient permission", "times": 1},
        {"message": HANDSHAKE, "do": "reject", "code": 10001, "skip": 1},
    ]
    talk = await quick(bench, faults=rules, seconds=2.0)
    talk.reached(talk.noted("fault"), "an answer")
    urls: dict[str, int] = {}
    for entry in talk.sent(HANDSHAKE)[1:]:
        urls[entry.session] = urls.get(entry.session, 0) + 1
    talk.reached([*urls], "a second handshake")
    worst = max(urls.values())
    talk.check(worst <= _MANY, f"at most {_MANY} tries with a token that is no good any more", f"{worst}")


# --- pushes ---


async def force_closed(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[_command("force_close")], force_close_seconds=1.5, seconds=2.0)
    (push, *_) = talk.reached(talk.got("session.force_close"), "a forced close")
    late = [
        it
        for it in talk.after(push, talk.sent(*(name for name in FRAMES if name != "heartbeat.ping")))
        if it.session == push.session and it.time > push.time + _CROSSING
    ]
    talk.check(not late, "nothing more for a session that was closed by force", lambda: late[0].message)


async def force_closed_for_good(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[_command("force_close")], seconds=2.0)
    (push, *_) = talk.reached(talk.got("session.force_close"), "a forced close")
    again = [it for it in talk.after(push, talk.sent(HANDSHAKE)) if it.session in ("", push.session)]
    talk.check(len(again) <= 1, "no way back to a session that was closed by force", f"{len(again)} handshakes")


async def force_closed_ends(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[_command("force_close")], seconds=0.5)
    talk.reached(talk.got("session.force_close"), "a forced close")
    talk.check_ends()
    talk.check_no_sessions_left()


async def recovering(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[_command("recover")], polls_until_ready=1, seconds=2.0)
    (push, *_) = talk.reached(talk.got("session.recovering"), "a session that recovers")
    after = [it for it in talk.after(push, talk.sent(*DRIVES)) if it.time > push.time + _CROSSING]
    for entry in talk.reached(after, "a drive after it"):
        ready = [it for it in talk.after(push, talk.got(_READY, status="READY")) if it.seq < entry.seq]
        talk.check(ready, "nothing to be said until the channel is READY again", entry.message)


async def recovering_is_prepared(bench: ClientBench) -> None:
    talk = await quick(bench, faults=[_command("recover")], polls_until_ready=1, seconds=2.0)
    (push, *_) = talk.reached(talk.got("session.recovering"), "a session that recovers")
    drives = talk.after(push, talk.sent(*DRIVES))
    asked = talk.after(push, talk.sent(CHANNEL))
    talk.reached([*drives, *asked], "anything to be said after it")
    talk.check(asked, "questions about the channel until it is READY again", lambda: drives[0].message)


async def recovering_ends(bench: ClientBench) -> None:
    await _left(bench, "an answer", _command("recover"), seconds=1.0)


async def connected_anew(bench: ClientBench) -> None:
    """Whatever a channel was before, that of a new connection is prepared anew."""
    talk = await quick(bench, faults=[{"message": ANSWER, "do": "close", "code": 1011, "times": 1}], seconds=1.0)
    sockets = talk.reached(opened(talk)[1:], "a second connection")
    for socket in sockets:
        drives = [it for it in talk.sent(*DRIVES) if it.connection == socket.connection]
        for entry in drives[:1]:
            ready = [it for it in talk.got(_READY, status="READY") if it.connection == socket.connection]
            talk.check(
                any(it.seq < entry.seq for it in ready),
                "questions about the channel of a new connection",
                entry.message,
            )


# --- what is not expected ---


async def unknown_members(bench: ClientBench) -> None:
    more = {"fromTheFuture": {"a": [1]}}
    rules = [
        {"message": name, "do": "set", "fields": more}
        for name in (_STARTED, _READY, ANSWER, "StopAvatarSession.response")
    ]
    await _goes_on(bench, "an answer", rules)


async def unknown_business(bench: ClientBench) -> None:
    """The first packet of an answer is of a business type that nobody knows; the rest is as ever."""
    await _goes_on(bench, "an answer", [_first(**{"header.bizType": 77})])


async def unknown_frame(bench: ClientBench) -> None:
    await _goes_on(bench, "an answer", [_first(**{"header.bizType": 77, "header.frameType": 9})])


async def other_ids(bench: ClientBench) -> None:
    await _goes_on(bench, "an answer", [_first(messageId="of-nobody")])


async def twice(bench: ClientBench) -> None:
    await _goes_on(bench, "an answer", [{"message": ANSWER, "do": "duplicate", "seconds": 0.03}])


async def late(bench: ClientBench) -> None:
    await _goes_on(bench, "an answer", [{"message": ANSWER, "do": "delay", "seconds": 1.0, "times": 1}])


async def other_serials(bench: ClientBench) -> None:
    talk = await quick(bench, echo_serial_numbers=False)
    talk.reached(talk.got(_READY), "a question about the channel")
    talk.check_succeeds()


async def bare_channel_token(bench: ClientBench) -> None:
    await _goes_on(
        bench, "a session", [{"message": _STARTED, "do": "set", "fields": {"channelToken": '{"gslb":["a"]}'}}]
    )


def _first(**fields: Any) -> dict[str, Any]:
    """A rule about the first packet of an answer, which is not its last."""
    return {"message": ANSWER, "where": {"finish": False}, "do": "set", "fields": fields, "times": 1}


async def _goes_on(bench: ClientBench, what: str, rules: list[dict[str, Any]]) -> None:
    talk = await quick(bench, faults=rules)
    talk.reached(talk.noted("fault"), what)
    talk.check_succeeds()


CASES: Final = (
    case("stops.after_error", "After an error the session is stopped all the same.", "ALI-R081 ALI-R118", after_error),
    case(
        "stops.after_refusal",
        "After an answer without success the session is stopped.",
        "ALI-R081",
        after_refused_answer,
    ),
    case("stops.after_close", "The session of a socket that was closed is stopped.", "ALI-R081", after_close),
    case("stops.after_reset", "The session of a connection that was lost is stopped.", "ALI-R081", after_reset),
    case(
        "stops.after_lost_answer",
        "After an answer that never ends the session is stopped.",
        "ALI-R081",
        after_lost_answer,
    ),
    case(
        "stops.after_failed_channel",
        "The session of a channel that failed is stopped.",
        "ALI-R081 ALI-E17",
        after_failed_channel,
    ),
    case(
        "stops.after_refused_handshake",
        "The session of a socket that did not open is stopped.",
        "ALI-R081",
        after_refused_handshake,
    ),
    case(
        "stops.after_lost_start",
        "A start that is tried again leaves no second session.",
        "ALI-R081 ALI-R023",
        after_lost_start,
    ),
    case("stops.after_recovering", "A session that recovered is stopped.", "ALI-R081 ALI-R123", recovering_ends),
    case(
        "start.refused", "After a start that was refused nothing is connected to.", "ALI-R073 ALI-R005", refused_start
    ),
    case("start.status", "A call has succeeded when its status is 200.", "ALI-R005", not_200),
    case("start.not_hammered", "A start that is refused is not tried without end.", "ALI-E66", hammered_start),
    case(
        "connect.not_hammered", "A handshake that is refused is not tried without end.", "ALI-E51", hammered_handshake
    ),
    case("connect.expired_token", "A token that has expired is not used for ever.", "ALI-E53 ALI-R076", expired_token),
    case(
        "connect.anew",
        "The channel of a new connection is prepared anew.",
        "ALI-R078 ALI-R077 ALI-E114",
        connected_anew,
    ),
    case("force_close.silent", "A session that was closed by force is sent nothing more.", "ALI-R122", force_closed),
    case(
        "force_close.final",
        "There is no way back to a session that was closed by force.",
        "ALI-R122",
        force_closed_for_good,
    ),
    case("force_close.ends", "After a forced close the client comes to an end.", "ALI-R122", force_closed_ends),
    case("recovering.waits", "Nothing is to be said while a session recovers.", "ALI-R078 ALI-R123", recovering),
    case(
        "recovering.prepared_anew",
        "The channel of a session that recovers is prepared anew.",
        "ALI-R123 ALI-E48",
        recovering_is_prepared,
    ),
    case("received.unknown_members", "Members that nobody knows do no harm.", "ALI-E117", unknown_members),
    case(
        "received.unknown_business_type",
        "A business type that nobody knows does no harm.",
        "ALI-E14 ALI-R124",
        unknown_business,
    ),
    case("received.unknown_frame_type", "A frame that nobody knows does no harm.", "ALI-E13 ALI-R124", unknown_frame),
    case(
        "received.other_message_id", "A packet of an answer that nobody asked for does no harm.", "ALI-E21", other_ids
    ),
    case("received.twice", "A packet that comes twice does no harm.", "ALI-E126", twice),
    case("received.late", "An answer that is late is waited for.", "ALI-E30", late),
    case(
        "received.other_serial_numbers",
        "Answers need not have the serial number of the question.",
        "ALI-E04",
        other_serials,
    ),
    case(
        "received.bare_channel_token", "No member of channelToken is taken for granted.", "ALI-R027", bare_channel_token
    ),
)
"""A client may tell what is wrong by its exit code: that has to be 0 only where all is well."""
