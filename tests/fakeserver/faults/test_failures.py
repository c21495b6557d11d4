"""Failures of the vendors as such: each takes one rule or one tunable, and has the form that the vendor gives it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import Any

import httpx
import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from avatarwire.fakeserver.sensetime.errors import Failure
from tests.fakeserver.aliyun.running import packet, post, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, Talk, nothing_more
from tests.fakeserver.faults.calls import call
from tests.fakeserver.guiji.by_hand import CREATE, created, customer, opened, told
from tests.fakeserver.guiji.running import Http
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT
from tests.fakeserver.sensetime.lines import BEGIN, PCM
from tests.fakeserver.sensetime.running import customer as sensetime_customer

START = "StartAvatarSession.request"


# --- Aliyun: HTTP ---

REFUSALS: list[tuple[dict[str, Any], int, str, dict[str, str]]] = [
    (
        {"code": "Throttling.User", "headers": {"x-acs-retry-after": "1500"}},
        400,
        "Throttling.User",
        {"x-acs-retry-after": "1500"},
    ),
    ({"code": "Throttling.Api", "status": 429}, 429, "Throttling.Api", {}),
    ({}, 500, "InternalError", {}),
    ({"code": "ServiceUnavailable"}, 503, "ServiceUnavailable", {}),
    ({"code": "SignatureDoesNotMatch"}, 400, "SignatureDoesNotMatch", {}),
    ({"code": "InvalidAccessKeyId.NotFound"}, 404, "InvalidAccessKeyId.NotFound", {}),
    ({"code": "QuotaExceeded.Channels"}, 400, "QuotaExceeded.Channels", {}),
]


@pytest.mark.parametrize(("rule", "status", "code", "headers"), REFUSALS, ids=[str(each[0]) for each in REFUSALS])
def test_aliyuns_refusals(talk: Talk, rule: dict[str, Any], status: int, code: str, headers: dict[str, str]) -> None:
    talk.fake.faults.add(message=START, do="reject", reason="as you like", **rule)
    refused = call(talk)
    assert (refused.status, refused.json["Code"], refused.json["Message"]) == (status, code, "as you like")
    assert refused.json["RequestId"] == refused.headers["x-acs-request-id"]
    assert headers.items() <= refused.headers.items()


def test_slow_http(talk: Talk) -> None:
    talk.fake.faults.add(message="*", transport="http", do="delay", seconds=20)
    with pytest.raises(TimeoutError):
        call(talk, timeout=0.1)


@pytest.mark.parametrize("by", ["tunable", "rule"])
def test_stopped_fail(by: str, running: ExitStack) -> None:
    tunables: dict[str, Any] = {"stop_statuses": ["StoppedFail"]} if by == "tunable" else {}
    fake = running.enter_context(FakeAliyun(clock=VirtualClock(), verify_signatures=False, **tunables))
    if by == "rule":
        fake.faults.add(message="StopAvatarSession.response", do="set", fields={"status": "StoppedFail"})
    session = start(fake)
    ids = {"projectId": fake.project_id, "sessionId": session.id}
    assert post(fake, "stopAvatarSession", **ids)["status"] == "StoppedFail"


# --- Aliyun: the socket ---


@pytest.mark.parametrize(("code", "text"), [(10000, "system error"), (10001, "insufficient permission")])
def test_codes_as_frames(talk: Talk, code: int, text: str) -> None:
    arguments = {"error_code": code, "reason": text}
    talk.fake.faults.add(message="heartbeat.pong", do="command", command="report_error", arguments=arguments, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.raw()
        assert packet(line.hear("general.message")) == {"code": code, "message": text}
        nothing_more(line)


def test_no_answer_to_heartbeats(talk: Talk) -> None:
    """While everything else goes on."""
    talk.fake.faults.add(message="heartbeat.pong", do="drop")
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.ask("hi")
        assert len(line.answer()) == 2


def test_a_failing_answer(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.request", do="answer", fields={"success": False, "finish": True}, times=1)
    with talk.line() as line:
        line.ask("hi")
        assert line.answer()[0]["success"] is False


# --- Guiji ---


@pytest.mark.parametrize("code", [500, 100501, 100502, 100503, 100504, 100505])
def test_guijis_codes(guiji: FakeGuiji, code: int) -> None:
    http = customer(guiji)
    guiji.faults.add(message="createLiveSession.request", do="reject", code=code, reason="no", times=1)
    refused = http.call("POST", CREATE, liveId=guiji.live_id)
    assert refused == {"code": code, "msg": "no", "success": False}
    assert opened(http, guiji)


@pytest.mark.parametrize("code", [100503, 100504, 100505])
def test_guijis_login_fails(guiji: FakeGuiji, code: int) -> None:
    guiji.faults.add(message="getAccessToken.response", do="reject", code=code)
    key = {"appId": guiji.app_id, "appSecret": guiji.app_secret}
    assert Http(guiji).call("POST", "open/accessToken", **key)["code"] == code


def test_guijis_5xx(guiji: FakeGuiji) -> None:
    guiji.faults.add(message="*", transport="http", do="reject", status=503)
    answer = httpx.post(guiji.http_url + "/live-manager/open/accessToken", json={}, trust_env=False)
    assert (answer.status_code, answer.json()["code"], answer.json()["success"]) == (503, 500, False)


@pytest.mark.parametrize("code", [-32603, -32001, -32050])
def test_guijis_error_envelopes(guiji: FakeGuiji, code: int) -> None:
    guiji.faults.add(message="CreateNewSession.request", do="reject", code=code, reason="no", times=1)
    with created(guiji) as client:
        answer = told(client)
    assert (answer["id"], answer["error"]["code"], answer["error"]["message"]) == (1, code, "no")


def test_guijis_heartbeats_stop(guiji: FakeGuiji) -> None:
    guiji.faults.add(message="HeartBeat", do="drop", after=15)
    with created(guiji) as client:
        told(client)
        guiji.advance(12)
        guiji.advance(17)
        heard: list[str] = []
        client.socket.settimeout(0.1)
        with suppress(TimeoutError):
            while True:
                heard.append(told(client)["method"])
    assert heard.count("HeartBeat") == 1
    assert heard.count("SessionState") > 3


# --- SenseTime ---


async def calls(rule: Mapping[str, Any], **tunables: Any) -> httpx.Response:
    """What a call of createLive is answered."""
    async with sensetime_customer(clock=VirtualClock(), **tunables) as service:
        service.fake.faults.add(message="createLive.request", do="reject", **rule)
        async with httpx.AsyncClient(trust_env=False) as client:
            headers = {"Authorization": f"Bearer {service.fake.access_token}"}
            url = service.fake.http_url + ROUTES["createLive"][1]
            return await client.post(url, json={"param": json.dumps(SCRIPT)}, headers=headers)


@pytest.mark.parametrize("failure", Failure)
async def test_sensetimes_codes(failure: Failure) -> None:
    answer = await calls({"code": 10_000 + failure, "reason": "no"})
    assert answer.json() == {"code": 10_000 + failure, "message": "no"}
    assert answer.status_code == {404: 404, 405: 405, 413: 413, 500: 500}.get(failure, 200)


async def test_sensetimes_codes_begin_elsewhere() -> None:
    answer = await calls({"code": 70_007}, code_base=70_000)
    assert answer.json()["code"] == 70_007


async def test_sensetimes_5xx() -> None:
    answer = await calls({"status": 503})
    assert (answer.status_code, answer.json()["code"]) == (503, 10_500)


@pytest.mark.parametrize(("how", "status", "code"), [("code", 200, 10_002), ("401", 401, None)])
async def test_sensetimes_tokens_are_refused(how: str, status: int, code: int | None) -> None:
    async with sensetime_customer(clock=VirtualClock(), token_failure=how) as service:
        service.fake.faults.add(message="login.response", do="command", command="expire_tokens")
        token = service.fake.access_token
        service.fake.expire_tokens()
        async with httpx.AsyncClient(trust_env=False) as client:
            url = service.fake.http_url + ROUTES["queryStat"][1]
            answer = await client.get(url, headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == status
        assert (answer.json()["code"] if answer.content else None) == code


@pytest.mark.parametrize(("command", "code"), [("stop_speech", 4), ("fail_speech", 5)])
async def test_speech_that_is_stopped_or_fails(command: str, code: int) -> None:
    async with sensetime_customer(clock=VirtualClock()) as service:
        service.fake.faults.add(message="microphone.ready", do="command", command=command)
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(BEGIN)
            assert await socket.codes(2) == [2, code]


@pytest.mark.parametrize(("outcome", "code"), [("stop", 4), ("fail", 5)])
async def test_the_same_by_a_tunable(outcome: str, code: int) -> None:
    async with sensetime_customer(clock=VirtualClock(), speech_outcomes=[outcome]) as service:
        session, token = await service.started()
        async with service.socket(session, token) as socket:
            await socket.say(BEGIN, PCM[:64])
            assert await socket.codes(2) == [2, code]


async def test_heartbeats_that_are_never_answered() -> None:
    async with sensetime_customer(clock=VirtualClock()) as service:
        service.fake.faults.add(message="heartbeat.request", direction="in", do="hang")
        session, _ = await service.started()
        headers = {"Authorization": f"Bearer {service.fake.access_token}"}
        async with httpx.AsyncClient(trust_env=False, timeout=0.1) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.post(
                    service.fake.http_url + ROUTES["heartbeat"][1], json={"sessionId": session}, headers=headers
                )


async def test_every_status_of_a_live_on_demand() -> None:
    outcomes = ["slow", "failed", "abnormal", "platform_full", "customer_full"]
    async with sensetime_customer(clock=VirtualClock(), outcomes=outcomes) as service:
        made = [await service.data("createLive", param=json.dumps(SCRIPT)) for _ in outcomes]
    assert [live["status"] for live in made] == [32, 32, 9, 97, 98]


async def test_one_call_now_answers_another_status() -> None:
    async with FakeSenseTime(clock=VirtualClock()) as fake, httpx.AsyncClient(trust_env=False) as client:
        headers = {"Authorization": f"Bearer {fake.access_token}"}
        with fake.answer("createLive", fields={"data.status": 98}):
            url = fake.http_url + ROUTES["createLive"][1]
            made = await client.post(url, json={"param": json.dumps(SCRIPT)}, headers=headers)
    assert made.json()["data"]["status"] == 98
