"""The channel under a conversation: its state, the channel-ready loop, heartbeats, and the frames to be written.

It walks the table of `states.py` and knows nothing of drives and answers; those are `interaction.py`'s, which is what
services use. Time is what the caller says it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import Enum, auto
from typing import Final, cast

from ...errors import LocalProtocolError, RemoteProtocolError, shown
from ...message import Message
from ..events import (
    ChannelFailed,
    ChannelPreparing,
    ChannelReady,
    Event,
    FailReason,
    HeartbeatAnswered,
    HeartbeatLost,
    RecoveryStarted,
)
from ..messages import AsrDataRequest, ChannelReadyRequest, ChannelReadyResponse, ChannelStatus, HeartbeatPing
from ..options import ClientOptions
from ..wire.frame import Frame, encode, encode_as
from .states import ENDED, LIVE, POLLING, REFUSALS, TRANSITIONS, ClientState, Trigger

__all__ = ["Channel"]

MOST_PINGS: Final = 8
"""Unanswered heartbeats remembered for their round trip."""
MOST_SENT: Final = 256
"""Frames of drives of which the serial number is remembered."""

_STATUS: Final[Mapping[str, Trigger]] = {
    ChannelStatus.INIT: Trigger.INIT,
    ChannelStatus.READY: Trigger.READY,
    ChannelStatus.FAIL: Trigger.FAIL,
}

_TOLD_ALREADY: Final[Mapping[Trigger | None, ClientState]] = {
    Trigger.READY: ClientState.READY,
    Trigger.FAIL: ClientState.FAILED,
}
"""States in which a status is no news: two requests were under way, and the first one's answer said it."""

_REFUSED_BY: Final[Mapping[Trigger, str]] = {Trigger.OPENED: "ALI-E114", Trigger.PREPARE: "ALI-R077"}
"""Clauses of what the caller may ask for in some states only."""


class Timer(Enum):
    """What a channel waits for, in the order in which it is dealt with when several are due."""

    GIVE_UP = auto()
    POLL = auto()
    HEARTBEAT = auto()
    SILENCE = auto()


