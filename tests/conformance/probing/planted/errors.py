"""What these clients raise, and how they wait. Nothing here is any vendor's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from typing import Any, Final

__all__ = ["PATIENCE", "Lost", "Refused", "ended", "pauses"]

PATIENCE: Final = 20.0
"""Seconds of silence after which a call gives up."""


class Refused(Exception):
    """The service does not do it."""


class Lost(Exception):
    """The connection or the session has ended."""


async def ended(task: asyncio.Task[Any] | None) -> None:
    """Ends a task of ours, and waits for its end."""
    if task is not None:
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


async def pauses(tries: int, first: float = 0.5) -> AsyncGenerator[int]:
    """Tries, each later than the one before; says how many are left."""
    for left in reversed(range(tries)):
        yield left
        await asyncio.sleep(first)
        first *= 2
