"""The data in the answers of the HTTP operations, and the answer of nlpReply, which is not wrapped.

Required is what the tables require. States stay open integers: one that an operation is not said to answer is
understood and reported as a deviation, and refused when written (ST-E18). A field that is None was absent, and is not
written.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final

from msgspec import field

from ...core.constraints import Limits, OneOf, Required, when
from ...message import Message, doc, integer
from ..messages.enums import (
    CREATED_STATUSES,
    HISTORY_STATUSES,
    QUERIED_STATUSES,
    QUEUED_STATUSES,
    RUNNING_STATUSES,
    LiveStatus,
)
from ..messages.rtc import RtcAccess, left_out, needed
from ..messages.times import time_doc

__all__ = [
    "CreateLiveData",
    "HeartbeatData",
    "HistoryListData",
    "HistoryLive",
    "NlpReplyResponse",
    "Pagination",
    "QueryStatData",
    "RunningLive",
    "TakeoverCancelData",
    "TakeoverCommandData",
    "TakeoverQueueData",
    "TakeoverQueueListData",
    "TakeoverReorderData",
    "accepted",
]

_WITH_STREAM: Final = (LiveStatus.LIVE, LiveStatus.READY)
"""States in which queryStat reports how to pull the stream (ST-LIVE-20)."""


def _known(statuses: Sequence[int], path: str = "status", clause: str = "ST-E18") -> OneOf:
    """A state that is left open for later ones."""
    return OneOf(path, tuple(statuses), clause=clause, tolerated=True)


def accepted(data: object) -> bool:
    """Whether a call that did not fail also did what it was asked to (ST-E09).

    Args:
        data: what a boolean operation, a command, a reordering or a cancellation answered.
    """
    return data is True or getattr(data, "is_success", False) is True


class CreateLiveData(RtcAccess):
    """Data of createLive (003 L17-79)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"rtc_token", "session_token"})

    session_id: Annotated[str, doc("id of the live, for all later calls", "ST-LIVE-11", min_length=1, example="live-1")]
    session_token: Annotated[str, doc("token of the microphone socket only; secret", "ST-LIVE-12")]
    status: Annotated[int, integer("state of the live", "ST-LIVE-08", values=CREATED_STATUSES)]

    constraints = (
        _known(CREATED_STATUSES),
        *needed((LiveStatus.READY,), "ST-E16"),
        *left_out((LiveStatus.INITIALISING,), "ST-LIVE-10"),
    )


class HeartbeatData(Message):
    """Data of heartbeat, of which no member is documented and which a success goes without (003 L81-118)."""


class TakeoverCommandData(Message, omit_defaults=True):
    """Data of takeoverCommand (003 L202-247)."""

    is_success: Annotated[bool, doc("whether the takeover was accepted", "ST-TKO-05")]
    command_trace_id: (
        Annotated[str, doc("id of the takeover; without it only all can be cancelled", "ST-E50", example="takeover-1")]
        | None
    ) = None


class TakeoverQueueData(Message):
    """Data of takeoverQueue (003 L249-300)."""

    command_status: Annotated[
        int, integer("33 still downloading, 34 queued", "ST-TKO-12", values=QUEUED_STATUSES, example=34)
    ]
    command_trace_id: Annotated[str, doc("id of the takeover", "ST-TKO-12", example="takeover-1")]

    constraints = (_known(QUEUED_STATUSES, "commandStatus", "ST-E48"),)


class TakeoverReorderData(Message):
    """Data of takeoverReorder (003 L302-347)."""

    is_success: Annotated[bool, doc("whether it was moved", "ST-E09")]


class TakeoverCancelData(Message, omit_defaults=True):
    """Data of takeoverCancel (003 L349-394)."""

    is_success: Annotated[bool, doc("whether it was cancelled", "ST-TKO-20")]
    command_finish_time: Annotated[str, time_doc("when it was done")] | None = None
    message: Annotated[str, doc("why it failed; not the text of the envelope", "ST-E54")] | None = None

    constraints = tuple(
        when(
            "isSuccess",
            True,
            Limits(
                "message",
                max_length=0,
                clause="ST-E54",
                tolerated=True,
                reason="message is left out when isSuccess is true",
            ),
        )
    )


