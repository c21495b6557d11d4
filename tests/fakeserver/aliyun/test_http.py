"""The way of a call, sans sockets: its route, its signature, and what an answer and an error look like."""

from __future__ import annotations

import re
from typing import Any

import pytest

from avatarwire.codecs.aliyun.http import BY_ROUTE
from avatarwire.codecs.aliyun.tokens import decode_claims, parse_websocket_url
from avatarwire.codecs.errors import HttpError, ValidationError
from avatarwire.codecs.operation import decode_http_error
from avatarwire.fakeserver.aliyun import errors as refusals
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from tests.fakeserver.aliyun.client import BASE, KEY_ID, KEY_SECRET, PROJECT, Fake, body, violations
from tests.fakeserver.calls import answered

UUID = re.compile(r"[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}")
QUERY = ("GET", f"{BASE}/avatar/project/queryAvatarProject", f"projectId={PROJECT}")


@pytest.fixture
def fake() -> Fake:
    return Fake()


# --- answers ---


def test_an_answer_says_what_the_journal_needs(fake: Fake) -> None:
    answer = fake.call("StartAvatarSession", projectId=PROJECT, requestId="rq-1")
    fields = body(answer)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/json;charset=utf-8")
    assert UUID.fullmatch(fields["requestId"])
    assert answer.headers["x-acs-request-id"] == fields["requestId"]
    assert (answer.request_message, answer.answer_message) == (
        "StartAvatarSession.request",
        "StartAvatarSession.response",
    )
    assert (answer.session, answer.deviations, answer.violations) == (fields["sessionId"], (), ())
    assert (type(answer.request).__name__, type(answer.answer).__name__) == (
        "StartAvatarSessionRequest",
        "StartAvatarSessionResponse",
    )
    again = fake.call("StartAvatarSession", projectId=PROJECT, requestId="rq-1")
    assert body(again)["requestId"] not in (fields["requestId"], "rq-1")  # the id of the call, not the caller's


def test_an_error_reads_as_the_published_sdk_expects(fake: Fake) -> None:
    answer = fake.call("QueryAvatarProject", projectId="1")
    assert answer.status == 404
    fields = body(answer)
    assert {**fields, "RequestId": ""} == {
        "Code": "InvalidProject.NotFound",
        "Message": "there is no project 1",
        "RequestId": "",
        "HostId": "127.0.0.1:8080",
    }
    assert UUID.fullmatch(fields["RequestId"])
    error = decode_http_error(answer.status, answer.body)
    assert isinstance(error, HttpError)
    assert (error.code, error.reason, error.request_id) == (
        "InvalidProject.NotFound",
        "there is no project 1",
        fields["RequestId"],
    )
    assert (answer.headers["x-acs-request-id"], answer.answer_message) == (
        fields["RequestId"],
        "QueryAvatarProject.response",
    )


def test_every_operation_has_its_route(fake: Fake) -> None:
    routes = {
        ("GET", "/avatar/project/listAvatarProject"): "ListAvatarProject",
        ("GET", "/avatar/project/queryAvatarProject"): "QueryAvatarProject",
        ("POST", "/avatar/project/startAvatarSession"): "StartAvatarSession",
        ("POST", "/avatar/project/stopAvatarSession"): "StopAvatarSession",
        ("GET", "/avatar/project/queryResource"): "QueryAvatarResource",
        ("POST", "/avatar/project/saveAvatarProject"): "SaveAvatarProject",
        ("POST", "/avatar/project/operateProjectAvatar"): "OperateAvatarProject",
        ("GET", "/avatar/project/querySessionInfo"): "QuerySessionInfo",
        ("GET", "/digitalHuman/anchorOpen/listAnchor"): "ListAnchor",
        ("GET", "/digitalHuman/voiceOpen/listVoiceModels"): "ListVoiceModels",
        ("POST", "/avatar/project/checkSession"): "CheckSession",
        ("POST", "/avatar/project/sendTextMsg"): "SendTextMsg",
    }
    for (method, path), action in routes.items():
        assert fake.send(method, BASE + path, action=action).request_message == f"{action}.request"
    assert len(routes) == len(BY_ROUTE)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "InvalidApi.NotFound"),
        ("GET", f"{BASE}/avatar/project/startSession", 404, "InvalidApi.NotFound"),
        ("POST", f"{BASE}/avatar/project/checkSession/", 404, "InvalidApi.NotFound"),
        ("GET", f"{BASE}/avatar/project/checkSession", 400, "UnsupportedHTTPMethod"),
        ("POST", f"{BASE}/avatar/project/queryResource", 400, "UnsupportedHTTPMethod"),
        ("get", f"{BASE}/avatar/project/queryResource", 400, "UnsupportedHTTPMethod"),
    ],
)
def test_other_routes_are_refused(fake: Fake, method: str, path: str, status: int, code: str) -> None:
    answer = fake.send(method, path, action="CheckSession")
    assert (answer.status, body(answer)["Code"], answer.request_message, answer.answer_message) == (
        status,
        code,
        "",
        "",
    )


def test_a_body_that_was_not_read_gets_an_answer_too(fake: Fake) -> None:
    answer = fake.http.too_large(1024)
    assert (answer.status, body(answer)["Code"]) == (413, "RequestBodyTooLarge")
    assert body(answer)["Message"] == "the body is larger than 1024 bytes"


