"""Fixtures of the tests of the journal: one on a virtual clock."""

from __future__ import annotations

import pytest

from avatarwire.fakeserver import Journal, VirtualClock


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(1000.0)


@pytest.fixture
def journal(clock: VirtualClock) -> Journal:
    return Journal(clock, vendor="aliyun")
