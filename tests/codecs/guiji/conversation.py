"""A server's side of a session, written by hand: what it hears and what it says, as JSON objects.

Only what the tests of the client share lives here.
"""

from __future__ import annotations

import json
from typing import Any, Final

from avatarwire.codecs.guiji.client.session import SessionClient
from avatarwire.codecs.guiji.events import Event
from avatarwire.codecs.guiji.http import SessionVo
from avatarwire.codecs.guiji.options import ClientOptions
from avatarwire.codecs.guiji.resources import VideoSize
from tests.codecs.guiji.rpc_samples import HUMAN, OUTPUT, SESSION, TOKEN, TOPIC

SIZE: Final = VideoSize(width=1080, height=1920)
PUB: Final = "live-proxy-0"
OPENED: Final = SessionVo(live_id=4100, session_id=SESSION, expiration_time=30, topic_sub=TOPIC, topic_pub=PUB)


class Talk:
    """One client and the server it talks to.

    Attributes:
        client: the client.
        now: the time, seconds.
        heard: everything the client has published, decoded.
    """

    def __init__(self, **options: Any) -> None:
        self.client = SessionClient(OPENED, TOKEN, options=ClientOptions(**options))
        self.now = 0.0
        self.heard: list[dict[str, Any]] = []
        self._last_id = 100

    def listen(self) -> list[dict[str, Any]]:
        """What the client publishes now."""
        new: list[dict[str, Any]] = []
        for topic, payload in self.client.data_to_send():
            assert topic == PUB
            new.append(json.loads(payload))
        self.heard += new
        return new

    def say(self, fields: dict[str, Any], topic: str = TOPIC) -> list[Event]:
        """The client takes a message in."""
        return self.client.receive(topic, json.dumps(fields).encode(), self.now)

    def answer(self, request_id: int, **result: Any) -> list[Event]:
        """The client takes a result in."""
        return self.say({"id": request_id, "sessionId": SESSION, "result": {"sessionId": SESSION, **result}})

    def refuse(self, request_id: int, message: str = "no", code: int = -32602) -> list[Event]:
        """The client takes an error in."""
        return self.say({"id": request_id, "error": {"sessionId": SESSION, "message": message, "code": code}})

    def tell(self, **params: Any) -> list[Event]:
        """The client takes a SessionState in."""
        self._last_id += 1
        fields = {"id": self._last_id, "method": "SessionState", "params": {"sessionId": SESSION, **params}}
        return self.say(fields)

    def beat(self, heartbeat_id: int = 15, prefix: str = ":---:") -> list[Event]:
        """The client takes a heartbeat in."""
        params = {"sessionId": prefix + SESSION, "state": "Running"}
        return self.say({"id": heartbeat_id, "method": "HeartBeat", "params": params})

    def create(self) -> int:
        """The client asks for the session."""
        return self.client.create(res_list=[OUTPUT, HUMAN], playlist=[6, 9], video_size=SIZE, now=self.now)


def subscribed(**options: Any) -> Talk:
    """A talk whose client listens."""
    talk = Talk(**options)
    talk.client.subscribed(0.0)
    return talk


def running(**options: Any) -> Talk:
    """A talk whose session runs."""
    talk = subscribed(**options)
    talk.answer(talk.create(), message="make sess complete!")
    talk.listen()
    return talk
