"""Cases about HTTP calls as such: routes, methods, bodies, and the form of errors (API 1 to 10 and the SDK)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from avatarwire.codecs import catalogue

from ...engine.bench import expect
from ...engine.case import Case
from ...engine.http_calls import Reply
from ..bench import AliyunBench, Signed
from ..cases import case
from ..samples import CALLS, filled
from ..verifiers import VENDOR, accepted, declared, declined, refused

__all__ = ["CASES"]

_BASE: Final = "/yic/yic-console/openService/v1"
_NOTHING_WRONG: Final = ("QueryAvatarResource", "StopAvatarSession", "ListAvatarProject")
"""Operations that need nothing, or say otherwise that they fail."""
_LARGE: Final = 3 * 1024 * 1024


def _sunny() -> Iterator[Case[AliyunBench]]:
    """One call of each operation, whose answer is read strictly."""
    clauses = {
        "ListAvatarProject": "ALI-R009",
        "QueryAvatarProject": "ALI-R010",
        "StartAvatarSession": "ALI-R024",
        "StopAvatarSession": "ALI-R029",
        "QueryAvatarResource": "ALI-R031",
        "SaveAvatarProject": "ALI-R044",
        "OperateAvatarProject": "ALI-R049",
        "QuerySessionInfo": "ALI-R053",
        "ListAnchor": "ALI-R060",
        "ListVoiceModels": "ALI-R060",
        "CheckSession": "ALI-E97",
        "SendTextMsg": "ALI-R070",
    }
    for operation, clause in clauses.items():

        async def is_declared(bench: AliyunBench, operation: str = operation) -> None:
            reply = await _right(bench, operation)
            accepted(reply)
            declared(f"{operation}.response", reply.body)

        async def is_json(bench: AliyunBench, operation: str = operation) -> None:
            reply = await _right(bench, operation)
            kind = reply.headers.get("content-type", "").partition(";")[0].strip().lower()
            expect(kind == "application/json", "content-type application/json", kind)
            expect(reply.headers.get("content-encoding", "identity") == "identity", "a plain body", reply.headers)

        yield case(f"http.{operation}.declared", f"The reply of {operation} is as it is declared.", clause, is_declared)
        yield case(f"http.{operation}.json", f"The reply of {operation} is JSON.", "ALI-E67", is_json)


async def _right(bench: AliyunBench, operation: str) -> Reply:
    """A call that is right."""
    if operation == "SaveAvatarProject":
        reply = await bench.call(operation, await bench.new_project())
        deleting = {"projectId": str(reply.json.get("projectId")), "operateType": "DELETE"}
        bench.at_the_end(lambda: bench.call("OperateAvatarProject", deleting))
        return reply
    project_id = await bench.own_project() if operation == "OperateAvatarProject" else bench.project_id
    if operation == "StartAvatarSession":
        return await _started_again(bench)
    session = await bench.started()
    return await bench.call(operation, filled(dict(CALLS[operation]), project_id, session.id))


async def _started_again(bench: AliyunBench) -> Reply:
    """The answer to a start, whose session is stopped at the end."""
    request_id = bench.made_up("rq-")
    await bench.started(requestId=request_id)
    return await bench.call("StartAvatarSession", {"projectId": bench.project_id, "requestId": request_id})


def _errors() -> Iterator[Case[AliyunBench]]:
    """The form of a refusal, by operation."""
    for operation in CALLS:
        if operation in _NOTHING_WRONG:
            continue

        async def has_form(bench: AliyunBench, operation: str = operation) -> None:
            reply = await bench.call(operation, {})
            fields = refused(reply)
            expect(bool(fields["Code"]) and bool(fields["Message"]), "a Code and a Message", fields)
            declared("http.error", reply.body)

        title = f"A call of {operation} without parameters is refused with Code and Message."
        yield case(f"http.{operation}.error_form", title, "ALI-E66", has_form, "invalid")


def _methods() -> Iterator[Case[AliyunBench]]:
    """Another method than that of the operation."""
    for operation in CALLS:
        method = "GET" if catalogue.vendor(VENDOR).operations[operation].method == "POST" else "POST"

        async def is_refused(bench: AliyunBench, operation: str = operation, method: str = method) -> None:
            session = await bench.started()
            given = filled(dict(CALLS[operation]), bench.project_id, session.id)
            declined(await bench.call(operation, given, method=method))

        title = f"{operation} by {method} is refused."
        yield case(f"http.{operation}.method", title, "ALI-E67", is_refused, "invalid")


async def error_ids(bench: AliyunBench) -> None:
    found = [refused(await bench.call("QueryAvatarProject", {})).get("RequestId") for _ in range(2)]
    expect(all(isinstance(each, str) and each for each in found), "a RequestId", found)
    expect(found[0] != found[1], "another RequestId each time", found)


async def error_names_parameter(bench: AliyunBench) -> None:
    fields = refused(await bench.call("StopAvatarSession", {"projectId": bench.project_id}))
    text = f"{fields['Code']} {fields['Message']}".lower()
    expect("sessionid" in text, "the parameter in Code or Message", fields)


async def ids_of_calls(bench: AliyunBench) -> None:
    found = [accepted(await bench.call("QueryAvatarResource", {})).get("requestId") for _ in range(3)]
    given = [each for each in found if each is not None]
    expect(len(set(given)) == len(given), "another requestId each time, or none", found)


async def header_of_call(bench: AliyunBench) -> None:
    reply = await bench.call("QueryAvatarResource", {})
    names = reply.headers.get("x-acs-request-id"), accepted(reply).get("requestId")
    expect(None in names or names[0] == names[1], "the same id in header and body", names)


async def unknown_path(bench: AliyunBench) -> None:
    for path in (f"{_BASE}/avatar/project/startAvatarSessions", f"{_BASE}/avatar/project", "/", f"{_BASE}x"):
        declined(await bench.call("QueryAvatarResource", {}, path=path))


async def unknown_path_code(bench: AliyunBench) -> None:
    reply = await bench.call("QueryAvatarResource", {}, path=f"{_BASE}/avatar/project/nothing")
    refused(reply, "InvalidApi.NotFound", status=404)


async def case_of_path(bench: AliyunBench) -> None:
    declined(await bench.call("QueryAvatarResource", {}, path=f"{_BASE}/avatar/project/QUERYRESOURCE"))


async def other_methods(bench: AliyunBench) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        declined(await bench.call("QueryAvatarResource", {}, method=method))


def _body(data: bytes) -> Any:
    async def is_refused(bench: AliyunBench) -> None:
        declined(await bench.call("StartAvatarSession", {}, body=data))
        accepted(await bench.call("QueryAvatarResource", {}))

    return is_refused


async def too_large(bench: AliyunBench) -> None:
    given = {"projectId": bench.project_id, "requestId": "x" * _LARGE}
    declined(await bench.call("StartAvatarSession", given))


async def unknown_parameters(bench: AliyunBench) -> None:
    session = await bench.started()
    given = {"projectId": session.project_id, "sessionId": session.id, "nobodyKnows": {"this": [1]}}
    accepted(await bench.call("CheckSession", given))


async def large_ids(bench: AliyunBench) -> None:
    given = {"projectId": 731904618250473472, "requestId": bench.made_up("rq-")}
    declined(await bench.call("StartAvatarSession", given))


async def list_as_json(bench: AliyunBench) -> None:
    reply = await bench.call("ListAvatarProject", {"projectIdList": [bench.project_id]})
    if reply.status == 200:
        found = accepted(reply).get("queryAvatarProjectResultList")
        expect(bool(found), ("the project", "a refusal"), found)
    else:
        declined(reply)


async def no_content_type(bench: AliyunBench) -> None:
    session = await bench.started()
    signed: Signed = bench.signed(
        "CheckSession",
        {"projectId": session.project_id, "sessionId": session.id},
        headers={"content-type": "application/json"},
    )
    accepted(await bench.go(signed, "CheckSession"))


_HTTP: Final = "http.calls."
CASES: Final = (
    *_sunny(),
    *_errors(),
    *_methods(),
    case(_HTTP + "error_ids", "Each refusal has a RequestId of its own.", "ALI-E66", error_ids, "invalid"),
    case(
        _HTTP + "error_names_parameter", "A refusal names the parameter.", "ALI-E66", error_names_parameter, "invalid"
    ),
    case(_HTTP + "ids", "Each reply has a requestId of its own.", "ALI-E117", ids_of_calls),
    case(_HTTP + "id_in_header", "The id of a call is the same in header and body.", "ALI-E117", header_of_call),
    case(_HTTP + "unknown_path", "A path of no operation is refused.", "AW-NO-GUESS ALI-E67", unknown_path, "invalid"),
    case(
        _HTTP + "unknown_path_code",
        "A path of no operation is refused as InvalidApi.NotFound.",
        "ALI-E67",
        unknown_path_code,
        "invalid",
    ),
    case(_HTTP + "letters_of_path", "A path in capitals is of no operation.", "AW-NO-GUESS", case_of_path, "invalid"),
    case(_HTTP + "other_methods", "Methods of no operation are refused.", "ALI-E67", other_methods, "invalid"),
    case(_HTTP + "body_no_json", "A body that is no JSON is refused.", "ALI-R022", _body(b"{"), "invalid"),
    case(_HTTP + "body_list", "A body that is a list is refused.", "ALI-R022", _body(b"[]"), "invalid"),
    case(_HTTP + "body_empty", "A body with nothing in it is refused.", "ALI-R022", _body(b""), "invalid"),
    case(
        _HTTP + "body_no_utf8",
        "A body that is no UTF-8 is refused.",
        "ALI-R022",
        _body(b'{"projectId": "\xff"}'),
        "invalid",
    ),
    case(_HTTP + "body_too_large", "A body of three megabytes is refused.", "AW-LIMITS", too_large, "invalid"),
    case(_HTTP + "unknown_parameters", "Unknown parameters are ignored.", "ALI-E117", unknown_parameters),
    case(_HTTP + "ids_as_numbers", "An id that is a number is refused.", "ALI-R007", large_ids, "invalid"),
    case(_HTTP + "list_as_json", "A list may travel as JSON, or is refused.", "ALI-E68", list_as_json),
    case(_HTTP + "content_type", "The content type may lack a charset.", "ALI-E67", no_content_type),
)
