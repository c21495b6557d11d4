"""What the interactive SDK reports to a page: seven messages, distinguished by ``service``, ``type`` and ``status``.

    >>> from avatarwire.codecs.sensetime import interactive
    >>> interactive.encode(interactive.CommandEof(trace="sense-live-nlp_1"))
    '{"service":"command","trace":"sense-live-nlp_1","type":"eof","status":"ok"}'

The messages, their table, reading and writing by it, and the form of traces live here. What a page makes the SDK with
is in `role.py`. Source: "Pushed messages" (004 L152-237).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Final, Literal, NamedTuple, TypeAlias

from msgspec import UNSET, UnsetType

from ...core.constraints import Constraint, Required
from ...core.error_mapping import unwritable
from ...core.findings import deviation
from ...core.json_codec import JsonCodec
from ...core.received import Received
from ...core.repairs import Rename, Repair
from ...errors import DecodeError, EncodeError, ValidationError
from ...message import Message, doc, integer, ruled
from ..envelope import VENDOR

__all__ = [
    "ANY",
    "BY_BODY",
    "BY_ID",
    "BY_KIND",
    "MESSAGES",
    "SERVICES",
    "STATUSES",
    "TYPES_OF_MESSAGES",
    "AsrEof",
    "AsrFail",
    "AsrText",
    "CommandEof",
    "NlpAnswer",
    "OpeningAnswer",
    "OpeningTrace",
    "RecordEof",
    "RoundTrace",
    "SdkMessage",
    "SdkRow",
    "decode",
    "encode",
    "id_of",
    "parse_trace",
]

SERVICES: Final = ("asr", "nlp", "record", "command", "opening")
"""Documented parts that speak (ST-MSG-02)."""
TYPES_OF_MESSAGES: Final = ("text", "eof", "answer")
"""Documented types (ST-MSG-02)."""
STATUSES: Final = ("ok", "fail")
"""Documented statuses (ST-MSG-02)."""


class SdkMessage(Message, rename=None):
    """Any pushed message (004 L152-237), also one of another kind than the seven documented ones (ST-E124).

    `index` and `id` stand in samples only (ST-E122). Messages of one round have the same trace (ST-E126), in no order
    that could be relied on (ST-E127).
    """

    subject: ClassVar[str] = ""
    """The field that a message of this kind is about."""

    service: Annotated[str, doc("which part speaks", "ST-MSG-01", values=SERVICES)]
    trace: Annotated[str, doc("trace of the round", "ST-MSG-01", example="opening_1735689600000")]
    type: Annotated[str, doc("what it reports", "ST-MSG-01", values=TYPES_OF_MESSAGES)]
    status: Annotated[str, doc("ok, or fail", "ST-MSG-01", values=STATUSES)]
    text: Annotated[str, doc("the opening line", "ST-MSG-03")] | UnsetType = UNSET
    query: Annotated[str, doc("what was recognised", "ST-MSG-04")] | UnsetType = UNSET
    answer: Annotated[str, doc("the model's reply", "ST-MSG-05")] | UnsetType = UNSET
    error: Annotated[str, doc("what failed", "ST-MSG-06", example="query is empty")] | UnsetType = UNSET
    index: Annotated[int, integer("number within the round; in samples only", "ST-E122", example=1)] | UnsetType = UNSET
    id: Annotated[str, doc("id of a reply; in samples only", "ST-E122")] | UnsetType = UNSET

    @property
    def words(self) -> str:
        """What a message of its kind is about: a line, what was recognised, a reply, a reason; empty if not given."""
        given = getattr(self, self.subject, UNSET)
        return given if isinstance(given, str) else ""


def _about(name: str, clause: str) -> tuple[Constraint, ...]:
    return (Required(name, clause=clause, tolerated=True),)


class OpeningAnswer(SdkMessage, rename=None):
    """The opening line; its words are in `text`, though its type is answer (ST-MSG-03, ST-E123)."""

    subject: ClassVar[str] = "text"
    constraints = _about("text", "ST-MSG-03")

    service: Annotated[Literal["opening"], doc("which part speaks", "ST-MSG-02")] = ruled(default="opening")
    type: Annotated[Literal["answer"], doc("what it reports", "ST-MSG-02")] = ruled(default="answer")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


class AsrText(SdkMessage, rename=None):
    """Speech is being recognised; the newest such text of a trace replaces those before (ST-MSG-04, ST-E125)."""

    subject: ClassVar[str] = "query"
    constraints = _about("query", "ST-MSG-04")

    service: Annotated[Literal["asr"], doc("which part speaks", "ST-MSG-02")] = ruled(default="asr")
    type: Annotated[Literal["text"], doc("what it reports", "ST-MSG-02")] = ruled(default="text")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


class AsrEof(SdkMessage, rename=None):
    """Recognition has ended; `query` is empty, the text came before (ST-MSG-04, ST-E125)."""

    subject: ClassVar[str] = "query"
    constraints = _about("query", "ST-MSG-04")

    service: Annotated[Literal["asr"], doc("which part speaks", "ST-MSG-02")] = ruled(default="asr")
    type: Annotated[Literal["eof"], doc("what it reports", "ST-MSG-02")] = ruled(default="eof")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


class AsrFail(SdkMessage, rename=None):
    """Nothing was recognised; `error` says why (ST-MSG-06)."""

    subject: ClassVar[str] = "error"
    constraints = _about("error", "ST-MSG-06")

    service: Annotated[Literal["asr"], doc("which part speaks", "ST-MSG-02")] = ruled(default="asr")
    type: Annotated[Literal["eof"], doc("what it reports", "ST-MSG-02")] = ruled(default="eof")
    status: Annotated[Literal["fail"], doc("failure", "ST-MSG-02")] = ruled(default="fail")


class NlpAnswer(SdkMessage, rename=None):
    """A reply of the model; one round may have several (ST-MSG-05, ST-E127)."""

    subject: ClassVar[str] = "answer"
    constraints = _about("answer", "ST-MSG-05")

    service: Annotated[Literal["nlp"], doc("which part speaks", "ST-MSG-02")] = ruled(default="nlp")
    type: Annotated[Literal["answer"], doc("what it reports", "ST-MSG-02")] = ruled(default="answer")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


class CommandEof(SdkMessage, rename=None):
    """The avatar has spoken: the takeover of the round is over (ST-MSG-07)."""

    service: Annotated[Literal["command"], doc("which part speaks", "ST-MSG-02")] = ruled(default="command")
    type: Annotated[Literal["eof"], doc("what it reports", "ST-MSG-02")] = ruled(default="eof")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


class RecordEof(SdkMessage, rename=None):
    """The recording of the round is over (ST-MSG-07)."""

    service: Annotated[Literal["record"], doc("which part speaks", "ST-MSG-02")] = ruled(default="record")
    type: Annotated[Literal["eof"], doc("what it reports", "ST-MSG-02")] = ruled(default="eof")
    status: Annotated[Literal["ok"], doc("success", "ST-MSG-02")] = ruled(default="ok")


# --- the table ---

Kind: TypeAlias = tuple[str, str, str]
"""Service, type and status."""


@dataclass(frozen=True, slots=True)
class SdkRow:
    """One documented message.

    Attributes:
        id: catalogue id.
        kind: its service, type and status.
        body: its class.
        title: one line.
        clauses: the rules about it.
        codec: reads and writes it.
        section: where the document describes it.
    """

    id: str
    kind: Kind
    body: type[SdkMessage]
    title: str
    clauses: tuple[str, ...]
    codec: JsonCodec[Any]
    section: str = "004 L152-237"


def _row(
    name: str, kind: Kind, body: type[SdkMessage], title: str, *clauses: str, repairs: tuple[Repair, ...] = ()
) -> SdkRow:
    id_ = f"interactive.{name}"
    return SdkRow(
        id_,
        kind,
        body,
        title,
        clauses,
        JsonCodec(body, vendor=VENDOR, message=id_, repairs=repairs, form_clause="ST-MSG-01"),
    )


MESSAGES: Final = (
    _row("opening.answer", ("opening", "answer", "ok"), OpeningAnswer, "the opening line", "ST-MSG-03", "ST-E123",
         repairs=(Rename("ST-E123", "text", "answer"),)),
    _row("asr.text", ("asr", "text", "ok"), AsrText, "speech, as far as it is recognised", "ST-MSG-04", "ST-E125"),
    _row("asr.eof", ("asr", "eof", "ok"), AsrEof, "recognition has ended", "ST-MSG-04", "ST-E125"),
    _row("asr.fail", ("asr", "eof", "fail"), AsrFail, "nothing was recognised", "ST-MSG-06"),
    _row("nlp.answer", ("nlp", "answer", "ok"), NlpAnswer, "a reply of the model", "ST-MSG-05", "ST-E123",
         repairs=(Rename("ST-E123", "answer", "text"),)),
    _row("command.eof", ("command", "eof", "ok"), CommandEof, "the avatar has spoken", "ST-MSG-07"),
    _row("record.eof", ("record", "eof", "ok"), RecordEof, "the recording is over", "ST-MSG-07"),
)  # fmt: skip
"""All seven, in the order of the document's table."""

