"""The messages of the microphone socket: what each of them says, and the one text that goes with its code.

Only their declarations live here. Which side sends which, and how they are read and written, is in
`wire/microphone.py`, from which all can be imported. Source: "Microphone takeover" (003 L439-545).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

import msgspec

from ...core.constraints import Constraint, Limits, OneOf, Required
from ...message import Message, doc, integer, ruled
from .enums import TakeoverStatus

__all__ = [
    "SAMPLE_BYTES",
    "SAMPLE_RATE",
    "TEXTS",
    "Audio",
    "AuthFailed",
    "Begin",
    "Conflict",
    "Eof",
    "MicFrame",
    "MicMessage",
    "NotReady",
    "Notice",
    "Ready",
    "SendFailed",
    "Stop",
    "TakeoverFinished",
    "TakeoverNotice",
    "TakeoverQueued",
    "TakeoverStarted",
    "Unknown",
]

SAMPLE_RATE: Final = 16_000
"""Samples a second of speech: an assumption of ours, for the document does not give its format (ST-E61)."""
SAMPLE_BYTES: Final = 2
"""Bytes of one sample, 16-bit mono PCM: an assumption of ours (ST-E61)."""

TEXTS: Final[Mapping[int, str]] = MappingProxyType(
    {
        0: "begin",
        99: "eof",
        1: "认证失败",
        2: "服务端已准备好接收",
        4: "停止发送语音数据",
        5: "发送语音数据失败",
        6: "服务端未准备好接收",
        7: "算法端接管冲突被拒绝",
        18: "接管/取消接管完成",
        19: "开始播放接管",
        20: "接管入队完成",
    }
)
"""What `message` says with each code. Nothing else is written; readers go by the code alone (ST-E64)."""

_MILLISECONDS_FROM: Final = 10**11
"""Twelve digits and more are milliseconds (ST-E66)."""


def _code(meaning: str) -> msgspec.Meta:
    return doc(meaning, "ST-E57")


def _text(code: int) -> msgspec.Meta:
    return doc("what the code means", "ST-E64", values=[TEXTS[code]], example=TEXTS[code])


class TakeoverNotice(Message):
    """Which takeover codes 18, 19 and 20 report: their ``data`` (003 L439-545, ST-MIC-19)."""

    session_id: Annotated[str, doc("id of the live", "ST-MIC-19", example="live-1")]
    command_trace_id: Annotated[str, doc("id of the takeover", "ST-MIC-19", example="takeover-1")]
    timestamp: Annotated[
        int, integer("when it happened, epoch seconds", "ST-E66", ge=0, le=2**63 - 1, example=1_900_000_000)
    ]

    @property
    def happened_at(self) -> float:
        """When it happened, epoch seconds, also where the timestamp is in milliseconds (ST-E66)."""
        return self.timestamp / 1000 if self.timestamp >= _MILLISECONDS_FROM else float(self.timestamp)

    constraints = (
        Limits(
            "timestamp",
            le=_MILLISECONDS_FROM - 1,
            clause="ST-E66",
            tolerated=True,
            reason="timestamp is in milliseconds",
            expected="epoch seconds",
        ),
    )


class MicFrame(Message, omit_defaults=True):
    """Any text message of the microphone socket: what they all have in common (003 L439-545)."""

    code: Annotated[int, integer("which message it is", "ST-E57", values=list(TEXTS), example=2)]
    message: Annotated[str, doc("what the code means", "ST-E64", example=TEXTS[2])]
    data: Annotated[TakeoverNotice, doc("the takeover, with codes 18, 19 and 20", "ST-E65")] | None = None


class MicMessage(Message):
    """Base of the messages, each of which has one code and the text that goes with it."""

    code: int
    message: str

    @classmethod
    def ruled_code(cls) -> int:
        """The code of every message of the class."""
        return int(cls.ruled_values["code"])


def _says(code: int) -> tuple[OneOf, ...]:
    return (OneOf("message", (TEXTS[code],), clause="ST-E64", tolerated=True),)


class Begin(MicMessage):
    """`microphone.begin`: speech is about to be sent (003 L439-545, ST-MIC-05)."""

    code: Annotated[Literal[0], _code("speech is about to be sent")] = ruled(default=0)
    message: Annotated[str, _text(0)] = ruled(default=TEXTS[0])

    constraints = _says(0)


class Eof(MicMessage):
    """`microphone.eof`: the speech is over (003 L439-545, ST-MIC-07). What answers it, nobody says (ST-E62)."""

    code: Annotated[Literal[99], _code("the speech is over")] = ruled(default=99)
    message: Annotated[str, _text(99)] = ruled(default=TEXTS[99])

    constraints = _says(99)


class AuthFailed(MicMessage):
    """`microphone.auth_failed`: the token in the URL is no good (003 L439-545, ST-MIC-08)."""

    code: Annotated[Literal[1], _code("authentication failed")] = ruled(default=1)
    message: Annotated[str, _text(1)] = ruled(default=TEXTS[1])

    constraints = _says(1)


class Ready(MicMessage):
    """`microphone.ready`: speech may be sent (003 L439-545, ST-MIC-09)."""

    code: Annotated[Literal[2], _code("ready to receive speech")] = ruled(default=2)
    message: Annotated[str, _text(2)] = ruled(default=TEXTS[2])

    constraints = _says(2)


class Stop(MicMessage):
    """`microphone.stop`: nothing matched, or a link behind the server broke (003 L439-545, ST-MIC-11, ST-E63)."""

    code: Annotated[Literal[4], _code("stop sending speech")] = ruled(default=4)
    message: Annotated[str, _text(4)] = ruled(default=TEXTS[4])

    constraints = _says(4)


class SendFailed(MicMessage):
    """`microphone.send_failed`: the speech failed, and nobody knows why (003 L439-545, ST-MIC-13)."""

    code: Annotated[Literal[5], _code("the speech failed")] = ruled(default=5)
    message: Annotated[str, _text(5)] = ruled(default=TEXTS[5])

    constraints = _says(5)


class NotReady(MicMessage):
    """`microphone.not_ready`: there is no such live (003 L439-545, ST-MIC-14)."""

    code: Annotated[Literal[6], _code("no live matches the session")] = ruled(default=6)
    message: Annotated[str, _text(6)] = ruled(default=TEXTS[6])

    constraints = _says(6)


class Conflict(MicMessage):
    """`microphone.conflict`: another kind of takeover is running (003 L439-545, ST-MIC-15)."""

    code: Annotated[Literal[7], _code("refused: another kind of takeover is running")] = ruled(default=7)
    message: Annotated[str, _text(7)] = ruled(default=TEXTS[7])

    constraints = _says(7)


_Told: TypeAlias = Annotated[TakeoverNotice, doc("the takeover it reports", "ST-MIC-19")] | None


class Notice(MicMessage):
    """Base of what is reported about takeovers by HTTP. What is received may lack `data` (ST-E65)."""

    status: ClassVar[TakeoverStatus]
    """The state of the takeover, as a callback would report it; no message reports a failure (ST-E69)."""

    data: _Told = None

    constraints: ClassVar[tuple[Constraint, ...]] = (
        Required("data", clause="ST-E65", tolerated=True, expected="the takeover it reports"),
    )


class TakeoverFinished(Notice):
    """`microphone.takeover_finished`: a takeover is done, or its cancellation is (003 L439-545, ST-MIC-16)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.FINISHED

    code: Annotated[Literal[18], _code("a takeover, or its cancellation, is done")] = ruled(default=18)
    message: Annotated[str, _text(18)] = ruled(default=TEXTS[18])
    data: _Told = None

    constraints = _says(18)


