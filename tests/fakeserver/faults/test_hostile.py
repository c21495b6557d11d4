"""What a test may do to rules that nobody has in mind: in the middle of things, too much of it, and at the end."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import http.client
import json
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from aiohttp import web
from websockets.sync.client import connect

from avatarwire.codecs.aliyun.http import START_AVATAR_SESSION, StartAvatarSessionRequest
from avatarwire.codecs.aliyun.signature import sign
from avatarwire.fakeserver import FakeAliyun, FakeGuiji, ScenarioError, VirtualClock
from tests.fakeserver.aliyun.running import BASE, LIMIT, post, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, HEARTBEAT_ANSWER, Talk, nothing_more
from tests.fakeserver.faults.calls import call
from tests.fakeserver.guiji.by_hand import created, customer, opened, told
from tests.fakeserver.sensetime.running import customer as sensetime_customer


def test_a_rule_that_is_taken_back_lets_go_of_what_it_holds(talk: Talk) -> None:
    rules = [talk.fake.faults.add(message="heartbeat.pong", do="delay", seconds=5, times=1)]
    rules.append(talk.fake.faults.add(message="channel_ready.response", do="reorder", times=2, skip=1))
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        talk.fake.journal.expect_sync("fault", count=2)
        for rule in rules:
            rule.remove()
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("heartbeat.ping", count=2)
        talk.advance(5)
        assert [line.raw(), line.raw()] == [HEARTBEAT_ANSWER] * 2
        line.hear("channel_ready.response")


def test_delayed_beyond_the_end_of_the_connection(talk: Talk) -> None:
    talk.fake.faults.add(message="heartbeat.pong", do="delay", seconds=5, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        talk.fake.journal.expect_sync("fault")
    talk.fake.journal.expect_sync(transport="note", where=lambda note: note.body == "disconnected")
    talk.advance(10)
    assert talk.fake.journal.entries("heartbeat.pong") == []
    with talk.line(start(talk.fake, "rq-2")) as line:
        nothing_more(line)


def test_two_aside_by_two_rules(talk: Talk) -> None:
    """Each waits for those behind it to have passed."""
    talk.fake.faults.add(message="heartbeat.pong", do="reorder", by=2, times=1)
    talk.fake.faults.add(message="channel_ready.response", do="reorder", skip=1, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        line.ask("hi", ask=2)
        line.hear("text_drive.response")
        line.hear("channel_ready.response")
        talk.advance(1)
        assert line.raw() == HEARTBEAT_ANSWER


def test_reorder_without_an_end_swaps_pairs(talk: Talk) -> None:
    talk.fake.faults.add(message="text_drive.response", do="reorder")
    with talk.line() as line:
        for number in range(4):
            line.ask("hi", f"m-{number}", ask=2)
        assert [line.answer()[0]["messageId"] for _ in range(4)] == ["m-1", "m-0", "m-3", "m-2"]


def test_toxicity_is_drawn_behind_skip_and_counts_no_act(talk: Talk) -> None:
    never = talk.fake.faults.add(message="heartbeat.pong", do="drop", toxicity=0, times=1)
    second = talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3, skip=1, times=1)
    with talk.line() as line:
        for length in (13, 3, 13):
            line.socket.send(HEARTBEAT)
            assert len(line.raw()) == length
    assert [(rule.matched, rule.acted) for rule in (never, second)] == [(3, 0), (2, 1)]


def test_more_copies_than_anybody_reads_are_refused(talk: Talk) -> None:
    with pytest.raises(ScenarioError, match="copies"):
        talk.fake.faults.add(message="heartbeat.pong", do="duplicate", copies=10**9)
    talk.fake.faults.add(message="heartbeat.pong", do="duplicate", copies=1000, times=1)
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        assert {line.raw() for _ in range(1001)} == {HEARTBEAT_ANSWER}


@pytest.mark.parametrize("seconds", [1e300, float("inf"), float("nan"), -1.0])
@pytest.mark.parametrize("key", ["seconds", "jitter", "after", "until"])
def test_times_beyond_the_clock_are_refused(key: str, seconds: float) -> None:
    rule: dict[str, Any] = {"message": "heartbeat.pong", "do": "delay", "seconds": 1, key: seconds}
    with pytest.raises(ScenarioError, match=f"faults.{key}"):
        FakeAliyun().faults.add(**rule)


def test_members_of_audio_are_not_set_but_its_header_is(talk: Talk) -> None:
    talk.fake.faults.add(message="asr.data.request", direction="in", do="set", fields={"text": 1}, times=1)
    talk.fake.faults.add(message="asr.data.request", direction="in", do="drop")
    audio = bytes.fromhex("000081") + b"SERIAL01" + bytes(range(200))
    with talk.line() as line:
        line.socket.send(audio)
        line.socket.send(audio)
        nothing_more(line)
    faults = [entry.to_dict()["meta"] for entry in talk.fake.journal.entries("fault")]
    assert [fault.get("unchanged") for fault in faults] == [None, "the message is no JSON", None]  # type: ignore[attr-defined]
    assert json.loads(json.dumps(faults))


def test_where_of_what_is_no_json_matches_nothing(talk: Talk) -> None:
    rule = talk.fake.faults.add(message="*", direction="in", where={"sessionId": "x"}, do="drop")
    with talk.line() as line:
        line.socket.send(bytes.fromhex("000081") + b"SERIAL01" + b"\xff" * 20)
        nothing_more(line)
    assert rule.matched == 0


def test_what_was_dropped_keeps_its_secrets(guiji: FakeGuiji) -> None:
    guiji.faults.add(message="getAccessToken.response", do="drop")
    key = {"appId": guiji.app_id, "appSecret": guiji.app_secret}
    connection = http.client.HTTPConnection(guiji.host, guiji.port, timeout=LIMIT)
    connection.request("POST", "/live-manager/open/accessToken", json.dumps(key), {"Content-Type": "application/json"})
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    connection.close()
    written = json.dumps([entry.to_dict() for entry in guiji.journal.entries()])
    assert guiji.mqtt_password not in written
    assert guiji.app_secret not in written


def test_a_rule_of_a_session_that_there_is_not_waits_for_it(talk: Talk) -> None:
    rule = talk.fake.faults.add(message="heartbeat.pong", session="s-0", do="drop")
    with talk.line() as line:
        nothing_more(line)
    assert rule.matched == 0


def test_of_one_session_in_either_direction(guiji: FakeGuiji) -> None:
    http_ = customer(guiji)
    sessions = [opened(http_, guiji) for _ in range(2)]
    guiji.faults.add(
        message="CreateNewSession.request", session=sessions[0]["sessionId"], do="reject", code=-32603, reason="no"
    )
    with created(guiji, sessions[0]) as client:
        assert "error" in told(client)
    with created(guiji, sessions[1]) as client:
        assert "result" in told(client)


def test_the_handshake_of_one_session(talk: Talk) -> None:
    first, second = start(talk.fake), start(talk.fake, "rq-2")
    talk.fake.faults.add(message="handshake.websocket", session=first.id, do="close")
    with talk.line(second) as line:
        nothing_more(line)
    with pytest.raises(Exception, match="did not receive a valid HTTP response"):
        connect(first.url, proxy=None)


def test_a_signed_call_that_comes_twice_is_checked_once(running: ExitStack) -> None:
    """Its nonce may be used once, and the duplicate is behind that check."""
    clock = VirtualClock()
    fake = running.enter_context(FakeAliyun(clock=clock, polls_until_ready=0))
    doubled = fake.faults.add(message="StartAvatarSession.request", direction="in", do="duplicate", copies=3)
    known = StartAvatarSessionRequest(project_id=fake.project_id, request_id="rq-1")
    request = START_AVATAR_SESSION.encode_request(known)
    headers = sign(
        request.method,
        request.path,
        request.query,
        request.headers,
        request.body,
        access_key_id=fake.access_key_id,
        access_key_secret=fake.access_key_secret,
        action=START_AVATAR_SESSION.id,
        host=f"{fake.host}:{fake.port}",
        date=clock.now(),
        nonce="n-1",
    )
    answer = httpx.request(
        request.method, fake.http_url + request.target, headers=headers, content=request.body, trust_env=False
    )
    assert answer.status_code == 200
    assert doubled.acted == 1
    assert len(fake.journal.entries("StartAvatarSession.response")) == 1
    assert fake.journal.violations(level="error") == []


@pytest.mark.parametrize(("do", "keys", "fits"), [
    ("set", {"fields": {"status": 99}}, True),
    ("answer", {"body": {"sessionId": "x", "status": 99}}, True),
    ("corrupt", {"bits": 4}, False),
])  # fmt: skip
async def test_what_a_vendor_says_is_signed_and_what_happens_on_the_way_is_not(
    do: str, keys: dict[str, Any], fits: bool
) -> None:
    got: asyncio.Queue[tuple[bytes, dict[str, str]]] = asyncio.Queue()

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        got.put_nowait((await request.read(), dict(request.headers)))
        return web.Response()

    runner = web.ServerRunner(web.Server(take), shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    account = {"app_id": "a", "app_key": "k", "auth_key": "key-1"}
    async with sensetime_customer(clock=VirtualClock(), callback_url=url, accounts=(account,), seed=7) as service:
        service.fake.faults.add(message="CallbackBody", do=do, **keys)
        await service.started()
        body, headers = await asyncio.wait_for(got.get(), LIMIT)
    await runner.cleanup()
    lower = {name.lower(): value for name, value in headers.items()}
    own = hmac.new(b"key-1", lower["timestamp"].encode() + body, hashlib.sha256).hexdigest()
    assert (own == lower["signature"]) is fits


@pytest.mark.parametrize("how", ["stop", "reset"])
def test_what_hangs_holds_nobody_up(how: str, running: ExitStack) -> None:
    """A stop or a reset that had to wait for it would raise."""
    fake = FakeAliyun(clock=VirtualClock(), verify_signatures=False, polls_until_ready=0)
    with ExitStack() as ends:
        ends.enter_context(fake)
        session = start(fake)
        fake.faults.add(message="heartbeat.pong", do="hang")
        fake.faults.add(message="CheckSession.response", do="hang")
        socket = running.enter_context(connect(session.url, proxy=None, close_timeout=0.1))
        socket.send(HEARTBEAT)
        calling = http.client.HTTPConnection(fake.host, fake.port, timeout=LIMIT)
        running.callback(calling.close)
        calling.request(
            "POST", f"{BASE}/checkSession", json.dumps({"projectId": fake.project_id, "sessionId": session.id})
        )
        fake.journal.expect_sync("fault", count=2)
        if how == "stop":
            ends.close()
        else:
            fake.reset()
        with pytest.raises(ConnectionError):
            calling.getresponse()
        if how == "reset":
            assert post(fake, "startAvatarSession", projectId=fake.project_id, requestId="rq-1")["sessionId"]


def test_an_answer_for_packets_comes_once(talk: Talk) -> None:
    with talk.fake.answer("text_drive.request", body={"content": "mine", "finish": True}), talk.line() as line:
        line.ask("hi")
        assert line.raw()[11:] == b'{"content":"mine","finish":true}'
        nothing_more(line)


def test_rules_that_change_while_they_act(talk: Talk) -> None:
    """From the thread of the test, a hundred times."""
    with talk.line() as line:
        for _ in range(100):
            with talk.fake.faults.add(message="heartbeat.pong", do="truncate", bytes=3):
                line.socket.send(HEARTBEAT)
                assert len(line.raw()) == 3
            line.socket.send(HEARTBEAT)
            assert len(line.raw()) == 13


def test_a_corrupted_call_is_answered_all_the_same(talk: Talk) -> None:
    talk.fake.faults.add(message="StartAvatarSession.request", direction="in", do="corrupt", bits=10_000)
    answer = call(talk)
    assert answer.status == 400
    assert talk.fake.journal.violations(level="error") == []
