"""A fake without sockets on a virtual clock, and a client that signs its calls.

Only what several tests of the fake's state and HTTP surface share may live here.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast
from urllib.parse import urlencode

from avatarwire.codecs.aliyun.http import (
    OPERATIONS,
    SAVE_AVATAR_PROJECT,
    SaveAvatarProjectRequest,
    StartAvatarSessionRequest,
)
from avatarwire.codecs.aliyun.signature import sign
from avatarwire.fakeserver.aliyun.http import AliyunHttp
from avatarwire.fakeserver.aliyun.scenario import DEFAULT_PROJECT, AliyunScenario
from avatarwire.fakeserver.aliyun.state import AliyunState, Project, Session, SessionEvent, Started
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.scenario import override
from tests.fakeserver.calls import answered
from tests.fakeserver.turns import LiveTurn

BASE: Final = "/yic/yic-console/openService/v1"
HOST: Final = "127.0.0.1:8080"
PROJECT: Final = DEFAULT_PROJECT
MAIN_ID: Final = "1602000000000001"
KEY_ID: Final = "LTAI5tFakeAccessKeyId01"
KEY_SECRET: Final = "fake-access-key-secret-01"

ANCHOR: Final[dict[str, Any]] = {
    "type": "ANCHOR",
    "positionX": 0,
    "positionY": 480,
    "width": 1080,
    "height": 1440,
    "material": {"id": "310001"},
}
BACKGROUND: Final[dict[str, Any]] = {
    "type": "BACKGROUND",
    "material": {"url": "http://img.example/lobby.png", "format": "image/png"},
}
FRAME: Final[dict[str, Any]] = {
    "layers": [ANCHOR, BACKGROUND],
    "videoScript": {"voiceTemplateId": "101", "speedRate": "1.0"},
}
CREATE: Final[dict[str, Any]] = {
    "operateType": "CREATE",
    "projectName": "lobby",
    "scaleType": "9:16",
    "resSpecType": "STANDARD",
    "frames": [FRAME],
}
EDIT: Final[dict[str, Any]] = {"operateType": "EDIT", "projectId": PROJECT, "frames": [FRAME]}
DEPLOY: Final[dict[str, Any]] = {"projectId": PROJECT, "operateType": "DEPLOY", "resType": "FREE"}
FIGURES: Final[dict[str, Any]] = {"useScene": "realTimeInteractivity", "resSpecType": "BASIC_MODEL"}
VOICES: Final[dict[str, Any]] = {"useScene": "realTimeInteractivity", "resSpecType": "BASIC_VOICE"}

_BY_ID: Final = {operation.id: operation for operation in OPERATIONS}


@dataclass
class Talking:
    """The talk on a session's socket."""

    busy: bool = False
    last_activity: float = 0.0
    wrong: Violation | None = None

    def early(self) -> Violation | None:
        """What is wrong with a drive that comes now."""
        return self.wrong


class Fake:
    """State and HTTP surface as a scenario says, with a client of the scenario's first account.

    Args:
        changes: tunables that differ from the default scenario.
    """

    def __init__(self, **changes: Any) -> None:
        self.clock = VirtualClock()
        self.turn = LiveTurn(self.clock)
        self.scenario = override(AliyunScenario(), **changes)
        self.events: list[SessionEvent] = []
        self.state = AliyunState(
            self.scenario,
            self.turn,
            socket_url=lambda asked: "ws://127.0.0.1:7005",
            rng=random.Random(7),
            happened=lambda _, event: self.events.append(event),
        )
        self.http = AliyunHttp(self.state, self.scenario)
        self.calls = 0

    def send(
        self,
        method: str,
        path: str,
        query: str = "",
        body: bytes = b"",
        *,
        action: str,
        key_id: str = KEY_ID,
        secret: str = KEY_SECRET,
        **signed: Any,
    ) -> HttpAnswer:
        """One signed call."""
        self.calls += 1
        about: dict[str, Any] = {"date": self.clock.now(), "nonce": f"nonce-{self.calls}", "host": HOST, **signed}
        headers = sign(
            method, path, query, (), body, access_key_id=key_id, access_key_secret=secret, action=action, **about
        )
        return answered(self.http, HttpCall(method, path, query, tuple(headers.items()), body), self.clock.now())

    def call(self, action: str, /, **parameters: Any) -> HttpAnswer:
        """An operation, its parameters where it looks for them; lists in a query are joined by commas."""
        operation = _BY_ID[action]
        if operation.parameters_in == "query":
            query = urlencode({name: _joined(value) for name, value in parameters.items()})
            return self.send(operation.method, operation.path, query, action=action)
        return self.send(operation.method, operation.path, "", json.dumps(parameters).encode(), action=action)

    def ok(self, action: str, /, **parameters: Any) -> dict[str, Any]:
        """The body of a call that succeeds."""
        answer = self.call(action, **parameters)
        assert answer.status == 200, answer.body
        return body(answer)

    def refused(self, action: str, /, **parameters: Any) -> tuple[int, str]:
        """Status and code of a call that fails."""
        answer = self.call(action, **parameters)
        return answer.status, body(answer)["Code"]

    def start(self, request_id: str = "rq-1", project_id: str = PROJECT) -> Session:
        """A new session."""
        started = self.ok("StartAvatarSession", projectId=project_id, requestId=request_id)
        session = self.state.session(started["sessionId"])
        assert session is not None
        return session


Events: TypeAlias = list[tuple[Session, SessionEvent]]


def state_of(clock: VirtualClock, events: Events | None = None, **changes: Any) -> AliyunState:
    """A state; what happens to its sessions is added to `events`."""
    scenario = override(AliyunScenario(), **changes)
    seen: Events = [] if events is None else events
    return AliyunState(
        scenario,
        LiveTurn(clock),
        socket_url=lambda asked: "ws://127.0.0.1:7005",
        rng=random.Random(7),
        happened=lambda session, event: seen.append((session, event)),
    )


def saved(**changes: Any) -> SaveAvatarProjectRequest:
    return SAVE_AVATAR_PROJECT.request.convert({**CREATE, **changes}).value


def new_project(state: AliyunState, channels: int = 1, **changes: Any) -> Project:
    project = state.projects.create(saved(**changes), MAIN_ID)
    state.projects.publish(project, channels)
    return project


def start(state: AliyunState, request_id: str = "rq-1", project_id: str = PROJECT, **more: str) -> Started:
    request = StartAvatarSessionRequest(project_id=project_id, request_id=request_id, **more)
    return state.start(request, MAIN_ID)


def frame(**layer: Any) -> dict[str, Any]:
    """A scene whose figure differs from the sample."""
    return {**FRAME, "layers": [{**ANCHOR, **layer}]}


def spoken(**script: Any) -> dict[str, Any]:
    """A scene whose voice differs from the sample."""
    return {**FRAME, "videoScript": {**FRAME["videoScript"], **script}}


def _joined(value: object) -> str:
    return ",".join(map(str, cast("list[object]", value))) if isinstance(value, list) else str(value)


def body(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON body of an answer."""
    fields: dict[str, Any] = json.loads(answer.body)
    return fields


def violations(answer: HttpAnswer) -> list[tuple[str, str, str]]:
    """Clause, path and level of each violation."""
    return [(item.clause, item.path, item.level) for item in answer.violations]