BY_ID: Final[Mapping[str, SdkRow]] = MappingProxyType({row.id: row for row in MESSAGES})
BY_KIND: Final[Mapping[Kind, SdkRow]] = MappingProxyType({row.kind: row for row in MESSAGES})
BY_BODY: Final[Mapping[type[SdkMessage], SdkRow]] = MappingProxyType({row.body: row for row in MESSAGES})

ANY: Final = JsonCodec(SdkMessage, vendor=VENDOR, message="SdkMessage", form_clause="ST-MSG-01")
"""Reads a message of any kind."""


def id_of(message: SdkMessage) -> str:
    """Catalogue id of a message; empty for one that is none of the seven."""
    row = BY_KIND.get((message.service, message.type, message.status))
    return "" if row is None else row.id


def decode(data: str | bytes, *, strict: bool = False) -> Received[SdkMessage]:
    """Reads one message: one of the seven classes, or a plain `SdkMessage` for any other kind (ST-E124).

    Args:
        data: JSON.
        strict: refuse documented variants and kinds that are not documented, instead of reporting them.

    Raises:
        DecodeError: not JSON.
        ValidationError: JSON, but no such message.
    """
    try:
        raw = data.encode() if isinstance(data, str) else data
    except UnicodeEncodeError as error:
        raise DecodeError(unwritable(error), vendor=VENDOR, message="SdkMessage", clause="ST-MSG-01") from None
    any_ = ANY.decode(raw, strict=strict)
    head = any_.value
    row = BY_KIND.get((head.service, head.type, head.status))
    if row is not None:
        return row.codec.decode(raw, strict=strict)
    found = deviation("ST-E124", "", f"{head.service}, {head.type}, {head.status} is none of the documented messages")
    if strict:
        raise ValidationError.of([found], vendor=VENDOR, message="SdkMessage")
    return Received(head, (found,), raw)


