"""Time that jumps, for tests: client and fake in one loop, and hours of waiting take milliseconds of both."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from avatarwire.conformance.probing.jumping import JumpingLoop, Stuck

__all__ = ["JumpingLoop", "Stuck", "run"]

T = TypeVar("T")


def run(main: Callable[[JumpingLoop], Coroutine[Any, Any, T]]) -> tuple[T, JumpingLoop]:
    """Runs a coroutine on a loop of its own; what it returns, and the loop as it was at the end."""
    loop = JumpingLoop()
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(main(loop)), loop
