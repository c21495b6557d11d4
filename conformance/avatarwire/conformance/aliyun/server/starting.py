"""Cases about starting and stopping a session over HTTP ("StartAvatarSession", "StopAvatarSession")."""

from __future__ import annotations

from typing import Final

from ...engine.bench import expect
from ...engine.case import Case
from ..bench import AliyunBench, accepted, refused

__all__ = ["CASES"]


async def start(bench: AliyunBench) -> None:
    session = await bench.started()
    expect(bool(session.id), "a sessionId", session.fields)
    expect(session.url.startswith(("ws://", "wss://")), "a webSocketUrl", session.fields)


async def start_twice(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    first, second = await bench.started(requestId=request_id), await bench.started(requestId=request_id)
    expect(first.id == second.id, "the session of the first call", f"{second.id} after {first.id}")


async def unknown_project(bench: AliyunBench) -> None:
    reply = await bench.call("StartAvatarSession", {"projectId": "1", "requestId": bench.made_up("rq-")})
    refused(reply, "InvalidProject.NotFound", status=404)


async def stop(bench: AliyunBench) -> None:
    session = await bench.started()
    fields = accepted(await bench.stopped(session))
    expect(fields.get("status") == "Stopped", "status Stopped", fields)


CASES: Final = (
    Case("aliyun.http.start.gives_session", "A started session has an id and a WebSocket URL.", ("ALI-R024",), start),
    Case(
        "aliyun.http.start.same_request_id",
        "Another call with the same requestId starts no other session.",
        ("ALI-R023",),
        start_twice,
    ),
    Case(
        "aliyun.http.start.unknown_project",
        "A session of a project that does not exist is refused.",
        ("ALI-E67",),
        unknown_project,
        level="ambiguous",
        needs=frozenset({"invalid"}),
    ),
    Case("aliyun.http.stop.says_stopped", "A session that is stopped has the status Stopped.", ("ALI-R028",), stop),
)
