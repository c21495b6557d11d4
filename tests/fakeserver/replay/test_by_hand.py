"""Traces of literal lines, replayed: which exchange is chosen, what is made anew, what is refused and how."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from alibabacloud_intelligentcreation20240313 import models
from alibabacloud_intelligentcreation20240313.client import Client
from alibabacloud_tea_openapi.models import Config
from Tea.exceptions import TeaException
from websockets.sync.client import connect

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, FakeServerError, VirtualClock
from avatarwire.fakeserver.trace import TraceError
from tests.fakeserver.aliyun.running import Line, Started, post, start
from tests.fakeserver.trace.recorded import trace

BASE: Final = "/yic/yic-console/openService/v1/avatar/project"
ONE, TWO = "1eb5852d-ade6-4dfb-ba20-a629d2b12244", "9c1e2f30-41aa-4d0b-8c11-0a1b2c3d4e5f"
LIVE: Final = "/live-manager/openApi"


def plain(body: Any) -> Any:
    """What has no envelope."""
    return body


def called(number: int, operation: str, path: str, asked: Any, answered: Any, **more: Any) -> list[dict[str, Any]]:
    """A call and its answer, which is the entry after it; ``number`` is that of the call."""
    meta = {"method": "POST", "path": path, "headers": [["Host", "a.example"]]}
    session, at = more.get("session", ""), more.get("at", float(number))
    status, envelope = more.get("status", 200), more.get("envelope", plain)
    data = json.dumps(envelope(answered)).encode()
    return [
        {"transport": "http", "direction": "in", "connection": "c1", "message": f"{operation}.request", "time": at,
         "session": session, "meta": meta, "body": asked, "data": json.dumps(asked).encode()},
        {"transport": "http", "direction": "out", "connection": "c1", "message": f"{operation}.response", "time": at,
         "session": session, "reply_to": number, "status": status, "body": answered, "data": data},
    ]  # fmt: skip


def begun(number: int, session: str = ONE, request: str = "rq-recorded") -> list[dict[str, Any]]:
    token = json.dumps({"channelId": "channel-0b1cdc96f5e7", "token": "***", "expireTime": 600, "userId": "user-1"})
    answer = {
        "requestId": "2CB30353-5A3A-4FBC-84C9-6C5E24BEA6FF",
        "sessionId": session,
        "channelToken": token,
        "webSocketUrl": f"ws://a.example/v1/interaction?token=***&sessionId={session}",
    }
    asked = {"projectId": "recorded-project", "requestId": request}
    return called(number, "StartAvatarSession", f"{BASE}/startAvatarSession", asked, answer, session=session)


def checked(number: int, status: str, session: str = ONE) -> list[dict[str, Any]]:
    asked, answer = {"projectId": "recorded-project", "sessionId": session}, {"status": status, "requestId": "R-1"}
    return called(number, "CheckSession", f"{BASE}/checkSession", asked, answer, session=session)


def told(number: int, text: str, session: str = ONE) -> list[dict[str, Any]]:
    asked = {"projectId": "recorded-project", "sessionId": session, "text": text, "requestId": f"t-{number}"}
    path = f"{BASE}/sendTextMsg"
    return called(number, "SendTextMsg", path, asked, {"requestId": "R-2", "message": f"said {text}"}, session=session)


def guiji(number: int, path: str, operation: str, asked: Any, answered: Any, **more: Any) -> list[dict[str, Any]]:
    def envelope(body: Any) -> Any:
        return {"code": 200, "msg": "ok", "success": True, "data": body}

    return called(number, operation, LIVE + path, asked, answered, envelope=envelope, **more)


@contextmanager
def aliyun(path: Path, *entries: dict[str, Any], **options: Any) -> Generator[FakeAliyun]:
    options.setdefault("verify_signatures", False)
    with FakeAliyun(replay=trace(path / "hand.avtrace", *entries), seed=5, **options) as fake:
        yield fake


def test_masks_and_ids_are_filled_in_anew(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1)) as fake:
        first, second = (post(fake, "startAvatarSession", projectId="p-1", requestId=it) for it in ("rq-1", "rq-2"))
        url = fake.ws_url
    assert ONE not in (first["sessionId"], second["sessionId"])
    assert first["sessionId"] != second["sessionId"]
    channel = json.loads(first["channelToken"])
    assert channel["channelId"] != "channel-0b1cdc96f5e7"
    assert channel["channelId"].startswith("channel-")
    assert (channel["userId"], channel["expireTime"]) == ("user-1", 600)
    assert len(channel["token"]) == 48
    assert first["webSocketUrl"].startswith(f"{url}?token=")
    assert first["webSocketUrl"].endswith(f"sessionId={first['sessionId']}")


def test_a_call_that_is_made_again_starts_nothing_new(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1)) as fake:
        assert start(fake, "rq-1").id == start(fake, "rq-1").id
        assert start(fake, "rq-2").id != start(fake, "rq-1").id
        assert fake.replayed is not None
        assert len(fake.replayed.runs) == 2


def test_a_poll_that_is_made_more_often_gets_the_last_answer_again(tmp_path: Path) -> None:
    """Nothing has changed until what changed it was done; after that, what was left of before is passed over."""
    entries = [*begun(1), *checked(3, "INIT"), *checked(5, "INIT"), *told(7, "now"), *checked(9, "BUSY")]
    with aliyun(tmp_path, *entries) as fake:

        def status(session: Started) -> str:
            return str(post(fake, "checkSession", projectId="p-1", sessionId=session.id)["status"])

        many, few = start(fake, "rq-1"), start(fake, "rq-2")
        assert [status(many) for _ in range(4)] == ["INIT"] * 4
        assert status(few) == "INIT"
        for session in (many, few):
            post(fake, "sendTextMsg", projectId="p-1", sessionId=session.id, text="now", requestId="t")
        assert [status(many), status(few), status(few)] == ["BUSY"] * 3


def test_a_session_is_the_recorded_one_that_has_what_is_asked(tmp_path: Path) -> None:
    """Two sessions began alike; which of them a client runs shows in what it asks."""
    entries = [*begun(1), *told(3, "one"), *begun(5, TWO, "rq-other"), *told(7, "two", TWO)]
    with aliyun(tmp_path, *entries) as fake:
        session = start(fake)
        answer = post(fake, "sendTextMsg", projectId="p-1", sessionId=session.id, text="two", requestId="t")
        assert answer["message"] == "said two"
        assert fake.replayed is not None
        assert [(run.recorded, run.session) for run in fake.replayed.runs] == [(TWO, session.id)]


def test_several_sessions_are_begun_in_the_order_of_the_trace_again_and_again(tmp_path: Path) -> None:
    entries = [*begun(1), *told(3, "one"), *begun(5, TWO, "rq-other"), *told(7, "two", TWO)]
    with aliyun(tmp_path, *entries) as fake:
        for number in range(3):
            start(fake, f"rq-{number}")
        assert fake.replayed is not None
        assert [run.recorded for run in fake.replayed.runs] == [ONE, TWO, ONE]


def test_what_is_not_in_the_trace_is_refused_in_the_form_of_the_vendor(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1), *told(3, "one")) as fake:
        session = start(fake)
        asked = {"projectId": "p-1", "sessionId": session.id, "text": "never", "requestId": "t"}
        answer = httpx.post(f"{fake.http_url}{BASE}/sendTextMsg", json=asked, trust_env=False)
        other = httpx.post(f"{fake.http_url}{BASE}/checkSession", json=asked, trust_env=False)
        nobody = httpx.post(f"{fake.http_url}{BASE}/sendTextMsg", json={**asked, "sessionId": "s-9"}, trust_env=False)
        assert fake.replayed is not None
        assert len(fake.replayed.missed) == 3
        assert [it.body for it in fake.journal.entries("replay", transport="note")][1:] == list(fake.replayed.missed)
    assert answer.status_code == 500
    said = answer.json()
    assert set(said) == {"Code", "Message", "RequestId", "HostId"}
    assert said["Message"] == (
        f"the trace {tmp_path}/hand.avtrace has no such SendTextMsg.request; the nearest is #3 SendTextMsg.request, "
        "text: 'one' was recorded, 'never' came"
    )
    assert other.json()["Message"].endswith("has no CheckSession.request")
    assert nobody.json()["Message"].endswith(f"sessionId: '{ONE}' was recorded, 's-9' came")


def test_a_call_whose_answer_was_not_recorded_is_refused(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1), *told(3, "one")[:1]) as fake:
        session = start(fake)
        asked = {"projectId": "p-1", "sessionId": session.id, "text": "one", "requestId": "t"}
        answer = httpx.post(f"{fake.http_url}{BASE}/sendTextMsg", json=asked, trust_env=False)
    assert "has no answer to SendTextMsg.request" in answer.json()["Message"]


def test_a_refusal_that_was_recorded_is_a_refusal(tmp_path: Path) -> None:
    failure = {"Code": "Throttling", "Message": "slow down", "RequestId": "R-1", "HostId": "a.example"}
    entries = called(1, "StartAvatarSession", f"{BASE}/startAvatarSession", {"projectId": "p"}, failure, status=429)
    with aliyun(tmp_path, *entries) as fake:
        answer = httpx.post(f"{fake.http_url}{BASE}/startAvatarSession", json={"projectId": "p"}, trust_env=False)
    assert (answer.status_code, answer.json()) == (429, failure)


def test_a_wrong_signature_is_refused_as_the_fake_does(tmp_path: Path) -> None:
    def sdk(fake: FakeAliyun, secret: str) -> Client:
        config = Config(access_key_id=fake.access_key_id, access_key_secret=secret)
        config.endpoint, config.protocol = f"{fake.host}:{fake.port}", "http"
        return Client(config)

    request = models.StartAvatarSessionRequest(project_id="p-1", request_id="rq-7")
    with aliyun(tmp_path, *begun(1), verify_signatures=True) as fake:
        with pytest.raises(TeaException, match="SignatureDoesNotMatch"):
            sdk(fake, "wrong").start_avatar_session(request)
        body: Any = sdk(fake, fake.access_key_secret).start_avatar_session(request).body
        assert fake.replayed is not None
        assert [run.session for run in fake.replayed.runs] == [body.session_id]


def test_a_socket_needs_the_token_that_was_handed_out(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1), *handshake(3)) as fake:
        session, other = start(fake, "rq-1"), start(fake, "rq-2")
        with connect(session.url, proxy=None):
            pass
        for url in (session.url.replace("token=", "token=x"), session.url.replace(session.id, other.id)):
            with pytest.raises(Exception, match="401"):
                connect(url, proxy=None)


def handshake(number: int) -> list[dict[str, Any]]:
    url = f"/v1/interaction?token=***&sessionId={ONE}"
    meta = {"method": "GET", "path": url}
    return [
        {"transport": "http", "direction": "in", "connection": "c2", "message": "handshake.websocket",
         "session": ONE, "meta": meta, "time": float(number)},
        {"transport": "http", "direction": "out", "connection": "c2", "message": "handshake.websocket",
         "session": ONE, "reply_to": number, "status": 101, "time": float(number)},
    ]  # fmt: skip


def test_pushes_and_the_end_of_a_connection_come_when_they_came(tmp_path: Path) -> None:
    """Recovering came 7 s after the connection, its end after 3 more, with a code of its own."""
    push = b"\x01\x01\x08serial-1" + json.dumps({"sessionId": ONE}).encode()
    entries: list[dict[str, Any]] = [
        *begun(1), *handshake(3),
        {"transport": "note", "direction": "note", "connection": "c2", "session": ONE, "time": 9.0,
         "body": "closing", "meta": {"code": 1001, "reason": "server stops"}},
        {"transport": "ws", "direction": "out", "connection": "c2", "message": "session.recovering", "session": ONE,
         "time": 10.0, "body": {"sessionId": ONE}, "data": push},
        {"transport": "note", "direction": "note", "connection": "c2", "session": ONE, "time": 13.0,
         "body": "closing", "meta": {"code": 4001, "reason": "gone"}},
    ]  # fmt: skip
    with aliyun(tmp_path, *entries, clock=VirtualClock()) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            fake.advance(6.9)
            with pytest.raises(TimeoutError):
                socket.recv(timeout=0.1)
            fake.advance(0.1)
            assert socket.recv(timeout=10) == push.replace(ONE.encode(), session.id.encode())
            fake.advance(3.0)
            assert Line(socket, session).closed() == (4001, "gone")


def test_calls_without_a_session_go_by_what_they_say_and_by_order(tmp_path: Path) -> None:
    entries = [
        *guiji(1, "/accessToken", "getAccessToken", {}, {"token": "***", "mqttUser": "recorded", "expirationTime": 99}),
        *guiji(3, "/liveInfo/create", "createLive", {"liveName": "one"}, 41),
        *guiji(5, "/liveInfo/create", "createLive", {"liveName": "two"}, 42),
        *guiji(7, "/liveInfo/create", "createLive", {"liveName": "two"}, 43),
    ]
    entries[0]["meta"]["path"] = "/live-manager/open/accessToken"
    with FakeGuiji(replay=trace(tmp_path / "x", *entries, vendors=("guiji",))) as fake:
        url = fake.http_url

        def login(secret: str) -> Any:
            key = {"appId": fake.app_id, "appSecret": secret}
            return httpx.post(f"{url}/live-manager/open/accessToken", json=key, trust_env=False).json()

        def create(token: str, name: str) -> Any:
            headers = {"source": "sdk", "token": token}
            answer = httpx.post(
                f"{url}{LIVE}/liveInfo/create", json={"liveName": name}, headers=headers, trust_env=False
            )
            return answer.json().get("data") or answer.json()["code"]

        assert login("wrong")["code"] == 100503
        given = login(fake.app_secret)["data"]
        assert (given["expirationTime"], given["mqttUser"]) == (99, fake.mqtt_user)
        token = given["token"]
        assert create("never issued", "one") == 100502
        assert [create(token, name) for name in ("two", "one", "two", "two", "one")] == [42, 41, 43, 43, 41]
        # Another login is another client, which begins anew.
        assert create(login(fake.app_secret)["data"]["token"], "two") == 42


@pytest.mark.parametrize(
    ("fake", "entries", "options", "reason"),
    [
        (FakeSenseTime, begun(1), {}, "nothing of sensetime can be replayed: it has messages of aliyun"),
        (FakeAliyun, [], {}, "nothing of aliyun can be replayed: it has no messages"),
    ],
)
def test_what_cannot_be_replayed_says_why(
    tmp_path: Path, fake: Any, entries: list[dict[str, Any]], options: dict[str, Any], reason: str
) -> None:
    with pytest.raises(TraceError, match=reason):
        fake(replay=trace(tmp_path / "x", *entries, **options))


def test_a_trace_with_something_missing_is_not_replayed(tmp_path: Path) -> None:
    from avatarwire.fakeserver.trace import TraceMeta, TraceWriter

    writer = TraceWriter(tmp_path / "x", TraceMeta(avatarwire="0.1", vendors=("aliyun",), source="code", started=0.0))
    writer.drop(3)
    writer.close()
    with pytest.raises(TraceError, match="3 entries are missing in it"):
        FakeAliyun(replay=tmp_path / "x")


def test_a_file_that_is_not_complete_is_replayed_as_far_as_it_goes(tmp_path: Path) -> None:
    lines = [
        '{"format":"avtrace/1","avatarwire":"0.1","vendors":["aliyun"],"source":"serve","started":1.0}',
        '{"v":1,"seq":1,"time":1.0,"transport":"http","direction":"in","vendor":"aliyun","message":'
        '"StartAvatarSession.request","session":"s-old","body":{"projectId":"p","requestId":"r-1"}}',
        '{"v":1,"seq":2,"time":1.0,"transport":"http","direction":"out","vendor":"aliyun","session":"s-old",'
        '"reply_to":1,"status":200,"text":"{\\"sessionId\\":\\"s-old\\",\\"requestId\\":\\"r-1\\"}"}',
        '{"v":1,"seq":3,"time":1.0,"transp',
    ]
    (tmp_path / "x.avtrace.part").write_text("\n".join(lines))
    with FakeAliyun(replay=tmp_path / "x.avtrace.part", verify_signatures=False) as fake:
        first = post(fake, "startAvatarSession", projectId="p", requestId="r-7")
        second = post(fake, "startAvatarSession", projectId="p", requestId="r-8")
    # Its id has nothing that could be made up anew; the second session has another one all the same.
    assert (first["sessionId"], first["requestId"]) == ("s-old", "r-7")
    assert second["sessionId"] != "s-old"


def test_reset_forgets_what_was_used(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1)) as fake:
        start(fake)
        fake.reset()
        assert fake.replayed is not None
        assert (fake.replayed.runs, [it.times for it in fake.replayed.exchanges]) == ((), [0])
        start(fake)
        assert [session["recorded"] for session in fake.sessions()] == [ONE]


def test_there_are_no_snapshots_of_a_replay(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1)) as fake, pytest.raises(FakeServerError, match="replays a trace"):
        fake.snapshot()


def test_a_fake_that_replays_nothing_tells_nothing() -> None:
    assert FakeAliyun().replayed is None


def test_rules_act_on_what_is_replayed(tmp_path: Path) -> None:
    rule = {"message": "StartAvatarSession.response", "do": "set", "fields": {"sessionId": "changed"}, "times": 1}
    with aliyun(tmp_path, *begun(1), faults=[rule]) as fake:
        assert start(fake, "rq-1").id == "changed"
        assert start(fake, "rq-2").id != "changed"
