"""Guiji replayed over MQTT, by a published client: whose topic is whose, ids of requests, heartbeats in time."""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from avatarwire.fakeserver import FakeGuiji, VirtualClock
from avatarwire.fakeserver.trace import Trace, read, tracing
from avatarwire.fakeserver.trace.comparing import compared
from tests.fakeserver.guiji.running import LIMIT, RTMP, Http, Line, human

BROKERS = [None, pytest.param("amqtt", marks=pytest.mark.skipif(not importlib.util.find_spec("amqtt"), reason="amqtt"))]


def opened(fake: FakeGuiji) -> tuple[Http, dict[str, Any]]:
    """A session: who has opened it, and what was answered."""
    http = Http(fake)
    assert fake.material_ids == (300001, 300002)
    http.log_in()
    return http, http.data("POST", "openApi/live/createLiveSession", liveId=fake.live_id)


def created(line: Line) -> dict[str, Any]:
    """The answer to CreateNewSession."""
    scene = {"videoCoverUrl": "http://127.0.0.1/scenes/910001.mp4", "sceneCode": "910001"}
    return line.answer(line.creation([human(scene), RTMP], [300001, 300002]))


def recorded(path: Path) -> Trace:
    """A session that has four heartbeats, 10 s apart, and is destroyed."""
    fake = FakeGuiji(clock=VirtualClock(), seed=1)
    with tracing(path, fake), fake:
        http, session = opened(fake)
        with Line(fake, session, http.token) as line:
            assert created(line)["result"]["message"] == "make sess complete!"
            beat(fake, line, 4)
            line.answer(line.request("DestroySession", {"cause": "Client destroy"}))
    return read(path)


def beat(fake: FakeGuiji, line: Line, times: int) -> None:
    """Has the time pass of so many heartbeats, each of which is answered."""
    for number in range(1, times + 1):
        fake.advance(10.0)
        deadline = threading.Event()
        for _ in range(int(LIMIT * 100)):
            if len(fake.journal.entries("HeartBeat.reply")) >= number:
                break
            deadline.wait(0.01)
        assert line.beats >= number


@pytest.mark.parametrize("broker", BROKERS)
def test_heartbeats_come_when_they_came(tmp_path: Path, broker: str | None) -> None:
    trace = recorded(tmp_path / "a")
    fake = FakeGuiji(clock=VirtualClock(), seed=2, replay=trace, broker=broker)
    with tracing(tmp_path / "b", fake), fake:
        http, session = opened(fake)
        with Line(fake, session, http.token) as line:
            created(line)
            fake.advance(9.0)
            assert line.beats == 0
            fake.advance(1.0)
            # A client that counts otherwise.
            answer = line.answer({**line.request("DestroySession", {"cause": "Client destroy"}), "id": 41})
            assert (answer["id"], answer["sessionId"]) == (41, session["sessionId"])
    assert session["sessionId"] not in str(trace.entries)


def test_the_same_session_says_the_same(tmp_path: Path) -> None:
    trace = recorded(tmp_path / "a")
    fake = FakeGuiji(clock=VirtualClock(), seed=2, replay=trace)
    with tracing(tmp_path / "b", fake), fake:
        http, session = opened(fake)
        with Line(fake, session, http.token) as line:
            created(line)
            beat(fake, line, 4)
            line.answer(line.request("DestroySession", {"cause": "Client destroy"}))
        assert fake.replayed is not None
        assert (fake.replayed.missed, fake.replayed.unused) == ((), ())
    assert compared(trace, read(tmp_path / "b")).lines == []


def test_two_sessions_hear_what_is_theirs(tmp_path: Path) -> None:
    trace = recorded(tmp_path / "a")
    with FakeGuiji(clock=VirtualClock(), replay=trace) as fake:
        (http, one), (_, two) = opened(fake), opened(fake)
        assert one["topicSub"] != two["topicSub"]
        with Line(fake, one, http.token) as first, Line(fake, two, http.token) as second:
            assert created(first)["result"]["sessionId"] == one["sessionId"]
            assert second.silence()
            assert created(second)["result"]["sessionId"] == two["sessionId"]


def test_what_was_not_recorded_is_an_error_of_rpc(tmp_path: Path) -> None:
    trace = recorded(tmp_path / "a")
    with FakeGuiji(clock=VirtualClock(), replay=trace) as fake:
        http, session = opened(fake)
        with Line(fake, session, http.token) as line:
            answer = line.answer(line.request("pushPlayListManager", {"action": "getPlayList"}))
            assert answer["error"]["code"] == -32603
            assert answer["error"]["message"].endswith("has no pushPlayListManager.request")
            answer = line.answer({**line.request("DestroySession", {"cause": "Client destroy"}), "sessionId": "s-9"})
            assert answer["error"]["code"] == -32001
            answer = line.answer({**line.request("DestroySession", {"cause": "Client destroy"}), "sender": "topic/x"})
            assert "sender: " in answer["error"]["message"]


def test_only_who_has_a_session_listens_to_its_topic(tmp_path: Path) -> None:
    trace = recorded(tmp_path / "a")

    def granted(fake: FakeGuiji, topic: str) -> bool:
        heard: list[Any] = []
        done = threading.Event()

        def connected(client: mqtt.Client, *_: Any) -> None:
            client.subscribe(topic, 1)

        def subscribed(client: mqtt.Client, data: Any, mid: int, codes: Any, properties: Any) -> None:
            del client, data, mid, properties
            heard.extend(codes)
            done.set()

        client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(fake.mqtt_user, fake.mqtt_password)
        client.on_connect = connected
        client.on_subscribe = subscribed
        client.connect(fake.mqtt_host, fake.mqtt_port)
        client.loop_start()
        assert done.wait(LIMIT)
        client.disconnect()
        client.loop_stop()
        return not heard[0].is_failure

    with FakeGuiji(replay=trace) as fake:
        _, session = opened(fake)
        assert granted(fake, session["topicSub"])
        assert not granted(fake, session["topicSub"][:-1])
        old = next(it for it in trace.entries if it.message == "createLiveSession.response").body["topicSub"]
        assert not granted(fake, old)
