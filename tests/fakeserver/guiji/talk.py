"""A conversation without a socket: messages written by hand go in, virtual time passes, what is said is read by hand.

Only what the tests of the conversation share may live here. Messages are made and read with `json` alone, from the
document, never by the codecs under test.
"""

from __future__ import annotations

import json
import random
from copy import deepcopy
from itertools import count
from typing import Any, Final

from avatarwire.codecs.guiji.http import CreateLiveRequest, RobotVO, SceneVO, UploadMaterialRequest
from avatarwire.codecs.guiji.http_enums import MaterialType
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import Delivery, Effect, Incoming, Note, Publish
from avatarwire.fakeserver.guiji.mqtt import Live
from avatarwire.fakeserver.guiji.scenario import AccountFixture, GuijiScenario
from avatarwire.fakeserver.guiji.sessions import LiveSession
from avatarwire.fakeserver.guiji.state import GuijiState
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.turns import LiveTurn

FIRST: Final = "810001"
SECOND: Final = "810002"
OF_THE_ROOM: Final = "810009"
"""Codes of scenes that the live room's presenter has: two templates of the session, and one that is none."""
LISTED: Final = "910001"
"""Code of a scene that the platform has, and the live room has not."""

ACCOUNTS: Final = (
    AccountFixture(app_id="app-1", app_secret="secret-1", number="77001", mqtt_user="user-1", mqtt_password="pw-1"),
    AccountFixture(app_id="app-2", app_secret="secret-2", number="77002", mqtt_user="user-2", mqtt_password="pw-2"),
)


def element(layer: str, kind: str, name: str, **options: Any) -> dict[str, Any]:
    """One element of a resList."""
    return {"type": layer, "resOptions": {"type": kind, "name": name, **options}}


def dthuman(first: str = FIRST, *codes: str) -> dict[str, Any]:
    """The digital human, in a scene, with its templates."""
    templates = [
        {"sequence": [f"http://127.0.0.1/{code}.mp4"], "udCode": code, "matting": 0}
        for code in codes or (FIRST, SECOND)
    ]
    driven = {"mode": "livestream", "udCodeUsed": first, "templates": templates, "quarter": 0}
    return element("center", "dthuman", "dthuman", audioDriven=driven) | {
        "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920}
    }


def background(url: str = "http://127.0.0.1/blue.png") -> dict[str, Any]:
    """A background."""
    return element("back", "image", "background", url=url, exclusive={"SameNameInGroup": True}) | {
        "drawOptions": {"x": 0, "y": 0, "width": 1080, "height": 1920, "zidx": -1}
    }


RTMP: Final = element("center", "rtmp", "rtmp")
VOICE: Final = element("center", "aivoicedistort", "aivoicedistort", distortState=False, speekerId=0)
PICTURE: Final = element("fore", "image", "image", url="http://127.0.0.1/join.png")
VIDEO: Final = element("fore", "player", "video", url="http://127.0.0.1/clip.mp4", mute=True, loop=-1)
RES_LIST: Final = (RTMP, VOICE, dthuman(), PICTURE, VIDEO, background())


