"""What makes the event loop that a client and a fake run in: time that jumps, real time, or a simulator of a user's."""

from __future__ import annotations

import asyncio
import time
from typing import Any, Final, Protocol, cast

import time_machine

from .adapter import BadClient, loaded
from .jumping import JumpingLoop

__all__ = ["JUMPING", "REAL", "Engine", "Jumping", "engine_of"]


class Engine(Protocol):
    """Makes event loops, one for each run.

    Whatever rules the time of its loops, and the order in which things happen there, may be plugged in: a deterministic
    simulator, for instance. A loop that has ``turns``, a number that grows while it gets on, is watched by that.
    """

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """A loop that does not run."""
        ...


class Jumping:
    """Time jumps, and what programs call the time of day jumps with it: dates in signatures are right after hours.

    Args:
        began: epoch seconds at which time begins in each loop; None for now.
    """

    def __init__(self, began: float | None = None) -> None:
        self._began: Final = began

    def new_loop(self) -> asyncio.AbstractEventLoop:
        travel = time_machine.travel(time.time() if self._began is None else self._began, tick=False)
        coordinates = travel.start()

        class Loop(JumpingLoop):
            def close(self) -> None:
                if not self.is_closed() and not self.is_running():
                    travel.stop()
                super().close()

        return Loop(coordinates.shift)


class _Real:
    """Time is real."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.SelectorEventLoop()


JUMPING: Final[Engine] = Jumping()
REAL: Final[Engine] = _Real()


def engine_of(name: str) -> Engine:
    """The engine of a name, ``MODULE:NAME``; that of jumping time for none.

    Raises:
        BadClient: there is none.
    """
    if not name:
        return JUMPING
    found: Any = loaded(name, "--engine", needed=())
    made = found() if isinstance(found, type) else found
    if not callable(getattr(made, "new_loop", None)):
        raise BadClient(f"--engine: {name} has no new_loop()")
    return cast("Engine", made)
