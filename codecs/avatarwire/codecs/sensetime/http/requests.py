"""The parameters of the fifteen HTTP operations.

Strict: required fields are required, enumerations are closed, and the rules between fields hold. Where they travel is
said in this package; which variants of them are understood, in `repair_tables.py`. Scripts travel as JSON inside a text
(ST-LIVE-01, ST-TKO-01): requests keep that text as it came, and offer what it says as `script`.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Final, Literal, Self

import msgspec
from msgspec import UNSET, UnsetType

from ...core.constraints import Absent, Limits, Matches, OneOf, Required, when
from ...core.json_string import JsonString
from ...core.masking import Masked
from ...errors import ValidationError
from ...message import Message, doc, integer
from ..messages.enums import (
    DEFAULT_PAGE,
    DEFAULT_PAGE_SIZE,
    EVERYTHING,
    SORT_NAMES,
    HistoryStatus,
    NlpDevice,
    SortValue,
)
from ..messages.rtc import MAX_CHANNEL_ID, OWN_RTC, OWN_RTC_ONLY, UID_PATTERN, ascii_only, plain_uid, uid
from ..script import LIVE, TAKEOVER, LiveScript, TakeoverScript, decode_live, decode_takeover, encode

__all__ = [
    "CloseLiveRequest",
    "CreateLiveRequest",
    "HeartbeatRequest",
    "HistoryListRequest",
    "NlpReplyRequest",
    "QueryStatRequest",
    "RtcAudienceTokenRequest",
    "RunningListRequest",
    "StartLiveRequest",
    "TakeoverCancelRequest",
    "TakeoverCommandRequest",
    "TakeoverCommandV1Request",
    "TakeoverQueueListRequest",
    "TakeoverQueueRequest",
    "TakeoverReorderRequest",
]

_ID_PATTERN: Final = r"^[0-9A-Za-z-]+$(?!\n)"
_SEPARATOR: Final = ";"
_FULL_WIDTH: Final = "\uff1b"

_EITHER: Final = f"[{_SEPARATOR}{_FULL_WIDTH}]"
_SOLID: Final = rf"[^\s{_SEPARATOR}{_FULL_WIDTH}]"
_ONE_ID: Final = f"{_SOLID}(?:[^{_SEPARATOR}{_FULL_WIDTH}]*{_SOLID})?"
_END: Final = r"(?![\s\S])"


def _session_id() -> msgspec.Meta:
    return doc("id of the live, from createLive", "ST-LIVE-11", min_length=1, example="live-1")


class _OfLive(Message):
    session_id: Annotated[str, _session_id()]


class CreateLiveRequest(Masked):
    """createLive: what the avatar shows and says (003 L17-79). Time is counted from here on (ST-LIVE-07)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"urtc_token"})

    param: Annotated[str, doc("the live script, a LiveScript as JSON text", "ST-LIVE-01", min_length=1)]
    urtc_use_external_app: (
        Annotated[bool, doc("use the customer's own RTC app; false when absent", "ST-LIVE-02")] | UnsetType
    ) = UNSET
    urtc_token: Annotated[str, doc("token of the own RTC app; secret", "ST-LIVE-03", min_length=1)] | UnsetType = UNSET
    urtc_uid: (
        Annotated[
            str,
            doc("uid in the own RTC app, decimal digits of 32 bits", "ST-LIVE-04", pattern=UID_PATTERN, example="7"),
        ]
        | UnsetType
    ) = UNSET
    urtc_app_id: Annotated[str, doc("id of the own RTC app", "ST-LIVE-03", min_length=1)] | UnsetType = UNSET
    urtc_channel_id: (
        Annotated[str, doc("channel in the own RTC app", "ST-LIVE-05", min_length=1, max_length=MAX_CHANNEL_ID)]
        | UnsetType
    ) = UNSET
    user_data: Annotated[str, doc("the customer's, returned in callbacks as it is", "ST-LIVE-06")] | UnsetType = UNSET

    @classmethod
    def of(cls, script: LiveScript, **others: Any) -> Self:
        """The request for a script.

        Args:
            script: written as `script.encode` does.
            others: the other fields.

        Raises:
            ValidationError: the script lacks what is always sent, or a rule between fields is broken.
        """
        return cls(param=encode(script), **others)

    @property
    def script(self) -> LiveScript:
        """What `param` says."""
        return decode_live(self.param).value

    @property
    def uses_own_app(self) -> bool:
        """Whether the customer's own RTC app is to be used (ST-LIVE-02)."""
        return self.urtc_use_external_app is True

    constraints = (
        *when(
            "urtcUseExternalApp",
            True,
            *(Required(name, clause="ST-LIVE-03") for name in OWN_RTC),
            uid("urtcUid"),
            plain_uid("urtcUid"),
            ascii_only("urtcChannelId"),
        ),
        *OWN_RTC_ONLY,
        JsonString("param", LIVE, clause="ST-LIVE-01"),
    )


