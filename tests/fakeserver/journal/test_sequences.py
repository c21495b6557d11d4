"""Entries in an order, on whatever transports: what is found, and how it reads where the order breaks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from avatarwire.codecs import aliyun
from avatarwire.fakeserver import EvidenceLostError, ExpectationError, FakeAliyun, Journal, VirtualClock, step
from tests.fakeserver.loops import LIMIT


def add(journal: Journal, *messages: str, session: str = "s-1", transport: Any = "ws", **about: Any) -> None:
    for message in messages:
        journal.add(transport, "in", message, session=session, **about)


def seqs(entries: list[Any]) -> list[int]:
    return [entry.seq for entry in entries]


def test_steps_are_found_in_order_on_all_transports_with_others_between(journal: Journal) -> None:
    add(journal, "start", transport="http")
    add(journal, "beat", transport="mqtt")
    add(journal, "ready", "beat", "answer")
    add(journal, "told", transport="callback")
    found = journal.expect_sequence_sync("start", "ready", "answer", "told", timeout=0)
    assert seqs(found) == [1, 3, 5, 6]
    assert [entry.transport for entry in found] == ["http", "ws", "ws", "callback"]


def test_one_entry_is_one_step_and_the_earliest_counts(journal: Journal) -> None:
    add(journal, "ask", "ask", "answer", "answer")
    assert seqs(journal.expect_sequence_sync("ask", "ask", "answer", timeout=0)) == [1, 2, 3]
    assert seqs(journal.expect_sequence_sync("ask", "answer", timeout=0)) == [1, 3]
    with pytest.raises(ExpectationError, match="it broke at step 3 of 3"):
        journal.expect_sequence_sync("ask", "ask", "ask", timeout=0)


def test_types_and_conditions_of_steps(journal: Journal) -> None:
    add(journal, "interrupt.request", body=aliyun.InterruptRequest(session_id="s-1"))
    add(journal, "answer", raw=b'{"finish":false}')
    add(journal, "answer", raw=b'{"finish":true}')
    found = journal.expect_sequence_sync(
        aliyun.InterruptRequest, step("answer", body={"finish": True}, direction="in"), timeout=0
    )
    assert seqs(found) == [1, 3]
    assert seqs(journal.expect_sequence_sync(step(where=lambda it: it.seq == 2), step(), timeout=0)) == [2, 3]


def test_time_is_that_of_the_fake_and_a_later_start_may_fit(clock: VirtualClock, journal: Journal) -> None:
    add(journal, "start")
    clock.advance(10)
    add(journal, "start")
    clock.advance(1.5)
    add(journal, "ready")
    assert seqs(journal.expect_sequence_sync("start", "ready", timeout=0)) == [1, 3]
    assert seqs(journal.expect_sequence_sync("start", "ready", within=1.5, timeout=0)) == [2, 3]
    assert seqs(journal.expect_sequence_sync("start", step("ready", within=1.5), timeout=0)) == [2, 3]
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sequence_sync("start", step("ready", within=1), timeout=0)
    assert "  within: expected at most 1 s after #2, found 1.500 s: 0.500 s too late\n" in str(caught.value)
    with pytest.raises(
        ExpectationError, match=r"at most 1\.1 s after #2, the first step, found 1\.500 s: 0\.400 s too"
    ):
        journal.expect_sequence_sync("start", "ready", within=1.1, timeout=0)


def test_sessions_are_not_mixed(journal: Journal) -> None:
    add(journal, "start", session="s-1")
    add(journal, "start", session="s-2")
    add(journal, "lost", "ready", session="")
    add(journal, "ready", session="s-2")
    add(journal, "ready", session="s-1")
    assert seqs(journal.expect_sequence_sync("start", "ready", timeout=0)) == [1, 4]
    assert seqs(journal.expect_sequence_sync("start", "ready", session="s-1", timeout=0)) == [1, 6]
    assert seqs(journal.expect_sequence_sync("start", "ready", same_session=True, timeout=0)) == [2, 5]
    other = step("ready", session="s-2")
    assert seqs(journal.expect_sequence_sync("start", other, session="s-1", timeout=0)) == [1, 5]
    assert seqs(journal.expect_sequence_sync("start", "ready", since=1, same_session=True, timeout=0)) == [2, 5]
    with pytest.raises(ExpectationError, match="  session: expected one, found none\n"):
        journal.expect_sequence_sync("start", "lost", same_session=True, timeout=0)
    with pytest.raises(ExpectationError, match="  session: expected s-1, found s-2\n"):
        journal.expect_sequence_sync("ready", "ready", "start", session="s-1", timeout=0)


def test_the_session_that_the_first_step_fixes_is_named(journal: Journal) -> None:
    add(journal, "start", session="s-1")
    add(journal, "ready", session="s-2")
    with pytest.raises(ExpectationError, match="  session: expected s-1, as in #1, found s-2\n"):
        journal.expect_sequence_sync("start", "ready", same_session=True, timeout=0)


def test_a_failure_shows_where_it_broke_and_what_was_around(clock: VirtualClock, journal: Journal) -> None:
    add(journal, "start", transport="http")
    add(journal, *["before"] * 6, session="")
    clock.advance(0.25)
    add(journal, "answer", "ready")
    add(journal, *["after"] * 16, session="")
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sequence_sync("start", "ready", "answer", session="s-1", within=2.0, timeout=0)
    assert str(caught.value) == "\n".join(
        [
            "not seen within 0 s (it broke at step 3 of 3): 3 steps, session=s-1, within=2",
            "  1. start: #1",
            "  2. ready: #9, 0.250 s later",
            "  3. answer: missing",
            "nearest miss: #8 +0.250s ws in answer session=s-1",
            "  order: expected it after #9 ready, found #8, which is before it",
            "the entries around it, and the last 10:",
            *[f"  #{seq} +0.000s ws in before" for seq in range(3, 8)],
            "> #8 +0.250s ws in answer session=s-1",
            "> #9 +0.250s ws in ready session=s-1",
            *[f"  #{seq} +0.250s ws in after" for seq in range(10, 15)],
            "  …",
            *[f"  #{seq} +0.250s ws in after" for seq in range(16, 26)],
        ]
    )
    near = caught.value.near_miss
    assert near is not None
    assert (near.entry.seq, [miss.field for miss in near.misses]) == (8, ["order"])


def missed(journal: Journal, *steps: Any, **options: Any) -> list[str]:
    """The lines of a failure up to what was around."""
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sequence_sync(*steps, timeout=0, **options)
    lines = str(caught.value).splitlines()
    return lines[1 : next(at for at, line in enumerate(lines) if line.startswith(("last ", "the entries ")))]


def test_of_steps_of_one_name_it_is_told_by_how_much_the_next_was_late(clock: VirtualClock, journal: Journal) -> None:
    """The second is a beginning, too: what came first is not out of order then."""
    add(journal, "ask")
    clock.advance(3)
    add(journal, "ask")
    assert missed(journal, "ask", "ask", within=2.9) == [
        "  1. ask: #1",
        "  2. ask: missing",
        "nearest miss: #2 +3.000s ws in ask session=s-1",
        "  within: expected at most 2.9 s after #1, the first step, found 3.000 s: 0.100 s too late",
    ]
    assert missed(journal, "ask", step("ask", within=2.5)) == [
        "  1. ask: #1",
        "  2. ask, within=2.5: missing",
        "nearest miss: #2 +3.000s ws in ask session=s-1",
        "  within: expected at most 2.5 s after #1, found 3.000 s: 0.500 s too late",
    ]
    clock.advance(4)
    add(journal, "ask")
    assert missed(journal, "ask", step("ask", within=1), within=2)[2:] == [
        "nearest miss: #2 +3.000s ws in ask session=s-1",
        "  within: expected at most 1 s after #1, found 3.000 s: 2.000 s too late",
        "  within: expected at most 2 s after #1, the first step, found 3.000 s: 1.000 s too late",
    ]
    assert missed(journal, "ask", "ask", "ask", within=6.5) == [
        "  1. ask: #1",
        "  2. ask: #2, 3.000 s later",
        "  3. ask: missing",
        "nearest miss: #3 +7.000s ws in ask session=s-1",
        "  within: expected at most 6.5 s after #1, the first step, found 7.000 s: 0.500 s too late",
    ]


def test_the_attempt_that_came_nearest_is_told_with_the_member_it_missed(clock: VirtualClock, journal: Journal) -> None:
    add(journal, "ask", raw=b'{"text":"Hi"}')
    clock.advance(1)
    add(journal, "ask", raw=b'{"text":"Bye"}')
    assert missed(journal, "ask", step("ask", body={"text": "So long"}), within=2) == [
        "  1. ask: #1",
        '  2. ask, body text="So long": missing',
        'nearest miss: #2 +1.000s ws in ask {"text":"Bye"} session=s-1',
        '  body text: expected "So long", found "Bye"',
    ]
    # What is late and says something else, too, is further away than what is late only.
    add(journal, "ready", session="s-2")
    clock.advance(9)
    add(journal, "answer", raw=b'{"finish":true}')
    clock.advance(1)
    add(journal, "answer", raw=b'{"finish":false}')
    assert missed(journal, "ready", step("answer", body={"finish": True}), within=5)[2:] == [
        'nearest miss: #4 +10.000s ws in answer {"finish":true} session=s-1',
        "  within: expected at most 5 s after #3, the first step, found 9.000 s: 4.000 s too late",
    ]


def test_the_session_of_which_most_was_there_is_told(journal: Journal) -> None:
    add(journal, "start", session="s-1")
    add(journal, "start", session="s-2")
    add(journal, "answer", session="s-1", raw=b'{"finish":false}')
    add(journal, "answer", session="")
    assert missed(journal, "start", step("answer", body={"finish": True}), same_session=True) == [
        "  1. start: #1",
        "  2. answer, body finish=true: missing",
        'nearest miss: #3 +0.000s ws in answer {"finish":false} session=s-1',
        "  body finish: expected true, found false",
    ]


def test_steps_of_any_name_are_near_by_what_they_meet(clock: VirtualClock, journal: Journal) -> None:
    add(journal, "start", transport="http")
    clock.advance(2)
    add(journal, "ready", transport="ws")
    add(journal, "told", transport="callback")
    assert missed(journal, "start", step(transport="ws"), within=1.5) == [
        "  1. start: #1",
        "  2. any message, transport=ws: missing",
        "nearest miss: #2 +2.000s ws in ready session=s-1",
        "  within: expected at most 1.5 s after #1, the first step, found 2.000 s: 0.500 s too late",
    ]


def test_what_meets_nothing_of_a_step_of_any_name_is_not_near(clock: VirtualClock, journal: Journal) -> None:
    add(journal, "start", transport="http")
    clock.advance(2)
    add(journal, "told", transport="callback")
    assert missed(journal, "start", step(transport="ws"), within=1.5) == [
        "  1. start: #1",
        "  2. any message, transport=ws: missing",
    ]
    assert missed(journal, "start", step(transport="ws")) == [
        "  1. start: #1",
        "  2. any message, transport=ws: missing",
    ]


def test_without_limits_of_time_the_first_beginning_is_told(journal: Journal) -> None:
    add(journal, "start", "start")
    add(journal, "answer", raw=b'{"finish":false}')
    assert missed(journal, "start", step("answer", body={"finish": True})) == [
        "  1. start: #1",
        "  2. answer, body finish=true: missing",
        'nearest miss: #3 +0.000s ws in answer {"finish":false} session=s-1',
        "  body finish: expected true, found false",
    ]


async def test_what_comes_later_is_waited_for(journal: Journal) -> None:
    waiting = asyncio.create_task(journal.expect_sequence("start", "ready", session="s-1", timeout=LIMIT))
    await asyncio.sleep(0)
    add(journal, "start", "other")
    await asyncio.sleep(0)
    assert not waiting.done()
    add(journal, "ready")
    assert seqs(await waiting) == [1, 3]
    with pytest.raises(
        RuntimeError, match=r"expect_sequence_sync\(\) would block .* await expect_sequence\(\) instead"
    ):
        journal.expect_sequence_sync("never")


def test_what_was_dropped_may_have_been_a_step() -> None:
    journal = Journal(VirtualClock(), budget_bytes=1000)
    add(journal, "start", "other", "ready", "answer")
    assert seqs(journal.expect_sequence_sync("ready", "answer", timeout=0)) == [3, 4]
    with pytest.raises(EvidenceLostError, match="cannot be found any more: 2 steps\n2 older entries were dropped"):
        journal.expect_sequence_sync("start", "ready", timeout=0)
    with pytest.raises(ExpectationError, match="not seen within 0 s"):
        journal.expect_sequence_sync("start", "ready", since=2, timeout=0)


WRONG: list[tuple[tuple[Any, ...], dict[str, Any], type[Exception], str]] = [
    ((), {}, ValueError, "a sequence has at least one step"),
    ((5,), {}, TypeError, "a step is a catalogue id, a type of message, or what step"),
    (("text_drive.requst",), {}, ValueError, "did you mean text_drive.request"),
    ((step("text_drive.request", within=1),), {}, ValueError, "within of the first step"),
    (("text_drive.request",), {"within": -1}, ValueError, "within is a finite number of seconds from 0 on, not -1"),
    (("text_drive.request",), {"within": "2"}, TypeError, "within is a number of seconds .* not '2'"),
    (("text_drive.request",), {"session": 5}, TypeError, "session is a text"),
    ((step("text_drive.request", direction="out"),), {}, ValueError, "text_drive.request goes 'out'"),
]


@pytest.mark.parametrize(("steps", "options", "kind", "words"), WRONG)
def test_what_is_no_sequence_is_an_error(
    steps: tuple[Any, ...], options: dict[str, Any], kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        FakeAliyun().journal.expect_sequence_sync(*steps, **options)


def test_a_step_has_no_range_of_its_own() -> None:
    with pytest.raises(TypeError, match="since is about a whole sequence"):
        step("x", since=5)
    with pytest.raises(ValueError, match="within is a finite number"):
        step("x", within=float("nan"))
