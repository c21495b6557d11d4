"""The way of a call: routes, tokens, forms of failures, pages of other origins, questions, and malformed input."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avatarwire.codecs.sensetime.http import OPERATIONS
from avatarwire.conformance.carrying import carried
from avatarwire.fakeserver.effects import HttpCall
from avatarwire.fakeserver.sensetime.errors import FAILURES, Failure
from avatarwire.fakeserver.sensetime.scenario import NlpQuestion
from tests.codecs.strategies import ANY_JSON, disturbed
from tests.fakeserver.calls import answered, settled
from tests.fakeserver.sensetime.client import ROUTES, SCENE, SCRIPT, Fake

QUESTION = {
    "appId": "fake-library",
    "device": "ios",
    "language": "zh",
    "query": "when do you open",
    "session": "c-1",
    "trace": "q-1",
}
PAGE = "https://shop.example"


@pytest.fixture
def fake() -> Fake:
    return Fake()


def envelope(body: bytes) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(body)
    return fields


# --- routes ---


def test_every_operation_of_the_document_is_there(fake: Fake) -> None:
    for operation in OPERATIONS:
        assert ROUTES[operation.id] == (operation.method, operation.path)
        answer = fake.send(operation.id)
        assert (answer.status, answer.request_message) == (200, f"{operation.id}.request")


@pytest.mark.parametrize("path", ["/", "", "/api/2dvh/v1/material/live/channel/create", "/api/2dvh/v1/unheard/of"])
def test_another_path_is_404_with_a_code(fake: Fake, path: str) -> None:
    answer = answered(fake.http, HttpCall("POST", path, "", ()), fake.clock.now())
    told = envelope(answer.body)
    assert (answer.status, told["code"], told["message"][-11:]) == (404, 10404, "[ST-NET-08]")


@pytest.mark.parametrize(("operation", "method"), [("createLive", "GET"), ("queryStat", "POST"), ("login", "PUT")])
def test_another_method_is_405_with_a_code(fake: Fake, operation: str, method: str) -> None:
    answer = answered(fake.http, HttpCall(method, ROUTES[operation][1], "", ()), fake.clock.now())
    told = envelope(answer.body)
    assert (answer.status, told["code"]) == (405, 10405)
    assert f"expected {ROUTES[operation][0]}" in told["message"]


def test_a_body_that_is_too_large_is_413_with_a_code(fake: Fake) -> None:
    answer = fake.http.too_large(1024)
    assert (answer.status, envelope(answer.body)) == (
        413,
        {"code": 10413, "message": "the body is larger than 1024 bytes [ST-E132]"},
    )


def test_what_fails_inside_is_500_with_a_code_and_told_to_the_journal(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr(fake.state.lives, "running", fail)
    answer = fake.send("runningList")
    assert (answer.status, envelope(answer.body)["code"]) == (500, 10500)
    assert b"secret" not in answer.body
    assert answer.notes["failure"].startswith("RuntimeError in ")


def test_every_failure_is_documented() -> None:
    assert set(FAILURES) == set(Failure)


# --- the token (ST-NET-02, ST-E01) ---


@pytest.mark.parametrize(
    "operation", [name for name in ROUTES if name not in ("login", "refresh", "webToken", "nlpReply")]
)
@pytest.mark.parametrize("value", ["", "Bearer", "Bearer nobody", "nobody", "Basic eDp5", "Bearer \udcff"])
def test_a_call_needs_a_valid_token(fake: Fake, operation: str, value: str) -> None:
    code, text = fake.refused(operation, headers={"Authorization": value})
    assert code == 2
    assert text.endswith(("[ST-NET-02]", "[ST-TOK-01]"))


def test_the_word_bearer_may_be_missing_or_written_otherwise(fake: Fake) -> None:
    for value in (fake.token, f"bearer {fake.token}", f"  BEARER   {fake.token} "):
        headers = {"Authorization": value}
        assert fake.ok("runningList", headers=headers) == []
        assert fake.violations("runningList", headers=headers) == [("ST-E01", "authorization", "warning")]


def test_another_header_may_carry_the_token() -> None:
    fake = Fake(token_header="X-Token")
    assert fake.refused("runningList")[0] == 2
    assert fake.ok("runningList", headers={"X-TOKEN": f"Bearer {fake.token}"}) == []


def test_a_wrong_token_may_be_a_bare_401() -> None:
    fake = Fake(token_failure="401")
    for operation in ("runningList", "nlpReply"):
        answer = fake.send(operation, token="nobody")
        assert (answer.status, answer.body) == (401, b"")
    assert fake.refused("historyList", {"pageNo": 0})[0] == 1


# --- forms of failures ---


@pytest.mark.parametrize(("form", "told"), [("omitted", {}), ("null", {"data": None}), ("empty", {"data": {}})])
def test_data_of_failures_is_the_scenarios(form: str, told: dict[str, Any]) -> None:
    fake = Fake(failure_data=form)
    failure = fake.call("queryStat", {"sessionId": "x"})
    assert failure == {"code": 10005, "message": "sessionId: no live x [ST-LIVE-11]", **told}


def test_codes_begin_where_the_scenario_says() -> None:
    assert Fake(code_base=77).call("queryStat", {"sessionId": "x"})["code"] == 82


def test_no_answer_has_what_is_no_unicode(fake: Fake) -> None:
    answer = answered(fake.http, HttpCall("P\udcff", "/api/2dvh/v1/nlp/model/reply", "", ()), fake.clock.now())
    assert envelope(answer.body)["code"] == 10405


def test_an_rtc_token_is_not_kept_in_the_journal(fake: Fake) -> None:
    made = fake.create()
    answer = fake.send("rtcAudienceToken", {"sessionId": made["sessionId"], "rtcChannelId": made["rtcChannelId"]})
    token = envelope(answer.body)["data"]
    assert answer.secrets == (token,)


# --- questions (ST-NET-07, ST-NLP-08, ST-E70, ST-E72) ---


def flat(answer: str = "", error: str = "", **changes: str) -> dict[str, str]:
    """The answer to `QUESTION`."""
    told = {"device_id": "ios", "language": "zh", "query": QUESTION["query"], "session": "c-1", "trace": "q-1"}
    return {"answer": answer, **told, "error_message": error, **changes}


def test_a_library_answers(fake: Fake) -> None:
    assert fake.call("nlpReply", QUESTION) == flat("We open at nine o'clock every day.")
    assert fake.call("nlpReply", {**QUESTION, "query": "几点开门"})["answer"]
    assert fake.call("nlpReply", {**QUESTION, "query": "why?"}) == flat(query="why?")
    told = fake.call("nlpReply", {**QUESTION, "appId": "x"})
    assert told == flat(error="appId: no library x [ST-E70]")


@pytest.mark.parametrize(
    ("changes", "clause"),
    [
        ({"appId": 7}, "ST-NLP-01"),
        ({"device": "tv"}, "ST-NLP-02"),
        ({"language": "en"}, "ST-NLP-03"),
        ({"session": "a b"}, "ST-NLP-04"),
        ({"trace": "ü"}, "ST-NLP-04"),
    ],
)
def test_questions_that_cannot_be_asked_are_answered_flat(fake: Fake, changes: dict[str, Any], clause: str) -> None:
    told = fake.call("nlpReply", {**QUESTION, **changes})
    assert told["error_message"].endswith(f"[{clause}]")
    assert set(told) == set(flat())
    assert told["answer"] == ""


def test_a_question_without_a_token_or_without_json_is_answered_flat(fake: Fake) -> None:
    assert fake.call("nlpReply", QUESTION, token="x")["error_message"].endswith("[ST-TOK-01]")
    told = fake.call("nlpReply", raw=b"{")
    assert told["error_message"].startswith("the JSON text ends too early (byte 1)")
    assert told["device_id"] == ""


def test_a_function_may_answer() -> None:
    asked: list[NlpQuestion] = []

    def answer(question: NlpQuestion) -> str | None:
        asked.append(question)
        return None if question.query == "why?" else f"{question.app_id}: {question.query}"

    fake = Fake(nlp_answer=answer)
    assert fake.call("nlpReply", {**QUESTION, "appId": "any"}) == flat("any: when do you open")
    assert fake.call("nlpReply", {**QUESTION, "query": "why?"}) == flat(query="why?")
    assert asked[0] == NlpQuestion("when do you open", "any", "c-1", "q-1", "ios")


def test_a_function_that_fails_is_told_without_its_words() -> None:
    def fails(_: NlpQuestion) -> str:
        raise RuntimeError("secret")

    told = Fake(nlp_answer=fails).call("nlpReply", QUESTION)["error_message"]
    assert told.startswith("the function that answers failed: RuntimeError in ")
    assert "secret" not in told


def test_a_function_that_gives_no_text_is_told_so() -> None:
    def counts(question: NlpQuestion) -> int:
        return len(question.query)

    wrong = Fake(nlp_answer=counts).call("nlpReply", QUESTION)
    assert wrong["error_message"] == "the function that answers gave int, expected a text or None"


async def test_a_function_may_take_its_time() -> None:
    async def answer(question: NlpQuestion) -> str:
        await asyncio.sleep(0)
        if question.query == "why?":
            raise RuntimeError("secret")
        return "soon"

    fake = Fake(nlp_answer=answer)
    for query, told in (("when", "soon"), ("why?", "")):
        given_answer = await settled(fake.waiting("nlpReply", {**QUESTION, "query": query}))
        assert envelope(given_answer.body)["answer"] == told
        assert given_answer.answer_message == "nlpReply.response"


async def test_an_answer_that_cannot_be_written_is_500() -> None:
    async def answer(_: NlpQuestion) -> str:
        return "\ud800"

    told = await settled(Fake(nlp_answer=answer).waiting("nlpReply", QUESTION))
    assert (told.status, envelope(told.body)["error_message"]) == (
        500,
        "the fake server failed; its journal says where",
    )


# --- pages of other origins (ST-TOK-08, ST-TOK-09) ---


def preflight(fake: Fake, operation: str, origin: str) -> tuple[int, dict[str, str]]:
    headers = (("Origin", origin), ("Access-Control-Request-Method", "POST"), ("Host", "127.0.0.1:80"))
    answer = answered(fake.http, HttpCall("OPTIONS", ROUTES[operation][1], "", headers), fake.clock.now())
    return answer.status, dict(answer.headers)


def test_pages_of_listed_origins_may_call() -> None:
    fake = Fake(cors_origins=(PAGE,))
    status, told = preflight(fake, "createLive", PAGE)
    assert (status, told["access-control-allow-origin"], told["access-control-allow-methods"]) == (204, PAGE, "POST")
    assert told["access-control-allow-headers"] == "Authorization, Content-Type"
    answer = fake.send("runningList", headers={"Origin": PAGE})
    assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (PAGE, "Origin")
    failure = fake.send("queryStat", {"sessionId": "x"}, headers={"Origin": PAGE})
    assert failure.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-origin" not in fake.send("runningList").headers
    assert fake.ok("webToken", headers={"Origin": PAGE})["accessToken"]


def test_all_origins_may_be_listed() -> None:
    fake = Fake(cors_origins=("*",))
    for origin in (PAGE, "null"):
        assert preflight(fake, "createLive", origin)[1]["access-control-allow-origin"] == origin


def test_pages_of_other_origins_get_no_leave(fake: Fake) -> None:
    status, told = preflight(fake, "createLive", PAGE)
    assert (status, "access-control-allow-origin" in told) == (200, False)
    answer = fake.send("runningList", headers={"Origin": PAGE})
    assert (answer.status, "access-control-allow-origin" in answer.headers) == (200, False)
    assert [(it.clause, it.path, it.level) for it in answer.violations] == [("ST-TOK-09", "origin", "warning")]
    assert fake.refused("webToken", headers={"Origin": PAGE})[0] == 8


def test_pages_of_the_server_itself_are_at_home(fake: Fake) -> None:
    home = {"Origin": "http://127.0.0.1:8080", "Host": "127.0.0.1:8080"}
    assert fake.violations("runningList", headers=home) == []
    assert fake.ok("webToken", headers=home)["accessToken"]


def test_no_page_refreshes_tokens() -> None:
    fake = Fake(cors_origins=("*",))
    assert "access-control-allow-origin" not in preflight(fake, "refresh", PAGE)[1]
    fields = {"appId": "fake-app-id", "grantType": "refreshToken"}
    code, text = fake.refused("refresh", fields, headers={"Origin": PAGE})
    assert (code, text) == (8, "origin: tokens are refreshed by servers, not by pages [ST-TOK-08]")


# --- malformed input: never anything but a coded answer ---


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"7",
        b'"x"',
        b"\xff\xfe",
        b"\x00",
        b'{"sessionId":',
        b"[" * 2000,
        b'{"a":1}{',
        b"\xef\xbb\xbf{}",
    ],
)
@pytest.mark.parametrize(
    "operation", [name for name, (method, _) in ROUTES.items() if method == "POST" and name != "nlpReply"]
)
def test_bodies_that_are_no_request(fake: Fake, operation: str, raw: bytes) -> None:
    told = fake.call(operation, raw=raw, headers={"Authorization": f"Bearer {fake.token}"})
    assert isinstance(told["code"], int)
    assert told["code"] != 0 or operation == "historyList"
    assert told["message"]


@pytest.mark.parametrize("query", ["", "sessionId", "sessionId=", "%ff=1", "sessionId=%ff", "a&" * 200, "sessionid=x"])
def test_queries_that_are_no_request(fake: Fake, query: str) -> None:
    headers = (("Authorization", f"Bearer {fake.token}"),)
    answer = answered(fake.http, HttpCall("GET", ROUTES["queryStat"][1], query, headers), fake.clock.now())
    assert (answer.status, envelope(answer.body)["code"]) == (200, 10001)


FAKES = {strict: Fake(strict=strict, heartbeat_seconds=None) for strict in (False, True)}
SESSIONS = {strict: fake.started() for strict, fake in FAKES.items()}
"""A live in progress, if the call before has not closed it."""

REQUESTS = st.sampled_from(OPERATIONS).flatmap(
    lambda operation: st.tuples(
        st.just(operation.id), carried("sensetime", f"{operation.id}.request").values().flatmap(disturbed)
    )
)


SCRIPTS = st.recursive(
    ANY_JSON, lambda inner: st.fixed_dictionaries({}, optional=dict.fromkeys([*SCRIPT, *SCENE], inner)), max_leaves=4
)


@settings(deadline=None)
@given(asked=REQUESTS, strict=st.booleans())
def test_whatever_is_asked_is_answered_with_a_code(asked: tuple[str, dict[str, Any]], *, strict: bool) -> None:
    operation, fields = asked
    fake = FAKES[strict]
    if "sessionId" in fields and isinstance(fields["sessionId"], str):
        fields["sessionId"] = SESSIONS[strict]
    answer = fake.send(operation, fields)
    told = envelope(answer.body)
    assert answer.status == 200
    assert isinstance(told["error_message"] if operation == "nlpReply" else told["code"], str | int)


@settings(deadline=None)
@given(script=SCRIPTS)
def test_whatever_the_script_it_is_answered_with_a_code(script: Any) -> None:
    told = FAKES[False].call("createLive", {"param": json.dumps(script)})
    assert told["code"] in (0, 10001), told