class HeartbeatRequest(_OfLive):
    """heartbeat: which live to keep going, about every 60 seconds (003 L81-118, ST-LIVE-16)."""


class StartLiveRequest(_OfLive):
    """startLive: which live to push, once its state is 35 (003 L120-158, ST-LIVE-13)."""


class _Takeover(_OfLive):
    param: Annotated[str, doc("the takeover script, a TakeoverScript as JSON text", "ST-TKO-01", min_length=1)]

    @classmethod
    def of(cls, session_id: str, script: TakeoverScript, **others: Any) -> Self:
        """The request for a script.

        Args:
            session_id: id of the live.
            script: written as `script.encode` does.
            others: the other fields.

        Raises:
            ValidationError: the script lacks what is always sent, or a rule between fields is broken.
        """
        return cls(session_id=session_id, param=encode(script), **others)

    @property
    def script(self) -> TakeoverScript:
        """What `param` says."""
        return decode_takeover(self.param).value


_TAKEOVER_TEXT: Final = JsonString("param", TAKEOVER, clause="ST-TKO-01")


_UNSUITED: Final = "pictures need an interruptible takeover"
_NO_PICTURES: Final = (
    Limits(
        "foregrounds", max_length=0, is_list=True, clause="ST-E41", level="warning", tolerated=True, reason=_UNSUITED
    ),
    Absent("backgrounds", clause="ST-E41", level="warning", tolerated=True, reason=_UNSUITED),
)
"""What the script of a retiring takeover has no business with (ST-E41)."""


class TakeoverCommandV1Request(_Takeover):
    """takeoverCommandV1: what the avatar says at once; retiring (003 L160-200, ST-TKO-03).

    Pictures in the script are ignored: they need an interruptible takeover (ST-TKO-26, ST-E41).
    """

    constraints = (JsonString("param", TAKEOVER, rules=_NO_PICTURES, clause="ST-TKO-01"),)


class TakeoverCommandRequest(_Takeover):
    """takeoverCommand: what the avatar says at once (003 L202-247)."""

    constraints = (_TAKEOVER_TEXT,)


_POSITION: Final = Limits(
    "priority", ge=1, clause="ST-E44", tolerated=True, reason="priority is below 1, the first position"
)


class TakeoverQueueRequest(_Takeover):
    """takeoverQueue: what the avatar says when its turn comes (003 L249-300)."""

    priority: (
        Annotated[
            int,
            integer(
                "position behind which it is put, 1 the one playing; at the tail when absent", "ST-TKO-09", example=1
            ),
        ]
        | UnsetType
    ) = UNSET

    constraints = (_TAKEOVER_TEXT, _POSITION)


class TakeoverReorderRequest(_OfLive):
    """takeoverReorder: where to move a takeover that waits (003 L302-347)."""

    command_trace_id: Annotated[str, doc("id of the takeover", "ST-TKO-16", min_length=1, example="takeover-1")]
    priority: Annotated[int, integer("position behind which it is put, 1 the one playing", "ST-TKO-16", example=1)]

    constraints = (_POSITION,)


