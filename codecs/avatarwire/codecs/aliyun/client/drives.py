"""What is sent in several packets: streamed text, streamed audio, speech. Each is made by an `InteractionClient`.

Only the order of packets lives here; whether anything may be sent at all is the client's to say, and which answer
belongs to what is in `answers.py`. All audio is raw PCM, 16 kHz, 16-bit little-endian, mono (ALI-R115, ALI-E37).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from enum import Enum, auto
from typing import Final, Generic, TypeAlias, TypeVar

from ...core.pcm import Pcm, PcmCutter
from ...errors import LocalProtocolError, ValidationError
from ...message import Message
from ..messages import (
    PCM_SAMPLE_BYTES,
    AskType,
    AsrDataRequest,
    AsrEndRequest,
    AsrStartRequest,
    AudioDriveRequest,
    DataFlag,
    TextDriveRequest,
    TextDriveType,
)
from ..options import ClientOptions
from ..wire.table import VENDOR

__all__ = ["AudioStream", "Pcm", "Speech", "TextStream"]

Send: TypeAlias = Callable[[Sequence[Message | AsrDataRequest]], None]
"""Queues packets, all or none."""
Done: TypeAlias = Callable[[], None]

PieceT = TypeVar("PieceT", bound=str | bytes)


class Stage(Enum):
    """How far a stream or an utterance is."""

    NEW = auto()
    STARTED = auto()
    ENDED = auto()
    INTERRUPTED = auto()
    REFUSED = auto()


_OVER: Final[Mapping[Stage, tuple[str, str]]] = {
    Stage.ENDED: ("it has ended", ""),
    Stage.INTERRUPTED: ("it was interrupted", "ALI-E33"),
    Stage.REFUSED: ("the server refused it", "ALI-R107"),
}
"""Stages after which nothing more is sent, with the clause where it is the same for all."""


def check_going(stage: Stage, what: str, order: str) -> None:
    """Raises `LocalProtocolError` when nothing more may be sent; `order` is the clause on what comes after what."""
    if stage in _OVER:
        reason, clause = _OVER[stage]
        raise LocalProtocolError(f"no more {what} can be sent: {reason}", clause=clause or order)


def _nothing_to_do() -> None:
    """No one has to know."""


class FragmentStream(ABC, Generic[PieceT]):
    """One START fragment, any number of CONTENT, one END, all under one message id (ALI-R103, ALI-R104).

    The first thing sent becomes START. START and END are always sent, if need be empty; CONTENT is never (ALI-E25).
    """

    _what: str
    _nothing: PieceT

    def __init__(self, message_id: str, send: Send, *, done: Done, begun: Done = _nothing_to_do) -> None:
        self._message_id = message_id
        self._send = send
        self._begun = begun
        self._done = done
        self._stage = Stage.NEW

    @property
    def message_id(self) -> str:
        """Id of every fragment; the id of this drive."""
        return self._message_id

    @property
    def is_open(self) -> bool:
        """Whether it has neither ended nor been interrupted."""
        return self._stage not in _OVER

    def interruption(self) -> list[Message]:
        """What has to go before an interruption, so that no stream stays without its END (ALI-E26). For the client."""
        return [self._body(self._nothing, DataFlag.END)] if self._stage is Stage.STARTED else []

    def interrupted(self) -> None:
        """The client has interrupted the stream. For the client."""
        self._stage = Stage.INTERRUPTED
        self._done()

    @abstractmethod
    def _body(self, piece: PieceT, flag: DataFlag) -> Message: ...

    def _check(self) -> None:
        check_going(self._stage, self._what, "ALI-R104")

    def _extend(self, pieces: Sequence[PieceT]) -> None:
        flags = [DataFlag.CONTENT] * len(pieces)
        if flags and self._stage is Stage.NEW:
            flags[0] = DataFlag.START
        self._put(pieces, flags)
        if flags:
            self._stage = Stage.STARTED

    def _finish(self, pieces: Sequence[PieceT]) -> None:
        new = self._stage is Stage.NEW
        least = 2 if new else 1
        padded: list[PieceT] = [*pieces, *[self._nothing] * (least - len(pieces))]
        flags = [DataFlag.CONTENT] * len(padded)
        if new:
            flags[0] = DataFlag.START
        flags[-1] = DataFlag.END
        self._put(padded, flags)
        self._stage = Stage.ENDED
        self._done()

    def _put(self, pieces: Sequence[PieceT], flags: Sequence[DataFlag]) -> None:
        self._send([self._body(piece, flag) for piece, flag in zip(pieces, flags, strict=True)])
        if DataFlag.START in flags:
            self._begun()


class TextStream(FragmentStream[str]):
    """A text spoken while it is being written, in broadcast mode (WS 4.3, ALI-R101 to ALI-R104).

    Attributes:
        message_id: id of every fragment; the id of this drive.
        is_open: whether it has neither ended nor been interrupted.
    """

    _what = "text"
    _nothing = ""

    def __init__(self, session_id: str, message_id: str, send: Send, *, ask: AskType, begun: Done, done: Done) -> None:
        super().__init__(message_id, send, begun=begun, done=done)
        self._session_id = session_id
        self._ask = ask
        # Refuses a stream in ask mode, or a bad id, now and not at the first fragment.
        self._body("", DataFlag.START)

    def send(self, text: str) -> None:
        """Sends one fragment as it is; an empty one sends nothing.

        Raises:
            LocalProtocolError: the stream is over, or nothing can be driven now.
            ValidationError: not a text.
        """
        self._check()
        self._extend([text] if text != "" else [])

    def end(self, text: str = "") -> None:
        """Sends the last fragment, which may be empty.

        Raises:
            LocalProtocolError: the stream is over, or nothing can be driven now.
            ValidationError: not a text.
        """
        self._check()
        self._finish([text] if text != "" else [])

    def _body(self, piece: str, flag: DataFlag) -> Message:
        return TextDriveRequest(
            session_id=self._session_id,
            text=piece,
            ask_type=self._ask,
            message_id=self._message_id,
            type=TextDriveType.TEXT_STREAM,
            data_flag=flag,
        )


class AudioStream(FragmentStream[bytes]):
    """Audio for the avatar to speak, fragment by fragment (WS 4.8, ALI-R114 to ALI-R117). Nothing is answered.

    Attributes:
        message_id: id of every fragment; the id of this drive.
        is_open: whether it has neither ended nor been interrupted.
    """

    _what = "audio"
    _nothing = b""

    def __init__(self, session_id: str, message_id: str, send: Send, *, options: ClientOptions, done: Done) -> None:
        super().__init__(message_id, send, done=done)
        self._session_id = session_id
        self._cutter = PcmCutter(options.audio_fragment, PCM_SAMPLE_BYTES, vendor=VENDOR, clause="ALI-R115")
        self._body(b"", DataFlag.START)

    def send(self, pcm: Pcm) -> None:
        """Sends PCM at once, in fragments of at most `ClientOptions.audio_fragment` bytes.

        Half a sample at its end waits for the next call; less than a sample sends nothing.

        Raises:
            LocalProtocolError: the stream is over, or nothing can be driven now.
            ValidationError: not PCM.
        """
        self._check()
        data = self._cutter.joined(pcm)
        self._extend(self._cutter.cut(data))
        self._cutter.keep(data)

    def end(self, pcm: Pcm = b"") -> None:
        """Sends the last PCM, if any, and ends the stream.

        Raises:
            LocalProtocolError: the stream is over, or nothing can be driven now.
            ValidationError: not PCM, or the audio would end within a sample; the stream is still open then.
        """
        self._check()
        data = self._cutter.joined(pcm)
        self._cutter.check_whole(data)
        self._finish(self._cutter.cut(data))

    def send_whole(self, pcm: Pcm) -> None:
        """Makes one piece of audio the whole stream. For the client.

        Raises:
            LocalProtocolError, ValidationError: as for `end`, and for no audio at all (ALI-R114).
        """
        if not self._cutter.joined(pcm):
            raise ValidationError("no audio", vendor=VENDOR, path="audio", expected="PCM", clause="ALI-R114")
        self.end(pcm)

    def _body(self, piece: bytes, flag: DataFlag) -> Message:
        return AudioDriveRequest(session_id=self._session_id, message_id=self._message_id, audio=piece, data_flag=flag)


class Speech:
    """One utterance for the server to recognise and to answer or to repeat (WS 4.4 to 4.6, ALI-R112).

    Its start packet is sent when it is made. Speech need not wait for the server's answer to that (ALI-E40).

    Attributes:
        id: names the utterance in events; it never travels, for speech has no message id (ALI-E39).
        is_open: whether it has neither ended nor been refused.
    """

    def __init__(
        self, session_id: str, id_: str, send: Send, *, ask: AskType, options: ClientOptions, done: Done
    ) -> None:
        self._id = id_
        self._session_id = session_id
        self._send = send
        self._done = done
        self._cutter = PcmCutter(options.speech_packet, options.speech_sample_bytes, vendor=VENDOR, clause="ALI-E37")
        self._stage = Stage.STARTED
        start = AsrStartRequest(session_id=session_id, ask_type=ask)
        self._ask = start.ask_type
        send([start])

    @property
    def id(self) -> str:
        """Names the utterance in events."""
        return self._id

    @property
    def ask(self) -> AskType:
        """How it is taken."""
        return self._ask

    @property
    def is_open(self) -> bool:
        """Whether it has neither ended nor been refused."""
        return self._stage is Stage.STARTED

    def send(self, pcm: Pcm) -> None:
        """Sends PCM at once, in packets of at most `ClientOptions.speech_packet` bytes.

        What is less than a sample at its end waits for the next call.

        Raises:
            LocalProtocolError: the utterance is over (ALI-R112), or nothing can be driven now.
            ValidationError: not PCM.
        """
        check_going(self._stage, "speech", "ALI-R112")
        data = self._cutter.joined(pcm)
        self._send([AsrDataRequest(piece) for piece in self._cutter.cut(data)])
        self._cutter.keep(data)

    def end(self, pcm: Pcm = b"") -> None:
        """Sends the last PCM, if any, and the end packet, which is not answered (ALI-R111).

        Raises:
            LocalProtocolError: the utterance is over (ALI-R112), or nothing can be driven now.
            ValidationError: not PCM, or the speech would end within a sample; the utterance is still open then.
        """
        check_going(self._stage, "speech", "ALI-R112")
        data = self._cutter.joined(pcm)
        self._cutter.check_whole(data)
        packets = [AsrDataRequest(piece) for piece in self._cutter.cut(data)]
        self._send([*packets, AsrEndRequest(session_id=self._session_id)])
        self._stage = Stage.ENDED
        self._done()

    def cut_off(self) -> None:
        """Ends it wherever it is, without what is less than a sample; nothing happens to one that is over.

        Where nothing can be driven now, the server does not learn of it.
        """
        if self._stage is not Stage.STARTED:
            return
        self._stage = Stage.ENDED
        self._done()
        with suppress(LocalProtocolError):
            self._send([AsrEndRequest(session_id=self._session_id)])

    def refused(self) -> None:
        """The server has refused it. For the client."""
        self._stage = Stage.REFUSED
        self._done()
