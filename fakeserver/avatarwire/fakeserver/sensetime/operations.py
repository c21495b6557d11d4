"""What each of the fifteen HTTP operations does to the state, and what it answers.

One method an operation, and the table of them. They are given a request that was decoded and is let in; a call that
cannot be carried out ends in a `Refusal`. A takeover that is understood and not accepted is no failure: it is answered
with isSuccess false (ST-E09). Routing, tokens and errors are in `http.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from msgspec import UNSET

from avatarwire.codecs.sensetime import http
from avatarwire.codecs.sensetime.messages.enums import QUEUE_ADVICE, LiveStatus, TakeoverStatus
from avatarwire.codecs.sensetime.script import TakeoverScript
from avatarwire.fakeserver.http.exchange import Deferred, Exchange
from avatarwire.fakeserver.http.pipeline import Handler
from avatarwire.fakeserver.journal.entry import Level, Violation
from avatarwire.fakeserver.sensetime.errors import Failure, refused, unfit
from avatarwire.fakeserver.sensetime.history import history_page, running_rows
from avatarwire.fakeserver.sensetime.live import Live
from avatarwire.fakeserver.sensetime.nlp import Nlp
from avatarwire.fakeserver.sensetime.scenario import AccountFixture, SenseTimeScenario
from avatarwire.fakeserver.sensetime.state import SenseTimeState
from avatarwire.fakeserver.user_code import Guard

__all__ = ["Operations"]

_NOT_QUERIED: Final = frozenset({LiveStatus.PLATFORM_FULL, LiveStatus.CUSTOMER_FULL})
"""States that queryStat has no number for (ST-E18)."""
_LAST_PAGE: Final = 2**31 - 1
"""Largest page that is looked for; ours, so that every number of the answer is one that clients can read."""

_Exchange: TypeAlias = Exchange[AccountFixture]


class Operations:
    """The operations, over one state.

    Attributes:
        handlers: what carries out each operation, by its id.
    """

    def __init__(self, state: SenseTimeState, scenario: SenseTimeScenario, guard: Guard) -> None:
        self._state: Final = state
        self._scenario: Final = scenario
        self._nlp: Final = Nlp(scenario, guard)
        self.handlers: Final[Mapping[str, Handler[AccountFixture]]] = MappingProxyType(
            {
                "createLive": self.create_live,
                "heartbeat": self.heartbeat,
                "startLive": self.start_live,
                "takeoverCommandV1": self.takeover_command_v1,
                "takeoverCommand": self.takeover_command,
                "takeoverQueue": self.takeover_queue,
                "takeoverReorder": self.takeover_reorder,
                "takeoverCancel": self.takeover_cancel,
                "takeoverQueueList": self.takeover_queue_list,
                "nlpReply": self.nlp_reply,
                "closeLive": self.close_live,
                "queryStat": self.query_stat,
                "runningList": self.running_list,
                "historyList": self.history_list,
                "rtcAudienceToken": self.rtc_audience_token,
            }
        )

    # Lives

    def create_live(self, request: http.CreateLiveRequest, exchange: _Exchange) -> http.CreateLiveData:
        """A new live: 35, or 32 and 35 later; 9, 97 and 98 come with code 0, too (ST-LIVE-08, ST-E17)."""
        live = self._state.lives.create(request, exchange.inside, exchange.account)
        live.known_over = live.over
        stream: Mapping[str, Any] = live.rtc.fields if live.has_stream else {}
        return http.CreateLiveData(
            session_id=live.id, session_token=live.session_token, status=int(live.status), **stream
        )

    def heartbeat(self, request: http.HeartbeatRequest, exchange: _Exchange) -> None:
        """Keeps a live going; the success has no data (ST-NET-06)."""
        live = self._going_on(request, exchange, "ST-E23")
        self._state.lives.heartbeat(live)

    def start_live(self, request: http.StartLiveRequest, exchange: _Exchange) -> bool:
        """Pushes the stream (ST-LIVE-15)."""
        live = self._going_on(request, exchange, "ST-LIVE-13", ", not 35")
        self._state.lives.start(live)
        return True

    def close_live(self, request: http.CloseLiveRequest, exchange: _Exchange) -> bool:
        """Ends a live; one that is over is not ended again (ST-E25).

        A client closes whatever it has created, so that closing again is no mistake, whatever the answer is.
        """
        live = self._live(request, exchange)
        live.known_over = True
        if live.over and self._scenario.close_ended == "code":
            raise unfit(Failure.STATE, "ST-E25", "sessionId", _over(live), "note")
        return self._state.lives.end(live, LiveStatus.CLOSED)

    def query_stat(self, request: http.QueryStatRequest, exchange: _Exchange) -> http.QueryStatData:
        """What has become of a live (ST-LIVE-19, ST-LIVE-20)."""
        live = self._live(request, exchange)
        if live.status in _NOT_QUERIED:
            reason = f"createLive ended with {int(live.status)}, which queryStat has no status for"
            raise unfit(Failure.STATE, "ST-E18", "sessionId", reason)
        stream: Mapping[str, Any] = live.rtc.fields if live.has_stream else {}
        live.known_over = live.over
        token = None if live.over else live.session_token
        return http.QueryStatData(status=int(live.status), session_token=token, **stream)

    def running_list(self, request: http.RunningListRequest, exchange: _Exchange) -> tuple[http.RunningLive, ...]:
        """The account's lives that go on, the newest first (ST-NET-10, ST-LIVE-22)."""
        del request
        return running_rows(self._state.lives.running(exchange.account), self._state.date)

    def history_list(self, request: http.HistoryListRequest, exchange: _Exchange) -> http.HistoryListData:
        """A page of the account's lives that are over (ST-LIVE-23)."""
        if request.page_no_or_default > _LAST_PAGE:
            raise unfit(Failure.PARAMETER, "ST-LIVE-24", "pageNo", f"more than {_LAST_PAGE}")
        lives = self._state.lives.ended(exchange.account)
        return history_page(lives, request, self._state.date, limit=self._scenario.page_size_limit)

    def rtc_audience_token(self, request: http.RtcAudienceTokenRequest, exchange: _Exchange) -> str:
        """A new RTC token (ST-LIVE-30)."""
        live = self._going_on(request, exchange, "ST-E33")
        token = self._state.lives.renew_rtc(live, request.rtc_channel_id)
        # It is all there is of the data, so that no name says what it is.
        exchange.secrets = (token,)
        return token

    # Takeovers

    def takeover_command_v1(self, request: http.TakeoverCommandV1Request, exchange: _Exchange) -> bool:
        """Speaks at once; its images are ignored, and it has no id that is told (ST-TKO-04, ST-E41)."""
        live = self._live(request, exchange)
        exchange.violations.append(
            Violation("ST-TKO-03", "", "this command retires, the one of v2 takes its place", level="warning")
        )
        if self._unready(live, exchange):
            return False
        live.takeovers.command(_without_images(exchange.inside), by=exchange.operation.request.message)
        return True

    def takeover_command(self, request: http.TakeoverCommandRequest, exchange: _Exchange) -> http.TakeoverCommandData:
        """Speaks at once (ST-TKO-05)."""
        live = self._live(request, exchange)
        if self._unready(live, exchange):
            return http.TakeoverCommandData(is_success=False)
        takeover = live.takeovers.command(exchange.inside, by=exchange.operation.request.message)
        return http.TakeoverCommandData(is_success=True, command_trace_id=takeover.trace_id)

    def takeover_queue(self, request: http.TakeoverQueueRequest, exchange: _Exchange) -> http.TakeoverQueueData:
        """Speaks when the turn comes (ST-TKO-12). Its answer has no isSuccess: what is not accepted is a failure."""
        live = self._live(request, exchange)
        if reason := self._unready(live, exchange):
            raise refused(reason, Failure.STATE)
        self._check_room(live, exchange)
        priority = None if request.priority is UNSET else request.priority
        takeover = live.takeovers.enqueue(exchange.inside, priority, by=exchange.operation.request.message)
        # One that plays at once has been in the queue, one that cannot be played has not: there are two answers only.
        entered = takeover.status in (TakeoverStatus.QUEUED, TakeoverStatus.STARTED)
        status = TakeoverStatus.QUEUED if entered else TakeoverStatus.DOWNLOADING
        return http.TakeoverQueueData(command_status=int(status), command_trace_id=takeover.trace_id)

    def takeover_reorder(self, request: http.TakeoverReorderRequest, exchange: _Exchange) -> http.TakeoverReorderData:
        """Moves a takeover that waits; the one that plays, and one there is not, are not moved (ST-E45)."""
        live = self._live(request, exchange)
        if live.over:
            self._noted(exchange, "ST-E09", _over(live), self._state.conduct.late(live, why=False))
            return http.TakeoverReorderData(is_success=False)
        return http.TakeoverReorderData(is_success=live.takeovers.reorder(request.command_trace_id, request.priority))

    def takeover_cancel(self, request: http.TakeoverCancelRequest, exchange: _Exchange) -> http.TakeoverCancelData:
        """Cancels takeovers (ST-TKO-20, ST-E51)."""
        live = self._live(request, exchange)
        if live.over:
            self._noted(exchange, "ST-E09", _over(live), self._state.conduct.late(live, why=False))
            return http.TakeoverCancelData(is_success=False, message=_over(live))
        outcome = live.takeovers.cancel(None if request.everything else request.trace_ids)
        if not outcome.ok:
            return http.TakeoverCancelData(is_success=False, message=outcome.message)
        return http.TakeoverCancelData(is_success=True, command_finish_time=self._state.date(outcome.finished_at))

    def takeover_queue_list(
        self, request: http.TakeoverQueueListRequest, exchange: _Exchange
    ) -> http.TakeoverQueueListData:
        """Ids in the order they play (ST-TKO-22, ST-E55)."""
        live = self._live(request, exchange)
        return http.TakeoverQueueListData(command_trace_ids=() if live.over else live.takeovers.trace_ids())

    # Questions

    def nlp_reply(self, request: http.NlpReplyRequest, exchange: _Exchange) -> http.NlpReplyResponse | Deferred:
        """Looks a question up (ST-NLP-07)."""
        del exchange
        return self._nlp.reply(request)

    # Pieces

    def _live(self, request: Any, exchange: _Exchange) -> Live:
        return self._state.lives.require(request.session_id, exchange.account)

    def _going_on(self, request: Any, exchange: _Exchange, clause: str, wanted: str = "") -> Live:
        """A live that is not over; `wanted` is said of its status.

        Raises:
            Refusal: it is, or the account has none such.
        """
        live = self._live(request, exchange)
        if live.over:
            reason = f"{_over(live)}{wanted}"
            raise unfit(Failure.STATE, clause, "sessionId", reason, self._state.conduct.late(live))
        return live

    def _unready(self, live: Live, exchange: _Exchange) -> str:
        """Why a live takes no takeover, empty if it does; the journal has it, too."""
        if live.over:
            return self._noted(exchange, "ST-E09", _over(live), self._state.conduct.late(live, why=False))
        if live.status is LiveStatus.INITIALISING:
            return self._noted(exchange, "ST-LIVE-13", "the stream is not there yet, the status is 32", "error")
        if live.status is LiveStatus.READY:
            reason = "the live has not been started, its status is 35"
            refuses = self._scenario.strict or self._scenario.before_start == "refuse"
            told = self._noted(exchange, "ST-LIVE-13", reason, "error" if refuses else "warning")
            if refuses:
                return told
        if live.speaking and self._scenario.takeover_during_speech == "refuse":
            return self._noted(exchange, "ST-E56", "the microphone is being spoken into", "error")
        return ""

    @staticmethod
    def _noted(exchange: _Exchange, clause: str, reason: str, level: Level) -> str:
        exchange.violations.append(Violation(clause, "sessionId", reason, level=level))
        text = f"sessionId: {reason} [{clause}]"
        exchange.notes["refused"] = text
        return text

    def _check_room(self, live: Live, exchange: _Exchange) -> None:
        """Holds the length of a queue against the limit, if there is one, and the advice (ST-TKO-15, ST-E47)."""
        length, limit = len(live.takeovers.trace_ids()), self._scenario.queue_limit
        if limit is not None and length >= limit:
            raise unfit(Failure.LIMIT, "ST-E47", "sessionId", f"the queue has {length} takeovers, at most {limit}")
        if length >= QUEUE_ADVICE:
            reason = f"the queue should have at most {QUEUE_ADVICE} takeovers, it has {length} already"
            exchange.violations.append(Violation("ST-TKO-15", "sessionId", reason, level="warning"))


def _over(live: Live) -> str:
    return f"the live is over, its status is {int(live.status)}"


def _without_images(script: TakeoverScript) -> TakeoverScript:
    if not script.has_images:
        return script
    return TakeoverScript.trusted(tts_query=script.tts_query, audio=script.audio)