class TakeoverCancelRequest(_OfLive):
    """takeoverCancel: which takeovers by text or audio file to cancel (003 L349-394, ST-TKO-19)."""

    command_trace_id: Annotated[
        str,
        doc(
            "id of the takeover, several joined by semicolons, or -1 for all of them",
            "ST-TKO-17",
            min_length=1,
            example="takeover-1;takeover-2",
        ),
    ]

    @classmethod
    def of(cls, session_id: str, *trace_ids: str) -> Self:
        """Cancels some takeovers (ST-TKO-17).

        Raises:
            ValidationError: no id, or one that cannot be distinguished from two once joined.
        """
        for index, trace_id in enumerate(trace_ids):
            if _SEPARATOR in trace_id:
                raise ValidationError(
                    "it has a semicolon",
                    vendor="sensetime",
                    message=cls.__name__,
                    path=f"trace_ids[{index}]",
                    expected="the id of one takeover",
                    clause="ST-TKO-17",
                )
        return cls(session_id=session_id, command_trace_id=_SEPARATOR.join(trace_ids))

    @classmethod
    def all(cls, session_id: str) -> Self:
        """Cancels the takeover that plays and the whole queue (ST-TKO-18)."""
        return cls(session_id=session_id, command_trace_id=EVERYTHING)

    @property
    def everything(self) -> bool:
        """Whether all takeovers are meant (ST-TKO-18)."""
        return EVERYTHING in self.trace_ids

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The ids, without blanks around them and without empty ones (ST-E51); joined by either semicolon (ST-E52)."""
        parts = self.command_trace_id.replace(_FULL_WIDTH, _SEPARATOR).split(_SEPARATOR)
        return tuple(filter(None, (part.strip() for part in parts)))

    constraints = (
        Matches("commandTraceId", _SOLID, clause="ST-E51", reason="it names nothing", expected="the id of a takeover"),
        Matches(
            "commandTraceId",
            f"^[^{_FULL_WIDTH}]*{_END}",
            clause="ST-E52",
            level="warning",
            tolerated=True,
            reason="ids are joined by a full-width semicolon",
            expected="ids joined by semicolons",
        ),
        Matches(
            "commandTraceId",
            f"^{_ONE_ID}(?:{_EITHER}{_ONE_ID})*{_END}",
            clause="ST-E51",
            tolerated=True,
            reason="blanks around ids, or nothing between semicolons",
            expected="ids with nothing but semicolons between them",
        ),
        Matches(
            "commandTraceId",
            rf"^(?:(?:{_EITHER}|\s)*{EVERYTHING}(?:{_EITHER}|\s)*{_END}"
            rf"|(?!(?:[\s\S]*{_EITHER})?\s*{EVERYTHING}\s*(?:{_EITHER}|{_END})))",
            clause="ST-E51",
            tolerated=True,
            reason=f"{EVERYTHING} beside ids; all takeovers are meant",
            expected=f"ids, or {EVERYTHING} alone",
        ),
    )


class TakeoverQueueListRequest(_OfLive):
    """takeoverQueueList: whose queue to list (003 L396-437)."""


class NlpReplyRequest(Message):
    """nlpReply: a question for a library of answers (003 L547-603)."""

    app_id: Annotated[
        str, doc("id of the library, its text and not the number the console shows", "ST-NLP-01", min_length=1)
    ]
    device: Annotated[NlpDevice, doc("kind of device", "ST-NLP-02")]
    language: Annotated[Literal["zh"], doc("Chinese, the only language", "ST-NLP-03")]
    query: Annotated[str, doc("the question", "ST-NLP-08", example="几点开门")]
    session: Annotated[
        str,
        doc("conversation, of the caller's choice; no id of a live", "ST-NLP-04", pattern=_ID_PATTERN, example="c-1"),
    ]
    trace: Annotated[
        str,
        doc("id of the question, of the caller's choice; no id of a takeover", "ST-NLP-04", pattern=_ID_PATTERN),
    ]


class CloseLiveRequest(_OfLive):
    """closeLive: which live to end (003 L605-643, ST-LIVE-18)."""


class QueryStatRequest(_OfLive):
    """queryStat: which live to look at; in the query of a GET (003 L645-694, ST-LIVE-21)."""


class RunningListRequest(Message):
    """runningList: no parameters; the token identifies whose lives are meant (003 L696-736, ST-NET-10)."""


class HistoryListRequest(Message):
    """historyList: which of the lives that are over (003 L738-814)."""

    session_id: Annotated[str, doc("only this live", "ST-LIVE-23")] | UnsetType = UNSET
    status: Annotated[HistoryStatus, doc("only lives that ended like this", "ST-LIVE-26")] | UnsetType = UNSET
    page_no: Annotated[int, integer("page, counted from 1; 1 when absent", "ST-LIVE-24", ge=1)] | UnsetType = UNSET
    page_size: Annotated[int, integer("rows of a page, 10 when absent", "ST-LIVE-24", ge=1)] | UnsetType = UNSET
    sort_name: (
        Annotated[str, doc("field to sort by; no list is documented", "ST-E30", values=SORT_NAMES)] | UnsetType
    ) = UNSET
    sort_value: Annotated[SortValue, doc("direction", "ST-LIVE-25")] | UnsetType = UNSET

    @property
    def page_no_or_default(self) -> int:
        """Page, counted from 1 (ST-LIVE-24)."""
        return DEFAULT_PAGE if self.page_no is UNSET else self.page_no

    @property
    def page_size_or_default(self) -> int:
        """Rows of a page (ST-LIVE-24)."""
        return DEFAULT_PAGE_SIZE if self.page_size is UNSET else self.page_size

    constraints = (OneOf("sortName", SORT_NAMES, clause="ST-E30", level="warning", tolerated=True),)


class RtcAudienceTokenRequest(_OfLive):
    """rtcAudienceToken: which channel a new RTC token is for (003 L816-856, ST-LIVE-30)."""

    rtc_channel_id: Annotated[str, doc("channel of the live, from createLive", "ST-LIVE-30", min_length=1)]
