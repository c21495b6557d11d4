"""Cases about a talk in which nothing goes wrong: how it begins, when it may speak, how it ends."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

from ...clients.bench import ClientBench
from ...clients.talk import ABSENT, Talk
from .looking import (
    CHANNEL,
    DRIVES,
    FRAMES,
    HANDSHAKE,
    OPENED,
    START,
    STOP,
    TEXT,
    case,
    check_clean,
    member,
    opened,
    quick,
)

__all__ = ["CASES"]

_POLLS: Final = 2
_LATE: Final = 1.2
"""Seconds after which the channel says READY, where that is asked for once."""
_NO_PAUSE: Final = 0.03
"""Seconds between two messages, of which the one answers the other, that no pause is needed for."""


async def starts(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.check(talk.sent(START), "a call of StartAvatarSession", talk.end)
    # Whatever was called before has no session.
    first = talk.sent(START)[0]
    early = [it for it in talk.sent(HANDSHAKE, STOP) if it.seq < first.seq]
    talk.check(not early, "StartAvatarSession first", lambda: f"{early[0].message} before it")


async def start_is_right(bench: ClientBench) -> None:
    talk = await quick(bench)
    for call in talk.reached(talk.sent(START), "StartAvatarSession"):
        for name in ("projectId", "requestId"):
            value = member(call, name)
            talk.check(isinstance(value, str) and value, f"{name}, a text that is not empty", repr(value))
    check_clean(talk, "ALI-R022", "ALI-R023", "ALI-R007", "ALI-E70")


async def calls_are_accepted(bench: ClientBench) -> None:
    talk = await quick(bench)
    calls = [it for it in talk.entries if it.transport == "http" and it.direction == "out" and it.message != HANDSHAKE]
    bad = [it for it in talk.reached(calls, "a call") if it.status != 200]
    talk.check(
        not bad, "calls that are signed and made as the published SDK does", lambda: f"{bad[0].message} {bad[0].status}"
    )


async def ids_are_kept(bench: ClientBench) -> None:
    talk = await quick(bench)
    started = talk.reached(talk.got("StartAvatarSession.response"), "a session")
    ids = {member(it, "sessionId") for it in started}
    for name, known in (("projectId", {it["project_id"] for it in talk.sessions}), ("sessionId", ids)):
        for entry in talk.sent(STOP, "CheckSession.request", "SendTextMsg.request", "QuerySessionInfo.request"):
            given = member(entry, name)
            talk.check(given in (ABSENT, *known), f"{name} {' or '.join(map(str, known))}", str(given))


async def connects(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(talk.got("StartAvatarSession.response"), "a session")
    shakes = talk.reached(talk.sent(HANDSHAKE), "a handshake")
    talk.check(opened(talk), "a handshake that is accepted", lambda: f"{len(shakes)} that are not; {talk.end}")
    check_clean(talk, "ALI-R074", "ALI-R076", "ALI-E51", "ALI-E52")


async def one_socket(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(opened(talk), "an open socket")
    sessions = [it.session for it in opened(talk)]
    talk.check(len(sessions) == len(set(sessions)), "one socket a session", f"{len(sessions)} for {len(set(sessions))}")


async def asks_until_ready(bench: ClientBench) -> None:
    talk = await bench.talk(polls_until_ready=_POLLS, seconds=1.0)
    talk.reached(opened(talk), "an open socket")
    talk.check(
        talk.got("channel_ready.response", status="READY"),
        f"questions about the channel until it is READY, which it is at the {_POLLS + 1}th",
        lambda: f"{len(talk.sent(CHANNEL))} questions; {talk.end}",
    )


async def waits_for_ready(bench: ClientBench) -> None:
    talk = await bench.talk(polls_until_ready=_POLLS, seconds=1.0)
    _not_before_ready(talk)


async def waits_for_late_ready(bench: ClientBench) -> None:
    late = {"message": "channel_ready.response", "do": "delay", "seconds": _LATE, "times": 1}
    _not_before_ready(await quick(bench, faults=[late], seconds=1.0))


def _not_before_ready(talk: Talk) -> None:
    drives = talk.reached(talk.sent(*DRIVES), "a drive")
    for first in drives:
        ready = [it for it in talk.got("channel_ready.response", status="READY") if it.session == first.session]
        talk.check(
            any(it.seq < first.seq for it in ready),
            "nothing to be said before the channel is READY",
            f"{first.message} before that",
        )


async def pace(bench: ClientBench) -> None:
    talk = await bench.talk(polls_until_ready=_POLLS + 1, seconds=1.0)
    asked = talk.sent(CHANNEL)
    gaps = [later.time - earlier.time for earlier, later in pairwise(asked)]
    talk.reached(gaps[1:], "a third question about the channel")
    talk.check(
        max(gaps[: _POLLS + 1]) > _NO_PAUSE,
        "a pause between two questions about the channel",
        lambda: f"{len(asked)} questions, none more than {max(gaps):.3f} s after the one before",
    )


async def failed_channel(bench: ClientBench) -> None:
    talk = await bench.talk(channel_statuses=["FAIL"], seconds=0.5)
    talk.reached(talk.got("channel_ready.response", status="FAIL"), "a channel that fails")
    drives = talk.sent(*DRIVES)
    talk.check(not drives, "nothing to be said on a channel that has failed", lambda: f"{drives[0].message}")


async def comes_to_its_end(bench: ClientBench) -> None:
    talk = await bench.talk(polls_until_ready=1, seconds=0.5)
    talk.reached(opened(talk), "an open socket")
    talk.check_succeeds()


async def says_something(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(talk.got("channel_ready.response", status="READY"), "a channel that is READY")
    for entry in talk.sent(*FRAMES):
        name = member(entry, "sessionId") if entry.message != "asr.data.request" else ABSENT
        talk.check(name in (ABSENT, entry.session), f"sessionId {entry.session}", str(name))
    check_clean(talk, "ALI-R095", "ALI-E113")


async def stops(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(talk.got("StartAvatarSession.response"), "a session")
    talk.check_ends()
    talk.check_no_sessions_left()


async def stop_is_right(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(talk.sent(STOP), "StopAvatarSession")
    check_clean(talk, "ALI-R028")
    refused = [it for it in talk.got("StopAvatarSession.response") if it.status != OPENED and it.status != 200]
    talk.check(not refused, "projectId and sessionId", lambda: str(refused[0].body))


async def stops_before_closing(bench: ClientBench) -> None:
    talk = await quick(bench)
    talk.reached(opened(talk), "an open socket")
    talk.reached(talk.sent(STOP), "StopAvatarSession")
    for socket in opened(talk):
        ends = [it for it in talk.noted("") if it.connection == socket.connection and it.body == "disconnected"]
        stopped = [it for it in talk.sent(STOP) if it.session in ("", socket.session)]
        closed_first = ends and stopped and ends[0].seq < stopped[0].seq
        again = [it for it in opened(talk) if it.session == socket.session and it.seq > socket.seq]
        talk.check(
            not closed_first or again,
            "StopAvatarSession first, and the end of the WebSocket afterwards",
            "the WebSocket was closed before the session was stopped",
        )


async def asks_again(bench: ClientBench) -> None:
    talk = await quick(bench)
    texts = [it for it in talk.sent(TEXT) if member(it, "type") != "TEXT_STREAM"]
    ids = [member(it, "messageId") for it in talk.reached(texts, "a text")]
    talk.check(len(ids) == len(set(map(str, ids))), "another messageId for each text", lambda: f"{ids}")


CASES: Final = (
    case("talk.starts", "A talk begins with StartAvatarSession.", "ALI-R073 ALI-R022", starts),
    case(
        "talk.succeeds", "A talk in which nothing goes wrong comes to its end.", "ALI-R077 ALI-R005", comes_to_its_end
    ),
    case("talk.stops", "Every session that was started is stopped.", "ALI-R081", stops),
    case("talk.stop_is_right", "A stop names project and session.", "ALI-R028", stop_is_right),
    case(
        "talk.stops_first",
        "The session is stopped first, the WebSocket closed afterwards.",
        "ALI-R081",
        stops_before_closing,
    ),
    case("start.parameters", "A start names a project, and has a requestId.", "ALI-R022", start_is_right),
    case("start.accepted", "Calls are made as the published SDK makes them.", "ALI-E67 ALI-R005", calls_are_accepted),
    case("start.ids", "Ids come back as they were given.", "ALI-R007", ids_are_kept),
    case("connect.opens", "The WebSocket is opened by the URL as it was given.", "ALI-R074", connects),
    case("connect.one_socket", "A session has one socket.", "ALI-E114", one_socket),
    case("prepare.until_ready", "The channel is asked about until it is READY.", "ALI-R077", asks_until_ready),
    case("prepare.waits", "Nothing is to be said before the channel is READY.", "ALI-R078", waits_for_ready),
    case(
        "prepare.waits_for_late_answer",
        "An answer about the channel that is late is waited for.",
        "ALI-R078 ALI-R077",
        waits_for_late_ready,
    ),
    case("prepare.pace", "Between two questions about the channel there is a pause.", "ALI-E16", pace),
    case("prepare.failed", "On a channel that failed nothing is to be said.", "ALI-R078 ALI-E17", failed_channel),
    case("frames.session", "Every request names the session of its connection.", "ALI-R095 ALI-E113", says_something),
    case("text.ids", "Each text has a messageId of its own.", "ALI-E21", asks_again),
)
