"""The fake behind Mosquitto, which is killed and started again in the middle of a session."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
import trustme
from paho.mqtt.enums import CallbackAPIVersion

from avatarwire.fakeserver.clock import patience
from avatarwire.fakeserver.errors import FakeServerError
from tests.fakeserver.guiji.running import LIMIT, RTMP, Http, Serve, human
from tests.fakeserver.mqtt.mosquitto import mosquitto
from tests.fakeserver.mqtt.threaded import send_at_once, stop


class Caller:
    """A client with a persistent session, which keeps what was acknowledged and what was answered apart."""

    def __init__(self, host: str, port: int, login: dict[str, Any], topics: dict[str, Any]) -> None:
        self._topics = topics
        self._changed = threading.Condition()
        self._packets: dict[int, int] = {}
        self._published_packets: set[int] = set()
        self._subscriptions: list[bool] = []
        self.answers: dict[int, dict[str, Any]] = {}
        self.client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="caller", clean_session=False)
        self.client.username_pw_set(login["mqttUser"], login["mqttPassword"])
        self.client.reconnect_delay_set(1, 1)
        self.client.on_connect = self._subscribe
        self.client.on_subscribe = self._subscribed
        self.client.on_publish = self._published
        self.client.on_message = self._message
        send_at_once(self.client)
        self.client.connect(host, port)
        self.client.loop_start()

    def _subscribe(self, *_: object) -> None:
        self.client.subscribe(self._topics["topicSub"], 1)

    def _subscribed(self, *_: object) -> None:
        self._note(lambda: self._subscriptions.append(True))

    def _published(self, _: object, __: object, packet: int, *___: object) -> None:
        self._note(lambda: self._published_packets.add(packet))

    def _message(self, _: object, __: object, message: mqtt.MQTTMessage) -> None:
        self._note(lambda: self._answered(json.loads(message.payload)))

    def _note(self, change: Callable[[], object]) -> None:
        with self._changed:
            change()
            self._changed.notify_all()

    @property
    def acknowledged(self) -> set[int]:
        """Ids of requests that the broker has acknowledged; 0 stands for the subscription."""
        known = {self._packets[packet] for packet in self._published_packets if packet in self._packets}
        return known | {0} if self._subscriptions else known

    def _answered(self, message: dict[str, Any]) -> None:
        if "method" not in message:
            # A message that the client sent again may come twice, and is then told to be a repetition (GJ-E59).
            self.answers.setdefault(message["id"], message)

    def ask(self, id_: int, method: str, params: dict[str, Any], **members: Any) -> None:
        session = self._topics["sessionId"]
        message = {"id": id_, "method": method, "sessionId": session, "sender": self._topics["topicSub"], **members}
        # Without the lock: paho holds one of its own while it publishes, and while it tells of acknowledgements.
        sent = self.client.publish(
            self._topics["topicPub"], json.dumps({**message, "params": {"sessionId": session, **params}}), 1
        )
        with self._changed:
            self._packets[sent.mid] = id_

    def wait(self, condition: Callable[[], bool]) -> None:
        left = patience(3 * LIMIT)
        with self._changed:
            assert self._changed.wait_for(condition, left()), (self.acknowledged, self.answers)

    def close(self) -> None:
        stop(self.client)


def test_a_broker_with_a_certificate_of_ones_own(serve: Serve, tmp_path: Path) -> None:
    authority = trustme.CA()
    trusting = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    with mosquitto(tmp_path, authority) as broker:
        url = broker.url.replace("mqtt://", "mqtts://")
        fake = serve(broker=url, broker_ssl_context=trusting)
        assert fake.mqtt_url == f"mqtts://127.0.0.1:{broker.port}"
        with pytest.raises(FakeServerError, match="certificate"):
            serve(broker=url)


def test_no_request_that_mosquitto_has_acknowledged_is_lost(serve: Serve, tmp_path: Path) -> None:
    with mosquitto(tmp_path) as broker:
        fake = serve(broker=broker.url, heartbeat_seconds=None, expiration_seconds=600)
        http = Http(fake)
        login = http.log_in()
        scene = http.data("GET", "openApi/robot/platformList")[0]["sceneList"][0]
        opened = http.data("POST", "openApi/live/createLiveSession", liveId=fake.live_id)
        caller = Caller(fake.mqtt_host, fake.mqtt_port, login, opened)
        try:
            caller.wait(lambda: 0 in caller.acknowledged)
            params = {
                "rule": "DTHumanLivestreamWithAudioRelay",
                "mode": "checkheartbeat",
                "videoSize": {"width": 1080, "height": 1920},
                "token": http.token,
                "resList": [RTMP, human(scene)],
                "playlist": list(fake.material_ids),
            }
            caller.ask(1, "CreateNewSession", params, liveId=opened["liveId"], token=http.token, livePlatform=3)
            caller.wait(lambda: 1 in caller.answers)

            # Mosquitto acknowledges a request a moment before it hands it on or saves it, so one that is killed in
            # between loses what it has acknowledged, whatever the fake does. Hence no request is on its way just then.
            for id_ in range(2, 18):
                caller.ask(id_, "pushPlayListManager", {"action": "getPlayList"})
            caller.wait(lambda: set(caller.answers) >= set(range(2, 18)))
            broker.kill()
            for id_ in range(18, 28):
                caller.ask(id_, "pushPlayListManager", {"action": "getPlayList"})
            broker.start()

            # What was sent to no broker is sent again, so in the end all of them are acknowledged, and none is lost.
            caller.wait(
                lambda: caller.acknowledged >= set(range(28)) and set(caller.answers) >= caller.acknowledged - {0}
            )
            assert all("result" in answer for answer in caller.answers.values())
        finally:
            caller.close()
