"""Cases about a text that is sent over HTTP ("SendTextMsg"; Java and Android samples)."""

from __future__ import annotations

from typing import Any, Final

from ...engine.bench import expect
from ...engine.http_calls import Reply
from ..bench import AliyunBench, Session
from ..cases import case
from ..verifiers import accepted, declined, refused

__all__ = ["CASES"]


async def without_socket(bench: AliyunBench) -> None:
    _success(await _send(bench, await bench.started()))


async def with_socket(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    _success(await _send(bench, talk.session))
    await talk.works()


async def broadcast(bench: AliyunBench) -> None:
    _success(await _send(bench, await bench.started(), type=2))


async def type_as_text(bench: AliyunBench) -> None:
    _success(await _send(bench, await bench.started(), type="1"))


async def again(bench: AliyunBench) -> None:
    session, request_id = await bench.started(), bench.made_up("rq-")
    for _ in range(2):
        _success(await _send(bench, session, requestId=request_id))


async def chinese(bench: AliyunBench) -> None:
    _success(await _send(bench, await bench.started(), text='你好 "x" \\ / é 🙂'))


async def not_on_socket(bench: AliyunBench) -> None:
    talk = await bench.prepared()
    _success(await _send(bench, talk.session, text="Who are you?"))
    found = [each for each in await talk.meanwhile() if each.biz_type == 128]
    expect(not found, "no answer on the socket", found)


async def before_ready(bench: AliyunBench) -> None:
    talk = await bench.connected(await bench.started())
    declined(await _send(bench, talk.session))


async def unknown_session(bench: AliyunBench) -> None:
    given = {"projectId": bench.project_id, "sessionId": bench.made_up(), "requestId": "1", "text": "hello", "type": 1}
    refused(await bench.call("SendTextMsg", given))


async def stopped_session(bench: AliyunBench) -> None:
    session = await bench.started()
    accepted(await bench.stopped(session))
    declined(await _send(bench, session))


async def other_project(bench: AliyunBench) -> None:
    other, session = await bench.own_project(), await bench.started()
    declined(await _send(bench, session, projectId=other))


async def spaces(bench: AliyunBench) -> None:
    declined(await _send(bench, await bench.started(), text="   "))


async def _send(bench: AliyunBench, session: Session, **changes: Any) -> Reply:
    given = {
        "projectId": session.project_id,
        "sessionId": session.id,
        "requestId": bench.made_up("rq-"),
        "text": "What is the weather like?",
        "type": 1,
        **changes,
    }
    return await bench.call("SendTextMsg", given)


def _success(reply: Reply) -> None:
    fields = accepted(reply)
    expect(fields.get("status") == "SUCCESS", "status SUCCESS", fields)


_HTTP: Final = "http.SendTextMsg."
CASES: Final = (
    case(_HTTP + "success", "A text for a session is a SUCCESS.", "ALI-R070 ALI-E97", without_socket),
    case(_HTTP + "with_socket", "A text for a session with a socket is a SUCCESS.", "ALI-R070", with_socket),
    case(_HTTP + "broadcast", "A text may be a broadcast.", "ALI-E98", broadcast),
    case(_HTTP + "type_as_text", "type may be a text of digits.", "ALI-E98", type_as_text),
    case(_HTTP + "same_request_id", "A requestId that repeats is a new text.", "ALI-E72", again),
    case(_HTTP + "any_characters", "A text may have any characters.", "ALI-R070", chinese),
    case(_HTTP + "not_on_socket", "A text of HTTP is not answered on the socket.", "ALI-E116", not_on_socket),
    case(
        _HTTP + "before_ready",
        "A text is refused before the channel of an open socket is READY.",
        "ALI-E19",
        before_ready,
        "invalid",
    ),
    case(_HTTP + "unknown_session", "A text for an unknown session is refused.", "ALI-E66", unknown_session, "invalid"),
    case(
        _HTTP + "stopped_session",
        "A text for a session that was stopped is refused.",
        "ALI-E66 ALI-E97",
        stopped_session,
        "invalid",
    ),
    case(
        _HTTP + "session_of_other_project",
        "A text for a session of another project is refused.",
        "ALI-E66",
        other_project,
        "invalid",
        "billable",
    ),
    case(_HTTP + "spaces", "A text of spaces is refused.", "ALI-R071", spaces, "invalid"),
)
