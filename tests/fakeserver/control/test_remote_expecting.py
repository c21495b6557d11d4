"""What is expected of a journal in another process, on each kind of clock: as in code, or an error that says why."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from avatarwire.fakeserver import (
    Clock,
    ClockError,
    EvidenceLostError,
    ExpectationError,
    FakeAliyun,
    FakeGuiji,
    JumpingClock,
    RealClock,
    Violation,
    VirtualClock,
    step,
)
from avatarwire.fakeserver.remote import RemoteFake, connect
from tests.fakeserver.aliyun.running import LIMIT

BOTH = pytest.mark.parametrize("index", [0, 1], ids=["in code", "from afar"])


@contextmanager
def served(clock: Clock, **options: Any) -> Generator[tuple[FakeAliyun, RemoteFake]]:
    """A fake in code, and the same from afar."""
    with (
        FakeAliyun(clock=clock, **options) as fake,
        connect(url=fake.control.url, token=fake.control.token) as remote,
    ):
        yield fake, remote.aliyun


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1000.0)


def note_at(fake: FakeAliyun, *times: float) -> None:
    """Notes of the name of a fault after so many seconds of the fake's clock."""

    def note() -> None:
        fake.journal.note("x", message="fault")

    for seconds in times:
        fake.clock.call_later(seconds, note)


# --- never ---


@BOTH
def test_virtual_time_is_moved_by_what_is_asked(clock: VirtualClock, index: int) -> None:
    with served(clock) as both:
        note_at(both[0], 1.0, 12.0)
        journal = both[index].journal
        mark = journal.mark()
        journal.expect_never_sync("session.recovering", for_=5.0)
        assert clock.now() == 1005.0
        assert [entry.time for entry in journal.entries("fault")] == [1001.0]
        with pytest.raises(ExpectationError, match="expected none for 5 s, one came after 0 s: before the call"):
            journal.expect_never_sync("fault", since=mark)


@BOTH
def test_it_is_moved_no_further_than_to_where_one_comes(clock: VirtualClock, index: int) -> None:
    with served(clock) as both:
        note_at(both[0], 2.0, 7.0)
        with pytest.raises(ExpectationError, match=r"expected none for 10 s, one came after 2\.000 s: fault"):
            both[index].journal.expect_never_sync("fault", for_=10.0)
        assert clock.now() == 1002.0


@BOTH
def test_what_fails_while_time_moves_is_an_error(clock: VirtualClock, index: int) -> None:
    def fail() -> None:
        raise RuntimeError("a timer of a test")

    with served(clock) as both:
        clock.call_later(1.0, fail)
        with pytest.raises((ClockError, ExceptionGroup)) as failed:
            both[index].journal.expect_never_sync("fault", for_=2.0)
        assert "a timer of a test" in f"{failed.value} {getattr(failed.value, 'exceptions', '')}"


@BOTH
def test_real_time_is_waited_for(index: int) -> None:
    with served(RealClock()) as both:
        journal = both[index].journal
        before = both[0].clock.now()
        journal.expect_never_sync("fault", for_=0.05)
        assert both[0].clock.now() >= before + 0.05
        later = threading.Timer(0.3, lambda: both[0].journal.note("x", message="fault"))
        later.start()
        with pytest.raises(ExpectationError, match=r"expected none for 30 s, one came after 0\.[0-9]+ s: fault"):
            journal.expect_never_sync("fault", for_=30.0)
        later.join()


@BOTH
def test_a_clock_that_jumps_does_so(index: int) -> None:
    clock = JumpingClock(1000.0, quiet=0.05)
    with served(clock) as both:
        both[index].journal.expect_never_sync("fault", for_=3600.0)  # nothing is due at all
        assert clock.now() >= 4600.0
        note_at(both[0], 60.0)
        with pytest.raises(ExpectationError, match=r"expected none for 600 s, one came after 60\.000 s: fault"):
            both[index].journal.expect_never_sync("fault", for_=600.0)


def test_one_that_stands_still_says_so_from_afar() -> None:
    clock = JumpingClock(1000.0, quiet=60.0)
    with served(clock) as (fake, far):
        note_at(fake, 1.0)
        with pytest.raises(EvidenceLostError, match=r"the fake's clock has stood still for 0\.1 real s, 0 s after"):
            far.journal.expect_never_sync("fault", for_=5.0, timeout=0.1)


@BOTH
def test_never_is_not_concluded_from_what_was_dropped(clock: VirtualClock, index: int) -> None:
    with served(clock, journal_bytes=2000) as both:

        def flood() -> None:
            for _ in range(50):
                both[0].journal.note("x" * 500, message="fault")

        clock.call_later(1.0, flood)
        with pytest.raises(EvidenceLostError, match="cannot tell that there was none"):
            both[index].journal.expect_never_sync("session.recovering", for_=5.0)


# --- within ---


