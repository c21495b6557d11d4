"""Alibaba's published Python SDK against the fake: refusals, signatures, connections, other clients."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from alibabacloud_intelligentcreation20240313 import models
from Tea.exceptions import TeaException

from avatarwire.fakeserver.aliyun import FakeAliyun, ProjectFixture
from avatarwire.fakeserver.clock import RealClock, VirtualClock
from tests.fakeserver.aliyun.middleman import Change, Middleman
from tests.fakeserver.aliyun.running import BASE, Serve
from tests.fakeserver.aliyun.sdk_world import KEY_ID, PROJECT, SCENARIO, SECRET, UUID, World, code, sdk, start
from tests.fakeserver.wire import Response, Wire

pytestmark = pytest.mark.usefixtures("no_proxy", "sdk_connections")


def refusal(action: Callable[[], object]) -> tuple[int, str]:
    """Status and code of a call that is refused, as the SDK's exception tells them."""
    with pytest.raises(TeaException) as caught:
        action()
    error: Any = caught.value
    assert UUID.fullmatch(error.request_id)
    assert error.data["RequestId"] == error.request_id
    return error.data["statusCode"], error.code


def query(client: Any, project_id: Any = PROJECT) -> Any:
    return client.query_avatar_project(models.QueryAvatarProjectRequest(project_id=project_id)).body


REFUSED: Final[Mapping[str, tuple[Callable[[World], object], int, str]]] = {
    "wrong secret": (
        lambda world: query(sdk(world.fake, secret="test-secret-0124")),
        400,
        "SignatureDoesNotMatch",
    ),
    "unknown key": (lambda world: query(sdk(world.fake, key_id="LTAI-other")), 404, "InvalidAccessKeyId.NotFound"),
    "missing project in a query": (lambda world: query(world.client, None), 400, "MissingProjectId"),
    "empty project in a query": (lambda world: query(world.client, ""), 400, "MissingProjectId"),
    "unknown project in a query": (lambda world: query(world.client, "1"), 404, "InvalidProject.NotFound"),
    "missing project in a body": (
        lambda world: world.client.start_avatar_session(models.StartAvatarSessionRequest()),
        400,
        "MissingProjectId",
    ),
    "unknown project in a body": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id="1", session_id="s")),
        404,
        "InvalidProject.NotFound",
    ),
    "missing session": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id=PROJECT)),
        400,
        "MissingSessionId",
    ),
    "unknown session": (
        lambda world: world.client.check_session(models.CheckSessionRequest(project_id=PROJECT, session_id="s")),
        404,
        "InvalidSession.NotFound",
    ),
    "text for a stopped session": (
        lambda world: world.client.send_text_msg(
            models.SendTextMsgRequest(
                project_id=PROJECT, session_id=world.session_id, request_id="rq-2", text="hi", type=1
            )
        ),
        400,
        "IncorrectSessionStatus",
    ),
    "a value that is not documented": (
        lambda world: world.client.operate_avatar_project(
            models.OperateAvatarProjectRequest(project_id=PROJECT, operate_type="EXPLODE")
        ),
        400,
        "InvalidParameter.OperateType",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_call_raises_the_sdks_own_exception(world: World, name: str) -> None:
    action, *expected = REFUSED[name]
    world.session_id = start(world.client).session_id
    world.client.stop_avatar_session(models.StopAvatarSessionRequest(project_id=PROJECT, session_id=world.session_id))
    assert refusal(lambda: action(world)) == tuple(expected)


async def test_the_asynchronous_client_gets_errors_too(world: World) -> None:
    with pytest.raises(TeaException) as refused:
        await world.client.query_avatar_project_async(models.QueryAvatarProjectRequest(project_id="1"))
    assert code(refused.value) == "InvalidProject.NotFound"


def test_stopping_an_unknown_session_fails_without_an_exception(world: World) -> None:
    request = models.StopAvatarSessionRequest(project_id=PROJECT, session_id="s")
    assert world.client.stop_avatar_session(request).body.status == "StoppedFail"


def test_too_many_lines_are_refused_in_an_answer_that_succeeds(world: World) -> None:
    request = models.OperateAvatarProjectRequest(
        project_id=PROJECT, operate_type="DEPLOY", res_channel_number=4, res_type="FREE"
    )
    assert world.client.operate_avatar_project(request).body.success is False


@pytest.mark.parametrize("offset", [-901.0, 901.0])
def test_a_clock_that_is_more_than_a_quarter_of_an_hour_off_is_refused(serve: Serve, offset: float) -> None:
    fake = serve(clock=VirtualClock(RealClock().now() + offset), **SCENARIO)
    assert refusal(lambda: query(sdk(fake))) == (400, "InvalidTimeStamp.Expired")


def test_a_clock_that_is_a_little_off_is_accepted(world: World) -> None:
    world.clock.advance(850)
    assert query(world.client).status == "DEPLOYED"


def replaced(old: bytes, new: bytes) -> Change:
    def change(request: bytes) -> bytes:
        assert old in request, request
        return request.replace(old, new, 1)

    return change


def without(header: bytes) -> Change:
    """Takes a header line out, and its name from the list of signed headers."""

    def change(request: bytes) -> bytes:
        head, _, body = request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(header + b":")]
        return b"\r\n".join(lines).replace(header + b";", b"") + b"\r\n\r\n" + body

    return change


