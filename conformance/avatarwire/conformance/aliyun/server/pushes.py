"""Cases about errors, and about what a server says by itself: force-close and recovering (WS 4.9, WS 4 table)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.web_socket import Closed
from ..bench import AliyunBench
from ..cases import case
from ..talk import FORCE_CLOSE, RECOVERING, TEXT, Frame, Talk
from ..verifiers import accepted, declared

__all__ = ["CASES"]

_LONG: Final = "All the world is a stage, and all the men and women merely players. " * 4


async def error_shape(bench: AliyunBench) -> None:
    found = await _error(await bench.prepared())
    fields = found.fields
    expect(isinstance(fields.get("code"), int) and not isinstance(fields["code"], bool), "an integer code", found)
    expect(isinstance(fields.get("message"), str) and fields["message"], "a message", found)


async def error_code(bench: AliyunBench) -> None:
    found = await _error(await bench.prepared())
    expect(found.fields.get("code") in (10000, 10001), "code 10000 or 10001", found)


async def error_declared(bench: AliyunBench) -> None:
    declared("general.message", (await _error(await bench.prepared())).raw)


async def one_error(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _error(talk)
    found = [each for each in await talk.meanwhile() if each.is_error]
    expect(not found, "one error message for one mistake", found)


async def error_elsewhere(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await _error(first)
    found = await second.meanwhile()
    expect(not found, "nothing in the other session", found)


async def reported(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    for code in (10000, 10001):
        await bench.control.command("report_error", session_id=talk.session.id, error_code=code, reason="as was asked")
        found = await talk.error()
        expect(found.fields.get("code") == code, f"code {code}", found)
        expect(bool(found.fields.get("message")), "a message", found)
    await talk.works()


# --- force-close ---


async def force_close(bench: AliyunBench) -> None:
    found = await _forced(await bench.prepared())
    expect(found.frame_type == 1 and found.data_type == 1, "a data frame with JSON", found)
    given = found.fields.get("sessionId", "")
    expect(isinstance(given, str), "a sessionId, if any", found)


async def force_close_payload(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await _forced(talk)
    expect(found.fields.get("sessionId") == talk.session.id, f"sessionId {talk.session.id}", found)
    declared("session.force_close", found.raw)


async def force_close_closes(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _forced(talk)
    end = await talk.ended()
    expect(end.code == 1000, "close 1000", end)


async def force_close_ends_session(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _forced(talk)
    status = await bench.status_of(talk.session)
    expect(status == "STOPPED", "a session that is STOPPED", status)
    await bench.turned_away(talk.session, talk.session.url)


async def force_close_of_one(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await _forced(first)
    found = await second.meanwhile()
    expect(not found, "nothing in the other session", found)
    await second.works()


async def force_close_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask(_LONG, messageId="m-1")
    await _forced(talk)
    more: list[str] = []
    while isinstance(found := await talk.receive(), Frame):
        more.append(str(found))
    expect(not more and isinstance(found, Closed), "nothing after it but the end of the connection", more or found)


async def new_session(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    talk = await bench.prepared(await bench.started(requestId=request_id))
    await _forced(talk)
    other = await bench.started(requestId=request_id)
    expect(other.id != talk.session.id, "a new session", other.id)
    await bench.prepared(other)


async def stop_of_closed(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _forced(talk)
    fields = accepted(await bench.stopped(talk.session))
    expect(fields.get("status") in ("Stopped", "StoppedFail"), "Stopped or StoppedFail", fields)


# --- recovering ---


async def recovering(bench: AliyunBench) -> None:
    found = await _recovered(await bench.prepared())
    expect(found.frame_type == 1 and found.data_type == 1, "a data frame with JSON", found)


async def recovering_payload(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    found = await _recovered(talk)
    expect(found.fields.get("sessionId") == talk.session.id, f"sessionId {talk.session.id}", found)
    declared("session.recovering", found.raw)


async def prepared_anew(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _recovered(talk)
    status = (await talk.channel_status()).fields.get("status")
    expect(status == "INIT", "INIT, as the channel is prepared anew", status)


async def refused_meanwhile(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _recovered(talk)
    await talk.ask("Are you there?", messageId="m-1")
    await talk.rejected()


async def ready_again(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _recovered(talk)
    await talk.until_ready()
    await talk.ask("Who are you?", messageId="m-1")
    reply = await talk.replied(message_id="m-1")
    expect(reply.last.get("success") is True, "an answer", reply)


async def lost_answer(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await talk.ask(_LONG, messageId="m-1")
    await _recovered(talk)
    await talk.until_ready()
    found = [each for each in await talk.meanwhile() if each.biz_type == TEXT and each.fields.get("content")]
    expect(not found, "nothing more of what was being said", found)


async def ping_meanwhile(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await _recovered(talk)
    await talk.ping()
    await talk.until("a pong", lambda each: each.is_pong)


async def recovering_one(bench: AliyunBench) -> None:
    first, second = await bench.prepared(), await bench.prepared()
    await _recovered(first)
    status = (await second.channel_status()).fields.get("status")
    expect(status == "READY", "READY as before in the other session", status)


async def dropped(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    await bench.control.command("drop", session_id=talk.session.id, code=1011)
    end = await talk.ended()
    expect(end.code == 1011, "close 1011", end)
    again = await bench.prepared(talk.session)
    await again.works()


async def _error(talk: Talk) -> Frame:
    await talk.send(TEXT, None, payload=b"no JSON")
    return await talk.error()


async def _forced(talk: Talk) -> Frame:
    await talk.bench.control.command("force_close", session_id=talk.session.id)
    return await talk.until("a push of business type 3", lambda each: each.biz_type == FORCE_CLOSE)


async def _recovered(talk: Talk) -> Frame:
    await talk.bench.control.command("recover", session_id=talk.session.id)
    return await talk.until("a push of business type 4", lambda each: each.biz_type == RECOVERING)


_ERROR: Final = "ws.error."
_CLOSE: Final = "ws.force_close."
_RECOVER: Final = "ws.recovering."
CASES: Final[tuple[Any, ...]] = (
    case(_ERROR + "shape", "An error message has an integer code and a message.", "ALI-R118", error_shape, "invalid"),
    case(_ERROR + "code", "The code of an error is 10000 or 10001.", "ALI-R119", error_code, "invalid"),
    case(_ERROR + "declared", "An error message is as it is declared.", "ALI-R118", error_declared, "invalid"),
    case(_ERROR + "one", "One mistake has one error message.", "ALI-R118 ALI-E09", one_error, "invalid"),
    case(
        _ERROR + "elsewhere",
        "Another session hears nothing of a mistake.",
        "ALI-R118 ALI-E09",
        error_elsewhere,
        "invalid",
    ),
    case(_ERROR + "reported", "An error of the vendor has code and message.", "ALI-R119 ALI-R118", reported, "control"),
    case(
        _CLOSE + "push",
        "A session that is closed by force is told so by business type 3.",
        "ALI-R122 ALI-R093",
        force_close,
        "control",
    ),
    case(
        _CLOSE + "payload", "The push of a forced close names the session.", "ALI-E47", force_close_payload, "control"
    ),
    case(
        _CLOSE + "closes",
        "The socket of a session that is closed by force is closed with 1000.",
        "ALI-E49",
        force_close_closes,
        "control",
    ),
    case(
        _CLOSE + "ends_session",
        "A session that is closed by force is over.",
        "ALI-R122",
        force_close_ends_session,
        "control",
    ),
    case(
        _CLOSE + "one_only",
        "Closing a session by force does nothing to others.",
        "ALI-R122",
        force_close_of_one,
        "control",
    ),
    case(_CLOSE + "ends_answer", "Nothing is said after a forced close.", "ALI-R122", force_close_answer, "control"),
    case(
        _CLOSE + "new_session", "After a forced close a new session starts.", "ALI-E71 ALI-R122", new_session, "control"
    ),
    case(
        _CLOSE + "stop",
        "A session that was closed by force may be stopped.",
        "ALI-R029 ALI-E121",
        stop_of_closed,
        "control",
    ),
    case(
        _RECOVER + "push",
        "A session that is being recovered is told so by business type 4.",
        "ALI-R123 ALI-R093",
        recovering,
        "control",
    ),
    case(
        _RECOVER + "payload", "The push about recovering names the session.", "ALI-E47", recovering_payload, "control"
    ),
    case(
        _RECOVER + "prepared_anew",
        "The channel of a session that is being recovered is prepared anew.",
        "ALI-E48",
        prepared_anew,
        "control",
    ),
    case(
        _RECOVER + "refused_meanwhile",
        "Drives are refused until the channel is READY again.",
        "ALI-E48 ALI-E19",
        refused_meanwhile,
        "control",
        "invalid",
    ),
    case(_RECOVER + "ready_again", "A session that was recovered goes on.", "ALI-R123 ALI-E48", ready_again, "control"),
    case(_RECOVER + "lost_answer", "What was being said is lost.", "ALI-E48", lost_answer, "control"),
    case(
        _RECOVER + "ping",
        "A ping is answered while a session is being recovered.",
        "ALI-R120",
        ping_meanwhile,
        "control",
    ),
    case(_RECOVER + "one_only", "Recovering a session does nothing to others.", "ALI-R123", recovering_one, "control"),
    case(
        "ws.handshake.after_drop",
        "A session whose socket was dropped may be connected to again.",
        "ALI-E114",
        dropped,
        "control",
    ),
)
