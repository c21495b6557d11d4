"""Fixtures of the tests of bad days: fakes on a virtual clock, over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, VirtualClock
from tests.fakeserver.aliyun.socket_talk import Talk


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Whatever is entered in this ends with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def aliyun_on(running: ExitStack) -> Callable[..., Talk]:
    """A fake Aliyun server on a bad day, and lines to its sessions."""

    def on(day: str | tuple[str, ...], **changes: Any) -> Talk:
        def serve(**given: Any) -> FakeAliyun:
            return running.enter_context(FakeAliyun(**given))

        return Talk(serve, **{"bad_day": day, "seed": 7, "chunk_seconds": 0.0, **changes})

    return on


@pytest.fixture
def guiji_on(running: ExitStack) -> Callable[..., FakeGuiji]:
    """A fake Guiji server on a bad day."""

    def on(day: str | tuple[str, ...], **changes: Any) -> FakeGuiji:
        return running.enter_context(FakeGuiji(clock=VirtualClock(), seed=7, bad_day=day, **changes))

    return on