class TakeoverQueueListData(Message, omit_defaults=True):
    """Data of takeoverQueueList (003 L396-437)."""

    command_trace_ids: (
        Annotated[
            tuple[str, ...],
            doc("ids of the takeovers in the order they play, first the one playing or about to", "ST-TKO-22"),
        ]
        | None
    ) = None

    @property
    def trace_ids(self) -> tuple[str, ...]:
        """The ids in the order they play; none where no list was given."""
        return self.command_trace_ids or ()


class NlpReplyResponse(Message):
    """Answer of nlpReply, flat (003 L547-603, ST-NET-07)."""

    answer: Annotated[str, doc("the answer; empty when the library has none", "ST-E72")]
    device_id: Annotated[str, doc("the device of the question", "ST-NLP-08")] = field(name="device_id")
    language: Annotated[str, doc("zh", "ST-NLP-03", values=["zh"])]
    query: Annotated[str, doc("the question", "ST-NLP-08")]
    session: Annotated[str, doc("conversation, as asked", "ST-NLP-08")]
    trace: Annotated[str, doc("id of the question, as asked", "ST-NLP-08")]
    error_message: Annotated[str, doc("what went wrong, empty when nothing did", "ST-NLP-08")] = field(
        name="error_message"
    )

    @property
    def failed(self) -> bool:
        """Whether the question could not be looked up; `error_message` says why (ST-E72)."""
        return bool(self.error_message)

    @property
    def missed(self) -> bool:
        """Whether the library has no answer (ST-E72)."""
        return not self.answer and not self.failed

    constraints = (OneOf("language", ("zh",), clause="ST-E71", tolerated=True),)


class QueryStatData(RtcAccess):
    """Data of queryStat (003 L645-694)."""

    secrets: ClassVar[frozenset[str]] = frozenset({"rtc_token", "session_token"})

    status: Annotated[int, integer("state of the live", "ST-LIVE-19", values=QUERIED_STATUSES)]
    session_token: Annotated[str, doc("token of the microphone socket only; secret", "ST-E15")] | None = None

    constraints = (
        _known(QUERIED_STATUSES),
        *needed(_WITH_STREAM, "ST-LIVE-20"),
        *left_out([status for status in QUERIED_STATUSES if status not in _WITH_STREAM], "ST-LIVE-20"),
    )


class RunningLive(Message, omit_defaults=True):
    """One row of runningList (003 L696-736)."""

    session_id: Annotated[str, doc("id of the live", "ST-LIVE-22", example="live-1")]
    status: Annotated[int, integer("state of the live", "ST-LIVE-22", values=RUNNING_STATUSES)]
    start_time: Annotated[str, time_doc("when it began")] | None = None

    constraints = (_known(RUNNING_STATUSES),)


class Pagination(Message, omit_defaults=True):
    """Where a page lies in a history; only a sample shows the members (003 L738-814, ST-E29)."""

    page_no: Annotated[int, integer("page, counted from 1", "ST-E29")] | None = None
    number_pages: Annotated[int, integer("pages there are", "ST-E29")] | None = None
    number_records: Annotated[int, integer("rows there are, on all pages", "ST-E29")] | None = None
    page_size: Annotated[int, integer("rows of a page", "ST-E29")] | None = None
    start_index: Annotated[int, integer("index of the first row of the page, counted from 0", "ST-E29")] | None = None

    @classmethod
    def of(cls, page_no: int, page_size: int, number_records: int) -> Pagination:
        """The pagination of one page of so many rows (ST-E29)."""
        return cls(
            page_no=page_no,
            number_pages=-(-number_records // page_size),
            number_records=number_records,
            page_size=page_size,
            start_index=(page_no - 1) * page_size,
        )


class HistoryLive(Message, omit_defaults=True):
    """One row of historyList (003 L738-814)."""

    session_id: Annotated[str, doc("id of the live", "ST-LIVE-28", example="live-1")]
    status: Annotated[int, integer("how the live ended", "ST-LIVE-28", values=HISTORY_STATUSES)]
    start_time: Annotated[str, time_doc("when it began")] | None = None
    end_time: Annotated[str, time_doc("when it ended")] | None = None

    constraints = (
        _known(HISTORY_STATUSES),
        Required("startTime", clause="ST-E31", tolerated=True),
        Required("endTime", clause="ST-E31", tolerated=True),
    )


class HistoryListData(Message):
    """Data of historyList (003 L738-814)."""

    pagination: Annotated[Pagination, doc("which page it is", "ST-E29")]
    result: Annotated[tuple[HistoryLive, ...], doc("the lives of the page", "ST-LIVE-28")]
