"""Cases about every HTTP operation alike (2.2, 2.3, and the tables of chapter 3).

A right call succeeds and is answered as declared, one without a right token or without ``source`` is refused, and so is
one that breaks a rule of its parameters. What operations do is judged in the modules of their sections.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast
from urllib.parse import urlencode

from avatarwire.codecs import catalogue
from avatarwire.codecs.errors import CodecError

from ...engine.bench import expect
from ...engine.case import Case, Differs
from ...engine.derived import Breakage, cases_of
from ..bench import GuijiBench, accepted, refused
from .needs import INVALID
from .samples import OPERATIONS, real

__all__ = ["CASES"]

VENDOR: Final = "guiji"

Run = Callable[[GuijiBench], Awaitable[None]]

_STATED: Final = {
    "getAccessToken": "GJ-R007",
    "createLive": "GJ-R025",
    "updateLive": "GJ-R034",
    "queryLive": "GJ-R035",
    "uploadMaterial": "GJ-R052",
    "synthesizeAndChangeVoice": "GJ-R059",
    "queryMaterialCategories": "GJ-R060",
    "getPullPath": "GJ-R071",
    "createLiveSession": "GJ-R065",
    "listCustomizedSpeakers": "GJ-R043",
    "listPlatformRobots": "GJ-R038",
    "listCustomizedRobots": "GJ-R038",
}
"""The rule that says what an operation gives; for pages it is GJ-R041."""


def _declared(operation: str) -> Run:
    async def run(bench: GuijiBench) -> None:
        parameters = await real(bench, operation)
        token = "" if operation == "getAccessToken" else None
        reply = await bench.call(operation, parameters, token=token)
        accepted(reply)
        try:
            catalogue.vendor(VENDOR).decode(f"{operation}.response", reply.body, strict=True)
        except CodecError as error:
            raise Differs("an answer as its table says", f"{error}: {reply}") from None

    return run


def _without_token(operation: str) -> Run:
    async def run(bench: GuijiBench) -> None:
        parameters = _sample(operation)
        refused(await bench.call(operation, parameters, token=""), 100501)
        refused(await bench.call(operation, parameters, token="", headers={"token": ""}), 100501)

    return run


def _wrong_token(operation: str) -> Run:
    async def run(bench: GuijiBench) -> None:
        refused(await bench.call(operation, _sample(operation), token=bench.made_up("no token ")), 100502)

    return run


def _without_source(operation: str) -> Run:
    async def run(bench: GuijiBench) -> None:
        parameters = _sample(operation)
        for source in (None, "web"):
            refused(await bench.call(operation, parameters, headers={"source": source}))

    return run


def _sample(operation: str) -> dict[str, Any]:
    return OPERATIONS[operation]


def _broken(operation: str) -> list[Case[GuijiBench]]:
    async def run(bench: GuijiBench, broken: Breakage) -> None:
        parameters = broken.change(await real(bench, operation))
        token = "" if operation == "getAccessToken" else None
        refused(await bench.call(operation, parameters, token=token))

    known = catalogue.vendor(VENDOR).operations[operation]

    def encode(sample: Any) -> bytes:
        if known.parameters_in != "query":
            return json.dumps(sample).encode()
        if not isinstance(sample, dict):
            raise TypeError("a query has names and values")
        sample = cast("dict[str, Any]", sample)
        texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in sample.items()}
        return urlencode(texts).encode()

    return cases_of(
        VENDOR,
        f"guiji.http.{operation}",
        f"{operation}.request",
        _sample(operation),
        encode,
        run,
        title=f"{operation} with {{text}} is refused.",
    )


async def other_content_type(bench: GuijiBench) -> None:
    given = {"cutinFlag": True, "liveName": bench.made_up("room ")}
    headers = {"content-type": "application/json; charset=UTF-8"}
    accepted(await bench.call("createLive", given, headers=headers))


async def not_json(bench: GuijiBench) -> None:
    for body in (b"{", b"liveName=a", b"[1]", b'"text"', b"7", b"null", b"", b"\xff\xfe", b'{"cutinFlag":true,}'):
        refused(await bench.call("createLive", body=body))
    await bench.room()


async def unknown_members(bench: GuijiBench) -> None:
    expect(await bench.room(xUnknown={"of": "nobody"}) > 0, "the id of a room", "none")


async def unknown_path(bench: GuijiBench) -> None:
    headers = {"token": await bench.token(), "source": "sdk", "content-type": "application/json"}
    for path in ("/live-manager/openApi/liveInfo/delete", "/live-manager/openApi/nothing", "/"):
        reply = await bench.exchange("POST", bench.endpoint.url + path, headers, b"{}")
        expect(reply.status in range(400, 500) or reply.json.get("code") != 200, "a refusal", reply)


async def other_method(bench: GuijiBench) -> None:
    for operation, method in (("createLive", "GET"), ("queryLive", "POST"), ("createLive", "DELETE")):
        reply = await bench.call(operation, _sample(operation), method=method)
        expect(reply.status in range(400, 500) or reply.json.get("code") != 200, "a refusal", reply)


async def envelope(bench: GuijiBench) -> None:
    replies = [await bench.call("queryLivePage"), await bench.call("queryLivePage", token=bench.made_up("none"))]
    for reply in replies:
        fields = reply.json
        expect("code" in fields, "a JSON object with code", reply)
        expect(isinstance(fields.get("msg", fields.get("message", "")), str), "msg, a text", reply)


async def code_is_integer(bench: GuijiBench) -> None:
    for reply in (await bench.call("queryLivePage"), await bench.call("queryLive", {"id": 1}, token="")):
        expect(type(reply.json.get("code")) is int, "code, an integer", reply)


async def text_is_msg(bench: GuijiBench) -> None:
    for reply in (await bench.call("queryLivePage"), await bench.call("queryLive", {"id": 1}, token="")):
        expect(isinstance(reply.json.get("msg"), str), "msg, a text", reply)


async def success_is_boolean(bench: GuijiBench) -> None:
    good, bad = await bench.call("queryLivePage"), await bench.call("queryLive", {"id": 1}, token="")
    expect(good.json.get("success") is True, "success true", good)
    expect(bad.json.get("success") is False, "success false", bad)


async def failure_without_data(bench: GuijiBench) -> None:
    for reply in (
        await bench.call("queryLive", {"id": 1}, token=""),
        await bench.call("queryLive", {"id": 999_999_999}),
    ):
        expect(reply.json.get("data") is None, "no data", reply)


async def failure_status(bench: GuijiBench) -> None:
    for reply in (
        await bench.call("queryLive", {"id": 1}, token=""),
        await bench.call("queryLive", {"id": 999_999_999}),
    ):
        expect(reply.status == 200, "status 200", reply)


async def large_body(bench: GuijiBench) -> None:
    body = b'{"cutinFlag":true,"liveName":"' + b"x" * 3_000_000 + b'"}'
    reply = await bench.call("createLive", body=body)
    expect(reply.status in (200, 413) and bool(reply.json), "an answer in the form of the vendor", reply.status)
    await bench.room()


def _cases() -> list[Case[GuijiBench]]:
    found: list[Case[GuijiBench]] = []
    for operation in OPERATIONS:
        place = f"guiji.http.{operation}"
        stated = _STATED.get(operation, "GJ-R041")
        found.append(
            Case(f"{place}.as_declared", f"{operation} is answered as its table says.", (stated,), _declared(operation))
        )
        found += _broken(operation)
        if operation == "getAccessToken":
            continue
        found += (
            Case(
                f"{place}.no_token",
                f"{operation} without a token is answered with 100501.",
                ("GJ-R009", "GJ-R003"),
                _without_token(operation),
                needs=INVALID,
            ),
            Case(
                f"{place}.wrong_token",
                f"{operation} with a token that was never issued is answered with 100502.",
                ("GJ-R010",),
                _wrong_token(operation),
                needs=INVALID,
            ),
            Case(
                f"{place}.no_source",
                f"{operation} without the header source, or with another value than sdk, is refused.",
                ("GJ-R005",) if operation in ("getPullPath", "createLiveSession") else ("GJ-R004",),
                _without_source(operation),
                "should" if operation in ("getPullPath", "createLiveSession") else "must",
                needs=INVALID,
            ),
        )
    return found


CASES: Final = (
    Case("guiji.http.envelope.members", "Every answer is an object with a code.", ("GJ-R016",), envelope),
    Case("guiji.http.envelope.code_integer", "code is an integer.", ("GJ-E11",), code_is_integer, "ambiguous"),
    Case("guiji.http.envelope.text_msg", "The text of an answer is msg.", ("GJ-E12",), text_is_msg, "ambiguous"),
    Case("guiji.http.envelope.success", "success is true or false.", ("GJ-E13",), success_is_boolean, "ambiguous"),
    Case(
        "guiji.http.envelope.failure_no_data", "A failure has no data.", ("GJ-E09",), failure_without_data, "ambiguous"
    ),
    Case(
        "guiji.http.envelope.failure_status",
        "A failure comes with HTTP status 200.",
        ("GJ-E10",),
        failure_status,
        "ambiguous",
    ),
    Case("guiji.http.form.charset", "JSON may come with a charset.", ("GJ-R023",), other_content_type),
    Case("guiji.http.form.not_json", "What is no JSON object is refused.", ("GJ-R017",), not_json, needs=INVALID),
    Case(
        "guiji.http.form.unknown_members",
        "Members that nobody knows change nothing.",
        ("GJ-R022",),
        unknown_members,
        "should",
        needs=INVALID,
    ),
    Case(
        "guiji.http.form.unknown_path",
        "A path that is not documented is refused.",
        ("AW-NO-GUESS",),
        unknown_path,
        "ambiguous",
        needs=INVALID,
    ),
    Case(
        "guiji.http.form.other_method",
        "Another HTTP method than the documented one is refused.",
        ("GJ-R023",),
        other_method,
        needs=INVALID,
    ),
    Case(
        "guiji.http.form.large_body",
        "A body of three megabytes is answered, and the next call, too.",
        ("AW-LIMITS",),
        large_body,
        "ambiguous",
        needs=INVALID,
    ),
    *_cases(),
)
