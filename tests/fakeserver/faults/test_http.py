"""Faults on HTTP, seen by a client of the standard library."""

from __future__ import annotations

import http.client
import json

import pytest

from avatarwire.fakeserver import FakeGuiji, FakeSenseTime
from tests.fakeserver.aliyun.running import BASE, LIMIT, start
from tests.fakeserver.aliyun.socket_talk import Talk
from tests.fakeserver.faults.calls import call
from tests.fakeserver.guiji.running import Http

START = "StartAvatarSession"


def sessions(talk: Talk) -> int:
    state = talk.fake.state
    return len(state.sessions.of(state.projects.require(talk.fake.project_id, "1602000000000001")))


def test_out_drop_closes_without_a_byte_and_the_session_is_started(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.response", do="drop", times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        call(talk)
    assert sessions(talk) == 1
    # The same request id gives the same session again.
    assert call(talk).status == 200
    assert sessions(talk) == 1


def test_in_drop_changes_nothing(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.request", direction="in", do="drop")
    with pytest.raises(http.client.RemoteDisconnected):
        call(talk)
    assert sessions(talk) == 0


@pytest.mark.parametrize(("do", "kind"), [("reset", ConnectionResetError), ("close", ConnectionError)])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_connections_end_in_the_place_of_an_answer(talk: Talk, do: str, kind: type[Exception], direction: str) -> None:
    name = "request" if direction == "in" else "response"
    talk.fake.faults.add(message=f"{START}.{name}", direction=direction, do=do)
    with pytest.raises(kind):
        call(talk)
    assert sessions(talk) == (0 if direction == "in" else 1)


@pytest.mark.parametrize(("direction", "name"), [("in", "request"), ("out", "response")])
def test_hang_is_never_answered(talk: Talk, direction: str, name: str) -> None:
    talk.fake.faults.add(message=f"{START}.{name}", direction=direction, do="hang", times=1)
    with pytest.raises(TimeoutError):
        call(talk, timeout=0.2)
    assert call(talk).status == 200


@pytest.mark.parametrize(("direction", "name"), [("in", "request"), ("out", "response")])
def test_delay_is_on_the_fakes_clock(talk: Talk, direction: str, name: str) -> None:
    talk.fake.faults.add(message=f"{START}.{name}", direction=direction, do="delay", seconds=30)
    connection = http.client.HTTPConnection(talk.fake.host, talk.fake.port, timeout=LIMIT)
    connection.request(
        "POST", f"{BASE}/startAvatarSession", json.dumps({"projectId": talk.fake.project_id, "requestId": "rq"})
    )
    talk.fake.journal.expect_sync("fault")
    talk.advance(30)
    assert connection.getresponse().status == 200
    connection.close()


def test_in_duplicate_is_carried_out_twice_and_answered_once(talk: Talk) -> None:
    talk.fake.faults.add(message="StopAvatarSession.request", direction="in", do="duplicate")
    session = start(talk.fake)
    answer = call(talk, "stopAvatarSession", sessionId=session.id)
    assert (answer.status, answer.json["status"]) == (200, "Stopped")
    assert len(talk.fake.journal.entries(message="StopAvatarSession.response")) == 1


def test_a_header_that_is_set_in_a_call_is_the_one_that_came(talk: Talk) -> None:
    talk.fake.faults.add(
        message=f"{START}.request", direction="in", do="set", fields={"headers.host": "fake.example:81"}, times=1
    )
    assert call(talk).json["webSocketUrl"].startswith("ws://fake.example:81/")


def test_set_and_remove_change_body_and_headers(talk: Talk) -> None:
    talk.fake.faults.add(
        message=f"{START}.response", do="set", fields={"sessionId": "other", "headers.x-test": "yes"}, times=1
    )
    changed = call(talk)
    assert (changed.json["sessionId"], changed.headers["x-test"]) == ("other", "yes")
    talk.fake.faults.add(
        message=f"{START}.response", do="remove", fields=["webSocketUrl", "headers.content-type"], times=1
    )
    changed = call(talk)
    assert "webSocketUrl" not in changed.json


def test_truncate_says_the_length_that_is_left(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.response", do="truncate", bytes=7)
    cut = call(talk)
    assert (len(cut.body), cut.headers["content-length"]) == (7, "7")


def test_corrupt_flips_bits_of_the_body(talk: Talk) -> None:
    whole = call(talk).body
    talk.fake.faults.add(message=f"{START}.response", do="corrupt", bits=5)
    broken = call(talk).body
    assert len(broken) == len(whole)
    assert broken != whole


def test_in_set_is_read_anew_as_if_the_client_had_sent_it(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.request", direction="in", do="set", fields={"projectId": "nothing"})
    answer = call(talk)
    assert (answer.status, answer.json["Code"]) == (404, "InvalidProject.NotFound")


def test_in_truncate_is_refused_by_the_fake(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.request", direction="in", do="truncate", bytes=5)
    answer = call(talk)
    assert (answer.status, answer.json["Code"]) == (400, "InvalidParameter.Body")
    assert talk.fake.journal.violations(level="error") == []


def test_reject_has_the_vendors_form_and_changes_nothing(talk: Talk) -> None:
    talk.fake.faults.add(
        message=f"{START}.response", do="reject", code="Throttling.User", headers={"x-acs-retry-after": "2000"}
    )
    refused = call(talk)
    assert (refused.status, refused.json["Code"]) == (400, "Throttling.User")
    assert refused.headers["x-acs-retry-after"] == "2000"
    assert refused.json["RequestId"]
    assert sessions(talk) == 0


def test_rejected_it_may_have_happened_all_the_same(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.request", do="reject", status=503, commit=True)
    assert call(talk).status == 503
    assert sessions(talk) == 1


def test_reject_with_a_body_is_that_body(talk: Talk) -> None:
    talk.fake.faults.add(message=f"{START}.request", do="reject", status=502, body="<html>bad gateway</html>")
    refused = call(talk)
    assert (refused.status, refused.body) == (502, b"<html>bad gateway</html>")


def test_this_call_now_answers_that(talk: Talk) -> None:
    session = start(talk.fake)
    with talk.fake.answer("CheckSession", body={"requestId": "x", "status": "Failed"}) as armed:
        assert call(talk, "checkSession", sessionId=session.id).json == {"requestId": "x", "status": "Failed"}
    assert armed.acted == 1
    assert call(talk, "checkSession", sessionId=session.id).json["status"] != "Failed"


def test_where_looks_at_the_request_where_requests_are_answered(talk: Talk) -> None:
    with talk.fake.answer("StartAvatarSession", fields={"sessionId": "mine"}, where={"requestId": "rq-2"}):
        assert call(talk).json["sessionId"] != "mine"
        assert call(talk, requestId="rq-2").json["sessionId"] == "mine"


def test_a_failure_of_any_call_is_http_error(talk: Talk) -> None:
    talk.fake.faults.add(message="http.error", do="set", fields={"Message": "in other words"})
    assert call(talk, projectId="nothing").json["Message"] == "in other words"
    assert "Message" not in call(talk).json


def test_guijis_failures_have_its_envelope(guiji: FakeGuiji) -> None:
    client = Http(guiji)
    client.log_in()
    guiji.faults.add(message="queryLivePage.request", do="reject", code=100504, reason="too many", times=1)
    refused = client.call("GET", "openApi/liveInfo/queryByPage", page=1, size=10)
    assert (refused["code"], refused["msg"], refused["success"]) == (100504, "too many", False)
    with guiji.answer("queryLivePage", fields={"data.total": 99}):
        assert client.data("GET", "openApi/liveInfo/queryByPage", page=1, size=10)["total"] == 99


def test_a_querys_parameters_are_looked_at_and_changed(guiji: FakeGuiji) -> None:
    client = Http(guiji)
    client.log_in()
    guiji.faults.add(message="queryLivePage.request", direction="in", where={"page": 7}, do="set", fields={"page": 1})
    assert client.data("GET", "openApi/liveInfo/queryByPage", page=7, size=10)["current"] == 1


def test_sensetimes_codes_are_those_of_the_answer(sensetime: FakeSenseTime) -> None:
    sensetime.faults.add(message="queryStat.request", do="reject", code=10007, reason="no")
    connection = http.client.HTTPConnection(sensetime.host, sensetime.port, timeout=LIMIT)
    connection.request(
        "GET",
        "/api/2dvh/v1/material/live/channel/stat",
        headers={"Authorization": f"Bearer {sensetime.access_token}"},
    )
    answer = json.loads(connection.getresponse().read())
    connection.close()
    assert (answer["code"], answer["message"]) == (10007, "no")
