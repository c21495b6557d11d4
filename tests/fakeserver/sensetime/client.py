"""A fake without sockets on a virtual clock, a client of it, and takeovers that play only when they are told to.

Only what several tests of the fake's state and HTTP surface share may live here. Bodies are made and read with `json`
alone, from the documents, never by the codecs under test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.effects import CallBack, HttpAnswer, HttpCall, Note
from avatarwire.fakeserver.http.exchange import Pending
from avatarwire.fakeserver.scenario import override
from avatarwire.fakeserver.sensetime.callbacks import Reporter
from avatarwire.fakeserver.sensetime.http import SenseTimeHttp
from avatarwire.fakeserver.sensetime.live import CallbackEvent, Live
from avatarwire.fakeserver.sensetime.live_events import CancelOutcome, TakeoverObserver, Takeovers
from avatarwire.fakeserver.sensetime.scenario import SenseTimeScenario
from avatarwire.fakeserver.sensetime.snapshot import SavedQueue
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.snapshot import Resuming
from tests.fakeserver.calls import answered, pending
from tests.fakeserver.turns import LiveTurn

CHANNEL: Final = "/api/2dvh/v1/material/live/channel"
ROUTES: Final = {
    "createLive": ("POST", "/api/2dvh/v2/material/live/channel/create"),
    "heartbeat": ("POST", f"{CHANNEL}/heartbeat"),
    "startLive": ("POST", f"{CHANNEL}/start"),
    "takeoverCommandV1": ("POST", f"{CHANNEL}/command"),
    "takeoverCommand": ("POST", "/api/2dvh/v2/material/live/channel/command"),
    "takeoverQueue": ("POST", f"{CHANNEL}/command/queue"),
    "takeoverReorder": ("POST", f"{CHANNEL}/command/queue/reorder"),
    "takeoverCancel": ("POST", f"{CHANNEL}/command/cancel"),
    "takeoverQueueList": ("POST", f"{CHANNEL}/command/queue/list"),
    "nlpReply": ("POST", "/api/2dvh/v1/nlp/model/reply"),
    "closeLive": ("POST", f"{CHANNEL}/close"),
    "queryStat": ("GET", f"{CHANNEL}/stat"),
    "runningList": ("GET", f"{CHANNEL}/running/list"),
    "historyList": ("POST", f"{CHANNEL}/history/list"),
    "rtcAudienceToken": ("POST", "/api/2dvh/v1/material/rtc/token/audience"),
    "login": ("POST", "/api/uc/v1/access/api/token"),
    "refresh": ("POST", "/api/uc/v1/access/api/token/refresh"),
    "webToken": ("GET", "/avatarwire/user-centre/token"),
}
"""Method and path of each operation."""

APP_ID: Final = "fake-app-id"
APP_KEY: Final = "fake-app-key"
WORDS: Final = "Welcome to our shop, please come in."

SCENE: Final[dict[str, Any]] = {
    "digital_role": {"id": 7, "position": {"x": 0, "y": 40}, "scale": 1},
    "tts_config": {"qid": "voice-1", "speed_ratio": 1, "volume": 100},
    "tts_query": {"content": WORDS, "ssml": False},
}
SCRIPT: Final[dict[str, Any]] = {
    "version": "0.0.1",
    "recycle": 0,
    "stream_mode": True,
    "resolution": [1080, 1920],
    "sceneList": [SCENE],
}
SPEECH: Final[dict[str, Any]] = {"tts_query": {"content": WORDS, "ssml": False}}
OWN_APP: Final[dict[str, Any]] = {
    "urtcUseExternalApp": True,
    "urtcToken": "own-token",
    "urtcUid": "42",
    "urtcAppId": "own-app",
    "urtcChannelId": "own-channel",
}


@dataclass
class Spoken:
    """A takeover of the queue below."""

    trace_id: str
    script: TakeoverScript
    status: int = 34


@dataclass
class Queue:
    """A queue that keeps what it is asked, and plays nothing by itself."""

    live: Live
    tell: TakeoverObserver
    waiting: list[Spoken] = field(default_factory=list[Spoken])
    asked: list[Any] = field(default_factory=list[Any])
    outcome: CancelOutcome = field(default_factory=lambda: CancelOutcome(True, finished_at=1_767_225_600.0))
    next_status: int = 34
    closed: bool = False
    numbers: Any = field(default_factory=lambda: count(1))

    def command(self, script: TakeoverScript, *, by: str = "") -> Spoken:
        return self._put(0, script)

    def enqueue(self, script: TakeoverScript, priority: int | None, *, by: str = "") -> Spoken:
        self.asked.append(priority)
        return self._put(len(self.waiting), script)

    def reorder(self, trace_id: str, priority: int) -> bool:
        self.asked.append((trace_id, priority))
        return any(spoken.trace_id == trace_id for spoken in self.waiting[1:])

    def cancel(self, trace_ids: Iterable[str] | None) -> CancelOutcome:
        self.asked.append(None if trace_ids is None else tuple(trace_ids))
        return self.outcome

    def trace_ids(self) -> tuple[str, ...]:
        return tuple(spoken.trace_id for spoken in self.waiting)

    def close(self) -> None:
        self.closed = True

    def saved(self) -> SavedQueue:
        return SavedQueue(playing=None, waiting=[], fetched=[])

    def restored(self, saved: SavedQueue, again: Resuming) -> None:
        del saved, again

    def _put(self, at: int, script: TakeoverScript) -> Spoken:
        spoken = Spoken(f"t-{next(self.numbers)}", script, self.next_status)
        self.waiting.insert(at, spoken)
        return spoken


class Fake:
    """State and HTTP surface as a scenario says, with a client of the scenario's first account.

    Args:
        changes: tunables that differ from the default scenario.
    """

    def __init__(self, **changes: Any) -> None:
        self.clock = VirtualClock()
        self.scenario = override(SenseTimeScenario(), **changes)
        self.events: list[CallbackEvent] = []
        self.queues: dict[str, Queue] = {}

        self.turn = LiveTurn(self.clock)
        self.state = SenseTimeState(
            self.scenario, self.turn, rng=random.Random(7), queues=self._queue, report=self._report
        )
        self._reporter = Reporter(self.scenario, self.state.date)
        self.http = SenseTimeHttp(self.state, self.scenario)
        self.token = self.state.tokens.newest()

    @property
    def notes(self) -> list[tuple[str, str, str]]:
        """What the journal would be told beside calls."""
        return [(it.message, it.session, it.text) for it in self.turn.done if isinstance(it, Note)]

    def _report(self, event: CallbackEvent) -> CallBack:
        self.events.append(event)
        return self._reporter(event)

    def _queue(self, live: Live, tell: TakeoverObserver) -> Takeovers:
        queue = self.queues[live.id] = Queue(live, tell)
        return queue

    def send(
        self,
        operation: str,
        fields: Any = None,
        *,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> HttpAnswer:
        """One call, and its answer as it is."""
        return answered(self.http, self.made(operation, fields, token, headers, raw), self.clock.now())

    def waiting(self, operation: str, fields: Any = None) -> Pending:
        """One call whose answer takes its time."""
        return pending(self.http, self.made(operation, fields), self.clock.now())

    def made(
        self,
        operation: str,
        fields: Any = None,
        token: str | None = None,
        headers: dict[str, str] | None = None,
        raw: bytes | None = None,
    ) -> HttpCall:
        """The call of an operation."""
        method, path = ROUTES[operation]
        told = {"Content-Type": "application/json", "Authorization": f"Bearer {token or self.token}", **(headers or {})}
        query = urlencode(fields or {}) if method == "GET" else ""
        body = b"" if method == "GET" else json.dumps(fields or {}, ensure_ascii=False).encode()
        return HttpCall(method, path, query, tuple(told.items()), body if raw is None else raw)

    def call(self, operation: str, fields: Any = None, **options: Any) -> dict[str, Any]:
        """The whole envelope."""
        answer = self.send(operation, fields, **options)
        assert answer.status == 200, answer.body
        envelope: dict[str, Any] = json.loads(answer.body)
        return envelope

    def ok(self, operation: str, fields: Any = None, **options: Any) -> Any:
        """The data of a success; None where it has none."""
        envelope = self.call(operation, fields, **options)
        assert (envelope["code"], envelope["message"]) == (0, "success"), envelope
        return envelope.get("data")

    def refused(self, operation: str, fields: Any = None, **options: Any) -> tuple[int, str]:
        """Code and text of a failure."""
        envelope = self.call(operation, fields, **options)
        assert envelope["code"] > 0, envelope
        return envelope["code"] - self.scenario.code_base, envelope["message"]

    def violations(self, operation: str, fields: Any = None, **options: Any) -> list[tuple[str, str, str]]:
        """Clause, path and level of what the journal would have against a call."""
        return [(it.clause, it.path, it.level) for it in self.send(operation, fields, **options).violations]

    # What most tests begin with

    def create(self, script: Any = SCRIPT, **others: Any) -> dict[str, Any]:
        """A new live: the data of createLive."""
        made: dict[str, Any] = self.ok("createLive", {"param": json.dumps(script), **others})
        return made

    def started(self) -> str:
        """Id of a live in progress."""
        session = str(self.create()["sessionId"])
        assert self.ok("startLive", {"sessionId": session}) is True
        return session

    def speak(self, operation: str, session: str, script: Any = SPEECH, **others: Any) -> Any:
        """The data of a takeover."""
        return self.ok(operation, {"sessionId": session, "param": json.dumps(script), **others})

    def status(self, session: str) -> int:
        """What queryStat says."""
        return int(self.ok("queryStat", {"sessionId": session})["status"])

    @property
    def told(self) -> list[int]:
        """Statuses that were to be called back so far."""
        return [int(event.status) for event in self.events]
