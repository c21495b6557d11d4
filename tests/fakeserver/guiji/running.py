"""A running fake as a client sees it: HTTP by the standard library, MQTT by paho, JSON by hand.

Only what the tests over real sockets share may live here. It is written from the vendor's document alone and imports
nothing of the codecs.
"""

from __future__ import annotations

import http.client
import json
import queue
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Self, TypeAlias
from urllib.parse import urlencode

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from avatarwire.fakeserver.guiji import FakeGuiji
from tests.fakeserver.mqtt.threaded import send_at_once, stop

LIMIT: Final = 10.0
"""Real seconds after which a test that waits has failed."""

Serve: TypeAlias = Callable[..., FakeGuiji]


class Http:
    """The eighteen operations' client: a token, and the headers that go with every call."""

    def __init__(self, fake: FakeGuiji, tls: ssl.SSLContext | None = None) -> None:
        self._fake = fake
        self._tls = tls
        self.token = ""

    def call(self, method: str, path: str, **parameters: Any) -> Any:
        """Calls an operation; the whole answer."""
        target, body = f"/live-manager/{path}", None
        headers = {"source": "sdk", "token": self.token}
        if method == "GET":
            target += f"?{urlencode(parameters)}" if parameters else ""
        else:
            body = json.dumps(parameters)
            headers["Content-Type"] = "application/json"
        connection = (
            http.client.HTTPConnection(self._fake.host, self._fake.port, timeout=LIMIT)
            if self._tls is None
            else http.client.HTTPSConnection(self._fake.host, self._fake.port, timeout=LIMIT, context=self._tls)
        )
        try:
            connection.request(method, target, body, headers)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def data(self, method: str, path: str, **parameters: Any) -> Any:
        """The data of a success."""
        answer = self.call(method, path, **parameters)
        assert answer["code"] == 200, answer
        return answer["data"]

    def log_in(self) -> dict[str, Any]:
        """Gets a token, for all later calls."""
        found: dict[str, Any] = self.data(
            "POST", "open/accessToken", appId=self._fake.app_id, appSecret=self._fake.app_secret
        )
        self.token = found["token"]
        return found


class Line:
    """One session over MQTT, as the document has it: subscribe to topicSub, publish to topicPub, answer heartbeats."""

    def __init__(
        self, fake: FakeGuiji, opened: dict[str, Any], token: str, *, tls: ssl.SSLContext | None = None
    ) -> None:
        self.opened = opened
        self.session_id = opened["sessionId"]
        self._token = token
        self._heard: queue.Queue[tuple[int, dict[str, Any]]] = queue.Queue()
        self._subscribed = threading.Event()
        self._last_id = 0
        self.answers_heartbeats = True
        self.beats = 0
        self.client = client = mqtt.Client(CallbackAPIVersion.VERSION2)
        client.username_pw_set(fake.mqtt_user, fake.mqtt_password)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        if tls is not None:
            untyped: Any = client
            untyped.tls_set_context(tls)
        send_at_once(client)
        client.connect(fake.mqtt_host, fake.mqtt_port)
        client.loop_start()

    def __enter__(self) -> Self:
        if not self._subscribed.wait(LIMIT):
            stop(self.client)
            raise AssertionError("not subscribed")
        return self

    def __exit__(self, *_: object) -> None:
        stop(self.client)

    def _on_connect(self, *_: object) -> None:
        self.client.subscribe(self.opened["topicSub"], 1)

    def _on_subscribe(self, *_: object) -> None:
        self._subscribed.set()

    def _on_message(self, _: object, __: object, message: mqtt.MQTTMessage) -> None:
        assert message.topic == self.opened["topicSub"]
        assert not message.retain
        received = json.loads(message.payload)
        if received.get("method") == "HeartBeat":
            self.beats += 1
            if self.answers_heartbeats:
                self.send(
                    {
                        "id": received["id"],
                        "result": {"sessionId": received["params"]["sessionId"], "message": "Heartbeat received."},
                        "sessionId": self.session_id,
                        "sender": self.opened["topicSub"],
                    }
                )
        else:
            self._heard.put((message.qos, received))

    def send(self, message: dict[str, Any] | bytes, qos: int = 1) -> None:
        """Publishes a message."""
        self.client.publish(
            self.opened["topicPub"], message if isinstance(message, bytes) else json.dumps(message), qos
        )

    def request(self, method: str, params: dict[str, Any], **members: Any) -> dict[str, Any]:
        """A request with an id of its own."""
        self._last_id += 1
        return {
            "id": self._last_id,
            "method": method,
            "sessionId": self.session_id,
            "sender": self.opened["topicSub"],
            "params": {"sessionId": self.session_id, **params},
            **members,
        }

    def creation(self, res_list: list[Any], playlist: list[int]) -> dict[str, Any]:
        """A CreateNewSession."""
        params = {
            "rule": "DTHumanLivestreamWithAudioRelay",
            "mode": "checkheartbeat",
            "videoSize": {"width": 1080, "height": 1920},
            "token": self._token,
            "resList": res_list,
            "playlist": playlist,
        }
        return self.request("CreateNewSession", params, liveId=self.opened["liveId"], token=self._token, livePlatform=3)

    def hear(self) -> dict[str, Any]:
        """The next message that is no heartbeat."""
        return self._heard.get(timeout=LIMIT)[1]

    def hear_with_qos(self) -> tuple[int, dict[str, Any]]:
        """The same with its quality of service."""
        return self._heard.get(timeout=LIMIT)

    def answer(self, message: dict[str, Any], qos: int = 1) -> dict[str, Any]:
        """Sends a request and waits for its answer; notifications that come before are put aside."""
        self.send(message, qos)
        aside: list[tuple[int, dict[str, Any]]] = []
        while True:
            heard = self._heard.get(timeout=LIMIT)
            if "method" not in heard[1] and heard[1]["id"] == message["id"]:
                for item in aside:
                    self._heard.put(item)
                return heard[1]
            aside.append(heard)

    def silence(self) -> bool:
        """Whether nothing else has come."""
        with suppress(queue.Empty):
            self._heard.get_nowait()
            return False
        return True


def human(scene: dict[str, Any]) -> dict[str, Any]:
    """The digital human in a scene that a presenter has."""
    template = {"sequence": [scene["videoCoverUrl"]], "udCode": scene["sceneCode"], "matting": 0}
    driven = {"mode": "livestream", "udCodeUsed": scene["sceneCode"], "templates": [template], "quarter": 0}
    return {
        "type": "center",
        "resOptions": {"type": "dthuman", "name": "dthuman", "audioDriven": driven},
        "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920},
    }


RTMP: Final = {"type": "center", "resOptions": {"name": "rtmp", "type": "rtmp"}}
