"""The event loop of `avatarwire serve`: uvloop where the extra ``[fast]`` is installed, the one of asyncio elsewhere.

Only the choice lives here. Fakes run on either; in a test they run on the loop that the test has.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from importlib import import_module
from typing import Any, TypeAlias, TypeVar

__all__ = ["loop_factory", "loop_name", "run"]

T = TypeVar("T")
LoopFactory: TypeAlias = Callable[[], asyncio.AbstractEventLoop]


def _uvloop() -> Any | None:
    try:
        return import_module("uvloop")
    except ImportError:
        # Not installed, or not built for this interpreter: nothing needs it.
        return None


def loop_factory() -> LoopFactory | None:
    """What makes the loop; None for the one that asyncio has."""
    uvloop = _uvloop()
    return None if uvloop is None else uvloop.new_event_loop


def loop_name() -> str:
    """What the loop is, for a person: ``uvloop 0.22.1`` or ``asyncio``."""
    uvloop = _uvloop()
    return "asyncio" if uvloop is None else f"uvloop {uvloop.__version__}"


def run(main: Coroutine[Any, Any, T]) -> T:
    """As `asyncio.run` does, on the fastest loop there is."""
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        return runner.run(main)
