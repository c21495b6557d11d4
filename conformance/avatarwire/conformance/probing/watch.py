"""Whether a loop still gets on, watched from outside of it: by a timer of the system, which no busy client holds up."""

from __future__ import annotations

import signal
import sysconfig
import threading
import time
from collections.abc import Callable, Hashable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, ClassVar, Final, NoReturn, Self

from .jumping import Stuck

__all__ = ["Blocked", "GivingUp", "Spinning", "Watch", "where"]

_EVERY: Final = 0.2
"""Real seconds between two looks."""
_BUSY: Final = 2.0
_STILL: Final = 10.0
_TIMES: Final = 3
"""How often that is tried, of which the first may be caught by what catches everything."""

_FOREIGN: Final = tuple(
    str(Path(path).resolve()) for name in ("stdlib", "platstdlib", "purelib") if (path := sysconfig.get_path(name))
)
_OURS: Final = str(Path(__file__).resolve().parent)


class Spinning(Stuck):
    """Something computes for ever, and the loop does not get on."""


class Blocked(Stuck):
    """Something waits without letting the loop go on."""


class GivingUp:
    """What is done when nothing ends the main thread but the end of its process; nothing, unless somebody says what.

    Attributes:
        to: is told why, as an error.
    """

    to: ClassVar[Callable[[Stuck], object] | None] = None


class Watch:
    """Ends what the main thread does when a loop in it gets on no more.

    Does nothing in other threads, and where a system has no such timers.

    Args:
        progress: has another value whenever the loop has got on.
        busy: seconds of computing without that, after which it is busy for nothing.
        still: real seconds without either, after which something blocks it.
    """

    def __init__(self, progress: Callable[[], Hashable], *, busy: float = _BUSY, still: float = _STILL) -> None:
        self._progress: Final = progress
        self._busy: Final = busy
        self._still: Final = still
        self._seen: Hashable = None
        self._cpu = 0.0
        self._looks = 0
        self._times = 0
        self._before: Any = None
        self._timer: tuple[float, float] = (0.0, 0.0)
        self._on = False

    def __enter__(self) -> Self:
        if hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGALRM, self._look)
            self._timer = signal.setitimer(signal.ITIMER_REAL, _EVERY, _EVERY)
            self._on = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._on:
            signal.setitimer(signal.ITIMER_REAL, *self._timer)
            signal.signal(signal.SIGALRM, self._before)

    def _look(self, number: int, frame: FrameType | None) -> None:
        progress = self._progress()
        if progress != self._seen:
            self._seen, self._cpu, self._looks, self._times = progress, time.process_time(), 0, 0
            return
        # Looks are counted, and not seconds: a machine that has no time for this process has none for looks, either.
        self._looks += 1
        if time.process_time() - self._cpu > self._busy:
            self._end(Spinning(f"it computes without letting the event loop go on, {where(frame)}"))
        # What is caught once is soon tried again.
        if self._looks * _EVERY > (min(self._still, self._busy) if self._times else self._still):
            self._end(Blocked(f"it blocks the event loop, {where(frame)}"))

    def _end(self, why: Stuck) -> NoReturn:
        self._cpu, self._looks, self._times = time.process_time(), 0, self._times + 1
        if self._times >= _TIMES and GivingUp.to is not None:
            GivingUp.to(type(why)(f"{why}, and catches whatever would end that"))
        raise why


def where(frame: FrameType | None) -> str:
    """The innermost place in a user's own code."""
    innermost = frame
    while frame is not None:
        path = str(Path(frame.f_code.co_filename).resolve())
        if not path.startswith((*_FOREIGN, _OURS, "<")):
            break
        frame = frame.f_back
    found = frame or innermost
    if found is None:
        return "nobody knows where"
    return f"in {found.f_code.co_name} ({Path(found.f_code.co_filename).name}, line {found.f_lineno})"
