"""Cases about starting a session over HTTP ("StartAvatarSession")."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

from ...engine.bench import expect
from ..bench import AliyunBench, Session
from ..cases import case
from ..verifiers import accepted, declined, objects, refused

__all__ = ["CASES"]

_YEAR_9999: Final = 253402300799


async def start(bench: AliyunBench) -> None:
    session = await bench.started()
    expect(bool(session.id), "a sessionId", session.fields)
    expect(session.url.startswith(("ws://", "wss://")), "a webSocketUrl", session.fields)


async def channel_token(bench: AliyunBench) -> None:
    token = _channel_token(await bench.started())
    texts = [name for name in ("channelId", "token", "nonce", "userId", "appId") if not _is_text(token.get(name))]
    expect(not texts, "channelId, token, nonce, userId and appId", f"none of {', '.join(texts)} in {token}")


async def has_channel_token(bench: AliyunBench) -> None:
    fields = (await bench.started()).fields
    expect(_is_text(fields.get("channelToken")), "a channelToken that is text", fields)


async def expire_time(bench: AliyunBench) -> None:
    seconds = _channel_token(await bench.started()).get("expireTime")
    holds = isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds <= _YEAR_9999
    expect(holds, "an expireTime in seconds", seconds)


async def token_header(bench: AliyunBench) -> None:
    header = (await bench.started()).token_object(0)
    expect(header.get("alg") == "HS256", "a token signed with HS256", header)


async def token_claims(bench: AliyunBench) -> None:
    session = await bench.started()
    claims = session.token_object(1)
    expect(claims.get("sessionId") == session.id, f"the claim sessionId {session.id}", claims)
    expect(str(claims.get("aliyunMainId") or "").isdigit(), "the claim aliyunMainId, digits", claims)


async def token_expiry(bench: AliyunBench) -> None:
    expiry = (await bench.started()).token_object(1).get("exp")
    now = bench.run.today()
    expect(isinstance(expiry, int) and now < expiry < now + 10 * 365 * 86400, "exp, epoch seconds to come", expiry)


async def url_names_session(bench: AliyunBench) -> None:
    session = await bench.started()
    expect(session.query.get("sessionId") == session.id, f"sessionId={session.id} in the URL", session.query.keys())
    expect(bool(session.query.get("token")), "a token in the URL", session.query.keys())


async def ids_are_texts(bench: AliyunBench) -> None:
    session = await bench.started()
    expect(_is_text(session.fields.get("sessionId")), "a sessionId that is text", session.fields)
    page = await bench.sessions(bench.project_id, "STARTED")
    ids = [each.get("sessionId") for each in objects(page, "queryResourceInfoList")]
    expect(all(map(_is_text, ids)), "sessionIds that are texts", ids)


async def start_twice(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    first, second = await bench.started(requestId=request_id), await bench.started(requestId=request_id)
    expect(first.id == second.id, "the session of the first call", f"{second.id} after {first.id}")


async def start_at_once(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    found = await asyncio.gather(*(bench.started(requestId=request_id) for _ in range(4)))
    ids = {session.id for session in found}
    expect(len(ids) == 1, "one session", f"{len(ids)} sessions")


async def other_request_id(bench: AliyunBench) -> None:
    first, second = await bench.started(), await bench.started()
    expect(first.id != second.id, "another session", f"{second.id} again")


async def after_stop(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    first = await bench.started(requestId=request_id)
    accepted(await bench.stopped(first))
    second = await bench.started(requestId=request_id)
    expect(first.id != second.id, "a new session, as the first one is over", f"{second.id} again")


async def within_project(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    other = await bench.own_project()
    first, second = (
        await bench.started(requestId=request_id),
        await bench.started(requestId=request_id, projectId=other),
    )
    expect(first.id != second.id, "another session, as it is another project's", f"{second.id} again")


async def renewed(bench: AliyunBench) -> None:
    request_id = bench.made_up("rq-")
    await bench.started(requestId=request_id)
    again = await bench.started(requestId=request_id)
    expect(bool(_channel_token(again)), "a channelToken", again.fields)
    await (await bench.connected(again)).works()


async def without_request_id(bench: AliyunBench) -> None:
    reply = await bench.call("StartAvatarSession", {"projectId": bench.project_id})
    if reply.status == 200:
        fields = accepted(reply)
        session = Session(str(fields.get("sessionId", "")), str(fields.get("webSocketUrl")), fields, bench.project_id)
        bench.at_the_end(lambda: bench.stopped(session))
        expect(bool(session.id), ("a session", "a refusal"), fields)
    else:
        declined(reply)


async def push_url(bench: AliyunBench) -> None:
    session = await bench.started(customPushUrl="rtmp://127.0.0.1/live/conformance")
    expect(bool(session.id), "a sessionId", session.fields)


async def own_request_id(bench: AliyunBench) -> None:
    mine = bench.made_up("rq-")
    fields = (await bench.started(requestId=mine)).fields
    expect(fields.get("requestId") not in ("", mine), "an id of the call, or none", fields.get("requestId"))


async def unknown_project(bench: AliyunBench) -> None:
    reply = await bench.call("StartAvatarSession", {"projectId": "1", "requestId": bench.made_up("rq-")})
    refused(reply, "InvalidProject.NotFound", status=404)


async def deleted_project(bench: AliyunBench) -> None:
    project_id = await bench.own_project()
    accepted(await bench.call("OperateAvatarProject", {"projectId": project_id, "operateType": "DELETE"}))
    given = {"projectId": project_id, "requestId": bench.made_up("rq-")}
    declined(await bench.call("StartAvatarSession", given))


async def many(bench: AliyunBench) -> None:
    found = await asyncio.gather(*(bench.started() for _ in range(8)))
    for what, of in (("ids", {each.id for each in found}), ("URLs", {each.url for each in found})):
        expect(len(of) == len(found), f"{len(found)} {what}", f"{len(of)} different ones")


def _channel_token(session: Session) -> dict[str, Any]:
    text = session.fields.get("channelToken")
    try:
        token: Any = json.loads(text) if isinstance(text, str) else None
    except ValueError:
        token = None
    expect(isinstance(token, dict), "a channelToken: JSON as text", text)
    return {**token}


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)


CASES: Final = (
    case("http.start.gives_session", "A started session has an id and a WebSocket URL.", "ALI-R024", start),
    case("http.start.gives_channel_token", "A started session has a channelToken.", "ALI-R024", has_channel_token),
    case(
        "http.start.channel_token_members",
        "channelToken is JSON as text with channelId, token, nonce, userId and appId.",
        "ALI-R025",
        channel_token,
    ),
    case("http.start.expire_time_in_seconds", "expireTime of channelToken is in seconds.", "ALI-R026", expire_time),
    case("http.start.token_algorithm", "The token of the URL is signed with HS256.", "ALI-R075", token_header),
    case("http.start.token_claims", "The token of the URL names session and main account.", "ALI-R075", token_claims),
    case("http.start.token_expiry", "The token of the URL expires at a time to come.", "ALI-R075", token_expiry),
    case("http.start.url_names_session", "The URL has a token and the session's id.", "ALI-R075", url_names_session),
    case("http.start.ids_are_texts", "Ids of sessions are texts.", "ALI-R007", ids_are_texts),
    case(
        "http.start.same_request_id",
        "Another call with the same requestId starts no other session.",
        "ALI-R023",
        start_twice,
    ),
    case(
        "http.start.same_request_id_at_once",
        "Calls with the same requestId at the same time start one session.",
        "ALI-R023",
        start_at_once,
    ),
    case("http.start.other_request_id", "Another requestId starts another session.", "ALI-R023", other_request_id),
    case(
        "http.start.request_id_after_stop",
        "The requestId of a session that was stopped starts a new one.",
        "ALI-E71",
        after_stop,
    ),
    case(
        "http.start.request_id_within_project",
        "A requestId counts within its project.",
        "ALI-E71",
        within_project,
        "billable",
    ),
    case(
        "http.start.renews_tokens",
        "Starting again with the same requestId gives tokens that can be used.",
        "ALI-E57",
        renewed,
    ),
    case(
        "http.start.without_request_id",
        "A start without requestId gives a session, or is refused.",
        "ALI-E70",
        without_request_id,
        "invalid",
    ),
    case("http.start.custom_push_url", "A session may be started with a customPushUrl.", "ALI-R022", push_url),
    case("http.start.id_of_call", "The reply does not repeat the caller's requestId.", "ALI-E117", own_request_id),
    case(
        "http.start.unknown_project",
        "A session of a project that does not exist is refused.",
        "ALI-E67",
        unknown_project,
        "invalid",
    ),
    case(
        "http.start.deleted_project",
        "A session of a project that was deleted is refused.",
        "ALI-E87 ALI-R010",
        deleted_project,
        "invalid",
        "billable",
    ),
    case("http.start.many_at_once", "Sessions that are started at once have ids of their own.", "ALI-R024", many),
)