@pytest.mark.parametrize("failure", [KeyError(KEY_SECRET), ValidationError(KEY_SECRET), RecursionError(KEY_SECRET)])
def test_what_goes_wrong_inside_is_answered(fake: Fake, monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def fail(*_: object) -> None:
        raise failure

    monkeypatch.setattr(fake.state.projects, "require", fail)
    answer = fake.call("QueryAvatarProject", projectId=PROJECT)
    assert (answer.status, body(answer)["Code"]) == (500, "InternalError")
    assert re.fullmatch(type(failure).__name__ + r" in .*fail, line \d+", answer.notes["failure"])
    assert KEY_SECRET not in str((answer.body, answer.notes))


def test_codes_and_their_statuses() -> None:
    assert refusals.status_of("SignatureDoesNotMatch") == 400
    assert refusals.status_of("InvalidAccessKeyId.NotFound") == 404
    assert refusals.status_of("MissingProjectId") == 400
    assert refusals.VENDOR_CODES.keys().isdisjoint(refusals.OWN_CODES)


# --- signatures ---


def unsigned(fake: Fake, query: str = f"projectId={PROJECT}", *headers: tuple[str, str]) -> HttpAnswer:
    return answered(
        fake.http, HttpCall("GET", f"{BASE}/avatar/project/queryAvatarProject", query, headers), fake.clock.now()
    )


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"secret": "another"}, 400, "SignatureDoesNotMatch"),
        ({"key_id": "LTAI-nobody"}, 404, "InvalidAccessKeyId.NotFound"),
        ({"date": 1_767_225_600 - 901}, 400, "InvalidTimeStamp.Expired"),
        ({"date": 1_767_225_600 + 901}, 400, "InvalidTimeStamp.Expired"),
        ({"date": 1_767_225_600 - 899}, 200, ""),
    ],
)
def test_signatures_are_checked(fake: Fake, changes: dict[str, Any], status: int, code: str) -> None:
    answer = fake.send(*QUERY, action="QueryAvatarProject", **changes)
    assert (answer.status, body(answer).get("Code", "")) == (status, code)
    if code:
        assert violations(answer) == [("ALI-E67", "Authorization", "error")]
        assert answer.notes["explanation"]


def test_an_unsigned_call_is_refused_unless_told_otherwise(fake: Fake) -> None:
    refused = unsigned(fake)
    assert (refused.status, body(refused)["Code"], "HostId" in body(refused)) == (400, "IncompleteSignature", False)
    assert unsigned(Fake(verify_signatures=False)).status == 200


def test_headers_that_are_no_text_do_no_harm() -> None:
    answer = unsigned(Fake(verify_signatures=False), "projectId=1", ("Host", "\udcff"), ("x-acs-action", "\udcff"))
    assert (answer.status, "HostId" in body(answer)) == (404, False)


def test_a_nonce_can_be_used_once(fake: Fake) -> None:
    assert fake.send(*QUERY, action="QueryAvatarProject", nonce="n-1").status == 200
    answer = fake.send(*QUERY, action="QueryAvatarProject", nonce="n-1")
    assert (answer.status, body(answer)["Code"]) == (400, "SignatureNonceUsed")


def test_a_mismatch_is_explained_without_the_secret(fake: Fake) -> None:
    answer = fake.send(*QUERY, action="QueryAvatarProject", secret=KEY_SECRET + "&")
    assert "the client used its secret with & appended" in body(answer)["Message"]
    assert "our canonical request:" in answer.notes["explanation"]
    assert KEY_SECRET not in str((answer.body, answer.notes, answer.violations))


def test_a_temporary_key_is_let_in_and_noted(fake: Fake) -> None:
    answer = fake.send(*QUERY, action="QueryAvatarProject", security_token="sts-token")
    assert (answer.status, answer.notes) == (200, {"note": "the security token was accepted without a check"})


@pytest.mark.parametrize(
    ("signed", "path"),
    [({"action": "CheckSession"}, "x-acs-action"), ({"version": "2020-01-01"}, "x-acs-version")],
)
def test_the_route_counts_more_than_the_headers(fake: Fake, signed: dict[str, str], path: str) -> None:
    about: dict[str, Any] = {"action": "QueryAvatarProject", **signed}
    answer = fake.send(*QUERY, **about)
    assert (answer.status, answer.request_message) == (200, "QueryAvatarProject.request")
    assert violations(answer) == [("ALI-E67", path, "error")]
    strict = Fake(strict=True).send(*QUERY, **about)
    assert (strict.status, body(strict)["Code"]) == (404, "InvalidApi.NotFound")
    assert path in body(strict)["Message"]


def test_the_token_names_the_callers_account() -> None:
    accounts = [
        {"access_key_id": KEY_ID, "access_key_secret": KEY_SECRET, "main_id": "1"},
        {"access_key_id": "LTAI-second", "access_key_secret": "second", "main_id": "2"},
    ]
    fake = Fake(accounts=accounts, projects=[{"id": "2", "main_id": "2"}])
    start = ("POST", f"{BASE}/avatar/project/startAvatarSession", "", b'{"projectId":"2"}')
    answer = fake.send(*start, action="StartAvatarSession", key_id="LTAI-second", secret="second")
    token = parse_websocket_url(body(answer)["webSocketUrl"]).token
    assert decode_claims(token).aliyun_main_id == "2"
