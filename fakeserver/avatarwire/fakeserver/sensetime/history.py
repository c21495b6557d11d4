"""The two lists of lives: those that go on, and those that are over, in pages.

Only the listing lives here; the lives themselves are in `lives.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from avatarwire.codecs.sensetime.http import HistoryListData, HistoryListRequest, HistoryLive, Pagination, RunningLive
from avatarwire.codecs.sensetime.messages.enums import SortValue
from avatarwire.fakeserver.sensetime.live import Live

__all__ = ["SORTABLE", "history_page", "running_rows"]

Date = Callable[[float], str]

_COLUMNS: Final[Mapping[str, Callable[[Live], float | str]]] = MappingProxyType(
    {
        "startTime": lambda live: live.began,
        "endTime": lambda live: live.ended or 0.0,
        "status": lambda live: int(live.status),
        "sessionId": lambda live: live.id,
    }
)

SORTABLE: Final = tuple(_COLUMNS)
"""What a history can be sorted by; any other name is ignored (ST-E30)."""
_DEFAULT: Final = "startTime"


def running_rows(lives: Sequence[Live], date: Date) -> tuple[RunningLive, ...]:
    """Rows of runningList, in the order of the lives."""
    return tuple(
        RunningLive(session_id=live.id, status=int(live.status), start_time=date(live.began)) for live in lives
    )


def history_page(lives: Sequence[Live], asked: HistoryListRequest, date: Date, *, limit: int) -> HistoryListData:
    """One page of historyList: the newest first unless something else is asked for (ST-E29, ST-E30).

    Args:
        lives: those of the account that are over, in the order they ended.
        asked: filters, page and order.
        date: writes a moment.
        limit: most rows of a page.
    """
    found = [live for live in lives if _matches(live, asked)]
    column = _COLUMNS.get(str(asked.sort_name), _COLUMNS[_DEFAULT])
    found.sort(key=column)
    if asked.sort_value is not SortValue.ASC:
        found.reverse()
    size = min(asked.page_size_or_default, limit)
    pagination = Pagination.of(asked.page_no_or_default, size, len(found))
    first = (asked.page_no_or_default - 1) * size
    return HistoryListData(
        pagination=pagination,
        result=tuple(
            HistoryLive(
                session_id=live.id,
                status=int(live.status),
                start_time=date(live.began),
                end_time=date(live.ended or live.began),
            )
            for live in found[first : first + size]
        ),
    )


def _matches(live: Live, asked: HistoryListRequest) -> bool:
    """Whether it passes the filters; an empty session id is none."""
    by_id = not isinstance(asked.session_id, str) or not asked.session_id or asked.session_id == live.id
    by_status = not isinstance(asked.status, int) or int(asked.status) == int(live.status)
    return by_id and by_status
