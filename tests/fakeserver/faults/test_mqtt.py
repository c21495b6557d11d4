"""Faults on MQTT, seen by paho and by hand: messages, connections, and who is let in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from avatarwire.fakeserver import FakeGuiji
from tests.fakeserver.guiji.running import Http, Line
from tests.fakeserver.guiji.test_server import begun
from tests.fakeserver.mqtt.raw import CONNACK_OK, Raw, connect, publish

GET = {"action": "getPlayList"}


@pytest.fixture
def line(guiji: FakeGuiji) -> Iterator[Line]:
    http = Http(guiji)
    http.log_in()
    session = http.data("POST", "openApi/live/createLiveSession", liveId=guiji.live_id, name="morning")
    with Line(guiji, session, http.token) as line:
        begun(http, guiji, line)
        yield line


def asked(line: Line) -> dict[str, Any]:
    return line.request("pushPlayListManager", GET)


RESULT = "pushPlayListManager.result"
REQUEST = "pushPlayListManager.request"


def test_drop_loses_a_result(guiji: FakeGuiji, line: Line) -> None:
    guiji.faults.add(message=RESULT, do="drop", times=1)
    lost = asked(line)
    line.send(lost)
    answer = line.answer(asked(line))
    assert answer["id"] == lost["id"] + 1


def test_in_drop_loses_a_request(guiji: FakeGuiji, line: Line) -> None:
    guiji.faults.add(message=REQUEST, direction="in", do="drop", times=1)
    line.send(asked(line))
    guiji.journal.expect_sync("fault")
    assert line.answer(asked(line))["result"]["data"] is not None


def test_delay_duplicate_and_reorder(guiji: FakeGuiji, line: Line) -> None:
    guiji.faults.add(message=RESULT, do="delay", seconds=4, times=1)
    guiji.faults.add(message=RESULT, do="duplicate", times=1)
    guiji.faults.add(message=RESULT, do="reorder", times=1)
    line.send(asked(line))
    guiji.journal.expect_sync("fault")
    guiji.advance(4)
    first = line.hear()
    line.send(asked(line))
    assert [line.hear()["id"], line.hear()["id"]] == [first["id"] + 1] * 2
    line.send(asked(line))
    line.send(asked(line))
    assert [line.hear()["id"], line.hear()["id"]] == [first["id"] + 3, first["id"] + 2]


@pytest.mark.parametrize("do", [{"do": "drop"}, {"do": "delay", "seconds": 60}])
def test_a_heartbeat_that_does_not_come_is_none_that_was_not_answered(
    guiji: FakeGuiji, line: Line, do: dict[str, Any]
) -> None:
    guiji.faults.add(message="HeartBeat", **do)
    guiji.advance(25)
    line.send(line.request("DestroySession", {"cause": "Client destroy"}))
    guiji.journal.expect_sync("DestroySession.request")
    assert guiji.journal.violations() == []


def test_set_changes_payload_and_topic(guiji: FakeGuiji, line: Line) -> None:
    guiji.faults.add(message=RESULT, do="set", fields={"result.message": "other", "id": 99}, times=1)
    guiji.faults.add(message=RESULT, do="set", fields={"topic": "nobody-listens-here"}, times=1)
    line.send(asked(line))
    changed = line.hear()
    assert (changed["id"], changed["result"]["message"]) == (99, "other")
    line.send(asked(line))
    guiji.journal.expect_sync("fault", count=2)
    assert line.answer(asked(line))["id"] == 4


def test_answer_keeps_the_id_of_the_request(guiji: FakeGuiji, line: Line) -> None:
    with guiji.answer(REQUEST, body={"result": {"data": [1, 2, 3]}}):
        answer = line.answer(asked(line))
    assert answer == {"id": 2, "result": {"data": [1, 2, 3]}}


def test_reject_is_an_error_envelope(guiji: FakeGuiji, line: Line) -> None:
    guiji.faults.add(message=REQUEST, do="reject", code=-32050, reason="not today", times=1)
    answer = line.answer(asked(line))
    assert (answer["error"]["code"], answer["error"]["message"]) == (-32050, "not today")
    assert "result" in line.answer(asked(line))
    assert guiji.journal.violations(level="error") == []


def test_corrupt_and_truncate(guiji: FakeGuiji) -> None:
    with Raw(guiji.mqtt_port) as listener:
        session = _opened(guiji)
        listener.login("x", (session["topicSub"], 0), user=guiji.mqtt_user, password=guiji.mqtt_password)
        guiji.faults.add(message="error", do="truncate", bytes=6, times=1)
        message = {"id": 1, "method": "nothing", "sessionId": session["sessionId"], "sender": session["topicSub"]}
        listener.send(publish(session["topicPub"], json.dumps(message).encode()))
        assert listener.packet().endswith(session["topicSub"].encode() + b'{"id":')


def _opened(guiji: FakeGuiji) -> dict[str, Any]:
    http = Http(guiji)
    http.log_in()
    opened: dict[str, Any] = http.data("POST", "openApi/live/createLiveSession", liveId=guiji.live_id, name="morning")
    return opened


@pytest.mark.parametrize("do", ["close", "reset"])
def test_the_connection_of_the_subscriber_ends(guiji: FakeGuiji, do: str) -> None:
    session = _opened(guiji)
    with Raw(guiji.mqtt_port) as listener:
        listener.login("x", (session["topicSub"], 0), user=guiji.mqtt_user, password=guiji.mqtt_password)
        guiji.faults.add(message="SessionState.Destroy", do=do)
        guiji.commands["destroy"](session=session["sessionId"])
        if do == "reset":
            with pytest.raises(ConnectionResetError):
                listener.socket.recv(1)
        else:
            assert listener.is_closed()


def test_hang_answers_no_ping(guiji: FakeGuiji) -> None:
    session = _opened(guiji)
    with Raw(guiji.mqtt_port) as listener:
        listener.login("x", (session["topicSub"], 0), user=guiji.mqtt_user, password=guiji.mqtt_password)
        guiji.faults.add(message="SessionState.Destroy", do="hang")
        guiji.commands["destroy"](session=session["sessionId"])
        listener.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listener.is_alive()


def test_a_client_is_not_let_in(guiji: FakeGuiji) -> None:
    hello = connect("x", user=guiji.mqtt_user, password=guiji.mqtt_password)
    guiji.faults.add(message="handshake.mqtt", do="reject", code=3, times=1)
    with Raw(guiji.mqtt_port) as client:
        client.send(hello)
        assert client.packet() == b"\x20\x02\x00\x03"
        assert client.is_closed()
    guiji.faults.add(message="handshake.mqtt", do="delay", seconds=5, times=1)
    with Raw(guiji.mqtt_port) as client:
        client.send(hello, b"\xc0\x00")
        guiji.journal.expect_sync("fault", count=2)
        guiji.advance(5)
        assert client.packet() == CONNACK_OK
        assert client.packet() == b"\xd0\x00"
    guiji.faults.add(message="handshake.mqtt", do="reset", times=1)
    with Raw(guiji.mqtt_port) as client:
        client.send(hello)
        with pytest.raises(ConnectionResetError):
            client.socket.recv(1)
    with Raw(guiji.mqtt_port) as client:
        client.send(hello)
        assert client.packet() == CONNACK_OK
