"""The rules that clients broke: by session and clause, counted, and known although entries were dropped."""

from __future__ import annotations

from typing import Any

import pytest

from avatarwire.codecs.core.findings import Level
from avatarwire.fakeserver import EvidenceLostError, FakeAliyun, Journal, VirtualClock
from avatarwire.fakeserver.journal import Tally, Violation


@pytest.fixture
def journal() -> Journal:
    return Journal(VirtualClock(), vendor="aliyun", budget_bytes=2000)


def breaks(journal: Journal, clause: str, session: str = "s-1", level: Level = "error", times: int = 1) -> None:
    for _ in range(times):
        journal.add("ws", "in", "x", session=session, violations=(Violation(clause, "text", "too long", level=level),))


def test_by_session_and_clause(journal: Journal) -> None:
    breaks(journal, "ALI-R001", "s-1")
    breaks(journal, "ALI-R002", "s-1")
    breaks(journal, "ALI-R001", "s-2", "warning")
    breaks(journal, "ALI-R001", "")
    assert [it.seq for it in journal.violations(session="s-1")] == [1, 2]
    assert [it.seq for it in journal.violations(clause="ALI-R001")] == [1, 3, 4]
    assert [it.seq for it in journal.violations(clause="ALI-R001", level="error", since=1)] == [4]
    assert [it.seq for it in journal.violations(session="")] == [4]
    assert journal.violations(session="s-3") == []


def test_the_summary_counts_them(journal: Journal) -> None:
    breaks(journal, "ALI-R001", times=3)
    breaks(journal, "ALI-R002", "s-2")
    first, second = journal.violation_summary()
    assert isinstance(first, Tally)
    assert (first.session, first.clause, first.level, first.count, first.first, first.last) == (
        "s-1",
        "ALI-R001",
        "error",
        3,
        1,
        3,
    )
    assert str(first) == (
        "ALI-R001 error in session s-1: 3 times, #1 to #3; first #1 ws x: ALI-R001 error: text: too long"
    )
    assert str(second).startswith("ALI-R002 error in session s-2: once, ")
    assert [it.clause for it in journal.violation_summary(session="s-2")] == ["ALI-R002"]
    assert journal.violation_summary(level="note") == []
    journal.clear()
    assert (journal.violation_summary(), journal.violation_count) == ([], 0)
    with pytest.raises(ValueError, match="unknown level 'eror'"):
        journal.violation_summary(level="eror")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


def test_nothing_is_lost_when_entries_are_dropped(journal: Journal) -> None:
    breaks(journal, "ALI-R001")
    for _ in range(100):
        journal.add("ws", "in", "beat")
    assert journal.dropped
    assert [it.seq for it in journal.violations(session="s-1")] == [1]
    assert journal.violations(session="s-2") == []


def test_of_very_many_the_first_stay_and_all_are_counted(journal: Journal) -> None:
    breaks(journal, "ALI-R001", times=1200)
    breaks(journal, "ALI-R002")  # the first of its clause
    breaks(journal, "ALI-R003", level="warning")  # one level does not take another's room
    assert len(journal.violations(level="error")) == 1001
    assert [it.seq for it in journal.violations(clause="ALI-R002")] == [1201]
    assert [it.seq for it in journal.violations(level="warning")] == [1202]
    assert [it.count for it in journal.violation_summary()] == [1200, 1, 1]
    assert journal.violation_count == 1202


def test_nothing_is_concluded_from_those_that_were_not_kept(journal: Journal) -> None:
    breaks(journal, "ALI-R001", times=1000)
    mark = journal.mark()
    assert journal.violations(since=mark) == []
    breaks(journal, "ALI-R001")
    with pytest.raises(EvidenceLostError, match=r"cannot tell whether .*: violations, session=s-1, since=1000"):
        journal.violations(since=mark, session="s-1")
    assert journal.violations(since=mark, session="s-2") == []
    assert journal.violations(since=mark, clause="ALI-R009") == []
    assert journal.violations(since=journal.mark()) == []


def test_nor_of_those_that_were_not_counted() -> None:
    fake = FakeAliyun()
    for number in range(1001):
        breaks(fake.journal, "ALI-R001", f"s-{number}")
    with pytest.raises(EvidenceLostError, match="more came than can be counted: a summary of violations"):
        fake.journal.violation_summary()
    with pytest.raises(EvidenceLostError, match="cannot tell whether there were any"):
        fake.journal.violations(session="s-1000")
    with pytest.raises(EvidenceLostError, match="more came than can be counted"):
        fake.assert_clean(allow=["ALI-R001"])
    with pytest.raises(AssertionError, match="aliyun: 1000 things are not as they should be"):
        fake.assert_clean()
    assert fake.journal.violation_summary(level="warning") == []
    assert fake.journal.violation_count == 1001


def test_what_may_be_broken_is_a_list() -> None:
    wrong: Any = "ALI-R001"
    with pytest.raises(TypeError, match="allow is a collection of clauses, not 'ALI-R001'"):
        FakeAliyun().assert_clean(allow=wrong)


def test_where_a_session_began_is_known_of_the_last_ten_thousand(journal: Journal) -> None:
    journal.add("http", "in", "start", session="s-1", connection="c1")
    journal.add("http", "in", "check", session="s-1", connection="c2")
    journal.add("ws", "in", "beat", session="s-2")
    for _ in range(100):
        journal.add("ws", "in", "beat")
    assert journal.began("s-1") == (1, 0.0, "start", "c1")
    assert journal.began("s-2") is None
    for number in range(10_000):
        journal.add("http", "in", "start", session=f"t-{number}")
    assert journal.began("s-1") is None
    assert journal.began("t-0") is not None