class Channel:
    """One WebSocket's worth of state.

    Attributes:
        state: where it is.
        now: the latest time passed in, seconds.
    """

    def __init__(self, session_id: str, options: ClientOptions, serial_numbers: Callable[[], bytes]) -> None:
        self.state = ClientState.CONNECTING
        self.now = 0.0
        self._poll_body = ChannelReadyRequest(session_id=session_id)
        self._options = options
        self._serial_numbers = serial_numbers
        self._outgoing: list[bytes] = []
        self._due: dict[Timer, float] = {}
        self._opened_at: float | None = None
        self._heard_at = 0.0
        self._was_ready = False
        # Serial number and time of heartbeats, the oldest first.
        self._pings: deque[tuple[bytes, float]] = deque(maxlen=MOST_PINGS)
        self._pong_seen = False
        # Drives by the serial numbers of their frames, the oldest first.
        self._sent: dict[bytes, str] = {}
        self._on_timer: Mapping[Timer, Callable[[], list[Event]]] = {
            Timer.GIVE_UP: self._give_up,
            Timer.POLL: self._poll,
            Timer.HEARTBEAT: self._beat,
            Timer.SILENCE: self._silence,
        }

    @property
    def is_live(self) -> bool:
        """Whether the WebSocket is open and neither side has ended the session."""
        return self.state in LIVE

    @property
    def lasted(self) -> float | None:
        """Seconds since the opening; None before."""
        return None if self._opened_at is None else self.now - self._opened_at

    def passed(self, now: float) -> None:
        """Time has passed; a clock that was set back stands still until it has caught up."""
        self.now = max(self.now, now)

    # --- its life ---

    def opened(self, now: float) -> None:
        """The WebSocket is open."""
        self._move(Trigger.OPENED)
        self.now = self._opened_at = now
        if self._options.heartbeat_period is not None:
            self._due[Timer.HEARTBEAT] = now + self._options.heartbeat_period
        self._heard()
        if self._options.prepare_at_once:
            self._move(Trigger.PREPARE)

    def prepare(self, now: float) -> None:
        """Starts the channel-ready loop."""
        self.passed(now)
        self._move(Trigger.PREPARE)

    def force_closed(self) -> None:
        """The server has ended the session; what was not written yet has lost its purpose."""
        self._move(Trigger.FORCE_CLOSE)
        self._outgoing.clear()

    def close(self) -> None:
        """Our side ends."""
        self._move(Trigger.CLOSE)

    def lost(self, now: float) -> None:
        """The WebSocket is gone."""
        self.passed(now)
        self._move(Trigger.LOST)
        self._outgoing.clear()

    def _move(self, trigger: Trigger) -> None:
        before = self.state
        after = TRANSITIONS[before].get(trigger)
        if after is None:
            clause = "ALI-E49" if before in ENDED else _REFUSED_BY[trigger]
            raise LocalProtocolError(f"cannot {trigger} while {before}", clause=clause)
        self.state = after
        if after not in LIVE:
            self._due.clear()
        elif after not in POLLING:
            self._due.pop(Timer.POLL, None)
            self._due.pop(Timer.GIVE_UP, None)
        elif before not in POLLING:
            if self._options.ready_timeout is not None:
                self._due[Timer.GIVE_UP] = self.now + self._options.ready_timeout
            self._poll()

    # --- sending ---

    def check_ready(self) -> None:
        """Raises `LocalProtocolError` unless drives may be sent (ALI-R078, ALI-E48, ALI-E49)."""
        if self.state is not ClientState.READY:
            reason, clause = REFUSALS[self.state]
            raise LocalProtocolError(reason, clause=clause)

    def send_drive(self, bodies: Sequence[Message | AsrDataRequest], drive_id: str = "") -> None:
        """Queues bodies of a drive, all or none, if drives may be sent."""
        self.check_ready()
        numbered = [(self._serial_numbers(), body) for body in bodies]
        self._outgoing += [encode(body, serial_number) for serial_number, body in numbered]
        for serial_number, _ in numbered if drive_id else ():
            self._sent.pop(serial_number, None)
            self._sent[serial_number] = drive_id
        while len(self._sent) > MOST_SENT:
            del self._sent[next(iter(self._sent))]

    def drive_of(self, serial_number: bytes) -> str:
        """Id of the drive that a frame of ours belonged to, by its serial number; empty for none that is known."""
        return self._sent.get(serial_number, "")

    def data_to_send(self) -> list[bytes]:
        """Takes out the frames to be written."""
        frames, self._outgoing = self._outgoing, []
        return frames

    def ping(self, now: float) -> None:
        """Sends a heartbeat."""
        if not self.is_live:
            reason, clause = REFUSALS[self.state]
            raise LocalProtocolError(reason, clause=clause)
        self.passed(now)
        self._beat()

    def _beat(self) -> list[Event]:
        serial_number = self._serial_numbers()
        frame_type = self._options.heartbeat_frame_type
        self._outgoing.append(encode_as(HeartbeatPing(), serial_number, frame_type=frame_type))
        self._pings.append((serial_number, self.now))
        if self._options.heartbeat_period is not None:
            self._due[Timer.HEARTBEAT] = self.now + self._options.heartbeat_period
        return []

    def _poll(self) -> list[Event]:
        self._outgoing.append(encode(self._poll_body, self._serial_numbers()))
        self._due[Timer.POLL] = self.now + self._options.ready_interval
        return []

    # --- time ---

    def next_timeout(self) -> float | None:
        """When the next thing is due."""
        return min(self._due.values(), default=None)

    def handle_timeout(self, now: float) -> list[Event]:
        """Does what is due."""
        self.passed(now)
        events: list[Event] = []
        for timer in Timer:
            due = self._due.get(timer)
            if due is not None and due <= self.now:
                del self._due[timer]
                events += self._on_timer[timer]()
        return events

    def _give_up(self) -> list[Event]:
        self._move(Trigger.GIVE_UP)
        return [ChannelFailed(reason=FailReason.TIMEOUT)]

    def _silence(self) -> list[Event]:
        return [HeartbeatLost(silent_for=self.now - self._heard_at, pong_seen=self._pong_seen)]

    # --- what arrives ---

    def hears(self, now: float) -> bool:
        """Something arrived: whether it is to be looked at.

        Raises:
            RemoteProtocolError: the WebSocket is not open.
        """
        self.passed(now)
        if self.is_live:
            self._heard()
            return True
        if self.state in (ClientState.CONNECTING, ClientState.CLOSED):
            raise RemoteProtocolError(f"a message while {self.state}", clause="ALI-R074")
        return False

    def _heard(self) -> None:
        self._heard_at = self.now
        if (longest := self._options.longest_silence) is not None:
            self._due[Timer.SILENCE] = self.now + longest

    def status(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """A channel-ready response (ALI-R113)."""
        status = cast("ChannelReadyResponse", frame.body).status
        trigger = _STATUS.get(status)
        before = self.state
        if trigger is None or (trigger is Trigger.INIT and before is ClientState.READY):
            if self._options.strict:
                raise RemoteProtocolError(f"channel status {shown(status)} while {before}", clause="ALI-R113")
            deviations = (*deviations, "ALI-R113")
        # To a loop that is to go on, FAIL is one more "not yet".
        failed = trigger is Trigger.FAIL
        set_back = trigger is None or (failed and self._options.go_on_after_fail)
        self._move(Trigger.INIT if trigger is None or set_back else trigger)
        if before is _TOLD_ALREADY.get(trigger):
            return []
        if trigger is Trigger.READY:
            recovered, self._was_ready = self._was_ready, True
            return [ChannelReady(recovered=recovered, frame=frame, deviations=deviations)]
        if failed:
            going_on = self.state in POLLING
            return [ChannelFailed(reason=FailReason.FAIL, going_on=going_on, frame=frame, deviations=deviations)]
        if before is ClientState.READY:
            return [RecoveryStarted(frame=frame, deviations=deviations)]
        return [ChannelPreparing(status=status, frame=frame, deviations=deviations)]

    def recovering(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """The server says that the session is being recovered (ALI-R123, ALI-E48)."""
        self._move(Trigger.RECOVER)
        return [RecoveryStarted(frame=frame, deviations=deviations)]

    def pong(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """A heartbeat's answer, to the ping whose serial number it has or else to the last one (ALI-E04)."""
        self._pong_seen = True
        times = [sent for serial_number, sent in self._pings if serial_number == frame.serial_number]
        sent = times[-1] if times else self._pings[-1][1] if self._pings else None
        while self._pings and sent is not None and self._pings[0][1] <= sent:
            self._pings.popleft()
        round_trip = None if sent is None else self.now - sent
        return [HeartbeatAnswered(round_trip=round_trip, frame=frame, deviations=deviations)]
