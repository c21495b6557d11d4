"""A client's session with each vendor, cut into steps: what a step gives, another fake has to give as well.

A step is a function of a `Client`; what it learned, such as ids and tokens, is plain data in `known`. Connections are
opened when a step needs one, so that they may be lost between any two.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Final, TypeAlias
from urllib.parse import quote, urlencode

from websockets.sync.client import ClientConnection, connect

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime, VirtualClock
from tests.codecs.aliyun.wire_reader import read, write
from tests.fakeserver.guiji.running import Line
from tests.fakeserver.guiji.talk import RES_LIST
from tests.fakeserver.sensetime.client import ROUTES, SCRIPT, SPEECH

LIMIT: Final = 10.0


class Client:
    """A client of one fake.

    Args:
        fake: whose.
        known: what it has learned so far.
    """

    kind: ClassVar[Any]
    changes: ClassVar[dict[str, Any]]

    def __init__(self, fake: Any, known: dict[str, Any]) -> None:
        self.fake = fake
        self.known = known

    @classmethod
    def new_fake(cls, now: float | None = None, **changes: Any) -> Any:
        """A fake for it, on a clock that stands still."""
        clock = VirtualClock() if now is None else VirtualClock(now)
        return cls.kind(clock=clock, **{"seed": 7, **cls.changes, **changes})

    def call(self, method: str, path: str, body: Any = None, headers: Any = None) -> Any:
        """The answer to a call; the fake's own address is left out."""
        connection = http.client.HTTPConnection(self.fake.host, self.fake.port, timeout=LIMIT)
        try:
            data = None if body is None else json.dumps(body)
            connection.request(method, path, data, {"Content-Type": "application/json", **(headers or {})})
            text = connection.getresponse().read().decode()
        finally:
            connection.close()
        return json.loads(text.replace(f":{self.fake.port}", ":PORT"))

    def advance(self, seconds: float) -> None:
        """Time passes."""
        self.fake.advance(seconds)

    def lose(self) -> None:
        """Its connections are gone."""


Step: TypeAlias = Callable[[Any], Any]


class AliyunClient(Client):
    """A client of Aliyun."""

    kind = FakeAliyun
    changes: ClassVar[dict[str, Any]] = {
        "verify_signatures": False,
        "polls_until_ready": 1,
        "deploy_seconds": 5.0,
        "line_seconds": 300.0,
        "idle_seconds": 60.0,
    }
    socket: ClientConnection | None = None

    def post(self, operation: str, **fields: Any) -> Any:
        """What an operation answers."""
        return self.call("POST", f"/yic/yic-console/openService/v1/avatar/{operation}", fields)

    def get(self, operation: str, **fields: Any) -> Any:
        """What an operation answers that reads."""
        return self.call("GET", f"/yic/yic-console/openService/v1/avatar/{operation}?{urlencode(fields)}")

    def start(self, request_id: str) -> Any:
        """Starts a session, of which the client talks from now on."""
        told = self.post("project/startAvatarSession", projectId=self.fake.project_id, requestId=request_id)
        self.known["session"] = told["sessionId"]
        self.known["url"] = told["webSocketUrl"]
        return told

    def say(self, message: str, **members: Any) -> None:
        """Sends a message, on a socket that is opened for that if none is open."""
        if self.socket is None:
            url = self.known["url"].replace(":PORT", f":{self.fake.port}")
            self.socket = connect(url, proxy=None, close_timeout=0.1)
        self.socket.send(write(message, {"sessionId": self.known["session"], **members}, b"SERIAL01"))

    def ask(self, message: str, **members: Any) -> Any:
        """Sends a message, and gives what comes next."""
        self.say(message, **members)
        assert self.socket is not None
        data = self.socket.recv(timeout=LIMIT)
        assert isinstance(data, bytes)
        return read(data, "server").content

    def lose(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def _project(client: AliyunClient) -> Any:
    frame = {
        "layers": [
            {"type": "ANCHOR", "positionX": 0, "positionY": 0, "width": 9, "height": 9, "material": {"id": "310001"}}
        ],
        "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"},
    }
    made = client.post(
        "project/saveAvatarProject",
        operateType="CREATE",
        projectName="lobby",
        scaleType="9:16",
        resSpecType="STANDARD",
        frames=[frame],
    )
    client.known["project"] = made["projectId"]
    return made


def _deploy(client: AliyunClient) -> Any:
    return client.post(
        "project/operateProjectAvatar", projectId=client.known["project"], operateType="DEPLOY", resType="FREE"
    )


def _query(client: AliyunClient) -> Any:
    return client.get("project/queryAvatarProject", projectId=client.known["project"])


