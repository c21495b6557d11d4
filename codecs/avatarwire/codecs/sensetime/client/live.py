"""The client of one live, without HTTP: it decides which calls to make and reports what happened.

It does no input or output, reads no clock and starts no task; a service lends it an HTTP client and passes on the
callbacks it gets. The contract has three verbs: make the calls there are (`calls_to_make`), hand in what came back
(`receive`, `callback`, `noticed`), and come back in time (`next_timeout`, `handle_timeout`)::

    live = LiveClient(CreateLiveRequest.of(script))
    live.create(now())
    while not live.is_over:
        for call in live.calls_to_make():                  # after every call: any of them may ask for something
            status, body = await http(call.request)        # with the header of `tokens.bearer` added
            for event in live.receive(call, status, body, now()):
                ...                                        # at LiveStarted: live.say(script)
        callback = await next_callback(until=live.next_timeout())
        if callback is None:
            live.handle_timeout(now())
        else:
            for event in live.callback(callback, now()):
                ...

The live is made, looked at until its stream is there, started, kept going by heartbeats, taken over and closed. `now`
is in seconds, from any clock that goes forward. A refused action asks for nothing and changes nothing. A token that has
run out is the caller's to renew before an answer is handed in (ST-E105). One thread at a time may use a client.

Only calls and what they lead to live here: the life of the live is in `lifecycle.py`, the queue is mirrored in
`takeovers.py`, and speech has a client of its own in `conversation.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from ...errors import CodecError, DecodeError, HttpError, LocalProtocolError
from .. import http
from ..envelope import VENDOR
from ..events import (
    CallFailed,
    CancelAnswered,
    Event,
    LiveEnded,
    QueueListed,
    ReorderAnswered,
    RtcTokenRenewed,
    TakeoverAnswered,
    TakeoverNoticed,
)
from ..messages.callbacks import CallbackBody
from ..messages.enums import QUEUE_ADVICE, QUEUED_STATUSES
from ..messages.rtc import RtcAccess
from ..options import LiveOptions, MicrophoneOptions
from ..script import TakeoverScript
from ..wire.microphone_url import BASE, build_url
from .conversation import MicrophoneClient
from .lifecycle import Failure, Lifecycle
from .pending_requests import Calls, LiveCall
from .states import REFUSALS, LiveState
from .takeovers import Takeovers

__all__ = ["LiveClient", "MicrophoneClient"]


class LiveClient:
    """The customer's side of one live.

    Attributes:
        options: how it behaves where there is a choice.
        takeovers: the takeovers and their order, as far as they are known.

    Args:
        request: what to make; its script travels in it.
        options: None takes the defaults.
    """

    def __init__(self, request: http.CreateLiveRequest, options: LiveOptions | None = None) -> None:
        self.options: Final = LiveOptions() if options is None else options
        self.takeovers: Final = Takeovers()
        self._calls = Calls()
        self._life = Lifecycle(request, self.options, self._calls)
        self._microphone: MicrophoneClient | None = None
        # What a cancellation names, or the queue as it was when it was asked for, by the number of the call.
        self._about: dict[int, tuple[str, ...]] = {}
        self._on_answer: Mapping[str, Callable[[LiveCall, Any, tuple[str, ...]], list[Event]]] = {
            **self._life.on_answer,
            http.TAKEOVER_COMMAND.id: self._commanded,
            http.TAKEOVER_QUEUE.id: self._queued,
            http.TAKEOVER_CANCEL.id: self._cancelled,
            http.TAKEOVER_REORDER.id: self._reordered,
            http.TAKEOVER_QUEUE_LIST.id: self._listed,
            http.RTC_AUDIENCE_TOKEN.id: _renewed,
        }

    @property
    def state(self) -> LiveState:
        """Where the live is."""
        return self._life.state

    @property
    def is_over(self) -> bool:
        """Whether the live has ended, or could not be made."""
        return self._life.is_over

    @property
    def session_id(self) -> str:
        """Its id; empty before it is known."""
        return self._life.session_id

    @property
    def session_token(self) -> str:
        """The token of the microphone socket, a secret (ST-LIVE-12); empty before it is known."""
        return self._life.session_token

    @property
    def status(self) -> int | None:
        """The latest state that the platform reported, as a number; None before."""
        return self._life.status

    @property
    def access(self) -> RtcAccess | None:
        """How to pull the stream; None before it is there."""
        return self._life.access

    # --- the calls ---

    def calls_to_make(self) -> list[LiveCall]:
        """Takes out the calls to be made: in order, or at the same time."""
        return self._calls.take()

    def receive(self, call: LiveCall, status: int, body: bytes, now: float) -> list[Event]:
        """Takes in the answer of a call: HTTP status and body.

        Returns:
            What it reports; `CallFailed` for what is no success or cannot be read. Nothing once the live is over.

        Raises:
            LocalProtocolError: the call was answered before.
        """
        self._answered(call, now)
        if self.is_over:
            return []
        try:
            if len(body) > self.options.max_answer:
                raise DecodeError(
                    f"{len(body)} bytes",
                    vendor=VENDOR,
                    message=f"{call.name}.response",
                    expected=f"at most {self.options.max_answer} bytes",
                    clause="ST-E132",
                )
            decoded = call.operation.decode_response(status, body, strict=self.options.strict)
        except (HttpError, CodecError) as error:
            return self._failed(call, error, str(error))
        if decoded.value is None and call.operation is not http.HEARTBEAT:
            return self._failed(call, None, "the answer has no data")
        return self._settled(self._on_answer[call.name](call, decoded.value, decoded.deviations))

    def failed(self, call: LiveCall, reason: str, now: float) -> list[Event]:
        """A call got no answer, for a reason in words.

        Raises:
            LocalProtocolError: the call was answered before.
        """
        self._answered(call, now)
        return [] if self.is_over else self._failed(call, None, reason)

    def callback(self, body: CallbackBody, now: float) -> list[Event]:
        """Takes in a callback; the platform may send any of them twice, and in any order (ST-E96).

        Returns:
            What it reports; nothing when it is no news, or is about another live.
        """
        self._life.passed(now)
        deviations = tuple(item.clause for item in body.check())
        if body.takeover_status is None:
            return self._settled(self._life.callback(body, deviations))
        if self.is_over or body.session_id != self.session_id:
            return []
        return self.takeovers.told(
            body.command_trace_id or "",
            body.takeover_status,
            detail=body.task_result or "",
            finish_time=body.command_finish_time or "",
        )

    def noticed(self, notice: TakeoverNoticed, now: float) -> list[Event]:
        """Takes in what the microphone socket reports of takeovers (ST-MIC-16 to ST-MIC-18); as for `callback`."""
        self._life.passed(now)
        if self.is_over or notice.session_id not in ("", self.session_id):
            return []
        return self.takeovers.told(notice.trace_id, notice.status)

    def next_timeout(self) -> float | None:
        """When `handle_timeout` has something to do, on the clock of `now`; None for never."""
        return self._life.next_timeout()

    def handle_timeout(self, now: float) -> None:
        """Asks for what is due: a heartbeat, or a look at the state. Called early it does nothing."""
        self._life.passed(now)
        self._life.handle_timeout()

    # --- its life ---

    def create(self, now: float) -> LiveCall:
        """Asks for the live (ST-LIVE-07).

        Raises:
            LocalProtocolError: it was asked for before, or is closed.
        """
        self._life.passed(now)
        return self._life.create()

    def start(self) -> LiveCall:
        """Starts it: where the options leave that to the caller, or again after it was refused.

        Raises:
            LocalProtocolError: its stream is not there (ST-LIVE-13), or it was started before.
        """
        return self._life.start()

    def look(self) -> None:
        """Asks for its state, unless that is being asked. In time, that happens by itself wherever it is needed.

        Raises:
            LocalProtocolError: it has no id yet, or is over.
        """
        self._check_known()
        self._life.look()

    def close(self, now: float) -> list[Event]:
        """Ends it. May be called at any time: what is being made is closed as soon as that is possible (ST-E26).

        Returns:
            `LiveEnded` where there was nothing to close; else that comes with an answer.
        """
        self._life.passed(now)
        return self._settled(self._life.close())

    def renew_rtc_token(self, channel_id: str = "") -> LiveCall:
        """Asks for a new RTC token: when the RTC SDK raises token-privilege-will-expire (ST-LIVE-29, ST-E34).

        Args:
            channel_id: that of `access` when left out.

        Raises:
            LocalProtocolError: it has no id yet, or is over.
            ValidationError: no channel is known (ST-LIVE-30).
        """
        self._check_known()
        known = None if self.access is None else self.access.rtc_channel_id
        request = http.RtcAudienceTokenRequest(session_id=self.session_id, rtc_channel_id=channel_id or known or "")
        return self._calls.add(http.RTC_AUDIENCE_TOKEN, request)

    # --- takeovers ---

    def say(self, script: TakeoverScript) -> LiveCall:
        """Takes the live over at once (ST-TKO-02). What plays is pushed aside; to be sure, cancel it first (ST-E11).

        Raises:
            LocalProtocolError: the live does not run, or speech goes out on its microphone (ST-E56).
            ValidationError: the script cannot be sent.
        """
        self._check_free()
        return self._calls.add(http.TAKEOVER_COMMAND, http.TakeoverCommandRequest.of(self.session_id, script))

    def queue(self, script: TakeoverScript, position: int | None = None) -> LiveCall:
        """Takes the live over when the turn comes (ST-TKO-07).

        Args:
            script: what to say.
            position: behind which one to put it, 1 the one that plays (ST-TKO-09); None for the end of the queue.

        Raises:
            LocalProtocolError: the live does not run, or speech goes out on its microphone (ST-E56).
            ValidationError: the script cannot be sent, or the position is below 1 (ST-E44).
        """
        self._check_free()
        others = {} if position is None else {"priority": position}
        return self._calls.add(http.TAKEOVER_QUEUE, http.TakeoverQueueRequest.of(self.session_id, script, **others))

    def cancel(self, *trace_ids: str) -> LiveCall:
        """Cancels some takeovers; without ids all, the one that plays too (ST-TKO-18).

        Raises:
            LocalProtocolError: the live does not run.
            ValidationError: an empty id, or one with a semicolon (ST-TKO-17).
        """
        self._check_running()
        wanted = http.TakeoverCancelRequest
        request = wanted.of(self.session_id, *trace_ids) if trace_ids else wanted.all(self.session_id)
        call = self._calls.add(http.TAKEOVER_CANCEL, request)
        self._about[call.number] = self.takeovers.open if request.everything else request.trace_ids
        self.takeovers.cancelling(self._about[call.number])
        return call

    def reorder(self, trace_id: str, position: int) -> LiveCall:
        """Moves a takeover that waits behind another one, 1 the one that plays (ST-TKO-16, ST-E45).

        Raises:
            LocalProtocolError: the live does not run.
            ValidationError: an empty id, or a position below 1 (ST-E44).
        """
        self._check_running()
        request = http.TakeoverReorderRequest(session_id=self.session_id, command_trace_id=trace_id, priority=position)
        return self._calls.add(http.TAKEOVER_REORDER, request)

    def list_queue(self) -> LiveCall:
        """Asks for the queue, and brings `takeovers` into line with it (ST-TKO-22).

        Raises:
            LocalProtocolError: the live does not run.
        """
        self._check_running()
        request = http.TakeoverQueueListRequest(session_id=self.session_id)
        call = self._calls.add(http.TAKEOVER_QUEUE_LIST, request)
        self._about[call.number] = self.takeovers.order
        return call

    # --- the microphone ---

    def microphone_url(self, base: str = BASE) -> str:
        """Where to open the microphone socket; it holds the session token.

        Raises:
            LocalProtocolError: the live does not run, or takeovers are to be cancelled first (ST-TKO-21).
            ValidationError: no such base.
        """
        self._check_running()
        if waiting := len(self.takeovers.open):
            raise LocalProtocolError(f"{waiting} takeovers are to be cancelled first", clause="ST-TKO-21")
        return build_url(self.session_id, self.session_token, base=base)

    def open_microphone(self, options: MicrophoneOptions | None = None) -> MicrophoneClient:
        """The client of the socket at `microphone_url`. While speech goes out on it, no takeover is sent (ST-E56)."""
        self._microphone = MicrophoneClient(options)
        return self._microphone

    # --- answers ---

    def _answered(self, call: LiveCall, now: float) -> None:
        self._calls.answered(call)
        self._life.passed(now)

    def _failed(self, call: LiveCall, error: Failure, reason: str) -> list[Event]:
        told = CallFailed(call=call, error=error, reason=reason)
        about = self._about.pop(call.number, ())
        if call.operation is http.TAKEOVER_CANCEL:
            self.takeovers.cancelled(about, success=False)
        handler = self._life.on_failure.get(call.name)
        return self._settled([told, *(handler(error) if handler is not None else ())])

    def _settled(self, events: list[Event]) -> list[Event]:
        """What was reported, and what follows from it: the end of a live is the end of its takeovers."""
        self._life.plan()
        if events and isinstance(events[-1], LiveEnded):
            return [*events[:-1], *self.takeovers.lose(), events[-1]]
        return events

    def _commanded(self, call: LiveCall, data: http.TakeoverCommandData, deviations: tuple[str, ...]) -> list[Event]:
        trace_id = data.command_trace_id or ""
        if data.is_success and trace_id:
            self.takeovers.accepted(trace_id)
        return [TakeoverAnswered(call=call, accepted=data.is_success, trace_id=trace_id, deviations=deviations)]

    def _queued(self, call: LiveCall, data: http.TakeoverQueueData, deviations: tuple[str, ...]) -> list[Event]:
        status = next((known for known in QUEUED_STATUSES if known == data.command_status), None)
        position = call.parameters.to_dict().get("priority")
        self.takeovers.accepted(data.command_trace_id, status, position)
        told = TakeoverAnswered(
            call=call,
            accepted=True,
            trace_id=data.command_trace_id,
            status=data.command_status,
            beyond_advice=len(self.takeovers.order) > QUEUE_ADVICE,
            deviations=deviations,
        )
        return [told]

    def _cancelled(self, call: LiveCall, data: http.TakeoverCancelData, deviations: tuple[str, ...]) -> list[Event]:
        told = CancelAnswered(
            call=call,
            success=data.is_success,
            message=data.message or "",
            finish_time=data.command_finish_time or "",
            deviations=deviations,
        )
        return [told, *self.takeovers.cancelled(self._about.pop(call.number), data.is_success)]

    def _reordered(self, call: LiveCall, data: http.TakeoverReorderData, deviations: tuple[str, ...]) -> list[Event]:
        if data.is_success and isinstance(call.parameters, http.TakeoverReorderRequest):
            self.takeovers.moved(call.parameters.command_trace_id, call.parameters.priority)
        return [ReorderAnswered(call=call, success=data.is_success, deviations=deviations)]

    def _listed(self, call: LiveCall, data: http.TakeoverQueueListData, deviations: tuple[str, ...]) -> list[Event]:
        told = QueueListed(call=call, trace_ids=data.trace_ids, deviations=deviations)
        return [told, *self.takeovers.listed(data.trace_ids, self._about.pop(call.number))]

    # --- what may be asked for ---

    def _check_known(self) -> None:
        if not self.session_id or self.is_over:
            raise LocalProtocolError(f"the live has no id: it is {self.state}", clause="ST-LIVE-11")

    def _check_running(self) -> None:
        if self.state is not LiveState.LIVE:
            refusal = REFUSALS[self.state]
            raise LocalProtocolError(f"nothing can take it over: {refusal.reason}", clause=refusal.clause)

    def _check_free(self) -> None:
        self._check_running()
        if self._microphone is not None and self._microphone.is_speaking:
            raise LocalProtocolError("speech goes out on the microphone", clause="ST-E56")


def _renewed(call: LiveCall, data: str, deviations: tuple[str, ...]) -> list[Event]:
    return [RtcTokenRenewed(call=call, token=data, deviations=deviations)]
