"""How the journal reads: searches by the type of a message, short lines, failures that come to the point."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import pytest

from avatarwire.codecs import aliyun, guiji, sensetime
from avatarwire.codecs.sensetime import callbacks
from avatarwire.fakeserver import (
    Entry,
    ExpectationError,
    FakeAliyun,
    FakeGuiji,
    FakeSenseTime,
    Journal,
    JumpingClock,
    VirtualClock,
)

SESSIONS = ("48f1d791-2c4c-44fd-a14b-4d69d1554acc", "48f1d791-7c4c-44fd-a14b-4d69d1554acc")
"""Two that differ behind the eighth character."""


def ready(session: str) -> dict[str, Any]:
    return {
        "body": aliyun.ChannelReadyRequest(session_id=session),
        "session": session,
        "message": "channel_ready.request",
    }


# --- by type ---


def test_entries_are_found_by_the_type_of_their_body(journal: Journal) -> None:
    journal.add("ws", "in", **ready("s-1"))
    journal.add("ws", "in", "interrupt.request", body=aliyun.InterruptRequest(session_id="s-1"))
    found = journal.expect_sync(aliyun.InterruptRequest, timeout=0)
    assert found.body.session_id == "s-1"
    assert [entry.seq for entry in journal.entries(aliyun.ChannelReadyRequest)] == [1]
    assert len(journal.expect_sync(aliyun.InterruptRequest, count=1, timeout=0)) == 1
    journal.expect_none(aliyun.OpeningRequest)
    with pytest.raises(ExpectationError, match=r"^expected none, found 1: InterruptRequest\n"):
        journal.expect_none(aliyun.InterruptRequest)
    with pytest.raises(ExpectationError, match=r"^not seen within 0 s: OpeningRequest, session=s-1\n"):
        journal.expect_sync(aliyun.OpeningRequest, session="s-1", timeout=0)


async def test_and_waited_for(journal: Journal) -> None:
    journal.add("ws", "in", **ready("s-1"))
    assert (await journal.expect(aliyun.ChannelReadyRequest)).body.session_id == "s-1"
    assert len(await journal.expect(aliyun.ChannelReadyRequest, count=1)) == 1


FAKES: dict[str, tuple[Callable[[], Any], type, type, type]] = {
    # The fake, a message of its vendor, one of another vendor's, and a part of messages.
    "aliyun": (FakeAliyun, aliyun.TextDriveRequest, guiji.HeartBeat, aliyun.Layer),
    "guiji": (FakeGuiji, guiji.HeartBeat, aliyun.TextDriveRequest, guiji.Image),
    "sensetime": (FakeSenseTime, callbacks.CallbackBody, guiji.HeartBeat, sensetime.TtsQuery),
}


@pytest.mark.parametrize("vendor", FAKES)
def test_a_type_that_is_no_message_of_the_vendor_is_an_error(vendor: str) -> None:
    make, own, other, part = FAKES[vendor]
    journal: Journal = make().journal
    journal.expect_none(own)
    for wrong in (other, part):
        with pytest.raises(ValueError, match=rf"^unknown type of message '{wrong.__name__}' in a search"):
            journal.expect_none(wrong)


@pytest.mark.parametrize("vendor", FAKES)
def test_what_is_no_message_of_its_own_cannot_be_looked_for_by_name(vendor: str) -> None:
    make, _, _, part = FAKES[vendor]
    journal: Journal = make().journal
    for name in (part.__name__, "http.error"):
        with pytest.raises(ValueError, match=f"^unknown message '{name}'"):
            journal.expect_none(name)


def test_the_way_of_a_type_is_held_as_that_of_an_id() -> None:
    journal = FakeAliyun().journal
    with pytest.raises(ValueError, match=r"^TextDriveRequest travels on 'http' .*: there are ws$"):
        journal.expect_none(aliyun.TextDriveRequest, transport="http")
    with pytest.raises(ValueError, match=r"^TextDriveRequest goes 'out' .*: there are in$"):
        journal.expect_none(aliyun.TextDriveRequest, direction="out")
    # A type above several, on more transports than one, may be looked for on any of them.
    from avatarwire.codecs.message import Message

    journal.expect_none(Message, transport="ws")


# --- lines ---


def test_a_line_says_first_what_it_is_and_says(journal: Journal) -> None:
    entry = journal.record("ws", "in", **ready(SESSIONS[0]), raw=b'{"sessionId":"s"}', connection="c1")
    assert entry.line(1000.0, "48f1d791…") == (
        '#1 +0.000s ws in channel_ready.request {"sessionId":"s"} session=48f1d791… @c1'
    )
    call = Entry(2, 1000.0, "http", "in", meta={"method": "GET", "path": "/nowhere"})
    assert call.line(1000.0) == "#2 +0.000s http in method=GET path=/nowhere"
    named = Entry(3, 1000.0, "http", "in", message="CheckSession.request", meta={"method": "GET", "path": "/nowhere"})
    assert named.line(1000.0) == "#3 +0.000s http in CheckSession.request"


def test_ids_of_sessions_are_as_short_as_they_can_be(journal: Journal) -> None:
    journal.add("note", "note", "a", session=SESSIONS[0])
    assert journal.told(9).endswith("a session=48f1d791…")
    journal.add("note", "note", "b", session=SESSIONS[1])
    assert [line.rpartition("session=")[2] for line in journal.told(9).splitlines()] == ["48f1d791-2…", "48f1d791-7…"]
    journal.add("note", "note", "c", session="48f1d791-21")
    assert journal.told(3).endswith("c session=48f1d791-21")


def test_the_times_of_a_failure_and_of_the_whole_are_the_same(journal: Journal, clock: VirtualClock) -> None:
    clock.advance(2.5)
    journal.add("note", "note", "a")
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync("b", timeout=0)
    assert "  #1 +2.500s note note a" in str(caught.value).splitlines()
    assert journal.told(9) == "#1 +2.500s note note a"


def test_what_is_left_out_is_counted(journal: Journal) -> None:
    for name in "abc":
        journal.add("note", "note", name)
    assert journal.told(1) == "(2 entries before)\n#3 +0.000s note note c"
    assert Journal(VirtualClock()).told(5) == ""


# --- a clock that stands still ---


def test_what_waits_for_a_clock_that_stands_still_is_told(journal: Journal, clock: VirtualClock) -> None:
    timer = clock.call_later(0.2, lambda: None)
    hint = "the virtual clock stands still: 1 thing is due later, the first in 0.2 s of it; advance() moves it"
    with pytest.raises(ExpectationError) as caught:
        journal.expect_sync("b", timeout=0)
    assert str(caught.value).splitlines()[1] == hint
    assert journal.told(9) == f"({hint})"
    clock.call_later(5.0, lambda: None)
    assert "2 things are due later, the first in 0.2 s" in journal.told(9)
    timer.cancel()
    assert "1 thing is due later, the first in 5 s" in journal.told(9)


def test_a_clock_that_jumps_needs_no_hint() -> None:
    clock = JumpingClock(1000.0)
    journal = Journal(clock)
    timer = clock.call_later(60.0, lambda: None)
    assert journal.told(9) == ""
    timer.cancel()


# --- tracebacks ---


def test_a_failure_hides_where_it_was_made(journal: Journal) -> None:
    """pytest leaves out every function that has this name; what is left is the test."""
    calls: dict[str, Callable[[], object]] = {
        "expect_sync": lambda: journal.expect_sync("a", timeout=0),
        "expect_none": lambda: journal.expect_none(),
        "entries": lambda: journal.entries(sesion="s"),  # type: ignore[call-overload]
    }
    journal.add("note", "note", "b")
    for name, call in calls.items():
        with pytest.raises((ExpectationError, TypeError)) as caught:
            call()
        inner = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)][2:]
        assert inner, name
        assert all(frame.f_locals.get("__tracebackhide__") for frame in inner), name