ALIYUN: Final[Sequence[Step]] = (
    lambda it: it.start("rq-1"),
    lambda it: it.ask("channel_ready.request"),
    lambda it: it.ask("channel_ready.request"),
    lambda it: (it.ask("channel_ready.request"), it.ask("text_drive.request", text="Hi", askType=1, messageId="m-1")),
    _project,
    lambda it: it.advance(20.0),
    _deploy,
    lambda it: it.advance(4.0),
    _query,
    lambda it: it.advance(2.0),
    _query,
    lambda it: it.start("rq-1"),
    lambda it: it.post(
        "project/sendTextMsg",
        projectId=it.fake.project_id,
        sessionId=it.known["session"],
        text="Good day",
        type=1,
        requestId="q",
    ),
    lambda it: it.start("rq-2"),
    lambda it: it.post("project/stopAvatarSession", projectId=it.fake.project_id, sessionId=it.known["session"]),
    lambda it: it.advance(50.0),
    lambda it: it.start("rq-3"),
    lambda it: it.advance(250.0),
    lambda it: it.get("project/querySessionInfo", projectId=it.fake.project_id, statusList='["STOPPED"]'),
)
"""One of each kind of what the state consists of; sessions end by a stop, by silence and by the end of their line."""


class Everything(Line):
    """A session over MQTT, of which every message is heard, heartbeats too."""

    def _on_message(self, _: object, __: object, message: Any) -> None:
        self._heard.put((message.qos, json.loads(message.payload)))


class GuijiClient(Client):
    """A client of Guiji."""

    kind = FakeGuiji
    changes: ClassVar[dict[str, Any]] = {
        "prepare_seconds": 2.0,
        "stream_seconds": 3.0,
        "expiration_seconds": 60,
        "heartbeat_seconds": 10.0,
    }
    line: Everything | None = None

    def post(self, path: str, **fields: Any) -> Any:
        """What an operation answers; the data of a success."""
        headers = {"source": "sdk", "token": self.known.get("token", "")}
        told = self.call("POST", f"/live-manager/{path}", fields, headers)
        assert told["code"] == 200, told
        return told["data"]

    def get(self, path: str, **fields: Any) -> Any:
        """What an operation answers that reads."""
        headers = {"source": "sdk", "token": self.known["token"]}
        return self.call("GET", f"/live-manager/{path}?{urlencode(fields)}", None, headers)

    def log_in(self) -> Any:
        """Gets a token."""
        told = self.post("open/accessToken", appId=self.fake.app_id, appSecret=self.fake.app_secret)
        self.known["token"] = told["token"]
        return told

    def create(self) -> Any:
        """Makes a session in a room with two materials."""
        room = self.known["room"] = self.post("openApi/liveInfo/create", liveName="morning", cutinFlag=True)
        self.known["materials"] = [
            self.post(
                "openApi/customizedMaterial/upload", liveId=room, materialType="AUDIO", materialUrl=f"http://x/{n}"
            )
            for n in range(2)
        ]
        self.known["opened"] = self.post("openApi/live/createLiveSession", liveId=room, name="n")
        return room, self.known["materials"], self.known["opened"]

    def publish(self, method: str, answers: int = 1, **params: Any) -> Any:
        """Publishes a request, and gives so many messages that come."""
        line = self.talking()
        self.known["last"] = self.known.get("last", 0) + 1
        line.send({**line.request(method, params), "id": self.known["last"]})
        return self.hear(answers)

    def begin(self) -> None:
        """Publishes CreateNewSession, whose answer takes time."""
        line = self.talking()
        self.known["last"] = 1
        line.send({**line.creation(list(RES_LIST), self.known["materials"]), "id": 1})
        self.fake.journal.expect_sync("CreateNewSession.request", timeout=LIMIT)

    def after(self, seconds: float, messages: int) -> Any:
        """Time passes, and so many messages come."""
        self.talking()
        self.advance(seconds)
        heard = self.hear(messages)
        self.known["beat"] = heard[-1]["id"]
        return heard

    def answer(self, beat: int) -> Any:
        """Answers a heartbeat, and asks for the playlist, so that the answer has been taken."""
        line = self.talking()
        told = {"sessionId": f":---:{line.session_id}", "message": "Heartbeat received."}
        line.send(
            {"id": beat, "result": told, "sessionId": line.session_id, "sender": self.known["opened"]["topicSub"]}
        )
        return self.publish("pushPlayListManager", action="getPlayList")

    def hear(self, count: int) -> Any:
        """The next messages."""
        return [self.talking().hear() for _ in range(count)]

    def talking(self) -> Everything:
        if self.line is None:
            self.line = Everything(self.fake, self.known["opened"], self.known["token"])
            self.line.__enter__()
        return self.line

    def lose(self) -> None:
        if self.line is not None:
            self.line.__exit__()
            self.line = None


def _picture(client: GuijiClient) -> Any:
    picture = {"type": "fore", "resOptions": {"type": "image", "name": "logo", "url": "http://x/logo.png"}}
    strange = {"type": "fore", "resOptions": {"type": "hologram", "name": "h", "depth": 3}, "drawOptions": {"x": 1}}
    return client.publish("ModifySessionResList", 3, rmvRes={"resList": []}, addRes={"resList": [picture, strange]})


