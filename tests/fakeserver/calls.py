"""HTTP calls given to a pipeline, without a server around it."""

from __future__ import annotations

from typing import Any

from avatarwire.fakeserver.effects import HttpAnswer, HttpCall
from avatarwire.fakeserver.http.exchange import Pending
from avatarwire.fakeserver.http.pipeline import Pipeline


def answered(pipeline: Pipeline[Any], call: HttpCall, now: float) -> HttpAnswer:
    """The answer to a call, which is there at once."""
    answer = pipeline.take(pipeline.read(call, now))
    assert isinstance(answer, HttpAnswer)
    return answer


def pending(pipeline: Pipeline[Any], call: HttpCall, now: float) -> Pending:
    """What a call waits for."""
    answer = pipeline.take(pipeline.read(call, now))
    assert isinstance(answer, Pending)
    return answer


async def settled(waiting: Pending) -> HttpAnswer:
    """The answer, once what it waits for is there."""
    try:
        given: object = await waiting.awaitable
    except Exception as failure:
        given = failure
    return waiting.answer(given)
