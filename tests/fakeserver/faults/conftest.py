"""Fixtures of the tests of faults: fakes that run over real sockets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from avatarwire.fakeserver import FakeAliyun, FakeGuiji, FakeSenseTime
from avatarwire.fakeserver.clock import VirtualClock
from tests.fakeserver.aliyun.socket_talk import Talk


@pytest.fixture
def running() -> Iterator[ExitStack]:
    """Whatever is entered in this ends with the test."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def talk(running: ExitStack) -> Talk:
    """A fake Aliyun server on a virtual clock, and lines to its sessions."""

    def serve(**changes: Any) -> FakeAliyun:
        return running.enter_context(FakeAliyun(**changes))

    return Talk(serve, seed=7, chunk_seconds=0.0)


@pytest.fixture
def guiji(running: ExitStack) -> FakeGuiji:
    return running.enter_context(FakeGuiji(clock=VirtualClock(), seed=7))


@pytest.fixture
def sensetime(running: ExitStack) -> FakeSenseTime:
    return running.enter_context(FakeSenseTime(clock=VirtualClock(), seed=7))
