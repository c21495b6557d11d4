"""The case at the end of every vendor's: nothing of the run has broken its declaration."""

from __future__ import annotations

import pytest

from avatarwire.conformance.engine.bench import Bench, Run
from avatarwire.conformance.engine.case import Differs, Skip
from avatarwire.conformance.engine.declared import declared
from avatarwire.conformance.engine.endpoint import Endpoint


def bench_after(*messages: tuple[str, bytes]) -> Bench:
    """What the last case works with, after a run in which some messages have come."""
    run = Run(Endpoint("aliyun", {"http_url": "http://127.0.0.1:1"}), patience=1, now=lambda: 0.0, today=lambda: 0.0)
    bench = Bench(run, "aliyun.test.before")
    for message, data in messages:
        bench.timeline.add("http-1", "http", "in", data, message=message)
    run.keep("aliyun.test.before", bench.timeline)
    return Bench(run, "aliyun.any.messages.declared")


async def test_messages_as_they_are_declared() -> None:
    await declared(bench_after(("StopAvatarSession.response", b'{"requestId":"r","status":"Stopped"}')))


async def test_one_that_is_not_is_named_with_its_case() -> None:
    with pytest.raises(Differs) as caught:
        await declared(bench_after(("StopAvatarSession.response", b'{"requestId":"r","status":7}')))
    assert caught.value.observed.startswith("StopAvatarSession.response in aliyun.test.before: ")
    assert "status" in caught.value.observed


async def test_of_nothing_nothing_is_concluded() -> None:
    with pytest.raises(Skip):
        await declared(bench_after())
