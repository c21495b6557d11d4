"""Heartbeats on the clock: asked again and again, given up after too many without an answer."""

from __future__ import annotations

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.guiji.heartbeats import Heartbeats
from tests.fakeserver.turns import LiveTurn


class Pulse:
    """Heartbeats on a virtual clock, with what they did."""

    def __init__(self, *, every: float | None = 5.0, limit: int | None = 3) -> None:
        self.clock = VirtualClock(0.0)
        self.sent: list[float] = []
        self.lost_at: list[float] = []
        self.beats = Heartbeats(LiveTurn(self.clock), "beat", every=every, limit=limit, send=self.send, lost=self.lost)
        self.beats.start()

    def send(self) -> int:
        """Ids are 101, 102 and so on."""
        self.sent.append(self.clock.now())
        return 100 + len(self.sent)

    def lost(self) -> None:
        self.lost_at.append(self.clock.now())


def test_three_in_a_row_without_an_answer_lose_the_session() -> None:
    pulse = Pulse()
    pulse.clock.advance(100.0)
    assert (pulse.sent, pulse.lost_at, pulse.clock.pending) == ([5.0, 10.0, 15.0], [20.0], 0)


def test_an_answer_settles_all_before_it() -> None:
    pulse = Pulse()
    pulse.clock.advance(16.0)
    assert pulse.beats.unanswered == 3
    assert pulse.beats.answered(102)
    assert pulse.beats.unanswered == 1
    # The older one is answered late, and once is enough.
    assert not pulse.beats.answered(101)
    assert not pulse.beats.answered(102)
    assert not pulse.beats.answered(999)
    pulse.clock.advance(20.0)
    assert (pulse.sent[3:], pulse.lost_at) == ([20.0, 25.0], [30.0])


def test_whoever_answers_keeps_it() -> None:
    pulse = Pulse()
    for _ in range(100):
        pulse.clock.advance(5.0)
        assert pulse.beats.answered(100 + len(pulse.sent))
    assert (len(pulse.sent), pulse.lost_at) == (100, [])


def test_without_a_limit_nothing_is_lost() -> None:
    pulse = Pulse(limit=None)
    pulse.clock.advance(1000.0)
    assert (len(pulse.sent), pulse.lost_at) == (200, [])


def test_there_may_be_none_at_all() -> None:
    pulse = Pulse(every=None)
    pulse.clock.advance(1000.0)
    assert (pulse.sent, pulse.clock.pending) == ([], 0)


def test_what_is_withheld_is_not_counted() -> None:
    pulse = Pulse()
    pulse.clock.advance(5.0)
    pulse.beats.withheld = True
    pulse.clock.advance(60.0)
    assert (pulse.sent, pulse.lost_at, pulse.beats.unanswered) == ([5.0], [], 1)
    pulse.beats.withheld = False
    pulse.clock.advance(5.0)
    assert pulse.sent == [5.0, 70.0]


def test_closed_it_is_silent() -> None:
    pulse = Pulse()
    pulse.beats.close()
    pulse.beats.close()
    pulse.clock.advance(100.0)
    assert (pulse.sent, pulse.clock.pending) == ([], 0)
