"""Threads in which a fake server runs the plain functions of the test. Only their pool lives here.

A plain function may block for as long as it likes, and must hold up neither the event loop nor another function. So
there are as many threads as functions run at once, made on demand; one that is idle is used again. They are daemons: a
function that never returns must keep neither the fake nor the interpreter alive. For these reasons it is not the event
loop's default executor that runs them: it has few threads, which wait for one another, and its end waits for them all.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import Context, copy_context
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from avatarwire.fakeserver.handover import carry
from avatarwire.fakeserver.held import Holder

__all__ = ["Threads", "function_here"]

T = TypeVar("T")


class _Job(NamedTuple):
    function: str
    context: Context
    run: Callable[[], None]
    done: Future[Any]


class Threads:
    """A pool of threads, made on demand.

    Args:
        name: what the names of the threads begin with.
        clock: whose time waits for what runs here, and which therefore cannot be advanced from here.
    """

    def __init__(self, name: str = "function", clock: Holder | None = None) -> None:
        self.clock: Final = clock
        self._name: Final = name
        self._changed: Final = threading.Condition()
        self._jobs: Final[deque[_Job]] = deque()
        self._idle = 0
        self._made = 0
        self._closed = False

    def run(self, function: str, action: Callable[[], T]) -> Future[T]:
        """Begins `action` in a thread, in a copy of the context this is called in.

        Args:
            function: name of what runs, for errors.
            action: what to run.

        Returns:
            What `action` gives or raises; cancelled when the pool is closed or gets closed before it begins.

        Raises:
            RuntimeError: no more threads can be had.
        """
        done: Future[T] = Future()
        job = _Job(function, copy_context(), partial(carry, done, action), done)
        with self._changed:
            if self._closed:
                done.cancel()
                return done
            self._jobs.append(job)
            if len(self._jobs) <= self._idle:
                self._changed.notify()
                return done
            self._made += 1
            worker = _Worker(self, f"{self._name}-{self._made}")
        try:
            worker.start()
        except RuntimeError:
            with self._changed:
                if job in self._jobs:
                    self._jobs.remove(job)
                    raise
        return done

    def close(self) -> None:
        """Ends idle threads at once and the others after their function, and waits for none; begins nothing more."""
        with self._changed:
            self._closed = True
            left = list(self._jobs)
            self._jobs.clear()
            self._changed.notify_all()
        for job in left:
            job.done.cancel()

    def next_job(self) -> _Job | None:
        """Waits for something to run; None once the pool is closed. For its threads."""
        with self._changed:
            self._idle += 1
            try:
                self._changed.wait_for(lambda: self._jobs or self._closed)
                return self._jobs.popleft() if self._jobs else None
            finally:
                self._idle -= 1


class _Worker(threading.Thread):
    """One thread of a pool.

    Attributes:
        pool: whose it is.
        function: name of what runs; empty while it is idle.
    """

    def __init__(self, pool: Threads, name: str) -> None:
        super().__init__(name=name, daemon=True)
        self.pool: Final = pool
        self.function = ""

    def run(self) -> None:
        while (job := self.pool.next_job()) is not None:
            self.function = job.function
            job.context.run(job.run)
            self.function = ""
            del job  # what it holds must not last until the next one


def function_here(clock: Holder) -> str:
    """Name of the function that this thread runs and that the time of `clock` waits for; empty for none."""
    thread = threading.current_thread()
    return thread.function if isinstance(thread, _Worker) and thread.pool.clock is clock else ""