def encode(message: SdkMessage, *, strict: bool = True) -> str:
    """The JSON text of one of the seven messages.

    Args:
        message: the message.
        strict: refuse other kinds, and what only lenient reading takes. Otherwise any `SdkMessage` is written, such as
            an answer that failed: ``SdkMessage(service="nlp", type="answer", status="fail", …)`` (ST-E124).

    Raises:
        EncodeError: another kind of message (ST-E124).
        ValidationError: what it is about is missing, as may be the case in one that was received.
    """
    row = BY_BODY.get(type(message))
    if row is None and type(message) is SdkMessage and not strict:
        return ANY.encode(message, strict=False).decode()
    if row is None:
        raise EncodeError(
            f"got {type(message).__name__}",
            vendor=VENDOR,
            message="SdkMessage",
            expected=f"one of {', '.join(row.body.__name__ for row in MESSAGES)}",
            clause="ST-E124",
        )
    return row.codec.encode(message, strict=strict).decode()


# --- traces ---


class OpeningTrace(NamedTuple):
    """Trace of an opening line, in the form that samples show (ST-E126); `str` writes it."""

    milliseconds: int
    """When it was, since 1970."""

    def __str__(self) -> str:
        return f"opening_{self.milliseconds}"


class RoundTrace(NamedTuple):
    """Trace of a round of question and answer, in the form that samples show (ST-E126); `str` writes it."""

    conversation: str
    """UUID that the rounds of a live share."""
    number: int
    """Of the round, rising."""

    def __str__(self) -> str:
        return f"sense-live-nlp_{self.conversation}_{self.number}"


_OPENING: Final = re.compile(r"opening_([0-9]{1,19})")
_ROUND: Final = re.compile(r"sense-live-nlp_([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})_([0-9]{1,19})")


def parse_trace(trace: str) -> OpeningTrace | RoundTrace | None:
    """What a trace says, if it has a form that samples show; traces are opaque otherwise (ST-E126)."""
    if opening := _OPENING.fullmatch(trace):
        return OpeningTrace(int(opening[1]))
    if round_ := _ROUND.fullmatch(trace):
        return RoundTrace(round_[1], int(round_[2]))
    return None
