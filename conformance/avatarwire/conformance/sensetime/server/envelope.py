"""Cases about what all HTTP calls have in common: paths, JSON, the envelope, the access token (003 L9-79)."""

from __future__ import annotations

import json
from typing import Any, Final

from avatarwire.codecs import catalogue

from ...engine.bench import expect
from ...engine.case import Unimplemented
from ..bench import SenseTimeBench
from ..calling import operation_of
from ..case import INVALID, SenseTimeCase, Tried, case
from ..verifying import VENDOR, accepted, members, refused

__all__ = ["CASES", "OPERATIONS"]

OPERATIONS: Final = tuple(catalogue.vendor(VENDOR).operations)
"""All there are, in the order of the documents."""
_POSTED: Final = tuple(name for name in OPERATIONS if operation_of(name).method == "POST")
_WITH_SUCCESS: Final = ("takeoverCommand", "takeoverReorder", "takeoverCancel")


async def success(bench: SenseTimeBench) -> None:
    live = await bench.created()
    for operation in ("queryStat", "heartbeat", "startLive", "takeoverQueueList"):
        reply = await bench.of_live(operation, live)
        code = reply.json.get("code")
        holds = isinstance(code, int) and code == 0 and isinstance(reply.json.get("message"), str)
        expect(holds, "code 0 and a message", reply)


async def failure(bench: SenseTimeBench) -> None:
    reply = await bench.call("heartbeat", {"sessionId": "no-such-live"})
    code = reply.json.get("code")
    holds = isinstance(code, int) and not isinstance(code, bool) and code != 0
    expect(holds and bool(reply.json.get("message")), "a code other than 0 and a message that says why", reply)


async def failure_status(bench: SenseTimeBench) -> None:
    reply = await bench.call("heartbeat", {"sessionId": "no-such-live"})
    expect(reply.status == 200 and reply.json.get("code") not in (0, None), "status 200 and a code", reply)


async def failure_data(bench: SenseTimeBench) -> None:
    reply = await bench.call("heartbeat", {"sessionId": "no-such-live"})
    expect(not reply.json.get("data"), "no data of a failure", reply)


def failure_says_false(operation: str) -> Tried:
    """A case about the data of a takeover that fails."""

    async def tried(bench: SenseTimeBench) -> None:
        live = await bench.started()
        reply = await bench.of_live(operation, live, param="no JSON", commandTraceId="", priority=1)
        expect(members(reply.json.get("data")).get("isSuccess") is False, "data with isSuccess false", reply)

    return tried


# --- paths and methods ---


async def unknown_path(bench: SenseTimeBench) -> None:
    refused(await bench.call("runningList", path="/api/2dvh/v1/material/live/channel/no/such"), "a path nobody knows")


def other_version(operation: str) -> Tried:
    """A case about a path of a version that the documents do not have."""

    async def tried(bench: SenseTimeBench) -> None:
        path = operation_of(operation).path.replace("/v1/", "/v9/")
        reply = await bench.call(operation, {}, path=path)
        refused(reply, f"the path {path}")

    return tried


def other_method(operation: str) -> Tried:
    """A case about a call by another method."""

    async def tried(bench: SenseTimeBench) -> None:
        method = "GET" if operation_of(operation).method == "POST" else "POST"
        refused(await bench.call(operation, {}, method=method), f"{operation} by {method}")

    return tried


# --- bodies ---


def no_json(operation: str) -> Tried:
    """A case about a body that is no JSON, and a right call after it."""

    async def tried(bench: SenseTimeBench) -> None:
        for body in (b"", b"no JSON", b'{"sessionId": "cut', b"\xff\xfe", b"[]", b"null"):
            if operation == "historyList" and body in (b"", b"null"):
                continue  # it has no parameter that has to be there
            refused(await bench.call(operation, body=body), f"the body {body!r}")
        accepted(await bench.call("runningList"))

    return tried


async def escaped(bench: SenseTimeBench) -> None:
    live = await bench.created()
    body = "".join(f"\\u{ord(char):04x}" for char in live.id)
    accepted(await bench.call("heartbeat", body=f'{{"sessionId":"{body}"}}'.encode()))


async def white_space(bench: SenseTimeBench) -> None:
    live = await bench.created()
    accepted(await bench.call("heartbeat", body=json.dumps({"sessionId": live.id}, indent=4).encode() + b"\r\n"))


# --- the token ---


def without_token(operation: str, authorization: str, why: str) -> Tried:
    """A case about a call without a token that is valid."""

    async def tried(bench: SenseTimeBench) -> None:
        given = await right_for(bench, operation)
        reply = await bench.call(operation, given, authorization=authorization)
        if operation == "createLive":
            await bench.not_created(reply, why)
        refused(reply, f"{operation} with {why}")

    return tried