@BOTH
def test_so_many_have_to_come_within_so_many_seconds(clock: VirtualClock, index: int) -> None:
    with served(clock) as both:
        note_at(both[0], 1.0, 6.0, 6.5, 7.0)
        both[0].advance(10)
        journal = both[index].journal
        found = journal.expect_sync("fault", count=3, within=1.0, timeout=LIMIT)
        assert [entry.time for entry in found] == [1006.0, 1006.5, 1007.0]
        with pytest.raises(ExpectationError, match=r"too far apart\)(.|\n)*within: expected 4 in 1 s, found 6\.000 s"):
            journal.expect_sync("fault", count=4, within=1.0, timeout=0)
        with pytest.raises(ExpectationError, match=r"2 of 5\)|4 of 5\)"):
            journal.expect_sync("fault", count=5, within=1.0, timeout=0)


@BOTH
def test_one_has_to_come_so_long_after_the_call(clock: VirtualClock, index: int) -> None:
    with served(clock) as both:
        note_at(both[0], 2.0)
        journal = both[index].journal
        both[0].advance(3)
        assert journal.expect_sync("fault", within=0.0, timeout=0).time == 1002.0
        clock.call_later(5.0, lambda: None)
        with pytest.raises(ExpectationError, match="the virtual clock stands still"):
            journal.expect_sync("session.recovering", within=1.0, timeout=0.01)


@BOTH
def test_on_a_real_clock_there_is_nothing_to_wait_for_after_that(index: int) -> None:
    with (
        served(RealClock()) as both,
        pytest.raises(ExpectationError, match=r"not seen within 0\.05 s: fault, within=0\.05"),
    ):
        both[index].journal.expect_sync("fault", within=0.05, timeout=600.0)


@BOTH
@pytest.mark.parametrize("count", [0, True, 1.5])
def test_a_number_that_is_none_is_an_error(clock: VirtualClock, index: int, count: Any) -> None:
    with served(clock) as both:
        journal = both[index].journal
        with pytest.raises((TypeError, ValueError), match="count is"):
            journal.expect_sync("fault", count=count, timeout=0)
        with pytest.raises(ValueError, match="within is a finite number"):
            journal.expect_sync("fault", within=-1.0, timeout=0)
        with pytest.raises(ValueError, match="for_ is a finite number"):
            journal.expect_never_sync("fault", for_=-1.0)


# --- names ---


@BOTH
def test_a_member_or_a_message_that_there_is_not_is_an_error(clock: VirtualClock, index: int) -> None:
    with served(clock) as both:
        journal = both[index].journal
        wrong: dict[str, object] = {"sesionId": "s-1"}
        for ask in (journal.entries, journal.expect_none, journal.expect_never_sync, journal.expect_sync):
            with pytest.raises(ValueError, match=r"StartAvatarSession\.response has no member sesionId"):
                ask("StartAvatarSession.response", body=wrong)
        with pytest.raises(ValueError, match="has no member sesionId"):
            journal.expect_count("StartAvatarSession.response", exactly=0, body=wrong)
        with pytest.raises(ValueError, match="has no member sesionId"):
            journal.expect_sequence_sync(step("StartAvatarSession.response", body=wrong))
        with pytest.raises(ValueError, match=r"did you mean StartAvatarSession\.response"):
            journal.expect_sequence_sync("StartAvatarSession.respons")
        with pytest.raises(ValueError, match=r"did you mean StartAvatarSession\.response"):
            journal.expect_never_sync("StartAvatarSession.respons")


def test_so_it_is_in_the_data_of_an_envelope() -> None:
    with FakeGuiji() as fake, connect(url=fake.control.url, token=fake.control.token) as remote:
        with pytest.raises(ValueError, match=r"createLiveSession\.response has no member data\.sesionId"):
            remote.guiji.journal.expect_none("createLiveSession.response", body={"data.sesionId": "s-1"})
        remote.guiji.journal.expect_none("createLiveSession.response", body={"data.sessionId": "s-1"})


@BOTH
def test_what_is_about_no_session_is_told_apart(clock: VirtualClock, index: int) -> None:
    broken = Violation("ALI-R001", "", "wrong")
    with served(clock) as both:
        journal = both[index].journal
        both[0].journal.note("x", message="fault", session="s-1", violations=(broken,))
        journal.expect_none("fault", session="")
        assert journal.violations(session="") == []
        both[0].journal.note("x", message="fault", violations=(broken,))
        assert journal.expect_sync("fault", session="", timeout=0).seq == 2
        assert [it.seq for it in journal.violations(session="")] == [2]
        with pytest.raises(ValueError, match="unknown message '' in a search"):
            journal.expect_none("")


def test_a_class_is_no_message_from_afar(clock: VirtualClock) -> None:
    wrong: Any = dict
    with served(clock) as (_, far):
        for ask in (far.journal.entries, far.journal.expect_none, far.journal.expect_sequence_sync):
            with pytest.raises(TypeError, match="messages go by catalogue ids here"):
                ask(wrong)


def test_what_is_not_there_from_afar_says_what_is(clock: VirtualClock) -> None:
    with served(clock) as (_, far):
        journal: Any = far.journal
        with pytest.raises(AttributeError, match=r"has no 'expect', as one in code has: there is expect_sync\(\)"):
            journal.expect("fault")
        with pytest.raises(AttributeError, match=r"has no 'expect_never', .* there is expect_never_sync\(\)"):
            journal.expect_never("fault")
        with pytest.raises(AttributeError, match=r"has no 'to_har', as one in code has$"):
            journal.to_har()
        with pytest.raises(AttributeError, match=r"has no 'expct'$"):
            journal.expct("fault")
