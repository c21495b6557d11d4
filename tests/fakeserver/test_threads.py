"""Threads for functions of the test: made on demand, used again, and never waited for at the end."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError, Future
from contextvars import ContextVar
from typing import Final

import pytest

from avatarwire.fakeserver.clock import VirtualClock
from avatarwire.fakeserver.threads import Threads, function_here
from tests.fakeserver.loops import LIMIT
from tests.fakeserver.server_help import lets_go_of_its_caller

WORD: Final[ContextVar[str]] = ContextVar("WORD", default="")


class Blocked:
    """A function that ends when it is released, and gives its thread.

    Args:
        threads: where it runs.
    """

    def __init__(self, threads: Threads) -> None:
        self.began = threading.Event()
        self.release = threading.Event()
        self.done: Future[threading.Thread] = threads.run("blocked", self)
        assert self.began.wait(LIMIT)

    def __call__(self) -> threading.Thread:
        self.began.set()
        assert self.release.wait(LIMIT)
        return threading.current_thread()

    def ended(self) -> threading.Thread:
        """Lets it end; its thread."""
        self.release.set()
        return self.done.result(LIMIT)


def idle(threads: Threads, thread: threading.Thread) -> None:
    """Waits until a thread takes something new: it may not be idle yet when the result of the last is there."""
    while threads.run("next", threading.current_thread).result(LIMIT) is not thread:
        pass


def test_an_action_runs_in_a_daemon_with_a_name() -> None:
    threads = Threads("fake-x")
    thread = threads.run("f", threading.current_thread).result(LIMIT)
    assert thread is not threading.current_thread()
    assert (thread.daemon, thread.name) == (True, "fake-x-1")
    threads.close()


def test_what_an_action_raises_is_kept_whatever_it_is() -> None:
    threads = Threads()
    for error in (ValueError("x"), KeyboardInterrupt(), SystemExit(), StopIteration()):

        def fails(error: BaseException = error) -> None:
            raise error

        assert threads.run("f", fails).exception(LIMIT) is error
    threads.close()


def test_a_function_that_blocks_holds_up_no_other() -> None:
    threads = Threads()
    blocked = [Blocked(threads) for _ in range(20)]
    assert threads.run("f", lambda: "other").result(LIMIT) == "other"
    assert len({it.ended() for it in blocked}) == 20
    threads.close()


def test_an_idle_thread_is_used_again() -> None:
    threads = Threads()
    thread = Blocked(threads).ended()
    idle(threads, thread)
    for _ in range(20):
        idle(threads, thread)
    assert thread.is_alive()
    threads.close()


def test_a_close_ends_idle_threads_and_waits_for_none_that_is_stuck() -> None:
    threads = Threads()
    stuck = Blocked(threads)
    other = Blocked(threads)
    thread = other.ended()
    threads.close()
    thread.join(LIMIT)
    assert not thread.is_alive()
    assert not stuck.done.done()
    thread = stuck.ended()  # it ends like any other, and then its thread
    thread.join(LIMIT)
    assert not thread.is_alive()


def test_a_closed_pool_begins_nothing() -> None:
    threads = Threads()
    threads.close()
    threads.close()
    done = threads.run("f", lambda: pytest.fail("it is called"))
    assert done.cancelled()
    with pytest.raises(CancelledError):
        done.result(LIMIT)


def test_what_has_not_begun_when_the_pool_is_closed_is_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    threads = Threads()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", threading.Thread.is_alive)  # it does not come to run
        waiting = threads.run("f", lambda: pytest.fail("it is called"))
    threads.close()
    assert waiting.cancelled()


def test_a_thread_that_cannot_be_had_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    threads = Threads()
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(RuntimeError, match="new thread"):
            threads.run("f", lambda: pytest.fail("it is called"))
    assert threads.run("f", lambda: 1).result(LIMIT) == 1
    threads.close()


def test_an_action_sees_the_context_it_was_asked_for_in_and_changes_none() -> None:
    threads = Threads()
    token = WORD.set("asked")
    try:
        assert threads.run("f", lambda: (WORD.get(), WORD.set("changed"))[0]).result(LIMIT) == "asked"
        assert WORD.get() == "asked"
    finally:
        WORD.reset(token)
    thread = threads.run("f", threading.current_thread).result(LIMIT)
    idle(threads, thread)
    assert threads.run("f", WORD.get).result(LIMIT) == ""
    threads.close()


def test_a_function_knows_which_clock_waits_for_it() -> None:
    clock, other = VirtualClock(), VirtualClock()
    threads = Threads(clock=clock)
    here = threads.run("answer", lambda: (function_here(clock), function_here(other))).result(LIMIT)
    assert here == ("answer", "")
    assert function_here(clock) == ""
    threads.close()


def test_what_an_action_raises_is_not_kept() -> None:
    threads = Threads()

    def fails() -> None:
        raise LookupError("gone")

    assert lets_go_of_its_caller(lambda: threads.run("f", fails).result(LIMIT), LookupError)
    threads.close()