class Studio:
    """A fake's conversations without transports: one account's room with three materials, and a session of it.

    Attributes:
        said: everything that was published, in order, decoded.
        judged: what was noted of the client beside its messages.
        audio: materials that play for 10 s each.
        speech: a material that is spoken in 3 s.
    """

    def __init__(self, **changes: Any) -> None:
        self.scenario = override(GuijiScenario(accounts=ACCOUNTS), **changes)
        self.clock = VirtualClock()
        self.said: list[dict[str, Any]] = []
        self.publications: list[Publish] = []
        self.judged: list[Violation] = []
        self.turn = LiveTurn(self.clock, self._hear)
        self.state = GuijiState(self.scenario, self.turn, rng=random.Random(1))
        self.live = Live(self.state, self.scenario, self.turn)
        self.account = self.scenario.accounts[0]
        robot = RobotVO(
            id=1,
            robot_code="r-1",
            robot_name="Mei",
            scene_list=tuple(
                SceneVO(scene_code=code, scene_name="desk", video_cover_url=f"http://127.0.0.1/{code}.mp4")
                for code in (FIRST, SECOND, OF_THE_ROOM)
            ),
        )
        request = CreateLiveRequest(cutin_flag=True, live_name="morning show", robot_list=(robot,))
        self.room = self.state.rooms.create(request, self.account)
        self.audio = [
            self.upload(UploadMaterialRequest(live_id=self.room.id, material_type=MaterialType.AUDIO, material_url=url))
            for url in ("http://127.0.0.1/1.wav", "http://127.0.0.1/2.wav")
        ]
        self.speech = self.upload(
            UploadMaterialRequest(
                live_id=self.room.id,
                material_type=MaterialType.TEXT,
                text="good morning",
                tts_source=10,
                tts_speaker="s-1",
                volume=0.0,
                intonation=0.0,
                speed_rate=0.0,
            )
        )
        self.token = self.state.tokens.issue("app-1", "secret-1").token
        self.session: LiveSession = self.state.sessions.create(self.room, "morning", self.account)
        self.received = Incoming()
        self._ids = count(1)

    def upload(self, request: UploadMaterialRequest) -> int:
        return self.state.materials.add(self.room, request, self.clock.now()).id

    def _hear(self, effect: Effect) -> None:
        if isinstance(effect, Note):
            self.judged += effect.violations
            return
        assert isinstance(effect, Publish)
        if effect.left is not None:
            effect.left()
        self.publications.append(effect)
        self.said.append(json.loads(effect.data))

    # A client

    def send(self, data: bytes | dict[str, Any], *, qos: int = 1, **more: Any) -> list[dict[str, Any]]:
        """Publishes a message; everything that is said at once."""
        raw = data if isinstance(data, bytes) else json.dumps(data).encode()
        known: dict[str, Any] = {"client_id": "c-1", "user": "user-1"}
        before = len(self.said)
        self.received = self.live.read(Delivery("live-proxy-0", raw, qos=qos, **known | more), self.clock.now())
        self.live.take(self.received, self.clock.now())
        return self.said[before:]

    def request(self, method: str, /, **params: Any) -> dict[str, Any]:
        """A request of the session's client, its arguments given."""
        return {
            "id": next(self._ids),
            "method": method,
            "sessionId": self.session.id,
            "sender": self.session.topic_sub,
            "params": {"sessionId": self.session.id, **params},
        }

    def creation(self, **params: Any) -> dict[str, Any]:
        """A CreateNewSession; what is None is left out."""
        arguments = {
            "rule": "DTHumanLivestreamWithAudioRelay",
            "mode": "checkheartbeat",
            "videoSize": {"width": 1080, "height": 1920},
            "token": self.token,
            "resList": deepcopy(RES_LIST),
            "playlist": self.audio,
            **params,
        }
        message = self.request("CreateNewSession", **{name: value for name, value in arguments.items() if value})
        return message | {"liveId": self.room.id, "token": self.token, "livePlatform": 3}

    def ask(self, method: str, /, **params: Any) -> list[dict[str, Any]]:
        """Sends a request."""
        return self.send(self.request(method, **params))

    def playlist(self, action: str, **params: Any) -> dict[str, Any]:
        """What pushPlayListManager results in."""
        answer = self.ask("pushPlayListManager", action=action, **params)[0]
        result: dict[str, Any] = answer["result"]
        return result

    def create(self, **params: Any) -> list[dict[str, Any]]:
        """Creates the session; everything that is said at once."""
        return self.send(self.creation(**params))

    def beat(self, heartbeat: dict[str, Any], **changes: Any) -> list[dict[str, Any]]:
        """Answers a heartbeat as the document says."""
        echo = heartbeat["params"]["sessionId"]
        answer = {
            "id": heartbeat["id"],
            "result": {"sessionId": echo, "message": "Heartbeat received."},
            "sessionId": self.session.id,
            "sender": self.session.topic_sub,
        }
        return self.send(answer | changes)

    def pass_time(self, seconds: float, *, alive: bool = True) -> list[dict[str, Any]]:
        """What is said in some time; heartbeats are answered, unless told otherwise, and left out."""
        found: list[dict[str, Any]] = []
        end = self.clock.now() + seconds
        while (left := end - self.clock.now()) > 0:
            before = len(self.said)
            self.clock.advance(min(left, 0.5))
            for message in self.said[before:]:
                if alive and message.get("method") == "HeartBeat":
                    self.beat(message)
                else:
                    found.append(message)
        return found

    # What the server has noticed

    @property
    def noticed(self) -> list[str]:
        """What was noticed about the last message, as ``clause path``."""
        return [f"{item.clause} {item.path}".strip() for item in self.received.violations]


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    """What messages are, in short."""
    return [_kind(message) for message in messages]


def _kind(message: dict[str, Any]) -> str:
    if "method" not in message:
        return "error" if "error" in message else "result"
    params = message["params"]
    if "status" in params:
        return f"{params['status']} {params['nowPcmId']}"
    return f"Show {params['id']}" if params["state"] == "Show" else str(params["state"])


def code_and_text(messages: list[dict[str, Any]]) -> tuple[int, str]:
    """The one error among messages."""
    (message,) = messages
    return message["error"]["code"], message["error"]["message"]
