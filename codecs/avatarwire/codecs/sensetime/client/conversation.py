"""The client of one microphone socket, without the socket: it decides what to send and reports what happened.

It does no input or output, reads no clock and starts no task; a service lends it a connection::

    microphone = live.open_microphone()                # or MicrophoneClient()
    microphone.connected(now())                        # the WebSocket to `live.microphone_url()` is open
    while microphone.is_live:
        for message in microphone.data_to_send():      # after every call: str as text, bytes as binary
            await websocket.send(message)
        message = await next_message(websocket, until=microphone.next_timeout())
        for event in microphone.handle_timeout(now()) if message is None else microphone.receive(message, now()):
            ...                                        # meanwhile: microphone.send(pcm), then microphone.end()
    for event in microphone.disconnected(code, reason, now()):
        ...

`now` is in seconds, from any clock that goes forward. A refused action sends nothing and changes nothing. One thread at
a time may use a client, and each connection needs its own.

Only the order of messages lives here; the messages are in `wire/microphone.py`, the states are the table in
`states.py`. Source: "Microphone takeover" (003 L439-545).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, cast

from ...core.pcm import Pcm, PcmCutter
from ...errors import CodecError, LocalProtocolError, RemoteProtocolError
from ..envelope import VENDOR
from ..events import (
    Disconnected,
    EndReason,
    Event,
    MicrophoneReady,
    MicrophoneRefused,
    RoundEnded,
    TakeoverNoticed,
    UnknownMessage,
)
from ..options import MicrophoneOptions
from ..wire.microphone import Audio, Begin, Eof, Frame, Notice, decode, encode
from .states import MICROPHONE_TRANSITIONS, SPEAKING, UNHEARD, MicrophoneState, MicrophoneTrigger

__all__ = ["MicrophoneClient"]

_CLEAN: Final = frozenset({1000, 1001})
"""Close codes of a WebSocket that ended as intended."""

_FAILURES: Final[Mapping[str, tuple[MicrophoneTrigger, EndReason]]] = {
    "microphone.stop": (MicrophoneTrigger.STOP, EndReason.STOPPED),
    "microphone.send_failed": (MicrophoneTrigger.SEND_FAILED, EndReason.FAILED),
    "microphone.not_ready": (MicrophoneTrigger.NOT_READY, EndReason.NOT_READY),
    "microphone.conflict": (MicrophoneTrigger.CONFLICT, EndReason.CONFLICT),
}

_REFUSED_BY: Final[Mapping[MicrophoneTrigger, str]] = {
    MicrophoneTrigger.OPENED: "ST-E62",
    MicrophoneTrigger.BEGIN: "ST-MIC-05",
    MicrophoneTrigger.EOF: "ST-MIC-07",
}
"""Clauses of what the caller may ask for in some states only."""


class MicrophoneClient:
    """The client's side of one microphone socket.

    Attributes:
        options: how it behaves where there is a choice.
        state: where it is.

    Args:
        options: None takes the defaults.
    """

    def __init__(self, options: MicrophoneOptions | None = None) -> None:
        self.options: Final = MicrophoneOptions() if options is None else options
        self.state = MicrophoneState.CONNECTING
        self._outgoing: list[str | bytes] = []
        self._now = 0.0
        self._give_up_at: float | None = None
        self._cutter = self._new_cutter()
        self._held = b""
        # The round is to end as soon as its speech could be sent.
        self._ending = False
        self._ready_early = False
        # Our side has ended a round and the server has not complained: another one takes the option for it.
        self._spent = False
        self._on: Mapping[str, Callable[[Frame], list[Event]]] = {
            "microphone.auth_failed": self._refused,
            "microphone.ready": self._ready,
            **dict.fromkeys(_FAILURES, self._failed),
            **dict.fromkeys(
                ("microphone.takeover_finished", "microphone.takeover_started", "microphone.takeover_queued"), _noticed
            ),
            "": _unknown,
        }

    @property
    def is_live(self) -> bool:
        """Whether the WebSocket is open and neither side has ended the conversation."""
        return self.state is not MicrophoneState.CONNECTING and self.state not in UNHEARD

    @property
    def is_speaking(self) -> bool:
        """Whether a round is going on: it takes speech, at once or as soon as the server is ready."""
        return self.state in SPEAKING and not self._ending

    @property
    def held(self) -> int:
        """Bytes of speech that wait until the server is ready (ST-MIC-10)."""
        return len(self._held)

    # --- the connection ---

    def connected(self, now: float) -> list[Event]:
        """The WebSocket is open. Begins a round unless the options say otherwise (ST-E60).

        Raises:
            LocalProtocolError: it was open before, or the client is closed.
        """
        self._move(MicrophoneTrigger.OPENED)
        self._now = now
        return self.begin(now) if self.options.begin_at_once else []

    def data_to_send(self) -> list[str | bytes]:
        """Takes out the messages to be written, in order: `str` as text, `bytes` as binary (ST-MIC-01)."""
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def receive(self, data: str | bytes, now: float) -> list[Event]:
        """Takes in one message: `str` where it was text, `bytes` where it was binary.

        Returns:
            What it reports; nothing once the conversation has ended.

        Raises:
            RemoteProtocolError: it cannot be read, or the WebSocket is not open. The client stays as it is.
        """
        self._passed(now)
        if self.state in UNHEARD:
            return []
        try:
            frame = decode(data, "server", strict=self.options.strict, max_size=self.options.max_message)
        except CodecError as error:
            raise RemoteProtocolError(f"unreadable message: {error}", clause=error.clause) from error
        if self.state is MicrophoneState.CONNECTING and frame.message != "microphone.auth_failed":
            raise RemoteProtocolError("a message before the WebSocket is open", clause="ST-MIC-02")
        return self._on[frame.message](frame)

    def next_timeout(self) -> float | None:
        """When `handle_timeout` has something to do, on the clock of `now`; None for never."""
        return self._give_up_at

    def handle_timeout(self, now: float) -> list[Event]:
        """Gives up a round that the server has not answered in time. Called early it does nothing."""
        self._passed(now)
        if self._give_up_at is None or self._now < self._give_up_at:
            return []
        self._move(MicrophoneTrigger.GIVE_UP)
        return [RoundEnded(reason=EndReason.TIMEOUT, dropped=self._drop())]

    def disconnected(self, code: int | None, reason: str, now: float) -> list[Event]:
        """The WebSocket is gone, or could not be opened.

        Args:
            code: close code; None without one.
            reason: text that came with it.
            now: the time.

        Returns:
            The end of a round that was going on, then `Disconnected`. Nothing when called again.
        """
        self._passed(now)
        if self.state is MicrophoneState.CLOSED:
            return []
        announced = self.state in UNHEARD
        lost = self._lose(MicrophoneTrigger.LOST)
        return [*lost, Disconnected(code=code, reason=reason, clean=code in _CLEAN, announced=announced)]

    def close(self) -> list[Event]:
        """Ends our side: nothing more is said, what still arrives is dropped. May be called at any time.

        Write what `data_to_send` still has, close the WebSocket, and call `disconnected`.

        Returns:
            The end of a round that was going on.
        """
        return self._lose(MicrophoneTrigger.CLOSE)

    # --- speaking ---

    def begin(self, now: float) -> list[Event]:
        """Begins a round of speech (ST-MIC-05). Cancel takeovers by HTTP first (ST-TKO-21).

        Returns:
            `MicrophoneReady` where the server was ready before (ST-E60), else nothing: it will say so.

        Raises:
            LocalProtocolError: a round is going on, the WebSocket is not open, or this would be another round after one
                of ours and the options do not want that (ST-E62).
        """
        if self.state is MicrophoneState.ENDED and self._spent and not self.options.several_rounds:
            raise LocalProtocolError("a socket is for one round unless the options say otherwise", clause="ST-E62")
        self._passed(now)
        self._move(MicrophoneTrigger.BEGIN)
        self._outgoing.append(encode(Begin()))
        self._cutter = self._new_cutter()
        self._spent = False
        if self._ready_early:
            self._ready_early = False
            return self._stream(None)
        if self.options.ready_timeout is not None:
            self._give_up_at = self._now + self.options.ready_timeout
        return []

    def send(self, speech: Pcm) -> None:
        """Sends speech, in binary messages of at most `MicrophoneOptions.packet` bytes (ST-MIC-06).

        Until the server is ready it waits (ST-MIC-10); so does what is less than a sample at its end.

        Raises:
            LocalProtocolError: no round is going on, or too much waits.
            ValidationError: not bytes.
        """
        self._check_speaking()
        data = self._cutter.joined(speech)
        self._put(data)
        self._cutter.keep(data)

    def end(self, speech: Pcm = b"") -> None:
        """Sends the last speech, if any, and that it is over (ST-MIC-07); once the server is ready, if it is not yet.

        Raises:
            LocalProtocolError: no round is going on, or too much waits.
            ValidationError: not bytes, or the speech would end within a sample; the round goes on then.
        """
        self._check_speaking()
        data = self._cutter.joined(speech)
        self._cutter.check_whole(data)
        self._put(data)
        self._ending = True
        if self.state is MicrophoneState.STREAMING:
            self._finish()

    def cut_off(self) -> None:
        """Ends a round wherever it is, without what is less than a sample; nothing happens where none is going on.

        It is for speech that is given up: `eof` is sent all the same (ST-MIC-07).
        """
        if self.is_speaking:
            self._cutter = self._new_cutter()
            self.end()

    def _new_cutter(self) -> PcmCutter:
        return PcmCutter(self.options.packet, self.options.sample_bytes, vendor=VENDOR, clause="ST-E61")

    def _check_speaking(self) -> None:
        if not self.is_speaking:
            raise LocalProtocolError(f"no round of speech is going on: {self.state}", clause="ST-MIC-06")

    def _put(self, data: bytes) -> None:
        pieces = self._cutter.cut(data)
        if self.state is MicrophoneState.STREAMING:
            self._outgoing += [encode(Audio(piece)) for piece in pieces]
            return
        if self.held + len(data) > self.options.max_held:
            raise LocalProtocolError(
                f"more than {self.options.max_held} bytes of speech would wait for the server", clause="ST-MIC-10"
            )
        self._held += b"".join(pieces)

    def _finish(self) -> None:
        self._move(MicrophoneTrigger.EOF)
        self._outgoing.append(encode(Eof()))
        self._ending = False
        self._spent = True

    # --- what the server says ---

    def _ready(self, frame: Frame) -> list[Event]:
        if self.state is MicrophoneState.BEGUN:
            return self._stream(frame)
        self._move(MicrophoneTrigger.READY)
        early = self.state is MicrophoneState.OPEN
        self._ready_early = self._ready_early or early
        # In a round or after one it is no news.
        return [MicrophoneReady(early=True, frame=frame, deviations=frame.deviations)] if early else []

    def _stream(self, frame: Frame | None) -> list[Event]:
        """The server is ready for the round that has begun."""
        self._move(MicrophoneTrigger.READY)
        held, self._held = self._held, b""
        self._outgoing += [encode(Audio(piece)) for piece in self._cutter.cut(held)]
        if self._ending:
            self._finish()
        return [MicrophoneReady(frame=frame, deviations=() if frame is None else frame.deviations)]

    def _failed(self, frame: Frame) -> list[Event]:
        trigger, reason = _FAILURES[frame.message]
        late = self.state not in SPEAKING
        self._move(trigger)
        self._spent = False
        return [RoundEnded(reason=reason, dropped=self._drop(), late=late, frame=frame, deviations=frame.deviations)]

    def _refused(self, frame: Frame) -> list[Event]:
        told = MicrophoneRefused(frame=frame, deviations=frame.deviations)
        return [*self._lose(MicrophoneTrigger.AUTH_FAILED, EndReason.REFUSED), told]

    # --- the state ---

    def _lose(self, trigger: MicrophoneTrigger, reason: EndReason = EndReason.LOST) -> list[Event]:
        """The conversation ends, and with it a round that has not."""
        going_on = self.state in SPEAKING
        self._move(trigger)
        if trigger is not MicrophoneTrigger.CLOSE:
            # Nobody is there to read it.
            self._outgoing.clear()
        dropped = self._drop()
        return [RoundEnded(reason=reason, dropped=dropped)] if going_on else []

    def _drop(self) -> int:
        """Forgets the speech that waits; how much it was."""
        dropped, self._held, self._ending = self.held, b"", False
        return dropped

    def _move(self, trigger: MicrophoneTrigger) -> None:
        after = MICROPHONE_TRANSITIONS[self.state].get(trigger)
        if after is None:
            raise LocalProtocolError(f"cannot {trigger}: {self.state}", clause=_REFUSED_BY[trigger])
        self.state = after
        self._give_up_at = None

    def _passed(self, now: float) -> None:
        """Time has passed; a clock that was set back stands still until it has caught up."""
        self._now = max(self._now, now)


def _noticed(frame: Frame) -> list[Event]:
    """What is reported about takeovers changes nothing here, and may come at any time."""
    body = cast("Notice", frame.body)
    about = body.data
    if about is None:
        return [TakeoverNoticed(status=body.status, frame=frame, deviations=frame.deviations)]
    told = TakeoverNoticed(
        status=body.status,
        session_id=about.session_id,
        trace_id=about.command_trace_id,
        happened_at=about.happened_at,
        frame=frame,
        deviations=frame.deviations,
    )
    return [told]


def _unknown(frame: Frame) -> list[Event]:
    return [UnknownMessage(frame=frame, deviations=frame.deviations)]
