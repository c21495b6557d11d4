"""Fixtures of the tests of control: a fake on a virtual clock, and somebody who may control it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from avatarwire.fakeserver import FakeAliyun, VirtualClock
from tests.fakeserver.control.calls import Caller


@pytest.fixture
def fake() -> Iterator[FakeAliyun]:
    with FakeAliyun(clock=VirtualClock(), verify_signatures=False, polls_until_ready=0, seed=7) as fake:
        yield fake


@pytest.fixture
def caller(fake: FakeAliyun) -> Caller:
    return Caller(fake.control)