async def right_for(bench: SenseTimeBench, operation: str) -> dict[str, Any]:
    """Parameters that are right for an operation."""
    if operation in ("runningList", "historyList"):
        return {}
    if operation == "createLive":
        return {"param": bench.param}
    if operation == "nlpReply":
        app = bench.endpoint.text("library") or "fake-library"
        return {"appId": app, "device": "ios", "language": "zh", "query": "hello", "session": "s", "trace": "t"}
    live = await bench.started()
    script = json.dumps({"tts_query": {"content": "Nobody will ever hear this.", "ssml": False}})
    all_: dict[str, Any] = {
        "sessionId": live.id,
        "param": script,
        "commandTraceId": "-1",
        "priority": 1,
        "rtcChannelId": live.fields.get("rtcChannelId") or "c",
    }
    known = {name for name in all_ if any(name in rule.paths for rule in _rules(operation))}
    return {name: all_[name] for name in known}


def _rules(operation: str) -> Any:
    return catalogue.vendor(VENDOR)[f"{operation}.request"].constraints


async def nothing_done(bench: SenseTimeBench) -> None:
    live = await bench.started()
    await bench.of_live("heartbeat", live)
    reply = await bench.call("closeLive", {"sessionId": live.id}, authorization="Bearer no-such-token")
    refused(reply, "a wrong token")
    stat = await bench.stat(live)
    expect(stat.get("status") == 2, "a live that is not closed by it", stat)


async def session_token(bench: SenseTimeBench) -> None:
    live = await bench.started()
    reply = await bench.call("queryStat", {"sessionId": live.id}, authorization=f"Bearer {live.token}")
    refused(reply, "a sessionToken in the place of the access token")


def token_form(form: str) -> Tried:
    """A case about another form of the header."""

    async def tried(bench: SenseTimeBench) -> None:
        reply = await bench.call("runningList", authorization=form.format(await bench.access_token()))
        accepted(reply)

    return tried


async def not_found_is_no_success(bench: SenseTimeBench) -> None:
    reply = await bench.call("runningList", path="/api/2dvh/v1/no/such/thing", method="DELETE")
    if reply.status >= 500 and reply.status != 501:
        raise Unimplemented(f"status {reply.status}")
    refused(reply, "a path and a method that nobody knows")


CASES: Final[tuple[SenseTimeCase, ...]] = (
    case("http.envelope.success", "A success has code 0 and a message.", ("ST-NET-05",), success),
    case("http.envelope.failure", "A failure has another code and says why.", ("ST-NET-05",), failure, needs=INVALID),
    case("http.envelope.failure_status", "A failure has status 200.", ("ST-E05",), failure_status, needs=INVALID),
    case("http.envelope.failure_data", "A failure has no data.", ("ST-E07",), failure_data, needs=INVALID),
    *(
        case(
            f"http.envelope.says_false.{operation}",
            f"{operation} that fails says isSuccess false.",
            ("ST-E08",),
            failure_says_false(operation),
            needs=INVALID,
        )
        for operation in _WITH_SUCCESS
    ),
    case("http.path.unknown", "A path that nobody knows is refused.", ("AW-NO-GUESS",), unknown_path, needs=INVALID),
    case("http.path.delete", "A method nobody knows is.", ("AW-NO-GUESS",), not_found_is_no_success, needs=INVALID),
    *(
        case(
            f"http.path.version.{operation}",
            f"{operation} has the one version of its path.",
            ("AW-NO-GUESS", "ST-NET-08"),
            other_version(operation),
            needs=INVALID,
        )
        for operation in OPERATIONS
        if "/v1/" in operation_of(operation).path
    ),
    *(
        case(
            f"http.method.{operation}",
            f"{operation} is refused by another method.",
            ("AW-NO-GUESS",),
            other_method(operation),
            needs=INVALID,
        )
        for operation in OPERATIONS
    ),
    *(
        case(
            f"http.body.no_json.{operation}",
            f"{operation} refuses a body that is no JSON object.",
            ("ST-NET-05",),
            no_json(operation),
            needs=INVALID,
        )
        for operation in _POSTED
    ),
    case("http.body.escaped", "Escapes of JSON are read.", ("ST-NET-05",), escaped),
    case("http.body.white_space", "White space of JSON is passed over.", ("ST-NET-05",), white_space),
    *(
        case(
            f"http.token.missing.{operation}",
            f"{operation} needs an access token.",
            ("ST-E12",) if operation == "runningList" else ("ST-NET-02",),
            without_token(operation, "", "no token"),
            needs=INVALID,
        )
        for operation in OPERATIONS
    ),
    *(
        case(
            f"http.token.wrong.{operation}",
            f"{operation} refuses a token that is none.",
            ("ST-E12",) if operation == "runningList" else ("ST-NET-02",),
            without_token(operation, "Bearer no-such-token", "a wrong token"),
            needs=INVALID,
        )
        for operation in OPERATIONS
    ),
    case("http.token.empty", "An empty token is none.", ("ST-NET-02",),
         without_token("queryStat", "Bearer ", "an empty token"), needs=INVALID),
    case("http.token.nothing_done", "A wrong token closes no live.", ("ST-NET-02",), nothing_done, needs=INVALID),
    case("http.token.session_token", "A session token is no access token.", ("ST-LIVE-12",), session_token,
         needs=INVALID),
    case("http.token.bare", "The token may come without Bearer.", ("ST-E01",), token_form("{}")),
    case("http.token.lower_case", "Bearer may be spelled otherwise.", ("ST-E01",), token_form("bearer {}")),
)  # fmt: skip