TAMPERED: Final[Mapping[str, tuple[Change, str]]] = {
    "the body": (replaced(b'"text":"hello"', b'"text":"jello"'), "SignatureDoesNotMatch"),
    "the path": (replaced(b"/sendTextMsg", b"/checkSession"), "SignatureDoesNotMatch"),
    "a query that was not there": (replaced(b"/sendTextMsg ", b"/sendTextMsg?a=1 "), "SignatureDoesNotMatch"),
    "the verb": (replaced(b"POST ", b"GET "), "UnsupportedHTTPMethod"),
    "the action": (replaced(b"x-acs-action: SendTextMsg", b"x-acs-action: CheckSession"), "SignatureDoesNotMatch"),
    "the version": (replaced(b"x-acs-version: 2024", b"x-acs-version: 2023"), "SignatureDoesNotMatch"),
    "the host": (replaced(b"host: 127.0.0.1", b"host: 127.0.0.2"), "SignatureDoesNotMatch"),
    "a header of the client's choice": (replaced(b"AlibabaCloud (", b"AlibabaCl0ud ("), "SignatureDoesNotMatch"),
    "the signature": (replaced(b",Signature=", b",Signature=0"), "SignatureDoesNotMatch"),
    "the date": (without(b"x-acs-date"), "IncompleteSignature"),
    "the nonce": (without(b"x-acs-signature-nonce"), "IncompleteSignature"),
    "the whole Authorization": (without(b"authorization"), "IncompleteSignature"),
    "host among the signed headers": (replaced(b"host;", b""), "IncompleteSignature"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_after_signing_is_noticed(world: World, what: str) -> None:
    change, expected = TAMPERED[what]
    session_id = start(world.client).session_id
    with Middleman(world.fake.http_url) as between:
        between.change = change
        client = sdk(world.fake, endpoint=between.endpoint)
        request = models.SendTextMsgRequest(
            project_id=PROJECT, session_id=session_id, request_id="rq-2", text="hello", type=2
        )
        assert refusal(lambda: client.send_text_msg(request)) == (400, expected)
        between.change = lambda request: request
        assert client.send_text_msg(request).body.status == "SUCCESS"


def test_a_changed_query_is_noticed_and_the_journal_shows_what_was_expected(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        between.change = replaced(b"projectId=" + PROJECT.encode(), b"projectId=610000000000000002")
        client = sdk(world.fake, endpoint=between.endpoint)
        assert refusal(lambda: query(client)) == (400, "SignatureDoesNotMatch")
        sent = between.requests[0]
    entry = world.fake.journal.entries("QueryAvatarProject.response")[-1]
    explanation = str(entry.meta["explanation"])
    assert "projectId=610000000000000002" in explanation  # our canonical request
    assert "x-acs-date" in explanation
    signature = sent.partition(b"Signature=")[2].partition(b"\r\n")[0].decode()
    assert len(signature) == 64
    assert signature not in explanation
    assert SECRET not in explanation


def test_a_request_that_is_sent_again_is_refused(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        assert query(sdk(world.fake, endpoint=between.endpoint)).status == "DEPLOYED"
        [recorded] = between.requests
    with Wire(world.fake.http_url) as wire:
        wire.send(recorded)
        again = wire.response()
    assert (again.status, again.json["Code"]) == (400, "SignatureNonceUsed")


def test_one_connection_serves_all_calls_of_a_client(world: World) -> None:
    with Middleman(world.fake.http_url) as between:
        client = sdk(world.fake, endpoint=between.endpoint)
        assert [query(client).status for _ in range(3)] == ["DEPLOYED"] * 3
        assert refusal(lambda: query(client, "1"))[0] == 404
        assert query(client).status == "DEPLOYED"
        assert between.connections == 1


@dataclass
class Node:
    """Signs as the vendor's page describes it, by nothing but SHA-256 and HMAC."""

    fake: FakeAliyun
    calls: int = 0

    def head(self, method: str, operation: str, action: str, query: str = "", body: bytes = b"") -> str:
        """The head of a signed request."""
        self.calls += 1
        netloc = urlsplit(self.fake.http_url).netloc
        nonce = hashlib.sha256(f"{action}{self.calls}".encode()).hexdigest()
        signed = {
            "content-type": "application/json; charset=utf-8",
            "host": netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.fromtimestamp(RealClock().now(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": nonce,
            "x-acs-version": "2024-03-13",
        }
        if not body:
            del signed["content-type"]
        names = ";".join(sorted(signed))
        headers = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
        canonical = "\n".join((method, f"{BASE}/{operation}", query, headers, names, signed["x-acs-content-sha256"]))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()
        target = f"{BASE}/{operation}" + (f"?{query}" if query else "")
        lines = [
            f"{method} {target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in signed.items()),
            "user-agent: AlibabaCloud (linux; x64) Node.js/v20 Core/1.0.1 TeaDSL/2",
            "accept: application/json",
            f"Authorization: ACS3-HMAC-SHA256 Credential={KEY_ID},SignedHeaders={names},Signature={signature}",
        ]
        return "\n".join(lines)

    def post(self, wire: Wire, operation: str, action: str, fields: Mapping[str, Any], chunk: int = 7) -> Response:
        """A POST, its body in chunks of a few bytes."""
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
        head = self.head("POST", operation, action, body=body)
        parts = [body[start : start + chunk] for start in range(0, len(body), chunk)]
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
        return wire.request(f"{head}\nConnection: keep-alive\nTransfer-Encoding: chunked", chunks)


def test_chunked_requests_of_another_client_are_understood(world: World) -> None:
    node = Node(world.fake)
    with Wire(world.fake.http_url) as wire:
        started = node.post(
            wire, "startAvatarSession", "StartAvatarSession", {"projectId": PROJECT, "requestId": "rq 一"}
        )
        assert started.status == 200
        session = {"projectId": PROJECT, "sessionId": started.json["sessionId"]}
        checked = node.post(wire, "checkSession", "CheckSession", session, chunk=1)
        assert checked.json["status"] == "FREE"
        stopped = node.post(wire, "stopAvatarSession", "StopAvatarSession", session, chunk=1000)
        assert (stopped.status, stopped.json["status"]) == (200, "Stopped")
    entry = world.fake.journal.entries("StartAvatarSession.request")[0]
    assert entry.raw == '{"projectId":"610000000000000001","requestId":"rq 一"}'.encode()
    assert world.fake.journal.violations() == []


def test_a_space_may_be_written_as_percent_20_and_brackets_may_stay(serve: Serve) -> None:
    fake = serve(**{**SCENARIO, "projects": (ProjectFixture(id="a b*!(c)"),)})
    with Wire(fake.http_url) as wire:
        canonical = "projectId=" + quote("a b*!(c)", safe="")
        head = Node(fake).head("GET", "queryAvatarProject", "QueryAvatarProject", canonical)
        answer = wire.request(head.replace(canonical, "projectId=a%20b*!(c)", 1))
    assert (answer.status, answer.json["projectName"]) == (200, "reception desk")


def test_answers_are_never_compressed(serve: Serve) -> None:
    fake = serve(verify_signatures=False, **SCENARIO)
    with Wire(fake.http_url) as wire:
        answer = wire.request(
            f"GET {BASE}/queryAvatarProject?projectId={PROJECT} HTTP/1.1\nHost: a\nAccept-Encoding: gzip, deflate, br"
        )
    assert (answer.status, answer.json["status"]) == (200, "DEPLOYED")
    assert "content-encoding" not in answer.headers
