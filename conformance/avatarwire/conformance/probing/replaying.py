"""Doing a failure again, in a process of its own."""

from __future__ import annotations

from contextlib import aclosing
from typing import Final

import msgspec

from ..fuzzing.failure import CodecFailure, FakeFailure
from ..fuzzing.search import ALIVE, Again
from ..fuzzing.target import Tried
from .failure import Failure
from .plan import Client, Ended
from .pool import Process, ProcessDied, outcome
from .worker import Order

__all__ = ["replayed", "tried_again"]

_LONGEST: Final = 300.0
"""Real seconds after which a process is taken for hanging."""


async def replayed(failure: Failure, client: Client | None = None) -> Ended:
    """What a failure comes to now.

    Args:
        failure: from its file.
        client: another client than the file names.
    """
    plan = failure.plan if client is None else msgspec.structs.replace(failure.plan, client=client)
    return await outcome(Order(plan, searched=True))


async def tried_again(failure: CodecFailure | FakeFailure) -> Tried:
    """What comes of the steps of a failure now."""
    try:
        async with Process() as process, aclosing(process.answers(Again(failure), _LONGEST)) as answers:
            async for line in answers:
                return msgspec.json.decode(line, type=Tried)
    except TimeoutError:
        return Tried(broken=ALIVE, detail="nothing could end it but the end of its process")
    except ProcessDied as error:
        return Tried(broken=ALIVE, detail=f"the process died: {error}")
    raise AssertionError("answers go on for ever")
