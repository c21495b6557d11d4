"""The lists of lives that go on and of those that are over: pages, order, filters."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from tests.fakeserver.sensetime.client import Fake


class Past(NamedTuple):
    """A fake with lives that are over, and the numbers by which they are told here.

    0 was started and closed, 1 lost, 2 abnormal, 3 started and closed, 4 got no channel; they were made a minute apart.
    """

    fake: Fake
    numbers: dict[str, int]

    def rows(self, **asked: Any) -> list[int]:
        result = self.fake.ok("historyList", asked)["result"]
        return [self.numbers[row["sessionId"]] for row in result]

    def page(self, **asked: Any) -> tuple[list[int], dict[str, int]]:
        return self.rows(**asked), self.fake.ok("historyList", asked)["pagination"]


@pytest.fixture
def past() -> Past:
    fake = Fake(outcomes=("ready", "ready", "abnormal", "ready", "platform_full"))
    numbers: dict[str, int] = {}
    for number in range(5):
        session = fake.create()["sessionId"]
        numbers[session] = number
        if number in (0, 3):
            fake.ok("startLive", {"sessionId": session})
            fake.ok("closeLive", {"sessionId": session})
        fake.clock.advance(60)
    return Past(fake, numbers)


def test_rows_tell_when_a_live_was_started_and_ended() -> None:
    fake = Fake()
    session = fake.create()["sessionId"]
    fake.clock.advance(5)
    fake.ok("startLive", {"sessionId": session})
    assert fake.ok("runningList") == [{"sessionId": session, "status": 2, "startTime": "2026-01-01 08:00:05"}]
    assert fake.ok("historyList")["result"] == []
    fake.clock.advance(30)
    fake.ok("closeLive", {"sessionId": session})
    assert fake.ok("runningList") == []
    assert fake.ok("historyList")["result"] == [
        {
            "sessionId": session,
            "status": 5,
            "startTime": "2026-01-01 08:00:05",
            "endTime": "2026-01-01 08:00:35",
        }
    ]


def test_a_live_that_was_never_started_began_when_it_was_made(past: Past) -> None:
    lost = past.fake.ok("historyList", {"status": 50})["result"]
    assert [(row["startTime"], row["endTime"]) for row in lost] == [("2026-01-01 08:01:00", "2026-01-01 08:04:00")]


def test_dates_are_in_the_scenarios_zone() -> None:
    fake = Fake(utc_offset_hours=-3.5)
    fake.create()
    assert fake.ok("runningList")[0]["startTime"] == "2025-12-31 20:30:00"


def test_what_goes_on_is_listed_newest_first() -> None:
    fake = Fake(initialising_seconds=5)
    first, second = fake.create()["sessionId"], fake.create()["sessionId"]
    assert [(row["sessionId"], row["status"]) for row in fake.ok("runningList")] == [(second, 32), (first, 32)]


# --- pages (ST-LIVE-24, ST-E29) ---


def test_the_first_page_has_ten_rows() -> None:
    fake = Fake(outcomes=("abnormal",) * 23)
    for _ in range(23):
        fake.create()
    data = fake.ok("historyList")
    assert len(data["result"]) == 10
    assert data["pagination"] == {
        "pageNo": 1,
        "numberPages": 3,
        "numberRecords": 23,
        "pageSize": 10,
        "startIndex": 0,
    }
    last = fake.ok("historyList", {"pageNo": 3})
    assert (len(last["result"]), last["pagination"]["startIndex"]) == (3, 20)


def test_pages_have_the_size_that_is_asked_for(past: Past) -> None:
    assert past.page(pageSize=2) == (
        [4, 3],
        {"pageNo": 1, "numberPages": 3, "numberRecords": 5, "pageSize": 2, "startIndex": 0},
    )
    assert past.rows(pageSize=2, pageNo=3) == [0]
    assert past.page(pageNo=9) == (
        [],
        {"pageNo": 9, "numberPages": 1, "numberRecords": 5, "pageSize": 10, "startIndex": 80},
    )


def test_a_page_has_a_hundred_rows_at_most(past: Past) -> None:
    assert past.page(pageSize=10**6)[1]["pageSize"] == 100
    fake = Fake(page_size_limit=3)
    assert fake.ok("historyList", {"pageSize": 5})["pagination"]["pageSize"] == 3


@pytest.mark.parametrize("asked", [{"pageNo": 0}, {"pageSize": 0}, {"pageNo": -1}, {"pageNo": 2**31}, {"pageNo": 1.5}])
def test_pages_there_are_not(past: Past, asked: dict[str, Any]) -> None:
    code, text = past.fake.refused("historyList", asked)
    assert (code, text.partition(":")[0]) == (1, next(iter(asked)))


# --- order (ST-E30) ---


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ({}, [4, 3, 2, 1, 0]),
        ({"sortValue": "asc"}, [0, 1, 2, 3, 4]),
        ({"sortName": "startTime", "sortValue": "asc"}, [0, 1, 2, 3, 4]),
        ({"sortName": "startTime", "sortValue": "desc"}, [4, 3, 2, 1, 0]),
        ({"sortName": "endTime", "sortValue": "asc"}, [0, 2, 3, 1, 4]),
        ({"sortName": "status", "sortValue": "asc"}, [0, 3, 2, 1, 4]),
        ({"sortName": "unheardOf", "sortValue": "asc"}, [0, 1, 2, 3, 4]),
    ],
)
def test_order(past: Past, asked: dict[str, Any], order: list[int]) -> None:
    assert past.rows(**asked) == order


def test_lives_can_be_sorted_by_id(past: Past) -> None:
    ids = [past.numbers[name] for name in sorted(past.numbers)]
    assert past.rows(sortName="sessionId", sortValue="asc") == ids
    assert past.rows(sortName="sessionId", sortValue="desc") == ids[::-1]


def test_an_unknown_column_is_ignored_and_told_to_the_journal(past: Past) -> None:
    assert past.fake.violations("historyList", {"sortName": "colour"}) == [("ST-E30", "sortName", "warning")]
    assert past.fake.refused("historyList", {"sortValue": "upwards"})[1].endswith("[ST-LIVE-25]")


# --- filters (ST-LIVE-26, ST-E18) ---


@pytest.mark.parametrize(
    ("status", "found"),
    [(5, [3, 0]), (50, [1]), (9, [2]), (99, []), (97, [4]), (98, []), ("50", [1]), (None, [4, 3, 2, 1, 0])],
)
def test_rows_of_one_status(past: Past, status: Any, found: list[int]) -> None:
    assert past.rows(status=status) == found


@pytest.mark.parametrize("status", [2, 32, 35, 6, "6", "five"])
def test_other_statuses_are_refused(past: Past, status: Any) -> None:
    code, text = past.fake.refused("historyList", {"status": status})
    assert (code, text[:7], text[-12:]) == (1, "status:", "[ST-LIVE-26]")


def test_rows_of_one_live(past: Past) -> None:
    session = next(iter(past.numbers))
    assert past.rows(sessionId=session) == [0]
    assert past.rows(sessionId=session, status=50) == []
    assert past.rows(sessionId="nobody") == []
    assert len(past.rows(sessionId="")) == 5
