"""What is rare in a trace: answers that came late, refused handshakes, sockets of which there are several, no JSON."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from avatarwire.codecs.aliyun import AskType, TextDriveRequest, encode
from avatarwire.fakeserver import FakeAliyun, FakeSenseTime, VirtualClock
from avatarwire.fakeserver.replay import replay_of
from avatarwire.fakeserver.replay.ids import Ids, fresh, leaves, segments, with_secrets
from avatarwire.fakeserver.replay.recording import Recording
from tests.fakeserver.aliyun.running import Line, packet, post, start
from tests.fakeserver.replay.test_by_hand import BASE, ONE, aliyun, begun, called, guiji, handshake, told
from tests.fakeserver.trace.recorded import trace

SERIAL: Final = b"serial-7"


def frame(head: bytes, **body: Any) -> bytes:
    return head + SERIAL + json.dumps(body).encode()


def enveloped(body: Any) -> Any:
    return {"code": 0, "message": "success", "data": body}


def ws(direction: str, message: str, at: float, data: bytes, body: Any, **more: Any) -> dict[str, Any]:
    return {"transport": "ws", "direction": direction, "connection": "c2", "message": message, "session": ONE,
            "time": at, "data": data, "body": body, **more}  # fmt: skip


def asked(at: float, text: str) -> dict[str, Any]:
    body = {"sessionId": ONE, "text": text, "askType": 1, "messageId": "m-1"}
    return ws("in", "text_drive.request", at, frame(b"\x00\x01\x80", **body), body)


def answered(at: float, content: str, finish: bool, reply_to: int) -> dict[str, Any]:
    body = {"success": True, "sessionId": ONE, "content": content, "finish": finish, "messageId": "m-1"}
    return ws("out", "text_drive.response", at, frame(b"\x01\x01\x80", **body), body, reply_to=reply_to)


def interrupted(at: float) -> dict[str, Any]:
    return ws("in", "interrupt.request", at, frame(b"\x00\x01\x02", sessionId=ONE), {"sessionId": ONE})


def heard(socket: Connection) -> bytes:
    data = socket.recv(timeout=10)
    assert isinstance(data, bytes)
    return data


def test_an_answer_that_came_late_comes_late(tmp_path: Path) -> None:
    late = told(3, "slow")
    late[1]["time"] = 5.0
    with aliyun(tmp_path, *begun(1), *late, clock="jump") as fake:
        session, before = start(fake), fake.clock.now()
        post(fake, "sendTextMsg", projectId="p", sessionId=session.id, text="slow", requestId="t")
        assert fake.clock.now() - before == pytest.approx(2.0)


def test_a_handshake_that_was_refused_is_refused(tmp_path: Path) -> None:
    pair = handshake(3)
    pair[1] |= {"status": 409, "data": b'{"code":10000,"message":"in use"}', "body": {"code": 10000}}
    with aliyun(tmp_path, *begun(1), *pair) as fake:
        session = start(fake)
        with pytest.raises(InvalidStatus) as refused:
            connect(session.url, proxy=None)
        assert refused.value.response.status_code == 409
        assert json.loads(refused.value.response.body or b"") == {"code": 10000, "message": "in use"}


def test_a_handshake_that_was_not_recorded_is_refused_with_words(tmp_path: Path) -> None:
    with aliyun(tmp_path, *begun(1)) as fake, pytest.raises(InvalidStatus) as refused:
        connect(start(fake).url, proxy=None)
    assert "has no /v1/interaction" in json.loads(refused.value.response.body or b"")["message"]


def test_a_socket_that_is_opened_again_says_the_same_again(tmp_path: Path) -> None:
    entries = [*begun(1), *handshake(3), asked(3.0, "hi"), answered(3.0, "yes", True, 5)]
    with aliyun(tmp_path, *entries) as fake:
        session = start(fake)
        for _ in range(2):
            with connect(session.url, proxy=None) as socket:
                line = Line(socket, session)
                line.ask("hi", "m-9")
                assert [(it["content"], it["messageId"]) for it in line.answer()] == [("yes", "m-9")]


def test_an_answer_has_the_serial_number_of_what_it_answers(tmp_path: Path) -> None:
    entries = [*begun(1), *handshake(3), asked(3.0, "hi"), answered(3.0, "yes", True, 5)]
    with aliyun(tmp_path, *entries) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            socket.send(
                encode(
                    TextDriveRequest(session_id=session.id, text="hi", ask_type=AskType.ASK, message_id="m"),
                    b"12345678",
                )
            )
            assert heard(socket)[3:11] == b"12345678"
            socket.send("a text")
            assert b"has no " in heard(socket)
            socket.send(b"\x00\x01\x80serial-9{")
            assert heard(socket)[3:11] == b"serial-9"


def test_what_an_interruption_ended_ends_with_it_or_after_a_while(tmp_path: Path) -> None:
    """The last packet came since the client had interrupted; a client that does not still gets it."""
    entries = [
        *begun(1), *handshake(3), asked(3.0, "hi"), answered(3.0, "long", False, 5), interrupted(8.0),
        answered(8.0, "", True, 5),
    ]  # fmt: skip
    with aliyun(tmp_path, *entries, clock=VirtualClock()) as fake:
        one, two = start(fake, "rq-1"), start(fake, "rq-2")
        with connect(one.url, proxy=None) as first, connect(two.url, proxy=None) as second:
            hasty, patient = Line(first, one), Line(second, two)
            for line in (hasty, patient):
                line.ask("hi")
                assert packet(line.hear("text_drive.response"))["finish"] is False
            hasty.say("interrupt.request")
            assert packet(hasty.hear("text_drive.response"))["finish"] is True
            fake.advance(6.9)
            with pytest.raises(TimeoutError):
                second.recv(timeout=0.05)
            fake.advance(0.1)
            assert packet(patient.hear("text_drive.response"))["finish"] is True


def test_what_was_said_on_another_socket_is_said_on_the_one_that_is_open(tmp_path: Path) -> None:
    """The recorded client had connected anew before it asked, this one has not."""
    again = [{**entry, "connection": "c3"} for entry in handshake(5)]
    question, answer = {**asked(5.0, "hi"), "connection": "c3"}, {**answered(5.0, "yes", True, 7), "connection": "c3"}
    with aliyun(tmp_path, *begun(1), *handshake(3), *again, question, answer) as fake:
        session = start(fake)
        with connect(session.url, proxy=None) as socket:
            line = Line(socket, session)
            line.ask("hi")
            assert line.answer()[0]["content"] == "yes"


def test_a_path_that_is_no_operation_is_answered_as_it_was(tmp_path: Path) -> None:
    entries = called(1, "", "/elsewhere", None, {"what": "a page"}, status=404)
    entries[0] |= {"message": "", "body": None, "data": None}
    entries[1] |= {"message": ""}
    with aliyun(tmp_path, *entries) as fake:
        known = httpx.post(f"{fake.http_url}/elsewhere", trust_env=False)
        unknown = httpx.post(f"{fake.http_url}/nowhere", trust_env=False)
        large = httpx.post(f"{fake.http_url}{BASE}/sendTextMsg", content=b"x" * (2 << 20), trust_env=False)
    assert (known.status_code, known.json()) == (404, {"what": "a page"})
    assert "no operation has the path" in unknown.text
    assert large.status_code == 413


def test_a_call_that_cannot_be_read_is_compared_as_it_is(tmp_path: Path) -> None:
    """The fake would refuse it: what crossed the wire is what is answered."""
    entries = called(1, "StartAvatarSession", f"{BASE}/startAvatarSession", {"requestId": 7}, {"Code": "X"}, status=400)
    with aliyun(tmp_path, *entries) as fake:
        answer = httpx.post(f"{fake.http_url}{BASE}/startAvatarSession", json={"requestId": 7}, trust_env=False)
    assert (answer.status_code, answer.json()) == (400, {"Code": "X"})


def test_a_callback_that_is_none_of_the_vendor_is_posted_as_it_is(tmp_path: Path) -> None:
    """Nobody receives it, which the journal tells."""
    live = called(1, "createLive", "/api/2dvh/v2/material/live/channel/create", {"param": "{}"},
                  {"sessionId": ONE, "sessionToken": "***", "status": 32}, session=ONE,
                  envelope=enveloped)  # fmt: skip
    data = f'["{ONE}"]'.encode()
    posted = {"transport": "callback", "direction": "out", "connection": "c9", "message": "CallbackBody",
              "session": ONE, "time": 1.0, "body": None, "data": data, "meta": {"attempt": 1}}  # fmt: skip
    retried = {**posted, "meta": {"attempt": 2}}
    with FakeSenseTime(replay=trace(tmp_path / "x", *live, posted, retried, vendors=("sensetime",))) as fake:
        headers = {"Authorization": f"Bearer {fake.access_token}"}
        url = f"{fake.http_url}/api/2dvh/v2/material/live/channel/create"
        answer = httpx.post(url, json={"param": "{}"}, headers=headers, trust_env=False).json()
        (entry,) = fake.journal.entries("CallbackBody.not_sent")
        assert entry.body == [answer["data"]["sessionId"]]
        stranger = httpx.post(url, json={"param": "{}"}, headers={"Authorization": "Bearer x"}, trust_env=False).json()
        assert stranger["code"] == 10002


def test_a_publication_that_two_have_heard_is_one(tmp_path: Path) -> None:
    said = {"transport": "mqtt", "direction": "out", "message": "HeartBeat", "session": ONE, "time": 2.0,
            "data": b'{"method":"HeartBeat","id":1}', "meta": {"topic": "t"}}  # fmt: skip
    entries = [*guiji(1, "/live/createLiveSession", "createLiveSession", {}, {"sessionId": ONE}, session=ONE)]
    found = trace(
        tmp_path / "x", *entries, {**said, "connection": "c2"}, {**said, "connection": "c3"}, vendors=("guiji",)
    )
    (exchange,) = Recording(found, "guiji").exchanges
    assert [it.entry.connection for it in exchange.follows] == ["c2"]
    assert exchange.starts


# --- ids ---


def test_ids_are_replaced_wherever_they_are() -> None:
    ids = Ids()
    ids.put(ONE, "9" * 36)
    ids.learn("messageId", "m-7", 'm-"8')
    ids.learn("liveId", 41, 42)
    before = {
        "messageId": "m-7", "text": "m-7", "liveId": 41, "count": 41, "url": f"ws://h/?s={ONE}",
        "inside": json.dumps({"messageId": "m-7", "liveId": 41, "session": ONE}),
    }  # fmt: skip
    after = json.loads(ids.rewritten(json.dumps(before)))
    inside = after.pop("inside")
    assert after == {
        "messageId": 'm-"8', "text": "m-7", "liveId": 42, "count": 41, "url": f"ws://h/?s={'9' * 36}",
    }  # fmt: skip
    assert '"liveId": 42' in inside
    assert f'"session": "{"9" * 36}"' in inside


def test_masks_are_filled_in_at_any_depth() -> None:
    text = '{"token":"***","b":"{\\"token\\":\\"***\\"}","c":"a \\"***\\" b","d":"***"}'
    filled = with_secrets(text, lambda name, value: f"{name}!" if value == "***" else None)
    assert json.loads(filled) == {"token": "token!", "b": '{"token":"token!"}', "c": 'a "***" b', "d": "d!"}


def test_ids_that_are_made_anew_look_the_same() -> None:
    made = fresh(ONE, random.Random(1))
    assert (len(made), made.count("-"), made[14], made[19]) == (36, 4, ONE[14], ONE[19])
    assert fresh("0B1CDC96F5E7", random.Random(1)).isupper()


def test_what_is_an_id_shows_in_its_name() -> None:
    body = {
        "sessionId": ONE,
        "text": ONE,
        "expireTime": "20261129",
        "channelToken": '{"channelId":"channel-0b1cdc96f5e7"}',
    }
    assert list(segments(body)) == [ONE, "0b1cdc96f5e7"]
    assert dict(leaves({"a": "{broken", "b": "[]"})) == {"a": "{broken", "b": "[]"}


def test_a_trace_is_taken_as_it_is(tmp_path: Path) -> None:
    found = trace(tmp_path / "x", *begun(1))
    assert replay_of(found) is found
    assert FakeAliyun(replay=str(tmp_path / "x")).replayed is not None
