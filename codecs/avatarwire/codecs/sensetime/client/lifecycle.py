"""The life of a live under its client: made, looked at, started, kept going, closed; and when which call is due.

It walks the table of `states.py` and knows nothing of takeovers and speech; those are `live.py`'s, which is what
services use. Time is what the caller says it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum, auto
from typing import Any, Final

from ...errors import CodecError, HttpError, LocalProtocolError
from ...message import Message
from ...operation import Operation
from .. import http
from ..events import CallFailed, Event, LiveCreated, LiveEnded, LiveReady, LiveStarted
from ..messages.callbacks import CallbackBody
from ..messages.enums import LiveStatus
from ..messages.rtc import RtcAccess
from ..options import LiveOptions
from .pending_requests import Calls, LiveCall
from .states import CONNECTED, LIVE_TRANSITIONS, TRIGGERS_OF_STATUS, LiveState, LiveTrigger

__all__ = ["Failure", "Lifecycle"]

MOST_EARLY: Final = 64
"""Callbacks kept that come before the id of the live."""

Failure = HttpError | CodecError | None
"""What became of a call: refused, unreadable, or no answer."""

_LIVE_STATUSES: Final[Mapping[int, LiveStatus]] = {int(status): status for status in LiveStatus}

_REFUSED_BY: Final[Mapping[LiveTrigger, str]] = {LiveTrigger.CREATE: "ST-LIVE-11", LiveTrigger.START: "ST-LIVE-13"}
"""Clauses of what the caller may ask for in some states only."""


class Timer(Enum):
    """What a live waits for, in the order in which it is dealt with when both are due."""

    LOOK = auto()
    HEARTBEAT = auto()


class Lifecycle:
    """Where one live is.

    Attributes:
        state: where.
        session_id, session_token: from createLive; empty before.
        status: the latest state that the platform reported and that was news; None before.
        access: how to pull the stream; None before it is there.
        now: the latest time passed in, seconds.
        on_answer, on_failure: what the answers of its calls do, by the id of the operation.
    """

    def __init__(self, request: http.CreateLiveRequest, options: LiveOptions, calls: Calls) -> None:
        self.state = LiveState.NEW
        self.session_id = ""
        self.session_token = ""
        self.status: int | None = None
        self.access: RtcAccess | None = None
        self.now = 0.0
        self._request = request
        self._options = options
        self._calls = calls
        self._due: dict[Timer, float] = {}
        self._early: list[CallbackBody] = []
        # The caller wants it closed, which may have to wait until it is made.
        self._closing = False
        # A call was refused, so that the platform may know something that we do not.
        self._doubtful = False
        self.on_answer: Mapping[str, Callable[[LiveCall, Any, tuple[str, ...]], list[Event]]] = {
            http.CREATE_LIVE.id: self._created,
            http.QUERY_STAT.id: self._looked,
            http.START_LIVE.id: self._started,
            http.HEARTBEAT.id: _nothing_told,
            http.CLOSE_LIVE.id: self._closed,
        }
        self.on_failure: Mapping[str, Callable[[Failure], list[Event]]] = {
            http.CREATE_LIVE.id: self._not_created,
            http.QUERY_STAT.id: self._not_looked,
            http.START_LIVE.id: self._not_started,
            http.HEARTBEAT.id: self._not_beaten,
            http.CLOSE_LIVE.id: self._doubt,
        }

    @property
    def is_over(self) -> bool:
        """Whether the live has ended, or could not be made."""
        return self.state is LiveState.ENDED

    def passed(self, now: float) -> None:
        """Time has passed; a clock that was set back stands still until it has caught up."""
        self.now = max(self.now, now)

    # --- what the caller asks for ---

    def create(self) -> LiveCall:
        """Asks for the live."""
        self._move(LiveTrigger.CREATE)
        return self._calls.add(http.CREATE_LIVE, self._request)

    def start(self) -> LiveCall:
        """Starts it."""
        self._move(LiveTrigger.START)
        return self._calls.add(http.START_LIVE, http.StartLiveRequest(session_id=self.session_id))

    def look(self) -> None:
        """Asks for its state, unless that is being asked."""
        self._due.pop(Timer.LOOK, None)
        self._ask_once(http.QUERY_STAT, http.QueryStatRequest(session_id=self.session_id))

    def close(self) -> list[Event]:
        """Ends it, now or as soon as it is made."""
        before = self.state
        if before is LiveState.ENDED:
            return []
        self._closing = True
        self._move(LiveTrigger.CLOSE)
        if self.state is LiveState.CLOSING:
            self._due.clear()
            self._ask_once(http.CLOSE_LIVE, http.CloseLiveRequest(session_id=self.session_id))
        return self._end(None, "closed before it was asked for", ()) if before is LiveState.NEW else []

    # --- time ---

    def next_timeout(self) -> float | None:
        """When something is due; None for never."""
        return min(self._due.values(), default=None)

    def handle_timeout(self) -> None:
        """Asks for what is due."""
        if self._is_due(Timer.LOOK):
            self.look()
        if self._is_due(Timer.HEARTBEAT):
            self._due[Timer.HEARTBEAT] = self.now + self._options.heartbeat_period
            self._ask_once(http.HEARTBEAT, http.HeartbeatRequest(session_id=self.session_id))

    def plan(self) -> None:
        """Sees to what follows from the state: heartbeats, and looks while something is waited for."""
        if self.state not in CONNECTED:
            self._due.pop(Timer.HEARTBEAT, None)
        if self.is_over or not (self._doubtful or self.state is LiveState.INITIALISING):
            self._due.pop(Timer.LOOK, None)
        elif Timer.LOOK not in self._due and not self._calls.waiting(http.QUERY_STAT):
            self._due[Timer.LOOK] = self.now + self._options.poll_interval

    def _is_due(self, timer: Timer) -> bool:
        return self._due.get(timer, self.now + 1) <= self.now

    # --- what the platform reports ---

    def told(self, status: int, access: RtcAccess | None, detail: str, deviations: tuple[str, ...]) -> list[Event]:
        """A state, from an answer or a callback; nothing when it is no news."""
        trigger = TRIGGERS_OF_STATUS.get(status)
        if trigger is None:
            return []
        if access is not None and access.has_stream:
            self.access = access
        before = self.state
        self._move(trigger)
        if self.state is before:
            return []
        self.status = status
        match self.state:
            case LiveState.READY:
                if self._options.start_at_once and not self._closing:
                    self.start()
                return [LiveReady(access=self.access, deviations=deviations)]
            case LiveState.LIVE:
                return [LiveStarted(deviations=deviations)]
            case LiveState.ENDED:
                return self._end(_LIVE_STATUSES[status], detail, deviations)
            case _:
                return []

    def callback(self, body: CallbackBody, deviations: tuple[str, ...]) -> list[Event]:
        """A callback about a live; one that comes before the answer that has the id waits for it."""
        if self.state is LiveState.CREATING:
            self._early = [*self._early, body][-MOST_EARLY:]
        if body.session_id != self.session_id or self.is_over:
            return []
        return self.told(body.status, body, body.task_result or "", deviations)

    def _created(self, _: LiveCall, data: http.CreateLiveData, deviations: tuple[str, ...]) -> list[Event]:
        self.session_id, self.session_token = data.session_id, data.session_token
        self._due[Timer.HEARTBEAT] = self.now + self._options.heartbeat_period
        events = self.told(data.status, data, "", deviations)
        if self.state is LiveState.CREATING:
            # A state that is not documented here; a query finds what it comes to (ST-E18).
            self._move(LiveTrigger.INITIALISING)
            self.status = data.status
        if not self.is_over:
            events = [LiveCreated(session_id=data.session_id, status=data.status, deviations=deviations), *events]
        early, self._early = self._early, []
        for body in early:
            events += self.callback(body, tuple(item.clause for item in body.check()))
        return [*events, *self.close()] if self._closing else events

    def _looked(self, _: LiveCall, data: http.QueryStatData, deviations: tuple[str, ...]) -> list[Event]:
        self.session_token = data.session_token or self.session_token
        self._doubtful = self.state is LiveState.CLOSING
        events = self.told(data.status, data, "", deviations)
        # It goes on although it should be closed.
        return [*events, *self.close()] if self._doubtful else events

    def _started(self, call: LiveCall, data: bool, deviations: tuple[str, ...]) -> list[Event]:
        if data:
            return self.told(LiveStatus.LIVE, None, "", deviations)
        return [CallFailed(call=call, reason="it was not started", deviations=deviations), *self._not_started(None)]

    def _closed(self, call: LiveCall, data: bool, deviations: tuple[str, ...]) -> list[Event]:
        if data:
            return self.told(LiveStatus.CLOSED, None, "", deviations)
        return [CallFailed(call=call, reason="it was not closed", deviations=deviations), *self._doubt(None)]

    # --- what the platform refuses ---

    def _not_created(self, error: Failure) -> list[Event]:
        self._move(LiveTrigger.END)
        detail = error.reason if error is not None else "createLive got no answer"
        return self._end(None, detail, ())

    def _not_looked(self, error: Failure) -> list[Event]:
        if self.state is not LiveState.CLOSING or not isinstance(error, HttpError):
            return []
        # What could not be closed is not even known.
        self._move(LiveTrigger.END)
        return self._end(None, error.reason, ())

    def _not_started(self, error: Failure) -> list[Event]:
        self._move(LiveTrigger.START_REFUSED)
        return self._doubt(error)

    def _not_beaten(self, error: Failure) -> list[Event]:
        if isinstance(error, HttpError):
            # Refused: it may be over (ST-E23).
            self.look()
            return self._doubt(error)
        self._due[Timer.HEARTBEAT] = min(
            self.now + self._options.retry_after, self._due.get(Timer.HEARTBEAT, self.now + self._options.retry_after)
        )
        return []

    def _doubt(self, _: Failure) -> list[Event]:
        """The platform may know better; `plan` sees to a look."""
        self._doubtful = True
        return []

    # --- the state ---

    def _end(self, status: LiveStatus | None, detail: str, deviations: tuple[str, ...]) -> list[Event]:
        self._due.clear()
        self._calls.drop()
        return [LiveEnded(status=status, detail=detail, deviations=deviations)]

    def _ask_once(self, operation: Operation[Any, Any], parameters: Message) -> None:
        if not self._calls.waiting(operation):
            self._calls.add(operation, parameters)

    def _move(self, trigger: LiveTrigger) -> None:
        after = LIVE_TRANSITIONS[self.state].get(trigger)
        if after is None:
            raise LocalProtocolError(f"cannot {trigger}: the live is {self.state}", clause=_REFUSED_BY[trigger])
        self.state = after


def _nothing_told(*_: object) -> list[Event]:
    """A heartbeat that arrived is no event."""
    return []
