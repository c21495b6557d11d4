"""Bad days at Aliyun, as a client sees them: a test for each, of the name of the day."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from tests.fakeserver.aliyun.running import BASE, LIMIT, Line, packet, start
from tests.fakeserver.aliyun.socket_talk import HEARTBEAT, Talk, nothing_more
from tests.fakeserver.faults.calls import call

On = Callable[..., Talk]


def refused(talk: Talk, url: str) -> tuple[int, bytes]:
    """Status and body of a handshake that is refused."""
    with pytest.raises(InvalidStatus) as refusal:
        connect(url, proxy=None)
    return refusal.value.response.status_code, refusal.value.response.body or b""


def until_the_end(line: Line) -> tuple[list[bytes], ConnectionClosed]:
    """All frames that come, and how the connection ends."""
    frames: list[bytes] = []
    while True:
        try:
            frames.append(line.raw())
        except ConnectionClosed as end:
            return frames, end


def test_line_expired(aliyun_on: On) -> None:
    talk = aliyun_on("line-expired")
    with talk.line() as line:
        talk.advance(59)
        nothing_more(line)
        talk.advance(1)
        line.hear("session.force_close")
        assert line.closed() == (1000, "the line expired")


def test_force_close_while_speaking(aliyun_on: On) -> None:
    talk = aliyun_on("force-close-while-speaking")
    with talk.line() as line:
        line.ask("hi")
        assert packet(line.hear("text_drive.response"))["finish"] is False
        line.hear("session.force_close")
        assert line.closed() == (1000, "line expired")
    with talk.line(start(talk.fake, "rq-2")) as line:
        line.ask("hi")
        assert len(line.answer()) == 2


def test_recovering_then_ready(aliyun_on: On) -> None:
    talk = aliyun_on("recovering-then-ready", polls_until_ready=1, chunk_seconds=1)
    with talk.line() as line:
        line.ask("hi")
        assert packet(line.hear("text_drive.response"))["finish"] is False
        line.hear("session.recovering")
        talk.advance(1)
        assert line.prepare() == ["INIT", "READY"]
        line.ask("hi", "m-2")
        assert packet(line.hear("text_drive.response"))["finish"] is False
        talk.advance(1)
        assert packet(line.hear("text_drive.response"))["finish"] is True


def test_channel_fails(aliyun_on: On) -> None:
    talk = aliyun_on("channel-fails", polls_until_ready=1)
    with talk.line(ready=False) as line:
        line.say("channel_ready.request")
        assert packet(line.hear("channel_ready.response"))["status"] == "INIT"
        line.say("channel_ready.request")
        assert packet(line.hear("channel_ready.response"))["status"] == "FAIL"
    with talk.line(start(talk.fake, "rq-2"), ready=False) as line:
        assert line.prepare() == ["INIT", "READY"]


def test_no_line_free(aliyun_on: On) -> None:
    talk = aliyun_on("no-line-free")
    for _ in range(2):
        answer = call(talk)
        assert (answer.status, answer.json["Code"]) == (400, "QuotaExceeded.Channels")
    assert call(talk).status == 200


def test_heartbeats_unanswered(aliyun_on: On) -> None:
    talk = aliyun_on("heartbeats-unanswered")
    with talk.line() as line:
        line.socket.send(HEARTBEAT)
        line.say("channel_ready.request")
        line.hear("channel_ready.response")


def test_token_expired_before_connect(aliyun_on: On) -> None:
    talk = aliyun_on("token-expired-before-connect")
    status, body = refused(talk, start(talk.fake).url)
    assert (status, json.loads(body)) == (401, {"code": 10001, "message": "the token has expired"})
    with talk.line(start(talk.fake, "rq-2")) as line:
        nothing_more(line)


def test_token_expired_before_connect_by_a_frame(aliyun_on: On) -> None:
    """ALI-E51: what refuses tokens is the scenario's to say."""
    talk = aliyun_on("token-expired-before-connect", socket_refusal="frame")
    with talk.line(ready=False) as line:
        assert packet(line.hear("general.message")) == {"code": 10001, "message": "the token has expired"}
        assert line.closed() == (1008, "insufficient permission")
    with talk.line(start(talk.fake, "rq-2")) as line:
        nothing_more(line)


