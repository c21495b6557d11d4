"""Lives: from createLive to their end, and what ends them when nobody keeps them going.

Only what happens to lives, in time and by whom, lives here; what a live is says `live.py`. What calls do to them is in
`operations.py`, how ended ones are listed in `history.py`, what is called back about them in `callbacks.py`.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import MappingProxyType
from typing import Final

from avatarwire.codecs.sensetime.http import CreateLiveRequest
from avatarwire.codecs.sensetime.messages.enums import (
    CALLBACK_LIVE_STATUSES,
    ENDED_STATUSES,
    LiveStatus,
    TakeoverStatus,
)
from avatarwire.codecs.sensetime.script import LiveScript
from avatarwire.fakeserver.counting import InTurn
from avatarwire.fakeserver.effects import Note
from avatarwire.fakeserver.journal.entry import Violation
from avatarwire.fakeserver.moment import MOMENT
from avatarwire.fakeserver.sensetime.errors import Failure, no_session, unfit
from avatarwire.fakeserver.sensetime.live import (
    CallbackEvent,
    Live,
    Report,
    StatusChanged,
    restored_live,
    saved_live,
)
from avatarwire.fakeserver.sensetime.live_events import (
    Failed,
    Finished,
    Queued,
    QueueMaker,
    Started,
    TakeoverEvent,
)
from avatarwire.fakeserver.sensetime.rtc import Rtc
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, LiveOutcome, SenseTimeScenario
from avatarwire.fakeserver.sensetime.snapshot import SavedDialogue, SavedState, SavedTokens
from avatarwire.fakeserver.snapshot import Resuming, broken, indexed, of
from avatarwire.fakeserver.turn import Turn

__all__ = ["Lives"]

_TOKEN_BYTES: Final = 32


_CREATED: Final[Mapping[LiveOutcome, LiveStatus]] = MappingProxyType(
    {
        "ready": LiveStatus.READY,
        "slow": LiveStatus.INITIALISING,
        "failed": LiveStatus.INITIALISING,
        "abnormal": LiveStatus.ABNORMAL,
        "platform_full": LiveStatus.PLATFORM_FULL,
        "customer_full": LiveStatus.CUSTOMER_FULL,
    }
)
"""What createLive answers."""


class Lives:
    """All lives of a fake server: those that go on, and as many of the ended ones as are to be remembered.

    Args:
        scenario: what becomes of them.
        turn: the time, and where effects go.
        rng: where tokens come from.
        new_id: makes session ids.
        queues: makes the queue of takeovers of a live.
        report: makes callbacks.
    """

    def __init__(
        self,
        scenario: SenseTimeScenario,
        turn: Turn,
        rng: random.Random,
        *,
        new_id: Callable[[], str],
        queues: QueueMaker,
        report: Report,
    ) -> None:
        self._scenario: Final = scenario
        self._turn: Final = turn
        self._rng: Final = rng
        self._new_id: Final = new_id
        self._queues: Final = queues
        self._report: Final = report
        self._outcomes: Final[InTurn[LiveOutcome]] = InTurn(scenario.outcomes)
        self._by_id: Final[dict[str, Live]] = {}
        self._ended: Final[deque[Live]] = deque()
        self._running: Final[dict[str, Live]] = {}

    # Looking

    def get(self, session_id: str) -> Live | None:
        """A live by its id, going on or ended."""
        return self._by_id.get(session_id)

    def __iter__(self) -> Iterator[Live]:
        """All that are remembered, the oldest first."""
        return iter(self._by_id.values())

    def require(self, session_id: str, account: AccountFixture) -> Live:
        """A live of an account.

        Raises:
            Refusal: the account has none with this id.
        """
        live = self._by_id.get(session_id)
        if live is None or live.account is not account:
            raise no_session(session_id)
        return live

    def running(self, account: AccountFixture | None = None) -> list[Live]:
        """Those that go on, of an account or all, the newest first (ST-LIVE-22)."""
        return [live for live in reversed(self._running.values()) if account is None or live.account is account]

    def ended(self, account: AccountFixture) -> list[Live]:
        """Those of an account that are over, in the order they ended (ST-LIVE-23)."""
        return [live for live in self._ended if live.account is account]

    # What calls do

    def create(self, request: CreateLiveRequest, script: LiveScript, account: AccountFixture) -> Live:
        """A new live; its time counts from now on, and so does the gap between heartbeats (ST-LIVE-07, ST-E23)."""
        outcome = self._outcome(account)
        now = self._turn.now
        session_id = self._new_id()
        live = Live(
            id=session_id,
            account=account,
            session_token=self._rng.randbytes(_TOKEN_BYTES).hex(),
            script=script,
            rtc=self._rtc(request, session_id, now),
            created=now,
            user_data=request.user_data if isinstance(request.user_data, str) else None,
            last_heartbeat=now,
        )
        live.takeovers = self._queues(live, partial(self._on_takeover, live))
        self._by_id[live.id] = live
        status = _CREATED[outcome]
        if status in ENDED_STATUSES:
            # Answered at once, so it is not called back (ST-E98).
            live.result = f"createLive ended with {int(status)}"
            self._settle(live, status)
            return live
        self._running[live.id] = live
        self._initialise(live, outcome)
        if self._scenario.heartbeat_seconds is not None:
            self._watch(live, self._scenario.heartbeat_seconds)
        return live

    def start(self, live: Live) -> None:
        """Pushes the stream; nothing happens to a live that is pushed already (ST-E24).

        Raises:
            Refusal: it is not at 35.
        """
        if live.status is LiveStatus.LIVE:
            return
        if live.status is not LiveStatus.READY:
            reason = "the live is over" if live.over else "the stream is not there yet"
            raise unfit(Failure.STATE, "ST-LIVE-13", "sessionId", f"{reason}, its status is {int(live.status)}, not 35")
        live.started = self._turn.now
        self._become(live, LiveStatus.LIVE)

    def heartbeat(self, live: Live) -> None:
        """Keeps a live going that is not over (ST-LIVE-16)."""
        live.last_heartbeat = self._turn.now

    def end(self, live: Live, status: LiveStatus, result: str = "") -> bool:
        """Ends a live; False if it has ended before.

        Args:
            live: the live.
            status: one that a live does not leave again.
            result: what went wrong, for the callback (ST-CBK-08).
        """
        if live.over:
            return False
        # What cannot be called back must not have ended it.
        ends = status in CALLBACK_LIVE_STATUSES
        callbacks = [self._report(CallbackEvent(live, status, result=result))] if ends else []
        live.result = result
        live.announced = bool(self._scenario.callback_url)
        del self._running[live.id]
        self._settle(live, status)
        self._turn.do(*callbacks)
        return True

    def renew_rtc(self, live: Live, channel_id: str) -> str:
        """A new RTC token (ST-LIVE-30).

        Raises:
            Refusal: the live has no stream, the channel is another, or the RTC app is not the platform's (ST-E33).
        """
        if not live.has_stream:
            reason = f"there is no stream at status {int(live.status)}"
            raise unfit(Failure.STATE, "ST-E33", "sessionId", reason)
        if channel_id != live.rtc.channel_id:
            raise unfit(Failure.PARAMETER, "ST-E33", "rtcChannelId", "the live has another channel")
        if live.rtc.own:
            reason = "the live uses the customer's own RTC app, whose tokens are the customer's to make"
            raise unfit(Failure.STATE, "ST-E33", "sessionId", reason)
        token = live.rtc.renew(self._turn.now + self._scenario.rtc_token_seconds, self._rng)
        self._watch_rtc(live)
        return token

    # What happens in time

    def _outcome(self, account: AccountFixture) -> LiveOutcome:
        scenario = self._scenario
        told = self._outcomes.given("ready")
        if scenario.platform_channels is not None and len(self._running) >= scenario.platform_channels:
            return "platform_full"
        if account.channels is not None and len(self.running(account)) >= account.channels:
            return "customer_full"
        return "slow" if told == "ready" and scenario.initialising_seconds > 0 else told

    def _rtc(self, request: CreateLiveRequest, session_id: str, now: float) -> Rtc:
        if request.uses_own_app:
            return Rtc.of_customer(request)
        until = now + self._scenario.rtc_token_seconds
        return Rtc.of_platform(self._scenario.rtc_app_id, f"channel-{session_id}", until, self._rng)

    def _initialise(self, live: Live, outcome: LiveOutcome) -> None:
        if outcome == "ready":
            self._ready(live)
            return
        live.fails = outcome == "failed"
        seconds = self._scenario.initialising_seconds or self._scenario.slow_seconds
        self._turn.later(seconds, _key(live, "initialise"), partial(self._initialised, live))

    def _initialised(self, live: Live) -> None:
        if live.fails:
            self.end(live, LiveStatus.FAILED, "the stream could not be made")
        else:
            self._ready(live)

    def _ready(self, live: Live) -> None:
        self._become(live, LiveStatus.READY)
        self._watch_rtc(live)
        self._call_back(CallbackEvent(live, LiveStatus.READY))

    def _become(self, live: Live, status: LiveStatus) -> None:
        live.status = status
        self._tell(live, StatusChanged(status))

    def _settle(self, live: Live, status: LiveStatus) -> None:
        live.ended = self._turn.now
        self._turn.cancel(*(_key(live, purpose) for purpose in ("initialise", "heartbeat", "rtc")))
        live.takeovers.close()
        self._become(live, status)
        self._ended.append(live)
        while len(self._ended) > self._scenario.ended_kept:
            del self._by_id[self._ended.popleft().id]

    def _watch(self, live: Live, delay: float) -> None:
        """Looks again when there may have been no heartbeat for too long (ST-LIVE-17, ST-E26).

        One timer at a time: it is not set anew for each heartbeat, but looks when it fires how long the gap is.
        """
        self._turn.later(delay, _key(live, "heartbeat"), partial(self._look, live))

    def _look(self, live: Live) -> None:
        threshold = self._scenario.heartbeat_seconds or 0.0
        left = live.last_heartbeat + threshold - self._turn.now
        if left > MOMENT:
            self._watch(live, left)
            return
        reason = f"no heartbeat for {threshold:g} s"
        silent = Violation("ST-LIVE-16", "", reason, "a heartbeat about every 60 s")
        self._turn.do(Note(reason, "live.lost", live.id, violations=(silent,)))
        self.end(live, LiveStatus.LOST, reason)

    def _watch_rtc(self, live: Live) -> None:
        """Notes that the newest RTC token will end: viewers are told by the RTC SDK, not by the server (ST-E34)."""
        until = live.rtc.until
        if until is None:
            return
        left = until - self._turn.now
        warning = min(self._scenario.rtc_warning_seconds, left)
        self._turn.later(left - warning, _key(live, "rtc"), partial(self._warn_of_rtc, live, warning))

    def _warn_of_rtc(self, live: Live, warning: float) -> None:
        live.rtc.warned = True
        self._note("rtc.will_expire", live, f"the newest RTC token ends in {warning:g} s [ST-LIVE-29]")
        self._turn.later(warning, _key(live, "rtc"), partial(self._rtc_over, live))

    def _rtc_over(self, live: Live) -> None:
        self._note("rtc.expired", live, "the newest RTC token has ended")

    def _note(self, message: str, live: Live, text: str) -> None:
        self._turn.do(Note(text, message, live.id))

    def _call_back(self, event: CallbackEvent) -> None:
        self._turn.do(self._report(event))

    # Snapshots

    def saved(self, tokens: SavedTokens, speech_outcomes: int, dialogues: list[SavedDialogue]) -> SavedState:
        """All lives, for a snapshot, with what there is beside them."""
        return SavedState(
            tokens=tokens,
            lives=[saved_live(live) for live in self],
            running=list(self._running),
            ended=[live.id for live in self._ended],
            outcomes=self._outcomes.used,
            speech_outcomes=speech_outcomes,
            dialogues=dialogues,
        )

    def restored(self, saved: SavedState, accounts: Mapping[str, AccountFixture], again: Resuming) -> None:
        """Takes the lives of a snapshot; what was to become of them, does so when it would have.

        Raises:
            SnapshotError: no such account, no script, or ids that do not fit.
        """
        self._outcomes.used = saved.outcomes
        for path, it in indexed("state.lives", saved.lives):
            live = restored_live(it, of(accounts, it.app_id, f"{path}.app_id", "account"), path, again)
            if live.id in self._by_id:
                raise broken(f"{path}.id", "there are two of this id")
            self._by_id[live.id] = live
            live.takeovers = self._queues(live, partial(self._on_takeover, live))
            live.takeovers.restored(it.takeovers, again)
            again.timer(_key(live, "initialise"), partial(self._initialised, live))
            watched = self._scenario.heartbeat_seconds is not None
            again.timer(_key(live, "heartbeat"), partial(self._look, live) if watched else None)
            warn = partial(self._warn_of_rtc, live, self._rtc_warning(live, again))
            again.timer(_key(live, "rtc"), partial(self._rtc_over, live) if live.rtc.warned else warn)
        for path, id_ in indexed("state.running", saved.running):
            self._running[id_] = of(self._by_id, id_, path, "live")
        for path, id_ in indexed("state.ended", saved.ended):
            self._ended.append(of(self._by_id, id_, path, "live"))
        listed = [*self._running, *(live.id for live in self._ended)]
        over = [*([False] * len(self._running)), *([True] * len(self._ended))]
        if len(set(listed)) != len(self._by_id) or any(
            self._by_id[id_].over is not is_over for id_, is_over in zip(listed, over, strict=True)
        ):
            raise broken("state.running", "every live has to be either here or among those that have ended")

    def _rtc_warning(self, live: Live, again: Resuming) -> float:
        """Seconds between the warning that is due and the end of a token."""
        due, until = again.due(_key(live, "rtc")), live.rtc.until
        return 0.0 if due is None or until is None else round(max(until - due, 0.0), 6)

    # Who is told

    def _on_takeover(self, live: Live, event: TakeoverEvent) -> None:
        """Calls back what becomes of a takeover, and tells those who look on (ST-CBK-04)."""
        trace_id = event.trace_id
        match event:
            case Queued():
                told = CallbackEvent(live, TakeoverStatus.QUEUED, trace_id)
            case Started():
                told = CallbackEvent(live, TakeoverStatus.STARTED, trace_id)
            case Finished():
                status = TakeoverStatus(self._scenario.cancelled_status) if event.cancelled else TakeoverStatus.FINISHED
                told = CallbackEvent(live, status, trace_id, self._turn.now)
            case Failed():
                told = CallbackEvent(live, TakeoverStatus.FAILED, trace_id, result=event.reason)
        self._call_back(told)
        self._tell(live, event)

    def _tell(self, live: Live, event: StatusChanged | TakeoverEvent) -> None:
        for observer in tuple(live.observers):
            observer(event)


def _key(live: Live, purpose: str) -> str:
    """What a timer of a live goes by."""
    return f"{purpose} of {live.id}"
