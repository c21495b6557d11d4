"""The states and values that the HTTP operations and callbacks name, and what each of them stands for.

Only enumerations, constants and the sets of states that each place knows live here. Numbers overlap: 2, 5 and 99 are
states of a live here and codes on the microphone socket, and the states of takeovers lie between those of lives
(ST-E130), so every context has an enumeration of its own. States that arrive stay open integers; a later one survives.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Final

__all__ = [
    "CALLBACK_LIVE_STATUSES",
    "CALLBACK_STATUSES",
    "CALLBACK_TAKEOVER_STATUSES",
    "CREATED_STATUSES",
    "DEFAULT_PAGE",
    "DEFAULT_PAGE_SIZE",
    "ENDED_STATUSES",
    "EVERYTHING",
    "HISTORY_STATUSES",
    "QUERIED_STATUSES",
    "QUEUED_STATUSES",
    "QUEUE_ADVICE",
    "RUNNING_STATUSES",
    "SORT_NAMES",
    "SUCCESS",
    "VENDOR",
    "HistoryStatus",
    "LiveStatus",
    "NlpDevice",
    "SortValue",
    "TakeoverStatus",
]

VENDOR: Final = "sensetime"
"""Name of the vendor in errors, catalogues and the registry."""

SUCCESS: Final = 0
"""The code of a success; every other code is a failure, and no list of them is published (ST-NET-05, ST-E05)."""
DEFAULT_PAGE: Final = 1
"""Page that historyList means without a page number; pages count from 1 (ST-LIVE-24)."""
DEFAULT_PAGE_SIZE: Final = 10
"""Rows of a page when historyList names no size (ST-LIVE-24)."""
QUEUE_ADVICE: Final = 15
"""Takeovers that a queue should not exceed: advice, not a limit (ST-TKO-15, ST-E47)."""
EVERYTHING: Final = "-1"
"""As the id of a takeover to cancel: the one playing and the whole queue (ST-TKO-18)."""
SORT_NAMES: Final = ("startTime", "endTime")
"""Fields that a history can be sorted by; the document names none (ST-E30)."""


class LiveStatus(IntEnum):
    """What becomes of a live, from all the places that report it (ST-E18)."""

    LIVE = 2
    """In progress: startLive has been called."""
    CLOSED = 5
    """Closed by the customer."""
    ABNORMAL = 9
    INITIALISING = 32
    """The stream is being made; a callback or queryStat reports when it is (ST-LIVE-09)."""
    READY = 35
    """The stream is there; startLive may be called (ST-LIVE-13)."""
    LOST = 50
    """Closed otherwise: a long gap between heartbeats, a broken network (ST-LIVE-17)."""
    PLATFORM_FULL = 97
    """The platform has no channel left (ST-LIVE-14)."""
    CUSTOMER_FULL = 98
    """The customer has no channel left (ST-LIVE-14)."""
    FAILED = 99
    """Initialisation failed; only after an answer with 32 (ST-CBK-03)."""


class TakeoverStatus(IntEnum):
    """What becomes of a takeover. There is no 38, and none for a cancellation (ST-E48)."""

    DOWNLOADING = 33
    """Still being initialised: its files take longer than the threshold (ST-TKO-13). Never called back."""
    QUEUED = 34
    STARTED = 36
    """It began to play."""
    FINISHED = 37
    """It played to its end; also what a completed cancellation is reported by (ST-E49)."""
    FAILED = 39


class HistoryStatus(IntEnum):
    """States that historyList can be asked for: closed, anything else is refused (ST-LIVE-26)."""

    CLOSED = 5
    ABNORMAL = 9
    LOST = 50
    PLATFORM_FULL = 97
    CUSTOMER_FULL = 98
    FAILED = 99


class NlpDevice(StrEnum):
    """Kind of the device that asks a question: closed (ST-NLP-02)."""

    IOS = "ios"
    ANDROID = "android"
    WINDOWS = "windows"
    MACOS = "macos"


class SortValue(StrEnum):
    """Direction of a sorted history: closed (ST-LIVE-25)."""

    ASC = "asc"
    DESC = "desc"


CREATED_STATUSES: Final = (
    LiveStatus.INITIALISING,
    LiveStatus.READY,
    LiveStatus.ABNORMAL,
    LiveStatus.PLATFORM_FULL,
    LiveStatus.CUSTOMER_FULL,
)
"""What createLive answers (ST-LIVE-08)."""
QUERIED_STATUSES: Final = (
    LiveStatus.LIVE,
    LiveStatus.INITIALISING,
    LiveStatus.READY,
    LiveStatus.CLOSED,
    LiveStatus.LOST,
    LiveStatus.ABNORMAL,
    LiveStatus.FAILED,
)
"""What queryStat answers (ST-LIVE-19)."""
RUNNING_STATUSES: Final = (LiveStatus.LIVE, LiveStatus.INITIALISING, LiveStatus.READY)
"""What runningList lists (ST-LIVE-22), and what can be closed (ST-E25)."""
HISTORY_STATUSES: Final = (
    LiveStatus.CLOSED,
    LiveStatus.LOST,
    LiveStatus.ABNORMAL,
    LiveStatus.FAILED,
    LiveStatus.PLATFORM_FULL,
    LiveStatus.CUSTOMER_FULL,
)
"""What historyList lists: the four of its table, and the two that only its filter names (ST-E18)."""
ENDED_STATUSES: Final = frozenset(LiveStatus) - frozenset(RUNNING_STATUSES)
"""States that a live never leaves again."""
QUEUED_STATUSES: Final = (TakeoverStatus.DOWNLOADING, TakeoverStatus.QUEUED)
"""What takeoverQueue answers (ST-TKO-12)."""
CALLBACK_LIVE_STATUSES: Final = (
    LiveStatus.READY,
    LiveStatus.CLOSED,
    LiveStatus.LOST,
    LiveStatus.ABNORMAL,
    LiveStatus.FAILED,
)
"""States of lives that are called back (ST-CBK-02); 2, 32, 97 and 98 are not (ST-E98)."""
CALLBACK_TAKEOVER_STATUSES: Final = (
    TakeoverStatus.QUEUED,
    TakeoverStatus.STARTED,
    TakeoverStatus.FINISHED,
    TakeoverStatus.FAILED,
)
"""States of takeovers that are called back (ST-CBK-04); 33 is not (ST-E98)."""
CALLBACK_STATUSES: Final = (*CALLBACK_LIVE_STATUSES, *CALLBACK_TAKEOVER_STATUSES)
"""All that is called back, in the order of the document."""