class TakeoverStarted(Notice):
    """`microphone.takeover_started`: a takeover began to play (003 L439-545, ST-MIC-17)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.STARTED

    code: Annotated[Literal[19], _code("a takeover began to play")] = ruled(default=19)
    message: Annotated[str, _text(19)] = ruled(default=TEXTS[19])
    data: _Told = None

    constraints = _says(19)


class TakeoverQueued(Notice):
    """`microphone.takeover_queued`: a takeover is in the queue (003 L439-545, ST-MIC-18)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.QUEUED

    code: Annotated[Literal[20], _code("a takeover is in the queue")] = ruled(default=20)
    message: Annotated[str, _text(20)] = ruled(default=TEXTS[20])
    data: _Told = None

    constraints = _says(20)


class Audio(msgspec.Struct, frozen=True, gc=False):
    """`microphone.audio`: one packet of speech, no JSON around it (003 L439-545, ST-MIC-06).

    Attributes:
        pcm: speech; to the codec just bytes, for the document does not give its format (ST-E61).
    """

    pcm: bytes


class Unknown(msgspec.Struct, frozen=True):
    """A text message whose code its sender is not documented to send (ST-E67).

    Attributes:
        code: the code.
        message: what came with it; empty when that was no text.
        data: whatever came as ``data``; None when nothing did.
    """

    code: int
    message: str = ""
    data: Any = None
