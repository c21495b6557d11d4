"""The way of a call, sans sockets: its route, its token, and what an answer and a failure look like."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from avatarwire.codecs.guiji.http import BY_ROUTE, OPERATIONS
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.scenario import ScenarioError
from tests.fakeserver.calls import answered

from .client import API, TOKEN_PATH, Client, clauses, data, fields, refusal

ROOMS = f"{API}/liveInfo/queryByPage"


@pytest.fixture
def client() -> Client:
    return Client()


def code(answer: HttpAnswer) -> int:
    return refusal(answer)[0]


# --- answers ---


def test_an_answer_says_what_the_journal_needs(client: Client) -> None:
    room = client.create()
    answer = client.post("/live/createLiveSession", liveId=room)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json;charset=utf-8")
    assert (answer.request_message, answer.answer_message) == (
        "createLiveSession.request",
        "createLiveSession.response",
    )
    assert (answer.session, answer.deviations, answer.violations) == (data(answer)["sessionId"], (), ())
    assert (type(answer.request).__name__, type(answer.answer).__name__) == ("CreateLiveSessionRequest", "SessionVo")
    asked = client.get("/live/getPath", liveId=room, sessionId=answer.session, duration=1)
    assert (asked.session, asked.answer_message) == (answer.session, "getPullPath.response")


def test_a_success_looks_like_the_samples(client: Client) -> None:
    answer = client.get("/speaker/customizedList")
    assert answer.body.startswith('{"code":200,"msg":"处理成功","success":true,"data":['.encode())


def test_a_failure_has_a_code_and_a_text_and_no_data(client: Client) -> None:
    answer = client.get("/liveInfo/query", id=7)
    assert (answer.status, answer.body) == (200, b'{"code":500,"msg":"id: no live room 7 [GJ-R044]","success":false}')
    assert answer.answer_message == "queryLive.response"
    assert answer.request_message == "queryLive.request"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.id)
def test_every_operation_has_its_route(client: Client, operation: Any) -> None:
    answer = client.send(operation.method, operation.path)
    assert answer.request_message == f"{operation.id}.request"
    assert answer.status == 200
    assert "failure" not in answer.notes
    assert len(client.http._rules.handlers) == len(BY_ROUTE)  # pyright: ignore[reportPrivateUsage]


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/", 404, "no operation has the path '/' [GJ-E10]"),
        ("POST", f"{API}/liveInfo/delete", 404, "no operation has the path '/live-manager/openApi/liveInfo/delete'"),
        ("GET", f"{API}/liveInfo/query/", 404, "no operation has the path"),
        ("POST", ROOMS, 405, "'POST' is not supported here, expected GET [GJ-E10]"),
        ("get", ROOMS, 405, "'get' is not supported here, expected GET [GJ-E10]"),
        ("GET", TOKEN_PATH, 405, "'GET' is not supported here, expected POST [GJ-E10]"),
    ],
)
def test_other_routes_are_refused(client: Client, method: str, path: str, status: int, text: str) -> None:
    answer = client.send(method, path)
    assert (answer.status, answer.request_message, answer.answer_message) == (status, "", "")
    told = refusal(answer)
    assert told[0] == 500
    assert told[1].startswith(text)


def test_a_body_that_is_too_large_is_told(client: Client) -> None:
    answer = client.http.too_large(10)
    assert (answer.status, refusal(answer)) == (413, (500, "the body is larger than 10 bytes"))


def test_what_goes_wrong_inside_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("oops")

    monkeypatch.setattr(client.state.rooms, "of", fail)
    answer = client.get("/liveInfo/queryByPage")
    assert (answer.status, code(answer)) == (500, 500)
    assert "RuntimeError" in answer.notes["failure"]


def test_a_text_that_no_answer_could_hold_is_told_all_the_same(client: Client) -> None:
    answer = client.send("GET", f"{API}/\udcff")
    assert (answer.status, code(answer)) == (404, 500)


# --- tokens ---


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"token": ""},
        {"token": "   "},
        {"authorization": "Basic abc"},
        {"Authorization": "Bearer "},
        {"x-token": "{}"},
    ],
)
def test_a_call_without_a_token_is_refused(client: Client, headers: Mapping[str, str]) -> None:
    answer = client.send("GET", ROOMS, headers={"source": "sdk", **headers})
    assert refusal(answer) == (100501, "the token is missing [GJ-R009]")
    assert clauses(answer) == ["GJ-R003"]
    assert answer.status == 200


@pytest.mark.parametrize("header", ["token", "Token", "TOKEN"])
def test_the_header_is_found_in_any_case(client: Client, header: str) -> None:
    data(client.send("GET", ROOMS, headers={"SOURCE": "sdk", header: client.token}))


@pytest.mark.parametrize("word", ["Bearer", "bearer", "BEARER"])
def test_a_bearer_is_let_in_unless_it_must_not(client: Client, word: str) -> None:
    headers = {"source": "sdk", "Authorization": f"{word} {client.token}"}
    data(client.send("GET", ROOMS, headers=headers))
    assert code(client.send("GET", ROOMS, headers={**headers, "token": "other"})) == 100502
    strict = Client(bearer=False)
    assert code(strict.send("GET", ROOMS, headers={**headers, "Authorization": f"{word} {strict.token}"})) == 100501


def test_the_header_may_have_other_names() -> None:
    client = Client(token_headers=("X-Token", "accessToken"))
    for name in ("x-token", "AccessToken"):
        data(client.send("GET", ROOMS, headers={"source": "sdk", name: client.token}))
    assert code(client.send("GET", ROOMS)) == 100501


def test_a_token_that_is_unknown_or_over_is_refused(client: Client) -> None:
    answer = client.send("GET", ROOMS, headers={"source": "sdk", "token": "0" * 128})
    assert refusal(answer) == (100502, "the token is unknown or no longer valid [GJ-R010]")
    client.clock.advance(3600)
    assert code(client.send("GET", ROOMS)) == 100502
    client.token = client.new_token()
    data(client.send("GET", ROOMS))


def test_a_token_that_was_refused_and_is_used_again_breaks_a_rule(client: Client) -> None:
    """GJ-R014: after 100502 a client gets a new token."""
    headers = {"source": "sdk", "token": "0" * 128}
    first, second = (client.send("GET", ROOMS, headers=headers) for _ in range(2))
    assert first.violations == ()
    assert [(found.clause, found.path, found.level) for found in second.violations] == [("GJ-R014", "token", "error")]
    # What was never refused is none.
    assert client.send("GET", ROOMS).violations == ()


def test_every_call_that_passes_makes_the_token_live_anew(client: Client) -> None:
    for _ in range(3):
        client.clock.advance(3599)
        client.get("/liveInfo/query", id=7)
    client.clock.advance(3600)
    assert code(client.get("/liveInfo/query", id=7)) == 100502


@pytest.mark.parametrize(
    ("path", "query", "headers"),
    [
        ("/liveInfo/query", "id=7", {"source": "web"}),
        ("/liveInfo/query", "id=x", {"source": "sdk"}),
        ("/liveInfo/delete", "id=7", {"source": "sdk"}),
    ],
)
def test_a_call_that_is_refused_does_not(client: Client, path: str, query: str, headers: Mapping[str, str]) -> None:
    client.clock.advance(3599)
    code(client.send("GET", API + path, headers={"token": client.token, **headers}, query=query))
    client.clock.advance(1)
    assert code(client.send("GET", ROOMS)) == 100502


def test_token_errors_may_have_a_status_of_their_own() -> None:
    client = Client(token_error_status=401)
    assert client.send("GET", ROOMS, headers={"source": "sdk"}).status == 401
    assert client.send("GET", ROOMS, headers={"source": "sdk", "token": "x"}).status == 401
    wrong = client.send("POST", TOKEN_PATH, {"appId": "app-1", "appSecret": "no"}, {})
    assert (wrong.status, code(wrong)) == (200, 100503)


def test_the_token_is_looked_at_before_anything_else(client: Client) -> None:
    assert code(client.send("POST", f"{API}/liveInfo/create", b"{", {})) == 100501


# --- the header source ---


@pytest.mark.parametrize(("path", "clause"), [("/liveInfo/queryByPage", "GJ-R004"), ("/live/getPath", "GJ-R005")])
def test_the_source_is_asked_of_every_call(client: Client, path: str, clause: str) -> None:
    answer = client.send("GET", API + path, headers={"token": client.token})
    assert refusal(answer) == (500, f"source: the header is missing, expected sdk [{clause}]")
    assert clauses(answer) == [clause]
    other = client.send("GET", API + path, headers={"token": client.token, "source": "web"})
    assert refusal(other) == (500, f"source: got 'web', expected sdk [{clause}]")


def test_but_not_of_the_call_for_a_token(client: Client) -> None:
    answer = client.send("POST", TOKEN_PATH, {"appId": "app-1", "appSecret": "secret-1"}, {})
    assert data(answer)["expirationTime"] == 3600
    assert answer.violations == ()


# --- content type ---


def test_a_body_says_that_it_is_json(client: Client) -> None:
    headers = {"token": client.token, "source": "sdk", "Content-Type": "text/plain"}
    body = {"cutinFlag": True, "liveName": "x"}
    answer = client.send("POST", f"{API}/liveInfo/create", body, headers)
    assert data(answer)
    assert clauses(answer) == ["GJ-R023"]
    strict = Client(strict=True)
    refused = strict.send("POST", f"{API}/liveInfo/create", body, {**headers, "token": strict.token})
    assert refusal(refused) == (500, "content-type: got 'text/plain', expected application/json [GJ-R023]")
    right = {**headers, "token": strict.token, "Content-Type": "Application/JSON; charset=utf-8"}
    assert data(strict.send("POST", f"{API}/liveInfo/create", body, right))


def test_answers_do_not_depend_on_how_a_header_is_repeated(client: Client) -> None:
    headers = (("token", "x"), ("token", client.token), ("source", "sdk"))
    assert fields(answered(client.http, HttpCall("GET", ROOMS, "", headers), client.clock.now()))["code"] == 200


# --- the scenario ---


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accounts": [{"app_id": "a", "app_secret": "s"}] * 2}, r"guiji\.accounts\[1\]\.app_id: listed twice"),
        (
            {"accounts": [{"app_id": "a", "app_secret": "s", "end_time": "2026-02-30 00:00:00"}]},
            r"guiji\.accounts\[0\]\.end_time: not a time of the calendar",
        ),
        ({"rooms": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}, r"guiji\.rooms\[1\]\.id: listed twice"),
        ({"rooms": [{"id": 1, "name": "a", "robots": ["x"]}]}, r"guiji\.rooms\[0\]\.robots: no presenter .* code x"),
    ],
)
def test_what_does_not_fit_together_is_told_at_the_start(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        Client(**changes)
