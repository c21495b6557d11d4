"""Doing a failure again, in a process of its own."""

from __future__ import annotations

import msgspec

from .failure import Failure
from .plan import Client, Ended
from .pool import outcome
from .worker import Order

__all__ = ["replayed"]


async def replayed(failure: Failure, client: Client | None = None) -> Ended:
    """What a failure comes to now.

    Args:
        failure: from its file.
        client: another client than the file names.
    """
    plan = failure.plan if client is None else msgspec.structs.replace(failure.plan, client=client)
    return await outcome(Order(plan, searched=True))
