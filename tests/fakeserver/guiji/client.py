"""A client of the HTTP surface without a socket: calls are written by hand and read by hand.

Only what the tests of HTTP share may live here. Bodies are made and read with `json` alone, from the document, never by
the codecs under test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlencode

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.guiji.http import GuijiHttp
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.calls import answered
from tests.fakeserver.turns import LiveTurn

API: Final = "/live-manager/openApi"
TOKEN_PATH: Final = "/live-manager/open/accessToken"

ACCOUNTS: Final = (
    AccountFixture(app_id="app-1", app_secret="secret-1", number="77001", mqtt_user="user-1", mqtt_password="pw-1"),
    AccountFixture(app_id="app-2", app_secret="secret-2", number="77002", mqtt_user="", mqtt_password=""),
)

SCENE: Final[Mapping[str, Any]] = {
    "sceneCode": "9001",
    "proportion": "9:16",
    "posture": "1",
    "duration": 60,
    "sceneName": "studio",
    "exampleUrl": "http://127.0.0.1/e.mp4",
    "videoCoverUrl": "http://127.0.0.1/c.mp4",
}
ROBOT: Final[Mapping[str, Any]] = {
    "id": 31,
    "coverUrl": "http://127.0.0.1/r.png",
    "robotDesc": "news",
    "robotCode": "8001",
    "robotName": " Mei",
    "sceneList": [SCENE],
}
VOICE: Final[Mapping[str, Any]] = {
    "ttsSource": 10,
    "ttsSpeaker": "platform-lin",
    "volume": 0,
    "intonation": -20,
    "speedRate": 20.0,
}


def fields(answer: HttpAnswer) -> dict[str, Any]:
    """The body of an answer."""
    decoded: dict[str, Any] = json.loads(answer.body)
    return decoded


def clauses(answer: HttpAnswer) -> list[str]:
    """The rules that a request was found to break."""
    return [violation.clause for violation in answer.violations]


class Client:
    """A fake's HTTP surface, and a caller that has its token.

    Attributes:
        token: of the first account.
        state, clock, scenario: of the fake.
    """

    def __init__(self, **changes: Any) -> None:
        self.scenario = override(GuijiScenario(accounts=ACCOUNTS), **changes)
        self.clock = VirtualClock()
        self.turn = LiveTurn(self.clock)
        self.state = GuijiState(self.scenario, self.turn, rng=random.Random(1))
        self.http = GuijiHttp(self.state, self.scenario)
        self.token = self.new_token()

    def new_token(self, number: int = 1) -> str:
        """A token of an account, the first one if no other number is given."""
        answer = self.send("POST", TOKEN_PATH, {"appId": f"app-{number}", "appSecret": f"secret-{number}"}, {})
        return str((fields(answer).get("data") or {"token": ""})["token"])

    def send(
        self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None, *, query: str = ""
    ) -> HttpAnswer:
        """One call; without headers it has those that the document asks for."""
        sent = {"token": self.token, "source": "sdk"} if headers is None else dict(headers)
        if method == "POST":
            sent.setdefault("Content-Type", "application/json")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return answered(self.http, HttpCall(method, path, query, tuple(sent.items()), raw), self.clock.now())

    def post(self, path: str, /, **body: Any) -> HttpAnswer:
        """A POST with a JSON body, below the common path."""
        return self.send("POST", API + path, body)

    def get(self, path: str, /, **query: Any) -> HttpAnswer:
        """A GET with a query, below the common path."""
        return self.send("GET", API + path, query=urlencode(query))

    def create(self, **body: Any) -> int:
        """A new live room."""
        answer = self.post("/liveInfo/create", **{"cutinFlag": True, "liveName": "shop", **body})
        room: int = fields(answer)["data"]
        return room

    def upload(self, room: int, **body: Any) -> HttpAnswer:
        """A text to speak, or what is asked for."""
        material = {"liveId": room, "materialType": "TEXT", "text": "hello", **VOICE, **body}
        return self.post(
            "/customizedMaterial/upload", **{key: value for key, value in material.items() if value is not ...}
        )


def data(answer: HttpAnswer) -> Any:
    """The data of a success."""
    body = fields(answer)
    assert (answer.status, body["code"], body["success"]) == (200, 200, True), body
    return body["data"]


def refusal(answer: HttpAnswer) -> tuple[int, str]:
    """Code and text of a failure, which has no data."""
    body = fields(answer)
    assert body.keys() == {"code", "msg", "success"}, body
    assert body["success"] is False
    return body["code"], body["msg"]
