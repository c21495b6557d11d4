"""A loop that does not get on is found out from outside of it, and the line that keeps it from that is named."""

from __future__ import annotations

import signal
import threading
from itertools import count

import pytest

from avatarwire.conformance.probing.watch import Blocked, Spinning, Watch


def test_whoever_computes_for_ever_is_interrupted() -> None:
    def spin() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: S112 - that is what it does
                continue

    with pytest.raises(Spinning, match=r"in spin \(test_watch\.py, line \d+\)"), Watch(lambda: 0, busy=0.05):
        spin()


def test_whoever_waits_for_ever_is_interrupted() -> None:
    def wait() -> None:
        threading.Event().wait(60)

    with pytest.raises(Blocked, match=r"blocks the event loop, in wait \(test_watch\.py"), Watch(lambda: 0, still=0.05):
        wait()


def test_whoever_gets_on_is_left_alone_and_the_timer_is_as_before() -> None:
    before = signal.getsignal(signal.SIGALRM)
    numbers = count()
    with Watch(lambda: next(numbers), busy=0.0, still=0.0):
        threading.Event().wait(0.5)
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_other_threads_are_not_watched() -> None:
    seen: list[object] = []

    def other() -> None:
        with Watch(lambda: 0, still=0.0):
            seen.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert seen == [(0.0, 0.0)]