def test_token_expired_in_session(aliyun_on: On) -> None:
    talk = aliyun_on("token-expired-in-session")
    session = start(talk.fake)
    with talk.line(session) as line:
        line.ask("hi")
        line.hear("text_drive.response")
        assert packet(line.hear("general.message")) == {"code": 10001, "message": "the token has expired"}
        assert line.closed() == (1008, "insufficient permission")
    assert refused(talk, session.url)[0] == 401
    with talk.line(start(talk.fake, "rq-2")) as line:
        nothing_more(line)


def test_clock_skew(aliyun_on: On) -> None:
    talk = aliyun_on("clock-skew")
    for _ in range(3):
        answer = call(talk)
        assert (answer.status, answer.json["Code"]) == (400, "InvalidTimeStamp.Expired")
        assert answer.headers["date"]
    assert call(talk).status == 200


def test_nonce_replayed(aliyun_on: On) -> None:
    talk = aliyun_on("nonce-replayed")
    answer = call(talk)
    assert (answer.status, answer.json["Code"]) == (400, "SignatureNonceUsed")
    assert call(talk).status == 200


def test_answer_cut(aliyun_on: On) -> None:
    talk = aliyun_on("answer-cut")
    with talk.line() as line:
        line.ask("hi")
        assert packet(line.hear("text_drive.response"))["finish"] is False
        nothing_more(line)
        line.ask("hi", "m-2")
        assert line.answer()[-1]["finish"] is True


def test_server_restart(aliyun_on: On) -> None:
    talk = aliyun_on("server-restart")
    session = start(talk.fake)
    with talk.line(session) as line:
        line.ask("hi")
        assert line.closed() == (1012, "restart")
    assert [refused(talk, session.url)[0] for _ in range(2)] == [503, 503]
    with talk.line(session) as line:
        nothing_more(line)


def test_throttled_start(aliyun_on: On) -> None:
    talk = aliyun_on("throttled-start")
    for _ in range(2):
        answer = call(talk)
        assert (answer.status, answer.json["Code"]) == (400, "Throttling.User")
        assert answer.headers["x-acs-retry-after"] == "2000"
    assert call(talk).json["sessionId"]


def test_bad_gateway(aliyun_on: On) -> None:
    talk = aliyun_on("bad-gateway")
    answers = [call(talk) for _ in range(20)]
    assert {answer.status for answer in answers} == {200, 502}
    [bad, *_] = [answer for answer in answers if answer.status == 502]
    assert bad.headers["content-type"] == "text/html"
    assert bad.body == b"<html><head><title>502 Bad Gateway</title></head></html>"


def test_slow_network(aliyun_on: On) -> None:
    talk = aliyun_on("slow-network")
    connection = HTTPConnection(talk.fake.host, talk.fake.port, timeout=LIMIT)
    connection.request(
        "POST", f"{BASE}/startAvatarSession", json.dumps({"projectId": talk.fake.project_id, "requestId": "rq"})
    )
    talk.fake.journal.expect_sync(transport="note", where=lambda note: note.meta.get("toxic") == "latency_downstream")
    talk.advance(0.19)
    connection.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        connection.sock.recv(1)
    talk.advance(0.21)
    connection.sock.settimeout(LIMIT)
    assert connection.getresponse().status == 200
    connection.close()


def test_network_outage(aliyun_on: On) -> None:
    """A stream of packets ends in the middle, without a close frame, when 64 KiB have passed."""
    talk = aliyun_on("network-outage", default_answer="x" * 70_000)
    with talk.line() as line:
        line.ask("hi")
        frames, end = until_the_end(line)
    assert end.rcvd is None
    assert 60_000 < sum(map(len, frames)) < 65_536
