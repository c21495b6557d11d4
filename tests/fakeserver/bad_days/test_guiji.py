"""Bad days at Guiji, as a client sees them: a test for each, of the name of the day."""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import pytest

from avatarwire.fakeserver import FakeGuiji
from tests.fakeserver.guiji.by_hand import CREATE, created, customer, opened, told
from tests.fakeserver.guiji.running import LIMIT, Line
from tests.fakeserver.guiji.test_server import begun
from tests.fakeserver.mqtt.raw import CONNACK_OK, Raw, connect

On = Callable[..., FakeGuiji]


@contextmanager
def speaking(fake: FakeGuiji) -> Generator[Line]:
    """A session at the first words of the first thing that it plays."""
    http = customer(fake)
    with Line(fake, opened(http, fake), http.token) as line:
        begun(http, fake, line)
        yield line


def refusals(fake: FakeGuiji, count: int) -> list[bytes]:
    """The answers to so many connections to the broker."""
    found: list[bytes] = []
    for _ in range(count):
        with Raw(fake.mqtt_port) as client:
            client.send(connect("x", user=fake.mqtt_user, password=fake.mqtt_password))
            found.append(client.packet())
    return found


def notified(line: Line, state: str) -> dict[str, Any]:
    """The next notification of a state; others before it are passed over."""
    while (heard := line.hear()).get("params", {}).get("state") != state:
        pass
    return heard


def test_line_expired(guiji_on: On) -> None:
    fake = guiji_on("line-expired")
    with speaking(fake) as line:
        for beats in range(1, 7):
            fake.advance(10)
            fake.journal.expect_sync("HeartBeat.reply", count=beats)
        assert notified(line, "Destroy")["params"]["cause"] == "the line has expired"
        assert line.beats == 6


def test_force_close_while_speaking(guiji_on: On) -> None:
    fake = guiji_on("force-close-while-speaking")
    with speaking(fake) as line:
        assert notified(line, "Destroy")["params"]["cause"] == "destroyed by the server"
    with speaking(fake) as line:
        assert line.silence()


def refused_twice(fake: FakeGuiji) -> str:
    """Has a session be refused twice with the code of anything that has none of its own; why."""
    http = customer(fake)
    answers = [http.call("POST", CREATE, liveId=fake.live_id, name="morning") for _ in range(2)]
    assert [(answer["code"], answer["success"]) for answer in answers] == [(500, False)] * 2
    assert opened(http, fake)["sessionId"]
    return str(answers[0]["msg"])


def test_no_line_free(guiji_on: On) -> None:
    assert refused_twice(guiji_on("no-line-free")) == "no channel is free"


def test_throttled_start(guiji_on: On) -> None:
    assert refused_twice(guiji_on("throttled-start")) == "too many requests"


def test_heartbeats_unanswered(guiji_on: On) -> None:
    """The replies of the client do not reach the server, which takes the session for abandoned."""
    fake = guiji_on("heartbeats-unanswered")
    with speaking(fake) as line:
        for _ in range(3):
            fake.advance(10)
        assert notified(line, "Destroy")["params"]["cause"] == "no interaction within expirationTime"


def test_heartbeats_missing(guiji_on: On) -> None:
    fake = guiji_on("heartbeats-missing")
    with speaking(fake) as line:
        fake.advance(29)
        line.answer(line.request("pushPlayListManager", {"action": "getPlayList"}))
        assert line.beats == 0


def test_token_expired_before_connect(guiji_on: On) -> None:
    fake = guiji_on("token-expired-before-connect")
    assert refusals(fake, 2) == [b"\x20\x02\x00\x04", CONNACK_OK]


def test_token_expired_in_session(guiji_on: On) -> None:
    fake = guiji_on("token-expired-in-session")
    http = customer(fake)
    opened(http, fake)
    assert http.call("GET", "openApi/robot/platformList")["code"] == 100502
    http.log_in()
    assert http.call("GET", "openApi/robot/platformList")["code"] == 200


def test_answer_cut(guiji_on: On) -> None:
    """The first text ends without a word, the sound behind it ends as ever."""
    fake = guiji_on("answer-cut", characters_per_second=1000)
    text, sound = fake.material_ids
    with speaking(fake) as line:
        fake.advance(3)
        begin = line.hear()["params"]
        assert (begin["status"], begin["nowPcmId"]) == ("begin", sound)
        fake.advance(10)
        end = line.hear()["params"]
        assert (end["status"], end["nowPcmId"]) == ("end", sound)
    [lost] = fake.journal.entries("fault")
    assert lost.to_dict()["meta"]["lost"]["params"]["nowPcmId"] == text  # type: ignore[index]


def test_broker_restart(guiji_on: On) -> None:
    """In the place of the notification that the stream plays."""
    fake = guiji_on("broker-restart")
    with created(fake) as client:
        assert told(client)["result"]["message"] == "make sess complete!"
        assert client.is_closed()
    assert refusals(fake, 3) == [b"\x20\x02\x00\x03", b"\x20\x02\x00\x03", CONNACK_OK]


def test_server_restart(guiji_on: On) -> None:
    """In the place of the notification that the first thing is spoken."""
    fake = guiji_on("server-restart")
    with created(fake) as client:
        before = [told(client) for _ in range(3)]
        with pytest.raises(ConnectionResetError):
            told(client)
    assert [each["params"]["state"] for each in before[1:]] == ["StreamPlay", "Show"]
    assert refusals(fake, 3) == [b"\x20\x02\x00\x03", b"\x20\x02\x00\x03", CONNACK_OK]


def test_bad_gateway(guiji_on: On) -> None:
    fake = guiji_on("bad-gateway")
    answers: list[tuple[int, str | None, bytes]] = []
    for _ in range(20):
        connection = http.client.HTTPConnection(fake.host, fake.port, timeout=LIMIT)
        body = json.dumps({"appId": fake.app_id, "appSecret": fake.app_secret})
        connection.request("POST", "/live-manager/open/accessToken", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answers.append((answer.status, answer.getheader("content-type"), answer.read()))
        connection.close()
    bad = {answer for answer in answers if answer[0] != 200}
    assert bad == {(502, "text/html", b"<html><head><title>502 Bad Gateway</title></head></html>")}
    assert len(answers) > len([answer for answer in answers if answer[0] != 200]) > 1


def test_slow_network(guiji_on: On) -> None:
    """The broker is as slow as HTTP."""
    fake = guiji_on("slow-network")
    with Raw(fake.mqtt_port) as client:
        client.send(connect("x", user=fake.mqtt_user, password=fake.mqtt_password))
        fake.journal.expect_sync(transport="note", where=lambda note: note.meta.get("toxic") == "latency_downstream")
        client.socket.settimeout(0.05)
        fake.advance(0.19)
        with pytest.raises(TimeoutError):
            client.packet()
        client.socket.settimeout(LIMIT)
        fake.advance(0.21)
        assert client.packet() == CONNACK_OK


def test_network_outage(guiji_on: On) -> None:
    fake = guiji_on("network-outage")
    with Raw(fake.mqtt_port) as client:
        client.login("x", user=fake.mqtt_user, password=fake.mqtt_password)
        for _ in range(65):
            client.send(*(b"\xc0\x00",) * 500)
            assert client.read(1000) == b"\xd0\x00" * 500
        client.send(*(b"\xc0\x00",) * 500)
        with pytest.raises((ConnectionError, AssertionError)):
            client.read(1000)
