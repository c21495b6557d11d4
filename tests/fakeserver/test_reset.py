"""A fake that is as it was when it had just started: what is forgotten, what stays, what its clients see of it."""

from __future__ import annotations

import http.client
from contextlib import ExitStack
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from tests.fakeserver.aliyun.running import LIMIT, start
from tests.fakeserver.guiji.running import Http, Line
from tests.fakeserver.mqtt.raw import CONNACK_OK, Raw
from tests.fakeserver.mqtt.raw import connect as mqtt_connect

FAKES = (FakeAliyun, FakeGuiji, FakeSenseTime)


@pytest.mark.parametrize("kind", FAKES)
def test_the_journal_is_empty_and_the_rules_are_those_of_the_scenario(kind: Any) -> None:
    with kind(clock=VirtualClock(), faults=[{"do": "drop", "message": "*", "after": 1e9}]) as fake:
        fake.journal.note("something")
        armed = fake.faults.add(do="drop", message="*", after=2e9)
        fake.toxics.add(type="latency", attributes={"latency": 5})
        fake.reset()
        assert [entry.body for entry in fake.journal.entries()] == ["what faults do by chance follows a seed"]
        assert [each.rule.after for each in fake.faults] == [1e9]
        assert len(fake.toxics) == 0
        armed.remove()
        assert len(fake.faults) == 1


def test_a_socket_is_closed_with_1012_and_its_session_is_unknown() -> None:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False) as fake:
        first = start(fake)
        url = fake.ws_url
        with connect(first.url, proxy=None) as socket:
            fake.reset()
            with pytest.raises(ConnectionClosed) as end:
                socket.recv(timeout=LIMIT)
            assert end.value.rcvd is not None
            assert end.value.rcvd.code == 1012
        assert fake.state.session(first.id) is None
        assert fake.ws_url == url
        # Ids start over, as chance does.
        assert start(fake).id == first.id


def test_credentials_stay_valid() -> None:
    with FakeSenseTime(clock=VirtualClock()) as fake:
        token = fake.access_token
        fake.reset()
        connection = http.client.HTTPConnection(fake.host, fake.port, timeout=LIMIT)
        path = "/api/2dvh/v1/material/live/channel/stat?sessionId=s"
        connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse().read()
        connection.close()
        assert b"token" not in answer
        assert fake.access_token == token


def test_mqtt_clients_are_cut_and_nothing_is_known_of_them() -> None:
    with FakeGuiji(clock=VirtualClock()) as fake:
        live_id = fake.live_id
        http_client = Http(fake)
        http_client.log_in()
        session = http_client.data("POST", "openApi/live/createLiveSession", liveId=live_id, name="morning")
        with Raw(fake.mqtt_port) as client:
            login: dict[str, Any] = {"user": fake.mqtt_user, "password": fake.mqtt_password, "clean": False}
            client.login("one", (session["topicSub"], 1), **login)
            fake.reset()
            assert client.is_closed()
        with Raw(fake.mqtt_port) as client:
            client.send(mqtt_connect("one", **login))
            # No session is present: that would be 01 00.
            assert client.packet() == CONNACK_OK
        http_client.log_in()
        again = http_client.data("POST", "openApi/live/createLiveSession", liveId=fake.live_id, name="morning")
        with Line(fake, again, http_client.token) as line:
            assert "error" in line.answer(line.request("pushPlayListManager", {"action": "getPlayList"}))


def test_timers_of_before_do_nothing() -> None:
    clock = VirtualClock()
    with FakeAliyun(clock=clock, verify_signatures=False, idle_seconds=5.0) as fake:
        session = start(fake)
        fake.reset()
        fake.advance(3600)
        assert [entry for entry in fake.journal.entries() if entry.session == session.id] == []
        assert clock.pending == 0


def test_before_it_starts_a_fake_is_as_it_is_after_it() -> None:
    fake = FakeAliyun(clock=VirtualClock(), verify_signatures=False)
    fake.faults.add(do="drop", message="*", after=1e9)
    fake.reset()
    assert len(fake.faults) == 0
    with ExitStack() as running:
        running.enter_context(fake)
        assert start(fake).id
