"""The client of one interaction WebSocket, without the WebSocket: it decides what to send and reports what happened.

It does no input or output, reads no clock and starts no task; a service lends it a connection. The contract has three
verbs: take in what arrived (`receive`), write what there is to say (`data_to_send`), and come back in time
(`next_timeout`, `handle_timeout`)::

    client = InteractionClient(session_id)
    client.connected(now())                          # the WebSocket to `webSocketUrl` is open
    while client.is_live:
        for frame in client.data_to_send():          # after every call: any of them may have something to say
            await websocket.send(frame)
        message = await next_message(websocket, until=client.next_timeout())
        for event in client.handle_timeout(now()) if message is None else client.receive(message, now()):
            ...                                      # at ChannelReady: client.send_text("hello")
    for event in client.disconnected(code, reason, now()):
        ...

`now` is in seconds, from any clock that goes forward. A refused action sends nothing and changes nothing. One thread at
a time may use a client, and each connection needs its own (ALI-E114).

Only the conversation lives here: the channel under it is in `channel.py`, its states are the table in `states.py`,
streams are in `drives.py`, answers in `answers.py`, events in `events.py`. Source: "WebSocket flow", rules ALI-R077 to
ALI-R124.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final, cast
from uuid import uuid4

from msgspec import UNSET

from ...errors import CodecError, LocalProtocolError, RemoteProtocolError, ValidationError, shown
from ..events import AnswerKind, Disconnected, Event, ForceClosed, ServerError, UnknownFrame
from ..messages import AskType, GeneralMessage, InterruptRequest, OpeningRequest, TextDriveRequest
from ..options import ClientOptions
from ..wire.frame import Frame, decode
from ..wire.header import new_serial_number
from ..wire.table import VENDOR
from .answers import Drive
from .channel import Channel
from .drives import AudioStream, Pcm, Speech, TextStream
from .reply_routing import Replies
from .states import ENDED, ClientState

__all__ = ["InteractionClient", "new_message_id"]

_CLEAN: Final = frozenset({1000, 1001})
"""Close codes of a WebSocket that ended as intended."""


def new_message_id() -> str:
    """A random UUID, version 4 (ALI-R103, ALI-E20)."""
    return str(uuid4())


class InteractionClient:
    """The client's side of one interaction WebSocket.

    Attributes:
        session_id: the session, from StartAvatarSession.
        options: how the client behaves where there is a choice.

    Args:
        session_id: the session.
        options: None takes the defaults.
        serial_numbers: makes the eight bytes of each frame (ALI-R087).
        message_ids: makes the ids of drives (ALI-R103).

    Raises:
        ValidationError: the session id is empty.
    """

    def __init__(
        self,
        session_id: str,
        *,
        options: ClientOptions | None = None,
        serial_numbers: Callable[[], bytes] = new_serial_number,
        message_ids: Callable[[], str] = new_message_id,
    ) -> None:
        self.session_id: Final = session_id
        self.options: Final = ClientOptions() if options is None else options
        self._message_ids = message_ids
        self._channel = Channel(session_id, self.options, serial_numbers)
        self._replies = Replies(self.options)
        self._stream: TextStream | AudioStream | None = None
        self._speech: Speech | None = None
        self._handlers: Mapping[str, Callable[[Frame, tuple[str, ...]], list[Event]]] = {
            "opening.response": self._replies.opening,
            "session.force_close": self._force_closed,
            "session.recovering": self._recovering,
            "text_drive.response": self._replies.reply,
            "asr.start.response": self._replies.reply,
            "asr.result": self._replies.reply,
            "channel_ready.response": self._status,
            "heartbeat.pong": self._channel.pong,
            "general.message": self._error,
            "": _unknown,
        }

    @property
    def state(self) -> ClientState:
        """Where the client is."""
        return self._channel.state

    @property
    def is_live(self) -> bool:
        """Whether the WebSocket is open and neither side has ended the session."""
        return self._channel.is_live

    @property
    def unanswered(self) -> tuple[str, ...]:
        """Ids of the drives whose `AnswerFinished` must still come: openings first, each in order."""
        return self._replies.openings.owed + self._replies.talk.owed

    # --- the connection ---

    def connected(self, now: float) -> None:
        """The WebSocket is open. Starts the channel-ready loop unless the options say otherwise (ALI-R077).

        Raises:
            LocalProtocolError: it was open before (ALI-E114), or the client is closed.
        """
        self._channel.opened(now)

    def data_to_send(self) -> list[bytes]:
        """Takes out the frames to be written: in order, each as one binary message (ALI-R085)."""
        return self._channel.data_to_send()

    def receive(self, data: bytes, now: float) -> list[Event]:
        """Takes in one binary message.

        Returns:
            What it reports: nothing when it is late, or when the session has ended.

        Raises:
            RemoteProtocolError: it cannot be read, it breaks a rule, or the WebSocket is not open. The client stays as
                it is and can go on.
        """
        if not self._channel.hears(now):
            return []
        try:
            frame = decode(data, "server", strict=self.options.strict, max_size=self.options.max_frame)
        except CodecError as error:
            raise _unreadable(error) from error
        return self._handlers[frame.message](frame, self._session_checked(frame))

    def receive_text(self, text: str, now: float) -> list[Event]:
        """Takes in one text message; no frame travels in one.

        Raises:
            RemoteProtocolError: always, unless the session has ended. The client stays as it is and can go on.
        """
        if not self._channel.hears(now):
            return []
        raise RemoteProtocolError(f"a text message, expected binary: {shown(text)}", clause="ALI-R085")

    def next_timeout(self) -> float | None:
        """When `handle_timeout` has something to do, on the clock of `now`; None for never."""
        return self._channel.next_timeout()

    def handle_timeout(self, now: float) -> list[Event]:
        """Does what is due: sends channel-ready requests and heartbeats, gives up the loop, reports silence.

        Called early it does nothing, called late it does each thing once. Take in first what has already arrived.
        """
        return self._channel.handle_timeout(now)

    def disconnected(self, code: int | None, reason: str, now: float) -> list[Event]:
        """The WebSocket is gone, or could not be opened.

        Args:
            code: close code; None without one.
            reason: text that came with it.
            now: the time.

        Returns:
            The end of every open answer, then `Disconnected`. Nothing when called again.
        """
        before = self.state
        if before is ClientState.CLOSED:
            return []
        self._channel.lost(now)
        end = Disconnected(
            code=code, reason=reason, clean=code in _CLEAN, announced=before in ENDED, lasted=self._channel.lasted
        )
        return [*self._replies.lose(), end]

    def close(self) -> list[Event]:
        """Ends our side: nothing more is said, what still arrives is dropped. May be called at any time.

        Stop the session over HTTP first (ALI-R081). Then write what `data_to_send` still has, close the WebSocket, and
        call `disconnected`.

        Returns:
            The end of every open answer.
        """
        self._channel.close()
        return self._replies.lose()

    def prepare(self, now: float) -> None:
        """Starts the channel-ready loop: where the options leave that to the caller, or again after it failed.

        Raises:
            LocalProtocolError: the loop runs, the channel is ready, or the session is not live.
        """
        self._channel.prepare(now)

    def ping(self, now: float) -> None:
        """Sends a heartbeat now; the next one by itself is a period later (ALI-R120).

        Raises:
            LocalProtocolError: the session is not live.
        """
        self._channel.ping(now)

    # --- drives ---

    def open_remarks(self) -> str:
        """Asks for the opening remarks (WS 4.1).

        Returns:
            An id that names them in events; it does not travel.

        Raises:
            LocalProtocolError: the channel is not ready (ALI-R078).
        """
        self._channel.check_ready()
        drive = Drive(self._new_id(None), AnswerKind.OPENING, owed=True)
        self._channel.send_drive([OpeningRequest(session_id=self.session_id)], drive.id)
        self._replies.openings.open(drive)
        return drive.id

    def send_text(self, text: str, *, ask: AskType = AskType.ASK, message_id: str | None = None) -> str:
        """Sends one whole text, to be answered or to be spoken as it stands (WS 4.3).

        Returns:
            Its message id.

        Raises:
            LocalProtocolError: the channel is not ready (ALI-R078), or the id was used lately (ALI-R103).
            ValidationError: the text is blank, or an argument is not as documented.
        """
        self._channel.check_ready()
        body = TextDriveRequest(
            session_id=self.session_id, text=text, ask_type=ask, message_id=self._new_id(message_id)
        )
        if not text.strip():
            raise ValidationError(
                f"got {shown(text)}", vendor=VENDOR, path="text", expected="a text to speak", clause="ALI-R098"
            )
        self._channel.send_drive([body], body.message_id)
        self._replies.talk.open(Drive(body.message_id, AnswerKind.TEXT, owed=body.ask_type is AskType.ASK))
        return body.message_id

    def start_text_stream(self, *, ask: AskType = AskType.BROADCAST, message_id: str | None = None) -> TextStream:
        """A text to be spoken while it is being written (WS 4.3). Nothing is sent before its first fragment.

        Raises:
            LocalProtocolError: the channel is not ready (ALI-R078), a stream is open (ALI-E26), or the id was used
                lately (ALI-R103).
            ValidationError: in ask mode, which has no streams (ALI-E28), or an argument is not as documented.
        """
        self._check_no_stream()
        drive = Drive(self._new_id(message_id), AnswerKind.TEXT, owed=False, complete=False)

        def done() -> None:
            drive.complete = True
            self._stream = None

        stream = TextStream(
            self.session_id,
            drive.id,
            partial(self._channel.send_drive, drive_id=drive.id),
            ask=ask,
            begun=lambda: self._replies.talk.open(drive),
            done=done,
        )
        self._stream = stream
        return stream

    def start_audio_stream(self, *, message_id: str | None = None) -> AudioStream:
        """Audio to be spoken, as it comes (WS 4.8). Nothing is sent before its first sample, nothing is answered.

        Raises:
            LocalProtocolError: the channel is not ready (ALI-R078), a stream is open (ALI-E26), or the id is in use.
            ValidationError: an argument is not as documented.
        """
        stream = self._audio_stream(message_id)
        self._stream = stream
        return stream

    def send_audio(self, pcm: Pcm, *, message_id: str | None = None) -> str:
        """Sends audio that is all there: a whole stream at once (WS 4.8).

        Returns:
            Its message id.

        Raises:
            LocalProtocolError: as for `start_audio_stream`.
            ValidationError: no audio (ALI-R114), or not whole samples (ALI-R115).
        """
        stream = self._audio_stream(message_id)
        stream.send_whole(pcm)
        return stream.message_id

    def start_speech(self, *, ask: AskType = AskType.ASK) -> Speech:
        """Sends the start packet of an utterance (WS 4.4); its speech may follow at once (ALI-E40).

        Raises:
            LocalProtocolError: the channel is not ready (ALI-R078), or an utterance is open (ALI-E39).
            ValidationError: an argument is not as documented.
        """
        self._channel.check_ready()
        if self._speech is not None:
            raise LocalProtocolError("an utterance is open, and there can be one at a time", clause="ALI-E39")
        drive = Drive(self._new_id(None), AnswerKind.SPEECH, owed=True, complete=False)

        def done() -> None:
            drive.complete = True
            if self._speech is speech:
                self._speech = None

        send = partial(self._channel.send_drive, drive_id=drive.id)
        speech = Speech(self.session_id, drive.id, send, ask=ask, options=self.options, done=done)
        drive.owed = speech.ask is AskType.ASK
        self._replies.speech_started(speech, drive)
        self._speech = speech
        return speech

    def interrupt(self) -> list[Event]:
        """Stops what is being spoken and what waits to be; the server does not answer (WS 4.2, ALI-R097, ALI-E32).

        An open stream is ended before. An open utterance goes on, for nothing is spoken for it yet: interrupting is
        what makes room for its answer.

        Returns:
            The end of every answer that was waited for or had begun. What still comes of them is dropped (ALI-E33).

        Raises:
            LocalProtocolError: the channel is not ready.
        """
        self._channel.check_ready()
        last = [] if self._stream is None else self._stream.interruption()
        self._channel.send_drive([*last, InterruptRequest(session_id=self.session_id)])
        if self._stream is not None:
            self._stream.interrupted()
        return self._replies.interrupt()

    def abandon(self, drive_id: str) -> None:
        """Stops waiting for an answer, for instance after a `ServerError`, which names no drive (ALI-E29).

        Its `AnswerFinished` does not come, and packets that name it are dropped.

        Raises:
            LocalProtocolError: no such drive waits or is being answered.
        """
        if not (self._replies.openings.abandon(drive_id) or self._replies.talk.abandon(drive_id)):
            raise LocalProtocolError(f"no answer is open for {shown(drive_id)}", clause="ALI-E21")

    def _audio_stream(self, message_id: str | None) -> AudioStream:
        self._check_no_stream()
        id_ = self._new_id(message_id)
        return AudioStream(self.session_id, id_, self._channel.send_drive, options=self.options, done=self._stream_done)

    def _stream_done(self) -> None:
        self._stream = None

    def _check_no_stream(self) -> None:
        self._channel.check_ready()
        if self._stream is not None:
            raise LocalProtocolError("a stream is open, and streams do not mix", clause="ALI-E26")

    def _new_id(self, given: str | None) -> str:
        id_ = self._message_ids() if given is None else given
        if self._replies.knows(id_):
            raise LocalProtocolError(f"message id {shown(id_)} is in use or was lately", clause="ALI-R103")
        return id_

    # --- what arrives ---

    def _session_checked(self, frame: Frame) -> tuple[str, ...]:
        """The deviations of a frame; one of another session is taken for ours, as this is our connection (ALI-E113)."""
        session_id = getattr(frame.body, "session_id", UNSET)
        if session_id in (UNSET, "", self.session_id):
            return frame.deviations
        if self.options.strict:
            raise RemoteProtocolError(f"a message of session {shown(session_id)}", clause="ALI-E113")
        return (*frame.deviations, "ALI-E113")

    def _force_closed(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        self._channel.force_closed()
        return [*self._replies.lose(), ForceClosed(frame=frame, deviations=deviations)]

    def _status(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        return self._pausing(self._channel.status(frame, deviations))

    def _recovering(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        return self._pausing(self._channel.recovering(frame, deviations))

    def _pausing(self, events: list[Event]) -> list[Event]:
        """What the channel reports, after the end of every answer that will not come because it is not ready (ALI-E48).

        A stream and an utterance that are still open may go on once it is ready again.
        """
        return events if self.state is ClientState.READY else [*self._replies.recover(), *events]

    def _error(self, frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
        """An error; one that has the serial number of a frame of ours ends the drive of that (ALI-E04)."""
        body = cast("GeneralMessage", frame.body)
        drive_id = self._channel.drive_of(frame.serial_number)
        error = ServerError(code=body.code, message=body.message, drive_id=drive_id, frame=frame, deviations=deviations)
        if self._speech is not None and self._speech.id == drive_id:
            self._speech.refused()
        return [error, *self._replies.refuse(drive_id, frame, deviations)]


def _unknown(frame: Frame, deviations: tuple[str, ...]) -> list[Event]:
    return [UnknownFrame(frame=frame, deviations=deviations)]


def _unreadable(error: CodecError) -> RemoteProtocolError:
    # Without the clause, which the new error names itself.
    told = CodecError(
        error.reason, message=error.message, path=error.path, offset=error.offset, expected=error.expected
    )
    return RemoteProtocolError(str(told), clause=error.clause or "ALI-E09")
