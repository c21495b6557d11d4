"""The messages of the microphone socket: what each of them says, and the one text that goes with its code.

Only their declarations live here. Which side sends which, and how they are read and written, is in `microphone.py`,
from which all can be imported. Source: "Microphone takeover" (003 L439-545).
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias

import msgspec

from ..core.findings import Finding, deviation
from ..message import Message, doc
from ..rules import nested
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
"""Samples a second of speech: an assumption of ours, for the document does not tell its format (ST-E61)."""
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
    return doc("what the code means", "ST-E64", example=TEXTS[code])


class TakeoverNotice(Message):
    """Which takeover codes 18, 19 and 20 tell of: their ``data`` (003 L439-545, ST-MIC-19)."""

    session_id: Annotated[str, doc("id of the live", "ST-MIC-19", example="live-1")]
    command_trace_id: Annotated[str, doc("id of the takeover", "ST-MIC-19", example="takeover-1")]
    timestamp: Annotated[
        int, doc("when it happened, epoch seconds", "ST-E66", ge=0, le=2**63 - 1, example=1_900_000_000)
    ]

    @property
    def happened_at(self) -> float:
        """When it happened, epoch seconds, also where the timestamp is in milliseconds (ST-E66)."""
        return self.timestamp / 1000 if self.timestamp >= _MILLISECONDS_FROM else float(self.timestamp)

    def check(self) -> tuple[Finding, ...]:
        if self.timestamp < _MILLISECONDS_FROM:
            return ()
        return (deviation("ST-E66", "timestamp", "timestamp is in milliseconds", "epoch seconds"),)

    @classmethod
    def schema_rules(cls) -> tuple[Mapping[str, Any], ...]:
        return ({"properties": {"timestamp": {"maximum": _MILLISECONDS_FROM - 1}}},)


class MicFrame(Message, omit_defaults=True):
    """Any text message of the microphone socket: what they all have in common (003 L439-545)."""

    code: Annotated[int, doc("which message it is", "ST-E57", values=list(TEXTS), example=2)]
    message: Annotated[str, doc("what the code means", "ST-E64", example=TEXTS[2])]
    data: Annotated[TakeoverNotice, doc("the takeover, with codes 18, 19 and 20", "ST-E65")] | None = None

    def check(self) -> tuple[Finding, ...]:
        return () if self.data is None else nested("data", self.data)


class MicMessage(Message):
    """Base of the messages, each of which has one code and the text that goes with it."""

    code: int
    message: str

    def check(self) -> tuple[Finding, ...]:
        text = TEXTS[self.code]
        return () if self.message == text else (deviation("ST-E64", "message", "message is another text", text),)

    @classmethod
    def ruled_code(cls) -> int:
        """The code of every message of the class."""
        # The last defaults belong to the last fields.
        fields, defaults = cls.__struct_fields__, cls.__struct_defaults__
        return int(defaults[fields.index("code") - len(fields)])

    @classmethod
    def schema_rules(cls) -> tuple[Mapping[str, Any], ...]:
        text = TEXTS[cls.ruled_code()]
        return ({"required": ["code", "message"]}, {"properties": {"message": {"const": text}}})


class Begin(MicMessage):
    """`microphone.begin`: speech is about to be sent (003 L439-545, ST-MIC-05)."""

    code: Annotated[Literal[0], _code("speech is about to be sent")] = 0
    message: Annotated[str, _text(0)] = TEXTS[0]


class Eof(MicMessage):
    """`microphone.eof`: the speech is over (003 L439-545, ST-MIC-07). What answers it, nobody says (ST-E62)."""

    code: Annotated[Literal[99], _code("the speech is over")] = 99
    message: Annotated[str, _text(99)] = TEXTS[99]


class AuthFailed(MicMessage):
    """`microphone.auth_failed`: the token in the URL is no good (003 L439-545, ST-MIC-08)."""

    code: Annotated[Literal[1], _code("authentication failed")] = 1
    message: Annotated[str, _text(1)] = TEXTS[1]


class Ready(MicMessage):
    """`microphone.ready`: speech may be sent (003 L439-545, ST-MIC-09)."""

    code: Annotated[Literal[2], _code("ready to receive speech")] = 2
    message: Annotated[str, _text(2)] = TEXTS[2]


class Stop(MicMessage):
    """`microphone.stop`: nothing matched, or a link behind the server broke (003 L439-545, ST-MIC-11, ST-E63)."""

    code: Annotated[Literal[4], _code("stop sending speech")] = 4
    message: Annotated[str, _text(4)] = TEXTS[4]


class SendFailed(MicMessage):
    """`microphone.send_failed`: the speech failed, and nobody knows why (003 L439-545, ST-MIC-13)."""

    code: Annotated[Literal[5], _code("the speech failed")] = 5
    message: Annotated[str, _text(5)] = TEXTS[5]


class NotReady(MicMessage):
    """`microphone.not_ready`: there is no such live (003 L439-545, ST-MIC-14)."""

    code: Annotated[Literal[6], _code("no live matches the session")] = 6
    message: Annotated[str, _text(6)] = TEXTS[6]


class Conflict(MicMessage):
    """`microphone.conflict`: another kind of takeover is running (003 L439-545, ST-MIC-15)."""

    code: Annotated[Literal[7], _code("refused: another kind of takeover is running")] = 7
    message: Annotated[str, _text(7)] = TEXTS[7]


_Told: TypeAlias = Annotated[TakeoverNotice, doc("the takeover it tells of", "ST-MIC-19")] | None


class Notice(MicMessage):
    """Base of what is told about takeovers by HTTP. What is received may lack `data` (ST-E65)."""

    status: ClassVar[TakeoverStatus]
    """The state of the takeover, as a callback would tell it; no message tells of a failure (ST-E69)."""

    data: _Told = None

    def check(self) -> tuple[Finding, ...]:
        if self.data is None:
            return (*super().check(), deviation("ST-E65", "data", "data is missing", "the takeover it tells of"))
        return (*super().check(), *nested("data", self.data))

    @classmethod
    def schema_rules(cls) -> tuple[Mapping[str, Any], ...]:
        return (*super().schema_rules(), {"required": ["data"], "properties": {"data": {"type": "object"}}})


class TakeoverFinished(Notice):
    """`microphone.takeover_finished`: a takeover is done, or its cancellation is (003 L439-545, ST-MIC-16)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.FINISHED

    code: Annotated[Literal[18], _code("a takeover, or its cancellation, is done")] = 18
    message: Annotated[str, _text(18)] = TEXTS[18]
    data: _Told = None


class TakeoverStarted(Notice):
    """`microphone.takeover_started`: a takeover began to play (003 L439-545, ST-MIC-17)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.STARTED

    code: Annotated[Literal[19], _code("a takeover began to play")] = 19
    message: Annotated[str, _text(19)] = TEXTS[19]
    data: _Told = None


class TakeoverQueued(Notice):
    """`microphone.takeover_queued`: a takeover is in the queue (003 L439-545, ST-MIC-18)."""

    status: ClassVar[TakeoverStatus] = TakeoverStatus.QUEUED

    code: Annotated[Literal[20], _code("a takeover is in the queue")] = 20
    message: Annotated[str, _text(20)] = TEXTS[20]
    data: _Told = None


class Audio(msgspec.Struct, frozen=True, gc=False):
    """`microphone.audio`: one packet of speech, no JSON around it (003 L439-545, ST-MIC-06).

    Attributes:
        pcm: speech; to the codec just bytes, for the document does not tell its format (ST-E61).
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