def _at(client: GuijiClient, action: str, **params: Any) -> Any:
    return client.publish("pushPlayListManager", action=action, **params)


GUIJI: Final[Sequence[Step]] = (
    lambda it: it.log_in(),
    lambda it: it.create(),
    lambda it: it.begin(),
    lambda it: it.advance(1.0),
    lambda it: it.after(1.0, 1),
    lambda it: it.advance(2.0),
    lambda it: it.after(1.0, 6),
    lambda it: it.after(5.5, 1),
    lambda it: it.answer(it.known["beat"]),
    _picture,
    lambda it: _at(it, "insertPlayListAtSilent", pcmIds=it.known["materials"][:1]),
    lambda it: it.advance(0.25),
    lambda it: it.after(0.5, 1),
    lambda it: _at(it, "getPlayList"),
    lambda it: it.post(
        "openApi/customizedMaterial/upload", liveId=it.known["room"], materialType="AUDIO", materialUrl="http://x"
    ),
    lambda it: it.post("openApi/live/createLiveSession", liveId=it.known["room"], name="other"),
    lambda it: it.publish("DestroySession", cause="done"),
    lambda it: it.get("openApi/liveRecord/query", pageNo=1, pageSize=10),
    lambda it: it.advance(40.0),
)
"""Rooms, materials, records, a session that is prepared, streams, plays and is cut into, and one that is forgotten."""


class SenseTimeClient(Client):
    """A client of SenseTime."""

    kind = FakeSenseTime
    changes: ClassVar[dict[str, Any]] = {
        "initialising_seconds": 2.0,
        "heartbeat_seconds": 60.0,
        "outcomes": ("ready", "failed"),
        "default_download_seconds": 4.0,
        "download_threshold": 1.0,
        "rtc_token_seconds": 100.0,
        "rtc_warning_seconds": 30.0,
        "opening_words": "Welcome, and please ask.",
    }
    page: ClientConnection | None = None

    def ask(self, operation: str, **fields: Any) -> Any:
        """What an operation answers."""
        method, path = ROUTES[operation]
        query = f"?{urlencode(fields)}" if method == "GET" else ""
        token = self.known.setdefault("token", self.fake.access_token)
        headers = {"Authorization": f"Bearer {token}"}
        return self.call(method, path + query, None if query else fields, headers)

    def create(self) -> Any:
        """Makes a live."""
        told = self.ask("createLive", param=json.dumps(SCRIPT))
        self.known["live"] = told["data"]["sessionId"]
        self.known["live_token"] = told["data"]["sessionToken"]
        return told

    def on(self, operation: str, **fields: Any) -> Any:
        """What an operation answers about the live."""
        return self.ask(operation, sessionId=self.known["live"], **fields)

    def typed(self, text: str, messages: int) -> Any:
        """Types a text on a page, and gives so many messages that it gets."""
        if self.page is None:
            asked = urlencode({"sessionId": self.known["live"]})
            token = quote(f"Bearer {self.known['live_token']}")
            self.page = connect(f"{self.fake.interactive_url}?{asked}&Authorization={token}", proxy=None)
        self.page.send(json.dumps({"text": text}))
        return [json.loads(self.page.recv(timeout=LIMIT)) for _ in range(messages)]

    def lose(self) -> None:
        if self.page is not None:
            self.page.close()
            self.page = None


FILE: Final = json.dumps({"tts_query": {"content": "ten words and a picture of it"}, "foregrounds": []})

SENSETIME: Final[Sequence[Step]] = (
    lambda it: it.create(),
    lambda it: it.advance(1.0),
    lambda it: it.on("startLive"),
    lambda it: it.advance(1.5),
    lambda it: it.on("startLive"),
    lambda it: it.on("takeoverQueue", param=json.dumps(SPEECH)),
    lambda it: it.on("takeoverQueue", param=json.dumps(SPEECH), priority=1),
    lambda it: it.on("takeoverQueue", param=json.dumps({"audio": "http://x/a.mp3"})),
    lambda it: it.advance(1.0),
    lambda it: it.on("takeoverQueueList"),
    lambda it: it.advance(3.0),
    lambda it: it.on("takeoverQueueList"),
    lambda it: it.on("heartbeat"),
    lambda it: it.advance(40.0),
    lambda it: it.typed("When do you open?", 5),
    lambda it: it.advance(0.5),
    lambda it: it.typed("And when do you close?", 5),
    lambda it: it.on("rtcAudienceToken", rtcChannelId=f"channel-{it.known['live']}"),
    lambda it: it.create(),
    lambda it: it.advance(5.0),
    lambda it: it.ask("historyList"),
    lambda it: it.create(),
    lambda it: it.advance(61.0),
    lambda it: it.ask("historyList"),
)
"""Lives that become ready, fail and are lost; takeovers that play, wait and are fetched; a talk; tokens of RTC."""

TALKS: Final = ((AliyunClient, ALIYUN), (GuijiClient, GUIJI), (SenseTimeClient, SENSETIME))
