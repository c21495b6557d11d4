"""Whatever is wrong with a call is a problem document that says what, and changes nothing."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from avatarwire.fakeserver import FakeAliyun
from tests.fakeserver.aliyun.running import start
from tests.fakeserver.control.calls import Caller

V: Final = "/v1/aliyun"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "kind", "key", "told"),
    [
        # names that nobody knows
        ("GET", f"{V}/journal?mesage=x", None, 400, "unknown-name", "mesage", "did you mean message?"),
        ("GET", f"{V}/journal?message=text_drive.respons", None, 400, "unknown-name", "message", "text_drive.response"),
        ("GET", "/v1/state?verbose=1", None, 400, "unknown-name", "verbose", "known are none"),
        ("POST", f"{V}/send", {"mesage": "x"}, 400, "unknown-name", "mesage", "did you mean message?"),
        ("POST", f"{V}/send", {"message": "nope"}, 400, "unknown-name", "message", "none of the id"),
        ("POST", "/v1/clock", {"advanse": 1}, 400, "unknown-name", "advanse", "did you mean advance?"),
        ("POST", f"{V}/faults", {"do": "drop", "mesage": "*"}, 400, "unknown-name", "faults.mesage", "message?"),
        ("POST", f"{V}/faults", {"do": "drop", "message": "x.y"}, 400, "unknown-name", "faults.message", "no message"),
        ("POST", f"{V}/toxics", {"type": "latency", "strem": "x"}, 400, "unknown-name", "toxics.strem", "stream?"),
        # what cannot be read
        ("GET", f"{V}/journal?since=1&since=2", None, 400, "bad-request", "since", "given twice"),
        ("GET", f"{V}/journal?message=%ff", None, 400, "bad-request", "", "percent-encoded"),
        ("POST", "/v1/clock", [1], 400, "bad-request", "", "expected a JSON object"),
        ("POST", f"{V}/commands/recover", "x", 400, "bad-request", "", "expected a JSON object"),
        # what there is not
        ("GET", "/v1/aliyum/sessions", None, 404, "not-found", "vendor", "did you mean aliyun?"),
        ("GET", "/v1/guiji/sessions", None, 404, "not-found", "vendor", "known are aliyun"),
        ("POST", f"{V}/commands/recovr", {}, 404, "not-found", "name", "did you mean recover?"),
        ("POST", f"{V}/commands/recover", {"session": "nobody"}, 404, "not-found", "session", "no session nobody"),
        ("POST", f"{V}/send", {"message": "session.recovering", "session": "x"}, 404, "not-found", "session", "no "),
        ("DELETE", f"{V}/faults/f9", None, 404, "not-found", "id", "known are none"),
        ("DELETE", f"{V}/toxics/x", None, 404, "not-found", "name", "known are none"),
        ("GET", "/v1/stat", None, 404, "not-found", "path", "did you mean /v1/state?"),
        ("GET", "/", None, 404, "not-found", "path", "known are"),
        ("GET", f"{V}/snapshots", None, 404, "not-found", "path", "unknown path"),
        ("GET", f"{V}//sessions", None, 404, "not-found", "path", "unknown path"),
        # other methods
        ("PUT", "/v1/clock", None, 405, "method-not-allowed", "method", "takes GET, POST"),
        ("DELETE", "/v1/state", None, 405, "method-not-allowed", "method", "takes GET"),
        ("PATCH", f"{V}/faults/f1", None, 405, "method-not-allowed", "method", "takes DELETE"),
        ("BREW", "/readyz", None, 400, "bad-request", "", "no HTTP"),
        # values and arguments
        ("GET", f"{V}/journal?since=-1", None, 422, "wrong-value", "since", ">= 0"),
        ("GET", f"{V}/journal?since=x", None, 422, "wrong-value", "since", "Expected `int`"),
        ("GET", f"{V}/journal?wait=nan", None, 422, "wrong-value", "wait", "wait"),
        ("GET", f"{V}/journal?wait=601", None, 422, "wrong-value", "wait", "<= 600"),
        ("GET", f"{V}/journal?direction=up", None, 422, "wrong-value", "direction", "Invalid enum value"),
        ("GET", f"{V}/journal?limit=0", None, 422, "wrong-value", "limit", ">= 1"),
        ("GET", f"{V}/violations?level=bad", None, 422, "wrong-value", "level", "Invalid enum value"),
        ("POST", "/v1/clock", {}, 422, "wrong-value", "advance", "missing"),
        ("POST", "/v1/clock", {"advance": -1}, 422, "wrong-value", "advance", ">= 0"),
        ("POST", "/v1/clock", {"advance": "1"}, 422, "wrong-value", "advance", "Expected `float`"),
        ("POST", "/v1/clock", {"advance": True}, 422, "wrong-value", "advance", "Expected `float`"),
        ("POST", "/v1/clock", {"advance": 1e16}, 422, "wrong-value", "advance", "<="),
        ("POST", f"{V}/send", {}, 422, "wrong-value", "message", "missing"),
        ("POST", f"{V}/send", {"message": 5}, 422, "wrong-value", "message", "Expected `str`"),
        ("POST", f"{V}/send", {"message": "heartbeat.ping"}, 422, "wrong-argument", "message", "by the client"),
        ("POST", f"{V}/send", {"message": "CheckSession.response"}, 422, "wrong-argument", "message", "over HTTP"),
        ("POST", f"{V}/send", {"message": "Layer"}, 422, "wrong-argument", "message", "a part of other messages"),
        ("POST", f"{V}/faults", {}, 422, "wrong-value", "faults.do", "missing"),
        ("POST", f"{V}/faults", {"do": "explode"}, 422, "wrong-value", "faults.do", "expected one of"),
        ("POST", f"{V}/faults", {"do": "delay"}, 422, "wrong-value", "faults.seconds", "needs seconds"),
        ("POST", f"{V}/toxics", {"type": "gas"}, 422, "wrong-value", "toxics.type", "expected one of"),
        ("POST", f"{V}/commands/drop", {}, 422, "wrong-argument", "session", "session is missing"),
        ("POST", f"{V}/commands/drop", {"session": 5}, 422, "wrong-argument", "session", "expected text"),
        ("POST", f"{V}/commands/drop", {"sesion": "x"}, 422, "wrong-argument", "sesion", "did you mean session?"),
        ("POST", f"{V}/commands/drop", {"session": "x", "code": 1}, 422, "wrong-argument", "code", "a close code"),
        (
            "POST",
            f"{V}/commands/drop",
            {"session": "x", "session_id": "x"},
            422,
            "wrong-argument",
            "session",
            "given twice",
        ),
        ("POST", f"{V}/commands/advance", {"seconds": -1}, 422, "wrong-argument", "seconds", ">= 0"),
    ],
)
def test_a_problem_names_what_is_to_blame(
    fake: FakeAliyun,
    caller: Caller,
    method: str,
    path: str,
    body: Any,
    status: int,
    kind: str,
    key: str,
    told: str,
) -> None:
    before, now = fake.journal.mark(), fake.clock.now()
    answer = caller.call(method, path, body)
    assert (answer.status, answer.kind, answer.body.get("key", "")) == (status, kind, key), answer.body
    assert told in answer.body["detail"]
    assert (fake.journal.mark(), fake.clock.now(), len(fake.faults), len(fake.toxics)) == (before, now, 0, 0)


def test_another_method_is_told_which_there_are(caller: Caller) -> None:
    assert caller.call("PUT", "/v1/clock").headers["allow"] == "GET, POST"


def test_a_command_that_cannot_be_carried_out_says_why(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    answer = caller.call("POST", f"{V}/commands/recover", {"session": session.id})
    assert (answer.status, answer.kind) == (422, "wrong-argument")
    assert "no socket is open" in answer.body["detail"]


def test_a_body_of_a_push_that_is_none_says_where(fake: FakeAliyun, caller: Caller) -> None:
    session = start(fake)
    answer = caller.call(
        "POST", f"{V}/send", {"message": "general.message", "body": {"code": "x"}, "session": session.id}
    )
    assert (answer.status, answer.kind, answer.body["key"]) == (422, "wrong-value", "code")


def test_a_real_clock_cannot_be_moved() -> None:
    with FakeAliyun() as fake:
        caller = Caller(fake.control)
        for path, body in (("/v1/clock", {"advance": 1}), (f"{V}/commands/advance", {"seconds": 1})):
            answer = caller.call("POST", path, body)
            assert (answer.status, answer.kind) == (409, "real-clock")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic {token}"},
        {"Authorization": "{token}"},
        {"Authorization": "Bearer {token}x"},
        {"Authorization": "Bearer \u00e9"},
    ],
)
def test_nobody_comes_in_without_the_token(fake: FakeAliyun, headers: dict[str, str]) -> None:
    given = {name: value.format(token=fake.control.token) for name, value in headers.items()}
    caller = Caller(fake.control, {name: value.encode("utf-8").decode("latin-1") for name, value in given.items()})
    for path in ("/v1/state", "/openapi.json", "/nowhere", f"{V}/faults"):
        answer = caller.call("GET", path)
        assert (answer.status, answer.kind) == (401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"
        assert fake.control.token not in json.dumps(answer.body)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_the_scheme_of_the_token_has_any_case(fake: FakeAliyun, scheme: str) -> None:
    caller = Caller(fake.control, {"Authorization": f"{scheme} {fake.control.token}"})
    assert caller.call("GET", "/v1/clock").status == 200


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({"Host": "evil.example"}, "Host"),
        ({"Host": "evil.example:80"}, "Host"),
        ({"Host": "127.0.0.1.evil.example"}, "Host"),
        ({"Host": "10.0.0.1"}, "Host"),
        ({"Host": "user@127.0.0.1"}, "Host"),
        ({"Host": "127.0.0.1:x"}, "Host"),
        ({"Host": "[::1"}, "Host"),
        ({"Host": ""}, "Host"),
        ({"Origin": "http://evil.example"}, "Origin"),
        ({"Origin": "null"}, "Origin"),
        ({"Origin": "http://127.0.0.1:1"}, "Origin"),
        ({"Origin": "http://[::"}, "Origin"),
    ],
)
def test_pages_of_others_stay_outside_even_with_the_token(caller: Caller, headers: dict[str, str], key: str) -> None:
    answer = caller.call("GET", "/v1/state", headers=headers)
    assert (answer.status, answer.kind, answer.body["key"]) == (403, "forbidden", key)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST:1", "[::1]:99", "127.0.0.2"])
def test_names_of_this_machine_are_its_own(caller: Caller, host: str) -> None:
    assert caller.call("GET", "/v1/clock", headers={"Host": host}).status == 200


def test_its_own_origin_is_welcome(fake: FakeAliyun, caller: Caller) -> None:
    assert caller.call("GET", "/v1/clock", headers={"Origin": fake.control.url}).status == 200
