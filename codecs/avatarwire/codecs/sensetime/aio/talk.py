"""The live with SenseTime: its clock, its calls and its callers; what is said and understood is the sans-IO clients'.

It gets a token, creates and starts the live, sends heartbeats and closes it at the end. A text is a takeover at once;
the microphone socket, open meanwhile, tells when it was spoken, so that no callback receiver is needed. HTTP is in
`live_calls.py`, the socket in `microphone_link.py`, the sans-IO clients in `client/`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, ClassVar, Final

import msgspec

from ...aio.driver import Answer, Driver, Speech, next_piece, pieces
from ...aio.exchange import Exchange
from ...aio.place import Place
from ...aio.waiting import Call, ended
from ...errors import ConnectionLostError, RefusedError
from .. import http, script
from ..client.live import LiveClient, MicrophoneClient
from ..client.pending_requests import LiveCall
from ..client.states import LiveState
from ..envelope import VENDOR
from ..events import (
    CallFailed,
    CancelAnswered,
    Disconnected,
    Event,
    LiveCreated,
    LiveEnded,
    LiveReady,
    LiveStarted,
    QueueListed,
    TakeoverAnswered,
    TakeoverChanged,
    TakeoverEnded,
    TakeoverNoticed,
    TakeoverOutcome,
)
from ..options import LiveOptions, MicrophoneOptions
from ..script import LiveScript, TakeoverScript
from ..script_parts import TakeoverQuery
from ..wire.microphone_url import PATH, build_url
from .live_calls import LiveCalls
from .microphone_link import MicrophoneLink, heard, open_microphone

__all__ = ["Answer", "Session", "connect"]

LOOKS: Final = 3
"""How often within `timeout` the queue is asked for while a text is spoken, which is silent in itself."""


class _Said:
    """A takeover that is waited for.

    Attributes:
        command: the call that asked for it.
        outcome: what becomes of it.
        trace_id: its id, once that is known.
        gone: whether the queue does not have it any more.
    """

    def __init__(self, command: LiveCall, outcome: Call[Answer]) -> None:
        self.command: Final = command
        self.outcome: Final = outcome
        self.trace_id = ""
        self.gone = False


class Session(Driver[Event]):
    """One live; made by `connect`.

    Attributes:
        timeout: seconds of silence after which a call fails.
    """

    vendor: ClassVar[str] = VENDOR

    def __init__(self, place: Place, timeout: float, options: LiveOptions | None) -> None:
        super().__init__(timeout)
        url = place.url("http_url", ("http", "https"))
        ws_url = place.url("ws_url", ("ws", "wss")) if place.text("ws_url") else ""
        self._socket_base: Final = ws_url.removesuffix(PATH) if ws_url else url
        # An answer that comes too late for its caller still tells which live there is to be closed.
        self._exchange: Final = Exchange(url, 2 * timeout, trust=place.trust)
        self._trust: Final = place.trust
        self._live: Final = LiveClient(http.CreateLiveRequest.of(_script(place)), options)
        self._calls: Final = LiveCalls(self._live, place, self._exchange, self._told, self._answered)
        self._runner: asyncio.Task[None] | None = None
        self._starting: Call[None] | None = None
        self._ending: Call[None] | None = None
        self._cancelling: Final[dict[int, Call[None]]] = {}
        # One text or one round of speech at a time: another one would push it aside.
        self._turn: Final = asyncio.Lock()
        self._said: _Said | None = None
        self._takeovers_over: Final[dict[str, TakeoverEnded]] = {}
        self._failed: LiveCall | None = None
        """The last call that has failed."""

    @property
    def session_id(self) -> str:
        """Id of the live at the service; empty before it is known."""
        return self._live.session_id

    # --- what a caller wants ---

    async def say(self, text: str) -> Answer:
        """Has the avatar say a text, and waits until it was spoken (codes 19 and 18 of the microphone socket).

        A text that is already being spoken for another call goes before it.

        Raises:
            TimeoutError: nothing came for `timeout` seconds.
            RefusedError: the platform does not accept it, or has failed to speak it.
            ConnectionLostError: the live ended before.
            ValidationError: fewer than ten characters (ST-TKO-23), or another text that cannot be sent.
        """
        takeover = TakeoverScript(tts_query=TakeoverQuery(content=text))
        async with self._turn:
            self._check_going()
            listener = MicrophoneClient(MicrophoneOptions(begin_at_once=False))
            async with self._microphone(listener, self._told):
                return replace(await self._spoken(takeover), text=text)

    async def interrupt(self) -> None:
        """Cancels everything that is spoken or waits to be; calls that wait for it return, as interrupted.

        Raises:
            RefusedError: the platform could not cancel all of it.
            TimeoutError, AvatarwireError: as for `say`.
        """
        self._check_going()
        call = self._live.cancel()
        outcome = self._cancelling[call.number] = Call[None]("the cancellation", self.timeout)
        self._calls.wake()
        try:
            await outcome.result()
        finally:
            del self._cancelling[call.number]

    async def speak(self, pcm: Speech) -> Answer:
        """Speaks through the avatar: one round of speech on the microphone socket (ST-MIC-05 to ST-MIC-07).

        The platform does not say when it was spoken; this returns when it has taken all of it.

        Raises:
            RefusedError: the platform takes no speech, or has ended the round.
            ValidationError: not PCM of whole samples.
            Exception: whatever `pcm` raises; the round is given up then.
        """
        async with self._turn:
            self._check_going()
            if self._live.takeovers.open:
                await self.interrupt()
            ready, outcome = (Call[None](what, self.timeout) for what in ("the microphone", "the end of speech"))
            speaker = self._live.open_microphone(MicrophoneOptions(ready_timeout=self.timeout))

            def told(events: list[Event]) -> None:
                for event in events:
                    heard(event, ready, outcome)
                self._told(events)

            async with self._microphone(speaker, told) as link:
                await ready.result()
                source = pieces(pcm)
                try:
                    while (piece := await outcome.during(next_piece(source))) is not None:
                        speaker.send(piece)
                        await link.flush()
                    if not outcome.done:
                        speaker.end()
                        await link.flush()
                    await outcome.during(link.answered())
                except BaseException:
                    # A round that is given up is over, too (ST-MIC-07); it goes out before the socket is closed.
                    speaker.cut_off()
                    raise
                finally:
                    await source.aclose()
                return Answer()

    # --- its life ---

    async def _open(self) -> None:
        self._starting = Call[None]("the start of the live", self.timeout)
        self._runner = asyncio.create_task(self._run(), name=f"avatarwire {VENDOR}")
        self._live.create(self._now())
        self._calls.wake()
        await self._starting.result()

    async def _stop(self) -> None:
        if self._live.state is LiveState.NEW or self._live.is_over:
            return
        self._ending = Call[None]("the end of the live", self.timeout)
        self._told(self._live.close(self._now()))
        self._calls.wake()
        await self._ending.result()

    async def _close(self) -> None:
        try:
            if self._runner is not None:
                await ended(self._runner)
        finally:
            await self._exchange.close()

    def _over(self, error: ConnectionLostError) -> None:
        super()._over(error)
        said = [] if self._said is None else [self._said.outcome]
        for call in (self._starting, *said, *self._cancelling.values()):
            if call is not None:
                call.fail(error)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _run(self) -> None:
        try:
            await self._calls.run()
        finally:
            self._over(ConnectionLostError("the live has ended"))
            self._feed.end()

    def _microphone(
        self, client: MicrophoneClient, told: Callable[[list[Event]], None]
    ) -> AbstractAsyncContextManager[MicrophoneLink]:
        url = build_url(self._live.session_id, self._live.session_token, base=self._socket_base)
        return open_microphone(url, client, told, self.timeout, trust=self._trust)

    # --- takeovers ---

    async def _spoken(self, takeover: TakeoverScript) -> Answer:
        """Sends a takeover, and waits until it is over."""
        said = self._said = _Said(self._live.say(takeover), Call[Answer]("the end of the text", self.timeout))
        self._takeovers_over.clear()
        self._calls.wake()
        looking = asyncio.create_task(self._look(said), name=f"avatarwire {VENDOR} queue")
        try:
            return await said.outcome.result()
        finally:
            looking.cancel()
            self._said = None
            if said.trace_id in self._live.takeovers.open and self._live.state is LiveState.LIVE:
                # Nobody waits for it any more; it would keep the microphone from being used (ST-TKO-21).
                self._live.cancel(said.trace_id)
                self._calls.wake()

    async def _look(self, said: _Said) -> None:
        """Asks from time to time whether it is still spoken."""
        while True:
            await asyncio.sleep(self.timeout / LOOKS)
            self._ask_queue(said)

    def _ask_queue(self, said: _Said) -> None:
        if said.trace_id and self._live.state is LiveState.LIVE:
            self._live.list_queue()
            self._calls.wake()

    def _answered(self, call: LiveCall) -> None:
        """A call was answered: what is gone from the queue was spoken if the live still runs, as far as is known."""
        said = self._said
        if said is None or call.operation is not http.QUERY_STAT or call == self._failed:
            return
        if said.gone and not self._live.is_over:
            _settle(said.outcome, TakeoverEnded(trace_id=said.trace_id, outcome=TakeoverOutcome.GONE))

    # --- events ---

    def _told(self, events: list[Event]) -> None:
        self._feed.put(events)
        for event in events:
            match event:
                case LiveCreated() | LiveReady() if self._starting is not None:
                    self._starting.progress()
                case LiveStarted() if self._starting is not None:
                    self._starting.succeed(None)
                case LiveEnded():
                    self._live_ended(event)
                case CallFailed():
                    self._call_failed(event)
                case TakeoverNoticed():
                    self._told(self._live.noticed(event, self._now()))
                case CancelAnswered():
                    self._cancelled(event)
                case _ if self._said is not None:
                    self._takeover(event, self._said)
                case _:
                    pass

    def _live_ended(self, event: LiveEnded) -> None:
        status = "" if event.status is None else f" ({int(event.status)} {event.status.name})"
        if self._starting is not None:
            failure = self._calls.failures.get(http.CREATE_LIVE.id)
            self._starting.fail(failure or RefusedError(f"the live was not started{status}: {event.detail}"))
        if self._ending is not None:
            failure = self._calls.failures.get(http.CLOSE_LIVE.id)
            if event.status is None and failure is not None:
                self._ending.fail(failure)  # nobody knows whether it goes on
            else:
                self._ending.succeed(None)
        self._over(ConnectionLostError(f"the live has ended{status}"))

    def _call_failed(self, event: CallFailed) -> None:
        failure = event.error or self._calls.failures.get(event.call.name) or RefusedError(event.reason)
        self._calls.failures[event.call.name] = failure
        self._failed = event.call
        if self._said is not None and event.call == self._said.command:
            self._said.outcome.fail(failure)
        if event.call.operation is http.START_LIVE and event.error is not None and self._starting is not None:
            self._starting.fail(failure)
        if (cancelling := self._cancelling.get(event.call.number)) is not None:
            cancelling.fail(failure)

    def _cancelled(self, event: CancelAnswered) -> None:
        outcome = self._cancelling.get(event.call.number)
        if outcome is None:
            return
        if event.success:
            outcome.succeed(None)
        else:
            outcome.fail(RefusedError(event.message or "it was not cancelled", clause="ST-E51"))

    def _takeover(self, event: Event, said: _Said) -> None:
        match event:
            case TakeoverAnswered() if event.call == said.command:
                said.trace_id = event.trace_id
                if not event.accepted:
                    said.outcome.fail(RefusedError("the takeover was not accepted", clause="ST-E09"))
                elif (ended := self._takeovers_over.get(event.trace_id)) is not None:
                    _settle(said.outcome, ended)
                else:
                    said.outcome.progress()
            case TakeoverChanged():
                said.outcome.progress()
            case Disconnected(announced=False):
                self._ask_queue(said)
            case TakeoverEnded(outcome=TakeoverOutcome.GONE):
                # By the queue, which is dealt with below.
                pass
            case TakeoverEnded():
                # Its end may be told before its id.
                self._takeovers_over[event.trace_id] = event
                if event.trace_id == said.trace_id:
                    _settle(said.outcome, event)
            case QueueListed() if said.trace_id:
                if said.trace_id in event.trace_ids:
                    said.outcome.progress()
                elif event.call.number > said.command.number:
                    said.gone = True
                    self._live.look()
                    self._calls.wake()
            case _:
                pass


def _settle(outcome: Call[Answer], event: TakeoverEnded) -> None:
    match event.outcome:
        case TakeoverOutcome.FAILED:
            outcome.fail(RefusedError(f"it could not be spoken: {event.detail or 'no reason given'}"))
        case TakeoverOutcome.LOST:
            outcome.fail(ConnectionLostError("the live has ended before it was spoken"))
        case _:
            outcome.succeed(Answer(interrupted=event.outcome is TakeoverOutcome.CANCELLED, event=event))


def _script(place: Place) -> LiveScript:
    """What the live shows: a script, a mapping like one, or its JSON."""
    param = place.get("param")
    if isinstance(param, LiveScript):
        return param
    if isinstance(param, Mapping):
        param = msgspec.json.encode(param)
    if not isinstance(param, str | bytes):
        raise place.wrong("param", "not a live script", expected="a LiveScript, a mapping or JSON")
    return script.decode_live(param).value


def connect(place: object, timeout: float = 30.0, *, options: LiveOptions | None = None, **overrides: Any) -> Session:
    """A live, to be entered: ``async with connect(place) as session``.

    Args:
        place: the vendor's part of the ready file, a fake server, or any mapping or object with ``http_url``, ``param``
            (the live script: a `LiveScript`, a mapping or JSON) and either ``access_token`` or ``app_id`` and
            ``app_key``, by which tokens are got and refreshed. ``ws_url`` is where the microphone socket is, if not
            beside the rest. ``ca_file`` is a file of certificates (PEM) to trust beside those of this machine.
        timeout: seconds of silence after which a call fails.
        options: of the sans-IO client of the live.
        overrides: what goes before the place, by the same keys.

    Raises:
        ValidationError: a key is missing or wrong, or the script is; the error names it. Entering the block raises what
            else there is: `HttpError`, `RefusedError`, `ConnectionLostError`, `TimeoutError`.
    """
    keys = ("access_token", "app_id", "app_key", "ws_url")
    return Session(Place(VENDOR, place, overrides, needed=("http_url", "param"), optional=keys), timeout, options)
